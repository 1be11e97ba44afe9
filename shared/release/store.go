package release

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync/atomic"

	"ksbb/shared/aid"
	"ksbb/shared/publish"
	"ksbb/shared/report"
)

// Store keeps the public tree, large files too.
type Store interface {
	publish.Store
	// Head describes the object at path, or wraps aid.ErrNotFound.
	Head(ctx context.Context, path string) (publish.Stat, error)
	// Open reads the object at path, or wraps aid.ErrNotFound.
	Open(ctx context.Context, path string) (io.ReadCloser, error)
	// Upload does as Put with a body that must come to hash.
	Upload(ctx context.Context, f publish.File, body io.ReadSeeker, hash string, c publish.Condition) error
}

// Spool is a file of which nobody else knows. Closing it removes it.
type Spool interface {
	io.ReadWriteSeeker
	io.Closer
}

// Scratch is where files are made that are too large to hold.
type Scratch interface{ Create() (Spool, error) }

// OpenTable opens the CSV file of a table.
type OpenTable func(table string) (io.ReadCloser, error)

// The two lifetimes, as package publish has them.
const (
	immutable = "public, max-age=31536000, immutable"
	inPlace   = "public, no-cache"
)

const (
	htmlType = "text/html; charset=utf-8"
	jsonType = "application/json"
	atomType = "application/atom+xml; charset=utf-8"
	csvType  = "text/csv; charset=utf-8"
	rowsType = "application/jsonl"
	geoType  = "application/geo+json"
	bookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	pdfType  = "application/pdf"
	ldType   = "application/ld+json"
	textType = "text/markdown; charset=utf-8"
)

// attempts is how often a write starts again after another one won.
const attempts = 10

// writer puts files and counts them.
type writer struct {
	store   Store
	written atomic.Int64
}

func (w *writer) put(ctx context.Context, f publish.File, c publish.Condition) error {
	if err := w.store.Put(ctx, f, c); err != nil {
		return fmt.Errorf("publish %s: %w", f.Path, err)
	}
	w.written.Add(1)
	return nil
}

// decide writes a file where there must be none, and returns the one that is
// there in the end: this one, or that of whoever was first.
func (w *writer) decide(ctx context.Context, path, contentType string, body []byte) ([]byte, error) {
	f := publish.File{Path: path, ContentType: contentType, CacheControl: immutable, Body: body}
	for range attempts {
		err := w.put(ctx, f, publish.Absent)
		if err == nil {
			return body, nil
		}
		if !errors.Is(err, aid.ErrStale) {
			return nil, err
		}
		// S3 refuses also while another write is under way, and that one may fail.
		standing, err := w.store.Get(ctx, path)
		if err == nil {
			return standing.Body, nil
		}
		if !errors.Is(err, aid.ErrNotFound) {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
	}
	return nil, fmt.Errorf("publish %s: %w", path, aid.ErrBusy)
}

// replace writes a file over its older self, never over a newer one and never
// over one that it has not seen. The generation must be among the bytes: an ETag
// is made from them alone, and a file that changed and changed back would look
// untouched.
func (w *writer) replace(ctx context.Context, f publish.File) error {
	for range attempts {
		old, err := w.store.Get(ctx, f.Path)
		condition := publish.Unchanged(old)
		switch {
		case errors.Is(err, aid.ErrNotFound):
			condition = publish.Absent
		case err != nil:
			return fmt.Errorf("read %s: %w", f.Path, err)
		case old.Generation > f.Generation || old.Generation == f.Generation && bytes.Equal(old.Body, f.Body):
			return nil
		}
		if err := w.put(ctx, f, condition); !errors.Is(err, aid.ErrStale) {
			return err
		}
	}
	return fmt.Errorf("publish %s: %w", f.Path, aid.ErrBusy)
}

// sealed returns a page with its generation inside, which counts from 1 here:
// what has none yields to anything.
func sealed(path, contentType string, body []byte, generation int64) publish.File {
	return publish.File{
		Path: path, ContentType: contentType, CacheControl: inPlace, Generation: generation + 1,
		Body: fmt.Appendf(bytes.Clone(body), "<!-- %d -->\n", generation),
	}
}

// made is a file that was written to a spool and is not published yet.
type made struct {
	spool Spool
	sum   hash.Hash
	size  int64
	rows  int64
}

func (s *run) create() (*made, error) {
	spool, err := s.Scratch.Create()
	if err != nil {
		return nil, fmt.Errorf("make room for a file: %w", err)
	}
	return &made{spool: spool, sum: sha256.New()}, nil
}

// Write implements io.Writer.
func (m *made) Write(b []byte) (int, error) {
	n, err := m.spool.Write(b)
	m.sum.Write(b[:n])
	m.size += int64(n)
	return n, err
}

// hash returns what the file has come to so far, and the short form of it that
// stands in names.
func (m *made) hash() (full, short string) {
	sum := m.sum.Sum(nil)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum), hex.EncodeToString(sum[:12])
}

// reader reads the file from its start. There must be one at a time.
func (m *made) reader() (io.ReadCloser, error) {
	if _, err := m.spool.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read a made file again: %w", err)
	}
	return io.NopCloser(io.LimitReader(m.spool, m.size)), nil
}

func (m *made) close() {
	if m != nil {
		// It is removed either way, and was read already.
		_ = m.spool.Close()
	}
}

// source describes a made file at a path.
func (m *made) source(table, path, contentType string) report.Source {
	full, _ := m.hash()
	return report.Source{Table: table, Path: path, Hash: full, Bytes: m.size, Rows: m.rows, Type: contentType}
}

// keep uploads a made file that never changes. One that is there already under
// the same name stays, and is what is described.
func (w *writer) keep(ctx context.Context, m *made, table, path, contentType string) (report.Source, error) {
	full, _ := m.hash()
	for range attempts {
		err := w.store.Upload(ctx, publish.File{Path: path, ContentType: contentType, CacheControl: immutable}, m.spool, full, publish.Absent)
		if err == nil {
			w.written.Add(1)
			return m.source(table, path, contentType), nil
		}
		if !errors.Is(err, aid.ErrStale) {
			return report.Source{}, fmt.Errorf("publish %s: %w", path, err)
		}
		src, err := w.describe(ctx, path, contentType)
		if err == nil {
			src.Table, src.Rows = table, m.rows
			return src, nil
		}
		if !errors.Is(err, aid.ErrNotFound) {
			return report.Source{}, err
		}
	}
	return report.Source{}, fmt.Errorf("publish %s: %w", path, aid.ErrBusy)
}

// describe tells what stands at a path. It reads the file only if the store
// does not know its hash.
func (w *writer) describe(ctx context.Context, path, contentType string) (report.Source, error) {
	head, err := w.store.Head(ctx, path)
	if err != nil {
		return report.Source{}, fmt.Errorf("look for %s: %w", path, err)
	}
	src := report.Source{Path: path, Hash: head.Hash, Bytes: head.Size, Type: contentType}
	if src.Hash != "" {
		return src, nil
	}
	in, err := w.store.Open(ctx, path)
	if err != nil {
		return report.Source{}, fmt.Errorf("read %s: %w", path, err)
	}
	defer in.Close()
	sum := sha256.New()
	if src.Bytes, err = io.Copy(sum, in); err != nil {
		return report.Source{}, fmt.Errorf("read %s: %w", path, err)
	}
	src.Hash = "sha256-" + base64.StdEncoding.EncodeToString(sum.Sum(nil))
	return src, nil
}

// refresh brings a made file to a path where it changes in place, if other
// bytes are there. An older state never replaces a newer one: generation says
// which is which. The file cannot carry its generation, so a write that was
// held up for days may bring back old bytes; the next run sees their hash.
func (w *writer) refresh(ctx context.Context, m *made, path, contentType string, generation int64) (changed bool, err error) {
	full, _ := m.hash()
	for range attempts {
		head, err := w.store.Head(ctx, path)
		condition := publish.Condition{IfMatch: head.ETag}
		switch {
		case errors.Is(err, aid.ErrNotFound):
			condition = publish.Absent
		case err != nil:
			return false, fmt.Errorf("look for %s: %w", path, err)
		case head.Hash == full || head.Generation > generation:
			return false, nil
		}
		f := publish.File{Path: path, ContentType: contentType, CacheControl: inPlace, Generation: generation}
		err = w.store.Upload(ctx, f, m.spool, full, condition)
		if err == nil {
			w.written.Add(1)
			return true, nil
		}
		if !errors.Is(err, aid.ErrStale) {
			return false, fmt.Errorf("publish %s: %w", path, err)
		}
	}
	return false, fmt.Errorf("publish %s: %w", path, aid.ErrBusy)
}

// encode writes JSON as every public file does.
func encode(what string, v any) ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", what, err)
	}
	return append(body, '\n'), nil
}

// sourceOf describes bytes at a path.
func sourceOf(path, contentType string, body []byte) report.Source {
	return report.Source{Path: path, Hash: hashOf(body), Bytes: int64(len(body)), Type: contentType}
}

// hashOf returns the sum of a whole file as public files write it.
func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
