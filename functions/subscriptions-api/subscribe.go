package main

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"ksbb/shared/aid"
	"ksbb/shared/challenge"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

// put records what somebody asks for under an id that they chose, so that
// sending it again is harmless: the same request gets the same answer. Nothing
// in it depends on what else is known of the address.
func (s *server) put(ctx context.Context, in *putInput) (*putAnswer, error) {
	if err := checkID(in.ID); err != nil {
		return nil, err
	}
	id := aid.SubscriptionID(in.ID)
	key, err := s.store.Key(ctx)
	if err != nil {
		return nil, err
	}
	asked, err := in.Body.fingerprint(key)
	if err != nil {
		return nil, err
	}
	stored, repeated, err := s.store.Subscribed(ctx, id, asked, s.instant())
	if err == nil && !repeated {
		stored, err = s.subscribe(ctx, key, in.Body.draft(id), asked, in.Body.Challenge)
	}
	if err != nil {
		return nil, err
	}
	return &putAnswer{askedBody{ID: id, ConfirmBy: stored.ConfirmBy()}}, nil
}

// subscribe checks and stores a subscription that was not there when we looked.
func (s *server) subscribe(ctx context.Context, key []byte, d aid.SubscriptionDraft, asked, answer string) (aid.Subscription, error) {
	paid, err := challenge.Solved(key, answer, s.instant())
	if err != nil {
		return aid.Subscription{}, err
	}
	wish, err := d.Check(s.instant())
	if err != nil {
		return aid.Subscription{}, err
	}
	secret, err := aid.SubscriptionSecret(key, wish.ID, wish.Email)
	if err != nil {
		return aid.Subscription{}, err
	}
	wish.Address, wish.SecretHash = aid.KeyedHash(key, "subscriber", wish.Email), aid.Hash(secret)
	if err := s.spend(ctx, key); err != nil {
		return aid.Subscription{}, err
	}
	stored, _, err := s.store.Subscribe(ctx, table.SubscriptionRequest{
		Subscription: wish, Fingerprint: asked, ChallengeID: paid.ID, ChallengeExpires: paid.Expires,
	})
	return stored, err
}

// checkID takes a random UUID as RFC 9562 writes it, in lower case: two
// spellings of one id would be two subscriptions.
func checkID(s string) error {
	id, err := uuid.Parse(s)
	if err != nil || id.Version() != 4 && id.Version() != 7 || id.Variant() != uuid.RFC4122 || id.String() != s {
		return &aid.InvalidError{Fields: []aid.Field{{Pointer: "/id", Code: "unknown", Detail: "want a UUIDv4 or UUIDv7 in lower case"}}}
	}
	return nil
}

var errNoSecret = fmt.Errorf("subscription secret: %w", aid.ErrNotFound)

// confirm begins to send reports. A missing, malformed or foreign secret, and an
// unknown, ended or forgotten subscription are all the same ErrNotFound.
func (s *server) confirm(ctx context.Context, in *confirmInput) (*confirmAnswer, error) {
	secret := web.Bearer(in.Authorization)
	id, err := aid.SecretSubscription(secret)
	if err != nil || string(id) != in.ID {
		return nil, errNoSecret
	}
	asked, err := s.store.Subscription(ctx, id, s.instant())
	if err != nil {
		return nil, err
	}
	if !aid.Matches(asked.SecretHash, secret) {
		return nil, errNoSecret
	}
	c, err := s.store.ConfirmSubscription(ctx, asked, s.instant())
	if err != nil {
		return nil, err
	}
	return &confirmAnswer{confirmedBody{ID: c.ID, Kinds: c.Cadences, ConfirmedAt: c.ConfirmedAt}}, nil
}

// end forgets a subscription. It may be called by anybody who knows the id, and
// tells nobody whether there was one.
func (s *server) end(ctx context.Context, in *endInput) (*struct{}, error) {
	if checkID(in.ID) != nil {
		return nil, nil
	}
	return nil, s.store.EndSubscription(ctx, aid.SubscriptionID(in.ID))
}

var _ store = (*table.Table)(nil)
