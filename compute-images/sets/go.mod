module collabnet.dev/engine-sets

go 1.26.0

require (
	filippo.io/edwards25519 v1.2.0
	github.com/emmansun/gmsm v0.15.5
	github.com/ncruces/go-sqlite3 v0.37.0
	golang.org/x/sys v0.49.0
)

require (
	github.com/ncruces/go-sqlite3-wasm/v6 v6.5.35401 // indirect
	github.com/ncruces/julianday v1.0.0 // indirect
	github.com/ncruces/sort v1.0.3 // indirect
)
