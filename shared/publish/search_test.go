package publish_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"ksbb/shared/area"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/publish"
	"ksbb/shared/region/regiontest"
)

// noted is a store that remembers what it was asked for, by one at a time.
type noted struct {
	*blobtest.Memory
	puts []string
	gets []string
}

func (n *noted) Get(ctx context.Context, path string) (publish.Object, error) {
	n.gets = append(n.gets, path)
	return n.Memory.Get(ctx, path)
}

func (n *noted) Put(ctx context.Context, f publish.File, c publish.Condition) error {
	n.puts = append(n.puts, f.Path)
	return n.Memory.Put(ctx, f, c)
}

// count returns how many of the writes were below a folder.
func (n *noted) count(folder string) (count int) {
	for _, path := range n.puts {
		if strings.HasPrefix(path, folder) {
			count++
		}
	}
	return count
}

// publisherOf is a publisher that has nothing in mind yet, over a world's tree.
func publisherOf(w *world, store publish.Store) *publish.Publisher {
	return publish.NewPublisher(w.pack, &w.facts, store, &w.notes, []publish.Edition{{Pages: plain{}}}, 1)
}

func areaFile(t *testing.T, store publish.Store, code area.Code) publish.AreaFile {
	t.Helper()
	path := manifest(t, store).Root
	for {
		var a publish.AreaFile
		o, err := store.Get(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(o.Body, &a); err != nil {
			t.Fatal(err)
		}
		if a.Area == code {
			return a
		}
		i := slices.IndexFunc(a.Children, func(c publish.ChildRef) bool { return c.Area.Contains(code) })
		if i < 0 {
			t.Fatalf("no file of %s", code)
		}
		path = a.Children[i].Path
	}
}

func names(t *testing.T, store publish.Store, code area.Code) (s publish.SearchFile) {
	t.Helper()
	a := areaFile(t, store, code)
	if a.Search == nil {
		t.Fatalf("%s has no names", code)
	}
	o, err := store.Get(t.Context(), a.Search.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(o.Body, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// A commitment names nobody anew: the files for the search box are neither
// written nor read for it. Who promised what is one file more.
func TestACommitmentWritesNoNamesAndOneFileOfCommitments(t *testing.T) {
	t.Parallel()
	w := lived(t, 3, 60)
	leaf, place := w.someLeaf()
	store := &noted{Memory: &w.store}
	p := publisherOf(w, store)
	now := w.now
	for range 5 {
		if !w.facts.book(place, append(slices.Clone(w.facts.commitments[place.Recipient.ID]), w.facts.pledge(leaf, *place, now, w.pack.Catalogue()))) {
			t.Fatal("no more is needed there")
		}
		place.Activity.Rev++
		store.puts = nil
		if _, err := p.Publish(t.Context(), mark(leaf, place), now); err != nil {
			t.Fatal(err)
		}
		if n := store.count("data/v1/search/"); n != 0 {
			t.Errorf("a commitment wrote names %d times", n)
		}
		if n := store.count("data/v1/commitments/"); n != 1 {
			t.Errorf("a commitment wrote %d files of commitments; want 1", n)
		}
	}
	if err := publish.Check(t.Context(), &w.store); err != nil {
		t.Error(err)
	}
}

// A new name is in the file of its kecamatan and of its kota, beside all the
// names that were there, and in no other.
func TestANewNameCanBeSearchedFor(t *testing.T) {
	t.Parallel()
	w, _ := started(t)
	leaf, place := w.someLeaf()
	kota := leaf.Area.At(area.Kota)
	before := names(t, &w.store, kota)
	place.Recipient.Name = "RW Baru"
	store := &noted{Memory: &w.store}
	if _, err := publisherOf(w, store).Publish(t.Context(), mark(leaf, place), w.now); err != nil {
		t.Fatal(err)
	}
	if n := store.count("data/v1/search/"); n != 2 {
		t.Errorf("names were written %d times; want those of a kecamatan and of its kota", n)
	}
	after := names(t, &w.store, kota)
	if len(after.Rows) != len(before.Rows) {
		t.Fatalf("%d names, %d before", len(after.Rows), len(before.Rows))
	}
	for i, row := range after.Rows {
		want := before.Rows[i]
		if row[0] == string(place.Recipient.ID) {
			want[1] = "RW Baru"
		}
		if row != want {
			t.Errorf("row %d is %v; want %v", i, row, want)
		}
	}
	if err := publish.Check(t.Context(), &w.store); err != nil {
		t.Error(err)
	}
	if err := w.compare(t.Context()); err != nil {
		t.Error(err)
	}
}

// Where hundreds give to one place the newest are listed, and of the others how
// many there are.
func TestOfManyCommitmentsTheNewestAreListed(t *testing.T) {
	t.Parallel()
	w := newWorld(regiontest.Tiny(t), 1)
	leaf, place := w.someLeaf()
	place.Needs[0].Needed = 1_000
	id := place.Recipient.ID
	for range 25 {
		w.now = w.now.Add(1)
		if !w.facts.book(place, append(slices.Clone(w.facts.commitments[id]), w.facts.pledge(leaf, *place, w.now, w.pack.Catalogue()))) {
			t.Fatal("no more is needed there")
		}
		place.Activity.Rev++
	}
	if _, err := publisherOf(w, &w.store).Sweep(t.Context(), publish.Everyone, w.now); err != nil {
		t.Fatal(err)
	}
	part := areaFile(t, &w.store, leaf.Area.At(area.Kecamatan)).Leaves[leaf.String()].Kelurahan[place.Recipient.Area.At(area.Kelurahan)]
	var f publish.CommitmentsFile
	o, err := w.store.Get(t.Context(), part.Commitments)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(o.Body, &f); err != nil {
		t.Fatal(err)
	}
	all := w.facts.commitments[id]
	if len(f.Rows) != 10 || f.More[id] != 15 {
		t.Fatalf("%d rows and %d more; want 10 and 15", len(f.Rows), f.More[id])
	}
	for i, row := range f.Rows {
		if want := all[len(all)-1-i].ID.Number(); row.Number != want {
			t.Errorf("row %d is %s; want %s", i, row.Number, want)
		}
	}
	if err := publish.Check(t.Context(), &w.store); err != nil {
		t.Error(err)
	}
}
