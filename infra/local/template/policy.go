package template

import (
	"fmt"
	"maps"
	"slices"
)

// A Statement allows a function every one of its actions on every one of its
// resources. Both are patterns: * stands for any text, ? for any letter.
type Statement struct {
	Actions   []string // dynamodb:Query
	Resources []string // ARNs
	// LeadingKeys are patterns of the partition keys that it is limited to. None
	// is no limit.
	LeadingKeys []string
}

// policies reads the inline policies of a function. What a SAM policy template
// or a managed policy allows stands outside this template, and so does what a
// Role of the function's own allows: they cannot be enforced here and are
// errors.
func (in *reader) policies(p *object) []Statement {
	p.read["Policies"] = true
	var all []Statement
	raw := p.members["Policies"]
	if c, ok := raw.(call); ok {
		raw = in.evaluated(p.path+".Policies", c)
	}
	list, ok := raw.([]any)
	if !ok && raw != nil && raw != (noValue{}) {
		list = []any{raw}
	}
	for i, v := range list {
		at := fmt.Sprintf("%s.Policies[%d]", p.path, i)
		if c, ok := v.(call); ok {
			v = in.evaluated(at, c)
		}
		switch v := v.(type) {
		case nil, noValue:
		case map[string]any:
			if _, ok := v["Statement"]; !ok {
				in.fail(at, fmt.Sprintf("SAM policy template %v: not supported here", slices.Sorted(maps.Keys(v))))
				continue
			}
			all = append(all, in.policy(in.object(at, "policy", v))...)
		default:
			in.fail(at, fmt.Sprintf("managed policy %v: not supported here", v))
		}
	}
	return all
}

// evaluated returns what a call stands for; nil if that cannot be said.
func (in *reader) evaluated(at string, c call) any {
	v, err := in.resolve.value(c)
	if err != nil {
		in.fail(at, err.Error())
		return nil
	}
	return v
}

func (in *reader) policy(p *object) []Statement {
	p.oneOf("Version", "2012-10-17")
	if one, ok := p.members["Statement"].(map[string]any); ok {
		p.members = maps.Clone(p.members)
		p.members["Statement"] = []any{one}
	}
	var all []Statement
	for _, s := range p.inners("Statement") {
		if effect := s.text("Effect", ""); effect != "Allow" {
			in.fail(s.path+".Effect", fmt.Sprintf("%q: not supported here", effect))
		}
		all = append(all, Statement{Actions: s.patterns("Action"), Resources: s.patterns("Resource"), LeadingKeys: s.leadingKeys()})
		s.end()
	}
	p.end()
	return all
}

// leadingKeys reads the one condition that is understood here: which partition
// keys of a table a statement is about.
func (o *object) leadingKeys() []string {
	if !o.has("Condition") {
		return nil
	}
	condition := o.inner("Condition")
	like := condition.inner("ForAllValues:StringLike")
	condition.end()
	keys := like.patterns("dynamodb:LeadingKeys")
	like.end()
	return keys
}

// patterns is a list of texts that must not be empty.
func (o *object) patterns(name string) []string {
	list := o.list(name)
	if len(list) == 0 {
		o.in.fail(o.path+"."+name, "missing")
	}
	var out []string
	for _, v := range list {
		s, ok := v.(string)
		if !ok {
			o.in.fail(o.path+"."+name, "wants texts")
		}
		out = append(out, s)
	}
	return out
}
