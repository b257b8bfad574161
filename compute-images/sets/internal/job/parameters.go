package job

import (
	"fmt"
	"slices"

	"collabnet.dev/engine-sets/internal/fault"
	"collabnet.dev/engine-sets/internal/group"
)

// Operations on the parties' sets.
const (
	Intersection = "Intersection"
	Cardinality  = "Cardinality"
	Difference   = "Difference"
)

// Parameters of the algorithm sets 1.0.0.
type Parameters struct {
	Operation string
	Curve     string
	// Receivers are ranks, in rank order.
	Receivers []int
	// MinimumSetSize is 0 without such a rule.
	MinimumSetSize int64
}

func readParameters(job shape, parties []string) Parameters {
	s := newShape(job.value["parameters"], "parameters", job.err, []string{"operation", "receivers"}, "curve", "minimumSetSize")
	if *job.err != nil {
		return Parameters{}
	}
	p := Parameters{Operation: s.word("operation", Intersection, Cardinality, Difference), Curve: group.Names[0]}
	if p.Operation == Difference && len(parties) != 2 {
		s.fail(fault.BadJob(s.at("operation"), "Difference is for 2 parties, not %d", len(parties)))
	}
	for i, name := range s.names("receivers", 1, len(parties)) {
		rank := slices.Index(parties, name)
		if rank < 0 {
			s.fail(fault.BadJob(fmt.Sprintf("parameters.receivers[%d]", i), "%q is not a party of the job", name))
		}
		p.Receivers = append(p.Receivers, rank)
	}
	slices.Sort(p.Receivers)
	if s.has("curve") {
		p.Curve = s.word("curve", group.Names...)
	}
	if s.has("minimumSetSize") {
		if p.Operation == Difference {
			s.fail(fault.BadJob(s.at("minimumSetSize"), "belongs to Intersection and Cardinality; remove it for Difference"))
		}
		p.MinimumSetSize = s.number("minimumSetSize", 1, 10_000_000_000)
	}
	return p
}
