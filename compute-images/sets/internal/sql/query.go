package sql

import (
	"context"
	"errors"
	"strings"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/ext/stats"

	"collabnet.dev/engine-sets/internal/fault"
	"collabnet.dev/engine-sets/internal/job"
	"collabnet.dev/engine-sets/internal/table"
)

// longestValue bounds texts that functions of a query can make.
const longestValue = 16 << 20

// Run loads the files of all parties, by rank, and writes what the query selects to target. Of the query itself an error says what is
// wrong with it; of the rows nothing.
//
// Errors: QUERY_INVALID, QUERY_FAILED, QUERY_TOO_LARGE, QUERY_TOO_MANY_ROWS, INPUT_INVALID.
func Run(ctx context.Context, of *job.SQL, files map[int]string, target, scratch string) (int64, error) {
	db, err := sqlite3.Open(":memory:")
	if err != nil {
		return 0, err
	}
	defer db.Close()
	db.Limit(sqlite3.LIMIT_LENGTH, longestValue)
	db.Limit(sqlite3.LIMIT_ATTACHED, 0)
	if err := stats.Register(db); err != nil {
		return 0, err
	}
	for _, each := range of.Tables {
		if err := load(db, each, files[each.Party]); err != nil {
			return 0, err
		}
	}
	defer db.SetInterrupt(db.SetInterrupt(ctx))
	statement, err := prepare(db, of)
	if err != nil {
		return 0, err
	}
	defer statement.Close()
	shape, err := shapeOf(statement, of.GroupSize)
	if err != nil {
		return 0, err
	}
	return write(ctx, statement, of, shape, target, scratch)
}

// prepare lets the query read the tables and call functions, and nothing else. What it says of a fault quotes the query alone: no row
// has been looked at.
func prepare(db *sqlite3.Conn, of *job.SQL) (*sqlite3.Stmt, error) {
	refused := ""
	err := db.SetAuthorizer(func(action sqlite3.AuthorizerActionCode, first, second, _, _ string) sqlite3.AuthorizerReturnCode {
		switch action {
		case sqlite3.AUTH_SELECT, sqlite3.AUTH_RECURSIVE:
			return sqlite3.AUTH_OK
		case sqlite3.AUTH_READ:
			if !strings.HasPrefix(strings.ToLower(first), "sqlite_") {
				return sqlite3.AUTH_OK
			}
			refused = "reads the table " + first
		case sqlite3.AUTH_FUNCTION:
			if second != "load_extension" {
				return sqlite3.AUTH_OK
			}
			refused = "calls load_extension"
		default:
			refused = "does more than select"
		}
		return sqlite3.AUTH_DENY
	})
	if err != nil {
		return nil, err
	}
	statement, rest, err := db.Prepare(of.Query)
	switch {
	case refused != "":
		return nil, fault.New("QUERY_INVALID", "the query %s", refused)
	case err != nil:
		return nil, fault.New("QUERY_INVALID", "the query is refused: %s", strings.TrimPrefix(err.Error(), "sqlite3: "))
	case statement == nil || strings.Trim(rest, "; \t\n") != "":
		return nil, fault.New("QUERY_INVALID", "the query is not one statement")
	case !statement.ReadOnly() || statement.ColumnCount() == 0:
		return nil, fault.New("QUERY_INVALID", "the query does not select")
	}
	return statement, nil
}

func write(ctx context.Context, statement *sqlite3.Stmt, of *job.SQL, shape shape, target, scratch string) (rows int64, err error) {
	err = table.Write(target, scratch, func(line func([]byte)) error {
		line(shape.header())
		for statement.Step() {
			text, told, err := shape.row(statement, of.MinimumGroup)
			if err != nil {
				return err
			}
			if !told {
				continue
			}
			if rows++; rows > of.MaximumRows {
				return fault.New("QUERY_TOO_MANY_ROWS", "parameters.maximumRows: the result has more than %d rows", of.MaximumRows)
			}
			line(text)
		}
		return failed(ctx, statement.Err())
	})
	return rows, err
}

func failed(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, sqlite3.NOMEM), errors.Is(err, sqlite3.TOOBIG), errors.Is(err, sqlite3.FULL):
		return fault.New("QUERY_TOO_LARGE", "what the query makes does not fit into the memory of the engine")
	}
	// Its words could quote a value.
	return fault.New("QUERY_FAILED", "the query failed while it ran (%s)", Code(err))
}

// Code is the part of an error of SQLite that cannot hold data.
func Code(err error) string {
	var known *sqlite3.Error
	if errors.As(err, &known) {
		return known.Code().Error()
	}
	return "unknown"
}
