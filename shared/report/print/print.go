// Package print sets a report on paper: an A4 PDF with its sentences, its
// figures large, charts, and under each chart a table with the same numbers. It
// reckons nothing that the report does not say, beyond sums of what stands in
// one row.
//
// It is pure: the same report gives the same bytes, so that a file that was lost
// or never written can be made again. Paper names no collaborator, for a report
// names none.
package print

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
	"ksbb/shared/document"
	"ksbb/shared/region"
	"ksbb/shared/report"
	"ksbb/shared/tally"
)

// Report writes a report as PDF. source is the JSON file that r was read from,
// and site the address that its path is appended to, "https://ksbb.example".
func Report(r report.Report, source report.Source, pack *region.Pack, site string) ([]byte, error) {
	period, err := report.ParsePeriod(r.Period)
	if err != nil {
		return nil, fmt.Errorf("print report: %w", err)
	}
	w := &writer{
		sheet: sheet{pdf: document.Blank(document.About{
			Title:   "Laporan " + r.Kind.Name() + " " + period.Title() + ", " + pack.Title,
			Subject: fmt.Sprintf("Periode %s, revisi %d", r.Period, r.Revision),
			Author:  pack.Operator.Name, Creator: pack.Title, At: r.AsOf.In(pack.Zone),
		})},
		named: named{pack}, r: r, period: period, source: source, site: strings.TrimSuffix(site, "/"),
	}
	w.running = pack.Title + " · Laporan " + r.Kind.Name() + " " + period.Title()
	w.foot = fmt.Sprintf("%s/laporan/%s/ · revisi %d", strings.TrimPrefix(strings.TrimPrefix(w.site, "https://"), "http://"), r.Period, r.Revision)
	if r.Demo {
		w.demo = pack.Texts.Demo
	}
	if w.largest() >= 10_000_000_000_000 {
		w.unit, w.rupiah = 1_000_000, "juta rupiah, dibulatkan"
	} else {
		w.unit, w.rupiah = 1, "rupiah"
	}
	w.cover()
	w.happened()
	w.stands()
	w.areas()
	w.givers()
	w.goods()
	w.others()
	w.attention()
	w.corrections()
	w.meanings()
	if err := w.origin(); err != nil {
		return nil, fmt.Errorf("print report %s: %w", r.Period, err)
	}
	pdf, err := w.close()
	if err != nil {
		return nil, fmt.Errorf("print report %s: %w", r.Period, err)
	}
	return pdf, nil
}

// writer adds one section after the other.
type writer struct {
	sheet
	named
	r      report.Report
	period report.Period
	source report.Source
	site   string
	unit   int64  // that tables count rupiah in
	rupiah string // its name
}

// largest returns the largest sum of the report.
func (w *writer) largest() int64 {
	g := w.r.End.Whole.Gift
	return max(g.Needed, g.Given(), w.r.End.Whole.Loan.Needed, w.r.End.Whole.Free.Given())
}

// money writes an amount in a table. Where rupiah are too many for a column they
// are counted in millions, and the table says so.
func (w *writer) money(n int64) string { return bahasa.Number(w.rounded(n)) }

func (w *writer) rounded(n int64) int64 {
	if n < 0 {
		return -w.rounded(-n)
	}
	return (n + w.unit/2) / w.unit
}

// open returns what nobody has promised yet.
func open(s tally.Stand) int64 { return max(0, s.Needed-s.Given()) }

// cover begins the first page: who reports, of when, and what matters most.
func (w *writer) cover() {
	r, pack := w.r, w.pack
	office := pack.Operator.Name
	if pack.Operator.Office != "" {
		office = pack.Operator.Office + " · " + office
	}
	w.add(block{height: 21, draw: func(float64) {
		const y = 14.0
		w.mark(left, y)
		w.put(face{14, true, ink}, left+14, y-0.3, pack.Title)
		w.put(w.narrow(note, wide-14, office), left+14, y+6.2, office)
		w.line(left, y+14, right, y+14, 0.7, leaf)
	}})
	w.add(block{height: 16, draw: func(float64) {}})
	if r.Demo {
		const h = 8.5
		w.add(block{height: h + 4, draw: func(y float64) {
			w.fill(left, y, wide, h, tint)
			w.frame(left, y, wide, h, 0.5, ink)
			w.centre(face{10.5, true, ink}, pageWidth/2, y+1.8, "DATA CONTOH: semua penerima, komitmen, dan angka dikarang untuk peragaan")
		}})
	}
	title := w.period.Title()
	kind := face{11, true, leaf}
	for _, line := range w.wrap(kind, wide, 3, strings.ToUpper("Laporan "+r.Kind.Name()+" · "+r.Name)) {
		w.add(block{height: kind.leading(), draw: func(y float64) { w.put(kind, left, y, line) }})
	}
	w.add(block{height: 16, draw: func(y float64) { w.put(w.narrow(face{32, true, ink}, wide, title), left, y, title) }})
	for _, line := range w.whole(note, wide, fmt.Sprintf("Periode %s. Angka menyebut keadaan tepat sebelum %s. Revisi %d.",
		bahasa.Weekdays(aid.Period{From: r.From, To: r.To}), bahasa.Instant(r.AsOf, pack.Zone), r.Revision)) {
		w.add(block{height: note.leading(), draw: func(y float64) { w.put(note, left, y, line) }})
	}
	w.revision()
	w.gap(5)
	w.keyFigures()
	w.titled("Sejauh mana kebutuhan terpenuhi", "pemberian menurut daftar kebutuhan, sejak awal program, rupiah")
	g := r.End.Whole.Gift
	w.gauge([]int64{g.Received, g.Delivered, g.Committed, open(g)}, states)
	w.gap(3)
	for _, p := range r.Paragraphs {
		w.say(body, p)
		w.gap(1.6)
	}
}

// mark draws the sign of the service, two people side by side.
func (w *writer) mark(x, y float64) {
	const scale = 0.3
	at := func(px, py float64) (float64, float64) { return x + (px-5)*scale, y + (py-7)*scale }
	circle := func(px, py, r float64, c shade) {
		cx, cy := at(px, py)
		w.pdf.SetFillColor(c.r, c.g, c.b)
		w.pdf.Circle(cx, cy, r*scale, "F")
	}
	circle(14, 15, 8, shade{221, 143, 82})
	circle(27, 15, 8, leaf)
	w.pdf.SetFillColor(8, 79, 57)
	px, py := at(5, 34)
	w.pdf.MoveTo(px, py)
	for _, c := range [][6]float64{{7, 26, 12, 24, 15, 24}, {19, 24, 20, 26, 20.5, 27}, {21, 26, 22.5, 24, 26.5, 24}, {29.5, 24, 34, 26, 35.5, 34}} {
		x0, y0 := at(c[0], c[1])
		x1, y1 := at(c[2], c[3])
		x2, y2 := at(c[4], c[5])
		w.pdf.CurveBezierCubicTo(x0, y0, x1, y1, x2, y2)
	}
	w.pdf.ClosePath()
	w.pdf.DrawPath("F")
}

// revision says why a report was made again.
func (w *writer) revision() {
	if w.r.Revision <= 1 {
		return
	}
	text := w.wrap(body, wide-8, 12, fmt.Sprintf("Revisi %d menggantikan revisi %d. Alasan: %s", w.r.Revision, w.r.Revision-1, cmp.Or(w.r.Reason, "tidak disebut")))
	h := float64(len(text))*body.leading() + 4
	w.gap(3)
	w.add(block{height: h, draw: func(y float64) {
		w.fill(left, y, wide, h, tint)
		w.fill(left, y, 1.6, h, alarm)
		for i, line := range text {
			w.put(body, left+5, y+2+float64(i)*body.leading(), line)
		}
	}})
}

// keyFigures adds six figures large.
func (w *writer) keyFigures() {
	r := w.r
	contact := "belum ada yang berkontak"
	if r.End.Contact.P90Hours != nil {
		contact = "90% dalam " + hours(r.End.Contact.P90Hours) + " · sejak awal"
	}
	type figure struct{ name, number, about string }
	all := []figure{
		{"Diterima pada periode ini", bahasa.Short(r.Happened.ReceivedValue), "sebelumnya " + bahasa.Short(r.Before.ReceivedValue)},
		{"Komitmen baru", bahasa.Number(r.Happened.Pledged), "senilai " + bahasa.Short(r.Happened.PledgedValue) + " · sebelumnya " + bahasa.Number(r.Before.Pledged)},
		{"Kolaborator yang berjanji", bahasa.Count(&r.Givers), "sebelumnya " + bahasa.Count(&r.GiversBefore)},
		{"Belum dijanjikan siapa pun", bahasa.Short(open(r.End.Whole.Gift)), "dari kebutuhan " + bahasa.Short(r.End.Whole.Gift.Needed)},
		{"Belum menerima bantuan apa pun", bahasa.Number(r.ForgottenTotal), "dari " + bahasa.Number(r.End.Register.Recipients) + " penerima terdaftar"},
		{"Median sampai kontak", hours(r.End.Contact.MedianHours), contact},
	}
	const h, columns = 23.5, 3
	const column = wide / columns
	for row := range len(all) / columns {
		w.add(block{height: h, keep: row == 0, draw: func(y float64) {
			for i, f := range all[row*columns : (row+1)*columns] {
				x := left + float64(i)*column
				most := column - 6
				w.line(x, y, x+column-5, y, 0.5, ink)
				w.put(w.narrow(face{8.5, false, ink}, most, f.name), x, y+1.6, f.name)
				w.put(w.narrow(face{22, true, ink}, most, f.number), x, y+5.4, f.number)
				w.put(w.narrow(note, most, f.about), x, y+15.6, f.about)
			}
		}})
	}
}

// happened says what the period brought, day by day.
func (w *writer) happened() {
	r := w.r
	w.begin("Yang terjadi pada periode ini", "Menurut hari kejadian. Nilai memuat pemberian menurut daftar kebutuhan dan bantuan di luar daftar bersama; pinjaman tidak ikut.")
	type line struct {
		name               string
		n, before          int64
		value, valueBefore int64
	}
	t := table{columns: []column{{title: "Kejadian", weight: 1}, {title: "Banyaknya"}, {title: "Sebelumnya"}, {title: "Nilai (" + w.rupiah + ")"}, {title: "Sebelumnya"}, {title: "Perubahan nilai"}}}
	for _, l := range []line{
		{"Dijanjikan", r.Happened.Pledged, r.Before.Pledged, r.Happened.PledgedValue, r.Before.PledgedValue},
		{"Dilaporkan dikirim", r.Happened.Delivered, r.Before.Delivered, r.Happened.DeliveredValue, r.Before.DeliveredValue},
		{"Dikonfirmasi diterima", r.Happened.Received, r.Before.Received, r.Happened.ReceivedValue, r.Before.ReceivedValue},
		{"Gugur, lewat batas waktu", r.Happened.Lapsed, r.Before.Lapsed, r.Happened.LapsedValue, r.Before.LapsedValue},
		{"Dibatalkan", r.Happened.Withdrawn, r.Before.Withdrawn, r.Happened.WithdrawnValue, r.Before.WithdrawnValue},
	} {
		t.rows = append(t.rows, []string{l.name, bahasa.Number(l.n), bahasa.Number(l.before), w.money(l.value), w.money(l.valueBefore), change(l.value, l.valueBefore)})
	}
	w.table(t)
	w.calendar()
}

// calendar shows the days of a period that has more than one.
func (w *writer) calendar() {
	days := w.period.Days()
	if len(days) < 2 {
		return
	}
	of := map[string]tally.Happened{}
	for _, d := range w.r.End.Days {
		if d.Happened != (tally.Happened{}) {
			of[d.Period] = d.Happened
		}
	}
	if len(of) == 0 {
		w.gap(3)
		w.say(body, "Tidak ada kejadian pada periode ini.")
		return
	}
	names := make([]string, len(days))
	panels := []panel{
		{title: "Dijanjikan", ground: groundCommitted, end: "seluruhnya " + bahasa.Short(w.r.Happened.PledgedValue)},
		{title: "Dilaporkan dikirim", ground: groundDelivered, end: "seluruhnya " + bahasa.Short(w.r.Happened.DeliveredValue)},
		{title: "Dikonfirmasi diterima", ground: groundReceived, end: "seluruhnya " + bahasa.Short(w.r.Happened.ReceivedValue)},
	}
	t := table{sum: true, columns: []column{{title: "Hari", weight: 1}, {title: "Komitmen"}, {title: "Nilai dijanjikan"}, {title: "Kiriman"},
		{title: "Nilai dikirim"}, {title: "Konfirmasi"}, {title: "Nilai diterima"}, {title: "Gugur"}, {title: "Dibatalkan"}}}
	row := func(name string, h tally.Happened) []string {
		return []string{name, w.none(h.Pledged), w.noMoney(h.PledgedValue), w.none(h.Delivered), w.noMoney(h.DeliveredValue),
			w.none(h.Received), w.noMoney(h.ReceivedValue), w.none(h.Lapsed), w.none(h.Withdrawn)}
	}
	for i, d := range days {
		h := of[string(d)]
		weekday, _, _ := strings.Cut(bahasa.Weekday(d), ",")
		date := strings.TrimLeft(string(d[8:]), "0")
		names[i] = date
		if len(days) <= 7 {
			names[i] = weekday + " " + date
		}
		panels[0].values = append(panels[0].values, h.PledgedValue)
		panels[1].values = append(panels[1].values, h.DeliveredValue)
		panels[2].values = append(panels[2].values, h.ReceivedValue)
		t.rows = append(t.rows, row(weekday+", "+strings.TrimSuffix(bahasa.Date(d), " "+string(d[:4])), h))
	}
	t.rows = append(t.rows, row("Seluruhnya", w.r.Happened))
	w.titled("Nilai per hari", "rupiah, ketiga baris pada skala yang sama")
	w.days(names, panels)
	w.titled("Hari demi hari", "nilai dalam "+w.rupiah)
	w.table(t)
}

// part writes which part of all commitments that hold a row has.
func (w *writer) part(r tally.Row) string {
	return bahasa.Percent(r.Commitments.Holding, w.r.End.Whole.Commitments.Holding)
}

// none and noMoney write a figure, and a dash for zero, so that the eye finds
// the days on which something happened.
func (w *writer) none(n int64) string {
	if n == 0 {
		return nothing
	}
	return bahasa.Number(n)
}

func (w *writer) noMoney(n int64) string {
	if n == 0 {
		return nothing
	}
	return w.money(n)
}

// stands says how far the need is met.
func (w *writer) stands() {
	r := w.r
	w.begin("Keadaan pada akhir periode", "Sejak awal program sampai akhir periode. Pemberian, pinjaman, dan bantuan di luar daftar tidak pernah dijumlahkan.")
	w.changes()

	w.titled("Penerima dan kontak", "")
	c, p := r.End.Contact, r.End.Register
	w.facts([][2]string{
		{"Penerima terdaftar", bahasa.Number(p.Recipients)},
		{"sudah menerima sesuatu", bahasa.Number(r.End.Reached)},
		{"belum menerima bantuan apa pun", bahasa.Number(p.Unreached)},
		{"Kepala keluarga (KK)", bahasa.Number(p.Households)},
		{"Jiwa", bahasa.Number(p.People)},
		{"Cakupan pangan", bahasa.Coverage(p)},
		{"Hari pangan satu keluarga yang diterima", bahasa.Number(p.HouseholdDays)},
		{"Nilai diterima per 1.000 KK", perThousand(p.PerThousand)},
		{"Komitmen yang pernah dikonfirmasi", bahasa.Number(c.Pledged)},
		{"yang berlaku", bahasa.Number(r.End.Whole.Commitments.Holding)},
		{"Kedua pihak sudah berbicara", bahasa.Number(c.Contacted)},
		{"Median sampai kontak", hours(c.MedianHours)},
		{"Persentil ke-90 sampai kontak", hours(c.P90Hours)},
		{"Bagian yang gugur", bahasa.Percent(r.End.Whole.Commitments.Lapsed, c.Pledged)},
		{"Bagian yang pernah dipersengketakan", bahasa.Percent(r.End.Whole.Commitments.Disputes, c.Pledged)},
		{"Kolaborator sejak awal", bahasa.Count(r.End.Whole.Collaborators)},
	})
}

// changes says how each form of aid stands in each state, and what the period
// changed.
func (w *writer) changes() {
	end, change := w.r.End.Whole, w.r.Change.Whole
	forms := []struct{ now, by tally.Stand }{{end.Gift, change.Gift}, {end.Loan, change.Loan}, {end.Free, change.Free}}
	t := table{columns: []column{{title: "Keadaan", weight: 1}, {title: "Pemberian"}, {title: "perubahan"}, {title: "Pinjaman"}, {title: "perubahan"},
		{title: "Di luar daftar"}, {title: "perubahan"}}}
	for _, state := range []struct {
		name   string
		listed bool // said of what is on the list of needs only
		of     func(tally.Stand) int64
	}{
		{"Dibutuhkan", true, func(s tally.Stand) int64 { return s.Needed }},
		{"Dijanjikan", false, func(s tally.Stand) int64 { return s.Committed }},
		{"– yang dipersengketakan", false, func(s tally.Stand) int64 { return s.Disputed }},
		{"Dikirim", false, func(s tally.Stand) int64 { return s.Delivered }},
		{"Diterima", false, func(s tally.Stand) int64 { return s.Received }},
		{"Gugur", false, func(s tally.Stand) int64 { return s.Lapsed }},
		{"Dibatalkan", false, func(s tally.Stand) int64 { return s.Withdrawn }},
	} {
		cells := []string{state.name}
		for i, f := range forms {
			if state.listed && i == 2 {
				cells = append(cells, nothing, nothing)
				continue
			}
			cells = append(cells, w.money(state.of(f.now)), w.signed(state.of(f.by)))
		}
		t.rows = append(t.rows, cells)
	}
	w.titled("Keadaan dan perubahannya pada periode ini", "nilai dalam "+w.rupiah)
	w.table(t)
}

func perThousand(n int64) string {
	if n < 0 {
		return nothing
	}
	return bahasa.Rupiah(aid.Rupiah(n))
}

// signed writes by how much something changed.
func (w *writer) signed(n int64) string {
	switch {
	case n == 0:
		return nothing
	case w.rounded(n) > 0:
		return "+" + w.money(n)
	}
	return w.money(n)
}

// facts adds names and figures in two columns.
func (w *writer) facts(all [][2]string) {
	const column, between = wide/2 - 4, 8.0
	f, n := face{9, false, ink}, face{9, true, ink}
	rows := (len(all) + 1) / 2
	for row := range rows {
		w.add(block{height: f.leading() + 1.9, keep: row < 1 || row == rows-2, draw: func(y float64) {
			for side := range 2 {
				i := row + side*rows
				if i >= len(all) {
					continue
				}
				x := left + float64(side)*(column+between)
				w.put(f, x, y+0.9, all[i][0])
				w.ends(n, x+column, y+0.9, all[i][1])
				w.line(x, y+f.leading()+1.9, x+column, y+f.leading()+1.9, 0.15, rule)
			}
		}})
	}
}

// split adds a chart of the gifts of each row, and a table with the same
// numbers.
func (w *writer) split(title, first string, rows []tally.Row, name func(string) string, needs, people bool) {
	if len(rows) == 0 {
		w.titled(title, "")
		w.say(note, "Belum ada yang dapat dibagi.")
		return
	}
	keys := states
	if !needs {
		keys = states[:3]
	}
	var chart []stack
	t := table{columns: []column{{title: first, weight: 1}, {title: "Komitmen"}, {title: "Bagian"}}}
	if people {
		t.columns = append(t.columns, column{title: "Kolaborator"})
	}
	if needs {
		t.columns = append(t.columns, column{title: "Dibutuhkan"})
	}
	t.columns = append(t.columns, column{title: "Dijanjikan"}, column{title: "Dikirim"}, column{title: "Diterima"})
	if needs {
		t.columns = append(t.columns, column{title: "Belum dijanjikan"})
	}
	for _, r := range rows {
		g := r.Gift
		parts := []int64{g.Received, g.Delivered, g.Committed}
		end := bahasa.Number(r.Commitments.Holding) + " komitmen · " + w.part(r)
		if needs {
			parts = append(parts, open(g))
			if g.Needed > 0 {
				end = bahasa.Percent(g.Received, g.Needed) + " diterima"
			}
		}
		if slices.Max(parts) > 0 {
			chart = append(chart, stack{name(r.Key), parts, end})
		}
		cells := []string{name(r.Key), bahasa.Number(r.Commitments.Holding), w.part(r)}
		if people {
			cells = append(cells, bahasa.Count(r.Collaborators))
		}
		if needs {
			cells = append(cells, w.money(g.Needed))
		}
		cells = append(cells, w.money(g.Committed), w.money(g.Delivered), w.money(g.Received))
		if needs {
			cells = append(cells, w.money(open(g)))
		}
		t.rows = append(t.rows, cells)
	}
	w.titled(title, "pemberian menurut daftar kebutuhan, nilai dalam rupiah")
	if len(chart) == 0 {
		w.say(note, "Belum ada nilai yang dapat digambar.")
	} else {
		w.bars(chart, keys)
	}
	w.titled(title+" dalam angka", "pemberian menurut daftar kebutuhan, nilai dalam "+w.rupiah)
	w.table(t)
	w.apart(first, rows, name)
}

// apart adds what is never added up with gifts, where there is any.
func (w *writer) apart(first string, rows []tally.Row, name func(string) string) {
	t := table{columns: []column{{title: first, weight: 1}, {title: "Di luar daftar dijanjikan"}, {title: "Di luar daftar dikirim"},
		{title: "Di luar daftar diterima"}, {title: "Pinjaman dijanjikan"}, {title: "Pinjaman dikirim"}, {title: "Pinjaman diterima"}}}
	for _, r := range rows {
		if r.Free.Given()+r.Loan.Given() > 0 {
			t.rows = append(t.rows, []string{name(r.Key), w.noMoney(r.Free.Committed), w.noMoney(r.Free.Delivered), w.noMoney(r.Free.Received),
				w.noMoney(r.Loan.Committed), w.noMoney(r.Loan.Delivered), w.noMoney(r.Loan.Received)})
		}
	}
	if len(t.rows) > 0 {
		w.titled("Di luar daftar dan pinjaman", "nilai dalam "+w.rupiah)
		w.table(t)
	}
}

// most puts the rows with most commitments first.
func most(rows []tally.Row) []tally.Row {
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b tally.Row) int {
		return cmp.Or(cmp.Compare(b.Commitments.Holding, a.Commitments.Holding), cmp.Compare(b.Gift.Given(), a.Gift.Given()))
	})
	return sorted
}

func (w *writer) areas() {
	w.begin("Ke mana bantuan pergi", "Menurut wilayah penerima. Wilayah asal kolaborator tidak dicatat.")
	w.split("Kebutuhan dan bantuan menurut wilayah", "Wilayah", w.r.End.Areas, w.place, true, false)
	t := table{columns: []column{{title: "Wilayah", weight: 1}, {title: "Penerima"}, {title: "KK"}, {title: "Jiwa"}, {title: "Belum menerima"},
		{title: "Cakupan pangan"}, {title: "Diterima per 1.000 KK"}}}
	for _, r := range w.r.End.Areas {
		if p := r.Place; p != nil {
			each := nothing
			if p.PerThousand >= 0 {
				each = bahasa.Number(p.PerThousand)
			}
			t.rows = append(t.rows, []string{w.place(r.Key), bahasa.Number(p.Recipients), bahasa.Number(p.Households), bahasa.Number(p.People),
				bahasa.Number(p.Unreached), bahasa.Coverage(*p), each})
		}
	}
	if len(t.rows) > 0 {
		w.titled("Penerima menurut wilayah", "nilai dalam rupiah")
		w.table(t)
	}
}

func (w *writer) givers() {
	w.begin("Siapa yang memberi", "Golongan kolaborator dinyatakan sendiri oleh kolaborator. Bagian adalah bagian dari semua komitmen yang berlaku.")
	w.split("Bantuan menurut golongan kolaborator", "Golongan", most(w.r.End.Classes), w.class, false, true)
}

func (w *writer) goods() {
	w.begin("Apa yang diberikan", "Satu komitmen dihitung pada jenis bantuan yang ditulis pertama; nilai dan satuan pada jenisnya masing-masing.")
	rows := most(w.r.End.Packages)
	priced := slices.DeleteFunc(slices.Clone(rows), func(r tally.Row) bool {
		return r.Commitments == tally.Number{} && r.Gift == tally.Stand{} && r.Loan == tally.Stand{} && r.Free == tally.Stand{}
	})
	w.split("Bantuan menurut jenis", "Jenis bantuan", priced, w.parcel, true, false)
	if n := len(rows) - len(priced); n > 0 {
		w.gap(1.5)
		w.say(note, fmt.Sprintf("%d jenis bantuan tanpa harga acuan dan tanpa komitmen hanya terbaca dalam satuan, di tabel terakhir bagian ini.", n))
	}
	t := table{columns: []column{{title: "Jenis bantuan", weight: 2}, {title: "Satuan", weight: 0.7}, {title: "Dibutuhkan"}, {title: "Dijanjikan"}, {title: "Dikirim"},
		{title: "Diterima"}, {title: "Belum dijanjikan"}, {title: "Gugur"}, {title: "Dibatalkan"}}}
	for _, r := range rows {
		if u := r.Units; u != nil {
			t.rows = append(t.rows, []string{w.parcel(r.Key), w.measure(r.Key), bahasa.Number(u.Needed), bahasa.Number(u.Committed), bahasa.Number(u.Delivered),
				bahasa.Number(u.Received), bahasa.Number(open(*u)), bahasa.Number(u.Lapsed), bahasa.Number(u.Withdrawn)})
		}
	}
	if len(t.rows) > 0 {
		w.titled("Banyaknya menurut jenis bantuan", "dalam satuan masing-masing, yang tidak pernah dijumlahkan")
		w.table(t)
	}
}

// others adds the splits that need no chart of their own: a bar in each row is
// enough.
func (w *writer) others() {
	w.begin("Pembagian lain", "Bagian adalah bagian dari semua komitmen yang berlaku.")
	for _, o := range []struct {
		title, first string
		rows         []tally.Row
		name         func(string) string
	}{
		{"Menurut jenis penerima", "Penerima", w.r.End.Kinds, w.kind},
		{"Menurut program", "Program", w.r.End.Programs, w.program},
		{"Menurut jalur", "Jalur", w.r.End.Routes, w.route},
	} {
		w.titled(o.title, "nilai pemberian dalam "+w.rupiah)
		if len(o.rows) == 0 {
			w.say(note, "Belum ada.")
			continue
		}
		rows := most(o.rows)
		t := table{columns: []column{{title: o.first, weight: 1}, {title: "Bagian", fixed: 30}, {title: ""}, {title: "Komitmen"}, {title: "Dijanjikan"}, {title: "Dikirim"}, {title: "Diterima"}}}
		for _, r := range rows {
			t.rows = append(t.rows, []string{o.name(r.Key), "", w.part(r), bahasa.Number(r.Commitments.Holding), w.money(r.Gift.Committed), w.money(r.Gift.Delivered), w.money(r.Gift.Received)})
		}
		t.draw = func(row int, x, y, width, h float64) {
			w.frame(x, y, width, h, 0.15, rule)
			if part := float64(rows[row].Share) / 10_000; part > 0 {
				w.area(groundReceived, x, y, max(part*width, 0.35), h)
			}
		}
		w.table(t)
	}
}

// spots lists recipients.
func (w *writer) spots(spots []report.Spot) {
	t := table{columns: []column{{title: "Tempat", weight: 1.2}, {title: "Jenis", weight: 0.6}, {title: "Wilayah", weight: 1.1}, {title: "KK"}, {title: "Dibutuhkan"}, {title: "Belum dijanjikan"}}}
	for _, p := range spots {
		t.rows = append(t.rows, []string{p.Name, w.kind(string(p.Kind)), w.within(p.Area, p.Name), w.none(p.Households), w.money(p.Needed), w.money(p.Open)})
	}
	w.table(t)
}

// attention lists where help is missing, late or thin.
func (w *writer) attention() {
	r := w.r
	w.begin("Yang perlu diperhatikan", "Tempat, bukan orang. Keadaan pada akhir periode.")
	w.titled("Kebutuhan terbesar yang belum dijanjikan siapa pun", "nilai dalam "+w.rupiah)
	if len(r.Gaps) == 0 {
		w.say(note, "Tidak ada: semua kebutuhan yang punya harga acuan sudah dijanjikan.")
	} else {
		w.spots(r.Gaps)
	}
	w.titled("Belum menerima bantuan apa pun", "nilai dalam "+w.rupiah)
	switch {
	case len(r.Forgotten) == 0:
		w.say(note, "Tidak ada: setiap tempat yang membutuhkan sudah dikirimi sesuatu.")
	default:
		if n := int64(len(r.Forgotten)); n < r.ForgottenTotal {
			w.say(note, bahasa.Number(n)+" dari "+bahasa.Number(r.ForgottenTotal)+" tempat, yang kepala keluarganya terbanyak lebih dulu.")
			w.after()
		}
		w.spots(r.Forgotten)
	}
	w.thin()
	w.titled("Kontak yang paling lama ditunggu", "median jam dari komitmen sampai kedua pihak berbicara")
	if len(r.Slow) == 0 {
		w.say(note, "Belum cukup kontak untuk dibandingkan.")
		return
	}
	t := table{columns: []column{{title: "Kecamatan", weight: 1}, {title: "Wilayah", weight: 1}, {title: "Median jam"}, {title: "Komitmen yang sudah berkontak"}}}
	for _, p := range r.Slow {
		t.rows = append(t.rows, []string{p.Name, w.within(p.Area, p.Name), bahasa.Number(int64(p.MedianHours)), bahasa.Number(p.Contacted)})
	}
	w.table(t)
}

// thinLength is how many kelurahan are listed; the files have all of them.
const thinLength = 12

// thin lists the kelurahan that received least for their households.
func (w *writer) thin() {
	var rows []report.KelurahanRow
	for _, k := range w.r.Kelurahan {
		if k.Register.PerThousand >= 0 && k.Open > 0 {
			rows = append(rows, k)
		}
	}
	if len(rows) == 0 {
		return
	}
	slices.SortStableFunc(rows, func(a, b report.KelurahanRow) int {
		return cmp.Or(cmp.Compare(a.Register.PerThousand, b.Register.PerThousand), cmp.Compare(b.Register.Households, a.Register.Households), cmp.Compare(a.Area, b.Area))
	})
	all := len(rows)
	rows = rows[:min(all, thinLength)]
	w.titled("Kelurahan dengan bantuan paling sedikit per 1.000 KK", "nilai dalam "+w.rupiah)
	if all > len(rows) {
		w.say(note, fmt.Sprintf("%s dari %s kelurahan dengan kebutuhan terbuka; bila sama, yang kepala keluarganya terbanyak lebih dulu. Semua kelurahan ada di berkas data.", bahasa.Number(int64(len(rows))), bahasa.Number(int64(all))))
		w.after()
	}
	t := table{columns: []column{{title: "Kelurahan", weight: 1}, {title: "Wilayah", weight: 1.3}, {title: "KK"}, {title: "Belum menerima"}, {title: "Diterima"}, {title: "Diterima per 1.000 KK"}, {title: "Belum dijanjikan"}}}
	for _, k := range rows {
		t.rows = append(t.rows, []string{k.Name, w.within(k.Area, k.Name), bahasa.Number(k.Register.Households), bahasa.Number(k.Register.Unreached),
			w.money(k.Received), w.money(k.Register.PerThousand), w.money(k.Open)})
	}
	w.table(t)
}

// corrections lists what was put right in the period.
func (w *writer) corrections() {
	w.begin("Koreksi data", "Koreksi yang dicatat pada periode ini, dengan alasannya. Jabatan yang bertanggung jawab disebut, bukan orangnya.")
	if len(w.r.Corrections) == 0 {
		w.say(body, "Tidak ada koreksi pada periode ini.")
		return
	}
	t := table{columns: []column{{title: "Waktu", weight: 0.8}, {title: "Bagian peta", weight: 0.9}, {title: "Alasan", weight: 2}, {title: "Oleh", weight: 0.8}}}
	for _, c := range w.r.Corrections {
		t.rows = append(t.rows, []string{w.moment(c.On), w.leaf(c.Leaf), c.Reason, c.By})
	}
	w.table(t)
}

// moment writes an instant in few words.
func (w *writer) moment(t time.Time) string {
	return bahasa.Date(aid.DayOf(t, w.pack.Zone)) + ", " + t.In(w.pack.Zone).Format("15.04 MST")
}

// meant are the figures that a reader of paper needs defined, as this report
// calls them.
var meant = []struct{ name, figure string }{
	{"Dibutuhkan", "needed"}, {"Dijanjikan", "committed"}, {"Dikirim", "delivered"}, {"Diterima", "received"},
	{"Belum dijanjikan", "remaining"}, {"Dipersengketakan", "disputed"}, {"Gugur", "lapsed"}, {"Dibatalkan", "withdrawn"},
	{"Pemberian", "gift"}, {"Pinjaman", "loan"}, {"Di luar daftar", "free"}, {"Komitmen", "commitments"}, {"Bagian", "share"},
	{"Kolaborator", "collaborators"}, {"Belum menerima", "unreached"}, {"Cakupan pangan", "coverage"}, {"Median sampai kontak", "medianHours"},
}

// meanings defines the figures in the words of [tally.Definitions].
func (w *writer) meanings() {
	w.begin("Arti angka", "Menurut data/v1/definitions.json, yang menjelaskan semua angka dalam dua bahasa. Persen dibulatkan; “–” berarti tidak ada yang dapat dihitung.")
	const indent = 40.0
	f, name := face{8.5, false, ink}, face{8.5, true, ink}
	for _, m := range meant {
		d, ok := tally.Defined(m.figure)
		if !ok {
			continue
		}
		text := d.ID
		if rest, ok := strings.CutPrefix(text, m.name); ok && strings.HasPrefix(rest, ": ") {
			text = strings.ToUpper(rest[2:3]) + rest[3:]
		}
		all := w.whole(f, wide-indent, text)
		w.add(block{height: float64(len(all))*f.leading() + 1.3, draw: func(y float64) {
			w.put(name, left, y, m.name)
			for i, line := range all {
				w.put(f, left+indent, y+float64(i)*f.leading(), line)
			}
		}})
	}
}

// origin says which files the figures come from, and where the same stands with
// everything that came after.
func (w *writer) origin() error {
	page := w.site + "/laporan/" + w.r.Period + "/"
	const side, text = 32.0, wide - 46
	code, err := document.SquareOf(page, side)
	if err != nil {
		return err
	}
	w.begin("Dari mana angka ini?", "")
	lines := w.whole(body, text, "Setiap angka di laporan ini diambil dari satu berkas terbuka dan tabel-tabelnya. Sidik di bawah membuktikan bahwa berkas yang Anda unduh adalah yang dipakai di sini. "+
		"Revisi yang lebih baru, halaman, dan semua berkas ada di alamat ini:")
	address := w.whole(strong, text, page)
	height := max(side+6, float64(len(lines)+len(address))*body.leading()+6)
	w.add(block{height: height, keep: true, draw: func(y float64) {
		for i, line := range append(slices.Clone(lines), address...) {
			f := body
			if i >= len(lines) {
				f = strong
			}
			w.put(f, left, y+float64(i)*body.leading(), line)
		}
		code.Draw(w.pdf, right-side-3, y)
	}})
	t := table{most: 8, columns: []column{{title: "Berkas dan sidiknya (SHA-256)", weight: 1}, {title: "Baris"}, {title: "Ukuran"}}}
	for _, f := range append([]report.Source{w.source}, w.r.Tables...) {
		rows, bytes := nothing, nothing
		if f.Table != "" {
			rows = bahasa.Number(f.Rows)
		}
		if f.Bytes > 0 {
			bytes = bahasa.Size(f.Bytes)
		}
		t.rows = append(t.rows, []string{f.Path + "\n" + f.Hash, rows, bytes})
	}
	w.table(t)
	return nil
}
