package tally_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/tally"
)

var rules = &aid.Catalogue{
	Packages: map[aid.PackageID]aid.Package{
		"sembako":  {ID: "sembako", Program: "pangan", Modality: aid.Goods, MilliHouseholdDays: 7000, Prices: []aid.Price{{From: "2020-01-01", Amount: 200_000}}},
		"pinjaman": {ID: "pinjaman", Program: "umkm", Modality: aid.Loan},
		"laptop":   {ID: "laptop", Program: "pendidikan", Modality: aid.Goods},
	},
	Limits: aid.Limits{VerifyHours: 24, ContactHours: 48, NudgeHours: [2]int{24, 40}, MaxLeadDays: 90, MaxPeriodDays: 90},
	Zone:   time.FixedZone("WIB", 7*60*60),
}

var dawn = time.Date(2026, 3, 30, 16, 30, 0, 0, time.UTC) // 23.30 in Jakarta

// recipient is a place with all that was ever promised to it.
type recipient struct {
	place   aid.Place
	history []aid.Commitment
}

// recipients draws places with lives made by the rules themselves, whose figures
// are what these add up to.
var recipients = rapid.Custom(func(t *rapid.T) []recipient {
	all := make([]recipient, rapid.IntRange(0, 6).Draw(t, "recipients"))
	for i := range all {
		id := aid.RecipientID(fmt.Sprintf("31.74.01.1001.%03d", i+1))
		p := aid.Place{Recipient: aid.Recipient{ID: id, Kind: "rw", Area: area.Code(id), Households: rapid.Int64Range(0, 900).Draw(t, "households")}}
		if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
			p.Recipient.Kind, p.Recipient.Area = "panti", "31.74.01.1001"
		}
		var history []aid.Commitment
		for n := range rapid.IntRange(0, 5).Draw(t, "commitments") {
			history = append(history, lived(t, id, 100*i+n))
		}
		s := aid.StandingOf(history)
		for _, pack := range []aid.PackageID{"laptop", "pinjaman", "sembako"} {
			need := aid.NeedOf(id, pack)
			held := s.Needs[need]
			p.Needs = append(p.Needs, aid.Need{
				ID: need, Recipient: id, Program: rules.Packages[pack].Program, Package: pack, Needed: held.Sum() + rapid.Int64Range(0, 20).Draw(t, "open"),
				Committed: held.Committed, Delivered: held.Delivered, Received: held.Received, ConfirmedOn: "2026-03-01",
			})
		}
		p.Activity = aid.Activity{
			Open: s.Open, Pledged: s.Pledged, Lapsed: s.Lapsed, Hours: s.Hours,
			FreeCommitted: aid.Rupiah(s.Free.Committed), FreeDelivered: aid.Rupiah(s.Free.Delivered), FreeReceived: aid.Rupiah(s.Free.Received),
		}
		all[i] = recipient{p, history}
	}
	return all
})

// lived draws the nth commitment and lets it live.
func lived(t *rapid.T, r aid.RecipientID, n int) aid.Commitment {
	pick := func(what string, below int) int { return rapid.IntRange(0, below-1).Draw(t, what) }
	begun := dawn.Add(time.Duration(pick("begun", 60*24)) * time.Hour)
	c := aid.Commitment{
		ID: aid.CommitmentID(fmt.Sprintf("0198c0de-0000-7000-8000-%012x", n)), Recipient: r, Program: "pangan",
		Period: aid.Period{From: "2026-03-05", To: "2027-03-05"}, Route: []aid.Route{aid.Direct, aid.Aggregate}[pick("route", 2)],
		Class: aid.Classes[pick("class", len(aid.Classes))], Collaborator: aid.CollaboratorID(fmt.Sprint("c", pick("who", 6))),
		State: aid.Submitted, Version: 1, SubmittedAt: begun, VerifyBy: begun.Add(24 * time.Hour),
	}
	if c.Route == aid.Aggregate {
		c.Aggregator = "mitra"
	}
	for range 1 + pick("lines", 3) {
		l := aid.Line{Quantity: int64(1 + pick("quantity", 9)), Value: aid.Rupiah(1000*pick("value", 900) + 1)}
		if l.Package = []aid.PackageID{"sembako", "pinjaman", "laptop", ""}[pick("package", 4)]; l.Package == "" {
			l.Free = "selimut"
		} else {
			l.Need = aid.NeedOf(r, l.Package)
		}
		c.Lines = append(c.Lines, l)
	}
	c.Program = []aid.ProgramID{"pangan", "umkm"}[pick("program", 2)]
	now := begun
	take := func(next aid.Commitment, err error) {
		if err == nil {
			c = next // what the rules refuse does not happen
		}
	}
	if pick("proven", 8) > 0 {
		now = now.Add(time.Minute)
		take(c.Verified(now, allowed))
	}
	for range 1 + pick("steps", 14) {
		now = now.Add([]time.Duration{time.Minute, time.Hour, 5 * time.Hour, 20 * time.Hour, 50 * time.Hour}[pick("wait", 5)])
		for {
			next, _, _, ok := c.Elapsed(now, allowed)
			if !ok {
				break
			}
			c = next
		}
		part := func(most []int64) []int64 {
			some := slices.Clone(most)
			for i := range some {
				some[i] = rapid.Int64Range(0, max(0, some[i])).Draw(t, "part")
			}
			return some
		}
		moves := append(c.Allowed(aid.Collaborator), c.Allowed(aid.Steward)...)
		if pick("give up", 8) > 0 {
			moves = slices.DeleteFunc(moves, func(m aid.Move) bool { return m == aid.Withdraw || m == aid.Release })
		}
		if c.Allows(aid.Correct) {
			moves = append(moves, aid.Correct)
		}
		if len(moves) == 0 {
			continue
		}
		last := aid.Delivery{}
		if n := len(c.Deliveries); n > 0 {
			last = c.Deliveries[pick("delivery", n)]
		}
		switch moves[pick("move", len(moves))] {
		case aid.Verify:
			take(c.Verified(now, allowed))
		case aid.Speak:
			take(c.Spoken(aid.Steward, now, allowed))
		case aid.Renew:
			take(c.RenewedAt(now, allowed))
		case aid.Sign:
			take(c.SignedAs("sha256-1", now, allowed))
		case aid.Report:
			id := aid.DeliveryID(fmt.Sprint("d", len(c.Deliveries)))
			take(c.Reported(aid.DeliveryReport{ID: id, On: aid.DayOf(now, allowed.Zone), Quantities: part(c.Outstanding())}, now, allowed))
		case aid.Receive:
			a := aid.ReceiptAnswer{Delivery: last.ID, Answer: aid.Full, Via: aid.ViaSteward}
			if pick("answer", 2) == 0 {
				a.Answer, a.Quantities = aid.Fewer, part(last.Quantities)
			}
			take(c.ReceivedAs(a, now, allowed))
		case aid.Settle:
			take(c.SettledAs(last.ID, nil, aid.Collaborator, now, allowed))
		case aid.Correct:
			take(c.Corrected(last.ID, part(last.Quantities), now, allowed))
		case aid.Withdraw, aid.Release:
			take(c.WithdrawnFor("other", aid.Collaborator, now, allowed))
		}
	}
	return c
}

// allowed are the rules with an aggregator.
var allowed = func() *aid.Catalogue {
	c := *rules
	c.Aggregators = map[aid.AggregatorID]aid.Aggregator{"mitra": {ID: "mitra", Permit: aid.Permit{Until: "2030-12-31"}}}
	return &c
}()

func givingOf(r recipient) tally.Giving {
	g := tally.GivingOf(r.place, r.history, allowed)
	g.Latest = tally.ActsOf(r.place.Recipient, r.history)
	return g
}

func foldGiving(all []recipient) (sum tally.Giving) {
	for _, r := range all {
		sum = sum.Plus(givingOf(r))
	}
	return sum
}

func foldTotals(all []recipient) (sum tally.Totals) {
	for _, r := range all {
		sum = sum.Plus(tally.Of(r.place, allowed))
	}
	return sum
}

func written(t *rapid.T, v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func statisticsOf(all []recipient) tally.Statistics {
	var parts []tally.Part
	for i := 0; i < len(all); i += 2 {
		some := all[i:min(i+2, len(all))]
		parts = append(parts, tally.Part{Key: fmt.Sprint(i), Totals: foldTotals(some), Giving: foldGiving(some)})
	}
	return tally.StatisticsOf(foldTotals(all), foldGiving(all), parts)
}

// A generator that only makes submissions would prove every sum.
func TestDrawnLivesReachEveryState(t *testing.T) {
	t.Parallel()
	met := map[aid.State]int{}
	for seed := range 60 {
		for _, r := range recipients.Example(seed) {
			for _, c := range r.history {
				met[c.State]++
			}
		}
	}
	for _, s := range aid.States {
		if met[s] == 0 && s != aid.Scheduled {
			t.Errorf("no life is %s: %v", s, met)
		}
	}
}

func TestGivingIsTheSameHoweverItWasAddedUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := recipients.Draw(t, "recipients")
		want := written(t, foldGiving(all))
		cut := rapid.IntRange(0, len(all)).Draw(t, "cut")
		left, right := foldGiving(all[:cut]), foldGiving(all[cut:])
		shuffled := rapid.Permutation(all).Draw(t, "order")
		before := written(t, left)
		var back tally.Giving
		if err := json.Unmarshal(want, &back); err != nil {
			t.Fatal(err)
		}
		for name, g := range map[string]tally.Giving{
			"two parts": left.Plus(right), "the other way": right.Plus(left), "another order": foldGiving(shuffled),
			"beside nothing": left.Plus(tally.Giving{}).Plus(right), "at once": tally.SumOf([]tally.Giving{left, {}, right}), "read back": back, "read back and added to": back.Plus(tally.Giving{}),
		} {
			if got := written(t, g); !bytes.Equal(got, want) {
				t.Fatalf("%s: %s\nwant %s", name, got, want)
			}
		}
		if got := written(t, left); !bytes.Equal(got, before) {
			t.Fatalf("an addition changed its side:\n%s\n%s", before, got)
		}
		// What follows from the sums follows from those that were read back.
		totals := foldTotals(all)
		if a, b := written(t, tally.StatisticsOf(totals, foldGiving(all), nil)), written(t, tally.StatisticsOf(totals, back, nil)); !bytes.Equal(a, b) {
			t.Fatalf("statistics %s\nand after reading %s", a, b)
		}
	})
}

// added adds up rows.
func added(rows []tally.Row) (sum tally.Row) {
	for _, r := range rows {
		sum.Commitments = sum.Commitments.Plus(r.Commitments)
		sum.Gift, sum.Loan, sum.Free = sum.Gift.Plus(r.Gift), sum.Loan.Plus(r.Loan), sum.Free.Plus(r.Free)
	}
	return sum
}

func TestEverySplitAddsUpToTheWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := statisticsOf(recipients.Draw(t, "recipients"))
		for name, rows := range map[string][]tally.Row{
			"areas": s.Areas, "classes": s.Classes, "kinds": s.Kinds, "packages": s.Packages, "programs": s.Programs, "routes": s.Routes,
		} {
			want := added([]tally.Row{s.Whole})
			if name == "classes" || name == "routes" {
				// What is needed is needed of nobody in particular.
				want.Gift.Needed, want.Loan.Needed, want.Free.Needed = 0, 0, 0
			}
			if got := added(rows); !reflect.DeepEqual(got, want) {
				t.Fatalf("%s add up to %+v\nthe whole is %+v", name, got, want)
			}
			var share int64
			for i, r := range rows {
				if share += max(0, r.Share); i > 0 && r.Key <= rows[i-1].Key && name != "areas" {
					t.Fatalf("%s: %q stands after %q", name, r.Key, rows[i-1].Key)
				}
			}
			if all := s.Whole.Commitments.Holding; all > 0 && (share > 10_000 || share <= 10_000-int64(max(1, len(rows)))) || all == 0 && share != 0 {
				t.Fatalf("%s: shares add up to %d ten-thousandths of %d", name, share, all)
			}
		}
		for name, spans := range map[string][]tally.Dated{"weeks": s.Weeks, "months": s.Months} {
			if got, want := happened(spans), happened(s.Days); got != want {
				t.Fatalf("%s add up to %+v, days to %+v", name, got, want)
			}
		}
	})
}

func happened(spans []tally.Dated) (sum tally.Happened) {
	for _, d := range spans {
		sum = sum.Plus(d.Happened)
	}
	return sum
}

// What the needs' counters say, kept one move at a time, and what the history
// adds up to are the same figures.
func TestGivingAgreesWithTheCountersOfTheNeeds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := recipients.Draw(t, "recipients")
		totals, s := foldTotals(all), statisticsOf(all)
		for _, r := range s.Packages {
			if r.Units == nil {
				if r.Key != "" {
					t.Fatalf("no units of %q", r.Key)
				}
				continue
			}
			q, u := totals.Packages[aid.PackageID(r.Key)], *r.Units
			if q.Needed != u.Needed || q.Committed != u.Committed || q.Delivered != u.Delivered || q.Received != u.Received {
				t.Fatalf("units of %s: counters say %+v, the history %+v", r.Key, q, u)
			}
		}
		if f := s.Whole.Free; totals.Free != (tally.Free{Committed: f.Committed, Delivered: f.Delivered, Received: f.Received}) {
			t.Fatalf("free aid: counters say %+v, the history %+v", totals.Free, f)
		}
		if s.Contact.Pledged != totals.Pledged || s.Whole.Commitments.Lapsed != totals.Lapsed || s.Whole.Commitments.Holding != totals.Open || !reflect.DeepEqual(s.HourCount, totals.Hours) {
			t.Fatalf("activity says %+v, the history %+v, %+v", totals, s.Contact, s.HourCount)
		}
		if sum := happened(s.Days); sum.Pledged != s.Contact.Pledged || sum.Lapsed < totals.Lapsed {
			t.Fatalf("days say %+v, contact %+v", sum, s.Contact)
		}
	})
}

// The same figures, said a second time in the plainest words there are: line by
// line, one commitment after the other.
func TestFormsAreNeverMixedAndRoutesNeverDoubled(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := recipients.Draw(t, "recipients")
		s := statisticsOf(all)
		want := map[tally.Form]tally.Stand{}
		pledged, reached, through := int64(0), int64(0), map[aid.Route]int64{}
		givers, differ := map[aid.CollaboratorID]bool{}, map[aid.PackageID]int64{}
		var days tally.Happened // in all of them
		for _, r := range all {
			received := false
			for _, c := range r.history {
				if c.PledgedAt.IsZero() {
					continue
				}
				pledged++
				through[c.Route]++
				givers[c.Collaborator] = true
				for i, l := range c.Lines {
					form := tally.FormGift
					switch l.Package {
					case "":
						form = tally.FormFree
					case "pinjaman":
						form = tally.FormLoan
					}
					stand, value := want[form], c.Worth(i)
					stand.Committed += value.Committed
					stand.Delivered += value.Delivered
					stand.Received += value.Received
					_, disputed := c.Disputed(i)
					stand.Disputed += disputed
					if c.State == aid.Lapsed {
						stand.Lapsed += int64(l.Value)
					}
					if c.State == aid.Withdrawn {
						stand.Withdrawn += int64(l.Value)
					}
					if stand.Disputed > stand.Committed {
						t.Fatalf("commitment %s: more is disputed than committed: %+v", c.ID, stand)
					}
					want[form] = stand
					received = received || c.Line(i).Received > 0
					if units, _ := c.Disputed(i); units > 0 {
						differ[l.Package] += units
					}
					if form == tally.FormLoan {
						continue
					}
					days.PledgedValue += int64(l.Value)
					for _, d := range c.Deliveries {
						days.DeliveredValue += aid.Share(l.Value, d.Quantities[i], l.Quantity)
						if d.Answer != "" {
							days.ReceivedValue += aid.Share(l.Value, d.Received[i], l.Quantity)
						}
					}
				}
			}
			if received {
				reached++
			}
		}
		got := map[tally.Form]tally.Stand{tally.FormGift: s.Whole.Gift, tally.FormLoan: s.Whole.Loan, tally.FormFree: s.Whole.Free}
		for _, form := range tally.Forms {
			is := got[form]
			is.Needed = 0
			if is != want[form] {
				t.Fatalf("%s: %+v; want %+v", form, is, want[form])
			}
		}
		if s.Whole.Commitments.Pledged != pledged || s.Whole.Collaborators.N != int64(len(givers)) || s.Reached != reached {
			t.Fatalf("%d pledged by %+v, %d reached; want %d by %d, %d", s.Whole.Commitments.Pledged, s.Whole.Collaborators, s.Reached, pledged, len(givers), reached)
		}
		for _, r := range s.Packages {
			if r.Units != nil && r.Units.Disputed != differ[aid.PackageID(r.Key)] {
				t.Fatalf("%s: %d in dispute; want %d", r.Key, r.Units.Disputed, differ[aid.PackageID(r.Key)])
			}
		}
		// A receipt that is corrected or settled counts by the difference, so that
		// all days together say how it stands.
		if sum := happened(s.Days); sum.PledgedValue != days.PledgedValue || sum.DeliveredValue != days.DeliveredValue || sum.ReceivedValue != days.ReceivedValue {
			t.Fatalf("days add up to %+v; want %+v", sum, days)
		}
		for _, r := range s.Routes {
			if r.Commitments.Pledged != through[aid.Route(r.Key)] {
				t.Fatalf("route %s: %d; want %d", r.Key, r.Commitments.Pledged, through[aid.Route(r.Key)])
			}
		}
	})
}

func TestStatisticsOfNothingSayNothingAndAreWhole(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]tally.Statistics{
		"the zero value": tally.StatisticsOf(tally.Totals{}, tally.Giving{}, nil),
		"no places":      tally.StatisticsOf(tally.Fold(nil, allowed), tally.HistoryOf("rw", nil, allowed), []tally.Part{}),
	} {
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.NewReplacer(`"medianHours":null`, "", `"p90Hours":null`, "").Replace(string(b))
		if strings.Contains(text, "null") {
			t.Errorf("%s: a list is null in %s", name, text)
		}
		if s.Whole.Share != -1 || s.Contact.LapseShare != -1 || s.Contact.DisputeShare != -1 || s.Register.Coverage != -1 || s.Register.PerThousand != -1 {
			t.Errorf("%s: a share of nothing is said: %s", name, b)
		}
	}
}

func TestPercentileIsTheSmallestHourThatHoldsSoMany(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		waits := rapid.SliceOfN(rapid.IntRange(0, aid.LongestHour), 0, 40).Draw(t, "waits")
		p := rapid.Int64Range(1, 100).Draw(t, "p")
		h := tally.Hours{}
		for _, w := range waits {
			h[w]++
		}
		got, ok := h.Percentile(p)
		if len(waits) == 0 {
			if ok {
				t.Fatalf("%d of nobody", got)
			}
			return
		}
		slices.Sort(waits)
		rank := (int(p)*len(waits) + 99) / 100 // rounded up
		if want := waits[rank-1]; got != want || !ok {
			t.Fatalf("percentile %d of %v = %d, %v; want %d", p, waits, got, ok, want)
		}
	})
}

func TestTheLargestStayTheLargestHoweverTheyAreMerged(t *testing.T) {
	t.Parallel()
	var all []recipient
	for i := range 3 * tally.LargestKept {
		id := aid.RecipientID(fmt.Sprintf("31.74.01.%04d.%03d", 1001+i/9, 1+i%9))
		all = append(all, recipient{place: aid.Place{Recipient: aid.Recipient{ID: id, Kind: "rw", Area: area.Code(id), Households: int64(i * 7919 % 60)}}})
	}
	whole := foldGiving(all).Largest
	reversed := slices.Clone(all)
	slices.Reverse(reversed)
	if other := foldGiving(all[70:]).Plus(foldGiving(all[:70])).Largest; !slices.Equal(whole, other) || !slices.Equal(whole, foldGiving(reversed).Largest) {
		t.Errorf("largest %v\nand in another order %v", whole, other)
	}
	if len(whole) != tally.LargestKept {
		t.Fatalf("%d are listed; want %d", len(whole), tally.LargestKept)
	}
	least := whole[len(whole)-1].Households
	for _, r := range all {
		listed := slices.ContainsFunc(whole, func(l tally.Large) bool { return l.Recipient == r.place.Recipient.ID })
		if !listed && r.place.Recipient.Households > least {
			t.Errorf("%s with %d households is not listed beside one with %d", r.place.Recipient.ID, r.place.Recipient.Households, least)
		}
	}
}

// A recipient with thousands of commitments costs no more for each than one with
// a few.
func BenchmarkHistoryOf(b *testing.B) {
	for _, n := range []int{50, 5_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			history := make([]aid.Commitment, n)
			for i := range history {
				at := dawn.Add(time.Duration(i) * time.Minute)
				history[i] = aid.Commitment{
					Collaborator: aid.CollaboratorID(fmt.Sprint(i)), Class: aid.Business, Program: "pangan", State: aid.Contacted, PledgedAt: at,
					ContactedAt: at.Add(time.Duration(i%48) * time.Hour), Lines: []aid.Line{{Package: "sembako", Quantity: 3, Value: 600_000}},
					Log: []aid.Event{{At: at, Move: aid.Verify}},
				}
			}
			for b.Loop() {
				tally.HistoryOf("rw", history, rules)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/commitment")
		})
	}
}
