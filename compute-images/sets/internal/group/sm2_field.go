package group

import (
	"encoding/binary"
	"math/bits"
)

// sm2Element is an integer modulo the prime of SM2's curve (GB/T 32918.5, GM/T 0003.5), four limbs in Montgomery form,
// always below the prime. The library of the curve does not export its field, and hashing to the curve needs one.
// Every function runs in constant time.
type sm2Element [4]uint64

var (
	sm2Prime = sm2Element{0xffffffffffffffff, 0xffffffff00000000, 0xffffffffffffffff, 0xfffffffeffffffff}
	// 2^512 modulo the prime: brings a number into Montgomery form.
	sm2RR   = sm2Element{0x200000003, 0x2ffffffff, 0x100000001, 0x400000002}
	sm2One  = sm2Element{0x1, 0xffffffff, 0x0, 0x100000000}
	sm2A    = sm2Element{0xfffffffffffffffc, 0xfffffffc00000003, 0xffffffffffffffff, 0xfffffffbffffffff}
	sm2B    = sm2Element{0x90d230632bc0dd42, 0x71cf379ae9b537ab, 0x527981505ea51c3c, 0x240fe188ba20e2c8}
	sm2PM2  = sm2Element{0xfffffffffffffffd, 0xffffffff00000000, 0xffffffffffffffff, 0xfffffffeffffffff}
	sm2PM34 = sm2Element{0x3fffffffffffffff, 0xffffffffc0000000, 0xffffffffffffffff, 0x3fffffffbfffffff}
)

// mul is Montgomery's product. The prime is -1 modulo 2^64, so the multiple that clears a limb is the limb itself.
// x may be any 256-bit number.
func (z *sm2Element) mul(x, y *sm2Element) *sm2Element {
	var t [6]uint64
	for i := range 4 {
		t[4], t[5] = addMul(&t, x[i], y, t[4])
		m := t[0]
		t[4], t[5] = addMul5(&t, m, &sm2Prime)
		t[0], t[1], t[2], t[3], t[4], t[5] = t[1], t[2], t[3], t[4], t[5], 0
	}
	return z.reduce(&sm2Element{t[0], t[1], t[2], t[3]}, t[4])
}

// addMul adds a*y to the low limbs of t and returns the two limbs above.
func addMul(t *[6]uint64, a uint64, y *sm2Element, top uint64) (uint64, uint64) {
	var carry uint64
	for j := range 4 {
		hi, lo := bits.Mul64(a, y[j])
		var c uint64
		lo, c = bits.Add64(lo, t[j], 0)
		hi += c
		t[j], c = bits.Add64(lo, carry, 0)
		carry = hi + c
	}
	return bits.Add64(top, carry, 0)
}

func addMul5(t *[6]uint64, a uint64, y *sm2Element) (uint64, uint64) {
	above := t[5]
	low, c := addMul(t, a, y, t[4])
	return low, above + c
}

// reduce subtracts the prime once if the number with this fifth limb reaches it.
func (z *sm2Element) reduce(x *sm2Element, top uint64) *sm2Element {
	var r sm2Element
	var borrow uint64
	for i := range 4 {
		r[i], borrow = bits.Sub64(x[i], sm2Prime[i], borrow)
	}
	_, borrow = bits.Sub64(top, 0, borrow)
	return z.pick(x, &r, borrow)
}

// pick sets z to a if bit is 1 and to b if it is 0.
func (z *sm2Element) pick(a, b *sm2Element, bit uint64) *sm2Element {
	for i := range 4 {
		z[i] = b[i] ^ (-bit & (a[i] ^ b[i]))
	}
	return z
}

func (z *sm2Element) square(x *sm2Element) *sm2Element { return z.mul(x, x) }

func (z *sm2Element) add(x, y *sm2Element) *sm2Element {
	var r sm2Element
	var carry uint64
	for i := range 4 {
		r[i], carry = bits.Add64(x[i], y[i], carry)
	}
	return z.reduce(&r, carry)
}

func (z *sm2Element) negate(x *sm2Element) *sm2Element {
	var r sm2Element
	var borrow uint64
	for i := range 4 {
		r[i], borrow = bits.Sub64(sm2Prime[i], x[i], borrow)
	}
	// 0 became the prime itself.
	return z.reduce(&r, 0)
}

// power raises to a public exponent, four bits at a time.
func (z *sm2Element) power(x, exponent *sm2Element) *sm2Element {
	var table [16]sm2Element
	table[0] = sm2One
	for i := 1; i < 16; i++ {
		table[i].mul(&table[i-1], x)
	}
	r := sm2One
	for i := 63; i >= 0; i-- {
		for range 4 {
			r.square(&r)
		}
		if digit := exponent[i/16] >> (i % 16 * 4) & 15; digit != 0 {
			r.mul(&r, &table[digit])
		}
	}
	*z = r
	return z
}

func (z *sm2Element) invert(x *sm2Element) *sm2Element { return z.power(x, &sm2PM2) }

func (z *sm2Element) equal(x *sm2Element) uint64 {
	difference := z[0] ^ x[0] | z[1] ^ x[1] | z[2] ^ x[2] | z[3] ^ x[3]
	return 1 ^ (difference|-difference)>>63
}

// plain leaves Montgomery form.
func (z *sm2Element) plain() sm2Element {
	var r sm2Element
	return *r.mul(z, &sm2Element{1})
}

func (z *sm2Element) bytes() []byte {
	p := z.plain()
	out := make([]byte, 32)
	for i := range 4 {
		binary.BigEndian.PutUint64(out[24-8*i:], p[i])
	}
	return out
}

// setWide reduces 48 bytes, big endian: the remainder is uniform but for 2^-128 (RFC 9380, 5.2).
func (z *sm2Element) setWide(in []byte) *sm2Element {
	low, high := sm2Element{}, sm2Element{}
	for i := range 4 {
		low[i] = binary.BigEndian.Uint64(in[40-8*i:])
	}
	high[0], high[1] = binary.BigEndian.Uint64(in[8:]), binary.BigEndian.Uint64(in)
	high.mul(&high, &sm2RR)
	return z.add(high.mul(&high, &sm2RR), low.mul(&low, &sm2RR))
}
