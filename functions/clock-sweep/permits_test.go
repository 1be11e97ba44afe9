package main

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

const (
	dusun  = aid.RecipientID("34.71.01.1001.001")
	tirta  = aid.AggregatorID("sukarelawan")
	signed = aid.CommitmentID("0198c0de-0000-7000-8000-000000000077")
)

// noon of the tiny region, on 2025-09-10.
var noon = time.Date(2025, 9, 10, 5, 0, 0, 0, time.UTC)

// until is the tiny region whose aggregator has a permit until a day.
func until(t *testing.T, day aid.Day) *region.Pack {
	t.Helper()
	entry := fmt.Sprintf(`{"id":"sukarelawan","name":"Sukarelawan Contoh","permit":{"number":"CONTOH-1","until":%q}}`, day)
	p, err := regiontest.Tiny(t).Amended([]aid.Amendment{{List: aid.AggregatorList, ID: string(tirta), Entry: []byte(entry), Version: 1}})
	must(t, err)
	return p
}

// carried loads the tiny region with one commitment that its aggregator carries.
func carried(t *testing.T, s tabletest.Store, pack *region.Pack) {
	t.Helper()
	need := aid.NeedOf(dusun, "tangki")
	must(t, s.Load(t.Context(), []aid.Listing{{
		Recipient: aid.Recipient{ID: dusun, Name: "Padukuhan Contoh", Kind: "padukuhan", Area: "34.71.01.1001.001", Point: aid.Point{Lng: 110.36, Lat: -7.785}, Households: 40},
		Needs:     []aid.Need{{ID: need, Recipient: dusun, Program: "air-bersih", Package: "tangki", Needed: 10, ConfirmedOn: "2025-09-01"}},
		Steward:   aid.Contact{Name: "Dukuh Contoh", Phone: "+628110000001"},
	}}, pack.Catalogue(), noon))
	p := aid.Pool{
		ID: "0198c0de-0001-7000-8000-000000000077", Aggregator: tirta, Class: aid.Business, ReceivedOn: "2025-09-10", CreatedAt: noon,
		Lines: []aid.PoolLine{{Package: "tangki", Quantity: 5, Left: 5, Unit: "tangki"}},
	}
	must(t, s.AddPool(t.Context(), p, table.Donor{}))
	place, _, err := s.Place(t.Context(), dusun)
	must(t, err)
	c, err := p.Part(aid.PartDraft{ID: signed, Recipient: dusun, Lines: []aid.PartLine{{Need: need, Quantity: 5}}, Period: aid.Period{From: "2025-09-11", To: "2025-09-30"}}, pack.Catalogue(), place, noon)
	must(t, err)
	_, _, err = s.AddPart(t.Context(), table.Part{Commitment: c, Credential: aid.Credential{Commitment: signed, Recipient: dusun}})
	must(t, err)
	after, err := c.Spoken(aid.Steward, noon, pack.Catalogue())
	must(t, err)
	must(t, s.Move(t.Context(), table.Change{Move: aid.Speak, Before: c, After: after, At: noon}))
}

// told sweeps at an instant by a pack, and tells whether the letter about the
// permit goes out.
func told(t *testing.T, s tabletest.Store, standing *region.Pack, at time.Time) bool {
	t.Helper()
	must(t, follow(t.Context(), s, regiontest.Tiny(t), standing))
	_, err := (&server{store: s, files: nothing{}, catalogue: standing.Catalogue()}).handle(t.Context(), sweepEvent{Time: at})
	must(t, err)
	c, err := s.Commitment(t.Context(), dusun, signed)
	must(t, err)
	_, err = s.Letter(t.Context(), table.LetterKeyOf(signed, c.Version, aid.LetterPermit))
	if err != nil && !errors.Is(err, aid.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

func TestTheLetterAboutAPermitFollowsThePermit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s tabletest.Store) {
		base := regiontest.Tiny(t) // until 2030
		carried(t, s, base)
		if told(t, s, base, noon.AddDate(0, 0, 3)) {
			t.Fatal("the permit holds for years")
		}
		shorter := until(t, "2025-09-14")
		if told(t, s, shorter, noon.AddDate(0, 0, 4)) {
			t.Error("told on the last day of the permit")
		}
		if !told(t, s, shorter, noon.AddDate(0, 0, 5)) {
			t.Error("the day after the permit ended, nobody was told")
		}
	})
}

func TestAnExtendedPermitIsWaitedFor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s tabletest.Store) {
		carried(t, s, regiontest.Tiny(t))
		told(t, s, until(t, "2025-09-14"), noon)
		longer := until(t, "2025-09-20")
		if told(t, s, longer, noon.AddDate(0, 0, 6)) {
			t.Error("told by the end that is no more")
		}
		if due := dueBy(t, s, noon.AddDate(0, 0, 6)); due != 0 {
			t.Error("nothing is due, and it is looked at in every run")
		}
		if !told(t, s, longer, noon.AddDate(0, 0, 11)) {
			t.Error("the day after the new end, nobody was told")
		}
	})
}

func dueBy(t *testing.T, s tabletest.Store, at time.Time) (n int) {
	t.Helper()
	must(t, s.DueBy(t.Context(), at, func(table.Due) error { n++; return nil }))
	return n
}

// reads counts how often the map is read, and breaks when told to.
type reads struct {
	tabletest.Store
	leaves int
	broken error
}

func (r *reads) Leaf(ctx context.Context, l aid.Leaf) ([]aid.Place, error) {
	r.leaves++
	return r.Store.Leaf(ctx, l)
}

func (r *reads) SetPermitEnd(ctx context.Context, a aid.AggregatorID, end aid.Day) error {
	if r.broken != nil {
		return r.broken
	}
	return r.Store.SetPermitEnd(ctx, a, end)
}

func TestTheMapIsReadOncePerChangeOfAPermit(t *testing.T) {
	t.Parallel()
	base := regiontest.Tiny(t)
	s := &reads{Store: table.NewMemory()}
	carried(t, s, base)
	must(t, follow(t.Context(), s, base, base))
	if s.leaves != 0 {
		t.Error("nothing was changed, and the map was read")
	}
	shorter := until(t, "2025-09-14")
	s.broken = errors.New("broken")
	if err := follow(t.Context(), s, base, shorter); err == nil {
		t.Error("a run that broke off says nothing")
	}
	s.broken = nil
	must(t, follow(t.Context(), s, base, shorter))
	want := 2 * len(base.Leaves())
	must(t, follow(t.Context(), s, base, shorter))
	if s.leaves != want {
		t.Errorf("%d leaves were read; want %d, once for each of two runs", s.leaves, want)
	}
}
