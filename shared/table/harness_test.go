package table_test

import (
	"cmp"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

// A harness that cannot fail proves nothing. The bookkeeper and the histories
// must each catch every one of these bugs, planted between the table and the
// engine, and must be silent about none.
func TestHarnessesCatchPlantedBugs(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	for _, bug := range []struct {
		name  string
		plant func() calls
	}{
		{"NoCondition", func() calls { return rewriting{db, noCondition} }},
		{"DoubleRelease", func() calls { return rewriting{db, doubleRelease} }},
		{"IdempotencyRecordOutsideTheTransaction", func() calls { return recordApart{db} }},
		{"StaleRead", func() calls { return newStaleRead(db) }},
		{"ExpiryIgnoringState", func() calls { return rewriting{db, expiryIgnoringState} }},
		{"CountersNotMovedWithAReceipt", func() calls { return rewriting{db, countersStay} }},
	} {
		t.Run(bug.name, func(t *testing.T) {
			t.Parallel()
			for name, try := range harnesses {
				if caught := try(t, db, bug.plant(), 12); caught == nil || errors.Is(caught, errUndecided) {
					t.Errorf("the %s did not notice: %v", name, caught)
				} else {
					t.Logf("the %s noticed: %v", name, caught)
				}
			}
		})
	}
	t.Run("NoBug", func(t *testing.T) {
		t.Parallel()
		for name, try := range harnesses {
			if caught := try(t, db, db, 3); caught != nil {
				t.Errorf("the %s raised a false alarm: %v", name, caught)
			}
		}
	})
}

// harnesses run until something is wrong, so many times at most: what goes on at
// the same time meets differently each time, and a bug that one history misses is
// in another. Five times as many answers are lost as usual: some bugs show only
// when something is repeated.
var harnesses = map[string]func(t testing.TB, db *dynamodb.Client, through calls, tries int) error{
	"bookkeeper": func(t testing.TB, db *dynamodb.Client, through calls, tries int) error {
		ledger, private := tabletest.SilentTables(t, db)
		dice := newDice(1)
		for world := range 10 * tries {
			if err := walk(t.Context(), table.New(through, ledger, private), 1+world, func(_ string, below int) int { return dice.below(below) }); err != nil {
				return err
			}
		}
		return nil
	},
	"histories": func(t testing.TB, db *dynamodb.Client, through calls, tries int) error {
		var undecided error
		for seed := range uint64(tries) {
			ledger, private := tabletest.SilentTables(t, db)
			dice := newDice(seed)
			err := history(t.Context(), table.New(lossy{through, dice, 5, 25}, ledger, private), dice)
			if err != nil && !errors.Is(err, errUndecided) {
				return err
			}
			undecided = cmp.Or(undecided, err)
		}
		return undecided
	},
}
