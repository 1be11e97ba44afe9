// Package picture draws the pictures by which a page is shown where its address
// is passed on, and the icons of the site, as PNG.
//
// It is pure: the same card gives the same bytes, and its key says which bytes
// those are, so that a picture is drawn once and kept for ever. It knows no
// region and no language; every word arrives with the card. It draws with the
// one family of type that the papers use, so it needs nothing of the machine.
package picture

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"math"
)

// Width and Height are what sites that show pictures of links expect.
const (
	Width  = 1200
	Height = 630
)

// look is part of every key. Raise it when anything is drawn otherwise than
// before, so that no old picture stands for a new one.
const look = 1

// Card is what one picture says. Empty texts are left out.
type Card struct {
	Site    string // "KSBB Jakarta"
	Address string // where it is read: "ksbb.example"
	Foot    string // beside the address
	Badge   string // "Data contoh"
	Above   string // what it is and where
	Name    string
	Alarm   string // what is forgotten or late
	Says    string // what is needed
	Bar     *Bar
	Map     *Map
}

// Bar is how far a need has been met, in twelfths: received, delivered and
// committed from the left. What is left of the twelve is open.
type Bar struct {
	Twelfths [3]int
	Words    [4]string // received, delivered, committed, open
}

// Map is a map without names.
type Map struct {
	Outline *Outline
	Shades  []Shade // of each patch of the outline
	Words   string  // what the shades mean
}

// Shade is how much of the need of an area is open: 0 for little to 4 for all of
// it. It is drawn in the earth tones of the site, the last one hatched.
type Shade int

// Blank is the shade of an area that needs nothing.
const Blank Shade = -1

// Outline is the form of a map. It does not change with the facts, so it is made
// once.
type Outline struct {
	width, height float64
	patches       []Patch
	digest        [8]byte
}

// Patch is one area of a map: rings that are wound so that holes stay open.
type Patch [][]Point

// Point is a point of a map that begins at the top left.
type Point struct{ X, Y float64 }

// NewOutline returns the outline of patches within a width and a height.
func NewOutline(width, height float64, patches []Patch) *Outline {
	o := &Outline{width: width, height: height, patches: patches}
	sum := sha256.New()
	write := func(numbers ...float64) {
		for _, f := range numbers {
			// What cannot be told apart on the picture must not change its key.
			_ = binary.Write(sum, binary.BigEndian, math.Round(10*f))
		}
	}
	write(width, height)
	for _, p := range patches {
		write(float64(len(p)))
		for _, ring := range p {
			write(float64(len(ring)))
			for _, q := range ring {
				write(q.X, q.Y)
			}
		}
	}
	copy(o.digest[:], sum.Sum(nil))
	return o
}

// MarshalJSON stands for the outline in a key.
func (o *Outline) MarshalJSON() ([]byte, error) {
	return json.Marshal(hex.EncodeToString(o.digest[:]))
}

// Key names what the picture of a card shows: ten characters that are the same
// for the same picture and change with it.
func (c Card) Key() string {
	said, err := json.Marshal(c)
	if err != nil {
		panic(fmt.Sprintf("picture: a card of plain values cannot be written: %v", err))
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", look, said))
	return hex.EncodeToString(sum[:])[:10]
}

// PNG draws the card, Width by Height.
func (c Card) PNG() ([]byte, error) {
	p, err := c.draw()
	if err != nil {
		return nil, fmt.Errorf("draw picture of %q: %w", c.Name, err)
	}
	return p.png()
}

// The places of things on a card.
const (
	margin = 72
	right  = Width - margin
	top    = 134 // of what a card says
	foot   = 562 // of it, and top of the line that says whose card it is

	mapLeft, mapTop     = 684, 136
	mapRight, mapBottom = right, 536
)

func (c Card) draw() (*paper, error) {
	p, err := newPaper(Width, Height, ground)
	if err != nil {
		return nil, err
	}
	c.head(p)
	width, bottom := float64(right-margin), float64(foot-24)
	if c.Map != nil {
		width = mapLeft - 40 - margin
		p.chart(*c.Map, image.Rect(mapLeft, mapTop, mapRight, mapBottom))
		if c.Map.Words != "" {
			p.text(plain, 24, margin, bottom, p.fit(plain, 24, width, c.Map.Words), soft)
			bottom -= 40
		}
	}
	if c.Bar != nil {
		c.Bar.draw(p, margin, foot-108, width)
		bottom = foot - 132
	}
	c.body(p, width, bottom)
	p.box(margin, foot, right-margin, 2, 0, line)
	p.text(bold, 28, margin, foot+44, c.Address, leafDeep)
	if c.Foot != "" {
		said := p.fit(plain, 26, 600, c.Foot)
		p.text(plain, 26, right-p.measure(plain, 26, said), foot+44, said, soft)
	}
	return p, nil
}

// head says whose card it is, and that it is invented where it is.
func (c Card) head(p *paper) {
	p.mark(margin-4, 44, 60)
	p.text(bold, 34, margin+70, 86, p.fit(bold, 34, 640, c.Site), ink)
	if c.Badge != "" {
		badge := p.fit(bold, 26, 330, c.Badge)
		w := p.measure(bold, 26, badge) + 44
		p.box(right-w, 48, w, 50, 25, sunLight)
		p.text(bold, 26, right-w+22, 82, badge, sunDeep)
	}
}

// block is some lines of one style.
type block struct {
	weight     weight
	size, lead float64 // lead: from one foot to the next
	color      color.RGBA
	lines      []string
}

func (b block) height() float64 { return float64(len(b.lines)) * b.lead }

// body says everything between the head and what stands at the foot, in the
// middle of the room there is. The name gives way first, then what is needed.
func (c Card) body(p *paper, width, bottom float64) {
	const largest, smallest = 80, 44
	above := block{plain, 30, 40, soft, p.wrap(plain, 30, width, c.Above, 1)}
	late := block{bold, 36, 46, alarm, p.wrap(bold, 36, width, c.Alarm, 2)}
	var all []block
	height := math.Inf(1)
	for says := 3; says > 0 && height > bottom-top; says-- {
		open := block{plain, 34, 44, ink, p.wrap(plain, 34, width, c.Says, says)}
		for size := float64(largest); size >= smallest && height > bottom-top; size -= 6 {
			name := block{bold, size, math.Round(size * 1.14), ink, p.wrap(bold, size, width, c.Name, 2)}
			if size-6 >= smallest && p.cut(bold, size, width, c.Name, 2) {
				continue
			}
			all = []block{above, name, late, open}
			height = 16
			for _, b := range all {
				height += b.height()
			}
		}
	}
	y := top + max(0, (bottom-top-height)/2)
	for i, b := range all {
		for _, l := range b.lines {
			y += b.lead
			p.text(b.weight, b.size, margin, y-b.size*0.2, l, b.color)
		}
		if i == 1 {
			y += 16
		}
	}
}

// draw draws the bar and, below it, what its parts mean.
func (b Bar) draw(p *paper, x, y, width float64) {
	const height = 36
	p.hatch(x, y, width, height, sand, sandDark)
	at := x
	for i, n := range b.Twelfths {
		w := width * float64(n) / 12
		p.box(at, y, w, height, 0, greens[i])
		at += w
	}
	p.trim(x, y, width, height, height/2)
	const side = 24
	at, y = x, y+56
	for i, words := range b.Words {
		if words == "" {
			continue
		}
		at = math.Round(at)
		if i < len(greens) {
			p.box(at, y, side, side, 0, greens[i])
		} else {
			p.hatch(at, y, side, side, sand, sandDark)
		}
		p.trim(at, y, side, side, 6)
		p.text(plain, 26, at+34, y+21, words, soft)
		at += 34 + p.measure(plain, 26, words) + 36
	}
}

// Icon draws the mark of the site, side by side large, with room around it for
// whoever cuts it round.
func Icon(side int) ([]byte, error) {
	p, err := newPaper(side, side, ground)
	if err != nil {
		return nil, fmt.Errorf("draw icon of %d: %w", side, err)
	}
	inner := float64(side) * 0.62
	p.mark((float64(side)-inner)/2, (float64(side)-inner)/2-inner*0.03, inner)
	return p.png()
}
