package release_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/publish"
	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/release"
	"ksbb/shared/report"
)

var seeds = flag.Int("seeds", 100, "runs of the release simulator")

// The simulator lets four nights pass, the end of a week and of a month among
// them, while people promise and deliver. Runs of the real code are skipped,
// late, doubled and beside each other, one step of the store at a time in an
// order drawn from a seed. Each step may be lost before it takes effect, or its
// answer after; a write whose answer was lost may also take effect much later. A
// run may die anywhere; one that failed is tried again. In the end everything
// must be what one run alone makes of the facts, and on the way nothing that is
// kept for ever may change, no list may name what is not there, and no letter may
// go out before the report that it tells of.
func TestNoBadLuckReleasesAWrongFile(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	n := *seeds
	if testing.Short() {
		n = 50
	}
	var faults, steps, next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for seed := next.Add(1); seed <= int64(n) && !t.Failed(); seed = next.Add(1) {
				w := newWorld(pack, uint64(seed))
				if err := w.live(); err != nil {
					t.Errorf("seed %d (%s): %v", seed, w.kind, err)
				}
				faults.Add(int64(w.faults))
				steps.Add(int64(w.steps))
			}
		})
	}
	wg.Wait()
	t.Logf("%d worlds, %d steps, %d faults", n, steps.Load(), faults.Load())
}

// A simulator that finds nothing proves nothing unless it finds what was
// planted.
func TestSimulatorFindsPlantedBugs(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	for name, bug := range map[string]struct {
		kind  string // of the worlds in which it shows
		plant func(*world)
	}{
		"a report is written without a condition":          {corrected, func(w *world) { w.blind = isReport }},
		"the index is replaced without looking":            {honest, func(w *world) { w.blind = isIndex }},
		"a link of the log is written without a condition": {late, func(w *world) { w.blind = isLink }},
		"a release is written without a condition":         {corrected, func(w *world) { w.blind = isRelease }},
		"a letter does not wait for the index":             {honest, func(w *world) { w.believed = isIndex }},
		"a report does not wait for its tables":            {honest, func(w *world) { w.believed = isTable }},
		"the log is not read again before it is written":   {late, func(w *world) { w.forgetLinks = true }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(2_000) {
				w := newWorld(pack, seed)
				w.kind, w.crowded = bug.kind, true
				bug.plant(w)
				if err := w.live(); err != nil {
					t.Logf("found at seed %d: %.200v", seed, err)
					return
				}
			}
			t.Error("2,000 worlds did not find it")
		})
	}
}

func isReport(path string) bool {
	return strings.HasPrefix(path, "data/v1/reports/") && strings.HasSuffix(path, ".json") && !isIndex(path)
}
func isIndex(path string) bool { return path == release.IndexPath }
func isLink(path string) bool  { return strings.HasPrefix(path, "data/v1/log/after/") }
func isRelease(path string) bool {
	return strings.HasPrefix(path, "data/v1/releases/") && strings.HasSuffix(path, "/release.json")
}
func isTable(path string) bool {
	return strings.HasPrefix(path, "data/v1/reports/") && strings.HasSuffix(path, ".csv")
}

// forEver tells whether a file may never change once it is there.
func forEver(path string) bool {
	return path != release.IndexPath && path != release.FeedPath &&
		(strings.HasPrefix(path, "data/v1/reports/") || strings.HasPrefix(path, "data/v1/log/") || strings.HasPrefix(path, "data/v1/releases/"))
}

// What happens in a world beside promises. What is corrected, and what comes
// late, leaves traces that depend on when runs saw it, so each kind of world is
// held to what must be true of it.
const (
	honest    = "honest"    // nothing else: all files are those of one run
	corrected = "corrected" // what was known of places is corrected: figures are those of one run
	late      = "late"      // steps become known a day later: the log still tells each once
)

// world is one simulated run of a few nights.
type world struct {
	kind   string
	pack   *region.Pack
	rng    *rand.Rand
	now    time.Time
	facts  *facts
	store  blobtest.Memory
	late   []func() // writes still on their way
	steps  int
	faults int
	wrong  error

	// Planted bugs: files written without a condition, files whose writing is
	// believed before it happened, links that are not found.
	blind, believed func(path string) bool
	forgetLinks     bool
	// crowded worlds have two runs each night and more that is corrected or late.
	crowded bool
}

// The nights that pass: the third ends a week and a month, of which the last
// eight hours are in another month in UTC.
var nights = []time.Time{
	time.Date(2026, 5, 29, 16, 20, 0, 0, time.UTC), time.Date(2026, 5, 30, 16, 20, 0, 0, time.UTC),
	time.Date(2026, 5, 31, 16, 20, 0, 0, time.UTC), time.Date(2026, 6, 1, 16, 20, 0, 0, time.UTC),
}

func newWorld(pack *region.Pack, seed uint64) *world {
	w := &world{
		pack: pack, rng: rand.New(rand.NewPCG(seed, 2)), facts: newFacts(pack), now: nights[0].Add(-20 * time.Hour),
		blind: func(string) bool { return false }, believed: func(string) bool { return false },
	}
	w.kind = []string{honest, honest, corrected, late}[w.rng.IntN(4)]
	return w
}

// runner is a run under way. Between two steps of it others have their turn.
type runner struct {
	next  func() (struct{}, bool)
	stop  func()
	night time.Time
	err   error
	alive bool
}

func (w *world) runner(store release.Store, announcer release.Announcer, paper *paper) *release.Runner {
	return &release.Runner{
		Region: w.pack, Facts: w.facts, Store: store, Scratch: paper, Editions: []release.Edition{{Pages: plain{}}}, Printer: plain{},
		Publisher: publish.NewPublisher(w.pack, nil, store, store, nil, 1), Announcer: announcer, Site: "https://ksbb.example", Workers: 1,
	}
}

// start begins the run of a night.
func (w *world) start(night time.Time) *runner {
	r := &runner{night: night, alive: true}
	fuse := w.rng.IntN(600)
	dies := w.rng.IntN(4) == 0
	var papers paper
	r.next, r.stop = iter.Pull(func(yield func(struct{}) bool) {
		s := &faulty{w: w, turn: func() bool {
			if !yield(struct{}{}) {
				return false
			}
			if fuse--; dies && fuse < 0 {
				r.alive = false
			}
			return r.alive
		}}
		_, r.err = w.runner(s, announcer{w}, &papers).Run(context.Background(), night)
		if papers.open != 0 && w.wrong == nil {
			w.wrong = fmt.Errorf("%d temporary files were left behind", papers.open)
		}
	})
	return r
}

func (w *world) live() error {
	ctx := context.Background()
	if err := published(ctx, &w.store); err != nil {
		return err
	}
	var queue []time.Time // nights whose run was ordered
	var under []*runner
	defer func() {
		for _, r := range under {
			r.stop()
		}
	}()
	passed := 0
	for passed < len(nights) || len(queue) > 0 || len(under) > 0 {
		if w.wrong != nil {
			return w.wrong
		}
		if w.steps++; w.steps > 40_000 {
			return errors.New("does not come to rest")
		}
		switch choice := w.rng.IntN(400); {
		case choice < 4 && passed < len(nights):
			// Hours pass, and something happens, or it is the next night.
			w.now = w.now.Add(time.Duration(1+w.rng.IntN(6)) * time.Hour)
			if night := nights[passed]; !w.now.Before(night) {
				passed++
				w.now = night
				// Mostly once; sometimes not at all, sometimes twice.
				copies := []int{0, 1, 1, 1, 2}[w.rng.IntN(5)]
				if passed == len(nights) {
					copies = max(copies, 1)
				}
				if w.crowded {
					copies = 2
				}
				for range copies {
					queue = append(queue, night)
				}
				continue
			}
			w.happen(passed)
		case choice < 8 && len(queue) > 0 && len(under) < 2:
			i := w.rng.IntN(len(queue))
			under = append(under, w.start(queue[i]))
			queue = slices.Delete(queue, i, i+1)
		case choice < 10 && len(w.late) > 0:
			i := w.rng.IntN(len(w.late))
			act := w.late[i]
			w.late = slices.Delete(w.late, i, i+1)
			act()
		case len(under) > 0:
			i := w.rng.IntN(len(under))
			r := under[i]
			if _, more := r.next(); more {
				continue
			}
			under = slices.Delete(under, i, i+1)
			if r.err != nil {
				// It is tried again, like an order that was never carried out.
				queue = append(queue, r.night)
			}
		}
	}
	for _, act := range w.late {
		act()
	}
	if w.wrong != nil {
		return w.wrong
	}
	// The next night, which meets nothing unusual.
	last := nights[len(nights)-1].AddDate(0, 0, 1)
	if _, err := w.runner(&quiet{w}, announcer{w}, new(paper)).Run(ctx, last); err != nil {
		return fmt.Errorf("the last run: %w", err)
	}
	if w.wrong != nil {
		return w.wrong
	}
	return w.compare(ctx, last)
}

// happen lets one thing happen after a number of nights.
func (w *world) happen(passed int) {
	often := w.rng.IntN(3) == 0 || w.crowded
	switch {
	case w.kind == corrected && passed < len(nights) && often:
		w.facts.correct(w.rng, w.now)
	case w.kind == late && passed > 0 && passed < len(nights) && often:
		// As an import brings it: what somebody did a day ago, unknown until now.
		w.facts.change(w.rng, w.now.AddDate(0, 0, -1))
	default:
		w.facts.change(w.rng, w.now)
	}
}

// unsealed returns the bytes of a file without its generation.
func unsealed(body []byte) []byte {
	if i := bytes.LastIndex(body, []byte("<!-- ")); i >= 0 {
		return body[:i]
	}
	if i := bytes.Index(body, []byte(`"generation":`)); i >= 0 {
		end := i + bytes.IndexByte(body[i:], ',')
		return slices.Concat(body[:i], body[end:])
	}
	return body
}

// compare holds the files against what one run makes of the facts alone.
func (w *world) compare(ctx context.Context, last time.Time) error {
	if _, err := release.Verify(ctx, &w.store); err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	alone := &world{pack: w.pack, facts: w.facts, blind: w.blind, believed: func(string) bool { return false }}
	if err := published(ctx, &alone.store); err != nil {
		return err
	}
	if _, err := w.runner(&quiet{alone}, announcer{alone}, new(paper)).Run(ctx, last); err != nil {
		return fmt.Errorf("one run alone: %w", err)
	}
	got, want := w.store.Objects(), alone.store.Objects()
	if w.kind == late {
		return w.compareLog(got, last)
	}
	for path, o := range want {
		switch {
		case path == publish.ManifestPath:
			var a, b publish.Manifest
			if err := errors.Join(json.Unmarshal(got[path].Body, &a), json.Unmarshal(o.Body, &b)); err != nil {
				return err
			}
			if *a.Log != *b.Log {
				return fmt.Errorf("the manifest says the log is %+v; want %+v", *a.Log, *b.Log)
			}
			continue
		case w.kind == corrected && isReport(path):
			if err := w.compareReport(got, path, o.Body); err != nil {
				return err
			}
			continue
		case w.kind == corrected && (strings.HasPrefix(path, "data/v1/re") || strings.HasPrefix(path, "laporan/") || path == release.OpenPath || path == "data/index.html"):
			continue // frozen before it was corrected
		}
		if a, b := unsealed(got[path].Body), unsealed(o.Body); !bytes.Equal(a, b) {
			return fmt.Errorf("%s is\n%.3000s\none run alone makes\n%.3000s", path, a, b)
		}
	}
	return nil
}

// compareReport holds the newest revision of a report against the report that is
// made of the corrected facts.
func (w *world) compareReport(got map[string]publish.Object, path string, want []byte) error {
	folder, _ := strings.CutSuffix(path, "1.json")
	newest := got[path].Body
	revision := 1
	for ; got[folder+fmt.Sprint(revision+1)+".json"].Body != nil; revision++ {
		newest = got[folder+fmt.Sprint(revision+1)+".json"].Body
	}
	var a, b report.Report
	if err := errors.Join(json.Unmarshal(newest, &a), json.Unmarshal(want, &b)); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if (a.Reason != "") != (revision > 1) || a.Revision != revision {
		return fmt.Errorf("revision %d of %s says %d, and why: %q", revision, a.Period, a.Revision, a.Reason)
	}
	a.Revision, a.Reason = 1, ""
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	if !bytes.Equal(x, y) {
		return fmt.Errorf("revision %d of %s is\n%s\nthe corrected facts say\n%s", revision, a.Period, x, y)
	}
	return nil
}

// compareLog holds the log against the facts: every step before the last
// midnight once.
func (w *world) compareLog(got map[string]publish.Object, last time.Time) error {
	midnight := aid.DayOf(last, w.pack.Zone).Begins(w.pack.Zone)
	told := map[string]int{}
	var m publish.Manifest
	if err := json.Unmarshal(got[publish.ManifestPath].Body, &m); err != nil {
		return err
	}
	for ref := m.Log; ref != nil; {
		lines := bytes.Split(bytes.TrimSpace(got[ref.Path].Body), []byte("\n"))
		for _, line := range lines[1:] {
			var r release.Record
			if err := json.Unmarshal(line, &r); err != nil {
				return err
			}
			told[fmt.Sprint(r.Commitment, r.Step, r.At, r.What)]++
		}
		var h release.Header
		if err := json.Unmarshal(lines[0], &h); err != nil {
			return err
		}
		ref = h.Previous
	}
	for _, all := range w.facts.commitments {
		for _, c := range all {
			step := 0
			for _, e := range c.Log {
				step++ // in these worlds every step is told
				key := fmt.Sprint(c.ID.Number(), step, e.At.UTC().Format("2006-01-02T15:04:05.000Z"), e.Move)
				if e.At.Before(midnight) && told[key] != 1 {
					return fmt.Errorf("the log tells %s %d times", key, told[key])
				}
				delete(told, key)
			}
		}
	}
	if len(told) > 0 {
		return fmt.Errorf("the log tells %v, which never happened", told)
	}
	return nil
}

// announcer sees to it that a letter finds what it tells of.
type announcer struct{ w *world }

func (a announcer) AnnounceReport(_ context.Context, period string, revision int, _ time.Time) error {
	objects := a.w.store.Objects()
	var i report.Index
	_ = json.Unmarshal(objects[release.IndexPath].Body, &i) // one that is not there lists nothing
	listed := slices.ContainsFunc(i.Reports, func(e report.Entry) bool { return e.Period == period })
	if _, page := objects["laporan/"+period+"/index.html"]; revision != 1 || !listed || !page {
		a.w.wrong = fmt.Errorf("the report of %s was announced before it was there", period)
	}
	return nil
}

// quiet is the store of a world without trouble.
type quiet struct{ w *world }

func (s *quiet) Get(ctx context.Context, path string) (publish.Object, error) {
	return s.w.store.Get(ctx, path)
}
func (s *quiet) Head(ctx context.Context, path string) (publish.Stat, error) {
	return s.w.store.Head(ctx, path)
}
func (s *quiet) Open(ctx context.Context, path string) (io.ReadCloser, error) {
	return s.w.store.Open(ctx, path)
}
func (s *quiet) Put(ctx context.Context, f publish.File, c publish.Condition) error {
	return s.w.apply(ctx, f, "", c)
}
func (s *quiet) Upload(ctx context.Context, f publish.File, body io.ReadSeeker, hash string, c publish.Condition) (err error) {
	if f.Body, err = whole(body); err != nil {
		return err
	}
	return s.w.apply(ctx, f, hash, c)
}

func whole(body io.ReadSeeker) ([]byte, error) {
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return io.ReadAll(body)
}

// faulty is the store as one run meets it.
type faulty struct {
	w    *world
	turn func() bool // waits for its turn; false once the run is dead
}

var errLost = errors.New("connection lost")

// ask makes a step that changes nothing.
func (s *faulty) ask() error {
	if !s.turn() {
		return context.Canceled
	}
	if s.w.rng.IntN(400) == 0 {
		s.w.faults++
		return errLost
	}
	return nil
}

func (s *faulty) Get(ctx context.Context, path string) (publish.Object, error) {
	if err := s.ask(); err != nil {
		return publish.Object{}, err
	}
	if s.w.forgetLinks && isLink(path) && !strings.HasSuffix(path, "/0.json") {
		return publish.Object{}, aid.ErrNotFound
	}
	return s.w.store.Get(ctx, path)
}

func (s *faulty) Head(ctx context.Context, path string) (publish.Stat, error) {
	if err := s.ask(); err != nil {
		return publish.Stat{}, err
	}
	return s.w.store.Head(ctx, path)
}

func (s *faulty) Open(ctx context.Context, path string) (io.ReadCloser, error) {
	if err := s.ask(); err != nil {
		return nil, err
	}
	return s.w.store.Open(ctx, path)
}

func (s *faulty) Put(ctx context.Context, f publish.File, c publish.Condition) error {
	return s.write(ctx, f, "", c)
}

func (s *faulty) Upload(ctx context.Context, f publish.File, body io.ReadSeeker, hash string, c publish.Condition) (err error) {
	if f.Body, err = whole(body); err != nil {
		return err
	}
	return s.write(ctx, f, hash, c)
}

func (s *faulty) write(ctx context.Context, f publish.File, hash string, c publish.Condition) error {
	if !s.turn() {
		return context.Canceled
	}
	w := s.w
	if w.believed(f.Path) && w.rng.IntN(3) == 0 {
		w.late = append(w.late, func() { _ = w.apply(ctx, f, hash, c) })
		return nil
	}
	switch w.rng.IntN(400) {
	case 0: // lost before it took effect
		w.faults++
		return errLost
	case 1: // took effect, answer lost
		w.faults++
		_ = w.apply(ctx, f, hash, c)
		return errLost
	case 2: // answer lost, takes effect much later
		w.faults++
		w.late = append(w.late, func() { _ = w.apply(ctx, f, hash, c) })
		return errLost
	case 3: // refused because of another write under way, which then fails itself
		w.faults++
		return aid.ErrStale
	}
	return w.apply(ctx, f, hash, c)
}

// apply writes and watches what must always be true.
func (w *world) apply(ctx context.Context, f publish.File, hash string, c publish.Condition) error {
	old, err := w.store.Get(ctx, f.Path)
	exists := err == nil
	if w.blind(f.Path) {
		if c = publish.Absent; exists {
			c = publish.Unchanged(old)
		}
	}
	if hash == "" {
		err = w.store.Put(ctx, f, c)
	} else {
		err = w.store.Upload(ctx, f, bytes.NewReader(f.Body), hash, c)
	}
	if err != nil || w.wrong != nil {
		return err
	}
	switch {
	case exists && forEver(f.Path) && !bytes.Equal(old.Body, f.Body):
		w.wrong = fmt.Errorf("%s changed", f.Path)
	case exists && f.Generation < old.Generation:
		w.wrong = fmt.Errorf("%s: generation %d written over %d", f.Path, f.Generation, old.Generation)
	case isIndex(f.Path):
		w.wrong = w.checkIndex(old.Body, f.Body)
	case isReport(f.Path):
		var r report.Report
		if err := json.Unmarshal(f.Body, &r); err != nil {
			return err
		}
		w.wrong = w.checkFiles(f.Path, r.Tables)
	}
	return nil
}

// checkIndex tells whether an index may follow another: nothing listed may be
// lost, and everything listed must be there as it is described.
func (w *world) checkIndex(old, fresh []byte) error {
	var before, after report.Index
	if err := json.Unmarshal(fresh, &after); err != nil {
		return err
	}
	if old != nil {
		if err := json.Unmarshal(old, &before); err != nil {
			return err
		}
	}
	if after.Generation != before.Generation+1 {
		return fmt.Errorf("the index went from generation %d to %d", before.Generation, after.Generation)
	}
	listed := map[string]int{}
	for _, e := range after.Reports {
		listed[e.Period] = len(e.Revisions)
		for _, r := range e.Revisions {
			if err := w.checkFiles(release.IndexPath, r.Files); err != nil {
				return err
			}
		}
	}
	for _, e := range before.Reports {
		if listed[e.Period] < len(e.Revisions) {
			return fmt.Errorf("the index no longer lists %s, or a revision of it", e.Period)
		}
	}
	return nil
}

// checkFiles tells whether files are there as somebody describes them.
func (w *world) checkFiles(by string, files []report.Source) error {
	objects := w.store.Objects()
	for _, f := range files {
		if o, there := objects[f.Path]; !there || int64(len(o.Body)) != f.Bytes || f.Hash != hashOf(o.Body) {
			return fmt.Errorf("%s lists %s, which is not there like that", by, f.Path)
		}
	}
	return nil
}
