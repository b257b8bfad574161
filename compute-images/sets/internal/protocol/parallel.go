package protocol

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// batch is how many items go into one frame: enough to occupy all cores, and 33 bytes each stay below the largest frame.
const batch = 4096

// piece is what a worker takes at once.
const piece = 64

// spread runs do for the pieces of [0, n) on all cores and returns the first error.
func spread(n int, do func(from, to int) error) error {
	var next atomic.Int64
	var wait sync.WaitGroup
	var failed atomic.Pointer[error]
	for range min(runtime.GOMAXPROCS(0), (n+piece-1)/piece) {
		wait.Go(func() {
			for failed.Load() == nil {
				from := int(next.Add(piece)) - piece
				if from >= n {
					return
				}
				if err := guard(func() error { return do(from, min(n, from+piece)) }); err != nil {
					failed.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	wait.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

// together runs all and returns the first error. One that fails must end the mesh, so that the others end as well: stop
// is for that.
func together(stop func(error) error, parts ...func() error) error {
	errs := make(chan error, len(parts))
	for _, part := range parts {
		go func() {
			err := guard(part)
			if err != nil {
				err = stop(err)
			}
			errs <- err
		}()
	}
	var first error
	for range parts {
		if err := <-errs; err != nil && first == nil {
			first = err
		}
	}
	return first
}

// batches calls do for [0, n) in steps of one frame.
func batches(n int, do func(from, to int) error) error { return steps(n, batch, do) }

func steps(n, size int, do func(from, to int) error) error {
	for from := 0; from < n; from += size {
		if err := do(from, min(n, from+size)); err != nil {
			return err
		}
	}
	return nil
}
