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
var stateNames = map[aid.State]string{
	aid.Pledged: "Dijanjikan", aid.Contacted: "Sudah bicara", aid.Scheduled: "Terjadwal", aid.Signed: "Ditandatangani",
	aid.Delivered: "Dikirim", aid.Disputed: "Dipersengketakan", aid.Received: "Diterima", aid.Lapsed: "Gugur", aid.Withdrawn: "Dibatalkan",
}

// formNames names the three forms of value that are never added.
var formNames = map[tally.Form]string{tally.FormGift: "Pemberian", tally.FormLoan: "Pinjaman", tally.FormFree: "Di luar daftar"}

// typeNames says what the cells of a column are.
var typeNames = map[report.Type]string{
	report.String: "teks", report.Integer: "bilangan bulat", report.Number: "bilangan", report.Date: "hari", report.DateTime: "saat", report.Boolean: "ya/tidak",
}

// Data renders the page of the open data. tables are those that the files hold.
func (r *Renderer) Data(o report.Open, tables []report.Table) ([]byte, error) {
	v := dataView{
		frame: r.frame("/data/", "Data terbuka",
			"Semua penerima, kebutuhan, komitmen, dan penyaluran sebagai berkas CSV, JSON Lines, GeoJSON, dan lembar kerja; bebas dipakai.", ""),
		AsOf: r.moment(o.AsOf), Attribution: report.Attribution(r.pack.Operator),
		Licence: licence{report.LicenceSPDX, report.LicenceTitle, report.LicenceURL},
	}
	v.Wide, v.Demo = true, o.Demo
	r.shelves(&v, o, tables)
	for i, one := range o.Releases {
		f := frozen{Title: titleOf(one.Month), AsOf: r.moment(one.AsOf), Files: filesOf(one.Files)}
		if i < 3 {
			v.Releases = append(v.Releases, f)
		} else {
			v.Older = append(v.Older, f)
		}
	}
	for _, t := range tables {
		one := tableView{ID: "kolom-" + t.Name, Title: t.TitleID, Columns: &grid{Caption: "Kolom tabel " + strings.ToLower(t.TitleID), Head: []string{"Kolom", "Jenis", "HXL", "Isi"}}}
		if len(t.Key) > 0 {
			one.About = "Satu baris dikenali dari " + strings.Join(t.Key, ", ") + "."
		}
		for _, c := range t.Columns {
			one.Columns.Rows = append(one.Columns.Rows, gridRow{Name: c.Name, Cells: []string{cmp.Or(typeNames[c.Type], string(c.Type)), c.HXL, c.ID}})
		}
		v.Tables = append(v.Tables, one)
	}
	v.Mapping = &grid{Caption: "Keadaan komitmen di sini dan di standar lain", Head: []string{"Di sini", "FTS", "IATI", "360Giving", "Sebabnya"}}
	for _, m := range report.Mapping() {
		v.Mapping.Rows = append(v.Mapping.Rows, gridRow{Name: cmp.Or(stateNames[m.State], string(m.State)), Cells: []string{
			cmp.Or(m.FTS, "–"), cmp.Or(m.IATI, "–"), cmp.Or(m.ThreeSixtyGiving, "–"), m.ID,
		}})
	}
	v.Forms = &grid{Caption: "Bentuk bantuan di sini dan di IATI", Head: []string{"Di sini", "IATI", "Artinya"}}
	for _, m := range report.FormMappings() {
		v.Forms.Rows = append(v.Forms.Rows, gridRow{Name: cmp.Or(formNames[m.Form], string(m.Form)), Cells: []string{m.IATIFinance, m.ID}})
	}
	return r.render("data", v)
}

// shelves sets the files of the region and of the areas inside it.
func (r *Renderer) shelves(v *dataView, o report.Open, tables []report.Table) {
	kota := map[area.Code]int{}
	for _, a := range o.Areas {
		s := shelf{Name: cmp.Or(r.pack.AreaName(a.Area), a.Name)}
		if a.Area.Level() < area.Kecamatan {
			s.Rows = rowsOf(s.Name, a, tables)
			s.Others = othersOf(a.Files, false)
		} else {
			s.Others = othersOf(a.Files, true)
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
func rowsOf(name string, a report.OpenArea, tables []report.Table) *grid {
	t := &grid{Caption: "Tabel " + name, Head: []string{"Tabel", "Baris", "Berkas"}}
	for _, table := range tables {
		row := gridRow{Name: table.TitleID, Cells: []string{bahasa.Number(a.Rows[table.Name])}}
		for _, f := range a.Files {
			if f.Table == table.Name && alone(f) {
				row.Files = append(row.Files, file(f))
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
func othersOf(all []report.Source, kecamatan bool) []fileView {
	var files []fileView
	for _, s := range all {
		f := file(s)
		if alone(s) || kecamatan && f.Format == "DCAT" {
			continue
		}
		f.Name, f.Rows = "", ""
		files = append(files, f)
	}
	return byUse(files)
}
