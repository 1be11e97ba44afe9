package table_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

// everything does, to one ledger, all that can be done, and returns what both
// tables hold then.
func everything(t *testing.T) (ledger, private []map[string]any) {
	t.Helper()
	db := tabletest.Engine(t)
	ledgerName, privateName := tabletest.Tables(t, db)
	s := table.New(db, ledgerName, privateName)
	ctx := t.Context()
	fails := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Key(ctx)
	fails(err)
	fails(s.Load(ctx, tabletest.Listings(), tabletest.Catalogue()))
	before, _, err := s.Submit(ctx, tabletest.Submission(1, tabletest.Units("sembako", 3), tabletest.Gift(1000)))
	fails(err)
	_, err = s.CountWrongCode(ctx, before.ID, 5)
	fails(err)
	after, err := before.Verified(tabletest.Noon, tabletest.Catalogue())
	fails(err)
	fails(tabletest.Pledge(ctx, s, before, after, tabletest.Noon))
	fails(s.Reveal(ctx, table.RevealRequest{
		Commitment: before.ID, Recipient: tabletest.RW, Collaborator: before.Collaborator, Network: "192.0.2.0/24",
		Day: tabletest.Today, At: tabletest.Noon, Limits: tabletest.Limits(),
	}))
	fails(s.MarkSent(ctx, table.LetterKeyOf(before.ID, 1, aid.LetterCode), tabletest.Noon))
	end, err := after.WithdrawnFor("other", aid.Collaborator, tabletest.Noon, tabletest.Catalogue())
	fails(err)
	fails(tabletest.Withdraw(ctx, s, after, end, tabletest.Noon))
	fails(s.RecordCorrection(ctx, tabletest.Leaf, aid.Correction{On: tabletest.Noon, Reason: "double entry", By: "kelurahan"}))
	return scan(t, db, ledgerName), scan(t, db, privateName)
}

func scan(t *testing.T, db *dynamodb.Client, name string) []map[string]any {
	t.Helper()
	var rows []map[string]any
	pages := dynamodb.NewScanPaginator(db, &dynamodb.ScanInput{TableName: &name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var part []map[string]any
		if err := attributevalue.UnmarshalListOfMaps(page.Items, &part); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, part...)
	}
	if len(rows) == 0 {
		t.Fatalf("%s is empty", name)
	}
	return rows
}

func TestLedgerHoldsNothingPrivate(t *testing.T) {
	t.Parallel()
	ledger, private := everything(t)
	submission := tabletest.Submission(1)
	secrets := []string{
		submission.Credential.Contact.Name, submission.Credential.Contact.Email, submission.Credential.Contact.Phone,
		submission.Credential.Statement.SignedBy, "192.0.2.0",
	}
	for _, l := range tabletest.Listings() {
		secrets = append(secrets, l.Steward.Phone)
		if l.Steward.Email != "" {
			secrets = append(secrets, l.Steward.Email)
		}
	}
	everyLedgerRow, everyPrivateRow := fmt.Sprint(ledger), fmt.Sprint(private)
	for _, secret := range secrets {
		if strings.Contains(everyLedgerRow, secret) {
			t.Errorf("the ledger holds %q", secret)
		}
		if !strings.Contains(everyPrivateRow, secret) {
			t.Errorf("the private table does not hold %q: was it made at all?", secret)
		}
	}
}

func TestEveryKeyOfTheLedgerHasAReader(t *testing.T) {
	t.Parallel()
	ledger, _ := everything(t)
	kinds := map[string]int{}
	for _, row := range ledger {
		pk, sk := row["PK"].(string), row["SK"].(string)
		dirty, err := table.ParseKey(pk, sk)
		_, letter := table.ParseLetterKey(pk, sk)
		switch {
		case letter:
			kinds["letter"]++
		case err == nil && dirty.Leaf != (aid.Leaf{}):
			kinds["leaf"]++
		case err == nil:
			kinds["recipient"]++
		case errors.Is(err, table.ErrForeignKey) && (strings.HasPrefix(pk, "REQ#") || strings.HasPrefix(pk, "POW#") || strings.HasPrefix(pk, "NUM#")):
			kinds["kept"]++
		default:
			t.Errorf("nobody reads %q %q: %v", pk, sk, err)
		}
	}
	// Three places with activity, three needs, a correction; three pointers and a
	// commitment; three letters; three requests, a challenge and
	// a number.
	want := map[string]int{"leaf": 10, "recipient": 4, "letter": 3, "kept": 5}
	if fmt.Sprint(kinds) != fmt.Sprint(want) {
		t.Errorf("the ledger holds %v; want %v", kinds, want)
	}
}

// What expires may vanish at any time after, so it must be of no use by then.
func TestOnlyChallengesCountsAndLooksExpire(t *testing.T) {
	t.Parallel()
	ledger, private := everything(t)
	seen := 0
	for _, row := range append(ledger, private...) {
		pk := row["PK"].(string)
		expires, ok := row["expires"].(float64)
		at := time.Unix(int64(expires), 0).UTC()
		dayAfter := time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)
		var earliest time.Time
		switch {
		case strings.HasPrefix(pk, "POW#"):
			earliest = tabletest.Submission(1).ChallengeExpires
		case strings.HasPrefix(pk, "BUDGET#region#"):
			earliest = dayAfter.AddDate(0, 0, 14) // the last day whose budget it is part of
		case strings.HasPrefix(pk, "BUDGET#"):
			earliest = dayAfter.Add(14 * time.Hour) // the day ends last in the west, and clocks differ
		case strings.HasPrefix(pk, "SEEN"):
			earliest = tabletest.Noon.AddDate(2, 0, 0).Truncate(time.Second) // as long as a person may want to know
		default:
			if ok {
				t.Errorf("%s expires at %v", pk, at)
			}
			continue
		}
		seen++
		if !ok || at.Before(earliest) || at.After(earliest.AddDate(0, 0, 31)) {
			t.Errorf("%s expires at %v (%v); want some time after %v", pk, at, ok, earliest)
		}
	}
	if seen != 7 {
		t.Errorf("%d items expire; want the challenge, four counts and two looks", seen)
	}
}
