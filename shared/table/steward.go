package table

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/shared/aid"
)

// Access is what a steward's link opens, and whether the steward wants to be
// called at present.
type Access struct {
	Version int  // of the link; older ones no longer open anything
	Paused  bool // the contact is shown to nobody
}

// Access returns a recipient's steward's access: version 1, not paused, until
// something else was stored.
func (t *Table) Access(ctx context.Context, r aid.RecipientID) (Access, error) {
	var it accessItem
	if _, err := get(ctx, t.db, t.private, accessKey(r), &it); err != nil {
		return Access{}, fmt.Errorf("read access of the steward of %s: %w", r, err)
	}
	return Access{Version: max(1, it.Version), Paused: it.Paused}, nil
}

// Pause stores whether the steward's contact is shown to nobody.
func (t *Table) Pause(ctx context.Context, r aid.RecipientID, paused bool) error {
	x := express("SET #paused = :paused", "", map[string]types.AttributeValue{":paused": &types.AttributeValueMemberBOOL{Value: paused}})
	_, err := t.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.private, Key: accessKey(r).attributes(), UpdateExpression: &x.update,
		ExpressionAttributeNames: x.names, ExpressionAttributeValues: x.values,
	})
	if err != nil {
		return fmt.Errorf("pause contact of the steward of %s: %w", r, busy(err))
	}
	return nil
}

// ReplaceLink ends every link of a recipient's steward older than version, which
// is one more than the caller read. Replacing it again changes nothing.
func (t *Table) ReplaceLink(ctx context.Context, r aid.RecipientID, version int) error {
	x := express("SET #version = :version", "attribute_not_exists(#version) OR #version < :version",
		map[string]types.AttributeValue{":version": number(int64(version))})
	_, err := t.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.private, Key: accessKey(r).attributes(), UpdateExpression: &x.update, ConditionExpression: &x.condition,
		ExpressionAttributeNames: x.names, ExpressionAttributeValues: x.values,
	})
	var there *types.ConditionalCheckFailedException
	if err != nil && !errors.As(err, &there) {
		return fmt.Errorf("replace link of the steward of %s: %w", r, busy(err))
	}
	return nil
}

// ConfirmNeed stores that on a day somebody in an office confirmed a need, or
// said that what is promised is enough: then nothing of it remains. It keeps
// what is promised. The change is published, and may be, however large: the
// office answers for it. Confirming again on the same day changes only the
// instant of the last update. An unknown need wraps [aid.ErrNotFound].
func (t *Table) ConfirmNeed(ctx context.Context, leaf aid.Leaf, need aid.NeedID, still bool, on aid.Day, by string, at time.Time) error {
	r, p, ok := splitNeed(need)
	if !ok {
		return fmt.Errorf("confirm need %s: %w", need, aid.ErrNotFound)
	}
	update := "SET #confirmedOn = :on, #confirmedBy = :by"
	if !still {
		// Without a calculation in conditions, needed less what remains is what is
		// promised, whatever that is at this instant.
		update += ", #needed = #needed - #remaining, #remaining = :zero"
	}
	values := map[string]types.AttributeValue{":on": text(string(on)), ":by": text(by)}
	if !still {
		values[":zero"] = number(0)
	}
	writes := []write{
		change(t.name, needKey(leaf, r, p), express(update, present, values), func(item) error { return aid.ErrNotFound }),
		t.activity(aid.Commitment{Recipient: r, Leaf: leaf}, aid.Standing{}, at),
	}
	if !still {
		it, err := encode(enough(leaf, need, by, at))
		if err != nil {
			return fmt.Errorf("encode correction of leaf %s: %w", leaf, err)
		}
		writes = append(writes, put(t.name, it))
	}
	if err := t.transact(ctx, writes); err != nil {
		return fmt.Errorf("confirm need %s: %w", need, err)
	}
	return nil
}

// enough is the correction by which the total of a need may fall. Another of the
// same instant in the leaf lets totals fall just as well, so either may stand.
func enough(leaf aid.Leaf, need aid.NeedID, by string, at time.Time) correctionItem {
	return correctionItemOf(leaf, aid.Correction{On: at, Reason: "enough: " + string(need), By: by})
}

// SetPlan stores how a recipient shares out what is fewer than its households.
// An unknown recipient wraps [aid.ErrNotFound].
func (t *Table) SetPlan(ctx context.Context, leaf aid.Leaf, r aid.RecipientID, p aid.Plan, at time.Time) error {
	x := express("SET #plan = :plan, #planOn = :on, #rev = #rev + :one, #updatedAt = :at", present, map[string]types.AttributeValue{
		":plan": text(string(p.Method)), ":on": text(string(p.On)), ":one": number(1), ":at": number(millis(at)),
	})
	err := t.transact(ctx, []write{change(t.name, activityKey(leaf, r), x, func(item) error { return aid.ErrNotFound })})
	if err != nil {
		return fmt.Errorf("set plan of %s: %w", r, err)
	}
	return nil
}

// Look is one showing of a private contact: to whom, when, for which
// commitment.
type Look struct {
	At           time.Time
	By           aid.Role // Collaborator saw the steward's contact, any other the collaborator's
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
		looks[i].By, looks[i].Recipient = aid.Collaborator, r
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
			At: moment(l.At), By: aid.Role(l.By), Commitment: aid.CommitmentID(l.Commitment), Recipient: aid.RecipientID(l.Recipient),
			Collaborator: aid.CollaboratorID(l.Collaborator),
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read looks of %s: %w", pk, err)
	}
	return looks, nil
}

// Spend adds one to a count of a day that is below its limit. One that is not
// refuses with *[aid.QuotaError], which names kind. The count is forgotten two
// days later.
func (t *Table) Spend(ctx context.Context, kind, id string, day aid.Day, limit int) error {
	if err := t.transact(ctx, []write{t.charge(budget{kind, id, day, limit, 2})}); err != nil {
		return fmt.Errorf("spend %s on %s: %w", kind, day, err)
	}
	return nil
}

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

// NoteOf returns what was written beside a delivery, empty when nothing was or
// it is forgotten.
func (t *Table) NoteOf(ctx context.Context, c aid.CommitmentID, d aid.DeliveryID) (string, error) {
	var it noteItem
	if _, err := get(ctx, t.db, t.private, noteKey(c, d), &it); err != nil {
		return "", fmt.Errorf("read note of delivery %s: %w", d, err)
	}
	return it.Text, nil
}

// accessItem is a steward's access as it is stored.
type accessItem struct {
	PK, SK  string
	Version int  `dynamodbav:"version" personal:"-"`
	Paused  bool `dynamodbav:"paused" personal:"that the person in charge does not want to be called; to show the contact to nobody; until they want it again"`
}

// lookItem is a look as it is stored.
type lookItem struct {
	PK, SK       string
	At           int64  `dynamodbav:"at" personal:"when a contact was seen; to tell the person, and whom a breach concerns; two years"`
	By           string `dynamodbav:"by" personal:"in which role; to tell the person, and whom a breach concerns; two years"`
	Commitment   string `dynamodbav:"commitment" personal:"for which commitment; to tell the person, and whom a breach concerns; two years"`
	Recipient    string `dynamodbav:"recipient,omitempty" personal:"at which recipient; to tell the person, and whom a breach concerns; two years"`
	Collaborator string `dynamodbav:"collaborator,omitempty" personal:"keyed hash of the e-mail address of who saw it; to tell the person; two years"`
	Expires      int64  `dynamodbav:"expires" personal:"-"` // seconds
}

func lookItemOf(k key, l Look) lookItem {
	return lookItem{
		PK: k.PK, SK: k.SK, At: millis(l.At), By: string(l.By), Commitment: string(l.Commitment), Recipient: string(l.Recipient),
		Collaborator: string(l.Collaborator), Expires: lookExpiry(l.At),
	}
}

// preferenceItem is what a collaborator wants.
type preferenceItem struct {
	PK, SK      string `personal:"keyed hash of an e-mail address; to know whose wish it is; as long as the wish"`
	NoReminders bool   `dynamodbav:"noReminders" personal:"that a collaborator wants no reminders; to send none; as long as the wish"`
}
