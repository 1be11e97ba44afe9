package page

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
	"ksbb/shared/tally"
)

// percent writes a share. It says 0% and 100% only when that is exactly true,
// and "–" when there is nothing to take a share of.
func percent(part, whole int64) string {
	switch {
	case whole == 0:
		return "–"
	case part <= 0:
		return "0%"
	case part >= whole:
		return "100%"
	}
	p := (200*part/whole + 1) / 2
	switch {
	case p < 1:
		return "<1%"
	case p > 99:
		return ">99%"
	}
	return strconv.FormatInt(p, 10) + "%"
}

// span writes a period without saying twice what both days share: 22–24 Mei
// 2026.
func span(p aid.Period) string {
	from, err1 := time.Parse(time.DateOnly, string(p.From))
	to, err2 := time.Parse(time.DateOnly, string(p.To))
	switch {
	case err1 != nil || err2 != nil || p.From == p.To:
		return bahasa.Date(p.From)
	case from.Year() == to.Year() && from.Month() == to.Month():
		return fmt.Sprintf("%d–%s", from.Day(), bahasa.Date(p.To))
	case from.Year() == to.Year():
		return fmt.Sprintf("%d %s – %s", from.Day(), bahasa.Month(from.Month()), bahasa.Date(p.To))
	}
	return bahasa.Date(p.From) + " – " + bahasa.Date(p.To)
}

// metres writes a distance no more exactly than a walker needs it.
func metres(m float64) string {
	if m < 950 {
		return fmt.Sprintf("%d m", max(50, int(m/50+0.5)*50))
	}
	return strings.Replace(strconv.FormatFloat(m/1000, 'f', 1, 64), ".", ",", 1) + " km"
}

// bar is the stacked bar of a need: received, delivered and committed side by
// side, in percent of what is needed, and the open rest hatched.
type bar struct {
	Label string
	Parts []part
}

type part struct {
	Class    string
	X, Width string // percent
}

func barOf(q tally.Quantities) bar {
	b := bar{Label: fmt.Sprintf("%s diterima, %s dikirim, %s dijanjikan, dari kebutuhan %s",
		bahasa.Number(q.Received), bahasa.Number(q.Delivered), bahasa.Number(q.Committed), bahasa.Number(q.Needed))}
	if q.Needed <= 0 {
		return b
	}
	x := 0.0
	for i, n := range []int64{q.Received, q.Delivered, q.Committed} {
		if n <= 0 {
			continue
		}
		// A single promise among thousands must still be seen.
		w := min(max(100*float64(n)/float64(q.Needed), 0.8), 100-x)
		b.Parts = append(b.Parts, part{Class: "b" + strconv.Itoa(i+1), X: short(x), Width: short(w)})
		x += w
	}
	return b
}

// pace says what became of promises: how much is still on its way, what food was
// received, and how soon people speak with each other.
type pace struct {
	Main     *packageLine
	Days     int64  // of one household's food
	Covered  string // the part of the food needed that was received
	Pledged  int64
	Lapsed   int64
	Share    string // of all pledged that are lapsed
	Spoken   int64  // commitments whose two sides spoke
	Median   string // hours until then
	Deadline int    // hours
}

func (r *Renderer) pace(main *packageLine, t tally.Totals) pace {
	p := pace{
		Main: main, Days: t.HouseholdDays(), Covered: percent(t.MilliHouseholdDays.Received, t.MilliHouseholdDays.Needed),
		Pledged: t.Pledged, Lapsed: t.Lapsed, Share: percent(t.Lapsed, t.Pledged),
		Spoken: t.Hours.Contacted(), Deadline: r.pack.Limits.ContactHours,
	}
	if h, ok := t.Hours.Median(); ok {
		p.Median = within(h)
	}
	return p
}

// short writes a coordinate with one decimal at most.
func short(f float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0")
}
