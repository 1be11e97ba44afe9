package report_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/report"
	"ksbb/shared/tally"
)

// village is a recipient with its history, and how each of its commitments
// stood after each step.
type village struct {
	place aid.Place
	lives [][]aid.Commitment
}

// history is what is on record of it now.
func (v village) history() (all []aid.Commitment) {
	for _, life := range v.lives {
		all = append(all, life[len(life)-1])
	}
	return all
}

// known is what was on record at instant t.
func (v village) known(t time.Time) (aid.Place, []aid.Commitment) {
	p := v.place
	p.Needs = slices.Clone(p.Needs)
	for i, n := range p.Needs {
		n.Needed = n.NeededAt(t)
		n.Earlier = slices.DeleteFunc(slices.Clone(n.Earlier), func(l aid.Level) bool { return !l.Until.Before(t) })
		p.Needs[i] = n
	}
	var all []aid.Commitment
	for _, life := range v.lives {
		for i := len(life) - 1; i >= 0; i-- {
			if c := life[i]; len(c.Log) == 0 || c.Log[len(c.Log)-1].At.Before(t) {
				all = append(all, c)
				break
			}
		}
	}
	return p, all
}

var (
	summer = time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)
	codes  = []area.Code{"34.71.01.1001.001", "34.71.01.1001.002", "34.71.01.1002.001", "34.71.01.1002", "34.71.02.1001.007", "34.71.02.1001"}
)

// drawVillage makes a recipient of the tiny region, and lives that begin in the
// summer of 2025, in the middle of which the price of a tank rises.
func drawVillage(t *rapid.T, pack *region.Pack, i int, onTime bool) village {
	code := rapid.SampledFrom(codes).Draw(t, "area")
	r := aid.Recipient{
		ID: aid.RecipientID(fmt.Sprintf("%s-%d", code, i)), Name: fmt.Sprintf("Padukuhan %d \"Mawar\"\n🌹", i), Kind: "padukuhan", Area: code,
		Households: rapid.Int64Range(0, 400).Draw(t, "households"), Demo: rapid.Bool().Draw(t, "demo"),
	}
	if code.Level() == area.Kelurahan {
		r.Kind = "puskesmas"
	}
	v := village{place: aid.Place{Recipient: r}}
	for _, id := range []aid.PackageID{"tangki", "galon", "pompa"} {
		if rapid.IntRange(0, 3).Draw(t, "needs it") == 0 {
			continue
		}
		n := aid.Need{ID: aid.NeedOf(r.ID, id), Recipient: r.ID, Program: "air-bersih", Package: id, ConfirmedOn: aid.Day("2025-05-20").Plus(rapid.IntRange(0, 90).Draw(t, "confirmed"))}
		n.Needed = rapid.Int64Range(0, 40).Draw(t, "needed")
		at := summer
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			at = at.Add(time.Duration(rapid.IntRange(1, 40*24).Draw(t, "hours")) * time.Hour)
			n = n.Changed(rapid.Int64Range(0, 40).Draw(t, "needed"), at)
		}
		v.place.Needs = append(v.place.Needs, n)
	}
	for k := range rapid.IntRange(0, 4).Draw(t, "commitments") {
		v.lives = append(v.lives, drawLife(t, pack, v.place, fmt.Sprintf("01970000-0000-7000-8000-0000%04x%04x", i, k), onTime))
	}
	return v
}

// drawLife makes a life in which the clock is on time, or looks when it likes:
// then somebody may move what had lapsed unnoticed.
func drawLife(t *rapid.T, pack *region.Pack, p aid.Place, id string, onTime bool) []aid.Commitment {
	cat := pack.Catalogue()
	now := summer.Add(time.Duration(rapid.IntRange(0, 80*24*60).Draw(t, "submitted")) * time.Minute)
	leaf, _ := cat.LeafOf(p.Recipient)
	c := aid.Commitment{
		ID: aid.CommitmentID(id), Recipient: p.Recipient.ID, Leaf: leaf, Program: "air-bersih",
		Period: aid.Period{From: aid.DayOf(now, cat.Zone), To: aid.DayOf(now, cat.Zone).Plus(5)}, Route: aid.Direct,
		Name: "Sri Rahasia", Class: rapid.SampledFrom(aid.Classes).Draw(t, "class"), Salt: "salt",
		Collaborator: aid.CollaboratorID(rapid.SampledFrom([]string{"siti", "budi", "tono", "wati"}).Draw(t, "giver")),
		State:        aid.Submitted, SubmittedAt: now, VerifyBy: now.Add(12 * time.Hour),
	}
	if rapid.IntRange(0, 3).Draw(t, "route") == 0 {
		c.Route, c.Aggregator = aid.Aggregate, "sukarelawan"
	}
	for _, n := range p.Needs {
		if rapid.Bool().Draw(t, "gives it") {
			l := aid.Line{Need: n.ID, Package: n.Package, Quantity: rapid.Int64Range(1, 9).Draw(t, "quantity"), Unit: "unit", Value: 777, Estimated: true}
			if price, ok := cat.Packages[n.Package].PriceOn(aid.DayOf(now, cat.Zone)); ok {
				l.Value, l.Estimated = aid.Rupiah(l.Quantity)*price, false
			}
			c.Lines = append(c.Lines, l)
		}
	}
	if len(c.Lines) == 0 || rapid.IntRange(0, 3).Draw(t, "free") == 0 {
		c.Lines = append(c.Lines, aid.Line{Quantity: 3, Unit: "buah", Free: "=Tenda Sri Rahasia", Value: 1_000, Estimated: true})
	}
	life := []aid.Commitment{c}
	then := func(after aid.Commitment, err error) {
		if err == nil && after.Version > c.Version {
			c = after
			life = append(life, c)
		}
	}
	now = now.Add(time.Duration(rapid.IntRange(1, 13*60).Draw(t, "verified")) * time.Minute)
	then(c.Verified(now, cat))
	for range rapid.IntRange(0, 9).Draw(t, "steps") {
		now = now.Add(time.Duration(rapid.IntRange(1, 30*60).Draw(t, "minutes")) * time.Minute)
		if rapid.IntRange(0, 5).Draw(t, "long") == 0 {
			now = now.AddDate(0, 0, rapid.IntRange(1, 100).Draw(t, "days"))
		}
		for onTime || rapid.IntRange(0, 3).Draw(t, "the clock looks") > 0 {
			after, _, _, ok := c.Elapsed(now, cat)
			if !ok {
				break
			}
			then(after, nil)
		}
		by := rapid.SampledFrom([]aid.Role{aid.Collaborator, aid.Steward, aid.Officer}).Draw(t, "role")
		if allowed := c.Allowed(by); len(allowed) > 0 {
			then(step(t, cat, c, rapid.SampledFrom(allowed).Draw(t, "move"), by, now))
		}
		if rapid.IntRange(0, 9).Draw(t, "asked to forget") == 0 {
			then(c.Forgotten(aid.Collaborator, now, cat))
		}
	}
	return life
}

// step makes one move with anything that fits it.
func step(t *rapid.T, cat *aid.Catalogue, c aid.Commitment, m aid.Move, by aid.Role, now time.Time) (aid.Commitment, error) {
	some := func(most []int64) (out []int64) {
		for _, n := range most {
			out = append(out, rapid.Int64Range(0, n).Draw(t, "units"))
		}
		return out
	}
	switch m {
	case aid.Verify:
		return c.Verified(now, cat)
	case aid.Speak:
		return c.Spoken(by, now, cat)
	case aid.Silent:
		return c.Unanswered(now, cat)
	case aid.Renew:
		return c.RenewedAt(now, cat)
	case aid.Schedule:
		return c.ScheduledFor(aid.Appointment{On: aid.DayOf(now, cat.Zone).Plus(2)}, by, now, cat)
	case aid.Sign:
		return c.SignedAs("sha256-x", now, cat)
	case aid.Report:
		rest := make([]int64, len(c.Lines))
		for i, l := range c.Lines {
			rest[i] = l.Quantity
		}
		for _, d := range c.Deliveries {
			for i := range rest {
				rest[i] -= d.Quantities[i]
			}
		}
		return c.Reported(aid.DeliveryReport{ID: aid.DeliveryID(fmt.Sprint("d", len(c.Deliveries))), On: aid.DayOf(now, cat.Zone), Quantities: some(rest)}, now, cat)
	case aid.Receive:
		if len(c.Deliveries) == 0 {
			return c, aid.ErrNotFound
		}
		d := rapid.SampledFrom(c.Deliveries).Draw(t, "delivery")
		via := map[aid.Role]aid.Via{aid.Steward: aid.ViaSteward, aid.Officer: aid.ViaOfficer}[by]
		return c.ReceivedAs(aid.ReceiptAnswer{Delivery: d.ID, Answer: rapid.SampledFrom([]aid.Answer{aid.Full, aid.Fewer, aid.None}).Draw(t, "answer"), Quantities: some(d.Quantities), Via: via}, now, cat)
	case aid.Settle:
		i := slices.IndexFunc(c.Deliveries, aid.Delivery.Open)
		return c.SettledAs(c.Deliveries[i].ID, c.Deliveries[i].Quantities, by, now, cat)
	}
	return c.WithdrawnFor("other", by, now, cat)
}

func drawVillages(t *rapid.T, pack *region.Pack, onTime bool) []village {
	all := make([]village, rapid.IntRange(0, 6).Draw(t, "villages"))
	for i := range all {
		all[i] = drawVillage(t, pack, i, onTime)
	}
	return all
}

// collected is what a collector made: its reports as JSON, by period, and its
// rows as text, sorted.
type collected struct {
	reports map[string]report.Report
	bytes   map[string]string
	rows    map[string][]string // by period and table
}

func collect(t testing.TB, pack *region.Pack, periods []report.Period, feed func(add func(aid.Place, []aid.Commitment))) collected {
	t.Helper()
	out := collected{map[string]report.Report{}, map[string]string{}, map[string][]string{}}
	rows := func(period string, table report.Table, cells []any) error {
		if len(cells) != len(table.Columns) {
			t.Fatalf("%s has %d columns, the row %d cells", table.Name, len(table.Columns), len(cells))
		}
		out.rows[period+" "+table.Name] = append(out.rows[period+" "+table.Name], fmt.Sprintf("%q", cells))
		return nil
	}
	c := report.NewCollector(pack, periods)
	c.Correct(aid.Leaf{Area: "34.71.02", Group: "warga"}, []aid.Correction{
		{On: time.Date(2025, 7, 9, 3, 0, 0, 0, time.UTC), Reason: "dihitung dua kali\nsatu", By: "Dinas Sosial"},
		{On: time.Date(2025, 6, 30, 15, 59, 59, 0, time.UTC), Reason: "salah ketik", By: "Kelurahan Ombak"},
		{On: time.Date(2025, 6, 30, 16, 0, 0, 0, time.UTC), Reason: "salah tempat", By: "Kelurahan Ombak"},
	})
	feed(func(p aid.Place, history []aid.Commitment) {
		if err := c.Add(p, history, rows); err != nil {
			t.Fatal(err)
		}
	})
	if err := c.Rest(rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range c.Reports() {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		out.reports[r.Period], out.bytes[r.Period] = r, string(b)
	}
	for _, all := range out.rows {
		slices.Sort(all)
	}
	return out
}

func collectNow(t testing.TB, pack *region.Pack, periods []report.Period, all []village) collected {
	return collect(t, pack, periods, func(add func(aid.Place, []aid.Commitment)) {
		for _, v := range all {
			add(v.place, v.history())
		}
	})
}

func periods(t testing.TB, ids ...string) (all []report.Period) {
	t.Helper()
	for _, id := range ids {
		p, err := report.ParsePeriod(id)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// same holds what was said of a period against what else was said of it.
func same(t *rapid.T, why, period string, got, want collected) {
	t.Helper()
	if got.bytes[period] != want.bytes[period] || want.bytes[period] == "" {
		t.Fatalf("%s: the report of %s is\n%s\nand was\n%s", why, period, got.bytes[period], want.bytes[period])
	}
	for _, table := range report.Tables {
		key := period + " " + table.Name
		if !slices.Equal(got.rows[key], want.rows[key]) {
			t.Fatalf("%s: %s are\n%s\nand were\n%s", why, key, strings.Join(got.rows[key], "\n"), strings.Join(want.rows[key], "\n"))
		}
	}
}

// A report is made late, made again or made with others: it says the same, to
// the byte.
func TestAReportOfAPeriodSaysTheSameWheneverItIsMade(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	ids := []string{"2025-06", "2025-07", "2025-08", "2025-W27", "2025-07-01", "2025-06-30"}
	rapid.Check(t, func(rt *rapid.T) {
		all := drawVillages(rt, pack, false)
		want := collectNow(t, pack, periods(t, rapid.Permutation(ids).Draw(rt, "periods")...), all)
		for _, id := range ids {
			same(rt, "alone", id, collectNow(t, pack, periods(t, id), all), want)
		}
		shuffled := rapid.Permutation(all).Draw(rt, "order")
		same(rt, "in another order", "2025-07", collect(t, pack, periods(t, ids...), func(add func(aid.Place, []aid.Commitment)) {
			for _, v := range shuffled {
				add(v.place, rapid.Permutation(v.history()).Draw(rt, "history"))
			}
		}), want)
		// On the night itself nobody knows yet what comes.
		for _, p := range periods(t, ids...) {
			same(rt, "on time", p.ID, collect(t, pack, []report.Period{p}, func(add func(aid.Place, []aid.Commitment)) {
				for _, v := range all {
					add(v.known(p.Ends(pack.Zone)))
				}
			}), want)
		}
	})
}

// What one person calls a total, another adds up from the parts.
func TestReportsAgreeWithThemselvesAndWithEachOther(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	cat := pack.Catalogue()
	july := periods(t, "2025-07")[0]
	ids := []string{"2025-06", "2025-07"}
	for _, d := range july.Days() {
		ids = append(ids, string(d))
	}
	rapid.Check(t, func(rt *rapid.T) {
		all := drawVillages(rt, pack, true)
		c := collectNow(t, pack, periods(t, ids...), all)
		r, before := c.reports["2025-07"], c.reports["2025-06"]

		// All at once, without any of the ways that save work.
		var totals tally.Totals
		var giving tally.Giving
		for _, v := range all {
			p, then := v.place.AsOf(july.Ends(pack.Zone), v.history(), cat)
			totals = totals.Plus(tally.Of(p, cat))
			giving = giving.Plus(tally.GivingOf(p, then, cat))
		}
		want := tally.StatisticsOf(totals, giving, []tally.Part{{Key: "34.71", Totals: totals, Giving: giving}})
		got := r.End
		got.Days, got.Weeks, got.Months, want.Days, want.Weeks, want.Months = nil, nil, nil, nil, nil, nil
		if asJSON(t, got) != asJSON(t, want) {
			rt.Fatalf("July ended with\n%s\nnot with\n%s", asJSON(t, want), asJSON(t, got))
		}

		if r.Before != before.Happened || r.GiversBefore != before.Givers {
			rt.Fatalf("July says that in June %+v happened by %+v, June that %+v by %+v", r.Before, r.GiversBefore, before.Happened, before.Givers)
		}
		var days, listed, weeks, months tally.Happened
		for _, d := range july.Days() {
			days = days.Plus(c.reports[string(d)].Happened)
		}
		for _, d := range r.End.Days {
			listed = listed.Plus(d.Happened)
		}
		for _, d := range r.End.Weeks {
			weeks = weeks.Plus(d.Happened)
		}
		for _, d := range r.End.Months {
			months = months.Plus(d.Happened)
		}
		if r.Happened != days || r.Happened != listed || r.Happened != weeks || r.Happened != months || len(r.End.Days) != 31 {
			rt.Fatalf("in July %+v happened; its days say %+v and %+v, weeks %+v, months %+v", r.Happened, days, listed, weeks, months)
		}
		if got := before.End.Whole.Commitments.Plus(r.Change.Whole.Commitments); got != r.End.Whole.Commitments {
			rt.Fatalf("June ended with %+v, July changed that by %+v and ended with %+v", before.End.Whole.Commitments, r.Change.Whole.Commitments, r.End.Whole.Commitments)
		}
		if r.Happened.Pledged != r.Change.Whole.Commitments.Pledged || r.Givers.N > r.Happened.Pledged || (r.Givers.N == 0) != (r.Happened.Pledged == 0) {
			rt.Fatalf("%d were pledged by %d, the change says %+v", r.Happened.Pledged, r.Givers.N, r.Change.Whole.Commitments)
		}
		for name, rows := range map[string][]tally.Row{
			"areas": r.Change.Areas, "classes": r.Change.Classes, "kinds": r.Change.Kinds, "packages": r.Change.Packages, "programs": r.Change.Programs, "routes": r.Change.Routes,
		} {
			var gift, loan, free tally.Stand
			var n tally.Number
			for _, row := range rows {
				gift, loan, free, n = gift.Plus(row.Gift), loan.Plus(row.Loan), free.Plus(row.Free), n.Plus(row.Commitments)
			}
			w := r.Change.Whole
			if name == "classes" || name == "routes" { // of which what is needed has none
				w.Gift.Needed, w.Loan.Needed = 0, 0
			}
			if gift != w.Gift || loan != w.Loan || free != w.Free || n != w.Commitments {
				rt.Fatalf("change by %s adds up to %+v %+v %+v %+v, not %+v", name, gift, loan, free, n, w)
			}
		}
		var received, open, recipients, unreached int64
		for _, k := range r.Kelurahan {
			received, open, recipients, unreached = received+k.Received, open+k.Open, recipients+k.Register.Recipients, unreached+k.Register.Unreached
		}
		if received != r.End.Whole.Gift.Received+r.End.Whole.Free.Received || recipients != int64(len(all)) || open != totals.Value.Remaining ||
			unreached != r.ForgottenTotal || len(r.Forgotten) != int(unreached) || len(r.Kelurahan) != 3 {
			rt.Fatalf("kelurahan add up to %d received, %d open, %d recipients, %d forgotten: %+v", received, open, recipients, unreached, r.Kelurahan)
		}
		if got, want := len(c.rows["2025-07 areas"]), 6; got != want {
			rt.Fatalf("%d rows of areas, want %d: %v", got, want, c.rows["2025-07 areas"])
		}
		// Every commitment that was pledged in July is a row, and every row took a step.
		numbers := map[string]bool{}
		for _, row := range c.rows["2025-07 commitments"] {
			numbers[strings.Fields(row)[0]] = true
		}
		took, handed := 0, 0
		in := func(at time.Time) bool { return !at.Before(july.Begins(pack.Zone)) && at.Before(july.Ends(pack.Zone)) }
		for _, v := range all {
			for _, k := range v.history() {
				was, ok := k.AsOf(july.Ends(pack.Zone), cat)
				if ok && slices.ContainsFunc(was.Log, func(e aid.Event) bool {
					return !e.At.Before(july.Begins(pack.Zone)) && e.Move != aid.Forget && e.Move != aid.Silent
				}) {
					took++
				}
				for _, d := range was.Deliveries {
					if ok && was.State.Counts() && (in(d.ReportedAt) || in(d.AnsweredAt) || in(d.SettledAt)) {
						handed += len(was.Lines)
					}
				}
			}
		}
		if len(numbers) != took {
			rt.Fatalf("%d commitments took a step in July, %d are listed", took, len(numbers))
		}
		if got := len(c.rows["2025-07 deliveries"]); got != handed {
			rt.Fatalf("%d lines were handed over, answered or settled in July, %d are listed", handed, got)
		}
		if everything := c.bytes["2025-07"] + fmt.Sprint(c.rows); strings.Contains(everything, "Rahasia") || strings.Contains(everything, "siti") {
			rt.Fatal("what is kept for ever names a giver")
		}
		for _, p := range r.Paragraphs {
			if strings.ContainsAny(p, "\n\r\t") || strings.Contains(p, "%!") || strings.Contains(p, "  ") {
				rt.Fatalf("%q", p)
			}
		}
	})
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// So many that sums of sums are added up.
func TestManyRecipientsAddUpToWhatEachOfThemAdds(t *testing.T) {
	t.Parallel()
	pack, err := region.Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	cat := pack.Catalogue()
	march := periods(t, "2026-03")
	var totals tally.Totals
	var giving tally.Giving
	parts := map[area.Code]tally.Part{}
	most := map[aid.RecipientID]int64{}
	c := collect(t, pack, march, func(add func(aid.Place, []aid.Commitment)) {
		crowd(t, pack, 900, 3, func(p aid.Place, history []aid.Commitment) {
			add(p, history)
			was, then := p.AsOf(march[0].Ends(pack.Zone), history, cat)
			one, given := tally.Of(was, cat), tally.GivingOf(was, then, cat)
			totals, giving = totals.Plus(one), giving.Plus(given)
			kota := p.Recipient.Area.At(area.Kota)
			parts[kota] = tally.Part{Key: string(kota), Totals: parts[kota].Totals.Plus(one), Giving: parts[kota].Giving.Plus(given)}
			if one.Unreached > 0 {
				most[p.Recipient.ID] = p.Recipient.Households
			}
		})
	})
	r := c.reports["2026-03"]
	want := tally.StatisticsOf(totals, giving, slices.Collect(maps.Values(parts)))
	got := r.End
	got.Days, got.Weeks, got.Months, want.Days, want.Weeks, want.Months = nil, nil, nil, nil, nil, nil
	if asJSON(t, got) != asJSON(t, want) {
		t.Errorf("the month ended with\n%s\nnot with\n%s", asJSON(t, want), asJSON(t, got))
	}
	if len(r.Gaps) != report.ListLength || r.ForgottenTotal != int64(len(most)) || len(most) > report.ListLength && len(r.Forgotten) != report.ListLength {
		t.Errorf("%d gaps, %d of %d forgotten are listed; %d are", len(r.Gaps), len(r.Forgotten), r.ForgottenTotal, len(most))
	}
	for i, s := range r.Gaps {
		if i > 0 && s.Open > r.Gaps[i-1].Open {
			t.Errorf("gap %d of %d comes after one of %d", i, s.Open, r.Gaps[i-1].Open)
		}
	}
	if len(r.Slow) == 0 || r.Slow[0].Contacted < report.SlowAtLeast {
		t.Errorf("slow are %+v", r.Slow)
	}
}

// A need of July is worth what it cost then, though its price rose on the first.
func TestAPriceThatChangesInThePeriodChangesWhatIsNeededOnly(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	cat := pack.Catalogue()
	at := time.Date(2025, 6, 29, 3, 0, 0, 0, time.UTC)
	p := aid.Place{
		Recipient: aid.Recipient{ID: "34.71.02.1001.007", Name: "Padukuhan 7", Kind: "padukuhan", Area: "34.71.02.1001.007", Households: 50},
		// Confirmed again on the day of the new price.
		Needs: []aid.Need{{ID: "34.71.02.1001.007:tangki", Recipient: "34.71.02.1001.007", Program: "air-bersih", Package: "tangki", Needed: 10, ConfirmedOn: "2025-07-01"}},
	}
	c := aid.Commitment{
		ID: "01970000-0000-7000-8000-000000000001", Recipient: p.Recipient.ID, Program: "air-bersih", Class: aid.Business, Collaborator: "budi", Route: aid.Direct,
		Lines: []aid.Line{{Need: p.Needs[0].ID, Package: "tangki", Quantity: 4, Unit: "tangki", Value: 1_200_000}},
		State: aid.Submitted, SubmittedAt: at, VerifyBy: at.Add(time.Hour),
	}
	c = lived(t, cat, c, at, false)
	r := collect(t, pack, periods(t, "2025-06", "2025-06-30", "2025-07-01", "2025-W27", "2025-07"), func(add func(aid.Place, []aid.Commitment)) {
		add(p, []aid.Commitment{c})
	}).reports
	for id, want := range map[string]struct{ needed, neededMore, lapsed int64 }{
		"2025-06":    {3_000_000, 3_000_000 - 3_000_000, 0}, // known from the beginning, as it is listed now
		"2025-06-30": {3_000_000, 0, 1_200_000},
		"2025-07-01": {3_500_000, 500_000, 0},
		"2025-W27":   {3_500_000, 500_000, 1_200_000},
		"2025-07":    {3_500_000, 500_000, 0},
	} {
		got := r[id]
		if got.End.Whole.Gift.Needed != want.needed || got.Change.Whole.Gift.Needed != want.neededMore {
			t.Errorf("%s ended with a need of %d, %+d; want %d, %+d", id, got.End.Whole.Gift.Needed, got.Change.Whole.Gift.Needed, want.needed, want.neededMore)
		}
		if id != "2025-06" && got.Happened.LapsedValue != want.lapsed {
			t.Errorf("in %s promises of %d lapsed, want %d", id, got.Happened.LapsedValue, want.lapsed)
		}
	}
}

func TestCorrectionsStandInThePeriodInWhichTheyWereRecorded(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t) // eight hours ahead of Greenwich
	c := collect(t, pack, periods(t, "2025-06", "2025-07"), func(func(aid.Place, []aid.Commitment)) {})
	for id, want := range map[string][]string{"2025-06": {"salah ketik"}, "2025-07": {"salah tempat", "dihitung dua kali\nsatu"}} {
		var got []string
		for _, k := range c.reports[id].Corrections {
			got = append(got, k.Reason)
		}
		if !slices.Equal(got, want) || len(c.rows[id+" corrections"]) != len(want) {
			t.Errorf("%s has the corrections %q and %d rows of them, want %q", id, got, len(c.rows[id+" corrections"]), want)
		}
	}
}

// Nothing is null that a reader would have to look out for.
func TestAPeriodWithoutAnythingIsAWholeReport(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	c := collect(t, pack, periods(t, "2025-02"), func(func(aid.Place, []aid.Commitment)) {})
	r := c.reports["2025-02"]
	for _, null := range []string{`:null`} {
		if text := strings.ReplaceAll(strings.ReplaceAll(c.bytes["2025-02"], `"medianHours":null`, ""), `"p90Hours":null`, ""); strings.Contains(text, null) {
			t.Errorf("%s in %s", null, text)
		}
	}
	if len(r.End.Days) != 28 || len(r.End.Areas) != 1 || len(r.Kelurahan) != 3 || len(r.Paragraphs) != 1 || r.Name != "Pesisir" || r.Region != "34" ||
		!r.AsOf.Equal(time.Date(2025, 2, 28, 16, 0, 0, 0, time.UTC)) || r.Demo {
		t.Errorf("%+v", r)
	}
	if rows := c.rows["2025-02 areas"]; len(rows) != 6 {
		t.Errorf("%d rows of areas: %v", len(rows), rows)
	}
}

func TestARefusedRowEndsTheFold(t *testing.T) {
	t.Parallel()
	pack, err := region.Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	refuse := func(string, report.Table, []any) error { return full }
	c := report.NewCollector(pack, periods(t, "2026-03"))
	refused := 0
	crowd(t, pack, 1, 10, func(p aid.Place, history []aid.Commitment) {
		if err := c.Add(p, history, refuse); errors.Is(err, full) {
			refused++
		}
	})
	if err := c.Rest(refuse); !errors.Is(err, full) || refused != 1 {
		t.Errorf("%d of 1 was refused, the rest with %v", refused, err)
	}
}

// One promise, made and half kept in June, kept in July; another, of which
// nobody but its giver heard anything in July.
func TestRowsOfAPeriodAreWhatHappenedInIt(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	cat := pack.Catalogue()
	at := time.Date(2025, 6, 30, 1, 0, 0, 0, time.UTC)
	p := aid.Place{Recipient: aid.Recipient{ID: "34.71.02.1001.007", Name: "Padukuhan 7", Kind: "padukuhan", Area: "34.71.02.1001.007"}}
	c := aid.Commitment{
		ID: "01970000-0000-7000-8000-000000000001", Recipient: p.Recipient.ID, Program: "air-bersih", Class: aid.Business, Collaborator: "budi", Route: aid.Direct,
		Name: "Budi", Lines: []aid.Line{{Quantity: 4, Unit: "buah", Free: "tenda", Value: 1_200_000, Estimated: true}},
		Period: aid.Period{From: "2025-06-30", To: "2025-07-20"}, State: aid.Submitted, SubmittedAt: at, VerifyBy: at.Add(24 * time.Hour),
	}
	quiet := c
	quiet.ID, quiet.Collaborator = "01970000-0000-7000-8000-000000000002", "siti"
	then := func(after aid.Commitment, err error) aid.Commitment {
		if err != nil {
			t.Fatal(err)
		}
		return after
	}
	c = then(c.Verified(at, cat))
	c = then(c.SignedAs("sha256-x", at.Add(time.Hour), cat))
	c = then(c.Reported(aid.DeliveryReport{ID: "a", On: "2025-06-30", Quantities: []int64{1}}, at.Add(2*time.Hour), cat))
	c = then(c.ReceivedAs(aid.ReceiptAnswer{Delivery: "a", Answer: aid.Full, Via: aid.ViaSteward}, at.Add(3*time.Hour), cat))
	july := time.Date(2025, 7, 3, 1, 0, 0, 0, time.UTC)
	c = then(c.Reported(aid.DeliveryReport{ID: "b", On: "2025-07-03", Quantities: []int64{3}}, july, cat))
	c = then(c.ReceivedAs(aid.ReceiptAnswer{Delivery: "b", Answer: aid.None, Via: aid.ViaSteward}, july.AddDate(0, 1, 0), cat))
	quiet = then(quiet.Verified(at.Add(15*time.Hour-time.Minute), cat)) // a minute before July
	quiet = then(quiet.Unanswered(at.Add(16*time.Hour), cat))
	got := collect(t, pack, periods(t, "2025-06", "2025-07", "2025-07-01", "2025-08"), func(add func(aid.Place, []aid.Commitment)) {
		add(p, []aid.Commitment{quiet, c})
	})
	for id, want := range map[string]struct{ commitments, deliveries []string }{
		"2025-06":    {[]string{"0001", "0002"}, []string{"1"}},
		"2025-07-01": {nil, nil},
		"2025-07":    {[]string{"0001", "0002"}, []string{"2"}}, // the quiet one lapsed on the second
		"2025-08":    {[]string{"0001"}, []string{"2"}},
	} {
		column := func(table string, from int, to string) (found []string) {
			for _, row := range got.rows[id+" "+table] {
				cell := strings.Split(row, `"`)[1]
				found = append(found, cell[strings.LastIndex(cell, to)+from:])
			}
			return found
		}
		if commitments := column("commitments", 1, "-"); !slices.Equal(commitments, want.commitments) {
			t.Errorf("%s lists the commitments %q, want %q", id, commitments, want.commitments)
		}
		if deliveries := column("deliveries", 1, "-"); !slices.Equal(deliveries, want.deliveries) {
			t.Errorf("%s lists the deliveries %q, want %q", id, deliveries, want.deliveries)
		}
	}
	if h := got.reports["2025-07"].Happened; h.Delivered != 1 || h.DeliveredValue != 900_000 || h.Received != 0 || h.Lapsed != 1 {
		t.Errorf("in July %+v happened", h)
	}
	if h := got.reports["2025-08"].Happened; h.Received != 1 || h.ReceivedValue != 0 || got.reports["2025-08"].Change.Whole.Commitments.Disputes != 1 {
		t.Errorf("in August %+v happened", h)
	}
}
