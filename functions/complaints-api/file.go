package main

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/challenge"
	"ksbb/shared/table"
)

// secretVersion is that of every link: nobody can ask for another one, since
// nobody knows who holds it.
const secretVersion = 1

// put records a complaint under an id the sender chose, so that sending it
// again is harmless: the same request gets the same answer.
func (s *server) put(ctx context.Context, in *putInput) (*putAnswer, error) {
	if err := checkID("/id", in.ID); err != nil {
		return nil, err
	}
	id := aid.ComplaintID(in.ID)
	key, err := s.store.Key(ctx)
	if err != nil {
		return nil, err
	}
	asked, err := in.Body.fingerprint(key)
	if err != nil {
		return nil, err
	}
	secret, err := aid.ComplaintSecret(key, id, secretVersion)
	if err != nil {
		return nil, err
	}
	stored, repeated, err := s.store.Filed(ctx, id, asked)
	if err == nil && !repeated {
		stored, err = s.file(ctx, key, in.Body.draft(id), table.Filing{SecretHash: aid.Hash(secret), Fingerprint: asked}, in.Body.Challenge)
	}
	if err != nil {
		return nil, err
	}
	// The deadline of the first sending, whatever happened since.
	return &putAnswer{filedBody{ID: id, Ticket: id.Ticket(), Secret: secret, DueBy: stored.Promised()}}, nil
}

// file checks and stores a complaint that was not there when we looked.
func (s *server) file(ctx context.Context, key []byte, d aid.ComplaintDraft, f table.Filing, answer string) (aid.Complaint, error) {
	paid, err := challenge.Solved(key, answer, s.instant())
	if err != nil {
		return aid.Complaint{}, err
	}
	place, commitment, err := s.named(ctx, d.About)
	if err != nil {
		return aid.Complaint{}, err
	}
	if f.Complaint, f.Words, err = d.Check(s.region.Last().Catalogue(), s.isKelurahan, place, commitment, s.instant()); err != nil {
		return aid.Complaint{}, err
	}
	if err := s.spend(ctx, "complaint", key); err != nil {
		return aid.Complaint{}, err
	}
	f.ChallengeID, f.ChallengeExpires = paid.ID, paid.Expires
	stored, _, err := s.store.FileComplaint(ctx, f)
	return stored, err
}

// named reads what a draft names, as it stands. What is not there is zero.
func (s *server) named(ctx context.Context, a aid.About) (place aid.Place, commitment aid.Commitment, err error) {
	recipient := a.Recipient
	if number, ok := aid.CleanNumber(a.Commitment); ok {
		r, id, err := s.store.Find(ctx, number)
		if err == nil {
			commitment, err = s.store.Commitment(ctx, r, id)
		}
		if err != nil && !errors.Is(err, aid.ErrNotFound) {
			return aid.Place{}, aid.Commitment{}, err
		}
		recipient = commitment.Recipient
	}
	if recipient == "" {
		return aid.Place{}, commitment, nil
	}
	place, _, err = s.store.Place(ctx, recipient)
	if errors.Is(err, aid.ErrNotFound) {
		return aid.Place{}, commitment, nil
	}
	return place, commitment, err
}

func (s *server) isKelurahan(code area.Code) bool {
	a, ok := s.pack.Area(code)
	return ok && a.Level == area.Kelurahan
}

// checkID takes a UUIDv7 as RFC 9562 writes it, in lower case: two spellings of
// one id would be two complaints.
func checkID(pointer, s string) error {
	id, err := uuid.Parse(s)
	if err != nil || id.Version() != 7 || id.Variant() != uuid.RFC4122 || id.String() != s {
		return &aid.InvalidError{Fields: []aid.Field{{Pointer: pointer, Code: "unknown", Detail: "want a UUIDv7 in lower case"}}}
	}
	return nil
}

// putIdea records an idea under an id the sender chose.
func (s *server) putIdea(ctx context.Context, in *ideaInput) (*ideaAnswer, error) {
	if err := checkID("/id", in.ID); err != nil {
		return nil, err
	}
	id := aid.IdeaID(in.ID)
	key, err := s.store.Key(ctx)
	if err != nil {
		return nil, err
	}
	asked, err := in.Body.fingerprint(key)
	if err != nil {
		return nil, err
	}
	stored, repeated, err := s.store.FiledIdea(ctx, id, asked)
	if err == nil && !repeated {
		stored, err = s.fileIdea(ctx, key, in.Body.draft(id), asked, in.Body.Challenge)
	}
	if err != nil {
		return nil, err
	}
	return &ideaAnswer{sentBody{ID: id, State: stored.State, ReceivedAt: stored.ReceivedAt}}, nil
}

func (s *server) fileIdea(ctx context.Context, key []byte, d aid.IdeaDraft, asked, answer string) (aid.Idea, error) {
	paid, err := challenge.Solved(key, answer, s.instant())
	if err != nil {
		return aid.Idea{}, err
	}
	idea, words, err := d.Check(s.instant())
	if err != nil {
		return aid.Idea{}, err
	}
	if err := s.spend(ctx, "idea", key); err != nil {
		return aid.Idea{}, err
	}
	stored, _, err := s.store.FileIdea(ctx, table.IdeaFiling{
		Idea: idea, Words: words, Fingerprint: asked, ChallengeID: paid.ID, ChallengeExpires: paid.Expires,
	})
	return stored, err
}
