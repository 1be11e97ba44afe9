// Package web is the edge between HTTP and a function: one huma API on the
// standard ServeMux, whose every refusal is a problem document and whose every
// answer is private to its caller. It logs one line per request, with the route
// and never with a query, header or body.
//
// Some of it answers traps of aws-lambda-go-api-proxy: a handler that writes
// nothing would be a gateway timeout, the mux's own refusals would leave as
// plain text, a panic or an unreadable path as a function error.
package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
	"github.com/awslabs/aws-lambda-go-api-proxy/core"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/google/uuid"

	"ksbb/shared/aid"
	"ksbb/shared/problem"
)

// MaxBody is the largest body that is read. A commitment with every text at its
// limit takes less than half of it.
const MaxBody = 64 << 10

// BearerScheme names the security scheme of operations that ask for a secret.
const BearerScheme = "secret"

// API is what a function says of itself.
type API struct {
	Title, Version string
	// EdgeKey is the word that the edge in front of the gateway shows in the
	// header x-ksbb-edge. When there is one, whoever does not show it is denied,
	// and whoever does is believed about the viewer's address in x-ksbb-viewer:
	// the gateway itself only sees the edge. It must not hold a comma, at which
	// the proxy splits headers.
	EdgeKey string
	// Description is what /v1/openapi.json answers in place of the operations of
	// this function alone; nil for those.
	Description func() ([]byte, error)
}

// Handler serves the operations that register adds, and their description as
// OpenAPI 3.1 at /v1/openapi.json. It may be called concurrently.
func Handler(about API, register func(huma.API)) http.Handler {
	mux := http.NewServeMux()
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	api := humago.New(mux, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: about.Title, Version: about.Version},
			Components: &huma.Components{
				Schemas: registry,
				SecuritySchemes: map[string]*huma.SecurityScheme{
					BearerScheme: {Type: "http", Scheme: "bearer", Description: "A secret that one was given: of a commitment, a steward or a complaint."},
				},
			},
		},
		// "json" is how huma looks up the media type of problem documents.
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
	})
	register(api)
	described := sync.OnceValues(func() ([]byte, error) { return json.Marshal(api.OpenAPI()) })
	if about.Description != nil {
		described = sync.OnceValues(about.Description)
	}
	mux.HandleFunc("GET /v1/openapi.json", func(w http.ResponseWriter, r *http.Request) {
		text, err := described()
		if err != nil {
			slog.ErrorContext(r.Context(), "request failed", "err", fmt.Errorf("describe API: %w", err))
			refuse(w, r, problem.Fault())
			return
		}
		w.Header().Set("Content-Type", "application/openapi+json")
		w.Write(text)
	})
	return &edge{mux: mux, key: about.EdgeKey}
}

// edge is what every request passes on its way to the operations.
type edge struct {
	mux *http.ServeMux
	key string
}

func (e *edge) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	start := time.Now()
	w := &watched{ResponseWriter: rw}
	id, address := origin(r)
	came := e.key == "" || sameWord(r.Header.Get("X-Ksbb-Edge"), e.key)
	if e.key != "" && came {
		address = r.Header.Get("X-Ksbb-Viewer")
	}
	r.Header.Del("X-Ksbb-Edge")
	v := &visit{network: networkOf(address)}
	r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("X-Request-Id", id)
	route := "none" // never the path itself: nobody knows what it holds
	defer func() {
		if v := recover(); v != nil {
			slog.ErrorContext(r.Context(), "handler panicked", "route", route, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
			if w.status == 0 {
				refuse(w, r, problem.Fault())
			}
		}
		if w.status == 0 {
			w.WriteHeader(http.StatusOK) // as net/http would; the proxy would call it a timeout
		}
		slog.InfoContext(r.Context(), "request answered", "method", method(r), "route", route,
			"status", w.status, "problem", v.problem, "ms", time.Since(start).Milliseconds(), "request", id)
	}()

	if !came {
		refuse(w, r, problem.Of(aid.ErrDenied))
		return
	}
	// The mux would redirect an unclean path, with HTML.
	if path.Clean(r.URL.Path) != r.URL.Path {
		refuse(w, r, problem.NotFound())
		return
	}
	verdict, pattern := e.mux.Handler(r)
	if pattern == "" {
		refuse(w, r, verdictOf(verdict, w, r))
		return
	}
	route = pattern
	if p := readBody(r); p != nil {
		refuse(w, r, p)
		return
	}
	// JSON is all we speak, whatever the caller would rather hear.
	r.Header.Del("Accept")
	e.mux.ServeHTTP(w, r)
}

// method returns the request's method if it is one of HTTP's: the log takes no
// word of the caller's making.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// verdictOf turns the mux's own refusal into a problem and keeps its Allow header.
func verdictOf(refusal http.Handler, w http.ResponseWriter, r *http.Request) *problem.Problem {
	heard := &deaf{header: http.Header{}}
	refusal.ServeHTTP(heard, r)
	if heard.status != http.StatusMethodNotAllowed {
		return problem.NotFound()
	}
	w.Header().Set("Allow", heard.header.Get("Allow"))
	return problem.Method()
}

// readBody reads the body once, within limits, and leaves it to be read again.
// Whatever is sent with a method that has a body must be JSON: a form on a
// foreign page cannot send that.
func readBody(r *http.Request) *problem.Problem {
	if r.Body == nil {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	r.Body.Close()
	switch {
	case err != nil:
		return problem.Malformed("the body ends early")
	case len(body) > MaxBody:
		return problem.TooLarge("at most " + strconv.Itoa(MaxBody) + " bytes")
	case len(body) > 0 && !isJSON(r.Header.Get("Content-Type")):
		return problem.MediaType()
	case !utf8.Valid(body):
		// encoding/json would replace what it cannot read, and so change a name.
		return problem.Malformed("the body is not UTF-8")
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

func isJSON(contentType string) bool {
	kind, params, err := mime.ParseMediaType(contentType)
	charset, given := params["charset"]
	return err == nil && kind == "application/json" && (!given || strings.EqualFold(charset, "utf-8"))
}

// refuse writes a problem outside of huma.
func refuse(w http.ResponseWriter, r *http.Request, p *problem.Problem) {
	p.Instance = r.URL.Path
	remember(r.Context(), p)
	text, err := json.Marshal(p)
	if err != nil {
		panic(fmt.Errorf("encode problem: %w", err)) // it holds strings and numbers only
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	w.Write(text)
}

// watched remembers what was answered.
type watched struct {
	http.ResponseWriter
	status int
}

func (w *watched) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController find the connection's own writer.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// deaf takes a status and headers and drops the text.
type deaf struct {
	header http.Header
	status int
}

func (d *deaf) Header() http.Header         { return d.header }
func (d *deaf) WriteHeader(status int)      { d.status = status }
func (d *deaf) Write(b []byte) (int, error) { return len(b), nil }

// Proxy returns the Lambda handler of an HTTP API, payload 2.0. It never
// returns an error: an event that is no readable request is the caller's.
func Proxy(h http.Handler) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	adapter := httpadapter.NewV2(h)
	return func(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		answer, err := adapter.ProxyWithContext(ctx, event)
		if err == nil {
			return answer, nil
		}
		slog.WarnContext(ctx, "request unreadable", "request", event.RequestContext.RequestID)
		w := core.NewProxyResponseWriterV2()
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		refuse(w, &http.Request{URL: nowhere}, problem.Malformed("the path or body cannot be read"))
		return w.GetProxyResponse()
	}
}

// origin returns the request's id and the address it comes from: as the gateway
// says, or, without one, as the connection says.
func origin(r *http.Request) (id, address string) {
	id, address = uuid.NewString(), r.RemoteAddr
	if gateway, ok := core.GetAPIGatewayV2ContextFromContext(r.Context()); ok {
		address = gateway.HTTP.SourceIP
		if gateway.RequestID != "" {
			id = gateway.RequestID
		}
	}
	return id, address
}
