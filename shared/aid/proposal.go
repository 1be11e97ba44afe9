package aid

import (
	"fmt"
	"time"

	"ksbb/shared/area"
)

// ProposalID is a UUIDv7 made by whoever proposes, before sending.
type ProposalID string

// ProposalKind is what a change that needs two people changes.
type ProposalKind string

// The kinds.
const (
	ProposeReceipt ProposalKind = "receipt" // a received figure that had been settled
	ProposeTotals  ProposalKind = "totals"  // published totals of a leaf may fall
	ProposeClose   ProposalKind = "close"   // a recipient that holds open promises closes
	ProposeMerge   ProposalKind = "merge"   // and goes into another
)

// ProposalKinds lists every kind.
var ProposalKinds = []ProposalKind{ProposeReceipt, ProposeTotals, ProposeClose, ProposeMerge}

// ProposalState is where a proposal stands.
type ProposalState string

// The states of a proposal.
const (
	ProposalOpen      ProposalState = "open"
	ProposalApproved  ProposalState = "approved"
	ProposalRejected  ProposalState = "rejected"
	ProposalWithdrawn ProposalState = "withdrawn"
)

// Proposal is a change of facts that one person in an office proposes and
// another one decides. Who they are, and why, is kept apart.
type Proposal struct {
	ID     ProposalID
	Kind   ProposalKind
	Object string // what it changes: "commitment/<id>", "leaf/<leaf>", "recipient/<id>"
	Area   area.Code
	Change string // compact JSON, as the kind wants it; nothing private
	State  ProposalState
	// Version rises by one with every step: 1 when it is proposed.
	Version   int64
	At        time.Time
	DecidedAt time.Time
}

// Proposer is the private side of a proposal.
type Proposer struct {
	By     OfficerID
	Name   string
	Reason string
	// Of the decision.
	DecidedBy OfficerID
	DecidedAs string // name of who decided
	Why       string
}

// Decided returns the proposal after somebody decided. Whoever proposed may
// withdraw it and nothing else; nobody else may. A refusal wraps ErrDenied; one
// that is decided already refuses with *StateError.
func (p Proposal) Decided(to ProposalState, who Proposer, by OfficerID, now time.Time) (Proposal, error) {
	switch {
	case to != ProposalApproved && to != ProposalRejected && to != ProposalWithdrawn:
		return p, &InvalidError{Fields: []Field{{Pointer: "/decision", Code: "unknown", Detail: "approve, reject or withdraw"}}}
	case p.State != ProposalOpen:
		return p, &StateError{State: State(p.State)}
	case by == "" || (by == who.By) != (to == ProposalWithdrawn):
		return p, fmt.Errorf("%s proposal %s: %w", to, p.ID, ErrDenied)
	}
	p.State, p.DecidedAt = to, now
	p.Version++
	return p, nil
}
