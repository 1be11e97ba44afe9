package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/region"
)

func (s *server) registerPackages(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "listPackages", Method: http.MethodGet, Path: "/v1/staff/packages", Summary: "The packages, as they stand now",
	}, s.listPackages)
	huma.Register(api, huma.Operation{
		OperationID: "getPackage", Method: http.MethodGet, Path: "/v1/staff/packages/{id}", Summary: "A package with its versions",
	}, s.getPackage)
	huma.Register(api, huma.Operation{
		OperationID: "putPackage", Method: http.MethodPut, Path: "/v1/staff/packages/{id}",
		Summary: "Change a package, or add one",
		Description: "A price holds from a day after today: what was promised keeps the value of its own day. " +
			"A package is never deleted, and stays in its programme and of its modality.",
	}, s.putPackage)
}

type priceBody struct {
	From   aid.Day    `json:"from" maxLength:"10"`
	Amount aid.Rupiah `json:"amount" minimum:"1" maximum:"1000000000"`
}

// PackageFields are the members of a package that both the answer and the
// request have.
type PackageFields struct {
	Program            aid.ProgramID `json:"program" maxLength:"40"`
	Name               string        `json:"name" minLength:"1" maxLength:"80"`
	Unit               string        `json:"unit" minLength:"1" maxLength:"40"`
	Per                string        `json:"per,omitempty" maxLength:"40" doc:"What the price is for, such as KK/minggu"`
	Summary            string        `json:"summary,omitempty" maxLength:"400"`
	Contents           []string      `json:"contents" maxItems:"40"`
	Modality           aid.Modality  `json:"modality" enum:"goods,cash,loan,training,service"`
	DirectOnly         bool          `json:"directOnly,omitempty"`
	Equivalents        bool          `json:"equivalents,omitempty"`
	Once               bool          `json:"once,omitempty"`
	Prices             []priceBody   `json:"prices,omitempty" maxItems:"100" doc:"By the day from which each holds, ascending"`
	MilliHouseholdDays int64         `json:"milliHouseholdDays,omitempty" minimum:"0" maximum:"1000000000" doc:"Household-days of 1,000 units"`
	Kinds              []aid.KindID  `json:"kinds,omitempty" maxItems:"50" doc:"Who may need it; those of its programme where it names none"`
	Note               string        `json:"note,omitempty" maxLength:"500"`
}

type packageBody struct {
	ID      aid.PackageID `json:"id"`
	Version int64         `json:"version" doc:"0 as it came with the region"`
	PackageFields
	History []editionBody `json:"history,omitempty"`
}

func packageBodyOf(e region.PackageEntry, version int64) packageBody {
	b := packageBody{ID: e.ID, Version: version, PackageFields: PackageFields{
		Program: e.Program, Name: e.Name, Unit: e.Unit, Per: e.Per, Summary: e.Summary, Contents: append([]string{}, e.Contents...), Modality: e.Modality,
		DirectOnly: e.DirectOnly, Equivalents: e.Equivalents, Once: e.Once, MilliHouseholdDays: e.MilliHouseholdDays, Kinds: e.Kinds, Note: e.Note,
	}}
	for _, p := range e.Prices {
		b.Prices = append(b.Prices, priceBody(p))
	}
	return b
}

// entry returns the package as the catalogue writes it.
func (f PackageFields) entry(id aid.PackageID, c *cleaner) region.PackageEntry {
	e := region.PackageEntry{
		ID: id, Program: f.Program, Name: c.name("/name", f.Name, 80), Unit: c.name("/unit", f.Unit, 40), Per: c.text("/per", f.Per, 40),
		Summary: c.text("/summary", f.Summary, 400), Contents: []string{}, Modality: f.Modality, DirectOnly: f.DirectOnly, Equivalents: f.Equivalents,
		Once: f.Once, MilliHouseholdDays: f.MilliHouseholdDays, Kinds: f.Kinds, Note: c.text("/note", f.Note, 500),
	}
	for i, thing := range f.Contents {
		e.Contents = append(e.Contents, c.name(fmt.Sprintf("/contents/%d", i), thing, 200))
	}
	for _, p := range f.Prices {
		e.Prices = append(e.Prices, region.PriceEntry(p))
	}
	return e
}

type packagesAnswer struct{ Body packagesBody }

type packagesBody struct {
	Items []packageBody `json:"items"`
}

type packageAnswer struct{ Body packageBody }

func (s *server) listPackages(ctx context.Context, _ *struct{}) (*packagesAnswer, error) {
	if _, err := s.may(ctx, aid.ReadCatalogue, aid.Matter{}); err != nil {
		return nil, err
	}
	pack, amendments, err := s.standing(ctx)
	if err != nil {
		return nil, err
	}
	var a packagesAnswer
	a.Body.Items = []packageBody{}
	for _, k := range pack.Packages {
		e, err := entryOf[region.PackageEntry](pack, aid.PackageList, string(k.ID))
		if err != nil {
			return nil, err
		}
		a.Body.Items = append(a.Body.Items, packageBodyOf(e, versionOf(amendments, aid.PackageList, string(k.ID))))
	}
	return &a, nil
}

func (s *server) getPackage(ctx context.Context, in *entryInput) (*packageAnswer, error) {
	if _, err := s.may(ctx, aid.ReadCatalogue, aid.Matter{}); err != nil {
		return nil, err
	}
	return s.packaged(ctx, in.ID)
}

// packaged answers one package.
func (s *server) packaged(ctx context.Context, id string) (*packageAnswer, error) {
	pack, amendments, err := s.standing(ctx)
	if err != nil {
		return nil, err
	}
	e, err := entryOf[region.PackageEntry](pack, aid.PackageList, id)
	if err != nil {
		return nil, err
	}
	body := packageBodyOf(e, versionOf(amendments, aid.PackageList, id))
	if body.History, err = s.editions(ctx, aid.PackageList, id); err != nil {
		return nil, err
	}
	return &packageAnswer{body}, nil
}

type packageInput struct {
	ID   aid.PackageID `path:"id" minLength:"1" maxLength:"40" pattern:"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"`
	Body editedPackage
}

type editedPackage struct {
	Version int64 `json:"version" minimum:"0" doc:"Of the package that one has seen; 0 for a new one"`
	PackageFields
	Reason string `json:"reason" minLength:"3" maxLength:"500" doc:"Why; for colleagues and auditors only"`
}

func (s *server) putPackage(ctx context.Context, in *packageInput) (*packageAnswer, error) {
	who, err := s.may(ctx, aid.EditCatalogue, aid.Matter{})
	if err != nil {
		return nil, err
	}
	object := "package/" + string(in.ID)
	request, made, err := s.requested(ctx, who, "put", object, in.Body)
	if err != nil {
		return nil, err
	}
	if made {
		return s.packaged(ctx, string(in.ID))
	}
	err = s.amend(ctx, who, request, edit{
		list: aid.PackageList, id: string(in.ID), deed: aid.EditCatalogue, action: "put", object: object, version: in.Body.Version, reason: in.Body.Reason,
		make: func(pack *region.Pack) (any, error) {
			var c cleaner
			after := in.Body.entry(in.ID, &c)
			before, err := entryOf[region.PackageEntry](pack, aid.PackageList, string(in.ID))
			if unlessUnknown(err) != nil {
				return nil, err
			}
			c.reprice(before, after, s.today())
			return after, c.err()
		},
	})
	if err != nil {
		return nil, err
	}
	return s.packaged(ctx, string(in.ID))
}

// reprice refuses a package that would make what was promised worth something
// else: prices that held already stay, and others hold from tomorrow on. A new
// package may have a price from today on.
func (c *cleaner) reprice(before, after region.PackageEntry, today aid.Day) {
	add := func(pointer, code, detail string) {
		c.wrong = append(c.wrong, aid.Field{Pointer: pointer, Code: code, Detail: detail})
	}
	first := today.Plus(1)
	if before.ID == "" {
		first = today
	} else {
		if before.Program != after.Program {
			add("/program", "fixed", "a package stays in its programme")
		}
		if before.Modality != after.Modality {
			add("/modality", "fixed", "what was given stays what it was")
		}
	}
	for i, p := range after.Prices {
		at := fmt.Sprintf("/prices/%d/from", i)
		c.day(at, p.From)
		if p.From < first && !slices.Contains(before.Prices, p) {
			add(at, "past", "not before "+string(first))
		}
		if i > 0 && p.From <= after.Prices[i-1].From {
			add(at, "order", "want prices by day, ascending")
		}
	}
	for _, p := range before.Prices {
		if p.From < first && !slices.Contains(after.Prices, p) {
			add("/prices", "fixed", fmt.Sprintf("the price of %s has held and stays", p.From))
		}
	}
}
