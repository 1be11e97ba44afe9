package page

import (
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/tally"
)

// statisticsView is everything that the statistics say of one area.
type statisticsView struct {
	frame
	Heading string
	Crumbs  []crumb
	AsOf    string
	Path    string // of the file that every figure comes from
	Hash    string
	Parts   []crumb // the areas inside that have a page of their own
	Whole   tally.Row
	Place   tally.Register
	Reached int64
	Grids   []grid
}

// grid is a table of figures.
type grid struct {
	Caption string
	Head    []string
	Rows    []gridRow
}

type gridRow struct {
	Name, Path string
	Cells      []string
}

func statisticsPath(code, root area.Code) string {
	if code == root {
		return "/statistik/"
	}
	return "/statistik/" + string(code) + "/"
}

// Statistics renders the statistics of the region or of a kota. path and hash
// are those of the file from which every figure on the page is taken, path
// without a leading slash.
func (r *Renderer) Statistics(code area.Code, asOf time.Time, s tally.Statistics, path, hash string) ([]byte, error) {
	name := r.pack.AreaName(code)
	v := statisticsView{
		frame: r.frame(statisticsPath(code, r.pack.Root), "Statistik bantuan di "+name,
			"Berapa yang dibutuhkan, dijanjikan, dikirim, dan diterima di "+name+", dan dari mana setiap angkanya.", ""),
		Heading: "Statistik " + name, AsOf: r.moment(asOf), Path: path, Hash: hash,
		Whole: s.Whole, Place: s.Register, Reached: s.Reached,
	}
	v.Demo = s.Demo > 0
	if code != r.pack.Root {
		v.Crumbs = []crumb{{"Statistik", "/statistik/"}}
	} else {
		for _, a := range r.pack.Children(code) {
			v.Parts = append(v.Parts, crumb{a.Name, statisticsPath(a.Code, r.pack.Root)})
		}
	}
	v.Grids = []grid{
		r.rows("Menurut wilayah penerima", "Wilayah", s.Areas, func(k string) string { return r.pack.AreaName(area.Code(k)) }),
		r.rows("Menurut kolaborator", "Kolaborator", s.Classes, func(k string) string { return classes[aid.Class(k)] }),
		r.rows("Menurut penerima", "Penerima", s.Kinds, func(k string) string { return r.kindName(aid.KindID(k)) }),
		r.rows("Menurut program", "Program", s.Programs, func(k string) string {
			p, _ := r.pack.Program(aid.ProgramID(k))
			return p.Name
		}),
	}
	return r.render("statistics", v)
}

// rows lists a split of commitments and of the value of gifts.
func (r *Renderer) rows(caption, first string, rows []tally.Row, name func(string) string) grid {
	g := grid{Caption: caption, Head: []string{first, "Janji", "Bagian", "Dijanjikan", "Dikirim", "Diterima"}}
	for _, row := range rows {
		g.Rows = append(g.Rows, gridRow{Name: name(row.Key), Cells: []string{
			bahasa.Number(row.Commitments.Holding), percent(row.Share, 10_000), bahasa.Rupiah(aid.Rupiah(row.Gift.Committed)),
			bahasa.Rupiah(aid.Rupiah(row.Gift.Delivered)), bahasa.Rupiah(aid.Rupiah(row.Gift.Received)),
		}})
	}
	return g
}
