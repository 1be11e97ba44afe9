package table_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

func TestStaffInMemoryKeepsItsPromises(t *testing.T) {
	t.Parallel()
	tabletest.RunStaff(t, func(testing.TB) tabletest.Store { return table.NewMemory() })
}

func TestStaffKeepsItsPromises(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	tabletest.RunStaff(t, func(t testing.TB) tabletest.Store {
		ledger, private := tabletest.Tables(t, db)
		return table.New(db, ledger, private)
	})
}

func TestStaffKeepsItsPromisesOnARoughDay(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	tabletest.RunStaff(t, func(t testing.TB) tabletest.Store {
		ledger, private := tabletest.Tables(t, db)
		return table.New(rough{db, newDice(11)}, ledger, private)
	})
}

// staffed does to one ledger what only staff do, and returns what the private
// table holds then.
func staffed(t *testing.T) (private []map[string]any) {
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
	now, rules := tabletest.Noon, tabletest.Catalogue()
	fails(s.Load(t.Context(), tabletest.Listings(), rules, now))
	c, _, err := s.Submit(t.Context(), tabletest.Submission(1, tabletest.Units("sembako", 1), tabletest.Gift(1)))
	fails(err)
	pledged, err := c.Verified(now, rules)
	fails(err)
	fails(tabletest.Pledge(t.Context(), s, c, pledged, now))
	ctx := table.Acting(t.Context(), tabletest.Act(1, "commitment/"+string(c.ID)))
	hidden, out, err := pledged.Without(true, []int{1}, now, rules)
	fails(err)
	fails(s.Move(ctx, table.Change{Move: aid.Hide, Before: pledged, After: hidden, At: now, Hidden: out}))
	fails(s.PutOfficer(t.Context(), aid.Account{}, tabletest.Account(1)))
	fails(s.Assign(t.Context(), "commitment/x", table.Desk{}, "officer-1", "Petugas Contoh", now))
	fails(s.WriteNote(t.Context(), "commitment/x", table.OfficeNote{ID: "n", At: now, By: "officer-1", Name: "Petugas Contoh", Text: "sudah ditelepon"}))
	p, who := tabletest.Proposal(1)
	fails(s.Propose(t.Context(), p, who))
	who.DecidedBy, who.DecidedAs, who.Why = "officer-2", "Petugas Lain", "cocok dengan BAST"
	rejected, err := p.Decided(aid.ProposalRejected, who, "officer-2", now.Add(time.Hour))
	fails(err)
	fails(s.DecideProposal(t.Context(), table.ProposalDecision{Before: p, After: rejected, Who: who}))
	for _, row := range scan(t, db, ledgerName) {
		for _, secret := range []string{"officer-1", "officer-2", "Petugas Contoh", "sudah ditelepon", "alasan contoh", "selimut"} {
			if strings.Contains(fmt.Sprint(row), secret) {
				t.Errorf("the ledger holds %q: %v", secret, row)
			}
		}
	}
	return scan(t, db, privateName)
}

// counted counts the calls by which work is read.
type counted struct {
	calls
	queries, batches *int
}

func (c counted) Query(ctx context.Context, in *dynamodb.QueryInput, opts ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	*c.queries++
	if at, ok := in.ExclusiveStartKey["workAt"].(*types.AttributeValueMemberS); ok {
		// The real store refuses it.
		least, most := in.ExpressionAttributeValues[":from"].(*types.AttributeValueMemberS).Value, in.ExpressionAttributeValues[":to"].(*types.AttributeValueMemberS).Value
		if at.Value < least || at.Value > most {
			return nil, fmt.Errorf("start at %s, outside of %s to %s", at.Value, least, most)
		}
	}
	return c.calls.Query(ctx, in, opts...)
}

func (c counted) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	*c.batches++
	return c.calls.BatchGetItem(ctx, in, opts...)
}

// However much waits, a page of it costs the same.
func TestAPageOfWorkIsOneQuery(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	ledger, private := tabletest.SilentTables(t, db)
	var queries, batches int
	s := table.New(counted{db, &queries, &batches}, ledger, private)
	listings := tabletest.Listings()
	const many = 300
	for n := range many {
		c := tabletest.Submission(n, tabletest.Gift(1)).Commitment
		c.State, c.PledgedAt = aid.Pledged, tabletest.Noon
		c.ContactBy = tabletest.Noon.Add(time.Duration(n) * time.Minute)
		listings[0].History = append(listings[0].History, c)
	}
	if err := s.Load(t.Context(), listings, tabletest.Catalogue(), tabletest.Noon); err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int{50, 5} {
		queries, batches = 0, 0
		items, next, err := s.Work(t.Context(), aid.LaneContact, "31.74", time.Time{}, time.Time{}, "", limit)
		if err != nil || len(items) != limit || next == "" || queries != 1 || batches != 0 {
			t.Errorf("%d items, another page %v, in %d queries and %d batches, %v; want %d in one", len(items), next != "", queries, batches, err, limit)
		}
		facts, err := s.WorkFacts(t.Context(), items)
		if err != nil || len(facts.Commitments) != limit || queries != 1 || batches != 2 {
			t.Errorf("%d commitments, in %d queries and %d batches, %v; want them in two batches", len(facts.Commitments), queries, batches, err)
		}
	}
	// So does that of somebody whose few entries lie among those of others.
	queries = 0
	items, next, err := s.WorkOf(t.Context(), aid.LaneContact, "31.74", time.Time{}, time.Time{}, func(w table.WorkItem) bool { return w.At.Minute()%30 == 29 }, "", 50)
	if err != nil || len(items) != many/30 || next != "" || queries != 1 {
		t.Errorf("%d items, another page %v, in %d queries, %v; want %d in one", len(items), next != "", queries, err, many/30)
	}
	// A page goes on within what is asked for, however long ago the last one was.
	_, next, err = s.Work(t.Context(), aid.LaneContact, "31.74", time.Time{}, time.Time{}, "", 9)
	if err != nil {
		t.Fatal(err)
	}
	for _, limits := range [][2]time.Time{{tabletest.Noon.Add(time.Hour), {}}, {{}, tabletest.Noon.Add(time.Minute)}} {
		if _, _, err := s.Work(t.Context(), aid.LaneContact, "31.74", limits[0], limits[1], next, 9); err != nil {
			t.Error(err)
		}
	}
	queries = 0
	counts, _, err := s.WorkCounts(t.Context(), aid.LaneContact, "31.74", time.Time{}, tabletest.Noon.Add(100*time.Minute))
	if err != nil || counts["31.74.01.1001"] != 100 || queries != 1 {
		t.Errorf("counted %v in %d queries, %v; want 100 in one", counts, queries, err)
	}
}
