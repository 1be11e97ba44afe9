package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
	"ksbb/shared/tally"
)

type areaView struct {
	frame
	Heading  string
	Official string
	Crumbs   []crumb
	AsOf     string
	Totals   tally.Totals
	Main     *packageLine
	Pace     pace
	Others   []packageLine
	Kinds    []kindCount
	Map      mapView
	List     table
	Figures  string // where the statistics of the area are, empty for those that have none
}

// Area renders the page of a kota or a kecamatan. children holds the files of
// the areas inside it where these have areas of their own: the kecamatan of a
// kota.
func (r *Renderer) Area(a tally.Area, children map[area.Code]tally.Area) ([]byte, error) {
	name := a.Name
	if a.Code.Level() == area.Kecamatan {
		name = "Kecamatan " + name
	}
	v := areaView{
		frame: r.frame(r.areaPath(a.Code), name,
			fmt.Sprintf("Siapa di %s yang masih butuh bantuan, apa, dan berapa banyak.", name), "peta.js"),
		Heading: name, Crumbs: r.crumbs(a.Code), AsOf: r.moment(a.AsOf), Totals: a.Totals, Kinds: r.kinds(a.Totals),
	}
	v.Wide, v.Demo = true, a.Totals.Demo > 0
	if a.Code.Level() == area.Kota {
		v.Figures = statisticsPath(a.Code, r.pack.Root)
	}
	known, _ := r.pack.Area(a.Code)
	if known.Official != name && known.Official != a.Name {
		v.Official = known.Official
	}
	var main region.Package
	if lines := r.lines(a.Totals); len(lines) > 0 {
		v.Main, v.Others, main = &lines[0], lines[1:], lines[0].Package
	}
	v.Pace = r.pace(v.Main, a.Totals)
	inside := levels[a.Code.Level()+1]
	v.List = r.table(inside+" yang paling kurang", inside, a.Children, main)

	kelurahan := a.Children
	if a.Code.Level() < area.Kecamatan {
		kelurahan = nil
		for _, c := range a.Children {
			kelurahan = append(kelurahan, children[c.Code].Children...)
		}
	}
	v.Map = r.paint(r.charts.of(a.Code), "Kebutuhan yang belum dijanjikan siapa pun di "+name+", per kelurahan", r.whole(a.Code, kelurahan))
	v.Map.name(r.pack.Children(a.Code), nil, 10, 10)
	return r.render("area", v)
}

type kelurahanView struct {
	frame
	Heading string
	Crumbs  []crumb
	AsOf    string
	Totals  tally.Totals
	Main    *packageLine
	Pace    pace
	Others  []packageLine
	Map     mapView
	Groups  []placeGroup
	// Elsewhere lists the kinds that have a page of their own.
	Elsewhere []elsewhere
}

type elsewhere struct {
	Name, Path string
	Count      int64
}

// groupName names a group by the kinds in it: "UMKM".
func (r *Renderer) groupName(group aid.GroupID) string {
	var names []string
	for _, k := range r.pack.Kinds {
		if k.Group == group {
			names = append(names, k.Name)
		}
	}
	return strings.Join(names, ", ")
}

type placeGroup struct {
	Kind   string
	Places []placeLine
}

// placeLine is one recipient in a list.
type placeLine struct {
	Path, Name string
	Size       string // households and people
	Needs      []string
	More       int // needs not spelled out
	Enough     bool
	Untouched  bool // something is needed and nothing was delivered so far
	Bar        bar
	Distance   string
	remaining  int64
}

// Kelurahan renders a page of the narrowest area: the recipients of one group.
// The page of the first group says the totals of all and links to the others;
// those say their own, so that a page depends on one leaf and a hundred UMKM
// never slow the page of the RW. a holds the totals that the page says.
func (r *Renderer) Kelurahan(a tally.Area, group aid.GroupID, places []aid.Place) ([]byte, error) {
	name := "Kelurahan " + a.Name
	path, crumbs := r.areaPath(a.Code), r.crumbs(a.Code)
	first := r.pack.FirstGroup()
	if group != first {
		crumbs = append(crumbs, crumb{Name: a.Name, Path: path})
		name = r.groupName(group) + " di " + name
		path += string(group) + "/"
	}
	v := kelurahanView{
		frame: r.frame(path, name,
			fmt.Sprintf("Lokasi di %s yang membutuhkan bantuan: siapa, apa, dan berapa banyak.", name), "peta.js"),
		Heading: name, Crumbs: crumbs, AsOf: r.moment(a.AsOf), Totals: a.Totals,
	}
	v.Demo = a.Totals.Demo > 0
	if group == first {
		for _, k := range r.pack.Kinds {
			if n := a.Totals.Kinds[k.ID]; n > 0 && k.Group != first {
				v.Elsewhere = append(v.Elsewhere, elsewhere{Name: k.Name, Path: path + string(k.Group) + "/", Count: n})
			}
		}
	}
	if lines := r.lines(a.Totals); len(lines) > 0 {
		v.Main, v.Others = &lines[0], lines[1:]
	}
	v.Pace = r.pace(v.Main, a.Totals)
	for _, k := range r.pack.Kinds {
		g := placeGroup{Kind: k.Name}
		for _, p := range places {
			if p.Recipient.Kind == k.ID {
				g.Places = append(g.Places, r.placeLine(p))
			}
		}
		// Whoever waits most stands first.
		slices.SortStableFunc(g.Places, func(a, b placeLine) int {
			return cmp.Or(compareBool(b.Untouched, a.Untouched), cmp.Compare(b.remaining, a.remaining), strings.Compare(a.Name, b.Name))
		})
		if len(g.Places) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	v.Map = r.dots(a, places)
	return r.render("kelurahan", v)
}

func (l placeLine) Drawn(thin bool) drawn { return drawn{l.Bar, thin} }

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func (r *Renderer) placeLine(p aid.Place) placeLine {
	t := tally.Of(p, r.catalogue)
	l := placeLine{
		Path: placePath(p.Recipient.ID), Name: r.shortName(p.Recipient), Size: size(p.Recipient),
		Untouched: t.Unreached > 0, Bar: barOf(t.Value), remaining: t.Value.Remaining,
	}
	if t.Value.Needed == 0 {
		// Nothing here has a price; the bar shows the first need instead.
		for _, n := range p.Needs {
			if n.Needed > 0 {
				l.Bar = barOf(tally.QuantitiesOf(n))
				break
			}
		}
	}
	for _, n := range r.ordered(p.Needs) {
		switch {
		case n.Remaining() <= 0:
		case len(l.Needs) < 2:
			l.Needs = append(l.Needs, count(n.Remaining(), r.packageOf(n.Package).Package))
		default:
			l.More++
		}
	}
	l.Enough = len(l.Needs) == 0
	return l
}

// ordered returns needs in the order of the catalogue, what feeds a household
// longest first.
func (r *Renderer) ordered(needs []aid.Need) []aid.Need {
	place := make(map[aid.PackageID]int, len(r.pack.Packages))
	for i, p := range r.pack.Packages {
		place[p.ID] = i
	}
	sorted := slices.Clone(needs)
	slices.SortStableFunc(sorted, func(a, b aid.Need) int {
		pa, pb := r.catalogue.Packages[a.Package], r.catalogue.Packages[b.Package]
		return cmp.Or(cmp.Compare(pb.MilliHouseholdDays, pa.MilliHouseholdDays), cmp.Compare(place[a.Package], place[b.Package]))
	})
	return sorted
}

// size says how many live at a recipient.
func size(p aid.Recipient) string {
	var parts []string
	if p.Households > 0 {
		parts = append(parts, bahasa.Number(p.Households)+" KK")
	}
	if p.People > 0 {
		parts = append(parts, bahasa.Number(p.People)+" jiwa")
	}
	return strings.Join(parts, " · ")
}

// dots draws the kelurahan with a dot for each recipient whose place may be
// shown.
func (r *Renderer) dots(a tally.Area, places []aid.Place) mapView {
	shape, ok := r.charts.shapes[a.Code]
	if !ok {
		return mapView{}
	}
	// An approximate shape may leave out some of its own recipients.
	all := region.Shape{Rings: slices.Clone(shape.Rings), Approximate: shape.Approximate}
	var shown []aid.Place
	for _, p := range places {
		at := p.Recipient.Point
		if r.coarse(p.Recipient) || !r.pack.Box.Contains(at) {
			continue
		}
		shown = append(shown, p)
		all.Rings = append(all.Rings, []aid.Point{at, at})
	}
	c := chartOf(map[area.Code]region.Shape{a.Code: all}, []area.Code{a.Code}, nil)
	needs := make([]tally.Quantities, len(shown))
	for i, p := range shown {
		needs[i] = tally.Of(p, r.catalogue).Value
	}
	steps := scaleOf(needs)
	m := mapView{
		chart: c, Title: "Letak penerima di Kelurahan " + a.Name, Ground: []string{shape.Path(c.project)}, Shades: steps.legend(),
	}
	for i, p := range shown {
		x, y := c.project(p.Recipient.Point)
		m.Dots = append(m.Dots, dot{
			Path: placePath(p.Recipient.ID), Class: steps.class(needs[i]), X: short(x), Y: short(y),
			Words: r.shortName(p.Recipient) + ": " + open(needs[i]),
		})
	}
	return m
}
