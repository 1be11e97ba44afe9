package aid

import (
	"fmt"
	"slices"
	"time"
)

// Review is what somebody in an office found a file to show. No review yet is
// the empty one.
type Review string

// The reviews.
const (
	Approved Review = "approved" // shows what it is said to show, and nobody who must not be shown
	Rejected Review = "rejected"
)

// Reviewed returns the file after somebody reviewed it; the empty review takes an
// earlier one back. The same again changes nothing. A file that was not accepted,
// or that was reviewed otherwise, refuses with *StateError.
func (e Evidence) Reviewed(r Review, now time.Time) (Evidence, error) {
	switch {
	case r != "" && r != Approved && r != Rejected:
		return e, &InvalidError{Fields: []Field{{Pointer: "/decision", Code: "unknown", Detail: "approved, rejected or reopen"}}}
	case e.State != EvidenceAccepted || e.Commitment == "":
		return e, &StateError{State: State(e.State)}
	case r == e.Review:
		return e, nil
	case r != "" && e.Review != "":
		return e, &StateError{State: State(e.Review)}
	}
	e.Review, e.ReviewedAt = r, now
	e.ReviewVersion++
	return e, nil
}

// HiddenText is what is shown in place of a text that an office hid.
const HiddenText = "[disembunyikan]"

// Hidden is what an office took out of the public part of a commitment. It is
// kept apart, so that it can be put back.
type Hidden struct {
	Name, Salt string
	Lines      []HiddenLine
}

// HiddenLine is what was written beside one line of a commitment.
type HiddenLine struct {
	Line             int // from 0
	Equivalent, Free string
}

// Without returns the commitment without its giver's name, or without what was
// written beside some of its lines, and what was taken out. What it promises
// stays. Nothing to hide refuses with *InvalidError.
func (c Commitment) Without(name bool, lines []int, now time.Time, cat *Catalogue) (Commitment, Hidden, error) {
	if err := c.allow(Hide, Officer); err != nil {
		return c, Hidden{}, err
	}
	var k checker
	var out Hidden
	before := c
	if name {
		if c.Name == "" {
			k.wrong("/decision", "not_allowed", "no name is shown")
		}
		out.Name, out.Salt = c.Name, c.Salt
		c.Name, c.Salt, c.NameHidden = "", "", true
	}
	c.Lines, c.TextsHidden = slices.Clone(c.Lines), slices.Clone(c.TextsHidden)
	for _, i := range slices.Compact(slices.Sorted(slices.Values(lines))) {
		if i < 0 || i >= len(c.Lines) || slices.Contains(before.TextsHidden, i) || c.Lines[i].Equivalent == "" && c.Lines[i].Free == "" {
			k.wrong("/line", "unknown", "line %d shows no text", i)
			continue
		}
		l := &c.Lines[i]
		out.Lines = append(out.Lines, HiddenLine{i, l.Equivalent, l.Free})
		if l.Equivalent != "" {
			l.Equivalent = HiddenText
		}
		if l.Free != "" {
			l.Free = HiddenText
		}
		c.TextsHidden = append(c.TextsHidden, i)
	}
	if len(k.fields) == 0 && !name && len(out.Lines) == 0 {
		k.wrong("/decision", "required", "hide a name, or what was written beside a line")
	}
	if len(k.fields) > 0 {
		return before, Hidden{}, &InvalidError{Fields: k.fields}
	}
	slices.Sort(c.TextsHidden)
	return c.moved(Hide, Officer, now, cat), out, nil
}

// With returns the commitment with what was hidden of it put back. Of somebody
// who is forgotten no name is.
func (c Commitment) With(h Hidden, now time.Time, cat *Catalogue) (Commitment, error) {
	if err := c.allow(Show, Officer); err != nil {
		return c, err
	}
	if h.Name != "" && c.NameHidden && c.ForgottenAt.IsZero() {
		c.Name, c.Salt, c.NameHidden = h.Name, h.Salt, false
	}
	c.Lines, c.TextsHidden = slices.Clone(c.Lines), slices.Clone(c.TextsHidden)
	for _, l := range h.Lines {
		if i := slices.Index(c.TextsHidden, l.Line); i >= 0 {
			c.Lines[l.Line].Equivalent, c.Lines[l.Line].Free = l.Equivalent, l.Free
			c.TextsHidden = slices.Delete(c.TextsHidden, i, i+1)
		}
	}
	return c.moved(Show, Officer, now, cat), nil
}

// Corrected returns the commitment with another figure for a delivery that both
// sides, or an office, had agreed on: what two people in an office found to be
// true. It may be higher or lower, and at most what was reported. The same again
// changes nothing.
func (c Commitment) Corrected(id DeliveryID, quantities []int64, now time.Time, cat *Catalogue) (Commitment, error) {
	i := slices.IndexFunc(c.Deliveries, func(d Delivery) bool { return d.ID == id })
	if i < 0 {
		return c, fmt.Errorf("delivery %s: %w", id, ErrNotFound)
	}
	d := c.Deliveries[i]
	if d.Answer != "" && !d.Open() && slices.Equal(quantities, d.Received) {
		return c, nil
	}
	if err := c.allow(Correct, Officer); err != nil {
		return c, err
	}
	if d.Answer == "" || d.Open() {
		return c, &StateError{State: c.State, Allowed: c.Allowed(Officer)}
	}
	var k checker
	if len(quantities) != len(d.Quantities) {
		k.wrong("/lines", "required", "want a quantity for each of %d lines", len(d.Quantities))
	} else {
		rest := c.unclaimed()
		for l, n := range quantities {
			// What the delivery fell short of may stand in another one by now.
			k.within(fmt.Sprintf("/lines/%d/quantity", l), n, 0, min(d.Quantities[l], d.Received[l]+rest[l]))
		}
	}
	if len(k.fields) > 0 {
		return c, &InvalidError{Fields: k.fields}
	}
	d.Received, d.SettledAt, d.SettledBy = slices.Clone(quantities), now, Officer
	c.Deliveries = slices.Clone(c.Deliveries)
	c.Deliveries[i] = d
	c = c.outcome(now)
	return c.movedAbout(Correct, Officer, i+1, slices.Clone(quantities), now, cat), nil
}

// correctable tells whether any delivery has a figure that both sides agreed on.
func (c Commitment) correctable() bool {
	return c.Version < MaxVersion && slices.ContainsFunc(c.Deliveries, func(d Delivery) bool { return d.Answer != "" && !d.Open() })
}
