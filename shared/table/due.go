package table

import (
	"context"
	"fmt"
	"time"

	"ksbb/shared/aid"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Due is something for which time has come: a commitment or a complaint.
type Due struct {
	Recipient  aid.RecipientID
	Commitment aid.CommitmentID
	Complaint  aid.ComplaintID
}

// DueBy calls each with everything whose due time is not after the given
// instant. The index follows the ledger with a delay, so what it names has to
// be read again before anything is decided.
func (t *Table) DueBy(ctx context.Context, instant time.Time, each func(Due) error) error {
	condition, index := "#shard = :shard AND #at <= :at", dueIndex
	for shard := range dueShards {
		q := &dynamodb.QueryInput{
			TableName: &t.name, IndexName: &index, KeyConditionExpression: &condition,
			ExpressionAttributeNames:  map[string]string{"#shard": "dueShard", "#at": "dueAt"},
			ExpressionAttributeValues: map[string]types.AttributeValue{":shard": text(shardName(shard)), ":at": number(millis(instant))},
		}
		for more := true; more; {
			page, err := t.db.Query(ctx, q)
			if err != nil {
				return fmt.Errorf("read what is due: %w", busy(err))
			}
			for _, it := range page.Items {
				var k key
				if err := attributevalue.UnmarshalMap(it, &k); err != nil {
					return fmt.Errorf("read what is due: %w", err)
				}
				due, err := parseDue(k)
				if err != nil {
					return err
				}
				if err := each(due); err != nil {
					return err
				}
			}
			q.ExclusiveStartKey = page.LastEvaluatedKey
			more = len(page.LastEvaluatedKey) > 0
		}
	}
	return nil
}
