package stack

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"ksbb/infra/local/child"
	"ksbb/infra/local/dynamo"
	"ksbb/infra/local/engine"
	"ksbb/infra/local/testfunction"
)

// world is one stack that tests share where they do not disturb each other.
var world struct {
	programs, site string
	shared         *Stack
}

func TestMain(m *testing.M) {
	child.Become(engine.Roles())
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "stack")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	world.programs, world.site = filepath.Join(dir, "bin"), filepath.Join(dir, "site")
	if err := testfunction.Build(world.programs, "work"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for name, text := range map[string]string{
		"index.html":               "<h1>Depan</h1>" + strings.Repeat("<p>panjang</p>", 200),
		"404.html":                 "<h1>Tidak ada</h1>",
		"wilayah/31.74/index.html": "<h1>Selatan</h1>",
		"aset/map.js":              "let a = 1",
	} {
		file := filepath.Join(world.site, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			panic(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			panic(err)
		}
	}
	world.shared, err = Start(context.Background(), options(filepath.Join(dir, "data"), os.Stderr))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer world.shared.Close()
	return m.Run()
}

func options(data string, progress io.Writer) Options {
	return Options{Template: "testdata/template.yaml", DataDir: data, Bin: world.programs, Site: world.site,
		Progress: progress, DynamoDBBinary: os.Getenv("DYNAMODB_BIN")}
}

// call makes a request that follows no redirect.
func call(t *testing.T, method, url string, header map[string]string, body string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := (&http.Transport{DisableCompression: true, DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(text)
}

// seen returns what a function kept of a kind, oldest first, when there are at
// least n of it.
func seen(t *testing.T, s *Stack, function, kind string, n int) []string {
	t.Helper()
	var texts []string
	for range 1000 {
		var out struct {
			Items []map[string]map[string]string
		}
		err := s.db.Call(t.Context(), "Query", map[string]any{
			"TableName": "local-Seen", "ConsistentRead": true, "KeyConditionExpression": "PK = :k",
			"ExpressionAttributeValues": map[string]any{":k": map[string]any{"S": function + " " + kind}},
		}, &out)
		if err != nil {
			t.Fatal(err)
		}
		texts = nil
		for _, i := range out.Items {
			texts = append(texts, i["text"]["S"])
		}
		if len(texts) >= n {
			return texts
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s kept %d of kind %s: %q; want %d", function, len(texts), kind, texts, n)
	return nil
}

func put(t *testing.T, s *Stack, keys ...string) {
	t.Helper()
	var items []any
	for _, k := range keys {
		items = append(items, map[string]any{"Put": map[string]any{"TableName": "local-Ledger", "Item": map[string]any{"PK": map[string]any{"S": k}}}})
	}
	if err := s.db.Call(t.Context(), "TransactWriteItems", map[string]any{"TransactItems": items}, nil); err != nil {
		t.Fatal(err)
	}
}

func TestRequestsReachFunctionsAsPayload2(t *testing.T) {
	t.Parallel()
	resp, text := call(t, "POST", world.shared.URL+"/v1/echo/a%2Fb?q=1&q=2&x=%20", map[string]string{
		"Content-Type": "application/json", "Cookie": "one=1; two=2", "X-Custom": "yes",
	}, `{"hello":true}`)
	if resp.StatusCode != 201 || resp.Header.Get("X-One") != "1" || len(resp.Header["Set-Cookie"]) != 2 {
		t.Errorf("answer: got %d %v", resp.StatusCode, resp.Header)
	}
	var e struct {
		Version, RouteKey, RawPath, RawQueryString, Body string
		Cookies                                          []string
		Headers, QueryStringParameters, PathParameters   map[string]string
		IsBase64Encoded                                  bool
		RequestContext                                   struct {
			Stage string
			HTTP  struct{ Method, Path, SourceIP string }
		}
	}
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		t.Fatal(err)
	}
	for what, pair := range map[string][2]string{
		"version": {e.Version, "2.0"}, "route": {e.RouteKey, "POST /v1/echo/{id}"}, "path": {e.RawPath, "/v1/echo/a%2Fb"},
		"query": {e.RawQueryString, "q=1&q=2&x=%20"}, "body": {e.Body, `{"hello":true}`}, "cookies": {strings.Join(e.Cookies, "|"), "one=1|two=2"},
		"header": {e.Headers["x-custom"], "yes"}, "q": {e.QueryStringParameters["q"], "1,2"}, "id": {e.PathParameters["id"], "a/b"},
		"method": {e.RequestContext.HTTP.Method, "POST"}, "source": {e.RequestContext.HTTP.SourceIP, "127.0.0.1"}, "stage": {e.RequestContext.Stage, "$default"},
	} {
		if pair[0] != pair[1] && !(what == "source" && pair[0] == "::1") {
			t.Errorf("%s: got %q, want %q", what, pair[0], pair[1])
		}
	}
	_, text = call(t, "POST", world.shared.URL+"/v1/echo/1", map[string]string{"Content-Type": "application/octet-stream"}, "\x00\xff")
	if !strings.Contains(text, `"body":"AP8="`) || !strings.Contains(text, `"isBase64Encoded":true`) {
		t.Errorf("binary body: got %s", text)
	}
	resp, text = call(t, "GET", world.shared.URL+"/v1/binary", nil, "")
	if text != "\x00\x01\x02\xff" || resp.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("binary answer: got %q %v", text, resp.Header)
	}
}

func TestAPIAnswersForFunctionsThatDoNot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, path, body string
		status             int
		message            string
	}{
		{"GET", "/v1/nothing", "", 404, "Not Found"},
		{"DELETE", "/v1/echo/1", "", 404, "Not Found"},
		{"POST", "/v1/do", `{"Do":"fail"}`, 502, "Internal Server Error"},
		{"POST", "/v1/do", `{"Do":"exit"}`, 502, "Internal Server Error"},
		{"POST", "/v1/do", `{"Do":"hang"}`, 502, "Internal Server Error"},
		{"POST", "/v1/do", strings.Repeat("x", 11<<20), 413, "Request Entity Too Large"},
	} {
		resp, text := call(t, c.method, world.shared.URL+c.path, map[string]string{"Content-Type": "application/json"}, c.body)
		if resp.StatusCode != c.status || strings.TrimSpace(text) != `{"message":"`+c.message+`"}` {
			t.Errorf("%s %s %.20s: got %d %s, want %d %s", c.method, c.path, c.body, resp.StatusCode, text, c.status, c.message)
		}
	}
	// An answer without a status code is a body.
	resp, text := call(t, "POST", world.shared.URL+"/v1/do", map[string]string{"Content-Type": "application/json"}, `{"Do":"x"}`)
	if resp.StatusCode != 200 || text != `{"Do":"x"}` {
		t.Errorf("bare answer: got %d %s", resp.StatusCode, text)
	}
}

func TestAuthorizerLetsOnlyTokensIn(t *testing.T) {
	t.Parallel()
	url := world.shared.URL + "/v1/echo/staff"
	for _, token := range []string{"", "Bearer nonsense"} {
		resp, text := call(t, "GET", url, map[string]string{"Authorization": token}, "")
		if resp.StatusCode != 401 || !strings.Contains(text, "Unauthorized") {
			t.Errorf("token %q: got %d %s", token, resp.StatusCode, text)
		}
	}
	_, token := call(t, "GET", world.shared.URL+"/_local/token?role=assessor&areas=31.74,31.71", nil, "")
	resp, text := call(t, "GET", url, map[string]string{"Authorization": "Bearer " + strings.TrimSpace(token)}, "")
	if resp.StatusCode != 201 || !strings.Contains(text, `"role":"assessor"`) || !strings.Contains(text, `"areas":"[31.71 31.74]"`) {
		t.Errorf("good token: got %d %s", resp.StatusCode, text)
	}
	for _, forged := range []string{"audience=other", "issuer=other", "expired=1", "alg=none", "use=id&audience=other"} {
		_, token := call(t, "GET", world.shared.URL+"/_local/token?role=admin&"+forged, nil, "")
		resp, text := call(t, "GET", url, map[string]string{"Authorization": "Bearer " + strings.TrimSpace(token)}, "")
		if resp.StatusCode != 401 || strings.Contains(text, "admin") {
			t.Errorf("token with %s: got %d %s", forged, resp.StatusCode, text)
		}
	}
	// A gateway looks at the audience alone: what an id token may do is for the
	// function to say.
	_, token = call(t, "GET", world.shared.URL+"/_local/token?role=admin&use=id", nil, "")
	if _, text := call(t, "GET", url, map[string]string{"Authorization": "Bearer " + strings.TrimSpace(token)}, ""); !strings.Contains(text, `"token_use":"id"`) {
		t.Errorf("id token: got %s", text)
	}
}

func TestOtherOriginsGetWhatTheTemplateSays(t *testing.T) {
	t.Parallel()
	preflight := map[string]string{"Origin": "https://other.example", "Access-Control-Request-Method": "PUT"}
	resp, _ := call(t, "OPTIONS", world.shared.URL+"/v1/echo/1", preflight, "")
	if resp.StatusCode != 204 || resp.Header.Get("Access-Control-Allow-Origin") != "https://other.example" || resp.Header.Get("Access-Control-Allow-Methods") != "PUT" {
		t.Errorf("preflight: got %d %v", resp.StatusCode, resp.Header)
	}
	preflight["Origin"] = "https://evil.example"
	resp, _ = call(t, "OPTIONS", world.shared.URL+"/v1/echo/1", preflight, "")
	if resp.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("preflight of a stranger: got %v", resp.Header)
	}
	resp, _ = call(t, "GET", world.shared.URL+"/_local/mail", map[string]string{"Origin": "https://evil.example"}, "")
	if resp.StatusCode != 403 {
		t.Errorf("a stranger's page reads the mail: got %d", resp.StatusCode)
	}
}

func TestFilesAreServedAsTheEdgeDoes(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/": "200 <h1>Depan", "/wilayah/31.74/": "200 <h1>Selatan", "/aset/map.js": "200 let a",
		"/nowhere/": "404 <h1>Tidak ada", "/aset/nowhere.js": "404 <h1>Tidak ada", "/wilayah/../404.html": "404 <h1>Tidak ada",
		"/wilayah/31.74": "301 ",
	} {
		resp, text := call(t, "GET", world.shared.URL+path, nil, "")
		if got := fmt.Sprint(resp.StatusCode, " ", text); !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %.60s, want %s", path, got, want)
		}
	}
	resp, _ := call(t, "GET", world.shared.URL+"/wilayah/31.74?a=b", nil, "")
	if to := resp.Header.Get("Location"); to != "/wilayah/31.74/?a=b" {
		t.Errorf("redirect: got %q", to)
	}
	resp, _ = call(t, "GET", world.shared.URL+"/aset/map.js", nil, "")
	if resp.Header.Get("Content-Type") != "text/javascript; charset=utf-8" || resp.Header.Get("Cache-Control") != "public, no-cache" {
		t.Errorf("headers: got %v", resp.Header)
	}
	resp, text := call(t, "GET", world.shared.URL+"/aset/map.js", map[string]string{"If-None-Match": resp.Header.Get("ETag")}, "")
	if resp.StatusCode != 304 || text != "" {
		t.Errorf("If-None-Match: got %d %q", resp.StatusCode, text)
	}
	resp, text = call(t, "GET", world.shared.URL+"/", map[string]string{"Accept-Encoding": "gzip"}, "")
	z, err := gzip.NewReader(strings.NewReader(text))
	if err != nil || resp.Header.Get("Content-Encoding") != "gzip" || !strings.HasPrefix(resp.Header.Get("ETag"), `W/"`) {
		t.Fatalf("compressed: %v %v", err, resp.Header)
	}
	var plain bytes.Buffer
	if _, err := plain.ReadFrom(z); err != nil || !strings.HasPrefix(plain.String(), "<h1>Depan") {
		t.Errorf("compressed: got %.30s, %v", plain.String(), err)
	}
	if resp, _ := call(t, "GET", world.shared.URL+"/", map[string]string{"Accept-Encoding": "gzip, br"}, ""); resp.Header.Get("Content-Encoding") != "br" {
		t.Errorf("brotli: got %v", resp.Header)
	}
	resp, text = call(t, "GET", world.shared.URL+"/aset/map.js", map[string]string{"Range": "bytes=4-4"}, "")
	if resp.StatusCode != 206 || text != "a" {
		t.Errorf("range: got %d %q", resp.StatusCode, text)
	}
	if resp, _ := call(t, "POST", world.shared.URL+"/", nil, ""); resp.StatusCode != 405 {
		t.Errorf("POST to a page: got %d", resp.StatusCode)
	}
}

func TestMailIsKeptAndShown(t *testing.T) {
	t.Parallel()
	if _, text := call(t, "POST", world.shared.URL+"/v1/mail", nil, ""); text != `{"sent":"yes"}` {
		t.Fatalf("send: got %s", text)
	}
	_, text := call(t, "GET", world.shared.URL+"/_local/mail", nil, "")
	var messages []struct{ To, Subject, Text, HTML, At string }
	if err := json.Unmarshal([]byte(text), &messages); err != nil || len(messages) == 0 {
		t.Fatalf("list: %s: %v", text, err)
	}
	if m := messages[len(messages)-1]; m.To != "to@example.org" || m.Subject != "Kode Anda" || m.Text != "123456" || m.HTML != "<b>123456</b>" || m.At == "" {
		t.Errorf("message: got %+v", m)
	}
	if _, text := call(t, "GET", world.shared.URL+"/_local/mail/", nil, ""); !strings.Contains(text, "Kode Anda") || strings.Contains(text, "<b>123456") {
		t.Errorf("page: got %s", text)
	}
}

func TestScheduleRunsAsIfAtAnotherTime(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"AuditSweep", "sweep"} {
		resp, text := call(t, "POST", world.shared.URL+"/_local/schedule/"+name, nil, `{"time":"2026-01-31T17:00:00+07:00"}`)
		if want := `{"Do":"echo","time":"2026-01-31T10:00:00Z"}`; resp.StatusCode != 200 || text != want {
			t.Errorf("%s: got %d %s, want %s", name, resp.StatusCode, text, want)
		}
	}
	if resp, text := call(t, "POST", world.shared.URL+"/_local/schedule/AuditSweep", nil, ""); resp.StatusCode != 200 {
		t.Errorf("now: got %d %s", resp.StatusCode, text)
	}
	resp, text := call(t, "POST", world.shared.URL+"/_local/schedule/AuditSweep", nil, `{"time":"2026-01-31T10:00:00Z","period":"2025-12"}`)
	if want := `{"Do":"echo","period":"2025-12","time":"2026-01-31T10:00:00Z"}`; resp.StatusCode != 200 || text != want {
		t.Errorf("with a period: got %d %s, want %s", resp.StatusCode, text, want)
	}
	for path, status := range map[string]int{"Nobody": 404, "Web": 404} {
		if resp, _ := call(t, "POST", world.shared.URL+"/_local/schedule/"+path, nil, ""); resp.StatusCode != status {
			t.Errorf("%s: got %d, want %d", path, resp.StatusCode, status)
		}
	}
	if resp, _ := call(t, "POST", world.shared.URL+"/_local/schedule/AuditSweep", nil, `{"tiem":1}`); resp.StatusCode != 400 {
		t.Errorf("unknown member: got %d", resp.StatusCode)
	}
}

func TestUploadsWakeFunctions(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"out/no", "in/foto 1&2.jpg"} {
		_, err := world.shared.objects.PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String("local-inbox"), Key: &key, Body: strings.NewReader("x")})
		if err != nil {
			t.Fatal(err)
		}
	}
	got := seen(t, world.shared, "filer", "file", 1)
	for _, event := range got {
		if event != "ObjectCreated:Put in%2Ffoto+1%262.jpg" {
			t.Errorf("events: got %q", got)
		}
	}
}

// One table, two functions: one names its failures, one cannot handle a batch
// at all, and neither holds the other up.
func TestChangesReachFunctions(t *testing.T) {
	t.Parallel()
	s, err := Start(t.Context(), options(t.TempDir(), nil))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	put(t, s, "a1", "b1", "a2", "BAD", "b2", "a3", "ignored", "THROW", "a4")

	accounts := func() (bodies []string) {
		list, err := s.objects.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("local-failed-batches")})
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range list.Contents {
			got, err := s.objects.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("local-failed-batches"), Key: o.Key})
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(got.Body)
			got.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(*o.Key, "aws/lambda/Careful-Changes/shardId-") {
				t.Errorf("failure account is called %s", *o.Key)
			}
			bodies = append(bodies, string(text))
		}
		return bodies
	}
	for i := 0; len(accounts()) < 2 && i < 1000; i++ {
		time.Sleep(10 * time.Millisecond)
	}
	all := strings.Join(accounts(), "\n")
	for _, part := range []string{
		`"condition":"RetryAttemptsExhausted"`, `"batchSize":1`, `"approximateInvokeCount":2`, `"functionArn":"arn:aws:lambda:ap-southeast-3:000000000000:function:careful:$LATEST"`,
		`"startSequenceNumber":"4"`, `"startSequenceNumber":"8"`, `"functionError":"Unhandled"`, `\"S\":\"BAD\"`,
	} {
		if !strings.Contains(all, part) {
			t.Errorf("failure accounts lack %s:\n%s", part, all)
		}
	}
	if n := len(accounts()); n != 2 {
		t.Errorf("%d batches were given up, want BAD and THROW", n)
	}
	var last string
	for range 1000 {
		batches := seen(t, s, "careful", "batch", 1)
		if last = batches[len(batches)-1]; strings.HasSuffix(last, "a4") {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if !strings.HasSuffix(last, "a4") {
		t.Errorf("the record after the failures never came; the last batch was %s", last)
	}
	for _, b := range seen(t, s, "careful", "batch", 1) {
		if strings.Contains(b, "b1") || strings.Contains(b, "ignored") {
			t.Errorf("the filter let %s through", b)
		}
	}
	// The window gathers both; nobody else's failures are in the way.
	if got := seen(t, s, "plain", "batch", 1); len(got) != 1 || got[0] != "b1,b2" {
		t.Errorf("plain got %q, want one batch b1,b2", got)
	}
	var event struct{ Records []map[string]any }
	if err := json.Unmarshal([]byte(seen(t, s, "plain", "record", 1)[0]), &event); err != nil {
		t.Fatal(err)
	}
	r := event.Records[0]
	if r["eventName"] != "INSERT" || r["eventSource"] != "aws:dynamodb" || !strings.HasPrefix(fmt.Sprint(r["eventSourceARN"]), "arn:aws:dynamodb:ap-southeast-3:000000000000:table/local-Ledger/stream/") {
		t.Errorf("record: got %v", r)
	}
	change := r["dynamodb"].(map[string]any)
	if change["SequenceNumber"] != "2" || change["StreamViewType"] != "KEYS_ONLY" || fmt.Sprint(change["Keys"]) != "map[PK:map[S:b1]]" {
		t.Errorf("change: got %v", change)
	}
}

func TestEverythingSurvivesARestartAndNothingComesTwice(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	first, err := Start(t.Context(), options(data, nil))
	if err != nil {
		t.Fatal(err)
	}
	put(t, first, "a1")
	if got := seen(t, first, "careful", "batch", 1); got[0] != "a1" {
		t.Fatalf("first batch: %q", got)
	}
	for i := 0; ; i++ {
		text, err := os.ReadFile(filepath.Join(data, "checkpoint", "Careful-Changes.json"))
		if err == nil && strings.Contains(string(text), `"1"`) {
			break
		}
		if i == 2000 {
			t.Fatalf("checkpoint never came: %s, %v", text, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	first.Close()

	var progress bytes.Buffer
	again, err := Start(t.Context(), options(data, &progress))
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if !strings.Contains(progress.String(), "4 files, 0 changed") {
		t.Errorf("unchanged files were written again: %s", progress.String())
	}
	put(t, again, "a2")
	if got := seen(t, again, "careful", "batch", 2); len(got) != 2 || got[1] != "a2" {
		t.Errorf("batches over the restart: got %q, want a1 and a2", got)
	}
	if _, text := call(t, "GET", again.URL+"/wilayah/31.74/", nil, ""); !strings.HasPrefix(text, "<h1>Selatan") {
		t.Errorf("page after restart: %s", text)
	}
}

func TestSecondStartIsRefused(t *testing.T) {
	t.Parallel()
	_, err := Start(t.Context(), options(world.shared.folder, nil))
	if err == nil || !strings.Contains(err.Error(), "is in use by another local stack") || strings.Contains(err.Error(), "\n") {
		t.Errorf("second start: got %v", err)
	}
	if resp, _ := call(t, "GET", world.shared.URL+"/", nil, ""); resp.StatusCode != 200 {
		t.Errorf("the first one suffered: %d", resp.StatusCode)
	}
}

func TestSeedIsFinishedAndPublishedBeforeTheStart(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	var mu sync.Mutex
	seeds := 0
	o := options(data, nil)
	o.Seed = func(ctx context.Context, to Seeding) error {
		mu.Lock()
		defer mu.Unlock()
		seeds++
		if seeds == 1 {
			return fmt.Errorf("interrupted")
		}
		return dynamo.Client{URL: to.DynamoDB, Region: "local"}.Call(ctx, "PutItem", map[string]any{
			"TableName": to.Ledger, "Item": map[string]any{"PK": map[string]any{"S": "a-seeded"}}}, nil)
	}
	text, err := os.ReadFile("testdata/template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o.Template = filepath.Join(t.TempDir(), "template.yaml")
	if err := os.WriteFile(o.Template, bytes.Replace(text, []byte("  Seen:\n"), []byte("  Private: {Type: AWS::DynamoDB::Table, Properties: {AttributeDefinitions: [{AttributeName: PK, AttributeType: S}], KeySchema: [{AttributeName: PK, KeyType: HASH}]}}\n  Seen:\n"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), o); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Fatalf("first start: got %v", err)
	}
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	tally := s.host.Pool("AuditSweep").Tally()
	put(t, s, "a1")
	if got := seen(t, s, "careful", "batch", 1); got[0] != "a1" {
		t.Errorf("functions were told of the seed: %q", got)
	}
	s.Close()
	if seeds != 2 || tally.Invocations != 1 {
		t.Errorf("after an interruption: %d seeds, %d sweeps; want 2 and 1", seeds, tally.Invocations)
	}
	o.StewardSecret = func(_ context.Context, from Seeding, recipient string) (string, error) {
		if recipient != "rw-1" || from.Ledger == "" {
			return "", fs.ErrNotExist
		}
		return "s.secret", nil
	}
	if s, err = Start(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{"?recipient=rw-1": s.URL + "/pj/#s.secret", "?recipient=rw-2": "no such recipient", "": "want ?recipient="} {
		if resp, body := call(t, "GET", s.URL+"/_local/steward"+query, nil, ""); !strings.Contains(string(body), want) || (resp.StatusCode == 200) != strings.Contains(want, "#") {
			t.Errorf("steward%s: %d %s; want %q", query, resp.StatusCode, body, want)
		}
	}
	s.Close()
	if seeds != 2 {
		t.Errorf("a full ledger was seeded again")
	}
}

func TestNewProgramPublishesAtTheNextStart(t *testing.T) {
	t.Parallel()
	o := options(filepath.Join(t.TempDir(), "data"), nil)
	o.Bin = t.TempDir()
	if err := os.CopyFS(o.Bin, os.DirFS(world.programs)); err != nil {
		t.Fatal(err)
	}
	start := func(what string, want int) {
		t.Helper()
		s, err := Start(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		swept := func() int { return s.host.Pool(sweep).Tally().Invocations }
		// Later ones do not hold the start up: wait for the one that must
		// come, or a while for one that must not.
		for i := 0; swept() < max(want, 1) && i < 30+2000*want; i++ {
			time.Sleep(10 * time.Millisecond)
		}
		if n := swept(); n != want {
			t.Errorf("%s: %d sweeps, want %d", what, n, want)
		}
	}
	start("first start", 1)
	start("start without a change", 0)
	program, err := os.OpenFile(filepath.Join(o.Bin, "work", "bootstrap"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := program.WriteString("changed"); err != nil {
		t.Fatal(err)
	}
	if err := program.Close(); err != nil {
		t.Fatal(err)
	}
	start("start after a change", 1)
}

func TestExpiredItemsGo(t *testing.T) {
	t.Parallel()
	s, err := Start(t.Context(), options(t.TempDir(), nil))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	now := time.Unix(1_800_000_000, 0)
	for key, expires := range map[string]string{"old": "1799999999", "new": "1800000001"} {
		err := s.db.Call(t.Context(), "PutItem", map[string]any{"TableName": "local-Ledger", "Item": map[string]any{
			"PK": map[string]any{"S": key}, "expires": map[string]any{"N": expires}}}, nil)
		if err != nil {
			t.Fatal(err)
		}
	}
	put(t, s, "without")
	ledger, _ := s.Template.Table("Ledger")
	if err := s.expire(t.Context(), ledger, now); err != nil {
		t.Fatal(err)
	}
	var out struct {
		Items []map[string]map[string]string
	}
	if err := s.db.Call(t.Context(), "Scan", map[string]any{"TableName": "local-Ledger"}, &out); err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprint(out.Items); strings.Contains(text, "old") || !strings.Contains(text, "new") || !strings.Contains(text, "without") {
		t.Errorf("left: %s", text)
	}
}

func TestFunctionsAreCounted(t *testing.T) {
	t.Parallel()
	call(t, "POST", world.shared.URL+"/v1/echo/1", nil, "")
	_, text := call(t, "GET", world.shared.URL+"/_local/functions", nil, "")
	var tallies []struct {
		Function    string
		Invocations int
	}
	if err := json.Unmarshal([]byte(text), &tallies); err != nil || len(tallies) != 5 {
		t.Fatalf("functions: %s: %v", text, err)
	}
	for _, f := range tallies {
		if f.Function == "web" && f.Invocations == 0 {
			t.Errorf("web was never counted: %s", text)
		}
	}
}
