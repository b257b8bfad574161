package job

import (
	"fmt"
	"slices"

	"collabnet.dev/engine-sets/internal/fault"
	"collabnet.dev/engine-sets/internal/group"
)

// Operations on the parties' sets.
const (
	Intersection = "Intersection"
	Cardinality  = "Cardinality"
	Difference   = "Difference"
	Union        = "Union"
	PrivateQuery = "PrivateQuery"
	Deliver      = "Deliver"
	SQLQuery     = "SqlQuery"
)

const (
	// MostQueries is the largest number that maximumQueries may have.
	MostQueries      = 10_000_000
	mostValueColumns = 64
)

// Parameters of the algorithm sets 1.0.0.
type Parameters struct {
	Operation string
	Curve     string
	// Receivers are ranks, in rank order.
	Receivers []int
	// MinimumSetSize is 0 without such a rule.
	MinimumSetSize int64
	// Query is nil for all operations but PrivateQuery.
	Query *Query
	// SQL is nil for all operations but SqlQuery.
	SQL *SQL
	// Giver is the rank of the party whose file goes to the receivers, for Deliver alone.
	Giver int
}

// Query has the parameters of PrivateQuery alone: the client gets the value columns of the server's rows with its keys.
type Query struct {
	// Server and Client are ranks.
	Server, Client int
	// MaximumQueries is how many different keys the client may ask, the one of its dummy row included.
	MaximumQueries int64
	ValueColumns   []string
}

// twoParty are the operations that know no third party.
var twoParty = []string{Difference, Union, PrivateQuery}

// queryFields belong to PrivateQuery, which needs all of them.
var queryFields = []string{"server", "client", "maximumQueries", "valueColumns"}

func readParameters(job shape, parties []string) Parameters {
	optional := slices.Concat([]string{"curve", "minimumSetSize", "giver"}, queryFields, sqlFields)
	s := newShape(job.value["parameters"], "parameters", job.err, []string{"operation", "receivers"}, optional...)
	if *job.err != nil {
		return Parameters{}
	}
	p := Parameters{Operation: s.word("operation", Intersection, Cardinality, Difference, Union, PrivateQuery, Deliver, SQLQuery), Curve: group.Names[0]}
	if slices.Contains(twoParty, p.Operation) && len(parties) != 2 {
		s.fail(fault.BadJob(s.at("operation"), "%s is for 2 parties, not %d", p.Operation, len(parties)))
	}
	for i, name := range s.names("receivers", 1, len(parties)) {
		p.Receivers = append(p.Receivers, s.rank(name, fmt.Sprintf("parameters.receivers[%d]", i), parties))
	}
	slices.Sort(p.Receivers)
	if s.has("curve") {
		p.Curve = s.word("curve", group.Names...)
	}
	if s.has("minimumSetSize") {
		if p.Operation != Intersection && p.Operation != Cardinality {
			s.fail(fault.BadJob(s.at("minimumSetSize"), "belongs to Intersection and Cardinality; remove it for %s", p.Operation))
		}
		p.MinimumSetSize = s.number("minimumSetSize", 1, 10_000_000_000)
	}
	s.belong(p.Operation, PrivateQuery, queryFields...)
	s.belong(p.Operation, SQLQuery, sqlFields...)
	s.belong(p.Operation, Deliver, "giver")
	if p.Operation == Deliver && *s.err == nil {
		p.Giver = s.rank(s.text("giver", 63), s.at("giver"), parties)
		if i := slices.Index(p.Receivers, p.Giver); i >= 0 {
			s.fail(fault.BadJob(s.at("receivers"), "must not have the giver among them"))
		}
	}
	if p.Operation == PrivateQuery && *s.err == nil {
		p.Query = s.privateQuery(p.Receivers, parties)
	}
	if p.Operation == SQLQuery && *s.err == nil {
		p.SQL = s.sql(parties)
	}
	return p
}

// belong fails where fields of one operation are missing from it or stand with another.
func (s shape) belong(operation, of string, fields ...string) {
	for _, field := range fields {
		switch {
		case operation == of && !s.has(field):
			s.fail(fault.BadJob(s.at(field), "is missing"))
		case operation != of && s.has(field):
			s.fail(fault.BadJob(s.at(field), "belongs to %s; remove it for %s", of, operation))
		}
	}
}

func (s shape) privateQuery(receivers []int, parties []string) *Query {
	q := &Query{
		Server: s.rank(s.text("server", 63), s.at("server"), parties), Client: s.rank(s.text("client", 63), s.at("client"), parties),
		MaximumQueries: s.number("maximumQueries", 1, MostQueries), ValueColumns: s.names("valueColumns", 1, mostValueColumns),
	}
	if q.Server == q.Client {
		s.fail(fault.BadJob(s.at("client"), "is the server; it must be the other party"))
	}
	if !slices.Equal(receivers, []int{q.Client}) {
		s.fail(fault.BadJob(s.at("receivers"), "must be the client and nobody else"))
	}
	if i := slices.Index(q.ValueColumns, RowColumn); i >= 0 {
		s.fail(fault.BadJob(fmt.Sprintf("%s[%d]", s.at("valueColumns"), i), "%s is the row number and cannot be a value", RowColumn))
	}
	return q
}

// rank is the place of a name among the parties.
func (s shape) rank(name, field string, parties []string) int {
	rank := slices.Index(parties, name)
	if rank < 0 {
		s.fail(fault.BadJob(field, "%q is not a party of the job", name))
	}
	return rank
}
