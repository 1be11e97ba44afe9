package child

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	Become(map[string]func() error{"parent": parent})
	os.Exit(m.Run())
}

// parent starts a child, says its number, and waits to be killed.
func parent() error {
	p, err := Start(exec.Command("sleep", "600"))
	if err != nil {
		return err
	}
	fmt.Println(p.PID())
	select {}
}

func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || !strings.Contains(string(stat), ") Z ") // a zombie is dead
}

func gone(t *testing.T, pid int) {
	t.Helper()
	for range 400 {
		if !alive(pid) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("process %d still lives", pid)
}

func TestChildDiesWithParentThatWasKilled(t *testing.T) {
	t.Parallel()
	cmd, err := Self("parent")
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || !alive(pid) {
		t.Fatalf("child %q does not live: %v", line, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	gone(t, pid)
}

// The way of systems without a parent-death signal, tried wherever we are.
func TestGuardKillsItsChildWhenThePipeCloses(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("sh", "-c", "echo $$; exec sleep 600")
	pipe, err := guarded(cmd)
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || !alive(pid) {
		t.Fatalf("child %q does not live: %v", line, err)
	}
	if err := pipe.Close(); err != nil {
		t.Fatal(err)
	}
	gone(t, pid)
	_ = cmd.Wait()
}

func TestStopIsGentleFirst(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	cmd := exec.Command("sh", "-c", `trap 'echo told; exit 0' TERM; echo up; while :; do sleep 0.01; done`)
	r, w := io.Pipe()
	cmd.Stdout = w
	p, err := Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(io.TeeReader(r, &out))
	if _, err := lines.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	said := make(chan string)
	go func() {
		s, _ := lines.ReadString('\n')
		said <- s
	}()
	go p.Stop(time.Minute)
	if got := <-said; got != "told\n" {
		t.Fatalf("the child said %q, want told", got)
	}
	<-p.Done()
	var exit *exec.ExitError
	if errors.As(p.Err(), &exit) {
		t.Fatalf("the child was killed: %v", p.Err())
	}
}
