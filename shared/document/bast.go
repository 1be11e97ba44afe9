package document

import (
	"errors"
	"fmt"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
)

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

// fit is one way to set a BAST: the size of its text, the lines that one text
// may take, 0 for all, and how high a row is at least. The height of a finger is
// easiest to write in.
type fit struct {
	size  float64
	lines int
	row   float64
}

// fits begins with what is read and written in most easily.
var fits = []fit{{13, 0, 12}, {12, 0, 10.5}, {plain, 0, 9}, {plain, 3, 8.5}, {plain, 2, 8}, {plain, 1, 7}}

func bast(paper Paper, p Pledge, h Handover) ([]byte, error) {
	rows := h.Rows
	if rows == nil {
		rows = p.Items
	}
	switch {
	case len(rows) == 0:
		return nil, errEmpty
	case h.Code == "" || h.URL == "":
		return nil, errors.New("code and address are not set")
	}
	code, err := SquareOf(h.URL, 35)
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
	s.initials = []string{"yang menyerahkan", "yang menerima"}
	for pages := 1; pages <= 2; pages++ {
		for _, f := range fits {
			s.handover(p, h, rows, code, f)
			if len(s.breaks()) <= pages {
				return s.close()
			}
		}
	}
	return s.close()
}

// handover sets the whole record anew.
func (s *sheet) handover(p Pledge, h Handover, rows []Item, code Square, f fit) {
	s.blocks, s.cuts, s.size, s.most = nil, false, f.size, f.lines
	s.masthead()
	s.say(s.body(), "Pada hari ini telah diserahkan bantuan "+Printable(s.paper.Service)+", komitmen "+p.Number+":")
	s.gap(0.5)
	s.when(p)
	s.gap(1.5)
	s.parties(p)
	s.gap(2)

	columns := []column{{"No", 10, true}, {"Barang / bantuan", 98, false}, {"Dijanjikan", 36, true}, {"Diterima", 38, false}}
	cells := make([][]string, len(rows))
	for i, it := range rows {
		cells[i] = []string{fmt.Sprint(i + 1), it.goods(), it.amount(it.Quantity), ""}
	}
	s.table(columns, cells, s.body(), f.row, func(_ int, y, height float64) {
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
	notes = append(notes, "Diterima: hitung, lalu tulis dengan angka.")
	s.gap(0.8)
	s.say(face{size: 10}, strings.Join(notes, " "))

	if len(h.GoodsRules) > 0 {
		s.heading("Keadaan barang, beri tanda centang bila sesuai:")
		for _, rule := range h.GoodsRules {
			s.tick(rule)
		}
	}
	s.gap(0.7)
	s.say(s.body(), "Kedua pihak menyatakan isi berita acara ini benar.")
	s.gap(1.5)
	s.signatures(p, h, code)
}

// when adds the day and place: what was agreed on, or lines to write on.
func (s *sheet) when(p Pledge) {
	if p.Schedule.On != "" {
		s.field("Hari, tanggal", bahasa.Appointment(p.Schedule, s.paper.At, s.paper.Zone))
		s.field("Tempat", p.place())
		return
	}
	labels := []string{"Hari, tanggal", "Tempat"}
	if s.most == 1 { // where every line counts they share one
		s.add(block{height: 7.6, draw: func(y float64) {
			for i, label := range labels {
				x := left + float64(i)*wide/2
				s.put(s.body(), x, y+2, label+":")
				s.blank(x+s.width(s.body())(label+": "), x+wide/2-3, y+6.6)
			}
		}})
		return
	}
	for _, label := range labels {
		s.add(block{height: 7.6, draw: func(y float64) {
			s.put(s.body(), left, y+2, label)
			s.put(s.body(), left+39, y+2, ":")
			s.blank(left+42, right, y+6.6)
		}})
	}
}

// parties adds the two sides, beside each other.
func (s *sheet) parties(p Pledge) {
	const w = wide / 2
	type set struct {
		face face
		text string
	}
	side := func(title, name string, more ...string) (all []set, height float64) {
		all = append(all, set{small, title})
		for _, line := range s.wrap(s.big(), w-6, name) {
			all = append(all, set{s.big(), line})
		}
		for _, text := range more {
			if strings.TrimSpace(text) == "" {
				continue
			}
			for _, line := range s.wrap(s.body(), w-6, text) {
				all = append(all, set{s.body(), line})
			}
		}
		for _, line := range all {
			height += line.face.leading()
		}
		return all, height
	}
	where := ""
	if p.Schedule.On == "" {
		where = p.place() // else it stands under "Tempat"
	}
	answers := ""
	if p.Steward != "" {
		answers = "Penanggung jawab: " + p.Steward
	}
	via := ""
	if p.Route == aid.Aggregate {
		via = p.route()
	}
	giver, tall := side(with("PIHAK PERTAMA, yang menyerahkan", p.Class), p.Giver, via)
	receiver, taller := side(with("PIHAK KEDUA, yang menerima", p.Kind), p.Recipient, answers, where)
	height := max(tall, taller) + 3
	s.add(block{height: height, draw: func(y float64) {
		s.box(left, y, wide, height, 0.3)
		s.line(left+w, y, left+w, y+height, 0.3)
		for i, all := range [][]set{giver, receiver} {
			at := y + 1.2
			for _, line := range all {
				s.put(line.face, left+float64(i)*w+3, at, line.text)
				at += line.face.leading()
			}
		}
	}})
}

// tick adds a declaration with a box to tick.
func (s *sheet) tick(text string) {
	all := s.wrap(s.body(), wide-8, text)
	s.add(block{height: float64(len(all))*s.body().leading() + 0.8, draw: func(y float64) {
		s.box(left+0.5, y+0.5, 4, 4, 0.4)
		for i, line := range all {
			s.put(s.body(), left+8, y+float64(i)*s.body().leading(), line)
		}
	}})
}

// signatures adds where both sides and two witnesses sign, and the panel with
// which the receipt is confirmed.
func (s *sheet) signatures(p Pledge, h Handover, code Square) {
	const (
		height = 65.0
		panel  = 68.0
		w      = (wide - panel - 4) / 2
	)
	how := face{size: plain}
	giver := AtMost(2, Lines(Printable(p.Giver), w-4, s.width(how)), w-4, s.width(how))
	receiver := AtMost(2, Lines(Printable(p.Steward), w-4, s.width(how)), w-4, s.width(how))
	site := strings.TrimPrefix(strings.TrimPrefix(h.URL, "https://"), "http://")
	site, _, _ = strings.Cut(site, "#")
	where := "kode ini di " + site
	letters := face{size: 30, bold: true}

	s.add(block{height: height, draw: func(y float64) {
		for i, side := range []struct {
			title string
			name  []string
		}{{"Yang menyerahkan,", giver}, {"Yang menerima,", receiver}} {
			x := left + float64(i)*w
			s.put(s.strong(), x, y, side.title)
			s.blank(x, x+w-4, y+30)
			for n, line := range side.name {
				s.put(how, x, y+31+float64(n)*how.leading(), line)
			}
		}
		for i, title := range []string{"Saksi 1 (bila ada)", "Saksi 2 (bila ada)"} {
			x := left + float64(i)*w
			s.put(s.body(), x, y+42, title)
			s.blank(x, x+w-4, y+62)
		}

		x := right - panel
		s.box(x, y, panel, height, 0.6)
		mid := x + panel/2
		code.Draw(s.pdf, mid-code.side/2, y+4.8)
		s.centre(letters, mid, y+41.6, h.Code)
		s.centre(how, mid, y+54.2, "Yang menerima: pindai, atau ketik")
		s.centre(s.narrow(how, panel-4, where), mid, y+59.2, where)
	}})
}

// narrow returns f, smaller where a line that must not be cut is too wide.
func (s *sheet) narrow(f face, most float64, text string) face {
	text = Printable(text)
	for f.size > 5 && s.width(f)(text) > most {
		f.size -= 0.5
	}
	return f
}
