package protocol

import (
	"fmt"
	"testing"
	"time"

	"collabnet.dev/engine-sets/internal/group"
	"collabnet.dev/engine-sets/internal/job"
)

// Elements of one party a second, all parties on this machine.
func BenchmarkParties(b *testing.B) {
	for _, name := range group.Names {
		g, _ := group.ByName(name)
		for _, n := range []int{2, 3} {
			for _, operation := range []string{job.Intersection, job.Cardinality} {
				b.Run(fmt.Sprintf("%s/%d/%s", name, n, operation), func(b *testing.B) {
					const size = 20_000
					sets := make([][]string, n)
					for i := range sets {
						sets[i] = span("k", size)
					}
					start := time.Now()
					for range b.N {
						for _, p := range runParties(b, Task{Operation: operation, Receivers: []int{0}, Group: g}, sets, nil) {
							if p.err != nil {
								b.Fatal(p.err)
							}
						}
					}
					b.ReportMetric(float64(size*b.N)/time.Since(start).Seconds(), "elements/s")
				})
			}
		}
	}
}
