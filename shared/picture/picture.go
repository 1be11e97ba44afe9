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
	foot   = 560 // top of the line that says whose card it is

	mapLeft, mapTop     = 700, 132
	mapRight, mapBottom = right, 532
)

func (c Card) draw() (*paper, error) {
	p, err := newPaper(Width, Height, ground)
	if err != nil {
		return nil, err
	}
	c.head(p)
	width := float64(right - margin)
	if c.Map != nil {
		width = mapLeft - 44 - margin
		p.chart(*c.Map, image.Rect(mapLeft, mapTop, mapRight, mapBottom))
	}
	c.body(p, width)
	p.box(margin, foot, right-margin, 2, 0, line)
	p.text(plain, 28, margin, foot+42, c.Address, leafDeep)
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

// body sets the name as large as it fits, then everything else below it. What is
// said stays above the foot: the name gives way first.
func (c Card) body(p *paper, width float64) {
	lines, size := p.headline(c.Name, width)
	says := p.wrap(plain, 36, width, c.Says, 2)
	y := 172.0
	if c.Above != "" {
		p.text(plain, 30, margin, y, p.fit(plain, 30, width, c.Above), soft)
		y += 14
	}
	for _, l := range lines {
		y += size * 1.13
		p.text(bold, size, margin, y, l, ink)
	}
	y += 58
	for _, l := range p.wrap(bold, 36, width, c.Alarm, 2) {
		p.text(bold, 36, margin, y, l, alarm)
		y += 46
	}
	for _, l := range says {
		p.text(plain, 36, margin, y, l, ink)
		y += 46
	}
	if c.Map != nil && c.Map.Words != "" {
		p.text(plain, 26, margin, foot-28, p.fit(plain, 26, width, c.Map.Words), soft)
	}
	if c.Bar != nil {
		c.Bar.draw(p, margin, foot-104, width)
	}
}

// draw draws the bar and, below it, what its parts mean.
func (b Bar) draw(p *paper, x, y, width float64) {
	const height = 36
	p.clip(x, y, width, height, height/2, func() {
		p.hatch(x, y, width, height, sand, sandDark)
		at := x
		for i, n := range b.Twelfths {
			w := width * float64(n) / 12
			p.box(at, y, w, height, 0, greens[i])
			at += w
		}
	})
	at := x
	for i, words := range b.Words {
		if words == "" {
			continue
		}
		p.clip(at, y+56, 24, 24, 6, func() {
			if i < len(greens) {
				p.box(at, y+56, 24, 24, 0, greens[i])
			} else {
				p.hatch(at, y+56, 24, 24, sand, sandDark)
			}
		})
		p.text(plain, 26, at+34, y+77, words, soft)
		at += 34 + p.measure(plain, 26, words) + 36
	}
}

// headline breaks a name into at most two lines in the largest size in which it
// fits, and cuts one that is too long even for the smallest.
func (p *paper) headline(name string, width float64) ([]string, float64) {
	const largest, smallest = 84, 48
	for size := float64(largest); size > smallest; size -= 6 {
		if lines := p.wrap(bold, size, width, name, 3); len(lines) <= 2 && !p.broken(bold, size, width, name) {
			return lines, size
		}
	}
	return p.wrap(bold, smallest, width, name, 2), smallest
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
