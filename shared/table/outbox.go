package table

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/shared/aid"
)

// Letter returns one letter of the outbox. An unknown one wraps
// [aid.ErrNotFound].
func (t *Table) Letter(ctx context.Context, k LetterKey) (aid.Letter, error) {
	var it letterItem
	found, err := get(ctx, t.db, t.name, key(k), &it)
	if err != nil {
		return aid.Letter{}, fmt.Errorf("read letter %s %s: %w", k.PK, k.SK, err)
	}
	if !found {
		return aid.Letter{}, fmt.Errorf("letter %s %s: %w", k.PK, k.SK, aid.ErrNotFound)
	}
	return it.letter(), nil
}

// Post puts a letter into the outbox that no move sends. The same kind and
// serial again changes nothing.
func (t *Table) Post(ctx context.Context, c aid.Commitment, kind aid.LetterKind, serial int64, at time.Time) error {
	it, err := encode(letterItemOf(c, kind, serial, at))
	if err != nil {
		return fmt.Errorf("encode letter %s of commitment %s: %w", kind, c.ID, err)
	}
	condition := absent
	_, err = t.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.name, Item: it, ConditionExpression: &condition})
	var there *types.ConditionalCheckFailedException
	if err != nil && !errors.As(err, &there) {
		return fmt.Errorf("post letter %s of commitment %s: %w", kind, c.ID, busy(err))
	}
	return nil
}

// MarkSent records that a letter was handed to the mail service at the given
// instant. A letter already sent keeps its first instant, and marking it again
// succeeds. An unknown letter wraps [aid.ErrNotFound].
func (t *Table) MarkSent(ctx context.Context, k LetterKey, instant time.Time) error {
	x := express("SET #sentAt = :at", present+" AND #sentAt = :unsent",
		map[string]types.AttributeValue{":at": number(millis(instant)), ":unsent": number(0)})
	_, err := t.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                           &t.name,
		Key:                                 key(k).attributes(),
		UpdateExpression:                    &x.update,
		ConditionExpression:                 &x.condition,
		ExpressionAttributeNames:            x.names,
		ExpressionAttributeValues:           x.values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	var refused *types.ConditionalCheckFailedException
	if errors.As(err, &refused) {
		if len(refused.Item) == 0 {
			return fmt.Errorf("letter %s %s: %w", k.PK, k.SK, aid.ErrNotFound)
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("mark letter %s %s as sent: %w", k.PK, k.SK, busy(err))
	}
	return nil
}

// letterItem is a letter as it is stored.
type letterItem struct {
	PK, SK     string
	Commitment string `dynamodbav:"commitment"`
	Recipient  string `dynamodbav:"recipient"`
	Complaint  string `dynamodbav:"complaint,omitempty"`
	Kind       string `dynamodbav:"kind"`
	At         int64  `dynamodbav:"at"`
	SentAt     int64  `dynamodbav:"sentAt"`

	Subscription string `dynamodbav:"subscription,omitempty"` // also the last one written to about a report
	Period       string `dynamodbav:"period,omitempty"`
	Revision     int    `dynamodbav:"revision,omitempty"`
	Shard        int    `dynamodbav:"shard,omitempty"`
	Expires      int64  `dynamodbav:"expires,omitempty"` // seconds
}

func letterItemOf(c aid.Commitment, kind aid.LetterKind, serial int64, instant time.Time) letterItem {
	k := LetterKeyOf(c.ID, serial, kind)
	return letterItem{PK: k.PK, SK: k.SK, Commitment: string(c.ID), Recipient: string(c.Recipient), Kind: string(kind), At: millis(instant)}
}

func (it letterItem) letter() aid.Letter {
	l := aid.Letter{
		Commitment: aid.CommitmentID(it.Commitment), Recipient: aid.RecipientID(it.Recipient), Complaint: aid.ComplaintID(it.Complaint),
		Kind: aid.LetterKind(it.Kind), At: moment(it.At), SentAt: moment(it.SentAt),
	}
	if it.Period == "" {
		l.Subscription = aid.SubscriptionID(it.Subscription)
		return l
	}
	l.Report = aid.Mailing{Period: it.Period, Revision: it.Revision, Shard: it.Shard, After: aid.SubscriptionID(it.Subscription)}
	return l
}
