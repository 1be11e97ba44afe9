package table

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/shared/aid"
)

// importKept is how long it is known what became of an import: as long as its
// files, by which it could be taken back.
const importKept = 90 * 24 * time.Hour

// ListImport returns an import. An unknown one wraps [aid.ErrNotFound].
func (t *Table) ListImport(ctx context.Context, id aid.ImportID) (aid.ListImport, error) {
	var it importItem
	found, err := get(ctx, t.db, t.private, importKey(id), &it)
	if err != nil {
		return aid.ListImport{}, fmt.Errorf("read import %s: %w", id, err)
	}
	if !found {
		return aid.ListImport{}, fmt.Errorf("import %s: %w", id, aid.ErrNotFound)
	}
	return it.listImport()
}

// ListImports returns the newest imports, the newest first, at most limit.
func (t *Table) ListImports(ctx context.Context, limit int) ([]aid.ListImport, error) {
	condition, consistent, backwards, most := "PK = :pk", true, false, int32(limit)
	q := &dynamodb.QueryInput{
		TableName: &t.private, KeyConditionExpression: &condition, ConsistentRead: &consistent, ScanIndexForward: &backwards, Limit: &most,
		ExpressionAttributeValues: keyed{":pk": text(importsPK)},
	}
	all := []aid.ListImport{}
	for {
		page, err := t.db.Query(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("read imports: %w", busy(err))
		}
		for _, stored := range page.Items {
			var it importItem
			if err := attributevalue.UnmarshalMap(stored, &it); err != nil {
				return nil, fmt.Errorf("decode import: %w", err)
			}
			i, err := it.listImport()
			if err != nil {
				return nil, err
			}
			all = append(all, i)
		}
		if len(all) >= limit || len(page.LastEvaluatedKey) == 0 {
			return all[:min(limit, len(all))], nil
		}
		q.ExclusiveStartKey = page.LastEvaluatedKey
	}
}

// PutListImport stores an import as it is after a change; a before with version
// 0 says that there is none yet. Its place in the queue moves along.
//
// The same change again changes nothing and succeeds. An import that is no
// longer as before says wraps [aid.ErrStale]; an id that is taken,
// [aid.ErrExists].
func (t *Table) PutListImport(ctx context.Context, before, after aid.ListImport) error {
	writes, err := t.importWrites(before, after)
	if err == nil {
		err = t.transact(ctx, writes)
	}
	if err != nil && err != errRepeated {
		return fmt.Errorf("put import %s: %w", after.ID, err)
	}
	return nil
}

func (t *Table) importWrites(before, after aid.ListImport) ([]write, error) {
	if err := checkImport(before, after); err != nil {
		return nil, err
	}
	made, err := importItemOf(after)
	if err != nil {
		return nil, err
	}
	stored, err := encode(made)
	if err != nil {
		return nil, err
	}
	x := express("", absent, nil)
	if before.Version > 0 {
		x = express("", "#version = :before", keyed{":before": number(before.Version)})
	}
	writes := []write{replace(t.private, stored, x, func(old item) error {
		var there importItem
		if err := attributevalue.UnmarshalMap(old, &there); err != nil {
			return err
		}
		return importRefusal(there, made, before)
	})}
	if before.Work() != after.Work() {
		queued, err := encode(queuedImportItemOf(after))
		if err != nil {
			return nil, err
		}
		writes = append(writes, put(t.name, queued))
	}
	return writes, nil
}

// importRefusal says why an import that is there is not replaced by made.
func importRefusal(there, made importItem, before aid.ListImport) error {
	switch {
	case there.Version == made.Version && there.Import == made.Import:
		return errRepeated
	case before.Version == 0:
		return aid.ErrExists
	}
	return aid.ErrStale
}

func checkImport(before, after aid.ListImport) error {
	if after.ID == "" || !plain(string(after.ID)) || before.Version > 0 && before.ID != after.ID || after.Version != before.Version+1 {
		return fmt.Errorf("from version %d of %q to version %d", before.Version, before.ID, after.Version)
	}
	return nil
}

// ImportMapping returns which column of a list with these headers is what, as it
// was remembered last, and false when it never was.
func (t *Table) ImportMapping(ctx context.Context, list, headers string) (columns []string, fixed map[string]string, found bool, err error) {
	var it mappingItem
	if found, err = get(ctx, t.db, t.private, mappingKey(list, headers), &it); err != nil {
		return nil, nil, false, fmt.Errorf("read mapping of %s: %w", list, err)
	}
	return it.Columns, it.Fixed, found, nil
}

// RememberMapping remembers which column of a list with these headers is what.
func (t *Table) RememberMapping(ctx context.Context, list, headers string, columns []string, fixed map[string]string) error {
	it, err := encode(mappingItemOf(list, headers, columns, fixed))
	if err != nil {
		return fmt.Errorf("encode mapping of %s: %w", list, err)
	}
	if _, err := t.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.private, Item: it}); err != nil {
		return fmt.Errorf("remember mapping of %s: %w", list, busy(err))
	}
	return nil
}

// LeaseImports lets one holder write imports until an instant: whoever is not it
// is refused with [aid.ErrBusy] as long as the lease has not ended at now.
// The holder extends it by asking again, and gives it back with an end that is
// not after now.
func (t *Table) LeaseImports(ctx context.Context, holder string, now, until time.Time) error {
	it, err := encode(leaseItemOf(holder, until))
	if err != nil {
		return fmt.Errorf("encode lease: %w", err)
	}
	x := express("", absent+" OR #holder = :holder OR #until <= :now", keyed{":holder": text(holder), ":now": number(millis(now))})
	_, err = t.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &t.private, Item: it, ConditionExpression: &x.condition, ExpressionAttributeNames: x.names, ExpressionAttributeValues: x.values,
	})
	var held *types.ConditionalCheckFailedException
	if errors.As(err, &held) {
		return fmt.Errorf("another import is being written: %w", aid.ErrBusy)
	}
	if err != nil {
		return fmt.Errorf("lease imports: %w", busy(err))
	}
	return nil
}

// RowEdit is what one row of a list makes of a recipient or of a need: one of
// the two is set.
type RowEdit struct {
	Recipient *RecipientEdit
	Need      *NeedEdit
	Act       Act // who makes it; it is found by what it is done to
}

// MaxRows is how many rows [Table.PutRows] takes, which fit into one transaction
// whatever they say: eight items each, and four of who acts.
const MaxRows = 12

// recipient is whom a row is about.
func (e RowEdit) recipient() aid.RecipientID {
	if e.Recipient != nil {
		return e.Recipient.After.ID
	}
	return e.Need.After.Recipient
}

func (e RowEdit) check() error {
	if e.Recipient != nil {
		return checkEdit(*e.Recipient)
	}
	return checkNeedEdit(*e.Need)
}

// PutRows makes the changes of several rows of a list, all or none, each as
// [Table.PutRecipient] or [Table.PutNeed] makes it and only where that would. The
// trail tells of all of them as one act, that of ctx, and of each by what it is
// done to: a list of thousands is a few hundred lines of a day, and not one
// partition that thousands of transactions wait for.
//
// An error wraps what one of the rows was refused with, and none was made: which
// one, and which others hold, is learnt by making them one by one. The same
// again under the same act of ctx changes nothing, see [Acting].
func (t *Table) PutRows(ctx context.Context, rows []RowEdit) error {
	writes, err := t.rowWrites(ctx, rows)
	if act, ok := acting(ctx); ok && err == nil {
		var record []write
		record, err = t.recording(act)
		if err == nil {
			// These rows are all that is ever made under the act, so once it is recorded,
			// at whatever instant, they are made.
			record[0].Put.ConditionExpression = aws.String(absent)
			record[0].Put.ExpressionAttributeNames, record[0].Put.ExpressionAttributeValues = nil, nil
			writes = append(record, writes...)
		}
	}
	if err == nil {
		err = t.commit(ctx, writes)
	}
	if err != nil && err != errRecorded {
		return fmt.Errorf("put %d rows: %w", len(rows), err)
	}
	return nil
}

func (t *Table) rowWrites(ctx context.Context, rows []RowEdit) ([]write, error) {
	if err := checkRows(rows); err != nil {
		return nil, err
	}
	var asked []aid.RecipientID
	for _, e := range rows {
		if e.Recipient != nil && e.Recipient.Steward != nil {
			asked = append(asked, e.recipient())
		}
	}
	contacts, err := t.Stewards(ctx, asked)
	if err != nil {
		return nil, err
	}
	var all []write
	touched := map[aid.RecipientID]bool{}
	for _, e := range rows {
		writes, err := t.writesOf(ctx, e, contacts)
		if err != nil {
			return nil, fmt.Errorf("encode row of %s: %w", e.recipient(), err)
		}
		activity := activityKey(e.leaf(), e.recipient()).attributes()
		for _, w := range writes {
			// That something public changed is said once of each recipient.
			if w.Update != nil && touched[e.recipient()] && reflect.DeepEqual(w.Update.Key, activity) {
				continue
			}
			all = append(all, w)
		}
		touched[e.recipient()] = true
	}
	return all, nil
}

func (e RowEdit) leaf() aid.Leaf {
	if e.Recipient != nil {
		return e.Recipient.Leaf
	}
	return e.Need.Leaf
}

// checkRows refuses rows that are not one transaction: too many, or two about
// the same thing.
func checkRows(rows []RowEdit) error {
	if len(rows) > MaxRows {
		return fmt.Errorf("at most %d at once", MaxRows)
	}
	things := map[string]bool{}
	for _, e := range rows {
		if err := e.check(); err != nil {
			return fmt.Errorf("row of %s: %w", e.recipient(), err)
		}
		thing := "recipient/" + string(e.recipient())
		if e.Need != nil {
			thing = "need/" + string(e.Need.After.ID)
		}
		if things[thing] {
			return fmt.Errorf("%s twice", thing)
		}
		things[thing] = true
	}
	return nil
}

// writesOf spells what one row changes, and that it is recorded.
func (t *Table) writesOf(ctx context.Context, e RowEdit, contacts map[aid.RecipientID]aid.Contact) (writes []write, err error) {
	if e.Need != nil {
		writes, err = t.needWrites(*e.Need)
	} else {
		writes, err = t.editWrites(*e.Recipient)
	}
	if err != nil {
		return nil, err
	}
	if e.Recipient != nil && e.Recipient.Steward != nil {
		contact, err := t.contactReplaced(ctx, e.recipient(), contacts[e.recipient()].Phone, *e.Recipient.Steward)
		if err != nil {
			return nil, err
		}
		writes = append(writes, contact...)
	}
	recorded, err := encode(actItemOf(auditOfKey(e.Act), e.Act))
	if err != nil {
		return nil, err
	}
	return append(writes, put(t.private, recorded)), nil
}

// Stewards returns the contacts of the stewards of many recipients. Whoever has
// none is left out.
func (t *Table) Stewards(ctx context.Context, ids []aid.RecipientID) (map[aid.RecipientID]aid.Contact, error) {
	const most = 100 // of one BatchGetItem
	var mu sync.Mutex
	contacts := map[aid.RecipientID]aid.Contact{}
	var reads []func(context.Context) error
	for chunk := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(ids))), most) {
		reads = append(reads, func(ctx context.Context) error {
			keys := make([]item, len(chunk))
			for i, id := range chunk {
				keys[i] = stewardKey(id).attributes()
			}
			return t.getFrom(ctx, t.private, keys, func(it item) error {
				var s stewardItem
				if err := attributevalue.UnmarshalMap(it, &s); err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				contacts[aid.RecipientID(strings.TrimPrefix(s.PK, stewardKey("").PK))] = aid.Contact{Name: s.Name, Email: s.Email, Phone: s.Phone}
				return nil
			})
		})
	}
	if err := atOnce(ctx, reads); err != nil {
		return nil, fmt.Errorf("read stewards: %w", err)
	}
	return contacts, nil
}

// LeavesOf returns the leaves of those of many recipients that are there.
func (t *Table) LeavesOf(ctx context.Context, ids []aid.RecipientID) (map[aid.RecipientID]aid.Leaf, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	asked := make([]entry, len(ids))
	for i, id := range ids {
		asked[i].Recipient.ID = id
	}
	leaves, err := t.pointers(ctx, asked)
	if err != nil {
		return nil, fmt.Errorf("find leaves: %w", err)
	}
	return leaves, nil
}

// importItem is an import as it is stored: one text, for nothing is ever looked
// for in it.
type importItem struct {
	PK, SK  string
	Version int64  `dynamodbav:"version" personal:"-"`
	Import  string `dynamodbav:"import" personal:"which members of staff brought, confirmed and took back a list, the name of their file and its first rows; so that it can be looked at and taken back; 90 days"`
	Expires int64  `dynamodbav:"expires" personal:"-"` // seconds
}

func importItemOf(i aid.ListImport) (importItem, error) {
	k := importKey(i.ID)
	text, err := json.Marshal(i)
	if err != nil {
		return importItem{}, fmt.Errorf("encode import %s: %w", i.ID, err)
	}
	return importItem{PK: k.PK, SK: k.SK, Version: i.Version, Import: string(text), Expires: i.At.Add(importKept).Unix()}, nil
}

func (it importItem) listImport() (aid.ListImport, error) {
	var i aid.ListImport
	if err := json.Unmarshal([]byte(it.Import), &i); err != nil {
		return i, fmt.Errorf("decode import %s: %w", it.SK, err)
	}
	return i, nil
}

// queuedImportItem is the place of an import in the queue.
type queuedImportItem struct {
	PK, SK string
	Work   string `dynamodbav:"work,omitempty"`
	WorkAt string `dynamodbav:"workAt,omitempty"`
}

func queuedImportItemOf(i aid.ListImport) queuedImportItem {
	k := importQueueKey(i.ID)
	it := queuedImportItem{PK: k.PK, SK: k.SK}
	if w := i.Work(); w.Lane != "" {
		it.Work, it.WorkAt = string(w.Lane)+"#"+string(w.Kota), instantName(w.At)+"#"+string(w.Area)+"#"+string(i.ID)
	}
	return it
}

// mappingItem is a remembered mapping as it is stored.
type mappingItem struct {
	PK, SK  string
	Columns []string          `dynamodbav:"columns" personal:"-"`
	Fixed   map[string]string `dynamodbav:"fixed,omitempty" personal:"-"`
}

func mappingItemOf(list, headers string, columns []string, fixed map[string]string) mappingItem {
	k := mappingKey(list, headers)
	return mappingItem{PK: k.PK, SK: k.SK, Columns: columns, Fixed: fixed}
}

// leaseItem is who writes imports, as it is stored.
type leaseItem struct {
	PK, SK string
	Holder string `dynamodbav:"holder" personal:"-"`
	Until  int64  `dynamodbav:"until" personal:"-"`
}

func leaseItemOf(holder string, until time.Time) leaseItem {
	return leaseItem{PK: importLeaseKey.PK, SK: importLeaseKey.SK, Holder: holder, Until: millis(until)}
}
