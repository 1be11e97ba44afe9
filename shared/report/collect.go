package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
	"ksbb/shared/tally"
)

// Collector makes the reports of several periods in one pass over all
// recipients. Each Add folds one of them; in which order they come changes no
// report and no row, only the order of rows.
//
// What it keeps does not grow with the number of recipients or commitments: for
// each instant at which a period begins or ends, sums for each area directly
// inside the region (the largest part of these are the sketches of different
// collaborators, at most 80 KB for each class, each programme and the whole) and
// a few figures for each kelurahan. Not safe for concurrent use.
type Collector struct {
	pack    *region.Pack
	cat     *aid.Catalogue
	periods []*collected
	moments []*moment // by instant
}

// collected is one period with what it is made from.
type collected struct {
	Period
	start, end   *moment
	startBefore  time.Time // of the period before
	givers       *pile[tally.Distinct]
	giversBefore *pile[tally.Distinct]
	corrections  []Correction
}

// NewCollector returns a collector for the reports of these periods. The
// periods may overlap; those that begin and end at the same instants share the
// work.
func NewCollector(pack *region.Pack, periods []Period) *Collector {
	c := &Collector{pack: pack, cat: pack.Catalogue()}
	at := map[time.Time]*moment{}
	// moment returns that of an instant, with the days from since on.
	moment := func(t time.Time, since aid.Day) *moment {
		m, ok := at[t]
		if !ok {
			m = newMoment(t)
			m.since, at[t] = since, m
		}
		m.since = min(m.since, since)
		return m
	}
	for _, p := range periods {
		one := &collected{
			Period: p, start: moment(p.Begins(pack.Zone), p.Before().From), end: moment(p.Ends(pack.Zone), p.From),
			startBefore: p.Before().Begins(pack.Zone),
			givers:      newPile(tally.Distinct{}, tally.Distinct.Union), giversBefore: newPile(tally.Distinct{}, tally.Distinct.Union),
		}
		one.end.ends = true
		c.periods = append(c.periods, one)
	}
	for _, t := range slices.SortedFunc(maps.Keys(at), time.Time.Compare) {
		c.moments = append(c.moments, at[t])
	}
	return c
}

// steps are what makes a commitment part of what happened in a period. That
// somebody could not be reached, and that personal data went, is not published.
var steps = []aid.Move{
	aid.Verify, aid.Speak, aid.Renew, aid.Schedule, aid.Sign, aid.Report, aid.Receive, aid.Settle, aid.Correct, aid.Release, aid.Withdraw, aid.Lapse,
}

// Add folds one recipient with its whole history, as it stands now. It calls
// rows for every row that it adds to the tables of a period: to "commitments"
// those with any step in the period, to "deliveries" the hand-overs reported,
// answered or settled in it, both as they stood when the period ended and
// without names. An error of rows ends it and is returned; the collector is then
// of no more use.
func (c *Collector) Add(p aid.Place, commitments []aid.Commitment, rows func(period string, table Table, cells []any) error) error {
	if len(c.moments) == 0 {
		return nil
	}
	commitments, done := c.sorted(p, commitments)
	part := p.Recipient.Area.At(c.pack.Root.Level() + 1)
	stood := make(map[*moment]*snapshot, len(c.moments))
	var last *snapshot
	for _, m := range c.moments {
		if last == nil || m.at.After(last.until) {
			last = snapshotAt(m.at, p, commitments, done, c.cat)
		}
		m.add(part, last)
		stood[m] = last
	}
	for _, one := range c.periods {
		for _, k := range commitments {
			switch at := k.PledgedAt; {
			case at.IsZero() || !at.Before(one.end.at) || at.Before(one.startBefore):
			case at.Before(one.start.at):
				one.giversBefore.add(tally.Distinct{}.Add(string(k.Collaborator)))
			default:
				one.givers.add(tally.Distinct{}.Add(string(k.Collaborator)))
			}
		}
		if err := c.list(one, stood[one.end], done.n, rows); err != nil {
			return fmt.Errorf("list %s of %s: %w", p.Recipient.ID, one.ID, err)
		}
	}
	return nil
}

// sorted returns the commitments that were ever pledged: those that rest at all
// instants first, then the others, each by id.
func (c *Collector) sorted(p aid.Place, commitments []aid.Commitment) ([]aid.Commitment, past) {
	first, last := c.moments[0].at, c.moments[len(c.moments)-1].at
	var resting, moving []aid.Commitment
	for _, k := range commitments {
		switch {
		case k.PledgedAt.IsZero():
		case k.Rests(first, last):
			resting = append(resting, k)
		default:
			moving = append(moving, k)
		}
	}
	for _, half := range [][]aid.Commitment{resting, moving} {
		slices.SortFunc(half, func(a, b aid.Commitment) int { return cmp.Compare(a.ID, b.ID) })
	}
	return append(resting, moving...), past{len(resting), tally.HistoryOf(p.Recipient.Kind, resting, c.cat)}
}

// list hands out the rows of one recipient in one period.
func (c *Collector) list(one *collected, s *snapshot, resting int, rows func(string, Table, []any) error) error {
	in := func(t time.Time) bool { return !t.Before(one.start.at) && t.Before(one.end.at) }
	for _, k := range s.then[resting:] {
		if !slices.ContainsFunc(k.Log, func(e aid.Event) bool { return in(e.At) && slices.Contains(steps, e.Move) }) {
			continue
		}
		for _, cells := range CommitmentRows(s.place, k, c.pack, false) {
			if err := rows(one.ID, CommitmentTable, cells); err != nil {
				return err
			}
		}
		k.Deliveries = slices.DeleteFunc(slices.Clone(k.Deliveries), func(d aid.Delivery) bool {
			return !in(d.ReportedAt) && !in(d.AnsweredAt) && !in(d.SettledAt)
		})
		for _, cells := range DeliveryRows(s.place, k, c.pack) {
			if err := rows(one.ID, DeliveryTable, cells); err != nil {
				return err
			}
		}
	}
	return nil
}

// Correct adds the corrections recorded of one leaf, whenever that was. Those of
// a period are in its report. Each leaf is added once.
func (c *Collector) Correct(leaf aid.Leaf, corrections []aid.Correction) {
	for _, k := range corrections {
		for _, one := range c.periods {
			if !k.On.Before(one.start.at) && k.On.Before(one.end.at) {
				one.corrections = append(one.corrections, Correction{Leaf: leaf.String(), On: k.On.UTC(), Reason: k.Reason, By: k.By})
			}
		}
	}
}

// correctionsOf returns the corrections of a period, oldest first.
func (one *collected) correctionsOf() []Correction {
	all := append([]Correction{}, one.corrections...)
	slices.SortFunc(all, func(a, b Correction) int {
		return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.Leaf, b.Leaf), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.By, b.By))
	})
	return all
}

// Rest hands out the rows that are known only after the last recipient: to
// "areas" every kota, kecamatan and kelurahan as it stood when the period ended,
// by code; to "corrections" those of the period, oldest first. Collaborators
// are told apart in what is directly inside the region only.
func (c *Collector) Rest(rows func(period string, table Table, cells []any) error) error {
	for _, one := range c.periods {
		for _, r := range c.areas(one.end) {
			if err := rows(one.ID, AreaTable, AreaRow(area.Code(r.Key), c.pack.AreaName(area.Code(r.Key)), r)); err != nil {
				return fmt.Errorf("list areas of %s: %w", one.ID, err)
			}
		}
		for _, k := range one.correctionsOf() {
			if err := rows(one.ID, CorrectionTable, CorrectionRow(k)); err != nil {
				return fmt.Errorf("list corrections of %s: %w", one.ID, err)
			}
		}
	}
	return nil
}

// areas returns a row for each area of a moment, by code.
func (c *Collector) areas(m *moment) []tally.Row {
	top, whole := c.statistics(m, nil)
	all := map[area.Code]*narrow{}
	at := func(code area.Code) *narrow {
		if all[code] == nil {
			all[code] = &narrow{}
		}
		return all[code]
	}
	for _, a := range c.pack.Areas {
		if a.Code.Level() > c.pack.Root.Level()+1 {
			at(a.Code)
		}
	}
	for code, n := range m.narrow {
		for ; code.Level() > c.pack.Root.Level()+1; code = code.Parent() {
			at(code).plus(n)
		}
	}
	var parts []tally.Part
	for code, n := range all {
		parts = append(parts, n.part(code))
	}
	rows := tally.StatisticsOf(tally.Totals{}, whole, parts).Areas
	for i := range rows {
		rows[i].Collaborators = nil // nobody was told apart
	}
	rows = append(rows, top.Areas...)
	slices.SortFunc(rows, func(a, b tally.Row) int { return cmp.Compare(a.Key, b.Key) })
	return rows
}

// Reports returns the report of each period, in the order in which the periods
// were given. Revision, Reason and Tables are still empty.
func (c *Collector) Reports() []Report {
	reports := make([]Report, 0, len(c.periods))
	for _, one := range c.periods {
		reports = append(reports, c.report(one))
	}
	return reports
}

func (c *Collector) report(one *collected) Report {
	end, ever := c.statistics(one.end, one.Days())
	start, everBefore := c.statistics(one.start, nil)
	r := Report{
		Schema: "/data/schemas/report.json", Period: one.ID, Kind: one.Kind, From: one.From, To: one.To, AsOf: one.end.at,
		Region: c.pack.Root, Name: c.pack.AreaName(c.pack.Root), Demo: end.Demo > 0,
		End: end, Change: changeOf(start, end), Happened: happenedOn(ever, one.Days()), Before: happenedOn(everBefore, one.Before().Days()),
		Givers: one.givers.sum().Count(), GiversBefore: one.giversBefore.sum().Count(),
		Kelurahan: c.kelurahan(one.end), Gaps: append([]Spot{}, one.end.gaps.list...), Forgotten: append([]Spot{}, one.end.forgotten.list...),
		ForgottenTotal: end.Register.Unreached, Slow: c.slow(one.end), Corrections: one.correctionsOf(), Tables: []Source{},
	}
	r.Paragraphs = Words(r, c.pack, bahasa.Indonesian)
	return r
}

func happenedOn(g tally.Giving, days []aid.Day) tally.Happened {
	var sum tally.Happened
	for _, d := range days {
		sum = sum.Plus(g.Days[d])
	}
	return sum
}

// kelurahan returns a row for each kelurahan of the region, and for each other
// in which there is a recipient.
func (c *Collector) kelurahan(m *moment) []KelurahanRow {
	codes := map[area.Code]bool{}
	for _, a := range c.pack.At(area.Kelurahan) {
		codes[a.Code] = true
	}
	for code := range m.narrow {
		if code.Level() == area.Kelurahan {
			codes[code] = true
		}
	}
	rows := make([]KelurahanRow, 0, len(codes))
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		n := m.narrow[code]
		if n == nil {
			n = &narrow{}
		}
		p := n.part(code)
		rows = append(rows, KelurahanRow{
			Area: code, Name: c.pack.AreaName(code), Register: tally.RegisterOf(p.Totals, p.Giving),
			Received: n.forms[tally.FormGift].Received + n.forms[tally.FormFree].Received, Open: n.open,
		})
	}
	return rows
}

// SlowAtLeast is how many contacts a kecamatan needs before its median is
// listed: that of a few says more about them than about the place.
const SlowAtLeast = 5

// slow returns the kecamatan with the longest median, the longest first.
func (c *Collector) slow(m *moment) []SlowRow {
	list := top[SlowRow]{compare: func(a, b SlowRow) int {
		return cmp.Or(cmp.Compare(b.MedianHours, a.MedianHours), cmp.Compare(b.Contacted, a.Contacted), cmp.Compare(a.Area, b.Area))
	}}
	for code, counts := range m.hours {
		hours := tally.Hours(counts)
		median, ok := hours.Median()
		if n := hours.Contacted(); ok && n >= SlowAtLeast {
			list.add(SlowRow{Area: code, Name: c.pack.AreaName(code), MedianHours: median, Contacted: n})
		}
	}
	return append([]SlowRow{}, list.list...)
}
