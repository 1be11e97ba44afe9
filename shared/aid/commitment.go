package aid

import (
	"slices"
	"time"
)

// State is where a commitment stands in its life.
type State string

// The states of a commitment. Only those after Submitted and before an end
// hold a promise.
const (
	Submitted State = "submitted" // sent, channel not proven; holds nothing
	Pledged   State = "pledged"   // quantity reserved, 2×24 h clock runs
	Contacted State = "contacted"
	Scheduled State = "scheduled"
	Signed    State = "signed"
	Delivered State = "delivered" // reported by the collaborator
	Received  State = "received"  // confirmed by the steward
	Disputed  State = "disputed"  // the two sides differ
	Lapsed    State = "lapsed"    // no contact in time
	Withdrawn State = "withdrawn"
	Dropped   State = "dropped" // never verified
)

// Counts tells whether a commitment in this state stands in any published
// total.
func (s State) Counts() bool {
	switch s {
	case Pledged, Contacted, Scheduled, Signed, Delivered, Received, Disputed:
		return true
	}
	return false
}

// Move is what someone does to a commitment.
type Move string

// The moves that exist so far.
const (
	Verify   Move = "verify"
	Withdraw Move = "withdraw"
)

// next is the state machine: which move leads from which state to which.
var next = map[State]map[Move]State{
	Submitted: {Verify: Pledged, Withdraw: Withdrawn},
	Pledged:   {Withdraw: Withdrawn},
	Contacted: {Withdraw: Withdrawn},
	Scheduled: {Withdraw: Withdrawn},
	Signed:    {Withdraw: Withdrawn},
}

// After returns the state that move m leads to, or a *StateError that names
// what is allowed instead.
func (s State) After(m Move) (State, error) {
	if to, ok := next[s][m]; ok {
		return to, nil
	}
	allowed := make([]Move, 0, len(next[s]))
	for move := range next[s] {
		allowed = append(allowed, move)
	}
	slices.Sort(allowed)
	return "", &StateError{State: s, Allowed: allowed}
}

// Period is the days within which a collaborator promises to deliver, both
// included.
type Period struct {
	From Day `json:"from"`
	To   Day `json:"to"`
}

// Line is one thing promised: units of a need, or free aid outside any need.
type Line struct {
	Need       NeedID    // empty for a free line
	Package    PackageID // empty for a free line
	Quantity   int64
	Unit       string
	Equivalent string // what is given instead, "atau bentuk lain yang setara" (S-086)
	Free       string // description of aid outside any need line (S-080)
	Value      Rupiah // quantity × reference price that day, or the collaborator's estimate
	Estimated  bool   // Value is the collaborator's own estimate
}

// Commitment is one collaborator's promise to one recipient, without anything
// private: contact, signature and secrets live apart.
type Commitment struct {
	ID           CommitmentID
	Recipient    RecipientID
	Leaf         Leaf
	Program      ProgramID
	Lines        []Line
	Period       Period
	Route        Route
	Aggregator   AggregatorID
	Name         string // display name; empty when the collaborator chose "Hamba Allah"
	Class        Class
	Collaborator CollaboratorID
	Demo         bool

	State       State
	Version     int64 // rises by one with every move
	SubmittedAt time.Time
	VerifyBy    time.Time
	PledgedAt   time.Time // zero until pledged
	ContactBy   time.Time // zero until pledged
	EndedAt     time.Time // withdrawn, lapsed or dropped
	Reason      string    // of a withdrawal: a slug, never free text
}

// HambaAllah is the name shown for a collaborator who wants none shown.
const HambaAllah = "Hamba Allah"

// DisplayName returns the public name of the giver.
func (c Commitment) DisplayName() string {
	if c.Name == "" {
		return HambaAllah
	}
	return c.Name
}

// Verified returns the commitment after its channel was proven at instant now:
// pledged, with the 2×24 h clock running (S-106). A submission whose time ran
// out wraps ErrExpired.
func (c Commitment) Verified(now time.Time, limits Limits) (Commitment, error) {
	to, err := c.State.After(Verify)
	if err != nil {
		return c, err
	}
	if !now.Before(c.VerifyBy) {
		return c, ErrExpired
	}
	c.State, c.Version = to, c.Version+1
	c.PledgedAt = now
	c.ContactBy = now.Add(time.Duration(limits.ContactHours) * time.Hour)
	return c, nil
}

// WithdrawReasons are the reasons a person may choose from. Free text would
// have to be read by someone before it is published.
var WithdrawReasons = []string{"changed_plan", "cannot_deliver", "duplicate", "wrong_place", "other"}

// WithdrawnFor returns the commitment after it was taken back at instant now.
func (c Commitment) WithdrawnFor(reason string, now time.Time) (Commitment, error) {
	if !slices.Contains(WithdrawReasons, reason) {
		return c, &InvalidError{Fields: []Field{{Pointer: "/reason", Code: "unknown", Detail: "unknown reason"}}}
	}
	to, err := c.State.After(Withdraw)
	if err != nil {
		return c, err
	}
	c.State, c.Version = to, c.Version+1
	c.EndedAt, c.Reason = now, reason
	return c, nil
}

// FreeValue returns the estimated value of the lines outside any need.
func (c Commitment) FreeValue() Rupiah {
	var sum Rupiah
	for _, l := range c.Lines {
		if l.Need == "" {
			sum += l.Value
		}
	}
	return sum
}

// Number is the short name people say on the phone: "K-7F3Q-21XA". It is
// derived from the id and identifies, it proves nothing.
func (id CommitmentID) Number() string {
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford: no I, L, O, U
	var bits uint64
	for _, r := range string(id) {
		switch {
		case r >= '0' && r <= '9':
			bits = bits<<4 | uint64(r-'0')
		case r >= 'a' && r <= 'f':
			bits = bits<<4 | uint64(r-'a'+10)
		}
	}
	out := []byte("K-0000-0000")
	for _, i := range []int{10, 9, 8, 7, 5, 4, 3, 2} {
		out[i] = letters[bits&31]
		bits >>= 5
	}
	return string(out)
}
