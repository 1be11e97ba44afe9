package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/evidence"
	"ksbb/shared/publish"
	"ksbb/shared/table"
)

// evidenceStore is the part of the tables that files are reviewed in.
type evidenceStore interface {
	Evidence(context.Context, table.EvidenceRef) (aid.Evidence, error)
	ReviewEvidence(ctx context.Context, before, after aid.Evidence, at time.Time) error
}

func (s *server) registerEvidence(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "reviewEvidence", Method: http.MethodPost, Path: "/v1/staff/evidence/{id}/review",
		Summary:     "Say what a file shows, or take back what was said of it",
		Description: "An approved photo is shown to everybody, and no longer once that is taken back. Sending the same again changes nothing.",
	}, s.review)
}

// evidenceObject names a file in the trail.
func evidenceObject(id aid.EvidenceID) string { return "evidence/" + string(id) }

// reviewReopen takes an earlier review back.
const reviewReopen = "reopen"

type reviewInput struct {
	ID   aid.EvidenceID `path:"id" maxLength:"64"`
	Body struct {
		ID         string           `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
		Commitment aid.CommitmentID `json:"commitment" maxLength:"64" doc:"Which the file belongs to"`
		Decision   string           `json:"decision" enum:"approved,rejected,reopen"`
		Reason     string           `json:"reason,omitempty" maxLength:"500" doc:"Why; needed for all but an approval; for colleagues and auditors only"`
	}
}

// review records what a file shows and answers its commitment.
func (s *server) review(ctx context.Context, in *reviewInput) (*caseAnswer, error) {
	b := in.Body
	who, err := s.role(ctx, aid.ReviewEvidence)
	if err != nil {
		return nil, err
	}
	f, err := s.find(ctx, who, aid.ReviewEvidence, b.Commitment)
	if err != nil {
		return nil, err
	}
	ref := table.EvidenceRef{Recipient: f.Recipient, Commitment: f.ID, ID: in.ID}
	before, err := s.store.Evidence(ctx, ref)
	if err != nil {
		return nil, err
	}
	if err := checkRequest(b.ID); err != nil {
		return nil, err
	}
	if b.Decision != string(aid.Approved) && len(strings.TrimSpace(b.Reason)) < 3 {
		return nil, invalid("/reason", "required", "why?")
	}
	made, err := s.repeated(ctx, who, b.ID, b.Decision, evidenceObject(in.ID))
	if err != nil {
		return nil, err
	}
	if !made {
		if err := s.reviewed(ctx, who, f, before, in); err != nil {
			return nil, err
		}
	}
	// What everybody sees follows from how the file stands now, whoever was faster
	// and whatever was interrupted before.
	after, err := s.store.Evidence(ctx, ref)
	if err == nil {
		err = s.display(ctx, after)
	}
	return s.answerAfter(ctx, who, f.ID, err)
}

// reviewed stores a review that was not made before.
func (s *server) reviewed(ctx context.Context, who caller, f found, before aid.Evidence, in *reviewInput) error {
	review := aid.Review(in.Body.Decision)
	if in.Body.Decision == reviewReopen {
		review = ""
	}
	now := s.instant()
	after, err := before.Reviewed(review, now)
	if err == nil && after.ReviewVersion == before.ReviewVersion {
		err = &aid.StateError{State: aid.State(before.Review)} // a colleague was faster
	}
	if err != nil {
		return fmt.Errorf("evidence %s: %w", before.ID, err)
	}
	if after.Review == aid.Approved {
		// Before it is named on any page.
		if err := s.display(ctx, after); err != nil {
			return err
		}
	}
	act := s.act(who, in.Body.ID, aid.ReviewEvidence, in.Body.Decision, evidenceObject(in.ID), f.place.Recipient.Area, in.Body.Reason)
	act.Before, act.After = reviewOutline(before), reviewOutline(after)
	return s.store.ReviewEvidence(table.Acting(ctx, act), before, after, now)
}

func reviewOutline(e aid.Evidence) string {
	return fmt.Sprintf(`{"commitment":%q,"kind":%q,"review":%q}`, e.Commitment, e.Kind, e.Review)
}

// display copies an approved photo to where everybody sees it, and takes any
// other file away from there. A scan carries signatures: nobody but the office
// ever sees it.
func (s *server) display(ctx context.Context, e aid.Evidence) error {
	path := e.PhotoPath()
	if path == "" {
		return nil
	}
	if e.Review != aid.Approved {
		return s.public.Remove(ctx, path)
	}
	kept, err := s.evidence.Get(ctx, evidence.DisplayPath(e), "", aid.MaxEvidenceBytes)
	if err != nil {
		return err
	}
	err = s.public.Put(ctx, publish.Photo(path, kept.Body), publish.Absent)
	if errors.Is(err, aid.ErrStale) {
		return nil // a copy of the same bytes is there
	}
	return err
}
