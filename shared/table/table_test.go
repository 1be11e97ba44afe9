package table_test

import (
	"bytes"
	"testing"

	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

func TestMemoryKeepsItsPromises(t *testing.T) {
	t.Parallel()
	tabletest.Run(t, func(testing.TB) tabletest.Store { return table.NewMemory() })
}

func TestTableKeepsItsPromises(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	tabletest.Run(t, func(t testing.TB) tabletest.Store {
		ledger, private := tabletest.Tables(t, db)
		return table.New(db, ledger, private)
	})
}

// DynamoDB cuts answers into pages, leaves batches half done and lets
// transactions collide; the engine never does.
func TestTableKeepsItsPromisesOnARoughDay(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	tabletest.Run(t, func(t testing.TB) tabletest.Store {
		ledger, private := tabletest.Tables(t, db)
		return table.New(rough{db, newDice(7)}, ledger, private)
	})
}

func TestEveryFunctionGetsTheSameKey(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	ledger, private := tabletest.Tables(t, db)
	keys := make(chan []byte, 8)
	for range cap(keys) {
		go func() {
			key, err := table.New(db, ledger, private).Key(t.Context())
			if err != nil {
				t.Error(err)
			}
			keys <- key
		}()
	}
	first := <-keys
	for range cap(keys) - 1 {
		if key := <-keys; !bytes.Equal(key, first) {
			t.Fatal("two functions that started at once have different keys")
		}
	}
}
