package table

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"ksbb/shared/aid"
)

// Donor is who gave a pool, and what the aggregator wrote beside it. It is
// private.
type Donor struct {
	Contact aid.Contact
	Note    string
}

// donorKept is how long it is known who gave a pool.
const donorKept = 365 * 24 * time.Hour

// AddPool records a pool and, apart from it, who gave it. The same pool again
// changes nothing; an id that belongs to another wraps [aid.ErrExists].
func (t *Table) AddPool(ctx context.Context, p aid.Pool, d Donor) error {
	writes, err := encodeWrites(
		created{t.name, poolItemOf(p), func(old item) error {
			var there poolItem
			if err := attributevalue.UnmarshalMap(old, &there); err != nil {
				return err
			}
			if samePool(there.pool(), p) {
				return errRepeated
			}
			return aid.ErrExists
		}},
		created{t.private, donorItemOf(p, d), func(item) error { return aid.ErrExists }},
	)
	if err == nil {
		err = t.transact(ctx, writes)
	}
	if err != nil && err != errRepeated {
		return fmt.Errorf("add pool %s: %w", p.ID, err)
	}
	return nil
}

// samePool tells whether two pools were entered alike, whatever was taken from
// them since.
func samePool(a, b aid.Pool) bool {
	if len(a.Lines) != len(b.Lines) || a.ID != b.ID || a.Aggregator != b.Aggregator || a.Name != b.Name || a.Class != b.Class ||
		a.Collaborator != b.Collaborator || a.ReceivedOn != b.ReceivedOn {
		return false
	}
	for i, l := range a.Lines {
		if m := b.Lines[i]; l.Package != m.Package || l.Quantity != m.Quantity || l.Value != m.Value {
			return false
		}
	}
	return true
}

// Pools returns the pools of an aggregator, the newest first by their ids, at
// most limit, after the one that a former answer ended with; empty for the first.
func (l *Ledger) Pools(ctx context.Context, a aid.AggregatorID, after aid.PoolID, limit int) ([]aid.Pool, error) {
	condition, backwards, most := "PK = :pk AND SK < :after", false, int32(limit)
	if after == "" {
		after = "~"
	}
	pools := []aid.Pool{}
	err := query(ctx, l.db, &dynamodb.QueryInput{
		TableName: &l.name, KeyConditionExpression: &condition, ScanIndexForward: &backwards, Limit: &most,
		ExpressionAttributeValues: keyed{":pk": text(poolsPK(a)), ":after": text(string(after))},
	}, func(it item) error {
		var p poolItem
		if err := attributevalue.UnmarshalMap(it, &p); err != nil {
			return err
		}
		if pools = append(pools, p.pool()); len(pools) == limit {
			return errFull
		}
		return nil
	})
	if err != nil && err != errFull {
		return nil, fmt.Errorf("read pools of %s: %w", a, err)
	}
	return pools, nil
}

// errFull ends a reading that has as many as were asked for.
var errFull = errors.New("full")

// Pool returns one pool of an aggregator. An unknown one, or that of another,
// wraps [aid.ErrNotFound].
func (l *Ledger) Pool(ctx context.Context, a aid.AggregatorID, id aid.PoolID) (aid.Pool, error) {
	var it poolItem
	found, err := get(ctx, l.db, l.name, poolKey(a, id), &it)
	if err != nil {
		return aid.Pool{}, fmt.Errorf("read pool %s: %w", id, err)
	}
	if !found {
		return aid.Pool{}, fmt.Errorf("pool %s: %w", id, aid.ErrNotFound)
	}
	return it.pool(), nil
}

// PoolPart is where one part of a pool went.
type PoolPart struct {
	Recipient  aid.RecipientID
	Commitment aid.CommitmentID
}

// PoolParts returns every part that was ever taken from a pool, ordered by id.
func (l *Ledger) PoolParts(ctx context.Context, id aid.PoolID) ([]PoolPart, error) {
	condition := "PK = :pk AND begins_with(SK, :prefix)"
	parts := []PoolPart{}
	err := query(ctx, l.db, &dynamodb.QueryInput{
		TableName: &l.name, KeyConditionExpression: &condition,
		ExpressionAttributeValues: keyed{":pk": text(poolPrefix + string(id)), ":prefix": text(commitmentPrefix)},
	}, func(it item) error {
		var p partItem
		err := attributevalue.UnmarshalMap(it, &p)
		parts = append(parts, PoolPart{aid.RecipientID(p.Recipient), aid.CommitmentID(p.Commitment)})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read parts of pool %s: %w", id, err)
	}
	return parts, nil
}

// Donor returns who gave a pool. After a year, or for an unknown pool, it wraps
// [aid.ErrNotFound].
func (t *Table) Donor(ctx context.Context, id aid.PoolID) (Donor, error) {
	var it donorItem
	found, err := get(ctx, t.db, t.private, donorKey(id), &it)
	if err != nil {
		return Donor{}, fmt.Errorf("read donor of pool %s: %w", id, err)
	}
	if !found {
		return Donor{}, fmt.Errorf("donor of pool %s: %w", id, aid.ErrNotFound)
	}
	return it.donor(), nil
}

// Part is a part of a pool as it becomes a commitment.
type Part struct {
	Commitment  aid.Commitment // as [aid.Pool.Part] made it
	Credential  aid.Credential // of whoever delivers
	Fingerprint string         // stands for what was asked, as of a [Submission]
	Letters     []aid.LetterKind
}

// AddPart records a part of a pool: the commitment, its private side, what it
// takes from the pool and from the needs of its recipient, and its letters, all
// or nothing. So parts together never take more than the pool holds, nor more
// than is needed.
//
// The same part again writes nothing and returns the commitment as it now stands
// with repeated true. An id under which something else was asked wraps
// [aid.ErrExists]. A pool with too little left refuses with *[aid.InvalidError],
// a need with *[aid.OverRemainingError].
func (t *Table) AddPart(ctx context.Context, p Part) (stored aid.Commitment, repeated bool, err error) {
	c := p.Commitment
	if err := checkPart(p); err != nil {
		return aid.Commitment{}, false, fmt.Errorf("add part %s: %w", c.ID, err)
	}
	if stored, err = commitmentItemOf(c).commitment(); err != nil {
		return aid.Commitment{}, false, fmt.Errorf("add part %s: %w", c.ID, err)
	}
	taken := func(item) error { return aid.ErrExists }
	var request submissionItem
	writes, err := encodeWrites(
		created{t.name, submissionItemOf(Submission{Commitment: c, Fingerprint: p.Fingerprint}), func(old item) error {
			if err := attributevalue.UnmarshalMap(old, &request); err != nil {
				return err
			}
			return errRepeated
		}},
		created{t.name, numberItemOf(c), taken},
		created{t.name, commitmentItemOf(c), taken},
		created{t.name, partItemOf(c), taken},
		created{t.private, credentialItemOf(p.Credential), taken},
	)
	if err != nil {
		return aid.Commitment{}, false, fmt.Errorf("encode part %s: %w", c.ID, err)
	}
	held := c.Standing()
	writes = append(writes, t.takeFromPool(c, c.Held()))
	for _, need := range sortedKeys(held.Needs) {
		_, pack, _ := splitNeed(need) // checkPart has split it before
		writes = append(writes, t.count(c, pack, held.Needs[need]))
	}
	writes = append(writes, t.activity(c, held, c.PledgedAt))
	look, err := t.toModerate(c)
	if err != nil {
		return aid.Commitment{}, false, fmt.Errorf("encode part %s: %w", c.ID, err)
	}
	writes = append(writes, look...)
	for _, kind := range p.Letters {
		it, err := encode(letterItemOf(c, kind, c.Version, c.PledgedAt))
		if err != nil {
			return aid.Commitment{}, false, fmt.Errorf("encode part %s: %w", c.ID, err)
		}
		writes = append(writes, put(t.name, it))
	}
	switch err := t.transact(ctx, writes); {
	case request.PK != "" && (err == errRepeated || errors.Is(err, aid.ErrStale)):
		// Who sends the same again gets the same answer, whoever sent it first.
		return t.repeat(ctx, c.ID, p.Fingerprint, request)
	case err != nil:
		return aid.Commitment{}, false, fmt.Errorf("add part %s: %w", c.ID, err)
	}
	return stored, false, nil
}

// checkPart refuses what is no part of a pool.
func checkPart(p Part) error {
	c := p.Commitment
	if c.Pool == "" || c.Aggregator == "" || c.State != aid.Signed {
		return errors.New("not a part of a pool")
	}
	if p.Credential.Commitment != c.ID || p.Credential.Recipient != c.Recipient {
		return fmt.Errorf("credential of %s at %s", p.Credential.Commitment, p.Credential.Recipient)
	}
	for _, l := range c.Lines {
		if r, pack, ok := splitNeed(l.Need); !ok || r != c.Recipient || pack != l.Package || l.Quantity <= 0 {
			return fmt.Errorf("need %s: not %d %s of %s", l.Need, l.Quantity, l.Package, c.Recipient)
		}
	}
	return nil
}

// takeFromPool moves what no part of a pool holds by what one takes, or with
// numbers below zero gives back.
func (t *Table) takeFromPool(c aid.Commitment, units map[aid.PackageID]int64) write {
	update, condition, values := "SET #changes = #changes + :one", present, keyed{":one": number(1)}
	for _, p := range sortedKeys(units) {
		name := leftName(p)
		update += ", #left.#" + name + " = #left.#" + name + " - :" + name
		condition += " AND #left.#" + name + " >= :" + name
		values[":"+name] = number(units[p])
	}
	return change(t.name, poolKey(c.Aggregator, c.Pool), express(update, condition, values), func(old item) error {
		if len(old) == 0 {
			return fmt.Errorf("pool %s: %w", c.Pool, aid.ErrNotFound)
		}
		var there poolItem
		if err := attributevalue.UnmarshalMap(old, &there); err != nil {
			return err
		}
		return overPool(c, there.pool(), units)
	})
}

// overPool is the refusal of a part that takes more than the pool holds.
func overPool(c aid.Commitment, p aid.Pool, units map[aid.PackageID]int64) error {
	for i, l := range c.Lines {
		if line, _ := p.Line(l.Package); units[l.Package] > line.Left {
			return aid.OverPool(i, line.Left)
		}
	}
	return fmt.Errorf("pool %s holds less than was taken from it", p.ID)
}

// returned says what a move of a part takes from its pool, below zero what comes
// back to it. It is empty where the move changes nothing of it.
func returned(before, after aid.Commitment) map[aid.PackageID]int64 {
	units := after.Held()
	for p, n := range before.Held() {
		if units[p] -= n; units[p] == 0 {
			delete(units, p)
		}
	}
	return units
}

// leftName spells a package as the name of an attribute. Identifiers of packages
// are small letters, digits and hyphens, so no two share a name.
func leftName(p aid.PackageID) string { return "p" + strings.ReplaceAll(string(p), "-", "X") }

// poolItem is a pool as it is stored. What is left of each line stands apart, by
// package, for a condition can name it there.
type poolItem struct {
	PK, SK       string
	ID           string           `dynamodbav:"id"`
	Aggregator   string           `dynamodbav:"aggregator"`
	Name         string           `dynamodbav:"name,omitempty"`
	Class        string           `dynamodbav:"class"`
	Collaborator string           `dynamodbav:"collaborator"`
	ReceivedOn   string           `dynamodbav:"receivedOn"`
	Lines        []poolLineItem   `dynamodbav:"lines"`
	Left         map[string]int64 `dynamodbav:"left"`
	At           int64            `dynamodbav:"at"`
	Changes      int64            `dynamodbav:"changes"`
}

type poolLineItem struct {
	Package  string `dynamodbav:"package"`
	Quantity int64  `dynamodbav:"quantity"`
	Unit     string `dynamodbav:"unit"`
	Value    int64  `dynamodbav:"value,omitempty"`
}

func poolItemOf(p aid.Pool) poolItem {
	k := poolKey(p.Aggregator, p.ID)
	it := poolItem{
		PK: k.PK, SK: k.SK, ID: string(p.ID), Aggregator: string(p.Aggregator), Name: p.Name, Class: string(p.Class), Changes: p.Changes,
		Collaborator: string(p.Collaborator), ReceivedOn: string(p.ReceivedOn), At: millis(p.CreatedAt), Left: map[string]int64{},
	}
	for _, l := range p.Lines {
		it.Lines = append(it.Lines, poolLineItem{string(l.Package), l.Quantity, l.Unit, int64(l.Value)})
		it.Left[leftName(l.Package)] = l.Left
	}
	return it
}

func (it poolItem) pool() aid.Pool {
	p := aid.Pool{
		ID: aid.PoolID(it.ID), Aggregator: aid.AggregatorID(it.Aggregator), Name: it.Name, Class: aid.Class(it.Class), Changes: it.Changes,
		Collaborator: aid.CollaboratorID(it.Collaborator), ReceivedOn: aid.Day(it.ReceivedOn), CreatedAt: moment(it.At),
	}
	for _, l := range it.Lines {
		pack := aid.PackageID(l.Package)
		p.Lines = append(p.Lines, aid.PoolLine{Package: pack, Quantity: l.Quantity, Left: it.Left[leftName(pack)], Unit: l.Unit, Value: aid.Rupiah(l.Value)})
	}
	return p
}

// partItem leads from a pool to one of its parts.
type partItem struct {
	PK, SK     string
	Recipient  string `dynamodbav:"recipient"`
	Commitment string `dynamodbav:"commitment"`
}

func partItemOf(c aid.Commitment) partItem {
	k := poolPartKey(c.Pool, c.ID)
	return partItem{PK: k.PK, SK: k.SK, Recipient: string(c.Recipient), Commitment: string(c.ID)}
}

// donorItem is a donor as it is stored.
type donorItem struct {
	PK, SK  string
	Name    string `dynamodbav:"name" personal:"name of who gave to an aggregator; for that aggregator; a year"`
	Email   string `dynamodbav:"email,omitempty" personal:"e-mail address of who gave to an aggregator, if they said; for that aggregator; a year"`
	Phone   string `dynamodbav:"phone,omitempty" personal:"telephone number of who gave to an aggregator, if they said; for that aggregator; a year"`
	Note    string `dynamodbav:"note,omitempty" personal:"what an aggregator wrote beside a gift; for that aggregator; a year"`
	Expires int64  `dynamodbav:"expires" personal:"-"` // seconds
}

func donorItemOf(p aid.Pool, d Donor) donorItem {
	k := donorKey(p.ID)
	return donorItem{
		PK: k.PK, SK: k.SK, Name: d.Contact.Name, Email: d.Contact.Email, Phone: d.Contact.Phone, Note: d.Note,
		Expires: p.CreatedAt.Add(donorKept).Unix(),
	}
}

func (it donorItem) donor() Donor {
	return Donor{Contact: aid.Contact{Name: it.Name, Email: it.Email, Phone: it.Phone}, Note: it.Note}
}
