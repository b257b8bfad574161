module collabnet.dev/engine-sets

go 1.26.0

require (
	filippo.io/edwards25519 v1.2.0
	github.com/emmansun/gmsm v0.15.5
	golang.org/x/sys v0.49.0
)
