package protocol

import (
	"collabnet.dev/engine-sets/internal/link"
	"collabnet.dev/engine-sets/internal/okvs"
	"collabnet.dev/engine-sets/internal/oprf"
	"collabnet.dev/engine-sets/internal/table"
)

// manyParties runs once for each receiver, with that receiver as leader and everything secret drawn anew (KMPRT17 with a
// star around the leader, 2HashDH as OPRF and a garbled cuckoo table as hint).
func (r *run) manyParties() (Result, error) {
	var result Result
	for _, leader := range r.Receivers {
		z, err := r.shareZero()
		if err != nil {
			return Result{}, err
		}
		if leader == r.Self {
			result, err = r.lead(z)
		} else {
			err = r.follow(r.mesh.Peer(leader), z)
		}
		if err != nil {
			return Result{}, err
		}
	}
	return result, nil
}

// counter is the last party that does not lead: in a cardinality it compares with the leader in the end.
func (r *run) counter(leader int) int {
	if leader == r.Parties-1 {
		return r.Parties - 2
	}
	return r.Parties - 1
}

// lead adds up, for every own item, the own share of zero and what each hint gives there. The sum is zero exactly where
// every party has the item; anywhere else it is random, whoever lacks it.
func (r *run) lead(z func() func([]byte) okvs.Value) (Result, error) {
	sums := make([]okvs.Value, len(r.Items))
	err := r.overItems(func() func(int) error {
		share := z()
		return func(i int) error {
			sums[i] = share(r.Items[i][:])
			return nil
		}
	})
	if err != nil {
		return Result{}, err
	}
	last := r.counter(r.Self)
	for _, p := range r.mesh.Peers() {
		if r.hidesWhich() && p.Rank == last {
			continue
		}
		if err := r.queryHint(p, sums); err != nil {
			return Result{}, err
		}
	}
	if r.hidesWhich() {
		_, count, err := r.compare(r.mesh.Peer(last), r.bind(func(i int) okvs.Value { return sums[i] }), true, false, true)
		return Result{Count: count}, err
	}
	return pick(r.Items, func(i int) bool { return sums[i] == okvs.Value{} }), nil
}

// follow answers the leader, or compares with it.
func (r *run) follow(leader *link.Peer, z func() func([]byte) okvs.Value) error {
	if !r.hidesWhich() || r.Self != r.counter(leader.Rank) {
		return r.offerHint(leader, z)
	}
	share := z()
	_, _, err := r.compare(leader, r.bind(func(i int) okvs.Value { return share(r.Items[i][:]) }), false, true, true)
	return err
}

// bind makes items of (x, value): equal at leader and counter exactly where all parties have x.
func (r *run) bind(value func(int) okvs.Value) []table.Item {
	bound := make([]table.Item, len(r.Items))
	for i := range r.Items {
		v := value(i)
		copy(bound[i][:], oprf.Digest(r.Group, "bound", r.Items[i][:], v[:]))
	}
	return bound
}

// overItems calls one function a goroutine, made by start, for every own item.
func (r *run) overItems(start func() func(i int) error) error {
	return spread(len(r.Items), func(from, to int) error {
		do := start()
		for i := from; i < to; i++ {
			if err := do(i); err != nil {
				return err
			}
		}
		return r.mesh.Err()
	})
}
