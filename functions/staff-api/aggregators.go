package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/region"
)

func (s *server) registerAggregators(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "listAggregators", Method: http.MethodGet, Path: "/v1/staff/aggregators", Summary: "The distribution partners, as they stand now",
	}, s.listAggregators)
	huma.Register(api, huma.Operation{
		OperationID: "getAggregator", Method: http.MethodGet, Path: "/v1/staff/aggregators/{id}", Summary: "A distribution partner with its versions",
	}, s.getAggregator)
	huma.Register(api, huma.Operation{
		OperationID: "putAggregator", Method: http.MethodPut, Path: "/v1/staff/aggregators/{id}",
		Summary:     "Change what is known of a distribution partner, or add one",
		Description: "Whether it is frozen stays as it is.",
	}, s.putAggregator)
	huma.Register(api, huma.Operation{
		OperationID: "freezeAggregator", Method: http.MethodPost, Path: "/v1/staff/aggregators/{id}/freeze",
		Summary:     "Let a distribution partner take nothing new from this instant on, or take gifts again",
		Description: "What it took before stays as it is.",
	}, s.freezeAggregator)
}

type permitBody struct {
	Number   string  `json:"number" minLength:"1" maxLength:"80"`
	Until    aid.Day `json:"until" maxLength:"10" doc:"Last day on which it is in force"`
	Revoked  aid.Day `json:"revoked,omitempty" maxLength:"10" doc:"Day from which it was taken away"`
	Evidence string  `json:"evidence,omitempty" maxLength:"200" doc:"By what the office knows of it; shown to everybody"`
}

type carrierBody struct {
	ID             aid.AggregatorID `json:"id"`
	Version        int64            `json:"version" doc:"0 as it came with the region"`
	Name           string           `json:"name"`
	Permit         permitBody       `json:"permit"`
	OperatingShare *float64         `json:"operatingShare,omitempty" doc:"What it declares to keep of what it is given, in percent"`
	Frozen         *time.Time       `json:"frozen,omitempty" doc:"Instant since which it takes nothing new"`
	Note           string           `json:"note,omitempty"`
	Takes          bool             `json:"takes" doc:"It takes gifts that are delivered today"`
	History        []editionBody    `json:"history,omitempty"`
}

func (s *server) carrierBodyOf(pack *region.Pack, e region.AggregatorEntry, version int64) carrierBody {
	today := s.today()
	return carrierBody{
		ID: e.ID, Version: version, Name: e.Name, Permit: permitBody(e.Permit), OperatingShare: e.OperatingShare, Frozen: happened(e.Frozen), Note: e.Note,
		Takes: pack.Catalogue().Aggregators[e.ID].Refuses(today, today) == "",
	}
}

type carriersAnswer struct{ Body carriersBody }

type carriersBody struct {
	Items []carrierBody `json:"items"`
}

type carrierAnswer struct{ Body carrierBody }

func (s *server) listAggregators(ctx context.Context, _ *struct{}) (*carriersAnswer, error) {
	if _, err := s.may(ctx, aid.ReadCatalogue, aid.Matter{}); err != nil {
		return nil, err
	}
	pack, amendments, err := s.standing(ctx)
	if err != nil {
		return nil, err
	}
	var a carriersAnswer
	a.Body.Items = []carrierBody{}
	for _, g := range pack.Aggregators {
		e, err := entryOf[region.AggregatorEntry](pack, aid.AggregatorList, string(g.ID))
		if err != nil {
			return nil, err
		}
		a.Body.Items = append(a.Body.Items, s.carrierBodyOf(pack, e, versionOf(amendments, aid.AggregatorList, string(g.ID))))
	}
	return &a, nil
}

func (s *server) getAggregator(ctx context.Context, in *entryInput) (*carrierAnswer, error) {
	if _, err := s.may(ctx, aid.ReadCatalogue, aid.Matter{}); err != nil {
		return nil, err
	}
	return s.carrier(ctx, in.ID)
}

// carrier answers one distribution partner.
func (s *server) carrier(ctx context.Context, id string) (*carrierAnswer, error) {
	pack, amendments, err := s.standing(ctx)
	if err != nil {
		return nil, err
	}
	e, err := entryOf[region.AggregatorEntry](pack, aid.AggregatorList, id)
	if err != nil {
		return nil, err
	}
	body := s.carrierBodyOf(pack, e, versionOf(amendments, aid.AggregatorList, id))
	if body.History, err = s.editions(ctx, aid.AggregatorList, id); err != nil {
		return nil, err
	}
	return &carrierAnswer{body}, nil
}

type carrierInput struct {
	ID   aid.AggregatorID `path:"id" minLength:"1" maxLength:"40" pattern:"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"`
	Body editedCarrier
}

type editedCarrier struct {
	Version        int64      `json:"version" minimum:"0" doc:"Of the partner that one has seen; 0 for a new one"`
	Name           string     `json:"name" minLength:"1" maxLength:"120"`
	Permit         permitBody `json:"permit"`
	OperatingShare *float64   `json:"operatingShare,omitempty" minimum:"0" maximum:"100"`
	Note           string     `json:"note,omitempty" maxLength:"500"`
	Reason         string     `json:"reason" minLength:"3" maxLength:"500" doc:"Why; for colleagues and auditors only"`
}

func (s *server) putAggregator(ctx context.Context, in *carrierInput) (*carrierAnswer, error) {
	who, err := s.may(ctx, aid.EditAggregators, aid.Matter{})
	if err != nil {
		return nil, err
	}
	object := "aggregator/" + string(in.ID)
	request, made, err := s.requested(ctx, who, "put", object, in.Body)
	if err != nil {
		return nil, err
	}
	if made {
		return s.carrier(ctx, string(in.ID))
	}
	b := in.Body
	err = s.amend(ctx, who, request, edit{
		list: aid.AggregatorList, id: string(in.ID), deed: aid.EditAggregators, action: "put", object: object, version: b.Version, reason: b.Reason,
		make: func(pack *region.Pack) (any, error) {
			var c cleaner
			c.day("/permit/until", b.Permit.Until)
			if b.Permit.Revoked != "" {
				c.day("/permit/revoked", b.Permit.Revoked)
			}
			before, err := entryOf[region.AggregatorEntry](pack, aid.AggregatorList, string(in.ID))
			if unlessUnknown(err) != nil {
				return nil, err
			}
			return region.AggregatorEntry{
				ID: in.ID, Name: c.name("/name", b.Name, 120), OperatingShare: b.OperatingShare, Frozen: before.Frozen, Note: c.text("/note", b.Note, 500),
				Permit: region.PermitEntry{
					Number: c.name("/permit/number", b.Permit.Number, 80), Until: b.Permit.Until, Revoked: b.Permit.Revoked,
					Evidence: c.text("/permit/evidence", b.Permit.Evidence, 200),
				},
			}, c.err()
		},
	})
	if err != nil {
		return nil, err
	}
	return s.carrier(ctx, string(in.ID))
}

type freezeInput struct {
	ID   aid.AggregatorID `path:"id" minLength:"1" maxLength:"40"`
	Body freezing
}

type freezing struct {
	ID     string `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
	Frozen bool   `json:"frozen"`
	Reason string `json:"reason" minLength:"3" maxLength:"500" doc:"Why; for colleagues and auditors only"`
}

// freezeAggregator freezes or thaws. It asks for no version: whoever freezes
// means the aggregator, whatever else was changed of it a moment ago.
func (s *server) freezeAggregator(ctx context.Context, in *freezeInput) (*carrierAnswer, error) {
	who, err := s.may(ctx, aid.EditAggregators, aid.Matter{})
	if err != nil {
		return nil, err
	}
	if err := checkRequest(in.Body.ID); err != nil {
		return nil, err
	}
	err = aid.ErrStale
	for range freezes {
		if err = s.freeze(ctx, who, in); !errors.Is(err, aid.ErrStale) {
			break
		}
	}
	if errors.Is(err, aid.ErrStale) {
		err = fmt.Errorf("freeze aggregator %s: %w", in.ID, aid.ErrBusy)
	}
	if err != nil {
		return nil, err
	}
	return s.carrier(ctx, string(in.ID))
}

// freezes is how often freezing is tried anew when another change was faster.
const freezes = 5

func (s *server) freeze(ctx context.Context, who caller, in *freezeInput) error {
	action := "freeze"
	if !in.Body.Frozen {
		action = "thaw"
	}
	object := "aggregator/" + string(in.ID)
	if made, err := s.repeated(ctx, who, in.Body.ID, action, object); err != nil || made {
		return err
	}
	pack, amendments, err := s.standing(ctx)
	if err != nil {
		return err
	}
	e, err := entryOf[region.AggregatorEntry](pack, aid.AggregatorList, string(in.ID))
	if err != nil {
		return err
	}
	if e.Frozen.IsZero() != in.Body.Frozen {
		// It stands as is asked for; that somebody asked is recorded all the same.
		return s.store.Record(ctx, s.act(who, in.Body.ID, aid.EditAggregators, action, object, "", in.Body.Reason))
	}
	e.Frozen = time.Time{}
	if in.Body.Frozen {
		e.Frozen = s.instant()
	}
	return s.amend(ctx, who, in.Body.ID, edit{
		list: aid.AggregatorList, id: string(in.ID), deed: aid.EditAggregators, action: action, object: object,
		version: versionOf(amendments, aid.AggregatorList, string(in.ID)), reason: in.Body.Reason,
		make: func(*region.Pack) (any, error) { return e, nil },
	})
}
