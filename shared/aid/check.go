package aid

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Draft is a commitment as a person fills it in, before anything of it is
// believed.
type Draft struct {
	ID         CommitmentID
	Recipient  RecipientID
	Program    ProgramID
	Lines      []DraftLine
	Period     Period
	Route      Route
	Aggregator AggregatorID // only with the route through one
	Giver      Giver
	Accepted   bool   // the statement of S-102 was accepted
	SignedBy   string // and signed by typing one's name
	Language   string // "id" when empty
}

// DraftLine is units of a need, or aid outside any need.
type DraftLine struct {
	Need       NeedID
	Quantity   int64
	Equivalent string // what is given instead; empty when the package itself is
	// Value is the giver's own estimate of the whole line. It is for packages
	// that the catalogue has no price for, and may stay 0 there.
	Value Rupiah
	Free  *FreeAid // nil for a line of a need
}

// FreeAid is aid outside any need line (S-080). Value is the giver's own
// estimate of the whole line.
type FreeAid struct {
	Description string
	Unit        string
	Quantity    int64
	Value       Rupiah
}

// Giver is the person or body that promises.
type Giver struct {
	Name     string
	Class    Class
	ShowName bool // otherwise the public reads "Hamba Allah"
	Email    string
	Phone    string
}

// Promise is a draft that passed every rule: what the public may know of it,
// and what it may not.
type Promise struct {
	Commitment Commitment
	Contact    Contact
	Statement  Statement
	Language   string
}

// PhoneReader turns a number as a person types it into E.164, and reports
// whether it is one. The numbering plans of the world are not known here.
type PhoneReader func(typed string) (e164 string, ok bool)

// Longest texts of a draft, in characters.
const (
	MaxName        = 80
	MaxDescription = 200
	MaxUnit        = 40
)

// Languages lists the languages in which letters are written.
var Languages = []string{"id", "en"}

// Check applies every rule for a new commitment at instant now. place is the
// recipient that the draft names as it stands now; the zero Place says that
// there is no such recipient.
//
// It returns an *InvalidError that lists all that is wrong, so that a person
// corrects it once; then, when nothing is, an *OverRemainingError for the first
// need with less left than the lines ask for together. The promise it returns
// is submitted and holds nothing yet; its Collaborator is for the caller to
// fill in, as it takes a key.
func (d Draft) Check(cat *Catalogue, place Place, phone PhoneReader, now time.Time) (Promise, error) {
	now = now.UTC().Truncate(time.Millisecond)
	c := checker{cat: cat, today: DayOf(now, cat.Zone)}
	leaf := c.recipient(d, place)
	c.program(d.Program)
	lines, direct := c.lines(d, place)
	c.period(d.Period)
	c.route(d, direct)
	contact := c.giver(d.Giver, phone)
	signed := c.statement(d)
	language := d.Language
	if language == "" {
		language = Languages[0]
	}
	if !slices.Contains(Languages, language) {
		c.wrong("/language", "unknown", "letters are written in %v", Languages)
	}
	if len(c.fields) > 0 {
		return Promise{}, &InvalidError{Fields: c.fields}
	}
	if err := overRemaining(lines, place.Needs); err != nil {
		return Promise{}, err
	}

	verifyBy := now.Add(hours(cat.Limits.VerifyHours))
	shown := contact.Name
	if !d.Giver.ShowName {
		shown = ""
	}
	return Promise{
		Commitment: Commitment{
			ID:          d.ID,
			Recipient:   d.Recipient,
			Leaf:        leaf,
			Program:     d.Program,
			Lines:       lines,
			Period:      d.Period,
			Route:       d.Route,
			Aggregator:  d.Aggregator,
			Name:        shown,
			Class:       d.Giver.Class,
			Demo:        place.Recipient.Demo,
			State:       Submitted,
			Version:     1,
			SubmittedAt: now,
			VerifyBy:    verifyBy,
			DueAt:       verifyBy,
		},
		Contact:   contact,
		Statement: Statement{SignedBy: signed, At: now},
		Language:  language,
	}, nil
}

// checker collects what is wrong.
type checker struct {
	cat    *Catalogue
	today  Day
	fields []Field
}

func (c *checker) wrong(pointer, code, detail string, args ...any) {
	c.fields = append(c.fields, Field{Pointer: pointer, Code: code, Detail: fmt.Sprintf(detail, args...)})
}

// text cleans a text that must not be empty. missing is the code when it is.
func (c *checker) text(pointer, s string, max int, missing string) string {
	clean, err := CleanText(s, max)
	var refused *TextError
	switch {
	case errors.As(err, &refused):
		c.wrong(pointer, refused.Code, "%s", refused.Detail)
	case clean == "":
		c.wrong(pointer, missing, "must not be empty")
	}
	return clean
}

// within tells whether n lies between least and most, and says so when not.
func (c *checker) within(pointer string, n, least, most int64) bool {
	switch {
	case n < least:
		c.wrong(pointer, "too_small", "at least %d", least)
	case n > most:
		c.wrong(pointer, "too_large", "at most %d", most)
	default:
		return true
	}
	return false
}

func (c *checker) recipient(d Draft, place Place) Leaf {
	switch leaf, known := c.cat.LeafOf(place.Recipient); {
	case d.Recipient == "":
		c.wrong("/recipient", "required", "which recipient?")
	case place.Recipient.ID != d.Recipient || !known:
		c.wrong("/recipient", "unknown", "no such recipient")
	case place.Recipient.Closed:
		c.wrong("/recipient", "closed", "takes no new commitment")
	default:
		return leaf
	}
	return Leaf{}
}

func (c *checker) program(id ProgramID) {
	switch program, ok := c.cat.Programs[id]; {
	case id == "":
		c.wrong("/program", "required", "which program?")
	case !ok:
		c.wrong("/program", "unknown", "no such program")
	case !program.Running:
		c.wrong("/program", "not_running", "planned, takes no commitment yet")
	}
}

// lines checks every line and returns those that are right. direct tells
// whether one of them may only be delivered directly (S-110).
func (c *checker) lines(d Draft, place Place) (lines []Line, direct bool) {
	if len(d.Lines) == 0 {
		c.wrong("/lines", "required", "nothing is promised")
	}
	if len(d.Lines) > c.cat.Limits.MaxLines {
		c.wrong("/lines", "too_long", "at most %d lines", c.cat.Limits.MaxLines)
		return nil, false // whatever else is wrong, a thousand answers help nobody
	}
	type form struct {
		need       NeedID
		equivalent string
	}
	seen := map[form]bool{}
	var total Rupiah
	for i, l := range d.Lines {
		at := fmt.Sprintf("/lines/%d", i)
		if l.Free != nil {
			if l.Need != "" || l.Quantity != 0 || l.Equivalent != "" || l.Value != 0 {
				c.wrong(at+"/free", "duplicate", "a line is of a need or free, not both")
			}
			line, ok := c.freeLine(at+"/free", *l.Free)
			if ok {
				total += line.Value
			}
			lines = append(lines, line)
			continue
		}
		line, pack, ok := c.needLine(at, l, d, place)
		direct = direct || pack.DirectOnly
		if ok {
			total += line.Value
		}
		if f := (form{line.Need, line.Equivalent}); line.Need != "" && seen[f] {
			c.wrong(at+"/need", "duplicate", "the same need twice in the same form")
		} else {
			seen[f] = true
		}
		lines = append(lines, line)
	}
	if total > c.cat.Limits.MaxValue {
		c.wrong("/lines", "too_large", "worth more than %d together", c.cat.Limits.MaxValue)
	}
	return lines, direct
}

func (c *checker) needLine(at string, l DraftLine, d Draft, place Place) (line Line, pack Package, ok bool) {
	inRange := c.within(at+"/quantity", l.Quantity, 1, c.cat.Limits.MaxUnits)
	var instead string
	if l.Equivalent != "" {
		instead = c.text(at+"/equivalent", l.Equivalent, MaxDescription, "required")
	}
	if l.Need == "" {
		c.wrong(at+"/need", "required", "which need, or which free aid?")
		return Line{}, Package{}, false
	}
	i := slices.IndexFunc(place.Needs, func(n Need) bool { return n.ID == l.Need })
	if i < 0 && place.Recipient.ID == "" {
		return Line{}, Package{}, false // the unknown recipient was named already
	}
	if i < 0 {
		c.wrong(at+"/need", "unknown", "no such need at this recipient")
		return Line{}, Package{}, false
	}
	need := place.Needs[i]
	if pack, ok = c.cat.Packages[need.Package]; !ok {
		c.wrong(at+"/need", "unknown", "its package is not in the catalogue")
		return Line{}, Package{}, false
	}
	if need.Program != d.Program {
		c.wrong(at+"/need", "mixed_program", "belongs to program %s", need.Program)
	}
	if l.Equivalent != "" && !pack.Equivalents {
		c.wrong(at+"/equivalent", "not_allowed", "this package takes no equivalent")
	}
	line = Line{Need: need.ID, Package: need.Package, Quantity: l.Quantity, Unit: pack.Unit, Equivalent: instead}
	price, priced := pack.PriceOn(c.today)
	switch {
	case !priced:
		line.Value, line.Estimated = l.Value, true
		inRange = c.within(at+"/value", int64(l.Value), 0, int64(c.cat.Limits.MaxValue)) && inRange
	case l.Value != 0:
		c.wrong(at+"/value", "not_allowed", "the catalogue has a price for this package")
	case inRange && price > 0 && Rupiah(l.Quantity) > c.cat.Limits.MaxValue/price:
		// Compared by division: the product may not fit.
		c.wrong(at+"/quantity", "too_large", "worth more than %d", c.cat.Limits.MaxValue)
		inRange = false
	case inRange:
		line.Value = Rupiah(l.Quantity) * price
	}
	return line, pack, inRange
}

func (c *checker) freeLine(at string, f FreeAid) (Line, bool) {
	line := Line{
		Free:      c.text(at+"/description", f.Description, MaxDescription, "required"),
		Unit:      c.text(at+"/unit", f.Unit, MaxUnit, "required"),
		Quantity:  f.Quantity,
		Value:     f.Value,
		Estimated: true,
	}
	c.within(at+"/quantity", f.Quantity, 1, c.cat.Limits.MaxUnits)
	return line, c.within(at+"/value", int64(f.Value), 0, int64(c.cat.Limits.MaxValue))
}

func (c *checker) period(p Period) {
	from, to := c.day("/period/from", p.From), c.day("/period/to", p.To)
	limits := c.cat.Limits
	if from {
		if p.From < c.today {
			c.wrong("/period/from", "past", "today is %s", c.today)
		}
		if last := c.today.Plus(limits.MaxLeadDays); p.From > last {
			c.wrong("/period/from", "too_large", "not after %s", last)
		}
	}
	if from && to {
		if p.To < p.From {
			c.wrong("/period/to", "order", "before the first day")
		}
		// Near the year 9999 Plus leaves four digits; such a day is too far anyway.
		if last := p.From.Plus(limits.MaxPeriodDays); len(last) == len(p.From) && p.To > last {
			c.wrong("/period/to", "too_large", "not after %s", last)
		}
	}
}

func (c *checker) day(pointer string, d Day) bool {
	if d == "" {
		c.wrong(pointer, "required", "which day?")
		return false
	}
	if _, err := ParseDay(string(d)); err != nil {
		c.wrong(pointer, "date", "want a calendar day YYYY-MM-DD")
		return false
	}
	return true
}

func (c *checker) route(d Draft, direct bool) {
	switch {
	case d.Route == "":
		c.wrong("/route", "required", "direct or through an aggregator?")
	case d.Route == Direct && d.Aggregator != "":
		c.wrong("/aggregator", "unknown", "a direct delivery has none")
	case d.Route == Direct:
	case d.Route != Aggregate:
		c.wrong("/route", "unknown", "no such route")
	default:
		if direct {
			c.wrong("/route", "direct_only", "ready meals are delivered directly, through the RW")
		}
		c.aggregator(d)
	}
}

// aggregator checks that it takes gifts, and that its licence is in force today
// and until the last day of the period.
func (c *checker) aggregator(d Draft) {
	switch aggregator, ok := c.cat.Aggregators[d.Aggregator]; {
	case d.Aggregator == "":
		c.wrong("/aggregator", "required", "which aggregator?")
	case !ok:
		c.wrong("/aggregator", "unknown", "no such aggregator")
	default:
		if f := aggregator.refusal("/aggregator", c.today, d.Period.To); f != nil {
			c.fields = append(c.fields, *f)
		}
	}
}

func (c *checker) giver(g Giver, phone PhoneReader) Contact {
	contact := Contact{Name: c.text("/collaborator/name", g.Name, MaxName, "required")}
	switch {
	case g.Class == "":
		c.wrong("/collaborator/class", "required", "one of %v", Classes)
	case !slices.Contains(Classes, g.Class):
		c.wrong("/collaborator/class", "unknown", "one of %v", Classes)
	}
	var ok bool
	if strings.TrimSpace(g.Email) == "" {
		c.wrong("/collaborator/email", "required", "proves that it is you")
	} else if contact.Email, ok = CleanEmail(g.Email); !ok {
		c.wrong("/collaborator/email", "email", "not an address that a letter can be sent to")
	}
	if strings.TrimSpace(g.Phone) == "" {
		c.wrong("/collaborator/phone", "required", "the person in charge has to be able to call")
	} else if contact.Phone, ok = phone(g.Phone); !ok {
		c.wrong("/collaborator/phone", "phone", "not a telephone number; numbers from abroad start with +")
	}
	return contact
}

func (c *checker) statement(d Draft) string {
	if !d.Accepted {
		c.wrong("/statement/accepted", "accepted", "must be accepted")
	}
	return c.text("/statement/signedBy", d.SignedBy, MaxName, "signed")
}

// overRemaining refuses the first need of which the lines ask for more than is
// left. Lines on the same need count together.
func overRemaining(lines []Line, needs []Need) error {
	asked := map[NeedID]int64{}
	for _, l := range lines {
		asked[l.Need] += l.Quantity
		for _, n := range needs {
			if n.ID == l.Need && asked[l.Need] > n.Remaining() {
				return &OverRemainingError{Need: n.ID, Remaining: max(0, n.Remaining())}
			}
		}
	}
	return nil
}
