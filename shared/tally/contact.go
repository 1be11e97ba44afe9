package tally

import (
	"maps"
	"slices"
)

// Hours is a histogram: how many commitments were contacted within how many
// whole hours of their pledge. Histograms add up, so that the median of a
// province needs no more than those of its kota. The last column, of
// aid.LongestHour, also holds everything longer.
type Hours map[int]int64

// Plus returns the sum of two histograms, without empty columns. It changes
// neither, and an empty sum is nil.
func (h Hours) Plus(g Hours) Hours {
	var sum Hours
	for _, part := range []Hours{h, g} {
		for hour, n := range part {
			if sum == nil {
				sum = make(Hours, len(h)+len(g))
			}
			if sum[hour] += n; sum[hour] == 0 {
				delete(sum, hour)
			}
		}
	}
	if len(sum) == 0 {
		return nil
	}
	return sum
}

// Contacted returns how many commitments the histogram counts.
func (h Hours) Contacted() int64 {
	var n int64
	for _, count := range h {
		n += count
	}
	return n
}

// Median returns the lower median: the smallest number of whole hours within
// which at least half of those who were contacted were. It returns false when
// nobody was. Promises that still wait, or lapsed without contact, are in no
// column: the share that lapsed has to be said beside it.
func (h Hours) Median() (hours int, ok bool) { return h.Percentile(50) }

// Percentile returns the smallest number of whole hours within which at least p
// percent of those who were contacted were, and false when nobody was.
func (h Hours) Percentile(p int64) (hours int, ok bool) {
	all := h.Contacted()
	var reached int64
	for _, hour := range slices.Sorted(maps.Keys(h)) {
		if reached += h[hour]; 100*reached >= p*all {
			return hour, true
		}
	}
	return 0, false
}

// LapseShare returns the part, from 0 to 1, of all commitments ever pledged that
// are lapsed now, and false when none ever was.
func (t Totals) LapseShare() (float64, bool) {
	if t.Pledged == 0 {
		return 0, false
	}
	return float64(t.Lapsed) / float64(t.Pledged), true
}

// HouseholdDays returns for how many days of one household's food was received,
// rounded down.
func (t Totals) HouseholdDays() int64 { return t.MilliHouseholdDays.Received / 1000 }

// Coverage returns the household-days of food that were received as a part of
// those needed, from 0 to 1, and false where no food is needed.
func (t Totals) Coverage() (float64, bool) {
	if t.MilliHouseholdDays.Needed == 0 {
		return 0, false
	}
	return float64(t.MilliHouseholdDays.Received) / float64(t.MilliHouseholdDays.Needed), true
}
