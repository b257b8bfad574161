package protocol

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"collabnet.dev/engine-sets/internal/group"
	"collabnet.dev/engine-sets/internal/job"
	"collabnet.dev/engine-sets/internal/oprf"
	"collabnet.dev/engine-sets/internal/table"
)

// Processor time of all parties together for an element of each: unlike the time that passes, it says the same beside other load.
func BenchmarkParties(b *testing.B) {
	for _, name := range group.Names {
		g, _ := group.ByName(name)
		for _, n := range []int{2, 3} {
			for _, operation := range []string{job.Intersection, job.Cardinality} {
				b.Run(fmt.Sprintf("%s/%d/%s", name, n, operation), func(b *testing.B) {
					const size = 8_000
					sets := make([][]string, n)
					for i := range sets {
						sets[i] = span("k", size)
					}
					before := processorTime()
					for range b.N {
						for _, p := range runParties(b, Task{Operation: operation, Receivers: []int{0}, Group: g}, sets, nil) {
							if p.err != nil {
								b.Fatal(p.err)
							}
						}
					}
					b.ReportMetric(float64((processorTime()-before).Microseconds())/float64(size*b.N), "core-µs/element")
				})
			}
		}
	}
}

// What the server of a private query does for one query while 1,000,000 prepared entries lie in memory, one query after the other.
func BenchmarkOneQuery(b *testing.B) {
	for _, name := range group.Names {
		g, _ := group.ByName(name)
		b.Run(name, func(b *testing.B) {
			server, entries := benchEntries(b, g, 1_000_000)
			prepare(b, g, server, entries)
			client, _ := oprf.NewClient(g)
			const queries = 1000
			points := make([][]byte, queries)
			for i := range points {
				item := itemOf(fmt.Sprint(i))
				points[i] = client.Blind(nil, item[:])
			}
			var took []time.Duration
			b.ResetTimer()
			for range b.N {
				for _, point := range points {
					start := time.Now()
					if _, err := server.Answer(nil, point); err != nil {
						b.Fatal(err)
					}
					took = append(took, time.Since(start))
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1e6, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e6, "p99-ms")
			if len(entries.List) != 1_000_000 {
				b.Error("entries are gone")
			}
		})
	}
}

// Evaluating and sorting 100,000 keys, and encrypting their records of 100 octets.
func BenchmarkPrepare(b *testing.B) {
	for _, name := range group.Names {
		g, _ := group.ByName(name)
		b.Run(name, func(b *testing.B) {
			const size = 100_000
			server, entries := benchEntries(b, g, size)
			r := &run{Task: Task{Group: g}}
			before := processorTime()
			b.ResetTimer()
			for range b.N {
				prepare(b, g, server, entries)
				entry, plain := make([]byte, entrySize(128)), make([]byte, 128)
				for i := range entries.List {
					if err := r.seal(entry, plain, entries.List[i].ID, entries.Record(&entries.List[i])); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64((processorTime()-before).Microseconds())/float64(size*b.N), "core-µs/key")
		})
	}
}

func prepare(b *testing.B, g group.Group, server *oprf.Server, entries *table.Entries) {
	if err := prepareEntries(g, server, entries, func(int) error { return nil }); err != nil {
		b.Fatal(err)
	}
}

func benchEntries(b *testing.B, g group.Group, n int) (*oprf.Server, *table.Entries) {
	rows := make([]pair, n)
	for i := range rows {
		rows[i] = pair{fmt.Sprint("key-", i), fmt.Sprintf("%0100d", i)}
	}
	server, err := oprf.NewServer(g)
	if err != nil {
		b.Fatal(err)
	}
	return server, entriesOf(b, g, rows)
}

func processorTime() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
