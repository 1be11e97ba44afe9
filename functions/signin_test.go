package functions

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// What somebody may do is said by their account alone. The pool that proves who
// they are has no place where they could write it themselves, hands tokens to the
// console alone, and lets them go soon.
func TestThePoolSaysWhoSomebodyIsAndNothingElse(t *testing.T) {
	resources := readTemplate(t).Resources
	var pool struct {
		Schema                []struct{ Name string }
		AdminCreateUserConfig struct{ AllowAdminCreateUserOnly bool }
		LambdaConfig          struct {
			PreTokenGenerationConfig struct{ LambdaArn, LambdaVersion string }
		}
	}
	var client struct {
		GenerateSecret                                             bool
		AllowedOAuthFlows, AllowedOAuthScopes                      []string
		CallbackURLs, LogoutURLs, ReadAttributes, WriteAttributes  []string
		ExplicitAuthFlows, SupportedIdentityProviders              []string
		EnableTokenRevocation                                      bool
		PreventUserExistenceErrors                                 string
		AccessTokenValidity, IDTokenValidity, RefreshTokenValidity int
		TokenValidityUnits                                         map[string]string
		RefreshTokenRotation                                       struct{ Feature string }
	}
	var api struct {
		Auth struct {
			DefaultAuthorizer string
			Authorizers       map[string]struct {
				IdentitySource   string
				JwtConfiguration struct{ Audience []any }
			}
		}
	}
	for name, into := range map[string]any{"StaffPool": &pool, "StaffClient": &client, "Api": &api} {
		if err := json.Unmarshal(resources[name].Properties, into); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	own := []string{"email", "name"}
	for _, attribute := range pool.Schema {
		if !slices.Contains(own, attribute.Name) {
			t.Errorf("the pool keeps %q of people", attribute.Name)
		}
	}
	for _, attribute := range slices.Concat(client.ReadAttributes, client.WriteAttributes) {
		if !slices.Contains(own, attribute) {
			t.Errorf("people may read or write %q of themselves", attribute)
		}
	}
	if len(client.WriteAttributes) == 0 || len(client.ReadAttributes) == 0 {
		t.Error("a client that names no attributes may write all of them")
	}
	if !pool.AdminCreateUserConfig.AllowAdminCreateUserOnly {
		t.Error("anybody may join the pool")
	}
	if asked := pool.LambdaConfig.PreTokenGenerationConfig; asked.LambdaArn != "StaffClaims.Arn" || asked.LambdaVersion != "V2_0" {
		t.Errorf("claims of access tokens are said by %+v", asked)
	}
	if client.GenerateSecret || !slices.Equal(client.AllowedOAuthFlows, []string{"code"}) || slices.Contains(client.AllowedOAuthScopes, "aws.cognito.signin.user.admin") {
		t.Errorf("the console signs in by %v for %v, with a secret: %t", client.AllowedOAuthFlows, client.AllowedOAuthScopes, client.GenerateSecret)
	}
	for _, flow := range client.ExplicitAuthFlows {
		if strings.Contains(flow, "PASSWORD") || strings.Contains(flow, "REFRESH") {
			t.Errorf("the console may sign in by %s", flow)
		}
	}
	for _, address := range slices.Concat(client.CallbackURLs, client.LogoutURLs) {
		if address != "${SiteUrl}/petugas/" && address != "${SiteUrl}/en/petugas/" {
			t.Errorf("people are sent back to %s", address)
		}
	}
	if units := client.TokenValidityUnits; client.AccessTokenValidity > 15 || units["AccessToken"] != "minutes" || client.IDTokenValidity > 15 || units["IdToken"] != "minutes" ||
		client.RefreshTokenValidity > 8 || units["RefreshToken"] != "hours" {
		t.Errorf("tokens are good for %d, %d and %d %v", client.AccessTokenValidity, client.IDTokenValidity, client.RefreshTokenValidity, units)
	}
	if !client.EnableTokenRevocation || client.RefreshTokenRotation.Feature != "ENABLED" || client.PreventUserExistenceErrors != "ENABLED" {
		t.Error("refresh tokens neither change nor end, or strangers learn who has an account")
	}
	staff, ok := api.Auth.Authorizers["Staff"]
	if !ok || len(staff.JwtConfiguration.Audience) != 1 || staff.IdentitySource != "$request.header.Authorization" {
		t.Errorf("the gateway asks %+v", staff)
	}
}
