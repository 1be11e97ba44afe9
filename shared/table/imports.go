package table

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

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
			return t.getAllOf(ctx, t.private, keys, func(it item) error {
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

// getAllOf reads the items under keys of a table, at most 100, and asks again
// for those that the store left out.
func (t *Table) getAllOf(ctx context.Context, table string, keys []item, each func(item) error) error {
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
		if wanted = got.UnprocessedKeys; len(wanted) == 0 {
			return nil
		}
		if attempt == batchAttempts {
			return fmt.Errorf("%d keys left unread: %w", len(wanted[table].Keys), aid.ErrBusy)
		}
		if err := pause(ctx, attempt); err != nil {
			return err
		}
	}
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
