package table

import (
	"bufio"
	"bytes"
	"hash"
	"slices"

	"collabnet.dev/engine-sets/internal/fault"
	"collabnet.dev/engine-sets/internal/job"
)

// ReadKeys reads the distinct keys with their text, for a union, and their items, sorted. The courier's dummy row is no key.
// Errors are those of Items and INPUT_RECORD.
func ReadKeys(input job.Input, newHash func() hash.Hash) (*Entries, []Item, error) {
	e := &Entries{List: make([]Entry, 0, mostRows(input)), Columns: len(input.Keys)}
	var record []byte
	row := int64(-1)
	err := every(input, newHash, func(r *records, item Item, number int64) error {
		row++
		if number == dummy {
			return nil
		}
		record = record[:0]
		for i := range input.Keys {
			record = appendValue(record, r.at(i), true)
		}
		if len(record) > LongestRecord {
			return fault.New("INPUT_RECORD", "inputs[0].path: row %d: its key takes more than %d bytes", row, LongestRecord)
		}
		e.List = append(e.List, Entry{ID: item, at: e.keep(record), length: int32(len(record))})
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	slices.SortFunc(e.List, func(a, b Entry) int { return Compare(a.ID, b.ID) })
	e.List = slices.CompactFunc(e.List, func(a, b Entry) bool { return a.ID == b.ID })
	items := make([]Item, len(e.List))
	for i := range e.List {
		items[i] = e.List[i].ID
	}
	return e, items, nil
}

// WriteUnion writes the own keys and those that only the other party has, under the names of the own key columns, each once and
// sorted by bytes, column by column. It returns their number.
func WriteUnion(of *job.Job, scratch string, own *Entries, others [][]byte) (int64, error) {
	all := make([][]byte, 0, len(own.List)+len(others))
	for i := range own.List {
		all = append(all, own.Record(&own.List[i]))
	}
	all = append(all, others...)
	slices.SortFunc(all, func(a, b []byte) int {
		for range own.Columns {
			var left, right []byte
			left, a, _ = cutValue(a)
			right, b, _ = cutValue(b)
			if order := bytes.Compare(left, right); order != 0 {
				return order
			}
		}
		return 0
	})
	// A giver that does not follow the protocol may send what is there.
	all = slices.CompactFunc(all, bytes.Equal)
	err := write(of.Output, scratch, func(out *bufio.Writer) error {
		var line []byte
		for i, name := range of.Input.Keys {
			if i > 0 {
				line = append(line, ',')
			}
			line = appendField(line, []byte(name))
		}
		_, _ = out.Write(append(line, '\n'))
		for _, rest := range all {
			line = line[:0]
			for i := range own.Columns {
				var value []byte
				value, rest, _ = cutValue(rest)
				if i > 0 {
					line = append(line, ',')
				}
				// An empty field without quotes would be no value, and alone no row.
				if len(value) == 0 {
					line = append(line, '"', '"')
				}
				line = appendField(line, value)
			}
			_, _ = out.Write(append(line, '\n'))
		}
		return nil
	})
	return int64(len(all)), err
}
