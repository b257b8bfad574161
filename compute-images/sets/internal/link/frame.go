// Package link carries frames between the engines of all parties: one TCP connection a pair, watched from both ends.
package link

import (
	"encoding/binary"
	"errors"
	"io"
)

// Type says what a frame holds. Every type is a queue of its own at the receiver.
type Type byte

// Frames of the link itself, then those of the protocols.
const (
	Hello     Type = 1
	Begin     Type = 2
	Heartbeat Type = 3
	Failed    Type = 4
	// Verdict is the last frame of a party that has done its part.
	Verdict Type = 5
	// Seed is one party's share of the zero sharing with the receiver of the frame.
	Seed Type = 16
	// Points are keys hashed to the curve and masked by the sender.
	Points Type = 17
	// Raised are points of the receiver of the frame, multiplied by the sender.
	Raised Type = 18
	// Tags stand for points of the receiver of the frame, multiplied by the sender: only good for comparison.
	Tags Type = 19
	// HintSeed and Hint are an oblivious key-value store.
	HintSeed Type = 20
	Hint     Type = 21
	// EntrySize and Entries are the encrypted table of a private query: one number, then all entries of that size.
	EntrySize Type = 22
	Entries   Type = 23
	// Offer, Choices and Sealed are the oblivious transfer of a union: a point and a size, a point for each key, each key encrypted.
	Offer   Type = 24
	Choices Type = 25
	Sealed  Type = 26

	// Length and Content are a delivered file: its octets in all, then these.
	Length  Type = 27
	Content Type = 28

	types = 29
	// LargestPayload keeps a frame within 256 KiB.
	LargestPayload = 256<<10 - headerSize
	headerSize     = 5
)

var errFrame = errors.New("not a frame of this protocol")

// encodeFrame is the length of type and payload, 4 bytes big endian, the type, the payload.
func encodeFrame(t Type, payload []byte) []byte {
	frame := make([]byte, headerSize, headerSize+len(payload))
	binary.BigEndian.PutUint32(frame, uint32(1+len(payload)))
	frame[4] = byte(t)
	return append(frame, payload...)
}

func readFrame(from io.Reader) (Type, []byte, error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(from, header[:]); err != nil {
		return 0, nil, err
	}
	length, t := binary.BigEndian.Uint32(header[:]), Type(header[4])
	if length == 0 || length > LargestPayload+1 || t == 0 || t >= types {
		return 0, nil, errFrame
	}
	payload := make([]byte, length-1)
	_, err := io.ReadFull(from, payload)
	return t, payload, err
}
