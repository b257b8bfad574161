package protocol

import (
	"encoding/binary"
	"slices"

	"collabnet.dev/engine-sets/internal/fault"
	"collabnet.dev/engine-sets/internal/group"
	"collabnet.dev/engine-sets/internal/link"
	"collabnet.dev/engine-sets/internal/oprf"
	"collabnet.dev/engine-sets/internal/table"
)

// Private query: keyword private information retrieval, all keys of a client at once, from an OPRF.
//
// The server draws a key k for this run. An entry is (tag, E_c(record)) with tag and cipher key c both hashed from F_k(x),
// each under a label of its own; all entries, sorted by tag, go to the client. The client gets F_k of its own keys by
// the OPRF, so it finds and opens their entries and no others.
//
// Why the client learns no more: F_k at a key that it has not asked is a hash of k*H(x), which it cannot compute from answers
// at other keys (one-more Diffie-Hellman on the curve, hash functions as random oracles), so it is random to it, and so are tag and
// cipher key. An entry under a random cipher key that encrypts nothing else is random octets, of a length that is the same for all.
// The order by tag is then a random order. A client that does not follow the protocol still gets no more than as many
// evaluations as the server allows, and with each of them no more than one entry. As k is new in every run, entries of two
// runs cannot be compared, and nobody can try keys on a table that was kept: that takes the server.
//
// Why the server learns no more: it sees r*H(x) for a secret r and different x in random order, which are random points to it
// (see oprf.Client), and a verdict.

// cipherTag is what either cipher adds.
const cipherTag = 16

// nonce is the same for all entries: every cipher key is used once, for one entry of one run.
var nonce [12]byte

// Query is what a private query needs besides.
type Query struct {
	// Server is a rank; the other party of the two is the client.
	Server int
	// MaximumQueries is how many different keys the client may ask.
	MaximumQueries int64
	// Columns is the number of value columns.
	Columns int
	// Entries are what the server has; Run uses them up. The client has Task.Items.
	Entries *table.Entries
}

// Answer is the server's record at an own item.
type Answer struct {
	Item   table.Item
	Record []byte
}

func (r *run) query() ([]Answer, error) {
	if r.Self == r.Query.Server {
		return nil, r.serve(r.mesh.Peer(1 - r.Self))
	}
	return r.ask(r.mesh.Peer(r.Query.Server))
}

// Refuse is the failure of a client that asks more different keys than it may, or nil. Both parties look when they connect:
// a link with such a count never stands.
func (q *Query) Refuse(asked uint64) error {
	if asked <= uint64(q.MaximumQueries) {
		return nil
	}
	return fault.New("QUERIES_TOO_MANY", "parameters.maximumQueries: the client asks %d different keys and may ask %d (the one of its dummy row counts)", asked, q.MaximumQueries)
}

// serve answers the client's points while it prepares the entries, and sends these after the last answer: the client reads
// in this order.
func (r *run) serve(client *link.Peer) error {
	if err := r.Query.Refuse(uint64(client.Count)); err != nil {
		return err
	}
	server, err := oprf.NewServer(r.Group)
	if err != nil {
		return err
	}
	entries := r.Query.Entries
	err = together(r.mesh.Fail,
		func() error { return r.answer(client, server) },
		func() error {
			return prepareEntries(r.Group, server, entries, func(n int) error {
				r.advance(n)
				return r.mesh.Err()
			})
		})
	if err != nil {
		return err
	}
	return r.sendEntries(client)
}

// prepareEntries puts tag and cipher key in the place of each item and sorts by them. Told is called with numbers of entries done.
func prepareEntries(g group.Group, server *oprf.Server, entries *table.Entries, told func(int) error) error {
	list := entries.List
	err := spread(len(list), func(from, to int) error {
		for i := from; i < to; i++ {
			list[i].ID = secretOf(g, server.Evaluate(list[i].ID[:]))
		}
		return told(to - from)
	})
	slices.SortFunc(list, func(a, b table.Entry) int { return table.Compare(a.ID, b.ID) })
	return err
}

// secretOf is the tag of an entry and then its cipher key.
func secretOf(g group.Group, output oprf.Output) (secret table.Item) {
	copy(secret[:tagSize], oprf.Digest(g, "query tag", output[:]))
	copy(secret[tagSize:], oprf.Digest(g, "query key", output[:])[:group.KeySize])
	return secret
}

// sendEntries encrypts block by block: there is never more of it than one frame.
func (r *run) sendEntries(client *link.Peer) error {
	entries := r.Query.Entries
	padded := paddedSize(entries.Longest())
	if err := client.Send(link.EntrySize, binary.BigEndian.AppendUint32(nil, uint32(padded))); err != nil {
		return err
	}
	size := entrySize(padded)
	return steps(len(entries.List), entriesInFrame(size), func(from, to int) error {
		block := make([]byte, (to-from)*size)
		err := spread(to-from, func(a, b int) error {
			plain := make([]byte, padded)
			for i := a; i < b; i++ {
				entry := &entries.List[from+i]
				if err := r.seal(block[i*size:(i+1)*size], plain, entry.ID, entries.Record(entry)); err != nil {
					return err
				}
			}
			r.advance(b - a)
			return nil
		})
		if err != nil {
			return err
		}
		return client.Send(link.Entries, block)
	})
}

func entrySize(padded int) int { return tagSize + padded + cipherTag }

func entriesInFrame(size int) int { return min(batch, link.LargestPayload/size) }

// seal fills an entry: the tag, then length, record and padding, encrypted; the tag is authenticated with them.
func (r *run) seal(entry, plain []byte, secret table.Item, record []byte) error {
	aead, err := r.Group.NewCipher(secret[tagSize:])
	if err != nil {
		return err
	}
	pad(plain, record)
	copy(entry, secret[:tagSize])
	aead.Seal(entry[tagSize:tagSize], nonce[:], plain, entry[:tagSize])
	return nil
}

// open is the record of an entry, false for what no honest server sends.
func (r *run) open(entry []byte, secret table.Item) ([]byte, bool) {
	aead, err := r.Group.NewCipher(secret[tagSize:])
	if err != nil {
		return nil, false
	}
	plain, err := aead.Open(nil, nonce[:], entry[tagSize:], entry[:tagSize])
	if err != nil {
		return nil, false
	}
	record, ok := unpad(plain)
	return record, ok && table.IsRecord(record, r.Query.Columns)
}

// wanted is an own item with what its entry has, if there is one.
type wanted struct {
	secret table.Item
	item   int
}

// ask gets F_k at the own items, then looks at the entries as they come; only those that it can open are kept.
func (r *run) ask(server *link.Peer) ([]Answer, error) {
	client, err := oprf.NewClient(r.Group)
	if err != nil {
		return nil, err
	}
	own := make([]wanted, len(r.Items))
	window := make(chan struct{}, link.Window)
	err = together(r.mesh.Fail,
		func() error { return r.sendMasked(server, r.Items, window, client.Blind) },
		func() error {
			return r.readAnswers(server, client, window, func(i int, output oprf.Output) {
				own[i] = wanted{secretOf(r.Group, output), i}
			})
		})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(own, func(a, b wanted) int { return table.Compare(a.secret, b.secret) })
	padded, err := r.readEntrySize(server)
	if err != nil {
		return nil, err
	}
	return r.readEntries(server, entrySize(padded), own)
}

func (r *run) readEntrySize(server *link.Peer) (int, error) {
	payload, err := r.receive(server, link.EntrySize, 4)
	if err != nil {
		return 0, err
	}
	padded, ok := acceptedSize(binary.BigEndian.Uint32(payload))
	if !ok {
		return 0, server.Nonsense()
	}
	return padded, nil
}

// readEntries walks through the server's entries and the own secrets, both in the order of tags. It reserves nothing for what
// the server only claims to have.
func (r *run) readEntries(server *link.Peer, size int, own []wanted) ([]Answer, error) {
	var answers []Answer
	var last tag
	at := 0
	err := steps(server.Count, entriesInFrame(size), func(from, to int) error {
		block, err := r.receive(server, link.Entries, (to-from)*size)
		if err != nil {
			return err
		}
		for i := from; i < to; i++ {
			entry := block[(i-from)*size:][:size]
			current := tag(entry)
			if i > 0 && compareTags(last, current) >= 0 {
				return server.Nonsense()
			}
			last = current
			for at < len(own) && compareTags(tag(own[at].secret[:tagSize]), current) < 0 {
				at++
			}
			if at == len(own) || tag(own[at].secret[:tagSize]) != current {
				continue
			}
			record, ok := r.open(entry, own[at].secret)
			if !ok {
				return server.Nonsense()
			}
			answers = append(answers, Answer{r.Items[own[at].item], record})
		}
		r.advance(to - from)
		return nil
	})
	return answers, err
}
