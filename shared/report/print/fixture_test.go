package print

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/demo"
	"ksbb/shared/region"
	"ksbb/shared/report"
	"ksbb/shared/tally"
)

const site = "https://ksbb.example"

// periods are those of the demonstration that are printed: a month, a week, a
// day, and a month in which nothing happened yet.
var periods = []string{"2026-10", "2026-W43", "2026-10-20", "2025-01"}

// jakarta is a region with the reports of half a year that never was.
var jakarta = sync.OnceValues(func() (*region.Pack, map[string]report.Report) {
	pack, err := region.Load("dki-jakarta")
	if err != nil {
		panic(err)
	}
	listings, err := demo.Make(pack, 1, nil, "2026-11-22")
	if err != nil {
		panic(err)
	}
	var all []report.Period
	for _, id := range periods {
		p, err := report.ParsePeriod(id)
		if err != nil {
			panic(err)
		}
		all = append(all, p)
	}
	c := report.NewCollector(pack, all)
	for _, l := range listings {
		place := aid.Place{Recipient: l.Recipient, Needs: l.Needs, Activity: l.Activity}
		if err := c.Add(place, l.History, func(string, report.Table, []any) error { return nil }); err != nil {
			panic(err)
		}
	}
	reports := map[string]report.Report{}
	for _, r := range c.Reports() {
		r.Revision = 1
		for i, table := range []string{"commitments", "deliveries", "areas", "corrections"} {
			r.Tables = append(r.Tables, report.Source{
				Table: table, Path: "data/v1/reports/" + r.Period + "/" + table + ".3f0c9a5b7d21e68a.csv",
				Hash: "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", Bytes: 48_213, Rows: int64(132 + i), Type: "text/csv",
			})
		}
		reports[r.Period] = r
	}
	return pack, reports
})

// reported returns a report of the demonstration.
func reported(t testing.TB, id string) report.Report {
	t.Helper()
	_, reports := jakarta()
	r, ok := reports[id]
	if !ok {
		t.Fatalf("no report of %s", id)
	}
	return r
}

func source(r report.Report) report.Source {
	return report.Source{
		Path: fmt.Sprintf("data/v1/reports/%s/%d.json", r.Period, r.Revision), Hash: "sha256-uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=", Bytes: 61_904, Type: "application/json",
	}
}

// crowded is a report in which everything is as long, as many and as odd as it
// may get.
func crowded(t testing.TB) report.Report {
	r := reported(t, "2026-10")
	long := strings.TrimSpace(strings.Repeat("Panti \"Kasih & Bunda\" 'Tunas' 🌸👨‍👩‍👧 <b>\n", 6))
	r.Revision, r.Reason = 2, "Angka penyaluran dobel "+strings.Repeat("dihapus sesudah diperiksa kelurahan; ", 20)
	r.Name = strings.Repeat("Wilayah Sangat Panjang ", 6)
	r.Demo = false
	r.Paragraphs = append(r.Paragraphs, strings.Repeat("Sebuah kalimat yang panjang tentang keadaan. ", 60))
	var areas []tally.Row
	for i := range 38 {
		row := r.End.Areas[i%len(r.End.Areas)]
		row.Key = fmt.Sprintf("%d", 51+i)
		row.Gift.Needed *= int64(1 + i)
		areas = append(areas, row)
	}
	r.End.Areas = areas
	r.End.Classes = append(r.End.Classes[:len(r.End.Classes):len(r.End.Classes)], tally.Row{Key: "kelas_yang_belum_pernah_ada", Share: 10_000})
	r.Gaps = append([]report.Spot(nil), r.Gaps...)
	for i := 3; i < len(r.Gaps); i += 3 {
		r.Gaps[i] = report.Spot{
			Recipient: "x", Name: long, Kind: "jenis-lama", Area: "31.74.01.1001", Households: 999_999, Needed: 9_999_999_999_999, Open: 9_999_999_999_999,
		}
	}
	for i := range 40 {
		r.Corrections = append(r.Corrections, report.Correction{
			Leaf: "31.74.01-rw", On: time.Date(2026, 10, 1+i%31, 3, i, 0, 0, time.UTC), By: "Kelurahan Contoh " + fmt.Sprint(i),
			Reason: fmt.Sprintf("Koreksi nomor %d: ", i) + strings.Repeat("data ganda dari impor lama ", i%9),
		})
	}
	return r
}

// country is a report of amounts that no table of rupiah can hold.
func country(t testing.TB) report.Report {
	r := reported(t, "2026-10")
	times := func(s tally.Stand) tally.Stand {
		for _, n := range []*int64{&s.Needed, &s.Committed, &s.Delivered, &s.Received, &s.Disputed, &s.Lapsed, &s.Withdrawn} {
			*n *= 98_765
		}
		return s
	}
	r.End.Whole.Gift = times(r.End.Whole.Gift)
	for _, rows := range []*[]tally.Row{&r.End.Areas, &r.End.Classes, &r.End.Packages, &r.End.Kinds, &r.End.Programs, &r.End.Routes} {
		*rows = append([]tally.Row(nil), *rows...)
		for i := range *rows {
			(*rows)[i].Gift = times((*rows)[i].Gift)
		}
	}
	return r
}

// falling is a report in which more was put right than came in.
func falling(t testing.TB) report.Report {
	r := reported(t, "2026-W43")
	r.End.Days = append([]tally.Dated(nil), r.End.Days...)
	for i := range r.End.Days {
		if i%2 == 0 {
			r.End.Days[i].ReceivedValue *= -3
		}
	}
	r.Happened.ReceivedValue = -250_000_000
	return r
}

// nowhere is a report of a region in which there is nobody.
func nowhere(t testing.TB) report.Report {
	empty := reported(t, "2025-01")
	end := tally.StatisticsOf(tally.Totals{}, tally.Giving{}, nil)
	return report.Report{
		Period: empty.Period, Kind: empty.Kind, From: empty.From, To: empty.To, AsOf: empty.AsOf, Region: empty.Region, Name: empty.Name, Revision: 1, End: end,
	}
}
