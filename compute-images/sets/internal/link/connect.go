package link

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"collabnet.dev/engine-sets/internal/fault"
)

const (
	retryAfter = 100 * time.Millisecond
	// afterFailure is how long a party that has failed still tells those who connect only now.
	afterFailure = time.Second
)

// Connect links all parties, one connection a pair: the lower rank connects, the higher one accepts. A tunnel accepts long
// before the peer's engine is there, so a link counts only when three frames have passed: Hello, Hello back, Begin.
// The mesh fails with CONNECT_FAILED when that takes longer than allowed, with PARAMETERS_DIFFER when a peer has another job.
func Connect(ctx context.Context, config Config) (*Mesh, error) {
	m := &Mesh{config: config, peers: map[int]*Peer{}, joined: make(chan struct{})}
	m.ctx, m.cancel = context.WithCancelCause(context.Background())
	deadline := time.Now().Add(config.ConnectFor)
	connecting, stop := context.WithDeadline(context.Background(), deadline)
	defer stop()
	if config.Self > 0 {
		listener, err := net.Listen("tcp4", config.Addresses[config.Self])
		if err != nil {
			return nil, fault.New("CONNECT_FAILED", "parties[%d].address: cannot listen on %s", config.Self, config.Addresses[config.Self])
		}
		defer listener.Close()
		go m.accept(connecting, listener, deadline)
	}
	for rank := config.Self + 1; rank < len(config.Names); rank++ {
		go m.dial(connecting, rank, deadline)
	}
	select {
	case <-m.joined:
		if m.Err() == nil {
			go func() {
				select {
				case <-ctx.Done():
					m.fail(context.Cause(ctx))
				case <-m.ctx.Done():
				}
			}()
			return m, nil
		}
	case <-connecting.Done():
		m.fail(m.unreached())
	case <-ctx.Done():
		m.fail(context.Cause(ctx))
	case <-m.ctx.Done():
	}
	select {
	case <-m.joined:
	case <-time.After(afterFailure):
	}
	return nil, m.Fail(m.Err())
}

func (m *Mesh) unreached() error {
	var missing []string
	for rank, name := range m.config.Names {
		if rank != m.config.Self && m.Peer(rank) == nil {
			missing = append(missing, fmt.Sprintf("parties[%d] (%s)", rank, name))
		}
	}
	return fault.New("CONNECT_FAILED", "not reached within %g s: %s", m.config.ConnectFor.Seconds(), strings.Join(missing, ", "))
}

func (m *Mesh) dial(ctx context.Context, rank int, deadline time.Time) {
	var dialer net.Dialer
	// Landlock has no rule for multipath TCP, and the system call filter refuses it.
	dialer.SetMultipathTCP(false)
	for ctx.Err() == nil && m.Peer(rank) == nil {
		conn, err := dialer.DialContext(ctx, "tcp4", m.config.Addresses[rank])
		if err == nil {
			if m.greet(ctx, conn, rank, deadline) {
				return
			}
			_ = conn.Close()
		}
		select {
		case <-time.After(retryAfter):
		case <-ctx.Done():
		}
	}
}

// greet says hello first; false if another try may get further.
func (m *Mesh) greet(ctx context.Context, conn net.Conn, rank int, deadline time.Time) bool {
	release := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })
	defer release()
	_ = conn.SetDeadline(deadline)
	if _, err := conn.Write(encodeFrame(Hello, m.config.hello())); err != nil {
		return false
	}
	h, err := m.awaitHello(conn)
	if err != nil || h.rank != rank {
		if errors.Is(err, errFrame) || err == nil {
			m.fail(fault.New("PEER_PROTOCOL", "parties[%d].address: what answers there is not the engine of %s", rank, m.config.Names[rank]))
		}
		return false
	}
	if err := m.config.objection(h); err != nil {
		m.fail(err)
		_ = conn.Close()
		return true
	}
	if _, err := conn.Write(encodeFrame(Begin, nil)); err != nil || !release() {
		return false
	}
	_ = conn.SetDeadline(time.Time{})
	return m.add(conn, h)
}

func (m *Mesh) accept(ctx context.Context, listener net.Listener, deadline time.Time) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			if !m.welcome(ctx, conn, deadline) {
				_ = conn.Close()
			}
		}()
	}
}

// welcome answers a hello; a connection that is given up before Begin counts for nothing.
func (m *Mesh) welcome(ctx context.Context, conn net.Conn, deadline time.Time) bool {
	release := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })
	defer release()
	_ = conn.SetDeadline(deadline)
	h, err := m.awaitHello(conn)
	if err != nil || h.rank >= m.config.Self {
		return false
	}
	if _, err := conn.Write(encodeFrame(Hello, m.config.hello())); err != nil {
		return false
	}
	if err := m.config.objection(h); err != nil {
		m.fail(err)
		// The peer reads our hello, finds the same and closes.
		_ = conn.SetReadDeadline(time.Now().Add(lastWords))
		_, _, _ = readFrame(conn)
		return false
	}
	if t, _, err := readFrame(conn); err != nil || t != Begin || !release() {
		return false
	}
	_ = conn.SetDeadline(time.Time{})
	return m.add(conn, h)
}

func (m *Mesh) awaitHello(conn net.Conn) (hello, error) {
	t, payload, err := readFrame(conn)
	if err != nil {
		return hello{}, err
	}
	if t != Hello {
		return hello{}, errFrame
	}
	return m.config.readHello(payload)
}
