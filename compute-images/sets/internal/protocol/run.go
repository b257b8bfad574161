// Package protocol has the set operations: who sends what to whom, over links that stand already. See README.md for what
// each party learns.
package protocol

import (
	"crypto/rand"
	mathrand "math/rand/v2"
	"slices"
	"sync/atomic"

	"collabnet.dev/engine-sets/internal/fault"
	"collabnet.dev/engine-sets/internal/group"
	"collabnet.dev/engine-sets/internal/job"
	"collabnet.dev/engine-sets/internal/link"
	"collabnet.dev/engine-sets/internal/table"
)

// Task is what to compute.
type Task struct {
	Self, Parties  int
	Operation      string
	Receivers      []int
	MinimumSetSize int64
	Group          group.Group
	// Query is nil for all operations but a private query.
	Query *Query
	// Items are the own distinct keys; Run changes their order.
	Items []table.Item
	// Delivery is nil for all operations but Deliver, which uses nothing else.
	Delivery *Delivery
	// Gathering is nil for all operations but SqlQuery, which uses nothing else.
	Gathering *Gathering
	// Keys are the same with their text, for a union alone; Run changes their order.
	Keys *table.Entries
	// Progress is told how much of the own work is done, in percent.
	Progress func(percent int)
}

// Result is what a receiver gets: the sorted items that belong to it, or only a number, or the answers to a query by item, or
// the keys of the other party that it has not.
type Result struct {
	Items   []table.Item
	Count   int64
	Answers []Answer
	Missing [][]byte
}

type run struct {
	Task
	mesh        *link.Mesh
	done, total atomic.Int64
}

// Run computes, and returns when every party has said that it is content. A failure ends the mesh.
func Run(mesh *link.Mesh, task Task) (Result, error) {
	r := &run{Task: task, mesh: mesh}
	var result Result
	err := guard(func() (err error) {
		if err = shuffle(r.Items); err != nil {
			return err
		}
		r.total.Store(r.work())
		if r.Delivery != nil {
			err = r.deliver()
		} else if r.Gathering != nil {
			err = r.gather()
		} else if r.Query != nil {
			result.Answers, err = r.query()
		} else if r.Operation == job.Union {
			result.Missing, err = r.union()
		} else if r.Parties == 2 {
			result, err = r.twoParties()
		} else {
			result, err = r.manyParties()
		}
		if err != nil {
			return err
		}
		return r.verdict(result)
	})
	if err != nil {
		return Result{}, mesh.Fail(err)
	}
	slices.SortFunc(result.Items, table.Compare)
	slices.SortFunc(result.Answers, func(a, b Answer) int { return table.Compare(a.Item, b.Item) })
	return result, nil
}

func (r *run) receives(rank int) bool { return slices.Contains(r.Receivers, rank) }

// verdict exchanges with every peer whether the result may be had. Nothing is written before all have agreed; a result
// that is too small is the same failure for all, and nobody but its receivers knows the size.
func (r *run) verdict(result Result) error {
	tooSmall := byte(0)
	if r.receives(r.Self) && result.Count < r.MinimumSetSize {
		tooSmall = 1
	}
	for _, p := range r.mesh.Peers() {
		if err := p.Send(link.Verdict, []byte{tooSmall}); err != nil {
			return err
		}
	}
	for _, p := range r.mesh.Peers() {
		said, err := p.Receive(link.Verdict)
		if err != nil {
			return err
		}
		if len(said) != 1 || said[0] > 1 || (said[0] == 1 && r.MinimumSetSize == 0) {
			return p.Nonsense()
		}
		tooSmall |= said[0]
	}
	r.mesh.Finish()
	if tooSmall != 0 {
		return fault.New("RESULT_TOO_SMALL", "parameters.minimumSetSize: the result has fewer than %d elements", r.MinimumSetSize)
	}
	return nil
}

// Answer finds the server's record at an own item, nil if the server does not have it.
func (r *Result) Answer(item table.Item) []byte {
	i, found := slices.BinarySearchFunc(r.Answers, item, func(a Answer, item table.Item) int { return table.Compare(a.Item, item) })
	if !found {
		return nil
	}
	return r.Answers[i].Record
}

// work is the number of multiplications of this party, for progress; an entry of a query counts once more on its way.
func (r *run) work() int64 {
	own, all := int64(len(r.Items)), int64(0)
	for _, p := range r.mesh.Peers() {
		all += int64(p.Count)
	}
	switch {
	case r.Query != nil && r.Self == r.Query.Server:
		return 2*int64(len(r.Query.Entries.List)) + all
	case r.Query != nil:
		return 2*own + all
	case r.Operation == job.Union:
		return r.unionWork(own, all)
	case r.Parties == 2:
		return own + all
	}
	var sum int64
	for _, leader := range r.Receivers {
		if leader == r.Self {
			sum += 2 * own * int64(r.Parties-1)
		} else {
			sum += own + int64(r.mesh.Peer(leader).Count)
		}
	}
	return sum
}

func (r *run) advance(n int) {
	done := r.done.Add(int64(n))
	if total := r.total.Load(); r.Progress != nil && total > 0 {
		r.Progress(int(min(99, 100*done/total)))
	}
}

// shuffle puts into a uniformly random order; the generator is cryptographic and freshly seeded.
func shuffle[T any](of []T) error {
	var seed [32]byte
	if _, err := rand.Read(seed[:]); err != nil {
		return err
	}
	mathrand.New(mathrand.NewChaCha8(seed)).Shuffle(len(of), func(i, j int) { of[i], of[j] = of[j], of[i] })
	return nil
}

func (r *run) hidesWhich() bool { return r.Operation == job.Cardinality }
