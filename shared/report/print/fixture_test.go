package print

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/demo"
	"ksbb/shared/region"
	"ksbb/shared/report"
	"ksbb/shared/tally"
)

const site = "https://ksbb.example"

// jakarta is the region that reports are printed of, with a past of half a year.
var jakarta = sync.OnceValues(func() (*region.Pack, []aid.Listing) {
	pack, err := region.Load("dki-jakarta")
	if err != nil {
		panic(err)
	}
	listings, err := demo.Make(pack, 1, nil, "2026-11-22")
	if err != nil {
		panic(err)
	}
	return pack, listings
})

// folded is how things stood just before an instant.
type folded struct {
	statistics tally.Statistics
	givers     tally.Distinct
	kelurahan  []report.KelurahanRow
	spots      []report.Spot // that need something
	forgotten  []report.Spot
	slow       []report.SlowRow
}

func fold(pack *region.Pack, listings []aid.Listing, t time.Time) folded {
	cat := pack.Catalogue()
	type sums struct {
		totals tally.Totals
		giving tally.Giving
	}
	by := map[area.Code]sums{}
	var f folded
	for _, l := range listings {
		place, commitments := aid.Place{Recipient: l.Recipient, Needs: l.Needs, Activity: l.Activity}.AsOf(t, l.History, cat)
		totals, giving := tally.Of(place, cat), tally.GivingOf(place, commitments, cat)
		for _, level := range []area.Level{area.Provinsi, area.Kota, area.Kecamatan, area.Kelurahan} {
			code := l.Recipient.Area.At(level)
			by[code] = sums{by[code].totals.Plus(totals), by[code].giving.Plus(giving)}
		}
		var needed, given int64
		for k, a := range giving.Cells {
			if k.Form == tally.FormGift {
				needed, given = needed+a.Value.Needed, given+a.Value.Given()
			}
		}
		spot := report.Spot{
			Recipient: l.Recipient.ID, Name: l.Recipient.Name, Kind: l.Recipient.Kind, Area: l.Recipient.Area,
			Households: l.Recipient.Households, Needed: needed, Open: max(0, needed-given),
		}
		f.spots = append(f.spots, spot)
		if totals.Unreached > 0 {
			f.forgotten = append(f.forgotten, spot)
		}
	}
	var parts []tally.Part
	for _, a := range pack.Areas {
		s := by[a.Code]
		switch a.Level {
		case area.Kota:
			parts = append(parts, tally.Part{Key: string(a.Code), Totals: s.totals, Giving: s.giving})
		case area.Kecamatan:
			if h, ok := s.giving.Hours.Median(); ok {
				f.slow = append(f.slow, report.SlowRow{Area: a.Code, Name: a.Name, MedianHours: h, Contacted: s.giving.Hours.Contacted()})
			}
		case area.Kelurahan:
			g := tally.StatisticsOf(s.totals, s.giving, nil)
			f.kelurahan = append(f.kelurahan, report.KelurahanRow{
				Area: a.Code, Name: a.Name, Register: g.Register, Received: g.Whole.Gift.Received + g.Whole.Free.Received,
				Open: max(0, g.Whole.Gift.Needed-g.Whole.Gift.Given()),
			})
		}
	}
	whole := by[pack.Root]
	f.statistics, f.givers = tally.StatisticsOf(whole.totals, whole.giving, parts), whole.giving.Givers
	slices.SortFunc(f.spots, func(a, b report.Spot) int {
		return cmp.Or(cmp.Compare(b.Open, a.Open), cmp.Compare(a.Recipient, b.Recipient))
	})
	slices.SortFunc(f.forgotten, func(a, b report.Spot) int {
		return cmp.Or(cmp.Compare(b.Households, a.Households), cmp.Compare(a.Recipient, b.Recipient))
	})
	slices.SortFunc(f.slow, func(a, b report.SlowRow) int {
		return cmp.Or(cmp.Compare(b.MedianHours, a.MedianHours), cmp.Compare(a.Area, b.Area))
	})
	return f
}

// happened adds up the days of a period.
func happened(s tally.Statistics, p report.Period) (sum tally.Happened, days []tally.Dated) {
	days = []tally.Dated{}
	for _, d := range s.Days {
		if string(p.From) <= d.Period && d.Period <= string(p.To) {
			sum, days = sum.Plus(d.Happened), append(days, d)
		}
	}
	return sum, days
}

var known sync.Map

// reported returns the report of a period of the demonstration.
func reported(t testing.TB, id string) report.Report {
	t.Helper()
	if r, ok := known.Load(id); ok {
		return r.(report.Report)
	}
	pack, listings := jakarta()
	p, err := report.ParsePeriod(id)
	if err != nil {
		t.Fatal(err)
	}
	end, start := fold(pack, listings, p.Ends(pack.Zone)), fold(pack, listings, p.Begins(pack.Zone))
	r := report.Report{
		Schema: "/data/schemas/report.json", Period: p.ID, Kind: p.Kind, From: p.From, To: p.To, AsOf: p.Ends(pack.Zone), Region: pack.Root,
		Name: pack.AreaName(pack.Root), Demo: true, Revision: 1, End: end.statistics, Kelurahan: end.kelurahan,
		Gaps: end.spots[:report.ListLength], Forgotten: end.forgotten[:report.ListLength], ForgottenTotal: int64(len(end.forgotten)),
		Slow: end.slow[:min(len(end.slow), report.ListLength)], Corrections: []report.Correction{},
		Paragraphs: []string{
			"Pada periode ini warga dan lembaga berjanji lebih sering daripada sebelumnya. Sebagian besar janji adalah paket sembako untuk RW, dan separuh dari yang sudah berkontak berbicara pada hari yang sama.",
			"Jakarta Selatan menerima paling banyak janji. Kesenjangan terbesar ada di kecamatan yang padat: di sana kebutuhan yang belum dijanjikan siapa pun masih lebih dari sembilan dari sepuluh bagian.",
			"Tempat-tempat yang belum menerima bantuan apa pun disebut satu per satu di bagian 6; yang terbesar didahulukan menurut banyaknya kepala keluarga.",
		},
	}
	r.Happened, r.End.Days = happened(end.statistics, p)
	r.Before, _ = happened(end.statistics, p.Before())
	r.Change.Whole.Gift = end.statistics.Whole.Gift.Minus(start.statistics.Whole.Gift)
	r.Change.Whole.Loan = end.statistics.Whole.Loan.Minus(start.statistics.Whole.Loan)
	r.Change.Whole.Free = end.statistics.Whole.Free.Minus(start.statistics.Whole.Free)
	r.Givers, r.GiversBefore = givers(listings, p, pack), givers(listings, p.Before(), pack)
	for _, table := range []string{"commitments", "deliveries", "areas", "corrections"} {
		r.Tables = append(r.Tables, report.Source{
			Table: table, Path: "data/v1/reports/" + id + "/" + table + ".3f0c9a5b7d21.csv", Hash: "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
			Bytes: 48_213, Rows: 132, Type: "text/csv",
		})
	}
	known.Store(id, r)
	return r
}

func givers(listings []aid.Listing, p report.Period, pack *region.Pack) tally.Count {
	who := map[aid.CollaboratorID]bool{}
	for _, l := range listings {
		for _, c := range l.History {
			if !c.PledgedAt.IsZero() && !c.PledgedAt.Before(p.Begins(pack.Zone)) && c.PledgedAt.Before(p.Ends(pack.Zone)) {
				who[c.Collaborator] = true
			}
		}
	}
	return tally.Count{N: int64(len(slices.Collect(maps.Keys(who))))}
}

func source(r report.Report) report.Source {
	return report.Source{
		Path: "data/v1/reports/" + r.Period + "/1.json", Hash: "sha256-uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=", Bytes: 61_904, Type: "application/json",
	}
}
