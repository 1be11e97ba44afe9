package publish

import (
	"fmt"

	"ksbb/shared/tally"
)

// RefusedError says why an area's new figures were not published. The old ones
// stand.
type RefusedError struct {
	Area   string
	Reason string
}

func (e *RefusedError) Error() string { return fmt.Sprintf("area %s refused: %s", e.Area, e.Reason) }

// guard compares an area's new file with the one it would replace. No area may
// vanish, and no figure that only ever grows by itself may fall by more than a
// fifth, unless an office recorded a correction.
func guard(old, fresh AreaFile, corrected bool) *RefusedError {
	if old.Area == "" {
		return nil
	}
	kept := make(map[string]bool, len(fresh.Children))
	for _, c := range fresh.Children {
		kept[string(c.Area)] = true
	}
	for _, c := range old.Children {
		if !kept[string(c.Area)] {
			return &RefusedError{Area: string(old.Area), Reason: fmt.Sprintf("%s would vanish", c.Area)}
		}
	}
	if corrected {
		return nil
	}
	before, after := grown(old.Totals), grown(fresh.Totals)
	for i, was := range before {
		if is := after[i]; is.n < was.n-was.n/5 {
			return &RefusedError{Area: string(old.Area), Reason: fmt.Sprintf("%s would fall from %d to %d", was.name, was.n, is.n)}
		}
	}
	return nil
}

type figure struct {
	name string
	n    int64
}

// grown lists the figures that nobody's act can lower without a recorded
// correction. What is committed may fall to nothing in a minute, when promises
// are taken back or lapse; and what is received may, when a steward corrects a
// receipt that somebody else gave with the code of a BAST sheet. That a promise
// was once made can never become untrue: a ledger that lost commitments shows
// there.
func grown(t tally.Totals) []figure {
	return []figure{
		{"recipients", t.Recipients},
		{"households", t.Households},
		{"needed value", t.Value.Needed},
		{"needed household-days", t.MilliHouseholdDays.Needed},
		{"commitments ever pledged", t.Pledged},
	}
}
