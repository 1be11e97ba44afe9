// Package regiontest holds a region small enough to think about, for the tests
// of packages that work with any region: one kota, two kecamatan, three
// kelurahan with outlines, one running programme of its own.
package regiontest

import (
	"embed"
	"io/fs"
	"testing"

	"ksbb/shared/region"
)

//go:embed testdata/tiny
var files embed.FS

// Files returns the files of the tiny pack.
func Files(t testing.TB) fs.FS {
	t.Helper()
	folder, err := fs.Sub(files, "testdata/tiny")
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// Tiny returns the tiny pack.
func Tiny(t testing.TB) *region.Pack {
	t.Helper()
	p, err := region.Read(Files(t))
	if err != nil {
		t.Fatal(err)
	}
	return p
}
