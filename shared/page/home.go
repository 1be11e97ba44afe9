package page

import (
	"cmp"
	"slices"
	"strings"

	"ksbb/shared/area"
	"ksbb/shared/region"
	"ksbb/shared/tally"
)

type homeView struct {
	frame
	AsOf     string
	Totals   tally.Totals
	Main     *packageLine
	Pace     pace
	Map      mapView
	Parts    []crumb // the kota
	Kinds    []kindCount
	List     table
	Programs []region.Program
	Planned  []region.Program
}

// packageLine is how far the need for one package has been met.
type packageLine struct {
	region.Package
	Q   tally.Quantities
	Bar bar
}

type kindCount struct {
	Name string
	N    int64
}

// table lists areas, those where most is still open first.
type table struct {
	Caption, Note, First string
	Rows                 []row
}

// row is one area in a table.
type row struct {
	Path, Name string
	Households int64
	Remaining  int64
	Received   string
}

// drawn is a bar with the height it is drawn in.
type drawn struct {
	Bar  bar
	Thin bool
}

func (l packageLine) Drawn(thin bool) drawn { return drawn{l.Bar, thin} }

// Home renders the front page. areas holds every kota and kecamatan known, so
// that the map can colour each kelurahan; one that is missing stays grey.
func (r *Renderer) Home(root tally.Area, areas map[area.Code]tally.Area) ([]byte, error) {
	v := homeView{
		frame: r.frame("/", r.lang.Say("Siapa yang paling menunggu bantuan?"),
			r.pack.Texts.Purpose, "peta.js"),
		AsOf: r.moment(root.AsOf), Totals: root.Totals, Kinds: r.kinds(root.Totals),
	}
	v.Wide, v.Demo = true, root.Totals.Demo > 0
	main, ok := r.main(root.Totals)
	if ok {
		line := r.line(main, root.Totals)
		v.Main = &line
	}
	v.Pace = r.pace(v.Main, root.Totals)

	var kecamatan, kelurahan []tally.Child
	var kota []region.Area
	for _, k := range root.Children {
		v.Parts = append(v.Parts, crumb{Name: k.Name, Path: r.areaPath(k.Code)})
		kecamatan = append(kecamatan, areas[k.Code].Children...)
		if a, known := r.pack.Area(k.Code); known {
			kota = append(kota, a)
		}
	}
	for _, k := range kecamatan {
		kelurahan = append(kelurahan, areas[k.Code].Children...)
	}
	v.List = r.table(r.lang.Say("Kecamatan yang paling kurang"), "Kecamatan", kecamatan, main)
	v.Map = r.paint(r.charts.of(r.pack.Root), r.lang.Say("Kebutuhan yang belum dijanjikan siapa pun, per kelurahan"), r.whole(r.pack.Root, kelurahan))
	v.Map.name(kota, r.pack.Insets, 10, 40)
	for _, p := range r.pack.Programs {
		if p.Running {
			v.Programs = append(v.Programs, p)
		} else {
			v.Planned = append(v.Planned, p)
		}
	}
	return r.render("home", v)
}

// whole returns one child for each kelurahan of an area, so that the map never
// has a hole: those without totals have empty ones.
func (r *Renderer) whole(code area.Code, known []tally.Child) []tally.Child {
	have := make(map[area.Code]tally.Child, len(known))
	for _, c := range known {
		have[c.Code] = c
	}
	var all []tally.Child
	for _, a := range r.pack.At(area.Kelurahan) {
		if !code.Contains(a.Code) {
			continue
		}
		c, ok := have[a.Code]
		if !ok {
			c = tally.Child{Code: a.Code, Point: a.Point}
		}
		c.Name = a.Name
		all = append(all, c)
	}
	return all
}

// line returns how far the need for a package has been met.
func (r *Renderer) line(p region.Package, t tally.Totals) packageLine {
	q := t.Packages[p.ID]
	return packageLine{Package: p, Q: q, Bar: r.bar(q)}
}

// lines returns every package that something is needed of, the main one first,
// then in the order of the catalogue.
func (r *Renderer) lines(t tally.Totals) []packageLine {
	var all []packageLine
	main, ok := r.main(t)
	if ok {
		all = append(all, r.line(main, t))
	}
	for _, p := range r.pack.Packages {
		if p.ID != main.ID && t.Packages[p.ID].Needed > 0 {
			all = append(all, r.line(p, t))
		}
	}
	return all
}

func (r *Renderer) kinds(t tally.Totals) []kindCount {
	var all []kindCount
	for _, k := range r.pack.Kinds {
		if n := t.Kinds[k.ID]; n > 0 {
			all = append(all, kindCount{Name: k.Name, N: n})
		}
	}
	return all
}

// table lists areas by what they still need of the main package.
func (r *Renderer) table(caption, first string, areas []tally.Child, main region.Package) table {
	t := table{Caption: caption, First: first}
	if main.ID != "" {
		t.Note = r.lang.Say("Masih butuh dan diterima: %s", main.Thing(0))
	}
	for _, a := range areas {
		q := a.Totals.Packages[main.ID]
		t.Rows = append(t.Rows, row{
			Path: r.areaPath(a.Code), Name: a.Name, Households: a.Totals.Households,
			Remaining: q.Remaining, Received: r.lang.Percent(q.Received, q.Needed),
		})
	}
	slices.SortStableFunc(t.Rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.Remaining, a.Remaining), strings.Compare(a.Name, b.Name))
	})
	return t
}
