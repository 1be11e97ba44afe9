// Package child starts programs that cannot outlive this one, even when it is
// killed with no chance to tidy up.
//
// On Linux the kernel is asked to kill the child when its parent dies. Elsewhere
// this program runs itself again as a guard, which holds the child and kills
// it when the pipe to the parent closes.
package child

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// roleVariable tells a process that it was started to play a part of this
// program: which one.
const roleVariable = "KSBB_LOCAL_ROLE"

const guardRole = "guard"

// A Process is a running child.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	mu   sync.Mutex
	err  error
}

// Start starts cmd in its own process group, so that Ctrl-C in a terminal
// reaches only the parent, which then stops its children in order.
func Start(cmd *exec.Cmd) (*Process, error) {
	if err := start(cmd); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	p := &Process{cmd: cmd, done: make(chan struct{})}
	go func() {
		err := cmd.Wait()
		p.mu.Lock()
		p.err = err
		p.mu.Unlock()
		close(p.done)
	}()
	return p, nil
}

// PID is the process id of the child, or of its guard.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the child has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err says how the child ended; call it after Done. It is never nil: these
// children are not meant to end.
func (p *Process) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		return errors.New("exit status 0")
	}
	return p.err
}

// Kill ends the child and what it started, and waits until it is gone.
func (p *Process) Kill() {
	p.signal(syscall.SIGKILL)
	<-p.done
}

// Stop asks the child to end and kills it after the grace.
func (p *Process) Stop(grace time.Duration) {
	p.signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(grace):
		p.Kill()
	}
}

func (p *Process) signal(s syscall.Signal) {
	select {
	case <-p.done: // its number may be somebody else's by now
	default:
		_ = syscall.Kill(-p.PID(), s)
	}
}

// Self is a command that runs this program again to play a role.
func Self(role string, env ...string) (*exec.Cmd, error) {
	me, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	cmd := exec.Command(me)
	cmd.Env = append(os.Environ(), append(env, roleVariable+"="+role)...)
	return cmd, nil
}

// Become plays the role this process was started for and then exits. It
// returns at once in a process that was started by a person. Every program
// that starts children calls it first, tests in TestMain.
func Become(roles map[string]func() error) {
	role := os.Getenv(roleVariable)
	if role == "" {
		return
	}
	os.Unsetenv(roleVariable)
	play, ok := roles[role]
	if role == guardRole {
		play, ok = guard, true
	}
	if !ok {
		fmt.Fprintf(os.Stderr, "no role is called %s\n", role)
		os.Exit(2)
	}
	if err := play(); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", role, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// guarded turns cmd into a guard that runs it. The returned pipe must stay
// open for as long as the child shall live.
func guarded(cmd *exec.Cmd) (io.Closer, error) {
	me, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Args = append([]string{me, cmd.Path}, cmd.Args...)
	cmd.Path = me
	cmd.Env = append(cmd.Env[:len(cmd.Env):len(cmd.Env)], roleVariable+"="+guardRole)
	return cmd.StdinPipe()
}

// guard runs the program in its arguments until that ends or the standard
// input does.
func guard() error {
	if len(os.Args) < 3 {
		return errors.New("nothing to run")
	}
	cmd := &exec.Cmd{Path: os.Args[1], Args: os.Args[2:], Env: os.Environ(), Stdout: os.Stdout, Stderr: os.Stderr}
	if err := cmd.Start(); err != nil {
		return err
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go func() {
		for range stop {
			_ = cmd.Process.Signal(syscall.SIGTERM)
		}
	}()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = cmd.Process.Kill()
	}()
	return cmd.Wait()
}
