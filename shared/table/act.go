package table

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// Act is who of the staff does what to which thing, and why. It is private.
type Act struct {
	ID     string // UUIDv7; the same request has the same
	At     time.Time
	By     aid.OfficerID
	Name   string // of the officer, as the identity provider says it
	Role   aid.StaffRole
	Area   area.Code // where the thing is; empty for the whole region
	Deed   aid.Deed
	Action string // what was done, as the API names it: "withdraw", "assign"
	Object string // "commitment/<id>", "recipient/<id>", "complaint/<id>", "officer/<id>" …
	Before string // compact JSON of what was changed, without contacts or texts
	After  string
	Reason string
}

type actKey struct{}

// Acting returns a context in which every change of the tables is written
// together with the record of who made it: both or neither.
//
// An act is recorded once. A change under the id of an act that was recorded
// before, at another instant, is the same request again: nothing is written, and
// it succeeds. Under an id that belongs to another act it wraps [aid.ErrExists].
// Of a change that somebody else has made already, which without an actor would
// count as a repeat, an actor is told with [aid.ErrStale].
//
// Several changes may be made under one context, and leave one record. Should
// the program end between them, the request repeated makes none of the rest: what
// must not be half done is one change.
func Acting(ctx context.Context, a Act) context.Context {
	return context.WithValue(ctx, actKey{}, a)
}

// acting returns who acts in a context, and false when nobody of the staff does.
func acting(ctx context.Context) (Act, bool) {
	a, ok := ctx.Value(actKey{}).(Act)
	return a, ok
}

// same tells whether two acts are one request, whenever it was made. What it
// found and what it left are not compared: of a request that is repeated after
// its answer was lost, both read as it left them.
func (a Act) same(b Act) bool {
	return a.ID == b.ID && a.By == b.By && a.Action == b.Action && a.Object == b.Object && a.Reason == b.Reason
}

// errRecorded: the act is recorded, so its change was made.
var errRecorded = errors.New("already recorded")

// transact makes all writes or none, with the record of who acts in ctx.
func (t *Table) transact(ctx context.Context, writes []write) error {
	act, ok := acting(ctx)
	if !ok {
		return t.commit(ctx, writes)
	}
	record, err := t.recording(act)
	if err != nil {
		return fmt.Errorf("encode act %s: %w", act.ID, err)
	}
	switch err := t.commit(ctx, append(record, writes...)); err {
	case errRecorded:
		return nil
	case errRepeated:
		var known actItem
		found, err := get(ctx, t.db, t.private, actMarkKey(act.ID), &known)
		switch {
		case err != nil:
			return err
		case found && known.At == millis(act.At):
			return errRepeated // an earlier change of the same act, or the same machine again
		}
		return aid.ErrStale
	default:
		return err
	}
}

// recording spells the record of an act. The mark that says that the act was
// recorded stands first: of a request that is repeated nothing else is looked at.
func (t *Table) recording(a Act) ([]write, error) {
	mark, err := encode(actItemOf(actMarkKey(a.ID), a))
	if err != nil {
		return nil, err
	}
	x := express("", absent+" OR (#at = :at AND #by = :by AND #action = :action AND #object = :object)", keyed{
		":at": number(millis(a.At)), ":by": text(string(a.By)), ":action": text(a.Action), ":object": text(a.Object),
	})
	writes := []write{replace(t.private, mark, x, func(old item) error {
		var known actItem
		if err := attributevalue.UnmarshalMap(old, &known); err != nil {
			return err
		}
		if known.act().same(a) {
			return errRecorded
		}
		return fmt.Errorf("act %s: %w", a.ID, aid.ErrExists)
	})}
	for _, k := range auditKeys(a) {
		it, err := encode(actItemOf(k, a))
		if err != nil {
			return nil, err
		}
		writes = append(writes, put(t.private, it))
	}
	return writes, nil
}

// Record records an act that changes nothing in the tables, such as looking at
// something private. The same again changes nothing.
func (t *Table) Record(ctx context.Context, a Act) error {
	if err := t.transact(Acting(ctx, a), nil); err != nil {
		return fmt.Errorf("record act %s: %w", a.ID, err)
	}
	return nil
}

// Acted returns the act that was recorded under an id, and false when none was:
// so that a request that is repeated gets its answer without being made again.
func (t *Table) Acted(ctx context.Context, id string) (Act, bool, error) {
	var it actItem
	found, err := get(ctx, t.db, t.private, actMarkKey(id), &it)
	if err != nil {
		return Act{}, false, fmt.Errorf("find act %s: %w", id, err)
	}
	return it.act(), found, nil
}

// actYears is how long it is kept who did what: as long as accounts have to be.
const actYears = 10

// actItem is an act as it is stored.
type actItem struct {
	PK, SK  string `personal:"who of the staff did it, and to what; so that an auditor can tell; ten years"`
	ID      string `dynamodbav:"id" personal:"-"`
	At      int64  `dynamodbav:"at" personal:"when a member of staff did something; so that an auditor can tell; ten years"`
	By      string `dynamodbav:"by" personal:"which member of staff did it; so that an auditor can tell; ten years"`
	Name    string `dynamodbav:"name" personal:"name of that member of staff; so that an auditor can tell; ten years"`
	Role    string `dynamodbav:"role" personal:"in which role; so that an auditor can tell; ten years"`
	Area    string `dynamodbav:"area,omitempty" personal:"-"`
	Deed    string `dynamodbav:"deed" personal:"what was done; so that an auditor can tell; ten years"`
	Action  string `dynamodbav:"action" personal:"what was done; so that an auditor can tell; ten years"`
	Object  string `dynamodbav:"object" personal:"to what; so that an auditor can tell; ten years"`
	Before  string `dynamodbav:"before,omitempty" personal:"what was there before, never a contact or what a complaint says; so that an auditor can tell; ten years"`
	After   string `dynamodbav:"after,omitempty" personal:"what was there after it, never a contact or what a complaint says; so that an auditor can tell; ten years"`
	Reason  string `dynamodbav:"reason,omitempty" personal:"why, in the words of that member of staff; so that an auditor can tell; ten years"`
	Expires int64  `dynamodbav:"expires" personal:"-"` // seconds
}

func actItemOf(k key, a Act) actItem {
	return actItem{
		PK: k.PK, SK: k.SK, ID: a.ID, At: millis(a.At), By: string(a.By), Name: a.Name, Role: string(a.Role), Area: string(a.Area),
		Deed: string(a.Deed), Action: a.Action, Object: a.Object, Before: a.Before, After: a.After, Reason: a.Reason,
		Expires: a.At.AddDate(actYears, 0, 0).Unix(),
	}
}

func (it actItem) act() Act {
	return Act{
		ID: it.ID, At: moment(it.At), By: aid.OfficerID(it.By), Name: it.Name, Role: aid.StaffRole(it.Role), Area: area.Code(it.Area),
		Deed: aid.Deed(it.Deed), Action: it.Action, Object: it.Object, Before: it.Before, After: it.After, Reason: it.Reason,
	}
}
