package bahasa

import (
	"fmt"
	"strconv"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/tally"
)

// Nothing stands where there is no figure to say.
const Nothing = "–"

// Short writes rupiah as one says them, with three digits that count: Rp1,24
// miliar. Below a million it is exact.
func Short(rupiah int64) string {
	if rupiah < 0 {
		return "−" + Short(-rupiah)
	}
	if rupiah < 1_000_000 {
		return Rupiah(aid.Rupiah(rupiah))
	}
	unit, name := int64(1_000_000), "juta"
	for _, larger := range []string{"miliar", "triliun"} {
		if rupiah >= 1000*unit-unit/2 { // what rounds up to one of it is written as one
			unit, name = 1000*unit, larger
		}
	}
	step := unit / 100 // the worth of the last digit
	for step < unit && rupiah >= 1000*step-step/2 {
		step *= 10
	}
	rounded := (rupiah + step/2) / step * step
	text := Number(rounded / unit)
	if part := rounded % unit / (unit / 100); part > 0 {
		text += "," + strings.TrimRight(fmt.Sprintf("%02d", part), "0")
	}
	return "Rp" + text + " " + name
}

// Percent writes a part in whole percent. It says 0% and 100% only where that is
// exactly true, and [Nothing] where there is nothing to be a part of.
func Percent(part, whole int64) string {
	if whole <= 0 || part < 0 {
		return Nothing
	}
	switch p := (200*part/whole + 1) / 2; {
	case p == 0 && part > 0:
		return "<1%"
	case p == 100 && part < whole:
		return ">99%"
	case p == 100 && part > whole:
		return ">100%"
	default:
		return Number(p) + "%"
	}
}

// Share writes a part in ten-thousandths, as the statistics hold it: [Nothing]
// for -1. Such parts were rounded down, so that 0 may be a little more. Where the
// part and its whole are known, [Percent] of them tells.
func Share(tenThousandths int64) string { return Percent(tenThousandths, 10_000) }

// Coverage writes how much of the food needed was received.
func Coverage(r tally.Register) string {
	if r.Coverage == 0 && r.HouseholdDays > 0 { // rounded down
		return "<1%"
	}
	return Share(r.Coverage)
}

// Count writes how many different collaborators there are: an estimate with a
// sign before it, and no more exactly than it is known. It is [Nothing] where
// they were not told apart.
func Count(c *tally.Count) string {
	switch {
	case c == nil:
		return Nothing
	case c.Estimated:
		return "≈ " + Roughly(c.N)
	}
	return Number(c.N)
}

// Roughly writes a number with three digits that count: 12.300.
func Roughly(n int64) string {
	unit := int64(1)
	for n/unit >= 1000 {
		unit *= 10
	}
	return Number((n + unit/2) / unit * unit)
}

// Hours writes how long something took, in whole hours that were rounded down.
func Hours(n int) string {
	switch {
	case n == 0:
		return "kurang dari 1 jam"
	case n >= aid.LongestHour:
		return Number(int64(n)) + " jam atau lebih"
	}
	return Number(int64(n)) + " jam"
}

// Size writes how large a file is: 812 KB.
func Size(bytes int64) string {
	switch {
	case bytes < 1000:
		return Number(bytes) + " bita"
	case bytes < 999_500:
		return Number((bytes+500)/1000) + " KB"
	}
	tenths := (bytes + 50_000) / 100_000
	return strings.TrimSuffix(Number(tenths/10)+","+strconv.FormatInt(tenths%10, 10), ",0") + " MB"
}
