package publish_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/publish"
	"ksbb/shared/region/regiontest"
)

// listed returns a world in which an office has listed n new places since the
// tree was written, all over the region, and a mark for each of their records in
// the order of the stream.
func listed(t *testing.T, born *birth, n int) (*world, []publish.Mark) {
	t.Helper()
	w := newWorld(regiontest.Tiny(t), 1)
	w.copyBirth(t, born)
	kelurahan := w.pack.At(area.Kelurahan)
	var marks []publish.Mark
	for i := range n {
		k := kelurahan[i%len(kelurahan)]
		code := fmt.Sprintf("%s.%03d", k.Code, 100+i)
		r := aid.Recipient{
			ID: aid.RecipientID(code), Name: "RW baru", Kind: w.pack.Kinds[0].ID, Area: area.Code(code), Point: k.Point, Households: 40, People: 160,
		}
		leaf, _ := w.pack.Catalogue().LeafOf(r)
		w.facts.leaves[leaf] = append(w.facts.leaves[leaf], aid.Place{Recipient: r, Activity: aid.Activity{Rev: 1, UpdatedAt: w.now}})
		m := publish.Mark{Leaf: leaf, Recipient: r.ID}
		marks = append(marks, m, m) // the place, and what happens there
	}
	return w, marks
}

func (w *world) copyBirth(t *testing.T, born *birth) {
	t.Helper()
	w.born = born
	if err := w.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func newborn(t *testing.T) *birth {
	t.Helper()
	born, err := newBirth(regiontest.Tiny(t))
	if err != nil {
		t.Fatal(err)
	}
	return born
}

// Whoever has time for one recipient only still comes to the end: each wake goes
// on where the last one ended, and what it leaves is whole.
func TestAPublicationInPiecesComesToTheEnd(t *testing.T) {
	t.Parallel()
	const places = 12
	w, marks := listed(t, newborn(t), places)
	p := publish.NewPublisher(w.pack, &w.facts, &w.store, &w.notes, []publish.Edition{{Pages: plain{}}}, 3)
	wakes := 0
	for left := marks; len(left) > 0; wakes++ {
		if wakes > places {
			t.Fatalf("%d wakes for %d places, and %d marks are left", wakes, places, len(left))
		}
		r, err := p.PublishInTurn(t.Context(), left, w.now, func() bool { return false })
		if err != nil {
			t.Fatal(err)
		}
		if r.Done != 2 {
			t.Errorf("wake %d: %d marks done; want those of one recipient", wakes, r.Done)
		}
		left = left[r.Done:]
		if err := publish.Check(t.Context(), &w.store); err != nil {
			t.Errorf("after wake %d: %v", wakes, err)
		}
		for i := 0; i < len(marks); i += 2 {
			_, err := w.store.Get(t.Context(), "lokasi/"+string(marks[i].Recipient)+"/index.html")
			if done := i < len(marks)-len(left); done != (err == nil) {
				t.Errorf("after wake %d: page of place %d: %v", wakes, i/2, err)
			}
		}
	}
	if err := w.compare(t.Context()); err != nil {
		t.Error(err)
	}
}

// A wake may be cut off before or after any request. What stands then is whole,
// and whoever comes next ends it.
func TestADeadlineMayCutAPublicationOffAnywhere(t *testing.T) {
	t.Parallel()
	born := newborn(t)
	twin, _ := listed(t, born, 4)
	want, err := twin.alone(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cuts := 0
	for ; ; cuts++ {
		w, marks := listed(t, born, 4)
		left := cuts / 2
		f := &fuse{Store: &w.store, left: &left, after: cuts%2 == 1}
		g := &fuse{Store: &w.notes, left: &left, after: cuts%2 == 1}
		pages := []publish.Edition{{Pages: plain{}}}
		_, err := publish.NewPublisher(w.pack, &w.facts, f, g, pages, 1).PublishInTurn(t.Context(), marks, w.now, func() bool { return true })
		if left >= 0 {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		if err == nil {
			t.Fatalf("cut %d: cut off, and said that it was done", cuts)
		}
		if err := publish.Check(t.Context(), &w.store); err != nil {
			t.Fatalf("cut %d: %v", cuts, err)
		}
		r, err := publish.NewPublisher(w.pack, &w.facts, &w.store, &w.notes, pages, 1).PublishInTurn(t.Context(), marks, w.now, func() bool { return true })
		if err != nil || r.Done != len(marks) {
			t.Fatalf("cut %d: came again and did %d of %d: %v", cuts, r.Done, len(marks), err)
		}
		if err := w.same(t.Context(), want, sweptOnly); err != nil {
			t.Fatalf("cut %d: %v", cuts, err)
		}
	}
	if cuts < 100 {
		t.Errorf("cut %d times only", cuts)
	}
}

// fuse is a store that answers nobody after so many requests. The last one takes
// effect or not.
type fuse struct {
	publish.Store
	left  *int
	after bool
}

func (f *fuse) Get(ctx context.Context, path string) (publish.Object, error) {
	if *f.left--; *f.left < 0 {
		return publish.Object{}, context.DeadlineExceeded
	}
	return f.Store.Get(ctx, path)
}

func (f *fuse) Put(ctx context.Context, file publish.File, c publish.Condition) error {
	*f.left--
	if *f.left == -1 && f.after {
		return errors.Join(f.Store.Put(ctx, file, c), context.DeadlineExceeded)
	}
	if *f.left < 0 {
		return context.DeadlineExceeded
	}
	return f.Store.Put(ctx, file, c)
}

// Drawing takes longer than all else: of many new places a publication draws a
// few pictures, and the sweeps all others.
func TestThePicturesOfManyPlacesAreLeftToSweeps(t *testing.T) {
	t.Parallel()
	const places = 60
	w, marks := listed(t, newborn(t), places)
	p := publish.NewPublisher(w.pack, &w.facts, &w.store, &w.notes, []publish.Edition{{Pages: plain{}}}, 2)
	drawn := func() (n int) {
		for path := range w.store.Objects() {
			if strings.HasPrefix(path, "gambar/lokasi/") {
				n++
			}
		}
		return n
	}
	before := drawn()
	if _, err := p.PublishInTurn(t.Context(), marks, w.now, func() bool { return true }); err != nil {
		t.Fatal(err)
	}
	if n := drawn() - before; n == 0 || n >= places {
		t.Errorf("%d pictures drawn of %d places at once", n, places)
	}
	if _, err := p.Sweep(t.Context(), publish.Rotating(w.now), w.now); err != nil {
		t.Fatal(err)
	}
	if err := w.compare(t.Context()); err != nil { // looks for every picture that a page names
		t.Error(err)
	}
}

// Thousands of requests are saved where nothing can be there yet, and where
// something is after all it stays.
func TestOfANewPlaceNothingIsAskedFor(t *testing.T) {
	t.Parallel()
	const places = 40
	w, marks := listed(t, newborn(t), places)
	store := &asked{Store: &w.store, paths: map[string]int{}}
	p := publish.NewPublisher(w.pack, &w.facts, store, &w.notes, []publish.Edition{{Pages: plain{}}}, 1)
	all := func() bool { return true }
	if _, err := p.PublishInTurn(t.Context(), marks, w.now, all); err != nil {
		t.Fatal(err)
	}
	last := string(marks[len(marks)-1].Recipient)
	for path := range store.paths {
		if strings.Contains(path, last) {
			t.Errorf("asked for %s", path)
		}
	}
	before := w.store.Objects()
	r, err := p.PublishInTurn(t.Context(), marks, w.now, all)
	if err != nil {
		t.Fatal(err)
	}
	for path, o := range w.store.Objects() {
		if string(before[path].Body) != string(o.Body) && !strings.HasPrefix(path, "gambar/") {
			t.Errorf("%s was written again", path)
		}
	}
	if store.paths["bantu/"+last+"/index.html"] != 1 {
		t.Errorf("publication %d passed over what stood already", r.Generation)
	}
}

// asked counts what is asked for.
type asked struct {
	publish.Store
	paths map[string]int
}

func (s *asked) Get(ctx context.Context, path string) (publish.Object, error) {
	s.paths[path]++
	return s.Store.Get(ctx, path)
}
