package link

import (
	"bufio"
	"errors"
	"net"
	"os"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"collabnet.dev/engine-sets/internal/fault"
)

const (
	// Frames that wait for their reader. No protocol sends more than Window frames that are answered one by one, so the
	// reader of a link is never held up by a queue whose consumer waits for the same link.
	queueLength = 2 * Window
	// Window is how many frames may be out that the peer answers in turn.
	Window = 8
	// lastWords is how long the last frames of an ending engine may take.
	lastWords = time.Second
)

var codeWord = regexp.MustCompile(`^[A-Z_]{1,32}$`)

// Peer is the link to one other party.
type Peer struct {
	// Rank and Count: who it is and how many distinct keys it has.
	Rank  int
	Count int

	mesh     *Mesh
	conn     *net.TCPConn
	inbox    [types]chan []byte
	writing  sync.Mutex
	broken   bool
	finished atomic.Bool
	gone     chan struct{}
}

func newPeer(mesh *Mesh, conn *net.TCPConn, h hello) *Peer {
	p := &Peer{Rank: h.rank, Count: int(h.count), mesh: mesh, conn: conn, gone: make(chan struct{})}
	for i := range p.inbox {
		p.inbox[i] = make(chan []byte, queueLength)
	}
	return p
}

// Send writes one frame. It may block as long as the peer is alive: whether it is, is watched where its frames arrive.
func (p *Peer) Send(t Type, payload []byte) error {
	if err := p.mesh.Err(); err != nil {
		return err
	}
	p.writing.Lock()
	defer p.writing.Unlock()
	if err := p.write(t, payload); err != nil {
		return p.mesh.fail(p.lost())
	}
	return nil
}

func (p *Peer) write(t Type, payload []byte) error {
	if p.broken {
		return net.ErrClosed
	}
	_, err := p.conn.Write(encodeFrame(t, payload))
	// Half a frame may be out: nothing can follow it.
	p.broken = err != nil
	return err
}

// Receive waits for the next frame of a type. It ends with the link, and the link ends with a peer that is silent.
func (p *Peer) Receive(t Type) ([]byte, error) {
	select {
	case payload := <-p.inbox[t]:
		return payload, nil
	default:
	}
	select {
	case payload := <-p.inbox[t]:
		return payload, nil
	case <-p.mesh.ctx.Done():
		return nil, p.mesh.Err()
	}
}

// Read makes reads of the link watch for silence: each may wait for an octet as long as the stall limit, and heartbeats
// come much more often. While this side does not read, nobody is blamed.
func (p *Peer) Read(buffer []byte) (int, error) {
	_ = p.conn.SetReadDeadline(time.Now().Add(p.mesh.config.StallAfter))
	return p.conn.Read(buffer)
}

func (p *Peer) readAll() {
	defer close(p.gone)
	reader := bufio.NewReaderSize(p, 1<<16)
	for {
		t, payload, err := readFrame(reader)
		switch {
		case err != nil:
			if !p.finished.Load() {
				p.mesh.fail(p.reason(err))
			}
			return
		case t == Heartbeat:
			continue
		case t == Failed:
			p.mesh.fail(p.failed(string(payload)))
			return
		}
		if p.mesh.config.Observe != nil {
			p.mesh.config.Observe(p.Rank, t, len(payload))
		}
		if t == Verdict {
			p.finished.Store(true)
		}
		select {
		case p.inbox[t] <- payload:
		case <-p.mesh.ctx.Done():
			// Read on without a use for it: closing with unread octets would take our last frame from the peer.
		}
	}
}

func (p *Peer) beat() {
	ticker := time.NewTicker(min(5*time.Second, p.mesh.config.StallAfter/4))
	defer ticker.Stop()
	for {
		select {
		case <-p.gone:
			return
		case <-p.mesh.ctx.Done():
			return
		case <-ticker.C:
			// Who holds the lock is writing, which is as good a sign of life.
			if p.writing.TryLock() {
				_ = p.write(Heartbeat, nil)
				p.writing.Unlock()
			}
		}
	}
}

// end says a last word, if there is one, and closes once the peer has closed or had its time. Closing at once could
// destroy what is still on its way to the peer.
func (p *Peer) end(code string) {
	_ = p.conn.SetWriteDeadline(time.Now().Add(lastWords))
	p.writing.Lock()
	if code != "" {
		_ = p.write(Failed, []byte(code))
	}
	p.broken = true
	p.writing.Unlock()
	_ = p.conn.CloseWrite()
	_ = p.conn.SetReadDeadline(time.Now().Add(lastWords))
	select {
	case <-p.gone:
	case <-time.After(lastWords):
	}
	_ = p.conn.Close()
}

func (p *Peer) name() string { return p.mesh.config.Names[p.Rank] }

func (p *Peer) lost() error {
	return fault.New("CONNECT_LOST", "parties[%d]: the connection to the engine of %s was closed", p.Rank, p.name())
}

func (p *Peer) reason(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fault.New("STALLED", "parties[%d]: nothing came from the engine of %s for %g s", p.Rank, p.name(), p.mesh.config.StallAfter.Seconds())
	case errors.Is(err, errFrame):
		return p.Nonsense()
	}
	return p.lost()
}

func (p *Peer) failed(code string) error {
	if !codeWord.MatchString(code) {
		return p.Nonsense()
	}
	return fault.New("PEER_FAILED", "parties[%d]: the engine of %s ended with %s", p.Rank, p.name(), code)
}

// Nonsense is the failure of a peer that sends what this protocol does not have at this place.
func (p *Peer) Nonsense() error {
	return fault.New("PEER_PROTOCOL", "parties[%d]: the engine of %s sent something that does not belong there", p.Rank, p.name())
}
