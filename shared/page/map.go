package page

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
	"ksbb/shared/tally"
)

// width is the width of every map in its own units. A phone shows it at about
// a third of that.
const width = 1000

// chart is a drawn map without colours: where everything stands. It is made
// once per map, because shapes do not change.
type chart struct {
	Width, Height int
	paths         map[area.Code]string
	Inset         *box
	Geo           string // turns degrees into the map's units, for "dekat saya"
	Approximate   bool
	project       func(aid.Point) (x, y float64)
	scale         float64 // units of the map per pixel of a phone
}

// box is the part of the map where areas are drawn that lie too far away for
// it.
type box struct{ X, Y, Side int }

// chartOf draws areas. Those inside insets get a box of their own in the
// emptiest corner, unless nothing else would be left on the map.
func chartOf(shapes map[area.Code]region.Shape, codes, insets []area.Code) chart {
	var near, far []region.Shape
	var nearCodes, farCodes []area.Code
	c := chart{paths: make(map[area.Code]string, len(codes)), scale: width / 328.0}
	for _, code := range codes {
		s, ok := shapes[code]
		if !ok {
			continue
		}
		c.Approximate = c.Approximate || s.Approximate
		if slices.ContainsFunc(insets, func(in area.Code) bool { return in.Contains(code) }) {
			far, farCodes = append(far, s), append(farCodes, code)
		} else {
			near, nearCodes = append(near, s), append(nearCodes, code)
		}
	}
	if len(near) == 0 {
		near, nearCodes, far = far, farCodes, nil
	}

	const margin = 8
	frame := region.Fit(width-2*margin, near...)
	// A long region is drawn smaller rather than taller than a phone.
	left := 0.0
	if most := 1.25 * width; frame.Height > most {
		narrow := (width - 2*margin) * most / frame.Height
		frame = region.Fit(narrow, near...)
		left = (width - 2*margin - narrow) / 2
	}
	c.Width, c.Height = width, int(frame.Height)+2*margin
	c.project = func(p aid.Point) (x, y float64) {
		x, y = frame.Project(p)
		return x + margin + left, y + margin
	}
	for i, s := range near {
		c.paths[nearCodes[i]] = s.Path(c.project)
	}
	x0, y0 := c.project(aid.Point{})
	x1, y1 := c.project(aid.Point{Lng: 1, Lat: 1})
	c.Geo = fmt.Sprintf("%.4f %.4f %.4f %.4f", x0, x1-x0, y0, y1-y0)
	if len(far) > 0 {
		c.inset(near, far, farCodes)
	}
	return c
}

// inset draws the far shapes in the corner that holds the largest empty square,
// and in a strip of its own below the map when no corner has room.
func (c *chart) inset(near, far []region.Shape, codes []area.Code) {
	const gap, smallest, largest = 12, 170, 300
	free := [4]float64{}
	for i := range free {
		free[i] = largest
	}
	for _, s := range near {
		for _, ring := range s.Rings {
			for _, p := range ring {
				x, y := c.project(p)
				right, bottom := float64(c.Width)-x, float64(c.Height)-y
				for i, d := range [4]float64{max(x, y), max(right, y), max(x, bottom), max(right, bottom)} {
					free[i] = min(free[i], d)
				}
			}
		}
	}
	best := 0
	for i, d := range free {
		if d > free[best] {
			best = i
		}
	}
	side := int(free[best]) - 2*gap
	if side < smallest {
		side, best = largest, 2
		c.Height += side + 2*gap
	}
	c.Inset = &box{X: gap, Y: gap, Side: side}
	if best%2 == 1 {
		c.Inset.X = c.Width - gap - side
	}
	if best >= 2 {
		c.Inset.Y = c.Height - gap - side
	}

	inner := float64(side) - 3*gap
	frame := region.Fit(inner, far...)
	if frame.Height > inner {
		frame = region.Fit(inner*inner/frame.Height, far...)
	}
	left := float64(c.Inset.X) + (float64(side)-frame.Width)/2
	top := float64(c.Inset.Y) + (float64(side)-frame.Height)/2
	for i, s := range far {
		c.paths[codes[i]] = s.Path(func(p aid.Point) (x, y float64) {
			x, y = frame.Project(p)
			return x + left, y + top
		})
	}
}

// mapView is a map ready for the page.
type mapView struct {
	chart
	Title  string
	Cells  []cell
	Labels []label
	Ground []string // shapes without a colour of their own
	Dots   []dot
	Shades []shade
}

// cell is one area of a map, a link.
type cell struct {
	Path, Name, Shape, Class, Words string
}

type label struct {
	X, Y, Size int
	Name       string
}

// dot is one recipient of a map, a link.
type dot struct {
	Path, Class, Words string
	X, Y               string
	Wanting            bool
}

// shade is one colour of the map with its meaning.
type shade struct{ Class, Words string }

// shades go from "nearly enough" to "hardly any help so far" by the share of
// the need that nobody has promised yet. The steps are the same on every day
// and every map, so that two maps can be compared.
var shades = []struct {
	from  float64
	shade shade
}{
	{0, shade{"q0", "hampir cukup"}},
	{0.25, shade{"q1", "25–50%"}},
	{0.5, shade{"q2", "50–75%"}},
	{0.75, shade{"q3", "75–95%"}},
	{0.95, shade{"q4", "hampir belum ada bantuan"}},
}

// shadeOf returns the colour class of a need. Class q4 is hatched by the
// template, so that colour never speaks alone.
func shadeOf(q tally.Quantities) string {
	share, ok := q.OpenShare()
	if !ok {
		return "qn"
	}
	class := "q0"
	for _, s := range shades {
		if share >= s.from {
			class = s.shade.Class
		}
	}
	return class
}

func legend() []shade {
	var all []shade
	for _, s := range shades {
		all = append(all, s.shade)
	}
	return all
}

// paint colours the areas of a chart.
func (r *Renderer) paint(c chart, title string, areas []tally.Child) mapView {
	m := mapView{chart: c, Title: title, Shades: legend()}
	for _, a := range areas {
		path, ok := c.paths[a.Code]
		if !ok {
			continue
		}
		words := "belum ada kebutuhan tercatat"
		if _, some := a.Totals.Value.OpenShare(); some {
			words = percent(a.Totals.Value.Remaining, a.Totals.Value.Needed) + " belum dijanjikan"
		}
		m.Cells = append(m.Cells, cell{
			Path: r.areaPath(a.Code), Name: a.Name, Shape: path, Class: shadeOf(a.Totals.Value), Words: words,
		})
	}
	return m
}

// name writes labels on the map, in the size of small print on a phone. Areas
// in the inset are named below it.
func (m *mapView) name(areas []region.Area, insets []area.Code, pixels float64) {
	size := int(pixels * m.scale)
	for _, a := range areas {
		l := label{Size: size, Name: a.Name}
		if m.Inset != nil && slices.Contains(insets, a.Code) {
			l.X, l.Y = m.Inset.X+m.Inset.Side/2, m.Inset.Y+m.Inset.Side-size/2
		} else {
			x, y := m.project(a.Point)
			half := float64(len(a.Name)*size) * 0.29
			l.X = int(math.Min(math.Max(x, half), float64(m.Width)-half))
			l.Y = int(y) + size/3
		}
		m.Labels = append(m.Labels, l)
	}
}

// charts keeps the maps that were drawn: one per area that has a page.
type charts struct {
	shapes map[area.Code]region.Shape
	pack   *region.Pack
	mu     sync.Mutex
	drawn  map[area.Code]chart
}

// of returns the map of everything in an area. The areas drawn are those of the
// narrowest level.
func (c *charts) of(code area.Code) chart {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m, ok := c.drawn[code]; ok {
		return m
	}
	var codes, insets []area.Code
	for _, a := range c.pack.At(area.Kelurahan) {
		if code.Contains(a.Code) {
			codes = append(codes, a.Code)
		}
	}
	if code == c.pack.Root {
		insets = c.pack.Insets
	}
	m := chartOf(c.shapes, codes, insets)
	c.drawn[code] = m
	return m
}
