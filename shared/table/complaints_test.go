package table_test

import (
	"context"
	"errors"
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

func TestComplaintsInMemoryKeepTheirPromises(t *testing.T) {
	t.Parallel()
	tabletest.RunComplaints(t, func(testing.TB) tabletest.Store { return table.NewMemory() })
}

func TestComplaintsKeepTheirPromises(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	tabletest.RunComplaints(t, func(t testing.TB) tabletest.Store {
		ledger, private := tabletest.Tables(t, db)
		return table.New(db, ledger, private)
	})
}

// complained does to one ledger all that can be done with complaints and ideas.
func complained(t *testing.T) (ledger, private []map[string]any) {
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
	c, _, err := s.FileComplaint(t.Context(), tabletest.Filing(1))
	fails(err)
	written, err := c.Written("m", tabletest.Noon)
	fails(err)
	fails(s.WriteMessage(t.Context(), c, written, "kata kedua", "f"))
	late, _, letters, _ := written.Elapsed(written.DueBy)
	fails(s.MoveComplaint(t.Context(), written, late, letters...))
	answered, err := late.Answered(aid.Staff{Role: aid.StaffAdmin}, "r", aid.Resolved, tabletest.Noon)
	fails(err)
	fails(s.WriteMessage(t.Context(), late, answered, "jawaban kantor", "g"))
	fails(s.AddEvidence(t.Context(), aid.Evidence{ID: "e", Complaint: c.ID, Kind: aid.EvidenceComplaint, State: aid.EvidenceAwaited, At: tabletest.Noon}))
	_, _, err = s.FileIdea(t.Context(), tabletest.IdeaFiling(1))
	fails(err)
	return scan(t, db, ledgerName), scan(t, db, privateName)
}

func TestLedgerHoldsNoWordOfAComplaint(t *testing.T) {
	t.Parallel()
	ledger, private := complained(t)
	f, i := tabletest.Filing(1), tabletest.IdeaFiling(1)
	inLedger, inPrivate := fmt.Sprint(ledger), fmt.Sprint(private)
	for _, secret := range []string{
		f.Words.Text, f.Words.Email, fmt.Sprint(f.SecretHash), "kata kedua", "jawaban kantor", i.Words.Text, i.Words.Name, i.Words.Email,
	} {
		if strings.Contains(inLedger, secret) {
			t.Errorf("the ledger holds %q", secret)
		}
		if !strings.Contains(inPrivate, secret) {
			t.Errorf("the private table does not hold %q: was it written at all?", secret)
		}
	}
}

// The policy of complaints-api tells by these prefixes what it may read.
func TestWordsOfReportersStandUnderPrefixesOfTheirOwn(t *testing.T) {
	t.Parallel()
	_, private := complained(t)
	f, i := tabletest.Filing(1), tabletest.IdeaFiling(1)
	found := 0
	for _, row := range private {
		pk, held := row["PK"].(string), fmt.Sprint(row)
		for _, word := range []string{f.Words.Text, f.Words.Email, "kata kedua", i.Words.Text, i.Words.Name, i.Words.Email} {
			if !strings.Contains(held, word) {
				continue
			}
			found++
			if !strings.HasPrefix(pk, "REPORT#") && !strings.HasPrefix(pk, "IDEA#") {
				t.Errorf("%s holds %q", pk, word)
			}
		}
		if strings.Contains(held, "jawaban kantor") && !strings.HasPrefix(pk, "REPLY#") {
			t.Errorf("%s holds the office's answer", pk)
		}
	}
	if found != 6 {
		t.Errorf("found %d private words; want 6", found)
	}
}

func TestEveryKeyOfAComplaintHasAReader(t *testing.T) {
	t.Parallel()
	ledger, private := complained(t)
	cases, letters := 0, 0
	for _, row := range ledger {
		pk, sk := row["PK"].(string), row["SK"].(string)
		_, err := table.ParseKey(pk, sk)
		_, isCase := table.ParseComplaintKey(pk, sk)
		_, isLetter := table.ParseLetterKey(pk, sk)
		switch {
		case !errors.Is(err, table.ErrForeignKey):
			t.Errorf("%q %q wakes the publisher of the map", pk, sk)
		case isCase:
			cases++
		case isLetter:
			letters++
		case !strings.HasPrefix(pk, "REQ#") && !strings.HasPrefix(pk, "POW#") && !strings.HasPrefix(pk, "NUM#") &&
			!strings.HasPrefix(pk, "CMP#") && !strings.HasPrefix(pk, "IDEAS#") && pk != "CASES":
			t.Errorf("nobody reads %q %q", pk, sk)
		}
	}
	if cases != 1 || letters != 2 {
		t.Errorf("%d complaints and %d letters; want one and two", cases, letters)
	}
	for _, row := range append(ledger, private...) {
		pk, _ := row["PK"].(string)
		expires, ok := row["expires"].(float64)
		sender := strings.HasPrefix(pk, "IDEA#") && row["SK"] == "CONTACT"
		if challenge := strings.HasPrefix(pk, "POW#"); ok != (challenge || sender) {
			t.Errorf("%s %s expires: %v", pk, row["SK"], ok)
		}
		if sender && time.Unix(int64(expires), 0).Before(tabletest.Noon.AddDate(0, 11, 0)) {
			t.Errorf("the sender of an idea is gone at %v", time.Unix(int64(expires), 0))
		}
	}
}

// blind fails every read of what its policy forbids complaints-api to read, and
// every write that would hand it back.
type blind struct{ *dynamodb.Client }

var errBlind = errors.New("may not be read")

func secretPK(k map[string]types.AttributeValue) bool {
	pk, ok := k["PK"].(*types.AttributeValueMemberS)
	return ok && (strings.HasPrefix(pk.Value, "REPORT#") || strings.HasPrefix(pk.Value, "IDEA#"))
}

func (b blind) GetItem(ctx context.Context, in *dynamodb.GetItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	if secretPK(in.Key) {
		return nil, errBlind
	}
	return b.Client.GetItem(ctx, in, opts...)
}

func (b blind) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, opts ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	for _, part := range in.TransactItems {
		if p := part.Put; p != nil && secretPK(p.Item) && p.ReturnValuesOnConditionCheckFailure != "" {
			return nil, errBlind
		}
	}
	return b.Client.TransactWriteItems(ctx, in, opts...)
}

func TestFilingAndWritingReadNothingOfWhatWasWritten(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	ledger, private := tabletest.Tables(t, db)
	s := table.New(blind{db}, ledger, private)
	for range 2 {
		c, _, err := s.FileComplaint(t.Context(), tabletest.Filing(1))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.FileIdea(t.Context(), tabletest.IdeaFiling(1)); err != nil {
			t.Fatal(err)
		}
		after, err := c.Written("m", tabletest.Noon)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Messages) == 1 {
			if err := s.WriteMessage(t.Context(), c, after, "kata", "f"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.ComplaintSecret(t.Context(), c.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := s.Reports(t.Context(), tabletest.Filing(1).Complaint.ID); !errors.Is(err, errBlind) {
		t.Errorf("Reports = %v; the watch does not watch", err)
	}
}
