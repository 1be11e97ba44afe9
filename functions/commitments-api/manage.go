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

// get answers the caller's own commitment. It changes nothing, so that mail
// scanners and previews may follow any link.
func (s *server) get(ctx context.Context, in *Holder) (*commitmentAnswer, error) {
	_, c, err := s.holder(ctx, in.ID, web.Bearer(in.Authorization))
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, c)
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
		return nil, &aid.InvalidError{Fields: []aid.Field{{Pointer: "/code", Code: "text", Detail: "want six digits"}}}
	}
	right := aid.Matches(credential.CodeHash, in.Body.Code)
	if !credential.VerifiedAt.IsZero() {
		if !right {
			return nil, &aid.CodeError{} // nothing is left to try
		}
		return s.answer(ctx, before)
	}
	now := s.instant()
	after, err := before.Verified(now, s.catalogue())
	if err != nil {
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
	if err := s.store.Move(ctx, table.Change{Move: aid.Verify, Before: before, After: after, At: now, Letters: []aid.LetterKind{aid.LetterPledged, aid.LetterStewardPledged}}); err != nil {
		return nil, s.suggestFor(ctx, err, before.Recipient)
	}
	return s.answerStored(ctx, before)
}

// contact shows how to reach the steward, within the daily budgets. The first
// sight is charged and logged; later ones of the same commitment are free.
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
	// Looked up first, so that nobody is charged for a contact that is missing.
	steward, err := s.store.Steward(ctx, c.Recipient)
	if errors.Is(err, aid.ErrNotFound) {
		slog.ErrorContext(ctx, "recipient has no steward contact", "recipient", c.Recipient)
		return queued, nil
	}
	if err != nil {
		return nil, err
	}
	now := s.instant()
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
		slog.InfoContext(ctx, "contact not shown", "budget", over.Budget)
		return queued, nil
	}
	if err != nil {
		return nil, err
	}
	return &contactAnswer{contactBody{Name: steward.Name, Phone: steward.Phone, Email: steward.Email, Demo: &c.Demo}}, nil
}

var queued = &contactAnswer{contactBody{Queued: true}}

// withdraw takes a commitment back. Withdrawing again for the same reason gets
// the same answer.
func (s *server) withdraw(ctx context.Context, in *withdrawInput) (*commitmentAnswer, error) {
	_, before, err := s.holder(ctx, in.ID, web.Bearer(in.Authorization))
	if err != nil {
		return nil, err
	}
	if before.State == aid.Withdrawn && before.Reason == in.Body.Reason {
		return s.answer(ctx, before)
	}
	now := s.instant()
	after, err := before.WithdrawnFor(in.Body.Reason, aid.Collaborator, now, s.catalogue())
	if err != nil {
		return nil, fmt.Errorf("commitment %s: %w", before.ID, err)
	}
	if err := s.store.Move(ctx, table.Change{Move: aid.Withdraw, Before: before, After: after, At: now, Letters: []aid.LetterKind{aid.LetterWithdrawn}}); err != nil {
		return nil, err
	}
	return s.answerStored(ctx, before)
}

// answerStored answers a commitment as it now stands: of two equal requests at
// once, the instants of the first stand.
func (s *server) answerStored(ctx context.Context, c aid.Commitment) (*commitmentAnswer, error) {
	stored, err := s.store.Commitment(ctx, c.Recipient, c.ID)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, stored)
}

func (s *server) answer(ctx context.Context, c aid.Commitment) (*commitmentAnswer, error) {
	place, _, err := s.store.Place(ctx, c.Recipient)
	if err != nil {
		return nil, fmt.Errorf("recipient of commitment %s: %w", c.ID, err)
	}
	body := commitmentBody{
		ID:          c.ID,
		Number:      c.ID.Number(),
		State:       c.State,
		Recipient:   recipientBody{c.Recipient, place.Recipient.Name, string(place.Recipient.Area), c.Demo},
		Program:     c.Program,
		Lines:       make([]promisedBody, len(c.Lines)),
		Period:      periodBody(c.Period),
		Route:       c.Route,
		Aggregator:  c.Aggregator,
		Class:       c.Class,
		DisplayName: c.DisplayName(),
		SubmittedAt: c.SubmittedAt,
		VerifyBy:    c.VerifyBy,
		PledgedAt:   happened(c.PledgedAt),
		ContactBy:   happened(c.ContactBy),
		EndedAt:     happened(c.EndedAt),
		Reason:      c.Reason,
		Allowed:     []string{},
		History:     []eventBody{{c.SubmittedAt, aid.Submitted}},
	}
	for i, l := range c.Lines {
		name := l.Free
		if l.Need != "" {
			name = s.pack.Catalogue().Packages[l.Package].Name
		}
		body.Lines[i] = promisedBody{l.Need, l.Package, name, l.Unit, l.Quantity, l.Equivalent, l.Free, l.Value, l.Estimated}
	}
	for _, m := range c.Allowed(aid.Collaborator) {
		body.Allowed = append(body.Allowed, string(m))
	}
	if c.State.Counts() {
		body.Allowed = append(body.Allowed, "contact")
	}
	if body.PledgedAt != nil {
		body.History = append(body.History, eventBody{c.PledgedAt, aid.Pledged})
	}
	if body.EndedAt != nil {
		body.History = append(body.History, eventBody{c.EndedAt, c.State})
	}
	return &commitmentAnswer{body}, nil
}

func happened(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}
