package demo_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ksbb/shared/aid"
	"ksbb/shared/demo"
	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
)

const today = aid.Day("2026-11-22")

func jakarta(t *testing.T) *region.Pack {
	t.Helper()
	p, err := region.Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func made(t *testing.T, p *region.Pack, seed uint64, points []demo.RWPoint) []aid.Listing {
	t.Helper()
	listings, err := demo.Make(p, seed, points, today)
	if err != nil {
		t.Fatal(err)
	}
	return listings
}

func TestSameSeedGivesTheSameWorld(t *testing.T) {
	t.Parallel()
	p := jakarta(t)
	first := made(t, p, 7, nil)
	if diff := cmp.Diff(first, made(t, p, 7, nil)); diff != "" {
		t.Errorf("seed 7 gave two worlds:\n%.2000s", diff)
	}
	if cmp.Equal(first, made(t, p, 8, nil)) {
		t.Error("seeds 7 and 8 gave the same world")
	}
}

func TestAnyRegionHasADemonstration(t *testing.T) {
	t.Parallel()
	p := regiontest.Tiny(t)
	kinds := map[aid.KindID]bool{}
	for _, l := range made(t, p, 1, nil) {
		kinds[l.Recipient.Kind] = true
	}
	for _, k := range p.Kinds {
		if !kinds[k.ID] {
			t.Errorf("no %s in the demonstration", k.Name)
		}
	}
}
