package aid_test

import (
	"slices"
	"testing"

	"ksbb/shared/aid"
)

func TestEachPartOfAPlanComesOnceWhereverARunBegins(t *testing.T) {
	t.Parallel()
	for parts := range 40 {
		for lanes := range 8 {
			i := aid.ListImport{Parts: parts, Lanes: lanes}
			var all []int
			for written := 0; written < parts; {
				turn := i.Next(written)
				if len(turn) == 0 || len(turn) > max(1, lanes) {
					t.Fatalf("%d parts in %d lanes: %v after %d", parts, lanes, turn, written)
				}
				all = append(all, turn...)
				written += len(turn)
			}
			if lanes < 2 && !slices.IsSorted(all) {
				t.Errorf("%d parts in one lane: %v", parts, all)
			}
			slices.Sort(all)
			if len(i.Next(parts)) != 0 || len(slices.Compact(all)) != parts || parts > 0 && (all[0] != 0 || all[parts-1] != parts-1) {
				t.Errorf("%d parts in %d lanes: %v", parts, lanes, all)
			}
		}
	}
	if turn := (aid.ListImport{Parts: 200, Lanes: 6}).Next(6); !slices.Equal(turn, []int{1, 35, 69, 103, 137, 171}) {
		t.Errorf("second turn: %v", turn)
	}
}
