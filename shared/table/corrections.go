package table

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/shared/aid"
)

// Correction returns the latest correction recorded for a leaf, and false when
// there is none.
func (l *Ledger) Correction(ctx context.Context, leaf aid.Leaf) (aid.Correction, bool, error) {
	condition := "PK = :pk AND begins_with(SK, :prefix)"
	consistent, backwards, one := true, false, int32(1)
	page, err := l.db.Query(ctx, &dynamodb.QueryInput{
		TableName: &l.name, KeyConditionExpression: &condition, ConsistentRead: &consistent, ScanIndexForward: &backwards, Limit: &one,
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": text(leafPK(leaf)), ":prefix": text(correctionPrefix)},
	})
	if err != nil {
		return aid.Correction{}, false, fmt.Errorf("read correction of leaf %s: %w", leaf, busy(err))
	}
	if len(page.Items) == 0 {
		return aid.Correction{}, false, nil
	}
	var it correctionItem
	if err := attributevalue.UnmarshalMap(page.Items[0], &it); err != nil {
		return aid.Correction{}, false, fmt.Errorf("decode correction of leaf %s: %w", leaf, err)
	}
	return it.correction(), true, nil
}

// Corrections returns every correction recorded for a leaf, the oldest first. A
// leaf without any has an empty slice.
func (l *Ledger) Corrections(ctx context.Context, leaf aid.Leaf) ([]aid.Correction, error) {
	condition := "PK = :pk AND begins_with(SK, :prefix)"
	corrections := []aid.Correction{}
	err := query(ctx, l.db, &dynamodb.QueryInput{
		TableName: &l.name, KeyConditionExpression: &condition,
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": text(leafPK(leaf)), ":prefix": text(correctionPrefix)},
	}, func(it item) error {
		var c correctionItem
		err := attributevalue.UnmarshalMap(it, &c)
		corrections = append(corrections, c.correction())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read corrections of leaf %s: %w", leaf, err)
	}
	return corrections, nil
}

// RecordCorrection records that the totals of a leaf may fall. Earlier
// corrections are kept. The same one again changes nothing; another of the same
// instant wraps [aid.ErrExists].
func (t *Table) RecordCorrection(ctx context.Context, leaf aid.Leaf, c aid.Correction) error {
	it := correctionItemOf(leaf, c)
	encoded, err := encode(it)
	if err != nil {
		return fmt.Errorf("encode correction of leaf %s: %w", leaf, err)
	}
	err = t.transact(ctx, []write{create(t.name, encoded, func(taken item) error {
		var old correctionItem
		if err := attributevalue.UnmarshalMap(taken, &old); err == nil && old == it {
			return errRepeated
		}
		return fmt.Errorf("at %s: %w", c.On.UTC().Format(time.RFC3339), aid.ErrExists)
	})})
	if err != nil && err != errRepeated {
		return fmt.Errorf("record correction of leaf %s: %w", leaf, err)
	}
	return nil
}

// correctionItem is a correction as it is stored.
type correctionItem struct {
	PK, SK string
	On     int64  `dynamodbav:"on"`
	Reason string `dynamodbav:"reason"`
	By     string `dynamodbav:"by"`
}

func correctionItemOf(l aid.Leaf, c aid.Correction) correctionItem {
	k := correctionKey(l, c.On)
	return correctionItem{PK: k.PK, SK: k.SK, On: millis(c.On), Reason: c.Reason, By: c.By}
}

func (it correctionItem) correction() aid.Correction {
	return aid.Correction{On: moment(it.On), Reason: it.Reason, By: it.By}
}
