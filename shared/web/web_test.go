package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/problem"
)

type giftInput struct {
	ID   string `path:"id"`
	Body struct {
		Quantity int64  `json:"quantity" minimum:"1" maximum:"100"`
		Note     string `json:"note,omitempty" maxLength:"10"`
		Lines    []struct {
			Unit string `json:"unit"`
		} `json:"lines,omitempty"`
	}
}

type giftAnswer struct {
	Body struct {
		Network string `json:"network"`
		Note    string `json:"note"`
	}
}

// gifts serves one operation that answers, refuses, breaks or says nothing, as
// the id asks.
func gifts() http.Handler { return giftsBehind("") }

func giftsBehind(key string) http.Handler {
	return Handler(API{Title: "Gifts", Version: "1", EdgeKey: key}, func(api huma.API) {
		huma.Put(api, "/v1/gifts/{id}", func(ctx context.Context, in *giftInput) (*giftAnswer, error) {
			switch in.ID {
			case "lost":
				return nil, fmt.Errorf("gift %s: %w", in.ID, aid.ErrNotFound)
			case "busy":
				return nil, aid.ErrBusy
			case "over":
				return nil, problem.Suggest(&aid.OverRemainingError{Need: "n", Remaining: 3}, []problem.Nearby{{ID: "s", Name: "RW 2", Remaining: 4, Metres: 200}})
			case "broken":
				return nil, errors.New("the table is on fire: " + in.Body.Note)
			case "panic":
				panic("no such thing")
			}
			out := &giftAnswer{}
			out.Body.Network, out.Body.Note = Network(ctx), in.Body.Note
			return out, nil
		})
		huma.Get(api, "/v1/silent", func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
	})
}

func ask(h http.Handler, method, path, contentType, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestEveryRefusalIsAProblemDocument(t *testing.T) {
	const plain, put = "application/json", "PUT"
	nested := strings.Repeat("[", 60_000)
	for name, test := range map[string]struct {
		method, path, contentType, body string
		status                          int
		slug, holds                     string
	}{
		"unknown path":        {"GET", "/v1/other", "", "", 404, "not-found", ""},
		"unclean path":        {"GET", "/v1//gifts/1", "", "", 404, "not-found", ""},
		"dots in path":        {"GET", "/v1/../etc/passwd", "", "", 404, "not-found", ""},
		"method":              {"DELETE", "/v1/gifts/1", "", "", 405, "method", ""},
		"no body":             {put, "/v1/gifts/1", plain, "", 400, "malformed", ""},
		"not JSON":            {put, "/v1/gifts/1", plain, "{", 400, "malformed", ""},
		"two bodies":          {put, "/v1/gifts/1", plain, `{"quantity":1}{"quantity":2}`, 400, "malformed", ""},
		"nested too deep":     {put, "/v1/gifts/1", plain, nested, 400, "malformed", ""},
		"not UTF-8":           {put, "/v1/gifts/1", plain, "{\"note\":\"\xff\"}", 400, "malformed", ""},
		"a form":              {put, "/v1/gifts/1", "application/x-www-form-urlencoded", "quantity=1", 415, "media-type", ""},
		"text":                {put, "/v1/gifts/1", "text/plain", `{"quantity":1}`, 415, "media-type", ""},
		"no media type":       {put, "/v1/gifts/1", "", `{"quantity":1}`, 415, "media-type", ""},
		"another charset":     {put, "/v1/gifts/1", "application/json; charset=latin1", `{"quantity":1}`, 415, "media-type", ""},
		"too large":           {put, "/v1/gifts/1", plain, `{"note":"` + strings.Repeat("a", MaxBody) + `"}`, 413, "too-large", ""},
		"unknown member":      {put, "/v1/gifts/1", plain, `{"quantity":1,"price":2}`, 422, "invalid", `{"pointer":"/price","code":"unknown"`},
		"other case":          {put, "/v1/gifts/1", plain, `{"quantity":1,"Quantity":2}`, 422, "invalid", `{"pointer":"/Quantity","code":"unknown"`},
		"missing member":      {put, "/v1/gifts/1", plain, `{}`, 422, "invalid", `{"pointer":"/quantity","code":"required"`},
		"missing within":      {put, "/v1/gifts/1", plain, `{"quantity":1,"lines":[{"unit":"a"},{}]}`, 422, "invalid", `{"pointer":"/lines/1/unit","code":"required"`},
		"too small":           {put, "/v1/gifts/1", plain, `{"quantity":0}`, 422, "invalid", `{"pointer":"/quantity","code":"too_small"`},
		"too large a number":  {put, "/v1/gifts/1", plain, `{"quantity":1e300}`, 422, "invalid", `{"pointer":"/quantity","code":"too_large"`},
		"no number at all":    {put, "/v1/gifts/1", plain, `{"quantity":1e400}`, 400, "malformed", ""},
		"half a unit":         {put, "/v1/gifts/1", plain, `{"quantity":1.5}`, 422, "invalid", `{"pointer":"/quantity","code":"type"`},
		"wrong type":          {put, "/v1/gifts/1", plain, `{"quantity":"1"}`, 422, "invalid", `{"pointer":"/quantity","code":"type"`},
		"wrong type within":   {put, "/v1/gifts/1", plain, `{"quantity":1,"lines":[7]}`, 422, "invalid", `{"pointer":"/lines/0","code":"type"`},
		"an array":            {put, "/v1/gifts/1", plain, `[]`, 422, "invalid", `{"pointer":"","code":"type"`},
		"null":                {put, "/v1/gifts/1", plain, `null`, 422, "invalid", `{"pointer":"","code":"type"`},
		"too long":            {put, "/v1/gifts/1", plain, `{"quantity":1,"note":"12345678901"}`, 422, "invalid", `{"pointer":"/note","code":"too_long"`},
		"exponent":            {put, "/v1/gifts/1", plain, `{"quantity":1e1}`, 422, "invalid", `"code":"type","detail":"cannot be read"`},
		"refused by the rule": {put, "/v1/gifts/lost", plain, `{"quantity":1}`, 404, "not-found", ""},
		"over what remains":   {put, "/v1/gifts/over", plain, `{"quantity":1}`, 409, "melebihi-sisa", `"remaining":3,"nearby":[{"id":"s","name":"RW 2","remaining":4,"metres":200}]`},
		"busy":                {put, "/v1/gifts/busy", plain, `{"quantity":1}`, 503, "busy", ""},
		"fault":               {put, "/v1/gifts/broken", plain, `{"quantity":1}`, 500, "fault", ""},
		"panic":               {put, "/v1/gifts/panic", plain, `{"quantity":1}`, 500, "fault", ""},
	} {
		w := ask(gifts(), test.method, test.path, test.contentType, test.body)
		var p problem.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Errorf("%s: answer %d %q is not JSON: %v", name, w.Code, w.Body, err)
			continue
		}
		if w.Code != test.status || p.Status != test.status || p.Type != "/masalah/"+test.slug+"/" {
			t.Errorf("%s: got %d %s; want %d %s", name, w.Code, w.Body, test.status, test.slug)
		}
		if !strings.Contains(w.Body.String(), test.holds) {
			t.Errorf("%s: got %s; want it to hold %s", name, w.Body, test.holds)
		}
		if ct := w.Header().Get("Content-Type"); ct != "application/problem+json" {
			t.Errorf("%s: media type %q", name, ct)
		}
		if p.Instance != test.path {
			t.Errorf("%s: instance %q; want the path %q", name, p.Instance, test.path)
		}
		for header, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
			if got := w.Header().Get(header); got != want {
				t.Errorf("%s: %s %q; want %q", name, header, got, want)
			}
		}
		if w.Header().Get("X-Request-Id") == "" {
			t.Errorf("%s: no request id", name)
		}
		if strings.Contains(w.Body.String(), "fire") || strings.Contains(w.Body.String(), "12345678901") {
			t.Errorf("%s: the answer tells too much: %s", name, w.Body)
		}
	}
}

func TestRefusalsCarryTheirHeaders(t *testing.T) {
	if got := ask(gifts(), "PATCH", "/v1/gifts/1", "", "").Header().Get("Allow"); got != "PUT" {
		t.Errorf("Allow %q; want PUT", got)
	}
	if got := ask(gifts(), "PUT", "/v1/gifts/busy", "application/json", `{"quantity":1}`).Header().Get("Retry-After"); got == "" {
		t.Error("busy does not say when to come back")
	}
}

func TestAnswersAreJSONWhateverIsAskedFor(t *testing.T) {
	r := httptest.NewRequest("PUT", "/v1/gifts/1", strings.NewReader(`{"quantity":1,"note":"<b>"}`))
	r.Header.Set("Content-Type", "application/json; charset=UTF-8")
	r.Header.Set("Accept", "json;q=1, text/html")
	w := httptest.NewRecorder()
	gifts().ServeHTTP(w, r)
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/json" || strings.Contains(w.Body.String(), "$schema") {
		t.Errorf("got %d %s %s", w.Code, w.Header().Get("Content-Type"), w.Body)
	}
}

func TestDescriptionIsServedAndNothingThirdParty(t *testing.T) {
	w := ask(gifts(), "GET", "/v1/openapi.json", "", "")
	var doc struct {
		OpenAPI string
		Paths   map[string]any
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || doc.OpenAPI != "3.1.0" || doc.Paths["/v1/gifts/{id}"] == nil {
		t.Errorf("got %d %.200s, %v", w.Code, w.Body, err)
	}
	for _, path := range []string{"/docs", "/openapi.json", "/v1/openapi.yaml", "/schemas/Problem.json"} {
		if w := ask(gifts(), "GET", path, "", ""); w.Code != 404 {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
}

// through sends one request through the proxy that Lambda uses.
func through(t *testing.T, method, path, source, body string) events.APIGatewayV2HTTPResponse {
	t.Helper()
	event := events.APIGatewayV2HTTPRequest{Version: "2.0", RawPath: path, Body: body, Headers: map[string]string{"content-type": "application/json"}}
	event.RequestContext.RequestID = "request-1"
	event.RequestContext.DomainName = "ksbb.example"
	event.RequestContext.HTTP.Method = method
	event.RequestContext.HTTP.SourceIP = source
	answer, err := Proxy(gifts())(t.Context(), event)
	if err != nil {
		t.Fatalf("%s %s: the function failed: %v", method, path, err)
	}
	return answer
}

func TestNetworkIsThatOfTheGatewaysCaller(t *testing.T) {
	for source, want := range map[string]string{
		"203.0.113.77":           "203.0.113.0/24",
		"::ffff:203.0.113.77":    "203.0.113.0/24",
		"2001:db8:1:2:aaaa::1":   "2001:db8:1:2::/64",
		"2001:db8:1:2:bbbb::2%1": "2001:db8:1:2::/64",
		"":                       "unknown",
		"here":                   "unknown",
	} {
		answer := through(t, "PUT", "/v1/gifts/1", source, `{"quantity":1}`)
		if !strings.Contains(answer.Body, `"network":"`+want+`"`) {
			t.Errorf("from %q: %d %s; want network %s", source, answer.StatusCode, answer.Body, want)
		}
		if answer.Headers["X-Request-Id"] != "request-1" {
			t.Errorf("request id %q; want the gateway's", answer.Headers["X-Request-Id"])
		}
	}
	if got := Network(t.Context()); got != "unknown" {
		t.Errorf("network outside of a request: %q", got)
	}
}

func TestWhoeverComesRoundTheEdgeIsDenied(t *testing.T) {
	call := func(key, shown, viewer string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("PUT", "/v1/gifts/1", strings.NewReader(`{"quantity":1}`))
		r.RemoteAddr = "203.0.113.1:4000"
		r.Header.Set("Content-Type", "application/json")
		if shown != "" {
			r.Header.Set("x-ksbb-edge", shown)
		}
		r.Header.Set("x-ksbb-viewer", viewer)
		w := httptest.NewRecorder()
		giftsBehind(key).ServeHTTP(w, r)
		return w
	}
	for _, shown := range []string{"", "wor", "words", "Word"} {
		if w := call("word", shown, "198.51.100.1"); w.Code != 403 || !strings.Contains(w.Body.String(), "/masalah/denied/") {
			t.Errorf("showing %q: %d %s; want it denied", shown, w.Code, w.Body)
		}
	}
	if w := call("word", "word", "198.51.100.1"); w.Code != 200 || !strings.Contains(w.Body.String(), "198.51.100.0/24") {
		t.Errorf("behind the edge: %d %s; want the viewer's network", w.Code, w.Body)
	}
	if w := call("word", "word", ""); w.Code != 200 || !strings.Contains(w.Body.String(), `"unknown"`) {
		t.Errorf("viewer not told: %d %s; want them to share one budget", w.Code, w.Body)
	}
	if w := call("", "", "198.51.100.1"); w.Code != 200 || !strings.Contains(w.Body.String(), "203.0.113.0/24") {
		t.Errorf("without an edge: %d %s; a viewer's own word must not count", w.Code, w.Body)
	}
}

func TestProxyTrapsAreAnswered(t *testing.T) {
	for name, test := range map[string]struct {
		method, path string
		status       int
	}{
		"path that is no URL":    {"GET", "/v1/%zz", 400},
		"control in path":        {"GET", "/v1/\x7f", 400},
		"method that is none":    {"G E T", "/v1/gifts/1", 400},
		"handler writes nothing": {"GET", "/v1/silent", 204},
		"unknown path":           {"GET", "/prod/v1/gifts/1", 404},
		"method":                 {"POST", "/v1/gifts/1", 405},
		"panic":                  {"PUT", "/v1/gifts/panic", 500},
	} {
		if answer := through(t, test.method, test.path, "203.0.113.1", `{"quantity":1}`); answer.StatusCode != test.status || answer.IsBase64Encoded {
			t.Errorf("%s: got %d %s; want %d", name, answer.StatusCode, answer.Body, test.status)
		}
	}
}

func TestBearerTakesOneScheme(t *testing.T) {
	for in, want := range map[string]string{"Bearer abc": "abc", "bearer  abc ": "abc", "Basic abc": "", "abc": "", "": "", "Bearer": "", "Bearerabc": ""} {
		if got := Bearer(in); got != want {
			t.Errorf("Bearer(%q) = %q; want %q", in, got, want)
		}
	}
}

// The log is one for the process, so this test is not parallel.
func TestLogTellsRoutesAndNeverWhatWasSent(t *testing.T) {
	var lines bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&lines, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })

	ask(gifts(), "PUT", "/v1/gifts/1?secret=CANARY", "application/json", `{"quantity":1,"note":"CANARY"}`)
	ask(gifts(), "PUT", "/v1/gifts/1", "application/json", `{"quantity":"CANARY","CANARY":1}`)
	ask(gifts(), "PUT", "/v1/gifts/1", "CANARY/json", `CANARY`)
	ask(gifts(), "GET", "/CANARY", "", "")
	ask(gifts(), "CANARY", "/v1/gifts/1", "", "")
	ask(gifts(), "PUT", "/v1/gifts/panic", "application/json", `{"quantity":1}`)
	if strings.Contains(lines.String(), "CANARY") {
		t.Errorf("the log tells what was sent:\n%s", &lines)
	}
	type line struct {
		Msg, Route, Method, Stack, Problem string
		Status                             int
	}
	var got []line
	for decoder := json.NewDecoder(&lines); ; {
		var l line
		if err := decoder.Decode(&l); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		got = append(got, l)
	}
	if len(got) != 7 || got[0] != (line{Msg: "request answered", Route: "PUT /v1/gifts/{id}", Method: "PUT", Status: 200}) {
		t.Fatalf("log %+v; want a line for each request and one for the panic", got)
	}
	for i, want := range map[int]string{1: "invalid", 2: "media-type", 3: "not-found", 4: "method", 6: "fault"} {
		if got[i].Problem != want {
			t.Errorf("line %d tells problem %q; want %q", i, got[i].Problem, want)
		}
	}
	if l := got[5]; l.Msg != "handler panicked" || !strings.Contains(l.Stack, "web_test.go") || l.Route != "PUT /v1/gifts/{id}" {
		t.Errorf("panic logged as %+v; want its stack", l)
	}
}
