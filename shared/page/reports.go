package page

import (
	"cmp"
	"slices"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/report"
	"ksbb/shared/tally"
)

// feedPath is the Atom feed of reports, which the pages announce.
const feedPath = "/data/v1/reports/feed.atom"

// listed is how many reports of each kind the page lists. The file of the index
// holds them all.
var listed = map[report.Kind]int{report.Monthly: 120, report.Weekly: 53, report.Daily: 92}

// summed is how many reports of each kind stand with their summary; the others
// are listed by name.
const summed = 4

type reportsView struct {
	frame
	Latest *entryView
	Groups []entryGroup
}

type entryGroup struct {
	ID, Heading string
	Told        []entryView
	Others      []entryView
	More        bool // there are more in the index
}

// entryView is one report with its files.
type entryView struct {
	Path, Title string
	Summary     string
	Foreign     bool // the summary is in Indonesian on a page that is not
	Revision    int  // 0 for a first report
	Reason      string
	Files       []fileView
}

// fileView is a file that can be taken away.
type fileView struct {
	Path, Name, Format, Size, Hash string
	Rows                           string
	Table                          bool // it holds the rows of one table
}

// formats names media types as people do, in every language.
var formats = map[string]string{
	"application/pdf": "PDF", "application/json": "JSON", "text/csv": "CSV", "application/geo+json": "GeoJSON",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX", "application/jsonl": "JSONL",
	"application/ld+json": "DCAT", "text/markdown": "TXT", "text/plain": "TXT",
}

// file describes a file by its format and what is in it.
func (r *Renderer) file(s report.Source) fileView {
	media, _, _ := strings.Cut(s.Type, ";")
	name := s.Path[strings.LastIndexByte(s.Path, '/')+1:]
	f := fileView{Path: "/" + s.Path, Name: name, Format: cmp.Or(formats[media], strings.ToUpper(name[strings.LastIndexByte(name, '.')+1:])), Size: r.lang.Size(s.Bytes), Hash: s.Hash}
	switch {
	case name == "datapackage.json":
		f.Format = "Data Package"
	case name == "dcat.json" || strings.HasSuffix(name, ".jsonld"):
		f.Format = "DCAT"
	}
	if t, ok := report.TableOf(s.Table); ok {
		f.Name, f.Table = r.tableName(t), true
		if s.Rows > 0 {
			f.Rows = r.lang.Many(s.Rows, "%s baris", r.lang.Number(s.Rows))
		}
	}
	return f
}

// tableName names a table of the open data.
func (r *Renderer) tableName(t report.Table) string {
	return r.either(t.TitleID, t.TitleEN)
}

// Forms names the formats that a report can be taken away in: "PDF, XLSX, CSV".
func (e entryView) Forms() string {
	var all []string
	for _, f := range e.Files {
		if !slices.Contains(all, f.Format) {
			all = append(all, f.Format)
		}
	}
	return strings.Join(all, ", ")
}

func (r *Renderer) filesOf(all []report.Source) []fileView {
	var files []fileView
	for _, s := range all {
		files = append(files, r.file(s))
	}
	return byUse(files)
}

// byUse puts files that people open before those that programs read.
func byUse(files []fileView) []fileView {
	rank := func(f fileView) int {
		return slices.Index([]string{"JSON", "DCAT", "Data Package", "JSONL", "CSV", "GeoJSON", "XLSX", "PDF"}, f.Format)
	}
	slices.SortStableFunc(files, func(a, b fileView) int { return cmp.Compare(rank(b), rank(a)) })
	return files
}

// What names a file in a list of several formats: "CSV komitmen".
func (f fileView) What() string {
	if f.Table {
		return f.Format + " " + strings.ToLower(f.Name)
	}
	return f.Format
}

// titleOf names a period: "Maret 2026".
func (r *Renderer) titleOf(id string) string {
	if p, err := report.ParsePeriod(id); err == nil {
		return p.TitleIn(r.lang)
	}
	return id
}

func reportPath(period string) string { return "/laporan/" + period + "/" }

func (r *Renderer) entry(e report.Entry) entryView {
	v := entryView{Path: reportPath(e.Period), Title: r.titleOf(e.Period), Summary: e.Summary}
	if r.lang != bahasa.Indonesian {
		v.Summary, v.Foreign = cmp.Or(e.SummaryEN, e.Summary), e.SummaryEN == ""
	}
	if len(e.Revisions) > 0 {
		latest := e.Revisions[0]
		v.Files = r.filesOf(latest.Files)
		if latest.Revision > 1 {
			v.Revision, v.Reason = latest.Revision, latest.Reason
		}
	}
	return v
}

// Reports renders the list of all reports.
func (r *Renderer) Reports(i report.Index) ([]byte, error) {
	v := reportsView{frame: r.frame("/laporan/", r.lang.Say("Laporan berkala"),
		r.lang.Say("Laporan harian, mingguan, dan bulanan bantuan di %s: untuk dibaca, dicetak, dan diolah.", r.pack.AreaName(r.pack.Root)), "")}
	v.Feed = feedPath
	for _, e := range i.Reports {
		v.Demo = v.Demo || e.Demo
	}
	for _, k := range report.Kinds {
		g := entryGroup{ID: string(k), Heading: r.kindTitles(k)}
		n := 0
		for _, e := range i.Reports {
			if e.Kind != k {
				continue
			}
			if n++; n > listed[k] {
				g.More = true
				break
			}
			switch one := r.entry(e); {
			case k == report.Monthly && n == 1:
				v.Latest = &one
			case len(g.Told) < summed:
				g.Told = append(g.Told, one)
			default:
				one.Files = nil
				g.Others = append(g.Others, one)
			}
		}
		if len(g.Told) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	return r.render("reports", v)
}

type reportView struct {
	frame
	Crumbs   []crumb
	Title    string
	Kind     string
	Whole    string // name of the region
	From     origin
	To       string // the day on which the period ends
	Revision int
	Reason   string
	Earlier  []revisionView

	Pledged    int64
	Received   string
	People     string
	GiversWord string
	Paragraphs []string
	Happened   section
	Days       *section
	Sections   []section
	Lists      []section
	Files      []fileView
	Source     fileView
	Terms      []term
	Page       string // the page's own address, for paper
	Before     *crumb // the report of the period before, nil where there is none
	After      *crumb
}

type revisionView struct {
	Number int
	Reason string
	At     string
	Files  []fileView
}

// Report renders the page of one report. revisions are all that were published
// of its period, the latest first; source is the file of this one, of which
// every figure on the page is. The periods beside it that have a report are near.
func (r *Renderer) Report(p report.Report, revisions []report.Revision, source report.Source, near report.Near) ([]byte, error) {
	title := r.titleOf(p.Period)
	paragraphs := p.Paragraphs
	if r.lang != bahasa.Indonesian {
		// A report keeps its sentences as they were written; in other languages they
		// are written anew from its figures.
		paragraphs = report.Words(p, r.pack, r.lang)
	}
	v := reportView{
		frame: r.frame(reportPath(p.Period), r.lang.Say("Laporan %s", title),
			cmp.Or(first(paragraphs), r.lang.Say("Laporan bantuan %s di %s.", title, p.Name)), ""),
		Crumbs: []crumb{{r.lang.Say("Laporan"), "/laporan/"}}, Title: title, Kind: r.kindTitle(p.Kind), Whole: p.Name, To: r.lang.Date(p.To),
		From: origin{r.moment(p.AsOf), source.Path, source.Hash}, Revision: p.Revision, Reason: p.Reason,
		Pledged: p.Happened.Pledged, Received: r.lang.Short(p.Happened.ReceivedValue),
		Paragraphs: paragraphs, Source: r.file(source), Page: r.site + prefix(r.lang) + reportPath(p.Period),
	}
	v.Wide, v.Demo, v.Feed = true, p.Demo, feedPath
	if near.Before != "" {
		v.Before = &crumb{r.titleOf(near.Before), reportPath(near.Before)}
	}
	if near.After != "" {
		v.After = &crumb{r.titleOf(near.After), reportPath(near.After)}
	}
	v.People, v.GiversWord = r.givers(&p.Givers)
	for _, was := range revisions {
		if was.Revision == p.Revision {
			v.Files = r.filesOf(was.Files)
		} else if was.Revision < p.Revision {
			v.Earlier = append(v.Earlier, revisionView{was.Revision, was.Reason, r.moment(was.MadeAt), r.filesOf(was.Files)})
		}
	}
	v.Happened = section{ID: "kejadian", Heading: r.lang.Say("Dalam periode ini"), Grid: r.happenedGrid(p), From: v.From, Apart: true,
		Terms: r.terms("happened.pledged", "happened.delivered", "happened.received", "happened.lapsed", "happened.withdrawn", "report.givers", "report.before")}
	v.Sections = r.during(p)
	v.Sections = append(append(v.Sections, r.worth(p.End.Whole)), r.splits(p.Region, p.End)...)
	v.Sections = append(v.Sections, r.contact(p.End))
	v.Sections = append(v.Sections, r.fairness(p.End)...)
	v.Lists = r.lists(p)
	v.Terms = slices.Clone(v.Happened.Terms)
	for _, all := range [][]section{v.Sections, v.Lists} {
		for i := range all {
			all[i].From, all[i].Apart = v.From, true
			for _, t := range all[i].Terms {
				if !slices.Contains(v.Terms, t) {
					v.Terms = append(v.Terms, t)
				}
			}
		}
	}
	return r.render("report", v)
}

// kindTitle names a report of a kind.
func (r *Renderer) kindTitle(k report.Kind) string {
	switch k {
	case report.Monthly:
		return r.lang.Say("Laporan bulanan")
	case report.Weekly:
		return r.lang.Many(1, "Laporan mingguan")
	}
	return r.lang.Many(1, "Laporan harian")
}

// kindTitles names the list of reports of a kind. The latest month stands apart.
func (r *Renderer) kindTitles(k report.Kind) string {
	switch k {
	case report.Monthly:
		return r.lang.Say("Laporan bulanan lainnya")
	case report.Weekly:
		return r.lang.Many(2, "Laporan mingguan")
	}
	return r.lang.Many(2, "Laporan harian")
}

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// happenedGrid compares what happened with the period before.
func (r *Renderer) happenedGrid(p report.Report) *grid {
	names := map[report.Kind][2]string{
		report.Monthly: {r.lang.Say("Bulan ini"), r.lang.Say("Bulan sebelumnya")},
		report.Weekly:  {r.lang.Say("Pekan ini"), r.lang.Say("Pekan sebelumnya")},
		report.Daily:   {r.lang.Say("Hari ini"), r.lang.Say("Hari sebelumnya")},
	}[p.Kind]
	t := &grid{Caption: r.lang.Say("Kejadian dalam periode dan sebelumnya"), Head: []string{r.lang.Say("Kejadian"), names[0], names[1]}}
	count := func(name string, of func(tally.Happened) int64) {
		t.Rows = append(t.Rows, gridRow{Name: name, Cells: []string{r.lang.Number(of(p.Happened)), r.lang.Number(of(p.Before))}})
	}
	amount := func(name string, of func(tally.Happened) int64) {
		t.Rows = append(t.Rows, gridRow{Name: name, Cells: []string{r.lang.Rupiah(aid.Rupiah(of(p.Happened))), r.lang.Rupiah(aid.Rupiah(of(p.Before)))}})
	}
	count(r.lang.Say("Komitmen baru"), func(h tally.Happened) int64 { return h.Pledged })
	amount(r.lang.Say("· nilainya"), func(h tally.Happened) int64 { return h.PledgedValue })
	count(r.lang.Say("Penyaluran dilaporkan"), func(h tally.Happened) int64 { return h.Delivered })
	amount(r.lang.Say("· nilainya"), func(h tally.Happened) int64 { return h.DeliveredValue })
	count(r.lang.Say("Jawaban penerima"), func(h tally.Happened) int64 { return h.Received })
	amount(r.lang.Say("· nilai diterima"), func(h tally.Happened) int64 { return h.ReceivedValue })
	count(r.lang.Say("Komitmen gugur"), func(h tally.Happened) int64 { return h.Lapsed })
	count(r.lang.Say("Komitmen dibatalkan"), func(h tally.Happened) int64 { return h.Withdrawn })
	t.Rows = append(t.Rows, gridRow{Name: r.lang.Say("Kolaborator"), Cells: []string{r.lang.Count(&p.Givers), r.lang.Count(&p.GiversBefore)}})
	return t
}

// during says what happened on the days of the period, and what that changed
// where.
func (r *Renderer) during(p report.Report) []section {
	var all []section
	if p.From != p.To {
		f := section{ID: "hari", Heading: r.lang.Say("Hari demi hari"), Terms: r.terms("happened.pledgedValue", "happened.receivedValue", "days"), Said: r.lang.Say("Tidak ada komitmen dan penerimaan bernilai dalam periode ini.")}
		days := r.daysOf(p.End.Days, p.From, p.To)
		chart, t := r.timeline(r.lang.Say("Nilai dijanjikan dan diterima per hari"), r.lang.Say("Hari"), days)
		if chart != nil {
			f.Said = chart.Desc
			f.Chart, f.Legend = chart, r.beatKeys()
			r.list(&f, t)
		}
		all = append(all, f)
	}
	f := section{ID: "perubahan", Heading: r.lang.Say("Yang berubah dalam periode ini"), Terms: r.terms("report.change"), Said: r.lang.Say("Tidak ada yang berubah dalam periode ini.")}
	g := p.Change.Whole.Gift
	if g != (tally.Stand{}) || p.Change.Whole.Free != (tally.Stand{}) || p.Change.Whole.Commitments != (tally.Number{}) {
		f.Said = r.lang.Say("Nilai yang diterima %s, kebutuhan %s.", r.moved(g.Received+p.Change.Whole.Free.Received), r.moved(g.Needed))
	}
	t := &grid{Caption: r.lang.Say("Perubahan menurut wilayah"), Head: []string{r.lang.Say("Wilayah"), r.lang.Say("Komitmen baru"), r.lang.Say("Dikirim (Rp)"), r.lang.Say("Diterima (Rp)")}}
	rows := slices.Clone(p.Change.Areas)
	slices.SortStableFunc(rows, func(a, b tally.Row) int {
		return cmp.Or(cmp.Compare(b.Gift.Received+b.Free.Received, a.Gift.Received+a.Free.Received), strings.Compare(a.Key, b.Key))
	})
	for _, row := range rows {
		t.Rows = append(t.Rows, gridRow{Name: r.pack.AreaName(area.Code(row.Key)), Path: r.figuresPath(area.Code(row.Key)), Cells: []string{
			r.lang.Number(row.Commitments.Pledged), r.signed(row.Gift.Delivered + row.Free.Delivered), r.signed(row.Gift.Received + row.Free.Received),
		}})
	}
	r.list(&f, t)
	return append(all, f)
}

// signed writes a change with its sign.
func (r *Renderer) signed(n int64) string {
	if n > 0 {
		return "+" + r.lang.Number(n)
	}
	return r.lang.Number(n)
}

// moved says in words by how much an amount changed.
func (r *Renderer) moved(n int64) string {
	switch {
	case n > 0:
		return r.lang.Say("bertambah %s", r.lang.Short(n))
	case n < 0:
		return r.lang.Say("berkurang %s", r.lang.Short(-n))
	}
	return r.lang.Say("tidak berubah")
}

// lists names the places of which a report speaks one by one.
func (r *Renderer) lists(p report.Report) []section {
	place := func(s report.Spot) gridRow {
		return gridRow{Name: r.fullName(aid.Recipient{Name: s.Name, Area: s.Area}), Path: placePath(s.Recipient)}
	}
	gaps := section{ID: "kekurangan", Heading: r.lang.Say("Yang paling kekurangan"), Terms: r.terms("report.gaps"), Said: r.lang.Say("Tidak ada kebutuhan berharga acuan yang belum dijanjikan.")}
	t := &grid{Caption: r.lang.Say("Lokasi dengan nilai kebutuhan terbesar yang belum dijanjikan"), Head: []string{r.lang.Say("Lokasi"), r.lang.Say("KK"), r.lang.Say("Dibutuhkan (Rp)"), r.lang.Say("Belum dijanjikan (Rp)")}}
	for _, s := range p.Gaps {
		row := place(s)
		row.Cells = []string{r.lang.Number(s.Households), r.lang.Number(s.Needed), r.lang.Number(s.Open)}
		t.Rows = append(t.Rows, row)
	}
	if len(p.Gaps) > 0 {
		gaps.Said = r.lang.Say("Di %s %s belum dijanjikan siapa pun.", t.Rows[0].Name, r.lang.Short(p.Gaps[0].Open))
		gaps.Grid = t
	}

	forgotten := section{ID: "terlupa", Heading: r.lang.Say("Yang terlupa"), Terms: r.terms("report.forgotten", "unreached"), Said: r.lang.Say("Semua lokasi yang membutuhkan sudah dikirimi sesuatu.")}
	t = &grid{Caption: r.lang.Say("Lokasi terbesar yang belum menerima apa pun"), Head: []string{r.lang.Say("Lokasi"), r.lang.Say("Jenis"), r.lang.Say("KK")}}
	for _, s := range p.Forgotten {
		row := place(s)
		row.Cells = []string{r.kindName(s.Kind), r.lang.Number(s.Households)}
		t.Rows = append(t.Rows, row)
	}
	if n := len(p.Forgotten); n > 0 {
		forgotten.Said = r.lang.Many(p.ForgottenTotal, "%s lokasi membutuhkan sesuatu dan belum dikirimi apa pun.", r.lang.Number(p.ForgottenTotal))
		if int64(n) < p.ForgottenTotal {
			forgotten.Said += r.lang.Say(" Ini %d yang KK-nya terbanyak.", n)
		}
		forgotten.Grid = t
	}

	slow := section{ID: "lambat", Heading: r.lang.Say("Kontak paling lama"), Terms: r.terms("report.slow", "medianHours"), Said: r.lang.Say("Belum ada kecamatan dengan cukup kontak untuk dibandingkan.")}
	t = &grid{Caption: r.lang.Say("Kecamatan menurut lamanya sampai kontak"), Head: []string{r.lang.Say("Kecamatan"), r.lang.Say("Nilai tengah"), r.lang.Say("Kontak")}}
	for _, s := range p.Slow {
		t.Rows = append(t.Rows, gridRow{Name: s.Name, Path: r.areaPath(s.Area), Cells: []string{r.lang.Hours(s.MedianHours), r.lang.Number(s.Contacted)}})
	}
	if len(p.Slow) > 0 {
		slow.Said = r.lang.Say("Paling lama di Kecamatan %s: separuh komitmen baru dibicarakan sesudah %s.", p.Slow[0].Name, r.lang.Hours(p.Slow[0].MedianHours))
		slow.Grid = t
	}

	fixed := section{ID: "koreksi", Heading: r.lang.Say("Koreksi"), Terms: r.terms("report.corrections"), Said: r.lang.Say("Tidak ada koreksi data yang dicatat dalam periode ini.")}
	t = &grid{Caption: r.lang.Say("Koreksi dalam periode ini"), Head: []string{r.lang.Say("Wilayah"), r.lang.Say("Saat"), r.lang.Say("Oleh"), r.lang.Say("Alasan")}}
	for _, c := range p.Corrections {
		where := c.Leaf
		if leaf, err := aid.ParseLeaf(c.Leaf); err == nil && r.pack.AreaName(leaf.Area) != "" {
			where = r.pack.AreaName(leaf.Area)
		}
		t.Rows = append(t.Rows, gridRow{Name: where, Cells: []string{r.moment(c.On), c.By, c.Reason}})
		if r.lang != bahasa.Indonesian {
			t.Own = 1
		}
	}
	if n := len(p.Corrections); n > 0 {
		fixed.Said = r.lang.Many(int64(n), "%d koreksi dicatat dalam periode ini.", n)
		fixed.Grid = t
	}

	all := []section{gaps, forgotten, slow, fixed}
	if len(p.Kelurahan) > 0 {
		all = append(all, r.everyKelurahan(p))
	}
	return all
}

// everyKelurahan lists what each kelurahan received, most for 1,000 households
// first.
func (r *Renderer) everyKelurahan(p report.Report) section {
	f := section{ID: "kelurahan", Heading: r.lang.Say("Setiap kelurahan"), Terms: r.terms("report.kelurahan.received", "perThousandHouseholds", "coverage")}
	rows := slices.Clone(p.Kelurahan)
	slices.SortStableFunc(rows, func(a, b report.KelurahanRow) int {
		return cmp.Or(cmp.Compare(b.Register.PerThousand, a.Register.PerThousand), strings.Compare(string(a.Area), string(b.Area)))
	})
	t := &grid{Caption: r.lang.Say("Setiap kelurahan, menurut yang diterima per 1.000 KK"), Head: []string{r.lang.Say("Kelurahan"), r.lang.Say("KK"), r.lang.Say("Diterima (Rp)"), r.lang.Say("Per 1.000 KK (Rp)"), r.lang.Say("Pangan")}}
	some := 0
	for _, k := range rows {
		per := bahasa.Nothing
		if k.Register.PerThousand >= 0 {
			per = r.lang.Number(k.Register.PerThousand)
		}
		if k.Received > 0 {
			some++
		}
		t.Rows = append(t.Rows, gridRow{Name: k.Name, Path: r.areaPath(k.Area), Cells: []string{
			r.lang.Number(k.Register.Households), r.lang.Number(k.Received), per, r.lang.Coverage(k.Register),
		}})
	}
	f.Said = r.lang.Say("%d dari %d kelurahan sudah menerima sesuatu.", some, len(rows))
	r.list(&f, t)
	return f
}
