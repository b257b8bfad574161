package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"collabnet.dev/engine-sets/internal/confinement"
	"collabnet.dev/engine-sets/internal/fault"
	"collabnet.dev/engine-sets/internal/files"
	"collabnet.dev/engine-sets/internal/group"
	"collabnet.dev/engine-sets/internal/job"
	"collabnet.dev/engine-sets/internal/link"
	"collabnet.dev/engine-sets/internal/protocol"
	"collabnet.dev/engine-sets/internal/sql"
	"collabnet.dev/engine-sets/internal/table"
)

// outcomeDescriptor is the pipe to the supervisor.
const outcomeDescriptor = 3

// workerMain is the confined process that touches data: prepare, connect, compute, write.
func workerMain(s settings, log io.Writer) int {
	pipe := os.NewFile(outcomeDescriptor, "outcome")
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	go func() {
		<-signals
		cancel(fault.New("ABORTED", "aborted while the job ran"))
	}()
	// Almost all memory is a few large arrays without pointers: collecting often costs nothing and keeps the peak low.
	debug.SetGCPercent(20)
	o := outcome{Code: "OK", Seconds: map[string]float64{}}
	if err := work(ctx, s, files.NewProgress(s.place, log), &o); err != nil {
		failure := fault.From(err)
		var file *fs.PathError
		if errors.As(err, &file) {
			failure = fault.New("IO_FAILED", "%s: %s", file.Err, file.Path)
		}
		o.Code, o.Message, o.Field = failure.Code, failure.Message, failure.Field
	}
	_ = json.NewEncoder(pipe).Encode(o)
	return fault.ExitOK
}

func work(ctx context.Context, s settings, progress *files.Progress, o *outcome) (err error) {
	defer func() {
		if recover() != nil {
			err = fault.New("ENGINE_ERROR", "an unexpected failure inside the engine")
		}
	}()
	text, err := os.ReadFile(s.place.File("job.json"))
	if err != nil {
		return err
	}
	of, err := job.Read(text, s.place.Root)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(of.Output), 0o755); err != nil {
		return err
	}
	o.Isolation = confinement.Start()
	if err := o.Isolation.Job(of, s.place.Engine()); err != nil {
		return err
	}
	g, err := group.ByName(of.Parameters.Curve)
	if err != nil {
		return err
	}
	clock := func(phase string, do func() error) error {
		start := time.Now()
		defer func() { o.Seconds[phase] = seconds(time.Since(start)) }()
		return do()
	}
	var own own
	err = clock("prepare", func() (err error) {
		progress.Report("prepare", 0)
		own, err = read(of, g)
		return err
	})
	if err != nil {
		return err
	}
	progress.ReportRows("prepare", 100, of.Input.Rows)
	var mesh *link.Mesh
	err = clock("connect", func() (err error) {
		progress.Report("connect", 0)
		mesh, err = link.Connect(ctx, meshConfig(s, of, own))
		return err
	})
	if err != nil {
		return err
	}
	progress.Report("connect", 100)
	var result protocol.Result
	err = clock("compute", func() (err error) {
		progress.Report("psi", 0)
		result, err = protocol.Run(mesh, protocol.Task{
			Self: of.Self, Parties: len(of.Parties), Operation: of.Parameters.Operation, Receivers: of.Parameters.Receivers,
			MinimumSetSize: of.Parameters.MinimumSetSize, Group: g, Items: own.items, Keys: own.keys, Query: own.task(of), Delivery: delivery(s, of), Gathering: gathering(s, of),
			Progress: func(percent int) { progress.Report("psi", percent) },
		})
		return err
	})
	if err != nil || !of.Receives() {
		return err
	}
	progress.Report("psi", 100)
	err = clock("write", func() (err error) {
		o.Rows, err = write(s, of, g, own, result)
		return err
	})
	if err == nil {
		progress.ReportRows("write", 100, o.Rows)
	}
	return err
}

// own is what this party has: its distinct keys, for a union with their text; for a private query its rows as well, or its entries and
// no keys.
type own struct {
	items   []table.Item
	keys    *table.Entries
	rows    []table.Query
	entries *table.Entries
}

func read(of *job.Job, g group.Group) (o own, err error) {
	query := of.Parameters.Query
	switch {
	case of.Parameters.Operation == job.Deliver || of.Parameters.SQL != nil:
		err = table.Exists(of.Input)
	case of.Parameters.Operation == job.Union:
		o.keys, o.items, err = table.ReadKeys(of.Input, g.NewHash)
	case query == nil:
		o.items, err = table.Items(of.Input, g.NewHash)
	case of.Self == query.Server:
		o.entries, err = table.ReadEntries(of.Input, g.NewHash)
	default:
		o.rows, o.items, err = table.ReadQueries(of.Input, g.NewHash)
	}
	return o, err
}

func (o *own) count() int {
	if o.entries != nil {
		return len(o.entries.List)
	}
	return len(o.items)
}

func (o *own) task(of *job.Job) *protocol.Query {
	query := of.Parameters.Query
	if query == nil {
		return nil
	}
	return &protocol.Query{Server: query.Server, MaximumQueries: query.MaximumQueries, Columns: len(query.ValueColumns), Entries: o.entries}
}

func write(s settings, of *job.Job, g group.Group, own own, result protocol.Result) (int64, error) {
	switch of.Parameters.Operation {
	case job.Cardinality:
		return 1, table.WriteCardinality(of, s.place.Scratch(), result.Count)
	case job.Deliver, job.SQLQuery:
		return 0, os.Rename(received(s), of.Output)
	case job.Union:
		return table.WriteUnion(of, s.place.Scratch(), own.keys, result.Missing)
	case job.PrivateQuery:
		return table.WriteAnswers(of, s.place.Scratch(), own.rows, result.Answer)
	}
	return table.WriteRows(of, g.NewHash, s.place.Scratch(), func(item table.Item) bool {
		_, found := slices.BinarySearchFunc(result.Items, item, table.Compare)
		return found
	})
}

func delivery(s settings, of *job.Job) *protocol.Delivery {
	if of.Parameters.Operation != job.Deliver {
		return nil
	}
	return &protocol.Delivery{Giver: of.Parameters.Giver, Source: of.Input.Path, Target: received(s)}
}

// gathering runs the query once all files are there.
func gathering(s settings, of *job.Job) *protocol.Gathering {
	q := of.Parameters.SQL
	if q == nil {
		return nil
	}
	g := &protocol.Gathering{Host: q.Host, Source: of.Input.Path, Folder: filepath.Dir(of.Output), Target: received(s)}
	for _, each := range q.Tables {
		g.Givers = append(g.Givers, each.Party)
	}
	g.Compute = func(ctx context.Context, files map[int]string) error {
		_, err := sql.Run(ctx, q, files, received(s), s.place.Scratch())
		return err
	}
	return g
}

// received is where a delivered file grows: it is an output only when all parties are content.
func received(s settings) string { return filepath.Join(s.place.Scratch(), "received.part") }

// meshConfig lists what all parties must have in common.
func meshConfig(s settings, of *job.Job, own own) link.Config {
	c := link.Config{Self: of.Self, Count: uint64(own.count()), ConnectFor: s.connect, StallAfter: s.stall}
	for _, party := range of.Parties {
		c.Names, c.Addresses = append(c.Names, party.Name), append(c.Addresses, party.Address)
	}
	var receivers []string
	for _, rank := range of.Parameters.Receivers {
		receivers = append(receivers, c.Names[rank])
	}
	p := of.Parameters
	var server, client, maximumQueries, valueColumns, giver, query string
	keys := strconv.Itoa(len(of.Input.Keys))
	if p.Operation == job.Deliver {
		giver, keys = c.Names[p.Giver], ""
	}
	if p.SQL != nil {
		query, keys = sqlText(p.SQL), ""
	}
	if q := p.Query; q != nil {
		server, client = c.Names[q.Server], c.Names[q.Client]
		maximumQueries, valueColumns = strconv.FormatInt(q.MaximumQueries, 10), strings.Join(q.ValueColumns, "\n")
	}
	if q := own.task(of); q != nil {
		c.Refuse = func(rank int, count uint64) error {
			if rank != of.Parameters.Query.Client {
				count = c.Count
			}
			return q.Refuse(count)
		}
	}
	c.Fields = []link.Field{
		{Name: "task", Value: of.Task}, {Name: "step", Value: of.Step}, {Name: "attempt", Value: strconv.FormatInt(of.Attempt, 10)},
		{Name: "parties", Value: strings.Join(c.Names, "\n")},
		{Name: "parameters.operation", Value: p.Operation}, {Name: "parameters.curve", Value: p.Curve},
		{Name: "parameters.receivers", Value: strings.Join(receivers, "\n")},
		{Name: "parameters.minimumSetSize", Value: strconv.FormatInt(p.MinimumSetSize, 10)},
		{Name: "parameters.server", Value: server}, {Name: "parameters.client", Value: client},
		{Name: "parameters.maximumQueries", Value: maximumQueries}, {Name: "parameters.valueColumns", Value: valueColumns},
		{Name: "parameters.giver", Value: giver}, {Name: "the query, its tables and its bounds", Value: query},
		{Name: "number of inputs[0].keys", Value: keys},
	}
	return c
}

// sqlText is a query with all that belongs to it, as one text that all parties must have alike.
func sqlText(q *job.SQL) string {
	text, _ := json.Marshal(q)
	digest := sha256.Sum256(text)
	return hex.EncodeToString(digest[:])
}
