package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/table"
)

// officerStore is the part of the tables that says who may do what.
type officerStore interface {
	Officer(context.Context, aid.OfficerID) (aid.Account, error)
	Officers(context.Context) ([]aid.Account, error)
	PutOfficer(ctx context.Context, before, after aid.Account) error
}

func (s *server) registerOfficers(api huma.API) {
	const one = "/v1/staff/officers/{sub}"
	huma.Register(api, huma.Operation{
		OperationID: "listOfficers", Method: http.MethodGet, Path: "/v1/staff/officers", Summary: "Everybody who may sign in, and as what",
	}, s.listOfficers)
	huma.Register(api, huma.Operation{
		OperationID: "getOfficer", Method: http.MethodGet, Path: one, Summary: "What somebody may do",
	}, s.getOfficer)
	huma.Register(api, huma.Operation{
		OperationID: "putOfficer", Method: http.MethodPut, Path: one,
		Summary:     "Say what somebody may do, or suspend them",
		Description: "It holds with their next call, whatever a token still says. Whoever is suspended is signed out as well. Nobody changes their own account.",
	}, s.putOfficer)
}

type officerBody struct {
	ID         aid.OfficerID    `json:"id"`
	Version    int64            `json:"version"`
	Name       string           `json:"name"`
	Role       aid.StaffRole    `json:"role"`
	Areas      []area.Code      `json:"areas" doc:"What they are limited to; nothing is the whole region"`
	Aggregator aid.AggregatorID `json:"aggregator,omitempty"`
	Suspended  bool             `json:"suspended"`
	ChangedAt  time.Time        `json:"changedAt"`
}

func officerBodyOf(a aid.Account) officerBody {
	areas := append([]area.Code{}, a.Areas...)
	return officerBody{a.ID, a.Version, a.Name, a.Role, areas, a.Aggregator, a.Suspended, a.ChangedAt}
}

type officersAnswer struct{ Body officersBody }

type officersBody struct {
	Items []officerBody `json:"items"`
	Next  string        `json:"next" doc:"Always empty: all of them are here"`
}

type officerAnswer struct{ Body officerBody }

func (s *server) listOfficers(ctx context.Context, _ *struct{}) (*officersAnswer, error) {
	if _, err := s.may(ctx, aid.EditOfficers, aid.Matter{}); err != nil {
		return nil, err
	}
	all, err := s.store.Officers(ctx)
	if err != nil {
		return nil, err
	}
	a := officersAnswer{officersBody{Items: []officerBody{}}}
	for _, o := range all {
		a.Body.Items = append(a.Body.Items, officerBodyOf(o))
	}
	return &a, nil
}

type officerInput struct {
	Sub aid.OfficerID `path:"sub" minLength:"1" maxLength:"128" pattern:"^[A-Za-z0-9_:.@-]+$"`
}

func (s *server) getOfficer(ctx context.Context, in *officerInput) (*officerAnswer, error) {
	if _, err := s.may(ctx, aid.EditOfficers, aid.Matter{}); err != nil {
		return nil, err
	}
	return s.officer(ctx, in.Sub)
}

func (s *server) officer(ctx context.Context, id aid.OfficerID) (*officerAnswer, error) {
	account, err := s.store.Officer(ctx, id)
	if err != nil {
		return nil, err
	}
	return &officerAnswer{officerBodyOf(account)}, nil
}

type putOfficerInput struct {
	Sub  aid.OfficerID `path:"sub" minLength:"1" maxLength:"128" pattern:"^[A-Za-z0-9_:.@-]+$"`
	Body struct {
		Version    int64            `json:"version" minimum:"0" doc:"Of the account that one has seen; 0 for a new one"`
		Name       string           `json:"name" minLength:"1" maxLength:"80"`
		Role       aid.StaffRole    `json:"role" enum:"admin,assessor,verifier,kelurahan,complaints,aggregator"`
		Areas      []area.Code      `json:"areas" maxItems:"50" doc:"What they are limited to; nothing is the whole region"`
		Aggregator aid.AggregatorID `json:"aggregator,omitempty" maxLength:"40"`
		Suspended  bool             `json:"suspended"`
		Reason     string           `json:"reason" minLength:"3" maxLength:"500" doc:"Why; for colleagues and auditors only"`
	}
}

// putOfficer changes what somebody may do. Whoever could change their own account
// could give themselves anything, or lock everybody out.
func (s *server) putOfficer(ctx context.Context, in *putOfficerInput) (*officerAnswer, error) {
	who, err := s.may(ctx, aid.EditOfficers, aid.Matter{})
	if err != nil {
		return nil, err
	}
	if in.Sub == who.ID {
		return nil, fmt.Errorf("change of one's own account: %w", aid.ErrDenied)
	}
	object := "officer/" + string(in.Sub)
	request, made, err := s.requested(ctx, who, "put", object, in.Body)
	if err != nil {
		return nil, err
	}
	if made {
		recorded, _, err := s.store.Acted(ctx, request)
		if err != nil {
			return nil, err
		}
		return s.admitted(ctx, in.Sub, in.Body.Suspended, recorded.Before)
	}
	before, err := s.store.Officer(ctx, in.Sub)
	if err != nil && !errors.Is(err, aid.ErrNotFound) {
		return nil, err
	}
	b := in.Body
	if before.Version != b.Version {
		return nil, fmt.Errorf("%s is at version %d: %w", object, before.Version, aid.ErrStale)
	}
	after, err := aid.Account{
		Staff: aid.Staff{ID: in.Sub, Role: b.Role, Areas: b.Areas, Aggregator: b.Aggregator},
		Name:  b.Name, Suspended: b.Suspended, Version: b.Version + 1, ChangedAt: s.instant(),
	}.Check(s.catalogue(), func(code area.Code) bool { _, ok := s.pack.Area(code); return ok })
	if err != nil {
		return nil, err
	}
	act := s.act(who, request, aid.EditOfficers, "put", object, "", b.Reason)
	if before.Version > 0 {
		act.Before = duties(before)
	}
	act.After = duties(after)
	if err := s.store.PutOfficer(table.Acting(ctx, act), before, after); err != nil {
		return nil, err
	}
	return s.admitted(ctx, in.Sub, b.Suspended, act.Before)
}

// admitted answers an account after the identity provider was told whether its
// owner may sign in, as far as that changed. Here it holds already: should the
// provider fail, the same request asks it again.
func (s *server) admitted(ctx context.Context, id aid.OfficerID, suspended bool, before string) (*officerAnswer, error) {
	was := struct {
		Suspended bool `json:"suspended"`
	}{}
	if before != "" {
		if err := json.Unmarshal([]byte(before), &was); err != nil {
			return nil, fmt.Errorf("read act to officer %s: %w", id, err)
		}
	}
	now, err := s.store.Officer(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case now.Suspended != suspended: // somebody changed it again since
	case suspended:
		err = s.door.Close(ctx, id)
	case was.Suspended:
		err = s.door.Reopen(ctx, id)
	}
	if err != nil {
		return nil, err
	}
	return &officerAnswer{officerBodyOf(now)}, nil
}

// duties is what the trail keeps of an account.
func duties(a aid.Account) string {
	said, err := json.Marshal(struct {
		Name       string           `json:"name"`
		Role       aid.StaffRole    `json:"role"`
		Areas      []area.Code      `json:"areas,omitempty"`
		Aggregator aid.AggregatorID `json:"aggregator,omitempty"`
		Suspended  bool             `json:"suspended"`
	}{a.Name, a.Role, a.Areas, a.Aggregator, a.Suspended})
	if err != nil {
		return "" // texts and flags always encode
	}
	return string(said)
}
