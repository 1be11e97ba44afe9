package table

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"ksbb/shared/aid"
)

// scripted answers one transaction after the other with errors, then with
// success, and counts them.
type scripted struct {
	client
	errs  []error
	calls int
}

func (s *scripted) TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	s.calls++
	if s.calls <= len(s.errs) {
		return nil, s.errs[s.calls-1]
	}
	return &dynamodb.TransactWriteItemsOutput{}, nil
}

func cancelledFor(codes ...string) error {
	err := &types.TransactionCanceledException{}
	for _, c := range codes {
		err.CancellationReasons = append(err.CancellationReasons, types.CancellationReason{Code: aws.String(c)})
	}
	return err
}

var errRefused, errRefusedLater = errors.New("refused"), errors.New("refused later")

func twoWrites() []write {
	it := key{"a", "b"}.attributes()
	return []write{
		create("t", it, func(item) error { return errRefused }),
		create("t", it, func(item) error { return errRefusedLater }),
	}
}

func TestTransactionsThatMeetAreTriedAgain(t *testing.T) {
	t.Parallel()
	conflict := cancelledFor("None", "TransactionConflict")
	for name, c := range map[string]struct {
		errs  []error
		calls int
		want  error
	}{
		"one conflict":                        {[]error{conflict}, 2, nil},
		"three kinds of contention":           {[]error{conflict, cancelledFor("ThrottlingError", "None"), cancelledFor("ProvisionedThroughputExceeded", "TransactionConflict")}, 4, nil},
		"a refusal beside a conflict decides": {[]error{cancelledFor("TransactionConflict", "ConditionalCheckFailed")}, 1, errRefusedLater},
		"the first refusal wins":              {[]error{cancelledFor("ConditionalCheckFailed", "ConditionalCheckFailed")}, 1, errRefused},
		"a conflict, then a refusal":          {[]error{conflict, cancelledFor("ConditionalCheckFailed", "None")}, 2, errRefused},
	} {
		db := &scripted{errs: c.errs}
		err := New(db, "l", "p").transact(t.Context(), twoWrites())
		if !errors.Is(err, c.want) || db.calls != c.calls {
			t.Errorf("%s: %v after %d calls; want %v after %d", name, err, db.calls, c.want, c.calls)
		}
	}
}

func TestTransactionsThatKeepMeetingAreBusy(t *testing.T) {
	t.Parallel()
	db := &scripted{}
	for range 100 {
		db.errs = append(db.errs, cancelledFor("TransactionConflict", "None"))
	}
	if err := New(db, "l", "p").transact(t.Context(), twoWrites()); !errors.Is(err, aid.ErrBusy) {
		t.Errorf("transact = %v; want busy", err)
	}
	if db.calls < 3 || db.calls > 20 {
		t.Errorf("%d attempts; want a few", db.calls)
	}
}

func TestWaitingEndsWithTheCaller(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	db := &scripted{errs: []error{cancelledFor("TransactionConflict")}}
	if err := New(db, "l", "p").transact(ctx, twoWrites()); !errors.Is(err, context.Canceled) || db.calls != 1 {
		t.Errorf("transact = %v after %d calls; want canceled after 1", err, db.calls)
	}
}

func TestOnlyWhatPassesIsBusy(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{
		"ThrottlingException": true, "ProvisionedThroughputExceededException": true, "RequestLimitExceeded": true,
		"TransactionConflictException": true, "TransactionInProgressException": true,
		"ValidationException": false, "ResourceNotFoundException": false, "AccessDeniedException": false,
	} {
		cause := &smithy.GenericAPIError{Code: code}
		err := busy(cause)
		if errors.Is(err, aid.ErrBusy) != want || !errors.Is(err, cause) {
			t.Errorf("busy(%s) = %v; want busy %v and the cause kept", code, err, want)
		}
	}
	for name, err := range map[string]error{
		"invalid": cancelledFor("ValidationError", "TransactionConflict"), "nothing said": cancelledFor(), "plain": errors.New("lost"),
	} {
		if got := busy(err); errors.Is(got, aid.ErrBusy) || got == nil {
			t.Errorf("%s: busy = %v", name, got)
		}
	}
	if busy(nil) != nil {
		t.Error("success is busy")
	}
}

// unwilling never finishes a batch.
type unwilling struct{ client }

func (unwilling) BatchWriteItem(_ context.Context, in *dynamodb.BatchWriteItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.BatchWriteItemOutput, error) {
	return &dynamodb.BatchWriteItemOutput{UnprocessedItems: in.RequestItems}, nil
}

func (unwilling) BatchGetItem(_ context.Context, in *dynamodb.BatchGetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	return &dynamodb.BatchGetItemOutput{UnprocessedKeys: in.RequestItems}, nil
}

func TestBatchesThatNeverFinishEndWithTheCaller(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	table := New(unwilling{}, "l", "p")
	if err := table.putAll(ctx, "l", []any{key{"a", "b"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("putAll = %v; want canceled", err)
	}
	if err := table.getAll(ctx, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("getAll = %v; want canceled", err)
	}
}

func TestNoTableNameIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	if _, err := OpenLedger(t.Context(), ""); err == nil {
		t.Error("OpenLedger takes an empty name")
	}
	if _, err := Open(t.Context(), "ledger", ""); err == nil || !strings.Contains(err.Error(), "name") {
		t.Errorf("Open = %v; want it to say that a name is missing", err)
	}
}

func TestEveryAttributeOfAnExpressionGetsItsPlaceholder(t *testing.T) {
	t.Parallel()
	got := placeholders("SET #a = #a + :one, #bC = :x attribute_not_exists(#d) OR #e")
	for _, name := range []string{"a", "bC", "d", "e"} {
		if got["#"+name] != name {
			t.Errorf("placeholders = %v; want #%s", got, name)
		}
	}
	if len(got) != 4 {
		t.Errorf("placeholders = %v; want four", got)
	}
}
