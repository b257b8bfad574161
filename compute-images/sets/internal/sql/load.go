// Package sql runs one query over the tables of all parties, in memory, with the engine SQLite.
package sql

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/ncruces/go-sqlite3"

	"collabnet.dev/engine-sets/internal/fault"
	"collabnet.dev/engine-sets/internal/job"
	"collabnet.dev/engine-sets/internal/table"
)

// load makes a table of a file that was handed on: one line that says where it comes from, then CSV with the columns of the table.
// Key columns are texts; of others, what looks like a number is one. A field without a value is NULL.
func load(to *sqlite3.Conn, of job.Table, path string) (err error) {
	columns := make([]string, len(of.Columns))
	for i, name := range of.Columns {
		kind := "NUMERIC"
		if i < of.Keys {
			kind = "TEXT"
		}
		columns[i] = sqlite3.QuoteIdentifier(name) + " " + kind
	}
	name := sqlite3.QuoteIdentifier(of.Name)
	if err := to.Exec("CREATE TABLE " + name + " (" + strings.Join(columns, ", ") + ")"); err != nil {
		return fault.New("QUERY_INVALID", "parameters.tables: the table %s cannot be made (%s)", of.Name, Code(err))
	}
	insert, _, err := to.Prepare("INSERT INTO " + name + " VALUES (?" + strings.Repeat(", ?", len(columns)-1) + ")")
	if err != nil {
		return fault.New("QUERY_INVALID", "parameters.tables: the table %s cannot be filled (%s)", of.Name, Code(err))
	}
	defer insert.Close()
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	reader := bufio.NewReaderSize(file, 1<<18)
	if _, err := reader.ReadSlice('\n'); err != nil {
		return invalid(of, "has no first line")
	}
	begin := to.Begin()
	defer begin.End(&err)
	return fill(insert, of, reader)
}

func fill(insert *sqlite3.Stmt, of job.Table, from io.Reader) error {
	records := table.NewRecords(from)
	for row := -1; ; row++ {
		err := records.Next()
		if errors.Is(err, io.EOF) && row >= 0 {
			return nil
		}
		if err != nil {
			return invalid(of, "is not CSV")
		}
		if records.Fields() != len(of.Columns) {
			return invalid(of, "has rows with other columns than the task names")
		}
		if row < 0 {
			for i, name := range of.Columns {
				if string(records.Field(i)) != name {
					return invalid(of, "has other columns than the task names")
				}
			}
			continue
		}
		for i := range of.Columns {
			value, missing := records.Field(i), records.Missing(i)
			if missing {
				err = insert.BindNull(i + 1)
			} else {
				err = insert.BindRawText(i+1, value)
			}
			if err != nil {
				return tooLarge(err)
			}
		}
		insert.Step()
		if err := insert.Reset(); err != nil {
			return tooLarge(err)
		}
	}
}

func invalid(of job.Table, why string) error {
	return fault.New("INPUT_INVALID", "the table %s %s", of.Name, why)
}

func tooLarge(err error) error {
	if errors.Is(err, sqlite3.NOMEM) || errors.Is(err, sqlite3.FULL) || errors.Is(err, sqlite3.TOOBIG) {
		return fault.New("QUERY_TOO_LARGE", "the tables do not fit into the memory of the engine; name fewer columns, or raise the Helm value compute.engine.limits.memory")
	}
	return fault.New("QUERY_FAILED", "the tables cannot be loaded (%s)", Code(err))
}
