package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

// decisions is how often a move is decided anew when another one was faster.
const decisions = 5

// decision applies a rule to a commitment as it stands at instant now. Of the
// change it returns, After is the commitment after the move, the same version
// when there is nothing to do, and the rest is what goes along with it.
type decision func(credential aid.Credential, before aid.Commitment, now time.Time) (table.Change, error)

// move reads, decides and stores, and answers the commitment as it then stands.
// Whoever was overtaken decides again on what is there now: so a delivery beats
// a lapse that races it, and two equal requests at once both succeed.
func (s *server) move(ctx context.Context, h Holder, decide decision) (*commitmentAnswer, error) {
	c, err := s.moved(ctx, h, decide)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, c)
}

// moved is move without the answer: it returns the commitment as it now stands.
func (s *server) moved(ctx context.Context, h Holder, decide decision) (aid.Commitment, error) {
	for range decisions {
		credential, before, err := s.holder(ctx, h.ID, web.Bearer(h.Authorization))
		if err != nil {
			return aid.Commitment{}, err
		}
		now := s.instant()
		change, err := decide(credential, before, now)
		if err != nil {
			return aid.Commitment{}, fmt.Errorf("commitment %s: %w", before.ID, err)
		}
		if change.After.Version == before.Version {
			return before, nil
		}
		// Every move but a reminder, which nobody asks for, is in the log.
		change.Move = change.After.Log[len(change.After.Log)-1].Move
		change.Before, change.At = before, now
		switch err := s.store.Move(ctx, change); {
		case err == nil:
			// Of two equal requests at once, the instants of the first stand.
			return s.store.Commitment(ctx, before.Recipient, before.ID)
		case !errors.Is(err, aid.ErrStale):
			return aid.Commitment{}, s.suggestFor(ctx, err, before.Recipient)
		}
	}
	return aid.Commitment{}, fmt.Errorf("commitment %s: %w", h.ID, aid.ErrBusy)
}

// plain is a decision that takes nothing but the rule.
func plain(after aid.Commitment, err error, letters ...aid.LetterKind) (table.Change, error) {
	return table.Change{After: after, Letters: letters}, err
}

// verify proves the channel and reserves what is promised. The right code again
// gets the same answer.
//
// A try is charged before the code is looked at: whoever sent many guesses at
// once would otherwise have them all compared before the first is counted.
func (s *server) verify(ctx context.Context, in *verifyInput) (*commitmentAnswer, error) {
	credential, before, err := s.holder(ctx, in.ID, web.Bearer(in.Authorization))
	if err != nil {
		return nil, err
	}
	if len(in.Body.Code) != 6 || strings.Trim(in.Body.Code, "0123456789") != "" {
		return nil, invalid("/code", "text", "want six digits")
	}
	right := aid.Matches(credential.CodeHash, in.Body.Code)
	if !credential.VerifiedAt.IsZero() {
		if !right {
			return nil, &aid.CodeError{} // nothing is left to try
		}
		return s.answer(ctx, before)
	}
	offered, err := s.catalogueFor(ctx, before.Route)
	if err != nil {
		return nil, err
	}
	if _, err := before.Verified(s.instant(), offered); err != nil {
		return nil, fmt.Errorf("commitment %s: %w", before.ID, err)
	}
	// One more than the tries: the count then tells the last try from none.
	left, err := s.store.CountWrongCode(ctx, before.ID, s.limits().CodeTries+1)
	if err != nil {
		return nil, err
	}
	if left == 0 {
		return nil, fmt.Errorf("code of commitment %s: %w", before.ID, aid.ErrExpired)
	}
	if !right {
		return nil, &aid.CodeError{Left: left - 1}
	}
	return s.move(ctx, in.Holder, func(credential aid.Credential, c aid.Commitment, now time.Time) (table.Change, error) {
		if !credential.VerifiedAt.IsZero() {
			return plain(c, nil)
		}
		after, err := c.Verified(now, offered)
		return plain(after, err, aid.LetterPledged, aid.LetterStewardPledged)
	})
}

// contacted records that the two sides have spoken.
func (s *server) contacted(ctx context.Context, in *Holder) (*commitmentAnswer, error) {
	return s.move(ctx, *in, func(_ aid.Credential, c aid.Commitment, now time.Time) (table.Change, error) {
		after, err := c.Spoken(aid.Collaborator, now, s.catalogue())
		return plain(after, err)
	})
}

// silence records that the steward does not answer, and tells the office when
// others have said so too.
func (s *server) silence(ctx context.Context, in *Holder) (*commitmentAnswer, error) {
	return s.move(ctx, *in, func(_ aid.Credential, c aid.Commitment, now time.Time) (table.Change, error) {
		after, err := c.Unanswered(now, s.catalogue())
		if err != nil || after.Version == c.Version {
			return plain(after, err)
		}
		all, err := s.store.Commitments(ctx, c.Recipient)
		if err != nil {
			return table.Change{}, err
		}
		for i := range all {
			if all[i].ID == after.ID {
				all[i] = after
			}
		}
		if aid.SilentSteward(all, now) {
			return plain(after, nil, aid.LetterOfficeSilent)
		}
		return plain(after, nil)
	})
}

// renew gives the contact more time, once.
func (s *server) renew(ctx context.Context, in *Holder) (*commitmentAnswer, error) {
	return s.move(ctx, *in, func(_ aid.Credential, c aid.Commitment, now time.Time) (table.Change, error) {
		after, err := c.RenewedAt(now, s.catalogue())
		return plain(after, err)
	})
}

// schedule records the day that the two sides agreed on.
func (s *server) schedule(ctx context.Context, in *scheduleInput) (*commitmentAnswer, error) {
	return s.move(ctx, in.Holder, func(_ aid.Credential, c aid.Commitment, now time.Time) (table.Change, error) {
		after, err := c.ScheduledFor(aid.Appointment(in.Body), aid.Collaborator, now, s.catalogue())
		return plain(after, err)
	})
}

// withdraw takes a commitment back, or the rest of one of which something was
// delivered.
func (s *server) withdraw(ctx context.Context, in *withdrawInput) (*commitmentAnswer, error) {
	return s.move(ctx, in.Holder, s.takeBack(in.Body.Reason))
}

func (s *server) takeBack(reason string) decision {
	return func(_ aid.Credential, c aid.Commitment, now time.Time) (table.Change, error) {
		after, err := c.WithdrawnFor(reason, aid.Collaborator, now, s.catalogue())
		if !c.State.Counts() {
			return plain(after, err) // nobody was told of a promise yet
		}
		return plain(after, err, aid.LetterWithdrawn, aid.LetterStewardWithdrawn)
	}
}

// contact shows how to reach the steward, within the daily budgets. The first
// sight is charged and logged; later ones of the same commitment are free. When
// it is not shown, the steward is asked to call instead.
func (s *server) contact(ctx context.Context, in *Holder) (*contactAnswer, error) {
	_, c, err := s.holder(ctx, in.ID, web.Bearer(in.Authorization))
	if err != nil {
		return nil, err
	}
	if !c.State.Counts() {
		return nil, &aid.StateError{State: c.State, Allowed: c.Allowed(aid.Collaborator)}
	}
	key, err := s.store.Key(ctx)
	if err != nil {
		return nil, err
	}
	access, err := s.store.Access(ctx, c.Recipient)
	if err != nil {
		return nil, err
	}
	now := s.instant()
	if access.Paused {
		return s.queue(ctx, c, now, "paused")
	}
	// Looked up first, so that nobody is charged for a contact that is missing.
	steward, err := s.store.Steward(ctx, c.Recipient)
	if errors.Is(err, aid.ErrNotFound) {
		slog.ErrorContext(ctx, "recipient has no steward contact", "recipient", c.Recipient)
		return s.queue(ctx, c, now, "missing")
	}
	if err != nil {
		return nil, err
	}
	err = s.store.Reveal(ctx, table.RevealRequest{
		Commitment:   c.ID,
		Recipient:    c.Recipient,
		Collaborator: c.Collaborator,
		Network:      aid.KeyedHash(key, "network", web.Network(ctx)),
		Day:          aid.DayOf(now, s.pack.Zone),
		At:           now,
		Limits:       s.limits(),
	})
	var over *aid.QuotaError
	if errors.As(err, &over) {
		return s.queue(ctx, c, now, over.Budget)
	}
	if err != nil {
		return nil, err
	}
	return &contactAnswer{contactBody{Name: steward.Name, Phone: steward.Phone, Email: steward.Email, Demo: &c.Demo}}, nil
}

// queue answers instead of a contact, once the steward is asked to call. Asking
// again before anything else happened to the commitment sends no second letter.
func (s *server) queue(ctx context.Context, c aid.Commitment, now time.Time, why string) (*contactAnswer, error) {
	slog.InfoContext(ctx, "contact not shown", "budget", why)
	if err := s.store.Post(ctx, c, aid.LetterStewardCall, c.Version, now); err != nil {
		return nil, err
	}
	return &contactAnswer{contactBody{Queued: true}}, nil
}

// invalid refuses one member.
func invalid(pointer, code, detail string) error {
	return &aid.InvalidError{Fields: []aid.Field{{Pointer: pointer, Code: code, Detail: detail}}}
}
