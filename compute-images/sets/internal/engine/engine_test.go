package engine

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestHelp(t *testing.T) {
	var out bytes.Buffer
	if Main([]string{"--help"}, &out) != 0 || !strings.Contains(out.String(), "COLLABNET_WORK") {
		t.Error(out.String())
	}
}

func TestConversationAndResults(t *testing.T) {
	sets := [][]string{
		{`"p,q",r`, `p,"q,r"`, `ü,"say ""x"""`, `b,c`, `b,c`, `,`, `only,a`},
		{`b,c`, `p,"q,r"`, `ü,"say ""x"""`, `,`, `only,b`},
		{`b,c`, `"p,q",r`, `p,"q,r"`, `ü,"say ""x"""`, `,`},
	}
	want := "k,l,collabnet_row\n,,5\nb,c,3\nb,c,4\np,\"q,r\",1\nü,\"say \"\"x\"\"\",2\n"
	cases := []struct {
		parties    int
		parameters map[string]any
		want       string
		rows       float64
	}{
		{3, map[string]any{"minimumSetSize": 4}, want, 5},
		{2, map[string]any{"curve": "SM2"}, want, 5},
		{2, map[string]any{"operation": "Difference"}, "k,l,collabnet_row\nonly,a,6\n\"p,q\",r,0\n", 2},
		{2, map[string]any{"operation": "Union", "curve": "SM2"}, "k,l\n\"\",\"\"\nb,c\nonly,a\nonly,b\np,\"q,r\"\n\"p,q\",r\nü,\"say \"\"x\"\"\"\n", 7},
		{3, map[string]any{"operation": "Cardinality", "curve": "SM2"}, "cardinality\n4\n", 1},
	}
	for _, c := range cases {
		pods := begin(t, "k,l", sets[:c.parties], c.parameters)
		for i, p := range pods {
			exit := p.await("exit.json", 20*time.Second)
			wantText, wantRows := "", 0.0
			if i == 0 {
				wantText, wantRows = c.want, c.rows
			}
			if exit["code"] != "OK" || exit["status"] != "Succeeded" || p.result() != wantText || exit["rows"] != wantRows || exit["peakRssBytes"] == 0.0 {
				t.Errorf("%v %d: %v\n%s", c.parameters, i, exit, p.result())
			}
			ready := p.await("ready.json", 0)
			if ready["engine"] != "sets" || ready["version"] != "1.0.0" || ready["isolation"].(map[string]any)["canary"] != "untried" {
				t.Error(ready)
			}
			isolation := exit["isolation"].(map[string]any)
			if isolation["tcpRules"] == true && isolation["canary"] != "blocked" {
				t.Error(isolation)
			}
			p.touch("release")
			if code := p.exitCode(); code != 0 {
				t.Error(code)
			}
			if _, err := os.Stat(p.path("tmp")); err == nil {
				t.Error("scratch is left")
			}
			t.Log(isolation)
		}
	}
}

// Keys may have other names at each party: a receiver gets all of them under its own.
func TestUnionUnderTheNamesOfEachReceiver(t *testing.T) {
	ports := freePorts(t, 2)
	parameters := map[string]any{"operation": "Union", "receivers": []string{"p0", "p1"}}
	pods := []*pod{newPod(t), newPod(t)}
	names := []string{"card,office", "id,branch"}
	for i, p := range pods {
		p.input(names[i], []string{"both,1", fmt.Sprint("only,", i)})
		p.await("ready.json", 5*time.Second)
		p.give(jobFor(p, i, names[i], 2, ports, parameters))
	}
	for i, p := range pods {
		exit := p.await("exit.json", 20*time.Second)
		if want := names[i] + "\nboth,1\nonly,0\nonly,1\n"; exit["code"] != "OK" || p.result() != want || exit["rows"] != 3.0 {
			t.Errorf("%d: %v\n%s", i, exit, p.result())
		}
	}
}

func TestKeysThatAreTooLongForAUnion(t *testing.T) {
	pods := begin(t, "k", [][]string{{strings.Repeat("x", 5000)}, {"a"}}, map[string]any{"operation": "Union"})
	if exit := pods[0].await("exit.json", 10*time.Second); exit["code"] != "INPUT_RECORD" || !strings.Contains(fmt.Sprint(exit["message"]), "row 0") || strings.Contains(fmt.Sprint(exit), "xxx") {
		t.Error(exit)
	}
}

func TestBadJob(t *testing.T) {
	p := newPod(t)
	p.input("k", []string{"secret"})
	job := jobFor(p, 0, "k", 1, freePorts(t, 2), map[string]any{"curve": "P256"})
	p.give(job)
	failure := p.await("error.json", 5*time.Second)
	exit := p.await("exit.json", 5*time.Second)
	if failure["field"] != "parameters.curve" || failure["code"] != "BAD_JOB" || exit["code"] != "BAD_JOB" || p.exitCode() != 2 {
		t.Error(failure, exit)
	}
}

func TestAbortBeforeTheJob(t *testing.T) {
	p := newPod(t)
	p.await("ready.json", 5*time.Second)
	p.touch("abort")
	if exit := p.await("exit.json", 5*time.Second); exit["code"] != "ABORTED" || p.exitCode() != 3 {
		t.Error(exit)
	}
}

func TestFailuresReachEverybody(t *testing.T) {
	sets := [][]string{{"a"}, {"a"}, {"a"}}
	pods := begin(t, "k", sets, map[string]any{"minimumSetSize": 2})
	for _, p := range pods {
		if exit := p.await("exit.json", 10*time.Second); exit["code"] != "RESULT_TOO_SMALL" || p.result() != "" {
			t.Error(exit)
		}
		p.touch("release")
		if code := p.exitCode(); code != 1 {
			t.Error(code)
		}
	}
}

func TestWrongInputNeverQuotesIt(t *testing.T) {
	p := newPod(t)
	if err := os.WriteFile(filepath.Join(p.work, "in", "left.csv"), []byte("k,collabnet_row\nse\"cret,0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.give(jobFor(p, 0, "k", 1, freePorts(t, 2), nil))
	exit := p.await("exit.json", 10*time.Second)
	log, _ := os.ReadFile(filepath.Join(p.work, "log"))
	if exit["code"] != "INPUT_INVALID" || strings.Contains(fmt.Sprint(exit, string(log)), "cret") {
		t.Error(exit, string(log))
	}
}
