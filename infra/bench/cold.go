package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"ksbb/infra/local/lambda"
	"ksbb/infra/local/template"
)

// coldTarget is how much later than the hello-world a function may answer first.
const coldTarget = 5 * time.Millisecond

// starter is a function that is started anew for each measurement.
type starter struct {
	lambda.Function
	event  []byte
	asked  string // the event, in words
	refuse bool   // the answer is an error
	size   int64
	took   sample
}

// cold measures exec → first answer of every function.
func (b *bench) cold(ctx context.Context, _ []string) error {
	e, err := b.startEngines(ctx)
	if err != nil {
		return err
	}
	defer e.close()
	hello, err := b.buildHello(ctx)
	if err != nil {
		return err
	}
	all := []*starter{hello}
	for _, f := range e.template.Functions {
		s, err := b.starterOf(f, e)
		if err != nil {
			return err
		}
		all = append(all, s)
	}
	n := b.times(31)
	for i := range n + 1 { // the first reads the binaries from the disk
		for _, s := range all {
			if err := ctx.Err(); err != nil {
				return err
			}
			d, err := b.first(ctx, s)
			if err != nil {
				return fmt.Errorf("%s: %w", s.Name, err)
			}
			if i > 0 {
				s.took = append(s.took, d)
			}
		}
	}
	b.out.line("\n## cold: exec → first answer\n")
	b.out.line("A new process each time, in turns, behind the local Runtime API; its engines run and hold no recipient. Time until the first answer has arrived. " +
		"All are built with `CGO_ENABLED=0 go build -tags lambda.norpc -trimpath -ldflags '-s -w'`.")
	var rows [][]string
	for _, s := range all {
		row := append(s.took.row(s.Name), fmt.Sprintf("%.1f MB", float64(s.size)/1e6), s.asked)
		if s == hello {
			row = append(row, "")
		} else {
			row = append(row, verdict(s.took.median(), hello.took.median()+coldTarget))
		}
		rows = append(rows, row)
	}
	b.out.table(append(slices.Clone(sampleHead), "binary", "event", "median ≤ hello + 5 ms"), rows)
	return nil
}

// buildHello builds the hello-world as the functions are built.
func (b *bench) buildHello(ctx context.Context) (*starter, error) {
	program := filepath.Join(b.folder, "hello", "bootstrap")
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", "lambda.norpc", "-trimpath", "-ldflags", "-s -w", "-o", program, "./hello")
	cmd.Dir = filepath.Join(b.root, "infra", "bench")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build hello: %w\n%s", err, out)
	}
	return sized(&starter{
		Function: lambda.Function{ID: "Hello", Name: "hello", Program: program, Handler: "bootstrap", Timeout: time.Minute, Memory: 256},
		event:    []byte("{}"), asked: "{}",
	})
}

// starterOf prepares a function of the template.
func (b *bench) starterOf(f template.Function, e *engines) (*starter, error) {
	s := &starter{Function: lambda.Function{
		ID: f.ID, Name: f.Folder, ARN: f.ARN, Handler: f.Handler, Program: filepath.Join(b.root, "build", "bin", f.Folder, "bootstrap"),
		Timeout: time.Minute, Memory: f.Memory, Env: append(e.environment(), "AWS_LAMBDA_LOG_FORMAT="+f.Format),
	}}
	for name, value := range f.Env {
		s.Env = append(s.Env, name+"="+value)
	}
	var event any
	switch {
	case len(f.Routes) > 0:
		path := firstRead(f)
		request := events.APIGatewayV2HTTPRequest{Version: "2.0", RawPath: path, Headers: map[string]string{"accept": "*/*"}}
		request.RequestContext.DomainName = "localhost"
		request.RequestContext.RequestID = "bench"
		request.RequestContext.HTTP.Method, request.RequestContext.HTTP.Path = "GET", path
		request.RequestContext.HTTP.SourceIP = "127.0.0.1"
		event, s.asked = request, "GET "+path
	case len(f.Objects) > 0:
		event, s.asked = events.S3Event{Records: []events.S3EventRecord{}}, "empty event"
	case len(f.Streams) > 0:
		event, s.asked = events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{}}, "empty batch"
	default:
		// A sweep of even an empty region is long work, and not its start.
		event, s.asked, s.refuse = map[string]string{"time": "never"}, "one it refuses", true
	}
	var err error
	if s.event, err = json.Marshal(event); err != nil {
		return nil, fmt.Errorf("encode event of %s: %w", f.ID, err)
	}
	return sized(s)
}

func sized(s *starter) (*starter, error) {
	file, err := os.Stat(s.Program)
	if err != nil {
		return nil, fmt.Errorf("find program of %s: %w", s.Name, err)
	}
	s.size = file.Size()
	return s, nil
}

// first starts a function, has it answer once and ends it.
func (b *bench) first(ctx context.Context, s *starter) (time.Duration, error) {
	host, err := lambda.NewHost(filepath.Join(b.folder, "log"), func(string, error) {})
	if err != nil {
		return 0, err
	}
	defer host.Close()
	pool, err := host.Add(s.Function)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	answer, err := pool.Invoke(ctx, s.event)
	took := time.Since(began)
	var refusal *lambda.Error
	switch {
	case s.refuse && errors.As(err, &refusal) && len(refusal.Body) > 0:
		return took, nil // it came from the function, so it had started
	case s.refuse:
		return 0, fmt.Errorf("answered %s, %v; want a refusal", answer, err)
	case err != nil:
		return 0, err
	}
	var answered struct{ StatusCode int }
	if json.Unmarshal(answer, &answered) == nil && answered.StatusCode >= 300 && answered.StatusCode != http.StatusNotFound {
		return 0, fmt.Errorf("answered %s", answer)
	}
	return took, nil
}

// firstRead returns a path that a function answers without being known to it:
// the challenge where it makes one, or else the first of its reads, with nothing
// where names belong. That is answered with "not found", by the function's own
// code. A function that is only written to tells what it takes.
func firstRead(f template.Function) string {
	var reads []string
	for _, r := range f.Routes {
		if r.Method == http.MethodGet && r.Path != "/v1/openapi.json" {
			reads = append(reads, named.ReplaceAllString(r.Path, "none"))
		}
	}
	if slices.Contains(reads, "/v1/challenge") {
		return "/v1/challenge"
	}
	if len(reads) == 0 {
		return "/v1/openapi.json"
	}
	return slices.Min(reads)
}

var named = regexp.MustCompile(`\{[^}]*\}`)
