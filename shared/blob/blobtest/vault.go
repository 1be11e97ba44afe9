package blobtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/blob"
)

// Vault is what a store of evidence can do.
type Vault interface {
	SignPut(ctx context.Context, key string, u blob.Upload) (blob.Signed, error)
	SignGet(ctx context.Context, key, version, mediaType, fileName string) (blob.Signed, error)
	Get(ctx context.Context, key, version string, limit int64) (blob.Kept, error)
	Open(ctx context.Context, key string) (io.ReadCloser, error)
	Put(ctx context.Context, key, mediaType string, body []byte) error
	Lock(ctx context.Context, key, version string, until time.Time) error
	Delete(ctx context.Context, key, version string) error
	Remove(ctx context.Context, key string) error
}

// MemoryVault is a vault in memory. The addresses it signs work until the test
// ends.
type MemoryVault struct {
	url string
	now func() time.Time

	mu       sync.Mutex
	versions map[string][]*kept // oldest first
	grants   map[string]grant
	count    int
}

type kept struct {
	version, mediaType string
	body               []byte
	until              time.Time
}

// A grant is what one signed address is for.
type grant struct {
	method, key, version   string
	upload                 blob.Upload
	mediaType, disposition string
	expires                time.Time
}

// NewVault returns an empty vault in memory, which signs as of now.
func NewVault(t testing.TB, now func() time.Time) *MemoryVault {
	v := &MemoryVault{now: now, versions: map[string][]*kept{}, grants: map[string]grant{}}
	server := httptest.NewServer(v)
	t.Cleanup(server.Close)
	v.url = server.URL
	return v
}

func (v *MemoryVault) sign(g grant, headers map[string]string) blob.Signed {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.count++
	name := strconv.Itoa(v.count)
	g.expires = v.now().Add(blob.SignedFor).UTC().Truncate(time.Second)
	v.grants[name] = g
	return blob.Signed{URL: v.url + "/" + (&url.URL{Path: g.key}).EscapedPath() + "?signature=" + name, Headers: headers, Expires: g.expires}
}

// SignPut returns an address at which exactly this file may be put once.
func (v *MemoryVault) SignPut(_ context.Context, key string, u blob.Upload) (blob.Signed, error) {
	sum, err := hex.DecodeString(u.SHA256)
	if err != nil || len(sum) != 32 {
		return blob.Signed{}, fmt.Errorf("sign put of %s: %q is not a SHA-256", key, u.SHA256)
	}
	return v.sign(grant{method: http.MethodPut, key: key, upload: u}, map[string]string{
		"content-type": u.Type, "if-none-match": "*", "x-amz-checksum-sha256": base64.StdEncoding.EncodeToString(sum),
	}), nil
}

// SignGet returns an address at which an object may be read.
func (v *MemoryVault) SignGet(_ context.Context, key, version, mediaType, fileName string) (blob.Signed, error) {
	g := grant{method: http.MethodGet, key: key, version: version, mediaType: mediaType, disposition: "inline"}
	if fileName != "" {
		g.disposition = fmt.Sprintf("attachment; filename=%q", fileName)
	}
	return v.sign(g, map[string]string{}), nil
}

// ServeHTTP answers at signed addresses.
func (v *MemoryVault) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	g, ok := v.grants[r.URL.Query().Get("signature")]
	if !ok || g.method != r.Method || g.key != strings.TrimPrefix(r.URL.Path, "/") || time.Now().After(g.expires) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	if g.method == http.MethodGet {
		k := v.find(g.key, g.version)
		if k == nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", g.mediaType)
		w.Header().Set("Content-Disposition", g.disposition)
		_, _ = w.Write(k.body)
		return
	}
	body, err := io.ReadAll(r.Body)
	sum := sha256.Sum256(body)
	said := r.Header.Get("X-Amz-Checksum-Sha256")
	announced, _ := hex.DecodeString(g.upload.SHA256) // was read when it was signed
	switch {
	case err != nil || r.ContentLength != g.upload.Length || r.Header.Get("Content-Type") != g.upload.Type ||
		r.Header.Get("If-None-Match") != "*" || said != base64.StdEncoding.EncodeToString(announced):
		w.WriteHeader(http.StatusForbidden)
	case said != base64.StdEncoding.EncodeToString(sum[:]):
		w.WriteHeader(http.StatusBadRequest)
	case v.find(g.key, "") != nil:
		w.WriteHeader(http.StatusPreconditionFailed)
	default:
		v.add(g.key, g.upload.Type, body)
	}
}

func (v *MemoryVault) find(key, version string) *kept {
	all := v.versions[key]
	for i := len(all) - 1; i >= 0; i-- {
		if version == "" || all[i].version == version {
			return all[i]
		}
	}
	return nil
}

func (v *MemoryVault) add(key, mediaType string, body []byte) string {
	v.count++
	k := &kept{version: fmt.Sprintf("v%d", v.count), mediaType: mediaType, body: bytes.Clone(body)}
	v.versions[key] = append(v.versions[key], k)
	return k.version
}

// Slip puts a new version at key as somebody would whom no condition holds, and
// returns it.
func (v *MemoryVault) Slip(key string, body []byte) (version string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.add(key, "application/octet-stream", body)
}

// Versions returns the versions at key, oldest first, and until when each is
// locked.
func (v *MemoryVault) Versions(key string) (versions []string, until []time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, k := range v.versions[key] {
		versions, until = append(versions, k.version), append(until, k.until)
	}
	return versions, until
}

// Get returns a version of the object at key, at most limit bytes of it.
func (v *MemoryVault) Get(_ context.Context, key, version string, limit int64) (blob.Kept, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	k := v.find(key, version)
	if k == nil {
		return blob.Kept{}, fmt.Errorf("object %s: %w", key, aid.ErrNotFound)
	}
	return blob.Kept{Body: bytes.Clone(k.body[:min(limit, int64(len(k.body)))]), Length: int64(len(k.body)), Version: k.version}, nil
}

// Put keeps an object at key, where there must be none yet.
func (v *MemoryVault) Put(_ context.Context, key, mediaType string, body []byte) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.find(key, "") != nil {
		return fmt.Errorf("put %s: %w", key, aid.ErrExists)
	}
	v.add(key, mediaType, body)
	return nil
}

// Lock keeps a version from being deleted until an instant.
func (v *MemoryVault) Lock(_ context.Context, key, version string, until time.Time) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	k := v.find(key, version)
	switch {
	case k == nil:
		return fmt.Errorf("lock %s: %w", key, aid.ErrNotFound)
	case until.Before(k.until):
		return fmt.Errorf("lock %s: %w", key, errLocked)
	}
	k.until = until
	return nil
}

var errLocked = errors.New("locked")

// Delete removes a version for good.
func (v *MemoryVault) Delete(_ context.Context, key, version string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	for i, k := range v.versions[key] {
		if k.version != version {
			continue
		}
		if time.Now().Before(k.until) {
			return fmt.Errorf("delete %s: %w", key, errLocked)
		}
		v.versions[key] = append(v.versions[key][:i:i], v.versions[key][i+1:]...)
		return nil
	}
	return nil
}

// Remove removes the newest version for good.
func (v *MemoryVault) Remove(ctx context.Context, key string) error {
	v.mu.Lock()
	newest := v.find(key, "")
	v.mu.Unlock()
	if newest == nil {
		return nil
	}
	return v.Delete(ctx, key, newest.version)
}

// Send puts a file at a signed address as a browser does, and returns the
// status. Headers are sent in place of the signed ones of the same name.
func Send(t testing.TB, s blob.Signed, body []byte, headers map[string]string) int {
	t.Helper()
	r, err := http.NewRequest(http.MethodPut, s.URL, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, all := range []map[string]string{s.Headers, headers} {
		for name, value := range all {
			if r.Header.Set(name, value); value == "" {
				r.Header.Del(name)
			}
		}
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// UploadOf announces a file truly.
func UploadOf(body []byte, mediaType string) blob.Upload {
	sum := sha256.Sum256(body)
	return blob.Upload{Type: mediaType, Length: int64(len(body)), SHA256: hex.EncodeToString(sum[:])}
}

// RunVault holds a vault to its promises. open returns an empty one, which
// signs as of now.
func RunVault(t *testing.T, open func(t *testing.T, now func() time.Time) Vault) {
	const key = "original/31.74.01.1001.003/0198c0de-0000-7000-8000-00000000002a/0198c0de-0000-7000-8000-00000000002b"
	ctx := context.Background()
	body := []byte("\xff\xd8\xff sebuah foto")
	sign := func(t *testing.T, v Vault, u blob.Upload) blob.Signed {
		t.Helper()
		s, err := v.SignPut(ctx, key, u)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	nothing := func(t *testing.T, v Vault) {
		t.Helper()
		if k, err := v.Get(ctx, key, "", 100); !errors.Is(err, aid.ErrNotFound) {
			t.Errorf("something is there: %q, %v", k.Body, err)
		}
	}
	t.Run("what was announced arrives", func(t *testing.T) {
		v := open(t, time.Now)
		s := sign(t, v, UploadOf(body, "image/jpeg"))
		if left := time.Until(s.Expires); left > blob.SignedFor || left < blob.SignedFor-time.Minute {
			t.Errorf("good for %v", left)
		}
		if s.Headers["content-type"] != "image/jpeg" || s.Headers["if-none-match"] != "*" || s.Headers["x-amz-checksum-sha256"] == "" || len(s.Headers) != 3 {
			t.Errorf("headers %v", s.Headers)
		}
		if status := Send(t, s, body, nil); status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
		k, err := v.Get(ctx, key, "", 1000)
		if err != nil || !bytes.Equal(k.Body, body) || k.Length != int64(len(body)) || k.Version == "" {
			t.Errorf("kept %q of %d as %q, %v", k.Body, k.Length, k.Version, err)
		}
		if again, err := v.Get(ctx, key, k.Version, 4); err != nil || string(again.Body) != "\xff\xd8\xff " || again.Length != k.Length || again.Version != k.Version {
			t.Errorf("the version, cut: %q of %d, %v", again.Body, again.Length, err)
		}
	})
	t.Run("what is there is read piece by piece", func(t *testing.T) {
		v := open(t, time.Now)
		if _, err := v.Open(ctx, key); !errors.Is(err, aid.ErrNotFound) {
			t.Errorf("opened nothing: %v", err)
		}
		if err := v.Put(ctx, key, "image/jpeg", body); err != nil {
			t.Fatal(err)
		}
		in, err := v.Open(ctx, key)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		if got, err := io.ReadAll(in); err != nil || !bytes.Equal(got, body) {
			t.Errorf("read %q, %v", got, err)
		}
	})
	t.Run("anything else is refused", func(t *testing.T) {
		other := append(bytes.Clone(body[:len(body)-1]), 'x')
		wrong := UploadOf(other, "image/jpeg").SHA256
		sum, _ := hex.DecodeString(wrong)
		for name, c := range map[string]struct {
			body    []byte
			headers map[string]string
		}{
			"longer":                    {append(bytes.Clone(body), 'x'), nil},
			"shorter":                   {body[:len(body)-1], nil},
			"nothing":                   {nil, nil},
			"as long, and different":    {other, nil},
			"different, and says so":    {other, map[string]string{"x-amz-checksum-sha256": base64.StdEncoding.EncodeToString(sum)}},
			"without its sum":           {body, map[string]string{"x-amz-checksum-sha256": ""}},
			"another type":              {body, map[string]string{"content-type": "text/html"}},
			"whatever is there already": {body, map[string]string{"if-none-match": ""}},
		} {
			v := open(t, time.Now)
			status := Send(t, sign(t, v, UploadOf(body, "image/jpeg")), c.body, c.headers)
			if status < 400 || status >= 500 {
				t.Errorf("%s: status %d", name, status)
			}
			nothing(t, v)
		}
	})
	t.Run("an address is good for one file", func(t *testing.T) {
		v := open(t, time.Now)
		s := sign(t, v, UploadOf(body, "image/jpeg"))
		if status := Send(t, s, body, nil); status != http.StatusOK {
			t.Fatalf("first: status %d", status)
		}
		before, err := v.Get(ctx, key, "", 100)
		if err != nil {
			t.Fatal(err)
		}
		if status := Send(t, s, body, nil); status != http.StatusPreconditionFailed {
			t.Errorf("second: status %d", status)
		}
		moved := s
		moved.URL = strings.Replace(s.URL, "00000000002b", "00000000002c", 1)
		if status := Send(t, moved, body, nil); status != http.StatusForbidden {
			t.Errorf("elsewhere: status %d", status)
		}
		if after, err := v.Get(ctx, key, "", 100); err != nil || after.Version != before.Version {
			t.Errorf("version %q became %q, %v", before.Version, after.Version, err)
		}
	})
	t.Run("an address expires", func(t *testing.T) {
		v := open(t, func() time.Time { return time.Now().Add(-blob.SignedFor - time.Second) })
		if status := Send(t, sign(t, v, UploadOf(body, "image/jpeg")), body, nil); status != http.StatusForbidden {
			t.Errorf("status %d", status)
		}
		nothing(t, v)
	})
	t.Run("what is no sum is not signed", func(t *testing.T) {
		if _, err := open(t, time.Now).SignPut(ctx, key, blob.Upload{Type: "image/jpeg", Length: 1, SHA256: "abc"}); err == nil {
			t.Error("signed")
		}
	})
	t.Run("an object is looked at as what it is said to be", func(t *testing.T) {
		v := open(t, time.Now)
		if err := v.Put(ctx, "thumb/a.jpg", "image/jpeg", body); err != nil {
			t.Fatal(err)
		}
		k, err := v.Get(ctx, "thumb/a.jpg", "", 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ version, name, want string }{{"", "", "inline"}, {k.Version, "bast.pdf", `attachment; filename="bast.pdf"`}} {
			s, err := v.SignGet(ctx, "thumb/a.jpg", c.version, "image/jpeg", c.name)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := http.Get(s.URL)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil || !bytes.Equal(got, body) || resp.Header.Get("Content-Type") != "image/jpeg" || resp.Header.Get("Content-Disposition") != c.want || len(s.Headers) != 0 {
				t.Errorf("%+v: %d %v, headers to send %v, %v", c, resp.StatusCode, resp.Header, s.Headers, err)
			}
		}
	})
	t.Run("a copy is drawn once", func(t *testing.T) {
		v := open(t, time.Now)
		if err := v.Put(ctx, "thumb/a.jpg", "image/jpeg", body); err != nil {
			t.Fatal(err)
		}
		if err := v.Put(ctx, "thumb/a.jpg", "image/jpeg", []byte("lain")); !errors.Is(err, aid.ErrExists) {
			t.Errorf("second put = %v; want exists", err)
		}
		if k, err := v.Get(ctx, "thumb/a.jpg", "", 100); err != nil || !bytes.Equal(k.Body, body) {
			t.Errorf("kept %q, %v", k.Body, err)
		}
	})
	t.Run("what is locked stays", func(t *testing.T) {
		v := open(t, time.Now)
		if err := v.Put(ctx, key, "image/jpeg", body); err != nil {
			t.Fatal(err)
		}
		k, err := v.Get(ctx, key, "", 100)
		if err != nil {
			t.Fatal(err)
		}
		until := time.Now().Add(24 * time.Hour).UTC().Truncate(time.Second)
		for _, until := range []time.Time{until, until, until.Add(time.Hour)} {
			if err := v.Lock(ctx, key, k.Version, until); err != nil {
				t.Fatalf("lock until %v: %v", until, err)
			}
		}
		if err := v.Lock(ctx, key, k.Version, until); err == nil {
			t.Error("a lock was shortened")
		}
		if err := v.Delete(ctx, key, k.Version); err == nil {
			t.Error("a locked version was deleted")
		}
		if again, err := v.Get(ctx, key, k.Version, 100); err != nil || !bytes.Equal(again.Body, body) {
			t.Errorf("kept %q, %v", again.Body, err)
		}
	})
	t.Run("what is deleted is gone, and may be deleted again", func(t *testing.T) {
		v := open(t, time.Now)
		if err := v.Put(ctx, key, "image/jpeg", body); err != nil {
			t.Fatal(err)
		}
		k, err := v.Get(ctx, key, "", 100)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := v.Delete(ctx, key, k.Version); err != nil {
				t.Fatal(err)
			}
		}
		nothing(t, v)
		if err := v.Put(ctx, key, "image/jpeg", body); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := v.Remove(ctx, key); err != nil {
				t.Fatal(err)
			}
		}
		nothing(t, v)
		if _, err := v.Get(ctx, key, k.Version, 100); !errors.Is(err, aid.ErrNotFound) {
			t.Errorf("Get of the version = %v; want not found", err)
		}
		if err := v.Put(ctx, key, "image/jpeg", body); err != nil {
			t.Errorf("put where something was: %v", err)
		}
	})
}
