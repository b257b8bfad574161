package link

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"collabnet.dev/engine-sets/internal/fault"
)

func TestFrames(t *testing.T) {
	kind, payload, err := readFrame(bytes.NewReader(encodeFrame(Points, []byte("abc"))))
	if kind != Points || string(payload) != "abc" || err != nil {
		t.Error(kind, payload, err)
	}
	for _, bad := range [][]byte{{0, 0, 0, 0, 17}, {0xff, 0, 0, 0, 17}, {0, 0, 0, 1, 0}, {0, 0, 0, 1, 99}} {
		if _, _, err := readFrame(bytes.NewReader(bad)); err != errFrame {
			t.Error(bad, err)
		}
	}
}

func config(self int, addresses []string) Config {
	return Config{Self: self, Names: []string{"a", "b"}, Addresses: addresses, Fields: []Field{{"task", "t"}, {"curve", "c"}}, Count: 3, ConnectFor: 2 * time.Second, StallAfter: 400 * time.Millisecond}
}

func addresses(t *testing.T) (found []string) {
	for range 2 {
		listener, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		found = append(found, listener.Addr().String())
	}
	return found
}

func TestDifferencesAreNamed(t *testing.T) {
	at := addresses(t)
	a, b := config(0, at), config(1, at)
	b.Fields = []Field{{"task", "t"}, {"curve", "other"}}
	errs := make(chan error, 2)
	for _, c := range []Config{a, b} {
		go func() {
			_, err := Connect(context.Background(), c)
			errs <- err
		}()
	}
	for range 2 {
		if err := fault.From(<-errs); err.Code != "PARAMETERS_DIFFER" || !strings.HasSuffix(err.Message, ": curve") {
			t.Error(err)
		}
	}
}

// A slow peer sends heartbeats and is waited for; a silent one is not.
func TestHeartbeatsAndSilence(t *testing.T) {
	at := addresses(t)
	meshes := make(chan *Mesh, 2)
	for i := range 2 {
		go func() {
			m, err := Connect(context.Background(), config(i, at))
			if err != nil {
				t.Error(err)
			}
			meshes <- m
		}()
	}
	a, b := <-meshes, <-meshes
	time.Sleep(time.Second)
	if a.Err() != nil || b.Err() != nil {
		t.Fatal(a.Err(), b.Err())
	}
	a.Fail(fault.New("IO_FAILED", "a volume"))
	<-b.Context().Done()
	if err := fault.From(b.Err()); err.Code != "PEER_FAILED" || !strings.HasSuffix(err.Message, "IO_FAILED") {
		t.Error(err)
	}
}

// fake is a peer of rank 0 that says hello and then does what the test wants.
func fake(at []string, then func(net.Conn)) error {
	c := config(0, at)
	go func() {
		var conn net.Conn
		for {
			var err error
			if conn, err = net.Dial("tcp4", at[1]); err == nil {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		_, _ = conn.Write(encodeFrame(Hello, c.hello()))
		_, _, _ = readFrame(conn)
		_, _ = conn.Write(encodeFrame(Begin, nil))
		then(conn)
	}()
	m, err := Connect(context.Background(), config(1, at))
	if err != nil {
		// The peer failed so soon after its hello that the mesh never stood.
		return err
	}
	_, err = m.Peer(0).Receive(Points)
	return m.Fail(err)
}

func TestPeersThatMisbehave(t *testing.T) {
	silent := func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }
	cases := map[string]func(net.Conn){
		"STALLED":       silent,
		"CONNECT_LOST":  func(conn net.Conn) { _ = conn.Close() },
		"PEER_PROTOCOL": func(conn net.Conn) { _, _ = conn.Write([]byte("HTTP/1.1 400 Bad Request")); silent(conn) },
		"PEER_FAILED":   func(conn net.Conn) { _, _ = conn.Write(encodeFrame(Failed, []byte("ABORTED"))); silent(conn) },
	}
	for want, then := range cases {
		start := time.Now()
		if err := fault.From(fake(addresses(t), then)); err.Code != want {
			t.Error(want, err)
		}
		if time.Since(start) > 3*time.Second {
			t.Error(want, time.Since(start))
		}
	}
	// A last word must not carry anything but a code.
	if err := fault.From(fake(addresses(t), func(conn net.Conn) { _, _ = conn.Write(encodeFrame(Failed, []byte("a value"))); silent(conn) })); err.Code != "PEER_PROTOCOL" {
		t.Error(err)
	}
}
