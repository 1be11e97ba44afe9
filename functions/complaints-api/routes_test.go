package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"ksbb/shared/table"
)

// function is the part of a function's template that these tests look at.
type function struct {
	Policies []struct {
		Statement []struct {
			Action    any                            `yaml:"Action"`
			Resource  any                            `yaml:"Resource"`
			Condition map[string]map[string][]string `yaml:"Condition"`
		} `yaml:"Statement"`
	} `yaml:"Policies"`
}

func templateOf(t *testing.T, name string) function {
	t.Helper()
	body, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Properties yaml.Node `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(body, &template); err != nil {
		t.Fatal(err)
	}
	var f function
	node := template.Resources[name].Properties
	if err := node.Decode(&f); err != nil {
		t.Fatal(err)
	}
	return f
}

type operation struct {
	id      string
	secured bool
}

// operations reads the OpenAPI document: by method and path.
func (w *world) operations() map[string]operation {
	w.Helper()
	var document struct {
		Paths map[string]map[string]struct {
			OperationID string           `json:"operationId"`
			Security    []map[string]any `json:"security"`
		}
	}
	if err := json.Unmarshal([]byte(w.Send("GET", "/v1/openapi.json", "", nil).Body), &document); err != nil {
		w.Fatal(err)
	}
	all := map[string]operation{}
	for path, methods := range document.Paths {
		for method, op := range methods {
			all[strings.ToUpper(method)+" "+path] = operation{op.OperationID, len(op.Security) > 0}
		}
	}
	return all
}

// What the function answers, what API Gateway lets through and what the
// published description says are one list.
func TestRoutesAndDescriptionAreOneList(t *testing.T) {
	t.Parallel()
	newWorld(t, table.NewMemory()).Described("complaints-api", "ComplaintsApi")
}

// The policy says it too: this function cannot read what a reporter wrote.
func TestPolicyLetsNothingReadWhatReportersWrote(t *testing.T) {
	t.Parallel()
	reads, writes := 0, 0
	for _, p := range templateOf(t, "ComplaintsApi").Policies {
		for _, s := range p.Statement {
			actions, resource := strings.Join(flat(s.Action), " "), strings.Join(flat(s.Resource), " ")
			if !strings.Contains(resource, "Private") {
				continue
			}
			keys := s.Condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
			if strings.Contains(actions, "dynamodb:") && len(keys) == 0 {
				t.Errorf("%s on the private table has no limit", actions)
			}
			for _, k := range keys {
				private := strings.HasPrefix("REPORT#", strings.TrimRight(k, "*")) || strings.HasPrefix("IDEA#", strings.TrimRight(k, "*"))
				switch {
				case private && actions == "dynamodb:PutItem":
					writes++
				case private:
					t.Errorf("%s is allowed on %s", actions, k)
				default:
					reads++
				}
			}
		}
	}
	if reads == 0 || writes != 2 {
		t.Errorf("%d limits on what may be read, %d on what may only be written", reads, writes)
	}
}

func flat(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, x := range v {
			all = append(all, flat(x)...)
		}
		return all
	}
	return nil
}
