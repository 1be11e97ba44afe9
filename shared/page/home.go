package page

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
	"ksbb/shared/tally"
)

type homeView struct {
	frame
	AsOf      string
	Totals    tally.Totals
	Main      *packageLine
	Pace      pace
	Map       mapView
	Parts     []crumb // the kota
	Kinds     []kindCount
	List      table  // the first of the kecamatan
	All       *table // all of them, where there are more
	Kecamatan int64
	Waiting   []waiting
	News      []newsLine
	Programs  []region.Program
	Planned   []region.Program
	FeedPath  string
}

// waiting is an area where places have received nothing, as the list of the
// forgotten names it.
type waiting struct {
	Path, Name, Within string
	Unreached, Of      int64
}

// shortlist is how many areas and how many news the front page names; the list
// of the kecamatan, the statistics and the feed hold all.
const (
	shortlist = 10
	newsflash = 5
)

// packageLine is how far the need for one package has been met.
type packageLine struct {
	region.Package
	Q   tally.Quantities
	Bar bar
}

// kindCount is how many recipients of a kind there are. Words are what stands
// after the number.
type kindCount struct {
	Words string
	N     int64
}

// table lists areas, those where most is still open first.
type table struct {
	Caption, Note, First string
	Short                bool // the first rows of a longer list
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
		News: r.newest(root), FeedPath: feedPaths[r.lang].atom,
	}
	v.Feed, v.JSONFeed, v.Data, v.OEmbed = v.FeedPath, feedPaths[r.lang].json, r.homeData(), r.discovery(r.pack.Root)
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
	if v.Kecamatan = int64(len(v.List.Rows)); v.Kecamatan > shortlist {
		all := v.List
		all.Caption = r.lang.Say("Semua kecamatan")
		v.All, v.List.Rows, v.List.Short = &all, all.Rows[:shortlist], true
	}
	v.Waiting = r.waiting(kelurahan)
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
			all = append(all, kindCount{Words: k.Counted(n), N: n})
		}
	}
	return all
}

// waiting lists the areas where most places have received nothing yet.
func (r *Renderer) waiting(areas []tally.Child) []waiting {
	var all []waiting
	for _, a := range areas {
		if n := a.Totals.Unreached; n > 0 {
			all = append(all, waiting{
				Path: r.areaPath(a.Code), Name: a.Name, Within: r.pack.AreaName(a.Code.Parent()), Unreached: n, Of: a.Totals.Recipients,
			})
		}
	}
	slices.SortStableFunc(all, func(a, b waiting) int {
		return cmp.Or(cmp.Compare(b.Unreached, a.Unreached), cmp.Compare(a.Of, b.Of), strings.Compare(a.Name, b.Name))
	})
	return all[:min(len(all), shortlist)]
}

// newsLine is one public step of a commitment, told in a sentence.
type newsLine struct {
	Says  template.HTML
	When  string
	Stamp string // for machines
}

// newest tells the latest news of an area.
func (r *Renderer) newest(a tally.Area) []newsLine {
	var all []newsLine
	for _, act := range a.Latest[:min(len(a.Latest), newsflash)] {
		all = append(all, newsLine{r.happened(act), r.moment(act.At), stamp(act.At)})
	}
	return all
}

// happened says an act in one sentence that leads to its place.
func (r *Renderer) happened(a tally.Act) template.HTML {
	var parts []template.HTML
	some := false
	for _, t := range a.Things {
		some = some || t.Quantity > 0
		s := template.HTML(template.HTMLEscapeString(r.lang.Number(t.Quantity) + " " + r.packageOf(t.Package).Thing(t.Quantity)))
		if t.Package == "" {
			s = r.lang.Markup("%s %s", r.lang.Number(t.Quantity), r.own(strings.TrimSpace(t.Unit+" "+t.Free)))
		} else if t.Equivalent != "" {
			s = r.lang.Markup("%s (berupa %s)", s, r.own(t.Equivalent))
		}
		parts = append(parts, s)
	}
	things, who := r.listed(parts), r.own(a.Name)
	place := template.HTML(`<a href="` + placePath(a.Recipient) + `">` + template.HTMLEscapeString(r.placeOf(a)) + `</a>`)
	switch {
	case a.Move == aid.Verify:
		return r.lang.Markup("%s menjanjikan %s untuk %s", who, things, place)
	case a.Move == aid.Report:
		return r.lang.Markup("%s melaporkan %s sudah diantar ke %s", who, things, place)
	case !some:
		return r.lang.Markup("%s menjawab bahwa kiriman dari %s belum diterima", place, who)
	case a.Move == aid.Settle:
		return r.lang.Markup("%s dan %s sepakat: %s diterima", place, who, things)
	}
	return r.lang.Markup("%s menerima %s dari %s", place, things, who)
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
