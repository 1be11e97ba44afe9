package tally_test

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"ksbb/shared/aid"
	"ksbb/shared/tally"
)

var catalogue = &aid.Catalogue{Packages: map[aid.PackageID]aid.Package{
	"sembako":  {ID: "sembako", Modality: aid.Goods, MilliHouseholdDays: 7000, Prices: []aid.Price{{From: "2020-01-01", Amount: 200_000}}},
	"pinjaman": {ID: "pinjaman", Modality: aid.Loan, Prices: []aid.Price{{From: "2020-01-01", Amount: 1_000_000}}},
}}

// places draws recipients whose figures can be true.
var places = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) aid.Place {
	n := func(most int64) int64 { return rapid.Int64Range(0, most).Draw(t, "n") }
	p := aid.Place{Recipient: aid.Recipient{Kind: aid.KindID(rapid.SampledFrom([]string{"rw", "panti"}).Draw(t, "kind")), Households: n(900), People: n(4000)}}
	for _, id := range []aid.PackageID{"sembako", "pinjaman"} {
		c, d, r := n(50), n(50), n(50)
		p.Needs = append(p.Needs, aid.Need{Package: id, Needed: c + d + r + n(50), Committed: c, Delivered: d, Received: r, ConfirmedOn: "2026-05-01"})
	}
	for _, id := range []aid.IndicatorID{"positif", "odp"} {
		if v := n(20); v > 3 {
			p.Recipient.Indicators = append(p.Recipient.Indicators, aid.Indicator{ID: id, Value: v - 4})
		}
	}
	if n(1) == 1 {
		p.Recipient.Flags = []aid.Flag{{ID: "bansos"}}
	}
	p.Activity = aid.Activity{Open: n(5), Pledged: n(9), Lapsed: n(3), FreeReceived: aid.Rupiah(n(1_000)), Hours: map[int]int64{}}
	for range n(4) {
		p.Activity.Hours[int(n(aid.LongestHour))] += n(3)
	}
	return p
}), 0, 8)

// The totals of a province are the sum of its kota, theirs of their kecamatan:
// it must not matter how places are grouped, or in which order.
func TestGroupsAddUpToTheWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := places.Draw(t, "places")
		cut := rapid.IntRange(0, len(all)).Draw(t, "cut")
		left, right := tally.Fold(all[:cut], catalogue), tally.Fold(all[cut:], catalogue)
		want := tally.Fold(all, catalogue)
		for _, got := range []tally.Totals{left.Plus(right), right.Plus(left)} {
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("parts make %+v, the whole is %+v", got, want)
			}
		}
	})
}

func TestEveryUnitStandsInOneColumn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sum := tally.Fold(places.Draw(t, "places"), catalogue)
		for id, q := range sum.Packages {
			if q.Needed != q.Committed+q.Delivered+q.Received+q.Remaining {
				t.Fatalf("%s: %+v", id, q)
			}
		}
	})
}

// A mark is counted once for each place, a figure as often as it says.
func TestIndicatorsAreAddedUpAndFlagsCounted(t *testing.T) {
	t.Parallel()
	marked := func(positive int64, flags ...aid.Flag) aid.Place {
		return aid.Place{Recipient: aid.Recipient{Kind: "rw", Flags: flags, Indicators: []aid.Indicator{{ID: "positif", Value: positive}}}}
	}
	sum := tally.Fold([]aid.Place{marked(3, aid.Flag{ID: "bansos"}, aid.Flag{ID: "bansos"}), marked(0), marked(4, aid.Flag{ID: "bansos"})}, catalogue)
	if got, want := sum.Indicators, (map[aid.IndicatorID]int64{"positif": 7}); !reflect.DeepEqual(got, want) {
		t.Errorf("indicators %v; want %v", got, want)
	}
	if got, want := sum.Flags, (map[aid.FlagID]int64{"bansos": 2}); !reflect.DeepEqual(got, want) {
		t.Errorf("flags %v; want %v", got, want)
	}
}

func TestAdditionChangesNeitherSide(t *testing.T) {
	t.Parallel()
	h, g := tally.Hours{1: 2, 5: 1}, tally.Hours{1: 1}
	if got := h.Plus(g); !reflect.DeepEqual(got, tally.Hours{1: 3, 5: 1}) {
		t.Errorf("sum %v", got)
	}
	if !reflect.DeepEqual(h, tally.Hours{1: 2, 5: 1}) || !reflect.DeepEqual(g, tally.Hours{1: 1}) {
		t.Errorf("sides are now %v and %v", h, g)
	}
	if got := (tally.Hours{}).Plus(tally.Hours{4: 0}); got != nil {
		t.Errorf("the sum of nothing is %v, want nil: files leave it out", got)
	}
}

func TestMedianIsTheLowerMiddle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		hours tally.Hours
		want  int
		ok    bool
	}{
		{nil, 0, false},
		{tally.Hours{0: 1}, 0, true},
		{tally.Hours{3: 1, 9: 1}, 3, true},
		{tally.Hours{3: 1, 9: 2}, 9, true},
		{tally.Hours{1: 2, 2: 1, 40: 1}, 1, true},
		{tally.Hours{1: 2, 2: 1, 40: 2}, 2, true},
		{tally.Hours{2: 1, aid.LongestHour: 5}, aid.LongestHour, true},
	} {
		if got, ok := c.hours.Median(); got != c.want || ok != c.ok {
			t.Errorf("median of %v = %d, %v; want %d, %v", c.hours, got, ok, c.want, c.ok)
		}
	}
}

func TestSharesOfNothingAreNone(t *testing.T) {
	t.Parallel()
	if share, ok := (tally.Totals{}).LapseShare(); ok {
		t.Errorf("lapse share of nothing = %g", share)
	}
	if share, ok := (tally.Totals{}).Coverage(); ok {
		t.Errorf("coverage of nothing = %g", share)
	}
	some := tally.Totals{Pledged: 8, Lapsed: 2, MilliHouseholdDays: tally.Quantities{Needed: 14_000, Received: 3_500}}
	if share, ok := some.LapseShare(); share != 0.25 || !ok {
		t.Errorf("lapse share = %g, %v", share, ok)
	}
	if share, ok := some.Coverage(); share != 0.25 || !ok {
		t.Errorf("coverage = %g, %v", share, ok)
	}
	if days := some.HouseholdDays(); days != 3 {
		t.Errorf("%d household-days, want 3: what is not whole was not received", days)
	}
}
