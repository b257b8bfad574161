package group

import (
	"crypto/cipher"
	"crypto/elliptic"
	"crypto/rand"
	"hash"
	"math/big"

	"github.com/emmansun/gmsm/sm2/sm2ec"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// SM2 is the group of the curve of GM/T 0003.5 (order prime, cofactor 1). Multiplication is the library's, which runs in
// constant time; its interface takes coordinates as big integers, and converting those is not constant in time: it leaks
// at most how many leading zero bytes a coordinate has. Hashing to the curve is constant in time up to that conversion.
type SM2 struct{}

// Name implements Group.
func (SM2) Name() string { return "SM2" }

// PointSize implements Group: compressed points.
func (SM2) PointSize() int { return 33 }

// NewHash implements Group.
func (SM2) NewHash() hash.Hash { return sm3.New() }

// NewCipher implements Group.
func (SM2) NewCipher(key []byte) (cipher.AEAD, error) {
	block, err := sm4.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// NewScalar implements Group.
func (SM2) NewScalar() (Scalar, error) {
	order := sm2ec.P256().Params().N
	s, err := rand.Int(rand.Reader, new(big.Int).Sub(order, big.NewInt(1)))
	if err != nil {
		return nil, err
	}
	return s.Add(s, big.NewInt(1)).FillBytes(make([]byte, 32)), nil
}

// Invert implements Group.
func (SM2) Invert(s Scalar) Scalar {
	i := new(big.Int).ModInverse(new(big.Int).SetBytes(s), sm2ec.P256().Params().N)
	return i.FillBytes(make([]byte, 32))
}

// HashMul implements Group.
func (SM2) HashMul(to []byte, item []byte, by Scalar) []byte {
	x, y := sm2HashPoint(item)
	x, y = sm2ec.P256().ScalarMult(x, y, by)
	return sm2Append(to, x, y)
}

// Mul implements Group.
func (SM2) Mul(to []byte, point []byte, by Scalar) ([]byte, error) {
	curve := sm2ec.P256()
	x, y := sm2ec.UnmarshalCompressed(curve, point)
	if x == nil {
		return nil, errPoint
	}
	x, y = curve.ScalarMult(x, y, by)
	return sm2Append(to, x, y), nil
}

func sm2HashPoint(item []byte) (x, y *big.Int) {
	points := sm2Hash(item)
	// One inversion for both denominators.
	var inverse, first, second sm2Element
	inverse.invert(inverse.mul(&points[0].xd, &points[1].xd))
	first.mul(first.mul(&inverse, &points[1].xd), &points[0].xn)
	second.mul(second.mul(&inverse, &points[0].xd), &points[1].xn)
	number := func(e *sm2Element) *big.Int { return new(big.Int).SetBytes(e.bytes()) }
	return sm2ec.P256().Add(number(&first), number(&points[0].y), number(&second), number(&points[1].y))
}

func sm2Append(to []byte, x, y *big.Int) []byte {
	return append(to, elliptic.MarshalCompressed(sm2ec.P256(), x, y)...)
}
