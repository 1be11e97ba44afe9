package print

import (
	"fmt"
	"strings"
	"unicode"

	"codeberg.org/go-pdf/fpdf"

	"ksbb/shared/document"
)

// A4 in millimetres, and what of it is written on.
const (
	pageWidth, pageHeight = 210.0, 297.0

	left, right = 16.0, 194.0
	wide        = right - left
	top         = 24.0 // below the line that every page but the first begins with
	bottom      = 279.0
)

// shade is a colour. Each was chosen by how dark its grey is, for most of these
// papers leave an office printer without colour.
type shade struct{ r, g, b int }

var (
	ink    = shade{23, 33, 29}
	soft   = shade{83, 97, 91}
	rule   = shade{205, 213, 205}
	tint   = shade{244, 244, 239}
	leaf   = shade{11, 110, 79}
	middle = shade{88, 168, 137}
	pale   = shade{196, 226, 212}
	earth  = shade{176, 118, 60}
	alarm  = shade{163, 40, 29}
	white  = shade{255, 255, 255}
)

// face is a weight, size in points and colour of the one family.
type face struct {
	size float64
	bold bool
	ink  shade
}

var (
	body    = face{size: 10.5, ink: ink}
	strong  = face{size: 10.5, bold: true, ink: ink}
	note    = face{size: 8.5, ink: soft}
	tiny    = face{size: 7.5, ink: soft}
	heading = face{size: 15, bold: true, ink: ink}
	caption = face{size: 10.5, bold: true, ink: ink}
)

// leading is the height of a line in millimetres.
func (f face) leading() float64 { return f.size * 0.3528 * 1.32 }

// sheet is a report being written: first blocks are added, which only measures,
// then they flow onto pages.
type sheet struct {
	pdf     *fpdf.Fpdf
	blocks  []block
	running string // what every page but the first says at its head
	foot    string
	demo    string // what every page of invented facts says
	section int

	set face // what the current page's text is set in
	on  int  // which page that is
}

// block is a part of a report that stays on one page.
type block struct {
	height float64
	draw   func(y float64)
	keep   bool   // on the same page as the block after it
	air    bool   // only room, which no page begins with
	head   *block // drawn again above this block where that begins a page
}

// legible returns a text as the font can draw it. A picture that the font lacks
// becomes "?": a name that lost something says so.
func legible(s string) string {
	return document.Printable(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.So, r) && document.Printable(string(r)) == "?" {
			return '?'
		}
		return r
	}, s))
}

// use selects a face, and says so on the page only where it changes.
func (s *sheet) use(f face) {
	page := s.pdf.PageNo()
	if s.set == f && s.on == page {
		return
	}
	style := ""
	if f.bold {
		style = "B"
	}
	s.pdf.SetFont(document.Font, style, f.size)
	s.pdf.SetTextColor(f.ink.r, f.ink.g, f.ink.b)
	s.set, s.on = f, page
}

// width measures a legible text in millimetres.
func (s *sheet) width(f face) func(string) float64 {
	return func(text string) float64 {
		s.use(f)
		return s.pdf.GetStringWidth(text)
	}
}

// put writes one line with its box beginning at x, y. It is the only way that
// text reaches a page.
func (s *sheet) put(f face, x, y float64, text string) {
	if text = legible(text); text != "" {
		s.use(f)
		s.pdf.Text(x, y+f.leading()*0.75, text)
	}
}

// ends writes one line that ends at x.
func (s *sheet) ends(f face, x, y float64, text string) {
	s.put(f, x-s.width(f)(legible(text)), y, text)
}

// centre writes one line around x.
func (s *sheet) centre(f face, x, y float64, text string) {
	s.put(f, x-s.width(f)(legible(text))/2, y, text)
}

// wrap breaks a text into at most n lines.
func (s *sheet) wrap(f face, most float64, n int, text string) []string {
	return document.AtMost(n, document.Lines(legible(text), most, s.width(f)), most, s.width(f))
}

// whole breaks a text into lines and leaves nothing out.
func (s *sheet) whole(f face, most float64, text string) []string { return s.wrap(f, most, 0, text) }

// narrow returns the face in the largest size in which a text is no wider than
// most.
func (s *sheet) narrow(f face, most float64, text string) face {
	if w := s.width(f)(legible(text)); w > most {
		f.size *= most / w
	}
	return f
}

func (s *sheet) add(b ...block) { s.blocks = append(s.blocks, b...) }

// gap leaves room.
func (s *sheet) gap(h float64) {
	if n := len(s.blocks); n > 0 && s.blocks[n-1].keep {
		s.add(block{height: h, draw: func(float64) {}, keep: true})
		return
	}
	s.add(block{height: h, draw: func(float64) {}, air: true})
}

// say adds a paragraph, which goes over to the next page only with two lines of
// it on each.
func (s *sheet) say(f face, text string) {
	all := s.whole(f, wide, text)
	for i, line := range all {
		s.add(block{height: f.leading(), keep: i == 0 && len(all) > 1 || i == len(all)-2, draw: func(y float64) { s.put(f, left, y, line) }})
	}
}

// after keeps what was added last on the page of what is added next.
func (s *sheet) after() {
	if n := len(s.blocks); n > 0 {
		s.blocks[n-1].keep, s.blocks[n-1].air = true, false
	}
}

// begin opens a numbered section. Its heading never ends a page.
func (s *sheet) begin(title, about string) {
	s.section++
	number := fmt.Sprintf("%d", s.section)
	s.gap(8)
	s.add(block{height: heading.leading() + 1.5, keep: true, draw: func(y float64) {
		s.pdf.Bookmark(legible(title), 0, y)
		s.put(face{heading.size, true, leaf}, left, y, number)
		s.put(heading, left+9, y, title)
	}})
	for _, line := range s.whole(note, wide, about) {
		s.add(block{height: note.leading(), keep: true, draw: func(y float64) { s.put(note, left, y, line) }})
	}
	s.gap(2.5)
}

// titled opens a part of a section. Its title never ends a page. What it is
// counted in stands behind it where there is room, else below.
func (s *sheet) titled(title, unit string) {
	s.gap(5)
	at := left + s.width(caption)(legible(title)) + 3
	behind := at+s.width(note)(legible(unit)) <= right
	s.add(block{height: caption.leading() + 1, keep: true, draw: func(y float64) {
		s.put(caption, left, y, title)
		if behind {
			s.put(note, at, y+0.7, unit)
		}
	}})
	if !behind {
		s.add(block{height: note.leading() + 1, keep: true, draw: func(y float64) { s.put(note, left, y, unit) }})
	}
}

// line draws a rule.
func (s *sheet) line(x1, y1, x2, y2, width float64, c shade) {
	s.pdf.SetLineWidth(width)
	s.pdf.SetDrawColor(c.r, c.g, c.b)
	s.pdf.Line(x1, y1, x2, y2)
}

// fill draws a rectangle of one colour.
func (s *sheet) fill(x, y, w, h float64, c shade) {
	s.pdf.SetFillColor(c.r, c.g, c.b)
	s.pdf.Rect(x, y, w, h, "F")
}

// frame draws the outline of a rectangle.
func (s *sheet) frame(x, y, w, h, width float64, c shade) {
	s.pdf.SetLineWidth(width)
	s.pdf.SetDrawColor(c.r, c.g, c.b)
	s.pdf.Rect(x, y, w, h, "D")
}

// run returns the blocks from the ith that stay on one page, as far as a page
// can hold them.
func (s *sheet) run(i int) (run []block, height float64) {
	n := i
	height = s.blocks[i].height
	for s.blocks[n].keep && n+1 < len(s.blocks) {
		n++
		height += s.blocks[n].height
	}
	if height > bottom-top {
		return s.blocks[i : i+1], s.blocks[i].height
	}
	return s.blocks[i : n+1], height
}

// flow puts the blocks onto pages.
func (s *sheet) flow() {
	s.pdf.AddPage()
	y, fresh := 0.0, true
	for i := 0; i < len(s.blocks); {
		run, height := s.run(i)
		if y+height > bottom && !fresh {
			s.pdf.AddPage()
			y, fresh = top, true
		}
		for _, b := range run {
			if fresh && b.air {
				continue
			}
			if fresh && b.head != nil {
				b.head.draw(y)
				y += b.head.height
			}
			b.draw(y)
			y += b.height
			fresh = false
		}
		i += len(run)
	}
}

// close writes head and foot of every page and returns the file.
func (s *sheet) close() ([]byte, error) {
	s.flow()
	pages := s.pdf.PageNo()
	for n := 1; n <= pages; n++ {
		s.pdf.SetPage(n)
		s.on = 0
		if n > 1 {
			s.put(note, left, 11, s.running)
			if s.demo != "" {
				s.ends(face{8.5, true, ink}, right, 11, "DATA CONTOH")
			}
			s.line(left, 16.5, right, 16.5, 0.2, rule)
		}
		s.line(left, bottom+4, right, bottom+4, 0.2, rule)
		s.put(tiny, left, bottom+5.2, s.foot)
		s.ends(tiny, right, bottom+5.2, fmt.Sprintf("Halaman %d dari %d", n, pages))
		if s.demo != "" {
			s.put(tiny, left, bottom+8.8, s.demo)
		}
	}
	return document.Finish(s.pdf)
}
