package tabletest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

// Imports is the part of a [Store] that imports of lists use.
type Imports interface {
	ListImport(context.Context, aid.ImportID) (aid.ListImport, error)
	ListImports(ctx context.Context, limit int) ([]aid.ListImport, error)
	PutListImport(ctx context.Context, before, after aid.ListImport) error
	ImportMapping(ctx context.Context, list, headers string) (columns []string, fixed map[string]string, found bool, err error)
	RememberMapping(ctx context.Context, list, headers string, columns []string, fixed map[string]string) error
	LeaseImports(ctx context.Context, holder string, now, until time.Time) error
	Stewards(context.Context, []aid.RecipientID) (map[aid.RecipientID]aid.Contact, error)
}

// RunImports tries every promise of package table about imports on stores that
// open makes, empty and independent of each other.
func RunImports(t *testing.T, open func(testing.TB) Store) {
	for _, claim := range []claim{
		{"AnImportIsKeptAsItWasPut", importKept},
		{"AnImportChangesOnlyAsItWasRead", importStale},
		{"TheNewestImportsComeFirst", importsListed},
		{"WhoDidWhatToAnImportIsRecorded", importActs},
		{"AMappingIsRemembered", mappingRemembered},
		{"OneRunWritesAtATime", leased},
		{"StewardsOfManyAreFound", stewardsOfMany},
	} {
		t.Run(claim.name, func(t *testing.T) {
			t.Parallel()
			claim.try(t, open(t))
		})
	}
}

func brought(n int) aid.ListImport {
	return aid.ListImport{
		ID: aid.ImportID(fmt.Sprintf("0198c0de-0000-7000-8000-00000000a%03d", n)), Version: 1, List: "recipients", Name: "rw.csv", Type: "text/csv", Length: 12,
		Reason: "pendataan", By: aid.Staff{ID: "ani", Role: aid.StaffAssessor}, ByName: "Ani", At: Noon, State: aid.ImportAwaited,
	}
}

func importKept(t *testing.T, s Store) {
	if _, err := s.ListImport(t.Context(), "none"); !errors.Is(err, aid.ErrNotFound) {
		t.Errorf("unknown import: %v", err)
	}
	i := brought(1)
	for range 2 { // twice is fine
		must(t, s.PutListImport(t.Context(), aid.ListImport{}, i))
	}
	other := i
	other.Name = "lain.csv"
	if err := s.PutListImport(t.Context(), aid.ListImport{}, other); !errors.Is(err, aid.ErrExists) {
		t.Errorf("the id of another: %v", err)
	}
	mapped, err := i.Mapped([]aid.ImportColumn{{Name: "Kode", Sample: []string{"31"}, Field: "code"}}, map[string]string{"kind": "rw"})
	must(t, err)
	must(t, s.PutListImport(t.Context(), i, mapped))
	planned, err := mapped.Planned()
	must(t, err)
	must(t, s.PutListImport(t.Context(), mapped, planned))
	got, err := s.ListImport(t.Context(), i.ID)
	must(t, err)
	same(t, "import", got, planned)
}

func importStale(t *testing.T, s Store) {
	i := brought(1)
	must(t, s.PutListImport(t.Context(), aid.ListImport{}, i))
	won := make([]bool, 6)
	var wg sync.WaitGroup
	for n := range won {
		wg.Go(func() {
			after, err := i.Refused(fmt.Sprint("sebab ", n))
			if err == nil {
				err = s.PutListImport(t.Context(), i, after)
			}
			if won[n] = err == nil; err != nil && !errors.Is(err, aid.ErrStale) {
				t.Errorf("loser: %v", err)
			}
		})
	}
	wg.Wait()
	winners := 0
	for _, w := range won {
		if w {
			winners++
		}
	}
	if winners != 1 {
		t.Errorf("%d of %d won", winners, len(won))
	}
}

func importsListed(t *testing.T, s Store) {
	for n := range 5 {
		must(t, s.PutListImport(t.Context(), aid.ListImport{}, brought(n)))
	}
	all, err := s.ListImports(t.Context(), 3)
	must(t, err)
	if len(all) != 3 || all[0].ID != brought(4).ID || all[2].ID != brought(2).ID {
		t.Errorf("%+v", all)
	}
}

func importActs(t *testing.T, s Store) {
	recorder, ok := s.(interface {
		Acted(context.Context, string) (table.Act, bool, error)
	})
	if !ok {
		t.Fatal("a store that records nobody")
	}
	i := brought(1)
	act := table.Act{ID: string(i.ID), At: Noon, By: "ani", Name: "Ani", Role: aid.StaffAssessor, Deed: aid.Import, Action: "bring", Object: "import/" + string(i.ID), Reason: "pendataan"}
	must(t, s.PutListImport(table.Acting(t.Context(), act), aid.ListImport{}, i))
	if got, found, err := recorder.Acted(t.Context(), act.ID); err != nil || !found || got != act {
		t.Errorf("%+v, %v, %v", got, found, err)
	}
	act.At = Noon.Add(time.Minute)
	later := i
	later.At = act.At // as a repeated request is made
	must(t, s.PutListImport(table.Acting(t.Context(), act), aid.ListImport{}, later))
	got, err := s.ListImport(t.Context(), i.ID)
	must(t, err)
	same(t, "import after a repeated request", got, i)
}

func mappingRemembered(t *testing.T, s Store) {
	_, _, found, err := s.ImportMapping(t.Context(), "recipients", "kode|nama")
	if must(t, err); found {
		t.Error("remembered before anybody said it")
	}
	columns, fixed := []string{"code", "", "name"}, map[string]string{"kind": "rw"}
	must(t, s.RememberMapping(t.Context(), "recipients", "kode|nama", []string{"x"}, nil))
	must(t, s.RememberMapping(t.Context(), "recipients", "kode|nama", columns, fixed))
	gotColumns, gotFixed, found, err := s.ImportMapping(t.Context(), "recipients", "kode|nama")
	if must(t, err); !found {
		t.Error("forgotten")
	}
	same(t, "columns", gotColumns, columns)
	same(t, "fixed", gotFixed, fixed)
	if _, _, found, err = s.ImportMapping(t.Context(), "needs", "kode|nama"); err != nil || found {
		t.Errorf("another list: %v, %v", found, err)
	}
}

func leased(t *testing.T, s Store) {
	must(t, s.LeaseImports(t.Context(), "satu", Noon, Noon.Add(time.Minute)))
	if err := s.LeaseImports(t.Context(), "dua", Noon.Add(59*time.Second), Noon.Add(time.Hour)); !errors.Is(err, aid.ErrBusy) {
		t.Errorf("while another writes: %v", err)
	}
	must(t, s.LeaseImports(t.Context(), "satu", Noon.Add(59*time.Second), Noon.Add(2*time.Minute)))
	must(t, s.LeaseImports(t.Context(), "dua", Noon.Add(2*time.Minute), Noon.Add(3*time.Minute))) // the first has gone silent
	must(t, s.LeaseImports(t.Context(), "dua", Noon.Add(2*time.Minute), Noon.Add(2*time.Minute))) // given back
	must(t, s.LeaseImports(t.Context(), "tiga", Noon.Add(2*time.Minute), Noon.Add(3*time.Minute)))
}

func stewardsOfMany(t *testing.T, s Store) {
	load(t, s)
	ids := []aid.RecipientID{RW, "31.74.01.1001.777", Workshop, RW}
	for n := range 150 {
		ids = append(ids, aid.RecipientID(fmt.Sprintf("31.74.01.1002.%03d", n)))
	}
	got, err := s.Stewards(t.Context(), ids)
	must(t, err)
	same(t, "stewards", got, map[aid.RecipientID]aid.Contact{RW: Listings()[0].Steward, Workshop: Listings()[2].Steward})
}
