package publish_test

import (
	"context"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/publish"
	"ksbb/shared/region/regiontest"
)

// started returns a world whose tree was written once, without trouble.
func started(t *testing.T) (*world, *publish.Publisher) {
	t.Helper()
	w := newWorld(regiontest.Tiny(t), 1)
	p := publish.NewPublisher(w.pack, &w.facts, &w.store, &w.notes, []publish.Edition{{Pages: plain{}}}, 2)
	if err := complete(t.Context(), p, w.now); err != nil {
		t.Fatal(err)
	}
	return w, p
}

func manifest(t *testing.T, s publish.Store) publish.Manifest {
	t.Helper()
	o, err := s.Get(t.Context(), publish.ManifestPath)
	if err != nil {
		t.Fatal(err)
	}
	var m publish.Manifest
	if err := json.Unmarshal(o.Body, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// someLeaf returns a leaf with places, and its first place.
func (w *world) someLeaf() (aid.Leaf, *aid.Place) {
	for _, leaf := range w.pack.Leaves() {
		if places := w.facts.leaves[leaf]; len(places) > 0 {
			return leaf, &places[0]
		}
	}
	panic("no places")
}

func mark(leaf aid.Leaf, p *aid.Place) publish.Marks {
	return publish.Marks{leaf: publish.Only(map[aid.RecipientID]bool{p.Recipient.ID: true})}
}

func TestPublishedTreePassesItsOwnCheck(t *testing.T) {
	t.Parallel()
	w, _ := started(t)
	if err := publish.Check(t.Context(), &w.store); err != nil {
		t.Error(err)
	}
}

func TestCheckFindsWhatSomeoneChanged(t *testing.T) {
	t.Parallel()
	w, _ := started(t)
	m := manifest(t, &w.store)
	o, err := w.store.Get(t.Context(), m.Root)
	if err != nil {
		t.Fatal(err)
	}
	forged := strings.Replace(string(o.Body), `"recipients":`, `"recipients":1`, 1)
	if err := w.store.Put(t.Context(), publish.File{Path: m.Root, Body: []byte(forged)}, publish.Unchanged(o)); err != nil {
		t.Fatal(err)
	}
	if err := publish.Check(t.Context(), &w.store); err == nil || !strings.Contains(err.Error(), "hash") {
		t.Errorf("Check of a forged root = %v; want its hash refused", err)
	}
}

func TestSecondSweepWritesNothing(t *testing.T) {
	t.Parallel()
	w, p := started(t)
	before := manifest(t, &w.store)
	r, err := p.Sweep(t.Context(), publish.Everyone, w.now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if after := manifest(t, &w.store); r.Written != 0 || after != before {
		t.Errorf("sweep of a right tree wrote %d files; manifest %+v, was %+v", r.Written, after, before)
	}
}

func TestSweepRepairsWhatWasLost(t *testing.T) {
	t.Parallel()
	w, p := started(t)
	leaf, place := w.someLeaf()
	place.Needs[0].Committed = 5
	place.Activity.Rev++
	place.Activity.UpdatedAt = w.now.Add(time.Minute)
	// The mark of this change never arrives.
	if _, err := p.Sweep(t.Context(), publish.Rotating(w.now), w.now); err != nil {
		t.Fatal(err)
	}
	if err := w.compareAll(t.Context()); err != nil {
		t.Errorf("after the sweep of %s: %v", leaf, err)
	}
}

// Whatever a mistaken hand removes from the bucket, one sweep puts back.
func TestSweepPutsBackWhatWasRemoved(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		w, p := started(t)
		paths := slices.Sorted(maps.Keys(w.store.Objects()))
		order := rand.New(rand.NewPCG(seed, 0)).Perm(len(paths))
		for _, i := range order {
			w.store.Lose(paths[i])
			if _, err := p.Sweep(t.Context(), publish.Everyone, w.now); err != nil {
				t.Fatalf("order %d, without %s: %v", seed, paths[i], err)
			}
			if err := w.compareAll(t.Context()); err != nil {
				t.Fatalf("order %d, without %s: %v", seed, paths[i], err)
			}
		}
	}
}

// Generations go on from where they were when the manifest is lost, or no page
// would ever change again.
func TestGenerationsGoOnAfterTheManifestWasLost(t *testing.T) {
	t.Parallel()
	w, p := started(t)
	leaf, place := w.someLeaf()
	change := func() {
		place.Needs[0].Committed++
		place.Activity.Rev++
		if _, err := p.Publish(t.Context(), mark(leaf, place), w.now); err != nil {
			t.Fatal(err)
		}
	}
	change()
	change()
	before := manifest(t, &w.store).Generation
	w.store.Lose(publish.ManifestPath)
	change()
	if after := manifest(t, &w.store).Generation; after <= before {
		t.Errorf("generation %d after %d", after, before)
	}
	if _, err := p.Sweep(t.Context(), publish.Everyone, w.now); err != nil {
		t.Fatal(err)
	}
	if err := w.compareAll(t.Context()); err != nil {
		t.Error(err)
	}
}

// A day of sweeps looks at every recipient, however long ago it changed.
func TestADayOfSweepsLeavesNoRecipientOut(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 5, 20, 0, 0, 0, 0, time.UTC)
	for _, id := range []aid.RecipientID{"34.01.01.1001.001", "34.01.01.1001-panti-001", "x"} {
		seen := 0
		for i := range 96 {
			if publish.Rotating(start.Add(time.Duration(i) * 15 * time.Minute))(aid.Place{Recipient: aid.Recipient{ID: id}}) {
				seen++
			}
		}
		if seen != 1 {
			t.Errorf("%s was looked at %d times in a day; want once", id, seen)
		}
	}
}

func TestOneChangeTouchesOnlyItsOwnBranch(t *testing.T) {
	t.Parallel()
	w, p := started(t)
	before := w.store.Objects()
	leaf, place := w.someLeaf()
	place.Needs[0].Committed = 5
	place.Activity.Rev++
	r, err := p.Publish(t.Context(), mark(leaf, place), w.now.Add(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if r.Generation != 1+manifestOf(t, before[publish.ManifestPath].Body).Generation {
		t.Errorf("generation = %d", r.Generation)
	}
	for path, o := range w.store.Objects() {
		old, existed := before[path]
		if existed && string(old.Body) == string(o.Body) {
			continue
		}
		own := strings.Contains(path, string(place.Recipient.ID)) || path == publish.ManifestPath || path == "index.html" || path == "statistik/index.html" || strings.HasPrefix(path, "data/v1/feed.")
		for code := leaf.Area; code != ""; code = code.Parent() {
			own = own || strings.Contains(path, string(code)+".") || strings.Contains(path, string(code)+"-") || strings.Contains(path, string(code)+"/")
		}
		if !own {
			t.Errorf("%s was written for a change of %s", path, place.Recipient.ID)
		}
	}
}

func manifestOf(t *testing.T, body []byte) publish.Manifest {
	t.Helper()
	var m publish.Manifest
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAPublicationRepeatedChangesNothing(t *testing.T) {
	t.Parallel()
	w, p := started(t)
	leaf, place := w.someLeaf()
	place.Needs[0].Committed = 5
	place.Activity.Rev++
	for range 3 {
		if _, err := p.Publish(t.Context(), mark(leaf, place), w.now); err != nil {
			t.Fatal(err)
		}
	}
	if g := manifest(t, &w.store).Generation; g != 2 {
		t.Errorf("generation %d after one change", g)
	}
}

func TestGuardRefusesALossAndTheOldFiguresStand(t *testing.T) {
	t.Parallel()
	w, p := started(t)
	leaf, place := w.someLeaf()
	before := w.store.Objects()
	saved := w.facts.leaves[leaf]
	w.facts.leaves[leaf] = saved[:1]
	r, err := p.Publish(t.Context(), mark(leaf, place), w.now)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Refused) != 1 || r.Refused[0].Area != string(leaf.Area) {
		t.Fatalf("refused %v; want the kecamatan %s", r.Refused, leaf.Area)
	}
	if got := manifest(t, &w.store); got != manifestOf(t, before[publish.ManifestPath].Body) {
		t.Errorf("manifest moved to %+v", got)
	}
	for path, o := range w.store.Objects() {
		if old, ok := before[path]; ok && string(old.Body) != string(o.Body) {
			t.Errorf("%s was rewritten with refused figures", path)
		}
	}
}

func TestARecordedCorrectionLetsTotalsFall(t *testing.T) {
	t.Parallel()
	w, _ := started(t)
	leaf, place := w.someLeaf()
	w.facts.leaves[leaf] = w.facts.leaves[leaf][:1]
	for _, c := range []struct {
		name    string
		on      time.Time
		refused int
	}{
		{"of last week", w.now.AddDate(0, 0, -7), 1},
		{"of today", w.now.Add(-time.Hour), 0},
	} {
		p := publish.NewPublisher(w.pack, correctedFacts{&w.facts, c.on}, &w.store, &w.notes, []publish.Edition{{Pages: plain{}}}, 1)
		r, err := p.Publish(t.Context(), mark(leaf, place), w.now)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Refused) != c.refused {
			t.Errorf("a correction %s: refused %v", c.name, r.Refused)
		}
		if c.refused == 0 {
			if err := publish.Check(t.Context(), &w.store); err != nil {
				t.Error(err)
			}
		}
	}
}

type correctedFacts struct {
	*facts
	on time.Time
}

func (f correctedFacts) Correction(context.Context, aid.Leaf) (aid.Correction, bool, error) {
	return aid.Correction{On: f.on, Reason: "pendataan ulang", By: "kelurahan"}, true, nil
}

func TestTimeNeverGoesBack(t *testing.T) {
	t.Parallel()
	w, p := started(t)
	leaf, place := w.someLeaf()
	place.Activity.Rev++
	if _, err := p.Publish(t.Context(), mark(leaf, place), w.now.Add(-5*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if m := manifest(t, &w.store); m.AsOf != "2026-05-20T02:00:00.000Z" {
		t.Errorf("manifest is as of %s after a publisher with a slow clock", m.AsOf)
	}
}
