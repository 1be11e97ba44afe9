package table

import (
	"context"
	"errors"
	"fmt"
	"time"

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
	if err := t.transact(ctx, []write{change(t.private, accessKey(r), x, nil)}); err != nil {
		return fmt.Errorf("pause contact of the steward of %s: %w", r, err)
	}
	return nil
}

// ReplaceLink ends every link of a recipient's steward older than version, which
// is one more than the caller read. Replacing it again changes nothing.
func (t *Table) ReplaceLink(ctx context.Context, r aid.RecipientID, version int) error {
	x := express("SET #version = :version", "attribute_not_exists(#version) OR #version < :version",
		map[string]types.AttributeValue{":version": number(int64(version))})
	err := t.transact(ctx, []write{change(t.private, accessKey(r), x, func(item) error { return errRepeated })})
	if err != nil && err != errRepeated {
		return fmt.Errorf("replace link of the steward of %s: %w", r, err)
	}
	return nil
}

// ConfirmNeed stores that on a day somebody in an office confirmed a need, or
// said that what is promised is enough: then nothing of it remains. It keeps
// what is promised. The change is published, and may be, however large: the
// office answers for it. Confirming again on the same day changes only the
// instant of the last update. How much was needed before is remembered. An
// unknown need wraps [aid.ErrNotFound].
func (t *Table) ConfirmNeed(ctx context.Context, leaf aid.Leaf, need aid.NeedID, still bool, on aid.Day, by string, at time.Time) error {
	r, p, ok := splitNeed(need)
	if !ok {
		return fmt.Errorf("confirm need %s: %w", need, aid.ErrNotFound)
	}
	waits, values := workAttributes(aid.Need{Recipient: r, ConfirmedOn: on}.Work(leaf), string(need))
	confirmed := "SET #confirmedOn = :on, #confirmedBy = :by, " + waits
	values[":on"], values[":by"] = text(string(on)), text(by)
	ways := []expression{express(confirmed, present, values)}
	writes := []write{{}, t.activity(aid.Commitment{Recipient: r, Leaf: leaf}, aid.Standing{}, at)}
	if !still {
		it, err := encode(enough(leaf, need, by, at))
		if err != nil {
			return fmt.Errorf("encode correction of leaf %s: %w", leaf, err)
		}
		writes = append(writes, put(t.name, it))
		values[":zero"] = number(0)
		// Without a calculation in conditions, needed less what remains is what is
		// promised, whatever that is at this instant. Where nothing remains, nothing
		// is remembered either: saying it again and again makes a need no longer.
		level := "#earlier.#" + instantName(at)
		lowered := ", " + level + " = if_not_exists(" + level + ", #needed), #needed = #needed - #remaining, #remaining = :zero"
		ways = []expression{express(confirmed+lowered, "#remaining > :zero", values), express(confirmed, "#remaining = :zero", values)}
	}
	const attempts = 8
	for attempt := range attempts {
		writes[0] = change(t.name, needKey(leaf, r, p), ways[attempt%len(ways)], func(old item) error {
			if len(old) == 0 {
				return aid.ErrNotFound
			}
			return errOther
		})
		if err := t.transact(ctx, writes); err != errOther {
			if err != nil {
				return fmt.Errorf("confirm need %s: %w", need, err)
			}
			return nil
		}
	}
	return fmt.Errorf("confirm need %s, of which something remains and nothing by turns: %w", need, aid.ErrBusy)
}

// errOther: the other way of two is the right one.
var errOther = errors.New("the other way")

// enough is the correction by which the total of a need may fall. Another of the
// same instant in the leaf lets totals fall just as well, so either may stand.
// The reason is read in reports.
func enough(leaf aid.Leaf, need aid.NeedID, by string, at time.Time) correctionItem {
	return correctionItemOf(leaf, aid.Correction{On: at, Reason: "sudah cukup, tidak butuh lagi: " + string(need), By: by})
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

// accessItem is a steward's access as it is stored.
type accessItem struct {
	PK, SK  string
	Version int  `dynamodbav:"version" personal:"-"`
	Paused  bool `dynamodbav:"paused" personal:"that the person in charge does not want to be called; to show the contact to nobody; until they want it again"`
}
