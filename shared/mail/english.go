package mail

import (
	"fmt"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
)

// The English words follow the Indonesian ones, letter by letter.
var english = words{
	letters: map[aid.LetterKind]func(Occasion) letter{
		aid.LetterCode: func(o Occasion) letter {
			l := letter{subject: "Code for commitment " + o.number()}
			l.say("Hello,")
			l.say("Thank you for helping " + o.where() + ". This is what you wrote, under number " + o.number() + ":")
			l.enumerate(catalogued(o.Items, enOthers, enItem))
			l.say("Enter these six digits on the page:")
			l.show(o.Code)
			l.say("The code is valid until " + enTime(o.Commitment.VerifyBy, o.Zone) + ". Until you enter it, nothing is set aside for you.")
			l.say("Not you? Ignore this letter. Without the code, the form lapses by itself.")
			return l
		},
		aid.LetterPledged: func(o Occasion) letter {
			l := enToGiver(o, "Commitment "+o.number()+" is recorded")
			l.say("Thank you. Your commitment for " + o.where() + " is recorded under number " + o.number() + ":")
			l.enumerate(each(o.Items, enItem))
			l.say("Planned delivery: " + enDay(o.Commitment.Period.From) + " to " + enDay(o.Commitment.Period.To) + ".")
			l.say("Next step: contact the person in charge before " + enTime(o.Commitment.ContactBy, o.Zone) + ". After that, this aid is open to others again.")
			l.say("Their contact is on your private page. There you can also follow, change or withdraw the commitment:")
			l.point(enOwnPage, o.Link)
			l.say("That link is the key to your commitment. Keep it, and do not pass it on.")
			return l
		},
		aid.LetterLink: func(o Occasion) letter {
			l := letter{subject: "Link for commitment " + o.number()}
			l.say("Hello,")
			l.say("This is the link to the private page of commitment " + o.number() + " for " + o.where() + ", as was just asked for:")
			l.point(enOwnPage, o.Link)
			l.say("That link is the key to your commitment. Keep it, and do not pass it on.")
			l.say("Not you who asked? Ignore this letter. Nothing has changed.")
			return l
		},
		aid.LetterNudge: func(o Occasion) letter {
			l := enToGiver(o, "Commitment "+o.number()+": have you spoken to the person in charge?")
			l.say("Your commitment for " + o.where() + " still waits for word: have you and the person in charge spoken?")
			enContactDue(&l, o)
			return l
		},
		aid.LetterLastNudge: func(o Occasion) letter {
			l := enToGiver(o, "Commitment "+o.number()+" is about to lapse")
			l.say("A few hours are left: nobody has said yet that you and the person in charge of " + o.where() + " have spoken.")
			enContactDue(&l, o)
			return l
		},
		aid.LetterLapsed: func(o Occasion) letter {
			c := o.Commitment
			l := enToGiver(o, "Commitment "+o.number()+" has lapsed")
			l.say("Until " + enTime(c.ContactBy, o.Zone) + " nobody said that you and the person in charge of " + o.where() + " had spoken. So this aid is open to others again:")
			l.enumerate(each(o.Items, enItem))
			if c.Allows(aid.Renew) {
				l.say("Do you still want to help? As long as it is needed, the commitment can be revived once, on your private page:")
			} else {
				l.say("Its history stays on your private page:")
			}
			l.point(enOwnPage, o.Link)
			if c.Allows(aid.Report) {
				l.say("Have you delivered it already? Report it there too; what was delivered counts.")
			}
			l.say("Thank you for wanting to help.")
			return l
		},
		aid.LetterSigned: func(o Occasion) letter {
			c := o.Commitment
			l := enToGiver(o, "Statement of commitment "+o.number()+" is signed")
			l.say("Your statement of commitment for " + o.where() + " is kept. A copy is on your private page.")
			l.say("What comes next:")
			var steps []string
			if c.ContactedAt.IsZero() {
				steps = append(steps, "Contact the person in charge before "+enTime(c.ContactBy, o.Zone)+".")
			}
			if c.Schedule.On == "" {
				steps = append(steps, "Agree on the day.")
			} else {
				steps = append(steps, "Deliver on "+enAppointment(c.Schedule, o.Zone)+".")
			}
			l.enumerate(append(steps,
				"Take the hand-over sheet (BAST) along, filled in, from the same page; both of you sign it.",
				"Report the delivery on that page."))
			l.point(enOwnPage, o.Link)
			return l
		},
		aid.LetterReportDue: func(o Occasion) letter {
			l := enToGiver(o, "Commitment "+o.number()+": is it delivered?")
			l.say("The day planned for " + o.where() + ", " + enDay(o.last()) + ", is over. Still awaited:")
			enDeliveryDue(&l, o)
			return l
		},
		aid.LetterOverdue: func(o Occasion) letter {
			l := enToGiver(o, "Commitment "+o.number()+" is a week late")
			l.say(o.where() + " is still waiting. It was planned for " + enDay(o.last()) + " at the latest, and this has not come:")
			enDeliveryDue(&l, o)
			return l
		},
		aid.LetterPermit: func(o Occasion) letter {
			l := enToGiver(o, "Commitment "+o.number()+": the distributor's permit has ended")
			l.say("The permit of " + o.Aggregator + " to distribute aid was valid until " + enDay(o.PermitEnd) + ". Your commitment for " + o.where() + " stays recorded:")
			l.enumerate(each(o.Rest, enItem))
			l.say("You can choose:")
			l.enumerate([]string{
				"Deliver it yourself: agree on the day with the person in charge.",
				"Another distributor: withdraw what is not delivered, then commit again through one with a valid permit.",
				"Delivered before the permit ended? Just report it as usual.",
			})
			l.point(enOwnPage, o.Link)
			return l
		},
		aid.LetterReceived: func(o Occasion) letter {
			d := o.Delivery
			l := enToGiver(o, "Thank you: aid "+o.number()+" was received")
			if d.SettledAt.IsZero() {
				l.say("On " + enTime(d.AnsweredAt, o.Zone) + " the person in charge of " + o.where() + " confirmed to have received" + enVia(d.Via) + ":")
			} else {
				l.say("The difference about " + string(d.Number) + " for " + o.where() + " is settled. Recorded as received:")
			}
			l.enumerate(each(o.Confirmed, enItem))
			if o.HouseholdDays > 0 {
				l.say("That is ≈ " + enNumber(o.HouseholdDays) + " household-days (one household-day: what one household needs for one day). Thank you.")
			} else {
				l.say("Thank you.")
			}
			if len(o.Rest) > 0 {
				l.say("Still awaited of this commitment:")
				l.enumerate(each(o.Rest, enItem))
			}
			l.say("The receipt (PDF) is on your private page:")
			l.point(enOwnPage, o.Link)
			return l
		},
		aid.LetterDisputed: func(o Occasion) letter {
			l := enToGiver(o, "Commitment "+o.number()+": the figures differ")
			l.say("There are two figures about delivery " + string(o.Delivery.Number) + " to " + o.where() + ".")
			l.say("You reported:")
			l.enumerate(each(o.Reported, enItem))
			l.say("The person in charge confirmed" + enVia(o.Delivery.Via) + ":")
			l.enumerate(enOrNothing(o.Confirmed))
			l.say("As long as they differ, the lower figure counts. There are two ways out:")
			l.enumerate([]string{
				"Is it as they say? Accept it on your private page, and it is settled.",
				"Is something wrong? Talk to the person in charge; they can correct their answer on their page.",
			})
			l.point(enOwnPage, o.Link)
			return l
		},
		aid.LetterWithdrawn: func(o Occasion) letter {
			c := o.Commitment
			if !c.ReleasedAt.IsZero() {
				l := enToGiver(o, "The rest of commitment "+o.number()+" is released")
				l.say("On " + enTime(c.ReleasedAt, o.Zone) + " it was recorded that the rest of commitment " + o.number() + " for " + o.where() + " will not be delivered. It is open to others again; what was delivered still counts.")
				enNotYou(&l, o)
				l.say("Thank you for what has arrived.")
				return l
			}
			l := enToGiver(o, "Commitment "+o.number()+" is withdrawn")
			l.say("Commitment " + o.number() + " for " + o.where() + " was withdrawn on " + enTime(c.EndedAt, o.Zone) + ". This aid is open to others again:")
			l.enumerate(each(o.Items, enItem))
			enNotYou(&l, o)
			l.say("Thank you for wanting to help. Whenever you are ready, there are places still waiting.")
			return l
		},

		aid.LetterStewardPledged: func(o Occasion) letter {
			c := o.Commitment
			l := enToSteward(o, "Aid for "+o.Place+": commitment "+o.number())
			l.say("Someone is going to help " + o.where() + ":")
			l.enumerate(each(o.Items, enItem))
			l.say("From:")
			l.enumerate(enContact(o.Giver))
			how := "delivered directly"
			if o.Aggregator != "" {
				how = "through " + o.Aggregator
			}
			l.say("Planned: " + how + ", between " + enDay(c.Period.From) + " and " + enDay(c.Period.To) + ". They were asked to contact you before " + enTime(c.ContactBy, o.Zone) + ". You may also contact them first.")
			l.say("Have you spoken? Note it here, so that this aid does not lapse:")
			l.point(enStewardPage, o.Link)
			l.say(enStewardKey)
			return l
		},
		aid.LetterStewardCall: func(o Occasion) letter {
			l := enToSteward(o, "Please contact a giver: commitment "+o.number())
			l.say("This person wants to speak to you about aid for " + o.where() + ". Your number was not shown to them, so please make the call:")
			l.enumerate(enContact(o.Giver))
			l.say("What is committed:")
			l.enumerate(each(o.Items, enItem))
			if c := o.Commitment; c.ContactedAt.IsZero() {
				l.say("Please do so before " + enTime(c.ContactBy, o.Zone) + ". Once you have spoken, note it here:")
			} else {
				l.say("All about this aid is here:")
			}
			l.point(enStewardPage, o.Link)
			l.say(enStewardKey)
			return l
		},
		aid.LetterStewardReported: func(o Occasion) letter {
			l := enToSteward(o, "Was it received? Commitment "+o.number())
			l.say(o.giver() + " reports to have handed over aid for " + o.where() + " on " + enDay(o.Delivery.On) + " (" + string(o.Delivery.Number) + "):")
			enAnswer(&l, o)
			return l
		},
		aid.LetterAnswerDue: func(o Occasion) letter {
			l := enToSteward(o, "Still waiting for your answer: commitment "+o.number())
			l.say("Delivery " + string(o.Delivery.Number) + " for " + o.where() + " has no answer yet. " + o.giver() + " reports to have handed this over on " + enDay(o.Delivery.On) + ":")
			enAnswer(&l, o)
			return l
		},
		aid.LetterStewardLapsed: func(o Occasion) letter {
			l := enToSteward(o, "Commitment "+o.number()+" has lapsed")
			l.say("Commitment " + o.number() + " of " + o.giver() + " for " + o.where() + " has lapsed: until " + enTime(o.Commitment.ContactBy, o.Zone) + " nobody said that the two of you had spoken.")
			l.say("What you need is on the map again at once, so that others can help. There is nothing you have to do.")
			l.point(enStewardPage, o.Link)
			return l
		},
		aid.LetterStewardWithdrawn: func(o Occasion) letter {
			if !o.Commitment.ReleasedAt.IsZero() {
				l := enToSteward(o, "The rest of commitment "+o.number()+" will not come")
				l.say("The rest of commitment " + o.number() + " of " + o.giver() + " for " + o.where() + " will not be delivered. What was delivered stays recorded; the rest is on the map again, so that others can help.")
				l.point(enStewardPage, o.Link)
				return l
			}
			l := enToSteward(o, "Commitment "+o.number()+" is withdrawn")
			l.say("Commitment " + o.number() + " of " + o.giver() + " for " + o.where() + " is withdrawn:")
			l.enumerate(each(o.Items, enItem))
			l.say("What you need is on the map again at once, so that others can help. There is nothing you have to do.")
			l.point(enStewardPage, o.Link)
			return l
		},
		aid.LetterStewardReceipt: func(o Occasion) letter {
			l := enToSteward(o, "Is this your answer? Commitment "+o.number())
			l.say("On " + enTime(o.Delivery.AnsweredAt, o.Zone) + " delivery " + string(o.Delivery.Number) + " for " + o.where() + " was answered in your name" + enVia(o.Delivery.Via) + ". Recorded as received:")
			l.enumerate(enOrNothing(o.Confirmed))
			l.say("Is it right? There is nothing you have to do. Is it wrong? Correct it here:")
			l.point(enStewardPage, o.Link)
			return l
		},

		aid.LetterSubscribe: enSubscribe,
		aid.LetterReport:    enReport,

		aid.LetterOfficeSilent: func(o Occasion) letter {
			l := letter{subject: "A person in charge does not answer: " + o.Place}
			l.say("Within the last 30 days at least two collaborators said that the person in charge of " + o.where() + " does not answer, the last one for commitment " + o.number() + ". Nobody has been answered since.")
			l.say("Please make sure that they are still in charge and that their number is right. The page of the place:")
			l.point(enPlacePage, o.Link)
			return l
		},
		aid.LetterOfficeOverdue: func(o Occasion) letter {
			l := letter{subject: "A week over: commitment " + o.number()}
			l.say("Commitment " + o.number() + " for " + o.where() + " was to be delivered by " + enDay(o.last()) + ". A week later not all of it is reported, and its quantity is still held.")
			l.say("Please ask both sides. If the aid does not come, return its quantity to the map. The page of the place:")
			l.point(enPlacePage, o.Link)
			return l
		},
		aid.LetterOfficeDispute: func(o Occasion) letter {
			l := letter{subject: "Figures differ: " + string(o.Delivery.Number)}
			l.say("The two sides differ about delivery " + string(o.Delivery.Number) + " (commitment " + o.number() + ") for " + o.where() + ".")
			l.say("Reported:")
			l.enumerate(catalogued(o.Reported, enOthers, enItem))
			l.say("Confirmed:")
			if len(o.Confirmed) == 0 {
				l.enumerate(enOrNothing(nil))
			} else {
				l.enumerate(catalogued(o.Confirmed, enOthers, enItem))
			}
			l.say("As long as they differ, the lower figure counts. If the two find no way out, please help and look at the BAST. The page of the place:")
			l.point(enPlacePage, o.Link)
			return l
		},
		aid.LetterOfficeComplaint: func(o Occasion) letter {
			l := letter{subject: "New complaint " + o.Complaint.Ticket}
			l.say("A complaint has arrived:")
			l.enumerate(enComplaint(o.Complaint))
			l.say("What it says and who sent it is not told by letter.")
			l.point(enComplaintPage, o.Link)
			return l
		},
		aid.LetterOfficeLate: func(o Occasion) letter {
			l := letter{subject: "Complaint past its deadline: " + o.Complaint.Ticket}
			l.say("This complaint was not settled by its deadline, and goes one level up:")
			l.enumerate(enComplaint(o.Complaint))
			l.say("What it says and who sent it is not told by letter.")
			l.point(enComplaintPage, o.Link)
			return l
		},
	},
	stop: "No more reminders? Switch them off on the same page.",
	demo: "Sample data: this recipient is invented for a demonstration. Contact nobody and send nothing there.",
}

const (
	enOwnPage       = "Open my private page"
	enStewardPage   = "Open my page"
	enPlacePage     = "Open the page of the place"
	enComplaintPage = "Open the complaints page"

	enStewardKey = "This link is for you alone, as the person in charge. Keep it, and do not pass it on. The contact above is for this aid only."
)

func enToGiver(o Occasion, subject string) letter {
	l := letter{subject: subject}
	if o.proven() {
		l.say("Hello " + o.Name + ",")
	} else {
		l.say("Hello,")
	}
	return l
}

func enToSteward(o Occasion, subject string) letter {
	l := letter{subject: subject}
	l.say("Dear " + o.Name + ",")
	return l
}

func enContactDue(l *letter, o Occasion) {
	c := o.Commitment
	l.say("There is time until " + enTime(c.ContactBy, o.Zone) + ". After that, this aid is open to others again.")
	ways := []string{"Have you spoken? Note it on your private page.", "Not yet? Their contact is there."}
	if c.Allows(aid.Silent) {
		ways = append(ways, "No answer? Say so there; you get more time.")
	}
	if c.Allows(aid.Renew) {
		ways = append(ways, "Do you need time? Ask for more there, once.")
	}
	l.enumerate(ways)
	l.point(enOwnPage, o.Link)
}

func enDeliveryDue(l *letter, o Occasion) {
	l.enumerate(each(o.Rest, enItem))
	l.say("What you can do:")
	first := "Delivered? Report it on your private page."
	if o.Commitment.SignedAt.IsZero() {
		first = "Delivered? Sign the statement of commitment on your private page, then report it."
	}
	l.enumerate([]string{
		first,
		"Not yet? Agree on another day with the person in charge, and note it there.",
		"Not happening? Release it there, so that others can help.",
	})
	l.point(enOwnPage, o.Link)
}

func enAnswer(l *letter, o Occasion) {
	l.enumerate(each(o.Reported, enItem))
	l.say("Has it arrived? Please answer with two taps: in full, fewer, or not received.")
	l.point(enStewardPage, o.Link)
}

func enNotYou(l *letter, o Occasion) {
	l.say("Not you? Your private page says who did it, and when:")
	l.point(enOwnPage, o.Link)
}

func enContact(k aid.Contact) []string {
	all := []string{k.Name, "Phone: " + k.Phone}
	if k.Phone == "" {
		all = all[:1]
	}
	if k.Email != "" {
		all = append(all, "E-mail: "+k.Email)
	}
	return all
}

func enComplaint(c Complaint) []string {
	all := []string{"Number: " + c.Ticket, "About: " + enClasses[c.Class]}
	if c.Area != "" {
		all = append(all, "Area: "+c.Area)
	}
	desk := "complaints officer"
	if c.Desk == aid.StaffKelurahan {
		desk = "kelurahan office"
	}
	return append(all, "Handled by: "+desk+after(" of ", c.DeskArea), "Received: "+enDay(c.Received), "Deadline: "+enDay(c.DueBy))
}

var enClasses = map[aid.ComplaintClass]string{
	aid.NotReceived:    "aid did not arrive",
	aid.FewerReceived:  "less aid than was due",
	aid.NotDistributed: "aid was not handed out",
	aid.Fictitious:     "the recipient does not exist",
	aid.Double:         "aid given twice",
	aid.BadQuality:     "goods in bad condition",
	aid.NotEligible:    "went to those who are not meant",
	aid.Levy:           "money was asked for",
	aid.Politics:       "used for politics",
	aid.PriceClass:     "prices that cannot be right",
	aid.OtherClass:     "something else",
}

func enVia(v aid.Via) string {
	switch v {
	case aid.ViaHandover:
		return " (through the link that the giver passed on)"
	case aid.ViaBAST:
		return " (with the code printed on the BAST sheet)"
	case aid.ViaOfficer:
		return " (through an officer who looked at the BAST)"
	}
	return ""
}

func enOthers(n int) string { return fmt.Sprintf("other aid: %d", n) }

func enOrNothing(items []Item) []string {
	if len(items) == 0 {
		return []string{"nothing"}
	}
	return each(items, enItem)
}

func enItem(it Item) string {
	s := enNumber(it.Quantity) + " " + it.goods()
	if it.Equivalent != "" {
		s += " (given instead: " + it.Equivalent + ")"
	}
	return s
}

// enTime writes "Thursday, 11 September 2025, 13:05 WIB".
func enTime(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("Monday, 2 January 2006, 15:04 MST")
}

func enDay(d aid.Day) string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	return t.Format("Monday, 2 January 2006")
}

func enAppointment(a aid.Appointment, zone *time.Location) string {
	if a.From == "" {
		return enDay(a.On)
	}
	return enDay(a.On) + ", " + hours(a, zone)
}

// hours writes the hours of an appointment, "09:00–11:00 WIB".
func hours(a aid.Appointment, zone *time.Location) string {
	s := a.From
	if a.To != "" && a.To != a.From {
		s += "–" + a.To
	}
	return s + time.Time{}.In(zone).Format(" MST")
}

// enNumber writes 12345 as "12,345".
func enNumber(n int64) string { return strings.ReplaceAll(bahasa.Number(n), ".", ",") }
