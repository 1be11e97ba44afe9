package page

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
	"ksbb/shared/tally"
)

// width is the width of every map in its own units, pixel the width of one
// pixel of a small phone in them.
const (
	width = 1000
	pixel = width / 328.0
)

// chart is a drawn map without colours: where everything stands. It is made
// once per map, because shapes do not change.
type chart struct {
	Width, Height int
	paths         map[area.Code]string
	Inset         *box
	Geo           string // turns degrees into the map's units, for "dekat saya"
	Approximate   bool
	project       func(aid.Point) (x, y float64)
}

// box is the part of the map where areas are drawn that lie too far away for
// it.
type box struct{ X, Y, Side int }

// chartOf draws areas. Those inside insets get a box of their own in the
// emptiest corner, unless nothing else would be left on the map.
func chartOf(shapes map[area.Code]region.Shape, codes, insets []area.Code) chart {
	var near, far []region.Shape
	var nearCodes, farCodes []area.Code
	c := chart{paths: make(map[area.Code]string, len(codes))}
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
	const gap, smallest, largest = 16, 150, 300
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
	Anchor     string
	Name       string
	Second     string // second line of a long name
}

// dot is one recipient of a map, a link.
type dot struct {
	Path, Class, Words string
	X, Y               string
}

// shade is one colour of the map with its meaning.
type shade struct{ Class, Words string }

// enough is the open share, in percent, below which an area is never coloured
// as wanting, however well all others fare.
const enough = 25

// scale says from which open share on, in percent, an area gets which colour.
// Its steps part the areas of one map into five groups of about the same size,
// because the question is who waits most, on the first day as on the last. The
// legend names the steps.
type scale []int

func scaleOf(needs []tally.Quantities) scale {
	var open []int
	for _, q := range needs {
		if p, ok := openPercent(q); ok && p >= enough {
			open = append(open, p)
		}
	}
	slices.Sort(open)
	var steps scale
	for k := 1; k < 5 && len(open) > 0; k++ {
		steps = append(steps, open[len(open)*k/5])
	}
	return slices.Compact(steps)
}

// openPercent returns the share that nobody has promised yet. It is 100 only
// where nobody promised anything.
func openPercent(q tally.Quantities) (int, bool) {
	share, ok := q.OpenShare()
	if p := int(math.Round(100 * share)); p < 100 || q.Remaining == q.Needed {
		return p, ok
	}
	return 99, ok
}

// class returns the colour class of a need, from q0 to q4. Class q4 is hatched
// by the template, so that colour never speaks alone.
func (s scale) class(q tally.Quantities) string {
	p, ok := openPercent(q)
	switch {
	case !ok:
		return "qn"
	case p < enough:
		return "q0"
	}
	n := 4
	for _, step := range s {
		if p < step {
			n--
		}
	}
	return fmt.Sprintf("q%d", n)
}

// legend explains every colour that the scale can give.
func (s scale) legend(l bahasa.Language) []shade {
	var all []shade
	for i := range s {
		words := l.Say("%d%% ke atas", s[i])
		if s[i] == 100 {
			words = "100%"
		} else if i < len(s)-1 {
			words = fmt.Sprintf("%d–%d%%", s[i], s[i+1]-1)
			if s[i] == s[i+1]-1 {
				words = fmt.Sprintf("%d%%", s[i])
			}
		}
		all = append(all, shade{fmt.Sprintf("q%d", 5-len(s)+i), words})
	}
	if len(s) == 0 {
		return []shade{{"q0", l.Say("di bawah %d%%", enough)}}
	}
	return slices.Insert(all, 0, shade{fmt.Sprintf("q%d", 4-len(s)), l.Say("di bawah %d%%", s[0])})
}

// paint colours the areas of a chart.
func (r *Renderer) paint(c chart, title string, areas []tally.Child) mapView {
	needs := make([]tally.Quantities, 0, len(areas))
	for _, a := range areas {
		needs = append(needs, a.Totals.Value)
	}
	steps := scaleOf(needs)
	m := mapView{chart: c, Title: title, Shades: steps.legend(r.lang)}
	for _, a := range areas {
		path, ok := c.paths[a.Code]
		if !ok {
			continue
		}
		m.Cells = append(m.Cells, cell{
			Path: r.areaPath(a.Code), Name: a.Name, Shape: path, Class: steps.class(a.Totals.Value), Words: r.open(a.Totals.Value),
		})
	}
	return m
}

// open says how much of a need is open, for ears and for a finger on the map.
func (r *Renderer) open(q tally.Quantities) string {
	if q.Needed == 0 {
		return r.lang.Say("belum ada kebutuhan tercatat")
	}
	return r.lang.Say("%s belum dijanjikan", r.lang.Percent(q.Remaining, q.Needed))
}

// name writes labels on the map, in the size of small print on a phone. The
// inset is named beside it. Labels keep away from the edges, where they would
// be cut off; names longer than longest take two lines; one that would cover
// another is left out, for the table names everything.
func (m *mapView) name(areas []region.Area, insets []area.Code, pixels float64, longest int) {
	size := int(pixels * pixel)
	var taken []label
	for _, a := range areas {
		l := label{Size: size, Name: a.Name, Anchor: "middle"}
		if m.Inset != nil && slices.Contains(insets, a.Code) {
			l.X, l.Anchor = m.Inset.X+4, "start"
			if m.Inset.X > m.Width/2 {
				l.X, l.Anchor = m.Inset.X+m.Inset.Side-4, "end"
			}
			l.Y = m.Inset.Y + m.Inset.Side + size
			if l.Y > m.Height {
				l.Y = m.Inset.Y - size/2
			}
			m.Labels = append(m.Labels, l)
			continue
		}
		x, y := m.project(a.Point)
		l.Y = int(y) + size/3
		if cut := strings.LastIndexByte(a.Name, ' '); cut > 0 && len(a.Name) > longest {
			l.Name, l.Second = a.Name[:cut], a.Name[cut+1:]
			l.Y -= size / 2
		}
		half := l.half()
		l.X = min(max(int(x), half), m.Width-half)
		if !slices.ContainsFunc(taken, l.covers) {
			taken = append(taken, l)
			m.Labels = append(m.Labels, l)
		}
	}
}

// half is about half of the label's width.
func (l label) half() int {
	return int(float64(max(len(l.Name), len(l.Second))*l.Size) * 0.32)
}

func (l label) covers(o label) bool {
	height := l.Size
	if l.Second != "" || o.Second != "" {
		height *= 2
	}
	return abs(l.X-o.X) < l.half()+o.half() && abs(l.Y-o.Y) < height
}

func abs(n int) int { return max(n, -n) }

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
