package protocol

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"collabnet.dev/engine-sets/internal/group"
	"collabnet.dev/engine-sets/internal/job"
	"collabnet.dev/engine-sets/internal/link"
	"collabnet.dev/engine-sets/internal/oprf"
	"collabnet.dev/engine-sets/internal/table"
)

// pair is a row of a server with one value column, which needs no quotes.
type pair struct{ key, value string }

func inputOf(t testing.TB, header string, rows []string, values ...string) job.Input {
	path := filepath.Join(t.TempDir(), "in.csv")
	if err := os.WriteFile(path, []byte(header+"\n"+strings.Join(rows, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	return job.Input{Path: path, Keys: []string{"k"}, Values: values, Rows: int64(len(rows))}
}

func entriesOf(t testing.TB, g group.Group, rows []pair) *table.Entries {
	lines := make([]string, len(rows))
	for i, row := range rows {
		lines[i] = fmt.Sprintf("%s,%d,%s\n", row.key, i, row.value)
	}
	entries, err := table.ReadEntries(inputOf(t, "k,collabnet_row,v", lines, "v"), g.NewHash)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func itemsOf(t testing.TB, g group.Group, keys []string) []table.Item {
	lines := make([]string, len(keys))
	for i, key := range keys {
		lines[i] = fmt.Sprintf("%s,%d\n", key, i)
	}
	_, items, err := table.ReadQueries(inputOf(t, "k,collabnet_row", lines), g.NewHash)
	if err != nil {
		t.Fatal(err)
	}
	return items
}

// queryTasks: the server has this rank, the client may ask so many keys.
func queryTasks(t testing.TB, g group.Group, server int, rows []pair, keys []string, maximum int64) []Task {
	tasks := make([]Task, 2)
	for rank := range tasks {
		tasks[rank] = Task{Operation: job.PrivateQuery, Receivers: []int{1 - server}, Group: g, Query: &Query{Server: server, MaximumQueries: maximum, Columns: 1}}
	}
	tasks[server].Query.Entries = entriesOf(t, g, rows)
	tasks[1-server].Items = itemsOf(t, g, keys)
	return tasks
}

// checkQuery compares with a map: every key of the client that the server has, with its values in order, and no other.
func checkQuery(t *testing.T, g group.Group, server int, rows []pair, keys []string) {
	t.Helper()
	want := map[table.Item]string{}
	for _, key := range keys {
		var record []byte
		for _, row := range rows {
			if row.key != key {
				continue
			}
			if row.value == "" {
				record = append(record, 0)
				continue
			}
			record = append(binary.AppendUvarint(record, uint64(len(row.value))+1), row.value...)
		}
		if record != nil {
			want[itemsOf(t, g, []string{key})[0]] = string(record)
		}
	}
	parties := runTasks(t, queryTasks(t, g, server, rows, keys, 1000), nil)
	got := map[table.Item]string{}
	for _, answer := range parties[1-server].result.Answers {
		got[answer.Item] = string(answer.Record)
	}
	if parties[0].err != nil || parties[1].err != nil || !maps.Equal(got, want) || len(parties[server].result.Answers) != 0 {
		t.Errorf("%v %v: %d answers instead of %d, or others", parties[0].err, parties[1].err, len(got), len(want))
	}
}

func TestRandomQueries(t *testing.T) {
	eachGroup(t, func(t *testing.T, g group.Group) {
		for i := range 8 {
			rows := make([]pair, 1+rand.IntN(150))
			for j := range rows {
				rows[j] = pair{fmt.Sprint("schlüssel-", rand.IntN(100)), strings.Repeat("wért ", rand.IntN(30))}
			}
			keys := make([]string, 1+rand.IntN(60))
			for j := range keys {
				keys[j] = fmt.Sprint("schlüssel-", rand.IntN(150))
			}
			checkQuery(t, g, i%2, rows, keys)
		}
	})
}

func TestSpecialQueries(t *testing.T) {
	long := strings.Repeat("x", table.LongestRecord-2)
	eachGroup(t, func(t *testing.T, g group.Group) {
		for server := range 2 {
			checkQuery(t, g, server, []pair{{"a", "1"}}, []string{"a"})
			checkQuery(t, g, server, []pair{{"a", "1"}, {"b", "2"}}, []string{"c", "d"})
			checkQuery(t, g, server, []pair{{"a", ""}, {"a", ""}, {"a", "x"}}, []string{"a", "b"})
			checkQuery(t, g, server, []pair{{"a", ""}}, []string{"a"})
			checkQuery(t, g, server, []pair{{"a", long}, {"b", ""}}, []string{"a", "b", "b"})
			checkQuery(t, g, server, nil, []string{"a"})
			checkQuery(t, g, server, []pair{{"a", "1"}}, nil)
		}
	})
}

// More frames than a queue holds, both of queries and of entries.
func TestManyQueryFrames(t *testing.T) {
	if testing.Short() {
		t.Skip("many seconds of one core")
	}
	rows := make([]pair, 1500)
	for i := range rows {
		rows[i] = pair{fmt.Sprint(i), strings.Repeat("v", 4000)}
	}
	g := group.Ristretto255{}
	keys := span("", batch*18+1)
	parties := runTasks(t, queryTasks(t, g, 0, rows, keys, int64(len(keys))), nil)
	if parties[0].err != nil || parties[1].err != nil || len(parties[1].result.Answers) != len(rows) {
		t.Error(parties[0].err, parties[1].err, len(parties[1].result.Answers))
	}
}

// The README's row of PrivateQuery in "who learns what": what comes depends on the numbers of keys and the longest record.
func TestWhatAQueryShows(t *testing.T) {
	types := map[link.Type]string{link.Verdict: "Verdict", link.Points: "Points", link.Raised: "Raised", link.EntrySize: "EntrySize", link.Entries: "Entries"}
	const queries, entries = 7, 20
	eachGroup(t, func(t *testing.T, g group.Group) {
		size := g.PointSize()
		for _, c := range []struct {
			name string
			row  func(i int) pair
		}{
			{"all are found", func(i int) pair { return pair{fmt.Sprint("k", i), "short"} }},
			{"none is found", func(i int) pair { return pair{fmt.Sprint("other", i), "short"} }},
			{"lengths differ", func(i int) pair { return pair{fmt.Sprint("k", i), strings.Repeat("v", i)} }},
			{"most are empty", func(i int) pair {
				return pair{fmt.Sprint("k", i), map[bool]string{true: strings.Repeat("v", 29)}[i == 3]}
			}},
			{"rows share a key", func(i int) pair { return pair{fmt.Sprint("k", i%entries), "v"} }},
		} {
			var rows []pair
			for i := range 2 * entries {
				if row := c.row(i); i < entries || c.name == "rows share a key" {
					rows = append(rows, row)
				}
			}
			want := []map[string]int{
				{"0:Points": queries * size, "0:Verdict": 1},
				{"1:Raised": queries * size, "1:EntrySize": 4, "1:Entries": entries * (tagSize + 32 + cipherTag), "1:Verdict": 1},
			}
			parties := runTasks(t, queryTasks(t, g, 1, rows, span("k", queries), queries), nil)
			for rank, p := range parties {
				got := map[string]int{}
				for key, count := range p.frames {
					var from int
					var kind link.Type
					_, _ = fmt.Sscanf(key, "%d:%d", &from, &kind)
					if count[0] != 1 {
						t.Errorf("%s: %d frames", key, count[0])
					}
					got[fmt.Sprintf("%d:%s", from, types[kind])] = count[1]
				}
				if p.err != nil || !maps.Equal(got, want[1-rank]) {
					t.Errorf("%s, party %d: %v %v", c.name, rank, p.err, got)
				}
			}
		}
	})
}

// Entries of two runs, and entries with equal records in one, have nothing in common.
func TestEntriesAreUnlinkable(t *testing.T) {
	eachGroup(t, func(t *testing.T, g group.Group) {
		seen := map[string]bool{}
		for range 2 {
			server, _ := oprf.NewServer(g)
			entries := entriesOf(t, g, []pair{{"a", "same"}, {"b", "same"}, {"c", "same"}})
			if err := prepareEntries(g, server, entries, func(int) error { return nil }); err != nil {
				t.Fatal(err)
			}
			r := &run{Task: Task{Group: g, Query: &Query{Columns: 1}}}
			for i := range entries.List {
				entry, plain := make([]byte, entrySize(recordUnit)), make([]byte, recordUnit)
				if err := r.seal(entry, plain, entries.List[i].ID, entries.Record(&entries.List[i])); err != nil {
					t.Fatal(err)
				}
				for from := 0; from < len(entry); from += 16 {
					part := string(entry[from : from+16])
					if seen[part] {
						t.Error("the same octets twice")
					}
					seen[part] = true
				}
				if record, ok := r.open(entry, entries.List[i].ID); !ok || string(record) != "\x05same" {
					t.Error("cannot be opened")
				}
			}
		}
	})
}

func TestTooManyQueries(t *testing.T) {
	rows := []pair{{"k0", "v"}}
	for _, maximum := range []int64{3, 2} {
		tasks := queryTasks(t, group.Ristretto255{}, 0, rows, span("k", 3), maximum)
		parties := runTasks(t, tasks, func(_ int, c *link.Config) {
			c.Refuse = func(rank int, count uint64) error {
				if rank == 0 {
					count = c.Count
				}
				return tasks[0].Query.Refuse(count)
			}
		})
		for rank, p := range parties {
			if want := map[int64]string{3: "OK", 2: "QUERIES_TOO_MANY"}[maximum]; code(p.err) != want {
				t.Errorf("%d of 3, party %d: %v", maximum, rank, p.err)
			}
			if maximum == 2 && len(p.frames) != 0 {
				t.Error(rank, p.frames)
			}
		}
	}
	// A server whose link stands in spite of it refuses before it evaluates anything.
	tasks := queryTasks(t, group.Ristretto255{}, 0, rows, span("k", 3), 2)
	parties := runTasks(t, tasks, nil)
	if code(parties[0].err) != "QUERIES_TOO_MANY" || code(parties[1].err) != "PEER_FAILED" || len(parties[1].frames) != 0 {
		t.Error(parties[0].err, parties[1].err, parties[1].frames)
	}
}

// withFake runs an honest party against one that sends what the test wants.
func withFake(t *testing.T, honest int, tasks []Task, counts [2]uint64, fake func(r *run, peer *link.Peer) error) error {
	t.Helper()
	at := freeAddresses(t, 2)
	connect := func(rank int) (*link.Mesh, error) {
		return link.Connect(context.Background(), link.Config{Self: rank, Names: []string{"p0", "p1"}, Addresses: at, Count: counts[rank], ConnectFor: 5 * time.Second, StallAfter: 2 * time.Second})
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		mesh, err := connect(1 - honest)
		if err != nil {
			t.Error(err)
			return
		}
		r := &run{Task: tasks[1-honest], mesh: mesh}
		r.Self, r.Parties = 1-honest, 2
		_ = fake(r, mesh.Peer(honest))
		<-mesh.Context().Done()
		_ = mesh.Fail(nil)
	}()
	mesh, err := connect(honest)
	if err != nil {
		t.Fatal(err)
	}
	mine := tasks[honest]
	mine.Self, mine.Parties = honest, 2
	_, err = Run(mesh, mine)
	<-done
	return err
}

func TestServersThatMisbehave(t *testing.T) {
	g := group.Ristretto255{}
	rows := []pair{{"k0", "one"}, {"k1", "two"}, {"k2", "three"}, {"z", "four"}}
	// honestly gives the entries as they should be sent.
	honestly := func(r *run, client *link.Peer) []byte {
		server, _ := oprf.NewServer(g)
		if r.answer(client, server) != nil || prepareEntries(g, server, r.Query.Entries, func(int) error { return nil }) != nil {
			return nil
		}
		size := entrySize(recordUnit)
		block := make([]byte, len(rows)*size)
		for i := range r.Query.Entries.List {
			e := &r.Query.Entries.List[i]
			_ = r.seal(block[i*size:(i+1)*size], make([]byte, recordUnit), e.ID, r.Query.Entries.Record(e))
		}
		return block
	}
	claim := func(size uint32) []byte { return binary.BigEndian.AppendUint32(nil, size) }
	send := func(size []byte, change func([]byte) []byte) func(*run, *link.Peer) error {
		return func(r *run, client *link.Peer) error {
			block := honestly(r, client)
			if err := client.Send(link.EntrySize, size); err != nil {
				return err
			}
			return client.Send(link.Entries, change(block))
		}
	}
	same := func(b []byte) []byte { return b }
	// forged sends entries of which each encrypts something that is not a record.
	forged := func(plain func([]byte)) func(*run, *link.Peer) error {
		return func(r *run, client *link.Peer) error {
			block := honestly(r, client)
			size := entrySize(recordUnit)
			for i := range r.Query.Entries.List {
				secret := r.Query.Entries.List[i].ID
				entry, text := block[i*size:(i+1)*size], make([]byte, recordUnit)
				plain(text)
				aead, _ := g.NewCipher(secret[tagSize:])
				aead.Seal(entry[tagSize:tagSize], nonce[:], text, entry[:tagSize])
			}
			_ = client.Send(link.EntrySize, claim(recordUnit))
			return client.Send(link.Entries, block)
		}
	}
	cases := map[string]func(*run, *link.Peer) error{
		"no points":       func(_ *run, p *link.Peer) error { return p.Send(link.Raised, make([]byte, 3*32)) },
		"fewer points":    func(_ *run, p *link.Peer) error { return p.Send(link.Raised, make([]byte, 2*32)) },
		"size 0":          send(claim(0), same),
		"size not even":   send(claim(33), same),
		"size too large":  send(claim(longestPadded+recordUnit), same),
		"size as a word":  send(make([]byte, 3), same),
		"another size":    send(claim(2*recordUnit), same),
		"half an entry":   send(claim(recordUnit), func(b []byte) []byte { return b[:len(b)-10] }),
		"one entry less":  send(claim(recordUnit), func(b []byte) []byte { return b[entrySize(recordUnit):] }),
		"one entry twice": send(claim(recordUnit), func(b []byte) []byte { return slices.Concat(b[:entrySize(recordUnit)], b[:3*entrySize(recordUnit)]) }),
		"changed entries": send(claim(recordUnit), func(b []byte) []byte {
			for i := entrySize(recordUnit) - 1; i < len(b); i += entrySize(recordUnit) {
				b[i] ^= 1
			}
			return b
		}),
		"length too large": forged(func(p []byte) { p[1] = recordUnit }),
		"no padding":       forged(func(p []byte) { p[recordUnit-1] = 1 }),
		"not a record":     forged(func(p []byte) { p[1], p[2] = 1, 9 }),
		"another verdict": func(r *run, client *link.Peer) error {
			_ = send(claim(recordUnit), same)(r, client)
			return client.Send(link.Verdict, []byte{1})
		},
	}
	for name, fake := range cases {
		tasks := queryTasks(t, g, 1, rows, span("k", 3), 10)
		err := withFake(t, 0, tasks, [2]uint64{3, uint64(len(rows))}, fake)
		if code(err) != "PEER_PROTOCOL" {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A count that nothing follows costs no memory: the first frame is too short for it.
	tasks := queryTasks(t, g, 1, rows, span("k", 3), 10)
	if err := withFake(t, 0, tasks, [2]uint64{3, 9_999_999_999}, send(claim(recordUnit), same)); code(err) != "PEER_PROTOCOL" {
		t.Error(err)
	}
}

func TestClientsThatMisbehave(t *testing.T) {
	g := group.Ristretto255{}
	cases := map[string]func(*run, *link.Peer) error{
		"no points":   func(_ *run, p *link.Peer) error { return p.Send(link.Points, make([]byte, 3*32)) },
		"more points": func(_ *run, p *link.Peer) error { return p.Send(link.Points, make([]byte, 4*32)) },
		"nothing":     func(_ *run, p *link.Peer) error { return p.Send(link.Points, nil) },
	}
	for name, fake := range cases {
		tasks := queryTasks(t, g, 0, []pair{{"k0", "v"}}, span("k", 3), 3)
		if err := withFake(t, 0, tasks, [2]uint64{1, 3}, fake); code(err) != "PEER_PROTOCOL" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
