package protocol

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"collabnet.dev/engine-sets/internal/group"
	"collabnet.dev/engine-sets/internal/job"
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

func processorTime() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
