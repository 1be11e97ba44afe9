package aid

import (
	"errors"
	"fmt"
	"strings"
)

// Refusals: the rules say no. They are wrapped with the thing concerned; the
// problem package turns them into answers.
var (
	ErrNotFound = errors.New("not found")
	// ErrExists: the identifier belongs to something else.
	ErrExists = errors.New("already exists")
	// ErrStale: the thing changed since it was read.
	ErrStale = errors.New("stale")
	// ErrDenied: the caller may not.
	ErrDenied = errors.New("denied")
	// ErrBusy: try again shortly.
	ErrBusy = errors.New("busy")
	// ErrChallenge: the proof of work is missing, wrong, expired or used.
	ErrChallenge = errors.New("challenge not solved")
	// ErrExpired: the time allowed for this move has passed.
	ErrExpired = errors.New("expired")
)

// InvalidError lists everything that is wrong with an input, so that a person
// corrects it once.
type InvalidError struct{ Fields []Field }

// Field is one wrong member. Pointer is a JSON pointer into the body
// ("/lines/0/quantity"). Code is stable and keys the Indonesian text on the
// page; Detail is for developers.
type Field struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
}

func (e *InvalidError) Error() string {
	parts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		parts[i] = f.Pointer + " " + f.Code
	}
	return "invalid: " + strings.Join(parts, ", ")
}

// OverRemainingError refuses a line that asks for more than is left.
type OverRemainingError struct {
	Need      NeedID
	Remaining int64
}

func (e *OverRemainingError) Error() string {
	return fmt.Sprintf("need %s has %d left", e.Need, e.Remaining)
}

// StateError refuses a move that the commitment's state forbids.
type StateError struct {
	State   State
	Allowed []Move
}

func (e *StateError) Error() string {
	return fmt.Sprintf("not allowed while %s; allowed: %v", e.State, e.Allowed)
}

// CodeError refuses a wrong verification code. Left is how many tries remain.
type CodeError struct{ Left int }

func (e *CodeError) Error() string { return fmt.Sprintf("wrong code, %d tries left", e.Left) }

// QuotaError refuses what a daily budget no longer allows. Budget names it:
// "contact", "recipient", "network" or "region".
type QuotaError struct{ Budget string }

func (e *QuotaError) Error() string { return "daily budget used up: " + e.Budget }

// HeldError refuses what somebody else of the staff was faster with. It is a kind
// of ErrStale that names them: only staff are told.
type HeldError struct {
	By   OfficerID
	Name string
}

func (e *HeldError) Error() string { return fmt.Sprintf("with %s by now", e.By) }

func (e *HeldError) Unwrap() error { return ErrStale }
