package protocol

import (
	"bytes"
	"slices"

	"collabnet.dev/engine-sets/internal/group"
	"collabnet.dev/engine-sets/internal/link"
	"collabnet.dev/engine-sets/internal/oprf"
	"collabnet.dev/engine-sets/internal/table"
)

// tag stands for a doubly masked point where only equality matters. 16 bytes keep the chance of a false match below
// 2^-64 for 2^32 elements at either side.
type tag [16]byte

const tagSize = len(tag{})

func compareTags(a, b tag) int { return bytes.Compare(a[:], b[:]) }

// comparison is ECDH-PSI between this party and one peer (Meadows 1986; Huberman, Franklin, Hogg 1999).
type comparison struct {
	*run
	peer *link.Peer
	// items in random order, at both ends: a position says nothing about a key.
	items []table.Item
	// gets and gives: who learns of the comparison.
	gets, gives bool
	// hidden: tags go back in another order, so that only their number can be told.
	hidden bool

	secret         group.Scalar
	window         chan struct{}
	own, peersTags []tag
}

// compare returns which of the items the peer has too (nil where that is hidden) and how many.
func (r *run) compare(peer *link.Peer, items []table.Item, gets, gives, hidden bool) (which []bool, count int64, err error) {
	c, err := r.exchange(peer, items, gets, gives, hidden)
	if err != nil || !gets {
		return nil, 0, err
	}
	slices.SortFunc(c.peersTags, compareTags)
	if !hidden {
		which = make([]bool, len(items))
	}
	for i, own := range c.own {
		if _, found := slices.BinarySearchFunc(c.peersTags, own, compareTags); found {
			count++
			if !hidden {
				which[i] = true
			}
		}
	}
	return which, count, nil
}

// exchange masks, raises and hands out tags: who gets has those of its own items, and those of the peer's points in the order in
// which these came.
func (r *run) exchange(peer *link.Peer, items []table.Item, gets, gives, hidden bool) (*comparison, error) {
	c := &comparison{run: r, peer: peer, items: items, gets: gets, gives: gives, hidden: hidden}
	var err error
	if c.secret, err = r.Group.NewScalar(); err != nil {
		return nil, err
	}
	if gets && !hidden {
		c.window = make(chan struct{}, link.Window)
	}
	parts := []func() error{c.sendPoints, c.raisePeers}
	if gets {
		parts = append(parts, c.readTags)
	}
	return c, together(r.mesh.Fail, parts...)
}

// sendPoints masks the own items. What the peer answers frame by frame is sent only as fast as it answers.
func (c *comparison) sendPoints() error {
	return c.sendMasked(c.peer, c.items, c.window, func(to, item []byte) []byte { return c.Group.HashMul(to, item, c.secret) })
}

// raisePeers multiplies the peer's points; their tags are kept, sent back, or both.
func (c *comparison) raisePeers() error {
	size := c.Group.PointSize()
	var kept []tag
	err := batches(c.peer.Count, func(from, to int) error {
		points, err := c.receive(c.peer, link.Points, (to-from)*size)
		if err != nil {
			return err
		}
		tags := make([]tag, to-from)
		err = spread(to-from, func(from, to int) error {
			buffer := make([]byte, 0, size)
			for i := from; i < to; i++ {
				point, err := c.Group.Mul(buffer, points[i*size:(i+1)*size], c.secret)
				if err != nil {
					return c.peer.Nonsense()
				}
				copy(tags[i][:], oprf.Digest(c.Group, "tag", point))
			}
			c.advance(to - from)
			return nil
		})
		if err != nil {
			return err
		}
		if c.gets || c.hidden {
			kept = append(kept, tags...)
		}
		if c.gives && !c.hidden {
			return c.peer.Send(link.Tags, joinTags(tags))
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.peersTags = kept
	if !c.gives || !c.hidden {
		return nil
	}
	if err := shuffle(kept); err != nil {
		return err
	}
	return batches(len(kept), func(from, to int) error { return c.peer.Send(link.Tags, joinTags(kept[from:to])) })
}

func (c *comparison) readTags() error {
	c.own = make([]tag, len(c.items))
	return batches(len(c.items), func(from, to int) error {
		payload, err := c.receive(c.peer, link.Tags, (to-from)*tagSize)
		if err != nil {
			return err
		}
		for i := from; i < to; i++ {
			copy(c.own[i][:], payload[(i-from)*tagSize:])
		}
		if c.window != nil {
			<-c.window
		}
		return nil
	})
}

func joinTags(tags []tag) []byte {
	out := make([]byte, 0, len(tags)*tagSize)
	for i := range tags {
		out = append(out, tags[i][:]...)
	}
	return out
}
