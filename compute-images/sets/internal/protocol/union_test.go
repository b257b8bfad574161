package protocol

import (
	"encoding/binary"
	"fmt"
	"hash"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"collabnet.dev/engine-sets/internal/group"
	"collabnet.dev/engine-sets/internal/job"
	"collabnet.dev/engine-sets/internal/link"
	"collabnet.dev/engine-sets/internal/table"
)

// recordOf is the text of a key of one column, as the table keeps it.
func recordOf(key string) string {
	return string(binary.AppendUvarint(nil, uint64(len(key))+1)) + key
}

// keysOf reads keys as an engine does, from a file.
func keysOf(t testing.TB, g group.Group, keys []string) (*table.Entries, []table.Item) {
	var text strings.Builder
	text.WriteString("id,collabnet_row\n")
	for i, key := range keys {
		fmt.Fprintf(&text, "%q,%d\n", key, i)
	}
	text.WriteString("dummy,-1\n")
	path := filepath.Join(t.TempDir(), "left.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	entries, items, err := table.ReadKeys(job.Input{Path: path, Keys: []string{"id"}, Rows: int64(len(keys)) + 1}, func() hash.Hash { return g.NewHash() })
	if err != nil {
		t.Fatal(err)
	}
	return entries, items
}

func runUnion(t testing.TB, g group.Group, sets [2][]string, receivers []int, change func(rank int, task *Task)) []party {
	tasks := make([]Task, 2)
	for rank := range tasks {
		tasks[rank] = Task{Operation: job.Union, Receivers: receivers, Group: g}
		tasks[rank].Keys, tasks[rank].Items = keysOf(t, g, sets[rank])
		if change != nil {
			change(rank, &tasks[rank])
		}
	}
	return runTasks(t, tasks, nil)
}

func checkUnion(t *testing.T, g group.Group, sets [2][]string, receivers []int) {
	t.Helper()
	for rank, p := range runUnion(t, g, sets, receivers, nil) {
		want := map[string]bool{}
		if slices.Contains(receivers, rank) {
			for _, key := range sets[1-rank] {
				want[recordOf(key)] = true
			}
			for _, key := range sets[rank] {
				delete(want, recordOf(key))
			}
		}
		got := map[string]bool{}
		for _, record := range p.result.Missing {
			got[string(record)] = true
		}
		if p.err != nil || len(got) != len(p.result.Missing) || !maps.Equal(got, want) {
			t.Errorf("%d of %v: %v, %d keys instead of %d", rank, receivers, p.err, len(p.result.Missing), len(want))
		}
	}
}

func TestUnionOfRandomAndSpecialSets(t *testing.T) {
	some := []string{"a", "b", "b", "schlüssel", ""}
	eachGroup(t, func(t *testing.T, g group.Group) {
		for range 6 {
			random := randomSets(2, 150, 60)
			checkUnion(t, g, [2][]string(random), []int{rand.IntN(2)})
			checkUnion(t, g, [2][]string(random), []int{0, 1})
		}
		for _, sets := range [][2][]string{{some, some}, {some, {}}, {{}, some}, {{}, {}}, {some, {"x", strings.Repeat("long", 1000)}}, {{"x"}, some}} {
			checkUnion(t, g, sets, []int{0})
			checkUnion(t, g, sets, []int{0, 1})
		}
	})
}

// More frames than the window in each direction, so that a link that holds itself up would show: long keys make frames of few.
func TestUnionOfManyFrames(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds of one core")
	}
	var sets [2][]string
	for i := range sets {
		for j := range 60 * (link.Window + 8) {
			sets[i] = append(sets[i], fmt.Sprint(j+i*100))
		}
		sets[i] = append(sets[i], strings.Repeat("x", 4000))
	}
	checkUnion(t, group.Ristretto255{}, sets, []int{0, 1})
}

// A giver sees as many points as it has keys, whatever of them is wanted; the receiver gets encryptions of one length.
func TestWhatAUnionShows(t *testing.T) {
	const verdict, point, tagged, sealed = 1, 32, 16, 32 + 16
	for _, common := range []bool{true, false} {
		second := span("k", 20)
		if !common {
			second = span("other", 20)
		}
		want := []map[string]int{
			{fmt.Sprint("1:", link.Points): 20 * point, fmt.Sprint("1:", link.Tags): 10 * tagged, fmt.Sprint("1:", link.Offer): 4 + point, fmt.Sprint("1:", link.Sealed): 20 * sealed, fmt.Sprint("1:", link.Verdict): verdict},
			{fmt.Sprint("0:", link.Points): 10 * point, fmt.Sprint("0:", link.Choices): 20 * point, fmt.Sprint("0:", link.Verdict): verdict},
		}
		for rank, p := range runUnion(t, group.Ristretto255{}, [2][]string{span("k", 10), second}, []int{0}, nil) {
			got := map[string]int{}
			for key, count := range p.frames {
				got[key] = count[1]
			}
			if p.err != nil || !maps.Equal(got, want[rank]) {
				t.Errorf("party %d, common %v: %v %v", rank, common, p.err, got)
			}
		}
	}
}

// The order in which a receiver sees the giver's keys is new in every run and for every receiver.
func TestUnionComesInRandomOrder(t *testing.T) {
	orders := map[string]bool{}
	for range 3 {
		p := runUnion(t, group.Ristretto255{}, [2][]string{{}, span("k", 30)}, []int{0}, nil)[0]
		orders[fmt.Sprintf("%q", p.result.Missing)] = true
	}
	if len(orders) != 3 {
		t.Errorf("%d orders in 3 runs", len(orders))
	}
}

// Where a receiver did not want a key, it cannot open what came: the secret it has belongs to no point that it sent.
func TestUnwantedKeysStayClosed(t *testing.T) {
	eachGroup(t, func(t *testing.T, g group.Group) {
		r := &run{Task: Task{Group: g, Keys: &table.Entries{Columns: 1}}}
		giver, err := g.NewScalar()
		if err != nil {
			t.Fatal(err)
		}
		offered := g.HashMul(nil, []byte(unionBase), giver)
		record := []byte(recordOf("secret"))
		for _, wanted := range []bool{true, false} {
			secret, _ := g.NewScalar()
			of := []byte(unionBase)
			if !wanted {
				of = []byte(strings.Repeat("r", 32))
			}
			shared, err := g.Mul(nil, g.HashMul(nil, of, secret), giver)
			if err != nil {
				t.Fatal(err)
			}
			sealed := make([]byte, 64+cipherTag)
			if err := r.sealKey(sealed[:0], make([]byte, 64), r.unionKey(7, shared), record); err != nil {
				t.Fatal(err)
			}
			mine, _ := g.Mul(nil, offered, secret)
			if found, ok := r.openKey(sealed, r.unionKey(7, mine)); ok != wanted || (wanted && string(found) != string(record)) {
				t.Errorf("wanted %v: %v %q", wanted, ok, found)
			}
			if _, ok := r.openKey(sealed, r.unionKey(8, mine)); ok {
				t.Error("a key of another position opens")
			}
		}
	})
}

func TestKeysOfOtherShapeAreRefused(t *testing.T) {
	for _, p := range runUnion(t, group.SM2{}, [2][]string{{"a"}, {"b"}}, []int{0}, func(rank int, task *Task) {
		if rank == 0 {
			task.Keys.Columns = 2
		}
	}) {
		if got := code(p.err); got != "PEER_PROTOCOL" && got != "PEER_FAILED" {
			t.Error(got)
		}
	}
}
