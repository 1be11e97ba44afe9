package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
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
	// Statistics renders what a file of statistics says, which is at path and has
	// that hash.
	Statistics(code area.Code, asOf time.Time, s tally.Statistics, path, hash string) ([]byte, error)
	// Fixed renders what does not change with the facts, pages and other files.
	Fixed() (map[string][]byte, error)

	// BAST renders one delivery of a commitment, by the number of its record.
	BAST(p aid.Place, c aid.Commitment, d aid.Delivery, evidence []aid.Evidence) ([]byte, error)
	Program(id aid.ProgramID, asOf time.Time, s tally.Statistics, path, hash string) ([]byte, error)
	// Status says how the site is doing: log is the newest day of the public log.
	Status(root tally.Area, generation int64, log string) ([]byte, error)
	// Embed renders what other sites show of an area.
	Embed(a tally.Area) ([]byte, error)
	Feed(a tally.Area) (atom, json []byte, err error)
	// PlacePicture and AreaPicture say where a picture is and how it is drawn. The
	// path changes with what it shows.
	PlacePicture(p aid.Place) (path string, draw func() ([]byte, error))
	AreaPicture(a tally.Area) (path string, draw func() ([]byte, error))
	// Sitemap lists pages, and SitemapIndex such lists, for search engines. They
	// are asked of the first edition only, and say where the others are.
	Sitemap(paths []string) ([]byte, error)
	SitemapIndex(paths []string) ([]byte, error)
}

// Edition is every page in one language.
type Edition struct {
	Prefix string // of every path: "", or "en/"
	Pages  Pages
}

// Editions returns an edition in each language of the site.
func Editions[P Pages](in func(bahasa.Language) P) []Edition {
	var all []Edition
	for _, l := range bahasa.Languages {
		all = append(all, Edition{Prefix: l.Folder(), Pages: in(l)})
	}
	return all
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

// Mark says that something changed of a leaf, or of one recipient in it.
type Mark struct {
	Leaf      aid.Leaf
	Recipient aid.RecipientID // empty: nobody's own files
}

// Report says what one publication did.
type Report struct {
	Generation int64 // of the manifest that now stands
	Done       int   // marks, from the first on, of which everything is published; PublishInTurn only
	Attempts   int
	Written    int             // files written, counting those of attempts that lost
	Refused    []*RefusedError // areas whose old figures stand; each is an alarm
}

// Publisher writes the public tree of one region. It is safe for concurrent
// use, and several may work on one tree.
type Publisher struct {
	region   *region.Pack
	facts    Facts
	store    Store
	editions []Edition
	workers  int

	tree  *shelf // what was read of the public tree
	notes *shelf // what was read of the private files
}

// attempts is how often a publication starts again after another one won. Each
// start does real work, so losing ten times in a row means a storm.
const attempts = 10

// NewPublisher returns a publisher that has up to workers reads or writes under
// way at once. The public tree goes into store; notes keeps, for no one else to
// read, what its statistics are folded from. Every page is written in each edition.
func NewPublisher(pack *region.Pack, facts Facts, store, notes Store, editions []Edition, workers int) *Publisher {
	return &Publisher{
		region: pack, facts: facts, store: store, editions: editions, workers: workers, tree: newShelf(store), notes: newShelf(notes),
	}
}

// Publish brings the files of the marked leaves, of everything above them and
// of the picked recipients up to the facts. It may be repeated, interrupted and
// run beside others; the tree ends the same. It returns aid.ErrBusy when others
// kept winning.
func (p *Publisher) Publish(ctx context.Context, marks Marks, now time.Time) (Report, error) {
	return p.publish(ctx, marks, now, pageSet{above: true, pictures: picturesLeft(mostDrawnAtOnce)})
}

// PublishInTurn publishes marks of any number in pieces that each take a bounded
// time. The data of all marked leaves are published, and then the recipients' own
// files in the order of the marks, while more says that there is time; those of
// the first are written without asking. Report.Done says how far it came: the marks
// from there on are to be published again.
func (p *Publisher) PublishInTurn(ctx context.Context, marks []Mark, now time.Time, more func() bool) (Report, error) {
	turn := map[aid.RecipientID]int{}
	dirty := map[aid.Leaf]map[aid.RecipientID]bool{}
	for i, m := range marks {
		if dirty[m.Leaf] == nil {
			dirty[m.Leaf] = map[aid.RecipientID]bool{}
		}
		if m.Recipient == "" {
			continue
		}
		dirty[m.Leaf][m.Recipient] = true
		if _, known := turn[m.Recipient]; !known {
			turn[m.Recipient] = i
		}
	}
	all := Marks{}
	for leaf, recipients := range dirty {
		all[leaf] = Only(recipients)
	}
	queue := &queue{turn: turn, all: len(marks), more: more}
	r, err := p.publish(ctx, all, now, pageSet{above: true, pictures: picturesLeft(mostDrawnAtOnce), queue: queue})
	if err == nil {
		r.Done = queue.done
	}
	return r, err
}

// mostDrawnAtOnce is how many pictures one publication draws. A commitment
// changes two at most; where thousands of places are new the sweeps draw the rest.
const mostDrawnAtOnce = 32

func picturesLeft(n int64) *atomic.Int64 {
	left := new(atomic.Int64)
	left.Store(n)
	return left
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

// errBroken: a file that the published tree points at is not there, or not what
// it was.
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
	leaves, err := p.leaves(ctx, w, t, marks)
	if err != nil {
		return w.report(t), err
	}
	if err := p.climb(ctx, t, leaves, now); err != nil {
		return w.report(t), err
	}
	if which.keep && !whole {
		if err := p.verify(ctx, t, leaves, now); err != nil {
			return w.report(t), err
		}
	}
	if err := p.flush(ctx, w, t); err != nil {
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
	givings  map[string]tally.Giving // by path, of the changed areas
	names    map[string]*SearchFile  // by path, of those whose names changed
	pending  []pending               // what the changed areas are to be written as
}

// pending is an immutable file to be written before the manifest.
type pending struct {
	shelf *shelf // of the store that it goes into
	file  File
	value any
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
		givings: map[string]tally.Giving{}, names: map[string]*SearchFile{},
	}
	object, err := p.store.Get(ctx, ManifestPath)
	if errors.Is(err, aid.ErrNotFound) {
		// Before the first publication there is nothing. If the manifest was lost,
		// generations must go on from where they were, or every page would look newer
		// than what follows. Each publication writes the first page, and each sweep
		// that of the status; a sweep that was cut off before that had come one further
		// with each kecamatan that it mended.
		for _, path := range []string{homePath, statusPath} {
			page, err := p.store.Get(ctx, path)
			if err != nil && !errors.Is(err, aid.ErrNotFound) {
				return nil, fmt.Errorf("read %s: %w", path, err)
			}
			if err == nil {
				t.manifest.Generation = max(t.manifest.Generation, page.Generation+int64(len(p.region.At(area.Kecamatan))))
			}
		}
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
	a, err := recall[AreaFile](ctx, p.tree, path)
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

// climb rewrites the areas above the fresh leaves, level by level, each from its
// children. An area that the guard refuses keeps its old file.
func (p *Publisher) climb(ctx context.Context, t *tree, leaves []freshLeaf, now time.Time) error {
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
		fresh, err := p.kecamatan(ctx, code, old, byKecamatan[code])
		if err != nil {
			return err
		}
		refusal := guard(old, fresh.AreaFile, false)
		if refusal != nil {
			if corrected[code], err = p.corrected(ctx, byKecamatan[code], now); err != nil {
				return err
			}
			refusal = guard(old, fresh.AreaFile, corrected[code])
		}
		if err := p.replace(t, fresh, refusal, dirty); err != nil {
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
			fresh, err := p.parent(ctx, code, old, t)
			if err != nil {
				return err
			}
			if err := p.replace(t, fresh, guard(old, fresh.AreaFile, corrected[code]), dirty); err != nil {
				return err
			}
		}
	}
	return nil
}

// verify reads what the tree says of the areas of the leaves and of all above
// them, so that a sweep finds what was lost or spoiled, and keeps the private
// files whose turn it is from expiring.
func (p *Publisher) verify(ctx context.Context, t *tree, leaves []freshLeaf, now time.Time) error {
	codes := map[area.Code]bool{}
	for _, l := range leaves {
		for _, part := range l.ref.Kelurahan {
			if err := renew(ctx, p.notes.store, part.Workings, unserved, now); err != nil {
				return err
			}
			if part.Commitments != "" {
				if _, err := recall[CommitmentsFile](ctx, p.tree, part.Commitments); err != nil {
					return err
				}
				if err := renew(ctx, p.store, part.Commitments, forADay, now); err != nil {
					return err
				}
			}
		}
		for code := l.leaf.Area.At(area.Kecamatan); code != ""; code = code.Parent() {
			codes[code] = true
		}
	}
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		a, err := p.area(ctx, t, code)
		if err != nil {
			return err
		}
		if a.Search != nil && t.names[a.Search.Path] == nil {
			if _, err := recall[SearchFile](ctx, p.tree, a.Search.Path); err != nil {
				return err
			}
		}
		if t.changed[code] {
			continue // about to be written
		}
		if _, err := recall[StatisticsFile](ctx, p.tree, a.Statistics.Path); err != nil {
			return err
		}
		if code == p.region.Root {
			continue
		}
		if _, err := recall[tally.Giving](ctx, p.notes, a.Workings); err != nil {
			return err
		}
		if code.Level() != area.Kecamatan {
			continue // looked at from each of its kecamatan, and renewed once after all
		}
		if err := renew(ctx, p.notes.store, a.Workings, unserved, now); err != nil {
			return err
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
// its bytes are new has its files written and marks its parent dirty.
func (p *Publisher) replace(t *tree, fresh draft, refusal *RefusedError, dirty map[area.Code]bool) error {
	if refusal != nil {
		t.refused[fresh.Area] = refusal
		return nil
	}
	said, statistics, err := statisticsOf(fresh, p.region)
	if err != nil {
		return err
	}
	fresh.Statistics = FileRef{statistics.Path, hashOf(statistics.Body)}
	files := []pending{{p.tree, statistics, said}}
	if fresh.Area != p.region.Root {
		sums, err := note("givings/"+string(fresh.Area), fresh.giving)
		if err != nil {
			return err
		}
		fresh.Workings = sums.Path
		t.givings[sums.Path] = fresh.giving
		files = append(files, pending{p.notes, sums, fresh.giving})
	}
	if fresh.names != nil {
		t.names[fresh.Search.Path] = fresh.names
		files = append(files, pending{p.tree, fresh.namesFile, *fresh.names})
	}
	f, err := fresh.file()
	if err != nil {
		return err
	}
	t.put(fresh.AreaFile)
	if t.paths[fresh.Area] == f.Path {
		return nil
	}
	t.pending = append(append(t.pending, files...), pending{p.tree, f, fresh.AreaFile})
	t.paths[fresh.Area], t.hashes[fresh.Area] = f.Path, hashOf(f.Body)
	t.changed[fresh.Area] = true
	if fresh.Area != p.region.Root {
		dirty[fresh.Area.Parent()] = true
	}
	return nil
}

// flush writes the files of the changed areas. None of them is pointed at
// before the manifest is replaced, so their order does not matter.
func (p *Publisher) flush(ctx context.Context, w *writer, t *tree) error {
	return p.write(ctx, w, t.pending, p.workers)
}

// write writes immutable files, up to most at once, and remembers them.
func (p *Publisher) write(ctx context.Context, w *writer, files []pending, most int) error {
	return each(ctx, most, len(files), func(ctx context.Context, i int) error {
		f := files[i]
		written, err := settle(ctx, f.shelf.store, f.file)
		if err != nil {
			return err
		}
		if written && f.shelf == p.tree {
			w.written.Add(1)
		}
		if f.value != nil {
			f.shelf.keep(f.file.Path, f.value, len(f.file.Body))
		}
		return nil
	})
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
func (p *Publisher) kecamatan(ctx context.Context, code area.Code, old AreaFile, fresh []freshLeaf) (draft, error) {
	d := draft{AreaFile: p.blank(code)}
	d.Leaves = maps.Clone(old.Leaves)
	if d.Leaves == nil {
		d.Leaves = map[string]LeafRef{}
	}
	for _, l := range fresh {
		delete(d.Leaves, l.leaf.String())
	}
	givings, err := p.standing(ctx, d.Leaves)
	if err != nil {
		return d, err
	}
	for _, l := range fresh {
		if len(l.ref.Kelurahan) == 0 {
			continue
		}
		d.Leaves[l.leaf.String()] = l.ref
		for kelurahan, part := range l.parts {
			givings[kelurahan] = append(givings[kelurahan], part.Giving)
		}
	}
	d.Recipients = make(map[string]string, len(d.Leaves))
	parts := map[area.Code]LeafPart{}
	for _, name := range slices.Sorted(maps.Keys(d.Leaves)) {
		ref := d.Leaves[name]
		d.Recipients[name] = ref.Path
		d.AsOf = max(d.AsOf, ref.AsOf)
		for kelurahan, add := range ref.Kelurahan {
			part := parts[kelurahan]
			parts[kelurahan] = LeafPart{AsOf: max(part.AsOf, add.AsOf), Totals: part.Totals.Plus(add.Totals)}
		}
	}
	for _, child := range p.region.Children(code) {
		part := parts[child.Code]
		totals := tally.Fold(nil, nil).Plus(part.Totals)
		d.Children = append(d.Children, ChildRef{
			Area: child.Code, Name: child.Name, Point: position(child.Point), Totals: totals, AsOf: part.AsOf,
		})
		d.Totals = d.Totals.Plus(part.Totals)
		d.parts = append(d.parts, tally.Part{Key: string(child.Code), Totals: totals, Giving: tally.SumOf(givings[child.Code])})
	}
	d.giving = sumOf(d.parts)
	return d, p.listLeaves(ctx, &d, old, fresh)
}

// standing returns what leaves that did not change add to each kelurahan.
func (p *Publisher) standing(ctx context.Context, leaves map[string]LeafRef) (map[area.Code][]tally.Giving, error) {
	type part struct {
		kelurahan area.Code
		path      string
	}
	var parts []part
	for _, name := range slices.Sorted(maps.Keys(leaves)) {
		for _, kelurahan := range slices.Sorted(maps.Keys(leaves[name].Kelurahan)) {
			parts = append(parts, part{kelurahan, leaves[name].Kelurahan[kelurahan].Workings})
		}
	}
	read := make([]workings, len(parts))
	err := each(ctx, p.workers, len(parts), func(ctx context.Context, i int) (err error) {
		read[i], err = recall[workings](ctx, p.notes, parts[i].path)
		return err
	})
	givings := map[area.Code][]tally.Giving{}
	for i, part := range parts {
		if err == nil && read[i].Rules != rules {
			err = fmt.Errorf("read %s: %w", part.path, errBroken)
		}
		givings[part.kelurahan] = append(givings[part.kelurahan], read[i].Giving)
	}
	return givings, err
}

// each does n things, up to most of them at once.
func each(ctx context.Context, most, n int, do func(ctx context.Context, i int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(most)
	for i := range n {
		g.Go(func() error { return do(ctx, i) })
	}
	return g.Wait()
}

// parent returns an area's file computed from its children's: from the fresh
// ones of t where they changed, else as the old file has them.
func (p *Publisher) parent(ctx context.Context, code area.Code, old AreaFile, t *tree) (draft, error) {
	d := draft{AreaFile: p.blank(code)}
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
			ref.Totals, ref.AsOf, ref.Workings, ref.Search = fresh.Totals, fresh.AsOf, fresh.Workings, fresh.Search
			ref.Path, ref.Hash = t.paths[child.Code], t.hashes[child.Code]
		}
		d.AsOf = max(d.AsOf, ref.AsOf)
		d.Totals = d.Totals.Plus(ref.Totals)
		d.Children = append(d.Children, ref)
	}
	givings := make([]tally.Giving, len(d.Children))
	err := each(ctx, p.workers, len(d.Children), func(ctx context.Context, i int) (err error) {
		givings[i], err = p.giving(ctx, t, d.Children[i])
		return err
	})
	if err != nil {
		return d, err
	}
	for i, c := range d.Children {
		d.parts = append(d.parts, tally.Part{Key: string(c.Area), Totals: c.Totals, Giving: givings[i]})
	}
	d.giving = sumOf(d.parts)
	return d, p.listChildren(ctx, &d, old, t)
}

func sumOf(parts []tally.Part) tally.Giving {
	givings := make([]tally.Giving, len(parts))
	for i, part := range parts {
		givings[i] = part.Giving
	}
	return tally.SumOf(givings)
}

// giving returns what a child that has a file adds up to.
func (p *Publisher) giving(ctx context.Context, t *tree, c ChildRef) (tally.Giving, error) {
	if c.Path == "" {
		return tally.Giving{}, nil // nothing was ever published of it
	}
	if g, ok := t.givings[c.Workings]; ok {
		return g, nil
	}
	return recall[tally.Giving](ctx, p.notes, c.Workings)
}

// replaceManifest makes the new tree the published one, unless it is the old
// one. aid.ErrStale means that another publisher was first.
func (p *Publisher) replaceManifest(ctx context.Context, w *writer, t *tree, now time.Time) error {
	if !t.changed[p.region.Root] {
		return nil
	}
	m := t.manifest // the log stays where it is
	m.Region, m.Root, m.RootHash = p.region.Root, t.paths[p.region.Root], t.hashes[p.region.Root]
	return p.putManifest(ctx, w, t, m, now)
}
