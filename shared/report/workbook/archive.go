package workbook

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// archive is the ZIP file around a workbook. excelize adds the sheets in the
// order of a Go map and holds all in memory; an archive keeps what is added in a
// temporary file, compressed, and writes it ordered by name and without times
// when it is closed. So the same workbook has the same bytes.
type archive struct {
	to      io.Writer
	kept    *os.File
	size    int64 // of kept
	entries []*entry
	open    *entry
}

// entry is one file of the archive.
type entry struct {
	name         string
	at           int64 // in the temporary file
	packed, full int64
	sum          hash.Hash32
	deflate      *flate.Writer
}

func newArchive(to io.Writer) (*archive, error) {
	kept, err := os.CreateTemp("", "ksbb-workbook-*")
	if err != nil {
		return nil, fmt.Errorf("open temporary file of workbook: %w", err)
	}
	return &archive{to: to, kept: kept}, nil
}

// remove deletes the temporary file.
func (a *archive) remove() {
	a.kept.Close()
	os.Remove(a.kept.Name())
}

// Create begins the next file and ends the one before.
func (a *archive) Create(name string) (io.Writer, error) {
	if err := a.finish(); err != nil {
		return nil, err
	}
	e := &entry{name: name, at: a.size, sum: crc32.NewIEEE()}
	var err error
	if e.deflate, err = flate.NewWriter(packing{a, e}, 4); err != nil {
		return nil, fmt.Errorf("compress %s: %w", name, err)
	}
	a.open, a.entries = e, append(a.entries, e)
	return e, nil
}

// Write adds to a file.
func (e *entry) Write(p []byte) (int, error) {
	e.sum.Write(p)
	e.full += int64(len(p))
	return e.deflate.Write(p)
}

// packing counts what a file takes compressed.
type packing struct {
	a *archive
	e *entry
}

func (p packing) Write(b []byte) (int, error) {
	n, err := p.a.kept.Write(b)
	p.e.packed += int64(n)
	p.a.size += int64(n)
	return n, err
}

func (a *archive) finish() error {
	if a.open == nil {
		return nil
	}
	e := a.open
	a.open = nil
	if err := e.deflate.Close(); err != nil {
		return fmt.Errorf("compress %s: %w", e.name, err)
	}
	e.deflate = nil
	return nil
}

// AddFS is not needed by a workbook that was made from nothing.
func (a *archive) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close writes the archive. What a workbook must begin with goes first, so that
// tools which look at the first bytes know what it is.
func (a *archive) Close() error {
	if err := a.finish(); err != nil {
		return err
	}
	const types = "[Content_Types].xml"
	slices.SortFunc(a.entries, func(x, y *entry) int {
		switch {
		case x.name == y.name:
			return 0
		case x.name == types:
			return -1
		case y.name == types:
			return 1
		}
		return strings.Compare(x.name, y.name)
	})
	out := zip.NewWriter(a.to)
	for _, e := range a.entries {
		w, err := out.CreateRaw(&zip.FileHeader{
			Name: e.name, Method: zip.Deflate, CRC32: e.sum.Sum32(),
			CompressedSize64: uint64(e.packed), UncompressedSize64: uint64(e.full),
		})
		if err != nil {
			return fmt.Errorf("add %s to workbook: %w", e.name, err)
		}
		if _, err := io.Copy(w, io.NewSectionReader(a.kept, e.at, e.packed)); err != nil {
			return fmt.Errorf("add %s to workbook: %w", e.name, err)
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("end workbook: %w", err)
	}
	return nil
}
