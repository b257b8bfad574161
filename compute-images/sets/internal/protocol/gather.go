package protocol

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
)

// Gathering brings the files of all parties together at one of them, which computes, and takes the result to its receivers. There is no
// cryptography here: the wire between the institutions has it, and the host is trusted with all it gets.
type Gathering struct {
	// Host and Givers are ranks.
	Host   int
	Givers []int
	// Source is the own file of a giver.
	Source string
	// Folder is where the host keeps what it gets, as given-<rank>.csv, so that it can be compared with what the givers committed to.
	Folder string
	// Target is what a receiver writes, and what Compute writes at the host. It is whole when Run returns without an error.
	Target string
	// Compute is called at the host alone, with a file for each giver's rank.
	Compute func(ctx context.Context, files map[int]string) error
}

func (r *run) gather() error {
	g := r.Gathering
	if r.Self == g.Host {
		return r.host()
	}
	host := r.mesh.Peer(g.Host)
	if slices.Contains(g.Givers, r.Self) {
		if err := r.giveFile(host, g.Source); err != nil {
			return err
		}
	}
	if !r.receives(r.Self) {
		return nil
	}
	return r.takeFile(host, g.Target)
}

func (r *run) host() error {
	g := r.Gathering
	files := map[int]string{}
	var parts []func() error
	for _, giver := range g.Givers {
		if giver == r.Self {
			files[giver] = g.Source
			continue
		}
		path := filepath.Join(g.Folder, fmt.Sprintf("given-%d.csv", giver))
		files[giver] = path
		parts = append(parts, func() error { return r.takeFile(r.mesh.Peer(giver), path) })
	}
	if err := together(r.mesh.Fail, parts...); err != nil {
		return err
	}
	if err := g.Compute(r.mesh.Context(), files); err != nil {
		return err
	}
	parts = nil
	for _, receiver := range r.Receivers {
		if receiver != r.Self {
			parts = append(parts, func() error { return r.giveFile(r.mesh.Peer(receiver), g.Target) })
		}
	}
	return together(r.mesh.Fail, parts...)
}
