package table

import (
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"collabnet.dev/engine-sets/internal/fault"
	"collabnet.dev/engine-sets/internal/job"
)

func jobWith(t *testing.T, content string, rows int64, keys ...string) *job.Job {
	folder := t.TempDir()
	path := filepath.Join(folder, "in.csv")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return &job.Job{Input: job.Input{Path: path, Keys: keys, Rows: rows}, Output: filepath.Join(folder, "out.csv")}
}

func TestRowsComeBackAsTheyWere(t *testing.T) {
	content := "k,l,collabnet_row\r\n\"z,1\",\"q\"\"\",0\r\nä,\"line\r\nbreak\",1\nä,\"line\nbreak\",2\n,,3\n dup,x,4\n dup,x,5\ndummy,d,-1\n%,\"c\rr\",6"
	of := jobWith(t, content, 8, "k", "l")
	items, err := Items(of.Input, sha256.New)
	if err != nil || len(items) != 6 {
		t.Fatal(len(items), err)
	}
	rows, err := WriteRows(of, sha256.New, t.TempDir(), func(Item) bool { return true })
	want := "k,l,collabnet_row\n,,3\n dup,x,4\n dup,x,5\n%,\"c\rr\",6\n\"z,1\",\"q\"\"\",0\nä,\"line\nbreak\",2\nä,\"line\r\nbreak\",1\n"
	got, _ := os.ReadFile(of.Output)
	if err != nil || rows != 7 || string(got) != want {
		t.Errorf("%v %d\n%q\n%q", err, rows, got, want)
	}
	if _, err := csv.NewReader(strings.NewReader(string(got))).ReadAll(); err != nil {
		t.Error(err)
	}
}

func TestCompositeKeysAreUnambiguous(t *testing.T) {
	content := "a,b,collabnet_row\n\"p,q\",r,0\np,\"q,r\",1\npq,r,2\np,qr,3\n,pqr,4\npqr,,5\n"
	items, err := Items(jobWith(t, content, 6, "a", "b").Input, sha256.New)
	if err != nil || len(items) != 6 {
		t.Error(len(items), err)
	}
}

func TestBadInputs(t *testing.T) {
	cases := map[string]struct{ content, code string }{
		"empty":        {"", "INPUT_HEADER"},
		"header":       {"x,collabnet_row\n1,0\n", "INPUT_HEADER"},
		"columns":      {"k,collabnet_row\nsecret,1,0\n", "INPUT_INVALID"},
		"quote":        {"k,collabnet_row\nse\"cret,0\n", "INPUT_INVALID"},
		"after quote":  {"k,collabnet_row\n\"secret\"x,0\n", "INPUT_INVALID"},
		"open quote":   {"k,collabnet_row\n\"secret,0\n", "INPUT_INVALID"},
		"not UTF-8":    {"k,collabnet_row\nsecret\xff,0\n", "INPUT_INVALID"},
		"row number":   {"k,collabnet_row\na,secret\n", "INPUT_INVALID"},
		"too few rows": {"k,collabnet_row\n", "INPUT_ROWS"},
	}
	for name, c := range cases {
		_, err := Items(jobWith(t, c.content, 1, "k").Input, sha256.New)
		var found *fault.Error
		if !errors.As(err, &found) || found.Code != c.code || strings.Contains(found.Message, "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := Items(job.Input{Path: "/nowhere/x", Keys: []string{"k"}}, sha256.New)
	if fault.From(err).Code != "INPUT_MISSING" {
		t.Error(err)
	}
}
