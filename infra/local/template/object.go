package template

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// An object is one mapping of the template, read member by member. What
// nobody asked for, and what laptop.go does not excuse, is an error when the
// reading ends: nothing in the template can be overlooked.
type object struct {
	in      *reader
	path    string // Resources.Ledger.Properties
	kind    string // AWS::DynamoDB::Table: the key into laptop.go
	members map[string]any
	read    map[string]bool
}

func (in *reader) object(path, kind string, v any) *object {
	o := &object{in: in, path: path, kind: kind, read: map[string]bool{}}
	switch v := v.(type) {
	case nil, noValue:
	case map[string]any:
		o.members = v
	default:
		in.fail(path, "wants a mapping")
	}
	return o
}

// get evaluates a member. Absent members are nil.
func (o *object) get(name string) any {
	o.read[name] = true
	raw, ok := o.members[name]
	if !ok {
		return nil
	}
	v, err := o.in.resolve.value(raw)
	if err != nil {
		o.in.fail(o.path+"."+name, err.Error())
		return nil
	}
	if v == (noValue{}) {
		return nil
	}
	return v
}

func (o *object) text(name, otherwise string) string {
	v := o.get(name)
	if v == nil {
		return otherwise
	}
	switch v.(type) {
	case map[string]any, []any:
		o.in.fail(o.path+"."+name, "wants a text")
		return otherwise
	}
	return fmt.Sprint(v)
}

// oneOf is a text that only some values are understood for.
func (o *object) oneOf(name, otherwise string, known ...string) string {
	v := o.text(name, otherwise)
	if v != otherwise && !slices.Contains(known, v) {
		o.in.fail(o.path+"."+name, fmt.Sprintf("%s: not supported here", v))
	}
	return v
}

func (o *object) number(name string, otherwise int) int {
	v := o.get(name)
	if v == nil {
		return otherwise
	}
	n, err := strconv.Atoi(fmt.Sprint(v))
	if err != nil {
		o.in.fail(o.path+"."+name, "wants a whole number")
		return otherwise
	}
	return n
}

func (o *object) flag(name string, otherwise bool) bool {
	v := o.get(name)
	if v == nil {
		return otherwise
	}
	b, err := strconv.ParseBool(fmt.Sprint(v))
	if err != nil {
		o.in.fail(o.path+"."+name, "wants true or false")
		return otherwise
	}
	return b
}

// list returns the elements of a list; a single value is a list of one.
func (o *object) list(name string) []any {
	switch v := o.get(name).(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}

func (o *object) texts(name string) []string {
	var out []string
	for _, v := range o.list(name) {
		out = append(out, fmt.Sprint(v))
	}
	return out
}

func (o *object) has(name string) bool {
	_, ok := o.members[name]
	return ok
}

// inner opens a member that is itself a mapping. Its members are evaluated
// when they are read, so that what is excused need not be evaluable.
func (o *object) inner(name string) *object {
	o.read[name] = true
	return o.in.object(o.path+"."+name, o.kind+"."+name, o.members[name])
}

// inners opens the elements of a member that is a list of mappings.
func (o *object) inners(name string) []*object {
	o.read[name] = true
	list, ok := o.members[name].([]any)
	if !ok && o.members[name] != nil {
		o.in.fail(o.path+"."+name, "wants a list")
	}
	var out []*object
	for i, v := range list {
		out = append(out, o.in.object(fmt.Sprintf("%s.%s[%d]", o.path, name, i), o.kind+"."+name, v))
	}
	return out
}

// names returns the names of the members, sorted.
func (o *object) names() []string { return slices.Sorted(maps.Keys(o.members)) }

// end reports every member that was neither read nor excused.
func (o *object) end() {
	for _, name := range o.names() {
		if !o.read[name] && nothingToDo[o.kind][name] == "" {
			o.in.fail(o.path+"."+name, "not supported here")
		}
	}
}
