package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

// caller is who calls: what the token says, as far as it holds.
type caller struct {
	aid.Staff
	name  string
	email string
}

// caller returns who calls.
//
// A token that is no access token, or was made for another client, is denied. So
// is one without a role, or of a role that has to be limited and is limited to
// nothing. Whoever has an account is who the account says: somebody who was
// suspended, or does something else since the token was made, is denied at once.
func (s *server) caller(ctx context.Context) (caller, error) {
	c, err := claimed(web.Claims(ctx), s.client)
	if err != nil {
		return caller{}, err
	}
	account, err := s.store.Officer(ctx, c.ID)
	switch {
	case errors.Is(err, aid.ErrNotFound):
		return c, nil // the provider alone decides
	case err != nil:
		return caller{}, err
	case account.Suspended || !alike(account.Staff, c.Staff):
		return caller{}, fmt.Errorf("staff token of %s is not their account: %w", c.ID, aid.ErrDenied)
	}
	return c, nil
}

// alike tells whether two say the same of what somebody may do.
func alike(a, b aid.Staff) bool {
	inOrder := func(areas []area.Code) []area.Code {
		return slices.Compact(slices.Sorted(slices.Values(areas)))
	}
	return a.Role == b.Role && a.Aggregator == b.Aggregator && slices.Equal(inOrder(a.Areas), inOrder(b.Areas))
}

// claimed reads what a token for a client says.
func claimed(claims map[string]string, client string) (caller, error) {
	if claims["token_use"] != "access" || client == "" || claims["client_id"] != client || claims["sub"] == "" {
		return caller{}, fmt.Errorf("staff token: %w", aid.ErrDenied)
	}
	c := caller{name: claims["name"], email: claims["email"], Staff: aid.Staff{
		ID: aid.OfficerID(claims["sub"]), Role: aid.StaffRole(claims["role"]), Aggregator: aid.AggregatorID(claims["aggregator"]),
	}}
	if !slices.Contains(aid.StaffRoles, c.Role) {
		return caller{}, fmt.Errorf("staff token: role: %w", aid.ErrDenied)
	}
	for code := range strings.FieldsFuncSeq(claims["areas"], func(r rune) bool { return r == '[' || r == ']' || r == ' ' || r == ',' }) {
		known, err := area.Parse(code)
		if err != nil {
			return caller{}, fmt.Errorf("staff token: area: %w", aid.ErrDenied)
		}
		c.Areas = append(c.Areas, known)
	}
	if c.Role == aid.StaffKelurahan && len(c.Areas) == 0 || c.Role == aid.StaffAggregator && c.Aggregator == "" {
		return caller{}, fmt.Errorf("staff token: limit: %w", aid.ErrDenied)
	}
	return c, nil
}

// role returns who calls if a deed is among what their role does at all. It
// comes before anything is looked up: whoever is denied here learns nothing of
// what there is.
func (s *server) role(ctx context.Context, d aid.Deed) (caller, error) {
	c, err := s.caller(ctx)
	if err == nil && !c.Does(d) {
		err = fmt.Errorf("%s as %q: %w", d, c.Role, aid.ErrDenied)
	}
	return c, err
}

// may is the one place where a call is allowed: it returns who calls if they may
// do the deed to the matter. A deed that is not of their role wraps ErrDenied; a
// matter that is not theirs wraps ErrNotFound, as one that is not there does.
func (s *server) may(ctx context.Context, d aid.Deed, m aid.Matter) (caller, error) {
	c, err := s.role(ctx, d)
	if err == nil {
		err = c.may(d, m)
	}
	return c, err
}

// may decides, for whoever called before.
func (c caller) may(d aid.Deed, m aid.Matter) error {
	switch {
	case !c.Does(d):
		return fmt.Errorf("%s as %q: %w", d, c.Role, aid.ErrDenied)
	case !c.May(d, m):
		return fmt.Errorf("%s of another office: %w", d, aid.ErrNotFound)
	}
	return nil
}

// repeated tells whether the caller made this request before, whose change is
// made then. An id that belongs to another request wraps ErrExists.
func (s *server) repeated(ctx context.Context, c caller, id, action, object string) (bool, error) {
	made, found, err := s.store.Acted(ctx, id)
	if err == nil && found && (made.By != c.ID || made.Action != action || made.Object != object) {
		err = fmt.Errorf("request %s: %w", id, aid.ErrExists)
	}
	return found && err == nil, err
}

// act is the record that a change of the caller is written with.
func (s *server) act(c caller, id string, d aid.Deed, action, object string, where area.Code, reason string) table.Act {
	return table.Act{ID: id, At: s.instant(), By: c.ID, Name: c.name, Role: c.Role, Area: where, Deed: d, Action: action, Object: object, Reason: reason}
}
