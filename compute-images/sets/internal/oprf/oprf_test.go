package oprf

import (
	"testing"

	"collabnet.dev/engine-sets/internal/group"
)

func TestClientLearnsTheServersFunction(t *testing.T) {
	for _, name := range group.Names {
		g, _ := group.ByName(name)
		client, _ := NewClient(g)
		server, _ := NewServer(g)
		other, _ := NewServer(g)
		item := []byte("an item")
		answer, err := server.Answer(nil, client.Blind(nil, item))
		if err != nil {
			t.Fatal(err)
		}
		got, err := client.Finish(item, answer)
		if err != nil || got != server.Evaluate(item) || got == other.Evaluate(item) || got == server.Evaluate([]byte("b")) {
			t.Error(name, err)
		}
		if NewPRF(g, item).Of(item) == NewPRF(g, answer).Of(item) {
			t.Error("PRF without a key")
		}
	}
}
