package main

import (
	"context"
	"fmt"
	"slices"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

// handoverVersion is that of the secret which a collaborator hands over. It ends
// by itself, so there is no second one.
const handoverVersion = 1

var errNoSecret = fmt.Errorf("steward secret: %w", aid.ErrNotFound)

// caller is what a genuine secret opens.
type caller struct {
	recipient  aid.RecipientID
	commitment aid.CommitmentID // empty for the steward's own link
	via        aid.Via
	access     table.Access
}

// whole tells whether the caller answers for the whole recipient.
func (c caller) whole() bool { return c.commitment == "" }

// caller returns what a secret opens. A missing or malformed one, one that was
// replaced, and one whose commitment has no answer left to give are all the same
// ErrNotFound.
func (s *server) caller(ctx context.Context, authorization string) (caller, error) {
	secret := web.Bearer(authorization)
	recipient, commitment, err := aid.StewardScope(secret)
	if err != nil {
		return caller{}, errNoSecret
	}
	key, err := s.store.Key(ctx)
	if err != nil {
		return caller{}, err
	}
	if commitment != "" {
		genuine, err := aid.HandoverSecret(key, commitment, handoverVersion)
		if err != nil || !aid.Equal(genuine, secret) {
			return caller{}, errNoSecret
		}
		if recipient, err = s.store.Locate(ctx, commitment); err != nil {
			return caller{}, err
		}
	}
	access, err := s.store.Access(ctx, recipient)
	if err != nil {
		return caller{}, err
	}
	c := caller{recipient: recipient, commitment: commitment, via: aid.ViaHandover, access: access}
	if c.whole() {
		c.via = aid.ViaSteward
		if !aid.Equal(aid.StewardSecret(key, recipient, access.Version), secret) {
			return caller{}, errNoSecret
		}
	}
	return c, nil
}

// owner is caller for what only the steward's own link may do.
func (s *server) owner(ctx context.Context, authorization string) (caller, error) {
	c, err := s.caller(ctx, authorization)
	if err == nil && !c.whole() {
		err = errNoSecret
	}
	return c, err
}

// may returns a commitment that the caller answers for. Any other is not found.
func (s *server) may(ctx context.Context, c caller, id aid.CommitmentID) (aid.Commitment, error) {
	if !c.whole() && c.commitment != id {
		return aid.Commitment{}, errNoSecret
	}
	commitment, err := s.store.Commitment(ctx, c.recipient, id)
	if err != nil {
		return aid.Commitment{}, err
	}
	if !c.whole() && !awaitsHandover(commitment) {
		return aid.Commitment{}, errNoSecret // its last answer was given
	}
	if commitment.PledgedAt.IsZero() {
		return aid.Commitment{}, errNoSecret // nobody promised anything yet
	}
	return commitment, nil
}

// awaitsHandover tells whether something is still to be handed over, or to be
// answered for.
func awaitsHandover(c aid.Commitment) bool {
	return c.State.Counts() && (some(c.Outstanding()) || slices.ContainsFunc(c.Deliveries, func(d aid.Delivery) bool { return d.Answer == "" }))
}

func some(quantities []int64) bool {
	return slices.ContainsFunc(quantities, func(n int64) bool { return n > 0 })
}
