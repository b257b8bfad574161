package engine

import (
	"errors"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"collabnet.dev/engine-sets/internal/confinement"
	"collabnet.dev/engine-sets/internal/fault"
	"collabnet.dev/engine-sets/internal/job"
)

const poll = 20 * time.Millisecond

// supervisor holds the conversation over files: ready, job, exit, release, abort.
type supervisor struct {
	settings
	isolation  confinement.Isolation
	terminated atomic.Bool
}

func supervise(s settings) (int, error) {
	if err := s.place.Open(); err != nil {
		return 0, err
	}
	v := &supervisor{settings: s}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	go func() {
		<-signals
		v.terminated.Store(true)
	}()
	v.isolation = confinement.Start()
	err := s.place.WriteJSON("ready.json", map[string]any{
		"schema": "collabnet.dev/engine-ready/v1", "engine": name, "version": version, "pid": os.Getpid(), "isolation": v.isolation,
	})
	if err != nil {
		return 0, err
	}
	o := outcome{Code: "OK", Seconds: map[string]float64{}, Isolation: v.isolation}
	started := time.Now()
	of, err := v.awaitJob()
	if err == nil {
		started = time.Now()
		o, err = v.compute(of, started)
	}
	if err != nil {
		failure := fault.From(err)
		o.Code, o.Message, o.Field = failure.Code, failure.Message, failure.Field
	}
	return v.leave(o, time.Since(started))
}

func (v *supervisor) awaitJob() (*job.Job, error) {
	for !v.aborted() {
		text, err := os.ReadFile(v.place.File("job.json"))
		if err == nil {
			return job.Read(text, v.place.Root)
		}
		if !errors.Is(err, os.ErrNotExist) {
			return nil, fault.BadJob("job.json", "cannot be read")
		}
		time.Sleep(poll)
	}
	return nil, fault.New("ABORTED", "aborted before the job")
}

// compute runs the worker and ends it when the courier or the clock says so. A worker that is told to end has a moment to
// tell its peers.
func (v *supervisor) compute(of *job.Job, started time.Time) (outcome, error) {
	w, err := startWorker()
	if err != nil {
		return outcome{Isolation: v.isolation}, fault.New("ENGINE_ERROR", "the worker process cannot be started")
	}
	deadline := started.Add(time.Duration(of.Timeout) * time.Second)
	var because error
	for because == nil {
		select {
		case o := <-w.ended:
			if o.Isolation.Canary == "" {
				o.Isolation = v.isolation
			}
			return o, nil
		case <-time.After(poll):
		}
		if v.aborted() {
			because = fault.New("ABORTED", "aborted while the job ran")
		} else if time.Now().After(deadline) {
			because = fault.New("TIMEOUT", "timeoutSeconds: the job was not done after %d s", of.Timeout)
		}
	}
	o := w.end()
	if o.Isolation.Canary == "" {
		o.Isolation = v.isolation
	}
	return o, because
}

// leave writes what has to be known and waits for release after success or failure.
func (v *supervisor) leave(o outcome, took time.Duration) (int, error) {
	exit := fault.ExitCode(o.Code)
	if o.Code == "IO_FAILED" && v.place.IsFull() {
		o.Code, o.Message = "SCRATCH_FULL", "the scratch volume of the compute pod is full; raise the Helm value compute.scratch.size"
	}
	// Before the exit is written: it makes room for it.
	v.place.Wipe()
	if exit == fault.ExitBadJob {
		err := v.place.WriteJSON("error.json", map[string]any{"schema": "collabnet.dev/engine-error/v1", "code": o.Code, "field": o.Field, "message": o.Message})
		if err != nil {
			return 0, err
		}
	}
	status := "Failed"
	if o.Code == "OK" {
		status = "Succeeded"
	}
	if o.Seconds == nil {
		o.Seconds = map[string]float64{}
	}
	o.Seconds["total"] = seconds(took)
	err := v.place.WriteJSON("exit.json", map[string]any{
		"schema": "collabnet.dev/engine-exit/v1", "status": status, "code": o.Code, "message": o.Message, "seconds": o.Seconds,
		"rows": o.Rows, "peakRssBytes": o.peakRSS, "isolation": o.Isolation,
	})
	if err != nil {
		return 0, err
	}
	if exit == fault.ExitOK || exit == fault.ExitFailed {
		for end := time.Now().Add(v.release); time.Now().Before(end) && !v.place.Seen("release") && !v.aborted(); {
			time.Sleep(poll)
		}
	}
	return exit, nil
}

func (v *supervisor) aborted() bool { return v.terminated.Load() || v.place.Seen("abort") }
