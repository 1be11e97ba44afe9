package region

import (
	"maps"
	"math"
	"slices"
	"strconv"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// Shape is the form of an area on a map of the whole region: rings without a
// repeated last point, wound so that holes stay open under the even-odd rule.
type Shape struct {
	Rings [][]aid.Point
	// Approximate marks a shape that was computed from the middle points because
	// the pack has no outlines ("wilayah perkiraan").
	Approximate bool
}

// Shapes returns the shape of every area of a level. A wider area is made of
// the shapes of the narrowest areas in it. They are computed once, from the
// pack alone, so every call and every process gets the same.
func (p *Pack) Shapes(level area.Level) map[area.Code]Shape {
	lowest := p.lowest()
	shapes := make(map[area.Code]Shape, len(lowest))
	for _, code := range slices.Sorted(maps.Keys(lowest)) {
		up := code.At(level)
		if up == "" {
			continue
		}
		s := shapes[up]
		s.Rings = append(s.Rings, lowest[code].Rings...)
		s.Approximate = lowest[code].Approximate
		shapes[up] = s
	}
	return shapes
}

// narrowest returns the areas of the deepest level that the pack has.
func (p *Pack) narrowest() []Area {
	var deepest area.Level
	for _, a := range p.Areas {
		deepest = max(deepest, a.Level)
	}
	return p.At(deepest)
}

// draw makes the shapes of the narrowest areas.
func (p *Pack) draw() map[area.Code]Shape {
	if p.outlines != nil {
		return simplified(p.outlines)
	}
	return cells(p.narrowest())
}

// Cells are drawn in a plane whose unit is a degree of latitude.
type vec struct{ x, y float64 }

// plane is a local projection that is true to scale around one latitude.
type plane struct{ stretch float64 }

func planeAt(points []aid.Point) plane {
	var sum float64
	for _, p := range points {
		sum += p.Lat
	}
	return plane{math.Cos(sum / float64(max(1, len(points))) * math.Pi / 180)}
}

func (p plane) flat(q aid.Point) vec  { return vec{q.Lng * p.stretch, q.Lat} }
func (p plane) round(v vec) aid.Point { return aid.Point{Lng: v.x / p.stretch, Lat: v.y} }

const (
	neighbours = 6    // how many neighbours say how dense the areas lie here
	reach      = 1.0  // how far open ground must be, in mean distances to those neighbours
	clear      = 0.9  // how near another area may be to open ground, in its own reach
	most       = 0.9  // how far a cell may extend, in its reach
	corners    = 12   // directions in which open ground is looked for
	alone      = 0.02 // reach in degrees (2 km) of an area without neighbours
)

// cells gives each area the part of the plane that is nearer to it than to any
// other area and than to open ground. Open ground is marked by points at about
// the neighbours' distance wherever no area is near, so an outer cell ends
// halfway, as an inner one does, and the map keeps its coast.
func cells(areas []Area) map[area.Code]Shape {
	points := make([]aid.Point, len(areas))
	for i, a := range areas {
		points[i] = a.Point
	}
	pl := planeAt(points)
	flat := make([]vec, len(points))
	for i, q := range points {
		flat[i] = pl.flat(q)
	}
	reaches := make([]float64, len(flat))
	for i := range flat {
		reaches[i] = reachOf(flat, i)
	}
	open := openGround(flat, reaches)
	shapes := make(map[area.Code]Shape, len(areas))
	for i, a := range areas {
		c := cell(flat, i, reaches[i], open)
		ring := make([]aid.Point, len(c))
		for j, v := range c {
			ring[j] = pl.round(v)
		}
		shapes[a.Code] = Shape{Rings: [][]aid.Point{ring}, Approximate: true}
	}
	return shapes
}

// openGround returns points around the areas that are near none of them.
func openGround(points []vec, reaches []float64) []vec {
	var open []vec
	for i, p := range points {
		for _, g := range around(p, reaches[i]) {
			free := true
			for j, q := range points {
				if limit := clear * reaches[j]; j != i && math.Abs(g.x-q.x) < limit && math.Hypot(g.x-q.x, g.y-q.y) < limit {
					free = false
					break
				}
			}
			if free {
				open = append(open, g)
			}
		}
	}
	return open
}

// around returns the corners of a regular polygon.
func around(p vec, radius float64) []vec {
	ring := make([]vec, corners)
	for k := range ring {
		s, c := math.Sincos(2 * math.Pi * float64(k) / float64(corners))
		ring[k] = vec{p.x + radius*c, p.y + radius*s}
	}
	return ring
}

// cell returns the convex cell of point i.
func cell(points []vec, i int, radius float64, open []vec) []vec {
	me := points[i]
	ring := around(me, most*radius)
	for _, others := range [][]vec{points, open} {
		for _, other := range others {
			dx, dy := other.x-me.x, other.y-me.y
			if d := dx*dx + dy*dy; d > 0 && d < 4*radius*radius {
				ring = nearer(ring, me, other)
			}
		}
	}
	return ring
}

// reachOf returns the distance from point i at which open ground may begin.
func reachOf(points []vec, i int) float64 {
	nearest := make([]float64, 0, neighbours+1)
	for j, q := range points {
		if j == i {
			continue
		}
		d := math.Hypot(q.x-points[i].x, q.y-points[i].y)
		if len(nearest) == neighbours && d >= nearest[neighbours-1] {
			continue
		}
		at, _ := slices.BinarySearch(nearest, d)
		nearest = slices.Insert(nearest, at, d)
		nearest = nearest[:min(len(nearest), neighbours)]
	}
	if len(nearest) == 0 {
		return alone
	}
	var sum float64
	for _, d := range nearest {
		sum += d
	}
	if sum == 0 {
		return alone // every area is said to be at the same place
	}
	return reach * sum / float64(len(nearest))
}

// nearer cuts a convex ring to what is nearer to a than to b.
func nearer(ring []vec, a, b vec) []vec {
	// Positive on a's side of the line that halves the way from a to b.
	side := func(v vec) float64 {
		return (a.x-b.x)*(v.x-(a.x+b.x)/2) + (a.y-b.y)*(v.y-(a.y+b.y)/2)
	}
	kept := make([]vec, 0, len(ring)+1)
	for i, v := range ring {
		w := ring[(i+1)%len(ring)]
		sv, sw := side(v), side(w)
		if sv >= 0 {
			kept = append(kept, v)
		}
		if (sv > 0 && sw < 0) || (sv < 0 && sw > 0) {
			t := sv / (sv - sw)
			kept = append(kept, vec{v.x + t*(w.x-v.x), v.y + t*(w.y-v.y)})
		}
	}
	return kept
}

// Path writes the shape as SVG path data in whole units of the projection,
// with relative coordinates. A shape too small to be seen becomes one unit
// square, so that no area disappears from the map.
func (s Shape) Path(project func(aid.Point) (x, y float64)) string {
	var path []byte
	for _, ring := range s.Rings {
		path = appendRing(path, ring, project)
	}
	if len(path) == 0 && len(s.Rings) > 0 && len(s.Rings[0]) > 0 {
		x, y := project(s.Rings[0][0])
		path = appendMove(path, 'M', pixel{int(math.Round(x)), int(math.Round(y))})
		path = append(path, "h1v1h-1z"...)
	}
	return string(path)
}

// pixel is a point of the page in whole units.
type pixel struct{ x, y int }

func (a pixel) minus(b pixel) pixel { return pixel{a.x - b.x, a.y - b.y} }

func appendRing(path []byte, ring []aid.Point, project func(aid.Point) (x, y float64)) []byte {
	drawn := make([]pixel, 0, len(ring))
	for _, p := range ring {
		x, y := project(p)
		drawn = append(drawn, pixel{int(math.Round(x)), int(math.Round(y))})
	}
	drawn = straightened(drawn)
	if len(drawn) < 3 {
		return path
	}
	path = appendMove(path, 'M', drawn[0])
	for i, q := range drawn[1:] {
		d := q.minus(drawn[i]) // drawn[i] stands before q: the loop starts at 1
		switch {
		case d.y == 0:
			path = strconv.AppendInt(append(path, 'h'), int64(d.x), 10)
		case d.x == 0:
			path = strconv.AppendInt(append(path, 'v'), int64(d.y), 10)
		default:
			path = appendMove(path, 'l', d)
		}
	}
	return append(path, 'z')
}

// straightened drops points that repeat or lie on a straight line between
// their neighbours, until none is left.
func straightened(ring []pixel) []pixel {
	for {
		for len(ring) > 1 && ring[0] == ring[len(ring)-1] {
			ring = ring[:len(ring)-1]
		}
		kept := make([]pixel, 0, len(ring))
		for i, q := range ring {
			before := ring[(i+len(ring)-1)%len(ring)]
			if len(kept) > 0 {
				before = kept[len(kept)-1]
			}
			a, b := q.minus(before), ring[(i+1)%len(ring)].minus(q)
			if a.x*b.y != a.y*b.x {
				kept = append(kept, q)
			}
		}
		if len(kept) == len(ring) || len(kept) == 0 {
			return kept
		}
		ring = kept
	}
}

func appendMove(path []byte, verb byte, p pixel) []byte {
	path = strconv.AppendInt(append(path, verb), int64(p.x), 10)
	if p.y >= 0 {
		path = append(path, ' ') // a minus sign separates by itself
	}
	return strconv.AppendInt(path, int64(p.y), 10)
}

// Frame is a north-up picture that shapes are drawn into, from (0, 0) at the
// top left.
type Frame struct {
	Width, Height float64
	plane         plane
	scale         float64
	west, north   float64
}

// Fit returns the frame of that width which just holds the shapes. Shapes
// without extent get a square frame.
func Fit(width float64, shapes ...Shape) Frame {
	var points []aid.Point
	for _, s := range shapes {
		for _, r := range s.Rings {
			points = append(points, r...)
		}
	}
	f := Frame{Width: width, Height: width, plane: planeAt(points), scale: 1}
	low, high := vec{math.Inf(1), math.Inf(1)}, vec{math.Inf(-1), math.Inf(-1)}
	for _, p := range points {
		v := f.plane.flat(p)
		low, high = vec{min(low.x, v.x), min(low.y, v.y)}, vec{max(high.x, v.x), max(high.y, v.y)}
	}
	if high.x <= low.x || high.y <= low.y {
		return f
	}
	f.scale = width / (high.x - low.x)
	f.west, f.north = low.x, high.y
	f.Height = math.Ceil((high.y - low.y) * f.scale)
	return f
}

// Project returns where p stands in the frame.
func (f Frame) Project(p aid.Point) (x, y float64) {
	v := f.plane.flat(p)
	return (v.x - f.west) * f.scale, (f.north - v.y) * f.scale
}
