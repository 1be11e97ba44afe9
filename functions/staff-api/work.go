package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

// deskStore is the part of the tables that says who looks after what, and what
// colleagues wrote about it.
type deskStore interface {
	Desk(ctx context.Context, object string) (table.Desk, error)
	Assign(ctx context.Context, object string, before table.Desk, to aid.OfficerID, name string, at time.Time) error
	WriteNote(ctx context.Context, object string, n table.OfficeNote) error
	Notes(ctx context.Context, object string) ([]table.OfficeNote, error)
	Complaint(context.Context, aid.ComplaintID) (aid.Complaint, error)
	Proposal(context.Context, aid.ProposalID) (aid.Proposal, aid.Proposer, error)
}

func (s *server) registerWork(api huma.API) {
	const one = "/v1/staff/work/{kind}/{id}"
	huma.Register(api, huma.Operation{
		OperationID: "getWork", Method: http.MethodGet, Path: one,
		Summary: "On whose desk a thing lies, what colleagues wrote about it, and what was done",
	}, s.getWork)
	huma.Register(api, huma.Operation{
		OperationID: "assignWork", Method: http.MethodPost, Path: one + "/assignment",
		Summary: "Put a thing on one's own desk, on a colleague's, or on nobody's",
	}, s.assign)
	huma.Register(api, huma.Operation{
		OperationID: "writeNote", Method: http.MethodPost, Path: one + "/notes",
		Summary: "Write a note for colleagues",
	}, s.writeNote)
}

// Thing names one thing that waits. It is exported because huma passes over
// embedded types that are not.
type Thing struct {
	Kind string           `path:"kind" enum:"commitment,evidence,moderation,complaint,idea,need,proposal,import"`
	ID   string           `path:"id" maxLength:"200"`
	Of   aid.CommitmentID `query:"commitment" maxLength:"64" doc:"Of evidence: which commitment it belongs to"`
}

// commitment returns the commitment that a thing belongs to, if it is one of
// those that do.
func (t Thing) commitment() aid.CommitmentID {
	if t.Kind == string(table.WorkEvidence) {
		return t.Of
	}
	return aid.CommitmentID(t.ID)
}

// object names the thing in the trail, and on desks. A commitment, its files and
// its texts are one case, on one desk.
func (t Thing) object() string {
	switch table.WorkKind(t.Kind) {
	case table.WorkCommitment, table.WorkEvidence, table.WorkModeration:
		return commitmentObject(t.commitment())
	}
	return t.Kind + "/" + t.ID
}

type workInput struct{ Thing }

type assignInput struct {
	Thing
	Body struct {
		ID string `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
		To string `json:"to" maxLength:"100" doc:"me, an officer, or nothing to put it back"`
	}
}

type noteInput struct {
	Thing
	Body struct {
		ID   string `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of the note, made before sending"`
		Text string `json:"text" minLength:"1" maxLength:"2000"`
	}
}

type noteBody struct {
	ID   string     `json:"id"`
	At   time.Time  `json:"at"`
	By   personBody `json:"by"`
	Text string     `json:"text"`
}

type workAnswer struct{ Body workBody }

type workBody struct {
	Assigned *personBody `json:"assigned,omitempty" doc:"On whose desk it lies"`
	Notes    []noteBody  `json:"notes" doc:"Oldest first"`
	History  []stepBody  `json:"history" doc:"What was done about it, newest first"`
}

// maxNote is the longest note for colleagues, in characters.
const maxNote = 2000

// getWork answers what is known of a thing beside the thing itself.
func (s *server) getWork(ctx context.Context, in *workInput) (*workAnswer, error) {
	who, _, err := s.thing(ctx, in.Thing)
	return s.answerWork(ctx, who, in.Thing, err)
}

// assign puts a thing on somebody's desk.
func (s *server) assign(ctx context.Context, in *assignInput) (*workAnswer, error) {
	who, m, err := s.thing(ctx, in.Thing)
	if err != nil {
		return nil, err
	}
	if err := checkRequest(in.Body.ID); err != nil {
		return nil, err
	}
	if made, err := s.repeated(ctx, who, in.Body.ID, "assign", in.object()); err != nil || made {
		return s.answerWork(ctx, who, in.Thing, err)
	}
	to, name := aid.OfficerID(in.Body.To), ""
	switch in.Body.To {
	case "":
	case "me", string(who.ID):
		to, name = who.ID, who.name
	default:
		account, err := s.colleague(ctx, in.Thing, m, to)
		if err != nil {
			return nil, err
		}
		name = account.Name
	}
	before, err := s.store.Desk(ctx, in.object())
	if err != nil {
		return nil, err
	}
	act := s.act(who, in.Body.ID, aid.ReadQueue, "assign", in.object(), m.Area, "")
	act.Before, act.After = fmt.Sprintf(`{"to":%q}`, before.To), fmt.Sprintf(`{"to":%q}`, to)
	err = s.store.Assign(table.Acting(ctx, act), in.object(), before, to, name, act.At)
	return s.answerWork(ctx, who, in.Thing, s.holder(ctx, who, in.object(), err))
}

// holder adds to a refusal because something changed hands who has it now, so
// that whoever came second knows whom to ask. Who does what in an office is no
// business of an aggregator.
func (s *server) holder(ctx context.Context, who caller, object string, err error) error {
	if !errors.Is(err, aid.ErrStale) || who.Role == aid.StaffAggregator {
		return err
	}
	desk, unknown := s.store.Desk(ctx, object)
	if unknown != nil || desk.To == "" {
		return err
	}
	return &aid.HeldError{By: desk.To, Name: desk.Name}
}

// colleague returns an officer who may be given a thing: one whose work it is.
func (s *server) colleague(ctx context.Context, t Thing, m aid.Matter, id aid.OfficerID) (aid.Account, error) {
	account, err := s.store.Officer(ctx, id)
	if err == nil && !account.Suspended && account.May(dutyOf[table.WorkKind(t.Kind)], m) {
		return account, nil
	}
	return aid.Account{}, invalid("/to", "unknown", "want an officer whose work it is")
}

// writeNote adds a note.
func (s *server) writeNote(ctx context.Context, in *noteInput) (*workAnswer, error) {
	who, m, err := s.thing(ctx, in.Thing)
	if err != nil {
		return nil, err
	}
	if err := checkRequest(in.Body.ID); err != nil {
		return nil, err
	}
	text, err := aid.CleanText(strings.Join(strings.Fields(in.Body.Text), " "), maxNote)
	if err != nil || text == "" {
		return nil, invalid("/text", "text", "want a text")
	}
	if made, err := s.repeated(ctx, who, in.Body.ID, "note", in.object()); err != nil || made {
		return s.answerWork(ctx, who, in.Thing, err)
	}
	act := s.act(who, in.Body.ID, aid.ReadQueue, "note", in.object(), m.Area, "")
	err = s.store.WriteNote(table.Acting(ctx, act), in.object(), table.OfficeNote{ID: in.Body.ID, At: act.At, By: who.ID, Name: who.name, Text: text})
	return s.answerWork(ctx, who, in.Thing, err)
}

func (s *server) answerWork(ctx context.Context, who caller, t Thing, err error) (*workAnswer, error) {
	if err != nil {
		return nil, err
	}
	a := &workAnswer{}
	if a.Body.Assigned, a.Body.Notes, err = s.deskOf(ctx, who, t.object()); err != nil {
		return nil, err
	}
	if a.Body.History, err = s.workActs(ctx, who, t); err != nil {
		return nil, err
	}
	return a, nil
}

// workActs returns what was done about a thing, the newest first.
func (s *server) workActs(ctx context.Context, who caller, t Thing) ([]stepBody, error) {
	id, ok := strings.CutPrefix(t.object(), commitmentObject(""))
	if !ok {
		return s.acts(ctx, who, t.object())
	}
	r, err := s.store.Locate(ctx, aid.CommitmentID(id))
	if err != nil {
		return nil, err
	}
	files, err := s.store.EvidenceOf(ctx, r, aid.CommitmentID(id))
	if err != nil {
		return nil, err
	}
	return s.caseActs(ctx, who, aid.CommitmentID(id), files)
}

// deskOf returns on whose desk a thing lies, and its notes. What an office writes
// for itself is no business of an aggregator.
func (s *server) deskOf(ctx context.Context, who caller, object string) (*personBody, []noteBody, error) {
	notes := []noteBody{}
	if who.Role == aid.StaffAggregator {
		return nil, notes, nil
	}
	desk, err := s.store.Desk(ctx, object)
	if err != nil {
		return nil, nil, err
	}
	if desk.Notes > 0 {
		written, err := s.store.Notes(ctx, object)
		if err != nil {
			return nil, nil, err
		}
		for _, n := range written {
			notes = append(notes, noteBody{n.ID, n.At, personBody{ID: n.By, Name: n.Name}, n.Text})
		}
	}
	return assignedTo(desk), notes, nil
}

// assignedTo returns on whose desk a thing lies, nil for nobody's.
func assignedTo(d table.Desk) *personBody {
	if d.To == "" {
		return nil
	}
	return &personBody{ID: d.To, Name: d.Name}
}

// acts returns what was done about an object, the newest first. What an office
// did is for offices: an aggregator sees what its own people did.
func (s *server) acts(ctx context.Context, who caller, object string) ([]stepBody, error) {
	steps := []stepBody{}
	done, _, err := s.store.Audit(ctx, table.AuditQuery{Object: object}, "", actsShown)
	if err != nil {
		return nil, err
	}
	for _, a := range done {
		if who.Role != aid.StaffAggregator || a.Role == aid.StaffAggregator {
			steps = append(steps, stepBody{At: a.At, Action: a.Action, By: &personBody{a.By, a.Name, a.Role}, Reason: a.Reason})
		}
	}
	return steps, nil
}

// dutyOf says whose work each kind of thing is.
var dutyOf = map[table.WorkKind]aid.Deed{
	table.WorkCommitment: aid.DecideCommitment,
	table.WorkEvidence:   aid.ReviewEvidence,
	table.WorkModeration: aid.ModerateTexts,
	table.WorkComplaint:  aid.HandleComplaints,
	table.WorkIdea:       aid.ReadIdeas,
	table.WorkNeed:       aid.ConfirmNeeds,
	table.WorkProposal:   aid.ApproveChanges,
	table.WorkImport:     aid.Import,
}

// thing returns who calls, and what of a thing decides who may look after it. To
// write a note beside what is one's own is not to decide about it.
func (s *server) thing(ctx context.Context, t Thing) (caller, aid.Matter, error) {
	duty := dutyOf[table.WorkKind(t.Kind)]
	who, err := s.role(ctx, duty)
	if err != nil {
		return who, aid.Matter{}, err
	}
	m, err := s.matterOf(ctx, who, t)
	if err == nil {
		err = who.may(duty, m)
	}
	return who, m, err
}

func (s *server) matterOf(ctx context.Context, who caller, t Thing) (aid.Matter, error) {
	switch table.WorkKind(t.Kind) {
	case table.WorkNeed:
		r, _, _ := strings.Cut(t.ID, ":")
		place, _, err := s.store.Place(ctx, aid.RecipientID(r))
		if err == nil && !slices.ContainsFunc(place.Needs, func(n aid.Need) bool { return n.ID == aid.NeedID(t.ID) }) {
			err = fmt.Errorf("need: %w", aid.ErrNotFound)
		}
		return aid.Matter{Area: place.Recipient.Area}, err
	case table.WorkComplaint:
		c, err := s.store.Complaint(ctx, aid.ComplaintID(t.ID))
		if err == nil && !who.Sees(c) {
			err = fmt.Errorf("complaint: %w", aid.ErrNotFound)
		}
		return aid.Matter{Area: c.Area}, err
	case table.WorkIdea:
		_, err := s.store.Idea(ctx, aid.IdeaID(t.ID))
		return aid.Matter{}, err
	case table.WorkImport:
		_, err := s.store.ListImport(ctx, aid.ImportID(t.ID))
		return aid.Matter{}, err
	case table.WorkProposal:
		p, _, err := s.store.Proposal(ctx, aid.ProposalID(t.ID))
		return aid.Matter{Area: p.Area}, err
	}
	f, err := s.find(ctx, who, aid.ReadCommitments, t.commitment())
	return aid.Matter{Area: f.place.Recipient.Area, Aggregator: f.Aggregator}, err
}
