package front

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/uuid"

	"ksbb/infra/local/issuer"
	"ksbb/infra/local/lambda"
	"ksbb/infra/local/template"
)

// Limits of an HTTP API.
const (
	maxBody            = 10 << 20
	integrationTimeout = 30 * time.Second
)

// An API answers the routes of the template as API Gateway does: events of
// payload format 2.0 to functions, and their answers back.
type API struct {
	Settings template.API
	Routes   []Route
	Issuer   *issuer.Issuer
}

// say answers as API Gateway itself does.
func say(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
}

func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if a.cors(w, r) {
		return
	}
	route, parameters, ok := match(a.Routes, r.Method, r.URL.EscapedPath())
	if !ok {
		say(w, http.StatusNotFound, "Not Found")
		return
	}
	var authorizer *events.APIGatewayV2HTTPRequestContextAuthorizerDescription
	name := route.Authorizer
	if name == "" {
		name = a.Settings.Default
	}
	if name != "" && name != "NONE" {
		claims, status := a.authorize(name, route.Scopes, r)
		if status != 0 {
			if status == http.StatusUnauthorized {
				w.Header().Set("WWW-Authenticate", "Bearer")
			}
			say(w, status, http.StatusText(status))
			return
		}
		authorizer = claims
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			say(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
		} else {
			say(w, http.StatusBadRequest, "Bad Request")
		}
		return
	}
	event, err := json.Marshal(eventOf(r, route, parameters, authorizer, body))
	if err != nil {
		say(w, http.StatusInternalServerError, "Internal Server Error")
		return
	}
	if len(event) > lambda.MaxPayload {
		say(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
		return
	}
	type result struct {
		answer []byte
		err    error
	}
	results := make(chan result, 1)
	go func() {
		// Whoever hangs up does not stop the function.
		answer, err := route.Function.Invoke(context.WithoutCancel(r.Context()), event)
		results <- result{answer, err}
	}()
	late := time.NewTimer(integrationTimeout)
	defer late.Stop()
	select {
	case res := <-results:
		if res.err == nil {
			res.err = write(w, r, res.answer)
		}
		if res.err != nil {
			say(w, http.StatusBadGateway, "Internal Server Error")
		}
	case <-late.C:
		say(w, http.StatusServiceUnavailable, "Service Unavailable")
	case <-r.Context().Done():
	}
}

// authorize checks the bearer token of a request; status is 0 if it is good.
func (a *API) authorize(name string, scopes []string, r *http.Request) (*events.APIGatewayV2HTTPRequestContextAuthorizerDescription, int) {
	z, ok := a.Settings.Authorizers[name]
	if !ok {
		return nil, http.StatusInternalServerError
	}
	token := strings.TrimSpace(r.Header.Get("Authorization"))
	if len(token) > 7 && strings.EqualFold(token[:7], "bearer ") {
		token = token[7:]
	}
	claims, err := a.Issuer.Check(token, time.Now(), z.Audience)
	if err != nil {
		return nil, http.StatusUnauthorized
	}
	if len(scopes) == 0 {
		scopes = z.Scopes
	}
	granted := strings.Fields(fmt.Sprint(claims["scope"]))
	if len(scopes) > 0 && !slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(granted, s) }) {
		return nil, http.StatusForbidden
	}
	texts := make(map[string]string, len(claims))
	for k, v := range claims {
		texts[k] = claimText(v)
	}
	return &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
		JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{Claims: texts, Scopes: scopes},
	}, 0
}

// claimText writes a claim as API Gateway does: lists become [a b].
func claimText(v any) string {
	switch v := v.(type) {
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		words := make([]string, len(v))
		for i, w := range v {
			words[i] = claimText(w)
		}
		return "[" + strings.Join(words, " ") + "]"
	}
	return fmt.Sprint(v)
}

func eventOf(r *http.Request, route Route, parameters map[string]string, authorizer *events.APIGatewayV2HTTPRequestContextAuthorizerDescription, body []byte) events.APIGatewayV2HTTPRequest {
	now := time.Now().UTC()
	ip, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		ip = r.RemoteAddr
	}
	e := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: route.String(),
		RawPath: r.URL.EscapedPath(), RawQueryString: r.URL.RawQuery,
		Headers: map[string]string{}, PathParameters: parameters,
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RouteKey: route.String(), AccountID: template.Account, Stage: "$default", RequestID: uuid.NewString(),
			APIID: "local", DomainName: r.Host, DomainPrefix: strings.Split(r.Host, ".")[0],
			Time: now.Format("02/Jan/2006:15:04:05 -0700"), TimeEpoch: now.UnixMilli(), Authorizer: authorizer,
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
				Method: r.Method, Path: r.URL.Path, Protocol: r.Proto, SourceIP: ip, UserAgent: r.UserAgent(),
			},
		},
	}
	if len(parameters) == 0 {
		e.PathParameters = nil
	}
	for name, values := range r.Header {
		switch name = strings.ToLower(name); name {
		case "cookie":
			for _, v := range values {
				for c := range strings.SplitSeq(v, ";") {
					e.Cookies = append(e.Cookies, strings.TrimSpace(c))
				}
			}
		case "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade":
		default:
			e.Headers[name] = strings.Join(values, ",")
		}
	}
	e.Headers["host"] = r.Host
	e.Headers["content-length"] = strconv.Itoa(len(body))
	e.Headers["x-forwarded-for"] = strings.TrimPrefix(e.Headers["x-forwarded-for"]+", "+ip, ", ")
	e.Headers["x-forwarded-proto"] = "http"
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		e.Headers["x-forwarded-port"] = port
	}
	e.Headers["x-amzn-trace-id"] = "Root=1-" + strconv.FormatInt(now.Unix(), 16) + "-" + strings.ReplaceAll(e.RequestContext.RequestID, "-", "")[:24]
	if query := r.URL.Query(); len(query) > 0 {
		e.QueryStringParameters = map[string]string{}
		for name, values := range query {
			e.QueryStringParameters[name] = strings.Join(values, ",")
		}
	}
	if len(body) > 0 {
		if isText(r.Header.Get("Content-Type")) {
			e.Body = string(body)
		} else {
			e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
		}
	}
	return e
}

// isText says whether API Gateway passes a body as it is.
func isText(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	switch kind {
	case "application/json", "application/javascript", "application/xml":
		return true
	}
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+json") || strings.HasSuffix(kind, "+xml")
}

// write sends the answer of a function. An answer without a status code is a
// body of its own.
func write(w http.ResponseWriter, r *http.Request, answer []byte) error {
	var out events.APIGatewayV2HTTPResponse
	var members map[string]json.RawMessage
	if json.Unmarshal(answer, &members) != nil || members["statusCode"] == nil {
		out = events.APIGatewayV2HTTPResponse{StatusCode: 200, Headers: map[string]string{"content-type": "application/json"}, Body: string(answer)}
	} else if err := json.Unmarshal(answer, &out); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if out.StatusCode < 200 || out.StatusCode > 599 {
		return fmt.Errorf("status code %d", out.StatusCode)
	}
	body := []byte(out.Body)
	if out.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(out.Body); err != nil {
			return fmt.Errorf("read body: %w", err)
		}
	}
	h := w.Header()
	for _, name := range slices.Sorted(maps.Keys(out.Headers)) {
		h.Set(name, out.Headers[name])
	}
	for _, cookie := range out.Cookies {
		h.Add("Set-Cookie", cookie)
	}
	if h.Get("Content-Type") == "" && len(body) > 0 {
		h.Set("Content-Type", "text/plain; charset=utf-8")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Apigw-Requestid", uuid.NewString())
	w.WriteHeader(out.StatusCode)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
	return nil
}

// cors adds what the template allows other origins, and answers preflights.
func (a *API) cors(w http.ResponseWriter, r *http.Request) bool {
	c, origin := a.Settings.CORS, r.Header.Get("Origin")
	if c == nil || origin == "" || !slices.Contains(c.Origins, "*") && !slices.Contains(c.Origins, origin) {
		return false
	}
	h := w.Header()
	if slices.Contains(c.Origins, "*") && !c.Credentials {
		origin = "*"
	} else {
		h.Add("Vary", "Origin")
	}
	h.Set("Access-Control-Allow-Origin", origin)
	set := func(name string, values []string) {
		if len(values) > 0 {
			h.Set(name, strings.Join(values, ","))
		}
	}
	set("Access-Control-Expose-Headers", c.Expose)
	if c.Credentials {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	set("Access-Control-Allow-Methods", c.Methods)
	set("Access-Control-Allow-Headers", c.Headers)
	if c.MaxAge > 0 {
		h.Set("Access-Control-Max-Age", strconv.Itoa(c.MaxAge))
	}
	w.WriteHeader(http.StatusNoContent)
	return true
}
