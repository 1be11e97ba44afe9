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

// canaries are private words of which none may ever stand in the ledger.
const (
	signature   = "Budi Contoh, tanda tangan"
	note        = "dititipkan di rumah nomor tujuh"
	goneName    = "Sari Yang Pergi"
	goneNote    = "catatan yang pergi"
	goneNetwork = "192.0.2.0/24"
)

// everything does, to one ledger, all that can be done to recipients and
// commitments, and returns what both tables hold then. The first commitment is
// delivered and in dispute, the second taken back, the third forgotten, the
// fourth dropped.
func everything(t *testing.T) (ledger, private []map[string]any) {
	t.Helper()
	db := tabletest.Engine(t)
	ledgerName, privateName := tabletest.Tables(t, db)
	s := table.New(db, ledgerName, privateName)
	ctx, rules, now := t.Context(), tabletest.Catalogue(), tabletest.Noon
	fails := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Key(ctx)
	fails(err)
	fails(s.Load(ctx, tabletest.Listings(), rules, now))
	submit := func(in table.Submission) aid.Commitment {
		c, _, err := s.Submit(ctx, in)
		fails(err)
		return c
	}
	move := func(m aid.Move, before, after aid.Commitment, err error, letters ...aid.LetterKind) aid.Commitment {
		t.Helper()
		fails(err)
		fails(s.Move(ctx, table.Change{Move: m, Before: before, After: after, At: now, Letters: letters, SignedBy: signature}))
		return after
	}
	verify := func(before aid.Commitment) aid.Commitment {
		after, err := before.Verified(now, rules)
		return move(aid.Verify, before, after, err, aid.LetterPledged)
	}
	deliver := func(before aid.Commitment, text string) aid.Commitment {
		signed, err := before.SignedAs("sha256-feed", now, rules)
		before = move(aid.Sign, before, signed, err)
		after, err := before.Reported(aid.DeliveryReport{ID: "d", On: tabletest.Today, Quantities: []int64{3, 5}, Evidence: []aid.EvidenceID{"e"}}, now, rules)
		fails(err)
		fails(s.Move(ctx, table.Change{Move: aid.Report, Before: before, After: after, At: now, Note: table.Note{Delivery: "d", Text: text}}))
		return after
	}

	first := submit(tabletest.Submission(1, tabletest.Units("sembako", 3), tabletest.Gift(1000)))
	_, err = s.CountWrongCode(ctx, first.ID, 5)
	fails(err)
	first = verify(first)
	fails(s.Reveal(ctx, table.RevealRequest{
		Commitment: first.ID, Recipient: tabletest.RW, Collaborator: first.Collaborator, Network: goneNetwork,
		Day: tabletest.Today, At: now, Limits: tabletest.Limits(),
	}))
	fails(s.RecordLook(ctx, table.Look{At: now.Add(time.Minute), By: aid.Steward, Commitment: first.ID, Recipient: tabletest.RW}, tabletest.Today))
	spoken, err := first.Spoken(aid.Steward, now, rules)
	first = move(aid.Speak, first, spoken, err)
	agreed, err := first.ScheduledFor(aid.Appointment{On: tabletest.Today}, aid.Collaborator, now, rules)
	first = move(aid.Schedule, first, agreed, err)
	evidence := aid.Evidence{ID: "e", Commitment: first.ID, Recipient: first.Recipient, Leaf: first.Leaf, Kind: aid.EvidencePhoto, State: aid.EvidenceAwaited, At: now}
	fails(s.AddEvidence(ctx, evidence))
	evidence.State, evidence.CheckedAt = aid.EvidenceAccepted, now
	fails(s.JudgeEvidence(ctx, evidence))
	first = deliver(first, note)
	disputed, err := first.ReceivedAs(aid.ReceiptAnswer{Delivery: "d", Answer: aid.None, Via: aid.ViaBAST}, now, rules)
	first = move(aid.Receive, first, disputed, err, aid.LetterDisputed)
	fails(s.Post(ctx, first, aid.LetterStewardCall, 1, now))
	fails(s.MarkSent(ctx, table.LetterKeyOf(first.ID, 1, aid.LetterCode), now))

	second := verify(submit(tabletest.Submission(2, tabletest.Units("sembako", 1))))
	end, err := second.WithdrawnFor("other", aid.Collaborator, now, rules)
	move(aid.Withdraw, second, end, err)

	leaving := tabletest.Submission(3, tabletest.Units("sembako", 3), tabletest.Gift(1000))
	leaving.Credential.Contact = aid.Contact{Name: goneName, Email: "pergi@contoh.example", Phone: "+620000000333"}
	third := deliver(verify(submit(leaving)), goneNote)
	forgotten, err := third.Forgotten(aid.Collaborator, now, rules)
	move(aid.Forget, third, forgotten, err)

	never := tabletest.Submission(4, tabletest.Units("sembako", 1))
	never.Credential.Contact = leaving.Credential.Contact
	never.Commitment.Name = goneName
	fourth := submit(never)
	dropped, m, _, _ := fourth.Elapsed(fourth.VerifyBy, rules)
	move(m, fourth, dropped, nil)

	_, err = s.Try(ctx, "bast", "BAST-1", tabletest.Today, 5)
	fails(err)
	fails(s.Spend(ctx, "mail", string(first.Collaborator), tabletest.Today, 5))
	fails(s.UseChallenge(ctx, "paid", now))
	fails(s.SetReminders(ctx, first.Collaborator, false))
	fails(s.Pause(ctx, tabletest.RW, true))
	fails(s.ReplaceLink(ctx, tabletest.RW, 2))
	fails(s.SetPlan(ctx, tabletest.Leaf, tabletest.RW, aid.Plan{Method: aid.PlanTurns, On: tabletest.Today}, now))
	fails(s.ConfirmNeed(ctx, tabletest.Leaf, aid.NeedOf(tabletest.RW, "lebaran"), false, tabletest.Today, "ketua RW", now))
	fails(s.RecordCorrection(ctx, tabletest.Leaf, aid.Correction{On: now.Add(time.Hour), Reason: "double entry", By: "kelurahan"}))
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
		signature, note, goneNetwork,
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
	for _, gone := range []string{goneName, goneNote, "pergi@contoh.example", "+620000000333"} {
		if strings.Contains(everyLedgerRow, gone) || strings.Contains(everyPrivateRow, gone) {
			t.Errorf("%q is kept of somebody who is forgotten", gone)
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
	// Three places with activity, three needs, two corrections; three pointers,
	// four commitments, a file, and the names of three that were pledged; letters: four codes, three of pledges, two of the
	// first commitment. Of requests, four submissions and thirteen moves; five
	// challenges and four numbers.
	want := map[string]int{"leaf": 11, "recipient": 11, "letter": 9, "kept": 26}
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
			earliest = tabletest.Noon // the one that paid for no submission; the others ten minutes later
		case strings.HasPrefix(pk, "BUDGET#region#"):
			earliest = dayAfter.AddDate(0, 0, 14) // the last day whose budget it is part of
		case strings.HasPrefix(pk, "BUDGET#"):
			earliest = dayAfter.Add(14 * time.Hour) // the day ends last in the west, and clocks differ
		case strings.HasPrefix(pk, "PHONE#"):
			earliest = tabletest.Noon.AddDate(0, 0, 90).Truncate(time.Second)
		case strings.HasPrefix(pk, "SEEN"), strings.HasPrefix(row["SK"].(string), "SEEN#"):
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
	if seen != 17 {
		t.Errorf("%d items expire; want five challenges, six counts, four looks and two numbers", seen)
	}
}
