package stack

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

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
	testImport(t, s, bearer(token))
}

// testImport brings a list of two places, one of them wrong, confirms it and
// takes it back: each step is another run of ImportIntake.
func testImport(t *testing.T, s *Stack, staff map[string]string) {
	t.Helper()
	const place, imports = "/v1/staff/recipients/31.74.01.1001-pesantren-900", "/v1/staff/recipients/imports"
	ask := func(method, path string, body any, into any) {
		t.Helper()
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		header := maps.Clone(staff)
		header["Content-Type"] = "application/json"
		resp, answer := call(t, method, s.URL+path, header, string(text))
		if resp.StatusCode/100 != 2 {
			t.Fatalf("%s %s: got %d %s", method, path, resp.StatusCode, answer)
		}
		if err := json.Unmarshal([]byte(answer), into); err != nil {
			t.Fatalf("%s %s: %v in %s", method, path, err, answer)
		}
	}
	request := func() string {
		t.Helper()
		id, err := uuid.NewV7()
		if err != nil {
			t.Fatal(err)
		}
		return id.String()
	}
	_, header := call(t, "GET", s.URL+"/v1/staff/templates/recipients.csv", staff, "")
	list := strings.TrimSpace(header) + "\n" +
		"31.74.01.1001-pesantren-900;pesantren;31.74.01.1001;;;Pesantren Contoh Uji;-6,23;106,85;;40;Ibu Contoh Soka;+6281100010001;;Jalan Contoh 1;\n" +
		"31.74.01.1001-pesantren-901;pesantren;31.74.01.1001;;;Pesantren Contoh Jauh;106,85;-6,23;;banyak;Ibu Contoh Soka;+6281100010002;;Jalan Contoh 2;\n"
	sum := sha256.Sum256([]byte(list))
	id := request()
	var upload struct {
		URL     string
		Headers map[string]string
	}
	ask("POST", imports, map[string]any{
		"id": id, "list": "recipients", "name": "uji.csv", "type": "text/csv", "length": len(list),
		"sha256": hex.EncodeToString(sum[:]), "reason": "uji coba",
	}, &upload)
	if resp, text := call(t, "PUT", upload.URL, upload.Headers, list); resp.StatusCode != 200 {
		t.Fatalf("upload: got %d %s", resp.StatusCode, text)
	}
	var now struct {
		State   string
		Summary struct{ New, Errors int }
	}
	until := func(state string) {
		t.Helper()
		for range 1000 {
			if ask("GET", imports+"/"+id, nil, &now); now.State == state {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Fatalf("the import is %s, want %s: %+v", now.State, state, now)
	}
	until("preview")
	_, wrong := call(t, "GET", s.URL+imports+"/"+id+"/errors.csv", staff, "")
	if now.Summary.New != 1 || !strings.Contains(wrong, "banyak") || strings.Contains(wrong, "pesantren-900") {
		t.Fatalf("preview: %+v, want one new place; wrong are:\n%s", now.Summary, wrong)
	}
	if resp, _ := call(t, "GET", s.URL+place, staff, ""); resp.StatusCode != 404 {
		t.Errorf("written before it was confirmed: got %d", resp.StatusCode)
	}
	ask("POST", imports+"/"+id+"/confirmation", map[string]any{"id": request()}, &now)
	until("done")
	if resp, text := call(t, "GET", s.URL+place, staff, ""); resp.StatusCode != 200 || !strings.Contains(text, "Pesantren Contoh Uji") {
		t.Errorf("after it was confirmed: got %d %s", resp.StatusCode, text)
	}
	ask("POST", imports+"/"+id+"/undo", map[string]any{"id": request(), "reason": "uji coba"}, &now)
	until("undone")
}
