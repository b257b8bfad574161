package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// What a party that goes on is told when another one is gone.
var lostCodes = map[any]bool{"CONNECT_LOST": true, "PEER_FAILED": true}

func manyKeys(n int) (keys []string) {
	for i := range n {
		keys = append(keys, fmt.Sprint("key-", i))
	}
	return keys
}

// awaitPhase waits until the progress has reached this phase with at least this percentage. A run that ended before is an
// error: what is done to it then would show nothing.
func (p *pod) awaitPhase(phase string, percent int) {
	p.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if _, err := os.Stat(p.path("exit.json")); err == nil {
			p.t.Error("ended before", phase, percent)
			return
		}
		data, _ := os.ReadFile(p.path("progress.jsonl"))
		for line := range bytes.Lines(data) {
			var at struct {
				Phase   string
				Percent int
			}
			if json.Unmarshal(line, &at) == nil && at.Phase == phase && at.Percent >= percent {
				return
			}
		}
	}
	p.t.Error("never came to", phase, percent)
}

// Kills one engine at each phase; all others end with a code within seconds.
func TestKilledAtEachPhase(t *testing.T) {
	sets := [][]string{manyKeys(12_000), manyKeys(12_000), manyKeys(12_000)}
	phases := []struct {
		phase   string
		percent int
	}{{"prepare", 0}, {"prepare", 100}, {"connect", 0}, {"connect", 100}, {"psi", 1}, {"psi", 30}, {"psi", 60}, {"psi", 90}}
	for _, operation := range []string{"Intersection", "Cardinality"} {
		for i, phase := range phases {
			victim := i % 3
			pods := begin(t, "k", sets, map[string]any{"operation": operation, "receivers": []string{"p0", "p1"}}, "COLLABNET_CONNECT_SECONDS=4", "COLLABNET_STALL_SECONDS=5")
			pods[victim].awaitPhase(phase.phase, phase.percent)
			killed := time.Now()
			_ = pods[victim].command.Process.Kill()
			for j, p := range pods {
				if j == victim {
					continue
				}
				exit := p.await("exit.json", 8*time.Second)
				if early := phase.phase != "psi" && exit["code"] == "CONNECT_FAILED"; !lostCodes[exit["code"]] && !early {
					t.Error(exit)
				}
				t.Logf("%s, %s %d %%, %d killed: %d ended with %v after %s", operation, phase.phase, phase.percent, victim, j, exit["code"], time.Since(killed).Round(time.Millisecond))
				p.touch("release")
			}
		}
	}
}

// A worker that the kernel ends is reported by its supervisor; one that is frozen is a stall to its peers.
func TestWorkerKilledOrFrozen(t *testing.T) {
	sets := [][]string{manyKeys(40_000), manyKeys(40_000)}
	for signal, want := range map[syscall.Signal][2]string{syscall.SIGKILL: {"ENGINE_CRASHED", "CONNECT_LOST"}, syscall.SIGSTOP: {"", "STALLED"}} {
		pods := begin(t, "k", sets, nil, "COLLABNET_STALL_SECONDS=2")
		pods[0].awaitPhase("psi", 10)
		if err := syscall.Kill(pods[0].workerPID(), signal); err != nil {
			t.Fatal(err)
		}
		if exit := pods[1].await("exit.json", 6*time.Second); exit["code"] != want[1] {
			t.Error(signal, exit)
		}
		if want[0] != "" {
			if exit := pods[0].await("exit.json", 6*time.Second); exit["code"] != want[0] {
				t.Error(signal, exit)
			}
		}
		pods[0].touch("abort")
		pods[1].touch("release")
		pods[0].await("exit.json", 6*time.Second)
	}
}

func TestAbortIsToldToPeers(t *testing.T) {
	sets := [][]string{manyKeys(40_000), manyKeys(40_000), manyKeys(40_000)}
	pods := begin(t, "k", sets, nil)
	pods[1].awaitPhase("psi", 5)
	pods[1].touch("abort")
	for i, p := range pods {
		exit := p.await("exit.json", 4*time.Second)
		if i == 1 && (exit["code"] != "ABORTED" || p.exitCode() != 3) || i != 1 && !lostCodes[exit["code"]] {
			t.Error(i, exit)
		}
		p.touch("release")
	}
}

func TestPeerThatNeverComesAndTimeout(t *testing.T) {
	p := newPod(t, "COLLABNET_CONNECT_SECONDS=1")
	p.input("k", []string{"a"})
	p.give(jobFor(p, 0, "k", 1, freePorts(t, 2), nil))
	if exit := p.await("exit.json", 4*time.Second); exit["code"] != "CONNECT_FAILED" {
		t.Error(exit)
	}
	q := newPod(t)
	q.input("k", []string{"a"})
	job := jobFor(q, 1, "k", 1, freePorts(t, 2), nil)
	job["timeoutSeconds"] = 1
	q.give(job)
	if exit := q.await("exit.json", 6*time.Second); exit["code"] != "TIMEOUT" || q.exitCode() != 4 {
		t.Error(exit)
	}
}

// A tunnel accepts at once and holds the connection until the peer's engine listens.
func TestTunnelThatHolds(t *testing.T) {
	pods := []*pod{newPod(t), newPod(t)}
	ports := freePorts(t, 2)
	tunnel, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tunnel.Close()
	go func() {
		for {
			near, err := tunnel.Accept()
			if err != nil {
				return
			}
			go carry(near, ports[1])
		}
	}()
	for i, p := range pods {
		p.input("k", []string{"a", "b"})
		seen := append([]int(nil), ports...)
		if i == 0 {
			seen[1] = tunnel.Addr().(*net.TCPAddr).Port
		}
		p.give(jobFor(p, i, "k", 2, seen, nil))
		if i == 0 {
			time.Sleep(500 * time.Millisecond)
		}
	}
	for _, p := range pods {
		if exit := p.await("exit.json", 10*time.Second); exit["code"] != "OK" {
			t.Error(exit)
		}
		p.touch("release")
	}
}

func carry(near net.Conn, port int) {
	for {
		far, err := net.Dial("tcp4", fmt.Sprint("127.0.0.1:", port))
		if err != nil {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		go func() {
			_, _ = io.Copy(far, near)
			_ = far.(*net.TCPConn).CloseWrite()
		}()
		_, _ = io.Copy(near, far)
		_ = near.(*net.TCPConn).CloseWrite()
		return
	}
}
