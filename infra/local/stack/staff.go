package stack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"ksbb/infra/local/issuer"
)

// consoleClient is the console's client of the local issuer.
const consoleClient = "console"

// client is whom access tokens are made for, as the API's authorizer says.
func (s *Stack) client() string {
	for _, z := range s.Template.API.Authorizers {
		if len(z.Audience) > 0 {
			return z.Audience[0]
		}
	}
	return consoleClient
}

// signIn is the provider that the console sends people to.
func (s *Stack) signIn() *issuer.SignIn {
	in := &issuer.SignIn{Issuer: s.issuer, Client: s.client(), People: s.staff, Claims: s.claims, Now: time.Now}
	for _, origin := range []string{s.URL, strings.Replace(s.URL, "//localhost:", "//127.0.0.1:", 1)} {
		in.Returns = append(in.Returns, origin+"/petugas/", origin+"/en/petugas/")
	}
	return in
}

func (s *Stack) staff(ctx context.Context) ([]issuer.Person, error) {
	ledger, isLedger := s.Template.Table(ledgerTable)
	private, isPrivate := s.Template.Table(privateTable)
	if s.options.Staff == nil || !isLedger || !isPrivate {
		return nil, nil
	}
	return s.options.Staff(ctx, s.seeding(ledger, private))
}

// claims asks the function that a user pool asks before it makes a token. A
// template without that function adds nothing.
func (s *Stack) claims(ctx context.Context, p issuer.Person) (map[string]any, error) {
	pool := s.host.Pool(staffClaims)
	if pool == nil {
		return map[string]any{"name": p.Name, "email": p.Email}, nil
	}
	ask := events.CognitoEventUserPoolsPreTokenGenV2_0{
		CognitoEventUserPoolsHeader: events.CognitoEventUserPoolsHeader{
			Version: "2", TriggerSource: "TokenGeneration_Authentication", Region: "local", UserPoolID: "local", UserName: p.Subject,
			CallerContext: events.CognitoEventUserPoolsCallerContext{ClientID: s.client()},
		},
		Request: events.CognitoEventUserPoolsPreTokenGenRequestV2_0{
			UserAttributes: map[string]string{"sub": p.Subject, "name": p.Name, "email": p.Email, "email_verified": "true"},
			Scopes:         []string{"openid", "email", "profile"},
		},
	}
	payload, err := json.Marshal(ask)
	if err != nil {
		return nil, fmt.Errorf("ask for claims: %w", err)
	}
	text, err := pool.Invoke(ctx, payload)
	if err != nil {
		return nil, fmt.Errorf("ask for claims: %w", err)
	}
	var said events.CognitoEventUserPoolsPreTokenGenV2_0
	if err := json.Unmarshal(text, &said); err != nil {
		return nil, fmt.Errorf("read claims: %w", err)
	}
	return said.Response.ClaimsAndScopeOverrideDetails.AccessTokenGeneration.ClaimsToAddOrOverride, nil
}

// token answers with an access token of the local issuer, for whoever tries
// calls by hand; or with one that must open nothing.
func (s *Stack) token(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	client := q.Get("audience")
	if client == "" {
		client = s.client()
	}
	claims := map[string]any{}
	for _, name := range []string{"role", "scope", "sub", "name", "email", "aggregator"} {
		if q.Get(name) != "" {
			claims[name] = q.Get(name)
		}
	}
	areas := strings.FieldsFunc(q.Get("areas"), func(c rune) bool { return c == ',' || c == ' ' })
	if len(areas) > 0 {
		slices.Sort(areas)
		claims["areas"] = areas
	}
	now := time.Now()
	if q.Get("expired") != "" {
		now = now.Add(-2 * time.Hour)
	}
	if q.Get("issuer") != "" {
		claims["iss"] = "https://" + q.Get("issuer") + ".example"
	}
	sign := s.issuer.Token
	if q.Get("use") == "id" {
		sign = s.issuer.IDToken
	}
	token, err := sign(now, client, claims)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if q.Get("alg") == "none" {
		token = issuer.Unsigned(token)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintln(w, token)
}
