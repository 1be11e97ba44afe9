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

// money writes an amount as one says it, with three digits: Rp1,24 miliar.
// Below a million it is exact.
func money(n int64) string {
	if n < 0 {
		return "−" + money(-n)
	}
	scale, name := int64(0), ""
	for _, u := range []struct {
		size int64
		name string
	}{{1e6, "juta"}, {1e9, "miliar"}, {1e12, "triliun"}} {
		if n >= u.size-u.size/2000 { // what rounds up to one is written as one
			scale, name = u.size, u.name
		}
	}
	if scale == 0 || n < 1e6 {
		return exactly(n)
	}
	step := scale / 100 // the worth of the last digit
	for (n+step/2)/step > 999 && step < scale {
		step *= 10
	}
	hundredths := (n + step/2) / step * (step / (scale / 100))
	s := bahasa.Number(hundredths / 100)
	if rest := hundredths % 100; rest > 0 {
		s += "," + strings.TrimRight(fmt.Sprintf("%02d", rest), "0")
	}
	return "Rp" + s + " " + name
}

// exactly writes an amount to the rupiah.
func exactly(n int64) string { return bahasa.Rupiah(aid.Rupiah(n)) }

// share writes a part in ten-thousandths.
func share(n int64) string {
	if n < 0 {
		return "–"
	}
	return percent(n, 10_000)
}

// people writes how many different collaborators there are: an estimate no
// more exactly than it is known.
func people(c *tally.Count) string {
	switch {
	case c == nil:
		return "–"
	case !c.Estimated:
		return bahasa.Number(c.N)
	}
	unit := int64(1)
	for c.N/unit >= 1000 {
		unit *= 10
	}
	return "≈ " + bahasa.Number((c.N+unit/2)/unit*unit)
}

// within writes how soon something happened, in whole hours.
func within(hours int) string {
	switch {
	case hours == 0:
		return "kurang dari 1 jam"
	case hours >= aid.LongestHour:
		return bahasa.Number(int64(hours)) + " jam atau lebih"
	}
	return bahasa.Number(int64(hours)) + " jam"
}

// bytesOf writes how large a file is.
func bytesOf(n int64) string {
	switch {
	case n < 1000:
		return bahasa.Number(n) + " bita"
	case n < 999_500:
		return bahasa.Number((n+500)/1000) + " KB"
	}
	tenths := (n + 50_000) / 100_000
	return strings.TrimSuffix(bahasa.Number(tenths/10)+","+strconv.FormatInt(tenths%10, 10), ",0") + " MB"
}

// brief names a month by three letters.
func brief(m time.Month) string { return bahasa.Month(m)[:3] }

// briefDay writes a day without its year: 3 Mei.
func briefDay(d aid.Day) string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	return fmt.Sprintf("%d %s", t.Day(), brief(t.Month()))
}

// monthName writes a month, 2026-03, as Maret 2026.
func monthName(m string) string {
	t, err := time.Parse("2006-01", m)
	if err != nil {
		return m
	}
	return bahasa.Month(t.Month()) + " " + strconv.Itoa(t.Year())
}
