package protocol

import (
	"collabnet.dev/engine-sets/internal/link"
	"collabnet.dev/engine-sets/internal/okvs"
	"collabnet.dev/engine-sets/internal/oprf"
)

// Oblivious programmable PRF: the leader learns at each own item x the value that the peer has programmed there, z(x), if
// the peer has x too, and something random if not, and cannot tell which.

// queryHint adds to sums what a peer has programmed at the own items.
func (r *run) queryHint(p *link.Peer, sums []okvs.Value) error {
	client, err := oprf.NewClient(r.Group)
	if err != nil {
		return err
	}
	window := make(chan struct{}, link.Window)
	err = together(r.mesh.Fail,
		func() error { return r.sendMasked(p, r.Items, window, client.Blind) },
		func() error {
			return r.readAnswers(p, client, window, func(i int, output oprf.Output) {
				v := output.Value()
				sums[i].Xor(&v)
			})
		})
	if err != nil {
		return err
	}
	hint, err := r.readHint(p)
	if err != nil {
		return err
	}
	return r.overItems(func() func(int) error {
		return func(i int) error {
			v := hint.Get(r.Items[i][:])
			sums[i].Xor(&v)
			return nil
		}
	})
}

// readAnswers gives use the output at each own item; several goroutines call it.
func (r *run) readAnswers(p *link.Peer, client *oprf.Client, window chan struct{}, use func(i int, output oprf.Output)) error {
	size := r.Group.PointSize()
	return batches(len(r.Items), func(from, to int) error {
		answers, err := r.receive(p, link.Raised, (to-from)*size)
		if err != nil {
			return err
		}
		<-window
		return spread(to-from, func(a, b int) error {
			for i := a; i < b; i++ {
				output, err := client.Finish(r.Items[from+i][:], answers[i*size:(i+1)*size])
				if err != nil {
					return p.Nonsense()
				}
				use(from+i, output)
			}
			r.advance(b - a)
			return nil
		})
	})
}

func (r *run) readHint(p *link.Peer) (*okvs.Table, error) {
	seed, err := r.receive(p, link.HintSeed, okvs.SeedSize)
	if err != nil {
		return nil, err
	}
	hint := &okvs.Table{Seed: [okvs.SeedSize]byte(seed), Slots: make([]okvs.Value, okvs.Slots(p.Count))}
	return hint, batches(len(hint.Slots), func(from, to int) error {
		payload, err := r.receive(p, link.Hint, (to-from)*okvs.ValueSize)
		for i := from; err == nil && i < to; i++ {
			copy(hint.Slots[i][:], payload[(i-from)*okvs.ValueSize:])
		}
		return err
	})
}

// offerHint answers the leader's points while it makes the hint, and sends the hint after the last answer: the leader
// reads in this order.
func (r *run) offerHint(leader *link.Peer, z func() func([]byte) okvs.Value) error {
	server, err := oprf.NewServer(r.Group)
	if err != nil {
		return err
	}
	var hint *okvs.Table
	err = together(r.mesh.Fail,
		func() error { return r.answer(leader, server) },
		func() (err error) {
			hint, err = r.makeHint(server, z)
			return err
		})
	if err != nil {
		return err
	}
	if err := leader.Send(link.HintSeed, hint.Seed[:]); err != nil {
		return err
	}
	return batches(len(hint.Slots), func(from, to int) error {
		payload := make([]byte, 0, (to-from)*okvs.ValueSize)
		for i := from; i < to; i++ {
			payload = append(payload, hint.Slots[i][:]...)
		}
		return leader.Send(link.Hint, payload)
	})
}

func (r *run) answer(leader *link.Peer, server *oprf.Server) error {
	size := r.Group.PointSize()
	return batches(leader.Count, func(from, to int) error {
		points, err := r.receive(leader, link.Points, (to-from)*size)
		if err != nil {
			return err
		}
		raised := make([]byte, len(points))
		err = spread(to-from, func(a, b int) error {
			for i := a; i < b; i++ {
				if _, err := server.Answer(raised[i*size:i*size], points[i*size:(i+1)*size]); err != nil {
					return leader.Nonsense()
				}
			}
			r.advance(b - a)
			return nil
		})
		if err != nil {
			return err
		}
		return leader.Send(link.Raised, raised)
	})
}

func (r *run) makeHint(server *oprf.Server, z func() func([]byte) okvs.Value) (*okvs.Table, error) {
	values := make([]okvs.Value, len(r.Items))
	err := r.overItems(func() func(int) error {
		share := z()
		return func(i int) error {
			item := r.Items[i][:]
			values[i] = share(item)
			output := server.Evaluate(item)
			masked := output.Value()
			values[i].Xor(&masked)
			r.advance(1)
			return nil
		}
	})
	if err != nil {
		return nil, err
	}
	return okvs.Encode(len(values), func(i int) []byte { return r.Items[i][:] }, values)
}
