package tabletest

import (
	"os/exec"
	"syscall"
)

// dieWithParent lets no engine survive a test binary that was killed.
func dieWithParent(child *exec.Cmd) {
	child.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
