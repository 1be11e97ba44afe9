package template

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"ksbb/infra/local/cron"
	"ksbb/infra/local/pattern"
)

// A Function is one Lambda function: a binary and what wakes it.
type Function struct {
	ID, Name string
	Folder   string // last element of CodeUri: the binary is <Folder>/bootstrap
	ARN      string
	Handler  string
	Memory   int // MB
	Timeout  int // seconds
	Ceiling  int // most workers at once; 0 for no ceiling of its own
	Retries  int // of an asynchronous invocation that failed
	Format   string
	Level    string
	Env      map[string]string
	Policies []Statement // all that the function may do

	Routes    []Route
	Streams   []Stream
	Schedules []Schedule
	Objects   []Objects
}

// A Route is one method and path of the HTTP API. Method "ANY" matches all.
type Route struct {
	Method, Path string
	Authorizer   string // empty for an open route
	Scopes       []string
}

// A Stream feeds the changes of a table to a function.
type Stream struct {
	ID        string // logical id of the event
	Table     string // table name
	BatchSize int
	Window    int  // seconds to wait for a batch to fill
	Latest    bool // begin with what comes, not with what is there
	Bisect    bool
	Partial   bool // the function names the first record it could not handle
	Retries   int  // -1 for as long as the record lives
	MaxAge    int  // seconds; -1 for as long as the record lives
	Filters   []pattern.Pattern
	Failures  string // bucket that receives what could not be handled; empty for none
}

// A Schedule wakes a function at times.
type Schedule struct {
	ID    string // logical id of the event
	When  cron.Expression
	Input string // JSON, with the scheduler's <aws.scheduler.…> words in it
	Off   bool
}

// Objects wakes a function when objects of a bucket change.
type Objects struct {
	Bucket         string
	Events         []string // s3:ObjectCreated:*
	Prefix, Suffix string
}

func (in *reader) function(id string, p *object) Function {
	code := p.text("CodeUri", "")
	f := Function{
		ID: id, Folder: path.Base(strings.TrimSuffix(code, "/")),
		Name: in.resolve.attributes[id]["Ref"], ARN: in.resolve.attributes[id]["Arn"],
		Handler: p.text("Handler", "bootstrap"),
		Memory:  p.number("MemorySize", 128), Timeout: p.number("Timeout", 3),
		Ceiling: p.number("ReservedConcurrentExecutions", 0),
		Env:     map[string]string{},
	}
	p.read["FunctionName"] = true
	if code == "" {
		in.fail(p.path+".CodeUri", "missing: only functions built from a folder are supported here")
	}
	p.oneOf("Runtime", "provided.al2023")
	p.oneOf("PackageType", "Zip")

	log := p.inner("LoggingConfig")
	f.Format = log.oneOf("LogFormat", "Text", "JSON")
	f.Level = log.text("ApplicationLogLevel", "")
	log.end()

	invoke := p.inner("EventInvokeConfig")
	f.Retries = invoke.number("MaximumRetryAttempts", 2)
	invoke.end()

	env := p.inner("Environment")
	variables := env.inner("Variables")
	for _, name := range variables.names() {
		f.Env[name] = variables.text(name, "")
	}
	env.end()

	f.Policies = in.policies(p)

	events := p.inner("Events")
	for _, name := range events.names() {
		in.event(&f, name, in.object(events.path+"."+name, "event", events.members[name]))
	}
	p.end()
	return f
}

func (in *reader) event(f *Function, id string, e *object) {
	kind := e.text("Type", "")
	p := e.inner("Properties")
	p.kind = "event " + kind
	e.end()
	switch kind {
	case "HttpApi":
		f.Routes = append(f.Routes, in.route(p))
	case "DynamoDB":
		f.Streams = append(f.Streams, in.stream(id, p))
	case "ScheduleV2":
		f.Schedules = append(f.Schedules, in.schedule(id, p))
	case "S3":
		f.Objects = append(f.Objects, in.objects(p))
	default:
		in.fail(e.path+".Type", kind+": not supported here")
		return
	}
	p.end()
}

func (in *reader) route(p *object) Route {
	p.read["ApiId"] = true // there is one HTTP API
	p.oneOf("PayloadFormatVersion", "2.0")
	p.oneOf("TimeoutInMillis", "30000")
	r := Route{Method: strings.ToUpper(p.text("Method", "ANY")), Path: p.text("Path", "")}
	if r.Method == "X-AMAZON-APIGATEWAY-ANY-METHOD" {
		r.Method = "ANY"
	}
	if !strings.HasPrefix(r.Path, "/") {
		in.fail(p.path+".Path", "wants a path: not supported here otherwise")
	}
	auth := p.inner("Auth")
	r.Authorizer = auth.text("Authorizer", "")
	r.Scopes = auth.texts("AuthorizationScopes")
	auth.end()
	return r
}

func (in *reader) stream(id string, p *object) Stream {
	s := Stream{
		ID: id, BatchSize: p.number("BatchSize", 100), Window: p.number("MaximumBatchingWindowInSeconds", 0),
		Latest: p.oneOf("StartingPosition", "TRIM_HORIZON", "LATEST") == "LATEST",
		Bisect: p.flag("BisectBatchOnFunctionError", false), Retries: p.number("MaximumRetryAttempts", -1),
		MaxAge: p.number("MaximumRecordAgeInSeconds", -1),
	}
	if !p.flag("Enabled", true) {
		in.fail(p.path+".Enabled", "false: not supported here")
	}
	arn := p.text("Stream", "")
	_, rest, ok := strings.Cut(arn, ":table/")
	s.Table, _, _ = strings.Cut(rest, "/")
	if !ok {
		in.fail(p.path+".Stream", "wants the stream of a table of this template")
	}
	for _, kind := range p.texts("FunctionResponseTypes") {
		s.Partial = s.Partial || kind == "ReportBatchItemFailures"
		if kind != "ReportBatchItemFailures" {
			in.fail(p.path+".FunctionResponseTypes", kind+": not supported here")
		}
	}
	if p.has("DestinationConfig") {
		config := p.inner("DestinationConfig")
		to := config.inner("OnFailure")
		to.oneOf("Type", "S3")
		if bucket, ok := strings.CutPrefix(to.text("Destination", ""), "arn:aws:s3:::"); ok {
			s.Failures = bucket
		} else {
			in.fail(to.path+".Destination", "only a bucket: not supported here otherwise")
		}
		to.end()
		config.end()
	}
	criteria := p.inner("FilterCriteria")
	for _, filter := range criteria.inners("Filters") {
		pat, err := pattern.Parse([]byte(filter.text("Pattern", "")))
		if err != nil {
			in.fail(filter.path+".Pattern", err.Error())
		}
		s.Filters = append(s.Filters, pat)
		filter.end()
	}
	criteria.end()
	return s
}

func (in *reader) schedule(id string, p *object) Schedule {
	when, err := cron.Parse(p.text("ScheduleExpression", ""), p.text("ScheduleExpressionTimezone", "UTC"))
	if err != nil {
		in.fail(p.path+".ScheduleExpression", err.Error())
	}
	s := Schedule{ID: id, When: when, Input: p.text("Input", ""), Off: p.oneOf("State", "ENABLED", "DISABLED") == "DISABLED"}
	if s.Input != "" && !json.Valid([]byte(s.Input)) {
		in.fail(p.path+".Input", "is not JSON")
	}
	return s
}

func (in *reader) objects(p *object) Objects {
	o := Objects{Bucket: p.text("Bucket", ""), Events: p.texts("Events")}
	// Ref of a bucket gives its name; SAM wants the logical id, which is the
	// same thing written !Ref.
	for _, e := range o.Events {
		if !strings.HasPrefix(e, "s3:ObjectCreated:") && !strings.HasPrefix(e, "s3:ObjectRemoved:") {
			in.fail(p.path+".Events", e+": not supported here")
		}
	}
	filter := p.inner("Filter")
	key := filter.inner("S3Key")
	for _, rule := range key.inners("Rules") {
		switch name := rule.text("Name", ""); name {
		case "prefix":
			o.Prefix = rule.text("Value", "")
		case "suffix":
			o.Suffix = rule.text("Value", "")
		default:
			in.fail(rule.path+".Name", name+": not supported here")
		}
		rule.end()
	}
	key.end()
	filter.end()
	return o
}

// Wants says whether an event of a key is among those asked for. The event's
// name is written without its leading "s3:", as in the record.
func (o Objects) Wants(event, key string) bool {
	asked := slices.ContainsFunc(o.Events, func(e string) bool {
		e = strings.TrimPrefix(e, "s3:")
		group, all := strings.CutSuffix(e, "*")
		return e == event || all && strings.HasPrefix(event, group)
	})
	return asked && strings.HasPrefix(key, o.Prefix) && strings.HasSuffix(key, o.Suffix)
}

// String names the route as API Gateway does.
func (r Route) String() string { return fmt.Sprintf("%s %s", r.Method, r.Path) }
