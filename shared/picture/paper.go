package picture

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
	"golang.org/x/text/unicode/norm"
)

// The colours of the site.
var (
	ground   = color.RGBA{0xfb, 0xfa, 0xf6, 255}
	ink      = color.RGBA{0x17, 0x21, 0x1d, 255}
	soft     = color.RGBA{0x4d, 0x5a, 0x54, 255}
	line     = color.RGBA{0xd9, 0xdf, 0xd9, 255}
	leaf     = color.RGBA{0x0b, 0x6e, 0x4f, 255}
	leafDeep = color.RGBA{0x08, 0x4f, 0x39, 255}
	clay     = color.RGBA{0xdd, 0x8f, 0x52, 255}
	sunLight = color.RGBA{0xfd, 0xf0, 0xdc, 255}
	sunDeep  = color.RGBA{0x6b, 0x32, 0x05, 255}
	alarm    = color.RGBA{0xa3, 0x28, 0x1d, 255}
	sand     = color.RGBA{0xf7, 0xec, 0xdc, 255}
	sandDark = color.RGBA{0xe4, 0xc9, 0xa2, 255}
	unknown  = color.RGBA{0xe3, 0xe8, 0xe4, 255}

	greens = [3]color.RGBA{leaf, {0x58, 0xa8, 0x89, 255}, {0xb7, 0xdc, 0xcb, 255}}
	earths = [5]color.RGBA{{0xf6, 0xe9, 0xd8, 255}, {0xee, 0xbf, 0x8c, 255}, clay, {0xb9, 0x58, 0x2d, 255}, {0x7a, 0x2e, 0x1d, 255}}
	pale   = color.RGBA{0xd7, 0x9a, 0x76, 255} // lines on the darkest
)

// weight is one of the two faces of the type.
type weight int

const (
	plain weight = iota
	bold
)

// fonts are parsed once: that takes longer than a picture.
var fonts = sync.OnceValues(func() ([2]*opentype.Font, error) {
	var all [2]*opentype.Font
	for i, ttf := range [][]byte{goregular.TTF, gobold.TTF} {
		f, err := opentype.Parse(ttf)
		if err != nil {
			return all, fmt.Errorf("parse the type: %w", err)
		}
		all[i] = f
	}
	return all, nil
})

type style struct {
	weight weight
	size   float64
}

// paper is what is drawn on. It is used by one drawing only. Whoever fills it
// passes the picture inside: only for that are there short ways.
type paper struct {
	*image.RGBA
	fonts [2]*opentype.Font
	faces map[style]font.Face
}

func newPaper(width, height int, c color.RGBA) (*paper, error) {
	all, err := fonts()
	if err != nil {
		return nil, err
	}
	p := &paper{RGBA: image.NewRGBA(image.Rect(0, 0, width, height)), fonts: all, faces: map[style]font.Face{}}
	draw.Draw(p.RGBA, p.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	return p, nil
}

func (p *paper) face(w weight, size float64) font.Face {
	s := style{w, size}
	if f, ok := p.faces[s]; ok {
		return f
	}
	// At 72 dots per inch a point is a pixel. NewFace fails for no options but
	// those of another kind of hinting.
	f, err := opentype.NewFace(p.fonts[w], &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic(fmt.Sprintf("picture: %v", err))
	}
	p.faces[s] = f
	return f
}

// text writes one line with its foot at y.
func (p *paper) text(w weight, size, x, y float64, s string, c color.RGBA) {
	d := font.Drawer{Dst: p.RGBA, Src: image.NewUniform(c), Face: p.face(w, size), Dot: fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(math.Round(y) * 64)}}
	d.DrawString(p.known(w, s))
}

// measure returns how wide a line is.
func (p *paper) measure(w weight, size float64, s string) float64 {
	return float64(font.MeasureString(p.face(w, size), p.known(w, s))) / 64
}

// known returns s as the type can draw it. A letter that it lacks loses its
// accent or its ornament; what has nothing left, such as an emoji, is left out.
func (p *paper) known(w weight, s string) string {
	face := p.face(w, 16)
	var b strings.Builder
	for _, r := range norm.NFC.String(s) {
		if drawn(face, r) {
			b.WriteRune(r)
			continue
		}
		for _, r := range norm.NFKD.String(string(r)) {
			if drawn(face, r) {
				b.WriteRune(r)
			}
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// drawn tells whether the type has a letter. It has boxes for those of the
// region for private use, which mean something else to everybody.
func drawn(face font.Face, r rune) bool {
	if r < ' ' || 0xe000 <= r && r <= 0xf8ff || r >= 0xfff0 {
		return r == ' '
	}
	_, ok := face.GlyphAdvance(r)
	return ok
}

// wrap breaks a text into at most so many lines between its words. The last one
// ends in an ellipsis where something had to be left out.
func (p *paper) wrap(w weight, size, width float64, s string, most int) []string {
	var lines []string
	words := strings.Fields(p.known(w, s))
	for len(words) > 0 {
		if len(lines) == most-1 {
			return append(lines, p.fit(w, size, width, strings.Join(words, " ")))
		}
		n := 1
		for n < len(words) && p.measure(w, size, strings.Join(words[:n+1], " ")) <= width {
			n++
		}
		lines = append(lines, p.fit(w, size, width, strings.Join(words[:n], " ")))
		words = words[n:]
	}
	return lines
}

// cut tells whether wrap would have to leave something out.
func (p *paper) cut(w weight, size, width float64, s string, most int) bool {
	return strings.Join(p.wrap(w, size, width, s, most), " ") != p.known(w, s)
}

// fit cuts a line that is too wide, and says so by an ellipsis.
func (p *paper) fit(w weight, size, width float64, s string) string {
	s = p.known(w, s)
	if p.measure(w, size, s) <= width {
		return s
	}
	letters := []rune(s)
	for n := len(letters); n > 0; n-- {
		if cut := strings.TrimRight(string(letters[:n]), " ,.·") + "…"; p.measure(w, size, cut) <= width {
			return cut
		}
	}
	return ""
}

// outline is a path under way.
type outline struct {
	*vector.Rasterizer
	left, top int
}

// shape begins a path within a part of the paper.
func (p *paper) shape(x, y, width, height float64) (outline, image.Rectangle) {
	at := image.Rect(int(math.Floor(x)), int(math.Floor(y)), int(math.Ceil(x+width)), int(math.Ceil(y+height)))
	return outline{vector.NewRasterizer(at.Dx(), at.Dy()), at.Min.X, at.Min.Y}, at
}

func (o outline) at(x, y float64) (float32, float32) {
	return float32(x - float64(o.left)), float32(y - float64(o.top))
}

func (o outline) move(x, y float64) { o.MoveTo(o.at(x, y)) }
func (o outline) line(x, y float64) { o.LineTo(o.at(x, y)) }

func (o outline) curve(x1, y1, x2, y2, x, y float64) {
	a, b := o.at(x1, y1)
	c, d := o.at(x2, y2)
	e, f := o.at(x, y)
	o.CubeTo(a, b, c, d, e, f)
}

// round draws a box with round corners.
func (o outline) round(x, y, width, height, radius float64) {
	r := min(radius, width/2, height/2)
	k := r * 0.4477 // how far the handles of a quarter circle stand from its corner
	o.move(x+r, y)
	o.line(x+width-r, y)
	o.curve(x+width-k, y, x+width, y+k, x+width, y+r)
	o.line(x+width, y+height-r)
	o.curve(x+width, y+height-k, x+width-k, y+height, x+width-r, y+height)
	o.line(x+r, y+height)
	o.curve(x+k, y+height, x, y+height-k, x, y+height-r)
	o.line(x, y+r)
	o.curve(x, y+k, x+k, y, x+r, y)
	o.ClosePath()
}

// box fills a box.
func (p *paper) box(x, y, width, height, radius float64, c color.RGBA) {
	if width <= 0 || height <= 0 {
		return
	}
	o, at := p.shape(x, y, width, height)
	o.round(x, y, width, height, radius)
	o.Draw(p.RGBA, at, image.NewUniform(c), image.Point{})
}

// hatch fills a box with slanted lines.
func (p *paper) hatch(x, y, width, height float64, light, dark color.RGBA) {
	at := image.Rect(int(x), int(y), int(math.Ceil(x+width)), int(math.Ceil(y+height))).Intersect(p.Bounds())
	for py := at.Min.Y; py < at.Max.Y; py++ {
		for px := at.Min.X; px < at.Max.X; px++ {
			p.SetRGBA(px, py, hatched(px, py, 16, light, dark))
		}
	}
}

// hatched returns the colour of a pixel in slanted lines that are so far apart,
// half of each colour, with soft edges.
func hatched(x, y, apart int, light, dark color.RGBA) color.RGBA {
	switch at := ((x+y)%apart + apart) % apart; {
	case at == 0 || at == apart/2:
		return blend(light, dark, 1, 2)
	case at < apart/2:
		return dark
	}
	return light
}

func blend(a, b color.RGBA, part, whole int) color.RGBA {
	mix := func(a, b uint8) uint8 { return uint8((int(a)*(whole-part) + int(b)*part + whole/2) / whole) }
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

// trim rounds the corners of a box that was drawn on the ground.
func (p *paper) trim(x, y, width, height, radius float64) {
	o, at := p.shape(x, y, width, height)
	o.round(x, y, width, height, radius)
	o.move(x, y) // around the other way: what is inside both is left alone
	o.line(x, y+height)
	o.line(x+width, y+height)
	o.line(x+width, y)
	o.ClosePath()
	o.Draw(p.RGBA, at, image.NewUniform(ground), image.Point{})
}

// mark draws the two people of the site's mark into a square.
func (p *paper) mark(x, y, side float64) {
	u := side / 40
	circle := func(cx, cy, r float64, c color.RGBA) {
		p.box(x+(cx-r)*u, y+(cy-r)*u, 2*r*u, 2*r*u, r*u, c)
	}
	circle(14, 14, 8, clay)
	circle(27, 14, 8, leaf)
	o, at := p.shape(x, y, side, side)
	px, py := 4.0, 35.0
	o.move(x+px*u, y+py*u)
	curve := func(dx1, dy1, dx2, dy2, dx, dy float64) {
		o.curve(x+(px+dx1)*u, y+(py+dy1)*u, x+(px+dx2)*u, y+(py+dy2)*u, x+(px+dx)*u, y+(py+dy)*u)
		px, py = px+dx, py+dy
	}
	curve(1.5, -8, 6, -11, 10, -11)
	curve(3.5, 0, 5.5, 1.5, 6.5, 3)
	curve(1, -1.5, 3, -3, 6.5, -3)
	curve(4, 0, 8, 3, 9.5, 11)
	o.ClosePath()
	o.Draw(p.RGBA, at, image.NewUniform(leafDeep), image.Point{})
}

// colours is how many colours a picture has at most: enough for soft edges, few
// enough for a small file.
const colours = 64

// png writes the picture with the colours that it has most of.
func (p *paper) png() ([]byte, error) {
	count := map[color.RGBA]int{}
	p.runs(func(c color.RGBA, _, n int) { count[c] += n })
	all := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(number(a), number(b)))
	})
	small := image.NewPaletted(p.Bounds(), nil)
	for _, c := range all[:min(len(all), colours)] {
		small.Palette = append(small.Palette, c)
	}
	index := make(map[color.RGBA]uint8, len(all))
	for _, c := range all {
		index[c] = uint8(small.Palette.Index(c))
	}
	p.runs(func(c color.RGBA, at, n int) {
		run, i := small.Pix[at:at+n], index[c]
		for j := range run {
			run[j] = i
		}
	})
	var out bytes.Buffer
	writer := png.Encoder{CompressionLevel: png.DefaultCompression}
	if err := writer.Encode(&out, small); err != nil {
		return nil, fmt.Errorf("write picture: %w", err)
	}
	return out.Bytes(), nil
}

// runs calls f for each run of pixels of one colour.
func (p *paper) runs(f func(c color.RGBA, at, n int)) {
	from, last := 0, [4]byte(p.Pix[:4])
	for i := 4; i < len(p.Pix); i += 4 {
		if c := [4]byte(p.Pix[i : i+4]); c != last {
			f(color.RGBA{last[0], last[1], last[2], last[3]}, from, i/4-from)
			from, last = i/4, c
		}
	}
	f(color.RGBA{last[0], last[1], last[2], last[3]}, from, len(p.Pix)/4-from)
}

func number(c color.RGBA) int { return int(c.R)<<16 | int(c.G)<<8 | int(c.B) }
