package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/mail"
	"ksbb/shared/report"
	"ksbb/shared/table"
)

const (
	// mailingSize is how many subscribers one record writes to at most. Then it
	// puts the rest into the outbox, and whatever else waits there has its turn.
	mailingSize = 50
	// mailingMargin is how much of the function's time must be left to begin
	// another letter.
	mailingMargin = 20 * time.Second
	// mailingTries is how many letters may fail, where none went out, before the
	// service is taken to be down.
	mailingTries = 3
)

// fresh is for how long after its end a period is news. A run that was down for
// a week makes all reports it missed, and must not mail them all on one day.
var fresh = map[report.Kind]time.Duration{
	report.Daily: 2 * 24 * time.Hour, report.Weekly: 7 * 24 * time.Hour, report.Monthly: 14 * 24 * time.Hour,
}

// mail writes to the next subscribers of a report, and puts those who are left
// into the outbox. It may be repeated: whoever was written to is not again.
//
// A letter is claimed before it is sent. Should this function end in between,
// one subscriber misses one report, which is on the site all the same; the other
// order would write to fifty people twice.
func (s *server) mail(ctx context.Context, k table.LetterKey, m aid.Mailing) error {
	p, err := report.ParsePeriod(m.Period)
	if err != nil {
		return fmt.Errorf("mail report: %w", err)
	}
	if s.now().After(p.Ends(s.pack.Zone).Add(fresh[p.Kind])) {
		return errNotDue
	}
	var done struct{ sent, dead, failed int }
	var failure error
	left := mailingSize
	for m.Shard < table.SubscriberShards && left > 0 {
		ids, err := s.outbox.Subscribers(ctx, aid.Cadence(p.Kind), m.Shard, m.After, left)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			m.Shard, m.After = m.Shard+1, ""
			continue
		}
		for _, id := range ids {
			if by, ok := ctx.Deadline(); ok && time.Until(by) < mailingMargin {
				left = 0
				break
			}
			left--
			sent, err := s.mailTo(ctx, p, m, id)
			switch {
			case errors.Is(err, mail.ErrUndeliverable):
				done.dead++
			case err != nil:
				done.failed, failure = done.failed+1, err
			case sent:
				done.sent++
			}
			if done.sent == 0 && done.failed == mailingTries {
				return failure
			}
			m.After = id
		}
	}
	slog.InfoContext(ctx, "report mailed", "period", m.Period, "sent", done.sent, "undeliverable", done.dead, "failed", done.failed)
	if done.sent == 0 && failure != nil {
		return failure
	}
	if m.Shard < table.SubscriberShards {
		if err := s.outbox.ContinueMailing(ctx, m, k.Serial()+1, s.now().UTC()); err != nil {
			return err
		}
	}
	// The others go on; the same record again tries only those who failed.
	return failure
}

// mailTo writes to one subscriber, unless that one was written to before or has
// ended the subscription, and tells whether it did.
func (s *server) mailTo(ctx context.Context, p report.Period, m aid.Mailing, id aid.SubscriptionID) (sent bool, err error) {
	to, err := s.outbox.Subscription(ctx, id, s.now())
	if errors.Is(err, aid.ErrNotFound) || err == nil && !to.Confirmed() {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	message, err := mail.Compose(aid.LetterReport, mail.Occasion{
		Language: to.Language, Service: s.pack.Title, Zone: s.pack.Zone, Link: s.page(to.Language, "/laporan/"+p.ID+"/"),
		Reports: mail.Reports{
			Period: p, Sender: s.pack.Operator.Name + ", " + s.pack.Operator.Office,
			End: s.page(to.Language, "/langganan/#akhiri."+string(id)), OneClick: s.site + "/v1/subscriptions/" + string(id) + "/end",
		},
	})
	if err != nil {
		return false, err
	}
	by, ok := s.courierFor(aid.Contact{Email: to.Email})
	if !ok {
		return false, nil
	}
	first, err := s.outbox.ClaimMailing(ctx, p.ID, m.Revision, id, s.now())
	if err != nil || !first {
		return false, err
	}
	err = by.Carry(ctx, aid.Contact{Email: to.Email}, message)
	if err == nil || errors.Is(err, mail.ErrUndeliverable) {
		return err == nil, err
	}
	if lost := s.outbox.ReleaseMailing(ctx, p.ID, m.Revision, id); lost != nil {
		slog.ErrorContext(ctx, "report not sent and not to be tried again", "period", p.ID, "err", lost)
	}
	return false, err
}

// writeOfSubscription composes the letter that asks an address whether it wants
// reports, unless it was answered or forgotten meanwhile.
func (s *server) writeOfSubscription(ctx context.Context, l aid.Letter) (parcel, error) {
	asked, err := s.outbox.Subscription(ctx, l.Subscription, s.now())
	if errors.Is(err, aid.ErrNotFound) || err == nil && asked.Confirmed() {
		return parcel{}, errNotDue
	}
	if err != nil {
		return parcel{}, err
	}
	key, err := s.outbox.Key(ctx)
	if err != nil {
		return parcel{}, err
	}
	secret, err := aid.SubscriptionSecret(key, asked.ID, asked.Email)
	if err != nil {
		return parcel{}, err
	}
	message, err := mail.Compose(l.Kind, mail.Occasion{
		Language: asked.Language, Service: s.pack.Title, Zone: s.pack.Zone, Link: s.page(asked.Language, "/langganan/#"+secret),
		Reports: mail.Reports{Cadences: asked.Cadences, Until: asked.ConfirmBy()},
	})
	return parcel{to: aid.Contact{Email: asked.Email}, message: message, budget: s.proofs(key, asked.Email)}, err
}

// proofs is the budget of the letters that go to an address before it is known
// whose it is. Anybody may type anybody's address: it is the address that is
// protected.
func (s *server) proofs(key []byte, email string) budget {
	return budget{budgetOfProofs, aid.KeyedHash(key, "letters to", email), s.pack.Catalogue().Limits.CodesPerDay}
}
