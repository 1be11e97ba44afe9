package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/altcha-org/altcha-lib-go"
	"github.com/aws/aws-lambda-go/events"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/google/uuid"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/challenge"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
	"ksbb/shared/web"
)

// The unit that most complaints of the stories are about.
const pasir = aid.RecipientID("34.71.01.1001.001")

// world is the function behind its gateway, with a clock that a story moves.
type world struct {
	*testing.T
	store  tabletest.Store
	vault  *blobtest.MemoryVault
	lambda func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)
	router routers.Router

	mu     sync.Mutex
	now    time.Time
	source string // address of the caller
}

// newWorld opens a world at noon of 2025-09-10 in its own time zone, with one
// recipient and a promise to it.
func newWorld(t *testing.T, store tabletest.Store) *world {
	t.Helper()
	w := &world{T: t, store: store, now: time.Date(2025, 9, 10, 4, 0, 0, 0, time.UTC), source: "203.0.113.7"}
	w.vault = blobtest.NewVault(t, time.Now) // addresses expire by the machine's clock
	pack := regiontest.Tiny(t)
	if err := store.Load(t.Context(), []aid.Listing{{
		Recipient: aid.Recipient{ID: pasir, Name: "Padukuhan 001 Pasir", Kind: "padukuhan", Area: area.Code(pasir), Point: aid.Point{Lng: 110.36, Lat: -7.785}},
		Needs:     []aid.Need{{ID: aid.NeedOf(pasir, "tangki"), Recipient: pasir, Program: "air-bersih", Package: "tangki", Needed: 10}},
		Steward:   aid.Contact{Name: "Dukuh Contoh", Phone: "+628110000001"},
	}}, pack.Catalogue()); err != nil {
		t.Fatal(err)
	}
	s := &server{store: store, files: w.vault, pack: pack, now: w.clock, random: func(b []byte) { rand.Read(b) }}
	w.lambda = web.Proxy(s.handler())
	doc, err := openapi3.NewLoader().LoadFromData([]byte(w.send("GET", "/v1/openapi.json", "", nil).body))
	if err != nil {
		t.Fatalf("read our own OpenAPI: %v", err)
	}
	if w.router, err = legacy.NewRouter(doc); err != nil {
		t.Fatalf("our OpenAPI is not valid: %v", err)
	}
	return w
}

// eachStore tells a story on the memory model and on a real engine.
func eachStore(t *testing.T, story func(*world)) {
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		story(newWorld(t, table.NewMemory()))
	})
	t.Run("engine", func(t *testing.T) {
		t.Parallel()
		db := tabletest.Engine(t)
		ledger, private := tabletest.Tables(t, db)
		story(newWorld(t, table.New(db, ledger, private)))
	})
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// pass moves the clock.
func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// answer is what came back.
type answer struct {
	status  int
	headers map[string]string
	body    string
}

// get reads a member of the answer: get("messages", 0, "at").
func (a answer) get(path ...any) any {
	var v any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		return nil
	}
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		case int:
			list, _ := v.([]any)
			if step >= len(list) {
				return nil
			}
			v = list[step]
		}
	}
	return v
}

func (a answer) text(path ...any) string {
	s, _ := a.get(path...).(string)
	return s
}

func (a answer) slug() string {
	return strings.Trim(strings.TrimPrefix(a.text("type"), "/masalah/"), "/")
}

// send passes a request through the gateway's event and the real proxy.
func (w *world) send(method, path, secret string, body any) answer {
	w.Helper()
	event := events.APIGatewayV2HTTPRequest{Version: "2.0", RawPath: path, Headers: map[string]string{"accept": "*/*"}}
	event.RequestContext.DomainName = "ksbb.example"
	event.RequestContext.RequestID = "request-1"
	event.RequestContext.HTTP.Method = method
	event.RequestContext.HTTP.SourceIP = w.source
	switch b := body.(type) {
	case nil:
	case string:
		event.Body = b
	default:
		text, err := json.Marshal(b)
		if err != nil {
			w.Fatal(err)
		}
		event.Body = string(text)
	}
	if event.Body != "" {
		event.Headers["content-type"] = "application/json"
	}
	if secret != "" {
		event.Headers["authorization"] = "Bearer " + secret
	}
	got, err := w.lambda(w.Context(), event)
	if err != nil {
		w.Fatalf("%s %s: the function failed: %v", method, path, err)
	}
	a := answer{got.StatusCode, got.Headers, got.Body}
	if w.router != nil {
		w.described(method, path, event.Body, a)
	}
	return a
}

// described checks an exchange against the function's own OpenAPI.
func (w *world) described(method, path, body string, a answer) {
	w.Helper()
	r, err := http.NewRequest(method, path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	route, params, err := w.router.FindRoute(r)
	if err != nil {
		return // 404 and 405 have no description
	}
	asked := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}}
	if err := openapi3filter.ValidateRequest(w.Context(), asked); err != nil && a.status < 300 {
		w.Errorf("%s %s: accepted what its description forbids: %v", method, path, err)
	}
	header := http.Header{}
	for k, v := range a.headers {
		header.Set(k, v)
	}
	err = openapi3filter.ValidateResponse(w.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: asked, Status: a.status, Header: header, Body: io.NopCloser(bytes.NewReader([]byte(a.body))),
	})
	if err != nil {
		w.Errorf("%s %s: answer %d %s is not as described: %v", method, path, a.status, a.body, err)
	}
}

// want sends and insists on a status.
func (w *world) want(status int, method, path, secret string, body any) answer {
	w.Helper()
	a := w.send(method, path, secret, body)
	if a.status != status {
		w.Fatalf("%s %s: got %d %s; want %d", method, path, a.status, a.body, status)
	}
	return a
}

// refused sends and insists on a problem.
func (w *world) refused(status int, slug, method, path, secret string, body any) answer {
	w.Helper()
	a := w.send(method, path, secret, body)
	if a.status != status || a.slug() != slug {
		w.Fatalf("%s %s: got %d %s; want %d %s", method, path, a.status, a.body, status, slug)
	}
	return a
}

func newUUID(t *testing.T) string {
	t.Helper()
	id, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	return id.String()
}

// solve makes a challenge as commitments-api does and finds its number.
func (w *world) solve() string {
	w.Helper()
	key, err := w.store.Key(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	c, err := challenge.Make(key, 50, w.clock().Add(10*time.Minute))
	if err != nil {
		w.Fatal(err)
	}
	found, err := altcha.SolveChallengeSafe(c.Challenge, c.Salt, altcha.Algorithm(c.Algorithm), int(c.MaxNumber), 0, nil)
	if err != nil || found == nil {
		w.Fatalf("challenge %+v has no solution: %v", c, err)
	}
	text, err := json.Marshal(altcha.Payload{Algorithm: c.Algorithm, Challenge: c.Challenge, Number: int64(found.Number), Salt: c.Salt, Signature: c.Signature})
	if err != nil {
		w.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(text)
}

type object = map[string]any

// canary stands in every private field of a complaint.
const canary = "burung-kenari-7431"

// form is what the page sends about pasir.
func (w *world) form() object {
	w.Helper()
	return object{
		"class": "levy", "about": object{"recipient": pasir}, "text": "Diminta Rp5.000 per paket.\n\n" + canary,
		"contact": object{"email": canary + "@contoh.invalid"}, "challenge": w.solve(),
	}
}

// filed is a complaint as its reporter holds it.
type filed struct {
	id           aid.ComplaintID
	path, secret string
}

func (w *world) file(form object) filed {
	w.Helper()
	id := newUUID(w.T)
	got := w.want(201, "PUT", "/v1/complaints/"+id, "", form)
	return filed{aid.ComplaintID(id), "/v1/complaints/" + id, got.text("secret")}
}

// desk may do everything in these stories.
var desk = aid.Staff{Role: aid.StaffComplaints}

// reply answers as the office will.
func (w *world) reply(id aid.ComplaintID, words string, outcome aid.Outcome) {
	w.Helper()
	before, err := w.store.Complaint(w.Context(), id)
	if err != nil {
		w.Fatal(err)
	}
	after, err := before.Answered(desk, aid.MessageID(newUUID(w.T)), outcome, w.clock())
	if err == nil {
		err = w.store.WriteMessage(w.Context(), before, after, words, "reply "+words)
	}
	if err != nil {
		w.Fatal(err)
	}
}

// logged returns what is logged until the test ends.
func logged(t *testing.T) *bytes.Buffer {
	var b bytes.Buffer
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&b, nil)))
	t.Cleanup(func() { slog.SetDefault(old) })
	return &b
}

func sprint(v any) string { return fmt.Sprintf("%+v", v) }
