package print

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
	"ksbb/shared/document/papertest"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/report"
	"ksbb/shared/tally"
)

var (
	papers = flag.String("papers", "", "folder to write the samples to, to look at them")
	update = flag.Bool("update", false, "write the golden text anew")
)

// margins are what no text may leave.
var margins = papertest.Rect{X: left, Y: 9, W: wide, H: pageHeight - 9 - 4}

func printed(t testing.TB, r report.Report) []byte {
	t.Helper()
	pack, _ := jakarta()
	pdf, err := Report(r, source(r), pack, site)
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

// samples are the reports that were looked at.
func samples(t testing.TB) map[string]report.Report {
	t.Helper()
	all := map[string]report.Report{"crowded": crowded(t), "country": country(t), "falling": falling(t), "nowhere": nowhere(t)}
	for _, id := range periods {
		all[id] = reported(t, id)
	}
	return all
}

// lines returns a page row by row: the words that stand on one line, from left
// to right.
func lines(p papertest.Page) []string {
	base := func(t papertest.Text) float64 { return t.Top + 0.72*t.Size*25.4/72 }
	sorted := slices.Clone(p.Texts)
	slices.SortStableFunc(sorted, func(a, b papertest.Text) int {
		if d := base(a) - base(b); math.Abs(d) > 0.05 {
			return int(math.Copysign(1, d))
		}
		return int(math.Copysign(1, a.Left-b.Left))
	})
	var all []string
	last := math.Inf(-1)
	for _, t := range sorted {
		if base(t)-last > 0.05 {
			all = append(all, t.Words)
			last = base(t)
			continue
		}
		all[len(all)-1] += " | " + t.Words
	}
	return all
}

// TestReportsAreTidy reads every sample as a viewer does. With -papers it also
// leaves them in a folder for the eye.
func TestReportsAreTidy(t *testing.T) {
	t.Parallel()
	for name, r := range samples(t) {
		pdf := printed(t, r)
		if *papers != "" {
			if err := os.WriteFile(filepath.Join(*papers, name+".pdf"), pdf, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		pages := papertest.Read(t, pdf)
		for _, wrong := range papertest.Untidy(pages, margins) {
			t.Errorf("%s: %s", name, wrong)
		}
		if err := papertest.Offsets(pdf); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(pdf) > 200_000 {
			t.Errorf("%s takes %d bytes", name, len(pdf))
		}
		for n, page := range pages {
			if want := fmt.Sprintf("Halaman %d dari %d", n+1, len(pages)); !papertest.Says(pages[n:n+1], want) {
				t.Errorf("%s: page %d does not say %q", name, n+1, want)
			}
			if r.Demo != strings.Contains(page.String(), "DATA CONTOH") {
				t.Errorf("%s: page %d of invented facts %v: %q", name, n+1, r.Demo, lines(page)[0])
			}
		}
	}
}

func TestSameReportGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	for name, r := range samples(t) {
		if !bytes.Equal(printed(t, r), printed(t, r)) {
			t.Errorf("%s differs from itself", name)
		}
	}
}

// A heading that ends a page, or a title without its table, leaves the reader
// looking for it.
func TestNoHeadingStandsAlone(t *testing.T) {
	t.Parallel()
	for name, r := range samples(t) {
		for n, page := range papertest.Read(t, printed(t, r)) {
			low, lowest := papertest.Text{}, papertest.Text{}
			for _, text := range page.Texts {
				if text.Bottom > bottom+3 {
					continue // the foot
				}
				if text.Top > lowest.Top {
					lowest = text
				}
				if text.Size == heading.size && text.Top > low.Top {
					low = text
				}
			}
			if low.Words != "" && lowest.Top-low.Top < 15 {
				t.Errorf("%s: page %d ends %.0f mm below %q, with %q", name, n+1, lowest.Top-low.Top, low.Words, lowest.Words)
			}
		}
	}
}

// rowsOf writes what must stand on one line of the report: the same figures as
// in r, written by other code.
func rowsOf(t *testing.T, r report.Report) []string {
	pack, _ := jakarta()
	row := func(cells ...any) string {
		var all []string
		for _, c := range cells {
			switch c := c.(type) {
			case int64:
				all = append(all, bahasa.Number(c))
			default:
				all = append(all, fmt.Sprint(c))
			}
		}
		return strings.Join(all, " | ")
	}
	part := func(row tally.Row) string {
		return bahasa.Percent(row.Commitments.Holding, r.End.Whole.Commitments.Holding)
	}
	var want []string
	for _, a := range r.End.Areas {
		g, name := a.Gift, pack.AreaName(r.Region)
		for _, k := range pack.Children(r.Region) {
			if string(k.Code) == a.Key {
				name = k.Name
			}
		}
		want = append(want,
			row(name, a.Commitments.Holding, part(a), g.Needed, g.Committed, g.Delivered, g.Received, g.Needed-g.Committed-g.Delivered-g.Received),
			row(name, a.Place.Recipients, a.Place.Households, a.Place.People, a.Place.Unreached, bahasa.Coverage(*a.Place), a.Place.PerThousand))
	}
	for _, c := range r.End.Classes {
		want = append(want, row(bahasa.Class(aid.Class(c.Key)), c.Commitments.Holding, part(c), c.Collaborators.N, c.Gift.Committed, c.Gift.Delivered, c.Gift.Received))
	}
	for _, c := range r.End.Packages {
		if c.Key == "sembako" {
			u := c.Units
			want = append(want, row("Paket Sembako", "paket", u.Needed, u.Committed, u.Delivered, u.Received, u.Needed-u.Committed-u.Delivered-u.Received, u.Lapsed, u.Withdrawn))
		}
	}
	for _, c := range slices.Concat(r.End.Kinds, r.End.Programs, r.End.Routes) {
		want = append(want, row(part(c), c.Commitments.Holding, c.Gift.Committed, c.Gift.Delivered, c.Gift.Received))
	}
	for _, h := range []struct {
		n, before, value, was int64
	}{
		{r.Happened.Pledged, r.Before.Pledged, r.Happened.PledgedValue, r.Before.PledgedValue},
		{r.Happened.Delivered, r.Before.Delivered, r.Happened.DeliveredValue, r.Before.DeliveredValue},
		{r.Happened.Received, r.Before.Received, r.Happened.ReceivedValue, r.Before.ReceivedValue},
		{r.Happened.Lapsed, r.Before.Lapsed, r.Happened.LapsedValue, r.Before.LapsedValue},
		{r.Happened.Withdrawn, r.Before.Withdrawn, r.Happened.WithdrawnValue, r.Before.WithdrawnValue},
	} {
		want = append(want, row(h.n, h.before, h.value, h.was))
	}
	for _, p := range slices.Concat(r.Gaps, r.Forgotten) {
		want = append(want, row(p.Households, p.Needed, p.Open))
	}
	for _, s := range r.Slow {
		want = append(want, row(int64(s.MedianHours), s.Contacted))
	}
	for _, f := range append([]report.Source{source(r)}, r.Tables...) {
		want = append(want, f.Path, f.Hash)
	}
	return want
}

func TestPaperSaysTheNumbersOfTheReport(t *testing.T) {
	t.Parallel()
	for _, id := range periods {
		r := reported(t, id)
		var said []string
		for _, p := range papertest.Read(t, printed(t, r)) {
			said = append(said, lines(p)...)
		}
		all := strings.Join(said, "\n")
		checked := 0
		for _, want := range rowsOf(t, r) {
			if checked++; !strings.Contains(all, want) {
				t.Errorf("%s: no line says %q", id, want)
			}
		}
		if checked < 60 {
			t.Fatalf("%s: only %d lines to look for", id, checked)
		}
		// The days are said in full, and their sum.
		if r.Happened == (tally.Happened{}) || r.Kind == report.Daily {
			continue
		}
		p, err := report.ParsePeriod(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range p.Days() {
			if day, _, _ := strings.Cut(bahasa.Weekday(d), " 2026"); !strings.Contains(all, "\n"+day+" | ") {
				t.Errorf("%s: no line for %s", id, day)
			}
		}
	}
}

func TestLongTablesLoseNoRowAndRepeatTheirHead(t *testing.T) {
	t.Parallel()
	r := crowded(t)
	pages := papertest.Read(t, printed(t, r))
	found := 0
	for n, p := range pages {
		rows := 0
		for _, line := range lines(p) {
			if strings.Contains(line, "Koreksi nomor ") {
				rows++
			}
		}
		if found += rows; rows > 0 && !strings.Contains(p.String(), "Alasan\n") {
			t.Errorf("page %d has %d corrections and no head", n+1, rows)
		}
		if rows == 1 {
			t.Errorf("page %d has a single correction", n+1)
		}
	}
	if found != len(r.Corrections) {
		t.Errorf("%d of %d corrections are printed", found, len(r.Corrections))
	}
	for i, a := range r.End.Areas {
		// Once in the chart, and in two tables.
		if n := strings.Count(strings.Join(all(pages), "\n"), "\n"+a.Key+" | "); n < 3 {
			t.Errorf("area %d, %s, is named %d times; want at least three", i, a.Key, n)
		}
	}
}

func all(pages []papertest.Page) []string {
	var all []string
	for _, p := range pages {
		all = append(all, lines(p)...)
	}
	return all
}

func TestNameThatTheFontLacksSaysSo(t *testing.T) {
	t.Parallel()
	r := reported(t, "2026-10")
	r.Gaps = []report.Spot{{Recipient: "x", Name: "Panti “Kasih” 🌸", Kind: "rw", Area: "31.74.01.1001"}}
	if pages := papertest.Read(t, printed(t, r)); !papertest.Says(pages, "Panti “Kasih” ?") {
		t.Errorf("no page names the place with a mark for what is missing:\n%s", strings.Join(all(pages), "\n"))
	}
}

func TestRevisionGivesItsReason(t *testing.T) {
	t.Parallel()
	r := reported(t, "2026-10")
	if papertest.Says(papertest.Read(t, printed(t, r)), "menggantikan") {
		t.Error("a first report replaces something")
	}
	r.Revision, r.Reason = 3, "Satu BAST tercatat dua kali"
	pages := papertest.Read(t, printed(t, r))
	if !papertest.Says(pages[:1], "Revisi 3 menggantikan revisi 2. Alasan: Satu BAST tercatat dua kali") || !papertest.Says(pages[1:2], "revisi 3") {
		t.Errorf("the first page does not say why:\n%v", pages[0])
	}
}

func TestMonthWithoutDataIsAReport(t *testing.T) {
	t.Parallel()
	for _, r := range []report.Report{reported(t, "2025-01"), nowhere(t)} {
		pages := papertest.Read(t, printed(t, r))
		for _, want := range []string{"Januari 2025", "Tidak ada kejadian pada periode ini.", "Tidak ada koreksi pada periode ini."} {
			if !papertest.Says(pages, want) {
				t.Errorf("no page says %q", want)
			}
		}
		for _, p := range pages {
			for _, words := range p.Texts {
				if strings.Contains(words.Words, "NaN") || slices.Contains([]string{"-1", "−1", "-1%", "−0%"}, words.Words) {
					t.Errorf("a figure that does not exist is printed as %q", words.Words)
				}
			}
		}
	}
}

func TestAmountsTooLargeForAColumnAreInMillions(t *testing.T) {
	t.Parallel()
	r := country(t)
	pages := papertest.Read(t, printed(t, r))
	want := bahasa.Number((r.End.Whole.Gift.Needed + 500_000) / 1_000_000)
	if !papertest.Says(pages, want) || !papertest.Says(pages, "juta rupiah, dibulatkan") {
		t.Errorf("no page says %s million", want)
	}
}

func TestQRCodeIsThePageOfTheReport(t *testing.T) {
	t.Parallel()
	pages := papertest.Read(t, printed(t, reported(t, "2026-W43")))
	if err := papertest.Opens(pages[len(pages)-1].Code, site+"/laporan/2026-W43/", 30); err != nil {
		t.Error(err)
	}
}

func TestUnknownPeriodIsRefused(t *testing.T) {
	t.Parallel()
	pack, _ := jakarta()
	r := reported(t, "2026-10")
	r.Period = "2026-13"
	if _, err := Report(r, source(r), pack, site); err == nil {
		t.Error("a month that is none was printed")
	}
}

func TestChangeIsSaidOnlyWhereThereIsOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		now, before int64
		want        string
	}{
		{0, 0, "tetap"}, {5, 0, "–"}, {150, 100, "naik 50%"}, {100_001, 100_000, "naik <1%"}, {0, 100, "turun 100%"}, {1, 1000, "turun >99%"},
		{2000, 100, "lebih dari 10 kali"}, {-5, 100, "–"},
	} {
		if got := change(c.now, c.before); got != c.want {
			t.Errorf("%d after %d is %q; want %q", c.now, c.before, got, c.want)
		}
	}
}

// A small region in full, so that a change of any word is seen in review.
func TestReportOfASmallRegionReadsAsBefore(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	place := aid.Place{
		Recipient: aid.Recipient{ID: "34.71.01.1001.001", Name: "Padukuhan 001 Pasir", Kind: "padukuhan", Area: "34.71.01.1001.001", Households: 120, People: 430},
		Needs: []aid.Need{{ID: "34.71.01.1001.001:tangki", Recipient: "34.71.01.1001.001", Program: "air-bersih", Package: "tangki", Needed: 40,
			Received: 10, Source: "kelurahan", ConfirmedOn: "2026-02-20"}},
	}
	thirsty := aid.Place{
		Recipient: aid.Recipient{ID: "34.71.02.1001.002", Name: "Padukuhan 002 Ombak", Kind: "padukuhan", Area: "34.71.02.1001.002", Households: 300, People: 1100},
		Needs:     []aid.Need{{ID: "34.71.02.1001.002:tangki", Recipient: "34.71.02.1001.002", Program: "air-bersih", Package: "tangki", Needed: 90, ConfirmedOn: "2026-02-21"}},
	}
	at := func(day, hour int) time.Time { return time.Date(2026, 3, day, hour-8, 0, 0, 0, time.UTC) }
	promise := aid.Commitment{
		ID: "0195a000-0000-7000-8000-000000000001", Recipient: place.Recipient.ID, Program: "air-bersih", Class: aid.Community, Collaborator: "a", Route: aid.Direct,
		Lines: []aid.Line{{Need: place.Needs[0].ID, Package: "tangki", Quantity: 10, Unit: "tangki", Value: 3_500_000}},
		State: aid.Submitted, SubmittedAt: at(3, 9), VerifyBy: at(4, 9), Period: aid.Period{From: "2026-03-05", To: "2026-03-06"},
	}
	cat := pack.Catalogue()
	promise = must(t)(promise.Verified(at(3, 10), cat))
	promise = must(t)(promise.Spoken(aid.Steward, at(3, 15), cat))
	promise = must(t)(promise.SignedAs("sha256-00", at(4, 9), cat))
	report1 := aid.DeliveryReport{ID: "0195a000-0000-7000-8000-000000000002", On: "2026-03-05", Quantities: []int64{10}}
	promise = must(t)(promise.Reported(report1, at(5, 12), cat))
	promise = must(t)(promise.ReceivedAs(aid.ReceiptAnswer{Delivery: report1.ID, Answer: aid.Full, Via: aid.ViaSteward}, at(5, 14), cat))

	march, err := report.ParsePeriod("2026-W10")
	if err != nil {
		t.Fatal(err)
	}
	c := report.NewCollector(pack, []report.Period{march})
	for _, p := range []struct {
		aid.Place
		history []aid.Commitment
	}{{place, []aid.Commitment{promise}}, {thirsty, nil}} {
		if err := c.Add(p.Place, p.history, func(string, report.Table, []any) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	c.Correct(aid.Leaf{Area: "34.71.01", Group: "warga"}, []aid.Correction{{On: at(6, 8), Reason: "Padukuhan 003 tercatat dua kali", By: "Kelurahan Pasir"}})
	r := c.Reports()[0]
	r.Revision, r.Paragraphs = 1, []string{"Kalimat laporan ini ditulis di tempat lain."}
	pdf, err := Report(r, source(r), pack, site+"/")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, p := range papertest.Read(t, pdf) {
		got.WriteString(strings.Join(lines(p), "\n") + "\n\f\n")
	}
	// Definitions are worded elsewhere, too.
	before, rest, _ := strings.Cut(got.String(), "9 | Arti angka\n")
	_, after, ok := strings.Cut(rest, "10 | Dari mana")
	if !ok {
		t.Fatalf("no definitions, or no origin:\n%s", got.String())
	}
	text := before + "9 | Arti angka\n…\n10 | Dari mana" + after
	const golden = "testdata/tiny.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("the report reads otherwise than %s (-update writes it anew):\n%s", golden, text)
	}
}

func must(t *testing.T) func(aid.Commitment, error) aid.Commitment {
	return func(c aid.Commitment, err error) aid.Commitment {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
}

func BenchmarkReport(b *testing.B) {
	for _, id := range []string{"2026-10", "2026-W43", "2026-10-20"} {
		b.Run(id, func(b *testing.B) {
			r := reported(b, id)
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				size = len(printed(b, r))
			}
			b.ReportMetric(float64(size), "bytes")
		})
	}
}
