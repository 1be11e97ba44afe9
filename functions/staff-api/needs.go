package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/intake"
	"ksbb/shared/table"
)

func (s *server) registerNeeds(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "putNeed", Method: http.MethodPut, Path: "/v1/staff/recipients/{id}/needs/{package}",
		Summary:     "Say how much of a package a recipient needs",
		Description: "Version 0 lists a new need. No less is needed than is promised. What would lower a published total by more than a fifth, another member of staff has agreed to before.",
	}, s.putNeed)
	huma.Register(api, huma.Operation{
		OperationID: "confirmStaffNeed", Method: http.MethodPost, Path: "/v1/staff/needs/{id}/confirmation",
		Summary: "Record that somebody was asked, and that a need is still there or is not",
	}, s.confirmNeed)
}

type putNeedInput struct {
	ID      aid.RecipientID `path:"id" maxLength:"80"`
	Package aid.PackageID   `path:"package" maxLength:"60"`
	Body    struct {
		Version     int64   `json:"version" minimum:"0" doc:"That one has seen; 0 lists a new one"`
		Needed      int64   `json:"needed" minimum:"0"`
		ConfirmedOn aid.Day `json:"confirmedOn" maxLength:"10" doc:"When it was found out"`
		Source      string  `json:"source" maxLength:"320" doc:"Who assessed it; public"`
		Reason      string  `json:"reason" minLength:"3" maxLength:"500" doc:"Why; for colleagues and auditors only"`
	}
}

// putNeed stores what an office found out about a need.
func (s *server) putNeed(ctx context.Context, in *putNeedInput) (*recipientAnswer, error) {
	who, err := s.role(ctx, aid.EditRecipients)
	if err != nil {
		return nil, err
	}
	place, leaf, err := s.recipient(ctx, who, aid.EditRecipients, in.ID)
	if err != nil {
		return nil, err
	}
	object := "recipient/" + string(in.ID)
	request, made, err := s.requested(ctx, who, "need", object, struct {
		Package aid.PackageID
		Body    any
	}{in.Package, in.Body})
	if err != nil {
		return nil, err
	}
	if made {
		return s.answerRecipient(ctx, who, in.ID)
	}
	before := aid.Need{}
	if i := slices.IndexFunc(place.Needs, func(n aid.Need) bool { return n.Package == in.Package }); i >= 0 {
		before = place.Needs[i]
	}
	switch {
	case before.ID == "" && in.Body.Version != 0, before.ID != "" && in.Body.Version != before.Version():
		return nil, fmt.Errorf("need of %s for %s: %w", in.ID, in.Package, aid.ErrStale)
	case place.Recipient.Closed:
		return nil, &aid.StateError{State: "closed"}
	}
	if err := s.forKind(in.Package, place.Recipient.Kind); err != nil && before.ID == "" {
		return nil, err
	}
	after, err := s.catalogue().CheckNeed(before, aid.Need{
		Recipient: in.ID, Package: in.Package, Needed: in.Body.Needed, ConfirmedOn: in.Body.ConfirmedOn, Source: in.Body.Source, ConfirmedBy: officeOf(who),
	}, s.today())
	if err != nil {
		return nil, err
	}
	if err := s.alone(ctx, leaf, "/needed", intake.Change{NeedBefore: &before, NeedAfter: &after}); err != nil {
		return nil, err
	}
	act := s.act(who, request, aid.EditRecipients, "need", object, place.Recipient.Area, in.Body.Reason)
	act.Before, act.After = needPortrait(before), needPortrait(after)
	edit := table.NeedEdit{Before: before, After: after, Leaf: leaf, By: who.Role, At: s.instant()}
	if err := s.store.PutNeed(table.Acting(ctx, act), edit); err != nil {
		return nil, err
	}
	return s.answerRecipient(ctx, who, in.ID)
}

// forKind refuses a package that recipients of a kind do not receive.
func (s *server) forKind(id aid.PackageID, kind aid.KindID) error {
	p, ok := s.region.Last().Package(id)
	switch {
	case !ok:
		return invalid("/package", "unknown", "no such package")
	case !p.For(kind):
		return invalid("/package", "kind", "not for recipients of that kind")
	}
	return nil
}

// officeOf names who confirmed a need, as everybody reads it: an office, never a
// person.
func officeOf(who caller) string {
	switch who.Role {
	case aid.StaffAssessor:
		return "petugas pendataan"
	case aid.StaffKelurahan:
		return "petugas kelurahan"
	}
	return "petugas"
}

// needPortrait is what the trail keeps of a need.
func needPortrait(n aid.Need) string {
	if n.ID == "" {
		return ""
	}
	return compact(struct {
		Need        aid.NeedID `json:"need"`
		Needed      int64      `json:"needed"`
		Promised    int64      `json:"promised"`
		ConfirmedOn aid.Day    `json:"confirmedOn,omitempty"`
		Source      string     `json:"source,omitempty"`
	}{n.ID, n.Needed, n.Needed - n.Remaining(), n.ConfirmedOn, n.Source})
}

type confirmNeedInput struct {
	ID   aid.NeedID `path:"id" maxLength:"160" doc:"<recipient>:<package>"`
	Body struct {
		ID     string `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
		Still  bool   `json:"still" doc:"It is still there; otherwise what is promised is enough"`
		Reason string `json:"reason,omitempty" maxLength:"500" doc:"Who was asked and how; for colleagues and auditors only"`
	}
}

// confirmNeed records what somebody who was asked has said.
func (s *server) confirmNeed(ctx context.Context, in *confirmNeedInput) (*recipientAnswer, error) {
	who, err := s.role(ctx, aid.ConfirmNeeds)
	if err != nil {
		return nil, err
	}
	recipient, _, _ := strings.Cut(string(in.ID), ":")
	id := aid.RecipientID(recipient)
	place, leaf, err := s.recipient(ctx, who, aid.ConfirmNeeds, id)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(place.Needs, func(n aid.Need) bool { return n.ID == in.ID })
	if i < 0 {
		return nil, fmt.Errorf("need of %s: %w", id, aid.ErrNotFound)
	}
	if err := checkRequest(in.Body.ID); err != nil {
		return nil, err
	}
	object := "recipient/" + string(id)
	switch made, err := s.repeated(ctx, who, in.Body.ID, "confirm", object); {
	case err != nil:
		return nil, err
	case made:
		return s.answerRecipient(ctx, who, id)
	}
	act := s.act(who, in.Body.ID, aid.ConfirmNeeds, "confirm", object, place.Recipient.Area, in.Body.Reason)
	after := place.Needs[i]
	after.ConfirmedOn = s.today()
	if !in.Body.Still {
		after.Needed -= after.Remaining()
	}
	act.Before, act.After = needPortrait(place.Needs[i]), needPortrait(after)
	err = s.store.ConfirmNeed(table.Acting(ctx, act), leaf, in.ID, in.Body.Still, s.today(), officeOf(who), s.instant())
	if err != nil && !errors.Is(err, aid.ErrNotFound) {
		return nil, err
	}
	return s.answerRecipient(ctx, who, id)
}
