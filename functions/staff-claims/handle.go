package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/aws/aws-lambda-go/events"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// server knows the accounts. A test replaces its fields one by one.
type server struct {
	accounts accountStore
	// known tells whether the region has an area.
	known func(area.Code) bool
}

// accountStore is the part of the tables that is asked.
type accountStore interface {
	Officer(context.Context, aid.OfficerID) (aid.Account, error)
}

// asked is what the user pool sends, and wants back with an answer in it.
type asked struct {
	events.CognitoEventUserPoolsHeader
	Request  events.CognitoEventUserPoolsPreTokenGenRequestV2_0 `json:"request"`
	Response answer                                             `json:"response"`
}

// answer is the part of a pool's response that is used here: what it does not
// name, the pool leaves as it is.
type answer struct {
	Details details `json:"claimsAndScopeOverrideDetails"`
}

type details struct {
	AccessToken accessToken `json:"accessTokenGeneration"`
}

type accessToken struct {
	Claims map[string]any `json:"claimsToAddOrOverride"`
}

// handle answers with what the account of whoever signs in says. Somebody
// without an account, whose account is suspended or names an area that the
// region does not have, gets a token without a role, which is denied everywhere.
// When the account cannot be read nobody signs in.
func (s *server) handle(ctx context.Context, in asked) (asked, error) {
	in.Response.Details.AccessToken.Claims = map[string]any{}
	id := aid.OfficerID(in.Request.UserAttributes["sub"])
	if id == "" {
		return asked{}, errors.New("say claims: nobody is named")
	}
	account, err := s.accounts.Officer(ctx, id)
	switch {
	case errors.Is(err, aid.ErrNotFound):
		slog.WarnContext(ctx, "no account for a sign-in", "officer", id)
		return in, nil
	case err != nil:
		return asked{}, fmt.Errorf("say claims of %s: %w", id, err)
	case account.Suspended:
		slog.WarnContext(ctx, "suspended account signed in", "officer", id)
		return in, nil
	}
	if i := slices.IndexFunc(account.Areas, func(code area.Code) bool { return !s.known(code) }); i >= 0 {
		slog.WarnContext(ctx, "account names an unknown area", "officer", id, "area", account.Areas[i])
		return in, nil
	}
	in.Response.Details.AccessToken.Claims = claimsOf(account, in.Request.UserAttributes["email"])
	return in, nil
}

// claimsOf returns what a token says of an account. A claim that has nothing to
// say is not there.
func claimsOf(a aid.Account, email string) map[string]any {
	claims := map[string]any{"role": string(a.Role), "name": a.Name}
	if email != "" {
		claims["email"] = email
	}
	if len(a.Areas) > 0 {
		claims["areas"] = a.Areas
	}
	if a.Aggregator != "" {
		claims["aggregator"] = string(a.Aggregator)
	}
	return claims
}
