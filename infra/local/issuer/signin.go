package issuer

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// How long what is handed out is good for: as the user pool of the template says.
const (
	codeLife    = 5 * time.Minute
	accessLife  = 15 * time.Minute
	refreshLife = 8 * time.Hour
	// grace is how long a refresh token that was exchanged works once more: the
	// answer may have been lost.
	grace = 10 * time.Second
)

// A Person is somebody who can sign in.
type Person struct {
	Subject, Name, Email string
	Duty                 string // what is shown beside the name
}

// A SignIn signs people in at the addresses of a Cognito domain: authorization
// code with PKCE for a public client, refresh tokens that change with each use,
// revocation and log-out. Codes and refresh tokens end with the process.
type SignIn struct {
	Issuer *Issuer
	Client string
	// Returns are the only addresses that people are sent back to.
	Returns []string
	// People lists who can be picked.
	People func(context.Context) ([]Person, error)
	// Claims says what somebody's access token holds besides the usual.
	Claims func(context.Context, Person) (map[string]any, error)
	Now    func() time.Time

	mu    sync.Mutex
	codes map[string]*code
	stays map[string]*stay // by each refresh token that was ever handed out
}

// A code is exchanged for tokens, once.
type code struct {
	person    Person
	back      string // where it was sent
	challenge string
	until     time.Time
	used      *stay
}

// A stay begins with a sign-in and ends with the log-out.
type stay struct {
	person Person
	until  time.Time
	token  string // the refresh token that counts
	before string // the one before it, which still works for the grace
	since  time.Time
	ended  bool
}

// Handle adds the addresses below a prefix.
func (s *SignIn) Handle(mux *http.ServeMux, prefix string) {
	s.codes, s.stays = map[string]*code{}, map[string]*stay{}
	mux.HandleFunc("GET "+prefix+"/oauth2/authorize", s.pick)
	mux.HandleFunc("POST "+prefix+"/oauth2/authorize", s.picked)
	mux.HandleFunc("POST "+prefix+"/oauth2/token", s.exchange)
	mux.HandleFunc("POST "+prefix+"/oauth2/revoke", s.revoke)
	mux.HandleFunc("GET "+prefix+"/logout", s.leave)
}

// asked says what is wrong with the question that brought somebody here; empty
// for nothing. Nobody is ever sent to an address that is not known.
func (s *SignIn) asked(q url.Values) string {
	switch {
	case q.Get("client_id") != s.Client:
		return "client_id"
	case !slices.Contains(s.Returns, q.Get("redirect_uri")):
		return "redirect_uri"
	case q.Get("response_type") != "code":
		return "response_type"
	case q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43:
		return "code_challenge"
	case q.Get("state") == "":
		return "state"
	}
	return ""
}

// pick shows who can sign in.
func (s *SignIn) pick(w http.ResponseWriter, r *http.Request) {
	if wrong := s.asked(r.URL.Query()); wrong != "" {
		http.Error(w, "masuk: "+wrong+" tidak dikenal", http.StatusBadRequest)
		return
	}
	people, err := s.People(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_ = picker.Execute(w, map[string]any{"People": people, "Back": r.URL.Query().Get("redirect_uri")})
}

// picked sends back whoever was picked, with a code.
func (s *SignIn) picked(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if wrong := s.asked(q); wrong != "" {
		http.Error(w, "masuk: "+wrong+" tidak dikenal", http.StatusBadRequest)
		return
	}
	people, err := s.People(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	i := slices.IndexFunc(people, func(p Person) bool { return p.Subject == r.PostFormValue("subject") })
	if i < 0 {
		http.Error(w, "masuk: tidak ada petugas itu", http.StatusBadRequest)
		return
	}
	given := secret()
	s.mu.Lock()
	s.codes[given] = &code{person: people[i], back: q.Get("redirect_uri"), challenge: q.Get("code_challenge"), until: s.Now().Add(codeLife)}
	s.mu.Unlock()
	to := q.Get("redirect_uri") + "?" + url.Values{"code": {given}, "state": {q.Get("state")}}.Encode()
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// exchange answers with tokens for a code, or for a refresh token.
func (s *SignIn) exchange(w http.ResponseWriter, r *http.Request) {
	if r.PostFormValue("client_id") != s.Client {
		refuse(w, "invalid_client")
		return
	}
	var in *stay
	switch r.PostFormValue("grant_type") {
	case "authorization_code":
		in = s.begin(r.PostFormValue("code"), r.PostFormValue("redirect_uri"), r.PostFormValue("code_verifier"))
	case "refresh_token":
		in = s.renew(r.PostFormValue("refresh_token"))
	default:
		refuse(w, "unsupported_grant_type")
		return
	}
	if in == nil {
		refuse(w, "invalid_grant")
		return
	}
	more, err := s.Claims(r.Context(), in.person)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	now := s.Now()
	claims := map[string]any{}
	for name, value := range more {
		claims[name] = value
	}
	claims["sub"], claims["username"], claims["exp"] = in.person.Subject, in.person.Subject, now.Add(accessLife).Unix()
	access, err := s.Issuer.Token(now, s.Client, claims)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	id, err := s.Issuer.IDToken(now, s.Client, map[string]any{
		"sub": in.person.Subject, "name": in.person.Name, "email": in.person.Email, "email_verified": true, "exp": now.Add(accessLife).Unix(),
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	s.mu.Lock()
	refresh := in.token
	s.mu.Unlock()
	answer(w, map[string]any{
		"access_token": access, "id_token": id, "refresh_token": refresh, "expires_in": int(accessLife.Seconds()), "token_type": "Bearer",
	})
}

// begin takes a code. Whoever shows one twice, or without the verifier that its
// challenge was made of, has stolen it: nothing that came of it is good any more.
func (s *SignIn) begin(given, back, verifier string) *stay {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.codes[given]
	if !ok {
		return nil
	}
	sum := sha256.Sum256([]byte(verifier))
	proof := base64.RawURLEncoding.EncodeToString(sum[:])
	if c.used != nil {
		c.used.ended = true
		return nil
	}
	if !s.Now().Before(c.until) || back != c.back || subtle.ConstantTimeCompare([]byte(proof), []byte(c.challenge)) != 1 {
		delete(s.codes, given)
		return nil
	}
	c.used = &stay{person: c.person, until: s.Now().Add(refreshLife), token: secret()}
	s.stays[c.used.token] = c.used
	return c.used
}

// renew takes a refresh token and puts another in its place. One that was
// exchanged long before was copied: it ends the stay.
func (s *SignIn) renew(given string) *stay {
	s.mu.Lock()
	defer s.mu.Unlock()
	in, now := s.stays[given], s.Now()
	switch {
	case in == nil || in.ended || !now.Before(in.until):
		return nil
	case given == in.before && now.Before(in.since.Add(grace)):
		return in
	case given != in.token:
		in.ended = true
		return nil
	}
	in.before, in.since, in.token = given, now, secret()
	s.stays[in.token] = in
	return in
}

// revoke ends a stay. Nobody learns whether there was one.
func (s *SignIn) revoke(w http.ResponseWriter, r *http.Request) {
	if r.PostFormValue("client_id") != s.Client {
		refuse(w, "invalid_client")
		return
	}
	s.mu.Lock()
	if in := s.stays[r.PostFormValue("token")]; in != nil {
		in.ended = true
	}
	s.mu.Unlock()
	w.WriteHeader(http.StatusOK)
}

// leave sends back whoever logged out.
func (s *SignIn) leave(w http.ResponseWriter, r *http.Request) {
	to := r.URL.Query().Get("logout_uri")
	if r.URL.Query().Get("client_id") != s.Client || !slices.Contains(s.Returns, to) {
		http.Error(w, "keluar: alamat tidak dikenal", http.StatusBadRequest)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func refuse(w http.ResponseWriter, why string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": why})
}

func secret() string { return rand.Text() + rand.Text() }

var picker = template.Must(template.New("picker").Parse(`<!doctype html>
<html lang="id"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Masuk sebagai petugas contoh</title><link rel="icon" href="/favicon.svg">
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #faf8f4 }
ul { list-style: none; padding: 0 }
button { width: 100%; min-height: 56px; margin: .25rem 0; padding: .5rem 1rem; font: inherit; text-align: left; color: inherit; background: #fff; border: 1px solid #8a8378; border-radius: 8px; cursor: pointer }
button:hover { background: #f1ece1 } button:focus-visible { outline: 3px solid #1c5d99; outline-offset: 2px }
strong { display: block }
</style>
<main>
<h1>Masuk sebagai siapa?</h1>
<p>Halaman ini hanya ada di komputer ini dan menggantikan kata sandi. Semua nama rekaan.</p>
<form method="post"><ul>
{{range .People}}<li><button name="subject" value="{{.Subject}}"><strong>{{.Name}}</strong>{{.Duty}}</button>
{{else}}<li>Belum ada petugas.
{{end}}</ul></form>
<p><a href="{{.Back}}">Kembali tanpa masuk</a></p>
</main>
</html>`))
