package main

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/table"
)

// sessionStore is what has to be known of a caller beside the token.
type sessionStore interface {
	Key(context.Context) ([]byte, error)
	Officer(context.Context, aid.OfficerID) (aid.Account, error)
	Acted(ctx context.Context, id string) (table.Act, bool, error)
	Leaf(context.Context, aid.Leaf) ([]aid.Place, error)
}

func (s *server) registerSession(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "getSignIn", Method: http.MethodGet, Path: signInPath,
		Summary: "Where staff sign in; open to all",
	}, s.signInAt)
	huma.Register(api, huma.Operation{
		OperationID: "getMe", Method: http.MethodGet, Path: "/v1/staff/me",
		Summary: "Who one is here, and what one may do",
	}, s.me)
}

// signInPath is the one address that asks for no token.
const signInPath = "/v1/staff/sign-in"

type signInAnswer struct {
	Body struct {
		Base   string `json:"base" doc:"Address below which the provider answers /oauth2/authorize, /oauth2/token, /oauth2/revoke and /logout"`
		Client string `json:"client"`
	}
}

// signInAt tells the page where to send people.
func (s *server) signInAt(context.Context, *struct{}) (*signInAnswer, error) {
	var a signInAnswer
	a.Body.Base, a.Body.Client = s.signIn, s.client
	return &a, nil
}

type meAnswer struct{ Body meBody }

type meBody struct {
	ID         aid.OfficerID   `json:"id"`
	Name       string          `json:"name"`
	Role       aid.StaffRole   `json:"role"`
	Areas      []areaBody      `json:"areas" doc:"What one is limited to; none is the whole region"`
	Aggregator *aggregatorBody `json:"aggregator,omitempty" doc:"Whose promises one carries"`
	May        []aid.Deed      `json:"may" doc:"What one's role does at all"`
	Exports    []string        `json:"exports" doc:"Lists that one may take along as a file"`
	Region     regionBody      `json:"region"`
	Today      aid.Day         `json:"today"`
}

type areaBody struct {
	Code area.Code `json:"code"`
	Name string    `json:"name"`
}

type aggregatorBody struct {
	ID   aid.AggregatorID `json:"id"`
	Name string           `json:"name"`
}

type regionBody struct {
	Name string    `json:"name"`
	Root area.Code `json:"root"`
	Demo bool      `json:"demo" doc:"What is shown is invented, unless a thing says otherwise"`
}

// me answers who calls.
func (s *server) me(ctx context.Context, _ *struct{}) (*meAnswer, error) {
	who, err := s.caller(ctx)
	if err != nil {
		return nil, err
	}
	me := meBody{
		ID: who.ID, Name: who.name, Role: who.Role, Areas: []areaBody{}, May: who.Deeds(), Exports: []string{},
		Region: regionBody{Name: s.pack.Title, Root: s.pack.Root}, Today: s.today(),
	}
	if me.Region.Demo, err = s.demo(ctx); err != nil {
		return nil, err
	}
	for _, code := range who.Areas {
		me.Areas = append(me.Areas, areaBody{code, s.pack.AreaName(code)})
	}
	if who.Aggregator != "" {
		me.Aggregator = &aggregatorBody{who.Aggregator, s.aggregatorName(who.Aggregator)}
	}
	for _, list := range exportable {
		if slices.Contains(me.May, list.deed) {
			me.Exports = append(me.Exports, list.name)
		}
	}
	return &meAnswer{me}, nil
}

// demo tells whether the first recipient that there is was invented.
func (s *server) demo(ctx context.Context) (bool, error) {
	for _, leaf := range s.pack.Leaves() {
		places, err := s.store.Leaf(ctx, leaf)
		if err != nil || len(places) > 0 {
			return err == nil && places[0].Recipient.Demo, err
		}
	}
	return false, nil
}

// aggregatorName returns what an aggregator is called, its id if nobody knows.
func (s *server) aggregatorName(id aid.AggregatorID) string {
	return cmp.Or(s.catalogue().Aggregators[id].Name, string(id))
}

// exportable are the lists that may be taken along, each by whoever does the
// deed that shows it.
var exportable = []struct {
	name string
	deed aid.Deed
}{
	{"recipients", aid.ReadRecipients},
	{"needs", aid.ReadRecipients},
	{"commitments", aid.ReadCommitments},
	{"complaints", aid.HandleComplaints},
	{"aggregators", aid.ReadCatalogue},
	{"audit", aid.ReadAudit},
	{"officers", aid.EditOfficers},
}
