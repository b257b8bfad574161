package group

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"syscall"
	"testing"
	"time"

	"filippo.io/edwards25519"
	"github.com/emmansun/gmsm/sm2/sm2ec"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// RFC 9380, K.1.
func TestExpandMessage(t *testing.T) {
	got := expandMessage(sha256.New, nil, "QUUX-V01-CS02-with-expander-SHA256-128", 32)
	if hex.EncodeToString(got) != "68a985b87eb6b46952128911f2a4412bbc302a9d759667f87f7a21d803f07235" {
		t.Fatalf("%x", got)
	}
}

// RFC 9496, A.1: multiples of the generator, and A.3: the one-way map.
func TestRistrettoVectors(t *testing.T) {
	if got := ristrettoEncode(nil, edwards25519.NewGeneratorPoint()); hex.EncodeToString(got) != "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76" {
		t.Fatalf("generator %x", got)
	}
	got := ristrettoEncode(nil, ristrettoFromUniform(unhex("5d1be09e3d0c82fc538112490e35701979d99e06ca3e2b5b54bffe8b4dc772c14d98b696a1bbfb5ca32c436cc61c16563790306c79eaca7705668b47dffe5bb6")))
	if hex.EncodeToString(got) != "3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46" {
		t.Fatalf("map %x", got)
	}
	for _, bad := range []string{
		"00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
		"0000000000000000000000000000000000000000000000000000000000000000",
	} {
		if _, ok := ristrettoDecode(unhex(bad)); ok {
			t.Errorf("%s decoded", bad)
		}
	}
}

func TestMaskingCommutesAndInverts(t *testing.T) {
	for _, name := range Names {
		g, _ := ByName(name)
		a, _ := g.NewScalar()
		b, _ := g.NewScalar()
		item := []byte("item")
		ab, err := g.Mul(nil, g.HashMul(nil, item, a), b)
		if err != nil || len(ab) != g.PointSize() {
			t.Fatal(name, err)
		}
		ba, _ := g.Mul(nil, g.HashMul(nil, item, b), a)
		back, _ := g.Mul(nil, ab, g.Invert(a))
		if !bytes.Equal(ab, ba) || !bytes.Equal(back, g.HashMul(nil, item, b)) || bytes.Equal(ab, back) {
			t.Error(name)
		}
		if _, err := g.Mul(nil, bytes.Repeat([]byte{0xff}, g.PointSize()), a); err == nil {
			t.Error(name, "took rubbish")
		}
	}
}

func big256(e sm2Element) *big.Int { return new(big.Int).SetBytes(e.bytes()) }

func TestSM2FieldAgainstBigIntegers(t *testing.T) {
	p := sm2ec.P256().Params().P
	for range 500 {
		var wide [96]byte
		_, _ = rand.Read(wide[:])
		if wide[0] < 64 {
			copy(wide[:48], bytes.Repeat([]byte{0xff}, 48))
		}
		var x, y, z sm2Element
		x.setWide(wide[:48])
		y.setWide(wide[48:])
		bx := new(big.Int).Mod(new(big.Int).SetBytes(wide[:48]), p)
		by := new(big.Int).Mod(new(big.Int).SetBytes(wide[48:]), p)
		check := func(what string, want *big.Int) {
			if big256(z).Cmp(want.Mod(want, p)) != 0 {
				t.Fatal(what)
			}
		}
		z = x
		check("wide", new(big.Int).Set(bx))
		z.mul(&x, &y)
		check("mul", new(big.Int).Mul(bx, by))
		z.add(&x, &y)
		check("add", new(big.Int).Add(bx, by))
		z.negate(&x)
		check("negate", new(big.Int).Neg(bx))
		z.invert(&x)
		check("invert", new(big.Int).ModInverse(bx, p))
	}
}

// The map by the plain words of RFC 9380, 6.6.2, with big integers.
func plainMap(u *big.Int) (x, y *big.Int) {
	c := sm2ec.P256().Params()
	p, z, a := c.P, big.NewInt(-9), big.NewInt(-3)
	mod := func(v *big.Int) *big.Int { return v.Mod(v, p) }
	mul := func(v, w *big.Int) *big.Int { return mod(new(big.Int).Mul(v, w)) }
	g := func(x *big.Int) *big.Int {
		return mod(new(big.Int).Add(mul(mul(x, x), x), new(big.Int).Add(mul(a, x), c.B)))
	}
	zu := mul(z, mul(u, u))
	tv := mod(new(big.Int).Add(mul(zu, zu), zu))
	x1 := mul(mul(new(big.Int).Neg(c.B), new(big.Int).ModInverse(mod(new(big.Int).Set(a)), p)), new(big.Int).Add(big.NewInt(1), new(big.Int).ModInverse(tv, p)))
	if x, y = x1, new(big.Int).ModSqrt(g(x1), p); y == nil {
		x = mul(zu, x1)
		y = new(big.Int).ModSqrt(g(x), p)
	}
	if u.Bit(0) != y.Bit(0) {
		y.Sub(p, y)
	}
	return x, y
}

func TestSM2MapAgainstItsDefinition(t *testing.T) {
	curve := sm2ec.P256()
	var ones, first int
	for i := range 300 {
		item := fmt.Appendf(nil, "item %d", i)
		uniform := expandMessage(SM2{}.NewHash, item, sm2Tag, 96)
		u := new(big.Int).Mod(new(big.Int).SetBytes(uniform[:48]), curve.Params().P)
		v := new(big.Int).Mod(new(big.Int).SetBytes(uniform[48:]), curve.Params().P)
		x1, y1 := plainMap(u)
		x2, y2 := plainMap(v)
		wantX, wantY := curve.Add(x1, y1, x2, y2)
		x, y := sm2HashPoint(item)
		if x.Cmp(wantX) != 0 || y.Cmp(wantY) != 0 || !curve.IsOnCurve(x, y) {
			t.Fatal(i)
		}
		ones += int(y.Bit(0))
		first += int(x.Bit(255))
	}
	if ones < 100 || ones > 200 || first < 100 || first > 200 {
		t.Error("not evenly spread", ones, first)
	}
}

// The conditions of RFC 9380, 6.6.2, that a few lines can check; the third, that g(x)-Z has no root, was checked when Z was chosen.
func TestSM2Z(t *testing.T) {
	c := sm2ec.P256().Params()
	z := big.NewInt(-9)
	z.Mod(z, c.P)
	if big256(sm2Z).Cmp(z) != 0 || big.Jacobi(z, c.P) != -1 {
		t.Error("Z is a square")
	}
	za := new(big.Int).Mod(new(big.Int).Mul(z, big.NewInt(-3)), c.P)
	x := new(big.Int).Mul(c.B, new(big.Int).ModInverse(za, c.P))
	g := new(big.Int).Exp(x, big.NewInt(3), c.P)
	g.Sub(g, new(big.Int).Mul(big.NewInt(3), x)).Add(g, c.B).Mod(g, c.P)
	if big.Jacobi(g, c.P) != 1 {
		t.Error("g(B/(ZA)) is no square")
	}
}

// Fixed outputs: another release of a library or of this package must hash to the same points.
func TestHashesStayTheSame(t *testing.T) {
	vectors := map[string]string{
		"RISTRETTO255": "90d9b36cdc46101eb5953558a738735e8c552ec9f1c167e3a656823041502d3b",
		"SM2":          "02c75b39c8bcf4383d596b2049ff712a402cdf0cccef81a01b0a577b148e78c404",
	}
	for name, want := range vectors {
		g, _ := ByName(name)
		s := make(Scalar, 32)
		s[31*(len(name)&1)] = 1 // one: little endian for RISTRETTO255, big endian for SM2
		if got := hex.EncodeToString(g.HashMul(nil, []byte("abc"), s)); got != want {
			t.Errorf("%s %s", name, got)
		}
	}
}

// processorSeconds is what this process has used: unlike the time that passes, it says the same beside other load.
func processorSeconds() float64 {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}

func BenchmarkElements(b *testing.B) {
	for _, name := range Names {
		g, _ := ByName(name)
		s, _ := g.NewScalar()
		point := g.HashMul(nil, []byte("x"), s)
		b.Run(name+"/hash-and-multiply", func(b *testing.B) {
			before := processorSeconds()
			for i := 0; i < b.N; i++ {
				g.HashMul(nil, fmt.Appendf(nil, "%032d", i), s)
			}
			b.ReportMetric(float64(b.N)/(processorSeconds()-before), "elements/core-s")
		})
		b.Run(name+"/multiply", func(b *testing.B) {
			before := processorSeconds()
			for i := 0; i < b.N; i++ {
				_, _ = g.Mul(nil, point, s)
			}
			b.ReportMetric(float64(b.N)/(processorSeconds()-before), "elements/core-s")
		})
	}
}

// RFC 8998, appendix A.1.
func TestSM4GCM(t *testing.T) {
	aead, err := SM2{}.NewCipher(unhex("0123456789abcdeffedcba9876543210"))
	if err != nil {
		t.Fatal(err)
	}
	var plain []byte
	for _, b := range []byte{0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0xee, 0xaa} {
		plain = append(plain, bytes.Repeat([]byte{b}, 8)...)
	}
	got := aead.Seal(nil, unhex("00001234567800000000abcd"), plain, unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
	want := "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec"
	if hex.EncodeToString(got) != want {
		t.Errorf("%x", got)
	}
}
