package publish_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/publish"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/tally"
)

var update = flag.Bool("update", false, "write golden files anew")

// statistics reads what is published of the region as a whole.
func statistics(t *testing.T, store publish.Store) (root publish.AreaFile, said publish.StatisticsFile) {
	t.Helper()
	for path, into := range map[string]any{manifest(t, store).Root: &root} {
		o, err := store.Get(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(o.Body, into); err != nil {
			t.Fatal(err)
		}
	}
	o, err := store.Get(t.Context(), root.Statistics.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(o.Body, &said); err != nil {
		t.Fatal(err)
	}
	return root, said
}

// What is published is what one fold over all facts says, however many steps
// it was published in.
func TestPublishedStatisticsAreThoseOfTheFacts(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		w := lived(t, seed, 80)
		catalogue := w.pack.Catalogue()
		var all tally.Giving
		totals := tally.Fold(nil, nil)
		parts := map[string]tally.Part{}
		for _, places := range w.facts.leaves {
			for _, p := range places {
				g, n := tally.GivingOf(p, w.facts.commitments[p.Recipient.ID], catalogue), tally.Of(p, catalogue)
				all, totals = all.Plus(g), totals.Plus(n)
				kota := string(p.Recipient.Area.At(2))
				part := parts[kota]
				parts[kota] = tally.Part{Key: kota, Totals: part.Totals.Plus(n), Giving: part.Giving.Plus(g)}
			}
		}
		want := tally.StatisticsOf(totals, all, slices.Collect(maps.Values(parts)))
		_, got := statistics(t, &w.store)
		a, _ := json.Marshal(got.Statistics)
		b, _ := json.Marshal(want)
		if !bytes.Equal(a, b) {
			t.Fatalf("seed %d: published\n%s\nthe facts say\n%s", seed, a, b)
		}
		if got.Statistics.Whole.Commitments.Pledged == 0 || got.Statistics.Reached == 0 {
			t.Errorf("seed %d: nothing happened in %+v", seed, got.Statistics.Whole)
		}
	}
}

func TestStatisticsOfASmallRegionAreAsTheyWere(t *testing.T) {
	t.Parallel()
	w := lived(t, 7, 60)
	root, said := statistics(t, &w.store)
	for name, v := range map[string]any{"totals": root.Totals, "statistics": said} {
		got, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, '\n')
		golden := filepath.Join("testdata", name+".json")
		if *update {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differ from %s:\n%s", name, golden, got)
		}
	}
}

// Marks say only where to look: which came first, how often they came and what
// came with them does not show in any file.
func TestMarksInAnyOrderMakeTheSameFiles(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		w := newWorld(regiontest.Tiny(t), seed)
		rng := rand.New(rand.NewPCG(seed, 2))
		p := publish.NewPublisher(w.pack, &w.facts, &w.store, &w.notes, []publish.Edition{{Pages: plain{}}}, 2)
		if err := complete(t.Context(), p, w.now); err != nil {
			t.Fatal(err)
		}
		type mark struct {
			leaf aid.Leaf
			id   aid.RecipientID
		}
		var marks []mark
		for range 40 {
			leaf, id := w.facts.change(w.rng, w.now, w.pack.Catalogue())
			marks = append(marks, mark{leaf, id})
			w.now = w.now.Add(20 * time.Minute)
			// Some are published at once, some with others, some twice.
			for rng.IntN(3) == 0 {
				m := marks[rng.IntN(len(marks))]
				if _, err := p.Publish(t.Context(), publish.Marks{m.leaf: publish.Only(map[aid.RecipientID]bool{m.id: true})}, w.now); err != nil {
					t.Fatal(err)
				}
			}
		}
		rng.Shuffle(len(marks), func(i, j int) { marks[i], marks[j] = marks[j], marks[i] })
		for len(marks) > 0 {
			batch, ids := publish.Marks{}, map[aid.RecipientID]bool{}
			n := 1 + rng.IntN(len(marks))
			for _, m := range marks[:n] {
				ids[m.id] = true
				batch[m.leaf] = publish.Only(ids)
			}
			marks = marks[n:]
			if _, err := p.Publish(t.Context(), batch, w.now); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.compare(t.Context()); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// A recipient's history is read when it moved, and not when its neighbour did.
func TestOnlyHistoriesThatMovedAreRead(t *testing.T) {
	t.Parallel()
	w := lived(t, 3, 60)
	m := &metered{facts: &w.facts}
	p := publish.NewPublisher(w.pack, m, &w.store, &w.notes, []publish.Edition{{Pages: plain{}}}, 2)
	leaf, place := w.someLeaf()
	if _, err := p.Publish(t.Context(), mark(leaf, place), w.now); err != nil {
		t.Fatal(err)
	}
	if m.leaves != 1 || m.histories != 1 {
		t.Errorf("one mark: %d leaves, %d histories; want 1 and 1", m.leaves, m.histories)
	}
	for i := range w.facts.leaves[leaf] {
		w.facts.leaves[leaf][i].Activity.Rev++
	}
	m.leaves, m.histories = 0, 0
	if _, err := p.Publish(t.Context(), mark(leaf, place), w.now); err != nil {
		t.Fatal(err)
	}
	if want := len(w.facts.leaves[leaf]); m.histories != want || want < 2 {
		t.Errorf("%d histories after all %d moved", m.histories, want)
	}
}

// Everything private that was lost or spoiled is made again by one sweep.
func TestASweepMakesLostAndSpoiledWorkingsAgain(t *testing.T) {
	t.Parallel()
	w := lived(t, 5, 60)
	p := publish.NewPublisher(w.pack, &w.facts, &w.store, &w.notes, []publish.Edition{{Pages: plain{}}}, 2)
	want := w.notes.Objects()
	for path, o := range want {
		for what, harm := range map[string]func(){
			"lost": func() { w.notes.Lose(path) },
			"spoiled": func() {
				f := publish.File{Path: path, Body: bytes.Replace(o.Body, []byte("1"), []byte("2"), 1)}
				if err := w.notes.Put(t.Context(), f, publish.Unchanged(o)); err != nil {
					t.Fatal(err)
				}
			},
		} {
			harm()
			if _, err := p.Sweep(t.Context(), publish.Rotating(w.now), w.now); err != nil {
				t.Fatalf("%s %s: %v", what, path, err)
			}
			if got := w.notes.Objects()[path]; !bytes.Equal(got.Body, o.Body) {
				t.Errorf("%s %s is %q after the sweep", what, path, got.Body)
			}
		}
	}
	if err := w.compare(t.Context()); err != nil {
		t.Error(err)
	}
}

// Sums that are wrong from the start, whole in themselves, last a day: by then
// the sweeps have folded every history anew.
func TestADayOfSweepsFoldsEveryHistoryAnew(t *testing.T) {
	t.Parallel()
	w := lived(t, 5, 60)
	// The ledger is another than was published, and nothing says that it moved.
	for id, all := range w.facts.commitments {
		all = slices.Clone(all)
		for i := range all {
			all[i].Class = aid.Community
		}
		w.facts.commitments[id] = all
	}
	p := publish.NewPublisher(w.pack, &w.facts, &w.store, &w.notes, []publish.Edition{{Pages: plain{}}}, 2)
	for i := range 96 {
		if _, err := p.Sweep(t.Context(), publish.Rotating(w.now.AddDate(0, 0, 2).Add(time.Duration(i)*15*time.Minute)), w.now); err != nil {
			t.Fatal(err)
		}
	}
	_, said := statistics(t, &w.store)
	if c := said.Statistics.Classes; len(c) != 1 || c[0].Key != string(aid.Community) {
		t.Errorf("classes are %+v", c)
	}
	if err := w.compare(t.Context()); err != nil {
		t.Error(err)
	}
}

// No public file holds what links gifts to one collaborator, and no private one
// the collaborator.
func TestFingerprintsOfCollaboratorsStayPrivate(t *testing.T) {
	t.Parallel()
	w := lived(t, 4, 60)
	givers := regexp.MustCompile(`"givers":"[A-Za-z0-9+/=]+"`)
	seen := 0
	for path, o := range w.notes.Objects() {
		seen += len(givers.FindAll(o.Body, -1))
		if bytes.Contains(o.Body, []byte("secret-")) {
			t.Errorf("%s names a collaborator", path)
		}
	}
	if seen == 0 {
		t.Error("no private file counts collaborators")
	}
	for path, o := range w.store.Objects() {
		if bytes.Contains(o.Body, []byte(`"givers"`)) || bytes.Contains(o.Body, []byte(`"byClass"`)) {
			t.Errorf("%s holds fingerprints", path)
		}
	}
}

// Anyone who changes a published figure and all sums above it is found out, as
// every figure follows from others.
func TestCheckFindsEveryFigureThatSomeoneChanged(t *testing.T) {
	t.Parallel()
	w := lived(t, 7, 60)
	root, _ := statistics(t, &w.store)
	path := root.Statistics.Path
	honest, err := w.store.Get(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	// What can be changed by one and still be true of the rest: how the units of a
	// package stand, as totals may have counted something meanwhile, and how many
	// of the collaborators gave in one part.
	free := regexp.MustCompile(`^statistics\.(packages\[\d+\]\.units\.|.*\.collaborators\.)`)
	tried := 0
	for _, change := range changes(t, honest.Body) {
		if free.MatchString(change.what) {
			continue
		}
		tried++
		var forged blobtest.Memory
		for path, o := range w.store.Objects() {
			if err := forged.Put(t.Context(), publish.File{Path: path, Body: o.Body}, publish.Absent); err != nil {
				t.Fatal(err)
			}
		}
		replaceAll(t, &forged, root.Statistics, change.body, manifest(t, &w.store))
		if err := publish.Check(t.Context(), &forged); err == nil {
			t.Errorf("Check did not find that somebody changed %s", change.what)
		} else if strings.Contains(err.Error(), "hash is") {
			t.Fatalf("%s: the forgery is a bad one: %v", change.what, err)
		}
	}
	if tried < 200 {
		t.Errorf("%d figures changed", tried)
	}
}

type forgery struct {
	what string
	body []byte
}

// changes returns the file once for each number in it, with that one raised by
// one.
func changes(t *testing.T, body []byte) (all []forgery) {
	t.Helper()
	var doc any
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Fatal(err)
	}
	var walk func(at string, v any, set func(any))
	walk = func(at string, v any, set func(any)) {
		switch v := v.(type) {
		case map[string]any:
			for k, each := range v {
				walk(strings.TrimPrefix(at+"."+k, "."), each, func(n any) { v[k] = n })
			}
		case []any:
			for i, each := range v {
				walk(fmt.Sprintf("%s[%d]", at, i), each, func(n any) { v[i] = n })
			}
		case float64:
			set(v + 1)
			b, err := json.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, forgery{at, b})
			set(v)
		}
	}
	walk("", doc, nil)
	return all
}

// replaceAll puts a forged file of statistics into a tree, with the sums above
// it.
func replaceAll(t *testing.T, store *blobtest.Memory, old publish.FileRef, body []byte, m publish.Manifest) {
	t.Helper()
	name := func(path string, body []byte) (string, string) {
		sum := sha256.Sum256(body)
		stem := strings.Split(path, ".")
		return stem[0] + "." + hex.EncodeToString(sum[:12]) + ".json", "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
	}
	put := func(path string, body []byte) {
		c := publish.Absent
		if o, err := store.Get(t.Context(), path); err == nil {
			c = publish.Unchanged(o)
		}
		if err := store.Put(t.Context(), publish.File{Path: path, Body: body}, c); err != nil {
			t.Fatal(err)
		}
	}
	path, hash := name(old.Path, body)
	put(path, body)
	o, err := store.Get(t.Context(), m.Root)
	if err != nil {
		t.Fatal(err)
	}
	root := strings.NewReplacer(old.Path, path, old.Hash, hash).Replace(string(o.Body))
	m.Root, m.RootHash = name(m.Root, []byte(root))
	put(m.Root, []byte(root))
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	put(publish.ManifestPath, b)
}

// What the tree names is written anew within a day of sweeps, so that whatever
// is older may expire; what it does not name any more is left alone.
func TestADayOfSweepsRenewsWhatIsNamedAndNothingElse(t *testing.T) {
	t.Parallel()
	w := lived(t, 5, 60)
	leaf, place := w.someLeaf()
	before := w.notes.Objects()
	if !w.facts.book(place, append(slices.Clone(w.facts.commitments[place.Recipient.ID]), w.facts.pledge(leaf, *place, w.now, w.pack.Catalogue()))) {
		t.Fatal("no more is needed there")
	}
	place.Activity.Rev++
	renewed := &writes{Memory: &w.notes, paths: map[string]int{}}
	shown := &writes{Memory: &w.store, paths: map[string]int{}}
	p := publish.NewPublisher(w.pack, &w.facts, shown, renewed, []publish.Edition{{Pages: plain{}}}, 2)
	if _, err := p.Publish(t.Context(), mark(leaf, place), w.now); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Sweep(t.Context(), publish.Rotating(w.now), w.now); err != nil {
		t.Fatal(err)
	}
	clear(renewed.paths)
	clear(shown.paths)
	var public strings.Builder
	for path, o := range w.store.Objects() {
		if strings.HasPrefix(path, "data/v1/areas/") && strings.Contains(root(t, w), path) {
			public.Write(o.Body)
		}
	}
	for i := range 96 {
		if _, err := p.Sweep(t.Context(), publish.Rotating(w.now), w.now.Add(time.Duration(i)*15*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	for folder, store := range map[string]*writes{"": renewed, "data/v1/commitments/": shown} {
		named, all := 0, 0
		for path := range store.Objects() {
			if !strings.HasPrefix(path, folder) {
				continue
			}
			want := 0
			if all++; strings.Contains(public.String(), path) {
				named, want = named+1, 1
			}
			if got := store.paths[path]; got != want {
				t.Errorf("%s was written %d times in a day; want %d", path, got, want)
			}
		}
		if named == 0 || named >= all || len(before) == 0 {
			t.Errorf("%d of %d files that may expire are named", named, all)
		}
	}
}

// writes counts the writes to a store.
type writes struct {
	*blobtest.Memory
	paths map[string]int
}

func (s *writes) Put(ctx context.Context, f publish.File, c publish.Condition) error {
	s.paths[f.Path]++
	return s.Memory.Put(ctx, f, c)
}

// root returns the paths of all area files that the manifest leads to.
func root(t *testing.T, w *world) string {
	t.Helper()
	var paths []string
	var walk func(path string)
	walk = func(path string) {
		o, err := w.store.Get(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		var a publish.AreaFile
		if err := json.Unmarshal(o.Body, &a); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
		for _, c := range a.Children {
			if c.Path != "" {
				walk(c.Path)
			}
		}
	}
	walk(manifest(t, &w.store).Root)
	return strings.Join(paths, "\n")
}
