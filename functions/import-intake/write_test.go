package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/intake"
	"ksbb/shared/table"
)

// listedNeeds brings n RW and a list of what each needs, confirmed and not yet
// written.
func (w *world) listedNeeds(n int) (rows [][]string, id aid.ImportID) {
	w.Helper()
	rows = w.listed(n)
	id = w.bring(1, intake.Needs, ani, "kebutuhan.csv", needsOf(rows, n, func(int) int { return 50 }))
	i := w.wants(id, aid.ImportPreview, int64(n), 0, 0, 0)
	after, err := i.Confirmed(ani, "Ani", w.clock)
	w.must(err)
	w.must(w.facts.PutListImport(w.Context(), i, after))
	return rows, id
}

// eachNeedOnce checks that each RW's need was listed, and said so, once.
func (w *world) eachNeedOnce(rows [][]string, id aid.ImportID) {
	w.Helper()
	if i := w.known(id); i.State != aid.ImportDone || i.Skipped != 0 || i.Written != i.Parts {
		w.Fatalf("%s, %d of %d parts, %d skipped", i.State, i.Written, i.Parts, i.Skipped)
	}
	for _, r := range rows[1:] {
		n := w.place(aid.RecipientID(r[0])).Needs
		if len(n) != 1 || n[0].Needed != 50 || len(n[0].Earlier) != 1 || n[0].Edits != 0 {
			w.Fatalf("%s: %+v", r[0], n)
		}
		acts, _, err := w.audit(table.AuditQuery{Object: "need/" + string(n[0].ID)})
		if w.must(err); len(acts) != 1 || acts[0].By != ani.ID {
			w.Fatalf("%s: acts %+v", r[0], acts)
		}
	}
}

// mishaps is a store that now and then ends the process before or after a
// change, and is busy at other times.
type mishaps struct {
	facts
	dice *rand.Rand
	mu   sync.Mutex
}

func (m *mishaps) PutRows(ctx context.Context, rows []table.RowEdit) error {
	m.mu.Lock()
	fate := m.dice.IntN(150)
	m.mu.Unlock()
	switch fate {
	case 0:
		return errCutOff
	case 1:
		return errors.Join(errCutOff, m.facts.PutRows(ctx, rows))
	case 2, 3:
		return fmt.Errorf("put rows: %w", aid.ErrBusy)
	}
	return m.facts.PutRows(ctx, rows)
}

func (m *mishaps) PutListImport(ctx context.Context, before, after aid.ListImport) error {
	m.mu.Lock()
	ends := m.dice.IntN(4) == 0
	m.mu.Unlock()
	if ends && after.State == aid.ImportWriting {
		return errCutOff
	}
	return m.facts.PutListImport(ctx, before, after)
}

func TestWhereverARunEndsEachRowIsMadeOnce(t *testing.T) {
	eachStore(t, func(w *world) {
		n := 3100 // more parts than lanes, the last of them short
		if w.engine {
			n = 620
		}
		rows, id := w.listedNeeds(n)
		w.server.store = &mishaps{facts: w.facts, dice: rand.New(rand.NewPCG(uint64(n), 6))}
		runs := 0
		for ; w.known(id).State != aid.ImportDone && runs < 200; runs++ {
			if err := w.server.handle(w.Context(), eventOf(w, "imports/"+string(id)+"/go/x")); err != nil && !errors.Is(err, errCutOff) && !errors.Is(err, aid.ErrBusy) {
				w.Fatal(err)
			}
		}
		if runs < 2 || w.pauses == 0 {
			w.Errorf("%d runs, %d pauses: nothing happened to them", runs, w.pauses)
		}
		w.eachNeedOnce(rows, id)
	})
}

// everybodys gives everybody the lease, as to a run that was silent for too long
// and goes on all the same.
type everybodys struct{ facts }

func (everybodys) LeaseImports(context.Context, string, time.Time, time.Time) error { return nil }

func TestTwoRunsAtOnceMakeEachRowOnce(t *testing.T) {
	eachStore(t, func(w *world) {
		rows, id := w.listedNeeds(620)
		w.server.store = everybodys{w.facts}
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for n := range errs {
			wg.Go(func() { errs[n] = w.server.handle(w.Context(), eventOf(w, "imports/"+string(id)+"/go/x")) })
		}
		wg.Wait()
		for _, err := range errs {
			if err != nil && !errors.Is(err, aid.ErrBusy) {
				w.Error(err)
			}
		}
		for range 2 { // one of them may have given way to the other
			w.wake(id)
		}
		w.eachNeedOnce(rows, id)
	})
}

// beside is a store in which somebody edits recipients just before rows about
// them are made.
type beside struct {
	facts
	edit func(aid.RecipientID)
	left atomic.Int64
}

func (b *beside) PutRows(ctx context.Context, rows []table.RowEdit) error {
	if b.left.Add(-1) >= 0 {
		b.edit(rows[len(rows)/2].Recipient.After.ID)
	}
	return b.facts.PutRows(ctx, rows)
}

func TestOfRowsMadeTogetherOnlyWhatChangedIsLeft(t *testing.T) {
	eachStore(t, func(w *world) {
		n, edits := 120, 3
		rows := w.listed(n)
		for _, r := range rows[1:] {
			r[2] += " Baru"
		}
		id := w.bring(1, intake.Recipients, ani, "rw.csv", csvOf(rows))
		w.wants(id, aid.ImportPreview, 0, int64(n), 0, 0)
		var mu sync.Mutex
		edited := map[aid.RecipientID]bool{}
		b := &beside{facts: w.facts, edit: func(r aid.RecipientID) {
			mu.Lock()
			defer mu.Unlock()
			p, leaf, err := w.facts.Place(w.Context(), r)
			if err == nil {
				after := p.Recipient
				after.Address, edited[r] = "Balai pindah", true
				err = w.facts.PutRecipient(w.Context(), table.RecipientEdit{Before: p.Recipient, After: after, Leaf: leaf, By: aid.StaffAdmin, At: morning})
			}
			if err != nil {
				w.Error(err)
			}
		}}
		b.left.Store(int64(edits))
		w.server.store = b
		w.confirm(id, ani)
		if i := w.known(id); i.State != aid.ImportDone || i.Skipped != int64(edits) || len(edited) != edits {
			w.Fatalf("%s, %d skipped, %d edited; want %d", i.State, i.Skipped, len(edited), edits)
		}
		for _, r := range rows[1:] {
			now := w.place(aid.RecipientID(r[0])).Recipient
			if edited[now.ID] != (now.Name != r[2]) || edited[now.ID] != (now.Address == "Balai pindah") || now.Edits != 1 {
				w.Errorf("edited %v: %+v", edited[now.ID], now)
			}
		}
	})
}

func TestAStoreThatStaysBusyEndsTheRunAndLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	rows, id := w.listedNeeds(40)
	w.server.store = turnedAway{w.facts}
	if err := w.server.handle(t.Context(), eventOf(t, "imports/"+string(id)+"/go/x")); !errors.Is(err, aid.ErrBusy) || w.pauses != patience-1 {
		t.Fatalf("%v after %d pauses", err, w.pauses)
	}
	w.server.store = w.facts
	w.wake(id)
	w.eachNeedOnce(rows, id)
}

type turnedAway struct{ facts }

func (turnedAway) PutRows(context.Context, []table.RowEdit) error { return aid.ErrBusy }

func TestARecipientsChangesAreInOneTransaction(t *testing.T) {
	t.Parallel()
	var groups [][]int
	at := 0
	for n := range 40 {
		var g []int
		for range n%5 + 1 {
			g = append(g, at)
			at++
		}
		groups = append(groups, g)
	}
	packs := packed(groups)
	if !slices.Equal(slices.Concat(packs...), slices.Concat(groups...)) {
		t.Fatal("a change is lost, or twice, or elsewhere")
	}
	begins := map[int]bool{}
	for _, g := range groups {
		begins[g[0]] = true
	}
	for _, p := range packs {
		if len(p) > table.MaxRows || !begins[p[0]] {
			t.Errorf("%v", p)
		}
	}
	if len(packs) > 120/table.MaxRows+4 {
		t.Errorf("%d transactions", len(packs))
	}
}
