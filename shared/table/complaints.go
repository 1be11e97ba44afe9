package table

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// Filing is a complaint as it arrives, with what was written and the secret
// that proves who wrote it.
type Filing struct {
	Complaint  aid.Complaint
	Words      aid.Words
	SecretHash []byte
	// Fingerprint stands for what was sent; it must be a keyed hash, as that of
	// a [Submission].
	Fingerprint      string
	ChallengeID      string
	ChallengeExpires time.Time
}

// FileComplaint records a complaint, apart from it what was written, the letter
// to the office, and that its challenge is used.
//
// Filing the same again writes nothing and returns the complaint as it now
// stands with repeated true. An id under which something else was filed wraps
// [aid.ErrExists], a challenge that paid for something else [aid.ErrChallenge].
func (t *Table) FileComplaint(ctx context.Context, f Filing) (stored aid.Complaint, repeated bool, err error) {
	c := f.Complaint
	// Not in the transaction: every complaint of a month would meet there. A
	// month that is named and has no complaint is harmless.
	if err := t.nameMonth(ctx, monthOf(c.ReceivedAt)); err != nil {
		return aid.Complaint{}, false, fmt.Errorf("file complaint %s: %w", c.ID, err)
	}
	taken := func(item) error { return aid.ErrExists }
	var request filingItem
	writes, err := encodeWrites(
		created{t.name, filingItemOf(f), func(old item) error {
			if err := attributevalue.UnmarshalMap(old, &request); err != nil {
				return err
			}
			return errRepeated
		}},
		created{t.name, ticketItemOf(c), taken},
		created{t.name, complaintItemOf(c), taken},
		created{t.name, complaintLetterItemOf(c, aid.LetterOfficeComplaint), taken},
		created{t.name, paidItemOf(f.ChallengeID, string(c.ID), f.ChallengeExpires), func(item) error { return aid.ErrChallenge }},
	)
	if err != nil {
		return aid.Complaint{}, false, fmt.Errorf("encode complaint %s: %w", c.ID, err)
	}
	// Whoever files may not read what was filed, so these ask for nothing back;
	// the request's own record proves that they are new.
	private, err := privateFiling(f)
	if err != nil {
		return aid.Complaint{}, false, fmt.Errorf("encode complaint %s: %w", c.ID, err)
	}
	for _, it := range private {
		writes = append(writes, put(t.private, it))
	}
	switch err := t.transact(ctx, writes); {
	case err == errRepeated:
		return t.refiled(ctx, c.ID, f.Fingerprint, request)
	case err != nil:
		return aid.Complaint{}, false, fmt.Errorf("file complaint %s: %w", c.ID, err)
	}
	return complaintItemOf(c).complaint(), false, nil
}

// Filed tells whether a complaint was filed under this id before, as
// [Table.Submitted] does for commitments.
func (t *Table) Filed(ctx context.Context, id aid.ComplaintID, fingerprint string) (stored aid.Complaint, repeated bool, err error) {
	var request filingItem
	found, err := get(ctx, t.db, t.name, filingKey(id), &request)
	if err != nil {
		return aid.Complaint{}, false, fmt.Errorf("find complaint %s: %w", id, err)
	}
	if !found {
		return aid.Complaint{}, false, nil
	}
	return t.refiled(ctx, id, fingerprint, request)
}

func (t *Table) refiled(ctx context.Context, id aid.ComplaintID, fingerprint string, request filingItem) (aid.Complaint, bool, error) {
	if request.Fingerprint != fingerprint {
		return aid.Complaint{}, false, fmt.Errorf("complaint %s: %w", id, aid.ErrExists)
	}
	stored, err := t.complaint(ctx, id, request.Month)
	return stored, err == nil, err
}

func (t *Table) nameMonth(ctx context.Context, month string) error {
	it, err := encode(key{casesPK, month})
	if err != nil {
		return err
	}
	condition := absent
	_, err = t.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.name, Item: it, ConditionExpression: &condition})
	var there *types.ConditionalCheckFailedException
	if errors.As(err, &there) {
		return nil
	}
	return busy(err)
}

// Complaint returns one complaint. An unknown one wraps [aid.ErrNotFound].
func (t *Table) Complaint(ctx context.Context, id aid.ComplaintID) (aid.Complaint, error) {
	var request filingItem
	found, err := get(ctx, t.db, t.name, filingKey(id), &request)
	if err != nil {
		return aid.Complaint{}, fmt.Errorf("find complaint %s: %w", id, err)
	}
	if !found {
		return aid.Complaint{}, fmt.Errorf("complaint %s: %w", id, aid.ErrNotFound)
	}
	return t.complaint(ctx, id, request.Month)
}

func (t *Table) complaint(ctx context.Context, id aid.ComplaintID, month string) (aid.Complaint, error) {
	var it complaintItem
	found, err := get(ctx, t.db, t.name, caseKey(month, id), &it)
	if err != nil {
		return aid.Complaint{}, fmt.Errorf("read complaint %s: %w", id, err)
	}
	if !found {
		return aid.Complaint{}, fmt.Errorf("complaint %s: %w", id, aid.ErrNotFound)
	}
	return it.complaint(), nil
}

// ComplaintMonths lists the months in which complaints arrived, "2026-03",
// oldest first. It may name one in which none did.
func (l *Ledger) ComplaintMonths(ctx context.Context) ([]string, error) {
	condition := "PK = :pk"
	months := []string{}
	err := query(ctx, l.db, &dynamodb.QueryInput{
		TableName: &l.name, KeyConditionExpression: &condition, ExpressionAttributeValues: map[string]types.AttributeValue{":pk": text(casesPK)},
	}, func(it item) error {
		var k key
		err := attributevalue.UnmarshalMap(it, &k)
		months = append(months, k.SK)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read months of complaints: %w", err)
	}
	return months, nil
}

// ComplaintsOf returns every complaint that arrived in a month, ordered by ID.
func (l *Ledger) ComplaintsOf(ctx context.Context, month string) ([]aid.Complaint, error) {
	condition := "PK = :pk"
	all := []aid.Complaint{}
	err := query(ctx, l.db, &dynamodb.QueryInput{
		TableName: &l.name, KeyConditionExpression: &condition,
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": text(casePrefix + month)},
	}, func(it item) error {
		var c complaintItem
		err := attributevalue.UnmarshalMap(it, &c)
		all = append(all, c.complaint())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read complaints of %s: %w", month, err)
	}
	return all, nil
}

// MoveComplaint stores one move of a complaint in which nothing is written,
// with the letters that go out for it. A forgotten complaint loses all that was
// written, its reporter's contact and its link.
//
// The same move again changes nothing and succeeds. A complaint that is no
// longer as before says wraps [aid.ErrStale], an unknown one [aid.ErrNotFound].
func (t *Table) MoveComplaint(ctx context.Context, before, after aid.Complaint, letters ...aid.LetterKind) error {
	writes, err := t.complaintMoveWrites(before, after, letters)
	if err == nil {
		err = t.transact(ctx, writes)
	}
	if err != nil && err != errRepeated {
		return fmt.Errorf("move complaint %s: %w", before.ID, err)
	}
	return nil
}

// TakeComplaint stores the move by which a complaint is taken up and on whose
// desk it then lies, both or neither, so that no complaint is in the works and
// with nobody.
//
// The same again changes nothing and succeeds. A complaint that is no longer as
// before says, and a desk that changed hands since it was read, wrap
// [aid.ErrStale].
func (t *Table) TakeComplaint(ctx context.Context, before, after aid.Complaint, desk Desk, to aid.OfficerID, name string) error {
	writes, err := t.complaintMoveWrites(before, after, nil)
	if err == nil {
		err = t.assign(ctx, ComplaintObject(before.ID), desk, to, name, after.AssignedAt, writes)
	}
	if err != nil {
		return fmt.Errorf("take complaint %s: %w", before.ID, err)
	}
	return nil
}

// ComplaintObject names a complaint as acts and desks do.
func ComplaintObject(id aid.ComplaintID) string { return string(WorkComplaint) + "/" + string(id) }

// complaintMoveWrites spells one move of a complaint in which nothing is written.
func (t *Table) complaintMoveWrites(before, after aid.Complaint, letters []aid.LetterKind) ([]write, error) {
	if err := checkComplaintMove(before, after, 0); err != nil {
		return nil, err
	}
	made := caseMoveItemOf(after)
	writes, err := t.complaintWrites(before, after, made, func(old item) error {
		var other caseMoveItem
		if err := attributevalue.UnmarshalMap(old, &other); err != nil {
			return err
		}
		if other.same(made) {
			return errRepeated
		}
		return aid.ErrStale
	}, letters)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	if before.ForgottenAt.IsZero() && !after.ForgottenAt.IsZero() {
		for _, k := range privateKeys(after) {
			writes = append(writes, remove(t.private, k))
		}
	}
	return writes, nil
}

// WriteMessage stores the move by which after has one message more than before,
// with its words. fingerprint stands for them and must be a keyed hash.
//
// The same message again changes nothing and succeeds; its id with other words
// wraps [aid.ErrExists]. A complaint that is no longer as before says wraps
// [aid.ErrStale], an unknown one [aid.ErrNotFound].
func (t *Table) WriteMessage(ctx context.Context, before, after aid.Complaint, words, fingerprint string, letters ...aid.LetterKind) error {
	if err := checkComplaintMove(before, after, 1); err != nil {
		return fmt.Errorf("write to complaint %s: %w", before.ID, err)
	}
	m := after.Messages[len(after.Messages)-1]
	writes, err := t.complaintWrites(before, after, writingItemOf(after.ID, m.ID, fingerprint), func(old item) error {
		var other writingItem
		if err := attributevalue.UnmarshalMap(old, &other); err != nil {
			return err
		}
		if other.Fingerprint == fingerprint {
			return errRepeated
		}
		return aid.ErrExists
	}, letters)
	if err != nil {
		return fmt.Errorf("encode complaint %s: %w", before.ID, err)
	}
	said, err := encode(textItemOf(messageKey(after.ID, m), words))
	if err != nil {
		return fmt.Errorf("encode message of complaint %s: %w", before.ID, err)
	}
	if err := t.transact(ctx, append(writes, put(t.private, said))); err != nil && err != errRepeated {
		return fmt.Errorf("write to complaint %s: %w", before.ID, err)
	}
	return nil
}

// Wrote tells whether a message was written under this id with this
// fingerprint before. With another one it wraps [aid.ErrExists].
func (t *Table) Wrote(ctx context.Context, c aid.ComplaintID, m aid.MessageID, fingerprint string) (bool, error) {
	var it writingItem
	found, err := get(ctx, t.db, t.name, writingKey(c, m), &it)
	if err != nil {
		return false, fmt.Errorf("find message %s of complaint %s: %w", m, c, err)
	}
	if found && it.Fingerprint != fingerprint {
		return false, fmt.Errorf("message %s of complaint %s: %w", m, c, aid.ErrExists)
	}
	return found, nil
}

// complaintWrites spells what every move writes. The record stands first so
// that a repeat is recognised before anything else is refused.
func (t *Table) complaintWrites(before, after aid.Complaint, record any, repeated func(old item) error, letters []aid.LetterKind) ([]write, error) {
	made, err := encode(record)
	if err != nil {
		return nil, err
	}
	stored, err := encode(complaintItemOf(after))
	if err != nil {
		return nil, err
	}
	x := express("", "#version = :before", map[string]types.AttributeValue{":before": number(before.Version)})
	writes := []write{create(t.name, made, repeated), replace(t.name, stored, x, func(old item) error {
		if old == nil {
			return aid.ErrNotFound
		}
		return aid.ErrStale
	})}
	for _, kind := range letters {
		it, err := encode(complaintLetterItemOf(after, kind))
		if err != nil {
			return nil, err
		}
		writes = append(writes, put(t.name, it))
	}
	return writes, nil
}

// checkComplaintMove refuses what would not be one move.
func checkComplaintMove(before, after aid.Complaint, messages int) error {
	named := func(c aid.Complaint) aid.Complaint {
		return aid.Complaint{ID: c.ID, Class: c.Class, About: c.About, Area: c.Area, ReceivedAt: c.ReceivedAt}
	}
	if after.Version != before.Version+1 || len(after.Log) != len(before.Log)+1 || len(after.Messages) != len(before.Messages)+messages ||
		!reflect.DeepEqual(named(before), named(after)) {
		return errors.New("before and after are not one move apart")
	}
	return nil
}

// ComplaintSecret returns the hash of the secret of a complaint's link. One of
// an unknown or forgotten complaint wraps [aid.ErrNotFound].
func (t *Table) ComplaintSecret(ctx context.Context, id aid.ComplaintID) ([]byte, error) {
	var it linkItem
	found, err := get(ctx, t.db, t.private, ticketKey(id), &it)
	if err != nil {
		return nil, fmt.Errorf("read secret of complaint %s: %w", id, err)
	}
	if !found {
		return nil, fmt.Errorf("secret of complaint %s: %w", id, aid.ErrNotFound)
	}
	return it.SecretHash, nil
}

// Replies returns what the office wrote to whoever holds a complaint's link.
func (t *Table) Replies(ctx context.Context, id aid.ComplaintID) (map[aid.MessageID]string, error) {
	texts, err := t.texts(ctx, key{PK: replyKey(id, "").PK})
	if err != nil {
		return nil, fmt.Errorf("read replies to complaint %s: %w", id, err)
	}
	replies := map[aid.MessageID]string{}
	for sk, said := range texts {
		replies[aid.MessageID(sk)] = said
	}
	return replies, nil
}

// Reports returns what a reporter wrote, by message, and their e-mail address,
// empty when they gave none. It is for staff who may see the complaint.
func (t *Table) Reports(ctx context.Context, id aid.ComplaintID) (map[aid.MessageID]string, string, error) {
	texts, err := t.texts(ctx, key{PK: reportContactKey(id).PK, SK: reportTextKey(id, "").SK})
	if err != nil {
		return nil, "", fmt.Errorf("read complaint %s: %w", id, err)
	}
	reports := map[aid.MessageID]string{}
	for sk, said := range texts {
		reports[aid.MessageID(sk[len(reportTextKey(id, "").SK):])] = said
	}
	var contact reporterItem
	if _, err := get(ctx, t.db, t.private, reportContactKey(id), &contact); err != nil {
		return nil, "", fmt.Errorf("read reporter of complaint %s: %w", id, err)
	}
	return reports, contact.Email, nil
}

// texts returns the private texts under a key, by what follows it.
func (t *Table) texts(ctx context.Context, k key) (map[string]string, error) {
	q := &dynamodb.QueryInput{TableName: &t.private, ExpressionAttributeValues: map[string]types.AttributeValue{":pk": text(k.PK)}}
	condition := "PK = :pk"
	if k.SK != "" {
		condition += " AND begins_with(SK, :prefix)"
		q.ExpressionAttributeValues[":prefix"] = text(k.SK)
	}
	q.KeyConditionExpression = &condition
	texts := map[string]string{}
	return texts, query(ctx, t.db, q, func(it item) error {
		var said textItem
		err := attributevalue.UnmarshalMap(it, &said)
		texts[said.SK] = said.Text
		return err
	})
}

// EvidenceOfComplaint returns every file that was announced for a complaint,
// ordered by ID.
func (t *Table) EvidenceOfComplaint(ctx context.Context, id aid.ComplaintID) ([]aid.Evidence, error) {
	condition := "PK = :pk AND begins_with(SK, :prefix)"
	all := []aid.Evidence{}
	err := query(ctx, t.db, &dynamodb.QueryInput{
		TableName: &t.name, KeyConditionExpression: &condition,
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": text(complaintPrefix + string(id)), ":prefix": text(evidencePrefix)},
	}, func(it item) error {
		var e evidenceItem
		err := attributevalue.UnmarshalMap(it, &e)
		all = append(all, e.evidence())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read evidence of complaint %s: %w", id, err)
	}
	return all, nil
}

// IdeaFiling is an idea as it arrives, with what was written.
type IdeaFiling struct {
	Idea             aid.Idea
	Words            aid.IdeaWords
	Fingerprint      string // keyed
	ChallengeID      string
	ChallengeExpires time.Time
}

// FileIdea records an idea and that its challenge is used. Sending the same
// again writes nothing and returns the idea with repeated true; an id or a
// challenge that is taken is refused as by [Table.FileComplaint].
func (t *Table) FileIdea(ctx context.Context, f IdeaFiling) (stored aid.Idea, repeated bool, err error) {
	var request sendingItem
	writes, err := encodeWrites(
		created{t.name, sendingItemOf(f), func(old item) error {
			if err := attributevalue.UnmarshalMap(old, &request); err != nil {
				return err
			}
			return errRepeated
		}},
		created{t.name, ideaItemOf(f.Idea), func(item) error { return aid.ErrExists }},
		created{t.name, paidItemOf(f.ChallengeID, string(f.Idea.ID), f.ChallengeExpires), func(item) error { return aid.ErrChallenge }},
	)
	if err != nil {
		return aid.Idea{}, false, fmt.Errorf("encode idea %s: %w", f.Idea.ID, err)
	}
	private, err := privateIdea(f)
	if err != nil {
		return aid.Idea{}, false, fmt.Errorf("encode idea %s: %w", f.Idea.ID, err)
	}
	for _, it := range private {
		writes = append(writes, put(t.private, it))
	}
	switch err := t.transact(ctx, writes); {
	case err == errRepeated:
		return request.repeat(f.Idea.ID, f.Fingerprint)
	case err != nil:
		return aid.Idea{}, false, fmt.Errorf("file idea %s: %w", f.Idea.ID, err)
	}
	return ideaItemOf(f.Idea).idea(), false, nil
}

// FiledIdea tells whether an idea was sent under this id before, as [Table.Filed]
// does for complaints.
func (t *Table) FiledIdea(ctx context.Context, id aid.IdeaID, fingerprint string) (stored aid.Idea, repeated bool, err error) {
	var request sendingItem
	found, err := get(ctx, t.db, t.name, sendingKey(id), &request)
	if err != nil {
		return aid.Idea{}, false, fmt.Errorf("find idea %s: %w", id, err)
	}
	if !found {
		return aid.Idea{}, false, nil
	}
	return request.repeat(id, fingerprint)
}

// messageKey says where the words of a message are kept.
func messageKey(c aid.ComplaintID, m aid.Message) key {
	if m.From == aid.Reporter {
		return reportTextKey(c, m.ID)
	}
	return replyKey(c, m.ID)
}

// privateKeys lists everything private of a complaint.
func privateKeys(c aid.Complaint) []key {
	keys := []key{ticketKey(c.ID), reportContactKey(c.ID)}
	for _, m := range c.Messages {
		keys = append(keys, messageKey(c.ID, m))
	}
	return keys
}

func privateFiling(f Filing) ([]item, error) {
	parts := []any{linkItemOf(f), textItemOf(reportTextKey(f.Complaint.ID, aid.MessageID(f.Complaint.ID)), f.Words.Text)}
	if f.Words.Email != "" {
		k := reportContactKey(f.Complaint.ID)
		parts = append(parts, reporterItem{PK: k.PK, SK: k.SK, Email: f.Words.Email})
	}
	return encodeAll(parts)
}

// ideaContactDays is how long it is kept who sent an idea.
const ideaContactDays = 365

func privateIdea(f IdeaFiling) ([]item, error) {
	parts := []any{textItemOf(ideaTextKey(f.Idea.ID), f.Words.Text)}
	if f.Words.Name != "" || f.Words.Email != "" {
		k := ideaContactKey(f.Idea.ID)
		parts = append(parts, senderItem{
			PK: k.PK, SK: k.SK, Name: f.Words.Name, Email: f.Words.Email, Expires: f.Idea.ReceivedAt.AddDate(0, 0, ideaContactDays).Unix(),
		})
	}
	return encodeAll(parts)
}

func encodeAll(parts []any) ([]item, error) {
	items := make([]item, len(parts))
	for i, p := range parts {
		it, err := encode(p)
		if err != nil {
			return nil, err
		}
		items[i] = it
	}
	return items, nil
}

// complaintItem is a complaint as it is stored: nothing that was written, and
// nobody who wrote.
type complaintItem struct {
	PK, SK      string
	ID          string    `dynamodbav:"id"`
	Class       string    `dynamodbav:"class"`
	Recipient   string    `dynamodbav:"recipient,omitempty"`
	Office      string    `dynamodbav:"office,omitempty"` // the kelurahan that is named
	Aggregator  string    `dynamodbav:"aggregator,omitempty"`
	Commitment  string    `dynamodbav:"commitment,omitempty"`
	Area        string    `dynamodbav:"area,omitempty"`
	State       string    `dynamodbav:"state"`
	Version     int64     `dynamodbav:"version"`
	ReceivedAt  int64     `dynamodbav:"receivedAt"`
	DueBy       int64     `dynamodbav:"dueBy"`
	AssignedAt  int64     `dynamodbav:"assignedAt,omitempty"`
	AnsweredAt  int64     `dynamodbav:"answeredAt,omitempty"`
	ClosedAt    int64     `dynamodbav:"closedAt,omitempty"`
	EscalatedAt int64     `dynamodbav:"escalatedAt,omitempty"`
	Outcome     string    `dynamodbav:"outcome,omitempty"`
	ForgottenAt int64     `dynamodbav:"forgottenAt,omitempty"`
	Messages    []message `dynamodbav:"messages"`
	Log         []event   `dynamodbav:"log,omitempty"`
	DueShard    string    `dynamodbav:"dueShard,omitempty"`
	DueAt       int64     `dynamodbav:"dueAt,omitempty"`
	AnswerDays  int       `dynamodbav:"answerDays,omitempty"`
	QuietDays   int       `dynamodbav:"quietDays,omitempty"`
	Higher      string    `dynamodbav:"higher,omitempty"`
	waiting
}

// message says that something was written.
type message struct {
	ID   string `dynamodbav:"id"`
	At   int64  `dynamodbav:"at"`
	From string `dynamodbav:"from"`
}

func complaintItemOf(c aid.Complaint) complaintItem {
	k := caseKey(monthOf(c.ReceivedAt), c.ID)
	it := complaintItem{
		PK: k.PK, SK: k.SK, ID: string(c.ID), Class: string(c.Class), Recipient: string(c.About.Recipient), Office: string(c.About.Area),
		Aggregator: string(c.About.Aggregator), Commitment: c.About.Commitment, Area: string(c.Area), State: string(c.State),
		Version: c.Version, ReceivedAt: millis(c.ReceivedAt), DueBy: millis(c.DueBy), AssignedAt: millis(c.AssignedAt),
		AnsweredAt: millis(c.AnsweredAt), ClosedAt: millis(c.ClosedAt), EscalatedAt: millis(c.EscalatedAt), Outcome: string(c.Outcome),
		ForgottenAt: millis(c.ForgottenAt), AnswerDays: c.AnswerDays, QuietDays: c.QuietDays, Higher: string(c.Higher),
		waiting: waitingOf(c.Work(), string(c.ID)),
	}
	if !c.DueAt.IsZero() {
		it.DueShard, it.DueAt = dueShard(string(c.ID)), millis(c.DueAt)
	}
	for _, m := range c.Messages {
		it.Messages = append(it.Messages, message{string(m.ID), millis(m.At), string(m.From)})
	}
	for _, e := range c.Log {
		it.Log = append(it.Log, event{At: millis(e.At), Move: string(e.Move), By: string(e.By)})
	}
	return it
}

func (it complaintItem) complaint() aid.Complaint {
	c := aid.Complaint{
		ID: aid.ComplaintID(it.ID), Class: aid.ComplaintClass(it.Class),
		About: aid.About{Recipient: aid.RecipientID(it.Recipient), Area: area.Code(it.Office), Aggregator: aid.AggregatorID(it.Aggregator), Commitment: it.Commitment},
		Area:  area.Code(it.Area), State: aid.ComplaintState(it.State), Version: it.Version, ReceivedAt: moment(it.ReceivedAt),
		DueBy: moment(it.DueBy), AssignedAt: moment(it.AssignedAt), AnsweredAt: moment(it.AnsweredAt), ClosedAt: moment(it.ClosedAt),
		EscalatedAt: moment(it.EscalatedAt), Outcome: aid.Outcome(it.Outcome), ForgottenAt: moment(it.ForgottenAt), DueAt: moment(it.DueAt),
		AnswerDays: it.AnswerDays, QuietDays: it.QuietDays, Higher: aid.HigherDesk(it.Higher),
	}
	for _, m := range it.Messages {
		c.Messages = append(c.Messages, aid.Message{ID: aid.MessageID(m.ID), At: moment(m.At), From: aid.Role(m.From)})
	}
	for _, e := range it.Log {
		c.Log = append(c.Log, aid.ComplaintEvent{At: moment(e.At), Move: aid.ComplaintMove(e.Move), By: aid.Role(e.By)})
	}
	return c
}

// filingItem remembers what was filed under an id, and in which month.
type filingItem struct {
	PK, SK      string
	Fingerprint string `dynamodbav:"fingerprint"`
	Month       string `dynamodbav:"month"`
}

func filingItemOf(f Filing) filingItem {
	k := filingKey(f.Complaint.ID)
	return filingItem{PK: k.PK, SK: k.SK, Fingerprint: f.Fingerprint, Month: monthOf(f.Complaint.ReceivedAt)}
}

// ticketItem leads from a ticket to its complaint. Two never share one.
type ticketItem struct {
	PK, SK    string
	Complaint string `dynamodbav:"complaint"`
}

func ticketItemOf(c aid.Complaint) ticketItem {
	k := numberKey(c.ID.Ticket())
	return ticketItem{PK: k.PK, SK: k.SK, Complaint: string(c.ID)}
}

// caseMoveItem remembers which move led to a version of a complaint.
type caseMoveItem struct {
	PK, SK  string
	Move    string `dynamodbav:"move"`
	State   string `dynamodbav:"state"`
	Outcome string `dynamodbav:"outcome"`
}

func caseMoveItemOf(after aid.Complaint) caseMoveItem {
	k := caseMoveKey(after.ID, after.Version)
	last := after.Log[len(after.Log)-1]
	return caseMoveItem{PK: k.PK, SK: k.SK, Move: string(last.Move), State: string(after.State), Outcome: string(after.Outcome)}
}

// same tells whether two moves say the same, whenever they were made.
func (m caseMoveItem) same(n caseMoveItem) bool { return m == n }

// writingItem remembers what was written under a message's id.
type writingItem struct {
	PK, SK      string
	Fingerprint string `dynamodbav:"fingerprint"`
}

func writingItemOf(c aid.ComplaintID, m aid.MessageID, fingerprint string) writingItem {
	k := writingKey(c, m)
	return writingItem{PK: k.PK, SK: k.SK, Fingerprint: fingerprint}
}

// paidItemOf marks a challenge as used for what has this id.
func paidItemOf(challenge, id string, expires time.Time) challengeItem {
	k := challengeKey(challenge)
	return challengeItem{PK: k.PK, SK: k.SK, Commitment: id, Expires: expires.Add(challengeMargin).Unix()}
}

func complaintLetterItemOf(c aid.Complaint, kind aid.LetterKind) letterItem {
	k, at := ComplaintLetterKey(c.ID, c.Version, kind), c.ReceivedAt
	if n := len(c.Log); n > 0 {
		at = c.Log[n-1].At
	}
	return letterItem{PK: k.PK, SK: k.SK, Complaint: string(c.ID), Kind: string(kind), At: millis(at)}
}

// linkItem is what proves that somebody holds a complaint's link.
type linkItem struct {
	PK, SK     string
	SecretHash []byte `dynamodbav:"secretHash" personal:"hash of the private link of a complaint; to show its reporter where it stands; 90 days after it was closed"`
}

func linkItemOf(f Filing) linkItem {
	k := ticketKey(f.Complaint.ID)
	return linkItem{PK: k.PK, SK: k.SK, SecretHash: f.SecretHash}
}

// textItem is what somebody wrote.
type textItem struct {
	PK, SK string
	Text   string `dynamodbav:"text" personal:"words of a complaint, an answer or an idea; to follow it up; a complaint's until 90 days after it was closed"`
}

func textItemOf(k key, words string) textItem { return textItem{PK: k.PK, SK: k.SK, Text: words} }

// reporterItem is how to reach who complained.
type reporterItem struct {
	PK, SK string
	Email  string `dynamodbav:"email" personal:"e-mail address of who complained, if given; to ask back; 90 days after the complaint was closed"`
}

// senderItem is who sent an idea.
type senderItem struct {
	PK, SK  string
	Name    string `dynamodbav:"name" personal:"name of who sent an idea, if given; to thank and ask back; one year"`
	Email   string `dynamodbav:"email" personal:"e-mail address of who sent an idea, if given; to thank and ask back; one year"`
	Expires int64  `dynamodbav:"expires" personal:"-"` // seconds
}

// sendingItem remembers what was sent under an idea's id, and the idea itself.
type sendingItem struct {
	PK, SK      string
	Fingerprint string   `dynamodbav:"fingerprint"`
	Idea        ideaItem `dynamodbav:"idea"`
}

func sendingItemOf(f IdeaFiling) sendingItem {
	k := sendingKey(f.Idea.ID)
	return sendingItem{PK: k.PK, SK: k.SK, Fingerprint: f.Fingerprint, Idea: ideaItemOf(f.Idea)}
}

func (it sendingItem) repeat(id aid.IdeaID, fingerprint string) (aid.Idea, bool, error) {
	if it.Fingerprint != fingerprint {
		return aid.Idea{}, false, fmt.Errorf("idea %s: %w", id, aid.ErrExists)
	}
	return it.Idea.idea(), true, nil
}

// ideaItem is an idea as it is stored.
type ideaItem struct {
	PK, SK     string
	ID         string `dynamodbav:"id"`
	Topic      string `dynamodbav:"topic"`
	State      string `dynamodbav:"state"`
	ReceivedAt int64  `dynamodbav:"receivedAt"`
	waiting
}

func ideaItemOf(i aid.Idea) ideaItem {
	k := ideaKey(monthOf(i.ReceivedAt), i.ID)
	return ideaItem{
		PK: k.PK, SK: k.SK, ID: string(i.ID), Topic: string(i.Topic), State: i.State, ReceivedAt: millis(i.ReceivedAt),
		waiting: waitingOf(i.Work(), string(i.ID)),
	}
}

func (it ideaItem) idea() aid.Idea {
	return aid.Idea{ID: aid.IdeaID(it.ID), Topic: aid.IdeaTopic(it.Topic), State: it.State, ReceivedAt: moment(it.ReceivedAt)}
}
