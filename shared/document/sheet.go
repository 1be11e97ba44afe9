package document

import (
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"ksbb/shared/bahasa"
)

// A4 in millimetres, and what of it is written on.
const (
	pageWidth, pageHeight = 210.0, 297.0

	left, right = 14.0, 196.0
	wide        = right - left
	top         = 12.0
	bottom      = 281.0 // the foot of the page stands below
)

// face is a weight and size of the one family. Sizes are in points.
type face struct {
	size float64
	bold bool
}

// The faces of what only comes with the text. What somebody has to read before
// signing is set in the sheet's own size, never below plain.
var (
	small = face{size: 9}
	tiny  = face{size: 8}
)

// plain is the least size of running text, in points.
const plain = 11

// leading is the height of a line in millimetres.
func (f face) leading() float64 { return f.size * 0.3528 * 1.27 }

// sheet is a document being written: first blocks are added, which only
// measures, then they flow onto pages.
type sheet struct {
	pdf    *fpdf.Fpdf
	paper  Paper
	number string
	name   string
	foot   string // second line at the foot of every page
	blocks []block

	size     float64  // of running text, in points
	most     int      // lines that one cell may take; 0 is cellLines
	cuts     bool     // some cell lost text to that limit
	initials []string // whose, at the foot of every page but the last

	y   float64
	set face // what the current page's text is set in
	on  int  // which page that is
}

func (s *sheet) body() face   { return face{size: s.size} }
func (s *sheet) strong() face { return face{size: s.size, bold: true} }
func (s *sheet) big() face    { return face{size: s.size + 1.5, bold: true} }
func (s *sheet) titled() face { return face{size: s.size + 4, bold: true} }

// block is a part of a document that stays on one page.
type block struct {
	height float64
	draw   func(y float64)
	keep   bool   // on the same page as the block after it
	head   *block // drawn again above this block where that begins a page
}

// cellLines bounds a cell, so that no row outgrows a page whatever is written
// in it.
const cellLines = 24

// open begins a document. name and number go to its properties and to the head
// of every page.
func open(paper Paper, name, number string) (*sheet, error) {
	if err := paper.check(); err != nil {
		return nil, err
	}
	s := &sheet{size: plain, paper: paper, name: Printable(name), number: Printable(number)}
	s.pdf = Blank(About{Title: s.name + " " + s.number, Subject: s.number, Author: paper.Operator, Creator: paper.Service, At: paper.At.In(paper.Zone)})
	s.pdf.SetMargins(left, top, pageWidth-right)
	s.use(s.body())
	return s, s.pdf.Error()
}

// use selects a face, and says so on the page only when it changes there.
func (s *sheet) use(f face) {
	if s.set == f && s.on == s.pdf.PageNo() {
		return
	}
	style := ""
	if f.bold {
		style = "B"
	}
	s.pdf.SetFont(Font, style, f.size)
	s.set, s.on = f, s.pdf.PageNo()
}

// width measures a printable text in millimetres.
func (s *sheet) width(f face) func(string) float64 {
	return func(text string) float64 {
		s.use(f)
		return s.pdf.GetStringWidth(text)
	}
}

// put writes one line with its box beginning at y. It is the only way that text
// reaches a page.
func (s *sheet) put(f face, x, y float64, text string) {
	if text = Printable(text); text != "" {
		s.use(f)
		s.pdf.Text(x, y+f.leading()*0.76, text)
	}
}

// ends writes one line that ends at x.
func (s *sheet) ends(f face, x, y float64, text string) {
	text = Printable(text)
	s.put(f, x-s.width(f)(text), y, text)
}

// centre writes one line around x.
func (s *sheet) centre(f face, x, y float64, text string) {
	text = Printable(text)
	s.put(f, x-s.width(f)(text)/2, y, text)
}

// wrap breaks a text into lines and cuts what is more than a cell may hold.
func (s *sheet) wrap(f face, most float64, text string) []string {
	all := Lines(Printable(text), most, s.width(f))
	limit := cellLines
	if s.most > 0 {
		limit = min(limit, s.most)
	}
	if len(all) > limit {
		s.cuts = true
	}
	return AtMost(limit, all, most, s.width(f))
}

func (s *sheet) add(b ...block) { s.blocks = append(s.blocks, b...) }

// gap leaves room.
func (s *sheet) gap(h float64) { s.add(block{height: h, draw: func(float64) {}}) }

// say adds a paragraph.
func (s *sheet) say(f face, text string) {
	n := len(s.blocks)
	for _, line := range Lines(Printable(text), wide, s.width(f)) {
		s.add(block{height: f.leading(), draw: func(y float64) { s.put(f, left, y, line) }})
	}
	s.together(n)
}

// together keeps the blocks from the nth on one page, if one page can hold
// them.
func (s *sheet) together(n int) {
	for i := n; i < len(s.blocks)-1; i++ {
		s.blocks[i].keep = true
	}
}

// item adds a paragraph behind a number or mark.
func (s *sheet) item(mark, text string) {
	const indent = 7
	n := len(s.blocks)
	for i, line := range Lines(Printable(text), wide-indent, s.width(s.body())) {
		s.add(block{height: s.body().leading(), draw: func(y float64) {
			if i == 0 {
				s.put(s.body(), left, y, mark)
			}
			s.put(s.body(), left+indent, y, line)
		}})
	}
	s.together(n)
	s.gap(0.8)
}

// heading adds a line that never ends a page.
func (s *sheet) heading(text string) {
	s.gap(2.2)
	s.add(block{height: s.strong().leading() + 0.8, keep: true, draw: func(y float64) { s.put(s.strong(), left, y, text) }})
}

// field adds a label and its value. Nothing is added for an empty value.
func (s *sheet) field(label, value string) {
	if strings.TrimSpace(value) == "" {
		return
	}
	const indent = 42
	all := s.wrap(s.body(), wide-indent, value)
	s.add(block{height: float64(len(all))*s.body().leading() + 0.5, draw: func(y float64) {
		s.put(s.body(), left, y, label)
		s.put(s.body(), left+indent-3, y, ":")
		for i, line := range all {
			s.put(s.body(), left+indent, y+float64(i)*s.body().leading(), line)
		}
	}})
}

// masthead begins the first page: who speaks, what this is, and its number.
func (s *sheet) masthead() {
	const h = 14.5
	operator := AtMost(1, Lines(Printable(s.paper.Operator), wide, s.width(small)), wide, s.width(small))
	s.add(block{height: h, draw: func(y float64) {
		s.put(face{size: 14, bold: true}, left, y, s.paper.Service)
		s.put(small, left, y+6.2, operator[0])
		s.line(left, y+11.4, right, y+11.4, 0.8)
		s.line(left, y+12.4, right, y+12.4, 0.2)
	}})
	for _, line := range Lines(strings.ToUpper(s.name), wide, s.width(s.titled())) {
		s.add(block{height: s.titled().leading(), draw: func(y float64) { s.centre(s.titled(), pageWidth/2, y, line) }})
	}
	s.add(block{height: s.big().leading() + 1.5, draw: func(y float64) { s.centre(s.big(), pageWidth/2, y, "Nomor: "+s.number) }})
}

// line draws a rule of some width.
func (s *sheet) line(x1, y1, x2, y2, width float64) {
	s.pdf.SetLineWidth(width)
	s.pdf.Line(x1, y1, x2, y2)
}

// blank draws a dotted line to write on.
func (s *sheet) blank(x1, x2, y float64) {
	s.pdf.SetDashPattern([]float64{0.4, 0.9}, 0)
	s.line(x1, y, x2, y, 0.3)
	s.pdf.SetDashPattern(nil, 0)
}

// box draws a frame.
func (s *sheet) box(x, y, w, h, width float64) {
	s.pdf.SetLineWidth(width)
	s.pdf.Rect(x, y, w, h, "D")
}

// shade fills an area in the lightest grey that a printer still shows.
func (s *sheet) shade(x, y, w, h float64) {
	s.pdf.SetFillColor(236, 236, 236)
	s.pdf.Rect(x, y, w, h, "F")
}

// column is one of a table. Its text begins or ends 1.5 mm inside it.
type column struct {
	title string
	width float64
	right bool
}

const inset = 1.5

// table adds a head and rows of a face, each row at least so high. The head is
// repeated where the table goes on over a page break. draw, if not nil, adds to
// a row what is not text.
func (s *sheet) table(columns []column, rows [][]string, f face, least float64, draw func(row int, y, height float64)) {
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = c.title
	}
	head := s.row(columns, titles, s.strong(), 6.8, nil)
	rule := head.draw
	head.draw = func(y float64) {
		s.shade(left, y, wide, head.height)
		rule(y)
	}
	head.keep = true
	s.add(head)
	for i, cells := range rows {
		var more func(y, height float64)
		if draw != nil {
			more = func(y, height float64) { draw(i, y, height) }
		}
		row := s.row(columns, cells, f, least, more)
		row.head = &head
		s.add(row)
	}
}

// row makes one framed row. A cell's line breaks are kept.
func (s *sheet) row(columns []column, cells []string, f face, least float64, draw func(y, height float64)) block {
	set := make([][]string, len(columns))
	tall := 0
	for i, c := range columns {
		for _, part := range strings.Split(cells[i], "\n") {
			set[i] = append(set[i], s.wrap(f, c.width-2*inset, part)...)
		}
		set[i] = set[i][:min(len(set[i]), 2*cellLines)]
		tall = max(tall, len(set[i]))
	}
	height := max(least, float64(tall)*f.leading()+2)
	return block{height: height, draw: func(y float64) {
		x := left
		for i, c := range columns {
			s.box(x, y, c.width, height, 0.2)
			under := y + (height-float64(len(set[i]))*f.leading())/2
			if tall > 1 {
				under = y + 1
			}
			for n, text := range set[i] {
				at := under + float64(n)*f.leading()
				if c.right {
					s.ends(f, x+c.width-inset, at, text)
				} else {
					s.put(f, x+inset, at, text)
				}
			}
			x += c.width
		}
		if draw != nil {
			draw(y, height)
		}
	}}
}

// start is where a page's text begins: under the band of a demonstration.
func (s *sheet) start() float64 {
	if s.paper.Demo {
		return top + 7
	}
	return top
}

// again is the height of what stands above the text of every page but the
// first, paraph that of the initials below it.
const (
	again  = 9.0
	paraph = 11.0
)

// breaks returns the blocks that begin a page. One page is tried whole before
// room for initials is kept free.
func (s *sheet) breaks() []int {
	all := 0.0
	for _, b := range s.blocks {
		all += b.height
	}
	if s.start()+all <= bottom {
		return []int{0}
	}
	end := bottom
	if len(s.initials) > 0 {
		end -= paraph
	}
	first := []int{0}
	y := s.start()
	for i, b := range s.blocks {
		need := b.height
		for j := i; s.blocks[j].keep && j+1 < len(s.blocks); j++ {
			need += s.blocks[j+1].height
		}
		if need > end-s.start()-again {
			need = b.height // no page holds all that should stay together
		}
		if y+need > end && i > first[len(first)-1] {
			first = append(first, i)
			y = s.start() + again
			if b.head != nil {
				y += b.head.height
			}
		}
		y += b.height
	}
	return first
}

// flow puts the blocks onto pages.
func (s *sheet) flow() {
	breaks := s.breaks()
	for n, first := range breaks {
		last := len(s.blocks)
		if n+1 < len(breaks) {
			last = breaks[n+1]
		}
		s.pdf.AddPage()
		s.y = s.start()
		if n > 0 {
			s.put(s.strong(), left, s.y, s.name+" (lanjutan)")
			s.ends(s.strong(), right, s.y, s.number)
			s.line(left, s.y+6.2, right, s.y+6.2, 0.5)
			s.y += again
			if head := s.blocks[first].head; head != nil {
				head.draw(s.y)
				s.y += head.height
			}
		}
		for _, b := range s.blocks[first:last] {
			b.draw(s.y)
			s.y += b.height
		}
		if n+1 < len(breaks) {
			for i, who := range s.initials {
				x, y := left+float64(i)*wide/2, bottom-paraph+4
				s.put(s.body(), x, y, "Paraf "+who)
				s.blank(x+s.width(s.body())("Paraf "+who)+3, x+wide/2-4, y+4.6)
			}
		}
	}
}

// close writes head and foot of every page and returns the file.
func (s *sheet) close() ([]byte, error) {
	s.flow()
	pages := s.pdf.PageNo()
	for n := 1; n <= pages; n++ {
		s.pdf.SetPage(n)
		s.on = 0
		s.line(left, bottom+2.5, right, bottom+2.5, 0.2)
		s.put(tiny, left, bottom+3.2, s.number+", dibuat "+bahasa.Instant(s.paper.At, s.paper.Zone))
		s.ends(tiny, right, bottom+3.2, fmt.Sprintf("Halaman %d dari %d", n, pages))
		s.put(tiny, left, bottom+6.8, s.foot)
		if s.paper.Demo {
			s.shade(left, top-5, wide, 8.5)
			s.box(left, top-5, wide, 8.5, 0.5)
			s.centre(face{size: plain, bold: true}, pageWidth/2, top-3.2, "DATA CONTOH: penerima ini dikarang untuk peragaan, jangan kirim apa pun ke sana")
		}
	}
	return Finish(s.pdf)
}
