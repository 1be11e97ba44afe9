package table_test

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The clients of this file stand between a Table and the engine. The first two
// behave as a network and a busy store do; the others plant bugs that the
// harnesses must catch.

// calls is what a Table asks of its client.
type calls interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
	BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
	BatchWriteItem(context.Context, *dynamodb.BatchWriteItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchWriteItemOutput, error)
}

// dice is a source of chance that many clients share.
type dice struct {
	mu  sync.Mutex
	rng *rand.Rand
}

func newDice(seed uint64) *dice { return &dice{rng: rand.New(rand.NewPCG(seed, 0))} }

// falls is true in so many of a hundred cases.
func (d *dice) falls(percent int) bool { return d.below(100) < percent }

func (d *dice) below(n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rng.IntN(n)
}

var (
	errLostRequest = errors.New("connection reset before the request arrived")
	errLostAnswer  = errors.New("connection reset before the answer arrived")
)

// lossy loses some of the transactions on their way, and some of the answers of
// those that arrived, in so many of a hundred cases.
type lossy struct {
	calls
	dice              *dice
	requests, answers int
}

func (l lossy) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, opts ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	if l.dice.falls(l.requests) {
		return nil, errLostRequest
	}
	out, err := l.calls.TransactWriteItems(ctx, in, opts...)
	if l.dice.falls(l.answers) {
		return nil, errLostAnswer
	}
	return out, err
}

// rough does what DynamoDB may do and the engine never does: pages of one item,
// batches left half done, transactions that conflict. Where it might give an old
// answer, it gives none.
type rough struct {
	calls
	dice *dice
}

var errOldAnswer = errors.New("read without asking for strong consistency")

func (r rough) GetItem(ctx context.Context, in *dynamodb.GetItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	if !aws.ToBool(in.ConsistentRead) {
		return nil, errOldAnswer
	}
	return r.calls.GetItem(ctx, in, opts...)
}

func (r rough) Query(ctx context.Context, in *dynamodb.QueryInput, opts ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	// An index has no strong consistency to ask for.
	if aws.ToBool(in.ConsistentRead) == (in.IndexName != nil) {
		return nil, errOldAnswer
	}
	small := *in
	small.Limit = aws.Int32(1)
	return r.calls.Query(ctx, &small, opts...)
}

func (r rough) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	now, later := map[string]types.KeysAndAttributes{}, map[string]types.KeysAndAttributes{}
	for name, wanted := range in.RequestItems {
		if !aws.ToBool(wanted.ConsistentRead) {
			return nil, errOldAnswer
		}
		half := (len(wanted.Keys) + 1) / 2
		first, rest := wanted, wanted
		first.Keys, rest.Keys = wanted.Keys[:half], wanted.Keys[half:]
		now[name] = first
		if len(rest.Keys) > 0 {
			later[name] = rest
		}
	}
	out, err := r.calls.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: now}, opts...)
	if err == nil {
		out.UnprocessedKeys = later
	}
	return out, err
}

func (r rough) BatchWriteItem(ctx context.Context, in *dynamodb.BatchWriteItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.BatchWriteItemOutput, error) {
	now, later := map[string][]types.WriteRequest{}, map[string][]types.WriteRequest{}
	for name, writes := range in.RequestItems {
		half := (len(writes) + 1) / 2
		now[name] = writes[:half]
		if half < len(writes) {
			later[name] = writes[half:]
		}
	}
	out, err := r.calls.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: now}, opts...)
	if err == nil {
		out.UnprocessedItems = later
	}
	return out, err
}

func (r rough) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, opts ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	if r.dice.falls(20) {
		reasons := make([]types.CancellationReason, len(in.TransactItems))
		for i := range reasons {
			reasons[i].Code = aws.String("None")
		}
		reasons[r.dice.below(len(reasons))].Code = aws.String("TransactionConflict")
		return nil, &types.TransactionCanceledException{CancellationReasons: reasons}
	}
	return r.calls.TransactWriteItems(ctx, in, opts...)
}

// rewriting plants a bug by changing each write of every transaction.
type rewriting struct {
	calls
	rewrite func(pk, sk string, w *types.TransactWriteItem)
}

func (r rewriting) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, opts ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	changed := &dynamodb.TransactWriteItemsInput{}
	for _, w := range in.TransactItems {
		if w.Put != nil {
			p := *w.Put
			w.Put = &p
		}
		if w.Update != nil {
			u := *w.Update
			w.Update = &u
		}
		pk, sk := keyOf(w)
		r.rewrite(pk, sk, &w)
		changed.TransactItems = append(changed.TransactItems, w)
	}
	return r.calls.TransactWriteItems(ctx, changed, opts...)
}

func keyOf(w types.TransactWriteItem) (pk, sk string) {
	var k map[string]types.AttributeValue
	switch {
	case w.Put != nil:
		k = w.Put.Item
	case w.Delete != nil:
		k = w.Delete.Key
	default:
		k = w.Update.Key
	}
	return k["PK"].(*types.AttributeValueMemberS).Value, k["SK"].(*types.AttributeValueMemberS).Value
}

// noCondition takes from a need without asking what remains.
func noCondition(pk, sk string, w *types.TransactWriteItem) {
	if strings.Contains(sk, "#N#") {
		unasked(w)
	}
}

// doubleRelease gives back without asking whether that was done already.
func doubleRelease(pk, sk string, w *types.TransactWriteItem) {
	blindly("withdrawn", pk, sk, w)
	if strings.Contains(sk, "#N#") && w.Update != nil && strings.HasPrefix(figure(w, ":sum"), "-") {
		unasked(w)
	}
}

// unasked makes an update of an item that is there, whatever else was asked. The
// placeholders stay in use, or the request would be refused for that.
func unasked(w *types.TransactWriteItem) {
	w.Update.ConditionExpression = aws.String("attribute_exists(PK) OR (" + *w.Update.ConditionExpression + ")")
}

// expiryIgnoringState lets a promise lapse, whatever became of it since the clock
// looked at it.
func expiryIgnoringState(pk, sk string, w *types.TransactWriteItem) { blindly("lapsed", pk, sk, w) }

// blindly makes the move that leads to a state without asking whether it still
// may be made.
func blindly(state, pk, sk string, w *types.TransactWriteItem) {
	if w.Put == nil {
		return
	}
	if v, ok := w.Put.Item["state"].(*types.AttributeValueMemberS); !ok || v.Value != state {
		return
	}
	switch {
	case strings.HasPrefix(pk, "REQ#"):
		w.Put.ConditionExpression = nil
	case strings.HasPrefix(sk, "C#"):
		w.Put.ConditionExpression = aws.String("attribute_exists(PK) OR (" + *w.Put.ConditionExpression + ")")
	}
}

// countersStay confirms what was received, and leaves the figures as they are.
func countersStay(_, sk string, w *types.TransactWriteItem) {
	if !strings.Contains(sk, "#N#") || w.Update == nil || figure(w, ":r") == "0" {
		return
	}
	values := maps.Clone(w.Update.ExpressionAttributeValues)
	for name := range values {
		values[name] = &types.AttributeValueMemberN{Value: "0"}
	}
	w.Update.ExpressionAttributeValues = values
}

func figure(w *types.TransactWriteItem, name string) string {
	return w.Update.ExpressionAttributeValues[name].(*types.AttributeValueMemberN).Value
}

// recordApart writes the idempotency record of a move before the transaction
// instead of in it.
type recordApart struct{ calls }

func (r recordApart) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, opts ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	first := in.TransactItems[0]
	if pk, sk := keyOf(first); !strings.HasPrefix(pk, "REQ#") || !strings.HasPrefix(sk, "move#") {
		return r.calls.TransactWriteItems(ctx, in, opts...)
	}
	none := types.CancellationReason{Code: aws.String("None")}
	_, err := r.calls.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: first.Put.TableName, Item: first.Put.Item, ConditionExpression: first.Put.ConditionExpression,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	var taken *types.ConditionalCheckFailedException
	if errors.As(err, &taken) {
		return nil, &types.TransactionCanceledException{CancellationReasons: []types.CancellationReason{
			{Code: aws.String("ConditionalCheckFailed"), Item: taken.Item},
		}}
	}
	if err != nil {
		return nil, err
	}
	out, err := r.calls.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: in.TransactItems[1:]}, opts...)
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		return nil, &types.TransactionCanceledException{CancellationReasons: append([]types.CancellationReason{none}, cancelled.CancellationReasons...)}
	}
	return out, err
}

// staleRead answers every query with what the same query saw the time before.
type staleRead struct {
	calls
	mu   *sync.Mutex
	seen map[string]*dynamodb.QueryOutput
}

func newStaleRead(db calls) staleRead {
	return staleRead{db, &sync.Mutex{}, map[string]*dynamodb.QueryOutput{}}
}

func (s staleRead) Query(ctx context.Context, in *dynamodb.QueryInput, opts ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	out, err := s.calls.Query(ctx, in, opts...)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	what := *in.TableName
	for _, name := range []string{":pk", ":recipient", ":from", ":prefix"} {
		if v, ok := in.ExpressionAttributeValues[name].(*types.AttributeValueMemberS); ok {
			what += "\x00" + v.Value
		}
	}
	old, ok := s.seen[what]
	s.seen[what] = out
	if !ok {
		old = out
	}
	return old, nil
}
