package publish_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/publish"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/tally"
)

// delivered lets n promises be made to a place and brought there, each half of
// it on a record of its own.
func delivered(t *testing.T, w *world, n int) (aid.Leaf, *aid.Place) {
	t.Helper()
	leaf, place := w.someLeaf()
	cat, id := w.pack.Catalogue(), place.Recipient.ID
	for range n {
		c := w.facts.pledge(leaf, *place, w.now, cat)
		c, err := c.SignedAs("sha256-00", w.now, cat)
		for i := range 2 {
			if err == nil {
				c, err = c.Reported(aid.DeliveryReport{ID: aid.DeliveryID(string(c.ID) + string(rune('a'+i))), On: aid.DayOf(w.now, cat.Zone), Quantities: []int64{1, 1}}, w.now, cat)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if !w.facts.book(place, append(slices.Clone(w.facts.commitments[id]), c)) {
			t.Fatal("no more is needed there")
		}
		place.Activity.Rev++
	}
	return leaf, place
}

// An answer to one delivery writes its record anew, and those of the others are
// not even read.
func TestOnlyTheRecordOfADeliveryThatChangedIsWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(regiontest.Tiny(t), 1)
	leaf, place := delivered(t, w, 3)
	if err := complete(t.Context(), publisherOf(w, &w.store), w.now); err != nil {
		t.Fatal(err)
	}
	all := w.facts.commitments[place.Recipient.ID]
	answered := all[1].Deliveries[0]
	c, err := all[1].ReceivedAs(aid.ReceiptAnswer{Delivery: answered.ID, Answer: aid.Full, Quantities: answered.Quantities, Via: aid.ViaSteward}, w.now, w.pack.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	next := slices.Clone(all)
	next[1] = c
	if !w.facts.book(place, next) {
		t.Fatal("the answer does not fit")
	}
	place.Activity.Rev++
	store := &noted{Memory: &w.store}
	p := publisherOf(w, store)
	if _, err := p.Publish(t.Context(), mark(leaf, place), w.now); err != nil {
		t.Fatal(err)
	}
	var records []string
	for _, path := range append(store.puts, store.gets...) {
		if strings.HasPrefix(path, "bast/") {
			records = append(records, path)
		}
	}
	if want := "bast/" + string(answered.Number) + "/index.html"; !slices.Equal(slices.Compact(records), []string{want}) {
		t.Errorf("records written and read: %v; want %s", records, want)
	}
	if i, j := slices.Index(store.puts, records[0]), slices.Index(store.puts, "data/v1/recipients/"+string(place.Recipient.ID)+".json"); i > j {
		t.Errorf("the record was write %d, the file that says so write %d", i, j)
	}
	store.gets, store.puts = nil, nil
	if _, err := p.Publish(t.Context(), mark(leaf, place), w.now); err != nil {
		t.Fatal(err)
	}
	if n := store.count("bast/"); n != 0 {
		t.Errorf("%d records written for no change", n)
	}
	if err := w.compare(t.Context()); err != nil {
		t.Error(err)
	}
}

// Every record has its delivery, and every delivery its record.
func TestEveryDeliveryHasItsRecord(t *testing.T) {
	t.Parallel()
	w := lived(t, 7, 60)
	want := map[string]bool{}
	for _, all := range w.facts.commitments {
		for _, c := range all {
			for _, d := range c.Deliveries {
				if c.State.Counts() {
					want["bast/"+string(d.Number)+"/index.html"] = true
				}
			}
		}
	}
	if len(want) < 5 {
		t.Fatalf("only %d deliveries", len(want))
	}
	for path := range w.store.Objects() {
		if strings.HasPrefix(path, "bast/") && !want[path] {
			t.Errorf("%s is of no delivery", path)
		}
		delete(want, path)
	}
	if len(want) > 0 {
		t.Errorf("no record %v", want)
	}
}

// A picture is drawn when a page names it for the first time. Whoever writes a
// page that named it already does not ask for it; a sweep that finds it missing
// draws it.
func TestAPictureIsDrawnWhenItIsNamedForTheFirstTime(t *testing.T) {
	t.Parallel()
	w, _ := started(t)
	leaf, place := w.someLeaf()
	store := &noted{Memory: &w.store}
	p := publisherOf(w, store)
	id := string(place.Recipient.ID)
	pledge := func() (touched []string) {
		t.Helper()
		if !w.facts.book(place, append(slices.Clone(w.facts.commitments[place.Recipient.ID]), w.facts.pledge(leaf, *place, w.now, w.pack.Catalogue()))) {
			t.Fatal("no more is needed there")
		}
		place.Activity.Rev++
		store.puts, store.gets = nil, nil
		if _, err := p.Publish(t.Context(), mark(leaf, place), w.now); err != nil {
			t.Fatal(err)
		}
		for _, path := range append(store.puts, store.gets...) {
			if strings.HasPrefix(path, "gambar/lokasi/") {
				touched = append(touched, path)
			}
		}
		return touched
	}
	if got := pledge(); len(got) != 0 {
		t.Errorf("a commitment that no picture shows touched %v", got)
	}
	shown := "gambar/lokasi/" + id + ".1.png"
	if got := pledge(); !slices.Equal(got, []string{shown}) {
		t.Errorf("a commitment that a picture shows touched %v; want %s alone", got, shown)
	}
	if i, j := slices.Index(store.puts, shown), slices.Index(store.puts, "lokasi/"+id+"/index.html"); i > j {
		t.Error("the page was written before the picture that it names")
	}
	w.store.Lose(shown)
	if got := pledge(); len(got) != 0 {
		t.Errorf("a page that named its picture before touched %v", got)
	}
	if _, err := p.Sweep(t.Context(), publish.Everyone, w.now); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.Get(t.Context(), shown); err != nil {
		t.Errorf("after a sweep: %v", err)
	}
}

// What search engines are told is what there is: every page that may be listed,
// once, and no other.
func TestSitemapsListEveryPageOnce(t *testing.T) {
	t.Parallel()
	store, _, _, pack := jakarta(t)
	read := func(path string) (all []string) {
		t.Helper()
		o, err := store.Get(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		body, _, _ := bytes.Cut(o.Body, []byte("<!-- "))
		var lists [][]string
		if err := json.Unmarshal(body, &lists); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		return lists[0]
	}
	lists := read("sitemap.xml")
	if want := 1 + len(pack.At(area.Kecamatan)); len(lists) != want {
		t.Errorf("%d lists; want %d", len(lists), want)
	}
	listed := map[string]int{}
	for _, list := range lists {
		for _, path := range read(list[1:]) {
			listed[path]++
		}
	}
	for name, o := range store.Objects() {
		path, page := strings.CutSuffix("/"+name, "index.html")
		if !page || strings.HasPrefix(name, "bantu/") || strings.HasPrefix(name, "bast/") || strings.HasPrefix(name, "en/") {
			continue
		}
		want := 1
		if bytes.Contains(o.Body, []byte("noindex")) {
			want = 0
		}
		if listed[path] != want {
			t.Errorf("%s is listed %d times; want %d", path, listed[path], want)
		}
		delete(listed, path)
	}
	if len(listed) > 0 {
		t.Errorf("listed and not there: %v", listed)
	}
}

// Every page is there in every edition; news have names of their own there, and
// what search engines are told says it all once.
func TestEveryPageIsInEveryEdition(t *testing.T) {
	t.Parallel()
	w := newWorld(regiontest.Tiny(t), 1)
	delivered(t, w, 1)
	editions := []publish.Edition{{Pages: plain{}}, {Prefix: "en/", Pages: plain{}}}
	if err := complete(t.Context(), publish.NewPublisher(w.pack, &w.facts, &w.store, &w.notes, editions, 2), w.now); err != nil {
		t.Fatal(err)
	}
	objects, pages := w.store.Objects(), 0
	for path, o := range objects {
		if strings.HasSuffix(path, ".html") && !strings.HasPrefix(path, "en/") {
			pages++
			if _, ok := objects["en/"+path]; !ok {
				t.Errorf("%s is in one edition", path)
			}
		}
		if strings.HasPrefix(path, "en/sitemap") || strings.Contains(path, "sitemap/") && bytes.Contains(o.Body, []byte("/en/")) {
			t.Errorf("%s lists another edition", path)
		}
	}
	if pages < 30 {
		t.Errorf("%d pages", pages)
	}
	for _, path := range []string{"data/v1/feed.atom", "data/v1/feed.en.atom", "data/v1/feed.json", "data/v1/feed.en.json", "bast/" + string(w.record(t)) + "/index.html"} {
		if _, ok := objects[path]; !ok {
			t.Errorf("%s is not there", path)
		}
	}
	var feed struct {
		Items int
		Ours  struct{ Generation int64 } `json:"_ksbb"`
	}
	if err := json.Unmarshal(objects["data/v1/feed.json"].Body, &feed); err != nil || feed.Items == 0 || feed.Ours.Generation == 0 {
		t.Errorf("feed %s: %+v, %v", objects["data/v1/feed.json"].Body, feed, err)
	}
}

// record returns the number of some record.
func (w *world) record(t *testing.T) aid.BASTNumber {
	t.Helper()
	for _, all := range w.facts.commitments {
		for _, c := range all {
			for _, d := range c.Deliveries {
				return d.Number
			}
		}
	}
	t.Fatal("nothing was delivered")
	return ""
}

// Whoever wants to be forgotten stands in no file any more but those that
// expire; and whose promise came to nothing in no list of givers.
func TestAForgottenNameIsInNoFileThatStays(t *testing.T) {
	t.Parallel()
	w := newWorld(regiontest.Tiny(t), 1)
	leaf, place := delivered(t, w, 2)
	cat, id := w.pack.Catalogue(), place.Recipient.ID
	const name = "Ibu Canary 7c1e"
	given := slices.Clone(w.facts.commitments[id])
	for i := range given {
		given[i].Name = name
	}
	lapsed := w.facts.pledge(leaf, *place, w.now, cat)
	lapsed.Name = "Pak Canary 7c1e"
	w.facts.book(place, append(given, lapsed))
	p := publisherOf(w, &w.store)
	if err := complete(t.Context(), p, w.now); err != nil {
		t.Fatal(err)
	}
	named := func(name string) (paths []string) {
		for path, o := range w.store.Objects() {
			if bytes.Contains(o.Body, []byte(name)) {
				paths = append(paths, path)
			}
		}
		return paths
	}
	if n := len(named(name)); n < 5 {
		t.Fatalf("%d files name the giver", n)
	}
	all := slices.Clone(w.facts.commitments[id])
	for i, c := range all {
		var err error
		if c.ID == lapsed.ID {
			for ok := true; ok && c.State != aid.Lapsed; {
				c, _, _, ok = c.Elapsed(w.now.AddDate(0, 0, 9), cat)
			}
		} else if c, err = c.Reported(aid.DeliveryReport{ID: "rest", On: aid.DayOf(w.now, cat.Zone), Quantities: c.Outstanding()}, w.now, cat); err == nil {
			c, err = c.Forgotten(aid.Collaborator, w.now, cat)
		}
		if err != nil || c.State != aid.Lapsed && c.ForgottenAt.IsZero() {
			t.Fatalf("%s: %v", c.State, err)
		}
		all[i] = c
	}
	w.facts.book(place, all)
	place.Activity.Rev++
	if _, err := p.Publish(t.Context(), mark(leaf, place), w.now); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{name, lapsed.Name} {
		for _, path := range named(gone) {
			if !strings.HasPrefix(path, "data/v1/commitments/") {
				t.Errorf("%s names %s", path, gone)
			}
		}
	}
	kelurahan := place.Recipient.Area.At(area.Kelurahan)
	part := areaFile(t, &w.store, leaf.Area.At(area.Kecamatan)).Leaves[leaf.String()].Kelurahan[kelurahan]
	o, err := w.store.Get(t.Context(), part.Commitments)
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{"Canary", "secret-", "salt-", lapsed.ID.Number(), string(all[0].ID)} {
		if bytes.Contains(o.Body, []byte(private)) {
			t.Errorf("%s says %s", part.Commitments, private)
		}
	}
}

// The news are the newest public acts of the facts, and stand in no file that
// never changes.
func TestTheNewsAreThoseOfTheFacts(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		w := lived(t, seed, 200)
		var parts []tally.Giving
		for _, places := range w.facts.leaves {
			for _, p := range places {
				parts = append(parts, tally.Giving{Latest: tally.ActsOf(p.Recipient, w.facts.commitments[p.Recipient.ID])})
			}
		}
		want, err := json.Marshal([]any{tally.SumOf(parts).Latest})
		if err != nil {
			t.Fatal(err)
		}
		objects := w.store.Objects()
		if got := unsealed(objects["data/v1/feed.atom"].Body); !bytes.Equal(bytes.TrimSpace(got), want) {
			t.Errorf("seed %d: news are\n%s\nthe facts say\n%s", seed, got, want)
		}
		if bytes.Count(want, []byte(`"at":`)) < tally.ActsKept {
			t.Errorf("seed %d: only %d acts", seed, bytes.Count(want, []byte(`"at":`)))
		}
		for path, o := range objects {
			if o.Generation == 0 && !strings.HasPrefix(path, "data/v1/commitments/") && bytes.Contains(o.Body, []byte(`"Contoh"`)) {
				t.Errorf("%s names a giver and never changes", path)
			}
		}
	}
}

// Drawing takes longer than all else: a sweep over thousands of places that
// have no picture yet draws some of them, and leaves the others to the next.
func TestASweepDrawsNoMoreThanItHasTimeFor(t *testing.T) {
	t.Parallel()
	store, notes, f, pack := jakarta(t)
	drawn := func() (n int) {
		for path := range store.Objects() {
			if strings.HasPrefix(path, "gambar/") {
				n++
			}
		}
		return n
	}
	first := drawn()
	p := publish.NewPublisher(pack, f, store, notes, []publish.Edition{{Pages: plain{}}}, 4)
	for turn := range 2 {
		before := drawn()
		if _, err := p.Sweep(t.Context(), publish.Everyone, newWorld(pack, 1).now); err != nil {
			t.Fatal(err)
		}
		if n := drawn() - before; n != 256 {
			t.Errorf("sweep %d drew %d pictures of places that have none; want 256", turn+2, n)
		}
	}
	if first > 2*len(pack.Areas) {
		t.Errorf("the first sweep drew %d pictures", first)
	}
}
