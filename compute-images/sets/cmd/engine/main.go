// Command engine runs one job of private set operations beside a courier. See README.md.
package main

import (
	"os"

	"collabnet.dev/engine-sets/internal/engine"
)

func main() {
	os.Exit(engine.Main(os.Args[1:], os.Stdout))
}
