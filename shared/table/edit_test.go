package table_test

import (
	"testing"

	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

func TestMemoryKeepsItsPromisesAboutEdits(t *testing.T) {
	t.Parallel()
	tabletest.RunEdits(t, func(testing.TB) tabletest.Store { return table.NewMemory() })
}

func TestTableKeepsItsPromisesAboutEdits(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	tabletest.RunEdits(t, func(t testing.TB) tabletest.Store {
		ledger, private := tabletest.Tables(t, db)
		return table.New(db, ledger, private)
	})
}

func TestTableKeepsItsPromisesAboutEditsOnARoughDay(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	tabletest.RunEdits(t, func(t testing.TB) tabletest.Store {
		ledger, private := tabletest.Tables(t, db)
		return table.New(rough{db, newDice(7)}, ledger, private)
	})
}
