package protocol

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"collabnet.dev/engine-sets/internal/group"
	"collabnet.dev/engine-sets/internal/job"
	"collabnet.dev/engine-sets/internal/table"
)

func expected(sets [][]string, rank int, difference bool) []table.Item {
	common := map[string]int{}
	for i, set := range sets {
		for _, key := range set {
			if common[key] == i {
				common[key]++
			}
		}
	}
	if len(sets) == 2 && difference {
		other := map[string]bool{}
		for _, key := range sets[1-rank] {
			other[key] = true
		}
		var items []table.Item
		for _, key := range sets[rank] {
			if !other[key] {
				items = append(items, itemOf(key))
			}
		}
		slices.SortFunc(items, table.Compare)
		return slices.Compact(items)
	}
	var items []table.Item
	for key, in := range common {
		if in == len(sets) {
			items = append(items, itemOf(key))
		}
	}
	slices.SortFunc(items, table.Compare)
	return items
}

func randomSets(n, largest, universe int) [][]string {
	sets := make([][]string, n)
	for i := range sets {
		for range rand.IntN(largest + 1) {
			sets[i] = append(sets[i], fmt.Sprintf("schlüssel-%d", rand.IntN(universe)))
		}
	}
	return sets
}

func check(t *testing.T, g group.Group, sets [][]string, operation string, receivers []int) {
	t.Helper()
	parties := runParties(t, Task{Operation: operation, Receivers: receivers, Group: g}, sets, nil)
	for rank, p := range parties {
		if p.err != nil {
			t.Fatalf("%s %d of %d: %v", operation, rank, len(sets), p.err)
		}
		want := expected(sets, rank, operation == job.Difference)
		switch {
		case !slices.Contains(receivers, rank):
			if p.result.Items != nil || p.result.Count != 0 {
				t.Errorf("%s: %d received something", operation, rank)
			}
		case p.result.Count != int64(len(want)):
			t.Errorf("%s %d of %d: %d instead of %d", operation, rank, len(sets), p.result.Count, len(want))
		case operation == job.Cardinality:
			if p.result.Items != nil {
				t.Error("cardinality gave items")
			}
		case !slices.Equal(p.result.Items, want):
			t.Errorf("%s %d of %d: other items", operation, rank, len(sets))
		}
	}
}

func TestRandomSets(t *testing.T) {
	eachGroup(t, func(t *testing.T, g group.Group) {
		for _, n := range []int{2, 3, 5} {
			for range 4 {
				sets := randomSets(n, 120, 40)
				receivers := []int{rand.IntN(n)}
				check(t, g, sets, job.Intersection, receivers)
				check(t, g, sets, job.Cardinality, receivers)
				if n == 2 {
					check(t, g, sets, job.Difference, receivers)
				}
			}
			all := make([]int, n)
			for i := range all {
				all[i] = i
			}
			check(t, g, randomSets(n, 60, 20), job.Intersection, all)
			check(t, g, randomSets(n, 60, 20), job.Cardinality, all)
			if n == 2 {
				check(t, g, randomSets(n, 60, 20), job.Difference, all)
			}
		}
	})
}

func TestSpecialSets(t *testing.T) {
	some := []string{"a", "b", "b", "c"}
	eachGroup(t, func(t *testing.T, g group.Group) {
		for _, sets := range [][][]string{
			{some, some}, {some, {}}, {{}, {}}, {some, {"x", "y"}},
			{some, some, some}, {{}, {}, {}}, {some, {}, some}, {{"a"}, {"b"}, {"c"}}, {some, some, {"x"}}, {{"x"}, some, some},
		} {
			for receiver := range sets {
				check(t, g, sets, job.Intersection, []int{receiver})
				check(t, g, sets, job.Cardinality, []int{receiver})
			}
		}
	})
}

// More than the window's frames in either direction, so that a link that holds itself up would show.
func TestManyFrames(t *testing.T) {
	if testing.Short() {
		t.Skip("half a minute of one core")
	}
	g := group.Ristretto255{}
	sets := make([][]string, 3)
	for i := range sets {
		for j := range batch*18 + i {
			sets[i] = append(sets[i], fmt.Sprint(j-i*7))
		}
	}
	check(t, g, sets[:2], job.Intersection, []int{0, 1})
	check(t, g, sets[:2], job.Cardinality, []int{0, 1})
	check(t, g, sets, job.Intersection, []int{1})
}
