package protocol

import (
	"fmt"
	"maps"
	"testing"

	"collabnet.dev/engine-sets/internal/group"
	"collabnet.dev/engine-sets/internal/job"
	"collabnet.dev/engine-sets/internal/link"
	"collabnet.dev/engine-sets/internal/okvs"
)

func span(prefix string, n int) (keys []string) {
	for i := range n {
		keys = append(keys, fmt.Sprint(prefix, i))
	}
	return keys
}

// The README's table "who learns what", as frames: nobody gets a frame that the table does not name, and sizes depend on
// nothing but the numbers of distinct keys.
func TestWhatEachPartyReceives(t *testing.T) {
	const seed, verdict = 32, 1
	cases := []struct {
		name      string
		operation string
		receivers []int
		sizes     []int
		want      []map[string]int
	}{
		{"two parties, one receives", job.Intersection, []int{0}, []int{10, 20}, []map[string]int{
			{"1:Points": 20 * 32, "1:Tags": 10 * 16, "1:Verdict": verdict},
			{"0:Points": 10 * 32, "0:Verdict": verdict},
		}},
		{"two parties, both receive", job.Difference, []int{0, 1}, []int{10, 20}, []map[string]int{
			{"1:Points": 20 * 32, "1:Tags": 10 * 16, "1:Verdict": verdict},
			{"0:Points": 10 * 32, "0:Tags": 20 * 16, "0:Verdict": verdict},
		}},
		{"cardinality of two", job.Cardinality, []int{1}, []int{10, 20}, []map[string]int{
			{"1:Points": 20 * 32, "1:Verdict": verdict},
			{"0:Points": 10 * 32, "0:Tags": 20 * 16, "0:Verdict": verdict},
		}},
		{"intersection of three", job.Intersection, []int{0}, []int{10, 20, 30}, []map[string]int{
			{"1:Raised": 10 * 32, "1:HintSeed": 16, "1:Hint": okvs.Slots(20) * 16, "1:Verdict": verdict,
				"2:Raised": 10 * 32, "2:HintSeed": 16, "2:Hint": okvs.Slots(30) * 16, "2:Verdict": verdict},
			{"0:Seed": seed, "0:Points": 10 * 32, "0:Verdict": verdict, "2:Verdict": verdict},
			{"0:Seed": seed, "1:Seed": seed, "0:Points": 10 * 32, "0:Verdict": verdict, "1:Verdict": verdict},
		}},
		{"cardinality of three", job.Cardinality, []int{0}, []int{10, 20, 30}, []map[string]int{
			{"1:Raised": 10 * 32, "1:HintSeed": 16, "1:Hint": okvs.Slots(20) * 16, "1:Verdict": verdict,
				"2:Points": 30 * 32, "2:Tags": 10 * 16, "2:Verdict": verdict},
			{"0:Seed": seed, "0:Points": 10 * 32, "0:Verdict": verdict, "2:Verdict": verdict},
			{"0:Seed": seed, "1:Seed": seed, "0:Points": 10 * 32, "0:Verdict": verdict, "1:Verdict": verdict},
		}},
	}
	types := map[link.Type]string{link.Verdict: "Verdict", link.Seed: "Seed", link.Points: "Points", link.Raised: "Raised", link.Tags: "Tags", link.HintSeed: "HintSeed", link.Hint: "Hint"}
	for _, c := range cases {
		for _, common := range []bool{true, false} {
			var sets [][]string
			for i, size := range c.sizes {
				prefix := "k"
				if !common {
					prefix = fmt.Sprint(i, "-")
				}
				sets = append(sets, span(prefix, size))
			}
			parties := runParties(t, Task{Operation: c.operation, Receivers: c.receivers, Group: group.Ristretto255{}}, sets, nil)
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
				if p.err != nil || !maps.Equal(got, c.want[rank]) {
					t.Errorf("%s, party %d, common %v: %v %v", c.name, rank, common, p.err, got)
				}
			}
		}
	}
}

func TestTooSmallIsTheSameForAll(t *testing.T) {
	for _, operation := range []string{job.Intersection, job.Cardinality} {
		for n := 2; n <= 3; n++ {
			sets := [][]string{span("k", 10), span("k", 5), span("k", 7)}[:n]
			for minimum, want := range map[int64]string{5: "OK", 6: "RESULT_TOO_SMALL"} {
				for rank, p := range runParties(t, Task{Operation: operation, Receivers: []int{1}, MinimumSetSize: minimum, Group: group.SM2{}}, sets, nil) {
					if code(p.err) != want || (want != "OK" && (p.result.Items != nil || p.result.Count != 0)) {
						t.Errorf("%s of %d, minimum %d, party %d: %v", operation, n, minimum, rank, p.err)
					}
				}
			}
		}
	}
}

func TestAnotherJobEndsAllAtOnce(t *testing.T) {
	sets := [][]string{span("k", 3), span("k", 3), span("k", 3)}
	parties := runParties(t, Task{Operation: job.Intersection, Receivers: []int{0}, Group: group.Ristretto255{}}, sets, func(rank int, c *link.Config) {
		if rank == 2 {
			c.Fields = []link.Field{{Name: "operation", Value: "other"}}
		}
	})
	differ := 0
	for rank, p := range parties {
		switch code(p.err) {
		case "PARAMETERS_DIFFER":
			differ++
		case "PEER_FAILED", "CONNECT_LOST":
		default:
			t.Error(rank, p.err)
		}
	}
	if differ < 2 {
		t.Error(differ)
	}
}
