package table_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

// cutOff fails every batch from the given one on; that one, if late, after it
// took effect.
type cutOff struct {
	calls
	batch int64
	late  bool
	made  *atomic.Int64
}

var errCutOff = errors.New("the machine went away")

func (c cutOff) BatchWriteItem(ctx context.Context, in *dynamodb.BatchWriteItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.BatchWriteItemOutput, error) {
	n := c.made.Add(1)
	if n < c.batch || n == c.batch && c.late {
		out, err := c.calls.BatchWriteItem(ctx, in, opts...)
		if n < c.batch || err != nil {
			return out, err
		}
	}
	return nil, errCutOff
}

// An import of 20 recipients with two needs each takes six batches: four of the
// ledger, one of contacts, one of pointers.
func TestImportThatWasCutOffIsFinishedByRunningItAgain(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	for batch := range int64(7) {
		for _, late := range []bool{false, true} {
			t.Run(fmt.Sprintf("Batch%dLate%v", batch, late), func(t *testing.T) {
				t.Parallel()
				ledger, private := tabletest.Tables(t, db)
				whole := table.New(db, ledger, private)
				listings := many(20)
				err := table.New(cutOff{db, batch, late, &atomic.Int64{}}, ledger, private).Load(t.Context(), listings, tabletest.Catalogue(), tabletest.Noon)
				if batch < 6 && !errors.Is(err, errCutOff) {
					t.Fatalf("Load = %v; want it cut off", err)
				}
				for _, l := range listings {
					// Whoever can be promised something is there with all its needs.
					p, _, err := whole.Place(t.Context(), l.Recipient.ID)
					if err != nil && !errors.Is(err, aid.ErrNotFound) {
						t.Fatal(err)
					}
					if err == nil && len(p.Needs) != 2 {
						t.Errorf("%s has %d needs after the import was cut off; want 2", l.Recipient.ID, len(p.Needs))
					}
				}
				if err := whole.Load(t.Context(), listings, tabletest.Catalogue(), tabletest.Noon); err != nil {
					t.Fatal(err)
				}
				for _, l := range listings {
					p, _, err := whole.Place(t.Context(), l.Recipient.ID)
					if err != nil {
						t.Fatal(err)
					}
					want := aid.Place{Recipient: l.Recipient, Needs: []aid.Need{l.Needs[1], l.Needs[0]}}
					if diff := cmp.Diff(want, p, cmpopts.EquateEmpty()); diff != "" {
						t.Errorf("after the second run (-want +got):\n%s", diff)
					}
					if _, err := whole.Steward(t.Context(), l.Recipient.ID); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
}

// many returns n recipients like the RW.
func many(n int) []aid.Listing {
	var listings []aid.Listing
	for i := range n {
		l := tabletest.Listings()[0]
		l.Activity = aid.Activity{}
		l.Recipient.ID = aid.RecipientID(fmt.Sprintf("31.74.01.1001-rw-%d", i))
		for j := range l.Needs {
			l.Needs[j].Recipient, l.Needs[j].ID = l.Recipient.ID, aid.NeedOf(l.Recipient.ID, l.Needs[j].Package)
		}
		listings = append(listings, l)
	}
	return listings
}

// ledgerWrites counts the items written to the ledger.
type ledgerWrites struct {
	calls
	ledger string
	items  *atomic.Int64
}

func (w ledgerWrites) PutItem(ctx context.Context, in *dynamodb.PutItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	w.count(*in.TableName, 1)
	return w.calls.PutItem(ctx, in, opts...)
}

func (w ledgerWrites) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	w.count(*in.TableName, 1)
	return w.calls.UpdateItem(ctx, in, opts...)
}

func (w ledgerWrites) BatchWriteItem(ctx context.Context, in *dynamodb.BatchWriteItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.BatchWriteItemOutput, error) {
	for name, writes := range in.RequestItems {
		w.count(name, len(writes))
	}
	return w.calls.BatchWriteItem(ctx, in, opts...)
}

func (w ledgerWrites) count(name string, n int) {
	if name == w.ledger {
		w.items.Add(int64(n))
	}
}

func TestImportWritesOnlyWhatDiffers(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	ledger, private := tabletest.Tables(t, db)
	w := ledgerWrites{db, ledger, &atomic.Int64{}}
	s := table.New(w, ledger, private)
	listings := many(20)
	for _, step := range []struct {
		what string
		want int64
		do   func()
	}{
		{"the first import", 20 * 5, func() {}},
		{"the same again", 0, func() {}},
		{"another name", 1, func() { listings[3].Recipient.Name = "RW lain" }},
		{"more needed in two lines", 2, func() { listings[4].Needs[0].Needed++; listings[5].Needs[1].Needed++ }},
		{"the same again", 0, func() {}},
	} {
		step.do()
		w.items.Store(0)
		if err := s.Load(t.Context(), listings, tabletest.Catalogue(), tabletest.Noon); err != nil {
			t.Fatal(err)
		}
		if got := w.items.Load(); got != step.want {
			t.Errorf("%s: %d items written to the ledger; want %d", step.what, got, step.want)
		}
	}
}
