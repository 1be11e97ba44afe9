package page

import (
	"fmt"
	"strconv"
	"strings"

	"ksbb/shared/bahasa"
	"ksbb/shared/tally"
)

// metres writes a distance no more exactly than a walker needs it.
func metres(l bahasa.Language, m float64) string {
	if m < 950 {
		return fmt.Sprintf("%d m", max(50, int(m/50+0.5)*50))
	}
	return l.Decimal(m/1000, 1) + " km"
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

// bar is the bar of a need with its figures in words.
func (r *Renderer) bar(q tally.Quantities) bar {
	b := barOf(q)
	b.Label = r.lang.Say("%s diterima, %s dikirim, %s dijanjikan, dari kebutuhan %s",
		r.lang.Number(q.Received), r.lang.Number(q.Delivered), r.lang.Number(q.Committed), r.lang.Number(q.Needed))
	return b
}

// barOf draws the bar of a need, without its label.
func barOf(q tally.Quantities) bar {
	b := bar{}
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
	Deadline int64  // hours
}

func (r *Renderer) pace(main *packageLine, t tally.Totals) pace {
	p := pace{
		Main: main, Days: t.HouseholdDays(), Covered: r.lang.Percent(t.MilliHouseholdDays.Received, t.MilliHouseholdDays.Needed),
		Pledged: t.Pledged, Lapsed: t.Lapsed, Share: r.lang.Percent(t.Lapsed, t.Pledged),
		Spoken: t.Hours.Contacted(), Deadline: int64(r.pack.Limits.ContactHours),
	}
	if h, ok := t.Hours.Median(); ok {
		p.Median = r.lang.Hours(h)
	}
	return p
}

// short writes a coordinate with one decimal at most.
func short(f float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0")
}
