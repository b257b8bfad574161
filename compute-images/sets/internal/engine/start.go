package engine

import (
	"os/exec"
	"runtime"
)

// start starts a process from a thread that lives as long as this process: a death signal comes when the thread that
// started the child ends.
func start(command *exec.Cmd) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		started <- command.Start()
		select {}
	}()
	return <-started
}
