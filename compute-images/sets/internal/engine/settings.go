// Package engine holds the conversation with the courier and runs the job in a process of its own.
package engine

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"collabnet.dev/engine-sets/internal/fault"
	"collabnet.dev/engine-sets/internal/files"
)

const (
	name    = "sets"
	version = "1.0.0"
	// workerVariable marks the child process that touches data.
	workerVariable = "COLLABNET_ENGINE_WORKER"
)

const help = `engine: private set operations for 2 to 16 parties, one job beside a courier.

Reads the job from $COLLABNET_WORK/engine/job.json; see README.md for the files of the conversation.

  COLLABNET_WORK             folder shared with the courier (/work)
  COLLABNET_CONNECT_SECONDS  until all peers' engines must be reached (300)
  COLLABNET_STALL_SECONDS    silence of a peer that ends the run (60)
  COLLABNET_RELEASE_SECONDS  how long to wait for the file release at the end (600)

Exit codes: 0 succeeded, 1 failed, 2 bad job, 3 aborted, 4 timeout.
`

type settings struct {
	place                   files.Place
	connect, stall, release time.Duration
}

func readSettings() (settings, error) {
	s := settings{place: files.Place{Root: "/work"}}
	if root := os.Getenv("COLLABNET_WORK"); root != "" {
		s.place.Root = root
	}
	for _, each := range []struct {
		name  string
		value *time.Duration
		usual float64
	}{{"CONNECT", &s.connect, 300}, {"STALL", &s.stall, 60}, {"RELEASE", &s.release, 600}} {
		variable := "COLLABNET_" + each.name + "_SECONDS"
		seconds := each.usual
		if text := os.Getenv(variable); text != "" {
			number, err := strconv.ParseFloat(text, 64)
			if err != nil || !(number > 0 && number < 1e9) {
				return s, fmt.Errorf("%s: must be a positive number of seconds", variable)
			}
			seconds = number
		}
		*each.value = time.Duration(seconds * float64(time.Second))
	}
	return s, nil
}

// Main is the whole program; it returns the exit code.
func Main(arguments []string, out io.Writer) int {
	if len(arguments) > 0 {
		if len(arguments) == 1 && (arguments[0] == "--help" || arguments[0] == "-h") {
			_, _ = io.WriteString(out, help)
			return fault.ExitOK
		}
		fmt.Fprintln(os.Stderr, "engine: takes no arguments; see --help")
		return fault.ExitBadJob
	}
	s, err := readSettings()
	if err != nil {
		fmt.Fprintln(os.Stderr, "engine:", err)
		return fault.ExitFailed
	}
	if os.Getenv(workerVariable) != "" {
		return workerMain(s, out)
	}
	code, err := supervise(s)
	if err != nil {
		fmt.Fprintln(os.Stderr, "engine: the shared folder cannot be used:", err)
		return fault.ExitFailed
	}
	return code
}
