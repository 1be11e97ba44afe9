package page

import (
	"fmt"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
)

// exactly writes an amount to the rupiah.
func exactly(n int64) string { return bahasa.Rupiah(aid.Rupiah(n)) }

// monthBrief names a month by three letters: Mei, in English May.
func monthBrief(l bahasa.Language, m time.Month) string { return l.Month(m)[:3] }

// dayBrief writes a day without its year: 3 Mei.
func dayBrief(l bahasa.Language, d aid.Day) string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	return fmt.Sprintf("%d %s", t.Day(), monthBrief(l, t.Month()))
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
