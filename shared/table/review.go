package table

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"ksbb/shared/aid"
)

// ReviewEvidence stores what somebody found a file to show, and wakes the
// publisher. The same review again changes nothing and succeeds. A file that was
// reviewed since before was read wraps [aid.ErrStale], an unknown one
// [aid.ErrNotFound].
func (t *Table) ReviewEvidence(ctx context.Context, before, after aid.Evidence, at time.Time) error {
	if err := checkReview(before, after); err != nil {
		return fmt.Errorf("review evidence %s: %w", before.ID, err)
	}
	it, err := encode(evidenceItemOf(after))
	if err != nil {
		return fmt.Errorf("encode evidence %s: %w", before.ID, err)
	}
	x := express("", present+" AND #state = :accepted AND (attribute_not_exists(#reviewVersion) OR #reviewVersion = :before)", keyed{
		":accepted": text(string(aid.EvidenceAccepted)), ":before": number(before.ReviewVersion),
	})
	err = t.transact(ctx, []write{
		replace(t.name, it, x, func(old item) error {
			if len(old) == 0 {
				return aid.ErrNotFound
			}
			var there evidenceItem
			if err := attributevalue.UnmarshalMap(old, &there); err != nil {
				return err
			}
			if there.ReviewVersion == after.ReviewVersion && there.Review == string(after.Review) {
				return errRepeated
			}
			return aid.ErrStale
		}),
		t.activity(aid.Commitment{ID: after.Commitment, Recipient: after.Recipient, Leaf: after.Leaf}, aid.Standing{}, at),
	})
	if err != nil && err != errRepeated {
		return fmt.Errorf("review evidence %s: %w", before.ID, err)
	}
	return nil
}

// checkReview refuses what would not be one review.
func checkReview(before, after aid.Evidence) error {
	reviewed := before
	reviewed.Review, reviewed.ReviewedAt, reviewed.ReviewVersion = after.Review, after.ReviewedAt, before.ReviewVersion+1
	if after != reviewed || before.Commitment == "" {
		return fmt.Errorf("before and after are not one review apart")
	}
	return nil
}

// Moderation says whether somebody has looked at what a commitment shows that
// was written freely.
type Moderation struct {
	Recipient  aid.RecipientID
	Commitment aid.CommitmentID
	DecidedAt  time.Time // zero while nobody has
	Version    int64     // rises by one with every decision
}

// Moderation returns how what a commitment shows was judged. One of which nothing
// ever had to be looked at wraps [aid.ErrNotFound].
func (t *Table) Moderation(ctx context.Context, r aid.RecipientID, c aid.CommitmentID) (Moderation, error) {
	var it moderationItem
	found, err := get(ctx, t.db, t.name, moderationKey(r, c), &it)
	if err != nil {
		return Moderation{}, fmt.Errorf("read moderation of commitment %s: %w", c, err)
	}
	if !found {
		return Moderation{}, fmt.Errorf("moderation of commitment %s: %w", c, aid.ErrNotFound)
	}
	return it.moderation(), nil
}

// Moderate stores that somebody looked at what a commitment shows and hid
// nothing, or, with a zero instant, that it has to be looked at again. What is
// hidden is stored with the move that hides it.
//
// The same again changes nothing and succeeds. A moderation that is no longer as
// before says wraps [aid.ErrStale].
func (t *Table) Moderate(ctx context.Context, c aid.Commitment, before Moderation, decided time.Time) error {
	after := before
	after.DecidedAt, after.Version = decided, before.Version+1
	it, err := encode(moderationItemOf(c, after))
	if err != nil {
		return fmt.Errorf("encode moderation of commitment %s: %w", c.ID, err)
	}
	x := express("", "#version = :before", keyed{":before": number(before.Version)})
	err = t.transact(ctx, []write{replace(t.name, it, x, func(old item) error {
		var there moderationItem
		if err := attributevalue.UnmarshalMap(old, &there); err != nil {
			return err
		}
		if there.Version == after.Version && (there.DecidedAt == 0) == decided.IsZero() {
			return errRepeated
		}
		return aid.ErrStale
	})})
	if err != nil && err != errRepeated {
		return fmt.Errorf("moderate commitment %s: %w", c.ID, err)
	}
	return nil
}

// moderationItem is a moderation as it is stored.
type moderationItem struct {
	PK, SK     string
	Recipient  string `dynamodbav:"recipient"`
	Commitment string `dynamodbav:"commitment"`
	DecidedAt  int64  `dynamodbav:"decidedAt"`
	Version    int64  `dynamodbav:"version"`
	waiting
}

func moderationItemOf(c aid.Commitment, m Moderation) moderationItem {
	k := moderationKey(c.Recipient, c.ID)
	it := moderationItem{PK: k.PK, SK: k.SK, Recipient: string(c.Recipient), Commitment: string(c.ID), DecidedAt: millis(m.DecidedAt), Version: m.Version}
	if m.DecidedAt.IsZero() {
		it.waiting = waitingOf(c.ModerationWork(), string(c.ID))
	}
	return it
}

func (it moderationItem) moderation() Moderation {
	return Moderation{
		Recipient: aid.RecipientID(it.Recipient), Commitment: aid.CommitmentID(it.Commitment), DecidedAt: moment(it.DecidedAt), Version: it.Version,
	}
}

// toModerate spells the writes by which a commitment that now stands in public
// waits to be looked at; none where nothing of it was written freely.
func (t *Table) toModerate(c aid.Commitment) ([]write, error) {
	if !c.Moderated() {
		return nil, nil
	}
	it, err := encode(moderationItemOf(c, Moderation{}))
	if err != nil {
		return nil, err
	}
	return []write{put(t.name, it)}, nil
}

// moderated spells the write by which whoever hid something has looked at it all.
func (t *Table) moderated(c Change) write {
	x := express("SET #recipient = :recipient, #commitment = :commitment, #decidedAt = :at, #version = if_not_exists(#version, :zero) + :one REMOVE #work, #workAt", "", keyed{
		":recipient": text(string(c.After.Recipient)), ":commitment": text(string(c.After.ID)), ":at": number(millis(c.At)), ":zero": number(0), ":one": number(1),
	})
	return change(t.name, moderationKey(c.After.Recipient, c.After.ID), x, nil)
}

// Hidden returns what an office took out of the public part of a commitment and
// has not put back: the zero Hidden where there is nothing.
func (t *Table) Hidden(ctx context.Context, c aid.CommitmentID) (aid.Hidden, error) {
	var it hiddenItem
	if _, err := get(ctx, t.db, t.private, hiddenKey(c), &it); err != nil {
		return aid.Hidden{}, fmt.Errorf("read what is hidden of commitment %s: %w", c, err)
	}
	return it.hidden(), nil
}

// aside returns what lies apart after a move that hides or shows something of a
// commitment of which was lies apart.
func aside(was aid.Hidden, c Change) aid.Hidden {
	h := c.Hidden
	moved := func(l aid.HiddenLine) bool {
		return slices.ContainsFunc(h.Lines, func(m aid.HiddenLine) bool { return m.Line == l.Line })
	}
	was.Lines = slices.DeleteFunc(slices.Clone(was.Lines), moved)
	if c.Move == aid.Show {
		if h.Name != "" {
			was.Name, was.Salt = "", ""
		}
		return was
	}
	if h.Name != "" {
		was.Name, was.Salt = h.Name, h.Salt
	}
	was.Lines = append(was.Lines, h.Lines...)
	slices.SortFunc(was.Lines, func(a, b aid.HiddenLine) int { return a.Line - b.Line })
	return was
}

// hiddenItem is what was hidden, as it is stored.
type hiddenItem struct {
	PK, SK string
	Name   string       `dynamodbav:"name,omitempty" personal:"public name of a collaborator that an office hid; so that it can be put back; until 90 days after the commitment ended, or erasure"`
	Salt   string       `dynamodbav:"salt,omitempty" personal:"-"`
	Lines  []hiddenLine `dynamodbav:"lines,omitempty" personal:"texts of a collaborator that an office hid; so that they can be put back; until 90 days after the commitment ended, or erasure"`
}

type hiddenLine struct {
	Line       int    `dynamodbav:"line"`
	Equivalent string `dynamodbav:"equivalent,omitempty"`
	Free       string `dynamodbav:"free,omitempty"`
}

func hiddenItemOf(c aid.CommitmentID, h aid.Hidden) hiddenItem {
	k := hiddenKey(c)
	it := hiddenItem{PK: k.PK, SK: k.SK, Name: h.Name, Salt: h.Salt}
	for _, l := range h.Lines {
		it.Lines = append(it.Lines, hiddenLine(l))
	}
	return it
}

func (it hiddenItem) hidden() aid.Hidden {
	h := aid.Hidden{Name: it.Name, Salt: it.Salt}
	for _, l := range it.Lines {
		h.Lines = append(h.Lines, aid.HiddenLine(l))
	}
	return h
}

// PhoneUse is another commitment whose collaborator gave the same number.
type PhoneUse struct {
	Commitment aid.CommitmentID
	Recipient  aid.RecipientID
	At         time.Time // when it was pledged
}

// phoneDays is how long it is kept which commitments had one number.
const phoneDays = 90

// SamePhone returns the commitments pledged since an instant, at most 90 days ago,
// whose collaborators gave the same number as that of commitment c, without c.
// Where that is not known there are none.
func (t *Table) SamePhone(ctx context.Context, c aid.Commitment, since time.Time) ([]PhoneUse, error) {
	uses := []PhoneUse{}
	hash, err := t.phoneOf(ctx, c.ID)
	if err != nil || hash == "" {
		return uses, err
	}
	condition := "PK = :pk AND SK >= :since"
	err = query(ctx, t.db, &dynamodb.QueryInput{
		TableName: &t.private, KeyConditionExpression: &condition,
		ExpressionAttributeValues: keyed{":pk": text(phonePrefix + hash), ":since": text(instantName(since))},
	}, func(it item) error {
		var p phoneItem
		if err := attributevalue.UnmarshalMap(it, &p); err != nil {
			return err
		}
		if p.Commitment != string(c.ID) {
			at, _ := auditInstant(p.SK)
			uses = append(uses, PhoneUse{aid.CommitmentID(p.Commitment), aid.RecipientID(p.Recipient), at})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find the number of commitment %s elsewhere: %w", c.ID, err)
	}
	return uses, nil
}

// phoneOf returns what stands for the number of a commitment's collaborator,
// empty when it is not known.
func (t *Table) phoneOf(ctx context.Context, c aid.CommitmentID) (string, error) {
	var it credentialItem
	found, err := get(ctx, t.db, t.private, credentialKey(c), &it)
	if err != nil {
		return "", fmt.Errorf("read credential of commitment %s: %w", c, err)
	}
	if !found || it.Phone == "" {
		return "", nil
	}
	key, err := t.Key(ctx)
	if err != nil {
		return "", err
	}
	return aid.KeyedHash(key, "collaborator-phone", it.Phone), nil
}

// phoneItem says that a commitment's collaborator gave a number.
type phoneItem struct {
	PK, SK     string `personal:"keyed hash of a collaborator's telephone number, and when they promised; to notice one who promises again and again; 90 days after the promise, or erasure"`
	Commitment string `dynamodbav:"commitment" personal:"-"`
	Recipient  string `dynamodbav:"recipient" personal:"-"`
	Expires    int64  `dynamodbav:"expires" personal:"-"` // seconds
}

func phoneItemOf(hash string, c aid.Commitment) phoneItem {
	k := phoneKey(hash, c)
	return phoneItem{PK: k.PK, SK: k.SK, Commitment: string(c.ID), Recipient: string(c.Recipient), Expires: c.PledgedAt.AddDate(0, 0, phoneDays).Unix()}
}

// SamePicture returns every file of a commitment that was announced with this
// SHA-256, whether it came and was accepted or not.
func (t *Table) SamePicture(ctx context.Context, sha256 string) ([]EvidenceRef, error) {
	condition := "PK = :pk"
	refs := []EvidenceRef{}
	err := query(ctx, t.db, &dynamodb.QueryInput{
		TableName: &t.name, KeyConditionExpression: &condition, ExpressionAttributeValues: keyed{":pk": text(picturePrefix + sha256)},
	}, func(it item) error {
		var p pictureItem
		err := attributevalue.UnmarshalMap(it, &p)
		refs = append(refs, EvidenceRef{Recipient: aid.RecipientID(p.Recipient), Commitment: aid.CommitmentID(p.Commitment), ID: aid.EvidenceID(p.SK)})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find a picture elsewhere: %w", err)
	}
	return refs, nil
}

// pictureItem says that a file was announced with a SHA-256.
type pictureItem struct {
	PK, SK     string
	Recipient  string `dynamodbav:"recipient"`
	Commitment string `dynamodbav:"commitment"`
}

func pictureItemOf(e aid.Evidence) pictureItem {
	k := pictureKey(e.SHA256, e.ID)
	return pictureItem{PK: k.PK, SK: k.SK, Recipient: string(e.Recipient), Commitment: string(e.Commitment)}
}
