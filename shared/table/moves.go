package table

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/shared/aid"
)

// Pledge stores the move from before, submitted, to after, pledged, and takes
// what it promises out of what remains: all of it or nothing. It also marks the
// channel as proven and puts the letter with the private link into the outbox.
//
// The same move again changes nothing and succeeds, whatever happened to the
// commitment since; the instants of the first stand. A need with too little
// left refuses with *[aid.OverRemainingError]. A commitment that is not, or no
// longer, as before says wraps [aid.ErrStale]; an unknown one, or one whose
// credential is gone, [aid.ErrNotFound].
func (t *Table) Pledge(ctx context.Context, before, after aid.Commitment, instant time.Time) error {
	if err := checkMove(aid.Verify, before, after); err != nil {
		return fmt.Errorf("pledge commitment %s: %w", before.ID, err)
	}
	taken, err := promised(before)
	if err != nil {
		return fmt.Errorf("pledge commitment %s: %w", before.ID, err)
	}
	writes, err := t.moveWrites(before, after, instant)
	if err != nil {
		return fmt.Errorf("pledge commitment %s: %w", before.ID, err)
	}
	for _, p := range sortedKeys(taken) {
		writes = append(writes, t.take(after, p, taken[p]))
	}
	letter, err := t.letter(after, aid.LetterPledged, instant)
	if err != nil {
		return fmt.Errorf("pledge commitment %s: %w", before.ID, err)
	}
	writes = append(writes,
		t.activity(after, 1, after.FreeValue(), instant),
		t.proven(after.ID, instant),
		letter,
	)
	return t.move(ctx, "pledge", before.ID, writes)
}

// Withdraw stores the move from before to after, withdrawn. If before held a
// promise, what it promised remains again, and a letter that confirms it goes
// into the outbox; a submission whose channel was never proven held nothing and
// gets no second letter.
//
// The same move again changes nothing and succeeds; the instants of the first
// stand. A commitment that is not, or no longer, as before says wraps
// [aid.ErrStale], and so does another reason for a withdrawal already made; an
// unknown one wraps [aid.ErrNotFound].
func (t *Table) Withdraw(ctx context.Context, before, after aid.Commitment, instant time.Time) error {
	if err := checkMove(aid.Withdraw, before, after); err != nil {
		return fmt.Errorf("withdraw commitment %s: %w", before.ID, err)
	}
	returned, err := promised(before)
	if err != nil {
		return fmt.Errorf("withdraw commitment %s: %w", before.ID, err)
	}
	writes, err := t.moveWrites(before, after, instant)
	if err != nil {
		return fmt.Errorf("withdraw commitment %s: %w", before.ID, err)
	}
	if before.State.Counts() {
		for _, p := range sortedKeys(returned) {
			writes = append(writes, t.giveBack(after, p, returned[p]))
		}
		letter, err := t.letter(after, aid.LetterWithdrawn, instant)
		if err != nil {
			return fmt.Errorf("withdraw commitment %s: %w", before.ID, err)
		}
		writes = append(writes, t.activity(after, -1, -before.FreeValue(), instant), letter)
	}
	return t.move(ctx, "withdraw", before.ID, writes)
}

// move makes the writes of a move; a move already made is a success.
func (t *Table) move(ctx context.Context, verb string, id aid.CommitmentID, writes []write) error {
	err := t.transact(ctx, writes)
	if err == nil || err == errRepeated {
		return nil
	}
	return fmt.Errorf("%s commitment %s: %w", verb, id, err)
}

// checkMove refuses what would not be the given move, so that a caller's slip
// cannot take or return quantities that the state machine does not know of.
func checkMove(m aid.Move, before, after aid.Commitment) error {
	to, err := before.State.After(m)
	if err != nil {
		return err
	}
	if after.State != to || after.Version != before.Version+1 || after.ID != before.ID || after.Recipient != before.Recipient || after.Leaf != before.Leaf {
		return errors.New("before and after are not one move apart")
	}
	return nil
}

// promised adds up the quantities of a commitment by package: a transaction may
// write an item only once, and two lines may stand on one need.
func promised(c aid.Commitment) (map[aid.PackageID]int64, error) {
	sum := map[aid.PackageID]int64{}
	for _, l := range c.Lines {
		if l.Need == "" {
			continue
		}
		r, p, ok := splitNeed(l.Need)
		if !ok || r != c.Recipient {
			return nil, fmt.Errorf("need %s: not one of %s", l.Need, c.Recipient)
		}
		if l.Quantity <= 0 {
			return nil, fmt.Errorf("need %s: quantity %d", l.Need, l.Quantity)
		}
		sum[p] += l.Quantity
	}
	return sum, nil
}

// moveWrites begins every move: its idempotency record, then the commitment.
// They stand first so that a repeat is recognised before anything else is
// refused.
func (t *Table) moveWrites(before, after aid.Commitment, instant time.Time) ([]write, error) {
	record, err := encode(moveItemOf(after, instant))
	if err != nil {
		return nil, err
	}
	state := express(
		"SET #state = :state, #version = :version, #pledgedAt = :pledgedAt, #contactBy = :contactBy, #endedAt = :endedAt, #reason = :reason",
		"#state = :was AND #version = :before",
		map[string]types.AttributeValue{
			":state": text(string(after.State)), ":version": number(after.Version),
			":pledgedAt": number(millis(after.PledgedAt)), ":contactBy": number(millis(after.ContactBy)),
			":endedAt": number(millis(after.EndedAt)), ":reason": text(after.Reason),
			":was": text(string(before.State)), ":before": number(before.Version),
		})
	return []write{
		create(t.name, record, func(old item) error {
			var made moveItem
			if err := attributevalue.UnmarshalMap(old, &made); err != nil {
				return err
			}
			if made.State == string(after.State) && made.Reason == after.Reason {
				return errRepeated
			}
			return aid.ErrStale
		}),
		change(t.name, commitmentKey(before.Recipient, before.ID), state, func(old item) error {
			if old == nil {
				return aid.ErrNotFound
			}
			return aid.ErrStale
		}),
	}, nil
}

// take moves quantity from what remains of a need to what is committed.
func (t *Table) take(c aid.Commitment, p aid.PackageID, quantity int64) write {
	x := express(
		"SET #remaining = #remaining - :q, #committed = #committed + :q",
		"#remaining >= :q",
		map[string]types.AttributeValue{":q": number(quantity)})
	return change(t.name, needKey(c.Leaf, c.Recipient, p), x, func(old item) error {
		var n needItem // a need that is gone has none left
		if err := attributevalue.UnmarshalMap(old, &n); err != nil {
			return err
		}
		return &aid.OverRemainingError{Need: aid.NeedOf(c.Recipient, p), Remaining: n.Remaining}
	})
}

// giveBack undoes take. Its condition can fail only if the counters are wrong
// already.
func (t *Table) giveBack(c aid.Commitment, p aid.PackageID, quantity int64) write {
	x := express(
		"SET #remaining = #remaining + :q, #committed = #committed - :q",
		"#committed >= :q",
		map[string]types.AttributeValue{":q": number(quantity)})
	return change(t.name, needKey(c.Leaf, c.Recipient, p), x, func(item) error {
		return fmt.Errorf("need %s has less than %d committed", aid.NeedOf(c.Recipient, p), quantity)
	})
}

// activity counts a commitment that begins (+1) or ends (-1) to hold a promise.
func (t *Table) activity(c aid.Commitment, open int64, free aid.Rupiah, instant time.Time) write {
	x := express(
		"SET #rev = #rev + :one, #open = #open + :open, #freeCommitted = #freeCommitted + :free, #updatedAt = :at",
		present,
		map[string]types.AttributeValue{":one": number(1), ":open": number(open), ":free": number(int64(free)), ":at": number(millis(instant))})
	return change(t.name, activityKey(c.Leaf, c.Recipient), x, func(item) error {
		return fmt.Errorf("activity of %s in %s: %w", c.Recipient, c.Leaf, aid.ErrNotFound)
	})
}

// proven marks the channel of a commitment as proven.
func (t *Table) proven(id aid.CommitmentID, instant time.Time) write {
	x := express("SET #verifiedAt = :at", present, map[string]types.AttributeValue{":at": number(millis(instant))})
	return change(t.private, credentialKey(id), x, func(item) error {
		return fmt.Errorf("credential of commitment %s: %w", id, aid.ErrNotFound)
	})
}

// letter puts a letter into the outbox. The idempotency record of the move
// already keeps it from being put there twice.
func (t *Table) letter(c aid.Commitment, kind aid.LetterKind, instant time.Time) (write, error) {
	it, err := encode(letterItemOf(c, kind, instant))
	return put(t.name, it), err
}

// moveItem remembers which move led to a version of a commitment.
type moveItem struct {
	PK, SK    string
	State     string `dynamodbav:"state"`
	Reason    string `dynamodbav:"reason,omitempty"`
	Recipient string `dynamodbav:"recipient"`
	At        int64  `dynamodbav:"at"`
}

func moveItemOf(after aid.Commitment, instant time.Time) moveItem {
	k := moveKey(after.ID, after.Version)
	return moveItem{PK: k.PK, SK: k.SK, State: string(after.State), Reason: after.Reason, Recipient: string(after.Recipient), At: millis(instant)}
}
