package report

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/tally"
)

// sums are what many places add up to.
type sums struct {
	totals tally.Totals
	giving tally.Giving
}

func (s sums) plus(t sums) sums { return sums{s.totals.Plus(t.totals), s.giving.Plus(t.giving)} }

// pile adds up many things by a sum that is associative and commutative. Adding
// a small thing to a large one copies the large one, so that small ones are
// first added to each other: two of a height make one of the next, and only
// what is high goes into the whole.
type pile[T any] struct {
	plus    func(T, T) T
	whole   T
	heights [pileHeights]T
	has     [pileHeights]bool
}

// pileHeights makes 64 small things one before the whole is touched.
const pileHeights = 6

func newPile[T any](empty T, plus func(T, T) T) *pile[T] { return &pile[T]{plus: plus, whole: empty} }

func (p *pile[T]) add(t T) {
	var none T
	for i := range p.heights {
		if !p.has[i] {
			p.heights[i], p.has[i] = t, true
			return
		}
		t = p.plus(p.heights[i], t)
		p.heights[i], p.has[i] = none, false
	}
	p.whole = p.plus(p.whole, t)
}

func (p *pile[T]) sum() T {
	sum := p.whole
	for i := range p.heights {
		if p.has[i] {
			sum = p.plus(sum, p.heights[i])
		}
	}
	return sum
}

// moment is how everything stood at an instant at which some period begins or
// ends.
type moment struct {
	at    time.Time
	parts map[area.Code]*pile[sums] // by the area directly inside the region
	since aid.Day                   // of the days before, those from this one on are kept
	// What follows is only kept where a period ends.
	ends      bool
	narrow    map[area.Code]*narrow       // by kelurahan, or by what wider area is known
	hours     map[area.Code]map[int]int64 // to contact, by kecamatan
	gaps      top[Spot]
	forgotten top[Spot]
}

func newMoment(at time.Time) *moment {
	return &moment{
		at: at, parts: map[area.Code]*pile[sums]{}, narrow: map[area.Code]*narrow{}, hours: map[area.Code]map[int]int64{},
		gaps: top[Spot]{compare: func(a, b Spot) int {
			return cmp.Or(cmp.Compare(b.Open, a.Open), cmp.Compare(b.Households, a.Households), cmp.Compare(a.Recipient, b.Recipient))
		}},
		forgotten: top[Spot]{compare: func(a, b Spot) int {
			return cmp.Or(cmp.Compare(b.Households, a.Households), cmp.Compare(a.Recipient, b.Recipient))
		}},
	}
}

// add counts one place, which lies in a part of the region.
func (m *moment) add(part area.Code, s *snapshot) {
	p, ok := m.parts[part]
	if !ok {
		p = newPile(sums{}, sums.plus)
		m.parts[part] = p
	}
	g := s.giving
	g.Days = map[aid.Day]tally.Happened{}
	for d, h := range s.giving.Days {
		if d >= m.since {
			g.Days[d] = h
		}
	}
	p.add(sums{s.totals, g})
	if !m.ends {
		return
	}
	r := s.place.Recipient
	code := r.Area
	if c := code.At(area.Kelurahan); c != "" {
		code = c
	}
	n, ok := m.narrow[code]
	if !ok {
		n = &narrow{}
		m.narrow[code] = n
	}
	n.add(s)
	if kecamatan := r.Area.At(area.Kecamatan); kecamatan != "" && len(s.giving.Hours) > 0 {
		all, ok := m.hours[kecamatan]
		if !ok {
			all = map[int]int64{}
			m.hours[kecamatan] = all
		}
		for hour, count := range s.giving.Hours {
			all[hour] += count
		}
	}
	spot := Spot{
		Recipient: r.ID, Name: r.Name, Kind: r.Kind, Area: r.Area, Households: r.Households,
		Needed: s.totals.Value.Needed, Open: s.totals.Value.Remaining,
	}
	if spot.Open > 0 {
		m.gaps.add(spot)
	}
	if s.totals.Unreached > 0 {
		m.forgotten.add(spot)
	}
}

// narrow is what is kept of a kelurahan. There are many, so that it is not split
// further, and nobody is told apart in it.
type narrow struct {
	recipients, households, people, unreached int64
	open                                      int64 // rupiah, gifts
	days                                      tally.Quantities
	forms                                     map[tally.Form]tally.Stand
	number                                    tally.Number
}

func (n *narrow) add(s *snapshot) {
	t := s.totals
	n.recipients += t.Recipients
	n.households += t.Households
	n.people += t.People
	n.unreached += t.Unreached
	n.open += t.Value.Remaining
	n.days = n.days.Plus(t.MilliHouseholdDays)
	if n.forms == nil {
		n.forms = make(map[tally.Form]tally.Stand, len(tally.Forms))
	}
	for k, a := range s.giving.Cells {
		n.forms[k.Form] = n.forms[k.Form].Plus(a.Value)
	}
	for _, c := range s.giving.Groups {
		n.number = n.number.Plus(c)
	}
}

// plus adds another narrow area.
func (n *narrow) plus(m *narrow) {
	n.recipients += m.recipients
	n.households += m.households
	n.people += m.people
	n.unreached += m.unreached
	n.open += m.open
	n.days = n.days.Plus(m.days)
	if n.forms == nil {
		n.forms = make(map[tally.Form]tally.Stand, len(tally.Forms))
	}
	for form, value := range m.forms {
		n.forms[form] = n.forms[form].Plus(value)
	}
	n.number = n.number.Plus(m.number)
}

// part is the narrow area as the statistics take it.
func (n *narrow) part(code area.Code) tally.Part {
	g := tally.Giving{Cells: make(map[tally.Cell]tally.Amount, len(n.forms)), Groups: map[tally.Group]tally.Number{{}: n.number}}
	for form, value := range n.forms {
		g.Cells[tally.Cell{Form: form}] = tally.Amount{Value: value}
	}
	t := tally.Totals{
		Recipients: n.recipients, Households: n.households, People: n.people, Unreached: n.unreached, MilliHouseholdDays: n.days,
	}
	return tally.Part{Key: string(code), Totals: t, Giving: g}
}

// top keeps the first ListLength of many in order.
type top[T any] struct {
	compare func(a, b T) int
	list    []T
}

func (t *top[T]) add(x T) {
	if len(t.list) == ListLength && t.compare(t.list[ListLength-1], x) <= 0 {
		return
	}
	i, _ := slices.BinarySearchFunc(t.list, x, t.compare)
	t.list = slices.Insert(t.list, i, x)
	t.list = t.list[:min(len(t.list), ListLength)]
}

// snapshot is how one place stood at an instant.
type snapshot struct {
	place  aid.Place
	then   []aid.Commitment // with settled first
	totals tally.Totals
	giving tally.Giving
	// until is the latest instant at which everything still stood like that.
	until time.Time
}

// past is what no instant of the collector sees otherwise: commitments whose
// last step was before the first instant and to which time does nothing until
// the last.
type past struct {
	n      int // how many, at the beginning of the list
	giving tally.Giving
}

// snapshotAt returns how a place stood just before instant t.
func snapshotAt(t time.Time, p aid.Place, commitments []aid.Commitment, done past, cat *aid.Catalogue) *snapshot {
	s := &snapshot{}
	s.place, s.then = p.AsOf(t, commitments, cat)
	s.totals = tally.Of(s.place, cat)
	s.giving = tally.NeedsOf(s.place, cat).Plus(done.giving).Plus(tally.HistoryOf(p.Recipient.Kind, s.then[done.n:], cat))
	s.giving.Reached = min(1, s.giving.Reached) // it is one place, in how many steps whatever
	s.until = until(t, p, commitments[done.n:], s.then[done.n:], cat)
	return s
}

// until returns the latest instant at which a place stands as it stood just
// before instant t.
func until(t time.Time, p aid.Place, commitments, then []aid.Commitment, cat *aid.Catalogue) time.Time {
	last := time.Unix(1<<40, 0)
	earlier := func(at time.Time) {
		if !at.Before(t) && at.Before(last) {
			last = at
		}
	}
	for _, c := range commitments {
		for _, e := range c.Log {
			earlier(e.At)
		}
	}
	for _, c := range then {
		if !c.DueAt.IsZero() {
			earlier(c.DueAt)
		}
	}
	for _, n := range p.Needs {
		for _, l := range n.Earlier {
			earlier(l.Until)
		}
		if n.ConfirmedOn >= aid.DayOf(t, cat.Zone) {
			return t // priced by the day of the instant
		}
	}
	return last
}

// statistics says how a moment stood. Of the days only those listed are in it,
// each of them, also where nothing happened; the areas directly inside the
// region are all there.
func (c *Collector) statistics(m *moment, days []aid.Day) (tally.Statistics, tally.Giving) {
	var whole sums
	var parts []tally.Part
	for _, code := range c.inside(m) {
		var s sums
		if p, ok := m.parts[code]; ok {
			s = p.sum()
		}
		whole = whole.plus(s)
		parts = append(parts, tally.Part{Key: string(code), Totals: s.totals, Giving: s.giving})
	}
	g := whole.giving
	g.Days = make(map[aid.Day]tally.Happened, len(days))
	for _, d := range days {
		g.Days[d] = whole.giving.Days[d]
	}
	return tally.StatisticsOf(whole.totals, g, parts), whole.giving
}

// inside lists the areas directly inside the region, and whatever else places
// were found in.
func (c *Collector) inside(m *moment) []area.Code {
	all := map[area.Code]bool{}
	for _, a := range c.pack.Children(c.pack.Root) {
		all[a.Code] = true
	}
	for code := range m.parts {
		all[code] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// changeOf returns by how much the statistics changed.
func changeOf(start, end tally.Statistics) Change {
	return Change{
		Whole: changed(start.Whole, end.Whole), Areas: changes(start.Areas, end.Areas), Classes: changes(start.Classes, end.Classes),
		Kinds: changes(start.Kinds, end.Kinds), Packages: changes(start.Packages, end.Packages),
		Programs: changes(start.Programs, end.Programs), Routes: changes(start.Routes, end.Routes),
		Reached: end.Reached - start.Reached, Unreached: end.Register.Unreached - start.Register.Unreached,
	}
}

// changes returns the rows that changed, by key.
func changes(start, end []tally.Row) []tally.Row {
	before, after := map[string]tally.Row{}, map[string]tally.Row{}
	keys := map[string]bool{}
	for _, r := range start {
		before[r.Key], keys[r.Key] = r, true
	}
	for _, r := range end {
		after[r.Key], keys[r.Key] = r, true
	}
	rows := []tally.Row{}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		r := changed(before[key], after[key])
		r.Key = key
		same := r.Commitments == tally.Number{} && r.Gift == tally.Stand{} && r.Loan == tally.Stand{} && r.Free == tally.Stand{}
		if !same || r.Units != nil && *r.Units != (tally.Stand{}) {
			rows = append(rows, r)
		}
	}
	return rows
}

func changed(before, after tally.Row) tally.Row {
	r := tally.Row{
		Key: after.Key, Commitments: after.Commitments.Minus(before.Commitments), Share: -1,
		Gift: after.Gift.Minus(before.Gift), Loan: after.Loan.Minus(before.Loan), Free: after.Free.Minus(before.Free),
	}
	if after.Collaborators != nil {
		n := *after.Collaborators
		if before.Collaborators != nil {
			// Who gave by then still did by now; only estimates may say otherwise.
			n.N = max(0, n.N-before.Collaborators.N)
			n.Estimated = n.Estimated || before.Collaborators.Estimated
		}
		r.Collaborators = &n
	}
	if after.Units != nil || before.Units != nil {
		var was, is tally.Stand
		if before.Units != nil {
			was = *before.Units
		}
		if after.Units != nil {
			is = *after.Units
		}
		units := is.Minus(was)
		r.Units = &units
	}
	return r
}
