package table_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

func TestSubscriptionsInMemoryKeepTheirPromises(t *testing.T) {
	t.Parallel()
	tabletest.RunSubscriptions(t, func(testing.TB) tabletest.Store { return table.NewMemory() })
}

func TestSubscriptionsKeepTheirPromises(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	tabletest.RunSubscriptions(t, func(t testing.TB) tabletest.Store {
		ledger, private := tabletest.Tables(t, db)
		return table.New(db, ledger, private)
	})
}

// The same on a store with pages of one item, conflicts, and answers that are
// lost.
func TestSubscriptionsKeepTheirPromisesOnARoughDay(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	tabletest.RunSubscriptions(t, func(t testing.TB) tabletest.Store {
		ledger, private := tabletest.SilentTables(t, db)
		return table.New(rough{db, newDice(1)}, ledger, private)
	})
}

// subscribed does to one ledger all that can be done with subscriptions: the
// first is confirmed and written to, the second waits, the third is ended, the
// fourth replaced by the first.
func subscribed(t *testing.T) (ledger, private []map[string]any) {
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
	for _, n := range []int{4, 1, 2, 3} {
		r := tabletest.SubscriptionRequest(n)
		if n == 4 {
			r.Subscription.Address = tabletest.SubscriptionRequest(1).Subscription.Address
		}
		_, _, err := s.Subscribe(t.Context(), r)
		fails(err)
		if n != 2 {
			_, err = s.ConfirmSubscription(t.Context(), r.Subscription, tabletest.Noon)
			fails(err)
		}
	}
	fails(s.EndSubscription(t.Context(), tabletest.SubscriptionRequest(3).Subscription.ID))
	fails(table.NewReporter(db, ledgerName).AnnounceReport(t.Context(), "2026-02", 1, tabletest.Noon))
	first := tabletest.SubscriptionRequest(1).Subscription.ID
	_, err := s.ClaimMailing(t.Context(), "2026-02", 1, first, tabletest.Noon)
	fails(err)
	fails(s.ContinueMailing(t.Context(), aid.Mailing{Period: "2026-02", Revision: 1, Shard: 1, After: first}, 1, tabletest.Noon))
	return scan(t, db, ledgerName), scan(t, db, privateName)
}

func TestLedgerHoldsNothingOfASubscriber(t *testing.T) {
	t.Parallel()
	ledger, private := subscribed(t)
	inLedger, inPrivate := fmt.Sprint(ledger), fmt.Sprint(private)
	for n, kept := range map[int]bool{1: true, 2: true, 3: false, 4: false} {
		r := tabletest.SubscriptionRequest(n)
		for _, secret := range []string{r.Subscription.Email, r.Fingerprint, fmt.Sprint(r.Subscription.SecretHash)} {
			if strings.Contains(inLedger, secret) {
				t.Errorf("the ledger holds %q", secret)
			}
			if strings.Contains(inPrivate, secret) != kept {
				t.Errorf("the private table holds %q: %v; want %v", secret, !kept, kept)
			}
		}
		if address := fmt.Sprintf("address-%d", n); strings.Contains(inLedger, address) || strings.Contains(inPrivate, address) != kept {
			t.Errorf("where the hash %s stands is wrong", address)
		}
	}
}

// What is kept of somebody who did not confirm, or was written to, goes by
// itself; what a policy tells apart has a prefix of its own.
func TestEveryKeyOfASubscriptionHasAReader(t *testing.T) {
	t.Parallel()
	ledger, private := subscribed(t)
	letters := 0
	for _, row := range ledger {
		pk, sk := row["PK"].(string), row["SK"].(string)
		if _, err := table.ParseKey(pk, sk); !errors.Is(err, table.ErrForeignKey) {
			t.Errorf("%q %q wakes the publisher of the map", pk, sk)
		}
		_, isLetter := table.ParseLetterKey(pk, sk)
		if isLetter {
			letters++
		} else if !strings.HasPrefix(pk, "POW#") {
			t.Errorf("nobody reads %q %q", pk, sk)
		}
		_, expires := row["expires"]
		if report := strings.HasPrefix(pk, "OUT#report-"); expires == report {
			t.Errorf("%q %q expires: %v", pk, sk, expires)
		}
	}
	if letters != 4+2 {
		t.Errorf("%d letters; want four to subscribers and two mailings", letters)
	}
	kinds := map[string]int{}
	for _, row := range private {
		pk := row["PK"].(string)
		kind, _, _ := strings.Cut(pk, "#")
		kinds[kind]++
		expires, ok := row["expires"].(float64)
		waiting := kind == "SUB" && strings.HasSuffix(pk, string(tabletest.SubscriptionRequest(2).Subscription.ID))
		if ok != (waiting || kind == "MAILED") {
			t.Errorf("%s expires: %v", pk, ok)
		}
		if by := time.Unix(int64(expires), 0); waiting && by.Sub(tabletest.Noon).Round(time.Minute) != aid.ConfirmHours*time.Hour {
			t.Errorf("what nobody confirms goes at %v", by)
		}
	}
	if want := map[string]int{"SUB": 2, "SUBOF": 1, "SUBS": 2, "MAILED": 1}; fmt.Sprint(kinds) != fmt.Sprint(want) {
		t.Errorf("kept %v; want %v", kinds, want)
	}
}
