package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"ksbb/shared/aid"
	"ksbb/shared/challenge"
	"ksbb/shared/web"
)

// linksPerNetwork is how many links one network may ask for in a day. An office
// or a village behind one address asks for fewer; a list of addresses to try is
// longer.
const linksPerNetwork = 30

// link mails the private link again to the address on record, if it is the one
// that was named. It never tells whether it was.
//
// Both budgets are charged whatever the names are, so that what is left of them
// tells nothing either.
func (s *server) link(ctx context.Context, in *linkInput) (*linkAnswer, error) {
	number, ok := aid.CleanNumber(in.Body.Number)
	if !ok {
		return nil, invalid("/number", "unknown", "want a number such as K-7F3Q-21XA")
	}
	email, ok := aid.CleanEmail(in.Body.Email)
	if !ok {
		return nil, invalid("/email", "email", "not an address that a letter can be sent to")
	}
	key, err := s.store.Key(ctx)
	if err != nil {
		return nil, err
	}
	paid, err := challenge.Solved(key, in.Body.Challenge, s.instant())
	if err != nil {
		return nil, err
	}
	if err := s.store.UseChallenge(ctx, paid.ID, paid.Expires); err != nil {
		return nil, err
	}
	network := aid.KeyedHash(key, "network", web.Network(ctx))
	if err := s.store.Spend(ctx, "network-link", network, s.today(), linksPerNetwork); err != nil {
		return nil, err
	}
	if err := s.store.Spend(ctx, "link", aid.KeyedHash(key, "link", email), s.today(), s.limits().CodesPerDay); err != nil {
		return nil, err
	}
	if err := s.mailLink(ctx, number, email); err != nil {
		// An answer of its own would tell that there is something to break at.
		slog.ErrorContext(ctx, "link not sent", "err", err)
	}
	return &linkAnswer{}, nil
}

// mailLink puts the letter into the outbox, if number and address belong
// together. Whoever never proved the address gets none.
func (s *server) mailLink(ctx context.Context, number, email string) error {
	r, id, err := s.store.Find(ctx, number)
	if errors.Is(err, aid.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	credential, err := s.store.Credential(ctx, id)
	if errors.Is(err, aid.ErrNotFound) {
		return nil // erased
	}
	if err != nil {
		return err
	}
	if !aid.Equal(credential.Contact.Email, email) || credential.VerifiedAt.IsZero() {
		return nil
	}
	now := s.instant()
	if err := s.store.Post(ctx, aid.Commitment{ID: id, Recipient: r}, aid.LetterLink, now.UnixMilli(), now); err != nil {
		return fmt.Errorf("mail link of commitment %s: %w", id, err)
	}
	return nil
}
