package main

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/table"
)

// auditStore is the part of the tables that remembers what staff did. It has no
// way to change anything of it.
type auditStore interface {
	Audit(ctx context.Context, q table.AuditQuery, cursor string, limit int) (acts []table.Act, next string, err error)
}

func (s *server) registerAudit(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "listActs", Method: http.MethodGet, Path: "/v1/staff/audit",
		Summary:     "What staff did, the newest first",
		Description: "Of a day, to a thing, or by an officer; of the last month when nothing of it is said. A page may hold fewer than asked for, and have another one after it.",
	}, s.listActs)
}

type auditInput struct {
	Day     aid.Day       `query:"day" maxLength:"10" doc:"In the region's own time zone"`
	Object  string        `query:"object" maxLength:"200" doc:"As acts name it: commitment/<id>, recipient/<id>, officer/<id> …"`
	Officer aid.OfficerID `query:"officer" maxLength:"128"`
	Deed    aid.Deed      `query:"deed" maxLength:"40"`
	Cursor  string        `query:"cursor" maxLength:"400"`
	Limit   int           `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type auditAnswer struct{ Body auditBody }

type auditBody struct {
	Items []actBody `json:"items"`
	Next  string    `json:"next" doc:"Leads to the rest; empty when there is none"`
}

type actBody struct {
	ID     string        `json:"id"`
	At     time.Time     `json:"at"`
	By     aid.OfficerID `json:"by"`
	Name   string        `json:"name"`
	Role   aid.StaffRole `json:"role"`
	Area   area.Code     `json:"area,omitempty"`
	Deed   aid.Deed      `json:"deed"`
	Action string        `json:"action"`
	Object string        `json:"object"`
	Before string        `json:"before,omitempty" doc:"JSON of what was changed, as it was"`
	After  string        `json:"after,omitempty" doc:"JSON of what was changed, as it became"`
	Reason string        `json:"reason,omitempty"`
}

func (s *server) listActs(ctx context.Context, in *auditInput) (*auditAnswer, error) {
	if _, err := s.may(ctx, aid.ReadAudit, aid.Matter{}); err != nil {
		return nil, err
	}
	q, err := s.auditQuery(&exportInput{Day: in.Day, Object: in.Object, Officer: in.Officer, Deed: in.Deed})
	if err != nil {
		return nil, err
	}
	acts, next, err := s.store.Audit(ctx, q, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	a := auditAnswer{auditBody{Items: []actBody{}, Next: next}}
	for _, act := range acts {
		a.Body.Items = append(a.Body.Items, actBody{
			act.ID, act.At, act.By, act.Name, act.Role, act.Area, act.Deed, act.Action, act.Object, act.Before, act.After, act.Reason,
		})
	}
	return &a, nil
}
