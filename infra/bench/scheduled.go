package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/page"
	"ksbb/shared/publish"
	"ksbb/shared/region"
	"ksbb/shared/release"
	reports "ksbb/shared/report"
	"ksbb/shared/report/print"
	"ksbb/shared/report/workbook"
)

// releaseMemory is what the scheduled run may hold at once.
const releaseMemory = 256 << 20

// releaseSizes are the cities that the scheduled run is measured in.
var releaseSizes = []citySize{{3_200, 100_000}, {50_000, 1_000_000}}

type citySize struct{ Recipients, Commitments int }

// releaseVariable makes this program a child that measures one city, so that
// what the kernel says of its memory is about nothing else.
const releaseVariable = "KSBB_BENCH_RELEASE"

// nightFigures are those of one run.
type nightFigures struct {
	What                string
	Took                time.Duration
	Processor           time.Duration
	Queries             int64 // to the ledger
	Gets, Puts, Written int64
	Read, Bytes         int64
	Peak                int64 // resident, bytes, from the start of the process
}

// scheduled measures the runs of a night: the first one, which makes up for
// half a year, one on which a month ends, and one that finds everything done.
func (b *bench) scheduled(ctx context.Context, _ []string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	var rows [][]string
	for _, size := range releaseSizes {
		b.say("scheduled: %d recipients, %d commitments", size.Recipients, size.Commitments)
		cmd := exec.CommandContext(ctx, self)
		// The collector of the function works under the same limit.
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d,%d,%s", releaseVariable, size.Recipients, size.Commitments, b.folder), "GOMEMLIMIT=200MiB")
		cmd.Stderr = b.progress
		out, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("measure %d recipients: %w", size.Recipients, err)
		}
		var runs []nightFigures
		if err := json.Unmarshal(out, &runs); err != nil {
			return fmt.Errorf("read figures of %d recipients: %w", size.Recipients, err)
		}
		for _, f := range runs {
			memory := "met"
			if f.Peak > releaseMemory {
				memory = fmt.Sprintf("missed by %d MB", (f.Peak-releaseMemory)>>20)
			}
			rows = append(rows, []string{
				fmt.Sprintf("%d recipients, %d commitments: %s", size.Recipients, size.Commitments, f.What),
				fmt.Sprintf("%.1f s", f.Took.Seconds()), fmt.Sprintf("%.1f s", f.Processor.Seconds()),
				fmt.Sprint(f.Queries), fmt.Sprint(f.Gets), fmt.Sprint(f.Puts), fmt.Sprintf("%.1f MB", float64(f.Read)/1e6), fmt.Sprintf("%.1f MB", float64(f.Bytes)/1e6),
				fmt.Sprintf("%d MB", f.Peak>>20), memory,
			})
		}
	}
	b.out.line("\n## scheduled: the runs of a night\n")
	b.out.line("Each city in a process of its own (GOMEMLIMIT=200MiB), once, facts invented on the way (their making is in the time), files on disk. " +
		"Queries are those to the ledger if a page of an answer held everything; on AWS each is a round trip of some milliseconds, several at once. " +
		"Peak is the largest resident size of the process since its start (VmHWM).")
	b.out.table([]string{"", "took", "processor", "queries", "GET/HEAD", "PUT", "read", "written", "peak", "≤ 256 MB"}, rows)
	return nil
}

// measureRelease is the child.
func measureRelease(ctx context.Context, asked string, out io.Writer) error {
	parts := strings.SplitN(asked, ",", 3)
	if len(parts) != 3 {
		return fmt.Errorf("%q is no city", asked)
	}
	recipients, err1 := strconv.Atoi(parts[0])
	commitments, err2 := strconv.Atoi(parts[1])
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	folder, err := os.MkdirTemp(parts[2], "release-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	pack, err := region.Load(regionPack)
	if err != nil {
		return err
	}
	pages, err := page.New(pack, "https://ksbb.example")
	if err != nil {
		return err
	}
	last := aid.Day("2026-11-01").Begins(pack.Zone)
	past, err := newPast(pack, recipients, commitments, last)
	if err != nil {
		return err
	}
	store := &shelf{folder: filepath.Join(folder, "public")}
	r := &release.Runner{
		Region: pack, Facts: past, Store: store, Scratch: spools(folder), Editions: release.Editions(pages.In), Printer: press{pack, "https://ksbb.example"},
		Publisher: unheard{}, Announcer: unheard{}, Site: "https://ksbb.example", Workers: 8,
	}
	var runs []nightFigures
	for _, night := range []struct {
		what string
		at   time.Time
	}{
		{"the first run, for half a year", last.AddDate(0, 0, -1).Add(release.MadeAfter)},
		{"the night in which a month ended", last.Add(release.MadeAfter)},
		{"the same once more", last.Add(release.MadeAfter)},
	} {
		store.clear()
		past.queries.Store(0)
		spent := processor()
		began := time.Now()
		result, err := r.Run(ctx, night.at)
		if err != nil {
			return fmt.Errorf("%s: %w", night.what, err)
		}
		runs = append(runs, nightFigures{
			What: night.what, Took: time.Since(began), Processor: processor() - spent, Queries: past.queries.Load(),
			Gets: store.gets.Load(), Puts: store.puts.Load(), Read: store.read.Load(), Bytes: store.bytes.Load(), Written: int64(result.Written), Peak: peak(),
		})
		fmt.Fprintf(os.Stderr, "  %s: %.1f s, peak %d MB, %+v\n", night.what, time.Since(began).Seconds(), peak()>>20, result)
	}
	return json.NewEncoder(out).Encode(runs)
}

// peak is the largest resident size of this process so far, in bytes.
func peak() int64 {
	kilobytes, _ := strconv.ParseInt(strings.TrimSuffix(fact("/proc/self/status", "VmHWM"), " kB"), 10, 64)
	return kilobytes << 10
}

// processor is the processor time that this process has used.
func processor() time.Duration {
	fields := strings.Fields(fact("/proc/self/stat", ""))
	if len(fields) < 15 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[13], 10, 64)
	system, _ := strconv.ParseInt(fields[14], 10, 64)
	return time.Duration(user+system) * time.Second / 100
}

// past is a city with many commitments, each made when it is asked for: to hold
// them all would be measured too.
type past struct {
	pack        *region.Pack
	leaves      map[aid.Leaf][]aid.Place // of the demonstration
	kelurahan   map[area.Code]businesses
	lives       []aid.Commitment
	needs       map[aid.RecipientID]aid.Need // the line that a recipient of the demonstration is given to by
	perPlace    int
	begins, end time.Time
	queries     atomic.Int64
}

// businesses says how many invented businesses a kelurahan has.
type businesses struct {
	area region.Area
	n    int
}

// halfYear is how far back the commitments go.
const halfYear = 182 * 24 * time.Hour

func newPast(pack *region.Pack, recipients, commitments int, end time.Time) (*past, error) {
	listed, err := listings(pack, 0, aid.DayOf(end, pack.Zone))
	if err != nil {
		return nil, err
	}
	p := &past{
		pack: pack, leaves: map[aid.Leaf][]aid.Place{}, kelurahan: map[area.Code]businesses{}, needs: map[aid.RecipientID]aid.Need{},
		perPlace: (commitments + recipients - 1) / recipients, begins: end.Add(-halfYear), end: end,
	}
	for _, l := range listed {
		leaf, ok := pack.Catalogue().LeafOf(l.Recipient)
		if !ok || len(l.Needs) == 0 {
			continue
		}
		place := aid.Place{Recipient: l.Recipient, Needs: l.Needs}
		place.Activity = aid.Activity{Rev: 1, Pledged: int64(p.perPlace), UpdatedAt: end}
		p.leaves[leaf] = append(p.leaves[leaf], place)
		p.needs[l.Recipient.ID] = l.Needs[0]
	}
	kelurahan := pack.At(area.Kelurahan)
	for i := range max(0, recipients-len(listed)) {
		k := kelurahan[i%len(kelurahan)]
		p.kelurahan[k.Code] = businesses{k, p.kelurahan[k.Code].n + 1}
	}
	return p, p.live()
}

// live leads a few commitments through their lives; all others are copies of
// them, moved in time.
func (p *past) live() error {
	cat, at := p.pack.Catalogue(), p.begins
	for i := range 20 {
		c := aid.Commitment{
			ID: "0198c0de-0000-7000-8000-000000000000", Program: "pangan", Route: aid.Direct, State: aid.Submitted, Version: 1,
			Lines:       []aid.Line{{Need: "x", Package: staple, Quantity: 10, Unit: "paket", Value: 2_000_000}},
			Period:      aid.Period{From: aid.DayOf(at, p.pack.Zone).Plus(1), To: aid.DayOf(at, p.pack.Zone).Plus(4)},
			SubmittedAt: at, VerifyBy: at.Add(24 * time.Hour),
		}
		var err error
		then := func(next aid.Commitment, wrong error) { c, err = next, errors.Join(err, wrong) }
		then(c.Verified(at.Add(time.Hour), cat))
		switch {
		case i%10 == 9: // lapses
		case i%10 == 8:
			then(c.WithdrawnFor("other", aid.Collaborator, at.Add(2*time.Hour), cat))
		default:
			then(c.Spoken(aid.Collaborator, at.Add(time.Duration(3+2*i)*time.Hour), cat))
			then(c.ScheduledFor(aid.Appointment{On: c.Period.To}, aid.Collaborator, at.Add(48*time.Hour), cat))
			then(c.SignedAs("sha256-bench", at.Add(49*time.Hour), cat))
			then(c.Reported(aid.DeliveryReport{ID: "d", On: c.Period.To, Quantities: []int64{10}}, at.Add(120*time.Hour), cat))
			if i%10 < 7 {
				then(c.ReceivedAs(aid.ReceiptAnswer{Delivery: "d", Answer: aid.Full, Via: aid.ViaSteward}, at.Add(130*time.Hour), cat))
			}
		}
		if err != nil {
			return fmt.Errorf("invent a life: %w", err)
		}
		p.lives = append(p.lives, c)
	}
	return nil
}

// Leaf implements release.Facts.
func (p *past) Leaf(_ context.Context, leaf aid.Leaf) ([]aid.Place, error) {
	p.queries.Add(1)
	places := slices.Clone(p.leaves[leaf])
	if p.pack.Catalogue().Kinds["umkm"].Group == leaf.Group {
		for code, b := range p.kelurahan {
			for n := range b.n {
				if !leaf.Area.Contains(code) {
					break
				}
				l := business(b.area, n, aid.DayOf(p.end, p.pack.Zone))
				place := aid.Place{Recipient: l.Recipient, Needs: l.Needs}
				place.Activity = aid.Activity{Rev: 1, Pledged: int64(p.perPlace), UpdatedAt: p.end}
				places = append(places, place)
			}
		}
	}
	return places, nil
}

// History implements release.Facts.
func (p *past) History(_ context.Context, r aid.RecipientID) ([]aid.Commitment, []aid.Evidence, error) {
	p.queries.Add(1)
	need, known := p.needs[r]
	if !known {
		need = aid.Need{ID: aid.NeedOf(r, "pelatihan"), Program: "umkm", Package: "pelatihan"}
	}
	h := fnv.New64a()
	h.Write([]byte(r))
	seed := h.Sum64()
	all := make([]aid.Commitment, p.perPlace)
	for i := range all {
		seed = seed*6364136223846793005 + 1442695040888963407
		after := time.Duration(seed>>1) % (halfYear - 6*24*time.Hour)
		c := later(p.lives[(seed>>8)%uint64(len(p.lives))], after.Truncate(time.Millisecond), p.pack.Zone)
		giver := seed >> 40 % 5_000
		c.ID = aid.CommitmentID(fmt.Sprintf("%08x-%04x-7000-8000-%012x", uint32(seed>>32), uint16(i), seed&0xffffffffffff))
		c.Recipient, c.Program, c.Class = r, need.Program, aid.Classes[giver%5]
		c.Collaborator, c.Name, c.Salt = aid.CollaboratorID(fmt.Sprint(giver)), fmt.Sprintf("Yayasan Contoh %d", giver), "c2FsdA"
		c.Lines = slices.Clone(c.Lines)
		c.Lines[0].Need, c.Lines[0].Package = need.ID, need.Package
		for d := range c.Deliveries {
			c.Deliveries[d].Number = c.ID.BAST(d + 1)
		}
		all[i] = c
	}
	return all, nil, nil
}

// Corrections implements release.Facts.
func (p *past) Corrections(context.Context, aid.Leaf) ([]aid.Correction, error) {
	p.queries.Add(1)
	return nil, nil
}

// later returns a life as it would have been some time later.
func later(c aid.Commitment, by time.Duration, zone *time.Location) aid.Commitment {
	for _, at := range []*time.Time{&c.SubmittedAt, &c.VerifyBy, &c.PledgedAt, &c.ContactBy, &c.ContactedAt, &c.SignedAt, &c.EndedAt, &c.DueAt} {
		if !at.IsZero() {
			*at = at.Add(by)
		}
	}
	c.Period = aid.Period{From: aid.DayOf(c.SubmittedAt, zone).Plus(1), To: aid.DayOf(c.SubmittedAt, zone).Plus(4)}
	c.Log, c.Deliveries = slices.Clone(c.Log), slices.Clone(c.Deliveries)
	for i := range c.Log {
		c.Log[i].At = c.Log[i].At.Add(by)
	}
	for i, d := range c.Deliveries {
		d.ReportedAt = d.ReportedAt.Add(by)
		if d.Answer != "" {
			d.AnsweredAt = d.AnsweredAt.Add(by)
		}
		d.On = c.Period.To
		c.Deliveries[i] = d
	}
	return c
}

// shelf keeps the public tree in a folder and counts what is asked of it.
type shelf struct {
	folder                  string
	mu                      sync.Mutex
	stats                   map[string]publish.Stat
	gets, puts, read, bytes atomic.Int64
}

func (s *shelf) clear() {
	for _, n := range []*atomic.Int64{&s.gets, &s.puts, &s.read, &s.bytes} {
		n.Store(0)
	}
}

func (s *shelf) at(path string) string { return filepath.Join(s.folder, filepath.FromSlash(path)) }

// Head implements release.Store.
func (s *shelf) Head(_ context.Context, path string) (publish.Stat, error) {
	s.gets.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	stat, ok := s.stats[path]
	if !ok {
		return publish.Stat{}, aid.ErrNotFound
	}
	return stat, nil
}

// Open implements release.Store.
func (s *shelf) Open(ctx context.Context, path string) (io.ReadCloser, error) {
	stat, err := s.Head(ctx, path)
	if err != nil {
		return nil, err
	}
	s.read.Add(stat.Size)
	return os.Open(s.at(path))
}

// Get implements publish.Store.
func (s *shelf) Get(ctx context.Context, path string) (publish.Object, error) {
	stat, err := s.Head(ctx, path)
	if err != nil {
		return publish.Object{}, err
	}
	body, err := os.ReadFile(s.at(path))
	s.read.Add(stat.Size)
	return publish.Object{Body: body, ETag: stat.ETag, Generation: stat.Generation}, err
}

// Put implements publish.Store.
func (s *shelf) Put(ctx context.Context, f publish.File, c publish.Condition) error {
	return s.Upload(ctx, f, bytes.NewReader(f.Body), "", c)
}

// Upload implements release.Store.
func (s *shelf) Upload(_ context.Context, f publish.File, body io.ReadSeeker, hash string, c publish.Condition) error {
	s.puts.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.stats[f.Path]; old.ETag != c.IfMatch {
		return aid.ErrStale
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.at(f.Path)), 0o755); err != nil {
		return err
	}
	file, err := os.Create(s.at(f.Path))
	if err != nil {
		return err
	}
	n, err := io.Copy(file, body)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	s.bytes.Add(n)
	if s.stats == nil {
		s.stats = map[string]publish.Stat{}
	}
	s.stats[f.Path] = publish.Stat{ETag: fmt.Sprint(s.puts.Load()), Generation: f.Generation, Size: n, Hash: hash}
	return nil
}

// spools makes files in a folder of its own.
type spools string

// Create implements release.Scratch.
func (s spools) Create() (release.Spool, error) {
	f, err := os.CreateTemp(string(s), "spool-")
	if err != nil {
		return nil, err
	}
	return f, os.Remove(f.Name()) // it lives until it is closed
}

// press prints as the function does.
type press struct {
	pack *region.Pack
	site string
}

func (p press) PDF(r reports.Report, source reports.Source) ([]byte, error) {
	return print.Report(r, source, p.pack, p.site)
}

func (p press) Workbook(w io.Writer, r reports.Report, open release.OpenTable) error {
	return workbook.Report(w, r, p.pack, open)
}

func (p press) Tables(w io.Writer, title string, asOf time.Time, tables []reports.Table, open release.OpenTable) error {
	return workbook.Tables(w, title, asOf, tables, open)
}

// unheard takes what goes to the manifest and to subscribers.
type unheard struct{}

func (unheard) RecordLog(context.Context, publish.LogRef, time.Time) error { return nil }

func (unheard) AnnounceReport(context.Context, string, int, time.Time) error { return nil }
