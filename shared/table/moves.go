package table

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/shared/aid"
)

// Change is one move of a commitment with all that has to happen along with it.
type Change struct {
	Move          aid.Move
	Before, After aid.Commitment
	At            time.Time
	Letters       []aid.LetterKind // what goes into the outbox
	SignedBy      string           // with Sign: the name typed under the statement; private
	Note          Note             // with Report: the words beside it; private
	Hidden        aid.Hidden       // with Hide and Show: what leaves or comes back; private
}

// Note is what a collaborator wrote beside a delivery. It is private.
type Note struct {
	Delivery aid.DeliveryID
	Text     string
}

// Move stores one move: the commitment as it is after it, the figures of its
// recipient moved by the difference between its standing before and after, the
// letters, and what of its private side moves along, all or nothing.
//
// A verified commitment has its channel marked as proven, and what of it was
// written freely waits to be looked at. A dropped or forgotten one loses its
// private side. With a correction, the totals of the leaf may fall, and are known
// to have been corrected.
//
// The same move again changes nothing and succeeds, whatever happened to the
// commitment since; the instants of the first stand. A need with too little
// left refuses with *[aid.OverRemainingError]. A commitment that is not, or no
// longer, as before says wraps [aid.ErrStale]; so does another move that led to
// the same version. An unknown one, or one to be verified whose credential is
// gone, wraps [aid.ErrNotFound].
func (t *Table) Move(ctx context.Context, c Change) error {
	writes, err := t.moveWrites(ctx, c)
	if err == nil {
		err = t.transact(ctx, writes)
	}
	if err == nil || err == errRepeated {
		return nil
	}
	return fmt.Errorf("%s commitment %s: %w", c.Move, c.Before.ID, err)
}

// moveWrites spells a change, with what of it depends on what lies apart.
func (t *Table) moveWrites(ctx context.Context, c Change) ([]write, error) {
	writes, err := t.writes(c)
	if err != nil {
		return nil, err
	}
	id, more := c.After.ID, []any{}
	switch {
	case c.Move == aid.Verify:
		hash, err := t.phoneOf(ctx, id)
		if err != nil {
			return nil, err
		}
		if hash != "" {
			more = append(more, phoneItemOf(hash, c.After))
		}
		look, err := t.toModerate(c.After)
		if err != nil {
			return nil, err
		}
		writes = append(writes, look...)
	case c.Move == aid.Forget && c.After.Log[len(c.After.Log)-1].By != aid.Clock:
		// When time alone forgets, the number is forgotten for long.
		hash, err := t.phoneOf(ctx, id)
		if err != nil {
			return nil, err
		}
		if hash != "" {
			writes = append(writes, remove(t.private, phoneKey(hash, c.After)))
		}
	case c.Move == aid.Hide || c.Move == aid.Show:
		was, err := t.Hidden(ctx, id)
		if err != nil {
			return nil, err
		}
		more = append(more, hiddenItemOf(id, aside(was, c)))
		writes = append(writes, t.moderated(c))
	}
	for _, v := range more {
		it, err := encode(v)
		if err != nil {
			return nil, err
		}
		writes = append(writes, put(t.private, it))
	}
	if c.Move == aid.Correct {
		it, err := encode(corrected(c))
		if err != nil {
			return nil, err
		}
		writes = append(writes, put(t.name, it))
	}
	return writes, nil
}

// corrected is the correction that a corrected figure is published with. Another
// of the same instant in the leaf lets totals fall just as well.
func corrected(c Change) correctionItem {
	last := c.After.Log[len(c.After.Log)-1]
	bast := c.After.ID.BAST(last.Delivery)
	return correctionItemOf(c.After.Leaf, aid.Correction{On: c.At, Reason: "angka yang diterima dikoreksi: " + string(bast), By: "kantor"})
}

// writes spells a change. The idempotency record and the commitment stand first
// so that a repeat is recognised before anything else is refused.
func (t *Table) writes(c Change) ([]write, error) {
	if err := checkMove(c); err != nil {
		return nil, err
	}
	made, commitment := moveItemOf(c), commitmentItemOf(c.After)
	record, err := encode(made)
	if err != nil {
		return nil, err
	}
	stored, err := encode(commitment)
	if err != nil {
		return nil, err
	}
	writes := []write{
		create(t.name, record, func(old item) error {
			var other moveItem
			if err := attributevalue.UnmarshalMap(old, &other); err != nil {
				return err
			}
			if other.same(made) {
				return errRepeated
			}
			return aid.ErrStale
		}),
		replace(t.name, stored, express("", "#state = :was AND #version = :before", map[string]types.AttributeValue{
			":was": text(string(c.Before.State)), ":before": number(c.Before.Version),
		}), func(old item) error {
			if old == nil {
				return aid.ErrNotFound
			}
			return aid.ErrStale
		}),
	}
	moved := c.After.Standing().Minus(c.Before.Standing())
	for _, need := range sortedKeys(moved.Needs) {
		_, p, _ := splitNeed(need) // checkMove has split it before
		writes = append(writes, t.count(c.After, p, moved.Needs[need]))
	}
	if units := returned(c.Before, c.After); len(units) > 0 {
		writes = append(writes, t.takeFromPool(c.After, units))
	}
	if public(c) {
		writes = append(writes, t.activity(c.After, moved, c.At))
	}
	for _, kind := range c.Letters {
		it, err := encode(letterItemOf(c.After, kind, c.After.Version, c.At))
		if err != nil {
			return nil, err
		}
		writes = append(writes, put(t.name, it))
	}
	return append(writes, t.privateWrites(c)...), nil
}

// privateWrites spells what of the private side moves along.
func (t *Table) privateWrites(c Change) []write {
	id := c.After.ID
	gone := func(item) error { return fmt.Errorf("credential of commitment %s: %w", id, aid.ErrNotFound) }
	switch {
	case c.Move == aid.Verify:
		x := express("SET #verifiedAt = :at", present, map[string]types.AttributeValue{":at": number(millis(c.At))})
		return []write{change(t.private, credentialKey(id), x, gone)}
	case c.Move == aid.Sign:
		x := express("SET #signedBy = :by, #signedAt = :at", present, map[string]types.AttributeValue{":by": text(c.SignedBy), ":at": number(millis(c.At))})
		return []write{change(t.private, credentialKey(id), x, gone)}
	case c.Note.Text != "":
		it, err := encode(noteItemOf(id, c.Note))
		if err != nil {
			return nil // a struct of strings always encodes
		}
		return []write{put(t.private, it)}
	case c.Before.ForgottenAt.IsZero() && !c.After.ForgottenAt.IsZero():
		writes := []write{remove(t.private, credentialKey(id)), remove(t.private, revealKey(id)), remove(t.private, hiddenKey(id))}
		for _, d := range c.After.Deliveries {
			writes = append(writes, remove(t.private, noteKey(id, d.ID)))
		}
		return writes
	}
	return nil
}

// public tells whether a move changes anything that is published. The publisher
// is woken by the activity, so reminders and whatever happens to a submission
// leave it alone.
func public(c Change) bool {
	if c.Move == aid.Hide || c.Move == aid.Show {
		return true
	}
	return c.Move != aid.Remind && (c.Before.State.Counts() || c.After.State.Counts())
}

// checkMove refuses what would not be one move, so that a caller's slip cannot
// take or return quantities that the state machine does not know of.
func checkMove(c Change) error {
	before, after := c.Before, c.After
	if c.Move == aid.Hide || c.Move == aid.Show {
		before, after = wordless(before), wordless(after)
	}
	if !before.Allows(c.Move) {
		return &aid.StateError{State: before.State}
	}
	if after.Version != before.Version+1 || !reflect.DeepEqual(promise(before), promise(after)) {
		return errors.New("before and after are not one move apart")
	}
	for _, l := range before.Lines {
		if l.Need == "" {
			continue
		}
		if r, _, ok := splitNeed(l.Need); !ok || r != before.Recipient {
			return fmt.Errorf("need %s: not one of %s", l.Need, before.Recipient)
		}
		if l.Quantity <= 0 {
			return fmt.Errorf("need %s: quantity %d", l.Need, l.Quantity)
		}
	}
	return nil
}

// wordless returns a commitment without what was written beside its lines.
func wordless(c aid.Commitment) aid.Commitment {
	c.Lines = slices.Clone(c.Lines)
	for i := range c.Lines {
		c.Lines[i].Equivalent, c.Lines[i].Free = "", ""
	}
	return c
}

// promise is what of a commitment no move may alter.
func promise(c aid.Commitment) aid.Commitment {
	return aid.Commitment{
		ID: c.ID, Recipient: c.Recipient, Leaf: c.Leaf, Program: c.Program, Lines: c.Lines, Period: c.Period, Route: c.Route,
		Aggregator: c.Aggregator, Pool: c.Pool, Class: c.Class, Collaborator: c.Collaborator, Demo: c.Demo,
	}
}

// count moves the counters of a need. Their conditions prove that no more is
// held than is needed, and that nothing is given back which was not held.
func (t *Table) count(c aid.Commitment, p aid.PackageID, n aid.Counts) write {
	x := express(
		"SET #remaining = #remaining - :sum, #committed = #committed + :c, #delivered = #delivered + :d, #received = #received + :r",
		"#remaining >= :sum AND #committed >= :hasC AND #delivered >= :hasD AND #received >= :hasR",
		map[string]types.AttributeValue{
			":sum": number(n.Sum()), ":c": number(n.Committed), ":d": number(n.Delivered), ":r": number(n.Received),
			":hasC": number(-n.Committed), ":hasD": number(-n.Delivered), ":hasR": number(-n.Received),
		})
	need := aid.NeedOf(c.Recipient, p)
	return change(t.name, needKey(c.Leaf, c.Recipient, p), x, func(old item) error {
		var it needItem // a need that is gone has none left
		if err := attributevalue.UnmarshalMap(old, &it); err != nil {
			return err
		}
		if it.Remaining < n.Sum() {
			return &aid.OverRemainingError{Need: need, Remaining: it.Remaining}
		}
		return fmt.Errorf("need %s holds %d committed, %d delivered, %d received; the move takes %+v", need, it.Committed, it.Delivered, it.Received, n)
	})
}

// activity moves what a recipient's commitments add up to beside its needs, and
// says that something public changed.
func (t *Table) activity(c aid.Commitment, moved aid.Standing, at time.Time) write {
	update := "SET #rev = #rev + :one, #open = #open + :open, #pledged = #pledged + :pledged, #lapsed = #lapsed + :lapsed, " +
		"#freeCommitted = #freeCommitted + :c, #freeDelivered = #freeDelivered + :d, #freeReceived = #freeReceived + :r, #updatedAt = :at"
	values := map[string]types.AttributeValue{
		":one": number(1), ":open": number(moved.Open), ":pledged": number(moved.Pledged), ":lapsed": number(moved.Lapsed),
		":c": number(moved.Free.Committed), ":d": number(moved.Free.Delivered), ":r": number(moved.Free.Received), ":at": number(millis(at)),
	}
	for hour, n := range moved.Hours {
		name, value := hourName(hour), ":"+hourName(hour)
		update += ", #hours.#" + name + " = if_not_exists(#hours.#" + name + ", :zero) + " + value
		values[value], values[":zero"] = number(n), number(0)
	}
	return change(t.name, activityKey(c.Leaf, c.Recipient), express(update, present, values), func(item) error {
		return fmt.Errorf("activity of %s in %s: %w", c.Recipient, c.Leaf, aid.ErrNotFound)
	})
}

func hourName(hour int) string { return "h" + strconv.Itoa(hour) }

// moveItem remembers which move led to a version of a commitment.
type moveItem struct {
	PK, SK    string
	Move      string `dynamodbav:"move"`
	State     string `dynamodbav:"state"`
	Detail    string `dynamodbav:"detail"`
	Recipient string `dynamodbav:"recipient"`
	At        int64  `dynamodbav:"at"`
}

func moveItemOf(c Change) moveItem {
	k := moveKey(c.After.ID, c.After.Version)
	return moveItem{
		PK: k.PK, SK: k.SK, Move: string(c.Move), State: string(c.After.State), Detail: detail(c.After),
		Recipient: string(c.After.Recipient), At: millis(c.At),
	}
}

// same tells whether two moves say the same, whenever they were made.
func (m moveItem) same(n moveItem) bool {
	return m.Move == n.Move && m.State == n.State && m.Detail == n.Detail
}

// detail stands for all that a person chose about a commitment since it was
// made, without instants: two equal requests that meet differ in those only. Name
// and salt are part of it, for a person who asks to be forgotten takes them along
// and time alone does not. The salt also keeps the name from being guessed back.
func detail(c aid.Commitment) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s %s %+v %s\n", c.Salt, c.Name, c.Reason, c.Schedule, c.Letter)
	if len(c.TextsHidden) > 0 {
		fmt.Fprintf(h, "hidden %v\n", c.TextsHidden)
	}
	for _, d := range c.Deliveries {
		fmt.Fprintf(h, "%s %s %v %v %s %v %s %s\n", d.ID, d.On, d.Quantities, d.Evidence, d.Answer, d.Received, d.Via, d.SettledBy)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// noteItem is a note as it is stored.
type noteItem struct {
	PK, SK string
	Text   string `dynamodbav:"text" personal:"what a collaborator wrote beside a delivery; for the steward and the office; until 90 days after the commitment ended, or erasure"`
}

func noteItemOf(c aid.CommitmentID, n Note) noteItem {
	k := noteKey(c, n.Delivery)
	return noteItem{PK: k.PK, SK: k.SK, Text: n.Text}
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
