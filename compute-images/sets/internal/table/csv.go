// Package table reads the input and writes the result: CSV as in RFC 4180, no value changed on the way.
package table

import (
	"bufio"
	"errors"
	"io"
	"unicode/utf8"
)

var (
	errQuote = errors.New("a quote stands where none may stand")
	errOpen  = errors.New("the file ends inside quotes")
	errUTF8  = errors.New("not UTF-8")
	errLong  = errors.New("a row is longer than 16 MiB")
)

const longestRecord = 16 << 20

// records reads CSV record by record. encoding/csv is not used because it drops a CR before a LF inside quotes, and keys
// that differ must stay different.
type records struct {
	reader *bufio.Reader
	// text holds the fields of the record one after the other, ends where each of them ends, quoted whether it was in quotes.
	text   []byte
	ends   []int
	quoted []bool
}

func newRecords(from io.Reader) *records {
	r := &records{reader: bufio.NewReaderSize(from, 1<<18)}
	if mark, err := r.reader.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		_, _ = r.reader.Discard(3)
	}
	return r
}

// next reads a record; its fields are valid until the next call. io.EOF after the last.
func (r *records) next() error {
	r.text, r.ends, r.quoted = r.text[:0], r.ends[:0], r.quoted[:0]
	if _, err := r.reader.Peek(1); err != nil {
		return err
	}
	for {
		last, err := r.field()
		if err != nil {
			return err
		}
		r.ends = append(r.ends, len(r.text))
		if last {
			break
		}
	}
	if !utf8.Valid(r.text) {
		return errUTF8
	}
	return nil
}

// field appends one field and says whether it was the last of its record.
func (r *records) field() (last bool, err error) {
	b, err := r.reader.ReadByte()
	r.quoted = append(r.quoted, err == nil && b == '"')
	if err == io.EOF {
		return true, nil
	}
	if b == '"' {
		if err := r.inQuotes(); err != nil {
			return false, err
		}
		if b, err = r.reader.ReadByte(); err == nil && b != ',' && b != '\n' && b != '\r' {
			return false, errQuote
		}
	}
	for ; err == nil; b, err = r.reader.ReadByte() {
		switch b {
		case ',':
			return false, nil
		case '\n':
			return true, nil
		case '\r':
			if following, e := r.reader.Peek(1); e == io.EOF || (e == nil && following[0] == '\n') {
				continue
			}
		case '"':
			return false, errQuote
		}
		if r.text = append(r.text, b); len(r.text) > longestRecord {
			return false, errLong
		}
	}
	if err == io.EOF {
		return true, nil
	}
	return false, err
}

func (r *records) inQuotes() error {
	for {
		b, err := r.reader.ReadByte()
		if err == io.EOF {
			return errOpen
		}
		if err != nil {
			return err
		}
		if b == '"' {
			if following, err := r.reader.Peek(1); err != nil || following[0] != '"' {
				return nil
			}
			_, _ = r.reader.Discard(1)
		}
		if r.text = append(r.text, b); len(r.text) > longestRecord {
			return errLong
		}
	}
}

func (r *records) at(i int) []byte {
	start := 0
	if i > 0 {
		start = r.ends[i-1]
	}
	return r.text[start:r.ends[i]]
}

// appendField quotes only where needed.
func appendField(to, field []byte) []byte {
	plain := true
	for _, b := range field {
		if b == '"' || b == ',' || b == '\n' || b == '\r' {
			plain = false
			break
		}
	}
	if plain {
		return append(to, field...)
	}
	to = append(to, '"')
	for _, b := range field {
		if b == '"' {
			to = append(to, '"')
		}
		to = append(to, b)
	}
	return append(to, '"')
}
