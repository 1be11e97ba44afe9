package main

import (
	"context"
	"time"

	"ksbb/shared/challenge"
)

const (
	// effort is what a cheap phone finds in about a second, behind the form.
	effort = 50_000
	// challengeLife is how long one may take over the last step of the form.
	challengeLife = 10 * time.Minute
)

type challengeAnswer struct{ Body challengeBody }

type challengeBody = challenge.Challenge

// challenge makes a challenge. It is not stored: the signature remembers it,
// and the submission that it pays for records that it was used.
func (s *server) challenge(ctx context.Context, _ *struct{}) (*challengeAnswer, error) {
	key, err := s.store.Key(ctx)
	if err != nil {
		return nil, err
	}
	c, err := challenge.Make(key, s.effort, s.instant().Add(challengeLife))
	if err != nil {
		return nil, err
	}
	return &challengeAnswer{c}, nil
}
