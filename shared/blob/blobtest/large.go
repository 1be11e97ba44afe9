package blobtest

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"

	"ksbb/shared/aid"
	"ksbb/shared/publish"
)

// LargeStore is a store that also takes and gives files piece by piece.
type LargeStore interface {
	publish.Store
	Head(ctx context.Context, path string) (publish.Stat, error)
	Open(ctx context.Context, path string) (io.ReadCloser, error)
	Upload(ctx context.Context, f publish.File, body io.ReadSeeker, hash string, c publish.Condition) error
	Remove(ctx context.Context, path string) error
}

// RunLarge holds a store of large files to its promises. open returns an empty
// one.
func RunLarge(t *testing.T, open func(*testing.T) LargeStore) {
	ctx := context.Background()
	file := publish.File{Path: "data/v1/open/31/needs.csv", ContentType: "text/csv; charset=utf-8", CacheControl: "public, no-cache", Generation: 20_000}
	hashOf := func(body string) string {
		sum := sha256.Sum256([]byte(body))
		return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
	}
	upload := func(s LargeStore, body string, c publish.Condition) error {
		return s.Upload(ctx, file, strings.NewReader(body), hashOf(body), c)
	}
	body := strings.Repeat("31.74.01,tangki,12\r\n", 20_000)
	t.Run("nothing has no description", func(t *testing.T) {
		s := open(t)
		if _, err := s.Head(ctx, file.Path); !errors.Is(err, aid.ErrNotFound) {
			t.Errorf("Head of nothing = %v; want not found", err)
		}
		if _, err := s.Open(ctx, file.Path); !errors.Is(err, aid.ErrNotFound) {
			t.Errorf("Open of nothing = %v; want not found", err)
		}
	})
	t.Run("what was uploaded is described and read back", func(t *testing.T) {
		s := open(t)
		if err := upload(s, body, publish.Absent); err != nil {
			t.Fatal(err)
		}
		got, err := s.Head(ctx, file.Path)
		if err != nil {
			t.Fatal(err)
		}
		read, err := s.Get(ctx, file.Path)
		if err != nil {
			t.Fatal(err)
		}
		want := publish.Stat{ETag: read.ETag, Generation: file.Generation, Size: int64(len(body)), Hash: hashOf(body)}
		if got != want || string(read.Body) != body || read.Generation != file.Generation {
			t.Errorf("Head = %+v; want %+v, and %d bytes read of generation %d", got, want, len(read.Body), read.Generation)
		}
		in, err := s.Open(ctx, file.Path)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		if all, err := io.ReadAll(in); err != nil || string(all) != body {
			t.Errorf("Open gave %d bytes, %v", len(all), err)
		}
	})
	t.Run("the whole body is uploaded, wherever it was read to", func(t *testing.T) {
		s := open(t)
		r := strings.NewReader(body)
		_, _ = r.Seek(100, io.SeekStart)
		if err := s.Upload(ctx, file, r, hashOf(body), publish.Absent); err != nil {
			t.Fatal(err)
		}
		if got, _ := s.Head(ctx, file.Path); got.Size != int64(len(body)) {
			t.Errorf("%d bytes are there; want %d", got.Size, len(body))
		}
	})
	t.Run("an empty body is a file", func(t *testing.T) {
		s := open(t)
		if err := upload(s, "", publish.Absent); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Head(ctx, file.Path); err != nil || got.Size != 0 || got.Hash != hashOf("") {
			t.Errorf("Head = %+v, %v", got, err)
		}
	})
	t.Run("bytes that do not come to their hash are not kept", func(t *testing.T) {
		s := open(t)
		if err := s.Upload(ctx, file, strings.NewReader(body), hashOf("other"), publish.Absent); err == nil {
			t.Error("another hash was accepted")
		}
		if _, err := s.Head(ctx, file.Path); !errors.Is(err, aid.ErrNotFound) {
			t.Errorf("Head after a refused upload = %v; want not found", err)
		}
	})
	t.Run("an upload keeps to its condition", func(t *testing.T) {
		s := open(t)
		if err := upload(s, "satu", publish.Absent); err != nil {
			t.Fatal(err)
		}
		if err := upload(s, "dua", publish.Absent); !errors.Is(err, aid.ErrStale) {
			t.Errorf("second create = %v; want stale", err)
		}
		read, err := s.Head(ctx, file.Path)
		if err != nil {
			t.Fatal(err)
		}
		as := publish.Condition{IfMatch: read.ETag}
		if err := upload(s, "dua", as); err != nil {
			t.Fatal(err)
		}
		if err := upload(s, "tiga", as); !errors.Is(err, aid.ErrStale) {
			t.Errorf("replace of what is no longer there = %v; want stale", err)
		}
		if got, _ := s.Head(ctx, file.Path); got.Hash != hashOf("dua") {
			t.Errorf("hash is %s; want that of the second body", got.Hash)
		}
	})
	t.Run("what was put without a hash has none", func(t *testing.T) {
		s := open(t)
		f := file
		f.Body = []byte("satu")
		if err := s.Put(ctx, f, publish.Absent); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Head(ctx, f.Path); err != nil || got.Size != 4 || got.Hash != "" {
			t.Errorf("Head = %+v, %v", got, err)
		}
	})
	t.Run("what was removed is gone, and may be put again", func(t *testing.T) {
		s := open(t)
		f := file
		f.Body = []byte("satu")
		if err := s.Put(ctx, f, publish.Absent); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Remove(ctx, f.Path); err != nil {
				t.Errorf("Remove = %v; want no error, also of nothing", err)
			}
		}
		if _, err := s.Get(ctx, f.Path); !errors.Is(err, aid.ErrNotFound) {
			t.Errorf("Get of what was removed = %v; want not found", err)
		}
		if err := s.Put(ctx, f, publish.Absent); err != nil {
			t.Errorf("Put after Remove = %v", err)
		}
	})
}
