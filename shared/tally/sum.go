package tally

import (
	"slices"

	"ksbb/shared/aid"
)

// SumOf returns the sum over disjoint sets of recipients, as Plus would one
// after the other, with one copy instead of one for each. It changes none.
func SumOf(all []Giving) Giving {
	s := Giving{
		Cells: map[Cell]Amount{}, Groups: map[Group]Number{}, Days: map[aid.Day]Happened{},
		ByClass: map[aid.Class]Distinct{}, ByProgram: map[aid.ProgramID]Distinct{},
	}
	hours := Hours{}
	for _, g := range all {
		gather(s.Cells, g.Cells, Amount.Plus)
		gather(s.Groups, g.Groups, Number.Plus)
		gather(s.Days, g.Days, Happened.Plus)
		gather(s.ByClass, g.ByClass, Distinct.Union)
		gather(s.ByProgram, g.ByProgram, Distinct.Union)
		gather(hours, g.Hours, func(n, m int64) int64 { return n + m })
		s.Givers = s.Givers.Union(g.Givers)
		s.Reached += g.Reached
		s.Largest = append(s.Largest, g.Largest...)
		s.Latest = append(s.Latest, g.Latest...)
	}
	s.Hours = hours.Plus(nil) // without empty columns
	slices.SortFunc(s.Largest, compareLarge)
	s.Largest = s.Largest[:min(len(s.Largest), LargestKept)]
	s.Latest = newest(s.Latest)
	return s
}

// gather adds the values of one map into another.
func gather[K comparable, V any](into, from map[K]V, plus func(V, V) V) {
	for k, v := range from {
		if was, ok := into[k]; ok {
			v = plus(was, v)
		}
		into[k] = v
	}
}
