package protocol

import (
	"crypto/rand"
	"encoding/binary"
	"slices"

	"collabnet.dev/engine-sets/internal/group"
	"collabnet.dev/engine-sets/internal/link"
	"collabnet.dev/engine-sets/internal/oprf"
	"collabnet.dev/engine-sets/internal/table"
)

// Union of two parties: a receiver gets the keys of the other one, the giver, that it has not. Once for each receiver:
//
//  1. ECDH-PSI as for a cardinality: the giver returns the tags of the receiver's points in a random order. So the receiver sees at
//     which positions of the giver's random order there is a key that it has, and not which of its keys that is.
//  2. An oblivious transfer for each position (Bellare, Micali 1989, with nothing in the second place): the giver offers K = k*B. The
//     receiver sends x*B for a fresh x where it wants the key, and otherwise a point hashed from fresh randomness. The giver
//     encrypts the key under a hash of k times that point, which the receiver knows as x*K where it wanted it.
//
// Why the giver learns no more than the number of the receiver's keys: both kinds of point are uniformly random in the group.
//
// Why the receiver learns no more than the keys it lacks, and so how many are common: where it did not want a key, its encryption is
// under a hash of k*P for a point P whose logarithm it does not know (computational Diffie-Hellman, hash functions as random
// oracles). All encryptions have one length. A receiver that does not follow the protocol can ask for every key of the giver.

const (
	// unionBase is hashed to the point B, whose logarithm nobody knows.
	unionBase = "collabnet-sets-v1/union base"
	// offerHead is the size of a padded key, before the point.
	offerHead = 4
)

// union is what of the other party's keys this one lacks, nil for a party that does not receive.
func (r *run) union() (missing [][]byte, err error) {
	other := r.mesh.Peer(1 - r.Self)
	for _, receiver := range r.Receivers {
		if receiver == r.Self {
			missing, err = r.take(other)
		} else {
			err = r.give(other)
		}
		if err != nil {
			return nil, err
		}
	}
	return missing, nil
}

func (r *run) unionWork(own, all int64) (sum int64) {
	for _, receiver := range r.Receivers {
		if receiver == r.Self {
			sum += own + 3*all
		} else {
			sum += 2*own + all
		}
	}
	return sum
}

func (r *run) give(receiver *link.Peer) error {
	list := r.Keys.List
	// A fresh order for each receiver: positions are all that one sees.
	if err := shuffle(list); err != nil {
		return err
	}
	items := make([]table.Item, len(list))
	for i := range list {
		items[i] = list[i].ID
	}
	if _, err := r.exchange(receiver, items, false, true, true); err != nil {
		return err
	}
	secret, err := r.Group.NewScalar()
	if err != nil {
		return err
	}
	padded := paddedSize(r.Keys.Longest())
	offer := binary.BigEndian.AppendUint32(nil, uint32(padded))
	if err := receiver.Send(link.Offer, r.Group.HashMul(offer, []byte(unionBase), secret)); err != nil {
		return err
	}
	size, point := padded+cipherTag, r.Group.PointSize()
	return steps(len(list), entriesInFrame(size), func(from, to int) error {
		choices, err := r.receive(receiver, link.Choices, (to-from)*point)
		if err != nil {
			return err
		}
		block := make([]byte, (to-from)*size)
		err = spread(to-from, func(a, b int) error {
			plain, shared := make([]byte, padded), make([]byte, 0, point)
			for i := a; i < b; i++ {
				agreed, err := r.Group.Mul(shared, choices[i*point:(i+1)*point], secret)
				if err != nil {
					return receiver.Nonsense()
				}
				if err := r.sealKey(block[i*size:i*size], plain, r.unionKey(from+i, agreed), r.Keys.Record(&list[from+i])); err != nil {
					return err
				}
			}
			r.advance(b - a)
			return nil
		})
		if err != nil {
			return err
		}
		return receiver.Send(link.Sealed, block)
	})
}

func (r *run) take(giver *link.Peer) ([][]byte, error) {
	c, err := r.exchange(giver, r.Items, true, false, true)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(c.own, compareTags)
	lacks := func(position int) bool {
		_, found := slices.BinarySearchFunc(c.own, c.peersTags[position], compareTags)
		return !found
	}
	offered, padded, err := r.readOffer(giver)
	if err != nil {
		return nil, err
	}
	frame := entriesInFrame(padded + cipherTag)
	// The secrets of the frames that are on their way.
	asked := make(chan []group.Scalar, link.Window)
	var missing [][]byte
	err = together(r.mesh.Fail,
		func() error {
			return steps(giver.Count, frame, func(from, to int) error { return r.choose(giver, from, to, lacks, asked) })
		},
		func() error {
			return steps(giver.Count, frame, func(from, to int) error {
				block, err := r.receive(giver, link.Sealed, (to-from)*(padded+cipherTag))
				if err != nil {
					return err
				}
				found, err := r.openKeys(giver, from, block, lacks, offered, <-asked)
				missing = append(missing, found...)
				return err
			})
		})
	return missing, err
}

func (r *run) readOffer(giver *link.Peer) (point []byte, padded int, err error) {
	offer, err := r.receive(giver, link.Offer, offerHead+r.Group.PointSize())
	if err != nil {
		return nil, 0, err
	}
	padded, ok := acceptedSize(binary.BigEndian.Uint32(offer))
	if !ok {
		return nil, 0, giver.Nonsense()
	}
	return offer[offerHead:], padded, nil
}

// choose sends one frame of points, and tells their secrets to who opens the answer.
func (r *run) choose(giver *link.Peer, from, to int, lacks func(position int) bool, asked chan<- []group.Scalar) error {
	size := r.Group.PointSize()
	points, secrets := make([]byte, (to-from)*size), make([]group.Scalar, to-from)
	err := spread(to-from, func(a, b int) error {
		var unknown table.Item
		for i := a; i < b; i++ {
			secret, err := r.Group.NewScalar()
			if err != nil {
				return err
			}
			secrets[i] = secret
			if _, err := rand.Read(unknown[:]); err != nil {
				return err
			}
			of := unknown[:]
			if lacks(from + i) {
				of = []byte(unionBase)
			}
			r.Group.HashMul(points[i*size:i*size], of, secret)
		}
		r.advance(b - a)
		return nil
	})
	if err != nil {
		return err
	}
	select {
	case asked <- secrets:
	case <-r.mesh.Context().Done():
		return r.mesh.Err()
	}
	return giver.Send(link.Choices, points)
}

// openKeys decrypts what was wanted of a frame. It multiplies for every position: the giver sees when the work is done.
func (r *run) openKeys(giver *link.Peer, from int, block []byte, lacks func(position int) bool, offered []byte, secrets []group.Scalar) ([][]byte, error) {
	size := len(block) / len(secrets)
	found := make([][]byte, len(secrets))
	err := spread(len(secrets), func(a, b int) error {
		shared := make([]byte, 0, r.Group.PointSize())
		for i := a; i < b; i++ {
			agreed, err := r.Group.Mul(shared, offered, secrets[i])
			if err != nil {
				return giver.Nonsense()
			}
			if !lacks(from + i) {
				continue
			}
			record, ok := r.openKey(block[i*size:(i+1)*size], r.unionKey(from+i, agreed))
			if !ok {
				return giver.Nonsense()
			}
			found[i] = record
		}
		r.advance(b - a)
		return nil
	})
	return slices.DeleteFunc(found, func(record []byte) bool { return record == nil }), err
}

// unionKey is the cipher key of one position. The position is in it, so that no key encrypts twice, whatever points come.
func (r *run) unionKey(position int, shared []byte) []byte {
	return oprf.Digest(r.Group, "union key", binary.BigEndian.AppendUint64(nil, uint64(position)), shared)[:group.KeySize]
}

func (r *run) sealKey(to, plain, key, record []byte) error {
	aead, err := r.Group.NewCipher(key)
	if err != nil {
		return err
	}
	pad(plain, record)
	aead.Seal(to, nonce[:], plain, nil)
	return nil
}

func (r *run) openKey(sealed, key []byte) ([]byte, bool) {
	aead, err := r.Group.NewCipher(key)
	if err != nil {
		return nil, false
	}
	plain, err := aead.Open(nil, nonce[:], sealed, nil)
	if err != nil {
		return nil, false
	}
	record, ok := unpad(plain)
	return record, ok && table.IsKey(record, r.Keys.Columns)
}
