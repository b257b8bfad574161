package protocol

import (
	"crypto/rand"

	"collabnet.dev/engine-sets/internal/link"
	"collabnet.dev/engine-sets/internal/okvs"
	"collabnet.dev/engine-sets/internal/oprf"
)

const seedSize = 32

// shareZero gives this party a function z with the XOR over all parties of z(x) being 0 for every x: each pair shares a
// fresh seed, and its function occurs twice (Kolesnikov, Matania, Pinkas, Rosulek, Trieu 2017, unconditional zero
// sharing). What it returns makes z for one goroutine.
func (r *run) shareZero() (func() func(item []byte) okvs.Value, error) {
	var seeds [][]byte
	for _, p := range r.mesh.Peers() {
		if p.Rank < r.Self {
			continue
		}
		seed := make([]byte, seedSize)
		if _, err := rand.Read(seed); err != nil {
			return nil, err
		}
		if err := p.Send(link.Seed, seed); err != nil {
			return nil, err
		}
		seeds = append(seeds, seed)
	}
	for _, p := range r.mesh.Peers() {
		if p.Rank > r.Self {
			continue
		}
		seed, err := r.receive(p, link.Seed, seedSize)
		if err != nil {
			return nil, err
		}
		seeds = append(seeds, seed)
	}
	return func() func([]byte) okvs.Value {
		functions := make([]oprf.PRF, len(seeds))
		for i, seed := range seeds {
			functions[i] = oprf.NewPRF(r.Group, seed)
		}
		return func(item []byte) (sum okvs.Value) {
			for _, f := range functions {
				v := f.Of(item)
				sum.Xor(&v)
			}
			return sum
		}
	}, nil
}
