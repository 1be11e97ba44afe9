package document

import (
	"fmt"
	"strings"

	"ksbb/shared/aid"
)

// onePage is up to how many lines a BAST is always one page.
const onePage = 12

// BAST writes the hand-over record for the gate (S-115, S-116): the parties and
// the goods are filled in, the quantities received, the ticks and the
// signatures are left to the pen. The code and the QR code beside the
// signatures let whoever received confirm it.
//
// Up to 12 lines it is one page, and longer texts are then cut, with a word
// where the whole of them stands; more lines may take a second page, which
// repeats the head of the table.
func BAST(paper Paper, p Pledge, h Handover) ([]byte, error) {
	pdf, err := bast(paper, p, h)
	return wrote("BAST", string(h.Number), pdf, err)
}

// fit is one way to set a BAST: lines that a text may take, 0 for all, and how
// high a row is at least. A finger's breadth is easiest to write in.
type fit struct {
	lines int
	row   float64
}

var fits = []fit{{0, 11}, {0, 9}, {3, 9}, {2, 8.5}, {1, 7.6}}

func bast(paper Paper, p Pledge, h Handover) ([]byte, error) {
	rows := h.Rows
	if rows == nil {
		rows = p.Items
	}
	switch {
	case len(rows) == 0:
		return nil, errEmpty
	case h.Code == "" || h.URL == "":
		return nil, fmt.Errorf("code and address are not set")
	}
	code, err := squareOf(h.URL, 36)
	if err != nil {
		return nil, err
	}
	s, err := open(paper, "Berita Acara Serah Terima", string(h.Number))
	if err != nil {
		return nil, err
	}
	if p.Letter != "" {
		s.foot = "Surat pernyataan komitmen " + p.Number + ": " + p.Letter
	}
	for _, f := range fits {
		s.handover(p, h, rows, code, f)
		if s.height() <= s.room() {
			return s.close()
		}
	}
	if len(rows) > onePage {
		s.handover(p, h, rows, code, fit{0, 9})
	}
	return s.close()
}

// handover sets the whole record anew.
func (s *sheet) handover(p Pledge, h Handover, rows []Item, code square, f fit) {
	s.blocks, s.cuts, s.most = nil, false, f.lines
	s.masthead()
	s.say(body, 0, "Pada hari ini telah diserahkan bantuan "+printable(s.paper.Service)+", komitmen "+p.Number+":")
	s.gap(1)
	s.when(p)
	s.gap(2)
	s.parties(p)
	s.gap(3)

	columns := []column{{"No", 10, true}, {"Barang / bantuan", 98, false}, {"Dijanjikan", 36, true}, {"Diterima", 38, false}}
	cells := make([][]string, len(rows))
	for i, it := range rows {
		cells[i] = []string{fmt.Sprint(i + 1), it.goods(), it.amount(it.Quantity), ""}
	}
	s.table(columns, cells, body, f.row, func(_ int, y, height float64) {
		// The one cell that is written in by hand has to be found at a glance.
		s.box(right-38+0.9, y+0.9, 38-1.8, height-1.8, 0.6)
	})
	var notes []string
	if s.cuts {
		notes = append(notes, "Uraian lengkap ada di surat pernyataan komitmen "+p.Number+".")
	}
	if !strings.HasSuffix(string(h.Number), "-1") {
		notes = append(notes, "Dijanjikan: sisa setelah penyerahan sebelumnya.")
	}
	notes = append(notes, "Diterima: hitung barangnya, lalu tulis jumlahnya dengan angka.")
	s.gap(0.8)
	s.say(small, 0, strings.Join(notes, " "))

	if len(h.GoodsRules) > 0 {
		s.heading("Keadaan barang, beri tanda centang bila sesuai:")
		for _, rule := range h.GoodsRules {
			s.tick(rule)
		}
	}
	s.gap(2.5)
	s.signatures(p, h, code)
}

// when adds the day and place: what was agreed on, or lines to write on.
func (s *sheet) when(p Pledge) {
	if p.Schedule.On != "" {
		s.field("Hari, tanggal", appointment(p.Schedule, s.paper.At, s.paper.Zone))
		s.field("Tempat", p.place())
		return
	}
	for _, label := range []string{"Hari, tanggal", "Tempat"} {
		s.add(block{height: 8, draw: func(y float64) {
			s.put(body, left, y+2, label)
			s.put(body, left+39, y+2, ":")
			s.blank(left+42, right, y+6.6)
		}})
	}
}

// parties adds the two sides, beside each other.
func (s *sheet) parties(p Pledge) {
	const w = wide / 2
	side := func(title, name string, more ...string) []func(x, y float64) {
		draw := []func(x, y float64){func(x, y float64) { s.put(small, x, y, title) }}
		for _, line := range s.wrap(big, w-6, name) {
			draw = append(draw, func(x, y float64) { s.put(big, x, y, line) })
		}
		for _, text := range more {
			if strings.TrimSpace(text) == "" {
				continue
			}
			for _, line := range s.wrap(body, w-6, text) {
				draw = append(draw, func(x, y float64) { s.put(body, x, y, line) })
			}
		}
		return draw
	}
	where := p.Area
	if p.Schedule.On == "" {
		where = p.place() // else it stands under "Tempat" already
	}
	answers := ""
	if p.Steward != "" {
		answers = "Penanggung jawab: " + p.Steward
	}
	via := ""
	if p.Route == aid.Aggregate {
		via = p.route()
	}
	giver := side("PIHAK PERTAMA, yang menyerahkan", p.Giver, p.Class, via)
	receiver := side("PIHAK KEDUA, yang menerima", p.Recipient, p.Kind, answers, where)
	height := float64(max(len(giver), len(receiver)))*body.leading() + 4.5
	s.add(block{height: height, draw: func(y float64) {
		s.box(left, y, wide, height, 0.3)
		s.line(left+w, y, left+w, y+height, 0.3)
		for i, draw := range giver {
			draw(left+3, y+1.5+float64(i)*body.leading())
		}
		for i, draw := range receiver {
			draw(left+w+3, y+1.5+float64(i)*body.leading())
		}
	}})
}

// tick adds a declaration with a box to tick.
func (s *sheet) tick(text string) {
	all := s.wrap(body, wide-8, text)
	s.add(block{height: float64(len(all))*body.leading() + 1.2, draw: func(y float64) {
		s.box(left+0.5, y+0.5, 4, 4, 0.4)
		for i, line := range all {
			s.put(body, left+8, y+float64(i)*body.leading(), line)
		}
	}})
}

// signatures adds where both sides and two witnesses sign, and the panel with
// which the receipt is confirmed.
func (s *sheet) signatures(p Pledge, h Handover, code square) {
	const (
		height = 67.0
		panel  = 66.0
		w      = (wide - panel - 4) / 2
	)
	giver := atMost(2, lines(printable(p.Giver), w-4, s.width(small)), w-4, s.width(small))
	receiver := atMost(2, lines(printable(p.Steward), w-4, s.width(small)), w-4, s.width(small))
	site := strings.TrimPrefix(strings.TrimPrefix(h.URL, "https://"), "http://")
	site, _, _ = strings.Cut(site, "#")
	letters := face{size: 30, bold: true}

	s.add(block{height: height, draw: func(y float64) {
		for i, side := range []struct {
			title string
			name  []string
		}{{"Yang menyerahkan,", giver}, {"Yang menerima,", receiver}} {
			x := left + float64(i)*w
			s.put(strong, x, y, side.title)
			s.blank(x, x+w-4, y+32)
			for n, line := range side.name {
				s.put(small, x, y+33+float64(n)*small.leading(), line)
			}
		}
		for i, title := range []string{"Saksi 1 (bila ada)", "Saksi 2 (bila ada)"} {
			x := left + float64(i)*w
			s.put(body, x, y+44, title)
			s.blank(x, x+w-4, y+62)
		}

		x := right - panel
		s.box(x, y, panel, height, 0.6)
		mid := x + panel/2
		s.centre(strong, mid, y+1.5, "Konfirmasi penerimaan")
		code.draw(s, mid-code.side/2, y+8.5)
		s.centre(letters, mid, y+44.5, h.Code)
		s.centre(small, mid, y+57, "Pindai, atau ketik kode ini di")
		s.centre(s.narrow(small, panel-4, site), mid, y+61.3, site)
	}})
}

// narrow returns f, smaller where a line that must not be cut is too wide.
func (s *sheet) narrow(f face, most float64, text string) face {
	text = printable(text)
	for f.size > 5 && s.width(f)(text) > most {
		f.size -= 0.5
	}
	return f
}
