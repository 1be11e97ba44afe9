// Package table keeps the facts of KSBB in two DynamoDB tables: the ledger,
// which holds nothing personal, and the private table. It knows how facts are
// stored and which of them must change together; which change is allowed is
// decided in aid.
//
// Every change of state is one transaction whose conditions prove that the
// decision still holds when it is written, so any method may be called
// concurrently, and again after an answer was lost. A method that promises a
// repeat to be harmless says so.
//
// Instants are stored to the millisecond and come back in UTC. Reads are
// strongly consistent. When the store is overloaded or too many callers meet on
// one item, methods return an error that wraps [aid.ErrBusy]; nothing was
// written then.
package table

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"ksbb/shared/aid"
)

// reader is every call that reading public facts makes.
type reader interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
}

// client is every call this package makes, and so the list of what a role that
// uses all of it must be allowed. The two batch calls belong to Load alone.
type client interface {
	reader
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
	BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
	BatchWriteItem(context.Context, *dynamodb.BatchWriteItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchWriteItemOutput, error)
}

// Ledger reads the public facts. It cannot write, and does not know the private
// table.
type Ledger struct {
	db   reader
	name string
}

// Table reads and writes both tables.
type Table struct {
	*Ledger
	db      client
	private string

	mu  sync.Mutex
	key []byte // the installation's key, once it was read
}

// OpenLedger prepares to read the ledger with the credentials, region and
// endpoint of the environment. It makes no call yet.
func OpenLedger(ctx context.Context, ledger string) (*Ledger, error) {
	db, err := open(ctx, ledger)
	if err != nil {
		return nil, err
	}
	return NewLedger(db, ledger), nil
}

// Open prepares to use both tables with the credentials, region and endpoint of
// the environment. It makes no call yet.
func Open(ctx context.Context, ledger, private string) (*Table, error) {
	db, err := open(ctx, ledger, private)
	if err != nil {
		return nil, err
	}
	return New(db, ledger, private), nil
}

func open(ctx context.Context, names ...string) (*dynamodb.Client, error) {
	for _, name := range names {
		if name == "" {
			return nil, errors.New("open tables: a table name is empty")
		}
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("open tables: %w", err)
	}
	return dynamodb.NewFromConfig(cfg), nil
}

// NewLedger reads the ledger through a client that is already prepared.
func NewLedger(db reader, ledger string) *Ledger { return &Ledger{db: db, name: ledger} }

// New uses both tables through a client that is already prepared.
func New(db client, ledger, private string) *Table {
	return &Table{Ledger: NewLedger(db, ledger), db: db, private: private}
}

// item is what one row of a table holds.
type item = map[string]types.AttributeValue

// get reads one item into out and tells whether it was there.
func get(ctx context.Context, db reader, table string, k key, out any) (bool, error) {
	consistent := true
	got, err := db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table, Key: k.attributes(), ConsistentRead: &consistent})
	if err != nil {
		return false, busy(err)
	}
	if len(got.Item) == 0 {
		return false, nil
	}
	return true, attributevalue.UnmarshalMap(got.Item, out)
}

// query calls each with every item that q selects, whatever the number of
// pages, strongly consistent.
func query(ctx context.Context, db reader, q *dynamodb.QueryInput, each func(item) error) error {
	consistent := true
	q.ConsistentRead = &consistent
	for {
		page, err := db.Query(ctx, q)
		if err != nil {
			return busy(err)
		}
		for _, it := range page.Items {
			if err := each(it); err != nil {
				return err
			}
		}
		if len(page.LastEvaluatedKey) == 0 {
			return nil
		}
		q.ExclusiveStartKey = page.LastEvaluatedKey
	}
}

// write is one part of a transaction together with what it means that its
// condition did not hold. refuse receives the item as it is, nil when there is
// none.
type write struct {
	types.TransactWriteItem
	refuse func(old item) error
}

// errRepeated: the transaction found that it had already been made.
var errRepeated = errors.New("already made")

// commit makes all writes or none. When conditions fail it returns the refusal
// of the first write whose condition failed, so the order of writes is the order
// in which refusals win. Meeting another transaction on the same item is not a
// refusal: it tries again, and gives up with [aid.ErrBusy].
func (t *Table) commit(ctx context.Context, writes []write) error {
	const attempts = 8
	parts := make([]types.TransactWriteItem, len(writes))
	for i, w := range writes {
		parts[i] = w.TransactWriteItem
	}
	for attempt := 1; ; attempt++ {
		_, err := t.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: parts})
		var cancelled *types.TransactionCanceledException
		if err == nil || !errors.As(err, &cancelled) {
			return busy(err)
		}
		for i, reason := range cancelled.CancellationReasons {
			if i < len(writes) && code(reason) == "ConditionalCheckFailed" {
				return writes[i].refuse(reason.Item)
			}
		}
		if !contended(cancelled) || attempt == attempts {
			return busy(err)
		}
		if err := pause(ctx, attempt); err != nil {
			return err
		}
	}
}

func code(r types.CancellationReason) string {
	if r.Code == nil {
		return ""
	}
	return *r.Code
}

// contended tells whether the transaction was cancelled for reasons that pass.
func contended(err *types.TransactionCanceledException) bool {
	found := false
	for _, reason := range err.CancellationReasons {
		switch code(reason) {
		case "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded":
			found = true
		case "", "None":
		default:
			return false
		}
	}
	return found
}

// pause waits before the given attempt is repeated: longer each time, and never
// as long as the others who wait.
func pause(ctx context.Context, attempt int) error {
	ceiling := min(time.Second, 5*time.Millisecond<<attempt)
	timer := time.NewTimer(ceiling/2 + rand.N(ceiling/2))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// busy marks errors that pass by themselves with [aid.ErrBusy].
func busy(err error) error {
	if err == nil {
		return nil
	}
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) && contended(cancelled) {
		return fmt.Errorf("%w: %w", aid.ErrBusy, err)
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		switch api.ErrorCode() {
		case "ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded",
			"TransactionConflictException", "TransactionInProgressException", "LimitExceededException":
			return fmt.Errorf("%w: %w", aid.ErrBusy, err)
		}
	}
	return err
}

// put is a write that replaces an item unconditionally.
func put(table string, it item) write {
	return write{TransactWriteItem: types.TransactWriteItem{Put: &types.Put{TableName: &table, Item: it}}}
}

// remove is a write that deletes an item, if it is there.
func remove(table string, k key) write {
	return write{TransactWriteItem: types.TransactWriteItem{Delete: &types.Delete{TableName: &table, Key: k.attributes()}}}
}

// replace is a write that replaces an item under a condition.
func replace(table string, it item, x expression, refuse func(old item) error) write {
	w := create(table, it, refuse)
	w.Put.ConditionExpression, w.Put.ExpressionAttributeValues = &x.condition, x.values
	if len(x.names) > 0 {
		w.Put.ExpressionAttributeNames = x.names
	}
	return w
}

// create is a write that is refused when the item exists.
func create(table string, it item, refuse func(old item) error) write {
	condition := absent
	return write{
		TransactWriteItem: types.TransactWriteItem{Put: &types.Put{
			TableName:                           &table,
			Item:                                it,
			ConditionExpression:                 &condition,
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		}},
		refuse: refuse,
	}
}

// change is a write that alters attributes of an item under a condition.
// Without a condition it makes the item if it is not there.
func change(table string, k key, x expression, refuse func(old item) error) write {
	update := &types.Update{
		TableName:                           &table,
		Key:                                 k.attributes(),
		UpdateExpression:                    &x.update,
		ExpressionAttributeNames:            x.names,
		ExpressionAttributeValues:           x.values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	if x.condition != "" {
		update.ConditionExpression = &x.condition
	}
	return write{TransactWriteItem: types.TransactWriteItem{Update: update}, refuse: refuse}
}
