package page

import (
	"cmp"
	"slices"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
	"ksbb/shared/tally"
)

type areaView struct {
	frame
	Code     area.Code
	Heading  string
	Official string
	Size     string
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
	Marks    []mark
	News     []newsLine
	FeedPath string // empty: the feed is of the whole region
}

// mark is a published figure about the places of an area, or how many of them
// bear a mark.
type mark struct{ Name, Value, About string }

// marks lists what is known about the places of an area beside their needs, in
// the order of the pack. What the pack does not know is not shown, because
// nobody could explain it.
func (r *Renderer) marks(t tally.Totals) []mark {
	var all []mark
	for _, known := range r.pack.Indicators {
		if n, ok := t.Indicators[known.ID]; ok {
			all = append(all, mark{known.Name, r.lang.Number(n) + " " + known.Counted(n), known.About})
		}
	}
	for _, known := range r.pack.Flags {
		if n := t.Flags[known.ID]; n > 0 {
			all = append(all, mark{known.Name, r.lang.Many(n, "%s lokasi", r.lang.Number(n)), known.About})
		}
	}
	return all
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
			r.lang.Say("Siapa di %s yang masih butuh bantuan, apa, dan berapa banyak.", name), "peta.js"),
		Code: a.Code, Heading: name, Size: r.size(a.Totals.Households, a.Totals.People), Crumbs: r.crumbs(a.Code), AsOf: r.moment(a.AsOf), Totals: a.Totals, Kinds: r.kinds(a.Totals),
		Marks: r.marks(a.Totals), News: r.newest(a),
	}
	v.Picture, v.Data, v.OEmbed = r.areaShown(a), r.areaData(a), r.discovery(a.Code)
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
	v.List = r.table(r.lang.Say("%s yang paling kurang", inside), inside, a.Children, main)

	kelurahan := a.Children
	if a.Code.Level() < area.Kecamatan {
		kelurahan = nil
		for _, c := range a.Children {
			kelurahan = append(kelurahan, children[c.Code].Children...)
		}
	}
	v.Map = r.paint(r.charts.of(a.Code), r.lang.Say("Kebutuhan yang belum dijanjikan siapa pun di %s, per kelurahan", name), r.whole(a.Code, kelurahan))
	v.Map.name(r.pack.Children(a.Code), nil, 10, 10)
	return r.render("area", v)
}

type kelurahanView struct {
	frame
	Code    area.Code
	Heading string
	Size    string
	Crumbs  []crumb
	AsOf    string
	Totals  tally.Totals
	Main    *packageLine
	Pace    pace
	Others  []packageLine
	Map     mapView
	Marks   []mark
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
	Need       string // what it still needs
	Untouched  bool   // something is needed and nothing was delivered so far
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
		name = r.lang.Say("%s di %s", r.groupName(group), name)
		path += string(group) + "/"
	}
	v := kelurahanView{
		frame: r.frame(path, name,
			r.lang.Say("Lokasi di %s yang membutuhkan bantuan: siapa, apa, dan berapa banyak.", name), "peta.js"),
		Code: a.Code, Heading: name, Size: r.size(a.Totals.Households, a.Totals.People), Crumbs: crumbs, AsOf: r.moment(a.AsOf), Totals: a.Totals,
		Marks: r.marks(a.Totals),
	}
	v.Data = r.areaData(a)
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
		Path: placePath(p.Recipient.ID), Name: r.shortName(p.Recipient), Size: r.size(p.Recipient.Households, p.Recipient.People),
		Untouched: t.Unreached > 0, Bar: r.bar(t.Value), remaining: t.Value.Remaining,
	}
	if t.Value.Needed == 0 {
		// Nothing here has a price; the bar shows the first need instead.
		for _, n := range p.Needs {
			if n.Needed > 0 {
				l.Bar = r.bar(tally.QuantitiesOf(n))
				break
			}
		}
	}
	var needs []string
	more := 0 // not spelled out
	for _, n := range r.ordered(p.Needs) {
		switch {
		case n.Remaining() <= 0:
		case len(needs) < 2:
			needs = append(needs, r.count(n.Remaining(), r.packageOf(n.Package)))
		default:
			more++
		}
	}
	switch said := strings.Join(needs, ", "); {
	case said == "":
		l.Need = r.lang.Say("Sudah cukup")
	case more > 0:
		l.Need = r.lang.Say("Butuh %s, +%d lagi", said, more)
	default:
		l.Need = r.lang.Say("Butuh %s", said)
	}
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

// size says how many households and people live somewhere.
func (r *Renderer) size(households, people int64) string {
	var parts []string
	if households > 0 {
		parts = append(parts, r.lang.Many(households, "%s KK", r.lang.Number(households)))
	}
	if people > 0 {
		parts = append(parts, r.lang.Many(people, "%s jiwa", r.lang.Number(people)))
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
		chart: c, Title: r.lang.Say("Letak penerima di Kelurahan %s", a.Name), Ground: []string{shape.Path(c.project)}, Shades: steps.legend(r.lang),
	}
	for i, p := range shown {
		x, y := c.project(p.Recipient.Point)
		m.Dots = append(m.Dots, dot{
			Path: placePath(p.Recipient.ID), Class: steps.class(needs[i]), X: short(x), Y: short(y),
			Words: r.shortName(p.Recipient) + ": " + r.open(needs[i]),
		})
	}
	return m
}
