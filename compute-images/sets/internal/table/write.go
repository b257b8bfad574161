package table

import (
	"bufio"
	"bytes"
	"hash"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"collabnet.dev/engine-sets/internal/job"
)

// row is one row of the result: its keys one after the other, where each of them ends, its row number.
type row struct {
	values []byte
	ends   []int32
	number []byte
}

func (r row) key(i int) []byte {
	start := int32(0)
	if i > 0 {
		start = r.ends[i-1]
	}
	return r.values[start:r.ends[i]]
}

// WriteRows writes the input's rows whose item keep says belongs to the result, sorted by the bytes of the keys, column by
// column, rows with equal keys in the order of the input. It returns their number.
func WriteRows(of *job.Job, newHash func() hash.Hash, scratch string, keep func(Item) bool) (int64, error) {
	columns := len(of.Input.Keys)
	var rows []row
	_, err := each(of.Input, newHash, func(r *records, item Item, number int64) error {
		if number == dummy || !keep(item) {
			return nil
		}
		found := row{values: bytes.Clone(r.text[:r.ends[columns-1]]), ends: make([]int32, columns)}
		for i := range columns {
			found.ends[i] = int32(r.ends[i])
		}
		found.number = bytes.Clone(r.at(columns))
		rows = append(rows, found)
		return nil
	})
	if err != nil {
		return 0, err
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		for i := range columns {
			if order := bytes.Compare(a.key(i), b.key(i)); order != 0 {
				return order
			}
		}
		return 0
	})
	err = write(of.Output, scratch, func(out *bufio.Writer) error {
		var line []byte
		for _, name := range of.Input.Keys {
			line = append(appendField(line, []byte(name)), ',')
		}
		_, _ = out.Write(append(append(line, job.RowColumn...), '\n'))
		for _, r := range rows {
			line = line[:0]
			for i := range columns {
				line = append(appendField(line, r.key(i)), ',')
			}
			_, _ = out.Write(append(append(line, r.number...), '\n'))
		}
		return nil
	})
	return int64(len(rows)), err
}

// WriteCardinality writes the one number.
func WriteCardinality(of *job.Job, scratch string, count int64) error {
	return write(of.Output, scratch, func(out *bufio.Writer) error {
		_, _ = out.WriteString("cardinality\n" + strconv.FormatInt(count, 10) + "\n")
		return nil
	})
}

// write makes a file that is there completely or not at all. The writer keeps its first error until it is flushed.
func write(target, scratch string, fill func(*bufio.Writer) error) error {
	temporary := filepath.Join(scratch, "result.part")
	file, err := os.Create(temporary)
	if err != nil {
		return failed(err)
	}
	out := bufio.NewWriterSize(file, 1<<18)
	err = fill(out)
	if flushing := out.Flush(); err == nil {
		err = flushing
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(temporary, target)
	}
	if err != nil {
		return failed(err)
	}
	return nil
}
