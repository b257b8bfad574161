package group

import (
	"bytes"

	"filippo.io/edwards25519"
	"filippo.io/edwards25519/field"
)

// Encoding, decoding and the one-way map of RFC 9496, section 4.3; names as there.

var (
	one  = new(field.Element).One()
	zero = new(field.Element).Zero()
	// d is -121665/121666, the constant of edwards25519.
	d = new(field.Element).Multiply(
		new(field.Element).Negate(new(field.Element).Mult32(one, 121665)),
		new(field.Element).Invert(new(field.Element).Mult32(one, 121666)))
	minusOne = new(field.Element).Negate(one)
	// sqrtM1 is the even root of -1, the one that SqrtRatio(-1, 1) returns.
	sqrtM1, _         = new(field.Element).SqrtRatio(minusOne, one)
	oneMinusDSq       = new(field.Element).Subtract(one, new(field.Element).Square(d))
	dMinusOneSq       = new(field.Element).Square(new(field.Element).Subtract(d, one))
	invSqrtAMinusD, _ = new(field.Element).SqrtRatio(one, new(field.Element).Subtract(minusOne, d))
	// sqrtADMinusOne is the odd root of a*d-1 in RFC 9496, 4.1; its test vectors would fail with the other one.
	sqrtADMinusOne = func() *field.Element {
		root, _ := new(field.Element).SqrtRatio(new(field.Element).Subtract(new(field.Element).Negate(d), one), one)
		return root.Negate(root)
	}()
)

func ristrettoEncode(to []byte, p *edwards25519.Point) []byte {
	x0, y0, z0, t0 := p.ExtendedCoordinates()
	var u1, u2, inverse, den1, den2, zInv, t field.Element
	u1.Multiply(u1.Add(z0, y0), t.Subtract(z0, y0))
	u2.Multiply(x0, y0)
	inverse.SqrtRatio(one, t.Multiply(&u1, t.Square(&u2)))
	den1.Multiply(&inverse, &u1)
	den2.Multiply(&inverse, &u2)
	zInv.Multiply(t.Multiply(&den1, &den2), t0)
	var ix, iy, enchanted, x, y, denInv field.Element
	ix.Multiply(x0, sqrtM1)
	iy.Multiply(y0, sqrtM1)
	enchanted.Multiply(&den1, invSqrtAMinusD)
	rotate := t.Multiply(t0, &zInv).IsNegative()
	x.Select(&iy, x0, rotate)
	y.Select(&ix, y0, rotate)
	denInv.Select(&enchanted, &den2, rotate)
	negative := t.Multiply(&x, &zInv).IsNegative()
	y.Select(t.Negate(&y), &y, negative)
	var s field.Element
	s.Absolute(s.Multiply(&denInv, t.Subtract(z0, &y)))
	return append(to, s.Bytes()...)
}

// ristrettoDecode also refuses the neutral element, as RFC 9497 does for points of a peer.
func ristrettoDecode(in []byte) (*edwards25519.Point, bool) {
	s, err := new(field.Element).SetBytes(in)
	if err != nil || !bytes.Equal(s.Bytes(), in) || s.IsNegative() == 1 || s.Equal(zero) == 1 {
		return nil, false
	}
	var ss, u1, u2, u2Sq, v, inverse, denX, denY, t field.Element
	ss.Square(s)
	u1.Subtract(one, &ss)
	u2.Add(one, &ss)
	u2Sq.Square(&u2)
	v.Subtract(v.Negate(v.Multiply(d, t.Square(&u1))), &u2Sq)
	_, square := inverse.SqrtRatio(one, t.Multiply(&v, &u2Sq))
	denX.Multiply(&inverse, &u2)
	denY.Multiply(t.Multiply(&inverse, &denX), &v)
	var x, y, xy field.Element
	x.Absolute(x.Multiply(t.Add(s, s), &denX))
	y.Multiply(&u1, &denY)
	xy.Multiply(&x, &y)
	if square == 0 || xy.IsNegative() == 1 || y.Equal(zero) == 1 {
		return nil, false
	}
	p, err := new(edwards25519.Point).SetExtendedCoordinates(&x, &y, new(field.Element).One(), &xy)
	return p, err == nil
}

// ristrettoFromUniform maps 64 uniform bytes to a uniform element.
func ristrettoFromUniform(in []byte) *edwards25519.Point {
	p := ristrettoMap(in[:32])
	return p.Add(p, ristrettoMap(in[32:64]))
}

func ristrettoMap(in []byte) *edwards25519.Point {
	// SetBytes ignores the highest bit, as the RFC's MAP does.
	t, _ := new(field.Element).SetBytes(in)
	var r, u, v, s, sPrime, c, n, a, b field.Element
	r.Multiply(sqrtM1, a.Square(t))
	u.Multiply(a.Add(&r, one), oneMinusDSq)
	v.Multiply(a.Subtract(minusOne, b.Multiply(&r, d)), b.Add(&r, d))
	_, square := s.SqrtRatio(&u, &v)
	sPrime.Negate(sPrime.Absolute(a.Multiply(&s, t)))
	s.Select(&s, &sPrime, square)
	c.Select(minusOne, &r, square)
	n.Subtract(n.Multiply(a.Multiply(&c, b.Subtract(&r, one)), dMinusOneSq), &v)
	var w0, w1, w2, w3, ss field.Element
	ss.Square(&s)
	w0.Multiply(a.Add(&s, &s), &v)
	w1.Multiply(&n, sqrtADMinusOne)
	w2.Subtract(one, &ss)
	w3.Add(one, &ss)
	var x, y, z, xy field.Element
	x.Multiply(&w0, &w3)
	y.Multiply(&w2, &w1)
	z.Multiply(&w1, &w3)
	xy.Multiply(&w0, &w2)
	p, err := new(edwards25519.Point).SetExtendedCoordinates(&x, &y, &z, &xy)
	if err != nil {
		panic("the map of RFC 9496 left the curve")
	}
	return p
}
