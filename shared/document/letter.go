package document

import (
	"cmp"
	"fmt"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
)

// Letter writes the statement of commitment (S-100 … S-102): who promises what
// to whom, and the clauses that the collaborator signs. Without an instant of
// signature it is a draft to be signed by hand, and says so.
func Letter(paper Paper, p Pledge, st Statement) ([]byte, error) {
	pdf, err := letter(paper, p, st)
	return wrote("statement", p.Number, pdf, err)
}

func letter(paper Paper, p Pledge, st Statement) ([]byte, error) {
	if len(p.Items) == 0 {
		return nil, errEmpty
	}
	s, err := open(paper, cmp.Or(strings.TrimSpace(st.Title), "Surat Pernyataan Komitmen"), p.Number)
	if err != nil {
		return nil, err
	}
	s.masthead()
	s.say(s.body(), "Yang bertanda tangan di bawah ini:")
	s.gap(0.8)
	s.field("Nama", with(p.Giver, p.Class))
	s.gap(1.5)
	s.say(s.body(), "menyatakan komitmen untuk menyalurkan bantuan kepada:")
	s.gap(0.8)
	s.recipient(p)
	s.field("Program", p.Program)
	s.field("Rencana penyaluran", bahasa.Weekdays(p.Period))
	if p.Schedule.On != "" {
		s.field("Hari disepakati", bahasa.Appointment(p.Schedule, paper.At, paper.Zone))
	}
	s.field("Cara penyaluran", p.route())

	s.heading("Bantuan yang dijanjikan")
	s.goods(p.Items)

	s.heading("Dengan ini saya menyatakan:")
	for i, clause := range st.Clauses {
		s.item(fmt.Sprintf("%d.", i+1), clause)
	}
	if len(st.GoodsRules) > 0 {
		s.heading("Ketentuan barang")
		for _, rule := range st.GoodsRules {
			s.item("•", rule)
		}
	}
	n := len(s.blocks)
	if st.Consent != "" {
		s.heading("Persetujuan")
		s.say(s.body(), st.Consent)
	}
	s.gap(4)
	if err := s.signature(p, st); err != nil {
		return nil, err
	}
	s.together(n)
	return s.close()
}

// recipient adds who receives.
func (s *sheet) recipient(p Pledge) {
	s.field("Penerima", with(p.Recipient, p.Kind))
	s.field("Tempat", p.place())
	s.field("Penanggung jawab", p.Steward)
}

// goods adds the table of what is promised, with its value.
func (s *sheet) goods(items []Item) {
	columns := []column{{"No", 10, true}, {"Bantuan", 96, false}, {"Jumlah", 34, true}, {"Nilai", 42, true}}
	rows := make([][]string, len(items))
	var total aid.Rupiah
	estimated, priced := false, false
	for i, it := range items {
		what := it.goods()
		if len(it.Contents) > 0 {
			what += "\nIsi: " + strings.Join(it.Contents, ", ")
		}
		value := "–"
		if it.Value > 0 {
			value = bahasa.Rupiah(it.Value)
			priced = priced || !it.Estimated
			if it.Estimated {
				value += " *"
				estimated = true
			}
		}
		total += it.Value
		rows[i] = []string{fmt.Sprint(i + 1), what, it.amount(it.Quantity), value}
	}
	s.table(columns, rows, s.body(), 7, nil)
	if total > 0 {
		s.add(s.row([]column{{"", 140, true}, {"", 42, true}}, []string{"Jumlah nilai", bahasa.Rupiah(total)}, s.strong(), 7, nil))
	}
	var notes []string
	if priced {
		notes = append(notes, "Nilai menurut harga acuan paket pada tanggal komitmen.")
	}
	if estimated {
		notes = append(notes, "* Perkiraan kolaborator sendiri.")
	}
	if len(notes) > 0 {
		s.gap(0.8)
		s.say(small, strings.Join(notes, " "))
	}
}

// signature adds how the statement was signed, or where to sign it, beside the
// way to the recipient's public page.
func (s *sheet) signature(p Pledge, st Statement) error {
	code, err := s.public(p)
	if err != nil {
		return err
	}
	// The box says itself what was signed: it may stand on a page of its own.
	const w = 128.0
	what := s.wrap(s.body(), w-6, "Komitmen "+p.Number+" untuk "+p.Recipient)
	draft := st.SignedAt.IsZero()
	var name []string
	if draft {
		s.initials = []string{"yang menyatakan"}
	} else {
		name = AtMost(3, Lines(Printable(st.SignedBy), w-6, s.width(s.big())), w-6, s.width(s.big()))
	}
	above := 9 + float64(len(what))*s.body().leading()
	height := above + 40
	s.add(block{height: height, draw: func(y float64) {
		s.box(left, y, w, height, 0.3)
		code(y)
		title := "Ditandatangani secara elektronik"
		if draft {
			title = "BELUM DITANDATANGANI"
		}
		s.put(s.big(), left+3, y+2, title)
		for i, line := range what {
			s.put(s.body(), left+3, y+8.5+float64(i)*s.body().leading(), line)
		}
		y += above
		if draft {
			s.put(s.body(), left+3, y+3, "Tempat, tanggal")
			s.blank(left+36, left+w-4, y+7.6)
			s.put(s.body(), left+3, y+10, "Yang menyatakan,")
			s.blank(left+3, left+w-40, y+33)
			s.put(small, left+3, y+34, "tanda tangan dan nama jelas")
			return
		}
		s.put(small, left+3, y+2, "dengan mengetik nama di bawah pernyataan ini:")
		for i, line := range name {
			s.put(s.big(), left+3, y+7+float64(i)*s.big().leading(), line)
		}
		s.line(left+3, y+26, left+w-3, y+26, 0.2)
		s.put(s.body(), left+3, y+27.5, bahasa.Instant(st.SignedAt, s.paper.Zone))
		s.put(small, left+3, y+33.8, "Sidik SHA-256 berkas ini tercatat pada komitmen di situs.")
	}})
	return nil
}

// public returns how to draw, at the right edge, the QR code of the recipient's
// public page. A pledge without a page has none.
func (s *sheet) public(p Pledge) (func(y float64), error) {
	if p.Page == "" {
		return func(float64) {}, nil
	}
	const side = 33
	code, err := SquareOf(p.Page, side)
	if err != nil {
		return nil, err
	}
	return func(y float64) {
		x := right - side - 4
		code.Draw(s.pdf, x, y+2)
		s.centre(small, x+side/2.0, y+side+5.6, "Halaman publik")
		s.centre(small, x+side/2.0, y+side+5.6+small.leading(), "penerima ini")
	}, nil
}
