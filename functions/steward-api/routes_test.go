package main

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"

	"gopkg.in/yaml.v3"

	"ksbb/shared/table"
)

// What the function answers, what API Gateway lets through and what the OpenAPI
// document says are one list. The document itself is not let through: at its
// address stands that of commitments-api.
func TestTemplateRoutesAreThoseOfTheOpenAPIDocument(t *testing.T) {
	body, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Properties struct {
				Events map[string]struct {
					Properties struct {
						Method string `yaml:"Method"`
						Path   string `yaml:"Path"`
					} `yaml:"Properties"`
				} `yaml:"Events"`
			} `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(body, &template); err != nil {
		t.Fatal(err)
	}
	let := map[string]bool{}
	for _, e := range template.Resources["StewardApi"].Properties.Events {
		let[e.Properties.Method+" "+e.Properties.Path] = true
	}
	w := newWorld(t, table.NewMemory(), nil)
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal([]byte(w.send("GET", "/v1/openapi.json", "", nil).body), &document); err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	methods := map[string]string{"get": "GET", "put": "PUT", "post": "POST", "delete": "DELETE", "patch": "PATCH"}
	for path, operations := range document.Paths {
		for method := range operations {
			if upper, ok := methods[method]; ok {
				said[upper+" "+path] = true
			}
		}
	}
	if !maps.Equal(let, said) {
		t.Errorf("template lets through %v\nthe document says %v", slices.Sorted(maps.Keys(let)), slices.Sorted(maps.Keys(said)))
	}
}
