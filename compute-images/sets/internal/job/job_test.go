package job

import (
	"errors"
	"strings"
	"testing"

	"collabnet.dev/engine-sets/internal/fault"
)

const good = `{"schema":"collabnet.dev/engine-job/v1","task":"t","step":"s","attempt":1,"algorithm":{"name":"sets","version":"1.0.0"},
"self":"b","parties":[{"name":"a","address":"127.0.0.1:9101"},{"name":"b","address":"127.0.0.1:9102"},{"name":"c","address":"127.0.0.1:9103"}],
"inputs":[{"name":"left","path":"/work/in/left.csv","keys":["id"],"rows":3}],"outputs":[{"name":"r","path":"/work/out/r.csv"}],
"parameters":{"operation":"Intersection","receivers":["c","b"]},"timeoutSeconds":60}`

func TestGoodJob(t *testing.T) {
	job, err := Read([]byte(good), "/work")
	if err != nil {
		t.Fatal(err)
	}
	if job.Self != 1 || !job.Receives() || job.Parameters.Curve != "RISTRETTO255" || job.Parameters.Receivers[0] != 1 || job.Parties[2].Port != 9103 {
		t.Errorf("%+v", job)
	}
}

func TestBadJobsNameTheField(t *testing.T) {
	cases := []struct{ old, new, field string }{
		{`{"schema"`, `{{"schema"`, "job.json"},
		{`"task":"t",`, ``, "task"},
		{`"task":"t"`, `"task":7`, "task"},
		{`"attempt":1`, `"attempt":1.5`, "attempt"},
		{`"attempt":1`, `"attempt":true`, "attempt"},
		{`engine-job/v1`, `engine-job/v2`, "schema"},
		{`"name":"sets"`, `"name":"psi"`, "algorithm.name"},
		{`"self":"b"`, `"self":"x"`, "self"},
		{`127.0.0.1:9102`, `10.0.0.1:9102`, "parties[1].address"},
		{`127.0.0.1:9102`, `127.0.0.1:9101`, "parties[1].address"},
		{`{"name":"b","add`, `{"name":"a","add`, "parties[1].name"},
		{`/work/in/left.csv`, `/work/in/../left.csv`, "inputs[0].path"},
		{`/work/in/left.csv`, `/work/out/left.csv`, "inputs[0].path"},
		{`["id"]`, `["id","collabnet_row"]`, "inputs[0].keys"},
		{`["id"]`, `["id","id"]`, "inputs[0].keys[1]"},
		{`"rows":3`, `"rows":0`, "inputs[0].rows"},
		{`"Intersection"`, `"Merge"`, "parameters.operation"},
		{`"Intersection"`, `"Difference"`, "parameters.operation"},
		{`["c","b"]`, `["c","x"]`, "parameters.receivers[1]"},
		{`["c","b"]}`, `["c"],"curve":"P256"}`, "parameters.curve"},
		{`["c","b"]}`, `["c"],"minimumSetSize":0}`, "parameters.minimumSetSize"},
		{`["c","b"]}`, `["c"],"broadcast":true}`, "parameters.broadcast"},
		{`"timeoutSeconds":60`, `"timeoutSeconds":0`, "timeoutSeconds"},
	}
	for _, c := range cases {
		text := strings.Replace(good, c.old, c.new, 1)
		if text == good {
			t.Fatal(c.old)
		}
		_, err := Read([]byte(text), "/work")
		var found *fault.Error
		if !errors.As(err, &found) || found.Code != "BAD_JOB" || found.Field != c.field {
			t.Errorf("%s -> %s: %v", c.old, c.new, err)
		}
	}
}

const goodQuery = `{"schema":"collabnet.dev/engine-job/v1","task":"t","step":"s","attempt":1,"algorithm":{"name":"sets","version":"1.0.0"},
"self":"b","parties":[{"name":"a","address":"127.0.0.1:9101"},{"name":"b","address":"127.0.0.1:9102"}],
"inputs":[{"name":"left","path":"/work/in/left.csv","keys":["id"],"rows":3}],"outputs":[{"name":"r","path":"/work/out/r.csv"}],
"parameters":{"operation":"PrivateQuery","server":"b","client":"a","receivers":["a"],"maximumQueries":9,"valueColumns":["v","ü,w"]},"timeoutSeconds":60}`

func TestQueryJobs(t *testing.T) {
	for self, values := range map[string]int{"a": 0, "b": 2} {
		job, err := Read([]byte(strings.Replace(goodQuery, `"self":"b"`, `"self":"`+self+`"`, 1)), "/work")
		if err != nil {
			t.Fatal(err)
		}
		q := job.Parameters.Query
		if q.Server != 1 || q.Client != 0 || q.MaximumQueries != 9 || len(q.ValueColumns) != 2 || len(job.Input.Values) != values || job.Receives() != (self == "a") {
			t.Errorf("%+v %+v", job, q)
		}
	}
	many := strings.Repeat(`"x",`, 64)
	cases := []struct{ old, new, field string }{
		{`"server":"b",`, ``, "parameters.server"},
		{`"client":"a",`, ``, "parameters.client"},
		{`"maximumQueries":9,`, ``, "parameters.maximumQueries"},
		{`,"valueColumns":["v","ü,w"]`, ``, "parameters.valueColumns"},
		{`"server":"b"`, `"server":"c"`, "parameters.server"},
		{`"server":"b"`, `"server":1`, "parameters.server"},
		{`"server":"b"`, `"server":"a"`, "parameters.client"},
		{`"client":"a"`, `"client":"c"`, "parameters.client"},
		{`["a"]`, `["b"]`, "parameters.receivers"},
		{`["a"]`, `["a","b"]`, "parameters.receivers"},
		{`":9,`, `":0,`, "parameters.maximumQueries"},
		{`":9,`, `":10000001,`, "parameters.maximumQueries"},
		{`":9,`, `":"9",`, "parameters.maximumQueries"},
		{`["v","ü,w"]`, `[]`, "parameters.valueColumns"},
		{`["v","ü,w"]`, `[` + many + `"v"]`, "parameters.valueColumns"},
		{`["v","ü,w"]`, `["v","v"]`, "parameters.valueColumns[1]"},
		{`["v","ü,w"]`, `["v",""]`, "parameters.valueColumns[1]"},
		{`["v","ü,w"]`, `["v","collabnet_row"]`, "parameters.valueColumns[1]"},
		{`"server"`, `"minimumSetSize":1,"server"`, "parameters.minimumSetSize"},
		{`"server"`, `"pageSize":1,"server"`, "parameters.pageSize"},
		{`PrivateQuery`, `Intersection`, "parameters.server"},
		{`{"name":"b","address":"127.0.0.1:9102"}`, `{"name":"b","address":"127.0.0.1:9102"},{"name":"c","address":"127.0.0.1:9103"}`, "parameters.operation"},
	}
	for _, c := range cases {
		text := strings.Replace(goodQuery, c.old, c.new, 1)
		if text == goodQuery {
			t.Fatal(c.old)
		}
		_, err := Read([]byte(text), "/work")
		var found *fault.Error
		if !errors.As(err, &found) || found.Code != "BAD_JOB" || found.Field != c.field {
			t.Errorf("%s -> %s: %v", c.old, c.new, err)
		}
	}
}
