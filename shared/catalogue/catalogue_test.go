package catalogue_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/catalogue"
	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
)

// register is a source that a test fills, breaks and counts.
type register struct {
	entries []aid.Amendment
	broken  error
	asked   int
}

func (r *register) Catalogue(context.Context) ([]aid.Amendment, error) {
	r.asked++
	return r.entries, r.broken
}

func (r *register) running(version int64, running string) {
	r.entries = []aid.Amendment{{List: aid.ProgramList, ID: "air-bersih", Version: version,
		Entry: []byte(`{"id":"air-bersih","name":"Air Bersih","running":` + running + `,"kinds":["padukuhan","puskesmas"]}`)}}
}

func runs(p *region.Pack) bool { return p.Catalogue().Programs["air-bersih"].Running }

func TestAnAmendmentIsNoticedWithinAMinute(t *testing.T) {
	t.Parallel()
	source, now := &register{}, time.Date(2025, 9, 10, 4, 0, 0, 0, time.UTC)
	current := catalogue.New(regiontest.Tiny(t), source, func() time.Time { return now })
	before := current.Pack(t.Context())
	if !runs(before) {
		t.Fatal("the programme of the pack does not run")
	}
	source.running(1, "false")
	now = now.Add(catalogue.Keep - 1)
	if p := current.Pack(t.Context()); p != before || source.asked != 1 {
		t.Errorf("asked %d times within a minute", source.asked)
	}
	if p, err := current.Fresh(t.Context()); err != nil || runs(p) {
		t.Errorf("asked for what stands now, the programme still runs: %v", err)
	}
	source.running(2, "true")
	now = now.Add(catalogue.Keep)
	if !runs(current.Pack(t.Context())) {
		t.Error("a minute later the programme still rests")
	}
	first := current.Pack(t.Context())
	now = now.Add(catalogue.Keep)
	if current.Pack(t.Context()) != first {
		t.Error("nothing was amended, and the pack is another")
	}
}

func TestTheLastKnownCatalogueStandsWhileItCannotBeRead(t *testing.T) {
	t.Parallel()
	source, now := &register{}, time.Date(2025, 9, 10, 4, 0, 0, 0, time.UTC)
	source.running(1, "false")
	current := catalogue.New(regiontest.Tiny(t), source, func() time.Time { return now })
	if runs(current.Pack(t.Context())) {
		t.Fatal("not amended")
	}
	for name, spoil := range map[string]func(){
		"broken":    func() { source.broken = errors.New("broken") },
		"misfitted": func() { source.running(3, "maybe") },
	} {
		spoil()
		now = now.Add(catalogue.Keep)
		if runs(current.Pack(t.Context())) {
			t.Errorf("%s: the amendment is forgotten", name)
		}
		asked := source.asked
		current.Pack(t.Context())
		if source.asked != asked {
			t.Errorf("%s: asked again at once", name)
		}
		if _, err := current.Fresh(t.Context()); err == nil {
			t.Errorf("%s: says that it knows what stands now", name)
		}
		source.broken = nil
		source.running(1, "false")
	}
}

func TestWhatIsMadeOfAPackIsMadeOncePerPack(t *testing.T) {
	t.Parallel()
	source, now := &register{}, time.Date(2025, 9, 10, 4, 0, 0, 0, time.UTC)
	current := catalogue.New(regiontest.Tiny(t), source, func() time.Time { return now })
	builds := 0
	var fails error
	made := catalogue.Making(current, func(p *region.Pack) (bool, error) { builds++; return runs(p), fails })
	for range 3 {
		if v, err := made.Get(t.Context()); !v || err != nil || builds != 1 {
			t.Fatalf("made %t, %v after %d builds", v, err, builds)
		}
	}
	source.running(1, "false")
	now = now.Add(catalogue.Keep)
	fails = errors.New("cannot")
	if _, err := made.Get(t.Context()); err == nil {
		t.Error("what could not be made was returned")
	}
	fails = nil
	if v, err := made.Get(t.Context()); v || err != nil || builds != 3 {
		t.Errorf("made %t, %v after %d builds", v, err, builds)
	}
}

func TestARequestIsAnsweredByWhatStandsThen(t *testing.T) {
	t.Parallel()
	source, now := &register{}, time.Date(2025, 9, 10, 4, 0, 0, 0, time.UTC)
	current := catalogue.New(regiontest.Tiny(t), source, func() time.Time { return now })
	var ran bool
	h := current.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { ran = runs(current.Last()) }))
	ask := func() bool {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		return ran
	}
	if !ask() {
		t.Fatal("the programme of the pack does not run")
	}
	source.running(1, "false")
	if !runs(current.Last()) {
		t.Error("the last known catalogue was read anew")
	}
	now = now.Add(catalogue.Keep)
	if ask() {
		t.Error("a request a minute later is answered by the old catalogue")
	}
}

func TestAPackThatNothingAmendsStaysAsItIs(t *testing.T) {
	t.Parallel()
	p := regiontest.Tiny(t)
	fixed := catalogue.Fixed(p)
	if q, err := fixed.Fresh(t.Context()); q != p || err != nil || fixed.Pack(t.Context()) != p {
		t.Errorf("another pack: %v", err)
	}
}
