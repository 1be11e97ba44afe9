package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/web"
)

// get answers the caller's own commitment. It changes nothing, so that mail
// scanners and previews may follow any link.
func (s *server) get(ctx context.Context, in *Holder) (*commitmentAnswer, error) {
	_, c, err := s.holder(ctx, in.ID, web.Bearer(in.Authorization))
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, c)
}

func (s *server) answer(ctx context.Context, c aid.Commitment) (*commitmentAnswer, error) {
	body, err := s.body(ctx, c)
	if err != nil {
		return nil, err
	}
	return &commitmentAnswer{body}, nil
}

// body is all that a collaborator may know of a commitment.
func (s *server) body(ctx context.Context, c aid.Commitment) (commitmentBody, error) {
	place, _, err := s.store.Place(ctx, c.Recipient)
	if err != nil {
		return commitmentBody{}, fmt.Errorf("recipient of commitment %s: %w", c.ID, err)
	}
	evidence, err := s.store.EvidenceOf(ctx, c.Recipient, c.ID)
	if err != nil {
		return commitmentBody{}, err
	}
	looks, err := s.store.LooksAtCollaborator(ctx, c.ID)
	if err != nil {
		return commitmentBody{}, err
	}
	reminders, err := s.store.WantsReminders(ctx, c.Collaborator)
	if err != nil {
		return commitmentBody{}, err
	}
	handover, err := s.handover(ctx, c)
	if err != nil {
		return commitmentBody{}, err
	}
	body := commitmentBody{
		ID:          c.ID,
		Number:      c.ID.Number(),
		State:       c.State,
		Recipient:   recipientBody{c.Recipient, place.Recipient.Name, string(place.Recipient.Area), c.Demo},
		Program:     c.Program,
		Lines:       s.lines(c),
		Period:      periodBody(c.Period),
		Route:       c.Route,
		Aggregator:  c.Aggregator,
		Class:       c.Class,
		DisplayName: c.DisplayName(),
		SubmittedAt: c.SubmittedAt,
		VerifyBy:    c.VerifyBy,
		PledgedAt:   happened(c.PledgedAt),
		ContactBy:   happened(c.ContactBy),
		ContactedAt: happened(c.ContactedAt),
		SilentAt:    happened(c.SilentAt),
		Renewed:     c.Renewed,
		SignedAt:    happened(c.SignedAt),
		Letter:      c.Letter,
		Deliveries:  make([]deliveryBody, len(c.Deliveries)),
		ReleasedAt:  happened(c.ReleasedAt),
		EndedAt:     happened(c.EndedAt),
		Reason:      c.Reason,
		BAST:        c.NextBAST(),
		Handover:    handover,
		Evidence:    make([]evidenceBody, len(evidence)),
		Seen:        make([]lookBody, len(looks)),
		Reminders:   reminders,
		Allowed:     allowed(c),
		History:     []eventBody{{c.SubmittedAt, string(aid.Submitted), aid.Collaborator}},
	}
	if c.Schedule.On != "" {
		agreed := appointmentBody(c.Schedule)
		body.Schedule = &agreed
	}
	for i, d := range c.Deliveries {
		body.Deliveries[i] = deliveryBodyOf(d)
	}
	for i, e := range evidence {
		body.Evidence[i] = evidenceBodyOf(e)
	}
	for i, l := range looks {
		body.Seen[i] = lookBody{l.At, l.By}
	}
	for _, e := range c.Log {
		body.History = append(body.History, eventBody{e.At, string(e.Move), e.By})
	}
	return body, nil
}

// lines tells of each line what is promised and how it stands.
func (s *server) lines(c aid.Commitment) []promisedBody {
	lines, outstanding := make([]promisedBody, len(c.Lines)), c.Outstanding()
	for i, l := range c.Lines {
		stands := c.Line(i)
		lines[i] = promisedBody{
			l.Need, l.Package, s.nameOf(l), l.Unit, l.Quantity, l.Equivalent, l.Free, l.Value, l.Estimated,
			stands.Committed, stands.Delivered, stands.Received, outstanding[i],
		}
	}
	return lines
}

func (s *server) nameOf(l aid.Line) string {
	if l.Need == "" {
		return l.Free
	}
	return s.catalogue().Packages[l.Package].Name
}

// allowed lists what the collaborator may do now: moves, and what changes no
// state.
func allowed(c aid.Commitment) []string {
	may := []string{}
	for _, m := range c.Allowed(aid.Collaborator) {
		may = append(may, string(m))
	}
	if c.State.Counts() {
		may = append(may, "contact", "evidence")
	}
	if c.ForgottenAt.IsZero() {
		may = append(may, "erase")
	}
	return may
}

// handoverVersion is that of the secret which a collaborator hands over. It ends
// by itself, so there is no second one.
const handoverVersion = 1

// handover returns the secret that lets the steward answer for this commitment,
// empty when there is nothing to answer for.
func (s *server) handover(ctx context.Context, c aid.Commitment) (string, error) {
	if !awaitsHandover(c) {
		return "", nil
	}
	key, err := s.store.Key(ctx)
	if err != nil {
		return "", err
	}
	return aid.HandoverSecret(key, c.ID, handoverVersion)
}

// awaitsHandover tells whether something is still to be handed over, or to be
// answered for.
func awaitsHandover(c aid.Commitment) bool {
	return c.State.Counts() && (some(c.Outstanding()) || slices.ContainsFunc(c.Deliveries, func(d aid.Delivery) bool { return d.Answer == "" }))
}

func some(quantities []int64) bool {
	return slices.ContainsFunc(quantities, func(n int64) bool { return n > 0 })
}

func deliveryBodyOf(d aid.Delivery) deliveryBody {
	return deliveryBody{
		ID: d.ID, Number: d.Number, On: d.On, Quantities: d.Quantities, Evidence: append([]aid.EvidenceID{}, d.Evidence...),
		ReportedAt: d.ReportedAt, ReportedBy: d.ReportedBy, Answer: d.Answer, Received: d.Received, AnsweredAt: happened(d.AnsweredAt),
		Via: d.Via, Open: d.Open(), SettledAt: happened(d.SettledAt),
	}
}

func happened(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}
