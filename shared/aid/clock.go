package aid

import (
	"slices"
	"time"
)

// Days after which time alone does something to a commitment. The hours of the
// 2×24 h clock are the region's.
const (
	// AnswerDays after a report, the steward is asked again.
	AnswerDays = 3
	// RetentionDays after a commitment ended, contact and signature go (UU PDP
	// 27/2022: not longer than the purpose needs).
	RetentionDays = 90
)

// deadline is an instant at which time does something to a commitment: a move
// that changes its state, or a reminder.
type deadline struct {
	at     time.Time
	move   Move
	letter LetterKind // of a reminder
}

// deadlines lists what time alone will do, in the order of its instants.
func (c Commitment) deadlines(cat *Catalogue) []deadline {
	var all []deadline
	add := func(at time.Time, m Move, letter LetterKind) {
		if m == Remind && slices.Contains(c.Told, letter) {
			return
		}
		all = append(all, deadline{at, m, letter})
	}
	if c.State == Submitted {
		add(c.VerifyBy, Drop, "")
	}
	if c.allows(Lapse, Clock) {
		begun := c.ContactBy.Add(-hours(cat.Limits.ContactHours))
		if h := cat.Limits.NudgeHours; h[0] > 0 {
			add(begun.Add(hours(h[0])), Remind, LetterNudge)
			add(begun.Add(hours(h[1])), Remind, LetterLastNudge)
		}
		add(c.ContactBy, Lapse, "")
	}
	if c.State.Counts() && some(c.Outstanding()) {
		if !c.ContactedAt.IsZero() {
			last := max(c.Period.To, c.Schedule.On)
			add(morning(last.Plus(1), cat.Zone), Remind, LetterReportDue)
			add(morning(last.Plus(7), cat.Zone), Remind, LetterOverdue)
		}
		if a, ok := cat.Aggregators[c.Aggregator]; ok && c.Route == Aggregate {
			add(morning(a.Permit.End().Plus(1), cat.Zone), Remind, LetterPermit)
		}
	}
	if i := slices.IndexFunc(c.Deliveries, func(d Delivery) bool { return d.Answer == "" }); i >= 0 {
		add(c.Deliveries[i].ReportedAt.AddDate(0, 0, AnswerDays), Remind, LetterAnswerDue)
	}
	if !c.EndedAt.IsZero() && c.ForgottenAt.IsZero() {
		add(c.EndedAt.AddDate(0, 0, RetentionDays), Forget, "")
	}
	slices.SortStableFunc(all, func(a, b deadline) int { return a.at.Compare(b.at) })
	return all
}

// supersedes names, for a reminder, the later one that makes it pointless.
var supersedes = map[LetterKind]LetterKind{LetterNudge: LetterLastNudge, LetterReportDue: LetterOverdue}

// morning is nine o'clock: nobody wants to be reminded at midnight.
func morning(d Day, zone *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), zone)
	if err != nil {
		return time.Time{}
	}
	return t.Add(9 * time.Hour).UTC()
}

// due returns the next instant at which time alone changes the commitment, the
// zero time when it never does.
func (c Commitment) due(cat *Catalogue) time.Time {
	if all := c.deadlines(cat); len(all) > 0 {
		return all[0].at
	}
	return time.Time{}
}

// Due returns the next instant at which time alone changes the commitment, by the
// catalogue as it is now: DueAt is what it was when the commitment last moved. It
// is the zero time when there is none.
func (c Commitment) Due(cat *Catalogue) time.Time { return c.due(cat) }

// Elapsed returns the commitment after the first thing that time alone does to
// it up to and including instant now, with the letters that go out for it. It
// returns false when there is nothing to do; until then it is called again.
//
// What is decided depends on now and the commitment only. A run that is late or
// was skipped leads to the same state as one on time: what happened has the
// instant of its deadline, and a reminder that a later one overtook is not sent.
func (c Commitment) Elapsed(now time.Time, cat *Catalogue) (after Commitment, m Move, letters []LetterKind, ok bool) {
	all := c.deadlines(cat)
	n := 0
	for n < len(all) && !all[n].at.After(now) {
		n++
	}
	if n == 0 {
		return c, "", nil, false
	}
	passed := all[:n]
	d := passed[n-1]
	if i := slices.IndexFunc(passed, func(d deadline) bool { return d.move != Remind }); i >= 0 {
		d = passed[i] // what changes the state makes reminders pointless
	}
	after = c
	switch d.move {
	case Remind:
		after.Told = slices.Clone(c.Told)
		for _, p := range passed {
			after.Told = append(after.Told, p.letter)
		}
		for _, p := range passed {
			if later, ok := supersedes[p.letter]; !ok || !slices.Contains(after.Told, later) {
				letters = append(letters, p.letter)
			}
			if p.letter == LetterOverdue {
				// A need must not wait for ever: people in an office ask, and take the
				// promise back if nobody comes.
				letters = append(letters, LetterOfficeOverdue)
			}
		}
	case Forget:
		after.ForgottenAt = d.at
	case Drop:
		after.State, after.EndedAt, after.ForgottenAt = Dropped, d.at, d.at
		after.Name, after.Salt = "", "" // nobody proved that it was theirs
	case Lapse:
		after.State, after.EndedAt = Lapsed, d.at
		letters = []LetterKind{LetterLapsed, LetterStewardLapsed}
	}
	return after.moved(d.move, Clock, d.at, cat), d.move, letters, true
}

// SilentSteward tells whether two collaborators or more said, within the last 30
// days, that the steward does not answer, and nobody has been answered since.
// The kelurahan is then told.
func SilentSteward(commitments []Commitment, now time.Time) bool {
	var last time.Time // contact that was made
	for _, c := range commitments {
		if c.ContactedAt.After(last) {
			last = c.ContactedAt
		}
	}
	who := map[CollaboratorID]bool{}
	for _, c := range commitments {
		if c.SilentAt.After(last) && c.SilentAt.After(now.AddDate(0, 0, -30)) {
			who[c.Collaborator] = true
		}
	}
	return len(who) >= 2
}
