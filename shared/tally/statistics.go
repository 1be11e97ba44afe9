package tally

import (
	"cmp"
	"maps"
	"slices"

	"ksbb/shared/aid"
)

// Row is one row of a split: what stands under one key. Values are in rupiah;
// gifts, loans and free aid are never added up.
type Row struct {
	Key         string `json:"key"` // of the split: a class, a package, an area code …
	Commitments Number `json:"commitments"`
	// Share is the row's part of all commitments that hold, in ten-thousandths; -1
	// where there are none.
	Share         int64  `json:"share"`
	Collaborators *Count `json:"collaborators,omitempty"` // where they were counted
	Gift          Stand  `json:"gift"`
	Loan          Stand  `json:"loan"`
	Free          Stand  `json:"free"`
	// Units is said of single packages only: units of different ones are never
	// added.
	Units *Stand `json:"units,omitempty"`
	// Place is said of areas only.
	Place *Register `json:"place,omitempty"`
}

// Register is what is known of the recipients of an area.
type Register struct {
	Recipients int64 `json:"recipients"`
	Households int64 `json:"households"`
	People     int64 `json:"people"`
	Unreached  int64 `json:"unreached"` // need something and were brought nothing yet
	// Coverage is the part of the household-days needed that was received, in
	// ten-thousandths; -1 where none are needed.
	Coverage      int64 `json:"coverage"`
	HouseholdDays int64 `json:"householdDays"`
	// PerThousand is the value received, gifts and free aid, for each 1,000
	// households, in rupiah; -1 where no household is known.
	PerThousand int64 `json:"perThousandHouseholds"`
}

// Dated is what happened in one day, week or month.
type Dated struct {
	Period string `json:"period"` // 2026-03-31, 2026-W14, 2026-03
	Happened
}

// Contact says how soon promises become talks, and how many come to nothing.
type Contact struct {
	Pledged     int64 `json:"pledged"`
	Contacted   int64 `json:"contacted"`
	MedianHours *int  `json:"medianHours"` // null when nobody was contacted
	P90Hours    *int  `json:"p90Hours"`
	// Shares are of all commitments ever pledged, in ten-thousandths; -1 where
	// there are none.
	LapseShare   int64 `json:"lapseShare"`
	DisputeShare int64 `json:"disputeShare"`
}

// Statistics is everything that the statistics say of one area.
type Statistics struct {
	Whole     Row      `json:"whole"`
	Register  Register `json:"register"`
	Contact   Contact  `json:"contact"`
	Areas     []Row    `json:"areas"` // directly inside, by code
	Classes   []Row    `json:"classes"`
	Kinds     []Row    `json:"kinds"`
	Packages  []Row    `json:"packages"` // kinds of aid; key "" is free aid
	Programs  []Row    `json:"programs"`
	Routes    []Row    `json:"routes"`
	Days      []Dated  `json:"days"`
	Weeks     []Dated  `json:"weeks"`
	Months    []Dated  `json:"months"`
	Largest   []Large  `json:"largest"`
	Reached   int64    `json:"reached"`
	Demo      int64    `json:"demo"`
	Open      int64    `json:"openCommitments"`
	HourCount Hours    `json:"contactHours,omitempty"`
}

// Part is one area inside another, with all that is summed up in it.
type Part struct {
	Key    string
	Totals Totals
	Giving Giving
}

// StatisticsOf says what the totals and the giving of an area amount to. Parts
// are the areas directly inside. Whoever asks with the same sums gets the same
// statistics: live pages, reports and exports all come from here.
func StatisticsOf(t Totals, g Giving, parts []Part) Statistics {
	all := holding(g)
	s := Statistics{
		Whole: whole("", g, all), Register: RegisterOf(t, g), Contact: contactOf(g),
		Days: []Dated{}, Largest: append([]Large{}, g.Largest...), Reached: g.Reached, Demo: t.Demo, Open: t.Open, HourCount: g.Hours,
		Areas: []Row{},
	}
	for _, p := range parts {
		r := whole(p.Key, p.Giving, all)
		place := RegisterOf(p.Totals, p.Giving)
		r.Place = &place
		s.Areas = append(s.Areas, r)
	}
	slices.SortFunc(s.Areas, func(a, b Row) int { return cmp.Compare(a.Key, b.Key) })
	s.Classes = split(g, all, func(c Cell) (string, bool) { return string(c.Class), c.Class != "" }, func(n Group) string { return string(n.Class) })
	s.Kinds = split(g, all, func(c Cell) (string, bool) { return string(c.Kind), true }, func(n Group) string { return string(n.Kind) })
	s.Packages = split(g, all, func(c Cell) (string, bool) { return string(c.Package), true }, func(n Group) string { return string(n.Package) })
	s.Programs = split(g, all, func(c Cell) (string, bool) { return string(c.Program), true }, func(n Group) string { return string(n.Program) })
	s.Routes = split(g, all, func(c Cell) (string, bool) { return string(c.Route), c.Route != "" }, func(n Group) string { return string(n.Route) })
	for i := range s.Classes {
		n := g.ByClass[aid.Class(s.Classes[i].Key)].Count()
		s.Classes[i].Collaborators = &n
	}
	for i := range s.Programs {
		n := g.ByProgram[aid.ProgramID(s.Programs[i].Key)].Count()
		s.Programs[i].Collaborators = &n
	}
	for i := range s.Packages {
		s.Packages[i].Units = units(g, aid.PackageID(s.Packages[i].Key))
	}
	for _, d := range slices.Sorted(maps.Keys(g.Days)) {
		s.Days = append(s.Days, Dated{string(d), g.Days[d]})
	}
	s.Weeks, s.Months = gathered(s.Days, aid.Day.Week), gathered(s.Days, aid.Day.Month)
	return s
}

// RegisterOf says what is known of the recipients behind the sums.
func RegisterOf(t Totals, g Giving) Register {
	r := Register{
		Recipients: t.Recipients, Households: t.Households, People: t.People, Unreached: t.Unreached,
		Coverage: part(t.MilliHouseholdDays.Received, t.MilliHouseholdDays.Needed), HouseholdDays: t.HouseholdDays(), PerThousand: -1,
	}
	if t.Households > 0 {
		var received int64
		for k, a := range g.Cells {
			if k.Form != FormLoan {
				received += a.Value.Received
			}
		}
		r.PerThousand = received * 1000 / t.Households
	}
	return r
}

// part returns n of all in ten-thousandths, rounded down, and -1 of nothing.
func part(n, all int64) int64 {
	if all <= 0 {
		return -1
	}
	return 10_000 * n / all
}

func holding(g Giving) int64 {
	var n int64
	for _, c := range g.Groups {
		n += c.Holding
	}
	return n
}

func contactOf(g Giving) Contact {
	var c Contact
	var lapsed, disputes int64
	for _, n := range g.Groups {
		c.Pledged += n.Pledged
		lapsed += n.Lapsed
		disputes += n.Disputes
	}
	c.Contacted = g.Hours.Contacted()
	if h, ok := g.Hours.Median(); ok {
		c.MedianHours = &h
	}
	if h, ok := g.Hours.Percentile(90); ok {
		c.P90Hours = &h
	}
	c.LapseShare, c.DisputeShare = part(lapsed, c.Pledged), part(disputes, c.Pledged)
	return c
}

// whole returns everything in g as one row.
func whole(key string, g Giving, all int64) Row {
	r := Row{Key: key}
	for k, a := range g.Cells {
		r.add(k.Form, a.Value)
	}
	for _, n := range g.Groups {
		r.Commitments = r.Commitments.Plus(n)
	}
	r.Share = part(r.Commitments.Holding, all)
	n := g.Givers.Count()
	r.Collaborators = &n
	return r
}

func (r *Row) add(f Form, value Stand) {
	switch f {
	case FormGift:
		r.Gift = r.Gift.Plus(value)
	case FormLoan:
		r.Loan = r.Loan.Plus(value)
	case FormFree:
		r.Free = r.Free.Plus(value)
	}
}

// split returns one row for each key, ordered by key.
func split(g Giving, all int64, of func(Cell) (string, bool), ofGroup func(Group) string) []Row {
	rows := map[string]Row{}
	for k, a := range g.Cells {
		if key, ok := of(k); ok {
			r := rows[key]
			r.add(k.Form, a.Value)
			rows[key] = r
		}
	}
	for k, n := range g.Groups {
		r := rows[ofGroup(k)]
		r.Commitments = r.Commitments.Plus(n)
		rows[ofGroup(k)] = r
	}
	out := make([]Row, 0, len(rows))
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		r := rows[key]
		r.Key, r.Share = key, part(r.Commitments.Holding, all)
		out = append(out, r)
	}
	return out
}

// units returns how the units of one package stand; nil of free aid.
func units(g Giving, p aid.PackageID) *Stand {
	if p == "" {
		return nil
	}
	var s Stand
	for k, a := range g.Cells {
		if k.Package == p {
			s = s.Plus(a.Units)
		}
	}
	return &s
}

// gathered adds up days in longer periods.
func gathered(days []Dated, period func(aid.Day) string) []Dated {
	out := []Dated{}
	for _, d := range days {
		name := period(aid.Day(d.Period))
		if n := len(out); n > 0 && out[n-1].Period == name {
			out[n-1].Happened = out[n-1].Plus(d.Happened)
			continue
		}
		out = append(out, Dated{name, d.Happened})
	}
	return out
}
