package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/mail"
	"ksbb/shared/region"
	"ksbb/shared/stream"
	"ksbb/shared/table"
)

// server sends letters. Its fields are all it needs from outside; a test
// replaces them one by one.
type server struct {
	outbox outbox
	post   post
	pack   *region.Pack
	site   string // origin of the public site, without a final slash
	now    func() time.Time
}

// outbox is the part of the tables that letters are written from.
type outbox interface {
	Letter(context.Context, table.LetterKey) (aid.Letter, error)
	MarkSent(context.Context, table.LetterKey, time.Time) error
	Key(context.Context) ([]byte, error)
	Credential(context.Context, aid.CommitmentID) (aid.Credential, error)
	Commitment(context.Context, aid.RecipientID, aid.CommitmentID) (aid.Commitment, error)
	Place(context.Context, aid.RecipientID) (aid.Place, aid.Leaf, error)
}

// post carries letters.
type post interface {
	Send(context.Context, mail.Message) error
}

func (s *server) handle(ctx context.Context, ev events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	return stream.Each(ctx, ev, s.notify), nil
}

// notify sends the letter that a record tells of, unless it was sent. A record
// that cannot be read is a failure, so that it ends where someone looks at it;
// one of another kind is not ours and would fail for ever.
//
// A letter goes out once, with one exception: when this function ends between
// sending a letter and marking it, or both times it is asked at once, the same
// words arrive twice. The other order would lose letters.
func (s *server) notify(ctx context.Context, rec events.DynamoDBEventRecord) error {
	if rec.EventName == string(events.DynamoDBOperationTypeRemove) {
		return nil
	}
	pk, sk, err := stream.Key(rec)
	if err != nil {
		return err
	}
	key, ok := table.ParseLetterKey(pk, sk)
	if !ok {
		slog.ErrorContext(ctx, "record is no letter", "seq", rec.Change.SequenceNumber)
		return nil
	}
	letter, err := s.outbox.Letter(ctx, key)
	if errors.Is(err, aid.ErrNotFound) {
		return nil // removed since
	}
	if err != nil {
		return err
	}
	if !letter.SentAt.IsZero() {
		return nil
	}
	message, due, err := s.write(ctx, letter)
	if err != nil {
		return fmt.Errorf("letter %s of commitment %s: %w", letter.Kind, letter.Commitment, err)
	}
	if !due {
		slog.InfoContext(ctx, "letter no longer due", "kind", letter.Kind, "commitment", letter.Commitment)
		return nil
	}
	if err := s.post.Send(ctx, message); err != nil {
		return fmt.Errorf("letter %s of commitment %s: %w", letter.Kind, letter.Commitment, err)
	}
	if err := s.outbox.MarkSent(ctx, key, s.now().UTC()); err != nil {
		// Failing here would send it again for certain; a second record of the
		// same letter is only possible.
		slog.ErrorContext(ctx, "letter sent and not marked", "kind", letter.Kind, "commitment", letter.Commitment, "err", err)
		return nil
	}
	slog.InfoContext(ctx, "letter sent", "kind", letter.Kind, "commitment", letter.Commitment)
	return nil
}

// write composes a letter. due is false when nobody waits for it any more: the
// person's data were erased, or the commitment moved on.
func (s *server) write(ctx context.Context, l aid.Letter) (message mail.Message, due bool, err error) {
	credential, err := s.outbox.Credential(ctx, l.Commitment)
	if errors.Is(err, aid.ErrNotFound) {
		return mail.Message{}, false, nil
	}
	if err != nil {
		return mail.Message{}, false, err
	}
	c, err := s.outbox.Commitment(ctx, l.Recipient, l.Commitment)
	if err != nil || !stillDue(l.Kind, c, s.now()) {
		return mail.Message{}, false, err
	}
	place, _, err := s.outbox.Place(ctx, l.Recipient)
	if err != nil {
		return mail.Message{}, false, err
	}
	key, err := s.outbox.Key(ctx)
	if err != nil {
		return mail.Message{}, false, err
	}
	secret, err := aid.Secret(key, c.ID, credential.SecretVersion)
	if err != nil {
		return mail.Message{}, false, err
	}
	message, err = mail.Compose(l.Kind, mail.Occasion{
		Language:   credential.Language,
		To:         credential.Contact,
		Commitment: c,
		Place:      place.Recipient.Name,
		Area:       s.where(place.Recipient.Area),
		Items:      s.items(c.Lines),
		Code:       aid.Code(key, c.ID),
		Link:       s.site + "/k/#" + secret,
		Service:    s.pack.Title,
		Zone:       s.pack.Zone,
	})
	return message, err == nil, err
}

// stillDue tells whether a letter still says something true: a code that can be
// entered, a promise that holds.
func stillDue(kind aid.LetterKind, c aid.Commitment, now time.Time) bool {
	switch kind {
	case aid.LetterCode:
		return c.State == aid.Submitted && now.Before(c.VerifyBy)
	case aid.LetterPledged:
		return c.State.Counts()
	}
	return true
}

// where names the kelurahan and the kota of an area: "Jagakarsa, Jakarta
// Selatan".
func (s *server) where(code area.Code) string {
	return s.pack.AreaName(code.At(area.Kelurahan)) + ", " + s.pack.AreaName(code.At(area.Kota))
}

func (s *server) items(lines []aid.Line) []mail.Item {
	items := make([]mail.Item, len(lines))
	for i, l := range lines {
		items[i] = mail.Item{Quantity: l.Quantity, Unit: l.Unit, Name: l.Free, Free: true}
		if l.Need != "" {
			items[i] = mail.Item{Quantity: l.Quantity, Unit: l.Unit, Name: s.pack.Catalogue().Packages[l.Package].Name, Equivalent: l.Equivalent}
		}
	}
	return items
}
