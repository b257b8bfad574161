package engine

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// serverInput writes rows of CSV text, keys and values, and the courier's dummy row with empty values.
func (p *pod) serverInput(keys, values string, rows [][2]string) {
	var text strings.Builder
	fmt.Fprintf(&text, "%s,collabnet_row,%s\n", keys, values)
	for i, row := range rows {
		fmt.Fprintf(&text, "%s,%d,%s\n", row[0], i, row[1])
	}
	text.WriteString(strings.Repeat("dummy,", 1+strings.Count(keys, ",")) + "-1" + strings.Repeat(",", 1+strings.Count(values, ",")) + "\n")
	if err := os.WriteFile(filepath.Join(p.work, "in", "left.csv"), []byte(text.String()), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func queryParameters(server, maximum int, values string) map[string]any {
	client := fmt.Sprint("p", 1-server)
	return map[string]any{"operation": "PrivateQuery", "server": fmt.Sprint("p", server), "client": client, "receivers": []string{client},
		"maximumQueries": maximum, "valueColumns": strings.Split(values, ",")}
}

// beginQuery starts both engines. Rank 0 reaches rank 1 through a tunnel if there is one.
func beginQuery(t *testing.T, keys, values string, server int, rows [][2]string, asked []string, parameters []map[string]any, through func(port int) int, variables ...string) []*pod {
	ports := freePorts(t, 2)
	pods := []*pod{newPod(t, variables...), newPod(t, variables...)}
	counts := []int{len(asked), len(asked)}
	counts[server] = len(rows)
	pods[server].serverInput(keys, values, rows)
	pods[1-server].input(keys, asked)
	for i, p := range pods {
		p.await("ready.json", 5*time.Second)
		seen := slices.Clone(ports)
		if through != nil && i == 0 {
			seen[1] = through(ports[1])
		}
		p.give(jobFor(p, i, keys, counts[i], seen, parameters[i]))
	}
	return pods
}

func both(parameters map[string]any) []map[string]any {
	return []map[string]any{parameters, parameters}
}

func TestQueryConversationAndResults(t *testing.T) {
	rows := [][2]string{
		{`"p,q",r`, `1,"say ""x"""`}, {`p,"q,r"`, `2,"line` + "\r\n" + `break"`}, {`ü,"say ""x"""`, `名前,`}, {`b,c`, `"",first`}, {`b,c`, `,second`}, {`,`, `"a,b", spaces `}, {`only,server`, `secret,secret`},
	}
	asked := []string{`b,c`, `p,"q,r"`, `none,of`, `ü,"say ""x"""`, `,`, `b,c`, `"p,q",r`}
	want := "collabnet_row,v,w\n0,\"\",first\n0,,second\n1,2,\"line\r\nbreak\"\n3,名前,\n4,\"a,b\", spaces \n5,\"\",first\n5,,second\n6,1,\"say \"\"x\"\"\"\n"
	for server, curve := range []string{"RISTRETTO255", "SM2"} {
		parameters := queryParameters(server, 7, "v,w")
		parameters["curve"] = curve
		pods := beginQuery(t, "k,l", "v,w", server, rows, asked, both(parameters), nil)
		for i, p := range pods {
			wantText, wantRows := want, 8.0
			if i == server {
				wantText, wantRows = "", 0
			}
			exit := p.await("exit.json", 20*time.Second)
			if exit["code"] != "OK" || p.result() != wantText || exit["rows"] != wantRows {
				t.Errorf("%s %d: %v\n%q", curve, i, exit, p.result())
			}
			if left, _ := os.ReadDir(filepath.Join(p.work, "out")); i == server && len(left) > 0 {
				t.Error("the server has a file")
			}
			p.touch("release")
			if code := p.exitCode(); code != 0 {
				t.Error(code)
			}
		}
	}
	// Nothing in common but the dummies.
	for _, p := range beginQuery(t, "k", "v", 0, [][2]string{{"a", "secret"}}, []string{"b"}, both(queryParameters(0, 2, "v")), nil) {
		if exit := p.await("exit.json", 20*time.Second); exit["code"] != "OK" || exit["rows"] != 0.0 || strings.Contains(p.result(), "secret") {
			t.Error(exit, p.result())
		}
		p.touch("release")
	}
}

func TestQueryFailuresReachBoth(t *testing.T) {
	rows, asked := [][2]string{{"a", "secret,secret"}}, []string{"a", "b", "c"}
	other := queryParameters(1, 4, "v,x")
	cases := []struct {
		parameters []map[string]any
		code, word string
	}{
		{both(queryParameters(1, 3, "v,w")), "QUERIES_TOO_MANY", "asks 4 different keys and may ask 3"},
		{[]map[string]any{queryParameters(1, 4, "v,w"), queryParameters(1, 5, "v,w")}, "PARAMETERS_DIFFER", ": parameters.maximumQueries"},
		{[]map[string]any{other, queryParameters(1, 4, "v,w")}, "PARAMETERS_DIFFER", ": parameters.valueColumns"},
	}
	for _, c := range cases {
		for i, p := range beginQuery(t, "k", "v,w", 1, rows, asked, c.parameters, nil) {
			exit := p.await("exit.json", 10*time.Second)
			if exit["code"] != c.code || !strings.Contains(fmt.Sprint(exit["message"]), c.word) || p.result() != "" {
				t.Error(i, exit)
			}
			p.touch("release")
		}
	}
}

func TestQueryInputsNeverQuoted(t *testing.T) {
	for row, code := range map[string]string{strings.Repeat("secret", 700): "INPUT_RECORD", "sec\"ret": "INPUT_INVALID", "secret,secret": "INPUT_INVALID"} {
		p := newPod(t)
		p.serverInput("k", "v", [][2]string{{"a", row}})
		p.give(jobFor(p, 0, "k", 1, freePorts(t, 2), queryParameters(0, 4, "v")))
		exit := p.await("exit.json", 10*time.Second)
		log, _ := os.ReadFile(filepath.Join(p.work, "log"))
		if exit["code"] != code || strings.Contains(fmt.Sprint(exit, string(log)), "ecret") || code == "INPUT_RECORD" && !strings.Contains(fmt.Sprint(exit["message"]), "4096 bytes") {
			t.Error(exit, string(log))
		}
	}
}

// tunnel carries connections to a port, at most so many octets a second from there, and counts both ways.
type tunnel struct {
	t        *testing.T
	slow     int
	from, to atomic.Int64
}

func (u *tunnel) open(port int) int {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		u.t.Fatal(err)
	}
	u.t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			go u.carry(near, port)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

func (u *tunnel) carry(near net.Conn, port int) {
	defer near.Close()
	far, err := net.Dial("tcp4", fmt.Sprint("127.0.0.1:", port))
	for ; err != nil; far, err = net.Dial("tcp4", fmt.Sprint("127.0.0.1:", port)) {
		time.Sleep(20 * time.Millisecond)
	}
	back := make(chan struct{})
	go func() {
		defer close(back)
		u.copy(near, far, &u.from)
		_ = near.(*net.TCPConn).CloseWrite()
	}()
	u.copy(far, near, &u.to)
	_ = far.(*net.TCPConn).CloseWrite()
	<-back
	_ = far.Close()
}

func (u *tunnel) copy(to io.Writer, from io.Reader, count *atomic.Int64) {
	buffer := make([]byte, 1<<16)
	for {
		n, err := from.Read(buffer)
		if _, failed := to.Write(buffer[:n]); err != nil || failed != nil {
			return
		}
		count.Add(int64(n))
		if u.slow > 0 && count == &u.from {
			time.Sleep(time.Duration(n) * time.Second / time.Duration(u.slow))
		}
	}
}

// Kills server or client at each phase; the other ends with a code within seconds. The entries pass slowly, so that both
// can be killed while they are on their way.
func TestQueryKilledAtEachPhase(t *testing.T) {
	rows := make([][2]string, 6_000)
	for i := range rows {
		rows[i] = [2]string{fmt.Sprint("key-", i), strings.Repeat("v", 4000)}
	}
	asked := manyKeys(12_000)
	phases := []struct {
		phase   string
		percent int
	}{{"prepare", 0}, {"prepare", 100}, {"connect", 0}, {"connect", 100}, {"psi", 1}, {"psi", 40}, {"psi", 85}}
	for _, phase := range phases {
		for victim := range 2 {
			u := &tunnel{t: t, slow: 10 << 20}
			pods := beginQuery(t, "k", "v", 1, rows, asked, both(queryParameters(1, 20_000, "v")), u.open, "COLLABNET_CONNECT_SECONDS=4", "COLLABNET_STALL_SECONDS=5")
			pods[victim].awaitPhase(phase.phase, phase.percent)
			killed := time.Now()
			_ = pods[victim].command.Process.Kill()
			exit := pods[1-victim].await("exit.json", 10*time.Second)
			if early := phase.phase != "psi" && exit["code"] == "CONNECT_FAILED"; !lostCodes[exit["code"]] && !early {
				t.Error(exit)
			}
			if pods[0].result() != "" {
				t.Error("a result in spite of it")
			}
			t.Logf("%s %d %%, %s killed: the other ended with %v after %s", phase.phase, phase.percent, []string{"client", "server"}[victim], exit["code"], time.Since(killed).Round(time.Millisecond))
			pods[1-victim].touch("release")
		}
	}
}

// A frozen party is a stall to the other, on the way of the entries as well.
func TestQueryFrozen(t *testing.T) {
	rows := make([][2]string, 3_000)
	for i := range rows {
		rows[i] = [2]string{fmt.Sprint("key-", i), strings.Repeat("v", 4000)}
	}
	for victim := range 2 {
		u := &tunnel{t: t, slow: 5 << 20}
		pods := beginQuery(t, "k", "v", 1, rows, []string{"key-7"}, both(queryParameters(1, 9, "v")), u.open, "COLLABNET_STALL_SECONDS=2")
		pods[victim].awaitPhase("psi", 60)
		if err := syscall.Kill(pods[victim].workerPID(), syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		if exit := pods[1-victim].await("exit.json", 10*time.Second); exit["code"] != "STALLED" {
			t.Error(victim, exit)
		}
		pods[victim].touch("abort")
		pods[1-victim].touch("release")
		pods[victim].await("exit.json", 6*time.Second)
	}
}

// 100,000 keys with values of about 100 octets, 1,000 queries, half of them found.
func TestQueryOfManyKeys(t *testing.T) {
	if testing.Short() {
		t.Skip("some ten seconds of one core")
	}
	rows := make([][2]string, 100_000)
	for i := range rows {
		rows[i] = [2]string{fmt.Sprint("key-", i), fmt.Sprintf("%090d", i)}
	}
	var asked []string
	for i := range 1_000 {
		asked = append(asked, fmt.Sprint("key-", 99_500+i))
	}
	for _, curve := range []string{"RISTRETTO255", "SM2"} {
		parameters := queryParameters(1, 1_001, "v")
		parameters["curve"] = curve
		u := &tunnel{t: t}
		started := time.Now()
		pods := beginQuery(t, "k", "v", 1, rows, asked, both(parameters), u.open)
		for i, p := range pods {
			exit := p.await("exit.json", 60*time.Second)
			if exit["code"] != "OK" || i == 0 && exit["rows"] != 500.0 {
				t.Error(exit)
			}
			t.Logf("%s, %s: %v s, peak %.1f MiB", curve, []string{"client", "server"}[i], exit["seconds"], exit["peakRssBytes"].(float64)/(1<<20))
			p.touch("release")
		}
		t.Logf("%s: %.1f s, %d octets from the server, %d from the client", curve, time.Since(started).Seconds(), u.from.Load(), u.to.Load())
	}
}
