package main

import (
	"cmp"
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

// complaintStore is the part of the tables that complaints lie in.
type complaintStore interface {
	Complaint(context.Context, aid.ComplaintID) (aid.Complaint, error)
	ComplaintMonths(context.Context) ([]string, error)
	ComplaintsOf(ctx context.Context, month string) ([]aid.Complaint, error)
	MoveComplaint(ctx context.Context, before, after aid.Complaint, letters ...aid.LetterKind) error
	TakeComplaint(ctx context.Context, before, after aid.Complaint, desk table.Desk, to aid.OfficerID, name string) error
	WriteMessage(ctx context.Context, before, after aid.Complaint, words, fingerprint string, letters ...aid.LetterKind) error
	Reports(context.Context, aid.ComplaintID) (texts map[aid.MessageID]string, email string, err error)
	Replies(context.Context, aid.ComplaintID) (map[aid.MessageID]string, error)
	EvidenceOfComplaint(context.Context, aid.ComplaintID) ([]aid.Evidence, error)
	Place(context.Context, aid.RecipientID) (aid.Place, aid.Leaf, error)
	Officer(context.Context, aid.OfficerID) (aid.Account, error)
	Desk(ctx context.Context, object string) (table.Desk, error)
	Desks(ctx context.Context, objects []string) (map[string]table.Desk, error)
	Assign(ctx context.Context, object string, before table.Desk, to aid.OfficerID, name string, at time.Time) error
	Record(context.Context, table.Act) error
	Key(context.Context) ([]byte, error)
}

func (s *server) registerComplaints(api huma.API) {
	const one = "/v1/staff/complaints/{id}"
	huma.Register(api, huma.Operation{
		OperationID: "listComplaints", Method: http.MethodGet, Path: "/v1/staff/complaints",
		Summary:     "The complaints that one may see, the newest first, without their words",
		Description: "Nobody sees what names their own office or a unit in its care. A page may be empty, and have another one after it.",
	}, s.listComplaints)
	huma.Register(api, huma.Operation{
		OperationID: "getStaffComplaint", Method: http.MethodGet, Path: one, Summary: "The facts of a complaint, without its words",
	}, s.getComplaint)
	huma.Register(api, huma.Operation{
		OperationID: "readComplaint", Method: http.MethodPost, Path: one + "/reading",
		Summary: "What was written, and what was attached; that it was read is recorded",
	}, s.readComplaint)
	huma.Register(api, huma.Operation{
		OperationID: "assignComplaint", Method: http.MethodPost, Path: one + "/assignment",
		Summary: "Take a complaint up, hand it to a colleague who may see it, or put it back",
	}, s.assignComplaint)
	huma.Register(api, huma.Operation{
		OperationID: "answerComplaint", Method: http.MethodPost, Path: one + "/answers",
		Summary: "Answer who complained, and say what was found",
	}, s.answerComplaint)
	huma.Register(api, huma.Operation{
		OperationID: "closeComplaint", Method: http.MethodPost, Path: one + "/closure", Summary: "Close a complaint, and say what was found",
	}, s.closeComplaint)
}

// Grievance is a complaint in a list. It is exported because huma passes over
// embedded types that are not.
type Grievance struct {
	ID         aid.ComplaintID    `json:"id"`
	Ticket     string             `json:"ticket"`
	Version    int64              `json:"version"`
	Class      aid.ComplaintClass `json:"class"`
	State      aid.ComplaintState `json:"state"`
	Area       area.Code          `json:"area,omitempty" doc:"The kelurahan in which it happened, if anybody said"`
	AreaName   string             `json:"areaName,omitempty"`
	ReceivedAt time.Time          `json:"receivedAt"`
	DueBy      time.Time          `json:"dueBy" doc:"An answer is promised until then"`
	Escalated  bool               `json:"escalated" doc:"A deadline passed without an answer"`
	AnsweredAt *time.Time         `json:"answeredAt,omitempty"`
	ClosedAt   *time.Time         `json:"closedAt,omitempty"`
	Outcome    aid.Outcome        `json:"outcome,omitempty"`
	Desk       officeBody         `json:"desk" doc:"The office that it is with"`
	Assigned   *personBody        `json:"assigned,omitempty"`
}

type officeBody struct {
	Role aid.StaffRole `json:"role"`
	Area area.Code     `json:"area,omitempty" doc:"Nothing is the whole region"`
	Name string        `json:"name,omitempty"`
}

func (s *server) grievanceOf(c aid.Complaint, d table.Desk) Grievance {
	b := Grievance{
		ID: c.ID, Ticket: c.ID.Ticket(), Version: c.Version, Class: c.Class, State: c.State, Area: c.Area, ReceivedAt: c.ReceivedAt, DueBy: c.DueBy,
		Escalated: c.Escalated(), AnsweredAt: happened(c.AnsweredAt), ClosedAt: happened(c.ClosedAt), Outcome: c.Outcome, Assigned: heldBy(d),
	}
	desk := c.Desk()
	b.Desk = officeBody{Role: desk.Role, Area: desk.Area}
	if c.Area != "" {
		b.AreaName = s.pack.AreaName(c.Area)
	}
	if desk.Area != "" {
		b.Desk.Name = s.pack.AreaName(desk.Area)
	}
	return b
}

// heldBy returns on whose desk a complaint lies, nil for nobody's.
func heldBy(d table.Desk) *personBody {
	if d.To == "" {
		return nil
	}
	return &personBody{ID: d.To, Name: d.Name}
}

type grievancesInput struct {
	State  aid.ComplaintState `query:"state" enum:",received,assigned,answered,closed"`
	Class  aid.ComplaintClass `query:"class" maxLength:"20"`
	Area   area.Code          `query:"area" maxLength:"20"`
	Cursor string             `query:"cursor" maxLength:"80"`
	Limit  int                `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type grievancesAnswer struct{ Body grievancesBody }

type grievancesBody struct {
	Items []Grievance `json:"items"`
	Next  string      `json:"next" doc:"Leads to the rest; empty when there is none"`
}

func (s *server) listComplaints(ctx context.Context, in *grievancesInput) (*grievancesAnswer, error) {
	who, err := s.role(ctx, aid.HandleComplaints)
	if err != nil {
		return nil, err
	}
	months, err := s.store.ComplaintMonths(ctx)
	if err != nil {
		return nil, err
	}
	slices.Reverse(months)
	found, next, err := newest(months, in.Cursor, in.Limit, func(month string) ([]aid.Complaint, error) {
		all, err := s.store.ComplaintsOf(ctx, month)
		return slices.DeleteFunc(all, func(c aid.Complaint) bool {
			return !who.Sees(c) || in.State != "" && c.State != in.State || in.Class != "" && c.Class != in.Class || in.Area != "" && !in.Area.Contains(c.Area)
		}), err
	}, func(c aid.Complaint) string { return string(c.ID) })
	if err != nil {
		return nil, err
	}
	objects := make([]string, len(found))
	for i, c := range found {
		objects[i] = complaintObject(c.ID)
	}
	desks, err := s.store.Desks(ctx, objects)
	if err != nil {
		return nil, err
	}
	a := grievancesAnswer{grievancesBody{Items: []Grievance{}, Next: next}}
	for _, c := range found {
		a.Body.Items = append(a.Body.Items, s.grievanceOf(c, desks[complaintObject(c.ID)]))
	}
	return &a, nil
}

// newest lists things of several months, the newest first, at most limit, and the
// cursor to the rest. months are the newest first, what of returns is ordered by
// identifier, which orders as instants do.
func newest[T any](months []string, cursor string, limit int, of func(month string) ([]T, error), id func(T) string) (found []T, next string, err error) {
	from, before, resumed := strings.Cut(cursor, "/")
	if cursor != "" && !resumed {
		return nil, "", fmt.Errorf("cursor: %w", aid.ErrNotFound)
	}
	read := 0
	for _, month := range months {
		if resumed && month > from {
			continue
		}
		if read == monthsPerPage {
			return found, month + "/", nil
		}
		read++
		all, err := of(month)
		if err != nil {
			return nil, "", err
		}
		slices.Reverse(all)
		for _, v := range all {
			if month == from && before != "" && id(v) >= before {
				continue
			}
			if len(found) == limit {
				return found, month + "/" + id(found[len(found)-1]), nil
			}
			found = append(found, v)
		}
		// The next month begins a page of its own only if this one filled it.
		if len(found) == limit {
			return found, month + "/" + id(found[len(found)-1]), nil
		}
	}
	return found, "", nil
}

type grievanceInput struct {
	ID aid.ComplaintID `path:"id" maxLength:"64"`
}

type grievanceAnswer struct{ Body grievanceCase }

// grievanceCase is a complaint with all its facts.
type grievanceCase struct {
	Grievance
	About    aboutBody           `json:"about" doc:"Whom it names; nothing is nobody"`
	Messages []saidBody          `json:"messages" doc:"That something was written, never what; oldest first"`
	History  []grievanceStepBody `json:"history" doc:"Oldest first"`
	Files    int                 `json:"files" doc:"How many files were attached"`
	May      []string            `json:"may" doc:"What may be done now: assign, answer, close"`
}

type aboutBody struct {
	Recipient      aid.RecipientID  `json:"recipient,omitempty"`
	RecipientName  string           `json:"recipientName,omitempty"`
	Area           area.Code        `json:"area,omitempty"`
	AreaName       string           `json:"areaName,omitempty"`
	Aggregator     aid.AggregatorID `json:"aggregator,omitempty"`
	AggregatorName string           `json:"aggregatorName,omitempty"`
	Commitment     string           `json:"commitment,omitempty" doc:"Its number"`
}

type saidBody struct {
	ID   aid.MessageID `json:"id"`
	At   time.Time     `json:"at"`
	From aid.Role      `json:"from"`
	Text string        `json:"text,omitempty"`
}

type grievanceStepBody struct {
	At   time.Time         `json:"at"`
	Move aid.ComplaintMove `json:"move"`
	By   aid.Role          `json:"by"`
}

// complaint returns who calls and a complaint that they may see. What they may
// not see is not there for them.
func (s *server) complaint(ctx context.Context, id aid.ComplaintID) (caller, aid.Complaint, error) {
	who, err := s.role(ctx, aid.HandleComplaints)
	if err != nil {
		return who, aid.Complaint{}, err
	}
	c, err := s.store.Complaint(ctx, id)
	if err == nil && !who.Sees(c) {
		err = fmt.Errorf("complaint of another office: %w", aid.ErrNotFound)
	}
	if err != nil {
		return who, aid.Complaint{}, err
	}
	return who, c, nil
}

func complaintObject(id aid.ComplaintID) string { return table.ComplaintObject(id) }

func (s *server) getComplaint(ctx context.Context, in *grievanceInput) (*grievanceAnswer, error) {
	_, c, err := s.complaint(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.grievance(ctx, c)
}

func (s *server) grievance(ctx context.Context, c aid.Complaint) (*grievanceAnswer, error) {
	desk, err := s.store.Desk(ctx, complaintObject(c.ID))
	if err != nil {
		return nil, err
	}
	files, err := s.store.EvidenceOfComplaint(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	b := grievanceCase{
		Grievance: s.grievanceOf(c, desk), Files: len(accepted(files)),
		About:    aboutBody{Recipient: c.About.Recipient, Area: c.About.Area, Aggregator: c.About.Aggregator, Commitment: c.About.Commitment},
		Messages: []saidBody{}, History: []grievanceStepBody{}, May: []string{},
	}
	if r := c.About.Recipient; r != "" {
		b.About.RecipientName = string(r)
		place, _, err := s.store.Place(ctx, r)
		if err != nil && !errors.Is(err, aid.ErrNotFound) {
			return nil, err
		}
		b.About.RecipientName = cmp.Or(place.Recipient.Name, string(r))
	}
	if c.About.Area != "" {
		b.About.AreaName = s.pack.AreaName(c.About.Area)
	}
	if c.About.Aggregator != "" {
		b.About.AggregatorName = s.aggregatorName(c.About.Aggregator)
	}
	for _, m := range c.Messages {
		b.Messages = append(b.Messages, saidBody{ID: m.ID, At: m.At, From: m.From})
	}
	for _, e := range c.Log {
		b.History = append(b.History, grievanceStepBody{e.At, e.Move, e.By})
	}
	for _, m := range []aid.ComplaintMove{aid.AssignComplaint, aid.AnswerComplaint, aid.CloseComplaint} {
		if c.Allows(m) {
			b.May = append(b.May, string(m))
		}
	}
	return &grievanceAnswer{b}, nil
}

// accepted leaves out the files that never came, or were refused.
func accepted(files []aid.Evidence) []aid.Evidence {
	return slices.DeleteFunc(slices.Clone(files), func(e aid.Evidence) bool { return e.State != aid.EvidenceAccepted })
}

type grievanceReadingInput struct {
	ID   aid.ComplaintID `path:"id" maxLength:"64"`
	Body struct {
		ID string `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
	}
}

type grievanceReadingAnswer struct{ Body grievanceReading }

type grievanceReading struct {
	Messages []saidBody       `json:"messages" doc:"Oldest first; what is forgotten has no text"`
	Contact  *reachBody       `json:"contact,omitempty" doc:"How to reach who complained, if they said; masked"`
	Evidence []attachmentBody `json:"evidence"`
}

type reachBody struct {
	Email string `json:"email"`
}

type attachmentBody struct {
	ID      aid.EvidenceID `json:"id"`
	Type    string         `json:"type"`
	Thumb   string         `json:"thumb,omitempty" doc:"Address that is good for some minutes"`
	Display string         `json:"display" doc:"Address that is good for some minutes"`
}

// readComplaint shows what was written. That somebody read it is recorded first.
func (s *server) readComplaint(ctx context.Context, in *grievanceReadingInput) (*grievanceReadingAnswer, error) {
	who, c, err := s.complaint(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := checkRequest(in.Body.ID); err != nil {
		return nil, err
	}
	if err := s.store.Record(ctx, s.act(who, in.Body.ID, aid.HandleComplaints, "read", complaintObject(c.ID), c.Area, "")); err != nil {
		return nil, err
	}
	reports, email, err := s.store.Reports(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	replies, err := s.store.Replies(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	b := grievanceReading{Messages: []saidBody{}, Evidence: []attachmentBody{}}
	for _, m := range c.Messages {
		b.Messages = append(b.Messages, saidBody{m.ID, m.At, m.From, cmp.Or(reports[m.ID], replies[m.ID])})
	}
	if email != "" {
		b.Contact = &reachBody{aid.Contact{Email: email}.Masked().Email}
	}
	files, err := s.store.EvidenceOfComplaint(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	for _, e := range accepted(files) {
		shown, err := s.evidenceBodyOf(ctx, e)
		if err != nil {
			return nil, err
		}
		b.Evidence = append(b.Evidence, attachmentBody{e.ID, e.Type, shown.Thumb, shown.Display})
	}
	return &grievanceReadingAnswer{b}, nil
}

// begun returns who calls, the complaint as it stands, and whether the caller
// made this request before. One that is no longer at the version that was seen
// wraps ErrStale.
func (s *server) begun(ctx context.Context, id aid.ComplaintID, request, action string, version int64) (who caller, c aid.Complaint, made bool, err error) {
	if who, c, err = s.complaint(ctx, id); err != nil {
		return who, c, false, err
	}
	if err = checkRequest(request); err != nil {
		return who, c, false, err
	}
	if made, err = s.repeated(ctx, who, request, action, complaintObject(id)); err == nil && !made && c.Version != version {
		err = fmt.Errorf("complaint %s is at version %d: %w", id, c.Version, aid.ErrStale)
	}
	return who, c, made, err
}

type complaintAssignmentInput struct {
	ID   aid.ComplaintID `path:"id" maxLength:"64"`
	Body struct {
		ID      string `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
		Version int64  `json:"version" minimum:"1" doc:"Of the complaint that one has seen"`
		To      string `json:"to" maxLength:"128" doc:"me, an officer who may see it, or nothing to put it back"`
	}
}

// assignComplaint puts a complaint on somebody's desk: never of one who may not
// see it.
func (s *server) assignComplaint(ctx context.Context, in *complaintAssignmentInput) (*grievanceAnswer, error) {
	who, before, made, err := s.begun(ctx, in.ID, in.Body.ID, "assign", in.Body.Version)
	if err != nil {
		return nil, s.holder(ctx, who, complaintObject(in.ID), err)
	}
	if made {
		return s.grievance(ctx, before)
	}
	desk, err := s.store.Desk(ctx, complaintObject(in.ID))
	if err != nil {
		return nil, err
	}
	to := aid.Account{Staff: aid.Staff{ID: aid.OfficerID(in.Body.To)}}
	switch in.Body.To {
	case "":
	case "me", string(who.ID):
		to = aid.Account{Staff: who.Staff, Name: who.name}
	default:
		to, err = s.store.Officer(ctx, to.ID)
		if err != nil && !errors.Is(err, aid.ErrNotFound) {
			return nil, err
		}
		if err != nil || to.Suspended || !to.Does(aid.HandleComplaints) || !to.Sees(before) {
			return nil, invalid("/to", "unknown", "want an officer who may see it")
		}
	}
	if !before.Allows(aid.AssignComplaint) {
		return nil, &aid.StateError{State: aid.State(before.State)}
	}
	now := s.instant()
	after := before
	if in.Body.To != "" && before.State != aid.ComplaintAssigned {
		if after, err = before.Assigned(to.Staff, now); err != nil {
			return nil, err
		}
	}
	act := s.act(who, in.Body.ID, aid.HandleComplaints, "assign", complaintObject(in.ID), before.Area, "")
	act.Before, act.After = stands(before, desk.To), stands(after, to.ID)
	ctx = table.Acting(ctx, act)
	if after.Version != before.Version {
		err = s.store.TakeComplaint(ctx, before, after, desk, to.ID, to.Name)
	} else {
		err = s.store.Assign(ctx, complaintObject(in.ID), desk, to.ID, to.Name, now)
	}
	if err != nil {
		return nil, s.holder(ctx, who, complaintObject(in.ID), err)
	}
	return s.grievance(ctx, after)
}

// stands is what the trail keeps of a complaint.
func stands(c aid.Complaint, with aid.OfficerID) string {
	said, err := json.Marshal(struct {
		State   aid.ComplaintState `json:"state"`
		Outcome aid.Outcome        `json:"outcome,omitempty"`
		With    aid.OfficerID      `json:"with,omitempty"`
	}{c.State, c.Outcome, with})
	if err != nil {
		return "" // texts always encode
	}
	return string(said)
}

type complaintReplyInput struct {
	ID   aid.ComplaintID `path:"id" maxLength:"64"`
	Body struct {
		ID      string      `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this message, made before sending"`
		Version int64       `json:"version" minimum:"1" doc:"Of the complaint that one has seen"`
		Text    string      `json:"text" minLength:"1" maxLength:"4000" doc:"Read by whoever holds the link of the complaint"`
		Outcome aid.Outcome `json:"outcome" enum:"resolved,explained,unfounded,forwarded,duplicate"`
	}
}

func (s *server) answerComplaint(ctx context.Context, in *complaintReplyInput) (*grievanceAnswer, error) {
	who, before, made, err := s.begun(ctx, in.ID, in.Body.ID, "answer", in.Body.Version)
	if err != nil {
		return nil, err
	}
	if made {
		return s.grievance(ctx, before)
	}
	words, err := aid.CheckMessage(in.Body.Text)
	if err != nil {
		return nil, err
	}
	after, err := before.Answered(who.Staff, aid.MessageID(in.Body.ID), in.Body.Outcome, s.instant())
	if err != nil {
		return nil, err
	}
	key, err := s.store.Key(ctx)
	if err != nil {
		return nil, err
	}
	said := aid.KeyedHash(key, "reply", string(in.ID)+"\x00"+in.Body.ID+"\x00"+string(in.Body.Outcome)+"\x00"+words)
	act := s.act(who, in.Body.ID, aid.HandleComplaints, "answer", complaintObject(in.ID), before.Area, "")
	act.Before, act.After = stands(before, ""), stands(after, "")
	if err := s.store.WriteMessage(table.Acting(ctx, act), before, after, words, said); err != nil {
		return nil, err
	}
	return s.grievance(ctx, after)
}

type complaintClosureInput struct {
	ID   aid.ComplaintID `path:"id" maxLength:"64"`
	Body struct {
		ID      string      `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
		Version int64       `json:"version" minimum:"1" doc:"Of the complaint that one has seen"`
		Outcome aid.Outcome `json:"outcome" enum:"resolved,explained,unfounded,forwarded,duplicate"`
	}
}

func (s *server) closeComplaint(ctx context.Context, in *complaintClosureInput) (*grievanceAnswer, error) {
	who, before, made, err := s.begun(ctx, in.ID, in.Body.ID, "close", in.Body.Version)
	if err != nil {
		return nil, err
	}
	if made {
		return s.grievance(ctx, before)
	}
	after, err := before.Closed(who.Staff, in.Body.Outcome, s.instant())
	if err != nil {
		return nil, err
	}
	act := s.act(who, in.Body.ID, aid.HandleComplaints, "close", complaintObject(in.ID), before.Area, "")
	act.Before, act.After = stands(before, ""), stands(after, "")
	if err := s.store.MoveComplaint(table.Acting(ctx, act), before, after); err != nil {
		return nil, err
	}
	return s.grievance(ctx, after)
}
