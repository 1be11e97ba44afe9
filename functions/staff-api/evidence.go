package main

import (
	"context"
	"encoding/json"
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
	"ksbb/shared/upload"
)

// evidenceStore is the part of the tables that files are reviewed in.
type evidenceStore interface {
	AddEvidence(context.Context, aid.Evidence) error
	Spend(ctx context.Context, kind, id string, day aid.Day, limit int) error
	Evidence(context.Context, table.EvidenceRef) (aid.Evidence, error)
	ReviewEvidence(ctx context.Context, before, after aid.Evidence, at time.Time) error
}

func (s *server) registerEvidence(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "bringEvidence", Method: http.MethodPost, Path: "/v1/staff/commitments/{id}/evidence", DefaultStatus: http.StatusCreated,
		Summary:     "Announce a file about a commitment and get leave to upload exactly it",
		Description: "For whoever may decide about the commitment. Sending the same again answers leave for the same file. Whoever brings a file does not review it.",
	}, s.bring)
	huma.Register(api, huma.Operation{
		OperationID: "reviewEvidence", Method: http.MethodPost, Path: "/v1/staff/evidence/{id}/review",
		Summary:     "Say what a file shows, or take back what was said of it",
		Description: "An approved photo is shown to everybody, and no longer once that is taken back. Sending the same again changes nothing.",
	}, s.review)
}

// evidenceObject names a file in the trail.
func evidenceObject(id aid.EvidenceID) string { return "evidence/" + string(id) }

type bringInput struct {
	ID   aid.CommitmentID `path:"id" maxLength:"64"`
	Body struct {
		ID     string           `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
		Kind   aid.EvidenceKind `json:"kind" enum:"bast,photo,statement"`
		Type   string           `json:"type" maxLength:"100" doc:"Media type"`
		Length int64            `json:"length" minimum:"1" maximum:"9007199254740991" doc:"Bytes"`
		SHA256 string           `json:"sha256" maxLength:"64" doc:"Hexadecimal, in small letters"`
	}
}

// actBring is how the trail of a commitment says that somebody brought a file.
const actBring = "bring"

// bring records that a member of staff has a file about a commitment, such as the
// BAST that was signed on paper, and answers leave to upload it.
func (s *server) bring(ctx context.Context, in *bringInput) (*upload.Answer, error) {
	b := in.Body
	who, err := s.role(ctx, aid.DecideCommitment)
	if err != nil {
		return nil, err
	}
	f, err := s.find(ctx, who, aid.DecideCommitment, in.ID)
	if err != nil {
		return nil, err
	}
	if f.self {
		return nil, errNoCommitment
	}
	if err := checkRequest(b.ID); err != nil {
		return nil, err
	}
	if err := aid.CheckEvidence(b.Kind, b.Type, b.Length, b.SHA256, aid.EvidenceBAST, aid.EvidencePhoto, aid.EvidenceStatement); err != nil {
		return nil, err
	}
	made, err := s.repeated(ctx, who, b.ID, actBring, f.object())
	if err != nil {
		return nil, err
	}
	if !made {
		if err := s.brought(ctx, who, f, in); err != nil {
			return nil, err
		}
	}
	// Of two requests that are one, only the faster added a file: the trail knows.
	e, err := s.broughtAs(ctx, f, b.ID)
	if err != nil {
		return nil, err
	}
	if e.Kind != b.Kind || e.Type != b.Type || e.Length != b.Length || e.SHA256 != b.SHA256 {
		return nil, fmt.Errorf("request %s: %w", b.ID, aid.ErrExists)
	}
	return upload.Sign(ctx, s.evidence, e)
}

// brought records a file that was not announced before.
func (s *server) brought(ctx context.Context, who caller, f found, in *bringInput) error {
	if !f.State.Counts() {
		return &aid.StateError{State: f.State, Allowed: f.Allowed(who.side())}
	}
	known, err := s.store.EvidenceOf(ctx, f.Recipient, f.ID)
	if err != nil {
		return err
	}
	if err := upload.OfCommitment.Take(ctx, s.store, string(f.ID), known, s.today()); err != nil {
		return err
	}
	b := in.Body
	act := s.act(who, b.ID, aid.DecideCommitment, actBring, f.object(), f.place.Recipient.Area, "")
	e := aid.Evidence{
		ID: upload.NewID(s.random), Commitment: f.ID, Recipient: f.Recipient, Leaf: f.Leaf, Kind: b.Kind,
		Type: b.Type, Length: b.Length, SHA256: b.SHA256, State: aid.EvidenceAwaited, ByStaff: true, At: act.At,
	}
	act.After = compactJSON(broughtFile{e.ID, e.Kind, e.SHA256})
	return s.store.AddEvidence(table.Acting(ctx, act), e)
}

// broughtFile is what the trail keeps of a file that somebody brought.
type broughtFile struct {
	Evidence aid.EvidenceID   `json:"evidence"`
	Kind     aid.EvidenceKind `json:"kind"`
	SHA256   string           `json:"sha256"`
}

// broughtAs returns the file that a request brought.
func (s *server) broughtAs(ctx context.Context, f found, request string) (aid.Evidence, error) {
	act, _, err := s.store.Acted(ctx, request)
	if err != nil {
		return aid.Evidence{}, err
	}
	var file broughtFile
	if err := json.Unmarshal([]byte(act.After), &file); err != nil {
		return aid.Evidence{}, fmt.Errorf("read act %s: %w", request, err)
	}
	return s.store.Evidence(ctx, table.EvidenceRef{Recipient: f.Recipient, Commitment: f.ID, ID: file.Evidence})
}

// bringer returns who of the staff brought a file, empty when somebody else did.
func (s *server) bringer(ctx context.Context, e aid.Evidence) (aid.OfficerID, error) {
	if !e.ByStaff {
		return "", nil
	}
	return s.lastBy(ctx, commitmentObject(e.Commitment), actBring, fmt.Sprintf(`"evidence":%q`, e.ID))
}

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
	by, err := s.bringer(ctx, before)
	if err == nil {
		m := f.matter()
		m.Author = by
		err = who.may(aid.ReviewEvidence, m)
	}
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
