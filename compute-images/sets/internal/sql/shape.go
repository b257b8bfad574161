package sql

import (
	"slices"
	"strconv"

	"github.com/ncruces/go-sqlite3"

	"collabnet.dev/engine-sets/internal/fault"
	"collabnet.dev/engine-sets/internal/table"
)

// shape is what a result looks like.
type shape struct {
	columns []string
	// size is the column with the size of each row's group.
	size int
}

func shapeOf(statement *sqlite3.Stmt, groupSize string) (shape, error) {
	s := shape{size: -1}
	for i := range statement.ColumnCount() {
		name := statement.ColumnName(i)
		if slices.Contains(s.columns, name) {
			return s, fault.New("QUERY_INVALID", "the query selects two columns %q; name one of them otherwise with AS", name)
		}
		if name == groupSize {
			s.size = i
		}
		s.columns = append(s.columns, name)
	}
	if s.size < 0 {
		return s, fault.New("QUERY_INVALID", "parameters.groupSize: the query selects no column %q; add count(*) AS %s", groupSize, sqlite3.QuoteIdentifier(groupSize))
	}
	return s, nil
}

func (s shape) header() []byte {
	var line []byte
	for i, name := range s.columns {
		line = field(line, i, []byte(name))
	}
	return line
}

// row says whether a row is about enough others to be told.
func (s shape) row(statement *sqlite3.Stmt, minimum int64) (line []byte, told bool, err error) {
	if statement.ColumnType(s.size) != sqlite3.INTEGER {
		return nil, false, fault.New("QUERY_INVALID", "parameters.groupSize: the column %q is not a whole number in every row", s.columns[s.size])
	}
	if statement.ColumnInt64(s.size) < minimum {
		return nil, false, nil
	}
	for i := range s.columns {
		switch statement.ColumnType(i) {
		case sqlite3.NULL:
			line = field(line, i, nil)
		case sqlite3.INTEGER:
			line = field(line, i, strconv.AppendInt(nil, statement.ColumnInt64(i), 10))
		case sqlite3.FLOAT:
			line = field(line, i, strconv.AppendFloat(nil, statement.ColumnFloat(i), 'g', -1, 64))
		case sqlite3.TEXT:
			text := statement.ColumnRawText(i)
			if text == nil {
				text = []byte{}
			}
			line = field(line, i, text)
		default:
			return nil, false, fault.New("QUERY_INVALID", "the column %q has octets instead of a text or a number", s.columns[i])
		}
	}
	return line, true, nil
}

// field keeps an empty text and a missing value apart, as inputs do.
func field(line []byte, i int, value []byte) []byte {
	if i > 0 {
		line = append(line, ',')
	}
	if value != nil && len(value) == 0 {
		return append(line, `""`...)
	}
	return table.AppendField(line, value)
}
