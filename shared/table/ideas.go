package table

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"ksbb/shared/aid"
)

// Idea returns an idea without its words. An unknown one wraps [aid.ErrNotFound].
func (t *Table) Idea(ctx context.Context, id aid.IdeaID) (aid.Idea, error) {
	var request sendingItem
	found, err := get(ctx, t.db, t.name, sendingKey(id), &request)
	var it ideaItem
	if err == nil && found {
		found, err = get(ctx, t.db, t.name, ideaKey(monthOf(moment(request.Idea.ReceivedAt)), id), &it)
	}
	if err == nil && !found {
		err = aid.ErrNotFound
	}
	if err != nil {
		return aid.Idea{}, fmt.Errorf("read idea %s: %w", id, err)
	}
	return it.idea(), nil
}

// IdeasOf returns every idea that arrived in a month, ordered by ID, without
// words.
func (t *Table) IdeasOf(ctx context.Context, month string) ([]aid.Idea, error) {
	condition := "PK = :pk"
	all := []aid.Idea{}
	err := query(ctx, t.db, &dynamodb.QueryInput{
		TableName: &t.name, KeyConditionExpression: &condition, ExpressionAttributeValues: keyed{":pk": text(ideasPrefix + month)},
	}, func(it item) error {
		var i ideaItem
		err := attributevalue.UnmarshalMap(it, &i)
		all = append(all, i.idea())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read ideas of %s: %w", month, err)
	}
	return all, nil
}

// IdeaWords returns what was written, and by whom, as far as it is still kept. It
// is for staff who read ideas.
func (t *Table) IdeaWords(ctx context.Context, id aid.IdeaID) (aid.IdeaWords, error) {
	var said textItem
	var sender senderItem
	_, err := get(ctx, t.db, t.private, ideaTextKey(id), &said)
	if err == nil {
		_, err = get(ctx, t.db, t.private, ideaContactKey(id), &sender)
	}
	if err != nil {
		return aid.IdeaWords{}, fmt.Errorf("read words of idea %s: %w", id, err)
	}
	return aid.IdeaWords{Text: said.Text, Name: sender.Name, Email: sender.Email}, nil
}

// MoveIdea stores what was decided about an idea. The same again changes nothing
// and succeeds. One that is no longer as before says wraps [aid.ErrStale], an
// unknown one [aid.ErrNotFound].
func (t *Table) MoveIdea(ctx context.Context, before, after aid.Idea) error {
	it, err := encode(ideaItemOf(after))
	if err != nil {
		return fmt.Errorf("encode idea %s: %w", before.ID, err)
	}
	x := express("", "#state = :was", keyed{":was": text(before.State)})
	err = t.transact(ctx, []write{replace(t.name, it, x, func(old item) error {
		if len(old) == 0 {
			return aid.ErrNotFound
		}
		var there ideaItem
		if err := attributevalue.UnmarshalMap(old, &there); err != nil {
			return err
		}
		if there.State == after.State {
			return errRepeated
		}
		return aid.ErrStale
	})})
	if err != nil && err != errRepeated {
		return fmt.Errorf("move idea %s: %w", before.ID, err)
	}
	return nil
}
