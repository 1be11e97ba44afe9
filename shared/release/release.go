// Package release writes everything that is published on a schedule: the
// reports of days, weeks and months, the open data, the frozen releases and the
// public log. It knows in which order files are written and which of them
// decides; it does not know where they are kept, how a page looks or how a PDF
// is drawn.
//
// Its rule is that of package publish: recompute, never increment. A run says
// how things stood at the last midnight of the region, which facts alone decide:
// late, repeated, skipped and interrupted runs, and runs beside each other, end
// in the same files. Of everything that is kept for ever one small file is
// written under a condition and decides, and whatever follows is made from it
// alone:
//
//	data/v1/reports/<period>/<revision>.json   the report of a period
//	data/v1/releases/<month>/release.json      the open data of a month
//	data/v1/log/after/<n>.json                 which day of the log follows
//
// # The public log
//
// The log tells every published step of every commitment, and every correction,
// day by day. The file of a day, data/v1/log/<day>.<hash>.jsonl, begins with a
// header that names the file before it; every further line is one record. A
// record is the bytes of its line without the line feed. Records are numbered
// from 1 on through all files, and chained:
//
//	head(0) = 32 zero bytes
//	head(n) = SHA-256(0x01 || head(n-1) || SHA-256(0x00 || record(n)))
//
// The two hashes are those of RFC 6962, so that a Merkle tree may later be built
// over the same records and no line has to change. The manifest names the newest
// file with its head; [Verify] walks from there back to the first record.
package release

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
	"ksbb/shared/publish"
	"ksbb/shared/region"
	"ksbb/shared/report"
)

// Facts is the part of the ledger that is released.
type Facts interface {
	Leaf(ctx context.Context, leaf aid.Leaf) ([]aid.Place, error)
	History(ctx context.Context, recipient aid.RecipientID) ([]aid.Commitment, []aid.Evidence, error)
	// Corrections returns every correction recorded for a leaf.
	Corrections(ctx context.Context, leaf aid.Leaf) ([]aid.Correction, error)
}

// Pages renders what people read, in one language. The same arguments give the
// same bytes.
type Pages interface {
	Reports(i report.Index) ([]byte, error)
	// Report renders one report, with links to the periods beside it that have one.
	Report(r report.Report, revisions []report.Revision, source report.Source, near report.Near) ([]byte, error)
	Data(o report.Open, tables []report.Table) ([]byte, error)
	// Collaborators renders the first of those who gave; source has all of them.
	Collaborators(c report.Collaborators, source report.Source) ([]byte, error)
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

// Printer makes the files that need a library. The same arguments give the same
// bytes. open gives the CSV file of a table.
type Printer interface {
	// PDF prints a report; source is the JSON file that it was read from.
	PDF(r report.Report, source report.Source) ([]byte, error)
	Workbook(w io.Writer, r report.Report, open OpenTable) error
	Tables(w io.Writer, title string, asOf time.Time, tables []report.Table, open OpenTable) error
}

// Publisher makes the newest file of the log known in the manifest. It never
// goes back to an older day; naming the same file again changes nothing.
type Publisher interface {
	RecordLog(ctx context.Context, newest publish.LogRef, now time.Time) error
}

// Announcer lets those who asked for it know of a report. Announcing it again
// changes nothing.
type Announcer interface {
	AnnounceReport(ctx context.Context, period string, revision int, at time.Time) error
}

// Runner does the scheduled runs of one region. All fields must be set. Several
// may work on one tree.
type Runner struct {
	Region    *region.Pack
	Facts     Facts
	Store     Store
	Scratch   Scratch
	Editions  []Edition
	Printer   Printer
	Publisher Publisher
	Announcer Announcer
	Site      string // origin of the public site
	// Workers is how many reads or writes are under way at once.
	Workers int
}

// Result says what one run did.
type Result struct {
	Made     []string `json:"made"`     // periods whose first report was finished
	Revised  []string `json:"revised"`  // periods whose report has a new revision
	Released []string `json:"released"` // months that were frozen
	Days     int      `json:"days"`     // files added to the log
	Records  int64    `json:"records"`  // in the log now
	Written  int      `json:"written"`  // files written
}

// MadeAfter is how long after its end the report of a period is due.
const MadeAfter = 20 * time.Minute

// announcedFor is how long a report is news. A run that is later than that
// writes the same files and no letters.
const announcedFor = 3 * 24 * time.Hour

// Run does everything that is due at instant now, which is when the run was
// scheduled for. What fails does not keep the rest from being done; all errors
// are returned together, and the next run does what is missing.
func (r *Runner) Run(ctx context.Context, now time.Time) (Result, error) {
	s, err := r.begin(ctx, now)
	if err != nil {
		return Result{}, err
	}
	err = s.everything(ctx)
	s.result.Written = int(s.written.Load())
	return s.result, err
}

// ErrNotOver refuses the report of a period that has not ended yet.
var ErrNotOver = errors.New("the period is not over yet")

// Make makes the report of one period, however long ago that was, unless it
// stands already. A period that is not over at instant now wraps [ErrNotOver].
func (r *Runner) Make(ctx context.Context, period report.Period, now time.Time) (Result, error) {
	if now.Before(period.Ends(r.Region.Zone)) {
		return Result{}, fmt.Errorf("report of %s, which ends on %s: %w", period.ID, period.To, ErrNotOver)
	}
	s, err := r.begin(ctx, now)
	if err != nil {
		return Result{}, err
	}
	err = s.reportsOf(ctx, []report.Period{period})
	s.result.Written = int(s.written.Load())
	return s.result, err
}

// run is one run under way.
type run struct {
	*Runner
	writer
	now  time.Time
	asOf time.Time // the last midnight: what happened then or later is not told
	// first is the day of the first event, empty when nothing ever happened.
	first aid.Day

	index indexFile
	open  report.Open
	log   publish.LogRef // the newest day that is linked; zero when there is none

	corrections []leafCorrection // recorded before asOf, oldest first
	result      Result
}

// leafCorrection is one correction with the leaf that it is about.
type leafCorrection struct {
	leaf aid.Leaf
	aid.Correction
}

func (r *Runner) begin(ctx context.Context, now time.Time) (*run, error) {
	s := &run{
		Runner: r, writer: writer{store: r.Store}, now: now, asOf: aid.DayOf(now, r.Region.Zone).Begins(r.Region.Zone),
		result: Result{Made: []string{}, Revised: []string{}, Released: []string{}},
	}
	var err error
	if s.index, _, err = s.readIndex(ctx); err != nil {
		return nil, err
	}
	if s.open, _, err = s.readOpen(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// everything does what is due.
func (s *run) everything(ctx context.Context) error {
	if err := s.writeSchemas(ctx); err != nil {
		return err
	}
	// Before anything is computed, so that no link leads nowhere meanwhile.
	if err := s.front(ctx); err != nil {
		return err
	}
	if err := s.readLog(ctx); err != nil {
		return err
	}
	// Once the open data tell of the last midnight, every correction before it has
	// been looked at.
	if s.open.AsOf.Before(s.asOf) {
		if err := s.readCorrections(ctx); err != nil {
			return err
		}
	}
	if err := s.findFirst(ctx); err != nil {
		return err
	}
	due := report.Due(s.now, s.first, s.Region.Zone)
	return errors.Join(s.work(ctx, due, true), s.announce(ctx))
}

// reportsOf makes the reports of some periods and nothing else.
func (s *run) reportsOf(ctx context.Context, periods []report.Period) error {
	if err := s.readCorrections(ctx); err != nil {
		return err
	}
	return s.work(ctx, periods, false)
}

// work makes what is missing of the reports of these periods and, if all, of
// everything else.
func (s *run) work(ctx context.Context, due []report.Period, all bool) error {
	plan, err := s.plan(ctx, due, all)
	if err != nil {
		return err
	}
	var w *gathered
	if plan.reads() {
		if w, err = s.gather(ctx, plan); err != nil {
			return err
		}
		defer w.close()
	}
	// Each of these stands for itself: a fault in one must not keep the public
	// from the others.
	wrong := []error{s.writeReports(ctx, plan, w)}
	if all {
		wrong = append(wrong, s.writeLog(ctx, w), s.freeze(ctx, plan, w), s.writeCollaborators(ctx, w))
		if errors.Join(wrong...) == nil && plan.open {
			// It says how far the runs have come, so it is written last and only
			// when nothing is missing.
			wrong = append(wrong, s.writeOpen(ctx, w))
		}
	}
	return errors.Join(append(wrong, s.front(ctx))...)
}

// plan is what one run has to do.
type plan struct {
	wanted []wanted        // reports to be looked after, oldest first
	months []report.Period // to be frozen
	open   bool            // the open data and the log are not up to the last midnight
}

// wanted is one report with what is to be done about it.
type wanted struct {
	report.Period
	standing  []report.Revision // in the index, the latest first
	unlisted  *reportFile       // a report that stands and is not in the index yet
	corrected []leafCorrection  // recorded since; the report is made again to see whether it differs
}

// collects tells whether the report has to be made from the facts.
func (w wanted) collects() bool {
	return len(w.standing) == 0 && w.unlisted == nil || len(w.corrected) > 0
}

// reads tells whether the facts have to be read.
func (p plan) reads() bool { return p.open || len(p.collected()) > 0 || len(p.months) > 0 }

// collected lists the periods that have to be made from the facts.
func (p plan) collected() []report.Period {
	var all []report.Period
	for _, w := range p.wanted {
		if w.collects() {
			all = append(all, w.Period)
		}
	}
	return all
}

func (s *run) plan(ctx context.Context, due []report.Period, all bool) (plan, error) {
	p := plan{open: all && s.open.AsOf.Before(s.asOf)}
	for _, period := range due {
		w := wanted{Period: period, standing: s.index.revisions(period.ID)}
		// Whoever wrote the next revision may have died before it was listed.
		f, err := s.readReport(ctx, period.ID, len(w.standing)+1)
		switch {
		case err == nil:
			w.unlisted = &f
		case !errors.Is(err, aid.ErrNotFound):
			return plan{}, err
		}
		w.corrected = s.since(period)
		p.wanted = append(p.wanted, w)
		if all && period.Kind == report.Monthly && !s.released(period.ID) {
			p.months = append(p.months, period)
		}
	}
	p.months = s.freezable(p.months)
	return p, nil
}

// freezable leaves out the months before the first release. Who lives where is
// known as it is now, so that the state of a month is frozen soon after its end
// or not at all: the first run of an installation freezes only the newest month,
// and later ones those that were skipped since.
func (s *run) freezable(months []report.Period) []report.Period {
	if len(months) == 0 {
		return nil
	}
	from := months[len(months)-1].ID
	if n := len(s.open.Releases); n > 0 {
		from = s.open.Releases[n-1].Month // the first one
	}
	return slices.DeleteFunc(months, func(m report.Period) bool { return m.ID < from })
}

// since returns the corrections recorded after a period had ended that no
// earlier run has looked at.
func (s *run) since(p report.Period) []leafCorrection {
	var found []leafCorrection
	for _, c := range s.corrections {
		if c.On.After(s.index.Corrected) && !c.On.Before(p.Ends(s.Region.Zone)) {
			found = append(found, c)
		}
	}
	return found
}

// readCorrections reads every correction recorded before the last midnight.
// One of today is for tomorrow, so that a run says the same at any hour.
func (s *run) readCorrections(ctx context.Context) error {
	leaves := s.Region.Leaves()
	for found, err := range inOrder(ctx, s.Workers, leaves, func(ctx context.Context, leaf aid.Leaf) ([]leafCorrection, error) {
		all, err := s.Facts.Corrections(ctx, leaf)
		if err != nil {
			return nil, fmt.Errorf("read corrections of %s: %w", leaf, err)
		}
		var before []leafCorrection
		for _, c := range all {
			if c.On.Before(s.asOf) {
				before = append(before, leafCorrection{leaf, c})
			}
		}
		return before, nil
	}) {
		if err != nil {
			return err
		}
		s.corrections = append(s.corrections, found...)
	}
	slices.SortStableFunc(s.corrections, func(a, b leafCorrection) int {
		return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.leaf.String(), b.leaf.String()))
	})
	return nil
}

// findFirst finds the day of the first event: where the log begins, and while
// there is no log in the facts and corrections.
func (s *run) findFirst(ctx context.Context) error {
	link, err := s.readLink(ctx, 0)
	if err == nil {
		s.first = link.Day
		return nil
	}
	if !errors.Is(err, aid.ErrNotFound) {
		return err
	}
	if !s.open.AsOf.Before(s.asOf) {
		return nil // whatever there was would be in the log
	}
	if len(s.corrections) > 0 {
		s.first = aid.DayOf(s.corrections[0].On, s.Region.Zone)
	}
	return s.pass(ctx, func(p aid.Place, commitments []aid.Commitment) error {
		for _, c := range commitments {
			if c.PledgedAt.IsZero() || !c.PledgedAt.Before(s.asOf) {
				continue
			}
			if day := aid.DayOf(c.PledgedAt, s.Region.Zone); s.first == "" || day < s.first {
				s.first = day
			}
		}
		return nil
	})
}
