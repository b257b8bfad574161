// Package oprf is an oblivious pseudo-random function, 2HashDH (Jarecki, Kiayias, Krawczyk 2014; RFC 9497, mode OPRF):
// F_k(x) = KDF(x, k*H(x)). The client learns F_k of its own items, the server nothing but their number.
package oprf

import (
	"crypto/hmac"
	"hash"

	"collabnet.dev/engine-sets/internal/group"
	"collabnet.dev/engine-sets/internal/okvs"
)

// Client blinds with one fresh scalar for the whole batch. r*H(x) for one random r and many x are random points to who
// does not know r (decisional Diffie-Hellman), which is the assumption of the two-party protocol as well; a scalar for
// every item would hide even from unlimited computation, but only the number of items would differ in what is seen.
type Client struct {
	group      group.Group
	blind, off group.Scalar
}

// NewClient draws the blinding scalar.
func NewClient(g group.Group) (*Client, error) {
	r, err := g.NewScalar()
	if err != nil {
		return nil, err
	}
	return &Client{g, r, g.Invert(r)}, nil
}

// Blind appends the point to send for an item.
func (c *Client) Blind(to, item []byte) []byte { return c.group.HashMul(to, item, c.blind) }

// Output is F_k of an item: the whole hash.
type Output [32]byte

// Value is an output cut to what a key-value store holds.
func (o *Output) Value() okvs.Value { return okvs.Value(o[:okvs.ValueSize]) }

// Finish turns the server's answer into F_k(item).
func (c *Client) Finish(item, answer []byte) (Output, error) {
	point, err := c.group.Mul(nil, answer, c.off)
	if err != nil {
		return Output{}, err
	}
	return derive(c.group, item, point), nil
}

// Server holds the key.
type Server struct {
	group group.Group
	key   group.Scalar
}

// NewServer draws the key.
func NewServer(g group.Group) (*Server, error) {
	k, err := g.NewScalar()
	return &Server{g, k}, err
}

// Answer appends the answer to a blinded point.
func (s *Server) Answer(to, blinded []byte) ([]byte, error) { return s.group.Mul(to, blinded, s.key) }

// Evaluate is F_k of an own item.
func (s *Server) Evaluate(item []byte) Output {
	return derive(s.group, item, s.group.HashMul(nil, item, s.key))
}

func derive(g group.Group, item, point []byte) Output {
	return Output(Digest(g, "oprf", item, point))
}

// Digest hashes parts of fixed length under a label.
func Digest(g group.Group, label string, parts ...[]byte) []byte {
	h := g.NewHash()
	h.Write([]byte("collabnet-sets-v1/" + label + "\x00"))
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}

// PRF is HMAC with the hash function of the curve, truncated to a value.
type PRF struct{ mac hash.Hash }

// NewPRF makes a PRF; it is for one goroutine.
func NewPRF(g group.Group, seed []byte) PRF { return PRF{hmac.New(g.NewHash, seed)} }

// Of is the value at an item.
func (f PRF) Of(item []byte) (v okvs.Value) {
	f.mac.Reset()
	f.mac.Write(item)
	copy(v[:], f.mac.Sum(nil))
	return v
}
