package table_test

import (
	"slices"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

func TestImportsInMemoryKeepTheirPromises(t *testing.T) {
	t.Parallel()
	tabletest.RunImports(t, func(testing.TB) tabletest.Store { return table.NewMemory() })
}

func TestImportsInTablesKeepTheirPromises(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	tabletest.RunImports(t, func(t testing.TB) tabletest.Store {
		ledger, private := tabletest.Tables(t, db)
		return table.New(rough{db, newDice(9)}, ledger, private)
	})
}

// imported returns the rows of an import of which everything is stored that can
// be.
func imported(t *testing.T) (ledger, private []map[string]any) {
	t.Helper()
	db := tabletest.Engine(t)
	ledgerName, privateName := tabletest.Tables(t, db)
	s := table.New(db, ledgerName, privateName)
	i := aid.ListImport{ID: "0198c0de-0000-7000-8000-00000000a001", Version: 1, List: "needs", State: aid.ImportAwaited, At: tabletest.Noon}
	mapped, err := i.Mapped(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	planned, err := mapped.Planned()
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		s.PutListImport(t.Context(), aid.ListImport{}, i), s.PutListImport(t.Context(), i, mapped), s.PutListImport(t.Context(), mapped, planned),
		s.RememberMapping(t.Context(), "needs", "kode|jumlah", []string{"code", "needed"}, map[string]string{"source": "kelurahan"}),
		s.LeaseImports(t.Context(), "satu", tabletest.Noon, tabletest.Noon.Add(time.Minute)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return scan(t, db, ledgerName), scan(t, db, privateName)
}

func TestAnImportStandsInTheQueueWhileItWaits(t *testing.T) {
	t.Parallel()
	ledger, _ := imported(t)
	if len(ledger) != 1 || ledger[0]["work"] == "" || ledger[0]["PK"] != "IMPORT#0198c0de-0000-7000-8000-00000000a001" {
		t.Fatalf("%v", ledger)
	}
	for attribute := range ledger[0] {
		if !slices.Contains([]string{"PK", "SK", "work", "workAt"}, attribute) {
			t.Errorf("the ledger holds %q of an import", attribute)
		}
	}
}
