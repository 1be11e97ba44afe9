package table

import (
	"context"
	"errors"
	"fmt"

	"ksbb/shared/aid"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Spend adds one to a count of a day that is below its limit. One that is not
// refuses with *[aid.QuotaError], which names kind. The count is forgotten two
// days later.
func (t *Table) Spend(ctx context.Context, kind, id string, day aid.Day, limit int) error {
	if err := t.transact(ctx, []write{t.charge(budget{kind, id, day, limit, 2})}); err != nil {
		return fmt.Errorf("spend %s on %s: %w", kind, day, err)
	}
	return nil
}

// Try takes one of a day's tries of a code, before the code is compared: whoever
// sends many guesses at once has no more of them compared than there are tries.
// It returns how many are left after this one, and refuses with
// *[aid.QuotaError], which names kind, when none was. A call whose answer was
// lost may take two.
func (t *Table) Try(ctx context.Context, kind, id string, day aid.Day, limit int) (left int, err error) {
	taken, err := t.tries(ctx, budget{kind, id, day, limit, 2}, 1, "attribute_not_exists(#count) OR #count < :limit",
		map[string]types.AttributeValue{":limit": number(int64(limit))})
	var refused *types.ConditionalCheckFailedException
	if errors.As(err, &refused) {
		err = &aid.QuotaError{Budget: kind}
	}
	if err != nil {
		return 0, fmt.Errorf("try %s on %s: %w", kind, day, busy(err))
	}
	return limit - int(taken), nil
}

// GiveBack returns a try that [Table.Try] took, because the code was right.
func (t *Table) GiveBack(ctx context.Context, kind, id string, day aid.Day) error {
	_, err := t.tries(ctx, budget{kind, id, day, 0, 2}, -1, "#count >= :least", map[string]types.AttributeValue{":least": number(1)})
	var none *types.ConditionalCheckFailedException
	if err != nil && !errors.As(err, &none) {
		return fmt.Errorf("give back a try of %s on %s: %w", kind, day, busy(err))
	}
	return nil
}

// tries adds to a count of a day under a condition and returns the new count.
func (t *Table) tries(ctx context.Context, b budget, n int64, condition string, values map[string]types.AttributeValue) (int64, error) {
	if _, err := aid.ParseDay(string(b.day)); err != nil {
		return 0, err
	}
	values[":n"], values[":expires"] = number(n), number(expiry(b))
	x := express("SET #expires = :expires ADD #count :n", condition, values)
	got, err := t.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.private, Key: budgetKey(b).attributes(), UpdateExpression: &x.update, ConditionExpression: &x.condition,
		ExpressionAttributeNames: x.names, ExpressionAttributeValues: x.values, ReturnValues: types.ReturnValueUpdatedNew,
	})
	if err != nil {
		return 0, err
	}
	var it countItem
	err = attributevalue.UnmarshalMap(got.Attributes, &it)
	return it.Count, err
}
