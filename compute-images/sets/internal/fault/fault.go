// Package fault holds failures with stable codes, and the exit code that each of them ends the process with.
package fault

import (
	"errors"
	"fmt"
)

// Exit codes of the process.
const (
	ExitOK      = 0
	ExitFailed  = 1
	ExitBadJob  = 2
	ExitAborted = 3
	ExitTimeout = 4
)

// Error is a run that cannot go on. Code is stable and for machines. Message names the field or the fix and never holds
// a value of a data row: it is copied into exit.json, which leaves the engine.
type Error struct {
	Code    string
	Message string
	// Field is the path of the first wrong field of a bad job, such as parties[1].address.
	Field string
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// New makes a failure.
func New(code, format string, arguments ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, arguments...)}
}

// BadJob makes the failure of a wrong job file.
func BadJob(field, format string, arguments ...any) *Error {
	return &Error{Code: "BAD_JOB", Field: field, Message: field + ": " + fmt.Sprintf(format, arguments...)}
}

// From gives any error a code. The words of an error that is not ours could hold data: they are not kept.
func From(err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	return New("ENGINE_ERROR", "unexpected %T", err)
}

// ExitCode is what the process ends with after a failure of this code.
func ExitCode(code string) int {
	switch code {
	case "OK":
		return ExitOK
	case "BAD_JOB":
		return ExitBadJob
	case "ABORTED":
		return ExitAborted
	case "TIMEOUT":
		return ExitTimeout
	}
	return ExitFailed
}
