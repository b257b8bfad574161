package engine

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// beginDelivery starts engines of which the first gives content to the receivers.
func beginDelivery(t *testing.T, parties int, content []byte, receivers ...string) []*pod {
	ports := freePorts(t, parties)
	pods := make([]*pod, parties)
	for i := range pods {
		p := newPod(t)
		pods[i] = p
		p.await("ready.json", 5*time.Second)
		job := jobFor(p, i, "k", 1, ports, map[string]any{"operation": "Deliver", "giver": "p0", "receivers": receivers})
		if i == 0 && content != nil {
			if err := os.WriteFile(filepath.Join(p.work, "in", "left.csv"), content, 0o600); err != nil {
				t.Fatal(err)
			}
		} else if i > 0 {
			job["inputs"] = []any{}
		}
		p.give(job)
	}
	return pods
}

func TestDeliveryToSomeOfThree(t *testing.T) {
	// Several frames, and not a whole number of them.
	large := make([]byte, 3_000_001)
	for i := range large {
		large[i] = byte(rand.Uint32())
	}
	for _, content := range [][]byte{large, {}, []byte("k\n1\n")} {
		for receivers, parties := range map[string]int{"p1": 2, "p2": 3, "p1,p2": 3} {
			pods := beginDelivery(t, parties, content, strings.Split(receivers, ",")...)
			for i, p := range pods {
				exit := p.await("exit.json", 20*time.Second)
				got, err := os.ReadFile(filepath.Join(p.work, "out", "result.csv"))
				if wanted := strings.Contains(receivers, fmt.Sprint("p", i)); exit["code"] != "OK" || (err == nil) != wanted || (wanted && !bytes.Equal(got, content)) {
					t.Errorf("%d to %s: %v, %d octets at %d", len(content), receivers, exit, len(got), i)
				}
			}
		}
	}
}

func TestAFileThatIsMissingFailsEverywhere(t *testing.T) {
	pods := beginDelivery(t, 2, nil, "p1")
	if exit := pods[0].await("exit.json", 10*time.Second); exit["code"] != "INPUT_MISSING" {
		t.Error(exit)
	}
	pods[1].touch("abort")
	if exit := pods[1].await("exit.json", 10*time.Second); exit["code"] == "OK" || pods[1].result() != "" {
		t.Error(exit)
	}
}

func TestALostGiverLeavesNoHalfFile(t *testing.T) {
	pods := beginDelivery(t, 2, make([]byte, 300<<20), "p1")
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if info, err := os.Stat(filepath.Join(pods[1].work, "engine", "tmp", "received.part")); err == nil && info.Size() > 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("nothing arrived")
		}
	}
	if err := syscall.Kill(pods[0].workerPID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	exit := pods[1].await("exit.json", 20*time.Second)
	if left, _ := os.ReadDir(filepath.Join(pods[1].work, "out")); exit["code"] == "OK" || len(left) > 0 {
		t.Error(exit, left)
	}
}

func TestJobsOfADelivery(t *testing.T) {
	for field, change := range map[string]func(job, parameters map[string]any){
		"parameters.giver":     func(_, parameters map[string]any) { delete(parameters, "giver") },
		"parameters.receivers": func(_, parameters map[string]any) { parameters["receivers"] = []string{"p0"} },
		"inputs":               func(job, _ map[string]any) { job["inputs"] = []any{} },
	} {
		p := newPod(t)
		job := jobFor(p, 0, "k", 1, freePorts(t, 2), map[string]any{"operation": "Deliver", "giver": "p0", "receivers": []string{"p1"}})
		change(job, job["parameters"].(map[string]any))
		p.give(job)
		if failure := p.await("error.json", 5*time.Second); failure["field"] != field {
			t.Error(field, failure)
		}
	}
}
