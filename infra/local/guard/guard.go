// Package guard stands between one function and the services it calls. Every
// call is checked against the Policies that template.yaml gives the function;
// what they do not allow is refused in the words of the service, as it would
// be on AWS, and told to whoever watches.
//
// It understands the calls that functions make of DynamoDB, S3 and SES. Those
// it does not understand are refused too: nothing passes unchecked.
package guard

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"ksbb/infra/local/template"
)

// Services are what allowed calls go to.
type Services struct {
	DynamoDB, S3 string       // endpoints
	Mail         http.Handler // SES
	Transport    http.RoundTripper
	// Names says what the template calls the tables and buckets of this machine.
	Names map[string]string
}

// NewTransport returns a transport that keeps a connection for every call that
// was ever under way at once: functions have many workers, and all calls of all
// of them go to two addresses.
func NewTransport() *http.Transport {
	return &http.Transport{
		MaxIdleConnsPerHost: 1024,
		DisableCompression:  true, // what the function asked for, and nothing else
	}
}

// A Guard answers the calls of one function.
type Guard struct {
	policy   *Policy
	function string
	words    words
	mail     http.Handler
	dynamo   http.Handler
	s3       http.Handler
	refused  func(line string)

	mu   sync.Mutex
	told map[string]bool
}

// New returns the guard of a function, which is named by its logical id. It
// calls refused with one line when something is refused for the first time.
func New(function string, policy *Policy, services Services, refused func(line string)) (*Guard, error) {
	g := &Guard{function: function, policy: policy, words: services.Names, mail: services.Mail, refused: refused, told: map[string]bool{}}
	dynamo, err := forward(services.DynamoDB, services.Transport)
	if err != nil {
		return nil, err
	}
	s3, err := forward(services.S3, services.Transport)
	if err != nil {
		return nil, err
	}
	s3.ModifyResponse = g.hideMissing
	g.dynamo, g.s3 = dynamo, s3
	return g, nil
}

// Permissions returns what the function may do, and what of it it has needed.
func (g *Guard) Permissions() []Permission { return g.policy.Permissions() }

// forward passes calls on as they came.
func forward(endpoint string, transport http.RoundTripper) (*httputil.ReverseProxy, error) {
	to, err := url.Parse(endpoint)
	if err != nil {
		return nil, fmt.Errorf("read endpoint: %w", err)
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host
			// The signature covers both.
			r.Out.Host, r.Out.URL.RawQuery = r.In.Host, r.In.URL.RawQuery
		},
		Transport:  transport,
		BufferPool: buffers,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			// The client has left, or the engine is gone; the stack sees the
			// latter itself.
			w.WriteHeader(http.StatusBadGateway)
		},
	}, nil
}

// ServeHTTP passes a call on or refuses it.
func (g *Guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch service := serviceOf(r); service {
	case dynamoService:
		g.serveDynamo(w, r)
	case sesService:
		g.serveMail(w, r)
	case s3Service:
		g.serveS3(w, r)
	default:
		g.tell(service, fmt.Sprintf("%s calls %s %s %s: not supported here", g.function, service, r.Method, r.URL.Path))
		answer(w, http.StatusNotImplemented, "UnknownOperationException", map[string]string{
			"__type": "UnknownOperationException", "message": "not supported here: " + service,
		})
	}
}

func (g *Guard) serveDynamo(w http.ResponseWriter, r *http.Request) {
	// As large as DynamoDB takes them.
	body, err := whole(w, r, 16<<20)
	if err != nil {
		return
	}
	what, needs, err := g.words.dynamoNeeds(r.Header.Get("X-Amz-Target"), body)
	if refusal := g.refusal(what, needs, err); refusal != "" {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		answer(w, http.StatusBadRequest, "", map[string]string{
			"__type": "com.amazon.coral.service#AccessDeniedException", "message": refusal,
		})
		return
	}
	g.dynamo.ServeHTTP(w, r)
}

func (g *Guard) serveMail(w http.ResponseWriter, r *http.Request) {
	// As large as SES takes them, in base64.
	body, err := whole(w, r, 54<<20)
	if err != nil {
		return
	}
	what, needs, err := mailNeeds(r.Method, r.URL.Path, body)
	if refusal := g.refusal(what, needs, err); refusal != "" {
		answer(w, http.StatusForbidden, "AccessDeniedException", map[string]string{"message": refusal})
		return
	}
	g.mail.ServeHTTP(w, r)
}

func (g *Guard) serveS3(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodOptions {
		// A browser asks about CORS before it uses an address that the
		// function signed. Nobody's permission is needed to ask.
		g.s3.ServeHTTP(w, r)
		return
	}
	what, needs, err := g.words.s3Needs(r)
	if refusal := g.refusal(what, needs, err); refusal != "" {
		// A client that still sends would not read the answer.
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusForbidden)
		if r.Method != http.MethodHead {
			_, _ = w.Write(denied(refusal))
		}
		return
	}
	// S3 may answer before it has the whole file. A server that then reads the
	// rest of it takes it from the hands that pass it on, and the answer is cut
	// off.
	if err := http.NewResponseController(w).EnableFullDuplex(); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	g.s3.ServeHTTP(w, r)
}

// hideMissing answers as S3 does to whoever may read objects but not see which
// there are: a missing one is as forbidden as any.
func (g *Guard) hideMissing(r *http.Response) error {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.Request.URL.Path, "/"), "/")
	head := r.Request.Method == http.MethodHead
	if r.StatusCode != http.StatusNotFound || key == "" || !head && r.Request.Method != http.MethodGet {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	r.Body.Close()
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if head || bytes.Contains(body, []byte("<Code>NoSuchKey</Code>")) {
		if n := g.words.objectsOf(bucket); !g.policy.allows(n) {
			g.tell("missing "+bucket, fmt.Sprintf("%s may not %s, so %s, which is missing, looks forbidden: %s", g.function, n, key, noStatement))
			r.StatusCode, r.Status = http.StatusForbidden, "403 Forbidden"
			if !head {
				body = denied(g.explain(n))
			}
			r.Header.Set("Content-Type", "application/xml")
			r.Header.Set("Content-Length", strconv.Itoa(len(body)))
			r.ContentLength = int64(len(body))
		}
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

// refusal says why a call is refused, in the words of AWS; empty if it is not.
func (g *Guard) refusal(what string, needs []need, err error) string {
	if err != nil {
		g.tell(what, fmt.Sprintf("%s calls %s: %v", g.function, what, err))
		return what + ": " + err.Error()
	}
	for _, n := range needs {
		if !g.policy.allows(n) {
			g.tell(n.action+" "+n.on, fmt.Sprintf("%s may not %s: %s", g.function, n, noStatement))
			return g.explain(n)
		}
	}
	return ""
}

const noStatement = "no statement of its Policies allows it (template.yaml)"

// explain says why a call is refused, as AWS would say it.
func (g *Guard) explain(n need) string {
	return fmt.Sprintf("User: arn:aws:sts::%s:assumed-role/%s is not authorized to perform: %s on resource: %s because no identity-based policy allows the %s action",
		template.Account, g.function, n.action, n.resources[0], n.action)
}

// tell tells a thing once: a batch that is refused is tried again and again.
func (g *Guard) tell(thing, line string) {
	g.mu.Lock()
	known := g.told[thing]
	g.told[thing] = true
	g.mu.Unlock()
	if !known {
		g.refused(line)
	}
}

// whole reads the body of a call, and leaves it there to be read again.
func whole(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return nil, fmt.Errorf("read body: %w", err)
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return body, nil
}

// answer writes a refusal in JSON. Its kind also stands in a header, for the
// services that put it there.
func answer(w http.ResponseWriter, status int, kind string, body map[string]string) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	if kind != "" {
		w.Header().Set("X-Amzn-Errortype", kind)
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// denied is how S3 refuses.
func denied(message string) []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header + "<Error><Code>AccessDenied</Code><Message>")
	_ = xml.EscapeText(&b, []byte(message)) // a buffer takes everything
	b.WriteString("</Message></Error>")
	return b.Bytes()
}

// buffers are what answers are copied through.
var buffers = &bufferPool{}

type bufferPool struct{ pool sync.Pool }

func (p *bufferPool) Get() []byte {
	if b, ok := p.pool.Get().(*[]byte); ok {
		return *b
	}
	return make([]byte, 32<<10)
}

func (p *bufferPool) Put(b []byte) { p.pool.Put(&b) }
