package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"ksbb/shared/aid"
	"ksbb/shared/catalogue"
	"ksbb/shared/region"
	"ksbb/shared/stream"
	"ksbb/shared/table"
)

// server sends letters. Its fields are all it needs from outside; a test
// replaces them one by one.
type server struct {
	outbox   outbox
	couriers []courier // the preferred one first
	pack     *region.Pack
	region   *catalogue.Current // the pack as it stands: what the office amends
	office   aid.Contact        // who follows up; without an address when there is none
	site     string             // origin of the public site, without a final slash
	now      func() time.Time
}

// outbox is the part of the tables that letters are written from.
type outbox interface {
	Letter(context.Context, table.LetterKey) (aid.Letter, error)
	MarkSent(context.Context, table.LetterKey, time.Time) error
	Key(context.Context) ([]byte, error)
	Credential(context.Context, aid.CommitmentID) (aid.Credential, error)
	Commitment(context.Context, aid.RecipientID, aid.CommitmentID) (aid.Commitment, error)
	Commitments(context.Context, aid.RecipientID) ([]aid.Commitment, error)
	Complaint(context.Context, aid.ComplaintID) (aid.Complaint, error)
	Place(context.Context, aid.RecipientID) (aid.Place, aid.Leaf, error)
	Steward(context.Context, aid.RecipientID) (aid.Contact, error)
	Access(context.Context, aid.RecipientID) (table.Access, error)
	WantsReminders(context.Context, aid.CollaboratorID) (bool, error)
	RecordLook(ctx context.Context, l table.Look, day aid.Day) error
	Spend(ctx context.Context, kind, id string, day aid.Day, limit int) error

	Subscription(ctx context.Context, id aid.SubscriptionID, now time.Time) (aid.Subscription, error)
	Subscribers(ctx context.Context, c aid.Cadence, shard int, after aid.SubscriptionID, limit int) ([]aid.SubscriptionID, error)
	ClaimMailing(ctx context.Context, period string, revision int, id aid.SubscriptionID, at time.Time) (bool, error)
	ReleaseMailing(ctx context.Context, period string, revision int, id aid.SubscriptionID) error
	ContinueMailing(ctx context.Context, m aid.Mailing, n int64, at time.Time) error
}

func (s *server) handle(ctx context.Context, ev events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	s.region.Pack(ctx) // so that a letter names what stands now
	return stream.Each(ctx, ev, s.notify), nil
}

// notify sends the letter that a record tells of, unless it was sent. A record
// that cannot be read is a failure, so that it ends where someone looks at it;
// one of another kind is not ours and would fail for ever.
//
// A letter goes out once, with one exception: when this function ends between
// sending a letter and marking it, or both times it is asked at once, the same
// words arrive twice. The other order would lose letters. Of those about a
// report that is the lesser evil: see [server.mail].
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
	deliver := s.send
	if letter.Kind == aid.LetterReport {
		deliver = func(ctx context.Context, k table.LetterKey, l aid.Letter) error { return s.mail(ctx, k, l.Report) }
	}
	switch err := deliver(ctx, key, letter); {
	case errors.Is(err, errNotDue):
		slog.InfoContext(ctx, "letter no longer due", "kind", letter.Kind, "commitment", letter.Commitment)
		return nil
	case errors.Is(err, errUnwanted), errors.Is(err, errNoChannel), errors.Is(err, errEnough):
		// Not whose: who gets many letters, or none, is nobody's business.
		slog.InfoContext(ctx, "letter not sent", "kind", letter.Kind, "why", err)
	case err != nil && letter.Subscription != "":
		return fmt.Errorf("letter %s: %w", letter.Kind, err) // who knows the id may end it
	case err != nil:
		return fmt.Errorf("letter %s of %s: %w", letter.Kind, pk, err)
	default:
		slog.InfoContext(ctx, "letter sent", "kind", letter.Kind, "commitment", letter.Commitment)
	}
	if err := s.outbox.MarkSent(ctx, key, s.now().UTC()); err != nil {
		// Failing here would send it again for certain; a second record of the
		// same letter is only possible.
		slog.ErrorContext(ctx, "letter done and not marked", "kind", letter.Kind, "err", err)
	}
	return nil
}

// send writes a letter and hands it to whatever channel leads to its reader. It
// refuses with one of the reasons for which a letter is not sent.
func (s *server) send(ctx context.Context, k table.LetterKey, l aid.Letter) error {
	p, err := s.write(ctx, l)
	if err != nil {
		return err
	}
	by, ok := s.courierFor(p.to)
	if !ok {
		return errNoChannel
	}
	if err := s.charge(ctx, k, l, p.budget); err != nil {
		return err
	}
	if p.shows {
		// The letter's own instant, so that a second try is the same showing.
		look := table.Look{At: l.At, By: aid.Steward, Commitment: l.Commitment, Recipient: l.Recipient}
		if err := s.outbox.RecordLook(ctx, look, aid.DayOf(l.At, s.pack.Zone)); err != nil {
			return err
		}
	}
	return by.Carry(ctx, p.to, p.message)
}
