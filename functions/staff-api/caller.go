package main

import (
	"context"
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
// A token that is no access token, or was made for another client, is denied.
// So is one without a role, or of a role that is limited to nothing where it has
// to be; and the token of somebody who was suspended since it was made, or does
// something else now.
func (s *server) caller(ctx context.Context) (caller, error) {
	c, err := s.claimed(web.Claims(ctx))
	if err != nil {
		return caller{}, err
	}
	return c, nil
}

// claimed reads what a token says.
func (s *server) claimed(claims map[string]string) (caller, error) {
	if claims["token_use"] != "access" || s.client == "" || claims["client_id"] != s.client || claims["sub"] == "" {
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
	if err != nil {
		return c, err
	}
	if !c.May(d, m) {
		return c, fmt.Errorf("%s of another office: %w", d, aid.ErrNotFound)
	}
	return c, nil
}

// act is the record that a change of the caller is written with.
func (s *server) act(c caller, id string, d aid.Deed, action, object string, where area.Code, reason string) table.Act {
	return table.Act{ID: id, At: s.instant(), By: c.ID, Name: c.name, Role: c.Role, Area: where, Deed: d, Action: action, Object: object, Reason: reason}
}
