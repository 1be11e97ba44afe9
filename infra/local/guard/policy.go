package guard

import (
	"slices"
	"strings"
	"sync/atomic"

	"ksbb/infra/local/template"
)

// A Policy is what one function may do. Many may ask it at the same time.
type Policy struct{ permissions []*permission }

type permission struct {
	action, resource string
	keys             []string // patterns of partition keys; none for any
	used             atomic.Int64
}

// A Permission is one action on one resource, as the template allows it, and
// how often it was needed.
type Permission struct {
	Action   string `json:"action"`
	Resource string `json:"resource"`
	// LeadingKeys are the partition keys that it is limited to.
	LeadingKeys []string `json:"leadingKeys,omitempty"`
	Used        int64    `json:"used"`
}

// NewPolicy returns what the statements allow together.
func NewPolicy(statements []template.Statement) *Policy {
	p := &Policy{}
	for _, s := range statements {
		for _, action := range s.Actions {
			for _, resource := range s.Resources {
				p.permissions = append(p.permissions, &permission{action: action, resource: resource, keys: s.LeadingKeys})
			}
		}
	}
	return p
}

// Allows says whether an action on a resource is allowed, and counts it on the
// first permission that allows it.
func (p *Policy) Allows(action, resource string) bool { return p.allowsKeys(action, resource, nil) }

// allowsKeys is [Policy.Allows] of items with these partition keys. As in IAM, a
// condition on all keys holds where a call names none: a scan cannot be limited.
func (p *Policy) allowsKeys(action, resource string, keys []string) bool {
	i := slices.IndexFunc(p.permissions, func(may *permission) bool {
		// IAM compares actions without regard to case, resources with it.
		return matches(strings.ToLower(may.action), strings.ToLower(action)) && matches(may.resource, resource) && may.covers(keys)
	})
	if i < 0 {
		return false
	}
	p.permissions[i].used.Add(1)
	return true
}

func (p *Policy) allows(n need) bool {
	return slices.ContainsFunc(n.resources, func(resource string) bool { return p.allowsKeys(n.action, resource, n.keys) })
}

// covers tells whether every key has the form of one of the permission's.
func (may *permission) covers(keys []string) bool {
	if len(may.keys) == 0 {
		return true
	}
	for _, key := range keys {
		if !slices.ContainsFunc(may.keys, func(pattern string) bool { return matches(pattern, key) }) {
			return false
		}
	}
	return true
}

// Permissions returns what the policy allows with the services that calls are
// guarded of, in the order of the template.
func (p *Policy) Permissions() []Permission {
	all := []Permission{}
	for _, may := range p.permissions {
		service, _, _ := strings.Cut(strings.ToLower(may.action), ":")
		if slices.Contains([]string{dynamoService, s3Service, sesService}, service) {
			all = append(all, Permission{may.action, may.resource, may.keys, may.used.Load()})
		}
	}
	return all
}

// matches says whether a text has the form of a pattern: * stands for any text,
// ? for any one letter.
func matches(pattern, text string) bool {
	for pattern != "" {
		switch {
		case pattern[0] == '*':
			rest := strings.TrimLeft(pattern, "*")
			if rest == "" {
				return true
			}
			for i := range len(text) {
				if matches(rest, text[i:]) {
					return true
				}
			}
			return false
		case text == "" || pattern[0] != '?' && pattern[0] != text[0]:
			return false
		}
		pattern, text = pattern[1:], text[1:]
	}
	return text == ""
}
