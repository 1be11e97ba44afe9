package document

import (
	"errors"
	"fmt"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
)

// Receipt writes what the collaborator keeps: what of the pledge was delivered
// and what of that was confirmed, until the instant of issue. It is a record of
// what the two sides said, and tells where everyone can see the same.
func Receipt(paper Paper, p Pledge, all []Delivered) ([]byte, error) {
	pdf, err := receipt(paper, p, all)
	return wrote("receipt", p.Number, pdf, err)
}

func receipt(paper Paper, p Pledge, all []Delivered) ([]byte, error) {
	if len(p.Items) == 0 || len(all) == 0 {
		return nil, errEmpty
	}
	for _, d := range all {
		if len(d.Reported) != len(p.Items) || d.Received != nil && len(d.Received) != len(p.Items) {
			return nil, errors.New("want a quantity for each item of " + string(d.Number))
		}
	}
	s, err := open(paper, "Tanda Terima Bantuan", p.Number)
	if err != nil {
		return nil, err
	}
	if p.Letter != "" {
		s.foot = "Surat pernyataan komitmen: " + p.Letter
	}
	s.masthead()
	s.say(s.body(), "Terima kasih. Inilah catatan "+Printable(paper.Service)+" tentang bantuan yang sudah disalurkan:")
	s.gap(1)
	s.field("Dari", with(p.Giver, p.Class))
	s.field("Penerima", with(p.Recipient, p.Kind))
	s.field("Tempat", p.place())
	s.field("Penanggung jawab", p.Steward)
	s.field("Program", p.Program)
	s.field("Cara penyaluran", p.route())
	s.gap(2.5)
	s.worth(all)

	s.heading("Jumlah seluruhnya")
	s.totals(p.Items, all)
	s.heading("Setiap penyerahan")
	s.deliveries(p.Items, all)
	s.gap(2)
	return s.ending(p)
}

// worth adds what the confirmed aid comes to, in days and in rupiah.
func (s *sheet) worth(all []Delivered) {
	var value aid.Rupiah
	var households int64
	for _, d := range all {
		if d.Received != nil {
			value, households = value+d.Value, households+d.HouseholdDays
		}
	}
	type figure struct{ number, meaning string }
	var figures []figure
	if households > 0 {
		figures = append(figures, figure{"≈ " + bahasa.Number(households) + " hari-keluarga", "kebutuhan satu keluarga selama satu hari, menurut katalog paket"})
	}
	if value > 0 {
		figures = append(figures, figure{bahasa.Rupiah(value), "nilai bantuan yang dikonfirmasi diterima"})
	}
	if len(figures) == 0 {
		return
	}
	const h = 15.5
	w := wide / float64(len(figures))
	s.add(block{height: h, draw: func(y float64) {
		s.shade(left, y, wide, h)
		for i, f := range figures {
			mid := left + (float64(i)+0.5)*w
			s.centre(s.narrow(face{size: 17, bold: true}, w-6, f.number), mid, y+1.2, f.number)
			s.centre(s.narrow(small, w-6, f.meaning), mid, y+9.9, f.meaning)
		}
	}})
}

// totals adds how each item stands over all deliveries.
func (s *sheet) totals(items []Item, all []Delivered) {
	columns := []column{{"No", 10, true}, {"Bantuan", 76, false}, {"Dijanjikan", 32, true}, {"Dilaporkan", 32, true}, {"Diterima", 32, true}}
	rows := make([][]string, len(items))
	for i, it := range items {
		var reported, received int64
		for _, d := range all {
			reported += d.Reported[i]
			if d.Received != nil {
				received += d.Received[i]
			}
		}
		rows[i] = []string{fmt.Sprint(i + 1), it.goods(), it.amount(it.Quantity), it.amount(reported), it.amount(received)}
	}
	s.table(columns, rows, s.body(), 7, nil)
}

// deliveries adds one row for each hand-over: its number and day, what of each
// item, and what was answered. Items are named in one line, for they stand in
// full above.
func (s *sheet) deliveries(items []Item, all []Delivered) {
	columns := []column{{"BAST dan hari", 52, false}, {"Yang diserahkan", 70, false}, {"Konfirmasi", 60, false}}
	row := face{size: 10}
	rows := make([][]string, len(all))
	for n, d := range all {
		var what []string
		for i, it := range items {
			if d.Reported[i] == 0 {
				continue
			}
			most := columns[1].width - 2*inset
			what = append(what, AtMost(1, Lines(Printable(it.counted(d.Reported[i])), most, s.width(row)), most, s.width(row))...)
			if d.Received != nil && d.Received[i] != d.Reported[i] {
				what = append(what, "– diterima "+bahasa.Number(d.Received[i]))
			}
		}
		rows[n] = []string{
			string(d.Number) + "\n" + bahasa.Weekday(d.On) + "\nDilaporkan " + bahasa.Instant(d.ReportedAt, s.paper.Zone),
			strings.Join(what, "\n"),
			s.answer(d),
		}
	}
	s.table(columns, rows, row, 9, nil)
	s.gap(0.8)
	for _, d := range all {
		for _, print := range d.Evidence {
			s.say(tiny, "Bukti "+string(d.Number)+": "+print)
		}
	}
}

// answer says how a delivery was confirmed.
func (s *sheet) answer(d Delivered) string {
	if d.Answer == "" {
		return "Menunggu konfirmasi penerima"
	}
	parts := []string{d.Answer}
	if d.Via != "" {
		parts = append(parts, d.Via)
	}
	parts = append(parts, bahasa.Instant(d.AnsweredAt, s.paper.Zone))
	if d.Settled {
		parts = append(parts, "Selisih sudah diselesaikan kedua pihak")
	}
	return strings.Join(parts, "\n")
}

// ending says what the receipt is, and where the same can be seen.
func (s *sheet) ending(p Pledge) ([]byte, error) {
	code, err := s.public(p)
	if err != nil {
		return nil, err
	}
	const w = 128.0
	text := Lines("Catatan ini dibuat dari keterangan yang diberikan dan dikonfirmasi kedua pihak sampai "+
		bahasa.Instant(s.paper.At, s.paper.Zone)+". KSBB tidak menyimpan uang atau barang; tanda terima ini bukan bukti pembayaran.", w, s.width(s.body()))
	address := Lines(Printable(p.Page), w, s.width(s.body()))
	height := max(47.5, float64(len(text)+1+len(address))*s.body().leading()+3)
	s.add(block{height: height, draw: func(y float64) {
		for i, line := range text {
			s.put(s.body(), left, y+float64(i)*s.body().leading(), line)
		}
		if p.Page != "" {
			y := y + float64(len(text))*s.body().leading() + 2
			s.put(s.body(), left, y, "Keadaan terbaru dapat dilihat siapa pun di:")
			for i, line := range address {
				s.put(s.strong(), left, y+float64(i+1)*s.body().leading(), line)
			}
		}
		code(y)
	}})
	return s.close()
}
