package protocol

import (
	"collabnet.dev/engine-sets/internal/link"
	"collabnet.dev/engine-sets/internal/table"
)

// sendMasked sends one point for every item. With a window, a frame waits until there is room for its answer.
func (r *run) sendMasked(to *link.Peer, items []table.Item, window chan struct{}, mask func(to, item []byte) []byte) error {
	size := r.Group.PointSize()
	return batches(len(items), func(from, until int) error {
		points := make([]byte, (until-from)*size)
		err := spread(until-from, func(a, b int) error {
			for i := a; i < b; i++ {
				// Appends within the capacity of the slice, so the point lands in its place.
				mask(points[i*size:i*size], items[from+i][:])
			}
			r.advance(b - a)
			return nil
		})
		if err != nil {
			return err
		}
		if window != nil {
			select {
			case window <- struct{}{}:
			case <-r.mesh.Context().Done():
				return r.mesh.Err()
			}
		}
		return to.Send(link.Points, points)
	})
}

// receive is the next frame of a type, which must have this size.
func (r *run) receive(from *link.Peer, t link.Type, size int) ([]byte, error) {
	payload, err := from.Receive(t)
	if err == nil && len(payload) != size {
		return nil, from.Nonsense()
	}
	return payload, err
}
