package table

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"collabnet.dev/engine-sets/internal/fault"
	"collabnet.dev/engine-sets/internal/job"
)

// Item stands for one distinct key: the digest of its columns, each with its length before it, so that ("a,b", "c") and
// ("a", "b,c") differ.
type Item [32]byte

// Compare orders items by their bytes.
func Compare(a, b Item) int { return bytes.Compare(a[:], b[:]) }

// Items reads the distinct keys of the input, sorted. The courier's dummy row counts as a row and is no key.
// Errors are INPUT_MISSING, INPUT_HEADER, INPUT_INVALID or INPUT_ROWS; no message shows a value.
func Items(input job.Input, newHash func() hash.Hash) ([]Item, error) {
	items := make([]Item, 0, mostRows(input))
	err := every(input, newHash, func(_ *records, item Item, number int64) error {
		if number != dummy {
			items = append(items, item)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(items, Compare)
	return slices.Clip(slices.Compact(items)), nil
}

// Exists says INPUT_MISSING of a file that is not there; a job without an input has none to miss.
func Exists(input job.Input) error {
	if input.Path == "" {
		return nil
	}
	if _, err := os.Stat(input.Path); err != nil {
		return missing(input, err)
	}
	return nil
}

// mostRows is how many rows there can be: a wrong `rows` must not reserve memory for what is not there.
func mostRows(input job.Input) int64 {
	const shortest = 2 // a row number and a line break
	info, err := os.Stat(input.Path)
	if err != nil {
		return 0
	}
	return min(input.Rows, info.Size()/shortest)
}

// dummy is the row number of the courier's dummy row.
const dummy = -1

// every is each for a file that must have as many rows as the job says.
func every(input job.Input, newHash func() hash.Hash, use func(*records, Item, int64) error) error {
	rows, err := each(input, newHash, use)
	if err == nil && rows != input.Rows {
		err = fault.New("INPUT_ROWS", "inputs[0].rows says %d, the file has %d rows below the header (the dummy row counts)", input.Rows, rows)
	}
	return err
}

// each calls use for every row with its item and row number, and returns how many rows there are. An error of use ends it.
func each(input job.Input, newHash func() hash.Hash, use func(*records, Item, int64) error) (int64, error) {
	file, err := os.Open(input.Path)
	if err != nil {
		return 0, missing(input, err)
	}
	defer file.Close()
	r := newRecords(file)
	wanted := slices.Concat(input.Keys, []string{job.RowColumn}, input.Values)
	if err := r.next(); err != nil && err != io.EOF {
		return 0, invalid(0, err)
	}
	header := len(r.ends) == len(wanted)
	for i := range r.ends {
		header = header && string(r.at(i)) == wanted[i]
	}
	if !header {
		return 0, fault.New("INPUT_HEADER", "inputs[0].path: the header must be exactly %s", strings.Join(wanted, ","))
	}
	h := newHash()
	var item Item
	var length [4]byte
	for rows := int64(0); ; rows++ {
		err := r.next()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return 0, invalid(rows, err)
		}
		if len(r.ends) != len(wanted) {
			return 0, fault.New("INPUT_INVALID", "inputs[0].path: row %d has %d columns, not %d", rows, len(r.ends), len(wanted))
		}
		number, ok := rowNumber(string(r.at(len(input.Keys))))
		if !ok {
			return 0, fault.New("INPUT_INVALID", "inputs[0].path: row %d: %s is not a row number", rows, job.RowColumn)
		}
		h.Reset()
		for i := range input.Keys {
			binary.BigEndian.PutUint32(length[:], uint32(len(r.at(i))))
			h.Write(length[:])
			h.Write(r.at(i))
		}
		h.Sum(item[:0])
		if err := use(r, item, number); err != nil {
			return 0, err
		}
	}
}

func rowNumber(text string) (number int64, ok bool) {
	if text == "-1" {
		return dummy, true
	}
	if text == "" || len(text) > 18 {
		return 0, false
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		number = 10*number + int64(c-'0')
	}
	return number, true
}

func missing(input job.Input, err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return fault.New("INPUT_MISSING", "inputs[0].path: %s does not exist or cannot be read", input.Path)
	}
	return failed(err)
}

func invalid(row int64, err error) error {
	for _, known := range []error{errQuote, errOpen, errUTF8, errLong} {
		if errors.Is(err, known) {
			return fault.New("INPUT_INVALID", "inputs[0].path: row %d is not CSV (%s)", row, known)
		}
	}
	return failed(err)
}

// failed names file and reason of an input or output error; neither is data.
func failed(err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return fault.New("IO_FAILED", "%s: %s", of.Err, of.Path)
	}
	return fault.New("IO_FAILED", "a file could not be read or written")
}
