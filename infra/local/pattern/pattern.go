// Package pattern decides which events a filter of Lambda lets through. It
// knows exact values, prefix and exists; every other rule of the pattern
// language is refused when the pattern is read, never silently ignored.
package pattern

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// A Pattern matches JSON objects.
type Pattern struct{ root node }

// A node is either an object of nodes or, at a leaf, alternative rules.
type node struct {
	members map[string]node
	rules   []rule
}

// A rule looks at one value; present is false where the event has none.
type rule func(v any, present bool) bool

// Parse reads a pattern.
func Parse(text []byte) (Pattern, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return Pattern{}, fmt.Errorf("pattern is not a JSON object: %w", err)
	}
	root, err := object(members)
	return Pattern{root}, err
}

func object(members map[string]json.RawMessage) (node, error) {
	n := node{members: map[string]node{}}
	if len(members) == 0 {
		return n, errors.New("empty object: not supported here")
	}
	for name, raw := range members {
		if strings.HasPrefix(name, "$") {
			return n, fmt.Errorf("%s: not supported here", name)
		}
		child, err := parse(raw)
		if err != nil {
			return n, fmt.Errorf("%s: %w", name, err)
		}
		n.members[name] = child
	}
	return n, nil
}

func parse(raw json.RawMessage) (node, error) {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) == nil && members != nil {
		return object(members)
	}
	var alternatives []any
	if err := json.Unmarshal(raw, &alternatives); err != nil || len(alternatives) == 0 {
		return node{}, fmt.Errorf("%s: want an object or a list of rules", raw)
	}
	var n node
	for _, a := range alternatives {
		r, err := ruleOf(a)
		if err != nil {
			return n, err
		}
		n.rules = append(n.rules, r)
	}
	return n, nil
}

func ruleOf(a any) (rule, error) {
	special, ok := a.(map[string]any)
	if !ok {
		if _, list := a.([]any); list {
			return nil, errors.New("list in a list: not supported here")
		}
		return func(v any, present bool) bool { return present && v == a }, nil
	}
	if prefix, ok := special["prefix"].(string); ok && len(special) == 1 {
		return func(v any, _ bool) bool {
			s, ok := v.(string)
			return ok && strings.HasPrefix(s, prefix)
		}, nil
	}
	if exists, ok := special["exists"].(bool); ok && len(special) == 1 {
		return func(_ any, present bool) bool { return present == exists }, nil
	}
	text, err := json.Marshal(special)
	if err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("%s: not supported here", text)
}

// Match says whether an event, decoded by encoding/json, is let through.
func (p Pattern) Match(event any) bool { return p.root.match(event, true) }

func (n node) match(v any, present bool) bool {
	if n.members != nil {
		fields, _ := v.(map[string]any)
		for name, child := range n.members {
			f, ok := fields[name]
			if !child.match(f, ok) {
				return false
			}
		}
		return true
	}
	// A list matches if one of its elements does.
	if list, ok := v.([]any); ok {
		for _, e := range list {
			if n.any(e, true) {
				return true
			}
		}
		return false
	}
	// exists looks at leaves only: an object below is as good as nothing.
	if _, ok := v.(map[string]any); ok {
		present = false
	}
	return n.any(v, present)
}

func (n node) any(v any, present bool) bool {
	for _, r := range n.rules {
		if r(v, present) {
			return true
		}
	}
	return false
}
