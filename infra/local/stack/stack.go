// Package stack runs everything that template.yaml describes on this machine:
// engines, tables, buckets, functions, what wakes them, and the one origin
// that browsers talk to.
package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"ksbb/infra/local/dynamo"
	"ksbb/infra/local/engine"
	"ksbb/infra/local/front"
	"ksbb/infra/local/issuer"
	"ksbb/infra/local/lambda"
	"ksbb/infra/local/mail"
	"ksbb/infra/local/schedule"
	"ksbb/infra/local/stream"
	"ksbb/infra/local/template"
)

// Options say what to run, and where.
type Options struct {
	Template   string            // file
	Parameters map[string]string // override the template's defaults
	DataDir    string            // everything that is kept
	Bin        string            // holds <function folder>/bootstrap
	Site       string            // files for the public bucket; empty for none
	Port       int               // 0 for a free one
	Progress   io.Writer         // one line for each step and each failure

	DynamoDBBinary string // empty for the installed one
	DynamoDBURL    string // an engine that runs already; empty to start one
	S3URL          string

	// Seed fills an empty ledger; nil leaves it empty.
	Seed func(ctx context.Context, to Seeding) error
	// StewardSecret makes the secret in the private link of a recipient's
	// steward, which on AWS an officer hands over; nil makes none. It returns
	// fs.ErrNotExist for a recipient that is not there.
	StewardSecret func(ctx context.Context, from Seeding, recipient string) (string, error)
	// Staff lists who can sign in to the console; nil lists nobody.
	Staff func(ctx context.Context, from Seeding) ([]issuer.Person, error)
}

// Seeding is what a seed writes to.
type Seeding struct {
	DynamoDB        string // endpoint
	Ledger, Private string // table names
	Parameters      map[string]string
	Progress        func(format string, args ...any)
}

// The logical ids that this program itself has to know.
const (
	publicBucket = "PublicBucket" // what the edge shows
	ledgerTable  = "Ledger"
	privateTable = "Private"
	sweep        = "AuditSweep" // publishes everything that a seed wrote
	reports      = "ReportScheduled"
	reportsPage  = "laporan/index.html"
	siteURL      = "SiteUrl" // parameter: the origin in mails and pages
	edgeTemplate = "infra/edge.yaml"

	// Parameters that name the identity provider of the console.
	staffIssuer = "StaffIssuer"
	staffClient = "StaffClientId"
	staffSignIn = "StaffSignIn"
	staffClaims = "StaffClaims" // what an access token says of an officer
)

// A Stack is running until it is closed.
type Stack struct {
	URL      string // http://localhost:8080
	Template *template.Template
	DynamoDB string // endpoints
	S3       string

	options   Options
	folder    string
	lock      *os.File
	dynamo    *engine.Engine
	s3        *engine.Engine
	db        dynamo.Client
	objects   *s3.Client
	host      *lambda.Host
	guards    guards
	box       mail.Box
	issuer    *issuer.Issuer
	schedules schedule.Table
	streams   []*stream.Poller
	told      *told
	servers   []*http.Server
	listeners []net.Listener
	backstage string // URL that the S3 engine calls
	stop      context.CancelFunc
	work      sync.WaitGroup
	says      sync.Mutex
}

// Start starts everything and returns when all of it works. It stops what it
// started if something does not. The process must have called [child.Become]
// with [engine.Roles] before.
func Start(ctx context.Context, options Options) (*Stack, error) {
	if options.Progress == nil {
		options.Progress = io.Discard
	}
	s := &Stack{options: options}
	if err := s.start(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Stack) say(format string, args ...any) {
	s.says.Lock()
	defer s.says.Unlock()
	line := strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", " ⏎ ")
	fmt.Fprintln(s.options.Progress, line)
}

func (s *Stack) start(ctx context.Context) error {
	if err := s.open(); err != nil {
		return err
	}
	// The desk signs staff in as a region's own provider would.
	given := map[string]string{siteURL: s.URL, staffIssuer: s.issuer.URL, staffSignIn: s.issuer.URL, staffClient: consoleClient}
	parameters := map[string]string{}
	for name, value := range given {
		if ok, err := template.HasParameter(s.options.Template, name); err != nil {
			return err
		} else if ok {
			parameters[name] = value
		}
	}
	for name, value := range s.options.Parameters {
		parameters[name] = value
	}
	var err error
	if s.Template, err = template.Read(s.options.Template, parameters); err != nil {
		return err
	}
	if err := s.startEngines(ctx); err != nil {
		return err
	}
	if err := s.makeTables(ctx); err != nil {
		return err
	}
	if err := s.makeBuckets(ctx); err != nil {
		return err
	}
	if err := s.addFunctions(); err != nil {
		return err
	}
	s.addStreams()
	s.addSchedules()
	if err := s.upload(ctx); err != nil {
		return err
	}
	if err := s.serve(); err != nil {
		return err
	}
	if err := s.seed(ctx); err != nil {
		return err
	}
	running, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.wake(running)
	s.republish(running)
	s.report(running)
	return nil
}

// open takes the data folder and the ports.
func (s *Stack) open() error {
	var err error
	if s.folder, err = filepath.Abs(s.options.DataDir); err != nil {
		return fmt.Errorf("find data folder: %w", err)
	}
	if err := os.MkdirAll(s.folder, 0o755); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	if s.lock, err = lockFolder(s.folder); err != nil {
		return err
	}
	if s.box, err = mail.Open(filepath.Join(s.folder, "mail")); err != nil {
		return err
	}
	public, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(s.options.Port)))
	if err != nil {
		return fmt.Errorf("listen: %w; another PORT may be free", err)
	}
	s.listeners = append(s.listeners, public)
	port := public.Addr().(*net.TCPAddr).Port
	s.URL = fmt.Sprintf("http://localhost:%d", port)
	// Some clients try only the IPv6 address of localhost, where there is one.
	if six, err := net.Listen("tcp", net.JoinHostPort("::1", strconv.Itoa(port))); err == nil {
		s.listeners = append(s.listeners, six)
	}
	if s.told, err = openTold(filepath.Join(s.folder, "checkpoint", "objects.json")); err != nil {
		return err
	}
	backstage, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen backstage: %w", err)
	}
	s.backstage = "http://" + backstage.Addr().String()
	s.serveOn(backstage, s.behind())
	if s.issuer, err = issuer.Open(filepath.Join(s.folder, "issuer.pem"), s.URL+"/_local/oidc"); err != nil {
		return err
	}
	s.host, err = lambda.NewHost(filepath.Join(s.folder, "log"), func(function string, err error) {
		s.say("error %s: %v", function, err)
	})
	return err
}

func (s *Stack) serveOn(l net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	s.servers = append(s.servers, server)
	go func() { _ = server.Serve(l) }()
}

// serve opens the origin.
func (s *Stack) serve() error {
	api := &front.API{Settings: s.Template.API, Issuer: s.issuer}
	for _, f := range s.Template.Functions {
		for _, r := range f.Routes {
			api.Routes = append(api.Routes, front.Route{Route: r, Function: s.host.Pool(f.ID)})
		}
	}
	files := http.NotFoundHandler()
	if b, ok := s.Template.Bucket(publicBucket); ok {
		files = &front.Files{S3: s.objects, Bucket: b.Name}
	}
	desk := s.desk()
	h := front.Handler(api, files, desk)
	edge, err := s.edge()
	if err != nil {
		return err
	}
	if edge != nil {
		h = front.Handler(edge.Wrap(api), edge.Wrap(files), desk)
	}
	for _, l := range s.listeners {
		s.serveOn(l, h)
	}
	s.listeners = nil
	return nil
}

// edge reads what the distribution adds to answers, where the template has one.
// Evidence travels straight to and from the addresses that functions sign.
func (s *Stack) edge() (*front.Edge, error) {
	file := filepath.Join(filepath.Dir(s.options.Template), edgeTemplate)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var signed []string
	for _, g := range s.guards.all {
		if i := slices.IndexFunc(s.Template.Functions, func(f template.Function) bool { return f.ID == g.function }); len(s.Template.Functions[i].Routes) > 0 {
			signed = append(signed, g.url)
		}
	}
	return front.ReadEdge(file, front.Origins{Evidence: signed, SignIn: s.issuer.URL})
}

func (s *Stack) startEngines(ctx context.Context) error {
	began := time.Now()
	webhook := ""
	for _, f := range s.Template.Functions {
		if len(f.Objects) > 0 {
			webhook = s.backstage + objectEvents
		}
	}
	var group sync.WaitGroup
	var dbErr, s3Err error
	group.Go(func() {
		if s.options.DynamoDBURL != "" {
			s.dynamo = engine.Given(s.options.DynamoDBURL)
		} else {
			s.dynamo, dbErr = engine.DynamoDB(ctx, s.folder, s.options.DynamoDBBinary)
		}
	})
	group.Go(func() {
		if s.options.S3URL != "" {
			s.s3 = engine.Given(s.options.S3URL)
		} else {
			s.s3, s3Err = engine.S3(s.folder, template.Region, webhook)
		}
	})
	group.Wait()
	if err := errors.Join(dbErr, s3Err); err != nil {
		return fmt.Errorf("start engines: %w", err)
	}
	s.DynamoDB, s.S3 = s.dynamo.URL, s.s3.URL
	s.db = dynamo.Client{URL: s.dynamo.URL, Region: template.Region}
	s.objects = s3.New(s3.Options{
		BaseEndpoint: &s.s3.URL, Region: template.Region, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(engine.Key, engine.Secret, ""),
	})
	s.say("engines: DynamoDB at %s, S3 at %s (%d ms)", s.DynamoDB, s.S3, time.Since(began).Milliseconds())
	return nil
}

func (s *Stack) addFunctions() error {
	var missing []error
	for _, f := range s.Template.Functions {
		endpoint, err := s.guardFunction(f)
		if err != nil {
			missing = append(missing, err)
			continue
		}
		env := []string{
			"AWS_REGION=" + template.Region, "AWS_DEFAULT_REGION=" + template.Region,
			"AWS_ACCESS_KEY_ID=" + engine.Key, "AWS_SECRET_ACCESS_KEY=" + engine.Secret,
			"AWS_ENDPOINT_URL_DYNAMODB=" + endpoint, "AWS_ENDPOINT_URL_S3=" + endpoint, "AWS_ENDPOINT_URL_SESV2=" + endpoint,
			// Any other service is refused there instead of asked over the network.
			"AWS_ENDPOINT_URL=" + endpoint,
			"AWS_LAMBDA_LOG_FORMAT=" + f.Format, "AWS_LAMBDA_LOG_LEVEL=" + f.Level,
		}
		for name, value := range f.Env {
			env = append(env, name+"="+value)
		}
		_, err = s.host.Add(lambda.Function{
			ID: f.ID, Name: f.Name, ARN: f.ARN, Handler: f.Handler, Program: filepath.Join(s.options.Bin, f.Folder, "bootstrap"),
			Timeout: time.Duration(f.Timeout) * time.Second, Memory: f.Memory, Ceiling: f.Ceiling, Env: env,
		})
		missing = append(missing, err)
	}
	if err := errors.Join(missing...); err != nil {
		return fmt.Errorf("add functions: %w", err)
	}
	s.say("functions: %d", len(s.Template.Functions))
	return nil
}

// Died is closed when an engine has ended by itself; Err then says why.
func (s *Stack) Died() <-chan struct{} {
	died := make(chan struct{})
	go func() {
		select {
		case <-s.dynamo.Died():
		case <-s.s3.Died():
		}
		close(died)
	}()
	return died
}

// Err says which engine has ended, and how.
func (s *Stack) Err() error {
	select {
	case <-s.dynamo.Died():
		return s.dynamo.Err()
	case <-s.s3.Died():
		return s.s3.Err()
	default:
		return nil
	}
}

// Close stops everything and waits until it is gone. Data stays.
func (s *Stack) Close() {
	if s.stop != nil {
		s.stop()
	}
	if s.told != nil {
		s.told.close()
	}
	for _, l := range s.listeners {
		l.Close()
	}
	for _, server := range s.servers {
		server.Close()
	}
	if s.host != nil {
		s.host.Close()
	}
	// Not before the functions are gone: they may be in the middle of a call.
	s.guards.close()
	s.work.Wait()
	// The engines wait for connections that are kept open, ours too.
	http.DefaultClient.CloseIdleConnections()
	var group sync.WaitGroup
	for _, e := range []*engine.Engine{s.dynamo, s.s3} {
		if e != nil {
			group.Go(e.Close)
		}
	}
	group.Wait()
	if s.lock != nil {
		unlockFolder(s.lock)
	}
}
