package sql

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"collabnet.dev/engine-sets/internal/fault"
	"collabnet.dev/engine-sets/internal/job"
)

// run runs a query over loans (rank 0) and scores (rank 2).
func run(t *testing.T, query string, change func(*job.SQL)) (string, error) {
	folder := t.TempDir()
	of := &job.SQL{
		Query: query, MaximumRows: 100, GroupSize: "rows", MinimumGroup: 2,
		Tables: []job.Table{
			{Name: "loans", Party: 0, Columns: []string{"id", "amount", "a b"}, Keys: 1},
			{Name: "scores", Party: 2, Columns: []string{"id", "score"}, Keys: 1},
		},
	}
	files := map[int]string{0: filepath.Join(folder, "0"), 2: filepath.Join(folder, "2")}
	contents := map[int]string{
		0: "{}\nid,amount,a b\n007,10.5,x\n7,20,\n8,,\"\"\n9,40,\"q\"\"q,\"\n",
		2: "{}\nid,score\n007,1\n7,2\n8,3\n8,3\n",
	}
	if change != nil {
		change(of)
	}
	for rank, content := range contents {
		if err := os.WriteFile(files[rank], []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	target := filepath.Join(folder, "result.csv")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 5*time.Second, errors.New("too late"))
	defer cancel()
	_, err := Run(ctx, of, files, target, folder)
	text, _ := os.ReadFile(target)
	return string(text), err
}

func TestQueries(t *testing.T) {
	for query, want := range map[string]string{
		// Keys are texts: 007 is not 7. Others are numbers where they look like it.
		"SELECT count(*) AS rows, sum(amount) AS total, avg(score) AS mean FROM loans JOIN scores USING (id)":                   "rows,total,mean\n4,30.5,2.25\n",
		"SELECT typeof(id) AS t, typeof(amount) AS u, 2 AS rows FROM loans ORDER BY amount":                                     "t,u,rows\ntext,null,2\ntext,real,2\ntext,integer,2\ntext,integer,2\n",
		"SELECT \"a b\" AS text, 5 AS rows FROM loans ORDER BY id":                                                              "text,rows\nx,5\n,5\n\"\",5\n\"q\"\"q,\",5\n",
		"-- Groups that are too small are left out.\nSELECT score, count(*) AS rows FROM scores GROUP BY score ORDER BY score;": "score,rows\n3,2\n",
		"WITH big AS (SELECT * FROM loans WHERE amount > 15) SELECT count(*) AS rows, median(amount) AS m FROM big":             "rows,m\n2,30\n",
		"SELECT count(*) AS rows FROM loans WHERE 0":                                                                            "rows\n",
		"SELECT 1e300 * 10 AS large, 2 AS rows":                                                                                 "large,rows\n1e+301,2\n",
	} {
		if got, err := run(t, query, nil); err != nil || got != want {
			t.Errorf("%s\n%q %v", query, got, err)
		}
	}
}

func TestQueriesThatAreRefused(t *testing.T) {
	for query, want := range map[string]string{
		"SELECT count(*) AS rows FROM loan":                       "QUERY_INVALID: the query is refused: SQL logic error: no such table: loan",
		"SELECT amout, 2 AS rows FROM loans":                      "QUERY_INVALID: the query is refused: SQL logic error: no such column: amout",
		"SELEC 1":                                                 "QUERY_INVALID: the query is refused: SQL logic error: near",
		"DROP TABLE loans":                                        "QUERY_INVALID: the query does more than select",
		"ATTACH 'x' AS x":                                         "QUERY_INVALID: the query does more than select",
		"PRAGMA database_list":                                    "QUERY_INVALID: the query does more than select",
		"SELECT sql, 2 AS rows FROM sqlite_schema":                "QUERY_INVALID: the query reads the table sqlite_",
		"SELECT load_extension('x'), 2 AS rows":                   "QUERY_INVALID: the query",
		"SELECT 2 AS rows; SELECT 1":                              "QUERY_INVALID: the query is not one statement",
		"INSERT INTO loans VALUES (1,2,3) RETURNING 2 AS rows":    "QUERY_INVALID: the query does more than select",
		"SELECT 1 AS x, 2 AS x, 2 AS rows":                        "QUERY_INVALID: the query selects two columns \"x\"",
		"SELECT amount FROM loans":                                "QUERY_INVALID: parameters.groupSize: the query selects no column \"rows\"; add count(*) AS \"rows\"",
		"SELECT amount AS rows FROM loans":                        "QUERY_INVALID: parameters.groupSize: the column \"rows\" is not a whole number in every row",
		"SELECT x'00' AS x, 2 AS rows":                            "QUERY_INVALID: the column \"x\" has octets",
		"SELECT json_extract(\"a b\", '$'), 2 AS rows FROM loans": "QUERY_FAILED: the query failed while it ran",
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, 2 AS rows FROM n":                "QUERY_TOO_MANY_ROWS: parameters.maximumRows: the result has more than 100 rows",
		"SELECT length(group_concat(hex(zeroblob(4000000)))) AS l, 2 AS rows FROM loans, scores, loans a, scores b": "QUERY_TOO_LARGE",
	} {
		got, err := run(t, query, nil)
		if err == nil || !strings.HasPrefix(err.Error(), want) || got != "" || strings.Contains(fmt.Sprint(err), "q\"q") {
			t.Errorf("%s\n%q %v", query, got, err)
		}
	}
}

func TestTablesThatAreNotAsTheTaskSays(t *testing.T) {
	for _, change := range []func(*job.SQL){
		func(of *job.SQL) { of.Tables[1].Columns = []string{"id", "rating"} },
		func(of *job.SQL) { of.Tables[1].Columns = []string{"id"} },
	} {
		if _, err := run(t, "SELECT 2 AS rows", change); fault.From(err).Code != "INPUT_INVALID" {
			t.Error(err)
		}
	}
}

func TestAnEndlessQueryEndsWithTheRun(t *testing.T) {
	_, err := run(t, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS rows FROM n", nil)
	if err == nil || err.Error() != "too late" {
		t.Error(err)
	}
}
