//go:build unix && !linux

package child

import (
	"os/exec"
	"syscall"
)

func start(cmd *exec.Cmd) error {
	// The pipe closes with this process, or when Wait has seen the guard end.
	if _, err := guarded(cmd); err != nil {
		return err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd.Start()
}
