// Package bahasa writes numbers, money, days and hours as people in Indonesia
// read them, and names what has one name everywhere, for pages, papers, reports
// and letters alike: the same figure is worded the same wherever it stands.
package bahasa

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ksbb/shared/aid"
)

// Number writes n with a point between thousands: 1.642.
func Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "." + digits[i:]
	}
	return sign + digits
}

// Rupiah writes an amount: Rp200.000.
func Rupiah(r aid.Rupiah) string { return "Rp" + Number(int64(r)) }

var (
	months = [...]string{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"}
	days   = [...]string{"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"}
)

// Month names a month: Mei.
func Month(m time.Month) string { return months[m-1] }

// Date writes a day: 22 Mei 2026. A malformed day is written as it is.
func Date(d aid.Day) string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	return date(t)
}

// Weekday writes a day with its name: Jumat, 22 Mei 2026. A malformed day is
// written as it is.
func Weekday(d aid.Day) string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	return days[t.Weekday()] + ", " + date(t)
}

// Span writes the days of a period without saying twice what both ends share:
// 22–24 Mei 2026. Malformed days are written as the first is.
func Span(p aid.Period) string {
	from, err1 := time.Parse(time.DateOnly, string(p.From))
	to, err2 := time.Parse(time.DateOnly, string(p.To))
	switch {
	case err1 != nil || err2 != nil || p.From == p.To:
		return Date(p.From)
	case from.Year() != to.Year():
		return Date(p.From) + " – " + Date(p.To)
	case from.Month() != to.Month():
		return fmt.Sprintf("%d %s – %s", from.Day(), Month(from.Month()), Date(p.To))
	}
	return fmt.Sprintf("%d–%s", from.Day(), Date(p.To))
}

// Weekdays writes a period with the names of its first and its last day: Sabtu,
// 23 Mei 2026 sampai Senin, 25 Mei 2026.
func Weekdays(p aid.Period) string {
	if p.From == p.To || p.To == "" {
		return Weekday(p.From)
	}
	return Weekday(p.From) + " sampai " + Weekday(p.To)
}

// Instant writes an instant: Jumat, 22 Mei 2026 pukul 13.05 WIB.
func Instant(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	return days[t.Weekday()] + ", " + date(t) + " pukul " + t.Format("15.04 MST")
}

// Appointment writes the day, and the hours if there are any, that two sides
// agreed on: Jumat, 22 Mei 2026, pukul 09.00–11.00 WIB. at is any instant at
// which the zone has its present name.
func Appointment(a aid.Appointment, at time.Time, zone *time.Location) string {
	if a.From == "" {
		return Weekday(a.On)
	}
	hours := a.From
	if a.To != "" && a.To != a.From {
		hours += "–" + a.To
	}
	return Weekday(a.On) + ", pukul " + strings.ReplaceAll(hours, ":", ".") + at.In(zone).Format(" MST")
}

func date(t time.Time) string { return fmt.Sprintf("%d %s %d", t.Day(), months[t.Month()-1], t.Year()) }
