package page

import (
	"cmp"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/report"
	"ksbb/shared/tally"
)

type dataView struct {
	frame
	AsOf        string
	Attribution string
	Licence     licence
	Whole       *shelf   // of the region
	Parts       []shelf  // of the kota, with their kecamatan
	Releases    []frozen // the latest first
	Older       []frozen
	Tables      []tableView
	Mapping     *grid
	Forms       *grid
}

type licence struct{ Name, Title, URL string }

// shelf is the open data of one area.
type shelf struct {
	Name   string
	Rows   *grid
	Others []fileView // what is not a table alone
	Inside []shelf
}

// frozen is the state at the end of one month.
type frozen struct {
	Title, AsOf string
	Files       []fileView
}

// tableView explains the columns of a table.
type tableView struct {
	ID, Title, About string
	Columns          *grid
}

// stateNames names the states of a commitment as tables and reports do.
func stateNames(l bahasa.Language) map[aid.State]string {
	return map[aid.State]string{
		aid.Pledged: l.Say("Dijanjikan"), aid.Contacted: l.Say("Sudah bicara"), aid.Scheduled: l.Say("Terjadwal"), aid.Signed: l.Say("Ditandatangani"),
		aid.Delivered: l.Say("Dikirim"), aid.Disputed: l.Say("Dipersengketakan"), aid.Received: l.Say("Diterima"), aid.Lapsed: l.Say("Gugur"),
		aid.Withdrawn: l.Say("Dibatalkan"),
	}
}

// formNames names the three forms of value that are never added.
func formNames(l bahasa.Language) map[tally.Form]string {
	return map[tally.Form]string{tally.FormGift: l.Say("Pemberian"), tally.FormLoan: l.Say("Pinjaman"), tally.FormFree: l.Say("Di luar daftar")}
}

// typeNames says what the cells of a column are.
func typeNames(l bahasa.Language) map[report.Type]string {
	return map[report.Type]string{
		report.String: l.Say("teks"), report.Integer: l.Say("bilangan bulat"), report.Number: l.Say("bilangan"), report.Date: l.Say("hari"),
		report.DateTime: l.Say("saat"), report.Boolean: l.Say("ya/tidak"),
	}
}

// Data renders the page of the open data. tables are those that the files hold.
func (r *Renderer) Data(o report.Open, tables []report.Table) ([]byte, error) {
	v := dataView{
		frame: r.frame("/data/", r.lang.Say("Data terbuka"),
			r.lang.Say("Semua penerima, kebutuhan, komitmen, dan penyaluran sebagai berkas CSV, JSON Lines, GeoJSON, dan lembar kerja; bebas dipakai."), ""),
		AsOf: r.moment(o.AsOf), Attribution: report.Attribution(r.pack.Operator, r.lang),
		Licence: licence{report.LicenceSPDX, report.LicenceTitle, report.LicenceURL},
	}
	v.Wide, v.Demo = true, o.Demo
	v.Data = r.openData(v.frame, o)
	r.shelves(&v, o, tables)
	for i, one := range o.Releases {
		f := frozen{Title: r.titleOf(one.Month), AsOf: r.moment(one.AsOf), Files: r.filesOf(one.Files)}
		if i < 3 {
			v.Releases = append(v.Releases, f)
		} else {
			v.Older = append(v.Older, f)
		}
	}
	types, states, forms := typeNames(r.lang), stateNames(r.lang), formNames(r.lang)
	for _, t := range tables {
		one := tableView{ID: "kolom-" + t.Name, Title: r.tableName(t), Columns: &grid{Caption: r.lang.Say("Kolom tabel %s", strings.ToLower(r.tableName(t))), Head: []string{r.lang.Say("Kolom"), r.lang.Say("Jenis"), r.lang.Say("HXL"), r.lang.Say("Isi")}}}
		if len(t.Key) > 0 {
			one.About = r.lang.Say("Satu baris dikenali dari %s.", strings.Join(t.Key, ", "))
		}
		for _, c := range t.Columns {
			one.Columns.Rows = append(one.Columns.Rows, gridRow{Name: c.Name, Cells: []string{cmp.Or(types[c.Type], string(c.Type)), c.HXL, r.either(c.ID, c.EN)}})
		}
		v.Tables = append(v.Tables, one)
	}
	v.Mapping = &grid{Caption: r.lang.Say("Keadaan komitmen di sini dan di standar lain"), Head: []string{r.lang.Say("Di sini"), r.lang.Say("FTS"), r.lang.Say("IATI"), r.lang.Say("360Giving"), r.lang.Say("Sebabnya")}}
	for _, m := range report.Mapping() {
		v.Mapping.Rows = append(v.Mapping.Rows, gridRow{Name: cmp.Or(states[m.State], string(m.State)), Cells: []string{
			cmp.Or(m.FTS, bahasa.Nothing), cmp.Or(m.IATI, bahasa.Nothing), cmp.Or(m.ThreeSixtyGiving, bahasa.Nothing), r.either(m.ID, m.EN),
		}})
	}
	v.Forms = &grid{Caption: r.lang.Say("Bentuk bantuan di sini dan di IATI"), Head: []string{r.lang.Say("Di sini"), r.lang.Say("IATI"), r.lang.Say("Artinya")}}
	for _, m := range report.FormMappings() {
		v.Forms.Rows = append(v.Forms.Rows, gridRow{Name: cmp.Or(forms[m.Form], string(m.Form)), Cells: []string{m.IATIFinance, r.either(m.ID, m.EN)}})
	}
	return r.render("data", v)
}

// either picks what is defined in both languages side by side.
func (r *Renderer) either(id, en string) string {
	if r.lang == bahasa.English {
		return en
	}
	return id
}

// shelves sets the files of the region and of the areas inside it.
func (r *Renderer) shelves(v *dataView, o report.Open, tables []report.Table) {
	kota := map[area.Code]int{}
	for _, a := range o.Areas {
		s := shelf{Name: cmp.Or(r.pack.AreaName(a.Area), a.Name)}
		if a.Area.Level() < area.Kecamatan {
			s.Rows = r.rowsOf(s.Name, a, tables)
			s.Others = r.othersOf(a.Files, false)
		} else {
			s.Others = r.othersOf(a.Files, true)
		}
		switch i, inKota := kota[a.Area.At(area.Kota)]; {
		case a.Area == o.Region:
			v.Whole = &s
		case a.Area.Level() == area.Kota:
			kota[a.Area] = len(v.Parts)
			v.Parts = append(v.Parts, s)
		case inKota:
			v.Parts[i].Inside = append(v.Parts[i].Inside, s)
		}
	}
}

// rowsOf lists the tables of an area with how many rows each has and the files
// that hold them.
func (r *Renderer) rowsOf(name string, a report.OpenArea, tables []report.Table) *grid {
	t := &grid{Caption: r.lang.Say("Tabel %s", name), Head: []string{r.lang.Say("Tabel"), r.lang.Say("Baris"), r.lang.Say("Berkas")}}
	for _, table := range tables {
		row := gridRow{Name: r.tableName(table), Cells: []string{r.lang.Number(a.Rows[table.Name])}}
		for _, f := range a.Files {
			if f.Table == table.Name && alone(f) {
				row.Files = append(row.Files, r.file(f))
			}
		}
		if len(row.Files) > 0 {
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// alone tells whether a file holds the rows of one table and no more.
func alone(s report.Source) bool { return s.Table != "" && !strings.HasSuffix(s.Path, ".geojson") }

// othersOf lists the files that are not rows of one table alone. Of a
// kecamatan, what describes the others in several ways is said in one.
func (r *Renderer) othersOf(all []report.Source, kecamatan bool) []fileView {
	var files []fileView
	for _, s := range all {
		f := r.file(s)
		if alone(s) || kecamatan && f.Format == "DCAT" {
			continue
		}
		f.Name, f.Rows = "", ""
		files = append(files, f)
	}
	return byUse(files)
}
