package publish

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"

	"ksbb/shared/tally"
)

//go:embed schemas/*.json
var schemas embed.FS

// schemaFiles returns the JSON Schemas of everything under /data/, as they are
// published beside it.
func schemaFiles() []File {
	names, err := fs.Glob(schemas, "schemas/*.json")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	files := make([]File, 0, len(names))
	for _, name := range names {
		body, err := schemas.ReadFile(name)
		if err != nil {
			panic(err) // it was just listed
		}
		files = append(files, File{Path: "data/" + name, ContentType: "application/schema+json", CacheControl: inPlace, Body: body})
	}
	return files
}

// DefinitionsPath is the file in which every figure of the statistics is
// explained.
const DefinitionsPath = "data/v1/definitions.json"

// definitionsFile is what each figure means, in two languages.
type definitionsFile struct {
	Schema      string             `json:"$schema"`
	Definitions []tally.Definition `json:"definitions"`
}

func definitions() (File, error) {
	body, err := json.Marshal(definitionsFile{"/data/schemas/definitions.json", tally.Definitions})
	if err != nil {
		return File{}, fmt.Errorf("encode %s: %w", DefinitionsPath, err)
	}
	return File{Path: DefinitionsPath, ContentType: jsonType, CacheControl: inPlace, Body: append(body, '\n')}, nil
}
