package table_test

import (
	"testing"

	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

func TestMemoryKeepsItsPromises(t *testing.T) {
	tabletest.Run(t, func(testing.TB) tabletest.Store { return table.NewMemory() })
}

func TestTableKeepsItsPromises(t *testing.T) {
	db := tabletest.Engine(t)
	tabletest.Run(t, func(t testing.TB) tabletest.Store {
		ledger, private := tabletest.Tables(t, db)
		return table.New(db, ledger, private)
	})
}
