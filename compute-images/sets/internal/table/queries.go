package table

import (
	"bufio"
	"cmp"
	"hash"
	"slices"
	"strconv"

	"collabnet.dev/engine-sets/internal/job"
)

// Query is one row of a private query's client.
type Query struct {
	Number int64
	Item   Item
}

// ReadQueries reads the rows of a private query's client in the order of their numbers, and its distinct keys, sorted. The
// dummy row is asked like any other. Errors are those of Items.
func ReadQueries(input job.Input, newHash func() hash.Hash) (rows []Query, items []Item, err error) {
	rows = make([]Query, 0, mostRows(input))
	err = every(input, newHash, func(_ *records, item Item, number int64) error {
		rows = append(rows, Query{number, item})
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(rows, func(a, b Query) int { return cmp.Compare(a.Number, b.Number) })
	items = make([]Item, len(rows))
	for i := range rows {
		items[i] = rows[i].Item
	}
	slices.SortFunc(items, Compare)
	return rows, slices.Clip(slices.Compact(items)), nil
}

// WriteAnswers writes a row for each pair of an own row and a row of the server with the same key: the own row number and the
// server's values. Own rows come in the given order, the server's in the order of its input; the dummy row gives none.
// It returns the number of rows.
func WriteAnswers(of *job.Job, scratch string, queries []Query, record func(Item) []byte) (rows int64, err error) {
	columns := of.Parameters.Query.ValueColumns
	err = write(of.Output, scratch, func(out *bufio.Writer) error {
		line := []byte(job.RowColumn)
		for _, name := range columns {
			line = appendField(append(line, ','), []byte(name))
		}
		_, _ = out.Write(append(line, '\n'))
		for _, query := range queries {
			if query.Number == dummy {
				continue
			}
			for rest := record(query.Item); len(rest) > 0; rows++ {
				line = strconv.AppendInt(line[:0], query.Number, 10)
				for range columns {
					var value []byte
					value, rest, _ = cutValue(rest)
					if line = append(line, ','); value != nil && len(value) == 0 {
						line = append(line, '"', '"')
					} else {
						line = appendField(line, value)
					}
				}
				_, _ = out.Write(append(line, '\n'))
			}
		}
		return nil
	})
	return rows, err
}
