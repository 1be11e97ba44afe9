// Package webtest calls a function's API as its gateway does, and holds every
// exchange against the function's own description.
package webtest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/altcha-org/altcha-lib-go"
	"github.com/aws/aws-lambda-go/events"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/google/uuid"
	"gopkg.in/yaml.v3"

	"ksbb/shared/challenge"
	"ksbb/shared/web"
)

// Caller calls one function.
type Caller struct {
	*testing.T
	Source string // address of whoever calls
	// Claims are what the gateway's authorizer read in the token of a member of
	// staff; empty for everybody else.
	Claims map[string]string

	lambda func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)
	own    []byte // the function's OpenAPI document
	router routers.Router
}

// New calls the function behind h, whose description has to be valid.
func New(t *testing.T, h http.Handler) *Caller {
	t.Helper()
	c := &Caller{T: t, Source: "203.0.113.7", lambda: web.Proxy(h)}
	c.own = []byte(c.Send("GET", "/v1/openapi.json", "", nil).Body)
	doc, err := openapi3.NewLoader().LoadFromData(c.own)
	if err != nil {
		t.Fatalf("read our own OpenAPI: %v", err)
	}
	if c.router, err = legacy.NewRouter(doc); err != nil {
		t.Fatalf("our OpenAPI is not valid: %v", err)
	}
	return c
}

// Answer is what came back. The body is as the caller sees it, decoded.
type Answer struct {
	Status  int
	Headers map[string]string
	Body    string
}

// Get reads a member of the answer: Get("deliveries", 0, "number"). It returns
// nil where there is none.
func (a Answer) Get(path ...any) any {
	var v any
	if err := json.Unmarshal([]byte(a.Body), &v); err != nil {
		return nil
	}
	for _, step := range path {
		switch at := v.(type) {
		case map[string]any:
			name, _ := step.(string)
			v = at[name]
		case []any:
			i, ok := step.(int)
			if !ok || i >= len(at) {
				return nil
			}
			v = at[i]
		default:
			return nil
		}
	}
	return v
}

// Text reads a member that is a text, and "" where there is none.
func (a Answer) Text(path ...any) string {
	s, _ := a.Get(path...).(string)
	return s
}

// Slug names the problem that was answered.
func (a Answer) Slug() string {
	return strings.Trim(strings.TrimPrefix(a.Text("type"), "/masalah/"), "/")
}

// As returns a caller with the token that says these claims.
func (c *Caller) As(claims map[string]string) *Caller {
	other := *c
	other.Claims = claims
	return &other
}

// Send passes a request through the gateway's event and the real proxy. A body
// that is no text is sent as JSON. The path may have a query.
func (c *Caller) Send(method, path, secret string, body any) Answer {
	c.Helper()
	event := events.APIGatewayV2HTTPRequest{Version: "2.0", Headers: map[string]string{"accept": "*/*"}}
	event.RawPath, event.RawQueryString, _ = strings.Cut(path, "?")
	if len(c.Claims) > 0 {
		event.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
			JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{Claims: c.Claims},
		}
	}
	event.RequestContext.DomainName = "ksbb.example"
	event.RequestContext.RequestID = "request-1"
	event.RequestContext.HTTP.Method = method
	event.RequestContext.HTTP.SourceIP = c.Source
	switch b := body.(type) {
	case nil:
	case string:
		event.Body = b
	default:
		text, err := json.Marshal(b)
		if err != nil {
			c.Fatal(err)
		}
		event.Body = string(text)
	}
	if event.Body != "" {
		event.Headers["content-type"] = "application/json"
	}
	if secret != "" {
		event.Headers["authorization"] = "Bearer " + secret
	}
	got, err := c.lambda(c.Context(), event)
	if err != nil {
		c.Fatalf("%s %s: the function failed: %v", method, path, err)
	}
	a := Answer{got.StatusCode, got.Headers, got.Body}
	if got.IsBase64Encoded {
		body, err := base64.StdEncoding.DecodeString(got.Body)
		if err != nil {
			c.Fatal(err)
		}
		a.Body = string(body)
	}
	if c.router != nil {
		c.described(method, path, event, a)
	}
	return a
}

func init() {
	openapi3filter.RegisterBodyDecoder("application/pdf", openapi3filter.FileBodyDecoder)
}

// described checks an exchange against the function's own description.
func (c *Caller) described(method, path string, event events.APIGatewayV2HTTPRequest, a Answer) {
	c.Helper()
	r, err := http.NewRequest(method, path, strings.NewReader(event.Body))
	if err != nil {
		c.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		return // 404 and 405 have no description
	}
	asked := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}}
	if err := openapi3filter.ValidateRequest(c.Context(), asked); err != nil && a.Status < 300 {
		c.Errorf("%s %s: accepted what its description forbids: %v", method, path, err)
	}
	header := http.Header{}
	for k, v := range a.Headers {
		header.Set(k, v)
	}
	err = openapi3filter.ValidateResponse(c.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: asked, Status: a.Status, Header: header, Body: io.NopCloser(bytes.NewReader([]byte(a.Body))),
	})
	if err != nil {
		c.Errorf("%s %s: answer %d %s is not as described: %v", method, path, a.Status, a.Body, err)
	}
}

// Want sends and insists on a status.
func (c *Caller) Want(status int, method, path, secret string, body any) Answer {
	c.Helper()
	a := c.Send(method, path, secret, body)
	if a.Status != status {
		c.Fatalf("%s %s: got %d %s; want %d", method, path, a.Status, a.Body, status)
	}
	return a
}

// Refused sends and insists on a problem.
func (c *Caller) Refused(status int, slug, method, path, secret string, body any) Answer {
	c.Helper()
	a := c.Send(method, path, secret, body)
	if a.Status != status || a.Slug() != slug {
		c.Fatalf("%s %s: got %d %s; want %d %s", method, path, a.Status, a.Body, status, slug)
	}
	return a
}

// Solve finds the number of a challenge, as a phone does, and returns what the
// phone sends.
func Solve(t testing.TB, c challenge.Challenge) string {
	t.Helper()
	found, err := altcha.SolveChallengeSafe(c.Challenge, c.Salt, altcha.Algorithm(c.Algorithm), int(c.MaxNumber), 0, nil)
	if err != nil || found == nil {
		t.Fatalf("challenge %+v has no solution: %v", c, err)
	}
	text, err := json.Marshal(altcha.Payload{Algorithm: c.Algorithm, Challenge: c.Challenge, Number: int64(found.Number), Salt: c.Salt, Signature: c.Signature})
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(text)
}

// UUID makes an identifier as a phone does.
func UUID(t testing.TB) string {
	t.Helper()
	id, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	return id.String()
}

var update = flag.Bool("update", false, "rewrite the function's part of the API's description")

// Described fails unless the function's part of the description that
// /v1/openapi.json answers is what the function says of itself, and unless the
// gateway lets through just its operations. beside names routes that the
// description does not hold. An event of the gateway for any method and all of a
// folder, "ANY /v1/staff/{path+}", stands for every operation below it.
func (c *Caller) Described(function, resource string, beside ...string) {
	c.Helper()
	const root = "../.."
	file := filepath.Join(root, "shared", "openapi", function+".json")
	var own bytes.Buffer
	if err := json.Indent(&own, c.own, "", " "); err != nil {
		c.Fatal(err)
	}
	own.WriteByte('\n')
	if *update {
		if err := os.WriteFile(file, own.Bytes(), 0o644); err != nil {
			c.Fatal(err)
		}
	}
	published, err := os.ReadFile(file)
	if err != nil {
		c.Fatal(err)
	}
	if !bytes.Equal(published, own.Bytes()) {
		c.Errorf("%s is not what the function says of itself; go test ./functions/%s -update", file, function)
	}

	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(c.own, &document); err != nil {
		c.Fatal(err)
	}
	said := map[string]bool{}
	for _, route := range beside {
		said[route] = true
	}
	for path, operations := range document.Paths {
		for _, method := range []string{"get", "put", "post", "delete", "patch"} {
			if _, ok := operations[method]; ok {
				said[strings.ToUpper(method)+" "+path] = true
			}
		}
	}
	let := routesOf(c.T, filepath.Join(root, "template.yaml"), resource)
	for greedy := range maps.Clone(let) {
		folder, ok := strings.CutPrefix(strings.TrimSuffix(greedy, "{path+}"), "ANY ")
		if !ok || !strings.HasSuffix(greedy, "/{path+}") {
			continue
		}
		below := map[string]bool{}
		for route := range said {
			if _, path, _ := strings.Cut(route, " "); strings.HasPrefix(path, folder) {
				below[route] = true
			}
		}
		if len(below) > 0 {
			delete(let, greedy)
			maps.Copy(let, below)
		}
	}
	if !maps.Equal(let, said) {
		c.Errorf("template lets through %v\nthe document says %v", slices.Sorted(maps.Keys(let)), slices.Sorted(maps.Keys(said)))
	}
}

// routesOf returns what the template lets through to a function.
func routesOf(t *testing.T, file, resource string) map[string]bool {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Properties struct {
				Events map[string]struct {
					Properties struct {
						Method string `yaml:"Method"`
						Path   string `yaml:"Path"`
					} `yaml:"Properties"`
				} `yaml:"Events"`
			} `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(body, &template); err != nil {
		t.Fatal(err)
	}
	let := map[string]bool{}
	for _, e := range template.Resources[resource].Properties.Events {
		let[e.Properties.Method+" "+e.Properties.Path] = true
	}
	return let
}
