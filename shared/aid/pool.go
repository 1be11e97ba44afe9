package aid

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// PoolID is a UUIDv7 made by the aggregator's browser before sending.
type PoolID string

// Pool is what an aggregator received from one giver, to be delivered in parts
// to several recipients ("titipan"). A pool stands in no total: each part is a
// commitment of its own, which is counted like any other, once. What is stored
// of a pool says nothing of who gave it but the name that may be shown.
type Pool struct {
	ID           PoolID
	Aggregator   AggregatorID
	Name         string // display name; empty when the giver chose "Hamba Allah"
	Class        Class
	Collaborator CollaboratorID // one for all parts, so that the giver is counted once
	ReceivedOn   Day
	Lines        []PoolLine
	CreatedAt    time.Time
	// Changes rises by one with every part that is taken or comes back.
	Changes int64
}

// PoolLine is units of one package, and how many of them no part holds yet.
type PoolLine struct {
	Package  PackageID
	Quantity int64
	Left     int64
	Unit     string
	// Value is the giver's own estimate of the whole line, where the catalogue had
	// no price for the package on the day the pool was entered.
	Value Rupiah
}

// Line returns the line of a package, and false when the pool has none.
func (p Pool) Line(id PackageID) (PoolLine, bool) {
	i := slices.IndexFunc(p.Lines, func(l PoolLine) bool { return l.Package == id })
	if i < 0 {
		return PoolLine{}, false
	}
	return p.Lines[i], true
}

// PoolDraft is a pool as an officer of the aggregator fills it in.
type PoolDraft struct {
	ID         PoolID
	Aggregator AggregatorID
	Giver      Giver // e-mail and phone may be empty: a box office asks for neither
	Lines      []PoolDraftLine
	ReceivedOn Day
	Note       string
}

// PoolDraftLine is units of a package. Value is for packages without a price.
type PoolDraftLine struct {
	Package  PackageID
	Quantity int64
	Value    Rupiah
}

// MaxPoolUnits bounds one line of a pool. It is delivered by many commitments,
// so it may hold more than one of them.
const MaxPoolUnits = 10_000_000

// MaxPoolLines bounds the packages of one pool.
const MaxPoolLines = 20

// MaxNote is the longest note, in characters.
const MaxNote = 500

// Check applies every rule for a pool that is entered at instant now, and lists
// all that is wrong with it in an *InvalidError. Who gave it is returned apart,
// as it is private, with the note as it is kept; the pool's Collaborator is for
// the caller to fill in, as it takes a key.
func (d PoolDraft) Check(cat *Catalogue, phone PhoneReader, now time.Time) (Pool, Contact, string, error) {
	now = now.UTC().Truncate(time.Millisecond)
	c := checker{cat: cat, today: DayOf(now, cat.Zone)}
	switch aggregator, ok := cat.Aggregators[d.Aggregator]; {
	case !ok:
		c.wrong("/aggregator", "unknown", "no such aggregator")
	default:
		if f := aggregator.refusal("/aggregator", c.today, c.today); f != nil {
			c.fields = append(c.fields, *f)
		}
	}
	lines := c.poolLines(d.Lines)
	if c.day("/receivedOn", d.ReceivedOn) && d.ReceivedOn > c.today {
		c.wrong("/receivedOn", "future", "today is %s", c.today)
	}
	contact := c.donor(d.Giver, phone)
	note := ""
	if strings.TrimSpace(d.Note) != "" {
		note = c.text("/note", d.Note, MaxNote, "required")
	}
	if len(c.fields) > 0 {
		return Pool{}, Contact{}, "", &InvalidError{Fields: c.fields}
	}
	shown := contact.Name
	if !d.Giver.ShowName {
		shown = ""
	}
	return Pool{
		ID: d.ID, Aggregator: d.Aggregator, Name: shown, Class: d.Giver.Class, ReceivedOn: d.ReceivedOn, Lines: lines, CreatedAt: now,
	}, contact, note, nil
}

func (c *checker) poolLines(drafts []PoolDraftLine) []PoolLine {
	if len(drafts) == 0 {
		c.wrong("/lines", "required", "nothing was received")
	}
	if len(drafts) > MaxPoolLines {
		c.wrong("/lines", "too_long", "at most %d lines", MaxPoolLines)
		return nil
	}
	var lines []PoolLine
	seen := map[PackageID]bool{}
	for i, l := range drafts {
		at := fmt.Sprintf("/lines/%d", i)
		pack, ok := c.cat.Packages[l.Package]
		switch {
		case l.Package == "":
			c.wrong(at+"/package", "required", "which package?")
		case !ok:
			c.wrong(at+"/package", "unknown", "not in the catalogue")
		case seen[l.Package]:
			c.wrong(at+"/package", "duplicate", "the same package twice")
		case pack.DirectOnly:
			c.wrong(at+"/package", "direct_only", "ready meals are delivered directly, through the RW")
		}
		seen[l.Package] = true
		c.within(at+"/quantity", l.Quantity, 1, MaxPoolUnits)
		if _, priced := pack.PriceOn(c.today); priced && l.Value != 0 {
			c.wrong(at+"/value", "not_allowed", "the catalogue has a price for this package")
		} else if ok {
			c.within(at+"/value", int64(l.Value), 0, int64(c.cat.Limits.MaxValue))
		}
		lines = append(lines, PoolLine{Package: l.Package, Quantity: l.Quantity, Left: l.Quantity, Unit: pack.Unit, Value: l.Value})
	}
	return lines
}

// donor checks who gave a pool. A name and a class are enough.
func (c *checker) donor(g Giver, phone PhoneReader) Contact {
	contact := Contact{Name: c.text("/donor/name", g.Name, MaxName, "required")}
	switch {
	case g.Class == "":
		c.wrong("/donor/class", "required", "one of %v", Classes)
	case !slices.Contains(Classes, g.Class):
		c.wrong("/donor/class", "unknown", "one of %v", Classes)
	}
	var ok bool
	if strings.TrimSpace(g.Email) != "" {
		if contact.Email, ok = CleanEmail(g.Email); !ok {
			c.wrong("/donor/email", "email", "not an address that a letter can be sent to")
		}
	}
	if strings.TrimSpace(g.Phone) != "" {
		if contact.Phone, ok = phone(g.Phone); !ok {
			c.wrong("/donor/phone", "phone", "not a telephone number; numbers from abroad start with +")
		}
	}
	return contact
}

// PartDraft is one part of a pool as it is handed to a recipient.
type PartDraft struct {
	ID        CommitmentID
	Recipient RecipientID
	Lines     []PartLine
	Period    Period
}

// PartLine is units of a need.
type PartLine struct {
	Need     NeedID
	Quantity int64
}

// Part returns the commitment by which a part of the pool goes to a recipient,
// at instant now. It is signed from the start: the goods are there, and the
// aggregator answers for them. From then on it lives like any other, with the
// 2×24 h for the contact running.
//
// It applies the rules for a new commitment, and that the pool holds what the
// part takes; an *InvalidError lists all that is wrong. Then, when nothing is,
// a need with less left refuses with *OverRemainingError. The Salt is for the
// caller to fill in, as it takes randomness.
func (p Pool) Part(d PartDraft, cat *Catalogue, place Place, now time.Time) (Commitment, error) {
	now = now.UTC().Truncate(time.Millisecond)
	c := checker{cat: cat, today: DayOf(now, cat.Zone)}
	leaf := c.recipient(Draft{Recipient: d.Recipient}, place)
	lines, program := c.partLines(p, d, place)
	c.period(d.Period)
	if f := cat.Aggregators[p.Aggregator].refusal("/aggregator", c.today, d.Period.To); f != nil {
		c.fields = append(c.fields, *f)
	}
	if len(c.fields) > 0 {
		return Commitment{}, &InvalidError{Fields: c.fields}
	}
	if err := overRemaining(lines, place.Needs); err != nil {
		return Commitment{}, err
	}
	part := Commitment{
		ID: d.ID, Recipient: d.Recipient, Leaf: leaf, Program: program, Lines: lines, Period: d.Period, Route: Aggregate,
		Aggregator: p.Aggregator, Pool: p.ID, Name: p.Name, Class: p.Class, Collaborator: p.Collaborator, Demo: place.Recipient.Demo,
		State: Submitted, Version: 1, SubmittedAt: now, VerifyBy: now.Add(hours(cat.Limits.VerifyHours)),
	}
	part, err := part.Verified(now, cat)
	if err != nil {
		return Commitment{}, err
	}
	return part.SignedAs("", now, cat)
}

// partLines checks the lines of a part. The program is that of the first.
func (c *checker) partLines(p Pool, d PartDraft, place Place) (lines []Line, program ProgramID) {
	if len(d.Lines) == 0 {
		c.wrong("/lines", "required", "nothing is given")
	}
	if len(d.Lines) > c.cat.Limits.MaxLines {
		c.wrong("/lines", "too_long", "at most %d lines", c.cat.Limits.MaxLines)
		return nil, ""
	}
	seen := map[NeedID]bool{}
	var total Rupiah
	for i, l := range d.Lines {
		at := fmt.Sprintf("/lines/%d", i)
		n := slices.IndexFunc(place.Needs, func(n Need) bool { return n.ID == l.Need })
		switch {
		case l.Need == "":
			c.wrong(at+"/need", "required", "which need?")
			continue
		case n < 0 && place.Recipient.ID == "":
			continue // the unknown recipient was named already
		case n < 0:
			c.wrong(at+"/need", "unknown", "no such need at this recipient")
			continue
		case seen[l.Need]:
			c.wrong(at+"/need", "duplicate", "the same need twice")
			continue
		}
		seen[l.Need] = true
		need := place.Needs[n]
		if program == "" {
			program = need.Program
			c.program(program)
		}
		if need.Program != program {
			c.wrong(at+"/need", "mixed_program", "belongs to program %s", need.Program)
		}
		held, ok := p.Line(need.Package)
		pack, known := c.cat.Packages[need.Package]
		switch {
		case !ok:
			c.wrong(at+"/need", "not_in_pool", "the pool holds no %s", need.Package)
			continue
		case !known:
			c.wrong(at+"/need", "unknown", "its package is not in the catalogue")
			continue
		case pack.DirectOnly:
			c.wrong(at+"/need", "direct_only", "ready meals are delivered directly, through the RW")
		}
		if !c.within(at+"/quantity", l.Quantity, 1, c.cat.Limits.MaxUnits) {
			continue
		}
		if l.Quantity > held.Left {
			c.fields = append(c.fields, overPool(i, held.Left))
			continue
		}
		line := Line{Need: need.ID, Package: need.Package, Quantity: l.Quantity, Unit: pack.Unit}
		price, priced := pack.PriceOn(c.today)
		switch {
		case !priced:
			line.Value, line.Estimated = Rupiah(share(int64(held.Value), l.Quantity, held.Quantity)), true
		case price > 0 && Rupiah(l.Quantity) > c.cat.Limits.MaxValue/price:
			c.wrong(at+"/quantity", "too_large", "worth more than %d", c.cat.Limits.MaxValue)
			continue
		default:
			line.Value = Rupiah(l.Quantity) * price
		}
		total += line.Value
		lines = append(lines, line)
	}
	if total > c.cat.Limits.MaxValue {
		c.wrong("/lines", "too_large", "worth more than %d together", c.cat.Limits.MaxValue)
	}
	return lines, program
}

func overPool(line int, left int64) Field {
	return Field{Pointer: fmt.Sprintf("/lines/%d/quantity", line), Code: "pool", Detail: fmt.Sprintf("%d left in the pool", left)}
}

// OverPool refuses a part that takes more of a line than the pool holds.
func OverPool(line int, left int64) error {
	return &InvalidError{Fields: []Field{overPool(line, max(0, left))}}
}

// Held returns how many units of each package the commitment holds of its pool:
// what it promised, less what it will not deliver any more.
func (c Commitment) Held() map[PackageID]int64 {
	held := map[PackageID]int64{}
	if c.Pool == "" {
		return held
	}
	for i, l := range c.Lines {
		if n := c.Line(i).Sum(); n != 0 {
			held[l.Package] += n
		}
	}
	return held
}
