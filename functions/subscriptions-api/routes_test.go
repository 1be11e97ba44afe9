package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"ksbb/shared/table"
)

// What the function answers, what API Gateway lets through and what the
// published description says are one list.
func TestRoutesAndDescriptionAreOneList(t *testing.T) {
	t.Parallel()
	newWorld(t, table.NewMemory()).Described("subscriptions-api", "SubscriptionsApi")
}

// A confirmation takes a secret; the stories above try it with everybody's. What
// ends a subscription takes none, on purpose, and nothing else does.
func TestEveryOperationSaysWhoMayCallIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	var document struct {
		Paths map[string]map[string]struct {
			OperationID string           `json:"operationId"`
			Security    []map[string]any `json:"security"`
		}
	}
	if err := json.Unmarshal([]byte(w.Send("GET", "/v1/openapi.json", "", nil).Body), &document); err != nil {
		t.Fatal(err)
	}
	want, got := map[string]bool{"putSubscription": false, "confirmSubscription": true, "endSubscription": false}, 0
	for path, methods := range document.Paths {
		for method, op := range methods {
			got++
			if secured, known := want[op.OperationID]; !known || secured != (len(op.Security) > 0) {
				t.Errorf("%s %s %s takes a secret: %v", method, path, op.OperationID, len(op.Security) > 0)
			}
			if method == "get" {
				t.Errorf("GET %s: a mail scanner follows every link", path)
			}
		}
	}
	if got != len(want) {
		t.Errorf("%d operations; want %d", got, len(want))
	}
}

// The policy says it too: this function finds a subscription by its id or its
// address, lists none, and touches nobody else's contact.
func TestPolicyLetsNothingListSubscribers(t *testing.T) {
	t.Parallel()
	body, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Properties struct {
				Policies []struct {
					Statement []struct {
						Action    any                            `yaml:"Action"`
						Resource  any                            `yaml:"Resource"`
						Condition map[string]map[string][]string `yaml:"Condition"`
					} `yaml:"Statement"`
				} `yaml:"Policies"`
			} `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	var loose struct {
		Resources map[string]yaml.Node `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(body, &loose); err != nil {
		t.Fatal(err)
	}
	node := loose.Resources["SubscriptionsApi"]
	only, err := yaml.Marshal(map[string]any{"Resources": map[string]any{"SubscriptionsApi": &node}})
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(only, &template); err != nil {
		t.Fatal(err)
	}
	statements := 0
	for _, p := range template.Resources["SubscriptionsApi"].Properties.Policies {
		for _, s := range p.Statement {
			var actions []string
			switch a := s.Action.(type) {
			case string:
				actions = []string{a}
			case []any:
				for _, x := range a {
					actions = append(actions, x.(string))
				}
			}
			if !slices.ContainsFunc(actions, func(a string) bool { return strings.HasPrefix(a, "dynamodb:") }) {
				continue
			}
			statements++
			keys := s.Condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
			if len(keys) == 0 {
				t.Errorf("%v has no limit", actions)
			}
			for _, k := range keys {
				if !slices.Contains([]string{"KEY", "SUB#*", "SUBOF#*", "SUBS#*", "BUDGET#subscription#*", "OUT#*", "POW#*"}, k) {
					t.Errorf("%v is allowed on %s", actions, k)
				}
				reads := slices.ContainsFunc(actions, func(a string) bool { return a == "dynamodb:GetItem" || a == "dynamodb:Query" || a == "dynamodb:Scan" })
				if reads && (k == "SUBS#*" || slices.Contains(actions, "dynamodb:Query")) {
					t.Errorf("%v is allowed on %s: that lists subscribers", actions, k)
				}
			}
		}
	}
	if statements < 4 {
		t.Errorf("only %d statements were looked at", statements)
	}
}
