package table

import (
	"cmp"
	"encoding/binary"
	"hash"
	"slices"
	"unicode/utf8"

	"collabnet.dev/engine-sets/internal/fault"
	"collabnet.dev/engine-sets/internal/job"
)

// LongestRecord is how many bytes the values of one key may take, those of all rows with that key together: every record is
// sent with the length of the longest.
const LongestRecord = 4096

// A record holds the rows of one key one after the other, a row its values in the order of the columns, a value a number
// (as in encoding/binary, Uvarint) and its bytes: 0 for an empty field without quotes, otherwise one more than there are bytes.

func appendValue(record, value []byte, quoted bool) []byte {
	if len(value) == 0 && !quoted {
		return append(record, 0)
	}
	return append(binary.AppendUvarint(record, uint64(len(value))+1), value...)
}

// cutValue is the first value of a record, nil for an empty field without quotes, and what follows it.
func cutValue(record []byte) (value, rest []byte, ok bool) {
	size, n := binary.Uvarint(record)
	if n <= 0 || size > uint64(len(record)-n)+1 {
		return nil, nil, false
	}
	rest = record[n:]
	if size == 0 {
		return nil, rest, true
	}
	return rest[: size-1 : size-1], rest[size-1:], true
}

// IsRecord says whether a peer's octets are a record with so many values in each row.
func IsRecord(record []byte, columns int) bool {
	values := 0
	for ; len(record) > 0; values++ {
		value, rest, ok := cutValue(record)
		if !ok || !utf8.Valid(value) {
			return false
		}
		record = rest
	}
	return values%columns == 0
}

// IsKey says whether a peer's octets are one key of so many columns.
func IsKey(record []byte, columns int) bool {
	for range columns {
		value, rest, ok := cutValue(record)
		if !ok || value == nil || !utf8.Valid(value) {
			return false
		}
		record = rest
	}
	return len(record) == 0
}

// Entry is what the server of a private query has for one distinct key.
type Entry struct {
	// ID is the item of the key. The protocol puts something else there when it needs the item no more.
	ID     Item
	at     int64
	length int32
}

// Entries are all entries of a server, or all keys of a party of a union with their text as records. The records lie in chunks, so that reading them never copies what is there.
type Entries struct {
	List []Entry
	// Columns is how many columns a key of a union has.
	Columns int
	chunks  [][]byte
}

// chunkSize is large beside a record.
const chunkSize = 1 << 20

// Record is the record of an entry; it is not to be changed.
func (e *Entries) Record(of *Entry) []byte {
	if of.length == 0 {
		return nil
	}
	start := of.at % chunkSize
	return e.chunks[of.at/chunkSize][start : start+int64(of.length)]
}

// Longest is the length of the longest record.
func (e *Entries) Longest() int {
	longest := int32(0)
	for i := range e.List {
		longest = max(longest, e.List[i].length)
	}
	return int(longest)
}

// keep stores a record. Positions grow with time, so that they also tell the order of the input.
func (e *Entries) keep(record []byte) (at int64) {
	last := len(e.chunks) - 1
	if last < 0 || len(e.chunks[last])+len(record) > chunkSize {
		e.chunks = append(e.chunks, make([]byte, 0, chunkSize))
		last++
	}
	at = int64(last)*chunkSize + int64(len(e.chunks[last]))
	e.chunks[last] = append(e.chunks[last], record...)
	return at
}

// ReadEntries reads the keys and values of a private query's server, one entry for each distinct key. The dummy row makes
// an entry without rows, which gives nobody a result. Errors are those of Items and INPUT_RECORD.
func ReadEntries(input job.Input, newHash func() hash.Hash) (*Entries, error) {
	e := &Entries{List: make([]Entry, 0, mostRows(input))}
	var record []byte
	row := int64(-1)
	err := every(input, newHash, func(r *records, item Item, number int64) error {
		row++
		record = record[:0]
		if number != dummy {
			for i := len(input.Keys) + 1; i < len(r.ends); i++ {
				record = appendValue(record, r.at(i), r.quoted[i])
			}
		}
		if len(record) > LongestRecord {
			return fault.New("INPUT_RECORD", "inputs[0].path: row %d: its values take more than %d bytes; send fewer or shorter columns", row, LongestRecord)
		}
		e.List = append(e.List, Entry{ID: item, at: e.keep(record), length: int32(len(record))})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return e, e.join()
}

// join makes one entry of those with the same key, rows in the order of the input.
func (e *Entries) join() error {
	slices.SortFunc(e.List, func(a, b Entry) int {
		if order := Compare(a.ID, b.ID); order != 0 {
			return order
		}
		return cmp.Compare(a.at, b.at)
	})
	var record []byte
	joined := 0
	for from, to := 0, 0; from < len(e.List); from = to {
		for to = from + 1; to < len(e.List) && e.List[to].ID == e.List[from].ID; to++ {
		}
		entry := e.List[from]
		if to > from+1 {
			record = record[:0]
			for i := from; i < to; i++ {
				if record = append(record, e.Record(&e.List[i])...); len(record) > LongestRecord {
					return fault.New("INPUT_RECORD", "inputs[0].path: the values of rows with the same key take together more than %d bytes; send fewer or shorter columns, or fewer rows for a key", LongestRecord)
				}
			}
			entry = Entry{ID: entry.ID, at: e.keep(record), length: int32(len(record))}
		}
		e.List[joined] = entry
		joined++
	}
	clear(e.List[joined:])
	e.List = e.List[:joined]
	return nil
}
