package main

import (
	"context"
	"fmt"
	"slices"

	"ksbb/shared/aid"
	"ksbb/shared/intake"
	"ksbb/shared/table"
)

type closureInput struct {
	ID   aid.RecipientID `path:"id" maxLength:"80"`
	Body struct {
		ID      string `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
		Version int64  `json:"version" minimum:"1" doc:"That one has seen"`
		Closed  bool   `json:"closed"`
		Reason  string `json:"reason" minLength:"3" maxLength:"500" doc:"Why; for colleagues and auditors only"`
	}
}

// closeRecipient closes a recipient, or opens it again.
func (s *server) closeRecipient(ctx context.Context, in *closureInput) (*recipientAnswer, error) {
	action := "close"
	if !in.Body.Closed {
		action = "open"
	}
	return s.closing(ctx, in.ID, closing{
		request: in.Body.ID, action: action, version: in.Body.Version, closed: in.Body.Closed, reason: in.Body.Reason,
	})
}

type mergeInput struct {
	ID   aid.RecipientID `path:"id" maxLength:"80" doc:"The one that closes"`
	Body struct {
		ID      string          `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
		Version int64           `json:"version" minimum:"1" doc:"Of the one that closes, that one has seen"`
		Into    aid.RecipientID `json:"into" maxLength:"80" doc:"The one that it turned out to be"`
		Reason  string          `json:"reason" minLength:"3" maxLength:"500" doc:"Why; for colleagues and auditors only"`
	}
}

// mergeRecipient closes a recipient that is listed twice.
func (s *server) mergeRecipient(ctx context.Context, in *mergeInput) (*recipientAnswer, error) {
	return s.closing(ctx, in.ID, closing{
		request: in.Body.ID, action: "merge", version: in.Body.Version, closed: true, into: in.Body.Into, reason: in.Body.Reason,
	})
}

// closing is a wish to close or open a recipient.
type closing struct {
	request string
	action  string // "close", "open" or "merge"
	version int64
	closed  bool
	into    aid.RecipientID
	reason  string
}

func (s *server) closing(ctx context.Context, id aid.RecipientID, wish closing) (*recipientAnswer, error) {
	who, err := s.role(ctx, aid.EditRecipients)
	if err != nil {
		return nil, err
	}
	place, leaf, err := s.recipient(ctx, who, aid.EditRecipients, id)
	if err != nil {
		return nil, err
	}
	if err := checkRequest(wish.request); err != nil {
		return nil, err
	}
	r, object := place.Recipient, "recipient/"+string(id)
	switch made, err := s.repeated(ctx, who, wish.request, wish.action, object); {
	case err != nil:
		return nil, err
	case made:
		return s.answerRecipient(ctx, who, id)
	}
	if r.Version() != wish.version {
		return nil, fmt.Errorf("recipient %s is at version %d: %w", id, r.Version(), aid.ErrStale)
	}
	if r.Closed == wish.closed && r.Into == wish.into {
		return nil, &aid.StateError{State: "closed"}
	}
	if wish.into != "" {
		if _, _, err := s.recipient(ctx, who, aid.EditRecipients, wish.into); err != nil || wish.into == id {
			return nil, invalid("/into", "unknown", "not a recipient of one's own areas")
		}
	}
	if wish.closed {
		if err := s.closesAlone(ctx, leaf, place, wish); err != nil {
			return nil, err
		}
	}
	act := s.act(who, wish.request, aid.EditRecipients, wish.action, object, r.Area, wish.reason)
	c := table.Closing{Recipient: r, Leaf: leaf, Closed: wish.closed, Into: wish.into, By: who.Role, At: s.instant()}
	after := r
	after.Closed, after.Into = wish.closed, wish.into
	act.Before, act.After = portrait(r), portrait(after)
	if err := s.store.CloseRecipient(table.Acting(ctx, act), c); err != nil {
		return nil, err
	}
	return s.answerRecipient(ctx, who, id)
}

// closesAlone refuses to have one member of staff close a recipient for which
// somebody has promised something, or without which much less would be needed.
func (s *server) closesAlone(ctx context.Context, leaf aid.Leaf, place aid.Place, wish closing) error {
	pointer := "/closed"
	if wish.into != "" {
		pointer = "/into"
	}
	held, err := s.held(ctx, place.Recipient.ID)
	if err != nil {
		return err
	}
	if held {
		return invalid(pointer, "promised", "something is promised here and not received yet: propose it, and another member of staff decides")
	}
	return s.alone(ctx, leaf, pointer, intake.Change{Close: true, Before: &place.Recipient, Needs: place.Needs})
}

// alone refuses what one member of staff would lower a published total by more
// than a fifth with, as of a list that is brought. They propose that the totals of
// the leaf may fall; for a day after somebody else agreed, it may be done.
func (s *server) alone(ctx context.Context, leaf aid.Leaf, pointer string, c intake.Change) error {
	places, err := s.store.Leaf(ctx, leaf)
	if err != nil || !intake.Falls([]intake.Change{c}, places) {
		return err
	}
	made, err := s.store.Corrections(ctx, leaf)
	if err != nil {
		return err
	}
	since := s.instant().AddDate(0, 0, -1)
	if slices.ContainsFunc(made, func(c aid.Correction) bool { return c.Reason == correctionReason && c.On.After(since) }) {
		return nil
	}
	return invalid(pointer, "two_officers", "a total of "+leaf.String()+" would fall by more than a fifth: propose that, and another member of staff decides")
}

// held tells whether something is promised to a recipient and not received yet.
func (s *server) held(ctx context.Context, id aid.RecipientID) (bool, error) {
	all, err := s.store.Commitments(ctx, id)
	if err != nil {
		return false, err
	}
	for _, c := range all {
		if c.State.Counts() && c.State != aid.Received {
			return true, nil
		}
	}
	return false, nil
}
