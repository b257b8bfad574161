// Package group has the prime-order groups that keys are hashed to, and their multiplication by secret scalars.
package group

import (
	"crypto/cipher"
	"fmt"
	"hash"
)

// Scalar is a non-zero secret exponent in the encoding of its group.
type Scalar []byte

// Group is one prime-order group together with the hash function that belongs to it.
type Group interface {
	// Name is the word of the job's parameter `curve`.
	Name() string
	// PointSize is the length of every encoded point.
	PointSize() int
	// NewHash makes the hash function that goes with the curve: SHA-256, or SM3 for SM2.
	NewHash() hash.Hash
	// NewCipher makes the authenticated cipher that goes with the curve for a key of KeySize octets: AES-128-GCM, or
	// SM4-GCM for SM2.
	NewCipher(key []byte) (cipher.AEAD, error)
	// NewScalar draws a fresh uniform non-zero scalar.
	NewScalar() (Scalar, error)
	// Invert returns the inverse of a scalar.
	Invert(Scalar) Scalar
	// HashMul appends the encoding of scalar times the point that item hashes to.
	HashMul(to []byte, item []byte, by Scalar) []byte
	// Mul appends the encoding of scalar times an encoded point. It refuses what no honest peer sends: bytes that encode
	// no point of the group, and the neutral element.
	Mul(to []byte, point []byte, by Scalar) ([]byte, error)
}

// KeySize is the length of a key of either cipher.
const KeySize = 16

// Names are the curves that a job may ask for; the first is the default.
var Names = []string{"RISTRETTO255", "SM2"}

// ByName returns the group of a name.
func ByName(name string) (Group, error) {
	switch name {
	case "RISTRETTO255":
		return Ristretto255{}, nil
	case "SM2":
		return SM2{}, nil
	}
	return nil, fmt.Errorf("no curve %s", name)
}
