package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

// ideaStore is the part of the tables that ideas lie in.
type ideaStore interface {
	Idea(context.Context, aid.IdeaID) (aid.Idea, error)
	IdeasOf(ctx context.Context, month string) ([]aid.Idea, error)
	IdeaWords(context.Context, aid.IdeaID) (aid.IdeaWords, error)
	MoveIdea(ctx context.Context, before, after aid.Idea) error
	Record(context.Context, table.Act) error
}

func (s *server) registerIdeas(api huma.API) {
	const one = "/v1/staff/ideas/{id}"
	huma.Register(api, huma.Operation{
		OperationID: "listIdeas", Method: http.MethodGet, Path: "/v1/staff/ideas",
		Summary:     "What people propose, the newest first, without their words",
		Description: "A page may be empty, and have another one after it.",
	}, s.listIdeas)
	huma.Register(api, huma.Operation{
		OperationID: "getIdea", Method: http.MethodGet, Path: one, Summary: "An idea without its words",
	}, s.getIdea)
	huma.Register(api, huma.Operation{
		OperationID: "readIdea", Method: http.MethodPost, Path: one + "/reading",
		Summary: "What was written, and by whom; that it was read is recorded",
	}, s.readIdea)
	huma.Register(api, huma.Operation{
		OperationID: "decideIdea", Method: http.MethodPost, Path: one + "/decision", Summary: "Say what becomes of an idea",
	}, s.decideIdea)
}

// ideaMonths is how many months of ideas there are to look through: as long as
// it is kept who sent them.
const ideaMonths = 12

// monthsPerPage bounds how many months without anything to show are read for one
// page.
const monthsPerPage = 6

type ideasInput struct {
	State  string `query:"state" maxLength:"20" enum:",received,read,kept,spam"`
	Cursor string `query:"cursor" maxLength:"80"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type ideaBody struct {
	ID         aid.IdeaID    `json:"id"`
	Topic      aid.IdeaTopic `json:"topic"`
	State      string        `json:"state"`
	ReceivedAt time.Time     `json:"receivedAt"`
}

type ideasAnswer struct{ Body ideasBody }

type ideasBody struct {
	Items []ideaBody `json:"items"`
	Next  string     `json:"next" doc:"Leads to the rest; empty when there is none"`
}

type ideaAnswer struct{ Body ideaBody }

func (s *server) listIdeas(ctx context.Context, in *ideasInput) (*ideasAnswer, error) {
	if _, err := s.may(ctx, aid.ReadIdeas, aid.Matter{}); err != nil {
		return nil, err
	}
	var months []string
	now := s.instant()
	for n := range ideaMonths {
		months = append(months, time.Date(now.Year(), now.Month()-time.Month(n), 1, 0, 0, 0, 0, time.UTC).Format("2006-01"))
	}
	a := ideasAnswer{ideasBody{Items: []ideaBody{}}}
	found, next, err := newest(months, in.Cursor, in.Limit, func(month string) ([]aid.Idea, error) {
		all, err := s.store.IdeasOf(ctx, month)
		return slices.DeleteFunc(all, func(i aid.Idea) bool { return in.State != "" && i.State != in.State }), err
	}, func(i aid.Idea) string { return string(i.ID) })
	if err != nil {
		return nil, err
	}
	for _, i := range found {
		a.Body.Items = append(a.Body.Items, ideaBody(i))
	}
	a.Body.Next = next
	return &a, nil
}

type ideaInput struct {
	ID aid.IdeaID `path:"id" maxLength:"64"`
}

func (s *server) getIdea(ctx context.Context, in *ideaInput) (*ideaAnswer, error) {
	if _, err := s.may(ctx, aid.ReadIdeas, aid.Matter{}); err != nil {
		return nil, err
	}
	return s.idea(ctx, in.ID)
}

func (s *server) idea(ctx context.Context, id aid.IdeaID) (*ideaAnswer, error) {
	i, err := s.store.Idea(ctx, id)
	if err != nil {
		return nil, err
	}
	return &ideaAnswer{ideaBody(i)}, nil
}

type ideaReadingInput struct {
	ID   aid.IdeaID `path:"id" maxLength:"64"`
	Body struct {
		ID string `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
	}
}

type ideaReadingAnswer struct {
	Body struct {
		Text  string `json:"text"`
		Name  string `json:"name,omitempty" doc:"Of who sent it, if they said"`
		Email string `json:"email,omitempty" doc:"To ask back, if they said"`
	}
}

// readIdea shows what was written. That somebody read it is recorded first.
func (s *server) readIdea(ctx context.Context, in *ideaReadingInput) (*ideaReadingAnswer, error) {
	who, err := s.may(ctx, aid.ReadIdeas, aid.Matter{})
	if err != nil {
		return nil, err
	}
	if err := checkRequest(in.Body.ID); err != nil {
		return nil, err
	}
	if _, err := s.store.Idea(ctx, in.ID); err != nil {
		return nil, err
	}
	if err := s.store.Record(ctx, s.act(who, in.Body.ID, aid.ReadIdeas, "read", "idea/"+string(in.ID), "", "")); err != nil {
		return nil, err
	}
	words, err := s.store.IdeaWords(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var a ideaReadingAnswer
	a.Body.Text, a.Body.Name, a.Body.Email = words.Text, words.Name, words.Email
	return &a, nil
}

type ideaDecisionInput struct {
	ID   aid.IdeaID `path:"id" maxLength:"64"`
	Body struct {
		ID       string `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
		Decision string `json:"decision" enum:"read,kept,spam"`
		Was      string `json:"was,omitempty" maxLength:"20" doc:"The state that one has seen; when it is another one by now, nothing is decided"`
	}
}

func (s *server) decideIdea(ctx context.Context, in *ideaDecisionInput) (*ideaAnswer, error) {
	who, err := s.may(ctx, aid.ReadIdeas, aid.Matter{})
	if err != nil {
		return nil, err
	}
	if err := checkRequest(in.Body.ID); err != nil {
		return nil, err
	}
	object := "idea/" + string(in.ID)
	if made, err := s.repeated(ctx, who, in.Body.ID, in.Body.Decision, object); err != nil || made {
		if err != nil {
			return nil, err
		}
		return s.idea(ctx, in.ID)
	}
	before, err := s.store.Idea(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if in.Body.Was != "" && in.Body.Was != before.State {
		return nil, fmt.Errorf("idea %s is %s: %w", in.ID, before.State, aid.ErrStale)
	}
	after, err := before.Decided(in.Body.Decision)
	if err != nil {
		return nil, err
	}
	act := s.act(who, in.Body.ID, aid.ReadIdeas, in.Body.Decision, object, "", "")
	act.Before, act.After = fmt.Sprintf(`{"state":%q}`, before.State), fmt.Sprintf(`{"state":%q}`, after.State)
	if after == before {
		err = s.store.Record(ctx, act) // somebody said so once more
	} else {
		err = s.store.MoveIdea(table.Acting(ctx, act), before, after)
	}
	if err != nil {
		return nil, err
	}
	return s.idea(ctx, in.ID)
}
