package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
)

// Period is a day, a week from Monday to Sunday, or a calendar month, in the
// region's own time zone. Both days are included.
type Period struct {
	ID   string // 2026-03-31, 2026-W14 (ISO 8601) or 2026-03
	Kind Kind
	From aid.Day
	To   aid.Day
}

// ParsePeriod reads what is in Period.ID. What is no real day, week or month is
// refused.
func ParsePeriod(id string) (Period, error) {
	refused := fmt.Errorf("period %.20q: want YYYY-MM-DD, YYYY-Www or YYYY-MM", id)
	var p Period
	switch {
	case strings.Contains(id, "W"):
		year, week, _ := strings.Cut(id, "-W")
		y, err1 := strconv.Atoi(year)
		w, err2 := strconv.Atoi(week)
		if err1 != nil || err2 != nil {
			return Period{}, refused
		}
		// 4 January is always in the first week.
		p = PeriodOf(Weekly, aid.Day(fmt.Sprintf("%04d-01-04", y)).Plus(7*(w-1)))
	case len(id) == len("2006-01"):
		p = PeriodOf(Monthly, aid.Day(id+"-01"))
	default:
		p = PeriodOf(Daily, aid.Day(id))
	}
	if p.ID != id || id == "" {
		return Period{}, refused
	}
	return p, nil
}

// PeriodOf returns the period of a kind that a day is in. A malformed day
// yields the zero period.
func PeriodOf(k Kind, d aid.Day) Period {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return Period{}
	}
	switch k {
	case Monthly:
		from := d.Plus(1 - t.Day())
		return Period{d.Month(), k, from, aid.Day(t.AddDate(0, 1, -t.Day()).Format(time.DateOnly))}
	case Weekly:
		monday := d.Plus(-(int(t.Weekday()) + 6) % 7)
		return Period{d.Week(), k, monday, monday.Plus(6)}
	case Daily:
		return Period{string(d), k, d, d}
	}
	return Period{}
}

// Name names a kind: "Bulanan".
func (k Kind) Name() string { return kindNames[k] }

var kindNames = map[Kind]string{Monthly: "Bulanan", Weekly: "Mingguan", Daily: "Harian"}

// Begins returns the instant at which the period begins in zone, in UTC.
func (p Period) Begins(zone *time.Location) time.Time { return p.From.Begins(zone) }

// Ends returns the instant at which the period is over in zone, in UTC: what
// happens then is in the next one.
func (p Period) Ends(zone *time.Location) time.Time { return p.To.Plus(1).Begins(zone) }

// Before returns the period of the same kind that ends where this one begins.
func (p Period) Before() Period { return PeriodOf(p.Kind, p.From.Plus(-1)) }

// After returns the period of the same kind that begins where this one ends.
func (p Period) After() Period { return PeriodOf(p.Kind, p.To.Plus(1)) }

// Days lists the days of the period.
func (p Period) Days() []aid.Day {
	var all []aid.Day
	for d := p.From; d != "" && d <= p.To; d = d.Plus(1) {
		all = append(all, d)
	}
	return all
}

// Title names the period in Indonesian: "Maret 2026", "30 Maret – 5 April 2026"
// or "31 Maret 2026".
func (p Period) Title() string { return p.TitleIn(bahasa.Indonesian) }

// TitleIn names the period in a language.
func (p Period) TitleIn(l bahasa.Language) string {
	from, err := time.Parse(time.DateOnly, string(p.From))
	switch {
	case err != nil:
		return p.ID
	case p.Kind == Monthly:
		return fmt.Sprintf("%s %d", l.Month(from.Month()), from.Year())
	}
	return l.Span(aid.Period{From: p.From, To: p.To})
}

// kept is how many of the newest periods of each kind are made when they are
// missing. Months are what officials and journalists quote, so two years of
// them; of days nobody asks later than a week, which the weeks then tell, and
// a run that was down for days must not spend its time on them.
var kept = map[Kind]int{Daily: 7, Weekly: 8, Monthly: 24}

// Due returns the periods that are over at instant now and began when something
// had already happened or was about to: none before the one that first, the day
// of the first event, is in. At most the newest 7 days, 8 weeks and 24 months
// are due. The one that ended first comes first; of those that end together,
// the shortest. An empty first is no event, and nothing is due.
func Due(now time.Time, first aid.Day, zone *time.Location) []Period {
	var due []Period
	for _, k := range Kinds {
		p := PeriodOf(k, aid.DayOf(now, zone)).Before()
		for range kept[k] {
			if first == "" || p.To < first {
				break
			}
			due = append(due, p)
			p = p.Before()
		}
	}
	slices.SortFunc(due, func(a, b Period) int { return cmp.Or(cmp.Compare(a.To, b.To), cmp.Compare(b.From, a.From)) })
	return due
}
