package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

// contactStore is the part of the tables that contacts are read from.
type contactStore interface {
	Credential(context.Context, aid.CommitmentID) (aid.Credential, error)
	Steward(context.Context, aid.RecipientID) (aid.Contact, error)
	RecordLook(ctx context.Context, l table.Look, day aid.Day) error
	RecordStewardLook(ctx context.Context, l table.Look, day aid.Day) error
	Spend(ctx context.Context, kind, id string, day aid.Day, limit int) error
}

// contactsPerDay is how many contacts one officer is shown in a day. Whoever
// needs more has another task than to help with single promises.
const contactsPerDay = 20

func (s *server) registerContacts(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "showContact", Method: http.MethodPost, Path: "/v1/staff/contacts/{commitment}",
		Summary:     "The contact of one side of a commitment, with a reason",
		Description: "It is recorded, whoever is concerned sees it, and an officer is shown a number of them a day. The same request again is answered again.",
	}, s.showContact)
}

type contactInput struct {
	Commitment aid.CommitmentID `path:"commitment" maxLength:"64"`
	Body       struct {
		ID     string   `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
		Side   aid.Role `json:"side" enum:"steward,collaborator"`
		Reason string   `json:"reason" minLength:"3" maxLength:"500" doc:"Why; for colleagues and auditors only"`
	}
}

type contactAnswer struct{ Body contactBody }

type contactBody struct {
	Name  string `json:"name"`
	Phone string `json:"phone" doc:"E.164"`
	Email string `json:"email"`
	Demo  bool   `json:"demo" doc:"Invented: never dial it"`
}

// showContact shows how to reach one side of a commitment. It is written down
// before it is shown.
func (s *server) showContact(ctx context.Context, in *contactInput) (*contactAnswer, error) {
	b := in.Body
	who, err := s.role(ctx, aid.SeeContact)
	if err != nil {
		return nil, err
	}
	f, err := s.find(ctx, who, aid.SeeContact, in.Commitment)
	if err != nil {
		return nil, err
	}
	if err := checkRequest(b.ID); err != nil {
		return nil, err
	}
	action := "see-" + string(b.Side)
	seen, err := s.repeated(ctx, who, b.ID, action, f.object())
	if err != nil {
		return nil, err
	}
	if !f.State.Counts() || !f.ForgottenAt.IsZero() {
		return nil, &aid.StateError{State: f.State, Allowed: f.Allowed(who.side())}
	}
	// Looked up first, so that nobody is charged for a contact that is missing.
	contact, err := s.contactOf(ctx, f, b.Side)
	if err != nil {
		return nil, err
	}
	if !seen {
		if err := s.store.Spend(ctx, "officer", string(who.ID), s.today(), contactsPerDay); err != nil {
			return nil, err
		}
		act := s.act(who, b.ID, aid.SeeContact, action, f.object(), f.place.Recipient.Area, b.Reason)
		look := table.Look{At: act.At, By: aid.Officer, Commitment: f.ID, Recipient: f.Recipient}
		record := s.store.RecordLook
		if b.Side == aid.Steward {
			record = s.store.RecordStewardLook
		}
		if err := record(table.Acting(ctx, act), look, s.today()); err != nil {
			return nil, err
		}
		// An alarm counts this line, so its words are part of the template.
		slog.InfoContext(ctx, "contact shown to staff", "side", b.Side, "role", who.Role)
	}
	return &contactAnswer{contactBody{contact.Name, contact.Phone, contact.Email, f.Demo}}, nil
}

func (s *server) contactOf(ctx context.Context, f found, side aid.Role) (aid.Contact, error) {
	if side == aid.Steward {
		return s.store.Steward(ctx, f.Recipient)
	}
	credential, err := s.store.Credential(ctx, f.ID)
	if err != nil {
		return aid.Contact{}, fmt.Errorf("collaborator of commitment %s: %w", f.ID, err)
	}
	return credential.Contact, nil
}
