package table

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"

	"collabnet.dev/engine-sets/internal/fault"
	"collabnet.dev/engine-sets/internal/job"
)

func serverJob(t *testing.T, content string, rows int64, values ...string) *job.Job {
	of := jobWith(t, content, rows, "k")
	of.Input.Values = values
	of.Parameters.Query = &job.Query{ValueColumns: values}
	return of
}

func TestValuesComeBackAsTheyWere(t *testing.T) {
	content := "k,collabnet_row,\"v,1\",w\r\nb,0,\"q\"\"\",\"line\r\nbreak\"\na,1,,\"\"\nü,2, x ,\"c\rr\"\nb,3,\"b,2\",名\ndummy,-1,,\nb,4,\"\",\n"
	server := serverJob(t, content, 6, "v,1", "w")
	entries, err := ReadEntries(server.Input, sha256.New)
	if err != nil || len(entries.List) != 4 {
		t.Fatal(err)
	}
	records := map[Item][]byte{}
	for i := range entries.List {
		e := &entries.List[i]
		records[e.ID] = entries.Record(e)
		if !IsRecord(entries.Record(e), 2) {
			t.Error("not a record")
		}
	}
	// The client's own rows are not in the order of their numbers, b is there twice, the dummy has the key of the server's.
	client := jobWith(t, "k,collabnet_row\nb,10\nü,7\nb,2\ndummy,-1\nnone,3\na,100\ndummy,5\n", 7, "k")
	client.Parameters.Query = server.Parameters.Query
	rows, items, err := ReadQueries(client.Input, sha256.New)
	if err != nil || len(items) != 5 {
		t.Fatal(err, len(items))
	}
	written, err := WriteAnswers(client, t.TempDir(), rows, func(item Item) []byte { return records[item] })
	b := "%d,\"q\"\"\",\"line\r\nbreak\"\n%d,\"b,2\",名\n%d,\"\",\n"
	want := "collabnet_row,\"v,1\",w\n" + fmt.Sprintf(b, 2, 2, 2) + "7, x ,\"c\rr\"\n" + fmt.Sprintf(b, 10, 10, 10) + "100,,\"\"\n"
	got, _ := os.ReadFile(client.Output)
	if err != nil || written != 8 || string(got) != want {
		t.Errorf("%v %d\n%q\n%q", err, written, got, want)
	}
}

func TestRecordLimit(t *testing.T) {
	row := func(n int) string { return "secret,0," + strings.Repeat("s", n) + "\n" }
	cases := []struct {
		rows string
		n    int64
		code string
	}{
		{row(LongestRecord - 2), 1, "OK"},
		{row(LongestRecord - 1), 1, "INPUT_RECORD"},
		{row(2000) + row(2000), 2, "OK"},
		{row(2000) + row(2000) + row(200), 3, "INPUT_RECORD"},
		{"secret,0\n", 1, "INPUT_INVALID"},
		{row(1), 2, "INPUT_ROWS"},
	}
	for _, c := range cases {
		entries, err := ReadEntries(serverJob(t, "k,collabnet_row,v\n"+c.rows, c.n, "v").Input, sha256.New)
		found := fault.New("OK", "")
		if err != nil {
			found = fault.From(err)
		} else if entries.Longest() > LongestRecord {
			t.Error(entries.Longest())
		}
		if found.Code != c.code || strings.Contains(found.Message, "sss") || c.code == "INPUT_RECORD" && !strings.Contains(found.Message, "4096") {
			t.Errorf("%d rows: %v", c.n, found)
		}
	}
	if _, err := ReadEntries(serverJob(t, "k,v,collabnet_row\n", 1, "v").Input, sha256.New); fault.From(err).Code != "INPUT_HEADER" {
		t.Error(err)
	}
}

// More than one chunk, and none of it lost.
func TestManyEntries(t *testing.T) {
	var text strings.Builder
	text.WriteString("k,collabnet_row,v\n")
	const n = 3000
	for i := range n {
		fmt.Fprintf(&text, "%d,%d,%s\n", i/2, i, strings.Repeat(string(rune('a'+i%26)), i%2000))
	}
	entries, err := ReadEntries(serverJob(t, text.String(), n, "v").Input, sha256.New)
	if err != nil || len(entries.List) != n/2 || len(entries.chunks) < 3 {
		t.Fatal(err)
	}
	total := 0
	for i := range entries.List {
		record := entries.Record(&entries.List[i])
		var last int
		for len(record) > 0 {
			value, rest, ok := cutValue(record)
			if !ok || last > 0 && len(value) != last+1 || bytes.Count(value, value[:min(1, len(value))]) != max(1, len(value)) {
				t.Fatal("another record")
			}
			last, record = len(value), rest
			total += len(value)
		}
	}
	want := 0
	for i := range n {
		want += i % 2000
	}
	if total != want {
		t.Error(total, want)
	}
}

func TestNoRecords(t *testing.T) {
	for _, bad := range [][]byte{{1}, {3, 'a'}, {0xff}, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, {2, 0xff, 0}, {0, 0, 0}} {
		if IsRecord(bad, 2) {
			t.Error(bad)
		}
	}
	if !IsRecord(nil, 2) || !IsRecord([]byte{0, 1, 2, 'a', 0}, 2) {
		t.Error("refuses a record")
	}
}
