package workbook

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/xuri/excelize/v2"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
	"ksbb/shared/report"
	"ksbb/shared/tally"
)

// Report writes a report as a workbook: the summary, the rows of its tables and
// what their columns mean. Columns are headed in Indonesian and instants are on
// the region's clock. Open opens the CSV file of a table of the report.
func Report(w io.Writer, r report.Report, pack *region.Pack, open func(table string) (io.ReadCloser, error)) error {
	period, err := report.ParsePeriod(r.Period)
	if err != nil {
		return fmt.Errorf("write workbook of report: %w", err)
	}
	title := fmt.Sprintf("Laporan %s %s, %s", r.Kind.Name(), pack.Title, period.Title())
	return write(w, title, r.AsOf, func(b *book) error {
		if err := b.summary(r, pack, title, period); err != nil {
			return err
		}
		tables := []report.Table{report.CommitmentTable, report.DeliveryTable, report.AreaTable, report.CorrectionTable}
		for _, t := range tables {
			if err := b.table(t, open, byLabel, pack.Zone); err != nil {
				return err
			}
			if t.Name == report.AreaTable.Name {
				if err := b.kelurahan(r, pack); err != nil {
					return err
				}
			}
		}
		return b.columns(tables)
	})
}

// across is how many characters fit on a line of a text over the whole sheet.
const across = 150

// summary writes the sheet that says everything of the report but the rows.
func (b *book) summary(r report.Report, pack *region.Pack, title string, period report.Period) error {
	s, err := b.sheet("Ringkasan", 40, 19, 19, 19, 19, 19, 19, 19)
	if err != nil {
		return err
	}
	s.put([]any{excelize.Cell{StyleID: b.title, Value: title}}, excelize.RowOpts{Height: 26})
	if r.Demo {
		s.prose(b.demo, pack.Texts.Demo, across)
	}
	s.prose(b.note, fmt.Sprintf("Periode %s. Angka menyebut keadaan tepat sebelum %s. Revisi %d.", bahasa.Weekdays(aid.Period{From: period.From, To: period.To}), bahasa.Instant(r.AsOf, pack.Zone), r.Revision), across)
	if r.Reason != "" {
		s.prose(b.demo, fmt.Sprintf("Revisi %d menggantikan revisi %d. Alasan: %s", r.Revision, r.Revision-1, r.Reason), across)
	}
	s.blank()
	for _, p := range r.Paragraphs {
		s.prose(b.paragraph, p, across)
	}
	s.figures(r)
	s.happened(r)
	names := func(of func(string) string) func(tally.Row) string {
		return func(row tally.Row) string { return of(row.Key) }
	}
	for _, split := range []struct {
		title string
		rows  []tally.Row
		name  func(tally.Row) string
	}{
		{"Menurut kota penerima", r.End.Areas, names(func(k string) string { return pack.AreaName(area.Code(k)) })},
		{"Menurut golongan kolaborator", r.End.Classes, names(func(k string) string { return bahasa.Class(aid.Class(k)) })},
		{"Menurut jenis penerima", r.End.Kinds, names(func(k string) string { return cmp.Or(pack.Catalogue().Kinds[aid.KindID(k)].Name, k) })},
		{"Menurut jenis bantuan", r.End.Packages, names(func(k string) string {
			if k == "" {
				return "Bantuan di luar daftar kebutuhan"
			}
			return cmp.Or(pack.Catalogue().Packages[aid.PackageID(k)].Name, k)
		})},
		{"Menurut program", r.End.Programs, names(func(k string) string { return cmp.Or(pack.Catalogue().Programs[aid.ProgramID(k)].Name, k) })},
		{"Menurut jalur", r.End.Routes, names(func(k string) string { return bahasa.Route(aid.Route(k)) })},
	} {
		s.split(split.title, split.rows, split.name)
	}
	s.spots("Kekurangan terbesar", r.Gaps, pack)
	s.spots(fmt.Sprintf("Belum dibawakan apa pun (%s penerima)", bahasa.Number(r.ForgottenTotal)), r.Forgotten, pack)
	s.slow(r)
	s.heading("Berkas sumber")
	s.header("Berkas", "Baris", "Bita", "Sidik jari")
	for _, f := range r.Tables {
		s.put([]any{f.Path, s.integer(f.Rows), s.integer(f.Bytes), f.Hash})
	}
	return s.end()
}

func (s *sheet) heading(text string) {
	s.blank()
	s.row(s.book.heading, text)
}

func (s *sheet) integer(n int64) any { return excelize.Cell{StyleID: s.book.integer, Value: n} }
func (s *sheet) rupiah(n int64) any  { return excelize.Cell{StyleID: s.book.rupiah, Value: n} }

// share is a part in ten-thousandths; -1 is none.
func (s *sheet) share(n int64) any {
	if n < 0 {
		return nil
	}
	return excelize.Cell{StyleID: s.book.styles.share, Value: float64(n) / 10_000}
}

// hours is a figure that is not known when nobody was contacted.
func (s *sheet) hours(n *int) any {
	if n == nil {
		return nil
	}
	return s.integer(int64(*n))
}

// count is an integer, or says that it is an estimate.
func (s *sheet) count(c tally.Count) any {
	if c.Estimated {
		return bahasa.Count(&c)
	}
	return s.integer(c.N)
}

func (s *sheet) counted(c *tally.Count) any {
	if c == nil {
		return nil
	}
	return s.count(*c)
}

// figures writes the figures of the whole, each with what it means.
func (s *sheet) figures(r report.Report) {
	s.heading("Angka utama")
	s.header("Angka", "Akhir periode", "Perubahan", "Arti")
	s.merge(4, s.wide)
	whole, change := r.End.Whole, r.Change.Whole
	line := func(name string, end, delta any, figure string) {
		meaning, _ := tally.Defined(figure)
		const perLine = 100
		s.put([]any{excelize.Cell{StyleID: s.book.name, Value: name}, end, delta, excelize.Cell{StyleID: s.book.note, Value: meaning.ID}}, excelize.RowOpts{Height: height(meaning.ID, perLine)})
		s.merge(4, s.wide)
	}
	line("Kolaborator", s.counted(whole.Collaborators), nil, "collaborators")
	line("Kolaborator yang berjanji pada periode ini", s.count(r.Givers), nil, "report.givers")
	line("Komitmen pernah ada", s.integer(whole.Commitments.Pledged), s.integer(change.Commitments.Pledged), "commitments.pledged")
	line("Komitmen berlaku", s.integer(whole.Commitments.Holding), s.integer(change.Commitments.Holding), "commitments.holding")
	line("Komitmen diterima", s.integer(whole.Commitments.Received), s.integer(change.Commitments.Received), "commitments.received")
	line("Komitmen gugur", s.integer(whole.Commitments.Lapsed), s.integer(change.Commitments.Lapsed), "commitments.lapsed")
	line("Komitmen dibatalkan", s.integer(whole.Commitments.Withdrawn), s.integer(change.Commitments.Withdrawn), "commitments.withdrawn")
	for _, form := range []struct {
		name       string
		end, delta tally.Stand
		needs      bool
	}{
		{"Pemberian", whole.Gift, change.Gift, true}, {"Pinjaman", whole.Loan, change.Loan, true}, {"Bantuan di luar daftar", whole.Free, change.Free, false},
	} {
		if form.needs {
			line(form.name+": dibutuhkan", s.rupiah(form.end.Needed), s.rupiah(form.delta.Needed), "needed")
		}
		line(form.name+": dijanjikan", s.rupiah(form.end.Committed), s.rupiah(form.delta.Committed), "committed")
		line(form.name+": dilaporkan dikirim", s.rupiah(form.end.Delivered), s.rupiah(form.delta.Delivered), "delivered")
		line(form.name+": diterima", s.rupiah(form.end.Received), s.rupiah(form.delta.Received), "received")
		line(form.name+": dalam sengketa", s.rupiah(form.end.Disputed), s.rupiah(form.delta.Disputed), "disputed")
	}
	line("Penerima terdaftar", s.integer(r.End.Register.Recipients), nil, "recipients")
	line("Penerima yang sudah menerima", s.integer(r.End.Reached), s.integer(r.Change.Reached), "reached")
	line("Belum dibawakan apa pun", s.integer(r.End.Register.Unreached), s.integer(r.Change.Unreached), "unreached")
	line("Cakupan", s.share(r.End.Register.Coverage), nil, "coverage")
	line("Median jam sampai kontak", s.hours(r.End.Contact.MedianHours), nil, "medianHours")
	line("90% dihubungi dalam (jam)", s.hours(r.End.Contact.P90Hours), nil, "p90Hours")
	line("Bagian yang gugur", s.share(r.End.Contact.LapseShare), nil, "lapseShare")
	line("Bagian yang pernah disengketakan", s.share(r.End.Contact.DisputeShare), nil, "disputeShare")
}

// happened writes what the period brought, and the one before.
func (s *sheet) happened(r report.Report) {
	s.heading("Yang terjadi pada periode ini")
	s.header("Kejadian", "Banyaknya", "Sebelumnya", "Nilai", "Nilai sebelumnya")
	now, before := r.Happened, r.Before
	for _, l := range []struct {
		name                       string
		n, was, value, valueBefore int64
	}{
		{"Dijanjikan", now.Pledged, before.Pledged, now.PledgedValue, before.PledgedValue},
		{"Dilaporkan dikirim", now.Delivered, before.Delivered, now.DeliveredValue, before.DeliveredValue},
		{"Dikonfirmasi diterima", now.Received, before.Received, now.ReceivedValue, before.ReceivedValue},
		{"Gugur, lewat batas waktu", now.Lapsed, before.Lapsed, now.LapsedValue, before.LapsedValue},
		{"Dibatalkan", now.Withdrawn, before.Withdrawn, now.WithdrawnValue, before.WithdrawnValue},
	} {
		s.put([]any{l.name, s.integer(l.n), s.integer(l.was), s.rupiah(l.value), s.rupiah(l.valueBefore)})
	}
	if len(r.End.Days) < 2 {
		return
	}
	s.heading("Per hari")
	s.header("Hari", "Janji", "Nilai janji", "Penyaluran", "Nilai dilaporkan", "Jawaban penerima", "Nilai diterima")
	for _, d := range r.End.Days {
		s.put([]any{bahasa.Date(aid.Day(d.Period)), s.integer(d.Pledged), s.rupiah(d.PledgedValue), s.integer(d.Delivered), s.rupiah(d.DeliveredValue), s.integer(d.Received), s.rupiah(d.ReceivedValue)})
	}
}

// split writes one split of the statistics, the most commitments first.
func (s *sheet) split(title string, rows []tally.Row, name func(tally.Row) string) {
	if len(rows) == 0 {
		return
	}
	s.heading(title)
	s.header("", "Komitmen berlaku", "Bagian", "Dibutuhkan", "Dijanjikan", "Dilaporkan dikirim", "Diterima", "Bantuan di luar daftar diterima")
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b tally.Row) int { return cmp.Compare(b.Commitments.Holding, a.Commitments.Holding) })
	// What is needed has no giver, so that two of the splits have nothing there.
	wanted := slices.ContainsFunc(rows, func(r tally.Row) bool { return r.Gift.Needed > 0 })
	for _, row := range rows {
		var needed any
		if wanted {
			needed = s.rupiah(row.Gift.Needed)
		}
		s.put([]any{
			name(row), s.integer(row.Commitments.Holding), s.share(row.Share),
			needed, s.rupiah(row.Gift.Committed), s.rupiah(row.Gift.Delivered), s.rupiah(row.Gift.Received), s.rupiah(row.Free.Received),
		})
	}
}

// spots writes a list of recipients.
func (s *sheet) spots(title string, spots []report.Spot, pack *region.Pack) {
	if len(spots) == 0 {
		return
	}
	s.heading(title)
	s.header("Penerima", "Jenis", "Kelurahan", "Kota", "Jumlah KK", "Dibutuhkan", "Belum dijanjikan", "ID penerima")
	for _, p := range spots {
		s.put([]any{
			p.Name, cmp.Or(pack.Catalogue().Kinds[p.Kind].Name, string(p.Kind)), pack.AreaName(p.Area.At(area.Kelurahan)), pack.AreaName(p.Area.At(area.Kota)),
			s.integer(p.Households), s.rupiah(p.Needed), s.rupiah(p.Open), excelize.Cell{StyleID: s.book.text, Value: string(p.Recipient)},
		})
	}
}

func (s *sheet) slow(r report.Report) {
	if len(r.Slow) == 0 {
		return
	}
	s.heading("Kontak paling lambat")
	s.header("Kecamatan", "Kode", "Median jam", "Dihubungi")
	for _, k := range r.Slow {
		s.put([]any{k.Name, excelize.Cell{StyleID: s.book.text, Value: string(k.Area)}, s.integer(int64(k.MedianHours)), s.integer(k.Contacted)})
	}
}

// kelurahan writes what each kelurahan received.
func (b *book) kelurahan(r report.Report, pack *region.Pack) error {
	s, err := b.sheet("Kelurahan", 18, 26, 22, 22, 13, 13, 13, 16, 13, 18, 18, 18)
	if err != nil {
		return err
	}
	s.heads("Kode", "Kelurahan", "Kecamatan", "Kota", "Penerima", "Jumlah KK", "Jumlah jiwa", "Belum dibawakan apa pun", "Cakupan", "Diterima", "Diterima per 1.000 KK", "Belum dijanjikan")
	for _, k := range r.Kelurahan {
		var per any
		if k.Register.PerThousand >= 0 {
			per = s.rupiah(k.Register.PerThousand)
		}
		s.put([]any{
			excelize.Cell{StyleID: b.text, Value: string(k.Area)}, k.Name, pack.AreaName(k.Area.At(area.Kecamatan)), pack.AreaName(k.Area.At(area.Kota)),
			s.integer(k.Register.Recipients), s.integer(k.Register.Households), s.integer(k.Register.People), s.integer(k.Register.Unreached),
			s.share(k.Register.Coverage), s.rupiah(k.Received), per, s.rupiah(k.Open),
		})
	}
	return s.filtered()
}
