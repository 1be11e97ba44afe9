package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/nyaruka/phonenumbers"

	"ksbb/shared/aid"
	"ksbb/shared/challenge"
	"ksbb/shared/table"
)

// secretVersion is that of a first secret. The answer to a repeated submission
// always holds this one, so that it stops working when the secret is renewed.
const secretVersion = 1

// put records a commitment under an id the sender chose, so that sending it
// again is harmless: the same request gets the same answer, even when its
// challenge has expired and what it asks for is gone meanwhile.
func (s *server) put(ctx context.Context, in *putInput) (*putAnswer, error) {
	id, err := newID(in.ID)
	if err != nil {
		return nil, err
	}
	key, err := s.store.Key(ctx)
	if err != nil {
		return nil, err
	}
	fingerprint, err := in.Body.fingerprint(key)
	if err != nil {
		return nil, err
	}
	stored, repeated, err := s.store.Submitted(ctx, id, fingerprint)
	if err != nil {
		return nil, err
	}
	if !repeated {
		if stored, err = s.submit(ctx, key, id, fingerprint, in.Body); err != nil {
			return nil, err
		}
	}
	secret, err := aid.Secret(key, id, secretVersion)
	if err != nil {
		return nil, err
	}
	return &putAnswer{submittedBody{
		ID: id, Number: id.Number(), State: aid.Submitted, Secret: secret, VerifyBy: stored.VerifyBy,
	}}, nil
}

// submit checks and stores a commitment that was not there when we looked.
func (s *server) submit(ctx context.Context, key []byte, id aid.CommitmentID, fingerprint string, body putBody) (aid.Commitment, error) {
	paid, err := challenge.Solved(key, body.Challenge, s.instant())
	if err != nil {
		return aid.Commitment{}, err
	}
	place, _, err := s.store.Place(ctx, body.Recipient)
	if err != nil && !errors.Is(err, aid.ErrNotFound) {
		return aid.Commitment{}, err
	}
	offered, err := s.catalogueFor(ctx, body.Route)
	if err != nil {
		return aid.Commitment{}, err
	}
	promise, err := body.draft(id).Check(offered, place, readPhone, s.instant())
	if err != nil {
		return aid.Commitment{}, s.suggest(ctx, err, place)
	}
	secret, err := aid.Secret(key, id, secretVersion)
	if err != nil {
		return aid.Commitment{}, err
	}
	c := promise.Commitment
	c.Collaborator = aid.CollaboratorOf(key, promise.Contact.Email)
	c.Salt = s.salt()
	stored, _, err := s.store.Submit(ctx, table.Submission{
		Commitment: c,
		Credential: aid.Credential{
			Commitment:    id,
			Recipient:     c.Recipient,
			Contact:       promise.Contact,
			Statement:     promise.Statement,
			Language:      promise.Language,
			SecretVersion: secretVersion,
			SecretHash:    aid.Hash(secret),
			CodeHash:      aid.Hash(aid.Code(key, id)),
		},
		Fingerprint:      fingerprint,
		ChallengeID:      paid.ID,
		ChallengeExpires: paid.Expires,
	})
	return stored, err
}

// salt returns 128 random bits in base64url. Whoever sends the same again is
// answered with the commitment that is stored, and so with its salt.
func (s *server) salt() string {
	var b [16]byte
	s.random(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// newID takes a UUIDv7 as RFC 9562 writes it, in lower case: two spellings of
// one id would be two commitments.
func newID(s string) (aid.CommitmentID, error) {
	id, err := uuid.Parse(s)
	if err != nil || id.Version() != 7 || id.Variant() != uuid.RFC4122 || id.String() != s {
		return "", &aid.InvalidError{Fields: []aid.Field{{Pointer: "/id", Code: "unknown", Detail: "want a UUIDv7 in lower case"}}}
	}
	return aid.CommitmentID(s), nil
}

// readPhone reads a number as people in Indonesia type it: "0812 …", "62812 …",
// "+62 812 …", "0062 812 …"; from elsewhere with + or 00.
func readPhone(typed string) (string, bool) {
	typed = strings.TrimSpace(typed)
	// Letters and extensions would be read as something that cannot be dialled.
	if strings.Trim(typed, "+0123456789 -.()/") != "" {
		return "", false
	}
	// The library takes 00 for an Indonesian trunk prefix.
	if abroad, ok := strings.CutPrefix(typed, "00"); ok {
		typed = "+" + abroad
	}
	number, err := phonenumbers.Parse(typed, "ID")
	if err != nil || !phonenumbers.IsValidNumber(number) {
		return "", false
	}
	return phonenumbers.Format(number, phonenumbers.E164), true
}

var errNoSecret = fmt.Errorf("manage secret: %w", aid.ErrNotFound)

// holder returns the commitment that the caller's secret belongs to and its
// private side. A missing, malformed or foreign secret, an unknown id and the
// secret of another commitment are all the same ErrNotFound.
func (s *server) holder(ctx context.Context, id, secret string) (aid.Credential, aid.Commitment, error) {
	named, err := aid.SecretCommitment(secret)
	if err != nil || string(named) != id {
		return aid.Credential{}, aid.Commitment{}, errNoSecret
	}
	credential, err := s.store.Credential(ctx, named)
	if err != nil {
		return aid.Credential{}, aid.Commitment{}, err
	}
	if !aid.Matches(credential.SecretHash, secret) {
		return aid.Credential{}, aid.Commitment{}, errNoSecret
	}
	commitment, err := s.store.Commitment(ctx, credential.Recipient, named)
	return credential, commitment, err
}
