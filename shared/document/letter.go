package document

import (
	"cmp"
	"fmt"
	"strings"

	"ksbb/shared/aid"
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
	s.say(body, 0, "Yang bertanda tangan di bawah ini:")
	s.gap(0.8)
	s.field("Nama", p.Giver)
	s.field("Golongan", p.Class)
	s.gap(1.5)
	s.say(body, 0, "menyatakan komitmen untuk menyalurkan bantuan kepada:")
	s.gap(0.8)
	s.recipient(p)
	s.field("Program", p.Program)
	s.field("Rencana penyaluran", period(p.Period))
	if p.Schedule.On != "" {
		s.field("Hari disepakati", appointment(p.Schedule, paper.At, paper.Zone))
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
	if st.Consent != "" {
		s.heading("Persetujuan")
		s.say(body, 0, st.Consent)
	}
	s.gap(4)
	if err := s.signature(p, st); err != nil {
		return nil, err
	}
	return s.close()
}

// recipient adds who receives.
func (s *sheet) recipient(p Pledge) {
	s.field("Penerima", p.Recipient)
	s.field("Jenis", p.Kind)
	s.field("Alamat", p.Address)
	s.field("Wilayah", p.Area)
	s.field("Penanggung jawab", p.Steward)
}

// goods adds the table of what is promised, with its value.
func (s *sheet) goods(items []Item) {
	columns := []column{{"No", 10, true}, {"Bantuan", 100, false}, {"Jumlah", 34, true}, {"Nilai", 38, true}}
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
			value = rupiah(it.Value)
			priced = priced || !it.Estimated
			if it.Estimated {
				value += " *"
				estimated = true
			}
		}
		total += it.Value
		rows[i] = []string{fmt.Sprint(i + 1), what, it.amount(it.Quantity), value}
	}
	s.table(columns, rows, body, 7, nil)
	if total > 0 {
		s.add(s.row([]column{{"", 144, true}, {"", 38, true}}, []string{"Jumlah nilai", rupiah(total)}, strong, 7, nil))
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
		s.say(small, 0, strings.Join(notes, " "))
	}
}

// signature adds how the statement was signed, or where to sign it, beside the
// way to the recipient's public page.
func (s *sheet) signature(p Pledge, st Statement) error {
	code, err := s.public(p)
	if err != nil {
		return err
	}
	const w, h = 128.0, 48.0
	if st.SignedAt.IsZero() {
		s.add(block{height: h, draw: func(y float64) {
			s.box(left, y, w, h, 0.3)
			s.put(big, left+3, y+2, "BELUM DITANDATANGANI")
			s.put(body, left+3, y+9, "Tempat, tanggal")
			s.blank(left+36, left+w-4, y+13.4)
			s.put(body, left+3, y+15.5, "Yang menyatakan,")
			s.blank(left+3, left+w-40, y+39)
			s.put(small, left+3, y+40.5, "tanda tangan dan nama jelas")
			code(y)
		}})
		return nil
	}
	name := atMost(3, lines(printable(st.SignedBy), w-6, s.width(big)), w-6, s.width(big))
	s.add(block{height: h, draw: func(y float64) {
		s.box(left, y, w, h, 0.3)
		s.put(strong, left+3, y+2.5, "Ditandatangani secara elektronik")
		s.put(small, left+3, y+8.5, "dengan mengetik nama di bawah pernyataan ini:")
		for i, line := range name {
			s.put(big, left+3, y+14.5+float64(i)*big.leading(), line)
		}
		s.line(left+3, y+33, left+w-3, y+33, 0.2)
		s.put(body, left+3, y+34.5, instant(st.SignedAt, s.paper.Zone))
		s.put(small, left+3, y+41, "Sidik SHA-256 berkas ini tercatat pada komitmen di situs.")
		code(y)
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
	code, err := squareOf(p.Page, side)
	if err != nil {
		return nil, err
	}
	return func(y float64) {
		x := right - side - 4
		code.draw(s, x, y+2)
		s.centre(small, x+side/2.0, y+side+4, "Halaman publik")
		s.centre(small, x+side/2.0, y+side+4+small.leading(), "penerima ini")
	}, nil
}
