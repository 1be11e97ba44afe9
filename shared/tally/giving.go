package tally

import (
	"cmp"
	"maps"
	"slices"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// Form is which of three kinds of value something is. They are never added up
// with each other.
type Form string

// The forms.
const (
	FormGift Form = "gift" // units of a need, given
	FormLoan Form = "loan" // units of a need, lent
	FormFree Form = "free" // aid outside any need line, by the giver's own estimate
)

// Forms lists every form in the order in which they are shown.
var Forms = []Form{FormGift, FormLoan, FormFree}

// FormOf returns the form of a package; the empty package is free aid.
func FormOf(p aid.PackageID, catalogue *aid.Catalogue) Form {
	switch {
	case p == "":
		return FormFree
	case catalogue.Packages[p].Modality == aid.Loan:
		return FormLoan
	}
	return FormGift
}

// Stand says how something stands, in units or in rupiah. Everything is in
// exactly one of Committed, Delivered and Received; Disputed is a part of
// Committed, and what lapsed or was withdrawn is in none of the others.
type Stand struct {
	Needed    int64 `json:"needed"`
	Committed int64 `json:"committed"`
	Delivered int64 `json:"delivered"`
	Received  int64 `json:"received"`
	Disputed  int64 `json:"disputed"`
	Lapsed    int64 `json:"lapsed"`
	Withdrawn int64 `json:"withdrawn"`
}

// Plus returns the sum of two.
func (s Stand) Plus(t Stand) Stand {
	return Stand{
		s.Needed + t.Needed, s.Committed + t.Committed, s.Delivered + t.Delivered, s.Received + t.Received,
		s.Disputed + t.Disputed, s.Lapsed + t.Lapsed, s.Withdrawn + t.Withdrawn,
	}
}

// Minus returns what has to be added to t to make s.
func (s Stand) Minus(t Stand) Stand {
	return Stand{
		s.Needed - t.Needed, s.Committed - t.Committed, s.Delivered - t.Delivered, s.Received - t.Received,
		s.Disputed - t.Disputed, s.Lapsed - t.Lapsed, s.Withdrawn - t.Withdrawn,
	}
}

// Given returns what is promised, on its way or received: all that holds.
func (s Stand) Given() int64 { return s.Committed + s.Delivered + s.Received }

// Cell is one combination of what lines of commitments are split by. Class is
// empty for what is needed, which no collaborator's class has a part in.
type Cell struct {
	Class   aid.Class     `json:"class,omitempty"`
	Program aid.ProgramID `json:"program"`
	Kind    aid.KindID    `json:"kind"` // of the recipient
	Package aid.PackageID `json:"package,omitempty"`
	Form    Form          `json:"form"`
	Route   aid.Route     `json:"route,omitempty"`
}

// Amount is what stands in a cell.
type Amount struct {
	Units Stand `json:"units"`
	Value Stand `json:"value"` // rupiah
}

// Plus returns the sum of two.
func (a Amount) Plus(b Amount) Amount { return Amount{a.Units.Plus(b.Units), a.Value.Plus(b.Value)} }

// Group is one combination of what whole commitments are split by.
type Group struct {
	Class   aid.Class     `json:"class"`
	Program aid.ProgramID `json:"program"`
	Kind    aid.KindID    `json:"kind"`
	Route   aid.Route     `json:"route"`
	// Package is that of the first line, so that the kind of aid can be said of
	// whole commitments (S-159); empty for free aid.
	Package aid.PackageID `json:"package,omitempty"`
}

// Number says how many commitments there are of a group.
type Number struct {
	Pledged   int64 `json:"pledged"` // ever, whatever became of them
	Holding   int64 `json:"holding"` // hold a promise now, or were fulfilled
	Delivered int64 `json:"delivered"`
	Received  int64 `json:"received"`
	Disputed  int64 `json:"disputed"`
	Lapsed    int64 `json:"lapsed"`
	Withdrawn int64 `json:"withdrawn"`
	// Disputes is how many commitments ever had a delivery that the two sides
	// differed about.
	Disputes int64 `json:"disputes"`
}

// Plus returns the sum of two.
func (n Number) Plus(m Number) Number {
	return Number{
		n.Pledged + m.Pledged, n.Holding + m.Holding, n.Delivered + m.Delivered, n.Received + m.Received,
		n.Disputed + m.Disputed, n.Lapsed + m.Lapsed, n.Withdrawn + m.Withdrawn, n.Disputes + m.Disputes,
	}
}

// Minus returns what has to be added to m to make n.
func (n Number) Minus(m Number) Number {
	return Number{
		n.Pledged - m.Pledged, n.Holding - m.Holding, n.Delivered - m.Delivered, n.Received - m.Received,
		n.Disputed - m.Disputed, n.Lapsed - m.Lapsed, n.Withdrawn - m.Withdrawn, n.Disputes - m.Disputes,
	}
}

// Happened is what happened on one day, in commitments and rupiah of all forms
// but loans.
type Happened struct {
	Pledged        int64 `json:"pledged"`
	PledgedValue   int64 `json:"pledgedValue"`
	Delivered      int64 `json:"delivered"` // hand-overs reported
	DeliveredValue int64 `json:"deliveredValue"`
	Received       int64 `json:"received"`      // answers and settlements
	ReceivedValue  int64 `json:"receivedValue"` // by how much they changed what is received
	Lapsed         int64 `json:"lapsed"`
	LapsedValue    int64 `json:"lapsedValue"`
	Withdrawn      int64 `json:"withdrawn"`
	WithdrawnValue int64 `json:"withdrawnValue"`
}

// Plus returns the sum of two.
func (h Happened) Plus(g Happened) Happened {
	return Happened{
		h.Pledged + g.Pledged, h.PledgedValue + g.PledgedValue, h.Delivered + g.Delivered, h.DeliveredValue + g.DeliveredValue,
		h.Received + g.Received, h.ReceivedValue + g.ReceivedValue, h.Lapsed + g.Lapsed, h.LapsedValue + g.LapsedValue,
		h.Withdrawn + g.Withdrawn, h.WithdrawnValue + g.WithdrawnValue,
	}
}

// Giving is what needs and commitments add up to, split every way that the
// statistics say. Like [Totals] it is a sum over disjoint sets of recipients,
// so that parents follow from their children.
type Giving struct {
	Cells  map[Cell]Amount
	Groups map[Group]Number
	Days   map[aid.Day]Happened
	// Givers are the collaborators of commitments ever pledged, all of them and by
	// class and program.
	Givers    Distinct
	ByClass   map[aid.Class]Distinct
	ByProgram map[aid.ProgramID]Distinct
	// Reached counts recipients that something was received by.
	Reached int64
	Hours   Hours // from pledge to contact
	// Largest lists the RW with most households, at most LargestKept (S-069).
	Largest []Large
	// Latest are the newest acts, at most ActsKept, newest first. Only who tells
	// news has them: see [ActsOf].
	Latest []Act
}

// LargestKept is how many RW are listed by their households.
const LargestKept = 50

// Large is an RW in the list of the largest.
type Large struct {
	Recipient  aid.RecipientID `json:"recipient"`
	Name       string          `json:"name"`
	Area       area.Code       `json:"area"`
	Households int64           `json:"households"`
	People     int64           `json:"people"`
	// Coverage is the part of the household-days it needs that it received, in
	// ten-thousandths; -1 where none are needed.
	Coverage int64 `json:"coverage"`
}

// compareLarge puts the largest first.
func compareLarge(a, b Large) int {
	return cmp.Or(cmp.Compare(b.Households, a.Households), cmp.Compare(a.Recipient, b.Recipient))
}

// largest merges two lists in order.
func largest(a, b []Large) []Large {
	if len(a)+len(b) == 0 {
		return nil
	}
	all := slices.Concat(a, b)
	slices.SortFunc(all, compareLarge)
	return all[:min(len(all), LargestKept)]
}

// latest merges two lists in order.
func latest(a, b []Act) []Act {
	if len(a)+len(b) == 0 {
		return nil
	}
	return newest(slices.Concat(a, b))
}

// Plus returns the sum over two disjoint sets of recipients. It changes neither.
func (g Giving) Plus(h Giving) Giving {
	return Giving{
		Cells: sum(g.Cells, h.Cells, Amount.Plus), Groups: sum(g.Groups, h.Groups, Number.Plus), Days: sum(g.Days, h.Days, Happened.Plus),
		Givers:  g.Givers.Union(h.Givers),
		ByClass: sum(g.ByClass, h.ByClass, Distinct.Union), ByProgram: sum(g.ByProgram, h.ByProgram, Distinct.Union),
		Reached: g.Reached + h.Reached, Hours: g.Hours.Plus(h.Hours), Largest: largest(g.Largest, h.Largest),
		Latest: latest(g.Latest, h.Latest),
	}
}

// sum returns both maps in a new one, values under the same key added up.
func sum[K comparable, V any](a, b map[K]V, plus func(V, V) V) map[K]V {
	both := make(map[K]V, max(len(a), len(b)))
	maps.Copy(both, a)
	for k, v := range b {
		if was, ok := both[k]; ok {
			v = plus(was, v)
		}
		both[k] = v
	}
	return both
}

// GivingOf returns what one place adds, with all of its history but no news of
// it.
func GivingOf(p aid.Place, commitments []aid.Commitment, catalogue *aid.Catalogue) Giving {
	return NeedsOf(p, catalogue).Plus(HistoryOf(p.Recipient.Kind, commitments, catalogue))
}

// NeedsOf returns what one place adds without its history: what is needed, and
// how large it is.
func NeedsOf(p aid.Place, catalogue *aid.Catalogue) Giving {
	g := Giving{Cells: map[Cell]Amount{}}
	for _, n := range p.Needs {
		k := Cell{Program: n.Program, Kind: p.Recipient.Kind, Package: n.Package, Form: FormOf(n.Package, catalogue)}
		a := g.Cells[k]
		a.Units.Needed += n.Needed
		if price, ok := catalogue.Packages[n.Package].PriceOn(n.ConfirmedOn); ok {
			a.Value.Needed += n.Needed * int64(price)
		}
		g.Cells[k] = a
	}
	if p.Recipient.Area.Level() == area.RW {
		l := Large{
			Recipient: p.Recipient.ID, Name: p.Recipient.Name, Area: p.Recipient.Area,
			Households: p.Recipient.Households, People: p.Recipient.People, Coverage: -1,
		}
		if days := Of(p, catalogue).MilliHouseholdDays; days.Needed > 0 {
			l.Coverage = 10_000 * days.Received / days.Needed
		}
		g.Largest = []Large{l}
	}
	return g
}

// HistoryOf returns what the history of one recipient of a kind adds.
// Commitments that were never pledged add nothing. A gift through an aggregator
// is one commitment and counts once, at whoever gives it.
func HistoryOf(kind aid.KindID, commitments []aid.Commitment, catalogue *aid.Catalogue) Giving {
	g := Giving{
		Cells: map[Cell]Amount{}, Groups: map[Group]Number{}, Days: map[aid.Day]Happened{},
		ByClass: map[aid.Class]Distinct{}, ByProgram: map[aid.ProgramID]Distinct{},
	}
	// Sets are made once, of all their members: a recipient may have thousands.
	var givers []uint64
	byClass, byProgram := map[aid.Class][]uint64{}, map[aid.ProgramID][]uint64{}
	for _, c := range commitments {
		if c.PledgedAt.IsZero() {
			continue
		}
		g.add(c, kind, catalogue)
		giver := spread(string(c.Collaborator))
		givers = append(givers, giver)
		byClass[c.Class] = append(byClass[c.Class], giver)
		byProgram[c.Program] = append(byProgram[c.Program], giver)
		for i := range c.Lines {
			if c.Line(i).Received > 0 {
				g.Reached = 1
			}
		}
	}
	g.Givers = distinctOf(givers)
	for class, members := range byClass {
		g.ByClass[class] = distinctOf(members)
	}
	for program, members := range byProgram {
		g.ByProgram[program] = distinctOf(members)
	}
	return g
}

// add counts one commitment that was once pledged, but for who gave it.
func (g *Giving) add(c aid.Commitment, kind aid.KindID, catalogue *aid.Catalogue) {
	var first aid.PackageID
	if len(c.Lines) > 0 {
		first = c.Lines[0].Package
	}
	group := Group{c.Class, c.Program, kind, c.Route, first}
	g.Groups[group] = g.Groups[group].Plus(numberOf(c))
	for hour, n := range c.Standing().Hours {
		if g.Hours == nil {
			g.Hours = Hours{}
		}
		g.Hours[hour] += n
	}
	var worth int64 // of all that counts in a day
	for i, l := range c.Lines {
		form := FormOf(l.Package, catalogue)
		k := Cell{c.Class, c.Program, kind, l.Package, form, c.Route}
		a := g.Cells[k]
		a.Units = a.Units.Plus(standOf(c, c.Line(i), l.Quantity))
		a.Value = a.Value.Plus(standOf(c, c.Worth(i), int64(l.Value)))
		units, value := c.Disputed(i)
		a.Units.Disputed += units
		a.Value.Disputed += value
		g.Cells[k] = a
		if form != FormLoan {
			worth += int64(l.Value)
		}
	}
	g.happened(c, worth, catalogue)
}

func standOf(c aid.Commitment, n aid.Counts, whole int64) Stand {
	s := Stand{Committed: n.Committed, Delivered: n.Delivered, Received: n.Received}
	switch c.State {
	case aid.Lapsed:
		s.Lapsed = whole
	case aid.Withdrawn:
		s.Withdrawn = whole
	}
	return s
}

func numberOf(c aid.Commitment) Number {
	n := Number{Pledged: 1}
	if c.State.Counts() {
		n.Holding = 1
	}
	switch c.State {
	case aid.Delivered:
		n.Delivered = 1
	case aid.Received:
		n.Received = 1
	case aid.Disputed:
		n.Disputed = 1
	case aid.Lapsed:
		n.Lapsed = 1
	case aid.Withdrawn:
		n.Withdrawn = 1
	}
	if slices.ContainsFunc(c.Deliveries, func(d aid.Delivery) bool {
		return d.Open() || !d.SettledAt.IsZero() || d.Answer != "" && !slices.Equal(d.Received, d.Quantities)
	}) {
		n.Disputes = 1
	}
	return n
}

// happened counts the steps of a commitment on the days on which they were
// made. A day never changes afterwards: what is settled later, or renewed after
// it lapsed, is another step on another day.
func (g *Giving) happened(c aid.Commitment, worth int64, catalogue *aid.Catalogue) {
	said := make([]int64, len(c.Deliveries)) // what each delivery counts as received so far
	for _, e := range c.Log {
		var h Happened
		switch e.Move {
		case aid.Verify:
			h = Happened{Pledged: 1, PledgedValue: worth}
		case aid.Lapse:
			h = Happened{Lapsed: 1, LapsedValue: worth}
		case aid.Withdraw:
			h = Happened{Withdrawn: 1, WithdrawnValue: worth}
		case aid.Report, aid.Receive, aid.Settle, aid.Correct:
			i := e.Delivery - 1
			if i < 0 || i >= len(c.Deliveries) {
				continue
			}
			d := c.Deliveries[i]
			// A receipt may come before any report, and is then both.
			if e.Move == aid.Report || d.ReportedBy != aid.Collaborator && e.At.Equal(d.ReportedAt) {
				h.Delivered, h.DeliveredValue = 1, worthOf(c, d.Quantities, catalogue)
			}
			if e.Move != aid.Report {
				value := worthOf(c, e.Received, catalogue)
				h.Received, h.ReceivedValue = 1, value-said[i]
				if e.Move == aid.Correct { // the same hand-over, with another figure
					h.Received = 0
				}
				said[i] = value
			}
		default:
			continue
		}
		day := aid.DayOf(e.At, catalogue.Zone)
		g.Days[day] = g.Days[day].Plus(h)
	}
}

// worthOf returns what units of a commitment's lines are worth, loans left out.
func worthOf(c aid.Commitment, units []int64, catalogue *aid.Catalogue) int64 {
	var sum int64
	for i, l := range c.Lines {
		if FormOf(l.Package, catalogue) != FormLoan && i < len(units) {
			sum += aid.Share(l.Value, units[i], l.Quantity)
		}
	}
	return sum
}

// Compare orders cells.
func (c Cell) Compare(d Cell) int {
	return cmp.Or(cmp.Compare(c.Program, d.Program), cmp.Compare(c.Package, d.Package), cmp.Compare(c.Kind, d.Kind),
		cmp.Compare(c.Class, d.Class), cmp.Compare(c.Form, d.Form), cmp.Compare(c.Route, d.Route))
}

// Compare orders groups.
func (g Group) Compare(h Group) int {
	return cmp.Or(cmp.Compare(g.Program, h.Program), cmp.Compare(g.Package, h.Package), cmp.Compare(g.Kind, h.Kind),
		cmp.Compare(g.Class, h.Class), cmp.Compare(g.Route, h.Route))
}
