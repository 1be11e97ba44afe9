package stack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"ksbb/infra/local/engine"
	"ksbb/infra/local/template"
	"ksbb/shared/aid"
	"ksbb/shared/blob"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/evidence"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

// sign lets the web function sign an address for a file.
func sign(t *testing.T, s *Stack, key string, body []byte) blob.Signed {
	t.Helper()
	order, err := json.Marshal(map[string]any{"Do": "sign", "Text": key, "Upload": blobtest.UploadOf(body, "image/jpeg")})
	if err != nil {
		t.Fatal(err)
	}
	resp, text := call(t, "POST", s.URL+"/v1/do", map[string]string{"Content-Type": "application/json"}, string(order))
	var signed blob.Signed
	if err := json.Unmarshal([]byte(text), &signed); err != nil || signed.URL == "" {
		t.Fatalf("sign %s: %d %s, %v", key, resp.StatusCode, text, err)
	}
	return signed
}

// browse puts a file at a signed address as a page of an origin does: first it
// asks whether it may. It returns the status, and 0 where a browser would not
// have sent or would not have told the page.
func browse(t *testing.T, origin string, signed blob.Signed, body []byte) int {
	t.Helper()
	var names []string
	for name := range signed.Headers {
		names = append(names, name)
	}
	ask := map[string]string{"Origin": origin, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": strings.Join(names, ",")}
	may, _ := call(t, "OPTIONS", signed.URL, ask, "")
	allowed := strings.ToLower(may.Header.Get("Access-Control-Allow-Headers"))
	if may.StatusCode/100 != 2 || may.Header.Get("Access-Control-Allow-Origin") != origin || !strings.Contains(may.Header.Get("Access-Control-Allow-Methods"), "PUT") {
		return 0
	}
	for _, name := range names {
		if !strings.Contains(allowed, name) {
			return 0
		}
	}
	headers := map[string]string{"Origin": origin}
	for name, value := range signed.Headers {
		headers[name] = value
	}
	resp, _ := call(t, "PUT", signed.URL, headers, string(body))
	if resp.Header.Get("Access-Control-Allow-Origin") != origin {
		return 0
	}
	return resp.StatusCode
}

func TestPagesPutFilesAtSignedAddresses(t *testing.T) {
	t.Parallel()
	// A stack of its own: another test expects to be told of its file alone.
	s, err := Start(t.Context(), options(t.TempDir(), nil))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	body := []byte("\xff\xd8\xff foto")
	signed := sign(t, s, "in/signed.jpg", body)
	if status := browse(t, "https://evil.example", signed, body); status != 0 {
		t.Errorf("a stranger's page: got %d", status)
	}
	if status := browse(t, s.URL, signed, append(body, 'x')); status != 400 && status != 403 {
		t.Errorf("a longer file: got %d", status)
	}
	if status := browse(t, s.URL, signed, body); status != 200 {
		t.Errorf("the file: got %d", status)
	}
	if status := browse(t, s.URL, signed, body); status != 412 {
		t.Errorf("the file again: got %d", status)
	}
	for i := 0; !strings.Contains(strings.Join(seen(t, s, "filer", "file", 1), " "), "in%2Fsigned.jpg"); i++ {
		if i == 500 {
			t.Fatal("nobody was told")
		}
		time.Sleep(10 * time.Millisecond)
	}
	// It signs for what it may do itself.
	if status := browse(t, s.URL, sign(t, s, "out/signed.jpg", body), body); status == 200 {
		t.Error("an address was good for what its function may not do")
	}
}

// Many at once: the engine names the right one in each event.
func TestEveryUploadIsTold(t *testing.T) {
	t.Parallel()
	s, err := Start(t.Context(), options(t.TempDir(), nil))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const n = 60
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			for bucket, key := range map[string]string{"local-inbox": fmt.Sprintf("in/%02d", i), "local-public-bucket": fmt.Sprintf("x/%02d/y", i)} {
				_, err := s.objects.PutObject(context.Background(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader("x")})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	told := map[string]bool{}
	for _, event := range seen(t, s, "filer", "file", n) {
		told[event] = true
	}
	for i := range n {
		if !told[fmt.Sprintf("ObjectCreated:Put in%%2F%02d", i)] {
			t.Errorf("nobody was told of in/%02d", i)
		}
	}
}

// What was put just before a kill is told at the next start.
func TestUploadsThatNobodyWasToldOfAreToldAtTheNextStart(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s, err := Start(t.Context(), options(data, nil))
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	e, err := engine.S3(data, template.Region, "") // tells nobody
	if err != nil {
		t.Fatal(err)
	}
	objects := s3.New(s3.Options{BaseEndpoint: &e.URL, Region: template.Region, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(engine.Key, engine.Secret, "")})
	for _, key := range []string{"in/lost", "out/lost"} {
		_, err := objects.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("local-inbox"), Key: &key, Body: strings.NewReader("x")})
		if err != nil {
			t.Fatal(err)
		}
	}
	e.Close()
	if s, err = Start(t.Context(), options(data, nil)); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := seen(t, s, "filer", "file", 1); len(got) != 1 || got[0] != "ObjectCreated:Put in%2Flost" {
		t.Errorf("told of %q", got)
	}
}

func TestNothingIsForgottenBeforeItWasTold(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "checkpoint", "objects.json")
	since := func() time.Time {
		t.Helper()
		again, err := openTold(file)
		if err != nil {
			t.Fatal(err)
		}
		again.close()
		return again.since.Add(slack)
	}
	at := time.Date(2026, 11, 2, 5, 0, 0, 0, time.UTC)
	told, err := openTold(file)
	if err != nil {
		t.Fatal(err)
	}
	first, second, third := told.begin(at), told.begin(at.Add(time.Minute)), told.begin(at.Add(2*time.Minute))
	for _, step := range []struct {
		done func() error
		want time.Time
	}{{second, at}, {first, at.Add(time.Minute)}} {
		if err := step.done(); err != nil {
			t.Fatal(err)
		}
		if got := since(); !got.Equal(step.want) {
			t.Errorf("since %v, want %v", got, step.want)
		}
	}
	told.close() // the third is broken off
	if err := third(); err != nil {
		t.Fatal(err)
	}
	if got := since(); !got.Equal(at.Add(time.Minute)) {
		t.Errorf("after the end: since %v", got)
	}
}

// evidenceOf announces a file in the project's own stack and puts it in its
// place, signed by a function as commitments-api does it.
type uploads struct {
	*testing.T
	stack *Stack
	facts *table.Table
	vault *blob.Vault // as CommitmentsApi reaches it
	n     int
}

func (u *uploads) announce(body []byte, mediaType string) aid.Evidence {
	u.Helper()
	u.n++
	announced := blobtest.UploadOf(body, mediaType)
	e := aid.Evidence{
		ID: aid.EvidenceID(fmt.Sprintf("0198c0de-0000-7000-8000-%012d", u.n)), Commitment: "0198c0de-0000-7000-8000-00000000002a", Recipient: tabletest.RW, Leaf: tabletest.Leaf,
		Kind: aid.EvidencePhoto, Type: mediaType, Length: announced.Length, SHA256: announced.SHA256, State: aid.EvidenceAwaited, At: time.Now().Truncate(time.Millisecond),
	}
	if err := u.facts.AddEvidence(u.Context(), e); err != nil {
		u.Fatal(err)
	}
	return e
}

func (u *uploads) put(e aid.Evidence, body []byte) int {
	u.Helper()
	signed, err := u.vault.SignPut(u.Context(), e.Path(), blob.Upload{Type: e.Type, Length: e.Length, SHA256: e.SHA256})
	if err != nil {
		u.Fatal(err)
	}
	return browse(u.T, u.stack.URL, signed, body)
}

func (u *uploads) judged(e aid.Evidence) aid.Evidence {
	u.Helper()
	for range 3000 {
		got, err := u.facts.Evidence(u.Context(), table.EvidenceRef{Recipient: e.Recipient, Commitment: e.Commitment, ID: e.ID})
		if err != nil {
			u.Fatal(err)
		}
		if got.State != aid.EvidenceAwaited {
			return got
		}
		time.Sleep(10 * time.Millisecond)
	}
	u.Fatalf("%s is never judged", e.ID)
	return aid.Evidence{}
}

// gone waits until there is no version of an object but one.
func (u *uploads) gone(e aid.Evidence, but string) {
	u.Helper()
	bucket, _ := u.stack.Template.Bucket("EvidenceBucket")
	var left []string
	for range 1000 {
		list, err := u.stack.objects.ListObjectVersions(u.Context(), &s3.ListObjectVersionsInput{Bucket: &bucket.Name, Prefix: aws.String(e.Path())})
		if err != nil {
			u.Fatal(err)
		}
		left = nil
		for _, v := range list.Versions {
			if *v.VersionId != but {
				left = append(left, *v.VersionId)
			}
		}
		if left == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	u.Errorf("%s: still there: %q, beside %q", e.ID, left, but)
}

// testEvidence uploads to the project's own bucket, from the page to the
// verdict.
func testEvidence(t *testing.T, s *Stack) {
	bucket, ok := s.Template.Bucket("EvidenceBucket")
	if !ok {
		t.Fatal("no EvidenceBucket")
	}
	credential := credentials.NewStaticCredentialsProvider(engine.Key, engine.Secret, "")
	ledger, _ := s.Template.Table("Ledger")
	private, _ := s.Template.Table("Private")
	u := &uploads{T: t, stack: s, facts: table.New(dynamodb.New(dynamodb.Options{
		BaseEndpoint: &s.DynamoDB, Region: template.Region, Credentials: credential}), ledger.Name, private.Name)}
	if err := u.facts.Load(t.Context(), tabletest.Listings(), tabletest.Catalogue(), tabletest.Noon); err != nil {
		t.Fatal(err)
	}
	for _, g := range s.guards.all {
		if g.function == "CommitmentsApi" {
			u.vault = blob.NewVault(s3.New(s3.Options{BaseEndpoint: aws.String(g.url), Region: template.Region, UsePathStyle: true, Credentials: credential}), bucket.Name, time.Now)
		}
	}
	if u.vault == nil {
		t.Fatal("nobody signs addresses")
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 400, 300)), nil); err != nil {
		t.Fatal(err)
	}
	photo := b.Bytes()

	good := u.announce(photo, "image/jpeg")
	for name, body := range map[string][]byte{"longer": append(bytes.Clone(photo), 0), "other": append(bytes.Clone(photo[:len(photo)-1]), 0), "cut off": photo[:50]} {
		if status := u.put(good, body); status < 400 || status >= 500 {
			t.Errorf("%s: status %d", name, status)
		}
	}
	if status := u.put(good, photo); status != http.StatusOK {
		t.Fatalf("upload: status %d", status)
	}
	accepted := u.judged(good)
	if accepted.State != aid.EvidenceAccepted || accepted.Version == "" {
		t.Fatalf("%+v", accepted)
	}
	for _, path := range []string{evidence.DisplayPath(good), evidence.ThumbPath(good)} {
		if _, err := s.objects.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &bucket.Name, Key: &path}); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := s.objects.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &bucket.Name, Key: aws.String(good.Path()), VersionId: &accepted.Version}); err == nil {
		t.Error("accepted evidence can be deleted")
	}
	// Somebody with the keys to the bucket swaps it.
	_, err := s.objects.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket.Name, Key: aws.String(good.Path()), Body: strings.NewReader("lain")})
	if err != nil {
		t.Fatal(err)
	}
	u.gone(good, accepted.Version)
	if got := u.judged(good); got != accepted {
		t.Errorf("after a swap: %+v, then %+v", accepted, got)
	}

	bad := u.announce(photo[:200], "image/jpeg")
	if status := u.put(bad, photo[:200]); status != http.StatusOK {
		t.Fatalf("upload: status %d", status)
	}
	if got := u.judged(bad); got.State != aid.EvidenceRefused || got.Refusal != aid.RefusedBroken {
		t.Errorf("%+v", got)
	}
	u.gone(bad, "")

	unknown := good
	unknown.ID = "0198c0de-0000-7000-8000-0000000000ff"
	if _, err := s.objects.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket.Name, Key: aws.String(unknown.Path()), Body: bytes.NewReader(photo)}); err != nil {
		t.Fatal(err)
	}
	u.gone(unknown, "")
	if _, err := u.facts.Evidence(t.Context(), table.EvidenceRef{Recipient: unknown.Recipient, Commitment: unknown.Commitment, ID: unknown.ID}); !errors.Is(err, aid.ErrNotFound) {
		t.Errorf("unannounced evidence is known: %v", err)
	}
}
