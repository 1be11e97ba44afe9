package aid

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Identifiers of what is handed over.
type (
	// DeliveryID is a UUIDv7 made by whoever reports, before sending.
	DeliveryID string
	// EvidenceID is random and made by the platform.
	EvidenceID string
	// BASTNumber names one hand-over record: the commitment's number and which of
	// its deliveries, "BAST-7F3Q-21XA-1" (S-115).
	BASTNumber string
)

// Answer is what the steward says of a delivery.
type Answer string

// The answers. No answer yet is the empty one.
const (
	Full  Answer = "full"
	Fewer Answer = "fewer"
	None  Answer = "none"
)

// Via is how an answer reached the platform, published with it: a link or a
// code passed through the collaborator's hands proves less than the steward's
// own link.
type Via string

// The ways.
const (
	ViaSteward  Via = "steward"  // the steward's own link
	ViaHandover Via = "handover" // the link that the collaborator handed over
	ViaBAST     Via = "bast"     // the code printed on the BAST sheet
	ViaOfficer  Via = "officer"  // an officer, from the signed BAST
)

// strength orders the ways: an answer may be changed through a stronger one,
// and while the two sides differ through the same.
var strength = map[Via]int{ViaBAST: 1, ViaHandover: 1, ViaSteward: 2, ViaOfficer: 3}

// strongest is the way by which a role proves most.
var strongest = map[Role]Via{Steward: ViaSteward, Officer: ViaOfficer}

// Delivery is one hand-over: what was reported and what the steward confirmed.
// Quantities have one figure for each line of the commitment.
type Delivery struct {
	ID         DeliveryID
	Number     BASTNumber
	On         Day
	Quantities []int64
	Evidence   []EvidenceID
	ReportedAt time.Time
	ReportedBy Role // Steward when the receipt came before any report

	Answer     Answer
	Received   []int64 // what the steward confirmed; nil until answered
	AnsweredAt time.Time
	Via        Via

	SettledAt time.Time // of a dispute; Received is then what both hold to be true
	SettledBy Role
}

// Open tells whether the two sides differ about the delivery: what the steward
// confirmed, the lower figure, counts until it is settled.
func (d Delivery) Open() bool {
	return d.Answer != "" && d.SettledAt.IsZero() && !slices.Equal(d.Received, d.Quantities)
}

// claimed returns what of each line the delivery stands for: what was reported
// until the two sides agree, then what they agree on.
func (d Delivery) claimed() []int64 {
	if d.Answer == "" || d.Open() {
		return d.Quantities
	}
	return d.Received
}

// unclaimed returns what of each line no delivery stands for.
func (c Commitment) unclaimed() []int64 {
	rest := make([]int64, len(c.Lines))
	for i, l := range c.Lines {
		rest[i] = l.Quantity
	}
	for _, d := range c.Deliveries {
		for i, n := range d.claimed() {
			rest[i] -= n
		}
	}
	return rest
}

// closed tells whether no more will be delivered: the rest was released, or
// whoever would bring it is forgotten.
func (c Commitment) closed() bool { return !c.ReleasedAt.IsZero() || !c.ForgottenAt.IsZero() }

// deliverable returns what of each line may still be reported, also of a
// commitment that lapsed.
func (c Commitment) deliverable() []int64 {
	if c.closed() {
		return make([]int64, len(c.Lines))
	}
	return c.unclaimed()
}

// takesDelivery tells whether one more delivery may be reported.
func (c Commitment) takesDelivery() bool {
	return !c.SignedAt.IsZero() && len(c.Deliveries) < MaxDeliveries && some(c.deliverable())
}

// answerable tells whether a delivery of the commitment may be answered, or
// answered otherwise, through this way.
func (c Commitment) answerable(d Delivery, via Via) bool {
	if d.Answer == "" {
		return true
	}
	if c.Version >= MaxVersion || strength[via] < strength[d.Via] || strength[via] == strength[d.Via] && !d.Open() {
		return false
	}
	// What it was settled to have fallen short of may stand in another delivery by
	// now.
	rest := c.unclaimed()
	for i, n := range d.claimed() {
		if rest[i]+n < d.Quantities[i] {
			return false
		}
	}
	return true
}

// Outstanding returns what of each line is still to be delivered: nothing once
// the rest was released, or the commitment ended.
func (c Commitment) Outstanding() []int64 {
	if !c.State.Counts() {
		return make([]int64, len(c.Lines))
	}
	return c.deliverable()
}

func some(quantities []int64) bool {
	return slices.ContainsFunc(quantities, func(n int64) bool { return n > 0 })
}

// Delivery returns one delivery, and false when there is none of that id.
func (c Commitment) Delivery(id DeliveryID) (Delivery, bool) {
	i := slices.IndexFunc(c.Deliveries, func(d Delivery) bool { return d.ID == id })
	if i < 0 {
		return Delivery{}, false
	}
	return c.Deliveries[i], true
}

// NextBAST returns the number of the next hand-over: that of the delivery which
// waits for an answer, or else of the one to come. It is what a BAST sheet is
// printed with.
func (c Commitment) NextBAST() BASTNumber {
	for _, d := range c.Deliveries {
		if d.Answer == "" {
			return d.Number
		}
	}
	return c.ID.BAST(len(c.Deliveries) + 1)
}

// BAST returns the number of the nth hand-over of a commitment, from 1.
func (id CommitmentID) BAST(n int) BASTNumber {
	return BASTNumber("BAST-" + strings.TrimPrefix(id.Number(), "K-") + "-" + strconv.Itoa(n))
}

// ParseBAST reads a BAST number as people write it and returns it in its own
// spelling, with the number of its commitment.
func ParseBAST(typed string) (bast BASTNumber, number string, err error) {
	s := strings.ToUpper(strings.TrimSpace(typed))
	s = strings.TrimLeft(strings.TrimPrefix(s, "BAST"), "- .")
	cut := strings.LastIndexAny(s, "- .")
	refused := fmt.Errorf("BAST number %.40q: %w", typed, ErrNotFound)
	if cut < 0 {
		return "", "", refused
	}
	nth, err := strconv.Atoi(s[cut+1:])
	number, ok := CleanNumber(s[:cut])
	if err != nil || !ok || nth < 1 || nth > MaxDeliveries {
		return "", "", refused
	}
	return BASTNumber(fmt.Sprintf("BAST-%s-%d", strings.TrimPrefix(number, "K-"), nth)), number, nil
}

// MaxDeliveries bounds the deliveries of one commitment, MaxEvidence the files
// of one delivery.
const (
	MaxDeliveries = 20
	MaxEvidence   = 10
)

// ClockSkew is how far the clock of a phone may be ahead of ours. At midnight
// its today is our tomorrow.
const ClockSkew = 5 * time.Minute

// DeliveryReport is what a collaborator says of a hand-over, before it is
// believed.
type DeliveryReport struct {
	ID         DeliveryID
	On         Day
	Quantities []int64 // one for each line of the commitment
	Evidence   []EvidenceID
}

// Reported returns the commitment with a delivery reported at instant now.
//
// Only a signed commitment takes one (S-102), also one that lapsed meanwhile:
// a delivery beats the clock. It may be partial; all deliveries together are
// never more than what was promised. Reported again with the same content it
// changes nothing; other content under its id wraps ErrExists.
func (c Commitment) Reported(r DeliveryReport, now time.Time, cat *Catalogue) (Commitment, error) {
	if old, ok := c.Delivery(r.ID); ok {
		if old.On == r.On && slices.Equal(old.Quantities, r.Quantities) && slices.Equal(old.Evidence, r.Evidence) {
			return c, nil
		}
		return c, fmt.Errorf("delivery %s: %w", r.ID, ErrExists)
	}
	k := checker{cat: cat, today: DayOf(now, cat.Zone)}
	if k.day("/date", r.On) {
		if r.On > DayOf(now.Add(ClockSkew), cat.Zone) {
			k.wrong("/date", "future", "today is %s", k.today)
		}
		if pledged := DayOf(c.PledgedAt, cat.Zone); r.On < pledged {
			k.wrong("/date", "past", "the commitment is of %s", pledged)
		}
	}
	k.quantities(r.Quantities, c.deliverable())
	if len(r.Evidence) > MaxEvidence {
		k.wrong("/evidence", "too_long", "at most %d files", MaxEvidence)
	}
	if err := c.allow(Report, Collaborator); err != nil {
		return c, err
	}
	if len(k.fields) > 0 {
		return c, &InvalidError{Fields: k.fields}
	}
	return c.delivered(Report, Delivery{
		ID: r.ID, On: r.On, Quantities: slices.Clone(r.Quantities), Evidence: slices.Clone(r.Evidence),
		ReportedAt: now, ReportedBy: Collaborator,
	}, Collaborator, now, cat)
}

// delivered adds a delivery.
func (c Commitment) delivered(m Move, d Delivery, by Role, now time.Time, cat *Catalogue) (Commitment, error) {
	d.Number = c.ID.BAST(len(c.Deliveries) + 1)
	c.Deliveries = append(slices.Clone(c.Deliveries), d)
	c.Told = untold(c.Told, LetterAnswerDue)
	if c.ContactedAt.IsZero() {
		c.ContactedAt = now // whoever hands over goods has spoken to someone
	}
	c = c.outcome(now)
	return c.movedAbout(m, by, len(c.Deliveries), slices.Clone(d.Received), now, cat), nil
}

// quantities checks one figure for each line: none below zero, none above most,
// and not all zero.
func (c *checker) quantities(got, most []int64) {
	if len(got) != len(most) {
		c.wrong("/lines", "required", "want a quantity for each of %d lines", len(most))
		return
	}
	for i, n := range got {
		c.within(fmt.Sprintf("/lines/%d/quantity", i), n, 0, max(0, most[i]))
	}
	if !some(got) {
		c.wrong("/lines", "too_small", "nothing was delivered")
	}
}

// ReceiptAnswer is what a steward says of a delivery, before it is believed.
// Quantities count for Fewer only.
type ReceiptAnswer struct {
	Delivery   DeliveryID
	Answer     Answer
	Quantities []int64
	Via        Via
}

// ReceivedAs returns the commitment after the steward answered for a delivery
// at instant now. Fewer or none makes a dispute: the lower figure counts until
// it is settled. The steward may correct an open answer, and one that came
// through a link or code which passed through other hands.
//
// A receipt may come before any report, for goods do: a delivery id that the
// commitment does not know yet is then a delivery that the steward reports.
// The same answer again changes nothing.
func (c Commitment) ReceivedAs(r ReceiptAnswer, now time.Time, cat *Catalogue) (Commitment, error) {
	by := Steward
	if r.Via == ViaOfficer {
		by = Officer
	}
	k := checker{cat: cat, today: DayOf(now, cat.Zone)}
	i := slices.IndexFunc(c.Deliveries, func(d Delivery) bool { return d.ID == r.Delivery })
	var reported []int64
	if i >= 0 {
		reported = c.Deliveries[i].Quantities
	} else {
		reported = c.deliverable()
	}
	var received []int64
	switch r.Answer {
	case Full:
		received = slices.Clone(reported)
	case None:
		received = make([]int64, len(reported))
	case Fewer:
		received = slices.Clone(r.Quantities)
		k.quantities(received, reported)
	default:
		k.wrong("/answer", "unknown", "full, fewer or none")
	}
	if len(k.fields) > 0 {
		return c, &InvalidError{Fields: k.fields}
	}
	if i < 0 {
		if r.Answer == None {
			return c, &InvalidError{Fields: []Field{{Pointer: "/answer", Code: "unknown", Detail: "nothing was reported that could be missing"}}}
		}
		if err := c.allow(Receive, by); err != nil {
			return c, err
		}
		if !c.takesDelivery() {
			return c, &StateError{State: c.State, Allowed: c.Allowed(by)}
		}
		return c.delivered(Receive, Delivery{
			ID: r.Delivery, On: k.today, Quantities: received, ReportedAt: now, ReportedBy: by,
			Answer: Full, Received: received, AnsweredAt: now, Via: r.Via,
		}, by, now, cat)
	}
	d := c.Deliveries[i]
	if d.Answer != "" && d.Via == r.Via && slices.Equal(d.Received, received) {
		return c, nil
	}
	if err := c.allow(Receive, by); err != nil {
		return c, err
	}
	if !c.answerable(d, r.Via) {
		return c, &StateError{State: c.State, Allowed: c.Allowed(by)}
	}
	if slices.Equal(received, reported) {
		r.Answer = Full
	}
	if !slices.Equal(received, d.Received) {
		d.SettledAt, d.SettledBy = time.Time{}, ""
	}
	d.Answer, d.Received, d.AnsweredAt, d.Via = r.Answer, received, now, r.Via
	c.Deliveries = slices.Clone(c.Deliveries)
	c.Deliveries[i] = d
	c = c.outcome(now)
	return c.movedAbout(Receive, by, i+1, slices.Clone(received), now, cat), nil
}

// SettledAs returns the commitment after the dispute about a delivery ended. A
// collaborator settles by accepting what the steward confirmed, quantities nil;
// an officer sets the true figure, between what was confirmed and what was
// reported. Settled so already, it changes nothing.
func (c Commitment) SettledAs(id DeliveryID, quantities []int64, by Role, now time.Time, cat *Catalogue) (Commitment, error) {
	i := slices.IndexFunc(c.Deliveries, func(d Delivery) bool { return d.ID == id })
	if i < 0 {
		return c, fmt.Errorf("delivery %s: %w", id, ErrNotFound)
	}
	d := c.Deliveries[i]
	if by == Collaborator {
		quantities = d.Received
	}
	if !d.SettledAt.IsZero() && slices.Equal(quantities, d.Received) {
		return c, nil
	}
	if err := c.allow(Settle, by); err != nil {
		return c, err
	}
	if !d.Open() {
		return c, &StateError{State: c.State, Allowed: c.Allowed(by)}
	}
	if len(quantities) != len(d.Quantities) {
		return c, &InvalidError{Fields: []Field{{Pointer: "/lines", Code: "required", Detail: "want a quantity for each line"}}}
	}
	for l, n := range quantities {
		if n < d.Received[l] || n > d.Quantities[l] {
			return c, &InvalidError{Fields: []Field{{Pointer: fmt.Sprintf("/lines/%d/quantity", l), Code: "too_large", Detail: "not between what was confirmed and what was reported"}}}
		}
	}
	d.Received, d.SettledAt, d.SettledBy = slices.Clone(quantities), now, by
	c.Deliveries = slices.Clone(c.Deliveries)
	c.Deliveries[i] = d
	c = c.outcome(now)
	return c.movedAbout(Settle, by, i+1, slices.Clone(quantities), now, cat), nil
}

// outcome gives a commitment with deliveries the state that they add up to.
func (c Commitment) outcome(now time.Time) Commitment {
	waiting, open, reached := false, false, false
	for _, d := range c.Deliveries {
		waiting = waiting || d.Answer == ""
		open = open || d.Open()
		reached = reached || some(d.claimed())
	}
	rest := some(c.deliverable())
	c.EndedAt = time.Time{}
	switch {
	case open:
		c.State = Disputed
	case waiting:
		c.State = Delivered
	case !reached && rest:
		c.State = Signed // nothing arrived after all; it may still be delivered
	case !reached:
		c.State, c.EndedAt = Withdrawn, now
	case rest:
		c.State = Delivered // a part is confirmed, the rest is to come
	default:
		c.State, c.EndedAt = Received, now
	}
	return c
}
