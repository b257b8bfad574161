package table

import (
	"bufio"
	"io"
)

// Records reads CSV for other packages.
type Records struct{ r *records }

// NewRecords reads from a byte order mark or the first record on.
func NewRecords(from io.Reader) Records { return Records{newRecords(from)} }

// Next reads a record; its fields are valid until the next call. io.EOF after the last; what is wrong quotes no value.
func (r Records) Next() error { return r.r.next() }

// Fields is how many the record has.
func (r Records) Fields() int { return len(r.r.ends) }

// Field is the value of one.
func (r Records) Field(i int) []byte { return r.r.at(i) }

// Missing says whether a field has no value: nothing, not even quotes.
func (r Records) Missing(i int) bool { return len(r.r.at(i)) == 0 && !r.r.quoted[i] }

// AppendField quotes only where needed.
func AppendField(to, field []byte) []byte { return appendField(to, field) }

// Write makes a file of lines that is there completely or not at all.
func Write(target, scratch string, fill func(line func([]byte)) error) error {
	var failure error
	err := write(target, scratch, func(out *bufio.Writer) error {
		failure = fill(func(text []byte) {
			_, _ = out.Write(text)
			_ = out.WriteByte('\n')
		})
		return failure
	})
	if failure != nil {
		return failure
	}
	return err
}
