// Package problem turns refusals into answers: RFC 9457 problem documents whose
// type is a page of the site that says in plain words what happened, what is
// not lost and what to do. It knows every refusal of package aid; whatever it
// does not know is a fault, of which the caller learns nothing.
package problem

import (
	"errors"

	"ksbb/shared/aid"
)

// Problem is a problem document. Title never varies for a type; Detail is for
// developers, in English. The members after Instance belong to some types only.
type Problem struct {
	Type     string `json:"type" doc:"Page that explains the problem" example:"/masalah/not-found/"`
	Title    string `json:"title" doc:"Summary, always the same for a type"`
	Status   int    `json:"status" doc:"HTTP status"`
	Detail   string `json:"detail,omitempty" doc:"What happened this time, for developers"`
	Instance string `json:"instance,omitempty" doc:"Path of the request"`

	Errors    []aid.Field `json:"errors,omitempty" doc:"invalid: every member that is wrong"`
	Need      aid.NeedID  `json:"need,omitempty" doc:"melebihi-sisa: the need that has too little left"`
	Remaining *int64      `json:"remaining,omitempty" doc:"melebihi-sisa: units left"`
	Nearby    []Nearby    `json:"nearby,omitempty" doc:"melebihi-sisa: nearest recipients that still need the same"`
	State     aid.State   `json:"state,omitempty" doc:"state: where the commitment stands"`
	Allowed   []aid.Move  `json:"allowed,omitempty" doc:"state: what may be done instead"`
	Left      *int        `json:"left,omitempty" doc:"code: tries left"`
	Budget    string      `json:"budget,omitempty" doc:"quota: which daily budget is used up"`
	Holder    string      `json:"holder,omitempty" doc:"stale, to staff: the colleague who has it now"`

	// RetryAfter is how many seconds to wait before trying again; 0 says nothing.
	RetryAfter int `json:"-"`
}

// Nearby is a recipient that still needs what ran out elsewhere. Metres are
// rounded: they help to choose, not to find.
type Nearby struct {
	ID        aid.RecipientID `json:"id"`
	Name      string          `json:"name"`
	Remaining int64           `json:"remaining"`
	Metres    int64           `json:"metres"`
}

// Error makes a problem an error, so that handlers may return one.
func (p *Problem) Error() string {
	if p.Detail == "" {
		return p.Title
	}
	return p.Title + ": " + p.Detail
}

// GetStatus returns the HTTP status, under the name that huma asks for.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns the media type of a problem document, whatever was asked.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// Slug returns the last part of the type: "not-found".
func (p *Problem) Slug() string {
	const prefix, suffix = "/masalah/", "/"
	return p.Type[len(prefix) : len(p.Type)-len(suffix)]
}

// kinds holds every type. Slugs lists it in the same order.
//
// Only denied is 403: CloudFront shows its page "not found" in place of any 403,
// since that is also how S3 says that there is no such object.
var kinds = []struct {
	slug, title string
	status      int
}{
	{"malformed", "The request cannot be read", 400},
	{"denied", "Not allowed", 403},
	{"not-found", "Not found", 404},
	{"method", "Method not allowed", 405},
	{"already-exists", "The identifier is taken", 409},
	{"stale", "Changed in the meantime", 412},
	{"too-large", "The request is too large", 413},
	{"media-type", "The media type is not supported", 415},
	{"invalid", "Some members are wrong", 422},
	{"busy", "Busy, try again shortly", 503},
	{"fault", "Something broke", 500},
	{"melebihi-sisa", "More than remains", 409},
	{"state", "The commitment's state does not allow this", 409},
	{"challenge", "The challenge is not solved", 422},
	{"code", "The code is wrong", 422},
	{"expired", "The time for this has passed", 410},
	{"quota", "The daily budget is used up", 429},
}

// Slugs lists the slug of every type. Each is a page "/masalah/<slug>/".
var Slugs = func() []string {
	slugs := make([]string, len(kinds))
	for i, k := range kinds {
		slugs[i] = k.slug
	}
	return slugs
}()

// of returns a problem of the type with this slug. An unknown slug is a mistake
// in this package, and reads as a fault.
func of(slug, detail string) *Problem {
	for _, k := range kinds {
		if k.slug == slug {
			return &Problem{Type: "/masalah/" + k.slug + "/", Title: k.title, Status: k.status, Detail: detail}
		}
	}
	return of("fault", "")
}

// Refusals of the request itself, before any rule is asked.

// Malformed refuses a request that cannot be read at all.
func Malformed(detail string) *Problem { return of("malformed", detail) }

// NotFound refuses a path that leads nowhere.
func NotFound() *Problem { return of("not-found", "") }

// Method refuses a method that the path does not have.
func Method() *Problem { return of("method", "see the Allow header") }

// TooLarge refuses a body.
func TooLarge(detail string) *Problem { return of("too-large", detail) }

// MediaType refuses a body that is not JSON.
func MediaType() *Problem { return of("media-type", "want application/json") }

// Invalid refuses members of a body.
func Invalid(fields []aid.Field) *Problem {
	p := of("invalid", "see errors")
	p.Errors = fields
	return p
}

// Fault answers for whatever broke. It tells nothing.
func Fault() *Problem { return of("fault", "") }

// Suggest adds to a refusal for too little remaining the places that still need
// the same. On any other problem the suggestion goes unseen.
func Suggest(err error, near []Nearby) error { return &suggestion{err, near} }

type suggestion struct {
	error
	near []Nearby
}

func (s *suggestion) Unwrap() error { return s.error }

// busySeconds is when to try again: longer than a conflict of transactions lasts.
const busySeconds = 2

// Of is the only translation of errors into problems. It never returns nil and
// never passes on the text of an error that it does not know.
func Of(err error) *Problem {
	var (
		ready   *Problem
		invalid *aid.InvalidError
		over    *aid.OverRemainingError
		state   *aid.StateError
		code    *aid.CodeError
		quota   *aid.QuotaError
		held    *aid.HeldError
		near    *suggestion
	)
	switch {
	case errors.As(err, &ready):
		p := *ready // the caller may add to it
		return &p
	case errors.As(err, &invalid):
		return Invalid(invalid.Fields)
	case errors.As(err, &over):
		p := of("melebihi-sisa", "the need has less left than asked for")
		p.Need, p.Remaining = over.Need, &over.Remaining
		if errors.As(err, &near) {
			p.Nearby = near.near
		}
		return p
	case errors.As(err, &state):
		p := of("state", "")
		p.State, p.Allowed = state.State, state.Allowed
		return p
	case errors.As(err, &code):
		p := of("code", "")
		p.Left = &code.Left
		return p
	case errors.As(err, &quota):
		p := of("quota", "")
		p.Budget = quota.Budget
		return p
	case errors.As(err, &held):
		p := of("stale", "")
		p.Holder = held.Name
		return p
	}
	for _, known := range []struct {
		err  error
		slug string
	}{
		{aid.ErrNotFound, "not-found"},
		{aid.ErrExists, "already-exists"},
		{aid.ErrStale, "stale"},
		{aid.ErrDenied, "denied"},
		{aid.ErrBusy, "busy"},
		{aid.ErrChallenge, "challenge"},
		{aid.ErrExpired, "expired"},
	} {
		if errors.Is(err, known.err) {
			p := of(known.slug, "")
			if known.slug == "busy" {
				p.RetryAfter = busySeconds
			}
			return p
		}
	}
	return Fault()
}
