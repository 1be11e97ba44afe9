package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

// closedDays is for how long what was received is still shown.
const closedDays = 90

// get answers what a link lets its holder see. It changes nothing, so that mail
// scanners and previews may follow any link.
func (s *server) get(ctx context.Context, in *Caller) (*stewardAnswer, error) {
	c, err := s.caller(ctx, in.Authorization)
	if err != nil {
		return nil, err
	}
	if !c.whole() {
		if _, err := s.may(ctx, c, c.commitment); err != nil {
			return nil, err
		}
	}
	return s.answer(ctx, c)
}

// answer tells a caller how things stand now.
func (s *server) answer(ctx context.Context, c caller) (*stewardAnswer, error) {
	place, _, err := s.store.Place(ctx, c.recipient)
	if err != nil {
		return nil, err
	}
	body := stewardBody{
		Scope: "commitment", Recipient: recipientBodyOf(place.Recipient), Needs: []needBody{}, Commitments: []commitmentBody{}, Seen: []seenBody{},
	}
	if p := place.Activity.Plan; p.Method != "" {
		body.Plan = &planBody{p.Method, p.On}
	}
	if !c.whole() {
		one, err := s.store.Commitment(ctx, c.recipient, c.commitment)
		if err != nil {
			return nil, err
		}
		body.Commitments = append(body.Commitments, s.commitmentBodyOf(one, allowed(one)))
		return &stewardAnswer{body}, nil
	}
	body.Scope, body.Paused = "recipient", c.access.Paused
	for _, n := range place.Needs {
		body.Needs = append(body.Needs, s.needBodyOf(n))
		promised := n.Committed + n.Delivered + n.Received
		body.PlanWanted = body.PlanWanted || promised > 0 && promised < place.Recipient.Households
	}
	all, err := s.store.Commitments(ctx, c.recipient)
	if err != nil {
		return nil, err
	}
	for _, one := range shown(all, s.instant()) {
		body.Commitments = append(body.Commitments, s.commitmentBodyOf(one, allowed(one)))
	}
	looks, err := s.store.LooksAtSteward(ctx, c.recipient)
	if err != nil {
		return nil, err
	}
	for _, l := range looks {
		body.Seen = append(body.Seen, seenBody{l.At, l.Commitment.Number(), l.By})
	}
	return &stewardAnswer{body}, nil
}

// shown returns the commitments that a steward has to do with: what is open,
// newest first, then what was received lately, the last first.
func shown(all []aid.Commitment, now time.Time) []aid.Commitment {
	lately := now.AddDate(0, 0, -closedDays)
	kept := slices.DeleteFunc(all, func(c aid.Commitment) bool {
		return !c.State.Counts() || c.State == aid.Received && c.EndedAt.Before(lately)
	})
	slices.SortStableFunc(kept, func(a, b aid.Commitment) int {
		switch closed := a.State == aid.Received; {
		case closed != (b.State == aid.Received):
			if closed {
				return 1
			}
			return -1
		case closed:
			return cmp.Or(b.EndedAt.Compare(a.EndedAt), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Or(b.PledgedAt.Compare(a.PledgedAt), cmp.Compare(a.ID, b.ID))
	})
	return kept
}

// allowed lists what a steward may do about a commitment now.
func allowed(c aid.Commitment) []string {
	may := []string{}
	if c.State.Counts() && c.ForgottenAt.IsZero() {
		may = append(may, "contact")
	}
	for _, m := range c.Allowed(aid.Steward) {
		may = append(may, string(m))
	}
	return may
}

func recipientBodyOf(r aid.Recipient) recipientBody {
	return recipientBody{r.ID, r.Name, string(r.Area), r.Demo, r.Households}
}

func (s *server) needBodyOf(n aid.Need) needBody {
	p := s.catalogue().Packages[n.Package]
	return needBody{
		ID: n.ID, Package: n.Package, Name: cmp.Or(p.Name, string(n.Package)), Unit: p.Unit, Needed: n.Needed, Committed: n.Committed,
		Delivered: n.Delivered, Received: n.Received, Remaining: n.Remaining(), ConfirmedOn: n.ConfirmedOn,
		Stale: n.ConfirmedOn.Plus(s.pack.Limits.NeedStaleDays) < s.today(),
	}
}

func (s *server) commitmentBodyOf(c aid.Commitment, may []string) commitmentBody {
	program, _ := s.region.Last().Program(c.Program)
	body := commitmentBody{
		ID: c.ID, Number: c.ID.Number(), State: c.State, DisplayName: c.DisplayName(), Class: c.Class, Program: c.Program,
		ProgramName: cmp.Or(program.Name, string(c.Program)), Lines: make([]lineBody, len(c.Lines)), Period: periodBody(c.Period),
		Route: c.Route, Aggregator: c.Aggregator, PledgedAt: c.PledgedAt, ContactBy: c.ContactBy, ContactedAt: happened(c.ContactedAt),
		Deliveries: make([]deliveryBody, len(c.Deliveries)), BAST: c.NextBAST(), Allowed: may,
	}
	if c.Schedule.On != "" {
		agreed := appointmentBody(c.Schedule)
		body.Schedule = &agreed
	}
	for _, a := range s.region.Last().Aggregators {
		if a.ID == c.Aggregator {
			body.AggregatorName = a.Name
		}
	}
	outstanding := c.Outstanding()
	for i, l := range c.Lines {
		name, stands := l.Free, c.Line(i)
		if l.Need != "" {
			name = cmp.Or(s.catalogue().Packages[l.Package].Name, string(l.Package))
		}
		body.Lines[i] = lineBody{l.Package, name, l.Unit, l.Quantity, l.Equivalent, l.Free, stands.Committed, stands.Delivered, stands.Received, outstanding[i]}
	}
	for i, d := range c.Deliveries {
		body.Deliveries[i] = deliveryBody{
			ID: d.ID, Number: d.Number, On: d.On, Quantities: d.Quantities, Evidence: append([]aid.EvidenceID{}, d.Evidence...),
			ReportedAt: d.ReportedAt, ReportedBy: d.ReportedBy, Answer: d.Answer, Received: d.Received, AnsweredAt: happened(d.AnsweredAt),
			Via: d.Via, Open: d.Open(), SettledAt: happened(d.SettledAt),
		}
	}
	return body
}

func happened(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// contact shows how to reach the collaborator. The steward always may (S-108);
// who saw it is written down before it is shown.
func (s *server) contact(ctx context.Context, in *Chosen) (*contactAnswer, error) {
	who, err := s.caller(ctx, in.Authorization)
	if err != nil {
		return nil, err
	}
	c, err := s.may(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	if !c.State.Counts() || !c.ForgottenAt.IsZero() {
		return nil, &aid.StateError{State: c.State, Allowed: c.Allowed(aid.Steward)}
	}
	credential, err := s.store.Credential(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	now := s.instant()
	look := table.Look{At: now, By: aid.Steward, Commitment: c.ID, Recipient: c.Recipient}
	if err := s.store.RecordLook(ctx, look, aid.DayOf(now, s.pack.Zone)); err != nil {
		return nil, err
	}
	return &contactAnswer{contactBody{credential.Contact.Name, credential.Contact.Phone, credential.Contact.Email, c.Demo}}, nil
}

// contacted records that the two sides have spoken.
func (s *server) contacted(ctx context.Context, in *Chosen) (*stewardAnswer, error) {
	who, err := s.caller(ctx, in.Authorization)
	if err != nil {
		return nil, err
	}
	_, err = s.move(ctx, func() (aid.Commitment, error) { return s.may(ctx, who, in.ID) },
		func(c aid.Commitment, now time.Time) (table.Change, error) {
			after, err := c.Spoken(aid.Steward, now, s.catalogue())
			return table.Change{After: after}, err
		})
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, who)
}

// confirm records that a need is still there, or that what is promised is
// enough.
func (s *server) confirm(ctx context.Context, in *confirmInput) (*stewardAnswer, error) {
	who, err := s.owner(ctx, in.Authorization)
	if err != nil {
		return nil, err
	}
	place, leaf, err := s.store.Place(ctx, who.recipient)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(place.Needs, func(n aid.Need) bool { return n.ID == in.ID }) {
		return nil, fmt.Errorf("need of %s: %w", who.recipient, aid.ErrNotFound)
	}
	kind, _ := s.pack.Kind(place.Recipient.Kind)
	by := cmp.Or(kind.Steward, "Penanggung jawab")
	if err := s.store.ConfirmNeed(ctx, leaf, in.ID, in.Body.StillNeeded, s.today(), by, s.instant()); err != nil {
		return nil, err
	}
	return s.answer(ctx, who)
}

// pause stores whether the steward's contact is shown to anybody.
func (s *server) pause(ctx context.Context, in *pauseInput) (*stewardAnswer, error) {
	who, err := s.owner(ctx, in.Authorization)
	if err != nil {
		return nil, err
	}
	if err := s.store.Pause(ctx, who.recipient, in.Body.Paused); err != nil {
		return nil, err
	}
	who.access.Paused = in.Body.Paused
	return s.answer(ctx, who)
}

// plan stores how too few packages are shared out. Saying the same again keeps
// the day it was first said.
func (s *server) plan(ctx context.Context, in *planInput) (*stewardAnswer, error) {
	who, err := s.owner(ctx, in.Authorization)
	if err != nil {
		return nil, err
	}
	place, leaf, err := s.store.Place(ctx, who.recipient)
	if err != nil {
		return nil, err
	}
	if place.Activity.Plan.Method != in.Body.Method {
		p := aid.Plan{Method: in.Body.Method, On: s.today()}
		if err := s.store.SetPlan(ctx, leaf, who.recipient, p, s.instant()); err != nil {
			return nil, err
		}
	}
	return s.answer(ctx, who)
}
