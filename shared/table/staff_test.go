package table_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

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
