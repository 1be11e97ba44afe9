package table

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/shared/aid"
)

// Load brings recipients into the ledger, with their needs, activity, history
// and the private contact of their stewards. Loading the same again changes
// nothing, and writes nothing to the ledger.
//
// A recipient that is not there yet is written in batches, which ask no
// conditions, and its pointer last of all. Nothing can be promised to a
// recipient without a pointer, so as long as it is missing its counters are
// what an import wrote, and an import that was cut off is finished by running
// it again. That reasoning holds for one import at a time.
//
// A recipient that is there keeps its counters, its activity and its
// commitments, whatever the listing says: what is known about it is replaced,
// and the figure needed moves what remains by the same number, never below what
// is promised already. A need that was confirmed on a later day than the listing
// says stays as it is. Needs that the listing does not name stay as they are. So
// does a recipient with its steward's contact, or a need, that an office edited
// since the listing was made, which is seen by its number of edits.
// A figure needed that was replaced is remembered as that until instant now.
// A listing whose leaf differs from the recipient's present one wraps
// [aid.ErrExists]: its promises would be left behind.
func (t *Table) Load(ctx context.Context, listings []aid.Listing, catalogue *aid.Catalogue, now time.Time) error {
	entries, err := entriesOf(listings, catalogue)
	if err != nil {
		return fmt.Errorf("load recipients: %w", err)
	}
	leaves, err := t.pointers(ctx, entries)
	if err != nil {
		return fmt.Errorf("load recipients: %w", err)
	}
	var fresh []entry
	known := map[aid.Leaf][]entry{}
	for _, e := range entries {
		leaf, found := leaves[e.Recipient.ID]
		switch {
		case !found:
			fresh = append(fresh, e)
		case leaf != e.leaf:
			return fmt.Errorf("load recipient %s of leaf %s into %s: %w", e.Recipient.ID, leaf, e.leaf, aid.ErrExists)
		default:
			known[leaf] = append(known[leaf], e)
		}
	}
	if err := t.loadNew(ctx, fresh); err != nil {
		return fmt.Errorf("load new recipients: %w", err)
	}
	var updates []func(context.Context) error
	for leaf, entries := range known {
		updates = append(updates, func(ctx context.Context) error { return t.loadKnown(ctx, leaf, entries, now) })
	}
	if err := atOnce(ctx, updates); err != nil {
		return fmt.Errorf("load known recipients: %w", err)
	}
	return nil
}

// entry is a listing with the leaf it belongs to.
type entry struct {
	aid.Listing
	leaf aid.Leaf
}

// entriesOf finds the leaf of every listing and refuses those that could not be
// found again, or whose figures cannot be true.
func entriesOf(listings []aid.Listing, catalogue *aid.Catalogue) ([]entry, error) {
	entries := make([]entry, 0, len(listings))
	seen := make(map[aid.RecipientID]bool, len(listings))
	for _, l := range listings {
		id := l.Recipient.ID
		leaf, ok := catalogue.LeafOf(l.Recipient)
		switch {
		case !ok:
			return nil, fmt.Errorf("recipient %s: kind %q in area %q has no leaf", id, l.Recipient.Kind, l.Recipient.Area)
		case !plain(string(id)) || string(id) < firstRecipient:
			return nil, fmt.Errorf("recipient %q: not an identifier", id)
		case seen[id]:
			return nil, fmt.Errorf("recipient %s: listed twice", id)
		}
		seen[id] = true
		if err := checkNeeds(l); err != nil {
			return nil, fmt.Errorf("recipient %s: %w", id, err)
		}
		for _, c := range l.History {
			if c.Recipient != id || c.Leaf != leaf {
				return nil, fmt.Errorf("recipient %s: commitment %s belongs to %s in %s", id, c.ID, c.Recipient, c.Leaf)
			}
		}
		entries = append(entries, entry{l, leaf})
	}
	return entries, nil
}

func checkNeeds(l aid.Listing) error {
	seen := map[aid.PackageID]bool{}
	for _, n := range l.Needs {
		switch {
		case n.Recipient != l.Recipient.ID || n.ID != aid.NeedOf(n.Recipient, n.Package) || !plain(string(n.Package)):
			return fmt.Errorf("need %q of %q for %q: not its identifier", n.ID, n.Recipient, n.Package)
		case seen[n.Package]:
			return fmt.Errorf("need %s: listed twice", n.ID)
		case !n.Holds():
			return fmt.Errorf("need %s: %d needed, %d committed, %d delivered, %d received", n.ID, n.Needed, n.Committed, n.Delivered, n.Received)
		}
		seen[n.Package] = true
	}
	return nil
}

// plain tells whether an identifier holds only characters that sort after '#'
// and cannot be mistaken for a separator.
func plain(id string) bool {
	return id != "" && strings.IndexFunc(id, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '.' && r != '_'
	}) < 0
}

// pointers returns the leaf of every recipient that is there.
func (t *Table) pointers(ctx context.Context, entries []entry) (map[aid.RecipientID]aid.Leaf, error) {
	const most = 100 // of one BatchGetItem
	var mu sync.Mutex
	leaves := map[aid.RecipientID]aid.Leaf{}
	var reads []func(context.Context) error
	for chunk := range slices.Chunk(entries, most) {
		reads = append(reads, func(ctx context.Context) error {
			keys := make([]item, len(chunk))
			for i, e := range chunk {
				keys[i] = pointerKey(e.Recipient.ID).attributes()
			}
			return t.getAll(ctx, keys, func(it item) error {
				var p pointerItem
				if err := attributevalue.UnmarshalMap(it, &p); err != nil {
					return err
				}
				leaf, err := aid.ParseLeaf(p.Leaf)
				mu.Lock()
				defer mu.Unlock()
				leaves[aid.RecipientID(strings.TrimPrefix(p.PK, recipientPrefix))] = leaf
				return err
			})
		})
	}
	return leaves, atOnce(ctx, reads)
}

// getAll reads items of the ledger, as getFrom does.
func (t *Table) getAll(ctx context.Context, keys []item, each func(item) error) error {
	return t.getFrom(ctx, t.name, keys, each)
}

// getFrom reads the items under keys, at most 100, and asks again for those that
// the store left out.
func (t *Table) getFrom(ctx context.Context, table string, keys []item, each func(item) error) error {
	consistent := true
	wanted := map[string]types.KeysAndAttributes{table: {Keys: keys, ConsistentRead: &consistent}}
	for attempt := 1; ; attempt++ {
		got, err := t.db.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: wanted})
		if err != nil {
			return busy(err)
		}
		for _, it := range got.Responses[table] {
			if err := each(it); err != nil {
				return err
			}
		}
		if len(got.UnprocessedKeys) == 0 {
			return nil
		}
		if wanted = got.UnprocessedKeys; attempt == batchAttempts {
			return fmt.Errorf("%d keys left unread: %w", len(wanted[table].Keys), aid.ErrBusy)
		}
		if err := pause(ctx, attempt); err != nil {
			return err
		}
	}
}

// batchAttempts is how often the rest of a batch is sent again, with pauses of
// up to a second: the patience of an import.
const batchAttempts = 20

// loadNew writes recipients that are not there, their pointers last.
func (t *Table) loadNew(ctx context.Context, entries []entry) error {
	var ledger, private, pointers []any
	key, err := t.Key(ctx)
	if err != nil {
		return err
	}
	for _, e := range entries {
		id := e.Recipient.ID
		ledger = append(ledger, recipientItemOf(e.Recipient, e.leaf), activityItemOf(id, e.Activity, e.leaf))
		for _, n := range e.Needs {
			ledger = append(ledger, needItemOf(n, e.leaf))
		}
		for _, c := range e.History {
			ledger = append(ledger, commitmentItemOf(c), numberItemOf(c))
			if c.State == aid.Pledged && c.Moderated() {
				ledger = append(ledger, moderationItemOf(c, Moderation{}))
			}
		}
		private = append(private, stewardItemOf(id, e.Steward))
		if e.Steward.Phone != "" {
			private = append(private, stewardOfItemOf(key, e.Steward.Phone, id))
		}
		pointers = append(pointers, pointerItemOf(id, e.leaf))
	}
	for _, part := range []struct {
		table string
		items []any
	}{{t.name, ledger}, {t.private, private}, {t.name, pointers}} {
		if err := t.putAll(ctx, part.table, part.items); err != nil {
			return err
		}
	}
	return nil
}

// putAll replaces items, 25 at a time.
func (t *Table) putAll(ctx context.Context, table string, items []any) error {
	const most = 25 // of one BatchWriteItem
	var puts []func(context.Context) error
	for chunk := range slices.Chunk(items, most) {
		puts = append(puts, func(ctx context.Context) error {
			requests := make([]types.WriteRequest, len(chunk))
			for i, v := range chunk {
				it, err := encode(v)
				if err != nil {
					return err
				}
				requests[i] = types.WriteRequest{PutRequest: &types.PutRequest{Item: it}}
			}
			return t.writeBatch(ctx, map[string][]types.WriteRequest{table: requests})
		})
	}
	return atOnce(ctx, puts)
}

// writeBatch writes a batch and sends again what the store left out.
func (t *Table) writeBatch(ctx context.Context, batch map[string][]types.WriteRequest) error {
	for attempt := 1; ; attempt++ {
		done, err := t.db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: batch})
		if err != nil {
			return busy(err)
		}
		if len(done.UnprocessedItems) == 0 {
			return nil
		}
		if batch = done.UnprocessedItems; attempt == batchAttempts {
			return fmt.Errorf("part of a batch left unwritten: %w", aid.ErrBusy)
		}
		if err := pause(ctx, attempt); err != nil {
			return err
		}
	}
}

// loadKnown replaces what is known about recipients of one leaf that are there.
func (t *Table) loadKnown(ctx context.Context, leaf aid.Leaf, entries []entry, now time.Time) error {
	places, err := t.Leaf(ctx, leaf)
	if err != nil {
		return err
	}
	present := make(map[aid.RecipientID]aid.Place, len(places))
	for _, p := range places {
		present[p.Recipient.ID] = p
	}
	var stewards []any
	key, err := t.Key(ctx)
	if err != nil {
		return err
	}
	for _, e := range entries {
		place, ok := present[e.Recipient.ID]
		if !ok {
			return fmt.Errorf("recipient %s has a pointer and no place: %w", e.Recipient.ID, aid.ErrNotFound)
		}
		if err := t.refresh(ctx, place, e, now); err != nil {
			return err
		}
		if e.Recipient.Edits == place.Recipient.Edits {
			stewards = append(stewards, stewardItemOf(e.Recipient.ID, e.Steward))
			if e.Steward.Phone != "" {
				stewards = append(stewards, stewardOfItemOf(key, e.Steward.Phone, e.Recipient.ID))
			}
		}
	}
	return t.putAll(ctx, t.private, stewards)
}

// refresh brings one place up to date with its listing, writing only what
// differs: a write that changes nothing would still wake the publisher.
func (t *Table) refresh(ctx context.Context, place aid.Place, e entry, now time.Time) error {
	if fresh := recipientItemOf(e.Recipient, e.leaf); e.Recipient.Edits == place.Recipient.Edits && !reflect.DeepEqual(fresh, recipientItemOf(place.Recipient, e.leaf)) {
		it, err := encode(fresh)
		if err != nil {
			return fmt.Errorf("encode recipient %s: %w", e.Recipient.ID, err)
		}
		// The recipient's own item holds no counter, so it may be replaced.
		if _, err := t.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.name, Item: it}); err != nil {
			return fmt.Errorf("update recipient %s: %w", e.Recipient.ID, busy(err))
		}
	}
	present := make(map[aid.NeedID]aid.Need, len(place.Needs))
	for _, n := range place.Needs {
		present[n.ID] = n
	}
	for _, n := range e.Needs {
		old, ok := present[n.ID]
		var err error
		if ok {
			err = t.updateNeed(ctx, e.leaf, old, n, now)
		} else {
			err = t.addNeed(ctx, e.leaf, added(n, now))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addNeed adds a line to a recipient that is there. Should it be there after
// all, another import was faster, and its counters stand.
func (t *Table) addNeed(ctx context.Context, leaf aid.Leaf, n aid.Need) error {
	it, err := encode(needItemOf(n, leaf))
	if err != nil {
		return fmt.Errorf("encode need %s: %w", n.ID, err)
	}
	condition := absent
	_, err = t.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.name, Item: it, ConditionExpression: &condition})
	var taken *types.ConditionalCheckFailedException
	if err != nil && !errors.As(err, &taken) {
		return fmt.Errorf("add need %s: %w", n.ID, busy(err))
	}
	return nil
}

// updateNeed replaces what is known about a need and moves what remains along
// with what is needed. The condition proves that the figures the decision was
// made from still hold; if not, it reads them again.
func (t *Table) updateNeed(ctx context.Context, leaf aid.Leaf, old, listed aid.Need, now time.Time) error {
	const attempts = 8
	for attempt := 1; ; attempt++ {
		n := merged(old, listed, now)
		if reflect.DeepEqual(n, old) {
			return nil
		}
		waits, at := workAttributes(n.Work(leaf), string(n.ID))
		x := express(
			"SET #program = :program, #source = :source, #confirmedOn = :on, #confirmedBy = :by, #needed = :needed, #remaining = #remaining + :more, "+waits+
				remembering(old, n, now),
			"#needed = :was AND #remaining >= :fewer AND (attribute_not_exists(#confirmedOn) OR #confirmedOn <= :on)",
			keyed{
				":work": at[":work"], ":workAt": at[":workAt"],
				":program": text(string(n.Program)), ":source": text(n.Source), ":on": text(string(n.ConfirmedOn)), ":by": text(n.ConfirmedBy),
				":needed": number(n.Needed), ":was": number(old.Needed), ":more": number(n.Needed - old.Needed), ":fewer": number(old.Needed - n.Needed),
			})
		_, err := t.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:                           &t.name,
			Key:                                 needKey(leaf, n.Recipient, n.Package).attributes(),
			UpdateExpression:                    &x.update,
			ConditionExpression:                 &x.condition,
			ExpressionAttributeNames:            x.names,
			ExpressionAttributeValues:           x.values,
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		})
		var changed *types.ConditionalCheckFailedException
		switch {
		case err == nil:
			return nil
		case !errors.As(err, &changed):
			return fmt.Errorf("update need %s: %w", n.ID, busy(err))
		case attempt == attempts:
			return fmt.Errorf("update need %s, which changes all the time: %w", n.ID, aid.ErrBusy)
		}
		var it needItem
		if err := attributevalue.UnmarshalMap(changed.Item, &it); err != nil {
			return fmt.Errorf("decode need %s: %w", n.ID, err)
		}
		old = it.need(n.Recipient)
	}
}

// merged is a need as the listing knows it, with the counters it has. A listing
// that is older than what the steward or an office has confirmed or edited since
// changes nothing.
func merged(old, listed aid.Need, now time.Time) aid.Need {
	if listed.ConfirmedOn < old.ConfirmedOn || listed.Edits < old.Edits {
		return old
	}
	listed.Committed, listed.Delivered, listed.Received = old.Committed, old.Delivered, old.Received
	needed := max(listed.Needed, old.Committed+old.Delivered+old.Received)
	listed.Needed, listed.Earlier, listed.Edits = old.Needed, old.Earlier, old.Edits
	return listed.Changed(needed, now)
}

// added is a listed need of a recipient that is there and did not have it.
// Nothing was ever promised on it, and until now none of it was needed.
func added(listed aid.Need, now time.Time) aid.Need {
	needed := listed.Needed
	listed.Needed, listed.Committed, listed.Delivered, listed.Received, listed.Earlier = 0, 0, 0, 0, nil
	return listed.Changed(needed, now)
}

// remembering spells the part of an update that makes n of old by which the
// figure needed of old is remembered, and the oldest forgotten when there are
// too many. Its value is the one that the condition ":was" asks for.
func remembering(old, n aid.Need, now time.Time) string {
	if n.Needed == old.Needed {
		return ""
	}
	name := "#earlier.#" + instantName(now)
	update := ", " + name + " = if_not_exists(" + name + ", :was)"
	if len(old.Earlier) == aid.MaxLevels {
		update += " REMOVE #earlier.#" + instantName(old.Earlier[0].Until)
	}
	return update
}

// atOnce runs tasks, four at a time, and returns the first error. Tasks that
// have not begun by then are left undone.
func atOnce(ctx context.Context, tasks []func(context.Context) error) error {
	const workers = 4
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan func(context.Context) error)
	var wg sync.WaitGroup
	for range min(workers, len(tasks)) {
		wg.Go(func() {
			for task := range queue {
				if err := task(ctx); err != nil {
					cancel(err)
				}
			}
		})
	}
feeding:
	for _, task := range tasks {
		select {
		case queue <- task:
		case <-ctx.Done():
			break feeding
		}
	}
	close(queue)
	wg.Wait()
	return context.Cause(ctx)
}
