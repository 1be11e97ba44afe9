package page

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/report"
	"ksbb/shared/tally"
)

// How far back a chart of each unit goes: what a phone can still show.
const (
	daysShown   = 31
	weeksShown  = 26
	monthsShown = 24
)

// beat is one day, week or month of a timeline, also where nothing happened.
type beat struct {
	Name   string // in full, for the table
	Label  string // on the axis
	Second string // a year, where it begins
	Path   string // of its report, empty where there is none yet
	report.Period
	tally.Happened
}

// beatKeys explain the two columns over each beat.
func (r *Renderer) beatKeys() []shade {
	return []shade{{"bv", r.lang.Say("dijanjikan")}, {"b1", r.lang.Say("diterima")}}
}

// daysOf returns every day from one to another.
func (r *Renderer) daysOf(days []tally.Dated, from, to aid.Day) []beat {
	what := by(days)
	var all []beat
	for d := from; d != "" && d <= to; d = d.Plus(1) {
		b := beat{Name: r.lang.Date(d), Label: dayBrief(r.lang, d), Period: report.PeriodOf(report.Daily, d), Happened: what[string(d)]}
		if len(all) == 0 || strings.HasSuffix(string(d), "-01-01") {
			b.Second = string(d)[:4]
		}
		all = append(all, b)
	}
	return all
}

// weeksOf returns every week from the one that holds a day to the one that
// holds another.
func (r *Renderer) weeksOf(weeks []tally.Dated, from, to aid.Day) []beat {
	what := by(weeks)
	var all []beat
	year := ""
	for w := report.PeriodOf(report.Weekly, from); w.From != "" && w.From <= to; w = report.PeriodOf(report.Weekly, w.To.Plus(1)) {
		b := beat{Name: w.TitleIn(r.lang), Label: dayBrief(r.lang, w.From), Period: w, Happened: what[w.ID]}
		if y := string(w.From)[:4]; y != year {
			b.Second, year = y, y
		}
		all = append(all, b)
	}
	return all
}

// monthsOf returns every month from the one that holds a day to the one that
// holds another.
func (r *Renderer) monthsOf(months []tally.Dated, from, to aid.Day) []beat {
	what := by(months)
	var all []beat
	first, err := time.Parse("2006-01", from.Month())
	if err != nil {
		return nil
	}
	for m := first; m.Format("2006-01") <= to.Month(); m = m.AddDate(0, 1, 0) {
		name := m.Format("2006-01")
		b := beat{Name: r.titleOf(name), Label: monthBrief(r.lang, m.Month()), Period: report.PeriodOf(report.Monthly, aid.Day(name+"-01")), Happened: what[name]}
		if len(all) == 0 || m.Month() == time.January {
			b.Second = strconv.Itoa(m.Year())
		}
		all = append(all, b)
	}
	return all
}

func by(all []tally.Dated) map[string]tally.Happened {
	what := make(map[string]tally.Happened, len(all))
	for _, d := range all {
		what[d.Period] = d.Happened
	}
	return what
}

// timeline draws and lists what happened, beat by beat, the latest first in the
// table.
func (r *Renderer) timeline(title, unit string, beats []beat) (*drawing, *grid) {
	t := &grid{Caption: title, Head: []string{unit, r.lang.Say("Komitmen"), r.lang.Say("Dijanjikan (Rp)"), r.lang.Say("Jawaban"), r.lang.Say("Diterima (Rp)")}}
	var cols []column
	var most beat
	for _, b := range beats {
		cols = append(cols, column{Label: b.Label, Second: b.Second, Values: []int64{b.PledgedValue, b.ReceivedValue}})
		t.Rows = append(t.Rows, gridRow{Name: b.Name, Path: b.Path, Cells: []string{
			r.lang.Number(b.Pledged), r.lang.Number(b.PledgedValue), r.lang.Number(b.Received), r.lang.Number(b.ReceivedValue),
		}})
		if b.PledgedValue > most.PledgedValue {
			most = b
		}
	}
	slices.Reverse(t.Rows)
	desc := r.lang.Say("Tidak ada komitmen bernilai di dalamnya.")
	if most.PledgedValue > 0 {
		desc = r.lang.Say("Terbesar: %s, %s.", most.Name, r.lang.Short(most.PledgedValue))
	}
	return columns(title, desc, cols, []string{"bv", "b1"}, r.lang.Short), t
}

// So many of the newest periods lead to their reports. A first run makes those
// of 8 weeks and 24 months before its own day, and of a week of days; an area
// counts from its last fact, which may be older than that by weeks. So fewer
// weeks than there are reports lead somewhere, and no days: the list of all
// reports has them.
const (
	weeksReported  = 4
	monthsReported = 20
)

// monthsLinked is how many months have their report linked under the chart.
const monthsLinked = 6

// reported leads from the newest n beats that are over to their reports. One is
// surely there an hour after its end.
func (r *Renderer) reported(beats []beat, asOf time.Time, n int) {
	for i := range slices.Backward(beats) {
		if b := &beats[i]; n > 0 && !asOf.Before(b.Ends(r.pack.Zone).Add(time.Hour)) {
			b.Path = reportPath(b.ID)
			n--
		}
	}
}

// times says what happened month by month, week by week and day by day, up to
// an instant.
func (r *Renderer) times(s tally.Statistics, asOf time.Time) section {
	f := section{ID: "waktu", Heading: r.lang.Say("Dari waktu ke waktu"), Terms: r.terms("happened.pledgedValue", "happened.receivedValue", "days", "weeks"), Said: r.lang.Say("Belum ada komitmen yang tercatat.")}
	if len(s.Months) == 0 || asOf.IsZero() {
		return f
	}
	today := aid.DayOf(asOf, r.pack.Zone)
	first := aid.Day(s.Months[0].Period + "-01")
	if len(s.Days) > 0 && s.Days[0].Period[:7] == s.Months[0].Period {
		first = aid.Day(s.Days[0].Period)
	}
	months := newest(r.monthsOf(s.Months, first, today), monthsShown)
	weeks := newest(r.weeksOf(s.Weeks, first, today), weeksShown)
	days := newest(r.daysOf(s.Days, max(first, today.Plus(1-daysShown)), today), daysShown)
	if len(months) == 0 {
		return f
	}
	last := months[len(months)-1]
	f.Said = r.lang.Many(last.Pledged, "Bulan ini, %s, sampai sekarang: %s komitmen senilai %s, dan %s diterima.", last.Name, r.lang.Number(last.Pledged), r.lang.Short(last.PledgedValue), r.lang.Short(last.ReceivedValue))
	r.reported(months, asOf, monthsReported)
	r.reported(weeks, asOf, weeksReported)
	for _, m := range slices.Backward(months) {
		if m.Path != "" && len(f.Links) < monthsLinked {
			f.Links = append(f.Links, crumb{r.lang.Say("Laporan %s", m.Name), m.Path})
		}
	}
	f.Legend = r.beatKeys()
	chart, t := r.timeline(r.lang.Say("Nilai dijanjikan dan diterima per bulan"), r.lang.Say("Bulan"), months)
	f.Chart = chart
	r.list(&f, t)
	chart, t = r.timeline(r.lang.Say("Nilai dijanjikan dan diterima per pekan"), r.lang.Say("Pekan"), weeks)
	f.Folded = append(f.Folded, folded{Summary: r.lang.Say("Per pekan, %d pekan terakhir", len(weeks)), Chart: chart, Legend: r.beatKeys(), Grid: t})
	chart, t = r.timeline(r.lang.Say("Nilai dijanjikan dan diterima per hari"), r.lang.Say("Hari"), days)
	f.Folded = append(f.Folded, folded{Summary: r.lang.Say("Per hari, %d hari terakhir", len(days)), Chart: chart, Legend: r.beatKeys(), Grid: t})
	return f
}

func newest(all []beat, n int) []beat {
	if len(all) > n {
		all = slices.Clone(all[len(all)-n:])
		if all[0].Second == "" {
			all[0].Second = strings.TrimSpace(all[0].Name[strings.LastIndexByte(all[0].Name, ' ')+1:])
		}
	}
	return all
}
