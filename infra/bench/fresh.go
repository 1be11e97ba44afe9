package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"ksbb/shared/aid"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/page"
	"ksbb/shared/publish"
	"ksbb/shared/table"
)

// Targets of quality.md.
const (
	flatLimit     = 1.05
	computeTarget = 500 * time.Microsecond
	localTarget   = 250 * time.Millisecond
)

// workers is how many requests publish-stream has under way at once.
const workers = 8

// ledger is what one commitment touches: what the function stores through, and
// what the publisher reads.
type ledger interface {
	publish.Facts
	Submit(context.Context, table.Submission) (aid.Commitment, bool, error)
	Move(context.Context, table.Change) error
	Load(context.Context, []aid.Listing, *aid.Catalogue, time.Time) error
}

// world is a region with recipients in which commitments are made and
// published. What is woken by the stream in the cloud is called here.
type world struct {
	*bench
	recipients int
	facts      ledger
	store      *meteredStore
	meter      *meter
	publisher  *publish.Publisher
	took       map[string]sample
	end        func()
}

// The phases of one commitment, as they are counted.
const (
	accepted = "accept: submit and pledge"
	pledged  = "publication that the pledge wakes"
)

// fresh measures an accepted commitment until the public files say it, at
// several numbers of recipients.
func (b *bench) fresh(ctx context.Context, _ []string) error {
	if err := b.freshOn(ctx, "engine", b.engineWorld); err != nil {
		return fmt.Errorf("on the engines: %w", err)
	}
	if err := b.freshOn(ctx, "memory", b.memoryWorld); err != nil {
		return fmt.Errorf("in memory: %w", err)
	}
	return nil
}

func (b *bench) freshOn(ctx context.Context, kind string, open func(context.Context) (*world, error)) error {
	warm, n := 20, b.times(200)
	if b.n > 0 {
		warm = min(warm, n)
	}
	var worlds []*world
	defer func() {
		for _, w := range worlds {
			w.end()
		}
	}()
	var rw []aid.Listing
	for _, recipients := range b.recipients {
		began := time.Now()
		w, err := open(ctx)
		if err != nil {
			return err
		}
		worlds = append(worlds, w)
		if rw, err = w.fill(ctx, recipients, warm+n); err != nil {
			return err
		}
		b.say("fresh, %s: %d recipients stand after %.1f s", kind, w.recipients, time.Since(began).Seconds())
	}
	for i, to := range rw {
		if i == warm {
			for _, w := range worlds {
				w.meter.forget()
				clear(w.took)
			}
		}
		// Whoever goes first finds the caches of the processor as the other left
		// them, so they take turns.
		order := slices.Clone(worlds)
		if i%2 == 1 {
			slices.Reverse(order)
		}
		for _, w := range order {
			if err := w.commit(ctx, to); err != nil {
				return fmt.Errorf("commitment %d among %d recipients: %w", i, w.recipients, err)
			}
		}
	}
	if kind == "engine" {
		b.reportFresh(worlds, warm, n)
	} else {
		b.reportCompute(worlds, warm, n)
	}
	return nil
}

// engineWorld is a world on engines of its own.
func (b *bench) engineWorld(ctx context.Context) (*world, error) {
	e, err := b.startEngines(ctx)
	if err != nil {
		return nil, err
	}
	bucket, err := e.open(ctx, e.bucket)
	if err != nil {
		e.close()
		return nil, err
	}
	workings, err := e.open(ctx, e.workings)
	if err != nil {
		e.close()
		return nil, err
	}
	m := &meter{}
	return b.newWorld(table.New(meteredDB{e.db(), m}, e.ledger, e.private), bucket, workings, m, e.close)
}

// memoryWorld is a world in memory, in which reading and writing cost almost
// nothing.
func (b *bench) memoryWorld(context.Context) (*world, error) {
	return b.newWorld(&ready{Memory: table.NewMemory()}, &blobtest.Memory{}, &blobtest.Memory{}, &meter{}, func() {})
}

func (b *bench) newWorld(facts ledger, store, notes publish.Store, m *meter, end func()) (*world, error) {
	w := &world{bench: b, facts: facts, store: &meteredStore{Store: store, meter: m}, meter: m, took: map[string]sample{}, end: end}
	pages, err := page.New(b.pack, "http://localhost:8080")
	if err != nil {
		end()
		return nil, err
	}
	w.publisher = publish.NewPublisher(b.pack, facts, w.store, &meteredStore{Store: notes, meter: m}, publish.Editions(pages.In), workers)
	return w, nil
}

// fill brings the recipients in, publishes the tree, and the pages of the n RW
// that it returns: those that commitments will be made to.
func (w *world) fill(ctx context.Context, recipients, n int) ([]aid.Listing, error) {
	now := time.Now()
	all, err := listings(w.pack, recipients, aid.DayOf(now, w.pack.Zone))
	if err != nil {
		return nil, err
	}
	w.recipients = len(all)
	if err := w.facts.Load(ctx, all, w.pack.Catalogue(), now); err != nil {
		return nil, err
	}
	rw, err := chosen(w.pack, all, n)
	if err != nil {
		return nil, err
	}
	if r, ok := w.facts.(*ready); ok {
		r.read(all, w.pack.Catalogue())
	}
	if _, err := w.publisher.Publish(ctx, nil, now); err != nil {
		return nil, fmt.Errorf("publish the first tree: %w", err)
	}
	marks, ids := publish.Marks{}, map[aid.RecipientID]bool{}
	for _, l := range rw {
		leaf, _ := w.pack.Catalogue().LeafOf(l.Recipient)
		marks[leaf], ids[l.Recipient.ID] = publish.Only(ids), true
	}
	if _, err := w.publisher.Publish(ctx, marks, now); err != nil {
		return nil, fmt.Errorf("publish the first pages: %w", err)
	}
	return rw, nil
}

// commit makes one commitment and does what the stream would wake: the pledge
// changes the recipient's leaf. A submission is not public and wakes nobody.
func (w *world) commit(ctx context.Context, to aid.Listing) error {
	before, err := w.root(ctx)
	if err != nil {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make id: %w", err)
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	place := aid.Place{Recipient: to.Recipient, Needs: to.Needs, Activity: to.Activity}
	s, err := submission(w.pack, draft(aid.CommitmentID(id.String()), to.Recipient.ID, aid.DayOf(now, w.pack.Zone)), place, now)
	if err != nil {
		return err
	}
	submit, err := w.timed(accepted, func() error {
		_, _, err := w.facts.Submit(ctx, s)
		return err
	})
	if err != nil {
		return err
	}
	after, err := s.Commitment.Verified(now, w.pack.Catalogue())
	if err != nil {
		return err
	}
	pledge, err := w.timed(accepted, func() error {
		return w.facts.Move(ctx, table.Change{Move: aid.Verify, Before: s.Commitment, After: after, At: now, Letters: []aid.LetterKind{aid.LetterPledged, aid.LetterStewardPledged}})
	})
	if err != nil {
		return err
	}
	if err := w.prepare(ctx, to.Recipient.ID); err != nil {
		return err
	}
	began := time.Now()
	published, err := w.timed(pledged, func() error { return w.publish(ctx, to.Recipient) })
	if err != nil {
		return err
	}
	is, err := w.root(ctx)
	if err != nil {
		return err
	}
	if is.Totals.Open != before.Totals.Open+1 || is.Totals.Packages[staple].Committed != before.Totals.Packages[staple].Committed+1 {
		return fmt.Errorf("published totals say %d open and %d committed after %d and %d",
			is.Totals.Open, is.Totals.Packages[staple].Committed, before.Totals.Open, before.Totals.Packages[staple].Committed)
	}
	for what, d := range map[string]time.Duration{
		"accept":  submit + pledge,
		"read":    w.store.replaced().Sub(began),
		"publish": published,
		"both":    submit + pledge + published,
	} {
		w.took[what] = append(w.took[what], d)
	}
	return nil
}

func (w *world) timed(phase string, f func() error) (time.Duration, error) {
	began := time.Now()
	err := w.meter.in(phase, f)
	return time.Since(began), err
}

// publish does what publish-stream does for the records of one commitment.
func (w *world) publish(ctx context.Context, r aid.Recipient) error {
	leaf, ok := w.pack.Catalogue().LeafOf(r)
	if !ok {
		return fmt.Errorf("no leaf for %s", r.ID)
	}
	report, err := w.publisher.Publish(ctx, publish.Marks{leaf: publish.Only(map[aid.RecipientID]bool{r.ID: true})}, time.Now())
	if err == nil && len(report.Refused) > 0 {
		return report.Refused[0]
	}
	return err
}

// root reads the region's file as anybody would: the manifest, then what it
// points at.
func (w *world) root(ctx context.Context) (publish.AreaFile, error) {
	var m publish.Manifest
	if err := readJSON(ctx, w.store, publish.ManifestPath, &m); err != nil {
		return publish.AreaFile{}, err
	}
	var root publish.AreaFile
	return root, readJSON(ctx, w.store, m.Root, &root)
}

func readJSON(ctx context.Context, store publish.Store, path string, out any) error {
	o, err := store.Get(ctx, path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(o.Body, out); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

// prepare has the next leaf to be published read before the clock runs, where
// reading is not to be measured.
func (w *world) prepare(ctx context.Context, id aid.RecipientID) error {
	if r, ok := w.facts.(*ready); ok {
		return r.prepare(ctx, id)
	}
	return nil
}

// ready is the memory model with leaves that were read beforehand: it looks
// through everybody to find those of one leaf, which no real table does.
type ready struct {
	*table.Memory
	leaves map[aid.Leaf][]aid.Place
}

// read prepares every leaf from the listings that were loaded.
func (r *ready) read(all []aid.Listing, catalogue *aid.Catalogue) {
	r.leaves = map[aid.Leaf][]aid.Place{}
	for _, l := range all {
		leaf, _ := catalogue.LeafOf(l.Recipient)
		place, _, err := r.Place(context.Background(), l.Recipient.ID)
		if err == nil {
			r.leaves[leaf] = append(r.leaves[leaf], place)
		}
	}
}

func (r *ready) prepare(ctx context.Context, id aid.RecipientID) error {
	place, leaf, err := r.Place(ctx, id)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(r.leaves[leaf], func(p aid.Place) bool { return p.Recipient.ID == id })
	if i < 0 {
		return fmt.Errorf("recipient %s in leaf %s: %w", id, leaf, aid.ErrNotFound)
	}
	r.leaves[leaf][i] = place
	return nil
}

// Leaf returns what was read.
func (r *ready) Leaf(_ context.Context, leaf aid.Leaf) ([]aid.Place, error) {
	return slices.Clone(r.leaves[leaf]), nil
}

// reportFresh prints what one commitment costs and how long it takes, beside
// each other for every number of recipients.
func (b *bench) reportFresh(worlds []*world, warm, n int) {
	b.out.line("\n## fresh: an accepted commitment → its totals readable in the public files\n")
	b.out.line("In process, our own packages on the local engines (one pair for each number of recipients), all pages rendered. "+
		"%d commitments to as many RW, the same RW everywhere, taking turns, after %d to warm up. "+
		"Each wakes one publication, as in the cloud when nothing else happens. "+
		"Units are those that the engine reports; the limit is on medians. Letters are not in it.", n, warm)
	head := []string{"one commitment"}
	for _, w := range worlds {
		head = append(head, fmt.Sprintf("%d recipients", w.recipients))
	}
	b.out.table(append(head, "ratio", "limit", ""), b.freshRows(worlds, n))
	b.out.line("")
	for _, phase := range []string{accepted, pledged} {
		b.out.line("- %s: %s", phase, worlds[0].meter.cost(phase).operations(n))
	}
}

func (b *bench) freshRows(worlds []*world, n int) (rows [][]string) {
	add := func(what, format string, limited bool, value func(*world) float64) {
		row := []string{what}
		for _, w := range worlds {
			row = append(row, fmt.Sprintf(format, value(w)))
		}
		first, last := value(worlds[0]), value(worlds[len(worlds)-1])
		limit, met := "", ""
		if limited {
			limit, met = fmt.Sprint(flatLimit), "met"
			if last > first*flatLimit {
				met = fmt.Sprintf("missed by %.3f", last/first-flatLimit)
			}
		}
		rows = append(rows, append(row, ratio(last, first), limit, met))
	}
	per := func(value func(*count) float64, phases ...string) func(*world) float64 {
		return func(w *world) (sum float64) {
			for _, phase := range phases {
				sum += value(w.meter.cost(phase))
			}
			return sum / float64(n)
		}
	}
	all := []string{accepted, pledged}
	add("DynamoDB requests", "%.2f", true, per(func(c *count) float64 { return float64(c.calls()) }, all...))
	add("read units", "%.1f", true, per(func(c *count) float64 { return c.readUnits }, all...))
	add("write units", "%.1f", true, per(func(c *count) float64 { return c.writeUnits }, all...))
	add("S3 GET", "%.2f", true, per(func(c *count) float64 { return float64(c.gets) }, all...))
	add("S3 PUT", "%.2f", true, per(func(c *count) float64 { return float64(c.puts) }, all...))
	add("objects written", "%.2f", true, per(func(c *count) float64 { return float64(c.objects) }, all...))
	add("bytes written", "%.0f", true, per(func(c *count) float64 { return float64(c.bytesOut) }, all...))
	add("bytes read from S3", "%.0f", true, per(func(c *count) float64 { return float64(c.bytesIn) }, all...))
	for _, timing := range timings {
		for _, share := range []float64{0, 0.5, 0.99} {
			name := map[float64]string{0: "min", 0.5: "median", 0.99: "p99"}[share]
			add(fmt.Sprintf("%s, %s, ms", timing.what, name), "%.2f", share == 0.5, func(w *world) float64 {
				return float64(w.took[timing.key].at(share).Microseconds()) / 1000
			})
		}
	}
	return rows
}

// timings are the stretches of one commitment, as they are told.
var timings = []struct{ key, what string }{
	{"accept", "accept (submit + pledge)"},
	{"read", "pledge answered → totals readable"},
	{"publish", "pledge answered → all pages written"},
	{"both", "accept + all pages"},
}

// reportCompute prints what of it is our own work.
func (b *bench) reportCompute(worlds []*world, warm, n int) {
	b.out.line("\n## fresh: compute alone\n")
	b.out.line("The same with store and bucket in memory and the leaf read beforehand: folding, encoding, hashing, rendering. %d commitments after %d to warm up. Target ≤ %s.",
		n, warm, ms(computeTarget))
	var rows [][]string
	for _, w := range worlds {
		for _, timing := range timings {
			if timing.key != "read" && timing.key != "publish" {
				continue
			}
			row := w.took[timing.key].row(fmt.Sprintf("%d recipients, %s", w.recipients, timing.what))
			rows = append(rows, append(row, verdict(w.took[timing.key].median(), computeTarget)))
		}
	}
	b.out.table(append(slices.Clone(sampleHead), "target"), rows)
}
