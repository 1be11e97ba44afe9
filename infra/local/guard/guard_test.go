package guard

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	sestypes "github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/smithy-go"

	"ksbb/infra/local/template"
)

const (
	ledger = "arn:aws:dynamodb:ap-southeast-3:000000000000:table/local-Ledger"
	bucket = "arn:aws:s3:::local-public"
	sender = "arn:aws:ses:ap-southeast-3:000000000000:identity/"
)

// A world is a guard with services behind it that answer everything.
type world struct {
	t       *testing.T
	url     string
	guard   *Guard
	answers http.HandlerFunc // in place of an empty success

	mu    sync.Mutex
	lines []string
	came  []*http.Request // bodies are in bodies
	body  []string
}

func newWorld(t *testing.T, may ...template.Statement) *world {
	t.Helper()
	w := &world{t: t}
	behind := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("%s %s arrived broken: %v", r.Method, r.URL, err)
		}
		w.mu.Lock()
		w.came, w.body = append(w.came, r), append(w.body, string(body))
		w.mu.Unlock()
		switch {
		case w.answers != nil:
			w.answers(rw, r)
		case r.Header.Get("X-Amz-Target") != "":
			_, _ = io.WriteString(rw, "{}")
		}
	})
	server := httptest.NewServer(behind)
	t.Cleanup(server.Close)
	transport := NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	var err error
	w.guard, err = New("NotifyStream", NewPolicy(may), Services{
		DynamoDB: server.URL, S3: server.URL, Mail: behind, Transport: transport,
		Names: map[string]string{"local-Ledger": "Ledger", "local-public": "PublicBucket"},
	}, func(line string) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.lines = append(w.lines, line)
	})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(w.guard)
	t.Cleanup(front.Close)
	w.url = front.URL
	return w
}

func may(action, resource string) template.Statement {
	return template.Statement{Actions: []string{action}, Resources: []string{resource}}
}

// A request is one call, as "POST /path" with headers and a body.
type request struct {
	line, body string
	header     map[string]string
}

func (w *world) call(c request) (int, string) {
	w.t.Helper()
	method, path, _ := strings.Cut(c.line, " ")
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(c.body))
	if err != nil {
		w.t.Fatal(err)
	}
	for k, v := range c.header {
		r.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func dynamoCall(operation, body string) request {
	return request{"POST /", body, map[string]string{"X-Amz-Target": "DynamoDB_20120810." + operation}}
}

// Each call passes with all its permissions, and with all but one it does not.
func TestCallsNeedTheirPermissions(t *testing.T) {
	t.Parallel()
	object := bucket + "/data/a b.json"
	for name, c := range map[string]struct {
		call  request
		needs []template.Statement
	}{
		"get":            {dynamoCall("GetItem", `{"TableName":"local-Ledger"}`), []template.Statement{may("dynamodb:GetItem", ledger)}},
		"put":            {dynamoCall("PutItem", `{"TableName":"local-Ledger"}`), []template.Statement{may("dynamodb:PutItem", ledger)}},
		"update":         {dynamoCall("UpdateItem", `{"TableName":"local-Ledger"}`), []template.Statement{may("dynamodb:UpdateItem", ledger)}},
		"delete":         {dynamoCall("DeleteItem", `{"TableName":"local-Ledger"}`), []template.Statement{may("dynamodb:DeleteItem", ledger)}},
		"query":          {dynamoCall("Query", `{"TableName":"local-Ledger"}`), []template.Statement{may("dynamodb:Query", ledger)}},
		"query an index": {dynamoCall("Query", `{"TableName":"local-Ledger","IndexName":"byTime"}`), []template.Statement{may("dynamodb:Query", ledger+"/index/byTime")}},
		"scan":           {dynamoCall("Scan", `{"TableName":"local-Ledger"}`), []template.Statement{may("dynamodb:Scan", ledger)}},
		"a table by ARN": {dynamoCall("Scan", `{"TableName":"`+ledger+`"}`), []template.Statement{may("dynamodb:Scan", ledger)}},
		"describe":       {dynamoCall("DescribeTable", `{"TableName":"local-Ledger"}`), []template.Statement{may("dynamodb:DescribeTable", ledger)}},
		"batch get": {dynamoCall("BatchGetItem", `{"RequestItems":{"local-Ledger":{},"local-Private":{}}}`), []template.Statement{
			may("dynamodb:BatchGetItem", ledger), may("dynamodb:BatchGetItem", strings.Replace(ledger, "Ledger", "Private", 1))}},
		"batch write": {dynamoCall("BatchWriteItem", `{"RequestItems":{"local-Ledger":[]}}`), []template.Statement{may("dynamodb:BatchWriteItem", ledger)}},
		"transaction": {dynamoCall("TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"local-Ledger"}},{"Put":{"TableName":"local-Private"}},
			{"Update":{"TableName":"local-Ledger"}},{"Delete":{"TableName":"local-Ledger"}},{"ConditionCheck":{"TableName":"local-Ledger"}}]}`), []template.Statement{
			may("dynamodb:PutItem", ledger), may("dynamodb:PutItem", strings.Replace(ledger, "Ledger", "Private", 1)),
			may("dynamodb:UpdateItem", ledger), may("dynamodb:DeleteItem", ledger), may("dynamodb:ConditionCheckItem", ledger)}},
		"transaction that reads": {dynamoCall("TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"local-Ledger"}}]}`), []template.Statement{may("dynamodb:GetItem", ledger)}},

		"get object":      {request{line: "GET /local-public/data/a%20b.json?x-id=GetObject"}, []template.Statement{may("s3:GetObject", object)}},
		"head object":     {request{line: "HEAD /local-public/data/a%20b.json"}, []template.Statement{may("s3:GetObject", object)}},
		"get a version":   {request{line: "GET /local-public/data/a%20b.json?versionId=1"}, []template.Statement{may("s3:GetObjectVersion", object)}},
		"put object":      {request{line: "PUT /local-public/data/a%20b.json"}, []template.Statement{may("s3:PutObject", object)}},
		"put if absent":   {request{"PUT /local-public/data/a%20b.json", "x", map[string]string{"If-None-Match": "*"}}, []template.Statement{may("s3:PutObject", object)}},
		"put if the same": {request{"PUT /local-public/data/a%20b.json", "x", map[string]string{"If-Match": `"1"`}}, []template.Statement{may("s3:PutObject", object), may("s3:GetObject", object)}},
		"put with tags and a lock": {request{"PUT /local-public/data/a%20b.json", "x", map[string]string{"X-Amz-Tagging": "a=b", "X-Amz-Object-Lock-Mode": "GOVERNANCE"}},
			[]template.Statement{may("s3:PutObject", object), may("s3:PutObjectTagging", object), may("s3:PutObjectRetention", object)}},
		"copy": {request{"PUT /local-public/data/a%20b.json", "", map[string]string{"X-Amz-Copy-Source": "/local-inbox/in/foto%201.jpg"}},
			[]template.Statement{may("s3:PutObject", object), may("s3:GetObject", "arn:aws:s3:::local-inbox/in/foto 1.jpg")}},
		"put by a signed address": {request{line: "PUT /local-public/data/a%20b.json?X-Amz-Credential=k%2F1%2Fr%2Fs3%2Faws4_request&X-Amz-Signature=0"}, []template.Statement{may("s3:PutObject", object)}},
		"begin in parts":          {request{line: "POST /local-public/data/a%20b.json?uploads"}, []template.Statement{may("s3:PutObject", object)}},
		"put a part":              {request{line: "PUT /local-public/data/a%20b.json?partNumber=1&uploadId=1"}, []template.Statement{may("s3:PutObject", object)}},
		"give parts up":           {request{line: "DELETE /local-public/data/a%20b.json?uploadId=1"}, []template.Statement{may("s3:AbortMultipartUpload", object)}},
		"delete object":           {request{line: "DELETE /local-public/data/a%20b.json"}, []template.Statement{may("s3:DeleteObject", object)}},
		"delete a version":        {request{line: "DELETE /local-public/data/a%20b.json?versionId=1"}, []template.Statement{may("s3:DeleteObjectVersion", object)}},
		"delete past its lock": {request{"DELETE /local-public/data/a%20b.json?versionId=1", "", map[string]string{"X-Amz-Bypass-Governance-Retention": "true"}},
			[]template.Statement{may("s3:DeleteObjectVersion", object), may("s3:BypassGovernanceRetention", object)}},
		"lock a version":       {request{line: "PUT /local-public/data/a%20b.json?retention&versionId=1"}, []template.Statement{may("s3:PutObjectRetention", object)}},
		"look at a lock":       {request{line: "GET /local-public/data/a%20b.json?retention"}, []template.Statement{may("s3:GetObjectRetention", object)}},
		"get a signed version": {request{line: "GET /local-public/data/a%20b.json?X-Amz-Credential=k%2F1%2Fr%2Fs3%2Faws4_request&response-content-type=image%2Fjpeg&versionId=1&X-Amz-Signature=0"}, []template.Statement{may("s3:GetObjectVersion", object)}},
		"list":                 {request{line: "GET /local-public?list-type=2&prefix=data%2F"}, []template.Statement{may("s3:ListBucket", bucket)}},
		"head bucket":          {request{line: "HEAD /local-public"}, []template.Statement{may("s3:ListBucket", bucket)}},

		"mail from an address": {request{line: "POST /v2/email/outbound-emails", body: `{"FromEmailAddress":"KSBB <ksbb@example.org>"}`}, []template.Statement{may("ses:SendEmail", sender+"ksbb@example.org")}},
		"mail from a domain":   {request{line: "POST /v2/email/outbound-emails", body: `{"FromEmailAddress":"ksbb@example.org"}`}, []template.Statement{may("ses:SendEmail", sender+"example.org")}},
		"mail with a configuration set": {request{line: "POST /v2/email/outbound-emails", body: `{"FromEmailAddress":"ksbb@example.org","ConfigurationSetName":"all"}`},
			[]template.Statement{may("ses:SendEmail", sender+"example.org"), may("ses:SendEmail", strings.Replace(sender, "identity/", "configuration-set/all", 1))}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, c.needs...)
			if status, text := w.call(c.call); status != http.StatusOK || len(w.came) != 1 || len(w.lines) != 0 {
				t.Errorf("with all its permissions: got %d %s, lines %q", status, text, w.lines)
			}
			for i, lack := range c.needs {
				// What allows only another resource, or another action, is no help.
				action, resource := lack.Actions[0], lack.Resources[0]
				others := append(slices.Delete(slices.Clone(c.needs), i, i+1), may(action, resource+"x"), may(action+"x", resource))
				w := newWorld(t, others...)
				status, text := w.call(c.call)
				if status != http.StatusForbidden && !(status == http.StatusBadRequest && strings.Contains(text, "#AccessDeniedException")) {
					t.Errorf("without %s on %s: got %d %s", action, resource, status, text)
				}
				if len(w.came) != 0 {
					t.Errorf("without %s on %s: the service was called all the same", action, resource)
				}
				if len(w.lines) != 1 || !strings.HasPrefix(w.lines[0], "NotifyStream may not "+action+" on ") || !strings.HasSuffix(w.lines[0], ": no statement of its Policies allows it (template.yaml)") {
					t.Errorf("without %s on %s: told %q", action, resource, w.lines)
				}
			}
		})
	}
}

func TestRefusalsNameThingsAsTheTemplateDoesAndOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 3 {
		w.call(dynamoCall("Query", `{"TableName":"local-Ledger"}`))
		w.call(dynamoCall("Query", `{"TableName":"local-Ledger","IndexName":"byTime"}`))
	}
	for i := range 3 {
		w.call(request{line: fmt.Sprintf("PUT /local-public/data/%d.json", i)})
	}
	w.call(request{line: "POST /v2/email/outbound-emails", body: `{"FromEmailAddress":"ksbb@example.org"}`})
	end := ": no statement of its Policies allows it (template.yaml)"
	want := []string{
		"NotifyStream may not dynamodb:Query on table Ledger" + end,
		"NotifyStream may not dynamodb:Query on index byTime of table Ledger" + end,
		"NotifyStream may not s3:PutObject on data/0.json in bucket PublicBucket" + end,
		"NotifyStream may not ses:SendEmail on identity ksbb@example.org" + end,
	}
	if !slices.Equal(w.lines, want) {
		t.Errorf("told:\n%s\nwant:\n%s", strings.Join(w.lines, "\n"), strings.Join(want, "\n"))
	}
}

// What a function may do with everything it still may not do unseen.
func TestUnknownCallsAreRefusedWhateverThePolicy(t *testing.T) {
	t.Parallel()
	signed := func(service string) map[string]string {
		return map[string]string{"Authorization": "AWS4-HMAC-SHA256 Credential=k/20260131/ap-southeast-3/" + service + "/aws4_request, SignedHeaders=host, Signature=0"}
	}
	for _, c := range []struct {
		call   request
		status int
		line   string
	}{
		{dynamoCall("ExecuteStatement", `{"Statement":"SELECT * FROM x"}`), 400, "NotifyStream calls dynamodb:ExecuteStatement: not supported here"},
		{dynamoCall("Query", `{}`), 400, "NotifyStream calls dynamodb:Query: not supported here"},
		{dynamoCall("Query", `{`), 400, "NotifyStream calls dynamodb:Query: read its body: unexpected end of JSON input"},
		{dynamoCall("TransactWriteItems", `{"TransactItems":[{"Replace":{"TableName":"t"}}]}`), 400, "NotifyStream calls dynamodb:TransactWriteItems: not supported here"},
		{dynamoCall("BatchGetItem", `{"RequestItems":{}}`), 400, "NotifyStream calls dynamodb:BatchGetItem: not supported here"},
		{request{line: "GET /local-public/a?tagging"}, 403, "NotifyStream calls s3 GET /local-public/a?tagging=: not supported here"},
		{request{line: "POST /local-public?delete"}, 403, "NotifyStream calls s3 POST /local-public?delete=: not supported here"},
		{request{line: "PUT /local-public"}, 403, "NotifyStream calls s3 PUT /local-public: not supported here"},
		{request{line: "GET /"}, 403, "NotifyStream calls s3 GET /: not supported here"},
		{request{line: "GET /v2/email/identities"}, 403, "NotifyStream calls ses GET /v2/email/identities: not supported here"},
		{request{line: "POST /v2/email/outbound-emails", body: `{"FromEmailAddress":"nobody"}`}, 403, "NotifyStream calls ses:SendEmail: read its sender: mail: missing '@' or angle-addr"},
		{request{line: "POST /", header: signed("sts")}, 501, "NotifyStream calls sts POST /: not supported here"},
		{request{line: "POST /schedules/x", header: signed("scheduler")}, 501, "NotifyStream calls scheduler POST /schedules/x: not supported here"},
		{request{line: "POST /", header: map[string]string{"X-Amz-Target": "DynamoDBStreams_20120810.GetRecords"}}, 501, "NotifyStream calls DynamoDBStreams_20120810.GetRecords POST /: not supported here"},
	} {
		w := newWorld(t, may("*", "*"))
		if status, text := w.call(c.call); status != c.status || !slices.Equal(w.lines, []string{c.line}) || len(w.came) != 0 {
			t.Errorf("%s %v %s: got %d %s, told %q, %d passed; want %d and %q", c.call.line, c.call.header, c.call.body, status, text, w.lines, len(w.came), c.status, c.line)
		}
	}
}

func clients(url string) (*dynamodb.Client, *s3.Client, *sesv2.Client) {
	keys := credentials.NewStaticCredentialsProvider("k", "s", "")
	return dynamodb.New(dynamodb.Options{BaseEndpoint: &url, Region: "ap-southeast-3", Credentials: keys}),
		s3.New(s3.Options{BaseEndpoint: &url, Region: "ap-southeast-3", Credentials: keys}),
		sesv2.New(sesv2.Options{BaseEndpoint: &url, Region: "ap-southeast-3", Credentials: keys})
}

// The SDK must see what it would see of AWS, and must not try again.
func TestClientsTakeRefusalsForThoseOfAWS(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	db, objects, mail := clients(w.url)
	_, dynamoErr := db.Query(t.Context(), &dynamodb.QueryInput{TableName: aws.String("local-Ledger")})
	_, getErr := objects.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("local-public"), Key: aws.String("a")})
	_, putErr := objects.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("local-public"), Key: aws.String("a"), Body: bytes.NewReader(make([]byte, 8<<20))})
	_, mailErr := mail.SendEmail(t.Context(), &sesv2.SendEmailInput{FromEmailAddress: aws.String("ksbb@example.org"), Content: &sestypes.EmailContent{}})
	for what, c := range map[string]struct {
		err        error
		code, says string
	}{
		"DynamoDB":     {dynamoErr, "AccessDeniedException", "not authorized to perform: dynamodb:Query on resource: " + ledger},
		"S3 GET":       {getErr, "AccessDenied", "not authorized to perform: s3:GetObject on resource: " + bucket + "/a"},
		"S3 large PUT": {putErr, "AccessDenied", "not authorized to perform: s3:PutObject on resource: " + bucket + "/a"},
		"SES":          {mailErr, "AccessDeniedException", "not authorized to perform: ses:SendEmail"},
	} {
		var api smithy.APIError
		if !errors.As(c.err, &api) || api.ErrorCode() != c.code || !strings.Contains(api.ErrorMessage(), c.says) {
			t.Errorf("%s: got %v, want %s: …%s…", what, c.err, c.code, c.says)
		}
	}
	if strings.Contains(fmt.Sprint(dynamoErr), "attempts") {
		t.Errorf("the refusal was tried again: %v", dynamoErr)
	}
}

// S3 does not tell whoever may not list a bucket what it lacks.
func TestMissingObjectLooksForbiddenToWhoMayNotList(t *testing.T) {
	t.Parallel()
	missing := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusNotFound)
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, `<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>no</Message></Error>`)
		}
	}
	read := may("s3:GetObject", bucket+"/*")
	blind, seeing := newWorld(t, read), newWorld(t, read, may("s3:ListBucket", bucket))
	blind.answers, seeing.answers = missing, missing
	in := &s3.GetObjectInput{Bucket: aws.String("local-public"), Key: aws.String("data/a.json")}

	_, objects, _ := clients(blind.url)
	_, err := objects.GetObject(t.Context(), in)
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "AccessDenied" {
		t.Errorf("without s3:ListBucket: got %v, want AccessDenied", err)
	}
	if status, _ := blind.call(request{line: "HEAD /local-public/data/a.json"}); status != http.StatusForbidden {
		t.Errorf("HEAD without s3:ListBucket: got %d, want 403", status)
	}
	want := "NotifyStream may not s3:ListBucket on bucket PublicBucket, so data/a.json, which is missing, looks forbidden: no statement of its Policies allows it (template.yaml)"
	if !slices.Equal(blind.lines, []string{want}) {
		t.Errorf("told %q, want %q", blind.lines, want)
	}

	_, objects, _ = clients(seeing.url)
	_, err = objects.GetObject(t.Context(), in)
	var noKey *s3types.NoSuchKey
	if !errors.As(err, &noKey) || len(seeing.lines) != 0 {
		t.Errorf("with s3:ListBucket: got %v, told %q", err, seeing.lines)
	}
	if used := seeing.guard.Permissions()[1]; used.Action != "s3:ListBucket" || used.Used != 1 {
		t.Errorf("got %+v, want s3:ListBucket used once", used)
	}
}

func TestCallsArriveAsTheyWereMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t, may("s3:*", bucket+"/*"), may("dynamodb:*", ledger))
	w.answers = func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("X-Amz-Version-Id", "7")
		_, _ = io.WriteString(rw, "answer")
	}
	large := strings.Repeat("x", 5<<20)
	calls := []request{
		{"PUT /local-public/a%2Fb%20c+d?x-id=PutObject&X-Amz-Expires=1", large, map[string]string{"Expect": "100-continue", "X-Amz-Meta-One": "1"}},
		dynamoCall("PutItem", `{"TableName":"local-Ledger","Item":{"PK":{"S":"`+large+`"}}}`),
	}
	for i, c := range calls {
		if status, text := w.call(c); status != http.StatusOK || text != "answer" {
			t.Fatalf("%s: got %d %.80s, told %q", c.line, status, text, w.lines)
		}
		got := w.came[i]
		method, path, _ := strings.Cut(c.line, " ")
		if got.Method != method || got.RequestURI != path || w.body[i] != c.body {
			t.Errorf("%s: arrived as %s %s with %d bytes", c.line, got.Method, got.RequestURI, len(w.body[i]))
		}
		if host := strings.TrimPrefix(w.url, "http://"); got.Host != host {
			t.Errorf("%s: arrived for host %s; its signature covers %s", c.line, got.Host, host)
		}
		for k, v := range c.header {
			if k != "Expect" && got.Header.Get(k) != v {
				t.Errorf("%s: header %s: got %q, want %q", c.line, k, got.Header.Get(k), v)
			}
		}
		if got.Header.Get("X-Forwarded-For") != "" {
			t.Errorf("%s: arrived with X-Forwarded-For, which nobody sent", c.line)
		}
	}
}

// A service may answer before it has the whole file. The answer arrives whole
// nevertheless, and so does the file.
func TestAnswersMayComeBeforeTheWholeCall(t *testing.T) {
	t.Parallel()
	const pieces = 100
	piece := strings.Repeat("foto", 256)
	// Longer than what a server holds back until it has read the call.
	refusal := "<Error>" + strings.Repeat("SignatureDoesNotMatch ", 1000) + "</Error>"
	arrived := make(chan string)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if err := control.EnableFullDuplex(); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, refusal)
		if err := control.Flush(); err != nil {
			t.Error(err)
		}
		for range pieces {
			body := make([]byte, len(piece))
			if _, err := io.ReadFull(r.Body, body); err != nil {
				t.Errorf("the file is cut off: %v", err)
				return
			}
			select {
			case arrived <- string(body):
			case <-r.Context().Done():
			}
		}
	}))
	defer service.Close()
	transport := NewTransport()
	defer transport.CloseIdleConnections()
	g, err := New("CommitmentsApi", NewPolicy([]template.Statement{may("s3:PutObject", bucket+"/*")}), Services{
		DynamoDB: service.URL, S3: service.URL, Transport: transport, Names: map[string]string{"local-public": "PublicBucket"},
	}, func(line string) { t.Error(line) })
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(g)
	defer front.Close()

	sent, file := io.Pipe()
	var sending sync.WaitGroup
	sending.Go(func() {
		defer file.Close()
		for i := range pieces {
			_, _ = io.WriteString(file, piece)
			select {
			case got := <-arrived:
				if got != piece {
					t.Errorf("piece %d arrived as %.40q", i, got)
				}
			case <-time.After(30 * time.Second):
				t.Errorf("piece %d never arrived", i)
				return
			}
		}
	})
	r, err := http.NewRequestWithContext(t.Context(), "PUT", front.URL+"/local-public/foto.jpg", sent)
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = int64(pieces * len(piece))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusForbidden || string(text) != refusal {
		t.Errorf("got %d and %d bytes, %v", resp.StatusCode, len(text), err)
	}
	sending.Wait()
}

func TestBrowsersMayAskAboutSignedAddresses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if status, _ := w.call(request{line: "OPTIONS /local-public/a"}); status != http.StatusOK || len(w.came) != 1 {
		t.Errorf("preflight: got %d, %d passed", status, len(w.came))
	}
}

func TestPatternsMatchAsInIAM(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"a", "a", true}, {"a", "ab", false}, {"ab", "a", false},
		{"*", "", true}, {"*", "a/b", true}, {"a/*", "a/b/c", true}, {"a/*", "a", false}, {"a/*", "a/", true}, {"a/*", "ab/c", false},
		{"*b", "aab", true}, {"*b", "aba", false}, {"a*b*c", "a1b2b3c", true}, {"a*b*c", "a1c2b", false}, {"a**", "a", true},
		{"a?c", "abc", true}, {"a?c", "ac", false}, {"?", "", false}, {"A", "a", false},
	} {
		if got := matches(c.pattern, c.text); got != c.want {
			t.Errorf("%q matches %q: got %v, want %v", c.pattern, c.text, got, c.want)
		}
	}
	p := NewPolicy([]template.Statement{may("DynamoDB:get*", ledger), may("kms:Decrypt", "arn:aws:kms:::key")})
	if !p.Allows("dynamodb:GetItem", ledger) || p.Allows("dynamodb:PutItem", ledger) || p.Allows("dynamodb:GetItem", strings.ToLower(ledger)) {
		t.Error("actions are compared without regard to case, resources with it")
	}
	if got := p.Permissions(); len(got) != 1 || got[0].Used != 1 {
		t.Errorf("permissions: got %+v, want the one of DynamoDB, used once", got)
	}
}

// BenchmarkCall shows what the guard costs: a GetItem with it and without.
func BenchmarkCall(b *testing.B) {
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"Item":{}}`) }))
	defer behind.Close()
	g, err := New("Work", NewPolicy([]template.Statement{may("dynamodb:GetItem", ledger)}), Services{DynamoDB: behind.URL, S3: behind.URL, Transport: NewTransport()}, func(string) {})
	if err != nil {
		b.Fatal(err)
	}
	front := httptest.NewServer(g)
	defer front.Close()
	for name, url := range map[string]string{"direct": behind.URL, "guarded": front.URL} {
		b.Run(name, func(b *testing.B) {
			db, _, _ := clients(url)
			in := &dynamodb.GetItemInput{TableName: aws.String("local-Ledger"), Key: map[string]types.AttributeValue{"PK": &types.AttributeValueMemberS{Value: "a"}}}
			for b.Loop() {
				if _, err := db.GetItem(b.Context(), in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
