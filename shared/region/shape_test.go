package region_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
)

// within counts how often a ray from p to the north meets the shape: the
// even-odd rule.
func within(s region.Shape, p aid.Point) bool {
	in := false
	for _, ring := range s.Rings {
		for i, a := range ring {
			b := ring[(i+1)%len(ring)]
			if (a.Lng > p.Lng) != (b.Lng > p.Lng) && p.Lat < a.Lat+(p.Lng-a.Lng)/(b.Lng-a.Lng)*(b.Lat-a.Lat) {
				in = !in
			}
		}
	}
	return in
}

func TestEachCellHoldsItsOwnMiddleAndNoOther(t *testing.T) {
	t.Parallel()
	p := jakarta(t)
	shapes := p.Shapes(area.Kelurahan)
	if len(shapes) != 267 {
		t.Fatalf("%d shapes; want 267", len(shapes))
	}
	for _, a := range p.At(area.Kelurahan) {
		s := shapes[a.Code]
		if !s.Approximate {
			t.Errorf("%s: a cell must say that it is approximate", a.Code)
		}
		for _, b := range p.At(area.Kelurahan) {
			if within(s, b.Point) != (a.Code == b.Code) {
				t.Errorf("the cell of %s: holds the middle of %s: %t", a.Code, b.Code, within(s, b.Point))
			}
		}
	}
}

func TestCellsDoNotOverlap(t *testing.T) {
	t.Parallel()
	p := jakarta(t)
	shapes := p.Shapes(area.Kelurahan)
	covered := 0
	for lng := 106.68; lng < 106.98; lng += 0.0071 {
		for lat := -6.37; lat < -6.08; lat += 0.0071 {
			var in []area.Code
			for code, s := range shapes {
				if within(s, aid.Point{Lng: lng, Lat: lat}) {
					in = append(in, code)
				}
			}
			if len(in) > 1 {
				t.Errorf("%g %g lies in %v", lng, lat, in)
			}
			covered += len(in)
		}
	}
	if covered < 500 {
		t.Errorf("only %d places of the grid lie in a cell", covered)
	}
}

func TestShapesAreTheSameEveryTime(t *testing.T) {
	t.Parallel()
	for _, level := range []area.Level{area.Kelurahan, area.Kecamatan, area.Kota, area.Provinsi} {
		first := jakarta(t).Shapes(level)
		if len(first) != len(jakarta(t).At(level)) {
			t.Errorf("%d shapes of level %s", len(first), level)
		}
		if diff := cmp.Diff(first, jakarta(t).Shapes(level)); diff != "" {
			t.Errorf("level %s: two readings gave two maps:\n%.500s", level, diff)
		}
	}
	if got := jakarta(t).Shapes(area.RW); len(got) != 0 {
		t.Errorf("%d shapes of RW; the pack has no RW", len(got))
	}
}

func TestWiderShapesAreMadeOfNarrowerOnes(t *testing.T) {
	t.Parallel()
	p := jakarta(t)
	kecamatan := p.Shapes(area.Kecamatan)
	for _, a := range p.At(area.Kelurahan) {
		if !within(kecamatan[a.Code.At(area.Kecamatan)], a.Point) {
			t.Errorf("%s does not lie in the shape of its kecamatan", a.Code)
		}
	}
}

// The map is part of the first page's HTML, whose whole budget is 20 KB.
func TestMapOfTheMainlandIsSmall(t *testing.T) {
	t.Parallel()
	p := jakarta(t)
	shapes := p.Shapes(area.Kelurahan)
	var paths strings.Builder
	var drawn []region.Shape
	for _, a := range p.At(area.Kelurahan) {
		if !area.Code("31.01").Contains(a.Code) {
			drawn = append(drawn, shapes[a.Code])
		}
	}
	frame := region.Fit(720, drawn...)
	for _, s := range drawn {
		paths.WriteString(s.Path(frame.Project) + "\n")
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write([]byte(paths.String())); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if len(drawn) != 261 || packed.Len() > 8000 {
		t.Errorf("%d kelurahan take %d bytes compressed; at most 8000", len(drawn), packed.Len())
	}
	if frame.Width != 720 || frame.Height < 600 || frame.Height > 900 {
		t.Errorf("the frame is %g × %g; Jakarta is about as high as wide", frame.Width, frame.Height)
	}
}

func TestOutlinesAreUsedWhereThePackHasThem(t *testing.T) {
	t.Parallel()
	shapes := regiontest.Tiny(t).Shapes(area.Kelurahan)
	want := map[area.Code]int{"34.71.01.1001": 1, "34.71.01.1002": 2, "34.71.02.1001": 2} // with an island and a hole
	for code, rings := range want {
		if s := shapes[code]; s.Approximate || len(s.Rings) != rings {
			t.Errorf("%s: %d rings, approximate %t; want %d from the outline", code, len(s.Rings), s.Approximate, rings)
		}
	}
	if within(shapes["34.71.02.1001"], aid.Point{Lng: 110.361, Lat: -7.809}) {
		t.Error("the hole is filled")
	}
	// The bulge of ten centimetres in the common border must go, in both.
	for _, code := range []area.Code{"34.71.01.1001", "34.71.01.1002"} {
		for _, p := range shapes[code].Rings[0] {
			if p.Lng == 110.370001 || p.Lng == 110.36 {
				t.Errorf("%s keeps %v, which no small map can show", code, p)
			}
		}
	}
}

func TestNeighboursKeepTheirCommonBorder(t *testing.T) {
	t.Parallel()
	// Two areas share a winding border; each lists it from its own end.
	var border [][2]float64
	for i := range 60 {
		y := -7.80 + 0.03*float64(i)/59
		border = append(border, [2]float64{110.37 + 0.0008*math.Sin(float64(i)), y})
	}
	files := tinyFiles(t)
	var forth, back []string
	for i := range border {
		forth = append(forth, pair(border[i]))
		back = append(back, pair(border[len(border)-1-i]))
	}
	files["boundaries.geojson"].Data = []byte(`{"type": "FeatureCollection", "features": [
		{"properties": {"code": "34.71.01.1001"}, "geometry": {"type": "Polygon", "coordinates": [[[110.35,-7.77],[110.35,-7.80],` + strings.Join(forth, ",") + `,[110.35,-7.77]]]}},
		{"properties": {"code": "34.71.01.1002"}, "geometry": {"type": "Polygon", "coordinates": [[[110.39,-7.80],[110.39,-7.77],` + strings.Join(back, ",") + `,[110.39,-7.80]]]}},
		{"properties": {"code": "34.71.02.1001"}, "geometry": {"type": "Polygon", "coordinates": [[[110.35,-7.82],[110.39,-7.82],[110.39,-7.80],` + pair(border[0]) + `,[110.35,-7.80],[110.35,-7.82]]]}}]}`)
	p, err := region.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	on := map[aid.Point]bool{}
	for _, b := range border {
		on[aid.Point{Lng: b[0], Lat: b[1]}] = true
	}
	shapes := p.Shapes(area.Kelurahan)
	kept := func(code area.Code) map[aid.Point]bool {
		points := map[aid.Point]bool{}
		for _, q := range shapes[code].Rings[0] {
			if on[q] {
				points[q] = true
			}
		}
		return points
	}
	west, east := kept("34.71.01.1001"), kept("34.71.01.1002")
	if diff := cmp.Diff(west, east); diff != "" || len(west) < 3 {
		t.Errorf("the border came apart (%d points):\n%s", len(west), diff)
	}
}

func pair(c [2]float64) string {
	return fmt.Sprintf("[%v,%v]", c[0], c[1])
}

func TestPathIsShortAndNeverEmpty(t *testing.T) {
	t.Parallel()
	plain := func(p aid.Point) (float64, float64) { return p.Lng, p.Lat }
	for name, c := range map[string]struct {
		ring []aid.Point
		want string
	}{
		"a square":                 {[]aid.Point{{Lng: 0, Lat: 0}, {Lng: 9, Lat: 0}, {Lng: 9, Lat: 9}, {Lng: 0, Lat: 9}}, "M0 0h9v9h-9z"},
		"a triangle":               {[]aid.Point{{Lng: 1, Lat: -2}, {Lng: 9.4, Lat: 0}, {Lng: 3, Lat: -7.6}}, "M1-2l8 2l-6-8z"},
		"points on a line":         {[]aid.Point{{Lng: 0, Lat: 0}, {Lng: 4, Lat: 0}, {Lng: 9, Lat: 0}, {Lng: 9, Lat: 9}, {Lng: 0, Lat: 9}, {Lng: 0, Lat: 3}}, "M0 0h9v9h-9z"},
		"the same pixel at an end": {[]aid.Point{{Lng: 0.1, Lat: 0}, {Lng: 9, Lat: 0}, {Lng: 9, Lat: 9}, {Lng: 0, Lat: 9}, {Lng: -0.1, Lat: 0}}, "M0 0h9v9h-9z"},
		"the same pixel inside":    {[]aid.Point{{Lng: 0, Lat: 0}, {Lng: 9, Lat: 0}, {Lng: 9.1, Lat: 0.1}, {Lng: 9, Lat: 9}, {Lng: 0, Lat: 9}}, "M0 0h9v9h-9z"},
		"smaller than a pixel":     {[]aid.Point{{Lng: 5, Lat: 5}, {Lng: 5.1, Lat: 5}, {Lng: 5.1, Lat: 5.1}}, "M5 5h1v1h-1z"},
	} {
		if got := (region.Shape{Rings: [][]aid.Point{c.ring}}).Path(plain); got != c.want {
			t.Errorf("%s: %s; want %s", name, got, c.want)
		}
	}
}

func TestFrameHoldsTheShapesNorthUp(t *testing.T) {
	t.Parallel()
	square := region.Shape{Rings: [][]aid.Point{{{Lng: 106, Lat: -6}, {Lng: 107, Lat: -6}, {Lng: 107, Lat: -7}, {Lng: 106, Lat: -7}}}}
	f := region.Fit(1000, square)
	x0, y0 := f.Project(aid.Point{Lng: 106, Lat: -6})
	x1, y1 := f.Project(aid.Point{Lng: 107, Lat: -7})
	if math.Abs(x0)+math.Abs(y0) > 1e-6 || math.Abs(x1-1000) > 1e-6 || math.Abs(y1-f.Height) > 1 {
		t.Errorf("corners at %g %g and %g %g of %g × %g", x0, y0, x1, y1, f.Width, f.Height)
	}
	// A degree of longitude is shorter than one of latitude, by the cosine.
	if want := 1000 / math.Cos(6.5*math.Pi/180); math.Abs(f.Height-want) > 1 {
		t.Errorf("height %g; want %g", f.Height, want)
	}
	if empty := region.Fit(100); empty.Width != 100 || empty.Height != 100 {
		t.Errorf("a frame around nothing is %g × %g", empty.Width, empty.Height)
	}
}

// FuzzOutlines holds that whatever outline is accepted can be drawn.
func FuzzOutlines(f *testing.F) {
	f.Add(`[[[110.35,-7.82],[110.39,-7.82],[110.39,-7.80],[110.35,-7.82]]]`)
	f.Add(`[[[110.35,-7.82],[110.35,-7.82],[110.35,-7.82],[110.35,-7.82]]]`)
	f.Add(`[[[110.35,-7.82],[110.39,-7.82],[110.35,-7.82],[110.39,-7.82],[110.35,-7.82]]]`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, polygon string) {
		files := tinyFiles(t)
		const kept = `{"properties": {"code": "34.71.01.1001"}, "geometry": {"type": "Polygon", "coordinates": [[[110.35,-7.80],[110.37,-7.80],[110.37,-7.77],[110.35,-7.80]]]}},
			{"properties": {"code": "34.71.01.1002"}, "geometry": {"type": "Polygon", "coordinates": [[[110.37,-7.80],[110.39,-7.80],[110.39,-7.77],[110.37,-7.80]]]}}`
		files["boundaries.geojson"].Data = []byte(`{"type": "FeatureCollection", "features": [` + kept +
			`, {"properties": {"code": "34.71.02.1001"}, "geometry": {"type": "Polygon", "coordinates": ` + polygon + `}}]}`)
		p, err := region.Read(files)
		if err != nil {
			return
		}
		shapes := p.Shapes(area.Kelurahan)
		frame := region.Fit(360, shapes["34.71.01.1001"], shapes["34.71.02.1001"])
		if path := shapes["34.71.02.1001"].Path(frame.Project); !strings.HasPrefix(path, "M") || !strings.HasSuffix(path, "z") {
			t.Errorf("outline %s is drawn as %q", polygon, path)
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		jakarta(b)
	}
}

func BenchmarkShapes(b *testing.B) {
	for b.Loop() {
		jakarta(b).Shapes(area.Kelurahan)
	}
}

// The cells are computed without any outline; where the real ones are at hand,
// this says how near they come.
func TestCellsResembleTheRealMap(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../../shared/data/jakarta_kelurahan_web.geojson")
	if err != nil {
		t.Skipf("reference data is not here: %v", err)
	}
	var f struct {
		Features []struct {
			Geometry struct {
				Type        string
				Coordinates json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	var land region.Shape
	for _, feature := range f.Features {
		polygons := make([][][][2]float64, 1)
		target := any(&polygons[0])
		if feature.Geometry.Type == "MultiPolygon" {
			target = &polygons
		}
		if err := json.Unmarshal(feature.Geometry.Coordinates, target); err != nil {
			t.Fatal(err)
		}
		for _, polygon := range polygons {
			for _, ring := range polygon {
				points := make([]aid.Point, len(ring))
				for i, c := range ring {
					points[i] = aid.Point{Lng: c[0], Lat: c[1]}
				}
				land.Rings = append(land.Rings, points)
			}
		}
	}
	cells := jakarta(t).Shapes(area.Provinsi)["31"]
	var both, either float64
	for lng := 106.6; lng < 107.0; lng += 0.005 {
		for lat := -6.4; lat < -6.05; lat += 0.005 {
			p := aid.Point{Lng: lng, Lat: lat}
			drawn, real := within(cells, p), within(land, p)
			if drawn && real {
				both++
			}
			if drawn || real {
				either++
			}
		}
	}
	if share := both / either; share < 0.87 {
		t.Errorf("%.0f %% of the area agrees with the real outlines; want 87", 100*share)
	}
}
