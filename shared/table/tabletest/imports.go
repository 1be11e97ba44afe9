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
	PutRows(context.Context, []table.RowEdit) error
	LeavesOf(context.Context, []aid.RecipientID) (map[aid.RecipientID]aid.Leaf, error)
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
		{"StewardsAndLeavesOfManyAreFound", stewardsOfMany},
		{"RowsAreMadeTogether", rowsMade},
		{"OneRefusedRowLeavesAllUnmade", rowsRefused},
		{"RowsAreMadeOnce", rowsOnce},
		{"TheMostRowsFitIntoOneTransaction", rowsMost},
		{"RowsMeetingOthersAreMadeOrTold", rowsMeeting},
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
	leaves, err := s.LeavesOf(t.Context(), ids)
	must(t, err)
	same(t, "leaves", leaves, map[aid.RecipientID]aid.Leaf{RW: Leaf, Workshop: WorkshopLeaf})
}

// batchAct is the act of several rows, and rowAct that of one of them.
func batchAct(n int) table.Act {
	return table.Act{ID: fmt.Sprint("batch-", n), At: Noon.Add(time.Hour), By: "ani", Name: "Ani", Role: aid.StaffAssessor, Deed: aid.Import, Action: "import", Object: "import/satu", Reason: "pendataan"}
}

func rowAct(n int, object string) table.Act {
	a := batchAct(0)
	a.ID, a.Object, a.After = fmt.Sprint("row-", n), object, `{"Nama":"RW 03"}`
	return a
}

// rowsOf are an edit of two recipients, and of two needs of one of them.
func rowsOf(t testing.TB, s Store) []table.RowEdit {
	t.Helper()
	renamed, moved := editOf(t, s, RW, rename), editOf(t, s, Workshop, func(r *aid.Recipient) { r.People += 4 })
	renamed.Steward = &aid.Contact{Name: "Ibu Contoh", Phone: "+620000000077"}
	fewer := needEditOf(t, s, "sembako", func(n *aid.Need) { n.Needed -= 10 })
	fewer.At = fewer.At.Add(time.Millisecond)
	added := table.NeedEdit{Leaf: Leaf, By: aid.StaffAssessor, At: fewer.At.Add(time.Millisecond), After: aid.Need{
		ID: aid.NeedOf(RW, "baru"), Recipient: RW, Program: "pangan", Package: "baru", Needed: 7, Source: "kelurahan", ConfirmedOn: "2026-11-01", ConfirmedBy: "petugas pendataan",
	}}
	return []table.RowEdit{
		{Recipient: &renamed, Act: rowAct(1, "recipient/"+string(RW))}, {Recipient: &moved, Act: rowAct(2, "recipient/"+string(Workshop))},
		{Need: &fewer, Act: rowAct(3, "need/"+string(fewer.After.ID))}, {Need: &added, Act: rowAct(4, "need/"+string(added.After.ID))},
	}
}

// actsOf returns the acts that a query finds.
func actsOf(t testing.TB, s Store, q table.AuditQuery) []table.Act {
	t.Helper()
	acts, _, err := s.Audit(t.Context(), q, "", 50)
	must(t, err)
	return acts
}

func rowsMade(t *testing.T, s Store) {
	load(t, s)
	rows := rowsOf(t, s)
	before := place(t, s)
	must(t, s.PutRows(table.Acting(t.Context(), batchAct(1)), rows))
	p := place(t, s)
	if p.Recipient.Name != "RW 03" || p.Recipient.Edits != 1 || len(p.Needs) != len(before.Needs)+1 || p.Activity.Rev != before.Activity.Rev+1 {
		t.Errorf("%+v", p)
	}
	for _, n := range p.Needs {
		if n.Package == "baru" && (n.Needed != 7 || n.Remaining() != 7) || n.Package == "sembako" && n.Needed != rows[2].Need.After.Needed {
			t.Errorf("need %+v", n)
		}
	}
	if c, err := s.Steward(t.Context(), RW); err != nil || c != *rows[0].Recipient.Steward {
		t.Errorf("contact %+v, %v", c, err)
	}
	stewards, err := s.StewardsWith(t.Context(), "+620000000077")
	must(t, err)
	same(t, "stewards by number", stewards, []aid.RecipientID{RW})
	versions, err := s.Versions(t.Context(), RW)
	if must(t, err); len(versions) != 1 {
		t.Errorf("%d versions", len(versions))
	}
	if _, found, err := s.Correction(t.Context(), Leaf); err != nil || !found {
		t.Errorf("no correction says that less is needed: %v", err)
	}
	same(t, "acts of the officer", actsOf(t, s, table.AuditQuery{Officer: "ani"}), []table.Act{batchAct(1)})
	same(t, "acts of the hour", actsOf(t, s, table.AuditQuery{From: Noon, To: Noon.Add(2 * time.Hour)}), []table.Act{batchAct(1)})
	for _, r := range rows {
		same(t, "acts to "+r.Act.Object, actsOf(t, s, table.AuditQuery{Object: r.Act.Object}), []table.Act{r.Act})
	}
}

func rowsRefused(t *testing.T, s Store) {
	load(t, s)
	rows := rowsOf(t, s)
	must(t, s.PutRecipient(t.Context(), editOf(t, s, Workshop, func(r *aid.Recipient) { r.Address = "Jl. Lain" })))
	before := place(t, s)
	if err := s.PutRows(table.Acting(t.Context(), batchAct(1)), rows); !errors.Is(err, aid.ErrStale) {
		t.Fatalf("with one that changed: %v; want stale", err)
	}
	same(t, "place", place(t, s), before)
	same(t, "acts", actsOf(t, s, table.AuditQuery{Officer: "ani"}), []table.Act{})
	same(t, "acts to "+rows[0].Act.Object, actsOf(t, s, table.AuditQuery{Object: rows[0].Act.Object}), []table.Act{})
	if _, found, err := s.Correction(t.Context(), Leaf); err != nil || found {
		t.Errorf("a correction of what was not made: %v", err)
	}
	promised := *rows[2].Need
	promised.After.Needed = 0
	pledged(t, s, 1, Units("sembako", 30))
	var invalid *aid.InvalidError
	if err := s.PutRows(t.Context(), []table.RowEdit{rows[0], {Need: &promised, Act: rows[2].Act}}); !errors.As(err, &invalid) {
		t.Errorf("less than is promised: %v; want invalid", err)
	}
}

func rowsOnce(t *testing.T, s Store) {
	load(t, s)
	rows := rowsOf(t, s)
	must(t, s.PutRows(table.Acting(t.Context(), batchAct(1)), rows))
	before := place(t, s)
	for _, later := range []time.Duration{0, time.Minute} { // as the same run asks, or another one
		again := batchAct(1)
		again.At = again.At.Add(later)
		must(t, s.PutRows(table.Acting(t.Context(), again), rows))
	}
	same(t, "place", place(t, s), before)
	same(t, "acts", actsOf(t, s, table.AuditQuery{Officer: "ani"}), []table.Act{batchAct(1)})
	if err := s.PutRows(table.Acting(t.Context(), batchAct(2)), rows); !errors.Is(err, aid.ErrStale) {
		t.Errorf("by another act: %v; want stale", err)
	}
	twice := []table.RowEdit{rows[0], rows[1], rows[0]}
	if err := s.PutRows(t.Context(), twice); err == nil {
		t.Error("one recipient twice in a transaction")
	}
}

func rowsMost(t *testing.T, s Store) {
	var listings []aid.Listing
	for n := range table.MaxRows + 1 {
		l := Listings()[0]
		l.Recipient.ID = aid.RecipientID(fmt.Sprintf("31.74.01.1001.%03d", 500+n))
		l.Steward.Phone = fmt.Sprintf("+6200000001%02d", n)
		l.Needs, l.History = nil, nil
		listings = append(listings, l)
	}
	must(t, s.Load(t.Context(), listings, Catalogue(), Noon))
	var rows []table.RowEdit
	for n, l := range listings {
		e := editOf(t, s, l.Recipient.ID, func(r *aid.Recipient) { r.Name, r.Households = "RW 03", r.Households-1 })
		e.At, e.Steward = e.At.Add(time.Duration(n)*time.Millisecond), &aid.Contact{Name: "Ibu Contoh", Phone: fmt.Sprintf("+6200000002%02d", n)}
		rows = append(rows, table.RowEdit{Recipient: &e, Act: rowAct(n, "recipient/"+string(l.Recipient.ID))})
	}
	if err := s.PutRows(table.Acting(t.Context(), batchAct(1)), rows); err == nil {
		t.Errorf("%d rows at once", len(rows))
	}
	must(t, s.PutRows(table.Acting(t.Context(), batchAct(1)), rows[:table.MaxRows]))
	last := rows[table.MaxRows-1].Recipient
	if p, _, err := s.Place(t.Context(), last.After.ID); err != nil || p.Recipient.Name != "RW 03" || p.Recipient.Edits != 1 {
		t.Errorf("%+v, %v", p, err)
	}
	corrections, err := s.Corrections(t.Context(), rows[0].Recipient.Leaf)
	if must(t, err); len(corrections) != table.MaxRows {
		t.Errorf("%d corrections", len(corrections))
	}
}

func rowsMeeting(t *testing.T, s Store) {
	load(t, s)
	rows, edit := rowsOf(t, s), editOf(t, s, RW, func(r *aid.Recipient) { r.Address = "Jl. Lain" })
	errs := make([]error, 3)
	var wg sync.WaitGroup
	wg.Go(func() { errs[0] = s.PutRows(table.Acting(t.Context(), batchAct(1)), rows) })
	wg.Go(func() { errs[1] = s.PutRows(table.Acting(t.Context(), batchAct(2)), rows) })
	wg.Go(func() { errs[2] = s.PutRecipient(t.Context(), edit) })
	wg.Wait()
	made := 0
	for n, err := range errs {
		if err == nil {
			made++
		} else if !errors.Is(err, aid.ErrStale) {
			t.Errorf("%d: %v", n, err)
		}
	}
	if p := place(t, s); made != 1 || p.Recipient.Edits != 1 {
		t.Errorf("%d of them made, edited %d times: %v", made, p.Recipient.Edits, errs)
	}
}
