package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"ksbb/infra/local/child"
	"ksbb/infra/local/engine"
	"ksbb/infra/local/testfunction"
)

// asLocal makes this test program behave as the command itself.
const asLocal = "LOCAL_TEST_RUNS_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asLocal) != "" {
		main()
		return
	}
	child.Become(engine.Roles())
	os.Exit(m.Run())
}

// start runs the command and returns it with its address and the processes
// that it started.
func start(t *testing.T, data string) (cmd *exec.Cmd, url string, children []int) {
	t.Helper()
	bin := filepath.Join(filepath.Dir(data), "bin")
	if _, err := os.Stat(bin); err != nil {
		if err := testfunction.Build(bin, "work"); err != nil {
			t.Fatal(err)
		}
	}
	cmd = exec.Command(os.Args[0], "-template", "stack/testdata/template.yaml", "-bin", bin)
	cmd.Env = append(os.Environ(), asLocal+"=1", "PORT=0", "DATA_DIR="+data)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "ready http://localhost:")
	if !ok {
		t.Fatalf("first line is %q", line)
	}
	url = "http://localhost:" + url
	resp, err := http.Post(url+"/v1/echo/1", "text/plain", nil) // a worker lives from now on
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	text, err := exec.Command("pgrep", "-P", strconv.Itoa(cmd.Process.Pid)).Output()
	if err != nil {
		t.Skip("no pgrep here to find children with")
	}
	for _, s := range strings.Fields(string(text)) {
		pid, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		children = append(children, pid)
	}
	if len(children) < 3 {
		t.Fatalf("children %v; want two engines and a worker", children)
	}
	return cmd, url, children
}

func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || !strings.Contains(string(stat), ") Z ") // a zombie is dead
}

func TestNothingIsLeftHoweverItEnds(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			cmd, _, children := start(t, filepath.Join(t.TempDir(), "data"))
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); (err == nil) == (signal == syscall.SIGKILL) {
				t.Errorf("it ended with %v", err)
			}
			for _, pid := range children {
				for i := 0; alive(pid); i++ {
					if i == 500 {
						t.Fatalf("process %d still lives", pid)
					}
					time.Sleep(10 * time.Millisecond)
				}
			}
		})
	}
}

func TestKilledStackStartsAgainAndASecondOneDoesNot(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	first, _, _ := start(t, data)
	second := exec.Command(os.Args[0], "-template", "stack/testdata/template.yaml")
	second.Env = append(os.Environ(), asLocal+"=1", "PORT=0", "DATA_DIR="+data)
	out, err := second.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "in use by another local stack") || strings.Count(string(out), "\n") != 1 {
		t.Errorf("second start: %v, %q", err, out)
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait()
	_, url, _ := start(t, data)
	resp, err := http.Get(url + "/_local/functions")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); err != nil || !strings.Contains(string(text), `"function":"web"`) {
		t.Errorf("after kill and restart: %s, %v", text, err)
	}
}

func TestWrongUseIsExplained(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		env  map[string]string
		want string
	}{
		{nil, map[string]string{"PORT": "many"}, "PORT is"},
		{[]string{"-parameter", "x"}, nil, "want Name=Value"},
		{[]string{"extra"}, nil, "what is extra?"},
		{[]string{"-template", "nowhere.yaml"}, nil, "nowhere.yaml"},
		{[]string{"-template", "stack/testdata/template.yaml", "-parameter", "Nobody=1"}, nil, "Parameters.Nobody: no such parameter"},
		{[]string{"-template", "stack/testdata/template.yaml", "-bin", "nowhere"}, nil, "find program of web"},
	} {
		env := map[string]string{"PORT": "0", "DATA_DIR": filepath.Join(t.TempDir(), "data")}
		for k, v := range c.env {
			env[k] = v
		}
		err := run(c.args, func(name string) string { return env[name] })
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got %v, want %q", c.args, err, c.want)
		}
	}
}
