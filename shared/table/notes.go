package table

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"ksbb/shared/aid"
)

// Desk says on whose desk a thing lies, and how many notes lie with it. The zero
// Desk is nobody's.
type Desk struct {
	To    aid.OfficerID
	Name  string
	At    time.Time // since when
	Notes int
	// Version rises by one when it changes hands and with every note.
	Version int64
}

// OfficeNote is what somebody in an office wrote for colleagues.
type OfficeNote struct {
	ID   string // UUIDv7, made by the writer
	At   time.Time
	By   aid.OfficerID
	Name string
	Text string
}

// Desk returns on whose desk a thing lies; objects are named as in [Act].
func (t *Table) Desk(ctx context.Context, object string) (Desk, error) {
	var it deskItem
	if _, err := get(ctx, t.db, t.private, deskKey(object), &it); err != nil {
		return Desk{}, fmt.Errorf("read desk of %s: %w", object, err)
	}
	return it.desk(), nil
}

// Desks returns the same of many things. Those on nobody's desk and without notes
// are left out.
func (t *Table) Desks(ctx context.Context, objects []string) (map[string]Desk, error) {
	keys := make([]key, len(objects))
	of := map[key]string{}
	for i, object := range objects {
		keys[i] = deskKey(object)
		of[keys[i]] = object
	}
	desks := map[string]Desk{}
	err := t.readAll(ctx, t.private, keys, func(k key, it item) error {
		var d deskItem
		err := attributevalue.UnmarshalMap(it, &d)
		desks[of[k]] = d.desk()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read desks: %w", err)
	}
	return desks, nil
}

// Assign puts a thing on the desk of somebody, or with an empty id on nobody's.
// Whose it is already stays theirs. One that changed hands since before was read
// wraps [aid.ErrStale].
func (t *Table) Assign(ctx context.Context, object string, before Desk, to aid.OfficerID, name string, at time.Time) error {
	if err := t.assign(ctx, object, before, to, name, at, nil); err != nil {
		return fmt.Errorf("assign %s: %w", object, err)
	}
	return nil
}

// assign puts a thing on a desk together with other writes, which are refused
// first.
func (t *Table) assign(ctx context.Context, object string, before Desk, to aid.OfficerID, name string, at time.Time, first []write) error {
	const attempts = 4
	for range attempts {
		now, err := t.Desk(ctx, object)
		if err != nil {
			return err
		}
		after, err := now.assigned(before, to, name, at)
		if err == nil {
			err = t.putDesk(ctx, object, now, after, first)
		}
		switch err {
		case errRepeated:
			return nil
		case errOther:
			continue // a note came in between, or somebody else was faster
		}
		return err
	}
	return aid.ErrBusy
}

// assigned returns the desk in other hands.
func (d Desk) assigned(before Desk, to aid.OfficerID, name string, at time.Time) (Desk, error) {
	if d.To == to {
		return d, nil // recorded all the same: somebody said so
	}
	if d.To != before.To {
		return d, aid.ErrStale
	}
	d.To, d.Name, d.At = to, name, at
	if to == "" {
		d.Name, d.At = "", time.Time{}
	}
	return d, nil
}

// WriteNote adds a note to a thing. The same note again changes nothing.
func (t *Table) WriteNote(ctx context.Context, object string, n OfficeNote) error {
	it, err := encode(officeNoteItemOf(object, n))
	if err != nil {
		return fmt.Errorf("encode note on %s: %w", object, err)
	}
	const attempts = 4
	for range attempts {
		desk, err := t.Desk(ctx, object)
		if err != nil {
			return err
		}
		after := desk
		after.Notes++
		err = t.putDesk(ctx, object, desk, after, []write{create(t.private, it, func(item) error { return errRepeated })})
		switch {
		case err == errRepeated:
			return nil
		case err == errOther:
			continue
		case err != nil:
			return fmt.Errorf("write note on %s: %w", object, err)
		}
		return nil
	}
	return fmt.Errorf("write note on %s: %w", object, aid.ErrBusy)
}

// putDesk replaces a desk that is as before says; else it returns errOther.
func (t *Table) putDesk(ctx context.Context, object string, before, after Desk, first []write) error {
	after.Version = before.Version + 1
	it, err := encode(deskItemOf(object, after))
	if err != nil {
		return err
	}
	x := express("", absent, nil)
	if before.Version > 0 {
		x = express("", "#version = :before", keyed{":before": number(before.Version)})
	}
	return t.transact(ctx, append(first, replace(t.private, it, x, func(item) error { return errOther })))
}

// Notes returns the notes on a thing, the oldest first.
func (t *Table) Notes(ctx context.Context, object string) ([]OfficeNote, error) {
	condition := "PK = :pk AND begins_with(SK, :prefix)"
	notes := []OfficeNote{}
	err := query(ctx, t.db, &dynamodb.QueryInput{
		TableName: &t.private, KeyConditionExpression: &condition,
		ExpressionAttributeValues: keyed{":pk": text(deskKey(object).PK), ":prefix": text(officeNotePrefix)},
	}, func(it item) error {
		var n officeNoteItem
		err := attributevalue.UnmarshalMap(it, &n)
		notes = append(notes, n.note())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read notes on %s: %w", object, err)
	}
	return notes, nil
}

// noteYears is how long notes, and on whose desk a thing lies, are kept.
const noteYears = 2

// deskItem is a desk as it is stored.
type deskItem struct {
	PK, SK  string
	To      string `dynamodbav:"to,omitempty" personal:"which member of staff looks after something; so that two do not; two years"`
	Name    string `dynamodbav:"name,omitempty" personal:"name of that member of staff; so that colleagues know whom to ask; two years"`
	At      int64  `dynamodbav:"at" personal:"since when; so that colleagues know; two years"`
	Notes   int    `dynamodbav:"notes" personal:"-"`
	Version int64  `dynamodbav:"version" personal:"-"`
	Expires int64  `dynamodbav:"expires,omitempty" personal:"-"` // seconds
}

func deskItemOf(object string, d Desk) deskItem {
	k := deskKey(object)
	it := deskItem{PK: k.PK, SK: k.SK, To: string(d.To), Name: d.Name, At: millis(d.At), Notes: d.Notes, Version: d.Version}
	if !d.At.IsZero() {
		it.Expires = d.At.AddDate(noteYears, 0, 0).Unix()
	}
	return it
}

func (it deskItem) desk() Desk {
	return Desk{To: aid.OfficerID(it.To), Name: it.Name, At: moment(it.At), Notes: it.Notes, Version: it.Version}
}

// officeNoteItem is a note as it is stored.
type officeNoteItem struct {
	PK, SK  string
	ID      string `dynamodbav:"id" personal:"-"`
	At      int64  `dynamodbav:"at" personal:"when a member of staff wrote a note; so that colleagues know; two years"`
	By      string `dynamodbav:"by" personal:"which member of staff wrote it; so that colleagues know; two years"`
	Name    string `dynamodbav:"name" personal:"name of that member of staff; so that colleagues know whom to ask; two years"`
	Text    string `dynamodbav:"text" personal:"what a member of staff wrote for colleagues; to go on where they stopped; two years"`
	Expires int64  `dynamodbav:"expires" personal:"-"` // seconds
}

func officeNoteItemOf(object string, n OfficeNote) officeNoteItem {
	k := officeNoteKey(object, n)
	return officeNoteItem{
		PK: k.PK, SK: k.SK, ID: n.ID, At: millis(n.At), By: string(n.By), Name: n.Name, Text: n.Text, Expires: n.At.AddDate(noteYears, 0, 0).Unix(),
	}
}

func (it officeNoteItem) note() OfficeNote {
	return OfficeNote{ID: it.ID, At: moment(it.At), By: aid.OfficerID(it.By), Name: it.Name, Text: it.Text}
}
