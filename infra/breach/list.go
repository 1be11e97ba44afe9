package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

// query is what is asked: a window of days, or a link and perhaps the window in
// which it was in other hands.
type query struct {
	from, to   aid.Day
	commitment aid.CommitmentID
	recipient  aid.RecipientID
}

// store is what of the tables is read.
type store interface {
	LooksOn(context.Context, aid.Day) ([]table.Look, error)
	LooksAtCollaborator(context.Context, aid.CommitmentID) ([]table.Look, error)
	LooksAtSteward(context.Context, aid.RecipientID) ([]table.Look, error)
	Locate(context.Context, aid.CommitmentID) (aid.RecipientID, error)
	Commitment(context.Context, aid.RecipientID, aid.CommitmentID) (aid.Commitment, error)
	Commitments(context.Context, aid.RecipientID) ([]aid.Commitment, error)
	Credential(context.Context, aid.CommitmentID) (aid.Credential, error)
	Steward(context.Context, aid.RecipientID) (aid.Contact, error)
	LeafOf(context.Context, aid.RecipientID) (aid.Leaf, error)
}

// person is somebody whose contact was shown, or could have been.
type person struct {
	role       aid.Role // Collaborator or Steward
	recipient  aid.RecipientID
	commitment aid.CommitmentID // of a collaborator
	contact    aid.Contact
	gone       bool // the contact is forgotten since
	looks      []table.Look
}

func (p person) number() string {
	if p.commitment == "" {
		return ""
	}
	return p.commitment.Number()
}

// span returns the first and the last instant at which the contact was shown.
func (p person) span() (first, last string) {
	if len(p.looks) == 0 {
		return "", ""
	}
	earliest := func(a, b table.Look) int { return a.At.Compare(b.At) }
	return instant(slices.MinFunc(p.looks, earliest).At), instant(slices.MaxFunc(p.looks, earliest).At)
}

// seenBy names the roles that the contact was shown to.
func (p person) seenBy() string {
	var roles []string
	for _, l := range p.looks {
		roles = append(roles, string(l.By))
	}
	slices.Sort(roles)
	return strings.Join(slices.Compact(roles), " ")
}

// list answers a query, people in the order in which they are met.
func (q query) list(ctx context.Context, s store) ([]person, error) {
	var people []person
	var err error
	switch {
	case q.commitment != "":
		people, err = q.ofCommitment(ctx, s)
	case q.recipient != "":
		people, err = q.ofRecipient(ctx, s)
	default:
		people, err = q.ofWindow(ctx, s)
	}
	if err != nil {
		return nil, err
	}
	for i := range people {
		if err := people[i].find(ctx, s); err != nil {
			return nil, err
		}
	}
	return people, nil
}

// ofWindow lists everybody whose contact was shown within the window.
func (q query) ofWindow(ctx context.Context, s store) ([]person, error) {
	type who struct {
		role       aid.Role
		recipient  aid.RecipientID
		commitment aid.CommitmentID
	}
	index := map[who]int{}
	var people []person
	for day := q.from; day <= q.to; day = day.Plus(1) {
		looks, err := s.LooksOn(ctx, day)
		if err != nil {
			return nil, err
		}
		for _, l := range looks {
			w := who{aid.Collaborator, l.Recipient, l.Commitment}
			if l.Of == aid.Steward {
				w = who{role: aid.Steward, recipient: l.Recipient}
			}
			if _, met := index[w]; !met {
				index[w] = len(people)
				people = append(people, person{role: w.role, recipient: w.recipient, commitment: w.commitment})
			}
			p := &people[index[w]]
			p.looks = append(p.looks, l)
		}
	}
	return people, nil
}

// ofCommitment lists whom a collaborator's link leads to: the collaborator, and
// the steward, whose contact it shows when asked.
func (q query) ofCommitment(ctx context.Context, s store) ([]person, error) {
	r, err := s.Locate(ctx, q.commitment)
	if err != nil {
		return nil, err
	}
	c, err := s.Commitment(ctx, r, q.commitment)
	if err != nil {
		return nil, err
	}
	// Who holds the link sees the collaborator's own contact, and nobody counts it.
	people := []person{{role: aid.Collaborator, recipient: r, commitment: c.ID}}
	looks, err := s.LooksAtSteward(ctx, r)
	if err != nil {
		return nil, err
	}
	looks = slices.DeleteFunc(looks, func(l table.Look) bool { return l.Commitment != c.ID || !q.covers(l.At) })
	if c.State.Counts() || len(looks) > 0 {
		people = append(people, person{role: aid.Steward, recipient: r, looks: looks})
	}
	return people, nil
}

// ofRecipient lists whom a steward's link leads to: every collaborator whose
// promise counts, or whose contact was shown through it before it ended.
func (q query) ofRecipient(ctx context.Context, s store) ([]person, error) {
	if _, err := s.LeafOf(ctx, q.recipient); err != nil {
		return nil, err
	}
	commitments, err := s.Commitments(ctx, q.recipient)
	if err != nil {
		return nil, err
	}
	var people []person
	for _, c := range commitments {
		looks, err := s.LooksAtCollaborator(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		looks = slices.DeleteFunc(looks, func(l table.Look) bool { return l.By != aid.Steward || !q.covers(l.At) })
		if c.State.Counts() && c.ForgottenAt.IsZero() || len(looks) > 0 {
			people = append(people, person{role: aid.Collaborator, recipient: q.recipient, commitment: c.ID, looks: looks})
		}
	}
	return people, nil
}

// covers tells whether an instant lies within the window, which is everything
// when none was named. Days differ around the world, so the window is half a day
// wider on either side: better one too many is told than one too few.
func (q query) covers(at time.Time) bool {
	if q.from == "" {
		return true
	}
	return aid.DayOf(at.Add(14*time.Hour), time.UTC) >= q.from && aid.DayOf(at.Add(-12*time.Hour), time.UTC) <= q.to
}

// find looks up how to reach a person. Whoever is forgotten since cannot be told,
// and stays on the list.
func (p *person) find(ctx context.Context, s store) error {
	var err error
	if p.role == aid.Steward {
		p.contact, err = s.Steward(ctx, p.recipient)
	} else {
		var credential aid.Credential
		credential, err = s.Credential(ctx, p.commitment)
		p.contact = credential.Contact
	}
	if errors.Is(err, aid.ErrNotFound) {
		p.gone = true
		return nil
	}
	if err != nil {
		return fmt.Errorf("find %s: %w", p.role, err)
	}
	return nil
}
