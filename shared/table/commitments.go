package table

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/shared/aid"
)

// Submission is a commitment as it arrives, with its private side.
type Submission struct {
	Commitment aid.Commitment
	Credential aid.Credential
	// Fingerprint stands for what was asked. It is kept in the ledger, so it
	// must be a keyed hash: the plain hash of a body that holds a phone number
	// can be guessed back.
	Fingerprint string
	// ChallengeID names the proof of work that paid for the submission. Its
	// record may be forgotten an hour after ChallengeExpires: from that instant
	// on the caller refuses the challenge without asking.
	ChallengeID      string
	ChallengeExpires time.Time
}

// challengeMargin is how long a used challenge is remembered after it expired,
// so that machines whose clocks differ refuse it all the same.
const challengeMargin = time.Hour

// Commitments returns every commitment to a recipient, in any state, ordered by
// ID. A recipient without commitments, or unknown, has none.
func (l *Ledger) Commitments(ctx context.Context, r aid.RecipientID) ([]aid.Commitment, error) {
	condition := "PK = :pk AND begins_with(SK, :prefix)"
	commitments := []aid.Commitment{}
	err := query(ctx, l.db, &dynamodb.QueryInput{
		TableName: &l.name, KeyConditionExpression: &condition,
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": text(recipientPK(r)), ":prefix": text(commitmentPrefix)},
	}, func(it item) error {
		var c commitmentItem
		if err := attributevalue.UnmarshalMap(it, &c); err != nil {
			return err
		}
		commitment, err := c.commitment()
		commitments = append(commitments, commitment)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read commitments of %s: %w", r, err)
	}
	return commitments, nil
}

// History returns every commitment to a recipient, in any state, and what is
// known of the evidence for them, each ordered by ID, in one reading.
func (l *Ledger) History(ctx context.Context, r aid.RecipientID) ([]aid.Commitment, []aid.Evidence, error) {
	condition := "PK = :pk AND SK BETWEEN :from AND :to"
	commitments, evidence := []aid.Commitment{}, []aid.Evidence{}
	err := query(ctx, l.db, &dynamodb.QueryInput{
		TableName: &l.name, KeyConditionExpression: &condition,
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":pk": text(recipientPK(r)), ":from": text(commitmentPrefix), ":to": text(evidencePrefix + "~"),
		},
	}, func(it item) error {
		var k key
		if err := attributevalue.UnmarshalMap(it, &k); err != nil {
			return err
		}
		if strings.HasPrefix(k.SK, evidencePrefix) {
			var e evidenceItem
			err := attributevalue.UnmarshalMap(it, &e)
			evidence = append(evidence, e.evidence())
			return err
		}
		var c commitmentItem
		if err := attributevalue.UnmarshalMap(it, &c); err != nil {
			return err
		}
		commitment, err := c.commitment()
		commitments = append(commitments, commitment)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read history of %s: %w", r, err)
	}
	return commitments, evidence, nil
}

// Commitment returns one commitment. An unknown one wraps [aid.ErrNotFound].
func (t *Table) Commitment(ctx context.Context, r aid.RecipientID, id aid.CommitmentID) (aid.Commitment, error) {
	var it commitmentItem
	found, err := get(ctx, t.db, t.name, commitmentKey(r, id), &it)
	if err != nil {
		return aid.Commitment{}, fmt.Errorf("read commitment %s: %w", id, err)
	}
	if !found {
		return aid.Commitment{}, fmt.Errorf("commitment %s: %w", id, aid.ErrNotFound)
	}
	return it.commitment()
}

// Submitted tells whether a submission was made under this id before. If it
// asked the same, it returns the commitment as it now stands and true; if it
// asked something else, it wraps [aid.ErrExists]. It lets a caller answer a
// repeat whose challenge has expired meanwhile.
func (t *Table) Submitted(ctx context.Context, id aid.CommitmentID, fingerprint string) (stored aid.Commitment, repeated bool, err error) {
	var request submissionItem
	found, err := get(ctx, t.db, t.name, submissionKey(id), &request)
	if err != nil {
		return aid.Commitment{}, false, fmt.Errorf("find submission %s: %w", id, err)
	}
	if !found {
		return aid.Commitment{}, false, nil
	}
	return t.repeat(ctx, id, fingerprint, request)
}

// Submit records a commitment that is not verified yet, its private side, the
// letter that carries the code, and that its challenge is used. It reserves
// nothing.
//
// Submitting the same again writes nothing and returns the commitment as it now
// stands with repeated true, so callers may retry freely. An id under which
// something else was submitted wraps [aid.ErrExists], a challenge that paid for
// another submission [aid.ErrChallenge].
func (t *Table) Submit(ctx context.Context, s Submission) (stored aid.Commitment, repeated bool, err error) {
	c := s.Commitment
	if s.Credential.Commitment != c.ID || s.Credential.Recipient != c.Recipient {
		return aid.Commitment{}, false, fmt.Errorf("submit commitment %s: credential of %s at %s", c.ID, s.Credential.Commitment, s.Credential.Recipient)
	}
	if stored, err = commitmentItemOf(c).commitment(); err != nil {
		return aid.Commitment{}, false, fmt.Errorf("submit commitment %s: %w", c.ID, err)
	}
	taken := func(item) error { return aid.ErrExists }
	var request submissionItem
	writes, err := encodeWrites(
		created{t.name, submissionItemOf(s), func(old item) error {
			if err := attributevalue.UnmarshalMap(old, &request); err != nil {
				return err
			}
			return errRepeated
		}},
		created{t.name, numberItemOf(c), taken},
		created{t.name, commitmentItemOf(c), taken},
		created{t.private, credentialItemOf(s.Credential), taken},
		created{t.name, letterItemOf(c, aid.LetterCode, c.Version, c.SubmittedAt), taken},
		created{t.name, challengeItemOf(s), func(item) error { return aid.ErrChallenge }},
	)
	if err != nil {
		return aid.Commitment{}, false, fmt.Errorf("encode commitment %s: %w", c.ID, err)
	}
	switch err := t.transact(ctx, writes); {
	case err == errRepeated:
		return t.repeat(ctx, c.ID, s.Fingerprint, request)
	case err != nil:
		return aid.Commitment{}, false, fmt.Errorf("submit commitment %s: %w", c.ID, err)
	}
	return stored, false, nil
}

// repeat answers a submission under an id for which request was recorded.
func (t *Table) repeat(ctx context.Context, id aid.CommitmentID, fingerprint string, request submissionItem) (aid.Commitment, bool, error) {
	if request.Fingerprint != fingerprint {
		return aid.Commitment{}, false, fmt.Errorf("commitment %s: %w", id, aid.ErrExists)
	}
	stored, err := t.Commitment(ctx, aid.RecipientID(request.Recipient), id)
	return stored, err == nil, err
}

// Find returns the recipient and the id of the commitment with a number such as
// "K-7F3Q-21XA". An unknown one wraps [aid.ErrNotFound].
func (t *Table) Find(ctx context.Context, number string) (aid.RecipientID, aid.CommitmentID, error) {
	var it numberItem
	found, err := get(ctx, t.db, t.name, numberKey(number), &it)
	if err != nil {
		return "", "", fmt.Errorf("find commitment %s: %w", number, err)
	}
	if !found {
		return "", "", fmt.Errorf("commitment %s: %w", number, aid.ErrNotFound)
	}
	return aid.RecipientID(it.Recipient), aid.CommitmentID(it.Commitment), nil
}

// Locate returns the recipient of a commitment. An unknown one wraps
// [aid.ErrNotFound].
func (t *Table) Locate(ctx context.Context, id aid.CommitmentID) (aid.RecipientID, error) {
	r, _, err := t.Find(ctx, id.Number())
	return r, err
}

// created is an item that must not exist yet, and what it means when it does.
type created struct {
	table  string
	item   any
	refuse func(old item) error
}

func encodeWrites(parts ...created) ([]write, error) {
	writes := make([]write, len(parts))
	for i, p := range parts {
		it, err := encode(p.item)
		if err != nil {
			return nil, err
		}
		writes[i] = create(p.table, it, p.refuse)
	}
	return writes, nil
}

// submissionItem remembers what was asked under an id. It is kept for good: a
// phone may come back online after weeks and send again.
type submissionItem struct {
	PK, SK      string
	Fingerprint string `dynamodbav:"fingerprint"`
	Recipient   string `dynamodbav:"recipient"`
	Leaf        string `dynamodbav:"leaf"`
	At          int64  `dynamodbav:"at"`
}

func submissionItemOf(s Submission) submissionItem {
	k := submissionKey(s.Commitment.ID)
	return submissionItem{
		PK: k.PK, SK: k.SK, Fingerprint: s.Fingerprint, Recipient: string(s.Commitment.Recipient),
		Leaf: s.Commitment.Leaf.String(), At: millis(s.Commitment.SubmittedAt),
	}
}

// numberItem leads from the number that people say to the commitment. Two
// commitments never share one: the second submission is refused.
type numberItem struct {
	PK, SK     string
	Recipient  string `dynamodbav:"recipient"`
	Commitment string `dynamodbav:"commitment"`
}

func numberItemOf(c aid.Commitment) numberItem {
	k := numberKey(c.ID.Number())
	return numberItem{PK: k.PK, SK: k.SK, Recipient: string(c.Recipient), Commitment: string(c.ID)}
}

// challengeItem marks a challenge as used.
type challengeItem struct {
	PK, SK     string
	Commitment string `dynamodbav:"commitment"`
	Expires    int64  `dynamodbav:"expires"` // seconds
}

func challengeItemOf(s Submission) challengeItem {
	k := challengeKey(s.ChallengeID)
	return challengeItem{PK: k.PK, SK: k.SK, Commitment: string(s.Commitment.ID), Expires: s.ChallengeExpires.Add(challengeMargin).Unix()}
}

// commitmentItem is a commitment as it is stored.
type commitmentItem struct {
	PK, SK       string
	ID           string     `dynamodbav:"id"`
	Recipient    string     `dynamodbav:"recipient"`
	Leaf         string     `dynamodbav:"leaf"`
	Program      string     `dynamodbav:"program"`
	Lines        []lineItem `dynamodbav:"lines"`
	From         string     `dynamodbav:"from"`
	To           string     `dynamodbav:"to"`
	Route        string     `dynamodbav:"route"`
	Aggregator   string     `dynamodbav:"aggregator,omitempty"`
	Pool         string     `dynamodbav:"pool,omitempty"`
	Name         string     `dynamodbav:"name,omitempty"`
	Salt         string     `dynamodbav:"salt,omitempty"`
	Class        string     `dynamodbav:"class"`
	Collaborator string     `dynamodbav:"collaborator"`
	Demo         bool       `dynamodbav:"demo,omitempty"`
	State        string     `dynamodbav:"state"`
	Version      int64      `dynamodbav:"version"`
	SubmittedAt  int64      `dynamodbav:"submittedAt"`
	VerifyBy     int64      `dynamodbav:"verifyBy"`
	PledgedAt    int64      `dynamodbav:"pledgedAt"`
	ContactBy    int64      `dynamodbav:"contactBy"`
	ContactedAt  int64      `dynamodbav:"contactedAt,omitempty"`
	SilentAt     int64      `dynamodbav:"silentAt,omitempty"`
	Renewed      bool       `dynamodbav:"renewed,omitempty"`
	ScheduleOn   string     `dynamodbav:"scheduleOn,omitempty"`
	ScheduleFrom string     `dynamodbav:"scheduleFrom,omitempty"`
	ScheduleTo   string     `dynamodbav:"scheduleTo,omitempty"`
	SignedAt     int64      `dynamodbav:"signedAt,omitempty"`
	Letter       string     `dynamodbav:"letter,omitempty"`
	Deliveries   []handover `dynamodbav:"deliveries,omitempty"`
	ReleasedAt   int64      `dynamodbav:"releasedAt,omitempty"`
	EndedAt      int64      `dynamodbav:"endedAt"`
	Reason       string     `dynamodbav:"reason"`
	ForgottenAt  int64      `dynamodbav:"forgottenAt,omitempty"`
	Told         []string   `dynamodbav:"told,omitempty"`
	Log          []event    `dynamodbav:"log,omitempty"`
	NameHidden   bool       `dynamodbav:"nameHidden,omitempty"`
	TextsHidden  []int      `dynamodbav:"textsHidden,omitempty"`
	// The key of the index by due time. A commitment that nothing is due for has
	// none, and is not in the index.
	DueShard string `dynamodbav:"dueShard,omitempty"`
	DueAt    int64  `dynamodbav:"dueAt,omitempty"`
	waiting
}

// handover is a delivery as it is stored.
type handover struct {
	ID         string   `dynamodbav:"id"`
	Number     string   `dynamodbav:"number"`
	On         string   `dynamodbav:"on"`
	Quantities []int64  `dynamodbav:"quantities"`
	Evidence   []string `dynamodbav:"evidence,omitempty"`
	ReportedAt int64    `dynamodbav:"reportedAt"`
	ReportedBy string   `dynamodbav:"reportedBy"`
	Answer     string   `dynamodbav:"answer,omitempty"`
	Received   []int64  `dynamodbav:"received,omitempty"`
	AnsweredAt int64    `dynamodbav:"answeredAt,omitempty"`
	Via        string   `dynamodbav:"via,omitempty"`
	SettledAt  int64    `dynamodbav:"settledAt,omitempty"`
	SettledBy  string   `dynamodbav:"settledBy,omitempty"`
}

// event is a step as it is stored.
type event struct {
	At       int64   `dynamodbav:"at"`
	Move     string  `dynamodbav:"move"`
	By       string  `dynamodbav:"by"`
	Delivery int     `dynamodbav:"delivery,omitempty"`
	Received []int64 `dynamodbav:"received,omitempty"`
}

type lineItem struct {
	Need       string `dynamodbav:"need,omitempty"`
	Package    string `dynamodbav:"package,omitempty"`
	Quantity   int64  `dynamodbav:"quantity"`
	Unit       string `dynamodbav:"unit"`
	Equivalent string `dynamodbav:"equivalent,omitempty"`
	Free       string `dynamodbav:"free,omitempty"`
	Value      int64  `dynamodbav:"value"`
	Estimated  bool   `dynamodbav:"estimated,omitempty"`
}

func commitmentItemOf(c aid.Commitment) commitmentItem {
	k := commitmentKey(c.Recipient, c.ID)
	it := commitmentItem{
		PK: k.PK, SK: k.SK, ID: string(c.ID), Recipient: string(c.Recipient), Leaf: c.Leaf.String(), Program: string(c.Program),
		From: string(c.Period.From), To: string(c.Period.To), Route: string(c.Route), Aggregator: string(c.Aggregator), Pool: string(c.Pool), Name: c.Name, Salt: c.Salt,
		Class: string(c.Class), Collaborator: string(c.Collaborator), Demo: c.Demo, State: string(c.State), Version: c.Version,
		SubmittedAt: millis(c.SubmittedAt), VerifyBy: millis(c.VerifyBy), PledgedAt: millis(c.PledgedAt),
		ContactBy: millis(c.ContactBy), ContactedAt: millis(c.ContactedAt), SilentAt: millis(c.SilentAt), Renewed: c.Renewed,
		ScheduleOn: string(c.Schedule.On), ScheduleFrom: c.Schedule.From, ScheduleTo: c.Schedule.To, SignedAt: millis(c.SignedAt),
		Letter: c.Letter, ReleasedAt: millis(c.ReleasedAt), EndedAt: millis(c.EndedAt), Reason: c.Reason, ForgottenAt: millis(c.ForgottenAt),
	}
	it.NameHidden, it.TextsHidden, it.waiting = c.NameHidden, slices.Clone(c.TextsHidden), waitingOf(c.Work(), string(c.ID))
	if !c.DueAt.IsZero() {
		it.DueShard, it.DueAt = dueShard(string(c.ID)), millis(c.DueAt)
	}
	for _, d := range c.Deliveries {
		h := handover{
			ID: string(d.ID), Number: string(d.Number), On: string(d.On), Quantities: slices.Clone(d.Quantities), ReportedAt: millis(d.ReportedAt),
			ReportedBy: string(d.ReportedBy), Answer: string(d.Answer), Received: slices.Clone(d.Received), AnsweredAt: millis(d.AnsweredAt),
			Via: string(d.Via), SettledAt: millis(d.SettledAt), SettledBy: string(d.SettledBy),
		}
		for _, e := range d.Evidence {
			h.Evidence = append(h.Evidence, string(e))
		}
		it.Deliveries = append(it.Deliveries, h)
	}
	for _, k := range c.Told {
		it.Told = append(it.Told, string(k))
	}
	for _, e := range c.Log {
		it.Log = append(it.Log, event{millis(e.At), string(e.Move), string(e.By), e.Delivery, slices.Clone(e.Received)})
	}
	for _, l := range c.Lines {
		it.Lines = append(it.Lines, lineItem{string(l.Need), string(l.Package), l.Quantity, l.Unit, l.Equivalent, l.Free, int64(l.Value), l.Estimated})
	}
	return it
}

func (it commitmentItem) commitment() (aid.Commitment, error) {
	leaf, err := aid.ParseLeaf(it.Leaf)
	if err != nil {
		return aid.Commitment{}, fmt.Errorf("decode commitment %s: %w", it.ID, err)
	}
	return it.in(leaf), nil
}

// in returns the commitment, given its leaf.
func (it commitmentItem) in(leaf aid.Leaf) aid.Commitment {
	c := aid.Commitment{
		ID: aid.CommitmentID(it.ID), Recipient: aid.RecipientID(it.Recipient), Leaf: leaf, Program: aid.ProgramID(it.Program),
		Period: aid.Period{From: aid.Day(it.From), To: aid.Day(it.To)}, Route: aid.Route(it.Route),
		Aggregator: aid.AggregatorID(it.Aggregator), Pool: aid.PoolID(it.Pool), Name: it.Name, Salt: it.Salt, Class: aid.Class(it.Class),
		Collaborator: aid.CollaboratorID(it.Collaborator), Demo: it.Demo, State: aid.State(it.State), Version: it.Version,
		SubmittedAt: moment(it.SubmittedAt), VerifyBy: moment(it.VerifyBy), PledgedAt: moment(it.PledgedAt),
		ContactBy: moment(it.ContactBy), ContactedAt: moment(it.ContactedAt), SilentAt: moment(it.SilentAt), Renewed: it.Renewed,
		Schedule: aid.Appointment{On: aid.Day(it.ScheduleOn), From: it.ScheduleFrom, To: it.ScheduleTo}, SignedAt: moment(it.SignedAt),
		Letter: it.Letter, ReleasedAt: moment(it.ReleasedAt), EndedAt: moment(it.EndedAt), Reason: it.Reason,
		ForgottenAt: moment(it.ForgottenAt), DueAt: moment(it.DueAt), NameHidden: it.NameHidden, TextsHidden: slices.Clone(it.TextsHidden),
	}
	for _, h := range it.Deliveries {
		d := aid.Delivery{
			ID: aid.DeliveryID(h.ID), Number: aid.BASTNumber(h.Number), On: aid.Day(h.On), Quantities: slices.Clone(h.Quantities),
			ReportedAt: moment(h.ReportedAt), ReportedBy: aid.Role(h.ReportedBy), Answer: aid.Answer(h.Answer), Received: slices.Clone(h.Received),
			AnsweredAt: moment(h.AnsweredAt), Via: aid.Via(h.Via), SettledAt: moment(h.SettledAt), SettledBy: aid.Role(h.SettledBy),
		}
		for _, e := range h.Evidence {
			d.Evidence = append(d.Evidence, aid.EvidenceID(e))
		}
		c.Deliveries = append(c.Deliveries, d)
	}
	for _, k := range it.Told {
		c.Told = append(c.Told, aid.LetterKind(k))
	}
	for _, e := range it.Log {
		c.Log = append(c.Log, aid.Event{At: moment(e.At), Move: aid.Move(e.Move), By: aid.Role(e.By), Delivery: e.Delivery, Received: slices.Clone(e.Received)})
	}
	for _, l := range it.Lines {
		c.Lines = append(c.Lines, aid.Line{
			Need: aid.NeedID(l.Need), Package: aid.PackageID(l.Package), Quantity: l.Quantity, Unit: l.Unit,
			Equivalent: l.Equivalent, Free: l.Free, Value: aid.Rupiah(l.Value), Estimated: l.Estimated,
		})
	}
	return c
}
