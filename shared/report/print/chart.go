package print

import (
	"fmt"
	"ksbb/shared/bahasa"
	"math"
	"strings"
)

// Charts are drawn as lines and areas of the page itself: they stay sharp at any
// size, their words can be searched and read aloud, and a chart weighs one or two
// kilobytes where a picture weighs thirty.

// ground is what an area of a chart is filled with. Each differs from the others
// in a copy without colour, by its grey or by its hatching.
type ground struct {
	fill  shade
	lines shade // hatched where it differs from fill
	back  bool  // hatched from upper left to lower right
	edge  shade
}

var (
	groundReceived  = ground{fill: leaf, lines: leaf, edge: leaf}
	groundDelivered = ground{fill: middle, lines: white, edge: leaf}
	groundCommitted = ground{fill: pale, lines: pale, edge: leaf}
	groundOpen      = ground{fill: white, lines: earth, back: true, edge: earth}
)

// area draws a rectangle of some ground.
func (s *sheet) area(g ground, x, y, w, h float64) {
	s.fill(x, y, w, h, g.fill)
	if g.lines != g.fill {
		s.hatch(x, y, w, h, g.lines, g.back)
	}
	s.frame(x, y, w, h, 0.15, g.edge)
}

// hatch draws the diagonals of a rectangle as one path. They continue from one
// rectangle to the next.
func (s *sheet) hatch(x, y, w, h float64, c shade, back bool) {
	const k, step = 72 / 25.4, 1.5
	var path strings.Builder
	fmt.Fprintf(&path, "q %.3f %.3f %.3f RG %.2f w\n", float64(c.r)/255, float64(c.g)/255, float64(c.b)/255, 0.28*k)
	point := func(x, y float64, op string) { fmt.Fprintf(&path, "%.1f %.1f %s ", x*k, (pageHeight-y)*k, op) }
	from, to := x+y, x+w+y+h
	if back {
		from, to = x-y-h, x+w-y
	}
	for at := math.Ceil(from/step) * step; at < to; at += step {
		if back { // x - y = at
			x1, x2 := max(x, at+y), min(x+w, at+y+h)
			point(x1, x1-at, "m")
			point(x2, x2-at, "l")
			continue
		}
		x1, x2 := max(x, at-y-h), min(x+w, at-y) // x + y = at
		point(x1, at-x1, "m")
		point(x2, at-x2, "l")
	}
	path.WriteString("S Q")
	s.pdf.RawWriteStr(path.String())
}

// key is one entry of a legend.
type key struct {
	ground ground
	name   string
}

var states = []key{
	{groundReceived, "diterima"}, {groundDelivered, "dikirim, menunggu konfirmasi"}, {groundCommitted, "dijanjikan"}, {groundOpen, "belum dijanjikan"},
}

// legend adds what the grounds of a chart mean.
func (s *sheet) legend(keys []key) {
	s.add(block{height: 6.5, keep: true, draw: func(y float64) {
		x := left
		for _, k := range keys {
			s.area(k.ground, x, y+0.6, 5, 3.2)
			s.put(note, x+6.5, y+0.2, k.name)
			x += 6.5 + s.width(note)(k.name) + 6
		}
	}})
}

// nice returns the smallest of a few round figures times a power of ten that is
// not below v, and has a round half.
func nice(v float64) float64 {
	if v <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 1.5, 2, 2.5, 3, 4, 5, 6, 8} {
		if v <= m*power*(1+1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// stack is one bar of a chart: parts side by side, and a word behind it.
type stack struct {
	name  string
	parts []int64
	end   string
}

// bars adds a chart of horizontal bars, the parts of each on the grounds of
// keys. A chart that no page can hold goes on over to the next one.
func (s *sheet) bars(all []stack, keys []key) {
	const height, names, ends = 6.6, 48.0, 36.0
	const x0, x1 = left + names, right - ends
	var most int64
	for _, b := range all {
		var sum int64
		for _, n := range b.parts {
			sum += max(0, n)
		}
		most = max(most, sum)
	}
	scale := (x1 - x0) / nice(float64(most))
	axis := block{height: 5, draw: func(y float64) {
		for i := range 3 {
			at := float64(i) / 2
			s.centre(tiny, x0+at*(x1-x0), y+0.6, bahasa.Short(int64(at*nice(float64(most)))))
		}
	}}
	axis.keep = true
	s.legend(keys)
	s.add(axis)
	together := float64(len(all))*height < 150
	for i, b := range all {
		f := s.narrow(face{size: 9, ink: ink}, names-2, b.name)
		f.size = max(f.size, 7.5)
		name := s.wrap(f, names-2, 1, b.name)[0]
		s.add(block{height: height, keep: together && i < len(all)-1 || i < 2 || i == len(all)-2, head: &axis, draw: func(y float64) {
			for i := range 3 {
				x := x0 + float64(i)/2*(x1-x0)
				s.line(x, y, x, y+height, 0.15, rule)
			}
			s.put(f, left, y+1, name)
			x := x0
			for n, part := range b.parts {
				if part > 0 {
					w := max(float64(part)*scale, 0.35) // one among millions is still seen
					s.area(keys[n].ground, x, y+0.9, w, height-1.8)
					x += w
				}
			}
			s.put(s.narrow(note, ends-2, b.end), x1+2.5, y+1.3, b.end)
		}})
	}
	s.blocks[len(s.blocks)-1].keep = false
	s.gap(2)
}

// gauge adds one bar over the whole width, with the parts' names and figures
// below it.
func (s *sheet) gauge(parts []int64, keys []key) {
	var sum int64
	for _, n := range parts {
		sum += max(0, n)
	}
	const h = 9.0
	if sum == 0 {
		s.add(block{height: h, draw: func(y float64) {
			s.frame(left, y, wide, h, 0.2, rule)
			s.centre(note, left+wide/2, y+2.6, "Belum ada kebutuhan yang punya harga acuan.")
		}})
		return
	}
	s.add(block{height: h + 17, draw: func(y float64) {
		x, column := left, wide/float64(len(parts))
		for i, n := range parts {
			if n > 0 {
				w := min(max(wide*float64(n)/float64(sum), 0.35), right-x)
				s.area(keys[i].ground, x, y, w, h)
				x += w
			}
			at := left + float64(i)*column
			s.area(keys[i].ground, at, y+h+2.9, 3.6, 3.2)
			s.put(s.narrow(note, column-7, keys[i].name), at+5.2, y+h+2.4, keys[i].name)
			s.put(s.narrow(face{11, true, ink}, column-7, bahasa.Short(n)), at+5.2, y+h+6.2, bahasa.Short(n))
			s.put(note, at+5.2, y+h+11.2, bahasa.Percent(n, sum))
		}
	}})
}

// panel is one row of bars of a chart of days.
type panel struct {
	title  string
	ground ground
	values []int64
	end    string
}

// days adds panels of vertical bars, one for each day, all on one scale, so that
// no colour is needed to tell them apart.
func (s *sheet) days(names []string, panels []panel) {
	const height, x0 = 23.0, left + 22
	most, least := int64(0), int64(0)
	for _, p := range panels {
		for _, v := range p.values {
			most, least = max(most, v), min(least, v)
		}
	}
	up := nice(float64(max(most, -least)))
	span := up
	down := 0.0
	if least < 0 {
		down = up / 2
		for down < float64(-least) {
			down *= 2
		}
		span += down
	}
	slot := (right - x0) / float64(len(names))
	for _, p := range panels {
		s.add(block{height: height + 6.5, keep: true, draw: func(y float64) {
			s.put(face{9, true, ink}, x0, y, p.title)
			s.ends(note, right, y, p.end)
			y += 5.5
			zero := y + height*up/span - 1
			scale := (height - 1) / span
			for _, at := range []float64{0, 0.5, 1} {
				s.line(x0, zero-at*up*scale, right, zero-at*up*scale, 0.15, rule)
				s.ends(tiny, x0-1.5, zero-at*up*scale-1.8, bahasa.Short(int64(at*up)))
			}
			for i, v := range p.values {
				h := float64(v) * scale
				if v > 0 {
					s.area(p.ground, x0+(float64(i)+0.14)*slot, zero-max(h, 0.3), slot*0.72, max(h, 0.3))
				} else if v < 0 {
					s.area(p.ground, x0+(float64(i)+0.14)*slot, zero, slot*0.72, -h)
				}
			}
			s.line(x0, zero, right, zero, 0.3, ink)
		}})
	}
	s.add(block{height: 6, draw: func(y float64) {
		for i, name := range names {
			s.centre(tiny, x0+(float64(i)+0.5)*slot, y-0.4, name)
		}
	}})
}
