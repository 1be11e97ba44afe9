package lambda

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ksbb/infra/local/child"
	"ksbb/infra/local/testfunction"
)

var programs string

func TestMain(m *testing.M) {
	child.Become(nil)
	dir, err := os.MkdirTemp("", "lambda")
	if err != nil {
		panic(err)
	}
	programs = dir
	code := 1
	if err := testfunction.Build(dir, "work"); err != nil {
		os.Stderr.WriteString(err.Error())
	} else {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

func pool(t *testing.T, change func(*Function)) (*Pool, *[]string) {
	t.Helper()
	var mu sync.Mutex
	var failures []string
	h, err := NewHost(t.TempDir(), func(name string, err error) {
		mu.Lock()
		defer mu.Unlock()
		failures = append(failures, name+": "+err.Error())
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	f := Function{
		ID: "Work", Name: "work", ARN: "arn:aws:lambda:ap-southeast-3:000000000000:function:work", Handler: "bootstrap",
		Program: filepath.Join(programs, "work", "bootstrap"), Timeout: 20 * time.Second, Memory: 512,
		Env: []string{"GREETING=halo"},
	}
	if change != nil {
		change(&f)
	}
	p, err := h.Add(f)
	if err != nil {
		t.Fatal(err)
	}
	return p, &failures
}

func invoke(t *testing.T, p *Pool, order string) map[string]any {
	t.Helper()
	answer, err := p.Invoke(t.Context(), []byte(order))
	if err != nil {
		t.Fatalf("%s: %v", order, err)
	}
	var got map[string]any
	if err := json.Unmarshal(answer, &got); err != nil {
		t.Fatalf("%s: %s: %v", order, answer, err)
	}
	return got
}

func TestFunctionFindsTheEnvironmentOfAWS(t *testing.T) {
	t.Parallel()
	p, _ := pool(t, nil)
	got := invoke(t, p, `{"Do":"who"}`)
	want := map[string]any{"arn": p.ARN, "name": "work", "memory": 512.0, "greeting": "halo", "home": "", "invocations": 1.0}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s: got %v, want %v", k, got[k], v)
		}
	}
	if left, _ := got["left"].(float64); left < 10 || left > 20 {
		t.Errorf("time left: got %v s, want almost 20", got["left"])
	}
}

func TestOneWorkerServesOneInvocationAfterAnother(t *testing.T) {
	t.Parallel()
	p, _ := pool(t, nil)
	first := invoke(t, p, `{"Do":"who"}`)
	for range 50 {
		invoke(t, p, `{"Do":"who"}`)
	}
	last := invoke(t, p, `{"Do":"who"}`)
	if tally := p.Tally(); first["pid"] != last["pid"] && tally.Starts > 3 {
		t.Errorf("52 invocations in a row took %d workers", tally.Starts)
	}
}

func TestWorkersAreNeverShared(t *testing.T) {
	t.Parallel()
	p, _ := pool(t, func(f *Function) { f.Ceiling = 3 })
	var group sync.WaitGroup
	for range 12 {
		group.Go(func() { invoke(t, p, `{"Do":"sleep","Text":"20ms"}`) })
	}
	group.Wait()
	if tally := p.Tally(); tally.Workers != 3 || tally.Invocations != 12 || tally.Errors != 0 {
		t.Errorf("12 at once under a ceiling of 3: got %+v", tally)
	}
}

func TestFailuresAreTold(t *testing.T) {
	t.Parallel()
	p, failures := pool(t, func(f *Function) { f.Timeout = 2 * time.Second })
	for _, c := range []struct{ order, kind, message string }{
		{`{"Do":"fail","Text":"x"}`, "errorString", "told to fail: x"},
		{`{"Do":"panic"}`, "string", "told to panic"},
		{`{"Do":"exit"}`, "Runtime.ExitError", "exit status 7"},
		{`{"Do":"hang"}`, "Sandbox.Timedout", "timed out after 2.00 seconds"},
		{`{"Do":"huge"}`, "Function.ResponseSizeTooLarge", "exceeds"},
	} {
		_, err := p.Invoke(t.Context(), []byte(c.order))
		var e *Error
		if !errors.As(err, &e) || e.Kind != c.kind || !strings.Contains(e.Message, c.message) {
			t.Errorf("%s: got %v, want %s: …%s…", c.order, err, c.kind, c.message)
		}
		invoke(t, p, `{"Do":"who"}`) // and the next one works
	}
	if len(*failures) != 5 || p.Tally().Errors != 5 {
		t.Errorf("reported %q, counted %d, want 5", *failures, p.Tally().Errors)
	}
}

func TestFunctionThatCannotStartSaysWhy(t *testing.T) {
	t.Parallel()
	p, _ := pool(t, func(f *Function) { f.Env = []string{"DIE_AT_START=1"} })
	for range 3 {
		_, err := p.Invoke(t.Context(), []byte(`{}`))
		if err == nil || !strings.Contains(err.Error(), "exit status 3") {
			t.Fatalf("got %v, want exit status 3", err)
		}
	}
	p.host.Close()
	text, err := os.ReadFile(filepath.Join(p.host.logs, "work.log"))
	if err != nil || !strings.Contains(string(text), "cannot start") {
		t.Errorf("log: got %q, %v", text, err)
	}
}

func TestEventsNobodyWaitsForAreRepeated(t *testing.T) {
	t.Parallel()
	p, failures := pool(t, nil)
	if _, err := p.Retry(t.Context(), []byte(`{"Do":"fail"}`), 1); err == nil {
		t.Error("no error after the last attempt")
	}
	if len(*failures) != 2 {
		t.Errorf("attempts: got %d, want 2", len(*failures))
	}
}

func TestCloseEndsWorkersAndThoseWhoWait(t *testing.T) {
	t.Parallel()
	p, _ := pool(t, func(f *Function) { f.Ceiling = 1 })
	results := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := p.Invoke(t.Context(), []byte(`{"Do":"hang"}`))
			results <- err
		}()
	}
	for p.Tally().Starts == 0 {
		time.Sleep(time.Millisecond)
	}
	p.host.Close()
	for range 2 {
		if err := <-results; err == nil {
			t.Error("an invocation ended well though the host was closed")
		}
	}
	if n := p.Tally().Workers; n != 0 {
		t.Errorf("%d workers live after Close", n)
	}
}
