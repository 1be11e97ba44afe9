package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ksbb/shared/aid"
	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/report"
	"ksbb/shared/tally"
)

// hostile is a giver's name that wants to be a formula.
const hostile = `=HYPERLINK("http://jahat.example","klik") & "kutip", 👍`

var morning = time.Date(2026, 3, 31, 17, 30, 0, 0, time.UTC) // the next day in the region

// world is a small region with one commitment that was delivered.
func world(t testing.TB) (*region.Pack, aid.Place, aid.Commitment) {
	t.Helper()
	pack := regiontest.Tiny(t)
	c := aid.Commitment{
		ID: "0198c0de-0000-7000-8000-00000000002a", Recipient: "34.71.01.1001.003", Program: "air-bersih", State: aid.Disputed, Name: hostile,
		Class: aid.Business, Route: aid.Direct, Period: aid.Period{From: "2026-03-05", To: "2026-03-20"}, PledgedAt: morning, ContactedAt: morning, SignedAt: morning,
		Lines: []aid.Line{{Need: "34.71.01.1001.003:tangki", Package: "tangki", Quantity: 3, Unit: "tangki", Value: 1_050_000}, {Free: "-1+1", Quantity: 2, Unit: "@kali", Value: 75_000, Estimated: true}},
		Deliveries: []aid.Delivery{{Number: "BAST-0000-001A-1", On: "2026-03-30", Quantities: []int64{3, 2}, ReportedAt: morning, ReportedBy: aid.Collaborator,
			Answer: aid.Fewer, Received: []int64{2, 2}, AnsweredAt: morning, Via: aid.ViaSteward}},
	}
	p := aid.Place{
		Recipient: aid.Recipient{ID: "34.71.01.1001.003", Name: "RW 03 Pasir", Kind: "padukuhan", Area: "34.71.01.1001.003", Point: aid.Point{Lng: 110.361, Lat: -7.79}, Households: 120, People: 400},
		Needs: []aid.Need{{ID: "34.71.01.1001.003:tangki", Program: "air-bersih", Package: "tangki", Needed: 10, Committed: 1, Received: 2,
			Source: "dinas", ConfirmedOn: "2026-03-01", ConfirmedBy: "kelurahan"}},
	}
	return pack, p, c
}

// files are the CSV files of the small region.
func files(t testing.TB) Open {
	t.Helper()
	pack, p, c := world(t)
	rows := map[string][][]any{
		"recipients": {report.RecipientRow(p, pack)}, "needs": report.NeedRows(p, pack),
		"commitments": report.CommitmentRows(p, c, pack, true), "deliveries": report.DeliveryRows(p, c, pack),
		"areas":       {report.AreaRow("34.71", "Kota Karang", tally.Row{Place: &tally.Register{Recipients: 1, Coverage: 2000, PerThousand: 8_750}})},
		"corrections": {report.CorrectionRow(report.Correction{Leaf: "34.71.01-warga", On: morning, Reason: "salah hitung", By: "dinas"})},
	}
	return func(table string) (io.ReadCloser, error) {
		shape, _ := report.TableOf(table)
		var b bytes.Buffer
		w := report.NewCSV(&b, shape)
		for _, row := range rows[table] {
			if err := w.Row(row); err != nil {
				return nil, err
			}
		}
		return io.NopCloser(&b), w.Close()
	}
}

func monthly(t testing.TB) (report.Report, *region.Pack) {
	t.Helper()
	pack, p, c := world(t)
	totals, giving := tally.Of(p, pack.Catalogue()), tally.GivingOf(p, []aid.Commitment{c}, pack.Catalogue())
	return report.Report{
		Period: "2026-03", Kind: report.Monthly, From: "2026-03-01", To: "2026-03-31", AsOf: aid.Day("2026-04-01").Begins(pack.Zone), Region: "34", Name: "Pesisir",
		Demo: true, Revision: 2, Reason: "koreksi dinas",
		End:        tally.StatisticsOf(totals, giving, []tally.Part{{Key: "34.71", Totals: totals, Giving: giving}}),
		Happened:   tally.Happened{Pledged: 1, PledgedValue: 1_125_000},
		Kelurahan:  []report.KelurahanRow{{Area: "34.71.01.1001", Name: "Pasir", Register: tally.RegisterOf(totals, giving), Received: 775_000, Open: 2_100_000}},
		Gaps:       []report.Spot{{Recipient: p.Recipient.ID, Name: "=RW 03", Kind: "padukuhan", Area: p.Recipient.Area, Households: 120, Needed: 3_000_000, Open: 2_100_000}},
		Slow:       []report.SlowRow{{Area: "34.71.01", Name: "Karang Utara", MedianHours: 31, Contacted: 1}},
		Paragraphs: []string{"Pada Maret 2026 satu komitmen baru dibuat."},
		Tables:     []report.Source{{Table: "commitments", Path: "data/v1/reports/2026-03/commitments.x.csv", Hash: "sha256-x", Bytes: 10, Rows: 2, Type: "text/csv"}},
	}, pack
}

func reportBook(t testing.TB) []byte {
	t.Helper()
	r, pack := monthly(t)
	var b bytes.Buffer
	if err := Report(&b, r, pack, files(t)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func dataBook(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Tables(&b, "Data terbuka KSBB Pesisir", morning, report.Tables, files(t)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func opened(t testing.TB, book []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func parts(t testing.TB, book []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		out[f.Name] = string(body)
		if !f.Modified.IsZero() && f.Modified.Year() > 1980 {
			t.Errorf("%s says when it was written: %v", f.Name, f.Modified)
		}
	}
	return out
}

func TestABookHasItsSheetsInOrder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		book []byte
		want []string
	}{
		"report": {reportBook(t), []string{"Ringkasan", "Komitmen", "Penyaluran", "Wilayah", "Kelurahan", "Koreksi", "Kolom"}},
		"data":   {dataBook(t), []string{"Tentang", "Penerima", "Kebutuhan", "Komitmen", "Penyaluran", "Wilayah", "Koreksi", "Kolom"}},
	} {
		if got := opened(t, c.book).GetSheetList(); !slices.Equal(got, c.want) {
			t.Errorf("%s has sheets %v, want %v", name, got, c.want)
		}
	}
}

// The bytes are published under a name that never changes: a second run, in
// another second and with another map order, must make the same.
func TestTheSameFilesGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	report, data := reportBook(t), dataBook(t)
	time.Sleep(1100 * time.Millisecond)
	for range 4 { // excelize walks a map of sheets
		if !bytes.Equal(report, reportBook(t)) || !bytes.Equal(data, dataBook(t)) {
			t.Fatal("a second run made other bytes")
		}
	}
}

var formula = regexp.MustCompile(`<f[ >/]`)

// A cell with a formula would run on the machine of whoever opens the book.
func TestNoCellHoldsAFormula(t *testing.T) {
	t.Parallel()
	for name, book := range map[string][]byte{"report": reportBook(t), "data": dataBook(t)} {
		seen := false
		for part, xml := range parts(t, book) {
			if formula.MatchString(xml) || strings.Contains(part, "calcChain") {
				t.Errorf("%s: %s holds a formula", name, part)
			}
			seen = seen || strings.Contains(xml, "HYPERLINK")
		}
		if !seen {
			t.Errorf("%s: the hostile name is nowhere, so this shows nothing", name)
		}
	}
	f := opened(t, dataBook(t))
	column, err := excelize.CoordinatesToCellName(report.CommitmentTable.Column("collaborator")+1, 2)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := f.GetCellValue("Komitmen", column); got != hostile || err != nil {
		t.Errorf("%s = %q, %v, want the name as it was typed", column, got, err)
	}
}

// Whoever sorts or adds up must not find a code turned into a number, or a sum
// that is a text.
func TestNumbersAreNumbersAndCodesAreTexts(t *testing.T) {
	t.Parallel()
	for name, book := range map[string][]byte{"report": reportBook(t), "data": dataBook(t)} {
		f := opened(t, book)
		for _, table := range []report.Table{report.CommitmentTable, report.DeliveryTable, report.AreaTable, report.CorrectionTable} {
			for i, c := range table.Columns {
				cell, err := excelize.CoordinatesToCellName(i+1, 2)
				if err != nil {
					t.Fatal(err)
				}
				raw, err := f.GetCellValue(table.TitleID, cell, excelize.Options{RawCellValue: true})
				if err != nil {
					t.Fatal(err)
				}
				if raw == "" {
					continue
				}
				kind, err := f.GetCellType(table.TitleID, cell)
				if err != nil {
					t.Fatal(err)
				}
				want := excelize.CellTypeInlineString
				switch c.Type {
				case report.Boolean:
					want = excelize.CellTypeBool
				case report.Integer, report.Number, report.Date, report.DateTime:
					want = excelize.CellTypeUnset // a plain number
				}
				if kind != want {
					t.Errorf("%s %s!%s (%s) = %q is of type %v, want %v", name, table.TitleID, cell, c.Name, raw, kind, want)
				}
			}
		}
	}
	f := opened(t, dataBook(t))
	for name, want := range map[string]string{"kota_code": "34.71", "value_idr": "Rp1,050,000", "quantity": "3", "pledged_at": "2026-03-31 17:30", "period_from": "2026-03-05", "counted": "TRUE"} {
		cell, _ := excelize.CoordinatesToCellName(report.CommitmentTable.Column(name)+1, 2)
		if got, err := f.GetCellValue("Komitmen", cell); got != want || err != nil {
			t.Errorf("%s = %q, %v, want %q", name, got, err, want)
		}
	}
	_, pack := monthly(t)
	cell, _ := excelize.CoordinatesToCellName(report.CommitmentTable.Column("pledged_at")+1, 2)
	if got, _ := opened(t, reportBook(t)).GetCellValue("Komitmen", cell); got != morning.In(pack.Zone).Format("2006-01-02 15:04") {
		t.Errorf("a report says %q, want the clock of the region", got)
	}
}

func TestTablesHaveAHeaderThatStaysAndAFilter(t *testing.T) {
	t.Parallel()
	book := reportBook(t)
	f := opened(t, book)
	sheets := parts(t, book)
	for i, sheet := range f.GetSheetList()[1:] {
		xml := sheets[fmt.Sprintf("xl/worksheets/sheet%d.xml", i+2)]
		if !strings.Contains(xml, `state="frozen"`) || !strings.Contains(xml, "<autoFilter ") {
			t.Errorf("%s has no frozen header or no filter", sheet)
		}
		id, err := f.GetCellStyle(sheet, "A1")
		if err != nil {
			t.Fatal(err)
		}
		if style, err := f.GetStyle(id); err != nil || style.Font == nil || !style.Font.Bold {
			t.Errorf("%s: header is not bold, %v", sheet, err)
		}
		if w, err := f.GetColWidth(sheet, "A"); err != nil || w < 12 {
			t.Errorf("%s: first column is %v wide, %v", sheet, w, err)
		}
	}
	if got, _ := f.GetCellValue("Komitmen", "A1"); got != "Nomor komitmen" {
		t.Errorf("a report heads its first column %q", got)
	}
	if got, _ := opened(t, dataBook(t)).GetCellValue("Komitmen", "A1"); got != "number" {
		t.Errorf("open data head their first column %q", got)
	}
}

func TestTheSummarySaysWhatTheReportSays(t *testing.T) {
	t.Parallel()
	r, pack := monthly(t)
	rows, err := opened(t, reportBook(t)).GetRows("Ringkasan")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	values := map[string]string{}
	for _, row := range rows {
		all.WriteString(strings.Join(row, "\t") + "\n")
		if len(row) > 1 {
			values[row[0]] = row[1]
		}
	}
	meaning, _ := tally.Defined("collaborators")
	for _, want := range []string{
		"Laporan Bulanan " + pack.Title + ", Maret 2026", pack.Texts.Demo, "Revisi 2 menggantikan revisi 1. Alasan: koreksi dinas", r.Paragraphs[0], meaning.ID,
		"Kota Karang", "Badan usaha", "=RW 03", "Karang Utara", "data/v1/reports/2026-03/commitments.x.csv", "sha256-x",
	} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("summary does not say %q", want)
		}
	}
	for name, want := range map[string]string{
		"Kolaborator": "1", "Komitmen pernah ada": "1", "Pemberian: dibutuhkan": "Rp3,500,000", "Pemberian: diterima": "Rp700,000",
		"Bantuan di luar daftar: diterima": "Rp75,000", "Median jam sampai kontak": "0", "Dijanjikan": "1",
	} {
		if values[name] != want {
			t.Errorf("%s = %q, want %q", name, values[name], want)
		}
	}
}

func TestATableContinuesOnFurtherSheets(t *testing.T) {
	t.Parallel()
	row := report.CorrectionRow(report.Correction{Leaf: "34.71.01-warga", On: morning, Reason: "r", By: "dinas"})
	for rows, want := range map[int][]int{0: {1}, 3: {4}, 4: {4, 2}, 7: {4, 4, 2}} {
		var out bytes.Buffer
		if err := write(&out, "t", morning, func(b *book) error {
			b.max = 3
			return b.table(report.CorrectionTable, func(string) (io.ReadCloser, error) {
				var csv bytes.Buffer
				w := report.NewCSV(&csv, report.CorrectionTable)
				for range rows {
					if err := w.Row(row); err != nil {
						return nil, err
					}
				}
				return io.NopCloser(&csv), w.Close()
			}, byName, time.UTC)
		}); err != nil {
			t.Fatal(err)
		}
		f := opened(t, out.Bytes())
		var got []int
		for _, sheet := range f.GetSheetList() {
			lines, err := f.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, len(lines))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d rows give sheets of %v lines, want %v", rows, got, want)
		}
	}
}

func TestAFailingFileFailsTheBookAndLeavesNothingBehind(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	r, pack := monthly(t)
	broken := errors.New("gone")
	for name, open := range map[string]Open{
		"cannot be opened": func(string) (io.ReadCloser, error) { return nil, broken },
		"ends early":       func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("number,line")), nil },
	} {
		if err := Report(io.Discard, r, pack, open); err == nil {
			t.Errorf("a file that %s makes a book", name)
		}
	}
	if err := Report(failing{}, r, pack, files(t)); err == nil {
		t.Error("a book was written to nowhere")
	}
	// Large enough for excelize to use a temporary file.
	_, p, c := world(t)
	rows := report.CommitmentRows(p, c, pack, true)
	spilled := false
	if err := Tables(io.Discard, "t", morning, []report.Table{report.CommitmentTable}, func(string) (io.ReadCloser, error) {
		out, in := io.Pipe()
		go func() {
			w := report.NewCSV(in, report.CommitmentTable)
			for range 5_000 {
				for _, row := range rows {
					if err := w.Row(row); err != nil {
						in.CloseWithError(err)
						return
					}
				}
			}
			during, _ := filepath.Glob(filepath.Join(folder, "excelize-*"))
			spilled = len(during) > 0
			in.CloseWithError(w.Close())
		}()
		return out, nil
	}); err != nil {
		t.Fatal(err)
	}
	if !spilled {
		t.Error("no temporary file was used, so this shows nothing")
	}
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind %v, %v", left, err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestSerialsAreThoseOfExcel(t *testing.T) {
	t.Parallel()
	wib := time.FixedZone("WIB", 7*3600)
	for want, at := range map[float64]time.Time{
		46113:   time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC),
		46113.5: time.Date(2026, 4, 1, 12, 0, 0, 0, wib),
		1:       time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC),
	} {
		if got := serial(at); got != want {
			t.Errorf("serial of %v = %v, want %v", at, got, want)
		}
	}
}
