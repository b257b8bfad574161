package job

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"collabnet.dev/engine-sets/internal/fault"
)

// SQL has the parameters of SqlQuery alone: the host gathers the tables of all parties and runs the query over them.
type SQL struct {
	// Host is a rank.
	Host   int
	Query  string
	Tables []Table
	// MaximumRows is how many rows the result may have.
	MaximumRows int64
	// GroupSize is the column of the result that says of how many rows a row is made; MinimumGroup is the smallest that is told.
	GroupSize    string
	MinimumGroup int64
}

// Table is what a query sees of one party's input.
type Table struct {
	Name string
	// Party is a rank; no party gives two tables.
	Party int
	// Columns are those of the file; the first Keys of them are texts.
	Columns []string
	Keys    int
}

// Of is the table that a party gives, or nil.
func (s *SQL) Of(rank int) *Table {
	for i := range s.Tables {
		if s.Tables[i].Party == rank {
			return &s.Tables[i]
		}
	}
	return nil
}

const (
	longestQuery = 4096
	mostRows     = 1_000_000
	mostColumns  = 512
)

// sqlFields belong to SqlQuery, which needs all of them.
var sqlFields = []string{"host", "query", "tables", "maximumRows", "groupSize", "minimumGroup"}

func (s shape) sql(parties []string) *SQL {
	q := &SQL{
		Host: s.rank(s.text("host", 63), s.at("host"), parties), Query: s.query(), Tables: s.tables(parties),
		MaximumRows: s.number("maximumRows", 1, mostRows), GroupSize: s.text("groupSize", 128), MinimumGroup: s.number("minimumGroup", 1, 10_000_000_000),
	}
	return q
}

// query may have line breaks, unlike other texts.
func (s shape) query() string {
	text, ok := s.value["query"].(string)
	if !ok || text == "" || len(text) > longestQuery || !utf8.ValidString(text) {
		s.fail(fault.BadJob(s.at("query"), "must be a text of 1 to %d bytes", longestQuery))
	}
	return text
}

func (s shape) tables(parties []string) []Table {
	var tables []Table
	for i, value := range s.items("tables", 1, mostParties) {
		field := fmt.Sprintf("%s[%d]", s.at("tables"), i)
		each := newShape(value, field, s.err, []string{"party", "name", "columns", "keys"})
		if *s.err != nil {
			return nil
		}
		table := Table{Name: each.text("name", 63), Party: each.rank(each.text("party", 63), each.at("party"), parties), Columns: each.names("columns", 1, mostColumns)}
		table.Keys = int(each.number("keys", 0, int64(len(table.Columns))))
		if slices.ContainsFunc(tables, func(t Table) bool { return t.Name == table.Name || t.Party == table.Party }) {
			s.fail(fault.BadJob(field, "names a table or a party twice"))
		}
		tables = append(tables, table)
	}
	return tables
}
