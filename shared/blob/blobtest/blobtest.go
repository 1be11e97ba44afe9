// Package blobtest holds what every store of the public tree must promise, and
// a store in memory that promises it.
package blobtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"sync"
	"testing"

	"ksbb/shared/aid"
	"ksbb/shared/publish"
)

// Memory is a store in memory. Its zero value is empty and ready. It counts
// what S3 would charge for.
type Memory struct {
	mu      sync.Mutex
	objects map[string]publish.Object
	hashes  map[string]string // of what was uploaded with its hash
	Gets    int
	Heads   int
	Puts    int
	Bytes   int64 // written
}

// Get returns the object at path, or wraps aid.ErrNotFound.
func (m *Memory) Get(_ context.Context, path string) (publish.Object, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Gets++
	o, ok := m.objects[path]
	if !ok {
		return publish.Object{}, fmt.Errorf("object %s: %w", path, aid.ErrNotFound)
	}
	return o, nil
}

// Put writes f if the condition holds, else wraps aid.ErrStale.
func (m *Memory) Put(_ context.Context, f publish.File, c publish.Condition) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Puts++
	if old, ok := m.objects[f.Path]; ok != (c != publish.Absent) || (ok && old.ETag != c.IfMatch) {
		return fmt.Errorf("put %s: %w", f.Path, aid.ErrStale)
	}
	if m.objects == nil {
		m.objects, m.hashes = map[string]publish.Object{}, map[string]string{}
	}
	delete(m.hashes, f.Path)
	h := fnv.New64a()
	h.Write(f.Body)
	m.Bytes += int64(len(f.Body))
	// As in S3, the ETag is that of the bytes: the same bytes have the same one.
	m.objects[f.Path] = publish.Object{
		Body: append([]byte(nil), f.Body...), ETag: fmt.Sprintf("%q", fmt.Sprintf("%x", h.Sum64())), Generation: f.Generation,
	}
	return nil
}

// Head describes the object at path, or wraps aid.ErrNotFound.
func (m *Memory) Head(_ context.Context, path string) (publish.Stat, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Heads++
	o, ok := m.objects[path]
	if !ok {
		return publish.Stat{}, fmt.Errorf("object %s: %w", path, aid.ErrNotFound)
	}
	return publish.Stat{ETag: o.ETag, Generation: o.Generation, Size: int64(len(o.Body)), Hash: m.hashes[path]}, nil
}

// Open reads the object at path, or wraps aid.ErrNotFound.
func (m *Memory) Open(ctx context.Context, path string) (io.ReadCloser, error) {
	o, err := m.Get(ctx, path)
	return io.NopCloser(bytes.NewReader(o.Body)), err
}

// Upload writes f with another body if the condition holds and the body comes
// to hash, "sha256-<base64>".
func (m *Memory) Upload(ctx context.Context, f publish.File, body io.ReadSeeker, hash string, c publish.Condition) error {
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("upload %s: %w", f.Path, err)
	}
	var err error
	if f.Body, err = io.ReadAll(body); err != nil {
		return fmt.Errorf("upload %s: %w", f.Path, err)
	}
	sum := sha256.Sum256(f.Body)
	if got := "sha256-" + base64.StdEncoding.EncodeToString(sum[:]); got != hash {
		return fmt.Errorf("upload %s: hash is %s; want %s", f.Path, got, hash)
	}
	if err := m.Put(ctx, f, c); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hashes[f.Path] = hash
	return nil
}

// Lose removes the object at path, as a mistaken hand would.
func (m *Memory) Lose(path string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, path)
}

// Remove takes the object at path away. One that is not there is as good as
// removed.
func (m *Memory) Remove(_ context.Context, path string) error {
	m.Lose(path)
	return nil
}

// Objects returns a copy of everything in the store, by path.
func (m *Memory) Objects() map[string]publish.Object {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.objects)
}

// Run holds a store to its promises. open returns an empty one.
func Run(t *testing.T, open func(*testing.T) publish.Store) {
	ctx := context.Background()
	file := func(body string, generation int64) publish.File {
		return publish.File{
			Path: "wilayah/31.74/index.html", ContentType: "text/html; charset=utf-8", CacheControl: "public, no-cache",
			Body: []byte(body), Generation: generation,
		}
	}
	t.Run("nothing is not found", func(t *testing.T) {
		_, err := open(t).Get(ctx, "data/manifest.json")
		if !errors.Is(err, aid.ErrNotFound) {
			t.Errorf("Get of nothing = %v; want not found", err)
		}
	})
	t.Run("what was put is read back with its generation", func(t *testing.T) {
		s := open(t)
		want := file("satu", 7)
		if err := s.Put(ctx, want, publish.Absent); err != nil {
			t.Fatal(err)
		}
		got, err := s.Get(ctx, want.Path)
		if err != nil || string(got.Body) != "satu" || got.Generation != 7 || got.ETag == "" {
			t.Errorf("Get = %q generation %d etag %q, %v", got.Body, got.Generation, got.ETag, err)
		}
	})
	t.Run("a file is created once", func(t *testing.T) {
		s := open(t)
		if err := s.Put(ctx, file("satu", 1), publish.Absent); err != nil {
			t.Fatal(err)
		}
		if err := s.Put(ctx, file("dua", 2), publish.Absent); !errors.Is(err, aid.ErrStale) {
			t.Errorf("second create = %v; want stale", err)
		}
		if got, _ := s.Get(ctx, file("", 0).Path); string(got.Body) != "satu" {
			t.Errorf("body = %q after a refused create", got.Body)
		}
	})
	t.Run("a file is replaced only as it was read", func(t *testing.T) {
		s := open(t)
		if err := s.Put(ctx, file("satu", 1), publish.Absent); err != nil {
			t.Fatal(err)
		}
		read, err := s.Get(ctx, file("", 0).Path)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Put(ctx, file("dua", 2), publish.Unchanged(read)); err != nil {
			t.Fatal(err)
		}
		if err := s.Put(ctx, file("tiga", 3), publish.Unchanged(read)); !errors.Is(err, aid.ErrStale) {
			t.Errorf("replace of what is no longer there = %v; want stale", err)
		}
		if got, _ := s.Get(ctx, file("", 0).Path); string(got.Body) != "dua" || got.Generation != 2 {
			t.Errorf("body = %q generation %d", got.Body, got.Generation)
		}
	})
	t.Run("nothing cannot be replaced", func(t *testing.T) {
		err := open(t).Put(ctx, file("dua", 2), publish.Condition{IfMatch: `"00"`})
		if !errors.Is(err, aid.ErrStale) {
			t.Errorf("replace of nothing = %v; want stale", err)
		}
	})
	t.Run("of many that create at once one wins", func(t *testing.T) {
		s := open(t)
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() { errs[i] = s.Put(ctx, file(fmt.Sprint(i), 1), publish.Absent) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case !errors.Is(err, aid.ErrStale):
				t.Errorf("loser got %v; want stale", err)
			}
		}
		if won != 1 {
			t.Errorf("%d of %d creates won", won, len(errs))
		}
	})
	t.Run("of many that replace at once one wins", func(t *testing.T) {
		s := open(t)
		if err := s.Put(ctx, file("awal", 1), publish.Absent); err != nil {
			t.Fatal(err)
		}
		read, err := s.Get(ctx, file("", 0).Path)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() { errs[i] = s.Put(ctx, file(fmt.Sprint(i), 2), publish.Unchanged(read)) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, aid.ErrStale) {
				t.Errorf("loser got %v; want stale", err)
			}
		}
		if won != 1 {
			t.Errorf("%d of %d replaces won", won, len(errs))
		}
	})
}
