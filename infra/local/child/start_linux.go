package child

import (
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

// The kernel sends the parent-death signal when the *thread* that started the
// child ends, not the process. So one thread, which never ends, starts them all.
var (
	starts   = make(chan func())
	oneStart sync.Once
)

func start(cmd *exec.Cmd) error {
	oneStart.Do(func() {
		go func() {
			runtime.LockOSThread()
			for f := range starts {
				f()
			}
		}()
	})
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	failed := make(chan error)
	starts <- func() { failed <- cmd.Start() }
	return <-failed
}
