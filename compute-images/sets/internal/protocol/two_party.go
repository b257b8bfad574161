package protocol

import (
	"collabnet.dev/engine-sets/internal/job"
	"collabnet.dev/engine-sets/internal/table"
)

func (r *run) twoParties() (Result, error) {
	other := 1 - r.Self
	which, count, err := r.compare(r.mesh.Peer(other), r.Items, r.receives(r.Self), r.receives(other), r.hidesWhich())
	if err != nil || !r.receives(r.Self) {
		return Result{}, err
	}
	if r.hidesWhich() {
		return Result{Count: count}, nil
	}
	wanted := r.Operation != job.Difference
	return pick(r.Items, func(i int) bool { return which[i] == wanted }), nil
}

func pick(items []table.Item, belongs func(int) bool) Result {
	var found []table.Item
	for i, item := range items {
		if belongs(i) {
			found = append(found, item)
		}
	}
	return Result{Items: found, Count: int64(len(found))}
}
