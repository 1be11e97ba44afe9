package print

import (
	"strings"
)

// inset is the room on both sides of a cell's text.
const inset = 1.3

// small is the height in millimetres up to which a table stays on one page.
const small = 62

// cellLines bounds a cell, so that no row outgrows a page whatever is written in
// it.
const cellLines = 12

// column is one of a table. A column of numbers is as wide as its widest one; the
// others share what is left by their weight.
type column struct {
	title  string
	weight float64 // 0 for numbers, which end at the right
	fixed  float64 // width in millimetres of a column that is drawn in
}

// table is rows of text under a head that is repeated on every page.
type table struct {
	columns []column
	rows    [][]string
	sum     bool    // the last row is the whole of the others
	most    float64 // largest size, where not that of other tables
	// draw adds to a row what is not text, in the box of the fixed column.
	draw func(row int, x, y, w, h float64)
}

// sizes are what a table is set in: the largest in which its numbers fit.
var sizes = []float64{9, 8.5, 8, 7.5, 7, 6.5, 6}

// fit returns the widths of the columns and the size in which they hold their
// numbers.
func (s *sheet) fit(t table) (widths []float64, size float64) {
	for _, size = range sizes {
		if t.most > 0 && size > t.most {
			continue
		}
		// Not every figure is wider in bold.
		plain, bold, head := s.width(face{size: size, ink: ink}), s.width(face{size: size, bold: true, ink: ink}), s.width(headOf(size))
		widths = make([]float64, len(t.columns))
		rest, weights, words := wide, 0.0, 0.0
		for i, c := range t.columns {
			switch {
			case c.fixed > 0:
				widths[i] = c.fixed
			case c.weight > 0:
				weights += c.weight
				words += 22
			default:
				for _, word := range strings.Fields(c.title) {
					widths[i] = max(widths[i], head(word))
				}
				for n, row := range t.rows {
					cell := legible(row[i])
					widths[i] = max(widths[i], plain(cell))
					if t.sum && n == len(t.rows)-1 {
						widths[i] = max(widths[i], bold(cell))
					}
				}
				widths[i] += 2 * inset
			}
			rest -= widths[i]
		}
		// Numbers that leave room stand apart a little, but not so far that the eye
		// loses the row.
		if spare := rest - 2*words; spare > 0 {
			for i, c := range t.columns {
				if c.weight == 0 && c.fixed == 0 {
					more := min(spare/float64(len(t.columns)), 5)
					widths[i] += more
					rest -= more
				}
			}
		}
		for i, c := range t.columns {
			if c.weight > 0 {
				widths[i] = rest * c.weight / weights
			}
		}
		if rest >= words {
			break
		}
	}
	return widths, size
}

// headOf is what the head of a table is set in.
func headOf(size float64) face { return face{size: min(size, 8), ink: soft} }

// table adds a table. It goes over to the next page between rows only, never
// with a single row on one side.
func (s *sheet) table(t table) {
	widths, size := s.fit(t)
	titles := make([]string, len(t.columns))
	for i, c := range t.columns {
		titles[i] = c.title
	}
	head := s.row(t, titles, widths, headOf(size), true)
	text := head.draw
	head.draw = func(y float64) {
		text(y)
		s.line(left, y+head.height, right, y+head.height, 0.4, ink)
	}
	head.keep = true
	s.add(head)
	n, all := len(s.blocks), 0.0
	for i, cells := range t.rows {
		last := i == len(t.rows)-1
		f := face{size: size, bold: t.sum && last, ink: ink}
		row := s.row(t, cells, widths, f, false)
		row.keep = i == 0 && !last || i == len(t.rows)-2
		row.head = &head
		text, height := row.draw, row.height
		row.draw = func(y float64) {
			if t.sum && last {
				s.line(left, y, right, y, 0.4, ink)
			}
			text(y)
			if !last {
				s.line(left, y+height, right, y+height, 0.15, rule)
			}
			if t.draw == nil {
				return
			}
			x := left
			for n, c := range t.columns {
				if c.fixed > 0 {
					t.draw(i, x+inset, y+1.1, widths[n]-2*inset, height-2.2)
				}
				x += widths[n]
			}
		}
		all += row.height
		s.add(row)
	}
	if all <= small {
		for i := n; i < len(s.blocks)-1; i++ {
			s.blocks[i].keep = true
		}
	}
}

// row makes one row. The words of a head stand at its foot, those of other rows
// at the top. A cell's line breaks are kept.
func (s *sheet) row(t table, cells []string, widths []float64, f face, head bool) block {
	set := make([][]string, len(cells))
	tall := 1
	for i := range cells {
		for _, part := range strings.Split(cells[i], "\n") {
			set[i] = append(set[i], s.wrap(f, widths[i]-2*inset+0.01, cellLines, part)...)
		}
		set[i] = set[i][:min(len(set[i]), cellLines)]
		tall = max(tall, len(set[i]))
	}
	height := float64(tall)*f.leading() + 1.7
	return block{height: height, draw: func(y float64) {
		x := left
		for i, c := range t.columns {
			at := y + 0.85
			if head {
				at += float64(tall-len(set[i])) * f.leading()
			}
			for n, line := range set[i] {
				if c.weight > 0 || c.fixed > 0 {
					s.put(f, x+inset, at+float64(n)*f.leading(), line)
				} else {
					s.ends(f, x+widths[i]-inset, at+float64(n)*f.leading(), line)
				}
			}
			x += widths[i]
		}
	}}
}
