package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// beginSQL starts three engines: the first two give a table, the last one hosts the query and gives nothing.
func beginSQL(t *testing.T, query string, receivers ...string) []*pod {
	ports := freePorts(t, 3)
	tables := []any{
		map[string]any{"party": "p0", "name": "loans", "columns": []string{"id", "amount"}, "keys": 1},
		map[string]any{"party": "p1", "name": "scores", "columns": []string{"id", "score"}, "keys": 1},
	}
	files := []string{"{}\nid,amount\n1,10\n2,20\n3,30\n", "{}\nid,score\n2,5\n3,7\n4,9\n"}
	pods := make([]*pod, 3)
	for i := range pods {
		p := newPod(t)
		pods[i] = p
		p.await("ready.json", 5*time.Second)
		job := jobFor(p, i, "id", 3, ports, map[string]any{
			"operation": "SqlQuery", "receivers": receivers, "host": "p2", "query": query, "tables": tables, "maximumRows": 10, "groupSize": "rows", "minimumGroup": 2,
		})
		if i == 2 {
			job["inputs"] = []any{}
		} else if err := os.WriteFile(filepath.Join(p.work, "in", "left.csv"), []byte(files[i]), 0o600); err != nil {
			t.Fatal(err)
		}
		p.give(job)
	}
	return pods
}

func TestAQueryAtAHostThatGetsNothing(t *testing.T) {
	pods := beginSQL(t, "SELECT sum(amount * score) AS weighted, count(*) AS rows FROM loans JOIN scores USING (id)", "p0", "p1")
	for i, p := range pods {
		exit := p.await("exit.json", 20*time.Second)
		want := "weighted,rows\n310,2\n"
		if i == 2 {
			want = ""
		}
		if exit["code"] != "OK" || p.result() != want {
			t.Errorf("%d: %v %q", i, exit, p.result())
		}
		if isolation := exit["isolation"].(map[string]any); isolation["tcpRules"] == true && isolation["canary"] != "blocked" {
			t.Error(isolation)
		}
		p.touch("release")
		if code := p.exitCode(); code != 0 {
			t.Error(code)
		}
		if _, err := os.Stat(p.path("tmp")); err == nil {
			t.Error("scratch is left")
		}
	}
}

func TestAQueryThatFailsEndsEverywhere(t *testing.T) {
	pods := beginSQL(t, "SELECT count(*) AS rows FROM loan", "p0")
	for i, p := range pods {
		exit := p.await("exit.json", 20*time.Second)
		message, _ := exit["message"].(string)
		// Who does not compute may hear of it from the other one that does not.
		if wanted := map[bool]string{true: "no such table: loan", false: "ended with"}[i == 2]; exit["status"] != "Failed" || !strings.Contains(message, wanted) || p.result() != "" {
			t.Errorf("%d: %v", i, exit)
		}
	}
}

func TestJobsOfAQuery(t *testing.T) {
	for field, change := range map[string]func(parameters map[string]any){
		"parameters.query":     func(parameters map[string]any) { delete(parameters, "query") },
		"parameters.host":      func(parameters map[string]any) { parameters["host"] = "p7" },
		"parameters.tables[0]": func(parameters map[string]any) { parameters["tables"] = []any{map[string]any{"party": "p0"}} },
		"parameters.giver":     func(parameters map[string]any) { parameters["giver"] = "p0" },
	} {
		p := newPod(t)
		parameters := map[string]any{
			"operation": "SqlQuery", "receivers": []string{"p0"}, "host": "p1", "query": "SELECT 1 AS rows", "maximumRows": 10, "groupSize": "rows", "minimumGroup": 2,
			"tables": []any{map[string]any{"party": "p0", "name": "loans", "columns": []string{"id"}, "keys": 1}},
		}
		change(parameters)
		p.give(jobFor(p, 0, "k", 1, freePorts(t, 2), parameters))
		if failure := p.await("error.json", 5*time.Second); !strings.HasPrefix(failure["field"].(string), field) {
			t.Error(field, failure)
		}
	}
}
