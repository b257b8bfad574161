package okvs

import (
	"crypto/rand"
	"fmt"
	"testing"
)

func TestEveryValueIsFoundAndOthersAreNot(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 10, 100, 1000, 50_000} {
		values := make([]Value, n)
		for i := range values {
			_, _ = rand.Read(values[i][:])
		}
		key := func(i int) []byte { return fmt.Appendf(nil, "%032d", i) }
		table, err := Encode(n, key, values)
		if err != nil || len(table.Slots) != Slots(n) {
			t.Fatal(n, err)
		}
		for i := range n {
			if table.Get(key(i)) != values[i] {
				t.Fatal(n, i)
			}
		}
		seen := map[Value]bool{}
		for i := n; i < n+50; i++ {
			seen[table.Get(key(i))] = true
		}
		if len(seen) != 50 {
			t.Error(n, "other keys give", len(seen), "values")
		}
	}
}

func TestPeelingRarelyNeedsAnotherSeed(t *testing.T) {
	failed := 0
	for i := range 300 {
		n := 1 + i
		table := &Table{Slots: make([]Value, Slots(n))}
		_, _ = rand.Read(table.Seed[:])
		if order, _ := table.peel(n, func(j int) []byte { return fmt.Appendf(nil, "%d %d", i, j) }); order == nil {
			failed++
		}
	}
	if failed > 10 {
		t.Error(failed)
	}
}
