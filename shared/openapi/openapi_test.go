package openapi

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func TestTheWholeIsValidAndHasEveryOperationOfEveryPart(t *testing.T) {
	t.Parallel()
	whole, err := Whole("https://ksbb.example")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(whole)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil && !strings.Contains(err.Error(), "jsonSchemaDialect") {
		t.Errorf("the whole is not valid: %v", err)
	}
	got, want := 0, 0
	for _, item := range doc.Paths.Map() {
		got += len(item.Operations())
	}
	for _, function := range []string{"commitments-api", "steward-api", "complaints-api", "subscriptions-api", "staff-api"} {
		text, err := parts.ReadFile(function + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var part struct{ Paths map[string]map[string]any }
		if err := json.Unmarshal(text, &part); err != nil {
			t.Fatal(err)
		}
		for path, item := range part.Paths {
			want += len(item)
			if doc.Paths.Value(path) == nil {
				t.Errorf("%s is missing", path)
			}
		}
	}
	if got != want || got == 0 {
		t.Errorf("%d operations; the parts have %d", got, want)
	}
	again, err := Whole("https://ksbb.example")
	if err != nil || string(again) != string(whole) {
		t.Errorf("the same parts gave two wholes: %v", err)
	}
}
