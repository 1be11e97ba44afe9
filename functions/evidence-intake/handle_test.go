package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"ksbb/shared/aid"
	"ksbb/shared/blob"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/evidence"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

var noon = time.Date(2026, 11, 2, 5, 0, 0, 0, time.UTC)

// world is an intake with everything it needs in memory.
type world struct {
	*testing.T
	server *server
	vault  *blobtest.MemoryVault
	facts  *table.Memory
}

func newWorld(t *testing.T) world {
	w := world{T: t, vault: blobtest.NewVault(t, time.Now), facts: table.NewMemory()}
	w.server = &server{facts: w.facts, files: w.vault, now: func() time.Time { return noon.Add(time.Minute) }}
	if err := w.facts.Load(t.Context(), tabletest.Listings(), tabletest.Catalogue(), tabletest.Noon); err != nil {
		t.Fatal(err)
	}
	return w
}

func photo() []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 640, 320)), nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// announce records that a file will come, and returns what is known of it.
func (w world) announce(id string, body []byte, mediaType string) aid.Evidence {
	w.Helper()
	sum := sha256.Sum256(body)
	leaf, err := w.facts.LeafOf(w.Context(), tabletest.RW)
	if err != nil {
		w.Fatal(err)
	}
	e := aid.Evidence{
		ID: aid.EvidenceID(id), Recipient: tabletest.RW, Commitment: "0198c0de-0000-7000-8000-00000000002a",
		Leaf: leaf, Kind: aid.EvidencePhoto, Type: mediaType, Length: int64(len(body)),
		SHA256: hex.EncodeToString(sum[:]), State: aid.EvidenceAwaited, At: noon,
	}
	if err := w.facts.AddEvidence(w.Context(), e); err != nil {
		w.Fatal(err)
	}
	return e
}

// upload puts a file where an address was signed for e.
func (w world) upload(e aid.Evidence, body []byte) (version string) {
	w.Helper()
	signed, err := w.vault.SignPut(w.Context(), e.Path(), blob.Upload{Type: e.Type, Length: e.Length, SHA256: e.SHA256})
	if err != nil {
		w.Fatal(err)
	}
	if status := blobtest.Send(w, signed, body, nil); status != 200 {
		w.Fatalf("upload: status %d", status)
	}
	versions, _ := w.vault.Versions(e.Path())
	return versions[len(versions)-1]
}

// eventOf is how S3 tells of a version: the key is encoded as in a query.
func eventOf(t testing.TB, versions ...[2]string) events.S3Event {
	t.Helper()
	var records []any
	for _, v := range versions {
		records = append(records, map[string]any{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": map[string]any{
			"bucket": map[string]any{"name": "evidence"}, "object": map[string]any{"key": url.QueryEscape(v[0]), "versionId": v[1]},
		}})
	}
	text, err := json.Marshal(map[string]any{"Records": records})
	if err != nil {
		t.Fatal(err)
	}
	var ev events.S3Event
	if err := json.Unmarshal(text, &ev); err != nil {
		t.Fatal(err)
	}
	return ev
}

func (w world) wake(key, version string) {
	w.Helper()
	if err := w.server.handle(w.Context(), eventOf(w, [2]string{key, version})); err != nil {
		w.Fatal(err)
	}
}

func (w world) known(e aid.Evidence) aid.Evidence {
	w.Helper()
	got, err := w.facts.Evidence(w.Context(), table.EvidenceRef{Recipient: e.Recipient, Commitment: e.Commitment, Complaint: e.Complaint, ID: e.ID})
	if err != nil {
		w.Fatal(err)
	}
	return got
}

func (w world) versions(path string) int {
	v, _ := w.vault.Versions(path)
	return len(v)
}

func TestAGoodFileIsAcceptedOnceAndLocked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := photo()
	e := w.announce("e1", body, "image/jpeg")
	version := w.upload(e, body)
	var first aid.Evidence
	for i := range 3 {
		w.wake(e.Path(), version)
		got := w.known(e)
		if got.State != aid.EvidenceAccepted || got.Refusal != "" || got.Version != version || !got.CheckedAt.Equal(noon.Add(time.Minute)) {
			t.Fatalf("after %d events: %+v", i+1, got)
		}
		if i == 0 {
			first = got
		} else if got != first {
			t.Errorf("judged again: %+v, then %+v", first, got)
		}
	}
	versions, until := w.vault.Versions(e.Path())
	if len(versions) != 1 || !until[0].Equal(noon.Add(keptFor)) {
		t.Errorf("original: versions %v locked until %v", versions, until)
	}
	for path, side := range map[string]int{evidence.DisplayPath(e): 640, evidence.ThumbPath(e): evidence.ThumbSide} {
		k, err := w.vault.Get(t.Context(), path, "", aid.MaxEvidenceBytes)
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.DecodeConfig(bytes.NewReader(k.Body))
		if err != nil || m.Width != side || w.versions(path) != 1 {
			t.Errorf("%s: %d wide in %d versions, %v", path, m.Width, w.versions(path), err)
		}
	}
	if p := evidence.ThumbPath(e); p != "thumb/31.74.01.1001.003/0198c0de-0000-7000-8000-00000000002a/e1.jpg" {
		t.Errorf("thumb at %s", p)
	}
}

func TestAPDFIsKeptAndNotDrawn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := []byte("%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n")
	e := w.announce("e1", body, "application/pdf")
	w.wake(e.Path(), w.upload(e, body))
	if got := w.known(e); got.State != aid.EvidenceAccepted || w.versions(evidence.DisplayPath(e))+w.versions(evidence.ThumbPath(e)) != 0 {
		t.Errorf("%+v with copies", got)
	}
}

func TestEvidenceOfAComplaintIsJudgedToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := photo()
	e := w.announce("e1", body, "image/jpeg")
	e.Recipient, e.Commitment, e.Leaf, e.Complaint, e.Kind = "", "", aid.Leaf{}, "0198c0de-0000-7000-8000-00000000003a", aid.EvidenceComplaint
	if err := w.facts.AddEvidence(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	w.wake(e.Path(), w.upload(e, body))
	if got := w.known(e); got.State != aid.EvidenceAccepted || w.versions("thumb/complaint/0198c0de-0000-7000-8000-00000000003a/e1.jpg") != 1 {
		t.Errorf("%+v", got)
	}
}

func TestABadFileIsRefusedForItsReasonAndDeleted(t *testing.T) {
	t.Parallel()
	good := photo()
	for name, c := range map[string]struct {
		announced []byte
		kind      string
		came      []byte
		want      aid.EvidenceRefusal
	}{
		"cut off before it was announced": {good[:len(good)/2], "image/jpeg", good[:len(good)/2], aid.RefusedBroken},
		"not what it is called":           {good, "image/png", good, aid.RefusedType},
		"active":                          {[]byte("%PDF-1.7\n<< /JS (x) >>\n%%EOF"), "application/pdf", []byte("%PDF-1.7\n<< /JS (x) >>\n%%EOF"), aid.RefusedActive},
		"another of the same length":      {good, "image/jpeg", append(bytes.Clone(good[:len(good)-1]), 'x'), aid.RefusedDifferent},
		"longer than announced":           {good, "image/jpeg", append(bytes.Clone(good), 'x'), aid.RefusedDifferent},
		"far longer than announced":       {good, "image/jpeg", make([]byte, aid.MaxEvidenceBytes+1), aid.RefusedTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			e := w.announce("e1", c.announced, c.kind)
			version := w.vault.Slip(e.Path(), c.came) // past the address
			for range 2 {
				w.wake(e.Path(), version)
				if got := w.known(e); got.State != aid.EvidenceRefused || got.Refusal != c.want {
					t.Errorf("%+v; want %s", got, c.want)
				}
				if w.versions(e.Path())+w.versions(evidence.DisplayPath(e))+w.versions(evidence.ThumbPath(e)) != 0 {
					t.Error("something was kept")
				}
			}
			// Whatever comes there later is no evidence either.
			w.wake(e.Path(), w.vault.Slip(e.Path(), c.announced))
			if got := w.known(e); got.State != aid.EvidenceRefused || got.Refusal != c.want || w.versions(e.Path()) != 0 {
				t.Errorf("a second file: %+v, %d kept", got, w.versions(e.Path()))
			}
		})
	}
}

func TestEvidenceSwappedAfterItsCheckChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := photo()
	e := w.announce("e1", body, "image/jpeg")
	version := w.upload(e, body)
	w.wake(e.Path(), version)
	before := w.known(e)
	for _, swapped := range [][]byte{[]byte("lain sekali"), append(bytes.Clone(body), "PK"...), body} {
		later := w.vault.Slip(e.Path(), swapped)
		w.wake(e.Path(), later)
		w.wake(e.Path(), version) // the first event once more, and late
		if got := w.known(e); got != before {
			t.Errorf("swapped for %d bytes: %+v, then %+v", len(swapped), before, got)
		}
		if v, _ := w.vault.Versions(e.Path()); !slices.Equal(v, []string{version}) {
			t.Errorf("versions %v, want %s alone", v, version)
		}
	}
}

// Of two files in one place the one that was announced counts, whichever event
// comes first.
func TestWhatNobodyAnnouncedIsDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.announce("e1", photo(), "image/jpeg")
	for _, key := range []string{
		strings.Replace(e.Path(), "/e1", "/e2", 1), strings.Replace(e.Path(), "003/", "004/", 1), "original/x", "original/a/b/c/d", "original/a//c",
		"original/../../e1", "original/complaint/0198c0de-0000-7000-8000-00000000002a/e1", "original/a/b/c#d", e.Path() + "/", e.Path() + " x",
	} {
		w.wake(key, w.vault.Slip(key, photo()))
		if n := w.versions(key); n != 0 {
			t.Errorf("%s: %d kept", key, n)
		}
	}
	if got := w.known(e); got.State != aid.EvidenceAwaited {
		t.Errorf("%+v", got)
	}
}

func TestNothingButOriginalsIsTouched(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := "display/31.73.01.1006.003/0198c0de-0000-7000-8000-00000000002a/e1.jpg"
	version := w.vault.Slip(key, photo())
	if err := w.server.handle(t.Context(), eventOf(t, [2]string{key, version})); err == nil || w.versions(key) != 1 {
		t.Errorf("err %v, %d kept", err, w.versions(key))
	}
	// Without a version nobody can say what was checked.
	e := w.announce("e1", photo(), "image/jpeg")
	w.vault.Slip(e.Path(), photo())
	if err := w.server.handle(t.Context(), eventOf(t, [2]string{e.Path(), ""})); err == nil || w.known(e).State != aid.EvidenceAwaited {
		t.Errorf("err %v, %+v", err, w.known(e))
	}
}

// flaky fails the nth call, before or after it took effect.
type flaky struct {
	facts
	files
	calls, failAt int
	after         bool
}

var errAway = errors.New("away")

func (f *flaky) do(call func() error) error {
	f.calls++
	if f.calls != f.failAt {
		return call()
	}
	if f.after {
		if err := call(); err != nil {
			return err
		}
	}
	return errAway
}

func (f *flaky) Evidence(ctx context.Context, ref table.EvidenceRef) (e aid.Evidence, err error) {
	return e, f.do(func() error { e, err = f.facts.Evidence(ctx, ref); return err })
}

func (f *flaky) JudgeEvidence(ctx context.Context, e aid.Evidence) error {
	return f.do(func() error { return f.facts.JudgeEvidence(ctx, e) })
}

func (f *flaky) Get(ctx context.Context, key, version string, limit int64) (k blob.Kept, err error) {
	return k, f.do(func() error { k, err = f.files.Get(ctx, key, version, limit); return err })
}

func (f *flaky) Put(ctx context.Context, key, mediaType string, body []byte) error {
	return f.do(func() error { return f.files.Put(ctx, key, mediaType, body) })
}

func (f *flaky) Lock(ctx context.Context, key, version string, until time.Time) error {
	return f.do(func() error { return f.files.Lock(ctx, key, version, until) })
}

func (f *flaky) Delete(ctx context.Context, key, version string) error {
	return f.do(func() error { return f.files.Delete(ctx, key, version) })
}

// Wherever it stops, being woken again ends in the same state.
func TestAnInterruptedJudgementIsDoneAgain(t *testing.T) {
	t.Parallel()
	bad := []byte("\xff\xd8\xff broken")
	for failAt := 1; ; failAt++ {
		interrupted := 0
		for _, after := range []bool{false, true} {
			for _, body := range [][]byte{photo(), bad} {
				w := newWorld(t)
				e := w.announce("e1", body, "image/jpeg")
				version := w.upload(e, body)
				f := &flaky{facts: w.facts, files: w.vault, failAt: failAt, after: after}
				s := &server{facts: f, files: f, now: w.server.now}
				ev := eventOf(t, [2]string{e.Path(), version})
				if err := s.handle(t.Context(), ev); err != nil {
					if !errors.Is(err, errAway) {
						t.Fatal(err)
					}
					interrupted++
					if err := s.handle(t.Context(), ev); err != nil {
						t.Fatalf("call %d fails, after=%v: woken again: %v", failAt, after, err)
					}
				}
				name := fmt.Sprintf("call %d fails, after=%v, %d bytes", failAt, after, len(body))
				got, copies := w.known(e), w.versions(evidence.DisplayPath(e))+w.versions(evidence.ThumbPath(e))
				versions, until := w.vault.Versions(e.Path())
				if len(body) == len(bad) {
					if got.State != aid.EvidenceRefused || len(versions) != 0 || copies != 0 {
						t.Errorf("%s: %+v, %d originals, %d copies", name, got, len(versions), copies)
					}
				} else if got.State != aid.EvidenceAccepted || len(versions) != 1 || until[0].IsZero() || copies != 2 {
					t.Errorf("%s: %+v, %d originals, %d copies", name, got, len(versions), copies)
				}
			}
		}
		if interrupted == 0 {
			if failAt < 6 {
				t.Errorf("only %d calls were interrupted", failAt-1)
			}
			return
		}
	}
}

// One file that fails holds no other up.
func TestEachFileOfAnEventIsJudged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := photo()
	a, b := w.announce("e1", body, "image/jpeg"), w.announce("e2", body, "image/jpeg")
	err := w.server.handle(t.Context(), eventOf(t, [2]string{a.Path(), ""}, [2]string{b.Path(), w.upload(b, body)}))
	if err == nil || w.known(b).State != aid.EvidenceAccepted {
		t.Errorf("err %v, second %+v", err, w.known(b))
	}
}

// Not parallel: it listens to the log.
func TestTheLogSaysWhatBecameOfEachFile(t *testing.T) {
	var lines bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&lines, nil)))
	defer slog.SetDefault(before)
	w := newWorld(t)
	body := photo()
	a, b := w.announce("e1", body, "image/jpeg"), w.announce("e2", body, "image/png")
	w.wake(a.Path(), w.upload(a, body))
	w.wake(b.Path(), w.upload(b, body))
	got := strings.Split(strings.TrimSpace(lines.String()), "\n")
	if len(got) != 2 || !strings.Contains(got[0], `"evidence accepted"`) || !strings.Contains(got[0], "/e1") || !strings.Contains(got[1], `"reason":"type"`) || !strings.Contains(got[1], "/e2") {
		t.Errorf("%s", &lines)
	}
}
