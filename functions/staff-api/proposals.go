package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/table"
)

// proposalStore is the part of the tables in which changes wait for a second
// person.
type proposalStore interface {
	Propose(ctx context.Context, p aid.Proposal, who aid.Proposer) error
	Proposal(context.Context, aid.ProposalID) (aid.Proposal, aid.Proposer, error)
	Proposals(ctx context.Context, cursor string, limit int) ([]aid.Proposal, string, error)
	DecideProposal(context.Context, table.ProposalDecision) error
}

func (s *server) registerProposals(api huma.API) {
	const list, one = "/v1/staff/proposals", "/v1/staff/proposals/{id}"
	huma.Register(api, huma.Operation{
		OperationID: "listProposals", Method: http.MethodGet, Path: list,
		Summary: "Changes that need two people, the newest first",
	}, s.listProposals)
	huma.Register(api, huma.Operation{
		OperationID: "putProposal", Method: http.MethodPut, Path: one,
		Summary:     "Propose a change under an id of one's own making",
		Description: "Another member of staff decides. Sending the same again changes nothing.",
	}, s.propose)
	huma.Register(api, huma.Operation{
		OperationID: "decideProposal", Method: http.MethodPost, Path: one + "/decision",
		Summary:     "Approve or reject what somebody else proposed, or withdraw one's own proposal",
		Description: "An approved change is made at once, and stands in public data as a correction.",
	}, s.decideProposal)
}

type proposalsInput struct {
	Open   bool   `query:"open" doc:"Only those that nobody decided"`
	Cursor string `query:"cursor" maxLength:"200"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

type proposalsAnswer struct {
	Body struct {
		Items []proposalBody `json:"items"`
		Next  string         `json:"next,omitempty" doc:"Cursor of the page that follows"`
	}
}

type proposalBody struct {
	ID        aid.ProposalID    `json:"id"`
	Kind      aid.ProposalKind  `json:"kind"`
	Object    string            `json:"object" doc:"commitment/…, leaf/… or recipient/…"`
	Title     string            `json:"title" doc:"What it is about: a commitment's number, a recipient's or an area's name"`
	Into      string            `json:"into,omitempty" doc:"merge: the name of the recipient that it turned out to be"`
	Area      area.Code         `json:"area"`
	AreaName  string            `json:"areaName"`
	Received  []int64           `json:"received,omitempty" doc:"receipt: what counts as received while nobody has decided"`
	Change    changeBody        `json:"change"`
	Reason    string            `json:"reason"`
	State     aid.ProposalState `json:"state"`
	At        time.Time         `json:"at"`
	By        personBody        `json:"by"`
	DecidedAt *time.Time        `json:"decidedAt,omitempty"`
	DecidedBy *personBody       `json:"decidedBy,omitempty"`
	Why       string            `json:"why,omitempty" doc:"Of the decision"`
	Mine      bool              `json:"mine" doc:"Proposed by the caller, who does not decide about it"`
	Version   int64             `json:"version"`
}

// changeBody is what a proposal changes, as its kind wants it.
type changeBody struct {
	Delivery   aid.DeliveryID  `json:"delivery,omitempty" maxLength:"64" doc:"receipt: of which delivery"`
	Quantities []int64         `json:"quantities,omitempty" maxItems:"200" doc:"receipt: what was received, one figure for each line"`
	Into       aid.RecipientID `json:"into,omitempty" maxLength:"80" doc:"merge: the recipient that it turned out to be"`
}

type proposeInput struct {
	ID   aid.ProposalID `path:"id" minLength:"36" maxLength:"36"`
	Body struct {
		Kind   aid.ProposalKind `json:"kind" enum:"receipt,totals,close,merge"`
		Object string           `json:"object" maxLength:"120" doc:"commitment/…, leaf/<area>-<group> or recipient/…"`
		Change changeBody       `json:"change"`
		Reason string           `json:"reason" minLength:"3" maxLength:"500" doc:"Why; for colleagues and auditors only"`
	}
}

type proposalAnswer struct{ Body proposalBody }

// listProposals answers those that concern the caller's areas.
func (s *server) listProposals(ctx context.Context, in *proposalsInput) (*proposalsAnswer, error) {
	who, err := s.role(ctx, aid.ProposeChanges)
	if err != nil {
		return nil, err
	}
	all, next, err := s.store.Proposals(ctx, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	a := &proposalsAnswer{}
	a.Body.Items, a.Body.Next = []proposalBody{}, next
	for _, p := range all {
		if in.Open && p.State != aid.ProposalOpen || who.may(aid.ProposeChanges, aid.Matter{Area: p.Area}) != nil {
			continue
		}
		_, by, err := s.store.Proposal(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		body, err := s.proposalBodyOf(ctx, who, p, by)
		if err != nil {
			return nil, err
		}
		a.Body.Items = append(a.Body.Items, body)
	}
	return a, nil
}

func (s *server) proposalBodyOf(ctx context.Context, who caller, p aid.Proposal, by aid.Proposer) (proposalBody, error) {
	body := proposalBody{
		ID: p.ID, Kind: p.Kind, Object: p.Object, Area: p.Area, AreaName: s.placeOf(p.Area), Reason: by.Reason, State: p.State, At: p.At,
		By: personBody{ID: by.By, Name: by.Name}, DecidedAt: happened(p.DecidedAt), Why: by.Why, Mine: by.By == who.ID, Version: p.Version,
	}
	if by.DecidedBy != "" {
		body.DecidedBy = &personBody{ID: by.DecidedBy, Name: by.DecidedAs}
	}
	if err := json.Unmarshal([]byte(p.Change), &body.Change); err != nil {
		return body, fmt.Errorf("decode proposal %s: %w", p.ID, err)
	}
	var err error
	switch kind, id, _ := strings.Cut(p.Object, "/"); kind {
	case "commitment":
		body.Title = aid.CommitmentID(id).Number()
		if p.State == aid.ProposalOpen {
			var f found
			f, err = s.find(ctx, who, aid.ProposeChanges, aid.CommitmentID(id))
			d, _ := f.Delivery(body.Change.Delivery)
			body.Received = d.Received
		}
	case "recipient":
		body.Title, err = s.nameOf(ctx, aid.RecipientID(id))
	default:
		body.Title = body.AreaName
	}
	if err == nil && body.Change.Into != "" {
		body.Into, err = s.nameOf(ctx, body.Change.Into)
	}
	return body, err
}

// nameOf returns what a recipient is called.
func (s *server) nameOf(ctx context.Context, id aid.RecipientID) (string, error) {
	place, _, err := s.store.Place(ctx, id)
	return place.Recipient.Name, err
}

// propose records a change that another member of staff decides.
func (s *server) propose(ctx context.Context, in *proposeInput) (*proposalAnswer, error) {
	who, err := s.role(ctx, aid.ProposeChanges)
	if err != nil {
		return nil, err
	}
	b := in.Body
	if b.Kind == aid.ProposeTotals {
		b.Object = "leaf/" + strings.TrimPrefix(b.Object, "leaf/")
	}
	where, err := s.proposable(ctx, who, b.Kind, b.Object, b.Change)
	if err != nil {
		return nil, err
	}
	if err := checkRequest(string(in.ID)); err != nil {
		return nil, err
	}
	change, err := json.Marshal(b.Change)
	if err != nil {
		return nil, fmt.Errorf("encode proposal %s: %w", in.ID, err)
	}
	object := "proposal/" + string(in.ID)
	made, err := s.repeated(ctx, who, string(in.ID), "propose", object)
	if err != nil {
		return nil, err
	}
	if made {
		stands, _, err := s.store.Proposal(ctx, in.ID)
		if err == nil && (stands.Kind != b.Kind || stands.Object != b.Object || stands.Change != string(change)) {
			err = fmt.Errorf("proposal %s: %w", in.ID, aid.ErrExists)
		}
		return s.answerProposal(ctx, who, in.ID, err)
	}
	act := s.act(who, string(in.ID), aid.ProposeChanges, "propose", object, where, b.Reason)
	p := aid.Proposal{ID: in.ID, Kind: b.Kind, Object: b.Object, Area: where, Change: string(change), State: aid.ProposalOpen, Version: 1, At: act.At}
	act.After = fmt.Sprintf(`{"kind":%q,"object":%q,"change":%s}`, p.Kind, p.Object, change)
	err = s.store.Propose(table.Acting(ctx, act), p, aid.Proposer{By: who.ID, Name: who.name, Reason: b.Reason})
	return s.answerProposal(ctx, who, in.ID, err)
}

func (s *server) answerProposal(ctx context.Context, who caller, id aid.ProposalID, err error) (*proposalAnswer, error) {
	if err != nil {
		return nil, err
	}
	p, by, err := s.store.Proposal(ctx, id)
	if err != nil {
		return nil, err
	}
	body, err := s.proposalBodyOf(ctx, who, p, by)
	if err != nil {
		return nil, err
	}
	return &proposalAnswer{body}, nil
}

// proposable returns where a change takes place, if the caller may propose it and
// it could be made as things stand.
func (s *server) proposable(ctx context.Context, who caller, kind aid.ProposalKind, object string, change changeBody) (area.Code, error) {
	unknown := invalid("/object", "unknown", "no such object")
	what, id, _ := strings.Cut(object, "/")
	switch {
	case kind == aid.ProposeReceipt && what == "commitment":
		f, err := s.find(ctx, who, aid.ProposeChanges, aid.CommitmentID(id))
		if err != nil {
			return "", err
		}
		after, err := f.Corrected(change.Delivery, change.Quantities, s.instant(), s.catalogue())
		if errors.Is(err, aid.ErrNotFound) {
			return "", invalid("/change/delivery", "unknown", "no such delivery")
		}
		if err == nil && after.Version == f.Version {
			err = invalid("/change/quantities", "unchanged", "these are the figures that count already")
		}
		return f.place.Recipient.Area, err
	case kind == aid.ProposeTotals && what == "leaf":
		leaf, err := aid.ParseLeaf(id)
		if err != nil || !slices.Contains(s.pack.Leaves(), leaf) {
			return "", unknown
		}
		return leaf.Area, who.may(aid.ProposeChanges, aid.Matter{Area: leaf.Area})
	case (kind == aid.ProposeClose || kind == aid.ProposeMerge) && what == "recipient":
		place, _, err := s.store.Place(ctx, aid.RecipientID(id))
		if err != nil {
			return "", err
		}
		if err := who.may(aid.ProposeChanges, aid.Matter{Area: place.Recipient.Area}); err != nil {
			return "", err
		}
		return place.Recipient.Area, s.checkClosing(ctx, place.Recipient, kind, change)
	}
	return "", unknown
}

// checkClosing refuses to close what is closed, or to merge into nothing.
func (s *server) checkClosing(ctx context.Context, r aid.Recipient, kind aid.ProposalKind, change changeBody) error {
	if r.Closed {
		return invalid("/object", "closed", "the recipient is closed already")
	}
	if kind == aid.ProposeClose {
		return nil
	}
	into, _, err := s.store.Place(ctx, change.Into)
	if err != nil && !errors.Is(err, aid.ErrNotFound) {
		return err
	}
	if err != nil || change.Into == r.ID || into.Recipient.Closed {
		return invalid("/change/into", "unknown", "want another recipient that is open")
	}
	return nil
}

type decideProposalInput struct {
	ID   aid.ProposalID `path:"id" maxLength:"64"`
	Body struct {
		ID       string `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
		Decision string `json:"decision" enum:"approve,reject,withdraw"`
		Reason   string `json:"reason" minLength:"3" maxLength:"500" doc:"Why; for colleagues and auditors only"`
	}
}

// ends says in which state a decision leaves a proposal.
var ends = map[string]aid.ProposalState{
	"approve": aid.ProposalApproved, "reject": aid.ProposalRejected, "withdraw": aid.ProposalWithdrawn,
}

// decideProposal ends a proposal, and makes its change if it was approved.
func (s *server) decideProposal(ctx context.Context, in *decideProposalInput) (*proposalAnswer, error) {
	b, deed := in.Body, aid.ApproveChanges
	if b.Decision == "withdraw" {
		deed = aid.ProposeChanges
	}
	who, err := s.role(ctx, deed)
	if err != nil {
		return nil, err
	}
	p, by, err := s.store.Proposal(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := who.may(deed, aid.Matter{Area: p.Area, Author: by.By}); err != nil {
		return nil, err
	}
	if err := checkRequest(b.ID); err != nil {
		return nil, err
	}
	object := "proposal/" + string(in.ID)
	made, err := s.repeated(ctx, who, b.ID, b.Decision, object)
	if err != nil {
		return nil, err
	}
	act := s.act(who, b.ID, deed, b.Decision, object, p.Area, b.Reason)
	if made && p.State != aid.ProposalOpen {
		return s.answerProposal(ctx, who, in.ID, nil)
	}
	if made {
		// It was interrupted between the change and the end of the proposal: it is the
		// same act that goes on.
		recorded, _, err := s.store.Acted(ctx, b.ID)
		if err != nil {
			return nil, err
		}
		act.At = recorded.At
	}
	after, err := p.Decided(ends[b.Decision], by, who.ID, act.At)
	if err != nil {
		return nil, err
	}
	act.Before, act.After = fmt.Sprintf(`{"kind":%q,"object":%q,"change":%s}`, p.Kind, p.Object, p.Change), fmt.Sprintf(`{"state":%q}`, after.State)
	by.DecidedBy, by.DecidedAs, by.Why = who.ID, who.name, b.Reason
	d := table.ProposalDecision{Before: p, After: after, Who: by}
	ctx = table.Acting(ctx, act)
	if after.State == aid.ProposalApproved {
		if err := s.approve(ctx, who, p, act.At, &d); err != nil {
			return nil, err
		}
	}
	err = s.store.DecideProposal(ctx, d)
	return s.answerProposal(ctx, who, in.ID, err)
}

// What a correction is published with. Why it was made is for auditors.
const (
	correctionReason = "koreksi yang disetujui dua petugas"
	correctionBy     = "kantor"
)

// approve adds to a decision the change that goes along with it. A recipient is
// closed by itself, under the same act.
func (s *server) approve(ctx context.Context, who caller, p aid.Proposal, now time.Time, d *table.ProposalDecision) error {
	var change changeBody
	if err := json.Unmarshal([]byte(p.Change), &change); err != nil {
		return fmt.Errorf("decode proposal %s: %w", p.ID, err)
	}
	what, id, _ := strings.Cut(p.Object, "/")
	switch what {
	case "commitment":
		f, err := s.find(ctx, who, aid.ApproveChanges, aid.CommitmentID(id))
		if err != nil {
			return err
		}
		after, err := f.Corrected(change.Delivery, change.Quantities, now, s.catalogue())
		if err == nil && after.Version == f.Version {
			err = &aid.StateError{State: f.State}
		}
		d.Change = &table.Change{Move: aid.Correct, Before: f.Commitment, After: after, At: now}
		return err
	case "leaf":
		leaf, err := aid.ParseLeaf(id)
		d.Leaf, d.Correction = leaf, &aid.Correction{On: now, Reason: correctionReason, By: correctionBy}
		return err
	}
	place, leaf, err := s.store.Place(ctx, aid.RecipientID(id))
	if err != nil {
		return err
	}
	if place.Recipient.Closed && place.Recipient.Into == change.Into {
		return nil // closed before the interruption
	}
	if err := s.checkClosing(ctx, place.Recipient, p.Kind, change); err != nil {
		return err
	}
	return s.store.CloseRecipient(ctx, table.Closing{Recipient: place.Recipient, Leaf: leaf, Closed: true, Into: change.Into, By: who.Role, At: now})
}
