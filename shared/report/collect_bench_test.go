package report_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
	"ksbb/shared/report"
)

// crowd makes the recipients of a large region one by one: n in all, each with
// the same number of commitments, half of them over before March.
func crowd(tb testing.TB, pack *region.Pack, n, each int, visit func(aid.Place, []aid.Commitment)) {
	tb.Helper()
	cat := pack.Catalogue()
	r := rand.New(rand.NewPCG(1, 2))
	kelurahan := pack.At(area.Kelurahan)
	for i := range n {
		code := kelurahan[i%len(kelurahan)].Code
		rw := area.Code(fmt.Sprintf("%s.%03d", code, i/len(kelurahan)%1000))
		p := aid.Place{Recipient: aid.Recipient{
			ID: aid.RecipientID(rw), Name: fmt.Sprintf("RW %03d", i), Kind: "rw", Area: rw, Households: int64(100 + i%900), People: 3000,
		}}
		leaf, _ := cat.LeafOf(p.Recipient)
		for _, id := range []aid.PackageID{"sembako", "siap-saji"} {
			p.Needs = append(p.Needs, aid.Need{
				ID: aid.NeedOf(p.Recipient.ID, id), Recipient: p.Recipient.ID, Program: "pangan", Package: id, Needed: 1_000_000, ConfirmedOn: "2025-11-01",
			})
		}
		history := make([]aid.Commitment, 0, each)
		for k := range each {
			at := time.Date(2025, 11, 1, 2, 0, 0, 0, time.UTC).Add(time.Duration(r.IntN(150*24*60)) * time.Minute)
			id := []aid.PackageID{"sembako", "siap-saji"}[k%2]
			c := aid.Commitment{
				ID: aid.CommitmentID(fmt.Sprintf("0198%08x-%04x", i, k)), Recipient: p.Recipient.ID, Leaf: leaf, Program: "pangan",
				Lines:  []aid.Line{{Need: aid.NeedOf(p.Recipient.ID, id), Package: id, Quantity: 10, Unit: "paket", Value: 2_000_000}},
				Period: aid.Period{From: aid.DayOf(at, cat.Zone), To: aid.DayOf(at, cat.Zone).Plus(3)}, Route: aid.Direct,
				Class: aid.Classes[r.IntN(len(aid.Classes))], Collaborator: aid.CollaboratorID(fmt.Sprint(r.IntN(200_000))),
				State: aid.Submitted, SubmittedAt: at, VerifyBy: at.Add(24 * time.Hour),
			}
			c = lived(tb, cat, c, at.Add(time.Hour), k%10 != 9)
			history = append(history, c)
		}
		visit(p, history)
	}
}

// lived takes a commitment to its receipt, or lets it lapse.
func lived(tb testing.TB, cat *aid.Catalogue, c aid.Commitment, at time.Time, kept bool) aid.Commitment {
	tb.Helper()
	then := func(after aid.Commitment, err error) {
		if err != nil {
			tb.Fatal(err)
		}
		c = after
	}
	then(c.Verified(at, cat))
	if kept {
		then(c.Spoken(aid.Collaborator, at.Add(5*time.Hour), cat))
		then(c.SignedAs("sha256-x", at.Add(6*time.Hour), cat))
		then(c.Reported(aid.DeliveryReport{ID: "d", On: aid.DayOf(at.Add(50*time.Hour), cat.Zone), Quantities: []int64{10}}, at.Add(50*time.Hour), cat))
		then(c.ReceivedAs(aid.ReceiptAnswer{Delivery: "d", Answer: aid.Full, Via: aid.ViaSteward}, at.Add(60*time.Hour), cat))
	}
	for {
		after, _, _, ok := c.Elapsed(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), cat)
		if !ok {
			return c
		}
		c = after
	}
}

// BenchmarkCollect folds a month of 500 recipients with 10,000 commitments; the
// whole of a large region is a hundred times as much.
func BenchmarkCollect(b *testing.B) {
	pack, err := region.Load("dki-jakarta")
	if err != nil {
		b.Fatal(err)
	}
	type one struct {
		p aid.Place
		h []aid.Commitment
	}
	var all []one
	crowd(b, pack, 500, 20, func(p aid.Place, h []aid.Commitment) { all = append(all, one{p, h}) })
	month, _ := report.ParsePeriod("2026-03")
	for _, c := range []struct {
		name    string
		periods []report.Period
	}{
		{"a month", []report.Period{month}},
		{"all that may be due", report.Due(month.Ends(pack.Zone), "2025-11-01", pack.Zone)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				collector := report.NewCollector(pack, c.periods)
				rows := 0
				for _, o := range all {
					if err := collector.Add(o.p, o.h, func(string, report.Table, []any) error { rows++; return nil }); err != nil {
						b.Fatal(err)
					}
				}
				if len(collector.Reports()) != len(c.periods) || rows == 0 {
					b.Fatal("nothing was reported")
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/commitment")
		})
	}
	runtime.KeepAlive(all)
}
