package group

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"hash"

	"filippo.io/edwards25519"
)

// Ristretto255 is the group of RFC 9496 over filippo.io/edwards25519. All of it runs in constant time, the refusal of a
// malformed point apart.
type Ristretto255 struct{}

var errPoint = errors.New("not a point of the group")

// Name implements Group.
func (Ristretto255) Name() string { return "RISTRETTO255" }

// PointSize implements Group.
func (Ristretto255) PointSize() int { return 32 }

// NewHash implements Group.
func (Ristretto255) NewHash() hash.Hash { return sha256.New() }

// NewCipher implements Group.
func (Ristretto255) NewCipher(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// NewScalar implements Group. 64 random bytes make the remainder uniform.
func (Ristretto255) NewScalar() (Scalar, error) {
	for {
		var wide [64]byte
		if _, err := rand.Read(wide[:]); err != nil {
			return nil, err
		}
		s, err := edwards25519.NewScalar().SetUniformBytes(wide[:])
		if err != nil {
			return nil, err
		}
		if s.Equal(edwards25519.NewScalar()) == 0 {
			return s.Bytes(), nil
		}
	}
}

// Invert implements Group.
func (Ristretto255) Invert(s Scalar) Scalar {
	return edwards25519.NewScalar().Invert(ristrettoScalar(s)).Bytes()
}

// HashMul implements Group: hash_to_ristretto255 of RFC 9380, appendix B.
func (Ristretto255) HashMul(to []byte, item []byte, by Scalar) []byte {
	point := ristrettoFromUniform(expandMessage(sha512.New, item, ristrettoTag, 64))
	return ristrettoEncode(to, point.ScalarMult(ristrettoScalar(by), point))
}

// Mul implements Group.
func (Ristretto255) Mul(to []byte, point []byte, by Scalar) ([]byte, error) {
	p, ok := ristrettoDecode(point)
	if !ok {
		return nil, errPoint
	}
	return ristrettoEncode(to, p.ScalarMult(ristrettoScalar(by), p)), nil
}

func ristrettoScalar(s Scalar) *edwards25519.Scalar {
	scalar, err := edwards25519.NewScalar().SetCanonicalBytes(s)
	if err != nil {
		panic("a scalar that this package has not made")
	}
	return scalar
}
