package stack

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"ksbb/infra/local/template"
)

// A transcript is what a stack says, to be read while it runs.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *transcript) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *transcript) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// waitFor returns when the stack has said all of the words.
func (p *transcript) waitFor(t *testing.T, words ...string) {
	t.Helper()
	for _, word := range words {
		for i := 0; !strings.Contains(p.String(), word); i++ {
			if i == 1000 {
				t.Fatalf("it never said %q, but:\n%s", word, p)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// changed writes a template in which every pair of texts was replaced, and
// returns its file.
func changed(t *testing.T, file string, pairs ...string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	after := string(text)
	for i := 0; i < len(pairs); i += 2 {
		if n := strings.Count(after, pairs[i]); n != 1 {
			t.Fatalf("%q stands %d times in %s, want once", pairs[i], n, file)
		}
		after = strings.Replace(after, pairs[i], pairs[i+1], 1)
	}
	out := filepath.Join(t.TempDir(), "template.yaml")
	if err := os.WriteFile(out, []byte(after), 0o644); err != nil {
		t.Fatal(err)
	}
	return out
}

const plainMay = `      FunctionName: plain
      Policies: [{Version: "2012-10-17", Statement: [{Effect: Allow, Action: dynamodb:PutItem, Resource: !GetAtt Seen.Arn}]}]
`

func TestFunctionDoesOnlyWhatItsPoliciesAllow(t *testing.T) {
	t.Parallel()
	var said transcript
	o := options(t.TempDir(), &said)
	// Careful may write to both places, Plain to neither, and the web function
	// may send from a domain that it does not send from.
	o.Template = changed(t, "testdata/template.yaml",
		"SEEN_TABLE: !Ref Seen, SITE", "SEEN_TABLE: !Ref Seen, SEEN_BUCKET: !Ref FailedBatches, SITE",
		plainMay, strings.Replace(plainMay, "PutItem", "GetItem", 1),
		"identity/example.org", "identity/example.com")
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()

	put(t, s, "a1", "b1")
	seen(t, s, "careful", "record", 1)
	for i := 0; ; i++ {
		_, err := s.objects.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("local-failed-batches"), Key: aws.String("seen/record")})
		if err == nil {
			break
		}
		if i == 1000 {
			t.Fatalf("the object that careful may write never came: %v; it said:\n%s", err, &said)
		}
		time.Sleep(10 * time.Millisecond)
	}
	call(t, "POST", s.URL+"/v1/mail", nil, "")
	said.waitFor(t,
		"Plain may not dynamodb:PutItem on plain batch in table Seen: no statement of its Policies allows it (template.yaml)\n",
		"error plain: ", "api error AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role/Plain is not authorized to perform: dynamodb:PutItem",
		"Web may not ses:SendEmail on identity from@example.org: no statement of its Policies allows it (template.yaml)\n",
		"error web: ")
	if strings.Contains(said.String(), "Careful may not") {
		t.Errorf("careful was refused what it may do:\n%s", &said)
	}

	_, text := call(t, "GET", s.URL+"/_local/permissions", nil, "")
	var all []struct {
		Function, Action string
		Used             int
	}
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	used := map[string]int{}
	for _, p := range all {
		used[p.Function+" "+p.Action] = p.Used
	}
	if used["Careful dynamodb:PutItem"] < 2 || used["Plain dynamodb:GetItem"] != 0 {
		t.Errorf("permissions: got %s", text)
	}
}

func TestRefusedObjectIsNotWritten(t *testing.T) {
	t.Parallel()
	var said transcript
	o := options(t.TempDir(), &said)
	o.Template = changed(t, "testdata/template.yaml", "SEEN_TABLE: !Ref Seen, SITE", "SEEN_BUCKET: !Ref FailedBatches, SITE")
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	put(t, s, "b1")
	said.waitFor(t, "Plain may not s3:PutObject on seen/batch in bucket FailedBatches: no statement of its Policies allows it (template.yaml)\n",
		"api error AccessDenied: User: arn:aws:sts::000000000000:assumed-role/Plain is not authorized to perform: s3:PutObject")
	list, err := s.objects.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("local-failed-batches")})
	if err != nil || len(list.Contents) != 0 {
		t.Errorf("the bucket holds %d objects, %v; want none", len(list.Contents), err)
	}
}

func TestFailedBatchesMustBeAllowedToGoWhereTheyGo(t *testing.T) {
	t.Parallel()
	o := options(t.TempDir(), nil)
	o.Template = changed(t, "testdata/template.yaml", `Resource: !Sub "${FailedBatches.Arn}/*"`, `Resource: !Sub "${PublicBucket.Arn}/*"`)
	s, err := Start(t.Context(), o)
	if err == nil {
		s.Close()
	}
	want := "Careful may not s3:PutObject on aws/lambda/* in bucket FailedBatches, where failed batches of Changes go: no statement of its Policies allows it (template.yaml)"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// What AWS would deny must be denied here first. The sweep runs at the first
// start, over an empty ledger.
func TestProjectTemplateAllowsWhatItsFunctionsDo(t *testing.T) {
	t.Parallel()
	const file = "../../../template.yaml"
	project, err := template.Read(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	for _, f := range project.Functions {
		cmd := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", filepath.Join(bin, f.Folder, "bootstrap"), "./functions/"+f.Folder)
		cmd.Dir = filepath.Dir(file)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", f.Folder, err, out)
		}
	}
	start := func(t *testing.T, file string) (*Stack, *transcript) {
		t.Helper()
		var said transcript
		o := options(t.TempDir(), &said)
		o.Template, o.Bin, o.Site, o.Staff = file, bin, "", ani
		s, err := Start(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		t.Cleanup(func() {
			if t.Failed() {
				t.Logf("it said:\n%s", &said)
			}
		})
		return s, &said
	}
	t.Run("as it is", func(t *testing.T) {
		t.Parallel()
		s, said := start(t, file)
		if resp, text := call(t, "POST", s.URL+"/_local/schedule/AuditSweep", nil, ""); resp.StatusCode != 200 {
			t.Errorf("sweep: got %d %s", resp.StatusCode, text)
		}
		// The first of its key makes the key, which needs more than reading.
		if resp, text := call(t, "GET", s.URL+"/v1/challenge", nil, ""); resp.StatusCode != 200 {
			t.Errorf("challenge: got %d %s", resp.StatusCode, text)
		}
		testEvidence(t, s)
		testStaff(t, s)
		if text := said.String(); strings.Contains(text, "no statement") || strings.Contains(text, "not supported here") || strings.Contains(text, "error ") {
			t.Errorf("it said:\n%s", text)
		}
		for _, f := range s.guards.all {
			if f.function == sweep && f.guard.Permissions()[0].Used == 0 {
				t.Errorf("the sweep went past its guard: %+v", f.guard.Permissions())
			}
		}
	})
	t.Run("without a permission", func(t *testing.T) {
		t.Parallel()
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		before, of, found := strings.Cut(string(text), "\n  AuditSweep:\n")
		without := strings.Replace(of, "dynamodb:Query", "dynamodb:GetItem", 1)
		if !found || without == of {
			t.Fatal("AuditSweep has no dynamodb:Query to take away")
		}
		planted := filepath.Join(t.TempDir(), "template.yaml")
		if err := os.WriteFile(planted, []byte(before+"\n  AuditSweep:\n"+without), 0o644); err != nil {
			t.Fatal(err)
		}
		s, said := start(t, planted)
		resp, answer := call(t, "POST", s.URL+"/_local/schedule/AuditSweep", nil, "")
		if resp.StatusCode != 502 || !strings.Contains(answer, "not authorized to perform: dynamodb:Query") {
			t.Errorf("sweep: got %d %s", resp.StatusCode, answer)
		}
		said.waitFor(t, "AuditSweep may not dynamodb:Query on CATALOGUE in table Ledger: no statement of its Policies allows it (template.yaml)\n")
	})
}
