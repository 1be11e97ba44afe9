package issuer

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	home     = "http://localhost:8080/petugas/"
	verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)

// desk is a sign-in with one officer, at a clock that tests move.
type desk struct {
	*testing.T
	url  string
	in   *SignIn
	now  time.Time
	role string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	i, err := Open(filepath.Join(t.TempDir(), "key.pem"), "http://localhost:8080/_local/oidc")
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{T: t, now: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), role: "verifier"}
	d.in = &SignIn{
		Issuer: i, Client: "console", Returns: []string{home, "http://localhost:8080/en/petugas/"},
		People: func(context.Context) ([]Person, error) {
			return []Person{{"petugas-1", "Contoh <b>Satu</b>", "satu@contoh.example", "pemeriksa"}}, nil
		},
		Claims: func(_ context.Context, p Person) (map[string]any, error) {
			return map[string]any{"role": d.role, "name": p.Name, "areas": []string{"31.74"}}, nil
		},
		Now: func() time.Time { return d.now },
	}
	mux := http.NewServeMux()
	d.in.Handle(mux, "/oidc")
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	d.url = server.URL + "/oidc"
	return d
}

// question is what the console asks the provider for.
func question() url.Values {
	sum := sha256.Sum256([]byte(verifier))
	return url.Values{
		"response_type": {"code"}, "client_id": {"console"}, "redirect_uri": {home}, "state": {"s1"}, "scope": {"openid"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
}

// send makes a request that follows no redirect.
func (d *desk) send(method, path string, form url.Values) (*http.Response, string) {
	d.Helper()
	req, err := http.NewRequestWithContext(d.Context(), method, d.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		d.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		d.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		d.Fatal(err)
	}
	return resp, string(text)
}

// picks signs the officer in and returns the code that the console is sent.
func (d *desk) picks() string {
	d.Helper()
	resp, text := d.send("POST", "/oauth2/authorize?"+question().Encode(), url.Values{"subject": {"petugas-1"}})
	to, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || resp.StatusCode != 303 || !strings.HasPrefix(to.String(), home+"?") || to.Query().Get("state") != "s1" {
		d.Fatalf("picked: got %d to %q: %s", resp.StatusCode, resp.Header.Get("Location"), text)
	}
	return to.Query().Get("code")
}

type tokens struct {
	Access  string `json:"access_token"`
	ID      string `json:"id_token"`
	Refresh string `json:"refresh_token"`
	Seconds int    `json:"expires_in"`
	Error   string `json:"error"`
}

func (d *desk) token(form url.Values) (int, tokens) {
	d.Helper()
	resp, text := d.send("POST", "/oauth2/token", form)
	var got tokens
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		d.Fatalf("%d %s: %v", resp.StatusCode, text, err)
	}
	if resp.Header.Get("Cache-Control") != "no-store" {
		d.Errorf("tokens may be kept: %v", resp.Header)
	}
	return resp.StatusCode, got
}

func exchange(code string) url.Values {
	return url.Values{"grant_type": {"authorization_code"}, "client_id": {"console"}, "code": {code}, "redirect_uri": {home}, "code_verifier": {verifier}}
}

func refresh(token string) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "client_id": {"console"}, "refresh_token": {token}}
}

func TestWhoeverIsPickedGetsTokensThatSayWhoTheyAre(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, page := d.send("GET", "/oauth2/authorize?"+question().Encode(), nil)
	if !strings.Contains(page, "Contoh &lt;b&gt;Satu") || !strings.Contains(page, `lang="id"`) || !strings.Contains(page, `value="petugas-1"`) {
		t.Errorf("the page to pick from: %s", page)
	}
	// A form without an action goes to the address of its page, with the question
	// in it.
	if !strings.Contains(page, `<form method="post">`) {
		t.Errorf("where the answer goes: %s", page)
	}
	status, got := d.token(exchange(d.picks()))
	if status != 200 || got.Seconds != 900 || got.Refresh == "" {
		t.Fatalf("got %d %+v", status, got)
	}
	claims, err := d.in.Issuer.Check(got.Access, d.now.Add(14*time.Minute), []string{"console"})
	if err != nil || claims["sub"] != "petugas-1" || claims["role"] != "verifier" || claims["token_use"] != "access" || claims["client_id"] != "console" || claims["aud"] != nil {
		t.Errorf("access token: %v, %v", claims, err)
	}
	if _, err := d.in.Issuer.Check(got.Access, d.now.Add(15*time.Minute), []string{"console"}); err == nil {
		t.Error("the access token lives for more than 15 minutes")
	}
	claims, err = d.in.Issuer.Check(got.ID, d.now, []string{"console"})
	if err != nil || claims["token_use"] != "id" || claims["role"] != nil || claims["client_id"] != nil {
		t.Errorf("id token: %v, %v", claims, err)
	}
}

func TestNobodyIsSentWhereTheyShouldNotGo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for name, value := range map[string]string{
		"redirect_uri": "http://localhost:8080.evil.example/petugas/", "client_id": "citizens", "response_type": "token",
		"code_challenge_method": "plain", "code_challenge": "short", "state": "",
	} {
		for _, method := range []string{"GET", "POST"} {
			q := question()
			q.Set(name, value)
			resp, _ := d.send(method, "/oauth2/authorize?"+q.Encode(), url.Values{"subject": {"petugas-1"}})
			if resp.StatusCode != 400 || resp.Header.Get("Location") != "" {
				t.Errorf("%s with %s=%q: got %d to %q", method, name, value, resp.StatusCode, resp.Header.Get("Location"))
			}
		}
	}
	if resp, _ := d.send("POST", "/oauth2/authorize?"+question().Encode(), url.Values{"subject": {"petugas-2"}}); resp.StatusCode != 400 {
		t.Errorf("somebody who is not there: got %d", resp.StatusCode)
	}
	if resp, _ := d.send("GET", "/logout?client_id=console&logout_uri=https://evil.example/", nil); resp.StatusCode != 400 {
		t.Errorf("log-out to elsewhere: got %d", resp.StatusCode)
	}
	if resp, _ := d.send("GET", "/logout?client_id=console&logout_uri="+url.QueryEscape(home), nil); resp.StatusCode != 303 || resp.Header.Get("Location") != home {
		t.Errorf("log-out: got %d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
}

func TestACodeIsGoodOnceForWhoeverAskedForIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for name, value := range map[string]string{"code_verifier": "guessed", "redirect_uri": "http://localhost:8080/en/petugas/", "client_id": "citizens", "code": "guessed", "grant_type": "password"} {
		form := exchange(d.picks())
		form.Set(name, value)
		if status, got := d.token(form); status != 400 || got.Access != "" || got.Error == "" {
			t.Errorf("with another %s: got %d %+v", name, status, got)
		}
	}
	late := d.picks()
	d.now = d.now.Add(codeLife)
	if status, _ := d.token(exchange(late)); status != 400 {
		t.Errorf("a late code: got %d", status)
	}
	code := d.picks()
	_, first := d.token(exchange(code))
	if status, _ := d.token(exchange(code)); status != 400 {
		t.Errorf("a code shown twice: got %d", status)
	}
	if status, _ := d.token(refresh(first.Refresh)); status != 400 {
		t.Errorf("what came of a code that was shown twice is still good: got %d", status)
	}
}

func TestARefreshTokenChangesWithEachUse(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, first := d.token(exchange(d.picks()))
	d.now, d.role = d.now.Add(14*time.Minute), "admin"
	_, second := d.token(refresh(first.Refresh))
	claims, err := d.in.Issuer.Check(second.Access, d.now, []string{"console"})
	if err != nil || claims["role"] != "admin" || second.Refresh == first.Refresh {
		t.Fatalf("renewed: %v, %v, %+v", claims, err, second)
	}
	// The answer was lost: the same is asked again at once.
	if status, again := d.token(refresh(first.Refresh)); status != 200 || again.Refresh != second.Refresh {
		t.Errorf("asked again within the grace: got %d %+v, want the same token as before", status, again)
	}
	d.now = d.now.Add(grace)
	if status, _ := d.token(refresh(first.Refresh)); status != 400 {
		t.Errorf("a token of before: got %d", status)
	}
	if status, _ := d.token(refresh(second.Refresh)); status != 400 {
		t.Errorf("a stay whose token was copied goes on: got %d", status)
	}
}

func TestAStayEndsWithTheLogOutOrTheDay(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, in := d.token(exchange(d.picks()))
	if resp, _ := d.send("POST", "/oauth2/revoke", url.Values{"client_id": {"console"}, "token": {in.Refresh}}); resp.StatusCode != 200 {
		t.Errorf("log-out: got %d", resp.StatusCode)
	}
	if status, _ := d.token(refresh(in.Refresh)); status != 400 {
		t.Errorf("after the log-out: got %d", status)
	}
	if resp, _ := d.send("POST", "/oauth2/revoke", url.Values{"client_id": {"console"}, "token": {"guessed"}}); resp.StatusCode != 200 {
		t.Errorf("log-out with a token that is not there tells so: %d", resp.StatusCode)
	}
	_, in = d.token(exchange(d.picks()))
	d.now = d.now.Add(refreshLife)
	if status, _ := d.token(refresh(in.Refresh)); status != 400 {
		t.Errorf("after eight hours: got %d", status)
	}
}
