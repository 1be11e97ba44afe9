package stack

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"ksbb/infra/local/issuer"
)

// ani is the one member of staff that tests sign in.
func ani(context.Context, Seeding) ([]issuer.Person, error) {
	return []issuer.Person{{Subject: "ani", Name: "Ani", Email: "ani@contoh.invalid", Duty: "pengelola"}}, nil
}

// signIn goes through the provider as the console does and returns the access
// token.
func signIn(t *testing.T, s *Stack, subject string) string {
	t.Helper()
	const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	var to struct{ Base, Client string }
	if _, text := call(t, "GET", s.URL+"/v1/staff/sign-in", nil, ""); json.Unmarshal([]byte(text), &to) != nil || to.Base == "" {
		t.Fatalf("where to sign in: %s", text)
	}
	sum := sha256.Sum256([]byte(verifier))
	q := url.Values{
		"response_type": {"code"}, "client_id": {to.Client}, "redirect_uri": {s.URL + "/petugas/"}, "state": {"s"}, "scope": {"openid"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	resp, text := call(t, "POST", to.Base+"/oauth2/authorize?"+q.Encode(), form, "subject="+subject)
	back, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || back.Query().Get("code") == "" {
		t.Fatalf("sign in: %d to %q: %s", resp.StatusCode, resp.Header.Get("Location"), text)
	}
	resp, text = call(t, "POST", to.Base+"/oauth2/token", form, url.Values{
		"grant_type": {"authorization_code"}, "client_id": {to.Client}, "code": {back.Query().Get("code")},
		"redirect_uri": {s.URL + "/petugas/"}, "code_verifier": {verifier},
	}.Encode())
	var got struct {
		Access string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil || got.Access == "" {
		t.Fatalf("exchange: %d %s", resp.StatusCode, text)
	}
	return got.Access
}

// testStaff signs somebody in twice, before there is an account and after, and
// asks every list of the console. What its policy does not allow shows in what
// the stack says.
func testStaff(t *testing.T, s *Stack) {
	t.Helper()
	bearer := func(token string) map[string]string { return map[string]string{"Authorization": "Bearer " + token} }
	me := s.URL + "/v1/staff/me"
	if resp, text := call(t, "GET", me, bearer(signIn(t, s, "ani")), ""); resp.StatusCode != 403 {
		t.Errorf("without an account: got %d %s", resp.StatusCode, text)
	}
	err := s.db.Call(t.Context(), "PutItem", map[string]any{"TableName": "local-Private", "Item": map[string]any{
		"PK": map[string]any{"S": "OFFICER#ani"}, "SK": map[string]any{"S": "OFFICER"}, "id": map[string]any{"S": "ani"},
		"role": map[string]any{"S": "admin"}, "name": map[string]any{"S": "Ani"}, "version": map[string]any{"N": "1"}, "changedAt": map[string]any{"N": "1"},
	}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	token := signIn(t, s, "ani")
	if resp, text := call(t, "GET", me, bearer(token), ""); resp.StatusCode != 200 || !strings.Contains(text, `"role":"admin"`) {
		t.Fatalf("with an account: got %d %s", resp.StatusCode, text)
	}
	for forged, want := range map[string]int{"use=id": 403, "alg=none": 401, "expired=1": 401, "issuer=other": 401, "audience=other": 401} {
		_, token := call(t, "GET", s.URL+"/_local/token?sub=ani&role=admin&"+forged, nil, "")
		if resp, text := call(t, "GET", me, bearer(strings.TrimSpace(token)), ""); resp.StatusCode != want || strings.Contains(text, "Ani") {
			t.Errorf("token with %s: got %d %s, want %d", forged, resp.StatusCode, text, want)
		}
	}
	text, err := os.ReadFile("../../../shared/openapi/staff-api.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	lists := 0
	for _, path := range slices.Sorted(maps.Keys(document.Paths)) {
		if _, ok := document.Paths[path]["get"]; !ok || strings.Contains(path, "{") {
			continue
		}
		lists++
		resp, text := call(t, "GET", s.URL+path, bearer(token), "")
		// Some lists are an aggregator's own, some ask for more than a name.
		if !slices.Contains([]int{200, 403, 422}, resp.StatusCode) {
			t.Errorf("GET %s: got %d %s", path, resp.StatusCode, text)
		}
		if resp, _ := call(t, "GET", s.URL+path, nil, ""); resp.StatusCode != 401 && path != "/v1/staff/sign-in" {
			t.Errorf("GET %s without a token: got %d", path, resp.StatusCode)
		}
	}
	if lists == 0 {
		t.Error("the console has no lists")
	}
}
