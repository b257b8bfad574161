package link

import (
	"context"
	"net"
	"sync"
	"time"

	"collabnet.dev/engine-sets/internal/fault"
)

// Config is what a mesh needs to know of the job.
type Config struct {
	Self int
	// Names and Addresses by rank.
	Names, Addresses []string
	Fields           []Field
	// Count is the number of own distinct keys.
	Count uint64
	// Refuse, if there is one, sees how many keys a peer has; its failure ends the run before the link stands. Both ends
	// have to come to the same: neither tells the other.
	Refuse     func(rank int, count uint64) error
	ConnectFor time.Duration
	StallAfter time.Duration
	// Observe is told of every frame of a protocol that arrives; for tests.
	Observe func(from int, t Type, size int)
}

// Mesh holds the links to all peers. It fails as a whole: the first thing that goes wrong is told to every peer.
type Mesh struct {
	config Config
	ctx    context.Context
	cancel context.CancelCauseFunc
	mutex  sync.Mutex
	peers  map[int]*Peer
	joined chan struct{}
	ends   sync.WaitGroup
}

// Peer is the link to the party of a rank.
func (m *Mesh) Peer(rank int) *Peer {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.peers[rank]
}

// Peers are the links to all others, by rank.
func (m *Mesh) Peers() []*Peer {
	var peers []*Peer
	for rank := range m.config.Names {
		if p := m.Peer(rank); p != nil {
			peers = append(peers, p)
		}
	}
	return peers
}

// Err is why the mesh has failed, or nil.
func (m *Mesh) Err() error { return context.Cause(m.ctx) }

// Context ends when the mesh fails.
func (m *Mesh) Context() context.Context { return m.ctx }

// Fail ends the run for all parties and returns the first reason there was.
func (m *Mesh) Fail(err error) error {
	err = m.fail(err)
	m.ends.Wait()
	return err
}

func (m *Mesh) fail(err error) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if known := m.Err(); known != nil {
		return known
	}
	m.cancel(err)
	for _, p := range m.peers {
		m.sayFailed(p)
	}
	return err
}

func (m *Mesh) sayFailed(p *Peer) {
	code := fault.From(m.Err()).Code
	m.ends.Go(func() { p.end(code) })
}

// Finish closes the links after every peer's verdict has come.
func (m *Mesh) Finish() {
	for _, p := range m.Peers() {
		m.ends.Go(func() { p.end("") })
	}
	m.ends.Wait()
}

// add takes a link that both ends have agreed on; false if there is one to this party already.
func (m *Mesh) add(conn net.Conn, h hello) bool {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.peers[h.rank] != nil {
		return false
	}
	p := newPeer(m, conn.(*net.TCPConn), h)
	m.peers[h.rank] = p
	go p.readAll()
	go p.beat()
	if m.Err() != nil {
		// Another link failed meanwhile; this party is told as well.
		m.sayFailed(p)
	}
	if len(m.peers) == len(m.config.Names)-1 {
		close(m.joined)
	}
	return true
}
