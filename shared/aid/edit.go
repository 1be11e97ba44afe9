package aid

import (
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"

	"ksbb/shared/area"
)

// Limits of what is entered about a recipient.
const (
	maxRecipientName  = 120
	maxAddress        = 200
	maxSteward        = 80
	maxSource         = 80
	maxHouseholds     = 1_000_000
	maxPeople         = 10_000_000
	maxNeeded         = 1_000_000
	maxRecipientMarks = 40 // flags, or indicators, of one recipient
)

// RecipientVersion is one change that an office made to a recipient. Before is
// how it was until then, without the name of its steward, which must not stay
// anywhere when the person goes.
type RecipientVersion struct {
	Version int64 // that it led to: 1 is the listing itself
	At      time.Time
	By      StaffRole
	Changed []string // members, in the words of the API
	Before  Recipient
}

// Version numbers what is known about a recipient, from 1.
func (r Recipient) Version() int64 { return r.Edits + 1 }

// Version numbers what an office entered about a need, from 1.
func (n Need) Version() int64 { return n.Edits + 1 }

// Changed names the members in which two states of a recipient differ, in the
// words of the API.
func Changed(before, after Recipient) []string {
	changed := []string{}
	for _, m := range []struct {
		name string
		same bool
	}{
		{"name", before.Name == after.Name},
		{"kind", before.Kind == after.Kind},
		{"area", before.Area == after.Area},
		{"point", before.Point == after.Point},
		{"households", before.Households == after.Households},
		{"people", before.People == after.People},
		{"address", before.Address == after.Address},
		{"steward", before.Steward == after.Steward},
		{"flags", len(before.Flags)+len(after.Flags) == 0 || reflect.DeepEqual(before.Flags, after.Flags)},
		{"indicators", len(before.Indicators)+len(after.Indicators) == 0 || reflect.DeepEqual(before.Indicators, after.Indicators)},
		{"closed", before.Closed == after.Closed},
		{"into", before.Into == after.Into},
	} {
		if !m.same {
			changed = append(changed, m.name)
		}
	}
	return changed
}

// CheckRecipient returns a recipient as it is kept, from what an office entered
// about it on the day today. before is what is known so far, zero where it is
// new. It refuses, with an *InvalidError, what cannot be, and what would move
// the recipient to another leaf: its promises would be left behind.
func (c *Catalogue) CheckRecipient(before, r Recipient, today Day) (Recipient, error) {
	e := &editor{today: today}
	r.Name = e.line("/name", r.Name, maxRecipientName, true)
	r.Address = e.line("/address", r.Address, maxAddress, false)
	r.Steward = e.line("/steward/name", r.Steward, maxSteward, true)
	e.within("/households", r.Households, 0, maxHouseholds)
	e.within("/people", r.People, 0, maxPeople)
	if len(r.Flags) > maxRecipientMarks {
		e.wrong("/flags", "too_long", fmt.Sprintf("more than %d", maxRecipientMarks))
	}
	if len(r.Indicators) > maxRecipientMarks {
		e.wrong("/indicators", "too_long", fmt.Sprintf("more than %d", maxRecipientMarks))
	}
	flags, indicators := map[FlagID]bool{}, map[IndicatorID]bool{}
	r.Flags, r.Indicators = append([]Flag(nil), r.Flags...), append([]Indicator(nil), r.Indicators...)
	for i := range r.Flags {
		f, at := &r.Flags[i], fmt.Sprintf("/flags/%d", i)
		if flags[f.ID] {
			e.wrong(at+"/id", "twice", "named twice")
		}
		flags[f.ID] = true
		e.past(at+"/on", f.On)
		f.Source = e.line(at+"/source", f.Source, maxSource, true)
	}
	for i := range r.Indicators {
		n, at := &r.Indicators[i], fmt.Sprintf("/indicators/%d", i)
		if indicators[n.ID] {
			e.wrong(at+"/id", "twice", "named twice")
		}
		indicators[n.ID] = true
		e.within(at+"/value", n.Value, 0, maxPeople)
		e.past(at+"/on", n.On)
		n.Source = e.line(at+"/source", n.Source, maxSource, true)
	}
	e.stands(c, before, r)
	return r, e.refusal()
}

// stands checks where a recipient stands: its identifier begins with its
// kelurahan, and its leaf never changes.
func (e *editor) stands(c *Catalogue, before, r Recipient) {
	if _, ok := c.Kinds[r.Kind]; !ok {
		e.wrong("/kind", "unknown", "no such kind of recipient")
		return
	}
	where, ok := KelurahanOf(r.ID)
	if r.ID.territorial() {
		where = area.Code(r.ID)
	}
	leaf, found := c.LeafOf(r)
	switch {
	case !ok:
		e.wrong("/id", "text", "want an RW's area code, or <kelurahan>-<kind>-<number>")
	case !found || r.Area != where:
		e.wrong("/area", "other", "the identifier says "+string(where))
	case before.ID == "" && !r.ID.territorial() && !strings.HasPrefix(string(r.ID), string(where)+"-"+string(r.Kind)+"-"):
		e.wrong("/kind", "other", "the identifier says another kind")
	case before.ID != "":
		if was, _ := c.LeafOf(before); was != leaf {
			e.wrong("/kind", "leaf", "recipients of that kind are listed elsewhere: close this one and list another")
		}
	}
}

func (r RecipientID) territorial() bool {
	code, err := area.Parse(string(r))
	return err == nil && code.Level() == area.RW
}

// KelurahanOf returns the kelurahan that a recipient's identifier begins with,
// and false where it is no such identifier.
func KelurahanOf(r RecipientID) (area.Code, bool) {
	if r.territorial() {
		return area.Code(r).At(area.Kelurahan), true
	}
	head, rest, _ := strings.Cut(string(r), "-")
	code, err := area.Parse(head)
	i := strings.LastIndexByte(rest, '-')
	if err != nil || code.Level() != area.Kelurahan || i <= 0 || len(r) > 80 {
		return "", false
	}
	kind, number := rest[:i], rest[i+1:]
	if strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || number == "" || len(number) > 9 || strings.Trim(number, "0123456789") != "" {
		return "", false
	}
	return code, true
}

// CheckNeed returns a need as it is kept, from what an office entered about it
// on the day today. before is the need so far, zero where it is new. What is
// promised already stays needed.
func (c *Catalogue) CheckNeed(before, n Need, today Day) (Need, error) {
	e := &editor{today: today}
	p, ok := c.Packages[n.Package]
	if !ok {
		e.wrong("/package", "unknown", "no such package")
	}
	n.ID, n.Program = NeedOf(n.Recipient, n.Package), p.Program
	n.Source = e.line("/source", n.Source, maxSource, true)
	e.past("/confirmedOn", n.ConfirmedOn)
	e.within("/needed", n.Needed, 0, maxNeeded)
	n.Committed, n.Delivered, n.Received, n.Earlier, n.Edits = before.Committed, before.Delivered, before.Received, before.Earlier, before.Edits
	if err := n.promised(); err != nil && len(e.fields) == 0 {
		return n, err
	}
	return n, e.refusal()
}

// promised refuses a need that asks for less than is promised.
func (n Need) promised() error {
	if n.Remaining() >= 0 {
		return nil
	}
	return &InvalidError{[]Field{PromisedField(n.Needed - n.Remaining())}}
}

// PromisedField says that so many units are promised, so that no fewer can be
// needed.
func PromisedField(units int64) Field {
	return Field{Pointer: "/needed", Code: "promised", Detail: fmt.Sprintf("%d are promised already", units)}
}

// editor collects what is wrong with what an office entered.
type editor struct {
	today  Day
	fields []Field
}

func (e *editor) wrong(pointer, code, detail string) {
	e.fields = append(e.fields, Field{Pointer: pointer, Code: code, Detail: detail})
}

func (e *editor) refusal() error {
	if len(e.fields) == 0 {
		return nil
	}
	return &InvalidError{e.fields}
}

func (e *editor) line(pointer, s string, most int, required bool) string {
	clean, err := CleanText(s, most)
	var refused *TextError
	switch {
	case err != nil:
		refused, _ = err.(*TextError)
		e.wrong(pointer, refused.Code, refused.Detail)
	case clean == "" && required:
		e.wrong(pointer, "required", "is empty")
	}
	return clean
}

func (e *editor) within(pointer string, n, least, most int64) {
	switch {
	case n < least:
		e.wrong(pointer, "too_small", fmt.Sprintf("fewer than %d", least))
	case n > most:
		e.wrong(pointer, "too_large", fmt.Sprintf("more than %d", most))
	}
}

func (e *editor) past(pointer string, d Day) {
	switch _, err := ParseDay(string(d)); {
	case err != nil:
		e.wrong(pointer, "type", "want YYYY-MM-DD")
	case d > e.today:
		e.wrong(pointer, "future", "is after today")
	}
}

// Suspect is a recipient that may be another one listed twice.
type Suspect struct {
	ID   RecipientID
	Name string
	Why  []string // "name", "near", "phone"
}

// nearMetres is how close two recipients of one kind stand that may be one.
const nearMetres = 50

// Suspects returns which of the places may be the same recipient: of the same
// name in the same kelurahan, or of the same kind a stone's throw away. They
// come in the order of the places. One that was merged already is none.
func Suspects(r Recipient, places []Place) []Suspect {
	suspects := []Suspect{}
	for _, p := range places {
		other := p.Recipient
		if other.ID == r.ID || other.Into != "" || r.Into == other.ID {
			continue
		}
		var why []string
		if folded(r.Name) == folded(other.Name) && r.Area.At(area.Kelurahan) == other.Area.At(area.Kelurahan) {
			why = append(why, "name")
		}
		if r.Kind == other.Kind && r.Point != (Point{}) && r.Point.Metres(other.Point) < nearMetres {
			why = append(why, "near")
		}
		if why != nil {
			suspects = append(suspects, Suspect{other.ID, other.Name, why})
		}
	}
	return suspects
}

// folded returns the letters and digits of a name, by which it is found and
// compared.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// Matches tells whether somebody who types words means a recipient: each word is
// part of its name or address, or they are its identifier.
func (r Recipient) Matches(words string) bool {
	if strings.HasPrefix(string(r.ID), strings.TrimSpace(words)) {
		return true
	}
	text := folded(r.Name) + " " + folded(r.Address)
	for _, w := range strings.Fields(words) {
		if !strings.Contains(text, folded(w)) {
			return false
		}
	}
	return true
}

// Masked returns a contact as it is shown to those who need not call: enough to
// recognise a number or address that one knows, too little to use it.
func (c Contact) Masked() Contact {
	return Contact{Name: c.Name, Phone: maskedPhone(c.Phone), Email: maskedEmail(c.Email)}
}

// dots stand for what is hidden, however much it is.
const dots = "••••••"

func maskedPhone(phone string) string {
	national := phone
	if rest, ok := strings.CutPrefix(phone, "+62"); ok {
		national = "0" + rest
	}
	switch {
	case phone == "":
		return ""
	case len(national) < 8:
		return dots
	}
	return national[:2] + dots + national[len(national)-2:]
}

func maskedEmail(email string) string {
	local, domain, ok := strings.Cut(email, "@")
	switch {
	case email == "":
		return ""
	case !ok || len(local) < 3:
		return dots
	}
	return local[:1] + dots + "@" + domain
}
