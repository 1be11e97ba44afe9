package release

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
	"ksbb/shared/publish"
	"ksbb/shared/report"
)

// Where the lists of reports are.
const (
	IndexPath   = "data/v1/reports/index.json"
	FeedPath    = "data/v1/reports/feed.atom"
	reportsPage = "laporan/index.html"
)

// reportFile is a report as it is kept: with what its run was, so that whoever
// finishes it later says the same.
type reportFile struct {
	report.Report
	// MadeAt is the instant for which its run was scheduled.
	MadeAt time.Time `json:"madeAt"`
	// Corrected is the instant of the latest correction, recorded after the period
	// had ended, that was known when it was made. One that knows less never
	// replaces one that knows more.
	Corrected time.Time `json:"corrected,omitzero"`

	source report.Source // of the file itself, once it stands
}

// indexFile is the list of reports with how far corrections were looked at.
type indexFile struct {
	report.Index
	// Corrected is the instant of the latest correction for which past reports
	// were made again and compared.
	Corrected time.Time `json:"corrected,omitzero"`
}

// near returns which periods beside one are listed.
func (i indexFile) near(period string) report.Near {
	p, err := report.ParsePeriod(period)
	if err != nil {
		return report.Near{}
	}
	var n report.Near
	if before := p.Before(); len(i.revisions(before.ID)) > 0 {
		n.Before = before.ID
	}
	if after := p.After(); len(i.revisions(after.ID)) > 0 {
		n.After = after.ID
	}
	return n
}

func (i indexFile) revisions(period string) []report.Revision {
	for _, e := range i.Reports {
		if e.Period == period {
			return e.Revisions
		}
	}
	return nil
}

func reportPath(period string, revision int, suffix string) string {
	return fmt.Sprintf("data/v1/reports/%s/%d%s", period, revision, suffix)
}

// readReport reads a report that stands, or wraps aid.ErrNotFound.
func (s *run) readReport(ctx context.Context, period string, revision int) (reportFile, error) {
	path := reportPath(period, revision, ".json")
	object, err := s.Store.Get(ctx, path)
	if err != nil {
		return reportFile{}, fmt.Errorf("read %s: %w", path, err)
	}
	return reportOf(path, object.Body)
}

func reportOf(path string, body []byte) (reportFile, error) {
	f := reportFile{source: sourceOf(path, jsonType, body)}
	if err := json.Unmarshal(body, &f); err != nil {
		return reportFile{}, fmt.Errorf("read %s: %w", path, err)
	}
	return f, nil
}

// writeReports does what is to be done about each report. w is nil when nothing
// had to be read.
func (s *run) writeReports(ctx context.Context, plan plan, w *gathered) error {
	var wrong []error
	for _, want := range plan.wanted {
		if err := s.writeReport(ctx, want, w); err != nil {
			wrong = append(wrong, fmt.Errorf("report of %s: %w", want.ID, err))
		}
	}
	wrong = append(wrong, s.leadOn(ctx))
	if n := len(s.corrections); errors.Join(wrong...) == nil && n > 0 {
		wrong = append(wrong, s.changeIndex(ctx, func(i *indexFile) {
			if last := s.corrections[n-1].On; last.After(i.Corrected) {
				i.Corrected = last.UTC()
			}
		}))
	}
	return errors.Join(wrong...)
}

// leadOn writes the pages of the reports before those that are new again: each
// leads to the one after it. What is missed here the next run does, for it writes
// the page of every report that is not old.
func (s *run) leadOn(ctx context.Context) error {
	for _, id := range s.result.Made {
		before := s.index.near(id).Before
		if before == "" {
			continue
		}
		standing := s.index.revisions(before)
		f, err := s.readReport(ctx, before, standing[0].Revision)
		if err == nil {
			err = s.writePage(ctx, f, standing)
		}
		if err != nil {
			return fmt.Errorf("report of %s: %w", before, err)
		}
	}
	return nil
}

func (s *run) writeReport(ctx context.Context, want wanted, w *gathered) error {
	standing := want.standing
	var latest reportFile
	var err error
	switch {
	case want.unlisted != nil:
		latest = *want.unlisted
		standing, err = s.finish(ctx, latest, standing)
	case len(standing) > 0:
		if latest, err = s.readReport(ctx, want.ID, standing[0].Revision); err == nil {
			err = s.writePage(ctx, latest, standing)
		}
	default:
		f := s.fresh(want, w)
		f.MadeAt = want.Ends(s.Region.Zone).Add(MadeAfter).UTC()
		if latest, err = s.decideReport(ctx, w, f, 1, nil); err == nil {
			standing, err = s.finish(ctx, latest, nil)
		}
	}
	for err == nil && len(want.corrected) > 0 {
		// Another run may have been first with a report that knew less.
		f := s.fresh(want, w)
		if !latest.Corrected.Before(f.Corrected) {
			return nil
		}
		var same bool
		if same, err = sameFigures(f.Report, latest.Report); err != nil || same {
			return err
		}
		f.MadeAt = aid.DayOf(f.Corrected, s.Region.Zone).Plus(1).Begins(s.Region.Zone).Add(MadeAfter).UTC()
		news := slices.DeleteFunc(slices.Clone(want.corrected), func(c leafCorrection) bool { return !c.On.After(latest.Corrected) })
		if latest, err = s.decideReport(ctx, w, f, latest.Revision+1, news); err == nil {
			standing, err = s.finish(ctx, latest, standing)
		}
	}
	return err
}

// fresh returns the report that the facts make, with the tables that it would
// have.
func (s *run) fresh(want wanted, w *gathered) reportFile {
	f := reportFile{Report: w.reports[want.ID]}
	f.Tables = nil
	for _, t := range reportTables {
		file := w.tables[want.ID][t.Name]
		f.Tables = append(f.Tables, file.source(t.Name, tablePath(want.ID, file), csvType))
	}
	if n := len(s.corrections); n > 0 && !s.corrections[n-1].On.Before(want.Ends(s.Region.Zone)) {
		f.Corrected = s.corrections[n-1].On.UTC()
	}
	return f
}

// sameFigures compares two reports of a period. The sentences follow from the
// figures and are left out: one that was worded better later is no correction.
func sameFigures(a, b report.Report) (bool, error) {
	var bodies [2][]byte
	for i, r := range []report.Report{a, b} {
		r.Paragraphs, r.Revision, r.Reason = nil, 0, ""
		body, err := json.Marshal(r)
		if err != nil {
			return false, fmt.Errorf("encode report: %w", err)
		}
		// Once written and read, so that both are what a file can say.
		var read report.Report
		if err := json.Unmarshal(body, &read); err != nil {
			return false, fmt.Errorf("read report again: %w", err)
		}
		if bodies[i], err = json.Marshal(read); err != nil {
			return false, fmt.Errorf("encode report: %w", err)
		}
	}
	return bytes.Equal(bodies[0], bodies[1]), nil
}

// reasonsSaid bounds how many reasons a revision names.
const reasonsSaid = 5

// reasonOf says why a report was made again, each reason once with its office.
func reasonOf(corrections []leafCorrection) string {
	var said []string
	for _, c := range corrections {
		reason := c.Reason
		if c.By != "" {
			reason += " (" + c.By + ")"
		}
		if !slices.Contains(said, reason) {
			said = append(said, reason)
		}
	}
	if more := len(said) - reasonsSaid; more > 0 {
		said = append(said[:reasonsSaid], fmt.Sprintf("dan %d koreksi lain", more))
	}
	return strings.Join(said, "; ")
}

// decideReport writes the tables of a report and then the report itself, which
// decides: the one that is returned is the one that stands.
func (s *run) decideReport(ctx context.Context, w *gathered, f reportFile, revision int, news []leafCorrection) (reportFile, error) {
	var err error
	if f.Tables, err = s.keepTables(ctx, w, f.Period); err != nil {
		return reportFile{}, err
	}
	f.Revision, f.Reason = revision, reasonOf(news)
	body, err := encode("report", f)
	if err != nil {
		return reportFile{}, err
	}
	path := reportPath(f.Period, revision, ".json")
	if body, err = s.decide(ctx, path, jsonType, body); err != nil {
		return reportFile{}, err
	}
	return reportOf(path, body)
}

// tablePath names a table of a period after its contents.
func tablePath(period string, file *tableFile) string {
	_, short := file.hash()
	return fmt.Sprintf("data/v1/reports/%s/%s.%s.csv", period, file.table.Name, short)
}

// keepTables uploads the tables of a period under the names of their contents.
func (s *run) keepTables(ctx context.Context, w *gathered, period string) ([]report.Source, error) {
	sources := []report.Source{}
	for _, t := range reportTables {
		file := w.tables[period][t.Name]
		src, err := s.keep(ctx, file.made, t.Name, tablePath(period, file), csvType)
		if err != nil {
			return nil, err
		}
		sources = append(sources, src)
	}
	return sources, nil
}

// finish makes everything that follows from a report that stands: its workbook
// and PDF from the report and its tables alone, its page, its entry in the
// index. standing are the revisions before it, the latest first.
func (s *run) finish(ctx context.Context, f reportFile, standing []report.Revision) ([]report.Revision, error) {
	for _, t := range f.Tables {
		there, err := s.describe(ctx, t.Path, t.Type)
		if err != nil {
			return nil, err
		}
		if there.Hash != t.Hash {
			return nil, fmt.Errorf("%s: hash is %s, its report says %s", t.Path, there.Hash, t.Hash)
		}
	}
	pdf, err := s.ensure(ctx, reportPath(f.Period, f.Revision, ".pdf"), pdfType, func(m *made) error {
		body, err := s.Printer.PDF(f.Report, f.source)
		if err != nil {
			return err
		}
		_, err = m.Write(body)
		return err
	})
	if err != nil {
		return nil, err
	}
	book, err := s.ensure(ctx, reportPath(f.Period, f.Revision, ".xlsx"), bookType, func(m *made) error {
		return s.Printer.Workbook(m, f.Report, s.opener(ctx, f.Tables))
	})
	if err != nil {
		return nil, err
	}
	revision := report.Revision{
		Revision: f.Revision, Reason: f.Reason, MadeAt: f.MadeAt, Files: append([]report.Source{f.source, pdf, book}, f.Tables...),
	}
	all := append([]report.Revision{revision}, standing...)
	if err := s.writePage(ctx, f, all); err != nil {
		return nil, err
	}
	entry := report.Entry{Period: f.Period, Kind: f.Kind, From: f.From, To: f.To, Demo: f.Demo, Revisions: all}
	if len(f.Paragraphs) > 0 {
		entry.Summary = f.Paragraphs[0]
	}
	if words := report.Words(f.Report, s.Region.In(bahasa.English), bahasa.English); len(words) > 0 {
		entry.SummaryEN = words[0]
	}
	if f.Revision > 1 {
		s.result.Revised = append(s.result.Revised, f.Period)
	} else {
		s.result.Made = append(s.result.Made, f.Period)
	}
	return all, s.changeIndex(ctx, func(i *indexFile) { i.enter(entry) })
}

// opener opens tables where they stand.
func (s *run) opener(ctx context.Context, tables []report.Source) OpenTable {
	return func(table string) (io.ReadCloser, error) {
		for _, t := range tables {
			if t.Table == table {
				return s.Store.Open(ctx, t.Path)
			}
		}
		return nil, fmt.Errorf("table %s: %w", table, aid.ErrNotFound)
	}
}

// ensure returns the file at a path that never changes, and makes it where there
// is none.
func (s *run) ensure(ctx context.Context, path, contentType string, build func(*made) error) (report.Source, error) {
	src, err := s.describe(ctx, path, contentType)
	if !errors.Is(err, aid.ErrNotFound) {
		return src, err
	}
	m, err := s.create()
	if err != nil {
		return report.Source{}, err
	}
	defer m.close()
	if err := build(m); err != nil {
		return report.Source{}, fmt.Errorf("make %s: %w", path, err)
	}
	return s.keep(ctx, m, "", path, contentType)
}

// writePage writes the page of a report with its revisions, the latest first.
func (s *run) writePage(ctx context.Context, f reportFile, revisions []report.Revision) error {
	near := s.index.near(f.Period)
	return s.writePages(ctx, "laporan/"+f.Period+"/index.html", int64(f.Revision), func(p Pages) ([]byte, error) {
		return p.Report(f.Report, revisions, f.source, near)
	})
}

// writePages writes one page in every language. path is its place in the first.
func (s *run) writePages(ctx context.Context, path string, generation int64, render func(Pages) ([]byte, error)) error {
	for _, e := range s.Editions {
		body, err := render(e.Pages)
		if err != nil {
			return fmt.Errorf("render %s%s: %w", e.Prefix, path, err)
		}
		if err := s.replace(ctx, sealed(e.Prefix+path, htmlType, body, generation)); err != nil {
			return err
		}
	}
	return nil
}

// enter puts an entry into the index, or adds its revisions to the one that is
// there: another run may have listed others meanwhile.
func (i *indexFile) enter(e report.Entry) {
	at := slices.IndexFunc(i.Reports, func(old report.Entry) bool { return old.Period == e.Period })
	if at < 0 {
		i.Reports = append(i.Reports, e)
	} else {
		old := i.Reports[at]
		all := slices.Clone(e.Revisions)
		for _, r := range old.Revisions {
			if !slices.ContainsFunc(all, func(n report.Revision) bool { return n.Revision == r.Revision }) {
				all = append(all, r)
			}
		}
		slices.SortFunc(all, func(a, b report.Revision) int { return b.Revision - a.Revision })
		if len(old.Revisions) > 0 && all[0].Revision > e.Revisions[0].Revision {
			e.Summary, e.SummaryEN = old.Summary, old.SummaryEN
		}
		e.Revisions = all
		i.Reports[at] = e
	}
	slices.SortFunc(i.Reports, func(a, b report.Entry) int {
		return cmp.Or(cmp.Compare(b.To, a.To), cmp.Compare(a.From, b.From))
	})
}

// readIndex reads the list of reports; one that is not there yet is empty.
func (r *Runner) readIndex(ctx context.Context) (indexFile, publish.Object, error) {
	return readList(ctx, r.Store, IndexPath, indexFile{
		Index: report.Index{Schema: "/data/schemas/reports.json", Region: r.Region.Root, Reports: []report.Entry{}},
	})
}

// changeIndex changes the list of reports as it stands, and remembers what
// became of it.
func (s *run) changeIndex(ctx context.Context, change func(*indexFile)) (err error) {
	s.index, err = changeList(ctx, &s.writer, IndexPath, s.readIndex, change, func(i *indexFile) *int64 { return &i.Generation }, s.index)
	return err
}

// shown is how many reports of a kind the page and the feed list: what is older
// is in the index. Months are always few.
var shown = map[report.Kind]int{report.Daily: 31, report.Weekly: 53}

// recent returns the index as it is shown.
func (i indexFile) recent() report.Index {
	of := map[report.Kind]int{}
	short := i.Index
	short.Reports = []report.Entry{}
	for _, e := range i.Reports {
		if n, bounded := shown[e.Kind]; bounded && of[e.Kind] >= n {
			continue
		}
		of[e.Kind]++
		short.Reports = append(short.Reports, e)
	}
	return short
}

// front writes the index page of the reports, their feed, and the pages of the
// open data and of the collaborators, from what is listed.
func (s *run) front(ctx context.Context) error {
	if err := s.changeIndex(ctx, func(*indexFile) {}); err != nil {
		return err
	}
	short := s.index.recent()
	if err := s.writePages(ctx, reportsPage, short.Generation, func(p Pages) ([]byte, error) { return p.Reports(short) }); err != nil {
		return err
	}
	feed, err := feedOf(short, s.Region, s.Site)
	if err != nil {
		return err
	}
	if err := s.replace(ctx, sealed(FeedPath, atomType, feed, short.Generation)); err != nil {
		return err
	}
	if err := s.noCollaborators(ctx); err != nil {
		return err
	}
	return s.writePages(ctx, dataPage, s.open.Generation, func(p Pages) ([]byte, error) { return p.Data(s.open, report.Tables) })
}

// announce lets the newest report of each kind be mailed, if it is still news.
// A corrected one is not: whoever reads it sees the correction.
func (s *run) announce(ctx context.Context) error {
	told := map[report.Kind]bool{}
	for _, e := range s.index.Reports {
		first := e.Revisions[len(e.Revisions)-1]
		if told[e.Kind] || first.Revision != 1 {
			continue
		}
		told[e.Kind] = true
		if s.now.Sub(first.MadeAt) >= announcedFor || s.now.Before(first.MadeAt) {
			continue
		}
		if err := s.Announcer.AnnounceReport(ctx, e.Period, first.Revision, first.MadeAt); err != nil {
			return fmt.Errorf("announce report of %s: %w", e.Period, err)
		}
	}
	return nil
}
