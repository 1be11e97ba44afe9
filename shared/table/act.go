package table

import (
	"context"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// Act is who of the staff does what to which thing, and why. It is private.
type Act struct {
	ID     string // UUIDv7; the same request has the same
	At     time.Time
	By     aid.OfficerID
	Name   string // of the officer, as the identity provider says it
	Role   aid.StaffRole
	Area   area.Code // where the thing is; empty for the whole region
	Deed   aid.Deed
	Action string // what was done, as the API names it: "withdraw", "assign"
	Object string // "commitment/<id>", "recipient/<id>", "complaint/<id>", "officer/<id>" …
	Before string // compact JSON of what was changed, without contacts or texts
	After  string
	Reason string
}

type actKey struct{}

// Acting returns a context in which every change of the tables is written
// together with the record of who made it: both or neither.
func Acting(ctx context.Context, a Act) context.Context {
	return context.WithValue(ctx, actKey{}, a)
}

// acting returns who acts in a context, and false when nobody of the staff does.
func acting(ctx context.Context) (Act, bool) {
	a, ok := ctx.Value(actKey{}).(Act)
	return a, ok
}
