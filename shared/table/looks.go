package table

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"ksbb/shared/aid"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Look is one showing of a private contact: to whom, when, for which
// commitment.
type Look struct {
	At           time.Time
	By           aid.Role
	Of           aid.Role // whose contact it is: Steward or Collaborator. A record sets it
	Commitment   aid.CommitmentID
	Recipient    aid.RecipientID
	Collaborator aid.CollaboratorID // of a look at the steward's contact, where it is known
}

// lookYears is how long it is remembered who saw what: as long as a person may
// want to know, and no longer.
const lookYears = 2

func lookExpiry(at time.Time) int64 { return at.AddDate(lookYears, 0, 0).Unix() }

// RecordLook records that the collaborator's contact was shown to somebody, on
// the given day of the region.
func (t *Table) RecordLook(ctx context.Context, l Look, day aid.Day) error {
	var writes []write
	l.Of = aid.Collaborator
	for _, k := range []key{lookedKey(l.Commitment, l.At), seenOnKey(day, l.At, l.Commitment)} {
		it, err := encode(lookItemOf(k, l))
		if err != nil {
			return fmt.Errorf("encode look at commitment %s: %w", l.Commitment, err)
		}
		writes = append(writes, put(t.private, it))
	}
	if err := t.transact(ctx, writes); err != nil {
		return fmt.Errorf("record look at commitment %s: %w", l.Commitment, err)
	}
	return nil
}

// RecordStewardLook records that the contact of a recipient's steward was shown
// to an officer, on the given day of the region, for a commitment. What
// collaborators see is [Table.Reveal]'s to record.
func (t *Table) RecordStewardLook(ctx context.Context, l Look, day aid.Day) error {
	seen := seenItemOf(RevealRequest{Commitment: l.Commitment, Recipient: l.Recipient, At: l.At})
	seen.By = string(l.By)
	var writes []write
	l.Of = aid.Steward
	for _, part := range []any{seen, lookItemOf(seenOnKey(day, l.At, l.Commitment), l)} {
		it, err := encode(part)
		if err != nil {
			return fmt.Errorf("encode look at steward of %s: %w", l.Recipient, err)
		}
		writes = append(writes, put(t.private, it))
	}
	if err := t.transact(ctx, writes); err != nil {
		return fmt.Errorf("record look at steward of %s: %w", l.Recipient, err)
	}
	return nil
}

// LooksAtCollaborator returns who saw the contact of a commitment's
// collaborator, the oldest first.
func (t *Table) LooksAtCollaborator(ctx context.Context, c aid.CommitmentID) ([]Look, error) {
	return t.looks(ctx, "COM#"+string(c), "SEEN#")
}

// LooksAtSteward returns who saw the contact of a recipient's steward, the
// oldest first.
func (t *Table) LooksAtSteward(ctx context.Context, r aid.RecipientID) ([]Look, error) {
	looks, err := t.looks(ctx, "SEEN#"+string(r), "")
	for i := range looks {
		looks[i].By, looks[i].Of, looks[i].Recipient = cmp.Or(looks[i].By, aid.Collaborator), aid.Steward, r
	}
	return looks, err
}

// LooksOn returns every showing of a contact on a day, the oldest first: what a
// breach within a window of time may have touched.
func (t *Table) LooksOn(ctx context.Context, day aid.Day) ([]Look, error) {
	return t.looks(ctx, "SEENON#"+string(day), "")
}

func (t *Table) looks(ctx context.Context, pk, prefix string) ([]Look, error) {
	q := &dynamodb.QueryInput{TableName: &t.private, ExpressionAttributeValues: map[string]types.AttributeValue{":pk": text(pk)}}
	condition := "PK = :pk"
	if prefix != "" {
		condition += " AND begins_with(SK, :prefix)"
		q.ExpressionAttributeValues[":prefix"] = text(prefix)
	}
	q.KeyConditionExpression = &condition
	looks := []Look{}
	err := query(ctx, t.db, q, func(it item) error {
		var l lookItem
		err := attributevalue.UnmarshalMap(it, &l)
		looks = append(looks, Look{
			At: moment(l.At), By: aid.Role(l.By), Of: l.of(), Commitment: aid.CommitmentID(l.Commitment), Recipient: aid.RecipientID(l.Recipient),
			Collaborator: aid.CollaboratorID(l.Collaborator),
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read looks of %s: %w", pk, err)
	}
	return looks, nil
}

// lookItem is a look as it is stored.
type lookItem struct {
	PK, SK       string
	At           int64  `dynamodbav:"at" personal:"when a contact was seen; to tell the person, and whom a breach concerns; two years"`
	By           string `dynamodbav:"by" personal:"in which role; to tell the person, and whom a breach concerns; two years"`
	Commitment   string `dynamodbav:"commitment" personal:"for which commitment; to tell the person, and whom a breach concerns; two years"`
	Recipient    string `dynamodbav:"recipient,omitempty" personal:"at which recipient; to tell the person, and whom a breach concerns; two years"`
	Collaborator string `dynamodbav:"collaborator,omitempty" personal:"keyed hash of the e-mail address of who saw it; to tell the person; two years"`
	Of           string `dynamodbav:"of,omitempty" personal:"whose contact it was, where the role does not say so; to tell the person, and whom a breach concerns; two years"`
	Expires      int64  `dynamodbav:"expires" personal:"-"` // seconds
}

// of returns whose contact was seen. What was recorded before officers could see
// both sides says it by who saw it.
func (it lookItem) of() aid.Role {
	switch {
	case it.Of != "":
		return aid.Role(it.Of)
	case it.By == string(aid.Collaborator):
		return aid.Steward
	}
	return aid.Collaborator
}

func lookItemOf(k key, l Look) lookItem {
	return lookItem{
		PK: k.PK, SK: k.SK, At: millis(l.At), By: string(l.By), Commitment: string(l.Commitment), Recipient: string(l.Recipient),
		Collaborator: string(l.Collaborator), Of: string(l.Of), Expires: lookExpiry(l.At),
	}
}
