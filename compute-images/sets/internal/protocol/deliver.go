package protocol

import (
	"encoding/binary"
	"io"
	"io/fs"
	"os"

	"collabnet.dev/engine-sets/internal/link"
)

// Delivery hands a file on, octet by octet: no cryptography here, the wire between the institutions has it.
type Delivery struct {
	// Giver is a rank.
	Giver int
	// Source is the giver's file.
	Source string
	// Target is what a receiver writes. It is whole when Run returns without an error.
	Target string
}

// fileFrame is how much of a file goes into one frame.
const fileFrame = 128 << 10

func (r *run) deliver() error {
	if r.Self != r.Delivery.Giver {
		if !r.receives(r.Self) {
			return nil
		}
		return r.takeFile(r.mesh.Peer(r.Delivery.Giver), r.Delivery.Target)
	}
	var parts []func() error
	for _, receiver := range r.Receivers {
		parts = append(parts, func() error { return r.giveFile(r.mesh.Peer(receiver), r.Delivery.Source) })
	}
	return together(r.mesh.Fail, parts...)
}

func (r *run) giveFile(to *link.Peer, source string) error {
	file, err := os.Open(source)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	r.total.Add(info.Size())
	if err := to.Send(link.Length, binary.BigEndian.AppendUint64(nil, uint64(info.Size()))); err != nil {
		return err
	}
	buffer := make([]byte, fileFrame)
	for left := info.Size(); left > 0; {
		part := buffer[:min(left, fileFrame)]
		if _, err := io.ReadFull(file, part); err != nil {
			return &fs.PathError{Op: "read", Path: source, Err: err}
		}
		if err := to.Send(link.Content, part); err != nil {
			return err
		}
		left -= int64(len(part))
		r.advance(len(part))
	}
	return nil
}

func (r *run) takeFile(from *link.Peer, target string) error {
	said, err := r.receive(from, link.Length, 8)
	if err != nil {
		return err
	}
	length := binary.BigEndian.Uint64(said)
	if length > 1<<62 {
		return from.Nonsense()
	}
	r.total.Add(int64(length))
	file, err := os.Create(target)
	if err != nil {
		return err
	}
	defer file.Close()
	for left := int64(length); left > 0; {
		part, err := r.receive(from, link.Content, int(min(left, fileFrame)))
		if err != nil {
			return err
		}
		if _, err := file.Write(part); err != nil {
			return err
		}
		left -= int64(len(part))
		r.advance(len(part))
	}
	return file.Close()
}
