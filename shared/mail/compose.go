package mail

import (
	"cmp"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"ksbb/shared/aid"
)

// Message is one letter, ready to be carried to whoever it is for.
type Message struct {
	Subject string
	Text    string
	HTML    string
	// OneClick is the address that ends letters like this one with one POST
	// (RFC 8058), empty for letters that cannot be ended so.
	OneClick string
}

// Occasion is what a letter is about. Beside Service, Zone and Link a letter
// reads only what its kind speaks of.
type Occasion struct {
	Language   string // "id" or "en"
	Name       string // of whoever reads it
	Commitment aid.Commitment
	Place      string // the recipient's name
	Area       string // where that is, in words
	Items      []Item // what was promised
	Rest       []Item // what of it is still to be delivered
	Code       string // proves a channel
	Link       string // the page on which the reader acts

	Giver      aid.Contact // the collaborator's; for the steward only
	Aggregator string      // name of the body that carries the goods; empty when they come directly
	PermitEnd  aid.Day     // of that body

	Delivery      aid.Delivery // that the letter is about
	Reported      []Item       // what of the promise it was reported to hold
	Confirmed     []Item       // what of it the steward confirmed
	HouseholdDays int64        // that what was confirmed comes to; 0 where that makes no sense

	Complaint Complaint
	Reports   Reports

	Service string // "KSBB Jakarta"
	Zone    *time.Location
}

// Complaint is what the office is told of one: never what it says, nor whom it
// names.
type Complaint struct {
	Ticket   string
	Class    aid.ComplaintClass
	Area     string        // where it happened, in words; empty when nobody said
	Desk     aid.StaffRole // who handles it
	DeskArea string        // and where, in words; empty for the whole region
	Received aid.Day
	DueBy    aid.Day
}

// Item is one line of the commitment in words.
type Item struct {
	Quantity   int64
	Unit       string
	Name       string
	Equivalent string // given instead
	Free       bool   // outside any need: Name is the giver's own words
}

// reminders are the letters that a collaborator may do without.
var reminders = []aid.LetterKind{aid.LetterNudge, aid.LetterLastNudge, aid.LetterReportDue, aid.LetterOverdue, aid.LetterPermit}

// IsReminder tells whether a letter only reminds: it says how to stop letters
// of its kind, and is not sent to those who did.
func IsReminder(kind aid.LetterKind) bool { return slices.Contains(reminders, kind) }

// Compose writes a letter, as text and as HTML. It decides nothing but words.
//
// The letters that go to an address before it is proven to be the
// collaborator's, the one with the code and the one with the link asked for
// again, hold nothing that a stranger may have written: no name, no
// description; nor does the one that asks to confirm a subscription. It refuses
// a text that could break out of a mail header.
func Compose(kind aid.LetterKind, o Occasion) (Message, error) {
	w := indonesian
	if o.Language == "en" {
		w = english
	}
	write, ok := w.letters[kind]
	if !ok {
		return Message{}, fmt.Errorf("compose letter %q: no such kind", kind)
	}
	l := write(o)
	if o.Commitment.Demo {
		// First of all: whoever reads on may reach for the telephone.
		l.blocks = slices.Insert(l.blocks, 0, block{kind: paragraph, text: w.demo})
	}
	if IsReminder(kind) {
		l.say(w.stop)
	}
	l.sign(o.Service)
	if strings.ContainsFunc(l.subject+l.unsubscribe, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return Message{}, fmt.Errorf("compose letter %q of commitment %s: a header is not one line", kind, o.Commitment.ID)
	}
	return Message{Subject: l.subject, Text: l.text(), HTML: l.html(cmp.Or(o.Language, "id")), OneClick: l.unsubscribe}, nil
}

// words are one language.
type words struct {
	letters map[aid.LetterKind]func(Occasion) letter
	stop    string // how to end reminders
	demo    string // nobody is there
}

// letter is a subject and paragraphs of a few kinds, from which text and HTML
// are made alike.
type letter struct {
	subject     string
	blocks      []block
	unsubscribe string // address that ends such letters
}

type block struct {
	kind  blockKind
	text  string
	label string // of a link
	items []string
}

type blockKind int

const (
	paragraph blockKind = iota
	list
	code
	link
	aside // a link that is no button
	sender
)

func (l *letter) say(text string)        { l.blocks = append(l.blocks, block{kind: paragraph, text: text}) }
func (l *letter) enumerate(all []string) { l.blocks = append(l.blocks, block{kind: list, items: all}) }
func (l *letter) show(digits string)     { l.blocks = append(l.blocks, block{kind: code, text: digits}) }
func (l *letter) sign(service string) {
	l.blocks = append(l.blocks, block{kind: sender, text: service})
}
func (l *letter) point(label, url string) {
	l.blocks = append(l.blocks, block{kind: link, text: url, label: label})
}

func (l *letter) aside(label, url string) {
	l.blocks = append(l.blocks, block{kind: aside, text: url, label: label})
}

func (l letter) text() string {
	var b strings.Builder
	for i, p := range l.blocks {
		if i > 0 {
			b.WriteString("\n")
		}
		switch p.kind {
		case list:
			for _, item := range p.items {
				b.WriteString("- " + item + "\n")
			}
		case aside:
			b.WriteString(p.label + ": " + p.text + "\n")
		default:
			b.WriteString(p.text + "\n")
		}
	}
	return b.String()
}

// Mail programs drop style sheets, and those on old phones most of what stands
// on the elements too; without any of it a letter is still paragraphs that
// everyone can read. Telephone numbers are left alone: invented ones must not
// be dialled by a tap.
const (
	htmlHead = `<!doctype html><html lang="%s"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
		`<meta name="format-detection" content="telephone=no"><title>%s</title></head>` +
		`<body style="margin:0 auto;padding:16px;max-width:34em;font:16px/1.5 sans-serif;background:#ffffff;color:#17211d">`
	listStyle   = `padding-left:20px`
	codeStyle   = `font-size:32px;letter-spacing:4px;margin:16px 0`
	buttonStyle = `display:inline-block;padding:12px 20px;border-radius:8px;background:#0b6e4f;color:#ffffff;font-weight:bold;text-decoration:none`
	urlStyle    = `font-size:13px;color:#4d5a54;word-break:break-all`
	senderStyle = `margin-top:24px;padding-top:12px;border-top:1px solid #d9dfd9;font-size:14px;color:#4d5a54`
)

func (l letter) html(language string) string {
	var b strings.Builder
	fmt.Fprintf(&b, htmlHead, html.EscapeString(language), html.EscapeString(l.subject))
	for _, p := range l.blocks {
		text := html.EscapeString(p.text)
		switch p.kind {
		case list:
			b.WriteString(`<ul style="` + listStyle + `">`)
			for _, item := range p.items {
				b.WriteString("<li>" + html.EscapeString(item) + "</li>")
			}
			b.WriteString("</ul>")
		case code:
			b.WriteString(`<p style="` + codeStyle + `"><strong>` + text + "</strong></p>")
		case link:
			// The address is shown as well: whoever wonders can see where it leads.
			b.WriteString(`<p><a href="` + text + `" style="` + buttonStyle + `">` + html.EscapeString(p.label) + `</a></p><p style="` + urlStyle + `">` + text + "</p>")
		case aside:
			b.WriteString(`<p><a href="` + text + `">` + html.EscapeString(p.label) + `</a></p>`)
		case sender:
			b.WriteString(`<p style="` + senderStyle + `">` + text + "</p>")
		default:
			b.WriteString("<p>" + text + "</p>")
		}
	}
	b.WriteString("</body></html>\n")
	return b.String()
}

// number is what people say on the phone.
func (o Occasion) number() string { return o.Commitment.ID.Number() }

func (o Occasion) where() string { return o.Place + " (" + o.Area + ")" }

// last is the day by which the goods should have been brought.
func (o Occasion) last() aid.Day { return max(o.Commitment.Period.To, o.Commitment.Schedule.On) }

// proven tells whether the address is known to be the collaborator's.
func (o Occasion) proven() bool { return !o.Commitment.PledgedAt.IsZero() }

// giver is how the steward knows the collaborator: by name, or by the public
// one when the name is forgotten.
func (o Occasion) giver() string { return cmp.Or(o.Giver.Name, o.Commitment.DisplayName()) }

// after writes s behind lead, and nothing when there is no s.
func after(lead, s string) string {
	if s == "" {
		return ""
	}
	return lead + s
}

func each(items []Item, say func(Item) string) []string {
	all := make([]string, len(items))
	for i, it := range items {
		all[i] = say(it)
	}
	return all
}

// catalogued lists the items in the catalogue's words only, and counts the rest.
func catalogued(items []Item, others func(int) string, say func(Item) string) []string {
	var all []string
	free := 0
	for _, it := range items {
		if it.Free {
			free++
			continue
		}
		it.Equivalent = ""
		all = append(all, say(it))
	}
	if free > 0 {
		all = append(all, others(free))
	}
	return all
}

// goods names the thing with its unit, unless the name says the unit already:
// "Paket Sembako", not "paket Paket Sembako".
func (it Item) goods() string {
	name, unit := strings.ToLower(it.Name), strings.ToLower(it.Unit)
	if name == unit || strings.HasPrefix(name, unit+" ") || strings.HasSuffix(name, " per "+unit) {
		return it.Name
	}
	return it.Unit + " " + it.Name
}

// dialled writes a number as people in Indonesia dial it, "0812-3456-7890", and
// one from abroad as it stands.
func dialled(phone string) string {
	rest, ok := strings.CutPrefix(phone, "+62")
	if !ok || len(rest) < 8 {
		return phone
	}
	return "0" + rest[:3] + "-" + rest[3:7] + "-" + rest[7:]
}
