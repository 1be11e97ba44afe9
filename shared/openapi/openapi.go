// Package openapi holds the description of the whole HTTP API. Each function
// describes its own operations, from the types that decode its requests; a test
// of each keeps its part here true, and this package puts the parts together.
package openapi

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed *.json
var parts embed.FS

// Whole returns the description of every function's operations as one OpenAPI
// 3.1 document, for the site at an origin. Parts name their schemas without
// knowing each other, so each schema gets the name of its function in front.
func Whole(origin string) ([]byte, error) {
	whole := map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{
			"title": "KSBB", "version": "1",
			"description": "An open platform on which anyone who wants to give meets the places that need it. What is public needs no call: it lies as files under /data/, with schemas under /data/schemas/.",
		},
		"servers": []any{map[string]any{"url": origin}},
	}
	paths, schemas, security, operations := map[string]any{}, map[string]any{}, map[string]any{}, map[string]bool{}
	names, err := fs.Glob(parts, "*.json")
	if err != nil {
		return nil, fmt.Errorf("list API descriptions: %w", err)
	}
	for _, name := range names {
		text, err := parts.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read API description: %w", err)
		}
		of := strings.TrimSuffix(name, ".json")
		var part struct {
			Paths      map[string]map[string]any
			Components struct{ Schemas, SecuritySchemes map[string]any }
		}
		const refs = "#/components/schemas/"
		if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), refs, refs+prefix(of))), &part); err != nil {
			return nil, fmt.Errorf("read API description of %s: %w", of, err)
		}
		for path, item := range part.Paths {
			if _, taken := paths[path]; taken {
				return nil, fmt.Errorf("two functions answer %s", path)
			}
			for method, v := range item {
				operation, ok := v.(map[string]any)
				if !ok {
					continue
				}
				operation["tags"] = []any{of}
				id, _ := operation["operationId"].(string)
				if operations[id] {
					return nil, fmt.Errorf("two operations are called %s, one is %s %s", id, method, path)
				}
				operations[id] = true
			}
			paths[path] = item
		}
		for schema, v := range part.Components.Schemas {
			schemas[prefix(of)+schema] = v
		}
		for scheme, v := range part.Components.SecuritySchemes {
			security[scheme] = v
		}
	}
	whole["paths"] = paths
	whole["components"] = map[string]any{"schemas": schemas, "securitySchemes": security}
	return json.Marshal(whole)
}

// prefix is "Steward" of steward-api.
func prefix(function string) string {
	word := strings.TrimSuffix(function, "-api")
	return strings.ToUpper(word[:1]) + word[1:]
}
