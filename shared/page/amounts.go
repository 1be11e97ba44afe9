package page

import (
	"fmt"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
)

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
