// Package functions holds what is true of all functions together: that each
// folder is one resource of template.yaml and the other way round, that the
// environment is the one its package comment names, and which package may
// import which.
package functions

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"ksbb/shared/page"
	"ksbb/shared/problem"
)

// template is the part of template.yaml that these tests look at.
type template struct {
	Globals struct {
		Function struct {
			Runtime     string
			Handler     string
			Environment environment
		}
	}
	Resources map[string]resource
}

type resource struct {
	Type           string
	DeletionPolicy string
	Properties     json.RawMessage
}

type environment struct{ Variables map[string]any }

type function struct {
	CodeURI     string `json:"CodeUri"`
	Timeout     int
	Environment environment
	Policies    []struct{ Statement []statement }
	Events      map[string]event
}

type statement struct {
	Action    any
	Resource  any
	Condition map[string]map[string]any
}

type event struct {
	Type       string
	Properties json.RawMessage
}

func readTemplate(t *testing.T) template {
	t.Helper()
	var parsed template
	readYAML(t, "../template.yaml", &parsed)
	return parsed
}

// readYAML reads a template through JSON, so that CloudFormation's spelling
// needs no tag on each field.
func readYAML(t *testing.T, file string, into any) {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var loose any
	if err := yaml.Unmarshal(body, &loose); err != nil {
		t.Fatal(err)
	}
	if body, err = json.Marshal(loose); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatal(err)
	}
}

// functionsOf returns the functions of the template by the folder they are
// built from.
func functionsOf(t *testing.T, all template) map[string]function {
	t.Helper()
	found := map[string]function{}
	for name, r := range all.Resources {
		if r.Type != "AWS::Serverless::Function" {
			continue
		}
		var f function
		if err := json.Unmarshal(r.Properties, &f); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		folder := strings.TrimSuffix(strings.TrimPrefix(f.CodeURI, "functions/"), "/")
		found[folder] = f
		if got := pascal(folder); got != name {
			t.Errorf("resource %s is built from %s; want the resource %s", name, f.CodeURI, got)
		}
	}
	return found
}

func pascal(folder string) string {
	var name strings.Builder
	for _, word := range strings.Split(folder, "-") {
		name.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return name.String()
}

func folders(t *testing.T) []string {
	t.Helper()
	mains, err := filepath.Glob("*/main.go")
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range mains {
		mains[i] = filepath.Dir(m)
	}
	return mains
}

func TestEveryFolderIsOneResourceAndTheOtherWayRound(t *testing.T) {
	all := readTemplate(t)
	if all.Globals.Function.Handler != "bootstrap" || all.Globals.Function.Runtime != "provided.al2023" {
		t.Errorf("functions run %s on %s", all.Globals.Function.Handler, all.Globals.Function.Runtime)
	}
	declared := slices.Sorted(maps.Keys(functionsOf(t, all)))
	if built := folders(t); !slices.Equal(built, declared) {
		t.Errorf("folders %v, resources %v", built, declared)
	}
}

var envName = regexp.MustCompile(`\b[A-Z]+(?:_[A-Z]+)+\b`)

func TestPackageCommentNamesTheEnvironment(t *testing.T) {
	all := readTemplate(t)
	declared := functionsOf(t, all)
	for _, folder := range folders(t) {
		want := map[string]bool{}
		for name := range all.Globals.Function.Environment.Variables {
			want[name] = true
		}
		for name := range declared[folder].Environment.Variables {
			if name != "GOMEMLIMIT" { // the runtime of Go reads it, not main
				want[name] = true
			}
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, "main.go"), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		said := map[string]bool{}
		for _, name := range envName.FindAllString(file.Doc.Text(), -1) {
			said[name] = true
		}
		read := map[string]bool{}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return true
			}
			if name, ok := call.Fun.(*ast.Ident); ok && name.Name == "env" {
				if arg, ok := call.Args[0].(*ast.BasicLit); ok {
					read[strings.Trim(arg.Value, `"`)] = true
				}
			}
			return true
		})
		if !maps.Equal(said, want) || !maps.Equal(read, want) {
			t.Errorf("%s: template sets %v, comment names %v, main reads %v", folder,
				slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(said)), slices.Sorted(maps.Keys(read)))
		}
	}
}

// pure packages decide; they touch nothing outside themselves.
var pure = []string{"aid", "area", "atom", "region", "tally", "publish", "page", "document", "picture", "problem", "demo", "evidence", "report", "release"}

// forbidden is the table of imports that must not be, each with its reason. A
// dependency through another package counts.
var forbidden = []struct {
	packages []string
	imports  []string
	reason   string
}{
	{pure, []string{"github.com/aws/", "ksbb/shared/table", "ksbb/shared/blob", "ksbb/shared/mail"}, "a rule that needs the cloud cannot be tested without it"},
	{[]string{"aid", "area"}, []string{"ksbb/shared/region", "ksbb/shared/tally", "ksbb/shared/publish", "ksbb/shared/page"}, "words stand below everything that uses them"},
	{[]string{"tally", "region", "problem"}, []string{"ksbb/shared/publish", "ksbb/shared/page", "ksbb/shared/web"}, "arrows point one way"},
	{[]string{"publish"}, []string{"ksbb/shared/page"}, "the publisher orders files; what a page says is not its business"},
	{[]string{"publish", "page", "report"}, []string{"github.com/xuri/", "codeberg.org/go-pdf/", "github.com/go-analyze/"}, "what every change wakes carries no workbook and no printing press"},
	{[]string{"report"}, []string{"ksbb/shared/publish", "ksbb/shared/page"}, "a report is figures and sentences; where it is kept and how it looks is not its business"},
	{[]string{"release"}, []string{"ksbb/shared/page", "ksbb/shared/report/print", "ksbb/shared/report/workbook"}, "what a run writes and in which order is tested without a printing press"},
	{[]string{"page"}, []string{"ksbb/shared/publish"}, "a page is rendered from facts, not from files"},
	{[]string{"table"}, []string{"ksbb/shared/publish", "ksbb/shared/page", "ksbb/shared/region", "ksbb/shared/web"}, "the ledger stores what was decided elsewhere"},
	{[]string{"web", "mail", "stream", "problem"}, []string{"ksbb/shared/table", "ksbb/shared/blob"}, "transport knows no storage"},
}

// direct imports that must not be in pure packages: time, identity and
// randomness arrive as arguments.
var impure = map[string]string{
	"os": "the environment is read in main", "math/rand": "randomness arrives as an argument",
	"crypto/rand": "randomness arrives as an argument", "net/http": "transport belongs to the edge",
	"log/slog": "logging belongs to the edge",
}

func TestImportsPointOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", "ksbb/shared/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	type listed struct {
		ImportPath    string
		Imports, Deps []string
	}
	seen := 0
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p listed
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, "ksbb/shared/")
		seen++
		for _, rule := range forbidden {
			if !slices.Contains(rule.packages, name) {
				continue
			}
			for _, dep := range p.Deps {
				for _, bad := range rule.imports {
					if dep == bad || strings.HasSuffix(bad, "/") && strings.HasPrefix(dep, bad) {
						t.Errorf("%s depends on %s: %s", name, dep, rule.reason)
					}
				}
			}
		}
		if slices.Contains(pure, name) {
			for _, dep := range p.Imports {
				if reason, bad := impure[dep]; bad {
					t.Errorf("%s imports %s: %s", name, dep, reason)
				}
			}
		}
	}
	if seen < len(pure) {
		t.Fatalf("only %d packages listed", seen)
	}
}

// clockReads finds calls that make a pure package depend on when it runs.
var clockReads = regexp.MustCompile(`\btime\.(Now|Since|Until|LoadLocation|After|Tick)\(`)

func TestPurePackagesReadNoClock(t *testing.T) {
	for _, name := range pure {
		files, err := filepath.Glob(filepath.Join("..", "shared", name, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files of %s: %v", name, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if call := clockReads.Find(body); call != nil {
				t.Errorf("%s calls %s: time arrives as an argument", file, call)
			}
		}
	}
}

// Every type of a problem is a page that says in plain words what to do.
func TestEveryProblemHasItsPage(t *testing.T) {
	said, shown := slices.Sorted(slices.Values(problem.Slugs)), slices.Sorted(slices.Values(page.Problems))
	if !slices.Equal(said, shown) {
		t.Errorf("problems %v, pages %v", said, shown)
	}
}

// texts returns every string below v.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, item := range v {
			all = append(all, texts(item)...)
		}
		return all
	}
	return nil
}

func TestPoliciesAllowNothingByStar(t *testing.T) {
	for folder, f := range functionsOf(t, readTemplate(t)) {
		if len(f.Policies) == 0 {
			t.Errorf("%s has no policy of its own", folder)
		}
		for _, p := range f.Policies {
			for _, s := range p.Statement {
				for _, action := range texts(s.Action) {
					if strings.Contains(action, "*") {
						t.Errorf("%s may do %s", folder, action)
					}
				}
				for _, resource := range texts(s.Resource) {
					// All objects of one bucket, or of one folder in it, is as
					// near as a policy gets to what is written there.
					if strings.Contains(strings.TrimSuffix(resource, "/*"), "*") {
						t.Errorf("%s may touch %s", folder, resource)
					}
				}
			}
		}
	}
}

// A gateway that does not ask leaves the question to code that may forget it.
func TestEveryAddressOfStaffAsksForAToken(t *testing.T) {
	asked := 0
	for folder, f := range functionsOf(t, readTemplate(t)) {
		routes := 0
		for name, e := range f.Events {
			if e.Type != "HttpApi" {
				continue
			}
			routes++
			var p struct {
				Method, Path string
				Auth         struct{ Authorizer string }
			}
			if err := json.Unmarshal(e.Properties, &p); err != nil {
				t.Fatal(err)
			}
			staff := strings.HasPrefix(p.Path, "/v1/staff/") && p.Method+" "+p.Path != "GET /v1/staff/sign-in"
			if staff != (p.Auth.Authorizer == "Staff") {
				t.Errorf("%s.%s: %s %s is asked for a token of %q", folder, name, p.Method, p.Path, p.Auth.Authorizer)
			}
			if staff {
				asked++
			}
		}
		// Each takes some 420 bytes of the 20 KB that the policy of a function has.
		if routes > 45 {
			t.Errorf("%s has %d routes: the permissions to call it do not fit into its policy", folder, routes)
		}
	}
	if asked == 0 {
		t.Error("no address asks for a token")
	}
}

// The trail of what staff did can be added to. A function that could change or
// remove items of the private table without saying which could do it to the trail.
func TestNobodyMayChangeTheTrail(t *testing.T) {
	alters := []string{"dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}
	limited := 0
	for folder, f := range functionsOf(t, readTemplate(t)) {
		for _, p := range f.Policies {
			for _, s := range p.Statement {
				actions := texts(s.Action)
				if !slices.Contains(texts(s.Resource), "Private.Arn") ||
					!slices.ContainsFunc(actions, func(a string) bool { return slices.Contains(alters, a) }) {
					continue
				}
				keys := texts(s.Condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"])
				if len(keys) == 0 {
					t.Errorf("%s may %v any item of the private table", folder, actions)
					continue
				}
				limited++
				for _, key := range keys {
					for _, trail := range []string{"AUDIT#2026-03-01", "AUDITOF#x", "AUDITBY#x", "AUDITID#x"} {
						if like, err := path.Match(key, trail); err != nil || like {
							t.Errorf("%s may %v %s, which %s is one of: %v", folder, actions, key, trail, err)
						}
					}
				}
			}
		}
	}
	if limited == 0 {
		t.Error("no statement names what it changes in the private table")
	}
}

// The publisher cannot leak what it cannot read.
func TestPublishersMayNotReadThePrivateTable(t *testing.T) {
	declared := functionsOf(t, readTemplate(t))
	for _, folder := range []string{"publish-stream", "audit-sweep", "report-scheduled"} {
		f, ok := declared[folder]
		if !ok {
			t.Fatalf("no function %s", folder)
		}
		for _, p := range f.Policies {
			for _, s := range p.Statement {
				for _, resource := range texts(s.Resource) {
					if strings.HasPrefix(resource, "Private") {
						t.Errorf("%s may touch %s", folder, resource)
					}
				}
			}
		}
		if _, ok := f.Environment.Variables["PRIVATE_TABLE"]; ok {
			t.Errorf("%s knows the name of the private table", folder)
		}
	}
}

func TestStreamsRetryBisectAndKeepWhatFailed(t *testing.T) {
	streams := 0
	for folder, f := range functionsOf(t, readTemplate(t)) {
		for name, e := range f.Events {
			if e.Type != "DynamoDB" {
				continue
			}
			streams++
			var p struct {
				BisectBatchOnFunctionError bool
				MaximumRetryAttempts       int
				FunctionResponseTypes      []string
				DestinationConfig          struct{ OnFailure struct{ Type string } }
			}
			if err := json.Unmarshal(e.Properties, &p); err != nil {
				t.Fatal(err)
			}
			if !p.BisectBatchOnFunctionError || p.MaximumRetryAttempts != 5 || p.DestinationConfig.OnFailure.Type != "S3" ||
				!slices.Contains(p.FunctionResponseTypes, "ReportBatchItemFailures") {
				t.Errorf("%s.%s: %+v", folder, name, p)
			}
		}
	}
	if streams == 0 {
		t.Error("no function listens to a stream")
	}
}

func TestBucketsAndTablesArePrivateAndKept(t *testing.T) {
	kept := 0
	for name, r := range readTemplate(t).Resources {
		switch r.Type {
		case "AWS::S3::Bucket":
			var p struct {
				VersioningConfiguration        struct{ Status string }
				BucketEncryption               any
				PublicAccessBlockConfiguration struct {
					BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets bool
				}
			}
			if err := json.Unmarshal(r.Properties, &p); err != nil {
				t.Fatal(err)
			}
			if b := p.PublicAccessBlockConfiguration; !b.BlockPublicAcls || !b.BlockPublicPolicy || !b.IgnorePublicAcls || !b.RestrictPublicBuckets ||
				p.VersioningConfiguration.Status != "Enabled" || p.BucketEncryption == nil {
				t.Errorf("bucket %s: %+v", name, p)
			}
		case "AWS::DynamoDB::Table":
			var p struct {
				BillingMode                      string
				DeletionProtectionEnabled        bool
				PointInTimeRecoverySpecification struct{ PointInTimeRecoveryEnabled bool }
				StreamSpecification              struct{ StreamViewType string }
			}
			if err := json.Unmarshal(r.Properties, &p); err != nil {
				t.Fatal(err)
			}
			if !p.DeletionProtectionEnabled || !p.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled || p.BillingMode != "PAY_PER_REQUEST" {
				t.Errorf("table %s: %+v", name, p)
			}
			if view := p.StreamSpecification.StreamViewType; view != "" && view != "KEYS_ONLY" {
				t.Errorf("the stream of %s carries %s; want keys only", name, view)
			}
			if name == "Private" && p.StreamSpecification.StreamViewType != "" {
				t.Error("the private table has a stream")
			}
		default:
			continue
		}
		kept++
		if r.DeletionPolicy != "Retain" {
			t.Errorf("%s would be deleted with the stack", name)
		}
	}
	if kept == 0 {
		t.Error("no bucket and no table in the template")
	}
}

func TestEveryFunctionHasAlarmsAndAnEndToItsLog(t *testing.T) {
	all := readTemplate(t)
	var alarms struct {
		Resources map[string]struct{ Type string }
	}
	readYAML(t, "../infra/alarms.yaml", &alarms)
	for folder, f := range functionsOf(t, all) {
		name := pascal(folder)
		wanted := []string{"Errors", "Throttles", "Slow"}
		for _, e := range f.Events {
			if e.Type == "DynamoDB" {
				wanted = append(wanted, "Behind")
			}
		}
		for _, alarm := range wanted {
			if alarms.Resources[name+alarm].Type != "AWS::CloudWatch::Alarm" {
				t.Errorf("%s has no alarm %s%s", folder, name, alarm)
			}
		}
		var log struct{ RetentionInDays int }
		if err := json.Unmarshal(all.Resources[name+"Log"].Properties, &log); err != nil || log.RetentionInDays == 0 {
			t.Errorf("the log of %s is kept for ever: %v", folder, err)
		}
	}
}
