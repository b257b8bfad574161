package group

import "hash"

// Tags that separate this engine's use of the hash functions from any other (RFC 9380, 3.1).
const (
	ristrettoTag = "COLLABNET-SETS-V1-ristretto255_XMD:SHA-512_R255MAP_RO_"
	sm2Tag       = "COLLABNET-SETS-V1-SM2_XMD:SM3_SSWU_RO_"
)

// expandMessage is expand_message_xmd of RFC 9380, 5.3.1. Length and tag are constants of this package that keep to its limits.
func expandMessage(newHash func() hash.Hash, message []byte, tag string, length int) []byte {
	h := newHash()
	suffix := append([]byte(tag), byte(len(tag)))
	h.Write(make([]byte, h.BlockSize()))
	h.Write(message)
	h.Write([]byte{byte(length >> 8), byte(length), 0})
	h.Write(suffix)
	first := h.Sum(nil)
	block := make([]byte, len(first))
	out := make([]byte, 0, length+len(first))
	for i := byte(1); len(out) < length; i++ {
		for j := range block {
			block[j] ^= first[j]
		}
		h.Reset()
		h.Write(block)
		h.Write([]byte{i})
		h.Write(suffix)
		block = h.Sum(block[:0])
		out = append(out, block...)
	}
	return out[:length]
}
