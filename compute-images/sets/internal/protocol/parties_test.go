package protocol

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"collabnet.dev/engine-sets/internal/fault"
	"collabnet.dev/engine-sets/internal/group"
	"collabnet.dev/engine-sets/internal/link"
	"collabnet.dev/engine-sets/internal/table"
)

// frameCount is what one party received: frames and octets by sender and type.
type frameCount map[string][2]int

type party struct {
	result Result
	err    error
	frames frameCount
}

func itemOf(key string) table.Item { return sha256.Sum256([]byte(key)) }

func freeAddresses(t testing.TB, n int) []string {
	var addresses []string
	for range n {
		listener, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		addresses = append(addresses, listener.Addr().String())
	}
	return addresses
}

// runParties runs all parties of a job over real connections and returns what each of them has in the end.
func runParties(t testing.TB, task Task, sets [][]string, change func(rank int, c *link.Config)) []party {
	tasks := make([]Task, len(sets))
	for rank := range tasks {
		tasks[rank] = task
		seen := map[string]bool{}
		for _, key := range sets[rank] {
			if !seen[key] {
				seen[key] = true
				tasks[rank].Items = append(tasks[rank].Items, itemOf(key))
			}
		}
	}
	return runTasks(t, tasks, change)
}

// runTasks is runParties with a task for each.
func runTasks(t testing.TB, tasks []Task, change func(rank int, c *link.Config)) []party {
	n := len(tasks)
	parties := make([]party, n)
	addresses := freeAddresses(t, n)
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("p%d", i)
	}
	var wait sync.WaitGroup
	for rank := range parties {
		mine := tasks[rank]
		mine.Self, mine.Parties = rank, n
		count := len(mine.Items)
		if mine.Query != nil && mine.Query.Server == rank {
			count = len(mine.Query.Entries.List)
		}
		me := &parties[rank]
		me.frames = frameCount{}
		var mutex sync.Mutex
		config := link.Config{
			Self: rank, Names: names, Addresses: addresses, Count: uint64(count), ConnectFor: 10 * time.Second, StallAfter: 10 * time.Second,
			Fields: []link.Field{{Name: "operation", Value: mine.Operation}},
			Observe: func(from int, kind link.Type, size int) {
				mutex.Lock()
				defer mutex.Unlock()
				count := me.frames[fmt.Sprintf("%d:%d", from, kind)]
				me.frames[fmt.Sprintf("%d:%d", from, kind)] = [2]int{count[0] + 1, count[1] + size}
			},
		}
		if change != nil {
			change(rank, &config)
		}
		wait.Go(func() {
			mesh, err := link.Connect(context.Background(), config)
			if err != nil {
				me.err = err
				return
			}
			me.result, me.err = Run(mesh, mine)
		})
	}
	wait.Wait()
	return parties
}

func code(err error) string {
	if err == nil {
		return "OK"
	}
	return fault.From(err).Code
}

func eachGroup(t *testing.T, do func(t *testing.T, g group.Group)) {
	for _, name := range group.Names {
		g, err := group.ByName(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { do(t, g) })
	}
}
