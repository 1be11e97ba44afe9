package main

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/region"
)

func (s *server) registerPrograms(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "listPrograms", Method: http.MethodGet, Path: "/v1/staff/programs", Summary: "The programmes, as they stand now",
	}, s.listPrograms)
	huma.Register(api, huma.Operation{
		OperationID: "getProgram", Method: http.MethodGet, Path: "/v1/staff/programs/{id}", Summary: "A programme with its versions",
	}, s.getProgram)
	huma.Register(api, huma.Operation{
		OperationID: "putProgram", Method: http.MethodPut, Path: "/v1/staff/programs/{id}",
		Summary:     "Change a programme, or add one",
		Description: "A programme is never deleted: one that does not run takes no commitment and is shown all the same.",
	}, s.putProgram)
}

// entryInput names an entry of the catalogue.
type entryInput struct {
	ID string `path:"id" minLength:"1" maxLength:"40"`
}

type programBody struct {
	ID      aid.ProgramID `json:"id"`
	Version int64         `json:"version" doc:"0 as it came with the region"`
	Name    string        `json:"name"`
	Running bool          `json:"running"`
	Summary string        `json:"summary"`
	Kinds   []aid.KindID  `json:"kinds" doc:"Who may receive from it"`
	History []editionBody `json:"history,omitempty"`
}

func programBodyOf(e region.ProgramEntry, version int64) programBody {
	return programBody{ID: e.ID, Version: version, Name: e.Name, Running: e.Running, Summary: e.Summary, Kinds: append([]aid.KindID{}, e.Kinds...)}
}

type programsAnswer struct{ Body programsBody }

type programsBody struct {
	Items []programBody `json:"items"`
}

type programAnswer struct{ Body programBody }

func (s *server) listPrograms(ctx context.Context, _ *struct{}) (*programsAnswer, error) {
	if _, err := s.may(ctx, aid.ReadCatalogue, aid.Matter{}); err != nil {
		return nil, err
	}
	pack, amendments, err := s.standing(ctx)
	if err != nil {
		return nil, err
	}
	var a programsAnswer
	a.Body.Items = []programBody{}
	for _, g := range pack.Programs {
		e, err := entryOf[region.ProgramEntry](pack, aid.ProgramList, string(g.ID))
		if err != nil {
			return nil, err
		}
		a.Body.Items = append(a.Body.Items, programBodyOf(e, versionOf(amendments, aid.ProgramList, string(g.ID))))
	}
	return &a, nil
}

func (s *server) getProgram(ctx context.Context, in *entryInput) (*programAnswer, error) {
	if _, err := s.may(ctx, aid.ReadCatalogue, aid.Matter{}); err != nil {
		return nil, err
	}
	return s.program(ctx, in.ID)
}

// program answers one programme.
func (s *server) program(ctx context.Context, id string) (*programAnswer, error) {
	pack, amendments, err := s.standing(ctx)
	if err != nil {
		return nil, err
	}
	e, err := entryOf[region.ProgramEntry](pack, aid.ProgramList, id)
	if err != nil {
		return nil, err
	}
	body := programBodyOf(e, versionOf(amendments, aid.ProgramList, id))
	if body.History, err = s.editions(ctx, aid.ProgramList, id); err != nil {
		return nil, err
	}
	return &programAnswer{body}, nil
}

type programInput struct {
	ID   aid.ProgramID `path:"id" minLength:"1" maxLength:"40" pattern:"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"`
	Body editedProgram
}

type editedProgram struct {
	Version int64        `json:"version" minimum:"0" doc:"Of the programme that one has seen; 0 for a new one"`
	Name    string       `json:"name" minLength:"1" maxLength:"80"`
	Running bool         `json:"running"`
	Summary string       `json:"summary,omitempty" maxLength:"400"`
	Kinds   []aid.KindID `json:"kinds" maxItems:"50"`
	Reason  string       `json:"reason" minLength:"3" maxLength:"500" doc:"Why; for colleagues and auditors only"`
}

func (s *server) putProgram(ctx context.Context, in *programInput) (*programAnswer, error) {
	who, err := s.may(ctx, aid.EditCatalogue, aid.Matter{})
	if err != nil {
		return nil, err
	}
	object := "program/" + string(in.ID)
	request, made, err := s.requested(ctx, who, "put", object, in.Body)
	if err != nil {
		return nil, err
	}
	if made {
		return s.program(ctx, string(in.ID))
	}
	b := in.Body
	err = s.amend(ctx, who, request, edit{
		list: aid.ProgramList, id: string(in.ID), deed: aid.EditCatalogue, action: "put", object: object, version: b.Version, reason: b.Reason,
		make: func(*region.Pack) (any, error) {
			var c cleaner
			e := region.ProgramEntry{ID: in.ID, Name: c.name("/name", b.Name, 80), Running: b.Running, Summary: c.text("/summary", b.Summary, 400), Kinds: b.Kinds}
			return e, c.err()
		},
	})
	if err != nil {
		return nil, err
	}
	return s.program(ctx, string(in.ID))
}
