package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The test binary is the engine itself when it is started with this variable.
const engineVariable = "COLLABNET_TEST_ENGINE"

func TestMain(m *testing.M) {
	if os.Getenv(engineVariable) != "" {
		os.Exit(Main(os.Args[1:], os.Stdout))
	}
	os.Exit(m.Run())
}

// pod is one engine process with a /work of its own, as a courier runs it.
type pod struct {
	t       *testing.T
	work    string
	command *exec.Cmd
	exited  chan int
	log     *os.File
}

func newPod(t *testing.T, variables ...string) *pod {
	p := &pod{t: t, work: t.TempDir(), exited: make(chan int, 1)}
	for _, folder := range []string{"in", "out", "engine"} {
		if err := os.Mkdir(filepath.Join(p.work, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	p.log, _ = os.Create(filepath.Join(p.work, "log"))
	p.command = exec.Command(os.Args[0])
	p.command.Env = append(append(os.Environ(), engineVariable+"=1", "COLLABNET_WORK="+p.work), variables...)
	p.command.Stdout, p.command.Stderr = p.log, p.log
	if err := start(p.command); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.command.Wait()
		p.exited <- p.command.ProcessState.ExitCode()
	}()
	t.Cleanup(func() { _ = p.command.Process.Kill() })
	return p
}

func (p *pod) path(name string) string { return filepath.Join(p.work, "engine", name) }

func (p *pod) await(name string, limit time.Duration) map[string]any {
	p.t.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(5 * time.Millisecond) {
		data, err := os.ReadFile(p.path(name))
		if err == nil {
			var value map[string]any
			if err := json.Unmarshal(data, &value); err != nil {
				p.t.Fatal(err)
			}
			return value
		}
		if time.Now().After(end) {
			log, _ := os.ReadFile(filepath.Join(p.work, "log"))
			p.t.Fatalf("no %s after %s: %s", name, limit, log)
		}
	}
}

func (p *pod) touch(name string) { _ = os.WriteFile(p.path(name), nil, 0o644) }

func (p *pod) give(job map[string]any) {
	data, _ := json.Marshal(job)
	_ = os.WriteFile(p.path("job.new"), data, 0o644)
	_ = os.Rename(p.path("job.new"), p.path("job.json"))
}

// input writes rows of CSV text without their number, and the courier's dummy row.
func (p *pod) input(keys string, rows []string) {
	var text strings.Builder
	text.WriteString(keys + ",collabnet_row\n")
	for i, row := range rows {
		fmt.Fprintf(&text, "%s,%d\n", row, i)
	}
	text.WriteString(strings.Repeat("dummy,", 1+strings.Count(keys, ",")) + "-1\n")
	if err := os.WriteFile(filepath.Join(p.work, "in", "left.csv"), []byte(text.String()), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *pod) result() string {
	data, _ := os.ReadFile(filepath.Join(p.work, "out", "result.csv"))
	return string(data)
}

func (p *pod) exitCode() int {
	select {
	case code := <-p.exited:
		return code
	case <-time.After(10 * time.Second):
		p.t.Error("the process does not end")
		return -1
	}
}

// workerPID is the process that computes.
func (p *pod) workerPID() int {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", p.command.Process.Pid))
	for _, thread := range threads {
		data, _ := os.ReadFile(thread)
		var pid int
		if _, err := fmt.Sscan(string(data), &pid); err == nil {
			return pid
		}
	}
	return 0
}

// freePorts picks below the range from which the kernel gives ports to listeners and connections, so that none is taken meanwhile.
func freePorts(t *testing.T, n int) []int {
	var ports []int
	for len(ports) < n {
		port := 10_240 + rand.IntN(32_768-10_240)
		if slices.Contains(ports, port) {
			continue
		}
		listener, err := net.Listen("tcp4", fmt.Sprint("127.0.0.1:", port))
		if err != nil {
			continue
		}
		listener.Close()
		ports = append(ports, port)
	}
	return ports
}

func jobFor(p *pod, self int, keys string, rows int, ports []int, parameters map[string]any) map[string]any {
	var parties []any
	for i, port := range ports {
		parties = append(parties, map[string]any{"name": fmt.Sprint("p", i), "address": fmt.Sprint("127.0.0.1:", port)})
	}
	all := map[string]any{"operation": "Intersection", "receivers": []string{"p0"}}
	maps.Copy(all, parameters)
	return map[string]any{
		"schema": "collabnet.dev/engine-job/v1", "task": "t", "step": "s", "attempt": 1,
		"algorithm": map[string]any{"name": "sets", "version": "1.0.0"}, "self": fmt.Sprint("p", self), "parties": parties,
		"inputs":     []any{map[string]any{"name": "left", "path": p.work + "/in/left.csv", "keys": strings.Split(keys, ","), "rows": rows + 1}},
		"outputs":    []any{map[string]any{"name": "result", "path": p.work + "/out/result.csv"}},
		"parameters": all, "timeoutSeconds": 60,
	}
}

// begin starts one engine a set and gives each its job.
func begin(t *testing.T, keys string, sets [][]string, parameters map[string]any, variables ...string) []*pod {
	ports := freePorts(t, len(sets))
	pods := make([]*pod, len(sets))
	for i := range pods {
		pods[i] = newPod(t, variables...)
		pods[i].input(keys, sets[i])
	}
	for i, p := range pods {
		p.await("ready.json", 5*time.Second)
		p.give(jobFor(p, i, keys, len(sets[i]), ports, parameters))
	}
	return pods
}
