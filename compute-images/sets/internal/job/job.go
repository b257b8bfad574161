package job

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"collabnet.dev/engine-sets/internal/fault"
)

const (
	// Schema is the only version of the job that this engine reads.
	Schema = "collabnet.dev/engine-job/v1"
	// RowColumn is the last column of every input: the row number, or -1 for the courier's dummy row.
	RowColumn = "collabnet_row"

	longestRunSeconds = 7 * 86_400
	mostParties       = 16
)

// Party is one participant; the order of parties is the rank.
type Party struct {
	Name    string
	Address string
	Port    int
}

// Input is, but for Deliver and SqlQuery, a CSV with the key columns in the order of Keys, then RowColumn, then Values; Rows counts every row below the header.
type Input struct {
	Name string
	Path string
	Keys []string
	// Values are the value columns, at the server of a private query only.
	Values []string
	Rows   int64
}

// Job is one job of one party.
type Job struct {
	Task, Step string
	Attempt    int64
	Self       int
	Parties    []Party
	Input      Input
	OutputName string
	Output     string
	Parameters Parameters
	Timeout    int64
}

// Receives says whether this party gets a result.
func (j *Job) Receives() bool { return slices.Contains(j.Parameters.Receivers, j.Self) }

// Read parses and checks a job. root is the shared folder: input and output must lie in its `in` and `out`.
// The error names the first field that is unknown, missing or wrong.
func Read(text []byte, root string) (*Job, error) {
	value, err := parse(text)
	if err != nil {
		return nil, err
	}
	s := newShape(value, "", &err, []string{"schema", "task", "step", "attempt", "algorithm", "self", "parties", "inputs", "outputs", "parameters", "timeoutSeconds"})
	if err != nil {
		return nil, err
	}
	s.word("schema", Schema)
	algorithm := newShape(s.value["algorithm"], "algorithm", &err, []string{"name", "version"})
	algorithm.word("name", "sets")
	algorithm.word("version", "1.0.0")
	job := &Job{Parties: readParties(s)}
	names := make([]string, len(job.Parties))
	for i, party := range job.Parties {
		names[i] = party.Name
	}
	job.Task, job.Step = s.text("task", 256), s.text("step", 256)
	job.Attempt = s.number("attempt", 1, 1_000_000)
	job.Self = slices.Index(names, s.word("self", names...))
	job.Input = readInput(s, root)
	job.OutputName, job.Output = readOutput(s, root)
	job.Parameters = readParameters(s, names)
	job.Timeout = s.number("timeoutSeconds", 1, longestRunSeconds)
	if gives := job.Parameters.gives(job.Self); gives && job.Input.Path == "" {
		s.fail(fault.BadJob("inputs", "must have 1 elements, not 0"))
	} else if !gives && job.Input.Path != "" {
		s.fail(fault.BadJob("inputs", "must be empty: this party gives nothing"))
	}
	if q := job.Parameters.Query; q != nil && q.Server == job.Self {
		job.Input.Values = q.ValueColumns
	}
	if err != nil {
		return nil, err
	}
	return job, nil
}

// gives says whether a party has an input.
func (p *Parameters) gives(rank int) bool {
	switch {
	case p.Operation == Deliver:
		return p.Giver == rank
	case p.SQL != nil:
		return p.SQL.Of(rank) != nil
	}
	return true
}

func readParties(s shape) []Party {
	var parties []Party
	for i, value := range s.items("parties", 2, mostParties) {
		field := fmt.Sprintf("parties[%d]", i)
		each := newShape(value, field, s.err, []string{"name", "address"})
		party := Party{Name: each.text("name", 63), Address: each.text("address", 256)}
		address, err := netip.ParseAddrPort(party.Address)
		if err != nil || !address.Addr().Is4() || !address.Addr().IsLoopback() || address.Port() == 0 {
			s.fail(fault.BadJob(each.at("address"), "must be a loopback address with port, such as 127.0.0.1:9101"))
		}
		party.Port = int(address.Port())
		for j, other := range parties {
			if other.Name == party.Name {
				s.fail(fault.BadJob(each.at("name"), "%q is named twice", party.Name))
			}
			if other.Port == party.Port {
				s.fail(fault.BadJob(each.at("address"), "has the port of parties[%d]; every party needs its own local port", j))
			}
		}
		parties = append(parties, party)
	}
	return parties
}

func readInput(s shape, root string) Input {
	for _, value := range s.items("inputs", 0, 1) {
		each := newShape(value, "inputs[0]", s.err, []string{"name", "path", "keys", "rows"})
		input := Input{Name: each.text("name", 256), Path: below(each, root, "in"), Keys: each.names("keys", 1, 16), Rows: each.number("rows", 1, 10_000_000_000)}
		if slices.Contains(input.Keys, RowColumn) {
			s.fail(fault.BadJob(each.at("keys"), "%s is the row number and cannot be a key", RowColumn))
		}
		return input
	}
	return Input{}
}

func readOutput(s shape, root string) (name, path string) {
	for _, value := range s.items("outputs", 1, 1) {
		each := newShape(value, "outputs[0]", s.err, []string{"name", "path"})
		return each.text("name", 256), below(each, root, "out")
	}
	return "", ""
}

func below(s shape, root, folder string) string {
	path := s.text("path", 1024)
	base := filepath.Join(root, folder)
	if slices.Contains(strings.Split(path, "/"), "..") || !strings.HasPrefix(filepath.Clean(path), base+"/") {
		s.fail(fault.BadJob(s.at("path"), "must be a file in %s", base))
	}
	return path
}
