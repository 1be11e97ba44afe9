package demo

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/region"
)

// earlier gives some needs a past: they grew, as more was found out about them,
// and one had been counted twice.
func (w *world) earlier() {
	r := w.random(streamEarlier)
	const grown = 0.15 // share of all needs
	for i := range w.listings {
		for j := range w.listings[i].Needs {
			n := &w.listings[i].Needs[j]
			has, days, part := r.Float64() < grown, 20+r.IntN(120), 0.5+0.4*r.Float64()
			before := max(int64(part*float64(n.Needed)), n.Needed-n.Remaining())
			if has && before < n.Needed {
				n.Earlier = []aid.Level{{Until: w.at(n.ConfirmedOn.Plus(-days), 9*time.Hour), Needed: before}}
			}
		}
	}
	var largest *aid.Need
	for i := range w.listings {
		for j := range w.listings[i].Needs {
			if n := &w.listings[i].Needs[j]; len(n.Earlier) == 0 && (largest == nil || n.Needed > largest.Needed) {
				largest = n
			}
		}
	}
	if largest != nil {
		largest.Earlier = []aid.Level{{Until: w.at(w.today.Plus(-corrected), 10*time.Hour), Needed: 2 * largest.Needed}}
	}
}

// corrected is how many days ago a figure was put right: in a month that is
// over, so that a report tells of it.
const corrected = 40

// Correction is a correction that an office recorded for a leaf.
type Correction struct {
	Leaf aid.Leaf
	aid.Correction
}

// Corrections returns what had to be recorded when needs of these listings
// fell, ordered by leaf and instant: one for each fall.
func Corrections(pack *region.Pack, listings []aid.Listing) []Correction {
	var all []Correction
	for _, l := range listings {
		leaf, _ := pack.Catalogue().LeafOf(l.Recipient)
		for _, n := range l.Needs {
			p, _ := pack.Package(n.Package)
			for i, level := range n.Earlier {
				after := n.Needed
				if i+1 < len(n.Earlier) {
					after = n.Earlier[i+1].Needed
				}
				if after < level.Needed {
					all = append(all, Correction{leaf, aid.Correction{
						On: level.Until, By: "kelurahan",
						Reason: fmt.Sprintf("%s untuk %s tercatat dua kali: %d menjadi %d (%s)", p.Name, l.Recipient.Name, level.Needed, after, Source),
					}})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b Correction) int {
		return cmp.Or(cmp.Compare(a.Leaf.String(), b.Leaf.String()), a.On.Compare(b.On))
	})
	return all
}
