package page

import (
	"fmt"
	"strconv"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
	"ksbb/shared/tally"
)

// money writes an amount as one says it: Rp15,2 miliar. Below a million it is
// exact.
func money(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "−", -n
	}
	for _, u := range []struct {
		size int64
		name string
	}{{1e12, "triliun"}, {1e9, "miliar"}, {1e6, "juta"}} {
		if n < u.size-u.size/2000 { // what rounds up to one is written as one
			continue
		}
		tenth := u.size / 10
		tenths := (n + tenth/2) / tenth
		if tenths >= 1000 { // three digits say enough
			tenths = (n + u.size/2) / u.size * 10
		}
		return sign + "Rp" + decimal(tenths) + " " + u.name
	}
	return sign + "Rp" + bahasa.Number(n)
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
	return decimal((n+50_000)/100_000) + " MB"
}

// decimal writes tenths, with one decimal where there is one.
func decimal(tenths int64) string {
	s := bahasa.Number(tenths / 10)
	if tenths%10 > 0 {
		s += "," + strconv.FormatInt(tenths%10, 10)
	}
	return s
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
