package page

import (
	"cmp"
	"fmt"
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
	Path, Title, Kind string
	Summary           string
	Revised           string
	Files             []fileView
}

// fileView is a file that can be taken away.
type fileView struct {
	Path, Name, Format, Size, Hash string
	Rows                           string
	Table                          bool // it holds the rows of one table
}

// formats names media types as people do.
var formats = map[string]string{
	"application/pdf": "PDF", "application/json": "JSON", "text/csv": "CSV", "application/geo+json": "GeoJSON",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX", "application/jsonl": "JSONL",
	"application/ld+json": "DCAT", "text/markdown": "Teks", "text/plain": "Teks",
}

// file describes a file by its format and what is in it.
func file(s report.Source) fileView {
	media, _, _ := strings.Cut(s.Type, ";")
	name := s.Path[strings.LastIndexByte(s.Path, '/')+1:]
	f := fileView{Path: "/" + s.Path, Name: name, Format: cmp.Or(formats[media], strings.ToUpper(name[strings.LastIndexByte(name, '.')+1:])), Size: bahasa.Size(s.Bytes), Hash: s.Hash}
	switch {
	case name == "datapackage.json":
		f.Format = "Data Package"
	case name == "dcat.json" || strings.HasSuffix(name, ".jsonld"):
		f.Format = "DCAT"
	}
	if t, ok := report.TableOf(s.Table); ok {
		f.Name, f.Table = t.TitleID, true
		if s.Rows > 0 {
			f.Rows = bahasa.Number(s.Rows) + " baris"
		}
	}
	return f
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

func filesOf(all []report.Source) []fileView {
	var files []fileView
	for _, s := range all {
		files = append(files, file(s))
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
func titleOf(id string) string {
	if p, err := report.ParsePeriod(id); err == nil {
		return p.Title()
	}
	return id
}

func reportPath(period string) string { return "/laporan/" + period + "/" }

func entry(e report.Entry) entryView {
	v := entryView{Path: reportPath(e.Period), Title: titleOf(e.Period), Kind: e.Kind.Name(), Summary: e.Summary}
	if len(e.Revisions) > 0 {
		latest := e.Revisions[0]
		v.Files = filesOf(latest.Files)
		if latest.Revision > 1 {
			v.Revised = fmt.Sprintf("Revisi %d: %s", latest.Revision, latest.Reason)
		}
	}
	return v
}

// Reports renders the list of all reports.
func (r *Renderer) Reports(i report.Index) ([]byte, error) {
	v := reportsView{frame: r.frame("/laporan/", "Laporan berkala",
		"Laporan harian, mingguan, dan bulanan bantuan di "+r.pack.AreaName(r.pack.Root)+": untuk dibaca, dicetak, dan diolah.", "")}
	v.Feed = feedPath
	for _, e := range i.Reports {
		v.Demo = v.Demo || e.Demo
	}
	for _, k := range report.Kinds {
		g := entryGroup{ID: string(k), Heading: "Laporan " + strings.ToLower(k.Name())}
		n := 0
		for _, e := range i.Reports {
			if e.Kind != k {
				continue
			}
			if n++; n > listed[k] {
				g.More = true
				break
			}
			switch one := entry(e); {
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
	Givers     tally.Count
	People     string
	Paragraphs []string
	Happened   *grid
	Days       *section
	Sections   []section
	Lists      []section
	Files      []fileView
	Source     fileView
	Terms      []term
	Page       string // the page's own address, for paper
}

type revisionView struct {
	Number int
	Reason string
	At     string
	Files  []fileView
}

// Report renders the page of one report. revisions are all that were published
// of its period, the latest first; source is the file of this one, of which
// every figure on the page is.
func (r *Renderer) Report(p report.Report, revisions []report.Revision, source report.Source) ([]byte, error) {
	title := titleOf(p.Period)
	v := reportView{
		frame: r.frame(reportPath(p.Period), "Laporan "+title,
			cmp.Or(first(p.Paragraphs), "Laporan bantuan "+title+" di "+p.Name+"."), ""),
		Crumbs: []crumb{{"Laporan", "/laporan/"}}, Title: title, Kind: p.Kind.Name(), Whole: p.Name, To: bahasa.Date(p.To),
		From: origin{r.moment(p.AsOf), source.Path, source.Hash}, Revision: p.Revision, Reason: p.Reason,
		Pledged: p.Happened.Pledged, Received: bahasa.Short(p.Happened.ReceivedValue), Givers: p.Givers, People: bahasa.Count(&p.Givers),
		Paragraphs: p.Paragraphs, Source: file(source), Page: r.site + reportPath(p.Period),
	}
	v.Wide, v.Demo, v.Feed = true, p.Demo, feedPath
	for _, was := range revisions {
		if was.Revision == p.Revision {
			v.Files = filesOf(was.Files)
		} else if was.Revision < p.Revision {
			v.Earlier = append(v.Earlier, revisionView{was.Revision, was.Reason, r.moment(was.MadeAt), filesOf(was.Files)})
		}
	}
	v.Happened = happenedGrid(p)
	v.Sections = r.during(p)
	v.Sections = append(append(v.Sections, r.worth(p.End)), r.splits(p.Region, p.End)...)
	v.Sections = append(v.Sections, r.contact(p.End))
	v.Sections = append(v.Sections, r.fairness(p.End)...)
	v.Lists = r.lists(p)
	v.Terms = terms("happened.pledged", "happened.delivered", "happened.received", "happened.lapsed", "happened.withdrawn", "report.givers", "report.before")
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

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// happenedGrid compares what happened with the period before.
func happenedGrid(p report.Report) *grid {
	names := map[report.Kind][2]string{
		report.Monthly: {"Bulan ini", "Bulan sebelumnya"}, report.Weekly: {"Pekan ini", "Pekan sebelumnya"}, report.Daily: {"Hari ini", "Hari sebelumnya"},
	}[p.Kind]
	t := &grid{Caption: "Kejadian dalam periode dan sebelumnya", Head: []string{"Kejadian", names[0], names[1]}}
	count := func(name string, of func(tally.Happened) int64) {
		t.Rows = append(t.Rows, gridRow{Name: name, Cells: []string{bahasa.Number(of(p.Happened)), bahasa.Number(of(p.Before))}})
	}
	amount := func(name string, of func(tally.Happened) int64) {
		t.Rows = append(t.Rows, gridRow{Name: name, Cells: []string{exactly(of(p.Happened)), exactly(of(p.Before))}})
	}
	count("Komitmen baru", func(h tally.Happened) int64 { return h.Pledged })
	amount("· nilainya", func(h tally.Happened) int64 { return h.PledgedValue })
	count("Penyaluran dilaporkan", func(h tally.Happened) int64 { return h.Delivered })
	amount("· nilainya", func(h tally.Happened) int64 { return h.DeliveredValue })
	count("Jawaban penerima", func(h tally.Happened) int64 { return h.Received })
	amount("· nilai diterima", func(h tally.Happened) int64 { return h.ReceivedValue })
	count("Komitmen gugur", func(h tally.Happened) int64 { return h.Lapsed })
	count("Komitmen dibatalkan", func(h tally.Happened) int64 { return h.Withdrawn })
	t.Rows = append(t.Rows, gridRow{Name: "Kolaborator", Cells: []string{bahasa.Count(&p.Givers), bahasa.Count(&p.GiversBefore)}})
	return t
}

// during says what happened on the days of the period, and what that changed
// where.
func (r *Renderer) during(p report.Report) []section {
	var all []section
	if p.From != p.To {
		f := section{ID: "hari", Heading: "Hari demi hari", Terms: terms("happened.pledgedValue", "happened.receivedValue", "days"), Said: "Tidak ada komitmen dan penerimaan bernilai dalam periode ini."}
		days := daysOf(p.End.Days, p.From, p.To)
		chart, t := timeline("Nilai dijanjikan dan diterima per hari", "Hari", days)
		if chart != nil {
			f.Said = chart.Desc
			f.Chart, f.Legend = chart, beatKeys
			f.list(t)
		}
		all = append(all, f)
	}
	f := section{ID: "perubahan", Heading: "Yang berubah dalam periode ini", Terms: terms("report.change"), Said: "Tidak ada yang berubah dalam periode ini."}
	g := p.Change.Whole.Gift
	if g != (tally.Stand{}) || p.Change.Whole.Free != (tally.Stand{}) || p.Change.Whole.Commitments != (tally.Number{}) {
		f.Said = fmt.Sprintf("Nilai yang diterima %s, kebutuhan %s.", moved(g.Received+p.Change.Whole.Free.Received), moved(g.Needed))
	}
	t := &grid{Caption: "Perubahan menurut wilayah", Head: []string{"Wilayah", "Komitmen baru", "Dikirim (Rp)", "Diterima (Rp)"}}
	rows := slices.Clone(p.Change.Areas)
	slices.SortStableFunc(rows, func(a, b tally.Row) int {
		return cmp.Or(cmp.Compare(b.Gift.Received+b.Free.Received, a.Gift.Received+a.Free.Received), strings.Compare(a.Key, b.Key))
	})
	for _, row := range rows {
		t.Rows = append(t.Rows, gridRow{Name: r.pack.AreaName(area.Code(row.Key)), Path: r.figuresPath(area.Code(row.Key)), Cells: []string{
			bahasa.Number(row.Commitments.Pledged), signed(row.Gift.Delivered + row.Free.Delivered), signed(row.Gift.Received + row.Free.Received),
		}})
	}
	f.list(t)
	return append(all, f)
}

// signed writes a change with its sign.
func signed(n int64) string {
	if n > 0 {
		return "+" + bahasa.Number(n)
	}
	return bahasa.Number(n)
}

// moved says in words by how much an amount changed.
func moved(n int64) string {
	switch {
	case n > 0:
		return "bertambah " + bahasa.Short(n)
	case n < 0:
		return "berkurang " + bahasa.Short(-n)
	}
	return "tidak berubah"
}

// lists names the places of which a report speaks one by one.
func (r *Renderer) lists(p report.Report) []section {
	place := func(s report.Spot) gridRow {
		return gridRow{Name: r.fullName(aid.Recipient{Name: s.Name, Area: s.Area}), Path: placePath(s.Recipient)}
	}
	gaps := section{ID: "kekurangan", Heading: "Yang paling kekurangan", Terms: terms("report.gaps"), Said: "Tidak ada kebutuhan berharga acuan yang belum dijanjikan."}
	t := &grid{Caption: "Lokasi dengan nilai kebutuhan terbesar yang belum dijanjikan", Head: []string{"Lokasi", "KK", "Dibutuhkan (Rp)", "Belum dijanjikan (Rp)"}}
	for _, s := range p.Gaps {
		row := place(s)
		row.Cells = []string{bahasa.Number(s.Households), bahasa.Number(s.Needed), bahasa.Number(s.Open)}
		t.Rows = append(t.Rows, row)
	}
	if len(p.Gaps) > 0 {
		gaps.Said = fmt.Sprintf("Di %s %s belum dijanjikan siapa pun.", t.Rows[0].Name, bahasa.Short(p.Gaps[0].Open))
		gaps.Grid = t
	}

	forgotten := section{ID: "terlupa", Heading: "Yang terlupa", Terms: terms("report.forgotten", "unreached"), Said: "Semua lokasi yang membutuhkan sudah dikirimi sesuatu."}
	t = &grid{Caption: "Lokasi terbesar yang belum menerima apa pun", Head: []string{"Lokasi", "Jenis", "KK"}}
	for _, s := range p.Forgotten {
		row := place(s)
		row.Cells = []string{r.kindName(s.Kind), bahasa.Number(s.Households)}
		t.Rows = append(t.Rows, row)
	}
	if n := len(p.Forgotten); n > 0 {
		forgotten.Said = fmt.Sprintf("%s lokasi membutuhkan sesuatu dan belum dikirimi apa pun.", bahasa.Number(p.ForgottenTotal))
		if int64(n) < p.ForgottenTotal {
			forgotten.Said += fmt.Sprintf(" Ini %d yang KK-nya terbanyak.", n)
		}
		forgotten.Grid = t
	}

	slow := section{ID: "lambat", Heading: "Kontak paling lama", Terms: terms("report.slow", "medianHours"), Said: "Belum ada kecamatan dengan cukup kontak untuk dibandingkan."}
	t = &grid{Caption: "Kecamatan menurut lamanya sampai kontak", Head: []string{"Kecamatan", "Nilai tengah", "Kontak"}}
	for _, s := range p.Slow {
		t.Rows = append(t.Rows, gridRow{Name: s.Name, Path: r.areaPath(s.Area), Cells: []string{bahasa.Hours(s.MedianHours), bahasa.Number(s.Contacted)}})
	}
	if len(p.Slow) > 0 {
		slow.Said = fmt.Sprintf("Paling lama di Kecamatan %s: separuh komitmen baru dibicarakan sesudah %s.", p.Slow[0].Name, bahasa.Hours(p.Slow[0].MedianHours))
		slow.Grid = t
	}

	fixed := section{ID: "koreksi", Heading: "Koreksi", Terms: terms("report.corrections"), Said: "Tidak ada koreksi data yang dicatat dalam periode ini."}
	t = &grid{Caption: "Koreksi dalam periode ini", Head: []string{"Wilayah", "Saat", "Oleh", "Alasan"}}
	for _, c := range p.Corrections {
		where := c.Leaf
		if leaf, err := aid.ParseLeaf(c.Leaf); err == nil && r.pack.AreaName(leaf.Area) != "" {
			where = r.pack.AreaName(leaf.Area)
		}
		t.Rows = append(t.Rows, gridRow{Name: where, Cells: []string{r.moment(c.On), c.By, c.Reason}})
	}
	if n := len(p.Corrections); n > 0 {
		fixed.Said = fmt.Sprintf("%d koreksi dicatat dalam periode ini.", n)
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
	f := section{ID: "kelurahan", Heading: "Setiap kelurahan", Terms: terms("report.kelurahan.received", "perThousandHouseholds", "coverage")}
	rows := slices.Clone(p.Kelurahan)
	slices.SortStableFunc(rows, func(a, b report.KelurahanRow) int {
		return cmp.Or(cmp.Compare(b.Register.PerThousand, a.Register.PerThousand), strings.Compare(string(a.Area), string(b.Area)))
	})
	t := &grid{Caption: "Setiap kelurahan, menurut yang diterima per 1.000 KK", Head: []string{"Kelurahan", "KK", "Diterima (Rp)", "Per 1.000 KK (Rp)", "Pangan"}}
	some := 0
	for _, k := range rows {
		per := "–"
		if k.Register.PerThousand >= 0 {
			per = bahasa.Number(k.Register.PerThousand)
		}
		if k.Received > 0 {
			some++
		}
		t.Rows = append(t.Rows, gridRow{Name: k.Name, Path: r.areaPath(k.Area), Cells: []string{
			bahasa.Number(k.Register.Households), bahasa.Number(k.Received), per, bahasa.Coverage(k.Register),
		}})
	}
	f.Said = fmt.Sprintf("%d dari %d kelurahan sudah menerima sesuatu.", some, len(rows))
	f.list(t)
	return f
}
