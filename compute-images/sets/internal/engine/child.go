package engine

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"collabnet.dev/engine-sets/internal/confinement"
)

// outcome is what the worker tells its supervisor, success or not.
type outcome struct {
	Code      string                `json:"code"`
	Message   string                `json:"message"`
	Field     string                `json:"field"`
	Rows      int64                 `json:"rows"`
	Seconds   map[string]float64    `json:"seconds"`
	Isolation confinement.Isolation `json:"isolation"`
	peakRSS   int64
}

// afterSIGTERM is how long a worker may take to tell its peers that it ends.
const afterSIGTERM = 2500 * time.Millisecond

// child is the worker: a process of its own, so that the courier gets its exit.json and the scratch folder is wiped even
// when the kernel ends it for want of memory.
type child struct {
	process *os.Process
	ended   chan outcome
}

func startWorker() (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	command := exec.Command(self)
	command.Env = append(os.Environ(), workerVariable+"=1")
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	command.ExtraFiles = []*os.File{writer}
	// A worker must not outlive a supervisor that is killed.
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := start(command); err != nil {
		return nil, err
	}
	_ = writer.Close()
	c := &child{process: command.Process, ended: make(chan outcome, 1)}
	go func() {
		said, _ := io.ReadAll(reader)
		err := command.Wait()
		o := outcome{}
		if json.Unmarshal(said, &o) != nil || o.Code == "" {
			o = outcome{Code: "ENGINE_CRASHED", Message: "the worker ended by " + how(command.ProcessState, err)}
		}
		if usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
			o.peakRSS = usage.Maxrss * 1024
		}
		c.ended <- o
	}()
	return c, nil
}

func how(state *os.ProcessState, err error) string {
	status, ok := state.Sys().(syscall.WaitStatus)
	switch {
	case !ok:
		return fmt.Sprintf("%T", err)
	case !status.Signaled():
		return fmt.Sprintf("exit code %d", status.ExitStatus())
	case status.Signal() == syscall.SIGKILL:
		return "signal 9; the kernel ends a process so that exceeds the memory limit"
	}
	return fmt.Sprintf("signal %d", status.Signal())
}

// end stops the worker, gently first.
func (c *child) end() outcome {
	_ = c.process.Signal(syscall.SIGTERM)
	select {
	case o := <-c.ended:
		return o
	case <-time.After(afterSIGTERM):
	}
	_ = c.process.Kill()
	return <-c.ended
}

func seconds(d time.Duration) float64 {
	return float64(d.Round(100*time.Microsecond)) / float64(time.Second)
}
