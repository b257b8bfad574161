package protocol

import (
	"encoding/binary"
	"slices"

	"collabnet.dev/engine-sets/internal/table"
)

// Records go out with their length before them, padded to one length for all, which is a multiple of recordUnit so that it says
// less of the longest.

const (
	recordUnit = 32
	// lengthSize is the length of a record, before it in what is encrypted.
	lengthSize = 2
	// longestPadded is the largest padded record that a party accepts.
	longestPadded = (lengthSize + table.LongestRecord + recordUnit - 1) / recordUnit * recordUnit
)

func paddedSize(longest int) int {
	return (lengthSize + longest + recordUnit - 1) / recordUnit * recordUnit
}

// acceptedSize is a padded size as a peer tells it, false for what no honest peer sends.
func acceptedSize(said uint32) (int, bool) {
	return int(said), said > 0 && said <= longestPadded && said%recordUnit == 0
}

// pad fills plain with a record.
func pad(plain, record []byte) {
	binary.BigEndian.PutUint16(plain, uint16(len(record)))
	clear(plain[lengthSize+copy(plain[lengthSize:], record):])
}

// unpad is a copy of the record in plain, false for what no honest peer sends.
func unpad(plain []byte) ([]byte, bool) {
	length := int(binary.BigEndian.Uint16(plain))
	plain = plain[lengthSize:]
	if length > min(len(plain), table.LongestRecord) || slices.ContainsFunc(plain[length:], func(b byte) bool { return b != 0 }) {
		return nil, false
	}
	return slices.Clone(plain[:length]), true
}
