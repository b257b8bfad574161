// Package okvs is an oblivious key-value store: a table that gives a chosen value at each key that went in, and says
// nothing about which keys those were as long as the values look random.
package okvs

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math/bits"
)

const (
	// ValueSize is the length of a value in bytes.
	ValueSize = 16
	// SeedSize is the length of the seed that places keys.
	SeedSize = 16
	// Three positions a key, one in each third of the table. Peeling succeeds with high probability from 1.23 slots a
	// key on (Botelho, Pagh, Ziviani 2007; used as garbled cuckoo table in PaXoS and after); small tables need some more.
	slotsPerKey = 1.3
	spareSlots  = 96
	mostTries   = 100
	// Positions are 32 bits long.
	mostKeys = 3_000_000_000
)

// Value is what is stored at a key.
type Value [ValueSize]byte

// Xor adds another value.
func (v *Value) Xor(w *Value) {
	for i := range v {
		v[i] ^= w[i]
	}
}

// Slots is the length of the table for this many keys: it depends on nothing else.
func Slots(keys int) int {
	third := (int(float64(keys)*slotsPerKey) + spareSlots + 2) / 3
	return 3 * third
}

// Table is an encoded store.
type Table struct {
	Seed  [SeedSize]byte
	Slots []Value
}

// positions are where a key's three shares lie.
func (t *Table) positions(key []byte) [3]uint32 {
	var data [SeedSize + 64]byte
	n := copy(data[:], t.Seed[:])
	digest := sha256.Sum256(append(data[:n], key...))
	third := uint64(len(t.Slots) / 3)
	var p [3]uint32
	for i := range p {
		hi, _ := bits.Mul64(binary.LittleEndian.Uint64(digest[8*i:]), third)
		p[i] = uint32(hi + uint64(i)*third)
	}
	return p
}

// Get is the value at a key that went in, and something random at any other.
func (t *Table) Get(key []byte) Value {
	p := t.positions(key)
	v := t.Slots[p[0]]
	v.Xor(&t.Slots[p[1]])
	v.Xor(&t.Slots[p[2]])
	return v
}

// Encode stores values[i] at key(i). Keys are distinct. Slots that no key determines are random.
func Encode(keys int, key func(int) []byte, values []Value) (*Table, error) {
	if keys > mostKeys {
		return nil, errors.New("too many keys")
	}
	t := &Table{Slots: make([]Value, Slots(keys))}
	for range mostTries {
		if _, err := rand.Read(t.Seed[:]); err != nil {
			return nil, err
		}
		if order, free := t.peel(keys, key); order != nil {
			return t, t.fill(order, free, key, values)
		}
	}
	return nil, errors.New("no seed places the keys; are there equal ones?")
}

// peel orders the keys so that each has a slot that no later key in the order touches; nil if that is impossible.
func (t *Table) peel(keys int, key func(int) []byte) (order []uint32, slot []uint32) {
	count := make([]uint32, len(t.Slots))
	// The XOR of the indices of the keys at a slot is the index itself once only one is left.
	holds := make([]uint32, len(t.Slots))
	for i := range keys {
		for _, p := range t.positions(key(i)) {
			count[p]++
			holds[p] ^= uint32(i)
		}
	}
	order = make([]uint32, 0, keys)
	slot = make([]uint32, 0, keys)
	var single []uint32
	for p, c := range count {
		if c == 1 {
			single = append(single, uint32(p))
		}
	}
	for len(single) > 0 {
		p := single[len(single)-1]
		single = single[:len(single)-1]
		if count[p] != 1 {
			continue
		}
		i := holds[p]
		order, slot = append(order, i), append(slot, p)
		for _, q := range t.positions(key(int(i))) {
			count[q]--
			holds[q] ^= i
			if count[q] == 1 {
				single = append(single, q)
			}
		}
	}
	if len(order) != keys {
		return nil, nil
	}
	return order, slot
}

func (t *Table) fill(order, slot []uint32, key func(int) []byte, values []Value) error {
	for i := range t.Slots {
		if _, err := rand.Read(t.Slots[i][:]); err != nil {
			return err
		}
	}
	for n := len(order) - 1; n >= 0; n-- {
		i := order[n]
		v := values[i]
		for _, p := range t.positions(key(int(i))) {
			if p != slot[n] {
				v.Xor(&t.Slots[p])
			}
		}
		t.Slots[slot[n]] = v
	}
	return nil
}
