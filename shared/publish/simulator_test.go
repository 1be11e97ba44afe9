package publish_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/publish"
	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/tally"
)

// The subtlest of the planted bugs is found in the first five hundred runs.
var seeds = flag.Int("seeds", 3_000, "runs of the publishing simulator; ten times as many after a change to what it runs")

// The simulator makes much garbage and keeps little.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// The simulator runs several publishers of the real code over one store, one
// step at a time in an order drawn from a seed. Each step of the store may be
// lost before it takes effect, or its answer may be lost after; a write whose
// answer was lost may also take effect much later. Publishers die anywhere.
// Marks arrive twice and out of order, and are tried again until one attempt
// succeeds, as a stream does. In the end the tree must be what one publisher
// alone would have made of the facts, and on the way no file may ever go back.
func TestNoBadLuckPublishesAWrongFile(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	born, err := newBirth(pack)
	if err != nil {
		t.Fatal(err)
	}
	n := *seeds
	if testing.Short() {
		n = 200
	}
	var faults, steps, next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for seed := next.Add(1); seed <= int64(n) && !t.Failed(); seed = next.Add(1) {
				w := newWorld(pack, uint64(seed))
				w.born = born
				if err := w.run(); err != nil {
					t.Errorf("seed %d: %v", seed, err)
				}
				faults.Add(int64(w.faults))
				steps.Add(int64(w.steps))
			}
		})
	}
	wg.Wait()
	t.Logf("%d runs, %d steps, %d faults", n, steps.Load(), faults.Load())
}

// A simulator that finds nothing proves nothing unless it finds what was
// planted.
func TestSimulatorFindsPlantedBugs(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	born, err := newBirth(pack)
	if err != nil {
		t.Fatal(err)
	}
	for name, plant := range map[string]func(*world){
		"the manifest is replaced without a condition": func(w *world) { w.blindManifest = true },
		"the generation of a page is not looked at":    func(w *world) { w.blindGeneration = true },
		"the seal is left out of a page":               func(w *world) { w.noSeal = true },
		"facts are remembered from an earlier read":    func(w *world) { w.staleFacts = true },
		"the revision of a history is not looked at":   func(w *world) { w.blindRevision = true },
		"histories are remembered from an earlier one": func(w *world) { w.stalePasts = true },
		"a lost write of the workings passes for done": func(w *world) { w.lostNotes = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(3_000) {
				w := newWorld(pack, seed)
				w.born = born
				plant(w)
				if err := w.run(); err != nil {
					t.Logf("found at seed %d: %v", seed, err)
					return
				}
			}
			t.Error("3,000 seeds did not find it")
		})
	}
}

// world is one simulated run.
type world struct {
	pack   *region.Pack
	rng    *rand.Rand
	now    time.Time
	store  blobtest.Memory
	notes  blobtest.Memory
	late   []func() // writes still on their way
	facts  facts
	steps  int
	faults int
	wrong  error

	born       *birth
	remembered remembering

	blindManifest, blindGeneration, noSeal, staleFacts bool
	blindRevision, stalePasts, lostNotes               bool

	turn chan *step
	idle []*publisher
}

// publisher is one that is woken again and again until it dies, and remembers
// what it read meanwhile.
type publisher struct {
	*publish.Publisher
	stores [2]*faulty // the public one and the private one
}

// publisher wakes an idle publisher or starts one.
func (w *world) publisher() *publisher {
	if n := len(w.idle); n > 0 {
		p := w.idle[n-1]
		w.idle = w.idle[:n-1]
		return p
	}
	var f publish.Facts = &turns{w: w, facts: &w.facts}
	if w.staleFacts || w.stalePasts || w.blindRevision {
		f = &turns{w: w, facts: &w.remembered}
	}
	stores := [2]*faulty{{w: w, store: &w.store}, {w: w, store: &w.notes, private: true}}
	return &publisher{publish.NewPublisher(w.pack, f, stores[0], stores[1], []publish.Edition{{Pages: plain{}}}, 1), stores}
}

// step is one act of a publisher that waits for its turn.
type step struct {
	do    func()
	done  chan struct{}
	after int // the store hangs: others take so many steps first, if there are any
}

// birth is the tree of a world in which nothing has happened yet.
type birth struct{ store, notes blobtest.Memory }

// newBirth writes that tree, without trouble.
func newBirth(pack *region.Pack) (*birth, error) {
	b, w := &birth{}, newWorld(pack, 0)
	p := publish.NewPublisher(pack, &w.facts, &b.store, &b.notes, []publish.Edition{{Pages: plain{}}}, 1)
	return b, complete(context.Background(), p, w.now)
}

// complete makes a tree whole: what takes long to draw is left to the second
// sweep.
func complete(ctx context.Context, p *publish.Publisher, now time.Time) error {
	for range 2 {
		if _, err := p.Sweep(ctx, publish.Everyone, now); err != nil {
			return err
		}
	}
	return nil
}

func newWorld(pack *region.Pack, seed uint64) *world {
	w := &world{pack: pack, rng: rand.New(rand.NewPCG(seed, 1)), now: time.Date(2026, 5, 20, 2, 0, 0, 0, time.UTC)}
	w.turn = make(chan *step)
	w.facts = facts{
		leaves: map[aid.Leaf][]aid.Place{}, commitments: map[aid.RecipientID][]aid.Commitment{}, evidence: map[aid.RecipientID][]aid.Evidence{},
	}
	w.remembered = remembering{facts: &w.facts, w: w, leaves: map[aid.Leaf][]aid.Place{}, pasts: map[aid.RecipientID][]aid.Commitment{}}
	for i, k := range pack.At(area.Kelurahan) {
		for n := range 2 {
			r := aid.Recipient{
				ID: aid.RecipientID(fmt.Sprintf("%s.%03d", k.Code, n+1)), Name: fmt.Sprintf("RW %02d", n+1), Kind: pack.Kinds[0].ID,
				Area: area.Code(fmt.Sprintf("%s.%03d", k.Code, n+1)), Point: k.Point, Households: int64(100 + 10*i), People: 400,
			}
			leaf, ok := pack.Catalogue().LeafOf(r)
			if !ok {
				panic("no leaf for " + r.Kind)
			}
			p := pack.Packages[0]
			w.facts.leaves[leaf] = append(w.facts.leaves[leaf], aid.Place{
				Recipient: r,
				Needs:     []aid.Need{{ID: aid.NeedOf(r.ID, p.ID), Recipient: r.ID, Program: p.Program, Package: p.ID, Needed: 50, ConfirmedOn: "2026-05-01"}},
				Activity:  aid.Activity{UpdatedAt: w.now},
			})
		}
	}
	return w
}

// begin gives the world the tree that all begin with.
func (w *world) begin(ctx context.Context) error {
	for from, to := range map[*blobtest.Memory]*blobtest.Memory{&w.born.store: &w.store, &w.born.notes: &w.notes} {
		for path, o := range from.Objects() {
			if err := to.Put(ctx, publish.File{Path: path, Body: o.Body, Generation: o.Generation}, publish.Absent); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *world) run() error {
	ctx := context.Background()
	// The tree exists before the trouble starts.
	if err := w.begin(ctx); err != nil {
		return err
	}
	// Every change leaves a mark that is handed out at least once and comes back
	// until someone has published it.
	type mark struct {
		leaf      aid.Leaf
		recipient aid.RecipientID
		copies    int
	}
	var queue []mark
	changes := 2 + w.rng.IntN(4)
	running := 0
	type end struct {
		again     []mark // what failed
		refused   []*publish.RefusedError
		publisher *publisher
		alive     bool
	}
	finished := make(chan end, 8)
	waiting := []*step{}
	busy := 0 // publishers that are computing, not waiting for a turn

	start := func(batch []mark) {
		running++
		busy++
		marks := publish.Marks{}
		ids := map[aid.RecipientID]bool{}
		for _, m := range batch {
			ids[m.recipient] = true
			marks[m.leaf] = publish.Only(ids)
		}
		dies := w.rng.IntN(4) == 0
		life, kill := context.WithCancel(ctx)
		fuse := w.rng.IntN(25)
		p := w.publisher()
		alive := func() bool {
			if fuse--; dies && fuse < 0 {
				kill()
			}
			return life.Err() == nil
		}
		p.stores[0].alive, p.stores[1].alive = alive, alive
		sweep := w.rng.IntN(12) == 0
		now := w.now
		go func() {
			defer kill()
			var err error
			var swept, made publish.Report
			if sweep {
				swept, err = p.Sweep(life, publish.Everyone, now)
			}
			if err == nil {
				made, err = p.Publish(life, marks, now)
			}
			if err == nil {
				batch = nil
			}
			finished <- end{batch, append(swept.Refused, made.Refused...), p, life.Err() == nil}
		}()
	}

	for changes > 0 || len(queue) > 0 || running > 0 {
		// Wait until every living publisher waits for its turn.
		for busy > 0 {
			select {
			case s := <-w.turn:
				if w.rng.IntN(20) == 0 {
					s.after = w.steps + w.rng.IntN(400)
				}
				waiting = append(waiting, s)
				busy--
			case e := <-finished:
				running--
				busy--
				queue = append(queue, e.again...)
				for _, refused := range e.refused {
					w.wrong = fmt.Errorf("an honest move was not published: %w", refused)
				}
				if e.alive {
					w.idle = append(w.idle, e.publisher)
				}
			}
		}
		if w.wrong != nil {
			return w.wrong
		}
		if w.steps++; w.steps > 100_000 {
			return errors.New("does not come to rest")
		}
		switch choice := w.rng.IntN(10); {
		case choice == 0 && changes > 0:
			changes--
			leaf, id := w.facts.change(w.rng, w.now, w.pack.Catalogue())
			queue = append(queue, mark{leaf: leaf, recipient: id, copies: 1 + w.rng.IntN(2)})
			w.now = w.now.Add(time.Second)
		case choice == 1 && running < 3 && len(queue) > 0:
			w.rng.Shuffle(len(queue), func(i, j int) { queue[i], queue[j] = queue[j], queue[i] })
			n := 1 + w.rng.IntN(len(queue))
			batch := slices.Clone(queue[:n])
			rest := queue[n:]
			// Delivered at least once: some copies stay behind.
			queue = nil
			for _, m := range batch {
				if m.copies--; m.copies > 0 {
					queue = append(queue, m)
				}
			}
			for i := range batch {
				batch[i].copies = 1
			}
			queue = append(queue, rest...)
			start(batch)
		case choice == 2 && len(w.late) > 0:
			i := w.rng.IntN(len(w.late))
			act := w.late[i]
			w.late = slices.Delete(w.late, i, i+1)
			act()
		case len(waiting) > 0:
			i := w.rng.IntN(len(waiting))
			for range waiting {
				if waiting[i].after <= w.steps {
					break
				}
				i = (i + 1) % len(waiting)
			}
			s := waiting[i]
			waiting = slices.Delete(waiting, i, i+1)
			busy++
			s.do()
			close(s.done)
		}
	}
	for _, act := range w.late {
		act()
	}
	if w.wrong != nil {
		return w.wrong
	}
	return w.compare(ctx)
}

// pictures are where the pictures are that a page names.
var pictures = regexp.MustCompile(`gambar/[a-z]+/[0-9.]+\.png`)

// unsealed returns the bytes of a file without its generation.
func unsealed(body []byte) []byte {
	end := body[max(0, len(body)-40):]
	for _, mark := range []string{"<!-- ", `,"generation":`, `,"_ksbb":`} {
		if i := bytes.LastIndex(end, []byte(mark)); i >= 0 {
			return body[:len(body)-len(end)+i]
		}
	}
	return body
}

// sweptOnly are the files that no publication writes.
var sweptOnly = regexp.MustCompile(`^(program|embed|status|sitemap)[/.]`)

// compare holds the tree against what one publisher makes of the facts alone,
// but for what the next sweep does.
func (w *world) compare(ctx context.Context) error { return w.hold(ctx, sweptOnly) }

// compareAll is compare for a tree that was just swept.
func (w *world) compareAll(ctx context.Context) error { return w.hold(ctx, regexp.MustCompile(`^$`)) }

func (w *world) hold(ctx context.Context, later *regexp.Regexp) error {
	want, err := w.alone(ctx)
	if err != nil {
		return err
	}
	return w.same(ctx, want, later)
}

// alone returns what one publisher makes of the facts without trouble.
func (w *world) alone(ctx context.Context) (*birth, error) {
	want := &birth{}
	var f publish.Facts = &w.facts
	if w.blindRevision {
		f = &w.remembered // what nobody can see is in no file
	}
	_, err := publish.NewPublisher(w.pack, f, &want.store, &want.notes, []publish.Edition{{Pages: plain{}}}, 1).Sweep(ctx, publish.Everyone, w.now)
	return want, err
}

// same holds the tree against another one, but for the files of later.
func (w *world) same(ctx context.Context, want *birth, later *regexp.Regexp) error {
	if err := publish.Check(ctx, &w.store); err != nil {
		return err
	}
	var m, n publish.Manifest
	for store, into := range map[*blobtest.Memory]*publish.Manifest{&w.store: &m, &want.store: &n} {
		o, err := store.Get(ctx, publish.ManifestPath)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(o.Body, into); err != nil {
			return err
		}
	}
	if m.Root != n.Root {
		return fmt.Errorf("root is %s, the facts say %s", m.Root, n.Root)
	}
	got, facts := w.store.Objects(), want.store.Objects()
	for path, o := range facts {
		if path == publish.ManifestPath || later.MatchString(path) {
			continue
		}
		if a, b := unsealed(got[path].Body), unsealed(o.Body); !bytes.Equal(a, b) {
			return fmt.Errorf("%s is\n%s\nthe facts say\n%s", path, a, b)
		}
	}
	for path, o := range got {
		if _, ok := facts[path]; !ok && o.Generation > 0 {
			return fmt.Errorf("%s follows from no fact", path)
		}
		for _, named := range pictures.FindAllString(string(o.Body), -1) {
			if _, ok := got[named]; !ok {
				return fmt.Errorf("%s shows %s, which is not there", path, named)
			}
		}
	}
	private := w.notes.Objects()
	for path, o := range want.notes.Objects() {
		if !bytes.Equal(private[path].Body, o.Body) {
			return fmt.Errorf("private %s is\n%s\nthe facts say\n%s", path, private[path].Body, o.Body)
		}
	}
	return nil
}

func (f *facts) Leaf(_ context.Context, leaf aid.Leaf) ([]aid.Place, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.leaves[leaf]), nil
}

func (f *facts) History(_ context.Context, id aid.RecipientID) ([]aid.Commitment, []aid.Evidence, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.commitments[id]), slices.Clone(f.evidence[id]), nil
}

func (f *facts) Correction(context.Context, aid.Leaf) (aid.Correction, bool, error) {
	return aid.Correction{}, false, nil
}

// remembering is planted bugs: it reads each leaf or each history once, or lets
// nobody see that a history moved.
type remembering struct {
	*facts
	w      *world
	leaves map[aid.Leaf][]aid.Place
	pasts  map[aid.RecipientID][]aid.Commitment
}

func (r *remembering) Leaf(ctx context.Context, leaf aid.Leaf) ([]aid.Place, error) {
	if _, ok := r.leaves[leaf]; !ok || !r.w.staleFacts {
		r.leaves[leaf], _ = r.facts.Leaf(ctx, leaf)
	}
	if r.w.blindRevision {
		for i := range r.leaves[leaf] {
			r.leaves[leaf][i].Activity.Rev = min(1, r.leaves[leaf][i].Activity.Rev)
		}
	}
	return r.leaves[leaf], nil
}

func (r *remembering) History(ctx context.Context, id aid.RecipientID) ([]aid.Commitment, []aid.Evidence, error) {
	commitments, evidence, err := r.facts.History(ctx, id)
	if _, ok := r.pasts[id]; !ok {
		r.pasts[id] = commitments
	}
	if r.w.stalePasts {
		commitments = r.pasts[id]
	}
	return commitments, evidence, err
}

// turns makes every read of facts wait for its turn.
type turns struct {
	w     *world
	facts publish.Facts
}

func (f *turns) Leaf(ctx context.Context, leaf aid.Leaf) (places []aid.Place, err error) {
	f.w.wait(func() { places, err = f.facts.Leaf(ctx, leaf) })
	return places, err
}

func (f *turns) History(ctx context.Context, id aid.RecipientID) (commitments []aid.Commitment, evidence []aid.Evidence, err error) {
	f.w.wait(func() { commitments, evidence, err = f.facts.History(ctx, id) })
	return commitments, evidence, err
}

func (f *turns) Correction(ctx context.Context, leaf aid.Leaf) (aid.Correction, bool, error) {
	return f.facts.Correction(ctx, leaf)
}

func (w *world) wait(do func()) {
	s := &step{do: do, done: make(chan struct{})}
	w.turn <- s
	<-s.done
}

// faulty is a store as one publisher meets it.
type faulty struct {
	w       *world
	store   *blobtest.Memory
	private bool
	alive   func() bool
}

var errLost = errors.New("connection lost")

func (s *faulty) Get(ctx context.Context, path string) (o publish.Object, err error) {
	s.w.wait(func() {
		if !s.alive() {
			err = context.Canceled
			return
		}
		if s.w.rng.IntN(40) == 0 {
			s.w.faults++
			err = errLost
			return
		}
		o, err = s.store.Get(ctx, path)
		if s.w.noSeal && !s.private {
			o.ETag = bare(o.Body)
		}
		if s.w.blindGeneration {
			o.Generation = 0
		}
	})
	return o, err
}

// bare is the ETag that a store would give to bytes without the seal.
func bare(body []byte) string {
	if !bytes.HasSuffix(bytes.TrimSpace(body), []byte("-->")) {
		return "as it is: " + string(body)
	}
	return "unsealed: " + string(unsealed(body))
}

func (s *faulty) Put(ctx context.Context, f publish.File, c publish.Condition) (err error) {
	s.w.wait(func() {
		if !s.alive() {
			err = context.Canceled
			return
		}
		switch s.w.rng.IntN(40) {
		case 0: // lost before it took effect
			s.w.faults++
			if !s.private || !s.w.lostNotes {
				err = errLost
			}
		case 1: // took effect, answer lost
			s.w.faults++
			_ = s.apply(ctx, f, c)
			err = errLost
		case 2: // answer lost, takes effect much later
			s.w.faults++
			s.w.late = append(s.w.late, func() { _ = s.apply(ctx, f, c) })
			err = errLost
		case 3: // refused because of another write under way, which then fails itself
			s.w.faults++
			err = aid.ErrStale
		default:
			err = s.apply(ctx, f, c)
		}
	})
	return err
}

// apply writes and watches that nothing ever goes back.
func (s *faulty) apply(ctx context.Context, f publish.File, c publish.Condition) error {
	w := s.w
	old, err := s.store.Get(ctx, f.Path)
	exists := err == nil
	if w.noSeal && !s.private && c != publish.Absent {
		if !exists || bare(old.Body) != c.IfMatch {
			return aid.ErrStale
		}
		c = publish.Unchanged(old)
	}
	if w.blindManifest && f.Path == publish.ManifestPath && exists {
		c = publish.Unchanged(old)
	}
	if err := s.store.Put(ctx, f, c); err != nil {
		return err
	}
	if f.Path == publish.ManifestPath {
		var before, after publish.Manifest
		_ = json.Unmarshal(old.Body, &before)
		_ = json.Unmarshal(f.Body, &after)
		if after.Generation != before.Generation+1 || after.AsOf < before.AsOf {
			w.wrong = fmt.Errorf("manifest went from generation %d to %d", before.Generation, after.Generation)
		}
		if err := w.oneInstant(ctx, after); err != nil {
			w.wrong = err
		}
	} else if f.Generation == 0 && exists && !bytes.Equal(f.Body, old.Body) {
		w.wrong = fmt.Errorf("%s is immutable and was changed", f.Path)
	} else if exists && f.Generation < old.Generation {
		w.wrong = fmt.Errorf("%s: generation %d written over %d", f.Path, f.Generation, old.Generation)
	}
	return nil
}

// oneInstant tells whether the totals of the region, which are the counters',
// and its statistics, which are folded from commitments, say the same.
func (w *world) oneInstant(ctx context.Context, m publish.Manifest) error {
	var root publish.AreaFile
	var said publish.StatisticsFile
	for _, read := range []struct {
		path string
		into any
	}{{m.Root, &root}, {"", &said}} {
		if read.path == "" {
			read.path = root.Statistics.Path
		}
		o, err := w.store.Get(ctx, read.path)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(o.Body, read.into); err != nil {
			return err
		}
	}
	whole := said.Statistics.Whole.Commitments
	if whole.Pledged != root.Totals.Pledged || whole.Lapsed != root.Totals.Lapsed || whole.Holding != root.Totals.Open {
		return fmt.Errorf("generation %d: %+v of the histories, %d pledged, %d lapsed, %d open of the counters",
			m.Generation, whole, root.Totals.Pledged, root.Totals.Lapsed, root.Totals.Open)
	}
	return nil
}

// plain renders pages that hold everything they are given.
type plain struct{}

func (plain) Home(root tally.Area, areas map[area.Code]tally.Area) ([]byte, error) {
	return dump(root, areas)
}
func (p plain) Area(a tally.Area, below map[area.Code]tally.Area) ([]byte, error) {
	path, _ := p.AreaPicture(a)
	return dump(a, below, path)
}
func (plain) Kelurahan(a tally.Area, g aid.GroupID, places []aid.Place) ([]byte, error) {
	return dump(a, g, places)
}
func (pages plain) Place(p aid.Place, c []aid.Commitment, e []aid.Evidence, _ []aid.Place) ([]byte, error) {
	path, _ := pages.PlacePicture(p)
	return dump(p, c, e, path)
}
func (plain) Form(p aid.Place, _ []aid.Place) ([]byte, error) { return dump(p.Needs) }
func (plain) Statistics(code area.Code, asOf time.Time, s tally.Statistics, path, hash string) ([]byte, error) {
	return dump(code, asOf, s.Whole, path, hash) // the hash stands for all else
}
func (plain) Fixed() (map[string][]byte, error) {
	return map[string][]byte{"404.html": []byte("tidak ada\n")}, nil
}

func (plain) BAST(p aid.Place, c aid.Commitment, d aid.Delivery, e []aid.Evidence) ([]byte, error) {
	var named []aid.Evidence
	for _, one := range e {
		if slices.Contains(d.Evidence, one.ID) {
			named = append(named, one)
		}
	}
	return dump(p.Recipient.Name, p.Recipient.Area, c.ID, c.DisplayName(), d, named)
}
func (plain) Program(id aid.ProgramID, asOf time.Time, s tally.Statistics, path, hash string) ([]byte, error) {
	return dump(id, asOf, s.Whole, path, hash)
}
func (plain) Status(root tally.Area, _ int64, log string) ([]byte, error) {
	return dump(root.Totals, log) // the generation depends on who was there
}
func (plain) Embed(a tally.Area) ([]byte, error) {
	body, err := dump(a)
	return append(body, `<meta name="robots" content="noindex">`+"\n"...), err
}
func (plain) Feed(a tally.Area) (atom, feed []byte, err error) {
	body, err := dump(a.Latest)
	return body, fmt.Appendf(nil, `{"items":%d}`+"\n", len(a.Latest)), err
}
func (plain) Sitemap(paths []string) ([]byte, error)      { return dump(paths) }
func (plain) SitemapIndex(paths []string) ([]byte, error) { return dump(paths) }

// Pictures show coarsely: several states of a place have the same one.
func (plain) PlacePicture(p aid.Place) (string, func() ([]byte, error)) {
	return drawing(fmt.Sprintf("gambar/lokasi/%s.%d.png", p.Recipient.ID, p.Activity.Open/2))
}
func (plain) AreaPicture(a tally.Area) (string, func() ([]byte, error)) {
	return drawing(fmt.Sprintf("gambar/wilayah/%s.%d.png", a.Code, a.Totals.Open/2))
}

func drawing(path string) (string, func() ([]byte, error)) {
	return path, func() ([]byte, error) { return []byte("picture " + path), nil }
}

func dump(v ...any) ([]byte, error) {
	b, err := json.Marshal(v)
	return append(b, '\n'), err
}
