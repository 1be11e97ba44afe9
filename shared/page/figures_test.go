package page

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/demo"
	"ksbb/shared/region"
	"ksbb/shared/report"
	"ksbb/shared/tally"
)

// shown is a region with invented places and what they add up to.
type shown struct {
	pack  *region.Pack
	pages *Renderer
	all   []aid.Listing
	sums  map[area.Code]tally.Part
}

var theHash = "sha256-" + strings.Repeat("a", 43) + "="

// demonstration returns the invented Jakarta, which is made once for all tests
// and changed by none.
func demonstration(t *testing.T) *shown {
	t.Helper()
	s, err := invented()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var invented = sync.OnceValues(func() (*shown, error) {
	pack, err := region.Load("dki-jakarta")
	if err != nil {
		return nil, err
	}
	all, err := demo.Make(pack, 1, nil, "2026-10-05")
	if err != nil {
		return nil, err
	}
	pages, err := New(pack, "https://ksbb.example")
	if err != nil {
		return nil, err
	}
	s := &shown{pack: pack, pages: pages, all: all, sums: map[area.Code]tally.Part{}}
	for _, l := range all {
		p := aid.Place{Recipient: l.Recipient, Needs: l.Needs, Activity: l.Activity}
		totals, giving := tally.Of(p, pack.Catalogue()), tally.GivingOf(p, l.History, pack.Catalogue())
		for level := area.Kota; level <= area.Kecamatan; level++ {
			code := l.Recipient.Area.At(level)
			was := s.sums[code]
			s.sums[code] = tally.Part{Key: string(code), Totals: was.Totals.Plus(totals), Giving: was.Giving.Plus(giving)}
		}
	}
	for _, a := range pack.Children(pack.Root) {
		was := s.sums[pack.Root]
		s.sums[pack.Root] = tally.Part{Key: string(pack.Root), Totals: was.Totals.Plus(s.sums[a.Code].Totals), Giving: was.Giving.Plus(s.sums[a.Code].Giving)}
	}
	return s, nil
})

func (s *shown) statistics(code area.Code) tally.Statistics {
	var parts []tally.Part
	for _, a := range s.pack.Children(code) {
		p := s.sums[a.Code]
		p.Key = string(a.Code)
		parts = append(parts, p)
	}
	return tally.StatisticsOf(s.sums[code].Totals, s.sums[code].Giving, parts)
}

func (s *shown) reports(ids ...string) ([]report.Report, error) {
	var periods []report.Period
	for _, id := range ids {
		p, err := report.ParsePeriod(id)
		if err != nil {
			return nil, err
		}
		periods = append(periods, p)
	}
	c := report.NewCollector(s.pack, periods)
	for _, l := range s.all {
		p := aid.Place{Recipient: l.Recipient, Needs: l.Needs, Activity: l.Activity}
		if err := c.Add(p, l.History, func(string, report.Table, []any) error { return nil }); err != nil {
			return nil, err
		}
	}
	return c.Reports(), nil
}

// plain returns what a page says, tags taken out and spaces put together.
func plain(page string) string {
	text := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")
	text = strings.NewReplacer("&#43;", "+", "&amp;", "&", "&#34;", `"`, "&#39;", "'").Replace(text)
	return strings.Join(strings.Fields(text), " ")
}

func compressed(page []byte) int {
	var small bytes.Buffer
	z, _ := gzip.NewWriterLevel(&small, gzip.BestCompression)
	z.Write(page)
	z.Close()
	return small.Len()
}

var instant = time.Date(2026, 10, 5, 3, 4, 0, 0, time.UTC)

// Every figure of the page is one of the statistics, written as Indonesians do.
func TestThePageSaysWhatTheStatisticsSay(t *testing.T) {
	t.Parallel()
	w := demonstration(t)
	s := w.statistics("31")
	page, err := w.pages.Statistics("31", instant, s, "data/v1/statistics/31.abc.json", theHash)
	if err != nil {
		t.Fatal(err)
	}
	text := plain(string(page))
	wants := []string{
		bahasa.Count(s.Whole.Collaborators) + " kolaborator", bahasa.Number(s.Whole.Commitments.Holding) + " komitmen berlaku",
		bahasa.Number(s.Reached) + " dari " + bahasa.Number(s.Register.Recipients) + " lokasi sudah menerima",
		"Dibutuhkan " + bahasa.Number(s.Whole.Gift.Needed), "Diterima " + bahasa.Number(s.Whole.Gift.Received) + " " + bahasa.Number(s.Whole.Loan.Received) + " " + bahasa.Number(s.Whole.Free.Received),
		bahasa.Number(s.Register.Unreached) + " dari " + bahasa.Number(s.Register.Recipients) + " lokasi", "Dihitung 5 Oktober 2026 pukul 10.04 WIB",
		"Lembaga sosial", "Lewat mitra penyalur", "Kepulauan Seribu", "Paket Sembako (paket)", "Data contoh",
	}
	for _, a := range s.Areas {
		wants = append(wants, bahasa.Number(a.Place.PerThousand), bahasa.Number(a.Place.HouseholdDays), bahasa.Number(a.Gift.Received+a.Free.Received))
	}
	for _, m := range s.Months {
		wants = append(wants, w.pages.titleOf(m.Period)+" "+bahasa.Number(m.Pledged)+" "+bahasa.Number(m.PledgedValue))
	}
	for _, p := range s.Packages {
		if p.Units != nil {
			wants = append(wants, bahasa.Number(p.Units.Needed)+" "+bahasa.Number(p.Units.Committed)+" "+bahasa.Number(p.Units.Delivered)+" "+bahasa.Number(p.Units.Received))
		}
	}
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if n := strings.Count(string(page), "/lokasi/"); n != len(s.Largest) {
		t.Errorf("%d of the %d largest RW are links", n, len(s.Largest))
	}
	if n := strings.Count(string(page), theHash); n != strings.Count(string(page), "<section")+2 {
		t.Errorf("the file's hash stands %d times; want it beside each figure, those at the top included, and on paper", n)
	}
	if strings.Contains(string(page), "<no value>") || strings.Contains(text, "%!") {
		t.Error("the page shows what was not filled in")
	}
}

// pagesOfFigures returns every page of this kind in several worlds, by name.
func pagesOfFigures(t *testing.T) map[string][]byte {
	t.Helper()
	tree, err := figuresOnce()
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

var figuresOnce = sync.OnceValues(renderFigures)

func renderFigures() (map[string][]byte, error) {
	w, err := invented()
	if err != nil {
		return nil, err
	}
	made, err := w.reports("2026-09", "2026-W40", "2026-09-30", "2026-01")
	if err != nil {
		return nil, err
	}
	tree := map[string][]byte{}
	var failed []error
	for _, l := range bahasa.Languages {
		add := func(name string, body []byte, err error) {
			if l != bahasa.Indonesian {
				name = string(l) + " " + name
			}
			if tree[name] = body; err != nil {
				failed = append(failed, fmt.Errorf("render %s: %w", name, err))
			}
		}
		w.figures(w.pages.In(l), made, add)
	}
	return tree, errors.Join(failed...)
}

// figures renders every page of this kind in one language.
func (w *shown) figures(pages *Renderer, made []report.Report, add func(name string, body []byte, err error)) {
	for _, code := range []area.Code{"31", "31.73", "31.01"} {
		body, err := pages.Statistics(code, instant, w.statistics(code), "data/v1/statistics/x.json", theHash)
		add("statistics of "+string(code), body, err)
	}
	body, err := pages.Statistics("31.74", time.Time{}, tally.StatisticsOf(tally.Totals{}, tally.Giving{}, nil), "data/v1/statistics/x.json", theHash)
	add("statistics of nothing", body, err)
	var index report.Index
	for _, r := range made {
		r.Revision, r.Reason = 2, hostile
		r.Corrections = []report.Correction{{Leaf: "31.73.01-umum", On: instant, Reason: hostile, By: "Dinas Contoh"}, {Leaf: "99.99-x", On: instant, Reason: "lain", By: "Dinas Contoh"}}
		revisions := []report.Revision{{Revision: 2, Reason: hostile, MadeAt: instant, Files: files2(r.Period, 2)}, {Revision: 1, MadeAt: instant, Files: files2(r.Period, 1)}}
		body, err := pages.Report(r, revisions, revisions[0].Files[0], report.Near{Before: "2026-08", After: "2026-10"})
		add("report of "+r.Period, body, err)
		index.Reports = append(index.Reports, report.Entry{Period: r.Period, Kind: r.Kind, From: r.From, To: r.To, Summary: hostile, Revisions: revisions})
	}
	body, err = pages.Report(report.Report{Period: "2026-02", Kind: report.Monthly, From: "2026-02-01", To: "2026-02-28", Revision: 1}, nil, report.Source{}, report.Near{})
	add("report of nothing", body, err)
	body, err = pages.Reports(index)
	add("list of reports", body, err)
	body, err = pages.Reports(report.Index{})
	add("list of no report", body, err)
	body, err = pages.Data(openData(w.pack), report.Tables)
	add("open data", body, err)
	body, err = pages.Data(report.Open{}, report.Tables)
	add("no open data", body, err)
	givers := report.NewGivers(w.pack)
	for _, l := range w.all {
		givers.Add(l.Recipient, l.History)
	}
	body, err = pages.Collaborators(givers.List(instant, 200), report.Source{Path: "data/v1/collaborators.json", Hash: theHash})
	add("collaborators", body, err)
	body, err = pages.Collaborators(report.Collaborators{}, report.Source{})
	add("no collaborators", body, err)
	for _, p := range w.pack.Programs {
		body, err := pages.Program(p.ID, instant, w.statistics("31"), "data/v1/statistics/x.json", theHash)
		add("program "+string(p.ID), body, err)
	}
}

func files2(period string, revision int) []report.Source {
	base := "data/v1/reports/" + period + "/"
	name := base + strconv.Itoa(revision)
	return []report.Source{
		{Path: name + ".json", Hash: theHash, Bytes: 48_213, Type: "application/json"},
		{Path: name + ".pdf", Hash: theHash, Bytes: 148_213, Type: "application/pdf"},
		{Path: name + ".xlsx", Hash: theHash, Bytes: 1_248_213, Type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		{Table: "commitments", Path: base + "commitments.aa.csv", Hash: theHash, Bytes: 950, Rows: 1_234, Type: "text/csv; charset=utf-8"},
	}
}

func openData(pack *region.Pack) report.Open {
	o := report.Open{AsOf: instant, Region: pack.Root}
	for _, a := range pack.Areas {
		if a.Level > area.Kecamatan {
			continue
		}
		base := "data/v1/open/" + string(a.Code) + "/"
		o.Areas = append(o.Areas, report.OpenArea{Area: a.Code, Name: a.Name, Rows: map[string]int64{"recipients": 3_025, "commitments": 628}, Files: []report.Source{
			{Table: "recipients", Path: base + "recipients.csv", Hash: theHash, Bytes: 812_345, Type: "text/csv; charset=utf-8"},
			{Table: "recipients", Path: base + "recipients.jsonl", Hash: theHash, Bytes: 1_812_345, Type: "application/jsonl"},
			{Table: "commitments", Path: base + "commitments.csv", Hash: theHash, Bytes: 999_499, Type: "text/csv; charset=utf-8"},
			{Path: base + string(a.Code) + ".xlsx", Hash: theHash, Bytes: 999_500, Type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
			{Table: "recipients", Path: base + "recipients.geojson", Hash: theHash, Bytes: 10, Type: "application/geo+json"},
			{Path: base + "datapackage.json", Hash: theHash, Bytes: 10, Type: "application/json"},
			{Path: base + "dcat.json", Hash: theHash, Bytes: 10, Type: "application/ld+json"},
		}})
	}
	for _, month := range []string{"2026-09", "2026-08", "2026-07", "2026-06"} {
		o.Releases = append(o.Releases, report.Release{Month: month, AsOf: instant, Files: []report.Source{{Table: "commitments", Path: "data/v1/releases/" + month + "/commitments.csv", Hash: theHash, Bytes: 1, Type: "text/csv"}}})
	}
	return o
}

func TestPagesOfFiguresAreWellMade(t *testing.T) {
	t.Parallel()
	for name, body := range pagesOfFigures(t) {
		level, charts, titled, ids := 0, 0, 0, map[string]bool{}
		var links []string
		for _, e := range elements(t, name, string(body)) {
			if id := e.Attrs["id"]; id != "" {
				if ids[id] {
					t.Errorf("%s: two elements are called %q", name, id)
				}
				ids[id] = true
			}
			links = append(links, e.Attrs["href"])
			if e.Name == "style" || e.Name == "script" && e.Attrs["src"] == "" && e.Attrs["type"] != "application/ld+json" || e.Attrs["style"] != "" {
				t.Errorf("%s has <%s %v>", name, e.Name, e.Attrs)
			}
			if e.Name == "title" && slices.Contains(e.Path, "svg") {
				titled++
			}
			if e.Name == "svg" && e.Attrs["class"] == "chart" {
				charts++
			}
			if len(e.Name) == 2 && e.Name[0] == 'h' && e.Name[1] >= '1' && e.Name[1] <= '6' {
				n := int(e.Name[1] - '0')
				if n > level+1 || n == 1 && level != 0 {
					t.Errorf("%s: <%s>%s follows level %d", name, e.Name, e.Text, level)
				}
				level = n
			}
			for attr, value := range e.Attrs {
				if strings.Contains(value, "ZgotmplZ") || strings.Contains(value, "NaN") {
					t.Errorf("%s: <%s %s=%q>", name, e.Name, attr, value)
				}
			}
		}
		for _, link := range links {
			if anchor, ok := strings.CutPrefix(link, "#"); ok && !ids[anchor] {
				t.Errorf("%s leads to #%s, which it does not have", name, anchor)
			}
		}
		if level == 0 {
			t.Errorf("%s has no heading", name)
		}
		if charts != titled {
			t.Errorf("%s has %d charts and %d names for them", name, charts, titled)
		}
		if strings.Contains(string(body), "<script>alert") {
			t.Errorf("%s carries the hostile name as markup", name)
		}
	}
}

// Numbers of more than three digits have points between thousands, wherever
// they stand; years, codes and addresses are no numbers.
func TestNoNumberOnAPageOfFiguresIsBare(t *testing.T) {
	t.Parallel()
	bare := regexp.MustCompile(`(^|[ (Rp+−])(\d{4,})($|[ %).,])`)
	for name, body := range pagesOfFigures(t) {
		main := string(body)[strings.Index(string(body), "<main"):]
		main = regexp.MustCompile(`<code>[^<]*</code>|ISO 8601`).ReplaceAllString(main, " ")
		for _, found := range bare.FindAllStringSubmatch(plain(main), -1) {
			if n, _ := strconv.Atoi(found[2]); n < 2000 || n > 2100 {
				t.Errorf("%s says %q", name, found[2])
			}
		}
	}
}

// The budget of a page is 20 KB as the edge sends it (brotli). gzip is larger by
// a sixth on these pages of many numbers.
func TestPagesOfFiguresAreSmall(t *testing.T) {
	t.Parallel()
	for name, body := range pagesOfFigures(t) {
		if n := compressed(body); n > 22_500 {
			t.Errorf("%s is %d bytes compressed (%d plain)", name, n, len(body))
		}
	}
}

func TestNoEnglishPageOfFiguresIsHalfTranslated(t *testing.T) {
	t.Parallel()
	w := demonstration(t)
	names := map[string]bool{} // which are the same in every language
	for _, a := range w.pack.Areas {
		names[a.Name] = true
	}
	for _, l := range w.all {
		names[w.pages.fullName(l.Recipient)] = true
	}
	for name, body := range pagesOfFigures(t) {
		if !strings.HasPrefix(name, "en ") {
			continue
		}
		heard(t, name, string(body), func(where, text string) {
			if found := indonesian.FindAllString(text, -1); found != nil && !names[strings.TrimSpace(text)] {
				t.Errorf("%s: <%s> says %q in Indonesian: %q", name, where, strings.TrimSpace(text), found)
			}
			if found := misplaced.FindAllString(text, -1); found != nil {
				t.Errorf("%s: <%s> writes %q as Indonesians do: %q", name, where, strings.TrimSpace(text), found)
			}
		})
	}
}

func TestTheSameReportGivesTheSamePage(t *testing.T) {
	t.Parallel()
	a := pagesOfFigures(t)
	b, err := renderFigures()
	if err != nil {
		t.Fatal(err)
	}
	for name := range a {
		if !bytes.Equal(a[name], b[name]) {
			t.Errorf("%s differs between two renderings", name)
		}
	}
}

func TestAReportSaysWhyItWasRevised(t *testing.T) {
	t.Parallel()
	tree := pagesOfFigures(t)
	text := plain(string(tree["report of 2026-09"]))
	for _, want := range []string{"Laporan bulanan · DKI Jakarta September 2026", "Revisi 2.", "Laporan ini sudah diperbaiki. Alasannya: &lt;script&gt;", "Terbitan pertama (5 Oktober 2026 pukul 10.04 WIB) tetap ada", "1,2 MB", "1.234 baris", "CSV komitmen"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, path := range []string{"/data/v1/reports/2026-09/1.pdf", "/data/v1/reports/2026-09/2.pdf", "/data/v1/reports/2026-09/2.json"} {
		if !strings.Contains(string(tree["report of 2026-09"]), `href="`+path+`"`) {
			t.Errorf("the page does not lead to %s", path)
		}
	}
	if strings.Contains(plain(string(tree["report of nothing"])), "diperbaiki") {
		t.Error("a first report says that it was revised")
	}
}

func TestAReportComparesWithThePeriodBefore(t *testing.T) {
	t.Parallel()
	w := demonstration(t)
	made, err := w.reports("2026-09")
	if err != nil {
		t.Fatal(err)
	}
	r := made[0]
	if r.Happened.Pledged == 0 || r.Before.Pledged == 0 {
		t.Fatalf("nothing happened: %+v after %+v", r.Happened, r.Before)
	}
	body, err := w.pages.Report(r, nil, report.Source{Path: "data/v1/reports/2026-09/1.json", Hash: theHash}, report.Near{})
	if err != nil {
		t.Fatal(err)
	}
	text := plain(string(body))
	for _, want := range []string{
		"Bulan ini Bulan sebelumnya", fmt.Sprintf("Komitmen baru %s %s", bahasa.Number(r.Happened.Pledged), bahasa.Number(r.Before.Pledged)),
		"nilai diterima " + bahasa.Rupiah(aid.Rupiah(r.Happened.ReceivedValue)) + " " + bahasa.Rupiah(aid.Rupiah(r.Before.ReceivedValue)), "Kolaborator " + bahasa.Count(&r.Givers) + " " + bahasa.Count(&r.GiversBefore),
		bahasa.Number(r.ForgottenTotal) + " lokasi membutuhkan sesuatu", "30 September 2026 " + bahasa.Number(r.End.Days[29].Pledged),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, p := range r.Paragraphs {
		if !strings.Contains(text, strings.Join(strings.Fields(p), " ")) {
			t.Errorf("the page leaves out %q", p)
		}
	}
	if n := strings.Count(text, "267 baris"); n != 1 {
		t.Errorf("the table of kelurahan stands %d times", n)
	}
}

func TestTheLatestMonthStandsFirst(t *testing.T) {
	t.Parallel()
	tree := pagesOfFigures(t)
	text := plain(string(tree["list of reports"]))
	first, week, day := strings.Index(text, "Laporan bulanan terbaru September 2026"), strings.Index(text, "Laporan mingguan"), strings.Index(text, "Laporan harian")
	if first < 0 || week < first || day < week {
		t.Errorf("months, weeks and days stand at %d, %d and %d", first, week, day)
	}
	if !strings.Contains(string(tree["list of reports"]), `<link rel="alternate" type="application/atom+xml" href="/data/v1/reports/feed.atom"`) {
		t.Error("the list does not announce its feed")
	}
	if !strings.Contains(plain(string(tree["list of no report"])), "Belum ada laporan.") {
		t.Error("an empty list does not say so")
	}
}

// Years of days do not grow the page: the file of the index holds them.
func TestOldDaysLeaveThePageAndStayInTheIndex(t *testing.T) {
	t.Parallel()
	w := demonstration(t)
	var i report.Index
	for d := aid.Day("2026-10-04"); len(i.Reports) < 1_000; d = d.Plus(-1) {
		i.Reports = append(i.Reports, report.Entry{Period: string(d), Kind: report.Daily, From: d, To: d, Summary: "Ringkas."})
	}
	body, err := w.pages.Reports(i)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(body), `href="/laporan/2`); n != listed[report.Daily] {
		t.Errorf("%d days are listed, want %d", n, listed[report.Daily])
	}
	if !strings.Contains(string(body), `<a href="/data/v1/reports/index.json">daftar lengkap</a>`) {
		t.Error("the page does not say where the others are")
	}
}

func TestOpenDataOfEveryAreaIsListed(t *testing.T) {
	t.Parallel()
	w := demonstration(t)
	o := openData(w.pack)
	body, err := w.pages.Data(o, report.Tables)
	if err != nil {
		t.Fatal(err)
	}
	page := string(body)
	for _, a := range o.Areas {
		for _, f := range a.Files {
			// Programs find the rows of a kecamatan in its data package.
			hidden := a.Area.Level() == area.Kecamatan && (alone(f) || strings.HasSuffix(f.Path, "dcat.json"))
			if strings.Contains(page, `href="/`+f.Path+`"`) == hidden {
				t.Errorf("%s is listed: %v, want %v", f.Path, hidden, !hidden)
			}
		}
	}
	for _, table := range report.Tables {
		for _, c := range table.Columns {
			if !strings.Contains(page, `<th scope="row">`+c.Name+`</th>`) {
				t.Errorf("column %s of %s is not explained", c.Name, table.Name)
			}
		}
	}
	text := plain(page)
	for _, want := range []string{"Penerima 3.025 CSV 812 KB JSONL 1,8 MB", "999 KB", "XLSX 1 MB", "Creative Commons Attribution 4.0", "September 2026", "Ditandatangani commitment 2 amountAwarded", "Pinjaman 421"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestEveryStateAndFormHasAName(t *testing.T) {
	t.Parallel()
	for _, m := range report.Mapping() {
		if stateNames(bahasa.Indonesian)[m.State] == "" {
			t.Errorf("state %q has no name", m.State)
		}
	}
	for _, f := range tally.Forms {
		if formNames(bahasa.Indonesian)[f] == "" {
			t.Errorf("form %q has no name", f)
		}
	}
	for _, c := range []report.Type{report.String, report.Integer, report.Number, report.Date, report.DateTime, report.Boolean} {
		if typeNames(bahasa.Indonesian)[c] == "" {
			t.Errorf("type %q has no name", c)
		}
	}
}

func TestEveryNamedTermIsDefined(t *testing.T) {
	t.Parallel()
	pages := demonstration(t).pages
	for _, l := range bahasa.Languages {
		r := pages.In(l)
		for figure, name := range termNames(l) {
			all := r.terms(figure)
			if len(all) != 1 || all[0].Name != name || all[0].Words == "" {
				t.Errorf("%s (%s) is explained as %+v", figure, name, all)
			}
		}
		if got := r.terms("needed")[0]; strings.HasPrefix(got.Words, got.Name) {
			t.Errorf("the name stands twice: %+v", got)
		}
		if got := r.terms("never heard of"); got != nil {
			t.Errorf("an unknown figure is explained as %v", got)
		}
	}
}

func TestListsOfInventedFiguresSaySo(t *testing.T) {
	t.Parallel()
	w := demonstration(t)
	genuine := report.Entry{Period: "2026-04", Kind: report.Monthly, From: "2026-04-01", To: "2026-04-30", Summary: "Ringkas."}
	invented := genuine
	invented.Period, invented.From, invented.To, invented.Demo = "2026-03", "2026-03-01", "2026-03-31", true
	for _, demo := range []bool{false, true} {
		index := report.Index{Reports: []report.Entry{genuine}}
		if demo {
			index.Reports = append(index.Reports, invented)
		}
		open := openData(w.pack)
		open.Demo = demo
		reports, err := w.pages.Reports(index)
		if err != nil {
			t.Fatal(err)
		}
		data, err := w.pages.Data(open, report.Tables)
		if err != nil {
			t.Fatal(err)
		}
		for path, body := range map[string][]byte{"/laporan/": reports, "/data/": data} {
			if got := strings.Contains(string(body), "Data contoh — bukan data sebenarnya"); got != demo {
				t.Errorf("%s with invented data (%t) says so: %t", path, demo, got)
			}
		}
	}
}

func TestAnEstimateIsMarkedAsOne(t *testing.T) {
	t.Parallel()
	w := demonstration(t)
	s := w.statistics("31")
	s.Whole.Collaborators = &tally.Count{N: 12_345, Estimated: true}
	body, err := w.pages.Statistics("31", instant, s, "x.json", theHash)
	if err != nil {
		t.Fatal(err)
	}
	if text := plain(string(body)); !strings.Contains(text, "≈ 12.300 kolaborator (perkiraan)") {
		t.Error("the estimate is not marked")
	}
}
