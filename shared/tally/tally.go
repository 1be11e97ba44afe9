// Package tally folds facts into totals. It is pure, and merging is
// associative and commutative, so that the totals of a province are the sum of
// its kota, theirs the sum of their kecamatan, and nobody ever has to count
// from the beginning.
package tally

import (
	"ksbb/shared/aid"
)

// Quantities says how far a need has been met, in units, rupiah or
// household-days. Each unit stands in exactly one of Committed, Delivered and
// Received.
type Quantities struct {
	Needed    int64 `json:"needed"`
	Committed int64 `json:"committed"` // promised, not yet reported as delivered
	Delivered int64 `json:"delivered"` // reported by the collaborator, not yet confirmed
	Received  int64 `json:"received"`  // confirmed by the steward
	Remaining int64 `json:"remaining"` // needed and not promised by anyone
}

// Plus returns the sum of two quantities.
func (q Quantities) Plus(r Quantities) Quantities {
	return Quantities{
		Needed: q.Needed + r.Needed, Committed: q.Committed + r.Committed, Delivered: q.Delivered + r.Delivered,
		Received: q.Received + r.Received, Remaining: q.Remaining + r.Remaining,
	}
}

// Times returns every figure multiplied by n.
func (q Quantities) Times(n int64) Quantities {
	return Quantities{
		Needed: q.Needed * n, Committed: q.Committed * n, Delivered: q.Delivered * n,
		Received: q.Received * n, Remaining: q.Remaining * n,
	}
}

// OpenShare returns the part of the need that nobody has promised yet, from 0
// to 1, and false when nothing is needed.
func (q Quantities) OpenShare() (float64, bool) {
	if q.Needed == 0 {
		return 0, false
	}
	return float64(q.Remaining) / float64(q.Needed), true
}

// QuantitiesOf returns the figures of one need line, in units.
func QuantitiesOf(n aid.Need) Quantities {
	return Quantities{
		Needed: n.Needed, Committed: n.Committed, Delivered: n.Delivered,
		Received: n.Received, Remaining: n.Remaining(),
	}
}

// Totals is what can be said about a set of recipients.
type Totals struct {
	Recipients int64 `json:"recipients"`
	Households int64 `json:"households"`
	People     int64 `json:"people"`
	// Unreached counts recipients that need something and for which nothing was
	// delivered or received so far.
	Unreached int64                `json:"unreached"`
	Kinds     map[aid.KindID]int64 `json:"kinds"` // recipients by kind
	// Indicators are published figures about recipients, such as positive cases,
	// added up; those of different ones are never added.
	Indicators map[aid.IndicatorID]int64 `json:"indicators"`
	Flags      map[aid.FlagID]int64      `json:"flags"` // recipients that bear a mark
	// Packages holds units by package: units of different packages are never added.
	Packages map[aid.PackageID]Quantities `json:"packages"`
	// Value is in rupiah at the reference price of the day on which the need was
	// last confirmed; loans and packages without a price are left out.
	Value Quantities `json:"value"`
	// MilliHouseholdDays is in thousandths of a day of one household's food.
	MilliHouseholdDays Quantities `json:"milliHouseholdDays"`
	Open               int64      `json:"openCommitments"`
	Demo               int64      `json:"demo"` // recipients invented for a demonstration
	// Free is the estimated value, in rupiah, of aid outside any need line.
	Free    Free  `json:"free"`
	Pledged int64 `json:"pledged"` // commitments ever pledged, whatever became of them
	Lapsed  int64 `json:"lapsed"`  // commitments that are lapsed now
	// Hours counts commitments by the whole hours between pledge and contact. Nil
	// when nobody was contacted yet.
	Hours Hours `json:"contactHours,omitempty"`
}

// Free is the estimated value of aid outside any need line, by state, in
// rupiah.
type Free struct {
	Committed int64 `json:"committed"`
	Delivered int64 `json:"delivered"`
	Received  int64 `json:"received"`
}

// Plus returns the totals of two disjoint sets of recipients. It changes
// neither.
func (t Totals) Plus(u Totals) Totals {
	sum := Totals{
		Recipients: t.Recipients + u.Recipients,
		Households: t.Households + u.Households,
		People:     t.People + u.People,
		Unreached:  t.Unreached + u.Unreached,
		Kinds:      make(map[aid.KindID]int64, max(len(t.Kinds), len(u.Kinds))),
		Indicators: make(map[aid.IndicatorID]int64, max(len(t.Indicators), len(u.Indicators))),
		Flags:      make(map[aid.FlagID]int64, max(len(t.Flags), len(u.Flags))),
		Packages:   make(map[aid.PackageID]Quantities, max(len(t.Packages), len(u.Packages))),

		Value:              t.Value.Plus(u.Value),
		MilliHouseholdDays: t.MilliHouseholdDays.Plus(u.MilliHouseholdDays),
		Open:               t.Open + u.Open,
		Demo:               t.Demo + u.Demo,
		Free: Free{
			Committed: t.Free.Committed + u.Free.Committed,
			Delivered: t.Free.Delivered + u.Free.Delivered,
			Received:  t.Free.Received + u.Free.Received,
		},
		Pledged: t.Pledged + u.Pledged,
		Lapsed:  t.Lapsed + u.Lapsed,
		Hours:   t.Hours.Plus(u.Hours),
	}
	for _, part := range []Totals{t, u} {
		for k, n := range part.Kinds {
			sum.Kinds[k] += n
		}
		for id, n := range part.Indicators {
			sum.Indicators[id] += n
		}
		for id, n := range part.Flags {
			sum.Flags[id] += n
		}
		for p, q := range part.Packages {
			sum.Packages[p] = sum.Packages[p].Plus(q)
		}
	}
	return sum
}

// Of returns the totals of one place.
func Of(p aid.Place, catalogue *aid.Catalogue) Totals {
	t := Totals{
		Recipients: 1,
		Households: p.Recipient.Households,
		People:     p.Recipient.People,
		Kinds:      map[aid.KindID]int64{p.Recipient.Kind: 1},
		Indicators: make(map[aid.IndicatorID]int64, len(p.Recipient.Indicators)),
		Flags:      make(map[aid.FlagID]int64, len(p.Recipient.Flags)),
		Packages:   make(map[aid.PackageID]Quantities, len(p.Needs)),
		Open:       p.Activity.Open,
		Free: Free{
			Committed: int64(p.Activity.FreeCommitted),
			Delivered: int64(p.Activity.FreeDelivered),
			Received:  int64(p.Activity.FreeReceived),
		},
		Pledged: p.Activity.Pledged,
		Lapsed:  p.Activity.Lapsed,
		Hours:   Hours(p.Activity.Hours).Plus(nil),
	}
	if p.Recipient.Demo {
		t.Demo = 1
	}
	for _, in := range p.Recipient.Indicators {
		t.Indicators[in.ID] += in.Value
	}
	for _, f := range p.Recipient.Flags {
		t.Flags[f.ID] = 1
	}
	var needed, reached int64
	for _, n := range p.Needs {
		q := QuantitiesOf(n)
		pack := catalogue.Packages[n.Package]
		t.Packages[n.Package] = t.Packages[n.Package].Plus(q)
		t.MilliHouseholdDays = t.MilliHouseholdDays.Plus(q.Times(pack.MilliHouseholdDays))
		if price, ok := pack.PriceOn(n.ConfirmedOn); ok && pack.Modality != aid.Loan {
			t.Value = t.Value.Plus(q.Times(int64(price)))
		}
		needed += n.Needed
		reached += n.Delivered + n.Received
	}
	if needed > 0 && reached == 0 && p.Activity.FreeDelivered+p.Activity.FreeReceived == 0 {
		t.Unreached = 1
	}
	return t
}

// Fold returns the totals of many places.
func Fold(places []aid.Place, catalogue *aid.Catalogue) Totals {
	t := Totals{
		Kinds: map[aid.KindID]int64{}, Indicators: map[aid.IndicatorID]int64{}, Flags: map[aid.FlagID]int64{}, Packages: map[aid.PackageID]Quantities{},
	}
	for _, p := range places {
		t = t.Plus(Of(p, catalogue))
	}
	return t
}
