package demo_test

import (
	"encoding/hex"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/nyaruka/phonenumbers"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/demo"
	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/tally"
)

const today = aid.Day("2026-11-22")

func jakarta(t *testing.T) *region.Pack {
	t.Helper()
	p, err := region.Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func made(t *testing.T, p *region.Pack, seed uint64, points []demo.RWPoint) []aid.Listing {
	t.Helper()
	listings, err := demo.Make(p, seed, points, today)
	if err != nil {
		t.Fatal(err)
	}
	return listings
}

// worlds are the demonstrations that every rule is tried on.
func worlds(t *testing.T, claim func(*testing.T, *region.Pack, []aid.Listing)) {
	for name, p := range map[string]*region.Pack{"jakarta": jakarta(t), "tiny": regiontest.Tiny(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, seed := range []uint64{1, 7} {
				listings := made(t, p, seed, nil)
				if len(listings) == 0 {
					t.Fatal("an empty world proves nothing")
				}
				claim(t, p, listings)
			}
		})
	}
}

func TestSameSeedGivesTheSameWorld(t *testing.T) {
	t.Parallel()
	p := jakarta(t)
	first := made(t, p, 7, nil)
	if diff := cmp.Diff(first, made(t, p, 7, nil)); diff != "" {
		t.Errorf("seed 7 gave two worlds:\n%.2000s", diff)
	}
	if cmp.Equal(first, made(t, p, 8, nil)) {
		t.Error("seeds 7 and 8 gave the same world")
	}
}

func TestCountersAndActivityAreWhatTheHistoryAddsUpTo(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, p *region.Pack, listings []aid.Listing) {
		commitments := 0
		for _, l := range listings {
			var rev int64
			differ := map[aid.NeedID]int64{}
			for _, c := range l.History {
				commitments++
				rev += c.Version
				if c.State.Counts() && c.State != aid.Received && c.State != aid.Delivered && c.State != aid.Disputed {
					t.Errorf("%s is %s: the past holds no open promise", c.ID, c.State)
				}
				for i, line := range c.Lines {
					units, _ := c.Disputed(i)
					differ[line.Need] += units
				}
				if c.Log[0].Move != aid.Verify || !c.PledgedAt.After(c.SubmittedAt) {
					t.Errorf("%s was never verified: %+v", c.ID, c.Log)
				}
			}
			place := aid.Place{Recipient: l.Recipient, Needs: l.Needs, Activity: l.Activity}
			if needs, activity := aid.Untrue(place, l.History); len(needs) > 0 || activity || l.Activity.Rev != rev {
				t.Errorf("%s: needs %v, activity %+v (%d moves) disagree with its history", l.Recipient.ID, needs, l.Activity, rev)
			}
			for _, n := range l.Needs {
				if !n.Holds() || n.Needed < 1 {
					t.Errorf("need %+v cannot be", n)
				}
				if n.Committed != differ[n.ID] {
					t.Errorf("need %s: %d committed, %d in dispute; the past holds no open promise", n.ID, n.Committed, differ[n.ID])
				}
			}
		}
		if commitments == 0 {
			t.Error("no history at all")
		}
	})
}

func TestNobodyCanBeMeantOrReached(t *testing.T) {
	t.Parallel()
	number := regexp.MustCompile(`^\+62000\d{7}$`)
	worlds(t, func(t *testing.T, p *region.Pack, listings []aid.Listing) {
		phones := map[string]bool{}
		for _, l := range listings {
			r, s := l.Recipient, l.Steward
			if !r.Demo || r.Steward != s.Name || !strings.Contains(s.Name, " Contoh ") {
				t.Errorf("%s: demo %t, steward %q/%q", r.ID, r.Demo, r.Steward, s.Name)
			}
			if k, _ := p.Kind(r.Kind); !k.Territorial && (!strings.Contains(r.Name, " Contoh ") || !strings.Contains(r.Address, " Contoh ")) {
				t.Errorf("%s: %q, %q could be a real place", r.ID, r.Name, r.Address)
			}
			if !number.MatchString(s.Phone) || phones[s.Phone] || !strings.HasSuffix(s.Email, "@contoh.invalid") {
				t.Errorf("%s: contact %+v", r.ID, s)
			}
			if n, err := phonenumbers.Parse(s.Phone, "ID"); err == nil && phonenumbers.IsPossibleNumber(n) && phonenumbers.IsValidNumber(n) {
				t.Errorf("%s: %s could ring", r.ID, s.Phone)
			}
			phones[s.Phone] = true
			for _, c := range l.History {
				if !c.Demo || c.Name != "" && !strings.Contains(c.Name, " Contoh ") {
					t.Errorf("%s: demo %t by %q", c.ID, c.Demo, c.Name)
				}
			}
			for _, n := range l.Needs {
				if n.Source != demo.Source || n.ConfirmedBy == "" || n.ConfirmedOn > today {
					t.Errorf("need %+v does not say where it comes from", n)
				}
			}
			for _, i := range r.Indicators {
				if i.Source != demo.Source || i.On > today || i.Value < 0 {
					t.Errorf("%s: indicator %+v", r.ID, i)
				}
			}
		}
	})
}

func TestEveryListingFitsItsRegion(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, p *region.Pack, listings []aid.Listing) {
		leaves := map[aid.Leaf]bool{}
		for _, l := range p.Leaves() {
			leaves[l] = true
		}
		programs := map[aid.ProgramID]int{}
		var last aid.RecipientID
		for _, l := range listings {
			r := l.Recipient
			if r.ID <= last {
				t.Errorf("%s stands after %s", r.ID, last)
			}
			last = r.ID
			if leaf, ok := p.Catalogue().LeafOf(r); !ok || !leaves[leaf] {
				t.Errorf("%s has no leaf", r.ID)
			}
			kind, _ := p.Kind(r.Kind)
			if kind.Territorial && (string(r.ID) != string(r.Area) || r.Area.Level() != area.RW) || !kind.Territorial && r.Area.Level() != area.Kelurahan {
				t.Errorf("%s stands in %s", r.ID, r.Area)
			}
			if a, ok := p.Area(r.Area.At(area.Kelurahan)); !ok || r.Point.Metres(a.Point) > 1000 || !p.Box.Contains(r.Point) {
				t.Errorf("%s at %v is not in %s", r.ID, r.Point, a.Name)
			}
			if r.People < 1 || r.Households > 0 && (float64(r.People) < 3.3*float64(r.Households) || float64(r.People) > 4.3*float64(r.Households)) {
				t.Errorf("%s: %d people in %d households", r.ID, r.People, r.Households)
			}
			for i, n := range l.Needs {
				pack, ok := p.Package(n.Package)
				if !ok || pack.Program != n.Program || !pack.For(r.Kind) || n.Recipient != r.ID || n.ID != aid.NeedOf(r.ID, n.Package) {
					t.Errorf("need %+v does not fit a %s", n, r.Kind)
				}
				if i > 0 && n.ID <= l.Needs[i-1].ID {
					t.Errorf("need %s stands after %s", n.ID, l.Needs[i-1].ID)
				}
				programs[n.Program]++
			}
		}
		for _, g := range p.Programs {
			if g.Running != (programs[g.ID] > 0) {
				t.Errorf("program %s: running %t, %d needs", g.ID, g.Running, programs[g.ID])
			}
		}
	})
}

func TestThePastKeptTheRules(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, p *region.Pack, listings []aid.Listing) {
		seen := map[aid.CommitmentID]bool{}
		for _, l := range listings {
			leaf, _ := p.Catalogue().LeafOf(l.Recipient)
			for i, c := range l.History {
				if c.Recipient != l.Recipient.ID || c.Leaf != leaf || c.Version < 1 || c.Collaborator == "" {
					t.Errorf("%+v is not of %s in %s", c, l.Recipient.ID, leaf)
				}
				if at, ok := uuid7Time(c.ID); !ok || !at.Equal(c.SubmittedAt) || seen[c.ID] {
					t.Errorf("%s is no identifier made at %s", c.ID, c.SubmittedAt)
				}
				seen[c.ID] = true
				day := aid.DayOf(c.SubmittedAt, p.Zone)
				if !c.PledgedAt.After(c.SubmittedAt) || !c.PledgedAt.Before(c.VerifyBy) || c.Period.From < day || c.Period.To < c.Period.From || c.Period.To >= today {
					t.Errorf("%s: submitted %s, pledged %s, period %v", c.ID, c.SubmittedAt, c.PledgedAt, c.Period)
				}
				if ended := c.State == aid.Withdrawn || c.State == aid.Lapsed || c.State == aid.Received; ended == c.EndedAt.IsZero() || (c.State == aid.Withdrawn || !c.ReleasedAt.IsZero()) != (c.Reason != "") {
					t.Errorf("%s: %s, ended %s because %q", c.ID, c.State, c.EndedAt, c.Reason)
				}
				if i > 0 && c.SubmittedAt.Before(l.History[i-1].SubmittedAt) {
					t.Errorf("%s: history is not in order", l.Recipient.ID)
				}
				if a, ok := p.Catalogue().Aggregators[c.Aggregator]; c.Route == aid.Aggregate && (!ok || !a.Permit.Valid(day) || !a.Permit.Valid(c.Period.To)) {
					t.Errorf("%s went through %q on %s", c.ID, c.Aggregator, day)
				}
				for _, line := range c.Lines {
					pack, _ := p.Package(line.Package)
					if price, ok := pack.PriceOn(day); line.Need != "" && (line.Estimated == ok || ok && line.Value != price*aid.Rupiah(line.Quantity)) {
						t.Errorf("%s: line %+v is not at the price of %s", c.ID, line, day)
					}
					if pack.DirectOnly && c.Route != aid.Direct {
						t.Errorf("%s: %s went through an aggregator", c.ID, line.Package)
					}
					if line.Quantity < 1 || line.Need != "" && line.Unit != pack.Unit {
						t.Errorf("%s: line %+v", c.ID, line)
					}
				}
			}
		}
	})
}

// Today has only begun: a demonstration may be made in its first minute.
func TestNothingIsYetToCome(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, p *region.Pack, listings []aid.Listing) {
		begins, err := time.ParseInLocation(time.DateOnly, string(today), p.Zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range listings {
			if at := l.Activity.UpdatedAt; at.IsZero() || at.After(begins) {
				t.Errorf("%s: updated %s", l.Recipient.ID, at)
			}
			for _, n := range l.Needs {
				for _, e := range n.Earlier {
					if e.Until.After(begins) {
						t.Errorf("%s: needed otherwise until %s", n.ID, e.Until)
					}
				}
			}
			for _, c := range l.History {
				for _, step := range c.Log {
					if step.At.After(begins) {
						t.Errorf("%s: %s at %s", c.ID, step.Move, step.At)
					}
				}
			}
		}
	})
}

// uuid7Time reads the instant out of a UUIDv7.
func uuid7Time(id aid.CommitmentID) (time.Time, bool) {
	b, err := hex.DecodeString(strings.ReplaceAll(string(id), "-", ""))
	if err != nil || len(id) != 36 || len(b) != 16 || b[6]>>4 != 7 || b[8]>>6 != 2 {
		return time.Time{}, false
	}
	var ms int64
	for _, x := range b[:6] {
		ms = ms<<8 | int64(x)
	}
	return time.UnixMilli(ms), true
}

func TestJakartaShowsTheFiguresOfTheSources(t *testing.T) {
	t.Parallel()
	p := jakarta(t)
	listings := made(t, p, 7, nil)
	classes, kota := map[aid.Class]float64{}, map[area.Code]float64{}
	givers := map[aid.CollaboratorID]bool{}
	var rw, institutions, counted, ended, toRW, staple, reachedRW float64
	for _, l := range listings {
		territorial := l.Recipient.Kind == "rw"
		if territorial {
			rw++
		} else {
			institutions++
		}
		reached := false
		for _, c := range l.History {
			if !c.State.Counts() {
				ended++
				continue
			}
			counted++
			reached = true
			givers[c.Collaborator] = true
			classes[c.Class]++
			kota[l.Recipient.Area.At(area.Kota)]++
			if territorial {
				toRW++
			}
			if c.Lines[0].Package == "sembako" {
				staple++
			}
		}
		if territorial && reached {
			reachedRW++
		}
	}
	near := func(what string, got, want, tolerance float64) {
		t.Helper()
		if math.Abs(got-want) > tolerance {
			t.Errorf("%s: %.4g; want %.4g ± %g", what, got, want, tolerance)
		}
	}
	near("RW", rw, 2700, 200)
	near("institutions", institutions, 470, 0)
	near("commitments (S-153)", counted, 581, 0)
	near("ended beside them", ended, 60, 0)
	near("collaborators (S-153)", float64(len(givers)), 120, 0)
	for c, percent := range map[aid.Class]float64{aid.SocialOrganization: 51, aid.Business: 31, aid.Individual: 9, aid.Community: 5, aid.Government: 4} {
		near("share of "+string(c)+" (S-028)", 100*classes[c]/counted, percent, 1)
	}
	for code, percent := range map[area.Code]float64{"31.74": 32, "31.75": 21, "31.72": 16, "31.71": 15, "31.73": 14, "31.01": 2} {
		near("share of "+string(code)+" (S-157)", 100*kota[code]/counted, percent, 1)
	}
	near("share of RW (S-158)", 100*toRW/counted, 85, 1)
	near("share of staples (S-159)", 100*staple/counted, 90, 1)
	if reachedRW < 100 || reachedRW > rw/2 {
		t.Errorf("%.0f of %.0f RW received something; most must still wait", reachedRW, rw)
	}
}

// statistics says of listings what a page and a report say: what the places and
// their histories add up to, from kelurahan to kecamatan to kota.
func statistics(p *region.Pack, listings []aid.Listing) tally.Statistics {
	parts := map[area.Code]tally.Part{}
	add := func(to area.Code, part tally.Part) {
		sum := parts[to]
		parts[to] = tally.Part{Key: string(to), Totals: sum.Totals.Plus(part.Totals), Giving: sum.Giving.Plus(part.Giving)}
	}
	for _, l := range listings {
		place := aid.Place{Recipient: l.Recipient, Needs: l.Needs, Activity: l.Activity}
		add(l.Recipient.Area.At(area.Kelurahan), tally.Part{Totals: tally.Of(place, p.Catalogue()), Giving: tally.GivingOf(place, l.History, p.Catalogue())})
	}
	for _, level := range []area.Level{area.Kecamatan, area.Kota, area.Provinsi} {
		for _, child := range p.At(level + 1) {
			add(child.Code.At(level), parts[child.Code])
		}
	}
	var kota []tally.Part
	for _, a := range p.At(area.Kota) {
		kota = append(kota, parts[a.Code])
	}
	return tally.StatisticsOf(parts[p.Root].Totals, parts[p.Root].Giving, kota)
}

// The splits that the city published, by the code that publishes them.
func TestStatisticsSayWhatTheSourcesSay(t *testing.T) {
	t.Parallel()
	p := jakarta(t)
	for _, seed := range []uint64{1, 7, 2020} {
		s := statistics(p, made(t, p, seed, nil))
		shares := func(rows []tally.Row) map[string]int64 {
			percent := map[string]int64{}
			for _, r := range rows {
				percent[r.Key] = (r.Share + 50) / 100
			}
			return percent
		}
		kinds, packages := shares(s.Kinds), shares(s.Packages)
		var institutions, others int64 // of shares that were not rounded yet
		for _, r := range s.Kinds {
			if r.Key != "rw" {
				institutions += r.Share
			}
		}
		for _, r := range s.Packages {
			if r.Key != "sembako" {
				others += r.Share
			}
		}
		same := func(what string, got, want any) {
			t.Helper()
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("seed %d, %s (-want +got):\n%s", seed, what, diff)
			}
		}
		same("by kota (S-157)", shares(s.Areas), map[string]int64{"31.74": 32, "31.75": 21, "31.72": 16, "31.71": 15, "31.73": 14, "31.01": 2})
		same("by class (S-028)", shares(s.Classes), map[string]int64{"social_organization": 51, "business": 31, "individual": 9, "community": 5, "government": 4})
		same("by kind of recipient (S-158)", [2]int64{kinds["rw"], (institutions + 50) / 100}, [2]int64{85, 15})
		same("by kind of aid (S-159)", [2]int64{packages["sembako"], (others + 50) / 100}, [2]int64{90, 10})
		same("collaborations (S-153)", s.Whole.Commitments.Holding, int64(581))
		same("collaborators (S-153)", *s.Whole.Collaborators, tally.Count{N: 120})
	}
}

// Reports of half a year have something to tell in each of its months and of
// everything that can happen.
func TestThePastIsWorthReporting(t *testing.T) {
	t.Parallel()
	p := jakarta(t)
	s := statistics(p, made(t, p, 2020, nil))
	if first := s.Days[0].Period; first > string(today.Plus(-5*31)) {
		t.Errorf("the past begins on %s; want it five months back", first)
	}
	if last := s.Days[len(s.Days)-1].Period; last != string(today.Plus(-1)) {
		t.Errorf("the last thing happened on %s; want it yesterday", last)
	}
	whole := s.Months[1 : len(s.Months)-1]
	if len(whole) < 5 {
		t.Errorf("%d whole months; want five", len(whole))
	}
	for _, m := range whole {
		if m.Pledged < 60 || m.Delivered < 60 || m.Received < 50 || m.Lapsed == 0 || m.Withdrawn == 0 || m.ReceivedValue <= 0 {
			t.Errorf("month %+v", m)
		}
	}
	n := s.Whole.Commitments
	if n.Disputed < 3 || n.Disputes < n.Disputed+10 || n.Lapsed < 20 || n.Withdrawn < 8 || n.Delivered < 20 || s.Contact.DisputeShare <= 0 {
		t.Errorf("commitments %+v", n)
	}
	if s.Whole.Loan.Received == 0 || s.Whole.Free.Received == 0 || s.Whole.Gift.Received <= s.Whole.Loan.Received {
		t.Errorf("gift %+v, loan %+v, free %+v", s.Whole.Gift, s.Whole.Loan, s.Whole.Free)
	}
	if len(s.HourCount) < 30 || *s.Contact.MedianHours < 2 || *s.Contact.P90Hours < 12 || *s.Contact.P90Hours > 48 {
		t.Errorf("contact %+v", s.Contact)
	}
	given := func(rows []tally.Row) (n int) {
		for _, r := range rows {
			if r.Commitments.Holding > 0 {
				n++
			}
		}
		return n
	}
	if given(s.Programs) < 4 || given(s.Packages) < 6 || given(s.Routes) != 2 || given(s.Areas) != 6 {
		t.Errorf("given in %d programs, %d packages, %d routes, %d kota", given(s.Programs), given(s.Packages), given(s.Routes), given(s.Areas))
	}
	if s.Register.Unreached < s.Register.Recipients/2 {
		t.Errorf("%d of %d recipients were brought nothing yet; want most to wait", s.Register.Unreached, s.Register.Recipients)
	}
}

// What a report of any past instant says is decided by what is in the ledger.
func TestThePastTellsHowItStoodBefore(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, p *region.Pack, listings []aid.Listing) {
		cat := p.Catalogue()
		for _, l := range listings {
			place := aid.Place{Recipient: l.Recipient, Needs: l.Needs, Activity: l.Activity}
			for _, day := range []aid.Day{today, today.Plus(-7), today.Plus(-40), today.Plus(-100)} {
				then, commitments := place.AsOf(day.Begins(p.Zone), l.History, cat)
				if needs, activity := aid.Untrue(then, commitments); len(needs) > 0 || activity {
					t.Errorf("%s on %s: needs %v, activity %+v", l.Recipient.ID, day, needs, then.Activity)
				}
				for _, n := range then.Needs {
					for _, level := range n.Earlier {
						if level.Needed < n.Committed+n.Delivered+n.Received || !level.Until.Before(today.Begins(p.Zone)) {
							t.Errorf("need %+v remembers %+v", n, level)
						}
					}
				}
			}
			now, commitments := place.AsOf(today.Begins(p.Zone), l.History, cat)
			confirmedOn := cmpopts.IgnoreFields(aid.Need{}, "ConfirmedOn") // some of them today
			if diff := cmp.Diff(l.Needs, now.Needs, cmpopts.EquateEmpty(), confirmedOn); diff != "" || len(commitments) != len(l.History) {
				t.Errorf("%s: %d of %d commitments, needs as of today differ from those of now:\n%s", l.Recipient.ID, len(commitments), len(l.History), diff)
			}
		}
	})
}

func TestOneFigureWasPutRight(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, p *region.Pack, listings []aid.Listing) {
		all := demo.Corrections(p, listings)
		if len(all) != 1 {
			t.Fatalf("corrections %+v; want one", all)
		}
		c := all[0]
		if day := aid.DayOf(c.On, p.Zone); day.Month() >= today.Month() || c.By == "" || !strings.Contains(c.Reason, demo.Source) {
			t.Errorf("correction %+v of %s", c, day)
		}
		before, after := int64(0), int64(0)
		for _, l := range listings {
			if leaf, _ := p.Catalogue().LeafOf(l.Recipient); leaf == c.Leaf {
				for _, n := range l.Needs {
					before += n.NeededAt(c.On)
					after += n.NeededAt(c.On.Add(time.Millisecond))
				}
			}
		}
		if after >= before {
			t.Errorf("%d needed in %s before the correction, %d after it", before, c.Leaf, after)
		}
	})
}

func TestKnownPointsAreUsedAndOthersInvented(t *testing.T) {
	t.Parallel()
	p := regiontest.Tiny(t)
	at := aid.Point{Lng: 110.3612, Lat: -7.7844}
	listings := made(t, p, 3, []demo.RWPoint{{Kelurahan: "34.71.01.1001", Number: 12, Point: at}})
	known, others := 0, 0
	for _, l := range listings {
		switch {
		case l.Recipient.ID == "34.71.01.1001.012" && l.Recipient.Point == at:
			known++
		case l.Recipient.Area.Level() == area.RW && area.Code("34.71.01.1001").Contains(l.Recipient.Area):
			t.Errorf("%s was invented beside the known RW", l.Recipient.ID)
		case l.Recipient.Area.Level() == area.RW:
			others++
		}
	}
	if known != 1 || others == 0 {
		t.Errorf("%d known and %d invented RW", known, others)
	}
}

func TestMakeRefusesWhatItCannotPlace(t *testing.T) {
	t.Parallel()
	p := regiontest.Tiny(t)
	if _, err := demo.Make(p, 1, []demo.RWPoint{{Kelurahan: "34.71.01.1009", Number: 1}}, today); err == nil {
		t.Error("a point in an unknown kelurahan was accepted")
	}
	if _, err := demo.Make(p, 1, nil, "22 November"); err == nil {
		t.Error("a day that is none was accepted")
	}
}

func TestReadRWPointsKeepsEachRWOnce(t *testing.T) {
	t.Parallel()
	const head = "rw_id,rw,lng,lat,kode_kelurahan_kemendagri\n"
	points, err := demo.ReadRWPoints(strings.NewReader("\ufeff" + head +
		"9,RW 10,110.3,-7.3,34.71.01.1002\n" +
		"1,RW 03,110.1,-7.1,34.71.01.1002\n" +
		"1,RW 03,110.2,-7.2,34.71.01.1002\n" + // a second part of the same RW
		"2,TPU,110.1,-7.1,34.71.01.1002\n" + // a cemetery
		"3,,110.1,-7.1,34.71.01.1002\n" +
		"4,RW1,110.4,-7.4,34.71.01.1001\n"))
	want := []demo.RWPoint{
		{Kelurahan: "34.71.01.1001", Number: 1, Point: aid.Point{Lng: 110.4, Lat: -7.4}},
		{Kelurahan: "34.71.01.1002", Number: 3, Point: aid.Point{Lng: 110.1, Lat: -7.1}},
		{Kelurahan: "34.71.01.1002", Number: 10, Point: aid.Point{Lng: 110.3, Lat: -7.3}},
	}
	if diff := cmp.Diff(want, points); err != nil || diff != "" {
		t.Errorf("error %v, difference:\n%s", err, diff)
	}
	if code := points[1].Code(); code != "34.71.01.1002.003" {
		t.Errorf("code %s", code)
	}
	for name, file := range map[string]string{
		"empty":              "",
		"a column missing":   "rw,lng,lat\nRW 01,1,2\n",
		"a bad longitude":    head + "1,RW 01,east,-7.1,34.71.01.1001\n",
		"a bad latitude":     head + "1,RW 01,110,,34.71.01.1001\n",
		"no area code":       head + "1,RW 01,110,-7,Pasir\n",
		"not a kelurahan":    head + "1,RW 01,110,-7,34.71.01\n",
		"a row cut in half":  head + "1,RW 01,110\n",
		"an unclosed quote":  head + "1,\"RW 01,110,-7,34.71.01.1001\n",
		"a latitude of text": head + "1,RW 01,110,-7x,34.71.01.1001\n",
	} {
		if _, err := demo.ReadRWPoints(strings.NewReader(file)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestRealPointsOfJakarta(t *testing.T) {
	t.Parallel()
	f, err := os.Open("../../../shared/data/jakarta_rw_points.csv")
	if err != nil {
		t.Skipf("reference data is not here: %v", err)
	}
	defer f.Close()
	points, err := demo.ReadRWPoints(f)
	if err != nil {
		t.Fatal(err)
	}
	at := map[area.Code]aid.Point{}
	for _, p := range points {
		at[p.Code()] = p.Point
	}
	rw, islands := 0, 0
	for _, l := range made(t, jakarta(t), 7, points) {
		r := l.Recipient
		if r.Kind != "rw" {
			continue
		}
		rw++
		if area.Code("31.01").Contains(r.Area) {
			islands++
		} else if r.Point != at[r.Area] {
			t.Errorf("%s stands at %v; the file says %v", r.ID, r.Point, at[r.Area])
		}
	}
	if len(at) < 2600 || rw != len(at)+islands || islands < 6 {
		t.Errorf("%d points, %d RW, %d of them on the islands", len(at), rw, islands)
	}
}

func BenchmarkMake(b *testing.B) {
	p, err := region.Load("dki-jakarta")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := demo.Make(p, 7, nil, today); err != nil {
			b.Fatal(err)
		}
	}
}
