package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"

	"github.com/altcha-org/altcha-lib-go"

	"ksbb/shared/aid"
)

const (
	// effort is what a cheap phone finds in about a second, behind the form.
	effort = 50_000
	// challengeLife is how long one may take over the last step of the form.
	challengeLife = 10 * time.Minute
)

type challengeAnswer struct{ Body challengeBody }

// challengeBody is a challenge as the ALTCHA v1 client reads it.
type challengeBody struct {
	Algorithm string `json:"algorithm"`
	Challenge string `json:"challenge"`
	Salt      string `json:"salt"`
	MaxNumber int64  `json:"maxnumber"`
	Signature string `json:"signature"`
}

// challenge makes a challenge. It is not stored: the signature remembers it,
// and the submission that it pays for records that it was used.
func (s *server) challenge(ctx context.Context, _ *struct{}) (*challengeAnswer, error) {
	key, err := s.store.Key(ctx)
	if err != nil {
		return nil, err
	}
	expires := s.instant().Add(challengeLife)
	c, err := altcha.CreateChallenge(altcha.ChallengeOptions{
		Algorithm: altcha.SHA256, MaxNumber: s.effort, HMACKey: challengeKey(key), Expires: &expires,
	})
	if err != nil {
		return nil, err
	}
	return &challengeAnswer{challengeBody{c.Algorithm, c.Challenge, c.Salt, c.MaxNumber, c.Signature}}, nil
}

func challengeKey(key []byte) string { return aid.KeyedHash(key, "challenge", "") }

// payment is a solved challenge. Its id is the challenge itself, the one part
// that no other spelling of the same answer can change.
type payment struct {
	id      string
	expires time.Time
}

// solved reads the answer to a challenge that was made with key and has not
// expired at instant now. Whether it was used before is for the store to say.
func solved(key []byte, answer string, now time.Time) (payment, error) {
	text, err := base64.StdEncoding.DecodeString(answer)
	if err != nil {
		return payment{}, aid.ErrChallenge
	}
	var p altcha.Payload
	if err := json.Unmarshal(text, &p); err != nil || p.Algorithm != string(altcha.SHA256) {
		return payment{}, aid.ErrChallenge
	}
	// The library would ask its own clock, so it is told not to look.
	if ok, err := altcha.VerifySolutionSafe(p, challengeKey(key), false); err != nil || !ok {
		return payment{}, aid.ErrChallenge
	}
	seconds, err := strconv.ParseInt(altcha.ExtractParams(p).Get("expires"), 10, 64)
	if err != nil || !now.Before(time.Unix(seconds, 0)) {
		return payment{}, aid.ErrChallenge
	}
	return payment{p.Challenge, time.Unix(seconds, 0).UTC()}, nil
}
