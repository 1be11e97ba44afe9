// Package template reads template.yaml, the file that says what runs on AWS,
// into what has to run on this machine: functions with their events, tables,
// buckets and the HTTP API.
//
// It starts nothing. Every resource type and every property is either used,
// or listed in laptop.go with the reason why it means nothing here, or an
// error that names it: local and deployed wiring cannot drift apart unseen.
package template

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Region and Account are where a laptop stands.
const (
	Region  = "ap-southeast-3"
	Account = "000000000000"
)

// A Template is what one template.yaml asks for.
type Template struct {
	Parameters map[string]string // as they were resolved
	API        API
	Functions  []Function // sorted by logical id
	Tables     []Table
	Buckets    []Bucket
}

// Bucket returns the bucket with a logical id.
func (t *Template) Bucket(id string) (Bucket, bool) {
	i := slices.IndexFunc(t.Buckets, func(b Bucket) bool { return b.ID == id })
	if i < 0 {
		return Bucket{}, false
	}
	return t.Buckets[i], true
}

// Table returns the table with a logical id.
func (t *Template) Table(id string) (Table, bool) {
	i := slices.IndexFunc(t.Tables, func(b Table) bool { return b.ID == id })
	if i < 0 {
		return Table{}, false
	}
	return t.Tables[i], true
}

// Read reads the template at file. Parameters override the template's own
// defaults; every one must be a parameter of the template. The error lists
// everything that is not understood, one per line.
func Read(file string, parameters map[string]string) (*Template, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read template: %w", err)
	}
	return Parse(filepath.Base(file), text, parameters)
}

// Parse is [Read] of a text; name is what errors call it.
func Parse(name string, text []byte, parameters map[string]string) (*Template, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(doc.Content) == 0 {
		return nil, fmt.Errorf("%s: empty", name)
	}
	root, err := plain(doc.Content[0])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	in := &reader{resolve: &resolver{
		names: map[string]any{
			"AWS::Region": Region, "AWS::AccountId": Account, "AWS::Partition": "aws",
			"AWS::URLSuffix": "amazonaws.com", "AWS::StackName": "local",
			"AWS::StackId": "arn:aws:cloudformation:" + Region + ":" + Account + ":stack/local/0",
			"AWS::NoValue": noValue{},
		},
		attributes: map[string]map[string]string{},
	}}
	t := in.template(in.object("", "template", root), parameters)
	if len(in.errs) > 0 {
		for i, err := range in.errs {
			in.errs[i] = fmt.Errorf("%s: %w", name, err)
		}
		return nil, errors.Join(in.errs...)
	}
	return t, nil
}

// HasParameter says whether the template at file has a parameter.
func HasParameter(file, name string) (bool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return false, fmt.Errorf("read template: %w", err)
	}
	var t struct {
		Parameters map[string]yaml.Node `yaml:"Parameters"`
	}
	if err := yaml.Unmarshal(text, &t); err != nil {
		return false, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	_, ok := t.Parameters[name]
	return ok, nil
}

// A reader collects what it could not understand.
type reader struct {
	resolve *resolver
	errs    []error
}

func (in *reader) fail(where, what string) {
	in.errs = append(in.errs, fmt.Errorf("%s: %s", strings.TrimPrefix(where, "."), what))
}

func (in *reader) template(root *object, overrides map[string]string) *Template {
	if v := root.text("Transform", ""); v != "AWS::Serverless-2016-10-31" {
		in.fail("Transform", v+": not supported here")
	}
	parameters := root.inner("Parameters")
	in.parameters(parameters, overrides)
	in.resolve.mappings = root.inner("Mappings").members
	in.resolve.conditions = root.inner("Conditions").members
	globals := root.inner("Globals")
	resources := root.inner("Resources")
	root.end()

	kinds := map[string]string{}
	for _, id := range resources.names() {
		r := in.object("Resources."+id, "resource", resources.members[id])
		if c := r.text("Condition", ""); c != "" {
			yes, err := in.resolve.condition(c)
			if err != nil {
				in.fail(r.path+".Condition", err.Error())
			}
			if !yes {
				continue
			}
		}
		kinds[id] = r.text("Type", "")
		in.resolve.attributes[id] = in.standIn(id, kinds[id], r)
		r.read["Properties"] = true
		r.end()
	}

	t := &Template{Parameters: map[string]string{}}
	for name := range parameters.members {
		t.Parameters[name] = fmt.Sprint(in.resolve.names[name])
	}
	for _, id := range slices.Sorted(maps.Keys(kinds)) {
		kind := kinds[id]
		r, _ := resources.members[id].(map[string]any)
		at := "Resources." + id + ".Properties"
		switch kind {
		case "AWS::Serverless::HttpApi":
			if t.API.ID != "" {
				in.fail("Resources."+id, "a second HttpApi: not supported here")
			}
			t.API = in.api(id, in.object(at, kind, merged(globals.members["HttpApi"], r["Properties"])))
		case "AWS::Serverless::Function":
			t.Functions = append(t.Functions, in.function(id, in.object(at, kind, merged(globals.members["Function"], r["Properties"]))))
		case "AWS::DynamoDB::Table":
			t.Tables = append(t.Tables, in.table(id, in.object(at, kind, r["Properties"])))
		case "AWS::S3::Bucket":
			t.Buckets = append(t.Buckets, in.bucket(id, in.object(at, kind, r["Properties"])))
		default:
			if nothingHere[kind] == "" {
				in.fail("Resources."+id+".Type", kind+": not supported here")
			}
		}
	}
	globals.read["HttpApi"], globals.read["Function"] = true, true
	globals.end()
	return t
}

func (in *reader) parameters(all *object, overrides map[string]string) {
	for _, name := range all.names() {
		p := in.object("Parameters."+name, "parameter", all.members[name])
		kind := p.text("Type", "")
		value, given := overrides[name]
		if !given {
			if !p.has("Default") {
				in.fail(p.path, "has no default; give one with -parameter "+name+"=…")
			}
			value = p.text("Default", "")
		}
		p.read["Default"] = true
		switch kind {
		case "String", "Number":
			in.resolve.names[name] = value
		case "CommaDelimitedList", "List<Number>":
			list := []any{}
			for _, v := range strings.Split(value, ",") {
				list = append(list, strings.TrimSpace(v))
			}
			in.resolve.names[name] = list
		default:
			in.fail(p.path+".Type", kind+": not supported here")
		}
		p.end()
	}
	for name := range overrides {
		if !all.has(name) {
			in.fail("Parameters."+name, "no such parameter")
		}
	}
}

// standIn is what Ref and GetAtt say about a resource here.
func (in *reader) standIn(id, kind string, r *object) map[string]string {
	props, _ := r.members["Properties"].(map[string]any)
	named := func(property, otherwise string) string {
		// A name may be put together from parameters, but not from other
		// resources, which have no names yet.
		v, err := in.resolve.value(props[property])
		if err != nil {
			in.fail("Resources."+id+".Properties."+property, err.Error())
		}
		if s, ok := v.(string); ok {
			return s
		}
		return otherwise
	}
	arn := func(service, rest string) string {
		return "arn:aws:" + service + ":" + Region + ":" + Account + ":" + rest
	}
	switch kind {
	case "AWS::DynamoDB::Table":
		name := named("TableName", "local-"+id)
		return map[string]string{
			"Ref": name, "Arn": arn("dynamodb", "table/"+name),
			// The engine numbers its streams itself; the poller asks it.
			"StreamArn": arn("dynamodb", "table/"+name+"/stream/latest"),
		}
	case "AWS::S3::Bucket":
		name := named("BucketName", "local-"+kebab(id))
		return map[string]string{
			"Ref": name, "Arn": "arn:aws:s3:::" + name,
			"DomainName": name + ".s3.amazonaws.com", "RegionalDomainName": name + ".s3." + Region + ".amazonaws.com",
		}
	case "AWS::Serverless::Function":
		name := named("FunctionName", path.Base(named("CodeUri", id)))
		return map[string]string{"Ref": name, "Arn": arn("lambda", "function:"+name)}
	case "AWS::Serverless::HttpApi":
		return map[string]string{"Ref": "local", "ApiEndpoint": "http://localhost"}
	}
	return map[string]string{"Ref": "local-" + id, "Arn": arn("local", id), "Id": "local-" + id}
}

// merged is how SAM lays a resource over the Globals: mappings are merged,
// lists appended, anything else replaced.
func merged(under, over any) any {
	switch o := over.(type) {
	case nil:
		return under
	case map[string]any:
		u, ok := under.(map[string]any)
		if !ok {
			return over
		}
		out := maps.Clone(u)
		for k, v := range o {
			out[k] = merged(u[k], v)
		}
		return out
	case []any:
		if u, ok := under.([]any); ok {
			return slices.Concat(u, o)
		}
	}
	return over
}

// kebab spells PublicBucket as public-bucket: buckets know no capitals.
func kebab(id string) string {
	var b strings.Builder
	for i, c := range id {
		if 'A' <= c && c <= 'Z' {
			if i > 0 {
				b.WriteByte('-')
			}
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	return b.String()
}
