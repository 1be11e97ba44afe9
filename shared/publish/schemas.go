package publish

import (
	"embed"
	"io/fs"
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
