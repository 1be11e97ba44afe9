package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
	"ksbb/shared/tally"
)

// Facts is the part of the ledger that is published. Reads are strongly
// consistent: what was acknowledged before the read began is in it.
type Facts interface {
	Leaf(ctx context.Context, leaf aid.Leaf) ([]aid.Place, error)
	// History returns every commitment to a recipient and what is known of their
	// evidence, read at once.
	History(ctx context.Context, recipient aid.RecipientID) ([]aid.Commitment, []aid.Evidence, error)
	// Correction returns the latest correction recorded for a leaf, if any.
	Correction(ctx context.Context, leaf aid.Leaf) (aid.Correction, bool, error)
}

// Pages renders what people read. The same arguments give the same bytes.
type Pages interface {
	Home(root tally.Area, areas map[area.Code]tally.Area) ([]byte, error)
	Area(a tally.Area, children map[area.Code]tally.Area) ([]byte, error)
	// Kelurahan renders one group of recipients; a holds the totals it says.
	Kelurahan(a tally.Area, group aid.GroupID, places []aid.Place) ([]byte, error)
	// Place renders one recipient with all that was ever promised to it.
	Place(p aid.Place, commitments []aid.Commitment, evidence []aid.Evidence, near []aid.Place) ([]byte, error)
	Form(p aid.Place, near []aid.Place) ([]byte, error)
	Fixed() (map[string][]byte, error)
}

// Marks says which leaves are dirty and, of each, whose own files and pages are
// to be written. A nil Pick writes the leaf's data and nothing else.
type Marks map[aid.Leaf]Pick

// Pick chooses recipients of a leaf.
type Pick func(aid.Place) bool

// Everyone picks every recipient.
func Everyone(aid.Place) bool { return true }

// Only picks the recipients of a set.
func Only(ids map[aid.RecipientID]bool) Pick {
	return func(p aid.Place) bool { return ids[p.Recipient.ID] }
}

// Report says what one publication did.
type Report struct {
	Generation int64 // of the manifest that now stands
	Attempts   int
	Written    int             // files written, counting those of attempts that lost
	Refused    []*RefusedError // areas whose old figures stand; each is an alarm
}

// Publisher writes the public tree of one region. It is safe for concurrent
// use, and several may work on one tree.
type Publisher struct {
	region  *region.Pack
	facts   Facts
	store   Store
	pages   Pages
	workers int

	mu    sync.Mutex
	known map[string]AreaFile // immutable area files by path
}

// attempts is how often a publication starts again after another one won. Each
// start does real work, so losing ten times in a row means a storm.
const attempts = 10

// remembered bounds the area files kept between publications; a province has a
// few hundred.
const remembered = 2_000

// NewPublisher returns a publisher that has up to workers reads or writes under
// way at once.
func NewPublisher(pack *region.Pack, facts Facts, store Store, pages Pages, workers int) *Publisher {
	return &Publisher{region: pack, facts: facts, store: store, pages: pages, workers: workers, known: map[string]AreaFile{}}
}

// Publish brings the files of the marked leaves, of everything above them and
// of the picked recipients up to the facts. It may be repeated, interrupted and
// run beside others; the tree ends the same. It returns aid.ErrBusy when others
// kept winning.
func (p *Publisher) Publish(ctx context.Context, marks Marks, now time.Time) (Report, error) {
	return p.publish(ctx, marks, now, pageSet{above: true})
}

func (p *Publisher) publish(ctx context.Context, marks Marks, now time.Time, which pageSet) (Report, error) {
	written, whole := 0, false
	for n := range attempts {
		r, err := p.try(ctx, marks, now, which, whole)
		written += r.Written
		r.Attempts, r.Written = n+1, written
		switch {
		case errors.Is(err, errBroken):
			whole = true
		case !errors.Is(err, aid.ErrStale):
			return r, err
		}
	}
	return Report{Attempts: attempts, Written: written}, fmt.Errorf("publish after %d attempts: %w", attempts, aid.ErrBusy)
}

// errBroken: a file that the published tree points at is not there.
var errBroken = errors.New("published tree is broken")

// try makes one attempt. whole makes every area anew from the facts, as if
// there were no tree.
func (p *Publisher) try(ctx context.Context, marks Marks, now time.Time, which pageSet, whole bool) (Report, error) {
	w := &writer{store: p.store}
	// The manifest is read before any fact: whoever replaces it next has read
	// facts at least as new as those it stands for.
	t, err := p.read(ctx)
	if err != nil {
		return Report{}, err
	}
	if whole || t.manifest.Root == "" {
		clear(t.paths)
		marks = p.everyLeaf(marks)
	}
	leaves, err := p.leaves(ctx, w, marks)
	if err != nil {
		return w.report(t), err
	}
	if err := p.climb(ctx, w, t, leaves, now); err != nil {
		return w.report(t), err
	}
	if err := p.replaceManifest(ctx, w, t, now); err != nil {
		return w.report(t), err
	}
	err = p.writePages(ctx, w, t, leaves, which)
	return w.report(t), err
}

// everyLeaf adds every leaf of the region to marks: a tree that does not exist
// yet must not be born with zeros.
func (p *Publisher) everyLeaf(marks Marks) Marks {
	all := maps.Clone(marks)
	if all == nil {
		all = Marks{}
	}
	for _, leaf := range p.region.Leaves() {
		if _, marked := all[leaf]; !marked {
			all[leaf] = nil
		}
	}
	return all
}

// tree is the published tree as one publication read it and means to leave it.
type tree struct {
	manifest Manifest
	object   Object                 // the manifest as it was read; empty when there is none
	areas    map[area.Code]AreaFile // files as they are to be; read on demand
	paths    map[area.Code]string   // where each area's file is
	hashes   map[area.Code]string
	changed  map[area.Code]bool
	refused  map[area.Code]*RefusedError
}

// stands tells whether the new figures of an area, and of all above it, were
// accepted.
func (t *tree) stands(code area.Code) bool {
	for ; code != ""; code = code.Parent() {
		if t.refused[code] != nil {
			return false
		}
	}
	return true
}

func (p *Publisher) read(ctx context.Context) (*tree, error) {
	t := &tree{
		areas: map[area.Code]AreaFile{}, paths: map[area.Code]string{},
		hashes: map[area.Code]string{}, changed: map[area.Code]bool{}, refused: map[area.Code]*RefusedError{},
	}
	object, err := p.store.Get(ctx, ManifestPath)
	if errors.Is(err, aid.ErrNotFound) {
		// Before the first publication there is nothing. If the manifest was lost,
		// the first page still says how far the generations had come: they must go
		// on from there, or every page would look newer than what follows.
		home, err := p.store.Get(ctx, homePath)
		if err != nil && !errors.Is(err, aid.ErrNotFound) {
			return nil, fmt.Errorf("read %s: %w", homePath, err)
		}
		t.manifest.Generation = home.Generation
		return t, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", ManifestPath, err)
	}
	if err := json.Unmarshal(object.Body, &t.manifest); err != nil {
		return nil, fmt.Errorf("read %s: %w", ManifestPath, err)
	}
	t.object = object
	t.paths[p.region.Root] = t.manifest.Root
	t.hashes[p.region.Root] = t.manifest.RootHash
	return t, nil
}

// area returns the area's file as it stands in t, and an empty one when it was
// never written.
func (p *Publisher) area(ctx context.Context, t *tree, code area.Code) (AreaFile, error) {
	if a, ok := t.areas[code]; ok {
		return a, nil
	}
	if code != p.region.Root {
		// The parent knows where its children are.
		if _, err := p.area(ctx, t, code.Parent()); err != nil {
			return AreaFile{}, err
		}
	}
	path, ok := t.paths[code]
	if !ok || path == "" {
		return AreaFile{}, nil
	}
	a, err := p.areaFile(ctx, path)
	if err != nil {
		return AreaFile{}, err
	}
	t.put(a)
	return a, nil
}

func (t *tree) put(a AreaFile) {
	t.areas[a.Area] = a
	for _, c := range a.Children {
		if _, known := t.paths[c.Area]; !known {
			t.paths[c.Area], t.hashes[c.Area] = c.Path, c.Hash
		}
	}
}

func (p *Publisher) areaFile(ctx context.Context, path string) (AreaFile, error) {
	p.mu.Lock()
	a, ok := p.known[path]
	p.mu.Unlock()
	if ok {
		return a, nil
	}
	object, err := p.store.Get(ctx, path)
	if errors.Is(err, aid.ErrNotFound) {
		return AreaFile{}, fmt.Errorf("read %s: %w", path, errBroken)
	}
	if err != nil {
		return AreaFile{}, fmt.Errorf("read %s: %w", path, err)
	}
	if err := json.Unmarshal(object.Body, &a); err != nil {
		return AreaFile{}, fmt.Errorf("read %s: %w", path, err)
	}
	p.remember(path, a)
	return a, nil
}

func (p *Publisher) remember(path string, a AreaFile) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known) >= remembered {
		clear(p.known)
	}
	p.known[path] = a
}

// read leaf: what is known of one dirty leaf after its facts were read.
type freshLeaf struct {
	leaf   aid.Leaf
	ref    LeafRef
	places []aid.Place // kept only where pages will be written
	pick   Pick
}

// leaves reads every dirty leaf and writes its file.
func (p *Publisher) leaves(ctx context.Context, w *writer, marks Marks) ([]freshLeaf, error) {
	order := slices.SortedFunc(maps.Keys(marks), func(a, b aid.Leaf) int {
		return strings.Compare(a.String(), b.String())
	})
	fresh := make([]freshLeaf, len(order))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(p.workers)
	for i, leaf := range order {
		g.Go(func() error {
			var err error
			fresh[i], err = p.leaf(ctx, w, leaf, marks[leaf])
			return err
		})
	}
	return fresh, g.Wait()
}

func (p *Publisher) leaf(ctx context.Context, w *writer, leaf aid.Leaf, pick Pick) (freshLeaf, error) {
	places, err := p.places(ctx, leaf)
	if err != nil {
		return freshLeaf{}, err
	}
	catalogue := p.region.Catalogue()
	f := hashed("data/v1/recipients/"+leaf.String(), ".geojson", "application/geo+json", appendLeaf(nil, leaf, places, catalogue))
	ref := LeafRef{Path: f.Path, Hash: hashOf(f.Body), Kelurahan: map[area.Code]LeafPart{}}
	for _, place := range places {
		code := place.Recipient.Area.At(area.Kelurahan)
		part := ref.Kelurahan[code]
		part.Totals = part.Totals.Plus(tally.Of(place, catalogue))
		part.AsOf = max(part.AsOf, instant(place.Activity.UpdatedAt))
		ref.AsOf = max(ref.AsOf, part.AsOf)
		ref.Kelurahan[code] = part
	}
	if len(places) > 0 {
		if err := w.immutable(ctx, f); err != nil {
			return freshLeaf{}, err
		}
	}
	fresh := freshLeaf{leaf: leaf, ref: ref, pick: pick}
	if pick != nil {
		fresh.places = places
	}
	return fresh, nil
}

// places reads a leaf as it may be shown.
func (p *Publisher) places(ctx context.Context, leaf aid.Leaf) ([]aid.Place, error) {
	places, err := p.facts.Leaf(ctx, leaf)
	if err != nil {
		return nil, fmt.Errorf("read leaf %s: %w", leaf, err)
	}
	for i := range places {
		places[i] = p.public(places[i])
	}
	return places, nil
}

// public returns the place as it may be shown: where a region decided to
// coarsen a kind of institution, its point becomes the kelurahan's and its
// address is left out.
func (p *Publisher) public(place aid.Place) aid.Place {
	if p.region.Catalogue().Kinds[place.Recipient.Kind].Coarse {
		kelurahan, _ := p.region.Area(place.Recipient.Area.At(area.Kelurahan))
		place.Recipient.Point, place.Recipient.Address = kelurahan.Point, ""
	}
	return place
}

// climb rewrites the areas above the fresh leaves, level by level, each from its
// children. An area that the guard refuses keeps its old file.
func (p *Publisher) climb(ctx context.Context, w *writer, t *tree, leaves []freshLeaf, now time.Time) error {
	byKecamatan := map[area.Code][]freshLeaf{}
	for _, l := range leaves {
		code := l.leaf.Area.At(area.Kecamatan)
		byKecamatan[code] = append(byKecamatan[code], l)
	}
	corrected := map[area.Code]bool{}
	dirty := map[area.Code]bool{}
	for _, code := range slices.Sorted(maps.Keys(byKecamatan)) {
		old, err := p.area(ctx, t, code)
		if err != nil {
			return err
		}
		fresh := p.kecamatan(code, old, byKecamatan[code])
		refusal := guard(old, fresh, false)
		if refusal != nil {
			if corrected[code], err = p.corrected(ctx, byKecamatan[code], now); err != nil {
				return err
			}
			refusal = guard(old, fresh, corrected[code])
		}
		if err := p.replace(ctx, w, t, fresh, refusal, dirty); err != nil {
			return err
		}
	}
	for len(dirty) > 0 {
		level := dirty
		dirty = map[area.Code]bool{}
		for _, code := range slices.Sorted(maps.Keys(level)) {
			old, err := p.area(ctx, t, code)
			if err != nil {
				return err
			}
			for _, child := range p.region.Children(code) {
				corrected[code] = corrected[code] || corrected[child.Code]
			}
			fresh := p.parent(code, old, t)
			if err := p.replace(ctx, w, t, fresh, guard(old, fresh, corrected[code]), dirty); err != nil {
				return err
			}
		}
	}
	return nil
}

// correctionDays is how long a recorded correction lets published totals fall:
// the sweeps of a day must all accept it.
const correctionDays = 1

func (p *Publisher) corrected(ctx context.Context, leaves []freshLeaf, now time.Time) (bool, error) {
	for _, l := range leaves {
		c, ok, err := p.facts.Correction(ctx, l.leaf)
		if err != nil {
			return false, fmt.Errorf("read corrections of %s: %w", l.leaf, err)
		}
		if ok && now.Before(c.On.AddDate(0, 0, correctionDays)) {
			return true, nil
		}
	}
	return false, nil
}

// replace puts a fresh area into the tree, unless the guard refused it, and if
// its bytes are new writes its file and marks its parent dirty.
func (p *Publisher) replace(ctx context.Context, w *writer, t *tree, fresh AreaFile, refusal *RefusedError, dirty map[area.Code]bool) error {
	if refusal != nil {
		t.refused[fresh.Area] = refusal
		return nil
	}
	f, err := fresh.file()
	if err != nil {
		return err
	}
	t.put(fresh)
	if t.paths[fresh.Area] == f.Path {
		return nil
	}
	if err := w.immutable(ctx, f); err != nil {
		return err
	}
	p.remember(f.Path, fresh)
	t.paths[fresh.Area], t.hashes[fresh.Area] = f.Path, hashOf(f.Body)
	t.changed[fresh.Area] = true
	if fresh.Area != p.region.Root {
		dirty[fresh.Area.Parent()] = true
	}
	return nil
}

func (p *Publisher) blank(code area.Code) AreaFile {
	a, _ := p.region.Area(code)
	return AreaFile{
		Schema: "/data/schemas/area.json", Area: code, Name: a.Name, Level: code.Level().String(),
		Point: position(a.Point), Children: []ChildRef{}, Totals: tally.Fold(nil, nil),
	}
}

// kecamatan returns the kecamatan's file after the fresh leaves: its kelurahan
// are summed over all its leaves, old and fresh.
func (p *Publisher) kecamatan(code area.Code, old AreaFile, fresh []freshLeaf) AreaFile {
	a := p.blank(code)
	a.Leaves = maps.Clone(old.Leaves)
	if a.Leaves == nil {
		a.Leaves = map[string]LeafRef{}
	}
	for _, l := range fresh {
		if len(l.ref.Kelurahan) == 0 {
			delete(a.Leaves, l.leaf.String())
			continue
		}
		a.Leaves[l.leaf.String()] = l.ref
	}
	a.Recipients = make(map[string]string, len(a.Leaves))
	parts := map[area.Code]LeafPart{}
	for _, name := range slices.Sorted(maps.Keys(a.Leaves)) {
		ref := a.Leaves[name]
		a.Recipients[name] = ref.Path
		a.AsOf = max(a.AsOf, ref.AsOf)
		for kelurahan, add := range ref.Kelurahan {
			part := parts[kelurahan]
			parts[kelurahan] = LeafPart{AsOf: max(part.AsOf, add.AsOf), Totals: part.Totals.Plus(add.Totals)}
		}
	}
	for _, child := range p.region.Children(code) {
		part := parts[child.Code]
		a.Children = append(a.Children, ChildRef{
			Area: child.Code, Name: child.Name, Point: position(child.Point),
			Totals: tally.Fold(nil, nil).Plus(part.Totals), AsOf: part.AsOf,
		})
		a.Totals = a.Totals.Plus(part.Totals)
	}
	return a
}

// parent returns an area's file computed from its children's totals: from the
// fresh ones of t where they changed, else as the old file has them.
func (p *Publisher) parent(code area.Code, old AreaFile, t *tree) AreaFile {
	a := p.blank(code)
	before := make(map[area.Code]ChildRef, len(old.Children))
	for _, c := range old.Children {
		before[c.Area] = c
	}
	for _, child := range p.region.Children(code) {
		ref, known := before[child.Code]
		if !known {
			ref = ChildRef{Totals: tally.Fold(nil, nil)}
		}
		ref.Area, ref.Name, ref.Point = child.Code, child.Name, position(child.Point)
		if t.changed[child.Code] {
			fresh := t.areas[child.Code]
			ref.Totals, ref.AsOf = fresh.Totals, fresh.AsOf
			ref.Path, ref.Hash = t.paths[child.Code], t.hashes[child.Code]
		}
		a.AsOf = max(a.AsOf, ref.AsOf)
		a.Totals = a.Totals.Plus(ref.Totals)
		a.Children = append(a.Children, ref)
	}
	return a
}

// replaceManifest makes the new tree the published one, unless it is the old
// one. aid.ErrStale means that another publisher was first.
func (p *Publisher) replaceManifest(ctx context.Context, w *writer, t *tree, now time.Time) error {
	if !t.changed[p.region.Root] {
		return nil
	}
	m := Manifest{
		Generation: t.manifest.Generation + 1,
		AsOf:       max(instant(now), t.manifest.AsOf), // a slow clock must not turn time back
		Region:     p.region.Root,
		Root:       t.paths[p.region.Root],
		RootHash:   t.hashes[p.region.Root],
		Schema:     "/data/schemas/manifest.json",
	}
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode %s: %w", ManifestPath, err)
	}
	f := File{Path: ManifestPath, ContentType: jsonType, CacheControl: inPlace, Body: append(body, '\n')}
	if err := w.put(ctx, f, Unchanged(t.object)); err != nil {
		return err
	}
	t.manifest = m
	return nil
}
