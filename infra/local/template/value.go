package template

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// A call is a function of the template language that has not been evaluated:
// its long name ("Ref", "Fn::Sub") and its argument.
type call struct {
	name string
	arg  any
}

// noValue is what AWS::NoValue stands for: as if nothing had been written.
type noValue struct{}

// plain turns a YAML node into maps, lists, scalars and calls. Short forms
// (!Sub) and long forms (Fn::Sub:) come out the same.
func plain(n *yaml.Node) (any, error) {
	v, err := untagged(n)
	if err != nil || strings.HasPrefix(n.Tag, "!!") || !strings.HasPrefix(n.Tag, "!") {
		return v, err
	}
	name := strings.TrimPrefix(n.Tag, "!")
	if name != "Ref" && name != "Condition" {
		name = "Fn::" + name
	}
	return call{name, v}, nil
}

func untagged(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.AliasNode:
		return plain(n.Alias)
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for _, c := range n.Content {
			v, err := plain(c)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case yaml.MappingNode:
		return mapping(n)
	}
	switch n.Tag {
	case "!!bool":
		return strconv.ParseBool(strings.ToLower(n.Value))
	case "!!int":
		return strconv.Atoi(n.Value)
	case "!!null":
		return noValue{}, nil
	}
	return n.Value, nil
}

func mapping(n *yaml.Node) (any, error) {
	members := map[string]any{}
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i].Value
		if _, twice := members[key]; twice {
			return nil, fmt.Errorf("line %d: %s is written twice", n.Content[i].Line, key)
		}
		v, err := plain(n.Content[i+1])
		if err != nil {
			return nil, err
		}
		members[key] = v
	}
	if len(members) == 1 {
		for key, arg := range members {
			if key == "Ref" || strings.HasPrefix(key, "Fn::") {
				return call{key, arg}, nil
			}
		}
	}
	return members, nil
}

// A resolver evaluates calls. It knows what stands in for each resource here.
type resolver struct {
	names      map[string]any               // parameters and pseudo parameters
	attributes map[string]map[string]string // resource → attribute; "Ref" is one of them
	conditions map[string]any
	mappings   map[string]any
}

// value returns v with every call in it evaluated.
func (r *resolver) value(v any) (any, error) {
	switch v := v.(type) {
	case call:
		out, err := r.call(v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", v.name, err)
		}
		return out, nil
	case []any:
		list := make([]any, 0, len(v))
		for _, e := range v {
			out, err := r.value(e)
			if err != nil {
				return nil, err
			}
			if out != (noValue{}) {
				list = append(list, out)
			}
		}
		return list, nil
	case map[string]any:
		members := make(map[string]any, len(v))
		for k, e := range v {
			out, err := r.value(e)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", k, err)
			}
			if out != (noValue{}) {
				members[k] = out
			}
		}
		return members, nil
	}
	return v, nil
}

func (r *resolver) call(c call) (any, error) {
	// If and GetAtt look at their argument themselves: the branch not taken
	// may name things that do not exist.
	switch c.name {
	case "Fn::If":
		return r.choose(c.arg)
	case "Fn::GetAtt":
		return r.attribute(c.arg)
	case "Fn::Sub":
		return r.substitute(c.arg)
	}
	arg, err := r.value(c.arg)
	if err != nil {
		return nil, err
	}
	switch c.name {
	case "Ref":
		return r.ref(fmt.Sprint(arg))
	case "Condition":
		return r.condition(fmt.Sprint(arg))
	}
	list, ok := arg.([]any)
	if !ok {
		return nil, errors.New("not supported here")
	}
	switch {
	case c.name == "Fn::Join" && len(list) == 2:
		parts, ok := list[1].([]any)
		if !ok {
			return nil, errors.New("wants a separator and a list")
		}
		words := make([]string, len(parts))
		for i, p := range parts {
			words[i] = fmt.Sprint(p)
		}
		return strings.Join(words, fmt.Sprint(list[0])), nil
	case c.name == "Fn::Split" && len(list) == 2:
		var words []any
		for _, w := range strings.Split(fmt.Sprint(list[1]), fmt.Sprint(list[0])) {
			words = append(words, w)
		}
		return words, nil
	case c.name == "Fn::Select" && len(list) == 2:
		from, ok := list[1].([]any)
		i, err := strconv.Atoi(fmt.Sprint(list[0]))
		if !ok || err != nil || i < 0 || i >= len(from) {
			return nil, errors.New("wants an index within its list")
		}
		return from[i], nil
	case c.name == "Fn::FindInMap" && len(list) == 3:
		var at any = r.mappings
		for _, key := range list {
			level, _ := at.(map[string]any)
			if at, ok = level[fmt.Sprint(key)]; !ok {
				return nil, fmt.Errorf("no %v in Mappings", list)
			}
		}
		return at, nil
	case c.name == "Fn::Equals" && len(list) == 2:
		return fmt.Sprint(list[0]) == fmt.Sprint(list[1]), nil
	case c.name == "Fn::Not" && len(list) == 1:
		return list[0] != true, nil
	case c.name == "Fn::And":
		for _, b := range list {
			if b != true {
				return false, nil
			}
		}
		return true, nil
	case c.name == "Fn::Or":
		for _, b := range list {
			if b == true {
				return true, nil
			}
		}
		return false, nil
	}
	return nil, errors.New("not supported here")
}

func (r *resolver) ref(name string) (any, error) {
	if v, ok := r.names[name]; ok {
		return v, nil
	}
	if as, ok := r.attributes[name]; ok {
		return as["Ref"], nil
	}
	return nil, fmt.Errorf("nothing is called %s", name)
}

func (r *resolver) attribute(arg any) (any, error) {
	name := fmt.Sprint(arg)
	if list, ok := arg.([]any); ok && len(list) == 2 {
		name = fmt.Sprint(list[0]) + "." + fmt.Sprint(list[1])
	}
	resource, attribute, _ := strings.Cut(name, ".")
	as, ok := r.attributes[resource]
	if !ok {
		return nil, fmt.Errorf("nothing is called %s", resource)
	}
	v, ok := as[attribute]
	if !ok {
		return nil, fmt.Errorf("%s: not supported here", name)
	}
	return v, nil
}

func (r *resolver) substitute(arg any) (any, error) {
	text, own := arg, map[string]any{}
	if list, ok := arg.([]any); ok && len(list) == 2 {
		v, err := r.value(list[1])
		if err != nil {
			return nil, err
		}
		text = list[0]
		own, _ = v.(map[string]any)
	}
	s, ok := text.(string)
	if !ok {
		return nil, errors.New("wants a text")
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "${")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return nil, fmt.Errorf("%q has no closing brace", arg)
		}
		s = after
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			b.WriteString("${" + literal + "}")
			continue
		}
		v, ok := own[name]
		if !ok {
			var err error
			if strings.Contains(name, ".") {
				v, err = r.attribute(name)
			} else {
				v, err = r.ref(name)
			}
			if err != nil {
				return nil, err
			}
		}
		b.WriteString(fmt.Sprint(v))
	}
}

func (r *resolver) choose(arg any) (any, error) {
	list, ok := arg.([]any)
	if !ok || len(list) != 3 {
		return nil, errors.New("wants a condition and two values")
	}
	yes, err := r.condition(fmt.Sprint(list[0]))
	if err != nil {
		return nil, err
	}
	if yes {
		return r.value(list[1])
	}
	return r.value(list[2])
}

func (r *resolver) condition(name string) (bool, error) {
	c, ok := r.conditions[name]
	if !ok {
		return false, fmt.Errorf("no condition is called %s", name)
	}
	v, err := r.value(c)
	if err != nil {
		return false, fmt.Errorf("condition %s: %w", name, err)
	}
	return v == true, nil
}
