package publish_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/publish"
	"ksbb/shared/region/regiontest"
)

func logOf(day aid.Day, last int64) publish.LogRef {
	return publish.LogRef{Day: day, Last: last, Head: "sha256-x", Path: "data/v1/log/" + string(day) + ".0.jsonl", Hash: "sha256-y"}
}

func TestTheLogNeverGoesBackToAnOlderDay(t *testing.T) {
	t.Parallel()
	w, p := started(t)
	before := manifest(t, &w.store)
	for _, c := range []struct {
		record     publish.LogRef
		want       publish.LogRef
		generation int64 // more than before
	}{
		{logOf("2026-05-19", 7), logOf("2026-05-19", 7), 1},
		{logOf("2026-05-19", 7), logOf("2026-05-19", 7), 1},
		{logOf("2026-05-20", 9), logOf("2026-05-20", 9), 2},
		{logOf("2026-05-18", 5), logOf("2026-05-20", 9), 2},
	} {
		if err := p.RecordLog(t.Context(), c.record, w.now.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		got := manifest(t, &w.store)
		if got.Log == nil || *got.Log != c.want || got.Generation != before.Generation+c.generation {
			t.Errorf("after %s: log %+v in generation %d; want %+v, %d later than %d", c.record.Day, got.Log, got.Generation, c.want, c.generation, before.Generation)
		}
		if got.Root != before.Root || got.AsOf < before.AsOf {
			t.Errorf("after %s: manifest %+v, was %+v", c.record.Day, got, before)
		}
	}
}

func TestPublicationsKeepTheLog(t *testing.T) {
	t.Parallel()
	w, p := started(t)
	if err := p.RecordLog(t.Context(), logOf("2026-05-19", 7), w.now); err != nil {
		t.Fatal(err)
	}
	leaf, place := w.someLeaf()
	place.Activity.Rev++
	if _, err := p.Publish(t.Context(), mark(leaf, place), w.now); err != nil {
		t.Fatal(err)
	}
	if m := manifest(t, &w.store); m.Log == nil || m.Log.Last != 7 || m.Generation != 3 {
		t.Errorf("manifest %+v", m)
	}
	if err := publish.Check(t.Context(), &w.store); err != nil {
		t.Error(err)
	}
}

func TestNothingIsLoggedBeforeTheFirstPublication(t *testing.T) {
	t.Parallel()
	w := newWorld(regiontest.Tiny(t), 1)
	p := publish.NewPublisher(w.pack, &w.facts, &w.store, &w.notes, []publish.Edition{{Pages: plain{}}}, 2)
	if err := p.RecordLog(t.Context(), logOf("2026-05-19", 7), w.now); !errors.Is(err, aid.ErrNotFound) {
		t.Errorf("RecordLog without a manifest = %v; want not found", err)
	}
	if w.store.Puts != 0 {
		t.Errorf("%d writes", w.store.Puts)
	}
}

// A publication that comes between reading and writing wins, and its tree stays.
func TestALogRecordedBesideAPublicationLosesNeither(t *testing.T) {
	t.Parallel()
	w, other := started(t)
	leaf, place := w.someLeaf()
	place.Activity.Rev++
	between := &interrupted{Memory: &w.store, do: func() {
		if _, err := other.Publish(context.Background(), mark(leaf, place), w.now); err != nil {
			t.Error(err)
		}
	}}
	p := publish.NewPublisher(w.pack, &w.facts, between, &w.notes, []publish.Edition{{Pages: plain{}}}, 1)
	if err := p.RecordLog(t.Context(), logOf("2026-05-19", 7), w.now); err != nil {
		t.Fatal(err)
	}
	if m := manifest(t, &w.store); m.Generation != 3 || m.Log == nil || m.Log.Last != 7 {
		t.Errorf("manifest %+v", m)
	}
	if err := w.compare(t.Context()); err != nil {
		t.Error(err)
	}
}

// interrupted is a store in which something happens before the first write.
type interrupted struct {
	*blobtest.Memory
	do func()
}

func (s *interrupted) Put(ctx context.Context, f publish.File, c publish.Condition) error {
	if do := s.do; do != nil {
		s.do = nil
		do()
	}
	return s.Memory.Put(ctx, f, c)
}
