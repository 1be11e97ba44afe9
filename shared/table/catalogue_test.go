package table_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

func TestMemoryKeepsItsPromisesAboutTheCatalogue(t *testing.T) {
	t.Parallel()
	tabletest.RunCatalogue(t, func(testing.TB) tabletest.Store { return table.NewMemory() })
}

func TestTableKeepsItsPromisesAboutTheCatalogue(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	tabletest.RunCatalogue(t, func(t testing.TB) tabletest.Store {
		ledger, private := tabletest.Tables(t, db)
		return table.New(db, ledger, private)
	})
}

func TestTableKeepsItsPromisesAboutTheCatalogueOnARoughDay(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	tabletest.RunCatalogue(t, func(t testing.TB) tabletest.Store {
		ledger, private := tabletest.Tables(t, db)
		return table.New(rough{db, newDice(7)}, ledger, private)
	})
}

// pooled enters a pool and takes a part of it, and returns all that is stored.
func pooled(t *testing.T) (ledger, private []map[string]any) {
	t.Helper()
	db := tabletest.Engine(t)
	ledgerName, privateName := tabletest.Tables(t, db)
	s := table.New(db, ledgerName, privateName)
	fails := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	fails(s.Load(t.Context(), tabletest.Listings(), tabletest.Catalogue(), tabletest.Noon))
	p := tabletest.PoolOf(1, 30, 5)
	p.Name = "" // Hamba Allah
	fails(s.AddPool(t.Context(), p, donor))
	part, err := tabletest.PartOf(s, t.Context(), p, 1, 12)
	fails(err)
	_, _, err = s.AddPart(t.Context(), part)
	fails(err)
	return scan(t, db, ledgerName), scan(t, db, privateName)
}

var donor = table.Donor{
	Contact: aid.Contact{Name: "Rahasia Contoh", Email: "rahasia@contoh.example", Phone: "+620000000222"}, Note: "titip kunci",
}

func TestLedgerHoldsNothingOfADonorWhoWantsNoNameShown(t *testing.T) {
	t.Parallel()
	ledger, private := pooled(t)
	inLedger, inPrivate := fmt.Sprint(ledger), fmt.Sprint(private)
	for _, secret := range []string{donor.Contact.Name, donor.Contact.Email, donor.Contact.Phone, donor.Note} {
		if strings.Contains(inLedger, secret) {
			t.Errorf("the ledger holds %q", secret)
		}
		if !strings.Contains(inPrivate, secret) {
			t.Errorf("the private table does not hold %q", secret)
		}
	}
}

// pools is what a model knows: how much of each pool no part holds, and how much
// of the need is left.
type pools struct {
	left map[aid.PoolID]int64
	need int64
}

// What parts take, they take from the pool and from the need; what they do not
// deliver comes back to both; nothing else moves either. The model counts along.
func TestPartsNeverExceedThePoolNorTheNeed(t *testing.T) {
	t.Parallel()
	stores := map[string]func() tabletest.Store{"memory": func() tabletest.Store { return table.NewMemory() }}
	if !testing.Short() {
		db := tabletest.Engine(t)
		stores["engine"] = func() tabletest.Store {
			ledger, private := tabletest.SilentTables(t, db)
			return table.New(db, ledger, private)
		}
	}
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { livePools(t, open()) })
		})
	}
}

func livePools(t *rapid.T, s tabletest.Store) {
	ctx, cat := context.Background(), tabletest.CarriedCatalogue()
	if err := s.Load(ctx, tabletest.Listings(), cat, tabletest.Noon); err != nil {
		t.Fatal(err)
	}
	model := pools{left: map[aid.PoolID]int64{}, need: 100}
	commitments := map[aid.CommitmentID]aid.Commitment{}
	now := tabletest.Noon
	for n := range 1 + rapid.IntRange(1, 2).Draw(t, "pools") {
		p := tabletest.PoolOf(n, rapid.Int64Range(1, 90).Draw(t, "units"), 0)
		if err := s.AddPool(ctx, p, table.Donor{}); err != nil {
			t.Fatal(err)
		}
		model.left[p.ID] = p.Lines[0].Quantity
	}
	moved := func(before, after aid.Commitment, err error) {
		if err != nil || after.Version == before.Version {
			return // the rules of a commitment refuse it
		}
		back := before.Held()["sembako"] - after.Held()["sembako"]
		last := after.Log[len(after.Log)-1]
		err = s.Move(ctx, table.Change{Move: last.Move, Before: before, After: after, At: last.At})
		if model.left[after.Pool]+back < 0 || model.need+back < 0 {
			if err == nil {
				t.Fatalf("%s takes %d more than there are", last.Move, -back)
			}
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", last.Move, err)
		}
		model.left[after.Pool] += back
		model.need += back
		commitments[after.ID] = after
	}
	pick := func() (aid.Commitment, bool) {
		if len(commitments) == 0 {
			return aid.Commitment{}, false
		}
		ids := make([]aid.CommitmentID, 0, len(commitments))
		for n := range 100 {
			if c, ok := commitments[tabletest.CommitmentID(n)]; ok {
				ids = append(ids, c.ID)
			}
		}
		return commitments[rapid.SampledFrom(ids).Draw(t, "part")], true
	}
	for n := range rapid.IntRange(1, 15).Draw(t, "steps") {
		now = now.Add(time.Minute)
		switch rapid.SampledFrom([]string{"part", "part", "withdraw", "report", "receive", "lapse", "renew"}).Draw(t, "step") {
		case "part":
			id := tabletest.PoolID(rapid.IntRange(0, len(model.left)-1).Draw(t, "pool"))
			units := rapid.Int64Range(1, 60).Draw(t, "take")
			stale := tabletest.PoolOf(0, 1000, 0) // decided on figures that are wrong
			stale.ID = id
			made, err := tabletest.PartOf(s, ctx, stale, n, units)
			var over *aid.OverRemainingError
			if errors.As(err, &over) {
				if over.Remaining != model.need || units <= model.need {
					t.Fatalf("%d refused with %d left, the model has %d", units, over.Remaining, model.need)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = s.AddPart(ctx, made)
			if fits := units <= model.left[id] && units <= model.need; (err == nil) != fits {
				t.Fatalf("%d of a pool with %d and a need with %d: %v", units, model.left[id], model.need, err)
			}
			if err == nil {
				model.left[id] -= units
				model.need -= units
				commitments[made.Commitment.ID] = made.Commitment
			}
		case "withdraw":
			if c, ok := pick(); ok {
				after, err := c.WithdrawnFor("changed_plan", aid.Collaborator, now, cat)
				moved(c, after, err)
			}
		case "report":
			if c, ok := pick(); ok {
				units := rapid.Int64Range(1, c.Lines[0].Quantity).Draw(t, "delivered")
				after, err := c.Reported(aid.DeliveryReport{
					ID: aid.DeliveryID(fmt.Sprintf("0198c0de-0003-7000-8000-%012x", n)), On: tabletest.Today, Quantities: []int64{units},
				}, now, cat)
				moved(c, after, err)
			}
		case "receive":
			if c, ok := pick(); ok && len(c.Deliveries) > 0 {
				answer := aid.ReceiptAnswer{Delivery: c.Deliveries[len(c.Deliveries)-1].ID, Answer: rapid.SampledFrom([]aid.Answer{aid.Full, aid.None}).Draw(t, "answer"), Via: aid.ViaSteward}
				after, err := c.ReceivedAs(answer, now, cat)
				moved(c, after, err)
			}
		case "lapse":
			if c, ok := pick(); ok {
				after, m, _, ok := c.Elapsed(c.ContactBy, cat)
				if ok && m == aid.Lapse {
					moved(c, after, nil)
				}
			}
		case "renew":
			if c, ok := pick(); ok {
				after, err := c.RenewedAt(now, cat)
				moved(c, after, err)
			}
		}
		check(t, ctx, s, model)
	}
}

// check compares a store with the model.
func check(t *rapid.T, ctx context.Context, s tabletest.Store, model pools) {
	got := pools{left: map[aid.PoolID]int64{}}
	for id := range model.left {
		p, err := s.Pool(ctx, tabletest.Carrier, id)
		if err != nil {
			t.Fatal(err)
		}
		if err := tabletest.PoolBalance(ctx, s, p); err != nil {
			t.Fatal(err)
		}
		got.left[id] = p.Lines[0].Left
	}
	place, _, err := s.Place(ctx, tabletest.RW)
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.Commitments(ctx, tabletest.RW)
	if err != nil {
		t.Fatal(err)
	}
	if err := tabletest.Balance(place, all); err != nil {
		t.Fatal(err)
	}
	for _, n := range place.Needs {
		if n.Package == "sembako" {
			got.need = n.Remaining()
		}
	}
	if got.need != model.need || !maps.Equal(got.left, model.left) {
		t.Fatalf("stored %+v, the model has %+v", got, model)
	}
}
