package table

import (
	"context"
	"fmt"

	"ksbb/shared/aid"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// WantsReminders tells whether a collaborator wants to be reminded, true until
// they said otherwise.
func (t *Table) WantsReminders(ctx context.Context, c aid.CollaboratorID) (bool, error) {
	var it preferenceItem
	if _, err := get(ctx, t.db, t.private, preferenceKey(c), &it); err != nil {
		return false, fmt.Errorf("read preference: %w", err)
	}
	return !it.NoReminders, nil
}

// SetReminders stores whether a collaborator wants to be reminded.
func (t *Table) SetReminders(ctx context.Context, c aid.CollaboratorID, wanted bool) error {
	k := preferenceKey(c)
	it, err := encode(preferenceItem{PK: k.PK, SK: k.SK, NoReminders: !wanted})
	if err != nil {
		return fmt.Errorf("encode preference: %w", err)
	}
	if _, err := t.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.private, Item: it}); err != nil {
		return fmt.Errorf("set preference: %w", busy(err))
	}
	return nil
}

// preferenceItem is what a collaborator wants.
type preferenceItem struct {
	PK, SK      string `personal:"keyed hash of an e-mail address; to know whose wish it is; as long as the wish"`
	NoReminders bool   `dynamodbav:"noReminders" personal:"that a collaborator wants no reminders; to send none; as long as the wish"`
}
