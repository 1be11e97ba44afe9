package report_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ksbb/shared/aid"
	"ksbb/shared/report"
)

var (
	jakarta  = time.FixedZone("WIB", 7*60*60)
	jayapura = time.FixedZone("WIT", 9*60*60)
)

func period(t *testing.T, id string) report.Period {
	t.Helper()
	p, err := report.ParsePeriod(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPeriodsAreNamedAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		id, from, to, title, before string
	}{
		{"2026-03", "2026-03-01", "2026-03-31", "Maret 2026", "2026-02"},
		{"2026-01", "2026-01-01", "2026-01-31", "Januari 2026", "2025-12"},
		{"2028-02", "2028-02-01", "2028-02-29", "Februari 2028", "2028-01"},
		{"2100-02", "2100-02-01", "2100-02-28", "Februari 2100", "2100-01"},
		{"2026-W14", "2026-03-30", "2026-04-05", "30 Maret – 5 April 2026", "2026-W13"},
		{"2026-W15", "2026-04-06", "2026-04-12", "6–12 April 2026", "2026-W14"},
		{"2026-W53", "2026-12-28", "2027-01-03", "28 Desember 2026 – 3 Januari 2027", "2026-W52"},
		{"2027-W01", "2027-01-04", "2027-01-10", "4–10 Januari 2027", "2026-W53"},
		{"2025-W01", "2024-12-30", "2025-01-05", "30 Desember 2024 – 5 Januari 2025", "2024-W52"},
		{"2028-W09", "2028-02-28", "2028-03-05", "28 Februari – 5 Maret 2028", "2028-W08"},
		{"2026-03-31", "2026-03-31", "2026-03-31", "31 Maret 2026", "2026-03-30"},
		{"2028-03-01", "2028-03-01", "2028-03-01", "1 Maret 2028", "2028-02-29"},
	} {
		p := period(t, c.id)
		if string(p.From) != c.from || string(p.To) != c.to || p.Title() != c.title || p.Before().ID != c.before {
			t.Errorf("%s is %+v %q after %s; want %s to %s, %q after %s", c.id, p, p.Title(), p.Before().ID, c.from, c.to, c.title, c.before)
		}
	}
}

func TestWhatIsNoPeriodIsRefused(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "2026", "2026-13", "2026-00", "2026-3", "2026-02-30", "2026-W00", "2026-W54", "2025-W53", "2026-W1", "2026-w14",
		"W14", "2026-W", "2026-W-1", "2026-W+1", "-026-W14", "2026-03-31T00:00:00Z", "2026-03/", "../etc"} {
		if p, err := report.ParsePeriod(id); err == nil {
			t.Errorf("%q is read as %+v", id, p)
		}
	}
}

var days = rapid.Custom(func(t *rapid.T) aid.Day {
	return aid.Day("2019-12-20").Plus(rapid.IntRange(0, 12_000).Draw(t, "days"))
})

// A report of one kind leaves no instant out and counts none twice, whatever
// the calendar does.
func TestPeriodsOfAKindFollowEachOtherWithoutGap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(report.Kinds).Draw(t, "kind")
		zone := rapid.SampledFrom([]*time.Location{jakarta, jayapura, time.UTC, time.FixedZone("west", -3*60*60)}).Draw(t, "zone")
		d := days.Draw(t, "day")
		p := report.PeriodOf(k, d)
		again, err := report.ParsePeriod(p.ID)
		switch {
		case err != nil || again != p:
			t.Fatalf("%+v is read again as %+v, %v", p, again, err)
		case d < p.From || p.To < d:
			t.Fatalf("%s is not in %+v", d, p)
		case !p.Before().Ends(zone).Equal(p.Begins(zone)):
			t.Fatalf("%+v ends at %v; %+v begins at %v", p.Before(), p.Before().Ends(zone), p, p.Begins(zone))
		case aid.DayOf(p.Begins(zone), zone) != p.From || aid.DayOf(p.Ends(zone).Add(-1), zone) != p.To:
			t.Fatalf("%+v is from %v to %v", p, p.Begins(zone), p.Ends(zone))
		}
		all := p.Days()
		if all[0] != p.From || all[len(all)-1] != p.To || k == report.Weekly && len(all) != 7 || k == report.Daily && len(all) != 1 ||
			k == report.Monthly && (len(all) < 28 || len(all) > 31) {
			t.Fatalf("%+v has the days %v", p, all)
		}
		for _, d := range all {
			if report.PeriodOf(k, d) != p {
				t.Fatalf("%s is in %+v, not in %+v", d, report.PeriodOf(k, d), p)
			}
		}
	})
}

func TestOnlyWhatIsOverIsDueAndNothingBeforeTheFirstEvent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		first := days.Draw(t, "first")
		now := first.Begins(jakarta).Add(time.Duration(rapid.Int64Range(-40*24*3600, 3*366*24*3600).Draw(t, "seconds")) * time.Second)
		due := report.Due(now, first, jakarta)
		n := map[report.Kind]int{}
		for i, p := range due {
			n[p.Kind]++
			if p.Ends(jakarta).After(now) {
				t.Fatalf("%s is due at %v and ends at %v", p.ID, now, p.Ends(jakarta))
			}
			if p.To < first {
				t.Fatalf("%s is due; the first event was on %s", p.ID, first)
			}
			if i > 0 && p.To < due[i-1].To {
				t.Fatalf("%s comes after %s", p.ID, due[i-1].ID)
			}
		}
		for k, most := range map[report.Kind]int{report.Daily: 7, report.Weekly: 8, report.Monthly: 24} {
			// Every period that a day since the first event is in, counted apart.
			over := map[string]bool{}
			for d := first; d.Begins(jakarta).Before(now); d = d.Plus(1) {
				if p := report.PeriodOf(k, d); !p.Ends(jakarta).After(now) {
					over[p.ID] = true
				}
			}
			if n[k] != min(most, len(over)) {
				t.Fatalf("%d %s are due at %v, %d are over since %s", n[k], k, now, len(over), first)
			}
		}
	})
	if due := report.Due(time.Now(), "", jakarta); len(due) != 0 {
		t.Errorf("%d periods are due where nothing ever happened", len(due))
	}
}

// March is over in Jakarta seven hours before it is in Greenwich.
func TestAMonthEndsByTheClockOfTheRegion(t *testing.T) {
	t.Parallel()
	ids := func(now string, zone *time.Location) (ids []string) {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range report.Due(at, "2026-03-30", zone) {
			ids = append(ids, p.ID)
		}
		return ids
	}
	for _, c := range []struct {
		now  string
		zone *time.Location
		want []string
	}{
		{"2026-03-31T16:59:59Z", jakarta, []string{"2026-03-30"}},
		{"2026-03-31T17:00:00Z", jakarta, []string{"2026-03-30", "2026-03-31", "2026-03"}},
		{"2026-03-31T17:00:00Z", time.UTC, []string{"2026-03-30"}},
		{"2026-03-31T15:00:00Z", jayapura, []string{"2026-03-30", "2026-03-31", "2026-03"}},
		// Where the clock is behind, a month that is over in UTC is not over.
		{"2026-04-01T00:00:00Z", time.FixedZone("west", -3*60*60), []string{"2026-03-30"}},
		{"2026-04-05T17:00:00Z", jakarta, []string{"2026-03-30", "2026-03-31", "2026-03", "2026-04-01", "2026-04-02", "2026-04-03", "2026-04-04", "2026-04-05", "2026-W14"}},
	} {
		if got := ids(c.now, c.zone); !slices.Equal(got, c.want) {
			t.Errorf("at %s in %s %v are due, want %v", c.now, c.zone, got, c.want)
		}
	}
}
