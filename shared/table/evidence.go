package table

import (
	"context"
	"fmt"
	"maps"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/shared/aid"
)

// EvidenceRef finds what is known of one file: of a commitment, or of a
// complaint.
type EvidenceRef struct {
	Recipient  aid.RecipientID
	Commitment aid.CommitmentID
	Complaint  aid.ComplaintID
	ID         aid.EvidenceID
}

func refOf(e aid.Evidence) EvidenceRef {
	return EvidenceRef{Recipient: e.Recipient, Commitment: e.Commitment, Complaint: e.Complaint, ID: e.ID}
}

// AddEvidence records that a file was announced. Its id is random, so one that
// is there already wraps [aid.ErrExists].
func (t *Table) AddEvidence(ctx context.Context, e aid.Evidence) error {
	it, err := encode(evidenceItemOf(e))
	if err != nil {
		return fmt.Errorf("encode evidence %s: %w", e.ID, err)
	}
	writes := []write{create(t.name, it, func(item) error { return aid.ErrExists })}
	if e.Commitment != "" && e.SHA256 != "" {
		picture, err := encode(pictureItemOf(e))
		if err != nil {
			return fmt.Errorf("encode evidence %s: %w", e.ID, err)
		}
		writes = append(writes, put(t.name, picture))
	}
	if err := t.transact(ctx, writes); err != nil {
		return fmt.Errorf("add evidence %s: %w", e.ID, err)
	}
	return nil
}

// Evidence returns what is known of one file. One that nobody announced wraps
// [aid.ErrNotFound].
func (t *Table) Evidence(ctx context.Context, ref EvidenceRef) (aid.Evidence, error) {
	var it evidenceItem
	found, err := get(ctx, t.db, t.name, evidenceKey(ref), &it)
	if err != nil {
		return aid.Evidence{}, fmt.Errorf("read evidence %s: %w", ref.ID, err)
	}
	if !found {
		return aid.Evidence{}, fmt.Errorf("evidence %s: %w", ref.ID, aid.ErrNotFound)
	}
	return it.evidence(), nil
}

// EvidenceOf returns every file that was announced for a commitment, ordered by
// ID.
func (t *Table) EvidenceOf(ctx context.Context, r aid.RecipientID, c aid.CommitmentID) ([]aid.Evidence, error) {
	condition := "PK = :pk AND begins_with(SK, :prefix)"
	all := []aid.Evidence{}
	err := query(ctx, t.db, &dynamodb.QueryInput{
		TableName: &t.name, KeyConditionExpression: &condition,
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":pk": text(recipientPK(r)), ":prefix": text(evidencePrefix + string(c) + "#"),
		},
	}, func(it item) error {
		var e evidenceItem
		err := attributevalue.UnmarshalMap(it, &e)
		all = append(all, e.evidence())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read evidence of commitment %s: %w", c, err)
	}
	return all, nil
}

// JudgeEvidence stores the state, refusal, version and instant that e was judged
// with, and wakes the publisher if the file belongs to a commitment. What was
// judged stays as it was: judging again changes nothing and succeeds, so a file
// that is replaced after its check is never looked at. A file that nobody
// announced wraps [aid.ErrNotFound].
func (t *Table) JudgeEvidence(ctx context.Context, e aid.Evidence) error {
	update := "SET #state = :state, #refusal = :refusal, #objectVersion = :objectVersion, #checkedAt = :at"
	values := keyed{
		":state": text(string(e.State)), ":refusal": text(string(e.Refusal)), ":objectVersion": text(e.Version),
		":at": number(millis(e.CheckedAt)), ":awaited": text(string(aid.EvidenceAwaited)),
	}
	if w := e.Work(); w.Lane != "" {
		waits, at := workAttributes(w, string(e.ID))
		update += ", " + waits
		maps.Copy(values, at)
	}
	x := express(update, "#state = :awaited", values)
	writes := []write{change(t.name, evidenceKey(refOf(e)), x, func(old item) error {
		if old == nil {
			return aid.ErrNotFound
		}
		return errRepeated
	})}
	if e.Commitment != "" && e.State == aid.EvidenceAccepted {
		c := aid.Commitment{ID: e.Commitment, Recipient: e.Recipient, Leaf: e.Leaf}
		writes = append(writes, t.activity(c, aid.Standing{}, e.CheckedAt))
	}
	if err := t.transact(ctx, writes); err != nil && err != errRepeated {
		return fmt.Errorf("judge evidence %s: %w", e.ID, err)
	}
	return nil
}

// evidenceItem is what is known of a file, as it is stored.
type evidenceItem struct {
	PK, SK     string
	ID         string `dynamodbav:"id"`
	Commitment string `dynamodbav:"commitment,omitempty"`
	Recipient  string `dynamodbav:"recipient,omitempty"`
	Leaf       string `dynamodbav:"leaf,omitempty"`
	Complaint  string `dynamodbav:"complaint,omitempty"`
	Kind       string `dynamodbav:"kind"`
	Type       string `dynamodbav:"type"`
	Length     int64  `dynamodbav:"length"`
	SHA256     string `dynamodbav:"sha256"`
	State      string `dynamodbav:"state"`
	Refusal    string `dynamodbav:"refusal,omitempty"`
	Version    string `dynamodbav:"objectVersion,omitempty"`
	ByStaff    bool   `dynamodbav:"byStaff,omitempty"`
	At         int64  `dynamodbav:"at"`
	CheckedAt  int64  `dynamodbav:"checkedAt,omitempty"`

	Review        string `dynamodbav:"review,omitempty"`
	ReviewedAt    int64  `dynamodbav:"reviewedAt,omitempty"`
	ReviewVersion int64  `dynamodbav:"reviewVersion"`
	waiting
}

func evidenceItemOf(e aid.Evidence) evidenceItem {
	k := evidenceKey(refOf(e))
	it := evidenceItem{
		PK: k.PK, SK: k.SK, ID: string(e.ID), Commitment: string(e.Commitment), Recipient: string(e.Recipient), Complaint: string(e.Complaint),
		Kind: string(e.Kind), Type: e.Type, Length: e.Length, SHA256: e.SHA256, State: string(e.State), Refusal: string(e.Refusal),
		Version: e.Version, ByStaff: e.ByStaff, At: millis(e.At), CheckedAt: millis(e.CheckedAt), Review: string(e.Review), ReviewedAt: millis(e.ReviewedAt),
		ReviewVersion: e.ReviewVersion, waiting: waitingOf(e.Work(), string(e.ID)),
	}
	if e.Leaf != (aid.Leaf{}) {
		it.Leaf = e.Leaf.String()
	}
	return it
}

func (it evidenceItem) evidence() aid.Evidence {
	leaf, _ := aid.ParseLeaf(it.Leaf) // a file of a complaint has none
	return aid.Evidence{
		ID: aid.EvidenceID(it.ID), Commitment: aid.CommitmentID(it.Commitment), Recipient: aid.RecipientID(it.Recipient), Leaf: leaf,
		Complaint: aid.ComplaintID(it.Complaint), Kind: aid.EvidenceKind(it.Kind), Type: it.Type, Length: it.Length, SHA256: it.SHA256,
		State: aid.EvidenceState(it.State), Refusal: aid.EvidenceRefusal(it.Refusal), Version: it.Version, ByStaff: it.ByStaff,
		At: moment(it.At), CheckedAt: moment(it.CheckedAt), Review: aid.Review(it.Review), ReviewedAt: moment(it.ReviewedAt),
		ReviewVersion: it.ReviewVersion,
	}
}
