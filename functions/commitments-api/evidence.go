package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/blob"
	"ksbb/shared/table"
	"ksbb/shared/upload"
	"ksbb/shared/web"
)

// files is the part of the evidence bucket these endpoints use.
type files interface {
	SignPut(ctx context.Context, key string, u blob.Upload) (blob.Signed, error)
	SignGet(ctx context.Context, key, version, mediaType, fileName string) (blob.Signed, error)
	Get(ctx context.Context, key, version string, limit int64) (blob.Kept, error)
	Put(ctx context.Context, key, mediaType string, body []byte) error
	Remove(ctx context.Context, key string) error
}

// announce records that a file will come and answers leave to upload it.
//
// The same file announced again before it was checked keeps its id: an answer
// that was lost costs no second file.
func (s *server) announce(ctx context.Context, in *announceInput) (*upload.Answer, error) {
	_, c, err := s.holder(ctx, in.ID, web.Bearer(in.Authorization))
	if err != nil {
		return nil, err
	}
	if !c.State.Counts() {
		return nil, &aid.StateError{State: c.State, Allowed: c.Allowed(aid.Collaborator)}
	}
	b := in.Body
	if err := aid.CheckEvidence(b.Kind, b.Type, b.Length, b.SHA256, aid.EvidenceBAST, aid.EvidencePhoto, aid.EvidenceStatement); err != nil {
		return nil, err
	}
	announced, err := s.store.EvidenceOf(ctx, c.Recipient, c.ID)
	if err != nil {
		return nil, err
	}
	e, again := upload.Announced(announced, aid.Evidence{
		Commitment: c.ID, Recipient: c.Recipient, Leaf: c.Leaf, Kind: b.Kind,
		Type: b.Type, Length: b.Length, SHA256: b.SHA256, State: aid.EvidenceAwaited, At: s.instant(),
	})
	if !again {
		if err := upload.OfCommitment.Take(ctx, s.store, string(c.ID), announced, s.today()); err != nil {
			return nil, err
		}
		e.ID = upload.NewID(s.random)
		if err := s.store.AddEvidence(ctx, e); err != nil {
			return nil, err
		}
	}
	return upload.Sign(ctx, s.files, e)
}

// evidence tells how a file was judged, with a small picture of it when there is
// one.
func (s *server) evidence(ctx context.Context, in *evidenceInput) (*evidenceAnswer, error) {
	_, c, err := s.holder(ctx, in.ID, web.Bearer(in.Authorization))
	if err != nil {
		return nil, err
	}
	e, err := s.store.Evidence(ctx, table.EvidenceRef{Recipient: c.Recipient, Commitment: c.ID, ID: in.Evidence})
	if err != nil {
		return nil, err
	}
	body := evidenceBodyOf(e)
	if e.State == aid.EvidenceAccepted && strings.HasPrefix(e.Type, "image/") {
		thumb, err := s.files.SignGet(ctx, thumbOf(e), "", "image/jpeg", "")
		if err != nil {
			return nil, err
		}
		body.Preview = thumb.URL
	}
	return &evidenceAnswer{body}, nil
}

// thumbOf returns where the small picture of an accepted file lies.
func thumbOf(e aid.Evidence) string {
	return "thumb/" + strings.TrimPrefix(e.Path(), "original/") + ".jpg"
}

func evidenceBodyOf(e aid.Evidence) evidenceBody {
	return evidenceBody{ID: e.ID, Kind: e.Kind, Type: e.Type, State: e.State, Refusal: e.Refusal, Fingerprint: e.Fingerprint(), At: e.At}
}

// scan returns the accepted scan of a statement that was signed by hand.
func (s *server) scan(ctx context.Context, c aid.Commitment, id aid.EvidenceID) (aid.Evidence, error) {
	e, err := s.store.Evidence(ctx, table.EvidenceRef{Recipient: c.Recipient, Commitment: c.ID, ID: id})
	if err != nil && !errors.Is(err, aid.ErrNotFound) {
		return aid.Evidence{}, err
	}
	if err != nil || e.Kind != aid.EvidenceStatement || e.State != aid.EvidenceAccepted {
		return aid.Evidence{}, invalid("/evidence", "unknown", fmt.Sprintf("want a file of kind %s that was accepted", aid.EvidenceStatement))
	}
	return e, nil
}
