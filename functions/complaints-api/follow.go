package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/upload"
	"ksbb/shared/web"
)

var errNoSecret = fmt.Errorf("complaint secret: %w", aid.ErrNotFound)

// holder returns the complaint that the caller's secret belongs to. A missing,
// malformed or foreign secret, an unknown or forgotten complaint and the secret
// of another one are all the same ErrNotFound.
func (s *server) holder(ctx context.Context, h Holder) (aid.Complaint, error) {
	secret := web.Bearer(h.Authorization)
	id, err := aid.SecretComplaint(secret)
	if err != nil || string(id) != h.ID {
		return aid.Complaint{}, errNoSecret
	}
	hash, err := s.store.ComplaintSecret(ctx, id)
	if err != nil {
		return aid.Complaint{}, err
	}
	if !aid.Matches(hash, secret) {
		return aid.Complaint{}, errNoSecret
	}
	return s.store.Complaint(ctx, id)
}

// get answers where a complaint stands. It changes nothing.
func (s *server) get(ctx context.Context, in *Holder) (*complaintAnswer, error) {
	c, err := s.holder(ctx, *in)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, c)
}

// tries is how often a message is decided anew when somebody else moved the
// complaint meanwhile.
const tries = 4

// write adds a message of the reporter. The same message again gets the same
// answer.
func (s *server) write(ctx context.Context, in *writeInput) (*complaintAnswer, error) {
	before, err := s.holder(ctx, in.Holder)
	if err != nil {
		return nil, err
	}
	if err := checkID("/id", string(in.Body.ID)); err != nil {
		return nil, err
	}
	words, err := aid.CheckMessage(in.Body.Text)
	if err != nil {
		return nil, err
	}
	key, err := s.store.Key(ctx)
	if err != nil {
		return nil, err
	}
	asked := aid.KeyedHash(key, "message", string(before.ID)+"\x00"+string(in.Body.ID)+"\x00"+words)
	wrote, err := s.store.Wrote(ctx, before.ID, in.Body.ID, asked)
	if err != nil {
		return nil, err
	}
	for try := 1; !wrote; try++ {
		after, err := before.Written(in.Body.ID, s.instant())
		if err != nil {
			return nil, fmt.Errorf("complaint %s: %w", before.ID, err)
		}
		if after.Version == before.Version { // there is one of this id already
			if wrote, err = s.store.Wrote(ctx, before.ID, in.Body.ID, asked); err == nil && !wrote {
				err = fmt.Errorf("message %s of complaint %s: %w", in.Body.ID, before.ID, aid.ErrExists)
			}
			if err != nil {
				return nil, err
			}
			break
		}
		err = s.store.WriteMessage(ctx, before, after, words, asked)
		if err == nil {
			break
		}
		if !errors.Is(err, aid.ErrStale) || try == tries {
			return nil, err
		}
		if before, err = s.store.Complaint(ctx, before.ID); err != nil {
			return nil, err
		}
	}
	stored, err := s.store.Complaint(ctx, before.ID)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, stored)
}

func (s *server) answer(ctx context.Context, c aid.Complaint) (*complaintAnswer, error) {
	replies, err := s.store.Replies(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	files, err := s.store.EvidenceOfComplaint(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	body := complaintBody{
		ID: c.ID, Ticket: c.ID.Ticket(), Class: c.Class, State: c.State, ReceivedAt: c.ReceivedAt, DueBy: c.DueBy,
		ClosedAt: happened(c.ClosedAt), Escalated: c.Escalated(), Outcome: c.Outcome, Messages: []messageBody{}, Evidence: []evidenceBody{},
		Open: c.State != aid.ComplaintClosed,
	}
	for _, m := range c.Messages {
		said := messageBody{ID: m.ID, At: m.At, From: "you"}
		if m.From != aid.Reporter {
			said.From, said.Text = "office", replies[m.ID]
		}
		body.Messages = append(body.Messages, said)
	}
	for _, e := range files {
		body.Evidence = append(body.Evidence, evidenceBodyOf(e))
	}
	return &complaintAnswer{body}, nil
}

func happened(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

func evidenceBodyOf(e aid.Evidence) evidenceBody {
	return evidenceBody{ID: e.ID, Type: e.Type, State: e.State, Refusal: e.Refusal, At: e.At}
}

// announce records that a file will come and answers leave to upload it. The
// same file announced again before it was checked keeps its id.
func (s *server) announce(ctx context.Context, in *announceInput) (*upload.Answer, error) {
	c, err := s.holder(ctx, in.Holder)
	if err != nil {
		return nil, err
	}
	if c.State == aid.ComplaintClosed {
		return nil, &aid.StateError{State: aid.State(c.State)}
	}
	b := in.Body
	if err := aid.CheckEvidence(aid.EvidenceComplaint, b.Type, b.Length, b.SHA256, aid.EvidenceComplaint); err != nil {
		return nil, err
	}
	announced, err := s.store.EvidenceOfComplaint(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	e, again := upload.Announced(announced, aid.Evidence{
		Complaint: c.ID, Kind: aid.EvidenceComplaint, Type: b.Type, Length: b.Length, SHA256: b.SHA256, State: aid.EvidenceAwaited, At: s.instant(),
	})
	if !again {
		if err := upload.OfComplaint.Take(ctx, s.store, string(c.ID), announced, s.today()); err != nil {
			return nil, err
		}
		e.ID = upload.NewID(s.random)
		if err := s.store.AddEvidence(ctx, e); err != nil {
			return nil, err
		}
	}
	return upload.Sign(ctx, s.files, e)
}

// evidence tells how a file was judged.
func (s *server) evidence(ctx context.Context, in *evidenceInput) (*evidenceAnswer, error) {
	c, err := s.holder(ctx, in.Holder)
	if err != nil {
		return nil, err
	}
	e, err := s.store.Evidence(ctx, table.EvidenceRef{Complaint: c.ID, ID: in.Evidence})
	if err != nil {
		return nil, err
	}
	return &evidenceAnswer{evidenceBodyOf(e)}, nil
}
