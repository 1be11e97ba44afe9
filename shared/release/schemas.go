package release

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"sync"

	"ksbb/shared/publish"
	"ksbb/shared/report"
)

//go:embed schemas/*.json
var schemas embed.FS

// schemaFiles returns the JSON Schemas of everything that a run writes, as they
// are published. They are the same for ever.
var schemaFiles = sync.OnceValues(func() ([]publish.File, error) {
	names, err := fs.Glob(schemas, "schemas/*.json")
	if err != nil {
		return nil, fmt.Errorf("list schemas: %w", err)
	}
	var files []publish.File
	for _, name := range names {
		body, err := schemas.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		files = append(files, publish.File{Path: "data/" + name, Body: body})
	}
	for _, t := range report.Tables {
		body, err := report.RowSchema(t)
		if err != nil {
			return nil, err
		}
		files = append(files, publish.File{Path: "data/schemas/row-" + t.Name + ".json", Body: body})
	}
	return files, nil
})

// writeSchemas publishes the schemas. They have no generation: whatever is
// written last is what the program that runs last means.
func (s *run) writeSchemas(ctx context.Context) error {
	files, err := schemaFiles()
	if err != nil {
		return err
	}
	for _, f := range files {
		f.ContentType, f.CacheControl = "application/schema+json", inPlace
		if err := s.replace(ctx, f); err != nil {
			return err
		}
	}
	return nil
}
