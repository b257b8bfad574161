package group

import "github.com/emmansun/gmsm/sm3"

var (
	// Z = -9: the first number, in the order of RFC 9380, H.2, that meets the four conditions of its section 6.6.2.
	sm2Z = sm2Element{0xfffffffffffffff6, 0xfffffff600000009, 0xffffffffffffffff, 0xfffffff5ffffffff}
	// sqrt(-Z) = 3
	sm2RootMinusZ = sm2Element{0x3, 0x2fffffffd, 0x0, 0x300000000}
)

// sm2Hash is hash_to_field for two elements (RFC 9380, 5.2) and twice map_to_curve; the sum of both points is the hash.
func sm2Hash(item []byte) (points [2]sm2Fraction) {
	uniform := expandMessage(sm3.New, item, sm2Tag, 96)
	for i := range points {
		var u sm2Element
		points[i] = sm2Map(u.setWide(uniform[48*i : 48*i+48]))
	}
	return points
}

// sm2Fraction is a point with the x coordinate xn/xd.
type sm2Fraction struct{ xn, xd, y sm2Element }

// sm2Map is the simplified SWU map without inversion (RFC 9380, F.2).
func sm2Map(u *sm2Element) sm2Fraction {
	var t1, t2, t3, t4, t5, t6, x, y, n sm2Element
	t1.mul(&sm2Z, t1.square(u))
	t2.add(t2.square(&t1), &t1)
	t3.mul(&sm2B, t3.add(&t2, &sm2One))
	t4.pick(&sm2Z, n.negate(&t2), t2.equal(&sm2Element{}))
	t4.mul(&sm2A, &t4)
	t2.square(&t3)
	t6.square(&t4)
	t2.add(&t2, t5.mul(&sm2A, &t6))
	t2.mul(&t2, &t3)
	t6.mul(&t6, &t4)
	t2.add(&t2, t5.mul(&sm2B, &t6))
	x.mul(&t1, &t3)
	square, root := sm2SqrtRatio(&t2, &t6)
	y.mul(y.mul(&t1, u), &root)
	x.pick(&t3, &x, square)
	y.pick(&root, &y, square)
	up, yp := u.plain(), y.plain()
	y.pick(&y, n.negate(&y), 1^(up[0]^yp[0])&1)
	return sm2Fraction{x, t4, y}
}

// sm2SqrtRatio is sqrt_ratio_3mod4 of RFC 9380, F.2.1.2: whether u/v is a square, and a root of it or of Z*u/v.
func sm2SqrtRatio(u, v *sm2Element) (uint64, sm2Element) {
	var t1, t2, t3, y1, y2 sm2Element
	t1.square(v)
	t2.mul(u, v)
	t1.mul(&t1, &t2)
	y1.mul(y1.power(&t1, &sm2PM34), &t2)
	y2.mul(&y1, &sm2RootMinusZ)
	t3.mul(t3.square(&y1), v)
	square := t3.equal(u)
	y1.pick(&y1, &y2, square)
	return square, y1
}
