package protocol

import "collabnet.dev/engine-sets/internal/fault"

// guard turns a panic into a failure, so that the peers are told. What it says could hold data and is dropped.
func guard(do func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = fault.New("ENGINE_ERROR", "an unexpected failure inside the protocol")
		}
	}()
	return do()
}
