package region

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math"

	"ksbb/shared/aid"
	"ksbb/shared/area"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/simplify"
)

// outlines reads boundaries.geojson where the pack has one: a FeatureCollection
// (RFC 7946) with one Polygon or MultiPolygon for each of the narrowest areas,
// named by the property "code". Other properties are ignored, because such
// files come from other people's tools.
func (r *reader) outlines() {
	r.file = boundaries
	b, err := fs.ReadFile(r.folder, boundaries)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		r.wrong = append(r.wrong, err)
		return
	}
	var f struct {
		Type     string `json:"type"`
		Features []struct {
			Properties struct {
				Code area.Code `json:"code"`
			} `json:"properties"`
			Geometry struct {
				Type        string          `json:"type"`
				Coordinates json.RawMessage `json:"coordinates"`
			} `json:"geometry"`
		} `json:"features"`
	}
	if err := json.Unmarshal(b, &f); err != nil {
		r.refuse("%w", err)
		return
	}
	if f.Type != "FeatureCollection" {
		r.refuse("type is %q, want FeatureCollection", f.Type)
		return
	}
	wanted := map[area.Code]bool{}
	for _, a := range r.pack.narrowest() {
		wanted[a.Code] = true
	}
	found := map[area.Code]Shape{}
	for _, feature := range f.Features {
		code := feature.Properties.Code
		if !wanted[code] {
			r.refuse("outline of %q, which is not one of the narrowest areas", code)
			continue
		}
		if _, twice := found[code]; twice {
			r.refuse("two outlines of %s", code)
		}
		var polygons [][][][2]float64
		switch feature.Geometry.Type {
		case "Polygon":
			polygons = make([][][][2]float64, 1)
			err = json.Unmarshal(feature.Geometry.Coordinates, &polygons[0])
		case "MultiPolygon":
			err = json.Unmarshal(feature.Geometry.Coordinates, &polygons)
		default:
			r.refuse("outline of %s is a %q", code, feature.Geometry.Type)
			continue
		}
		if err != nil {
			r.refuse("outline of %s: %w", code, err)
			continue
		}
		found[code] = r.shapeOf(code, polygons)
	}
	for _, a := range r.pack.narrowest() {
		if _, ok := found[a.Code]; !ok {
			r.refuse("no outline of %s", a.Code)
		}
	}
	r.pack.outlines = found
}

// shapeOf checks the rings of one outline.
func (r *reader) shapeOf(code area.Code, polygons [][][][2]float64) Shape {
	var s Shape
	for _, polygon := range polygons {
		for _, coordinates := range polygon {
			n := len(coordinates)
			if n < 4 || coordinates[0] != coordinates[n-1] {
				r.refuse("a ring of %s is not closed", code)
				continue
			}
			ring := make([]aid.Point, n-1)
			for i, c := range coordinates[:n-1] {
				ring[i] = aid.Point{Lng: c[0], Lat: c[1]}
				if !r.pack.Box.Contains(ring[i]) {
					r.refuse("outline of %s leaves the region's box at %v", code, ring[i])
					return s
				}
			}
			s.Rings = append(s.Rings, ring)
		}
	}
	if len(s.Rings) == 0 {
		r.refuse("outline of %s is empty", code)
	}
	return s
}

// finest is how many steps across the whole region are worth keeping: a quarter
// of a pixel on a map 360 pixels wide.
const finest = 4 * 360

// simplified returns the outlines with only the points that a small map can
// show. Neighbours that share a border keep sharing it: a border is cut where
// more than two lines meet, and each piece is simplified once, from the same
// end, whichever area asks.
func simplified(outlines map[area.Code]Shape) map[area.Code]Shape {
	west, east := math.Inf(1), math.Inf(-1)
	meets := map[aid.Point]map[aid.Point]bool{}
	for _, s := range outlines {
		for _, ring := range s.Rings {
			for i, p := range ring {
				west, east = min(west, p.Lng), max(east, p.Lng)
				next := ring[(i+1)%len(ring)]
				join(meets, p, next)
				join(meets, next, p)
			}
		}
	}
	line := simplify.DouglasPeucker((east - west) / finest)
	out := make(map[area.Code]Shape, len(outlines))
	for code, s := range outlines {
		var t Shape
		for _, ring := range s.Rings {
			if kept := simplifiedRing(ring, meets, line); len(kept) >= 3 {
				t.Rings = append(t.Rings, kept)
			}
		}
		if len(t.Rings) == 0 {
			t.Rings = s.Rings[:1] // smaller than a step: keep it as it is
		}
		out[code] = t
	}
	return out
}

func join(meets map[aid.Point]map[aid.Point]bool, p, q aid.Point) {
	if p == q {
		return
	}
	if meets[p] == nil {
		meets[p] = map[aid.Point]bool{}
	}
	meets[p][q] = true
}

// simplifiedRing simplifies the pieces of a ring between its junctions. A ring
// without junctions starts at its most south-western point, wherever it was
// begun in the file.
func simplifiedRing(ring []aid.Point, meets map[aid.Point]map[aid.Point]bool, line *simplify.DouglasPeuckerSimplifier) []aid.Point {
	start := 0
	for i, p := range ring {
		a, b := len(meets[p]) > 2, len(meets[ring[start]]) > 2
		if (a && !b) || (a == b && before(p, ring[start])) {
			start = i
		}
	}
	var kept []aid.Point
	piece := orb.LineString{}
	flush := func() {
		forward := len(piece) == 0 || before(aid.Point{Lng: piece[0][0], Lat: piece[0][1]}, aid.Point{Lng: piece[len(piece)-1][0], Lat: piece[len(piece)-1][1]})
		if !forward {
			piece.Reverse()
		}
		short := line.LineString(piece.Clone())
		if !forward {
			short.Reverse()
		}
		for _, p := range short[:len(short)-1] {
			kept = append(kept, aid.Point{Lng: p[0], Lat: p[1]})
		}
	}
	// Two more stops keep a ring without junctions from folding into a line.
	third := max(1, len(ring)/3)
	for k := range len(ring) + 1 {
		p := ring[(start+k)%len(ring)]
		piece = append(piece, orb.Point{p.Lng, p.Lat})
		junction := len(meets[p]) > 2
		if k > 0 && (junction || k == len(ring) || (len(meets[ring[start]]) <= 2 && k%third == 0)) {
			flush()
			piece = orb.LineString{{p.Lng, p.Lat}}
		}
	}
	return kept
}

// before orders points by longitude, then latitude.
func before(p, q aid.Point) bool { return p.Lng < q.Lng || (p.Lng == q.Lng && p.Lat < q.Lat) }
