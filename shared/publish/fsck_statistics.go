package publish

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/tally"
)

// checkStatistics reads an area's statistics and tells whatever in them does not
// follow from the rest of the tree: from the area's totals, from their own
// splits, and from the statistics of the areas inside, as far as those have
// files. Where the figures come from cannot be checked from outside: the sums
// over single commitments name collaborators by a fingerprint, which would link
// what "Hamba Allah" gave in two places. The audit sweep folds them anew from
// the ledger instead.
func checkStatistics(ctx context.Context, store Store, a AreaFile, below map[area.Code]tally.Statistics) (tally.Statistics, error) {
	var f StatisticsFile
	if err := readHashed(ctx, store, a.Statistics.Path, a.Statistics.Hash, &f); err != nil {
		return tally.Statistics{}, err
	}
	c := checker{path: a.Statistics.Path}
	c.same("area", []string{string(f.Area), f.Name, f.Level, f.AsOf}, []string{string(a.Area), a.Name, a.Level, a.AsOf})
	s := f.Statistics
	c.whole(s, a.Totals)
	c.splits(s)
	c.time(s)
	c.children(s, a, below)
	return s, errors.Join(c.wrong...)
}

// checker collects what is wrong with one file of statistics.
type checker struct {
	path  string
	wrong []error
}

func (c *checker) same(what string, got, want any) {
	if !reflect.DeepEqual(got, want) {
		c.wrong = append(c.wrong, fmt.Errorf("%s: %s is %+v, the tree says %+v", c.path, what, got, want))
	}
}

func (c *checker) holds(what string, ok bool) {
	if !ok {
		c.wrong = append(c.wrong, fmt.Errorf("%s: %s", c.path, what))
	}
}

// whole compares what is not split with the totals, which are sums over the
// counters of needs and recipients.
func (c *checker) whole(s tally.Statistics, t tally.Totals) {
	n := s.Whole.Commitments
	c.same("commitments ever pledged", n.Pledged, t.Pledged)
	c.same("lapsed commitments", n.Lapsed, t.Lapsed)
	c.same("commitments that hold", []int64{n.Holding, s.Open}, []int64{t.Open, t.Open})
	c.same("invented places", s.Demo, t.Demo)
	c.same("share of the whole", s.Whole.Share, tenThousandths(n.Holding, n.Holding))
	c.same("needed value", s.Whole.Gift.Needed, t.Value.Needed)
	c.same("hours to contact", s.HourCount.Plus(nil), t.Hours.Plus(nil))
	c.same("register", s.Register, registerOf(s.Whole, t))
	contact := tally.Contact{
		Pledged: t.Pledged, Contacted: t.Hours.Contacted(), LapseShare: tenThousandths(n.Lapsed, n.Pledged), DisputeShare: tenThousandths(n.Disputes, n.Pledged),
	}
	if h, ok := t.Hours.Median(); ok {
		contact.MedianHours = &h
	}
	if h, ok := t.Hours.Percentile(90); ok {
		contact.P90Hours = &h
	}
	c.same("contact", s.Contact, contact)
	for _, r := range s.Packages {
		if r.Units != nil {
			c.same("needed units of "+r.Key, r.Units.Needed, t.Packages[aid.PackageID(r.Key)].Needed)
		}
	}
	c.holds("more places reached than there are", s.Reached <= t.Recipients)
	c.holds("the largest are not in order", len(s.Largest) <= tally.LargestKept && slices.IsSortedFunc(s.Largest, larger))
}

// splits compares every split with the whole. What is needed is not of a class
// or a route.
func (c *checker) splits(s tally.Statistics) {
	given := s.Whole
	given.Gift.Needed, given.Loan.Needed, given.Free.Needed = 0, 0, 0
	for _, split := range []struct {
		what  string
		rows  []tally.Row
		whole tally.Row
	}{
		{"areas", s.Areas, s.Whole}, {"kinds", s.Kinds, s.Whole}, {"packages", s.Packages, s.Whole}, {"programs", s.Programs, s.Whole},
		{"classes", s.Classes, given}, {"routes", s.Routes, given},
	} {
		var sum tally.Row
		var most, all int64
		exact := s.Whole.Collaborators != nil && !s.Whole.Collaborators.Estimated
		for _, r := range split.rows {
			sum.Commitments = sum.Commitments.Plus(r.Commitments)
			sum.Gift, sum.Loan, sum.Free = sum.Gift.Plus(r.Gift), sum.Loan.Plus(r.Loan), sum.Free.Plus(r.Free)
			c.same("share of "+r.Key, r.Share, tenThousandths(r.Commitments.Holding, s.Whole.Commitments.Holding))
			if r.Collaborators != nil {
				most, all = max(most, r.Collaborators.N), all+r.Collaborators.N
				exact = exact && !r.Collaborators.Estimated
			} else {
				exact = false
			}
		}
		c.same("sum of "+split.what, []any{sum.Commitments, sum.Gift, sum.Loan, sum.Free},
			[]any{split.whole.Commitments, split.whole.Gift, split.whole.Loan, split.whole.Free})
		c.holds("collaborators of "+split.what+" are not those of the whole", !exact || most <= s.Whole.Collaborators.N && s.Whole.Collaborators.N <= all)
	}
}

// time compares days, weeks and months. The first week of the days listed may
// have begun before them.
func (c *checker) time(s tally.Statistics) {
	for what, periods := range map[string][]tally.Dated{"days": s.Days, "weeks": s.Weeks, "months": s.Months} {
		c.holds(what+" are not in order", slices.IsSortedFunc(periods, func(a, b tally.Dated) int { return cmp.Compare(a.Period, b.Period) }))
	}
	weeks, months := happened(s.Weeks), happened(s.Months)
	c.same("sum of weeks", weeks, months)
	c.same("pledged in all months", months.Pledged, s.Whole.Commitments.Pledged)
	if len(s.Days) == 0 {
		return
	}
	first := aid.Day(s.Days[0].Period).Week()
	inDays, inWeeks := map[string]tally.Happened{}, map[string]tally.Happened{}
	for _, d := range s.Days {
		if week := aid.Day(d.Period).Week(); week > first {
			inDays[week] = inDays[week].Plus(d.Happened)
		}
	}
	for _, w := range s.Weeks {
		if w.Period > first {
			inWeeks[w.Period] = w.Happened
		}
	}
	c.same("days of each week", inDays, inWeeks)
}

// children compares the rows of the areas inside with what is known of them.
func (c *checker) children(s tally.Statistics, a AreaFile, below map[area.Code]tally.Statistics) {
	var codes, keys []string
	for _, child := range a.Children {
		codes = append(codes, string(child.Area))
	}
	var reached int64
	var largest []tally.Large
	days, months := map[string]tally.Happened{}, map[string]tally.Happened{}
	for i, r := range s.Areas {
		if keys = append(keys, r.Key); i >= len(a.Children) || r.Place == nil || string(a.Children[i].Area) != r.Key {
			continue
		}
		c.same("places of "+r.Key, *r.Place, registerOf(r, a.Children[i].Totals))
		child, ok := below[a.Children[i].Area]
		if !ok {
			continue
		}
		whole := child.Whole
		whole.Key, whole.Share, whole.Place = r.Key, r.Share, r.Place
		c.same("row of "+r.Key, r, whole)
		reached += child.Reached
		largest = append(largest, child.Largest...)
		for _, m := range child.Months {
			months[m.Period] = months[m.Period].Plus(m.Happened)
		}
		for _, d := range child.Days {
			// Those of a child end with its own latest fact, and so begin earlier.
			if len(s.Days) > 0 && d.Period >= s.Days[0].Period {
				days[d.Period] = days[d.Period].Plus(d.Happened)
			}
		}
	}
	c.same("areas", keys, codes)
	if len(below) == 0 {
		return // kelurahan have no files of their own
	}
	slices.SortFunc(largest, larger)
	c.same("places reached", s.Reached, reached)
	c.same("largest RW", slices.Concat(s.Largest), slices.Concat(largest[:min(len(largest), tally.LargestKept)]))
	c.same("days", byPeriod(s.Days), days)
	c.same("months", byPeriod(s.Months), months)
}

func byPeriod(periods []tally.Dated) map[string]tally.Happened {
	by := make(map[string]tally.Happened, len(periods))
	for _, p := range periods {
		by[p.Period] = p.Happened
	}
	return by
}

func larger(a, b tally.Large) int {
	return cmp.Or(cmp.Compare(b.Households, a.Households), cmp.Compare(a.Recipient, b.Recipient))
}

func happened(periods []tally.Dated) (sum tally.Happened) {
	for _, p := range periods {
		sum = sum.Plus(p.Happened)
	}
	return sum
}

// registerOf says again what is known of the places behind a row.
func registerOf(r tally.Row, t tally.Totals) tally.Register {
	days := t.MilliHouseholdDays
	g := tally.Register{
		Recipients: t.Recipients, Households: t.Households, People: t.People, Unreached: t.Unreached,
		Coverage: tenThousandths(days.Received, days.Needed), HouseholdDays: t.HouseholdDays(), PerThousand: -1,
	}
	if t.Households > 0 {
		g.PerThousand = (r.Gift.Received + r.Free.Received) * 1000 / t.Households
	}
	return g
}

func tenThousandths(n, all int64) int64 {
	if all <= 0 {
		return -1
	}
	return 10_000 * n / all
}
