package table

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"ksbb/shared/aid"
)

// Catalogue returns what was amended of the region's catalogue, each entry as it
// stands now, ordered by list and id.
func (l *Ledger) Catalogue(ctx context.Context) ([]aid.Amendment, error) {
	all, err := l.amendments(ctx, cataloguePK)
	if err != nil {
		return nil, fmt.Errorf("read catalogue: %w", err)
	}
	return all, nil
}

// CatalogueHistory returns every version of an amended entry, the oldest first.
// One that was never amended has none.
func (l *Ledger) CatalogueHistory(ctx context.Context, list aid.List, id string) ([]aid.Amendment, error) {
	pk, err := catalogueHistoryPK(list, id)
	if err != nil {
		return nil, err
	}
	all, err := l.amendments(ctx, pk)
	if err != nil {
		return nil, fmt.Errorf("read history of %s %s: %w", list, id, err)
	}
	return all, nil
}

func (l *Ledger) amendments(ctx context.Context, pk string) ([]aid.Amendment, error) {
	condition := "PK = :pk"
	all := []aid.Amendment{}
	err := query(ctx, l.db, &dynamodb.QueryInput{
		TableName: &l.name, KeyConditionExpression: &condition, ExpressionAttributeValues: keyed{":pk": text(pk)},
	}, func(it item) error {
		var a amendmentItem
		err := attributevalue.UnmarshalMap(it, &a)
		all = append(all, a.amendment())
		return err
	})
	return all, err
}

// PutCatalogueEntry stores an amended entry as the version that it names, which
// follows the one that the editor saw: version 1 is the first amendment. Earlier
// versions are kept. The same again changes nothing and succeeds; if another
// version came in between it wraps [aid.ErrStale].
func (t *Table) PutCatalogueEntry(ctx context.Context, a aid.Amendment) error {
	writes, err := t.amend(a)
	if err == nil {
		err = t.transact(ctx, writes)
	}
	if err != nil && err != errRepeated {
		return fmt.Errorf("amend %s %s: %w", a.List, a.ID, err)
	}
	return nil
}

func (t *Table) amend(a aid.Amendment) ([]write, error) {
	if a.Version < 1 || a.ID == "" || len(a.Entry) == 0 {
		return nil, errors.New("no version, id or entry")
	}
	k, err := catalogueKey(a.List, a.ID)
	if err != nil {
		return nil, err
	}
	pk, err := catalogueHistoryPK(a.List, a.ID)
	if err != nil {
		return nil, err
	}
	current, err := encode(amendmentItemOf(k, a))
	if err != nil {
		return nil, err
	}
	kept, err := encode(amendmentItemOf(key{pk, versionName(a.Version)}, a))
	if err != nil {
		return nil, err
	}
	x := express("", absent, nil)
	if a.Version > 1 {
		x = express("", "#version = :before", keyed{":before": number(a.Version - 1)})
	}
	return []write{
		create(t.name, kept, func(old item) error {
			var there amendmentItem
			if err := attributevalue.UnmarshalMap(old, &there); err != nil {
				return err
			}
			if there.Entry == string(a.Entry) {
				return errRepeated
			}
			return aid.ErrStale
		}),
		replace(t.name, current, x, func(item) error { return aid.ErrStale }),
	}, nil
}

// amendmentItem is an amended entry as it is stored, as it stands and in its
// history.
type amendmentItem struct {
	PK, SK  string
	List    string `dynamodbav:"list"`
	ID      string `dynamodbav:"id"`
	Entry   string `dynamodbav:"entry"` // JSON
	Version int64  `dynamodbav:"version"`
	At      int64  `dynamodbav:"at"`
}

func amendmentItemOf(k key, a aid.Amendment) amendmentItem {
	return amendmentItem{PK: k.PK, SK: k.SK, List: string(a.List), ID: a.ID, Entry: string(a.Entry), Version: a.Version, At: millis(a.At)}
}

func (it amendmentItem) amendment() aid.Amendment {
	return aid.Amendment{List: aid.List(it.List), ID: it.ID, Entry: []byte(it.Entry), Version: it.Version, At: moment(it.At)}
}

// versionName spells a version so that names sort as versions do.
func versionName(n int64) string { return fmt.Sprintf("V%06d", n) }

// PermitEnd returns the last day of an aggregator's permit by which the deadlines
// of its commitments were found, and false when none was recorded.
func (t *Table) PermitEnd(ctx context.Context, a aid.AggregatorID) (aid.Day, bool, error) {
	var it permitItem
	found, err := get(ctx, t.db, t.name, permitKey(a), &it)
	if err != nil {
		return "", false, fmt.Errorf("read permit of %s: %w", a, err)
	}
	return aid.Day(it.End), found, nil
}

// SetPermitEnd records it.
func (t *Table) SetPermitEnd(ctx context.Context, a aid.AggregatorID, end aid.Day) error {
	k := permitKey(a)
	it, err := encode(permitItem{PK: k.PK, SK: k.SK, End: string(end)})
	if err != nil {
		return fmt.Errorf("encode permit of %s: %w", a, err)
	}
	if _, err := t.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.name, Item: it}); err != nil {
		return fmt.Errorf("record permit of %s: %w", a, busy(err))
	}
	return nil
}

// permitItem is the end of a permit as it is stored.
type permitItem struct {
	PK, SK string
	End    string `dynamodbav:"end"`
}

// Rescheduled stores at which instant time alone next changes a commitment: the
// catalogue may say another than when the commitment last moved. It is no move,
// and the version stays. One that moved meanwhile wraps [aid.ErrStale], for the
// move has found the instant by itself.
func (t *Table) Rescheduled(ctx context.Context, c aid.Commitment, due time.Time) error {
	update, values := "SET #dueShard = :shard, #dueAt = :at", keyed{":version": number(c.Version), ":shard": text(dueShard(string(c.ID))), ":at": number(millis(due))}
	if due.IsZero() {
		update, values = "REMOVE #dueShard, #dueAt", keyed{":version": number(c.Version)}
	}
	x := express(update, "#version = :version", values)
	err := t.commit(ctx, []write{change(t.name, commitmentKey(c.Recipient, c.ID), x, func(old item) error {
		if len(old) == 0 {
			return aid.ErrNotFound
		}
		return aid.ErrStale
	})})
	if err != nil {
		return fmt.Errorf("reschedule commitment %s: %w", c.ID, err)
	}
	return nil
}
