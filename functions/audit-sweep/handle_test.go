package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/page"
	"ksbb/shared/publish"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/table"
)

// ledger is a small ledger in which the counters may be wrong.
type ledger struct {
	places      map[aid.Leaf][]aid.Place
	commitments map[aid.RecipientID][]aid.Commitment
	moving      bool // every second read finds the place changed
	reads       int
}

func (l *ledger) Leaf(_ context.Context, leaf aid.Leaf) ([]aid.Place, error) {
	places := append([]aid.Place{}, l.places[leaf]...)
	if l.reads++; l.moving {
		for i := range places {
			places[i].Activity.Rev += int64(l.reads)
		}
	}
	return places, nil
}

func (l *ledger) Commitments(_ context.Context, id aid.RecipientID) ([]aid.Commitment, error) {
	return l.commitments[id], nil
}

func (l *ledger) History(ctx context.Context, id aid.RecipientID) ([]aid.Commitment, []aid.Evidence, error) {
	commitments, err := l.Commitments(ctx, id)
	return commitments, nil, err
}

func (l *ledger) Correction(context.Context, aid.Leaf) (aid.Correction, bool, error) {
	return aid.Correction{}, false, nil
}

var noon = time.Date(2026, 5, 20, 5, 0, 0, 0, time.UTC)

// newServer serves one recipient that needs 50 units, of which 5 are said to be
// committed, and has one commitment of held units.
func newServer(t *testing.T, held int64) (*server, *ledger, *blobtest.Memory) {
	t.Helper()
	pack := regiontest.Tiny(t)
	pages, err := page.New(pack, "https://ksbb.example")
	if err != nil {
		t.Fatal(err)
	}
	k := pack.At(4)[0]
	id := aid.RecipientID(string(k.Code) + ".001")
	p := pack.Packages[0]
	need := aid.NeedOf(id, p.ID)
	place := aid.Place{
		Recipient: aid.Recipient{ID: id, Name: "RW 01", Kind: pack.Kinds[0].ID, Area: k.Code + ".001", Point: k.Point, Households: 100},
		Needs:     []aid.Need{{ID: need, Recipient: id, Program: p.Program, Package: p.ID, Needed: 50, Committed: 5, ConfirmedOn: "2026-05-01"}},
		Activity:  aid.Activity{Open: 1, Pledged: 1, UpdatedAt: noon.Add(-time.Minute)},
	}
	leaf, ok := pack.Catalogue().LeafOf(place.Recipient)
	if !ok {
		t.Fatal("no leaf")
	}
	l := &ledger{places: map[aid.Leaf][]aid.Place{leaf: {place}}, commitments: map[aid.RecipientID][]aid.Commitment{
		id: {{ID: "0198c0de-0000-7000-8000-00000000002a", State: aid.Pledged, PledgedAt: noon.Add(-time.Minute), Log: []aid.Event{{Move: aid.Verify, At: noon.Add(-time.Minute)}}, Lines: []aid.Line{{Need: need, Package: p.ID, Quantity: held}}}},
	}}
	store := new(blobtest.Memory)
	return &server{pack: pack, facts: l, publisher: publish.NewPublisher(pack, l, store, new(blobtest.Memory), publish.Editions(pages.In), 2), counter: publish.NewCounter(pack, table.NewMemory(), store), tree: store}, l, store
}

func TestTheFirstSweepWritesEverythingAndTheSecondNothing(t *testing.T) {
	s, _, store := newServer(t, 5)
	first, err := s.handle(t.Context(), sweepEvent{Time: noon})
	if err != nil {
		t.Fatal(err)
	}
	written := 0 // but for pictures of areas and places: to draw them later is no repair
	for path := range store.Objects() {
		if !strings.HasPrefix(path, "gambar/wilayah/") && !strings.HasPrefix(path, "gambar/lokasi/") {
			written++
		}
	}
	if first.Generation != 1 || first.Repaired != written || first.Untrue != 0 {
		t.Errorf("first sweep %+v over %d files", first, written)
	}
	for range 2 { // woken twice for the same instant
		again, err := s.handle(t.Context(), sweepEvent{Time: noon})
		if err != nil {
			t.Fatal(err)
		}
		if again.Repaired != 0 {
			t.Errorf("sweep of a right tree %+v", again)
		}
	}
}

// After a deployment every page has to fit the scripts at once.
func TestASweepOfEveryoneLeavesNoPageForTomorrow(t *testing.T) {
	s, l, store := newServer(t, 5)
	if _, err := s.handle(t.Context(), sweepEvent{Time: noon}); err != nil {
		t.Fatal(err)
	}
	var place aid.Place
	for _, places := range l.places {
		place = places[0]
	}
	path := "bantu/" + string(place.Recipient.ID) + "/index.html"
	right, err := store.Get(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	old := publish.File{Path: path, ContentType: "text/html; charset=utf-8", Body: []byte("<!doctype html>of before"), Generation: right.Generation}
	if err := store.Put(t.Context(), old, publish.Unchanged(right)); err != nil {
		t.Fatal(err)
	}
	later := noon.Add(48 * time.Hour)
	for publish.Rotating(later)(place) { // its own turn would prove nothing
		later = later.Add(15 * time.Minute)
	}
	for everyone, want := range []string{string(old.Body), string(right.Body)} {
		if _, err := s.handle(t.Context(), sweepEvent{Time: later, Everyone: everyone == 1}); err != nil {
			t.Fatal(err)
		}
		got, err := store.Get(t.Context(), path)
		if err != nil || string(got.Body) != want {
			t.Errorf("sweep %d left %.60q (%v), want %.60q", everyone, got.Body, err, want)
		}
	}
}

func TestCountersThatDisagreeWithCommitmentsAreFound(t *testing.T) {
	s, _, _ := newServer(t, 6)
	got, err := s.handle(t.Context(), sweepEvent{Time: noon})
	if err != nil {
		t.Fatal(err)
	}
	if got.Untrue != 1 {
		t.Errorf("%d untrue need lines; want 1", got.Untrue)
	}
}

// A commitment that lands between two reads is no fault of the counters.
func TestAPlaceThatMovesMeanwhileIsNotAccused(t *testing.T) {
	s, l, _ := newServer(t, 6)
	l.moving = true
	got, err := s.handle(t.Context(), sweepEvent{Time: noon})
	if err != nil {
		t.Fatal(err)
	}
	if got.Untrue != 0 {
		t.Errorf("%d untrue need lines while the place moves; want 0", got.Untrue)
	}
}

// A sweep also writes what no fact changes: fixed pages and schemas.
func TestASweepRendersEveryFixedPage(t *testing.T) {
	s, _, store := newServer(t, 5)
	if _, err := s.handle(t.Context(), sweepEvent{Time: noon}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"index.html", "k/index.html", "404.html", "masalah/melebihi-sisa/index.html", "data/manifest.json", "data/schemas/area.json"} {
		if _, ok := store.Objects()[path]; !ok {
			t.Errorf("%s was not written", path)
		}
	}
}
