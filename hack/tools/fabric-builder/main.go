// Command ccaas-builder is the external builder of a Fabric peer for chaincode that runs as a service (package type
// "ccaas"). The peer calls it as bin/detect, bin/build and bin/release; one program under three names, because the
// peer's image has no shell. Nothing is built: the address of the running service goes from the package to the peer.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

const (
	packageType    = "ccaas"
	connectionFile = "connection.json"
)

func main() {
	if err := run(filepath.Base(os.Args[0]), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(step string, folders []string) error {
	switch {
	case step == "detect" && len(folders) == 2:
		return detect(folders[1])
	case step == "build" && len(folders) == 3:
		return build(folders[0], folders[2])
	case step == "release" && len(folders) == 2:
		return release(folders[0], folders[1])
	default:
		return fmt.Errorf("%s with %d folders: call as detect SOURCE METADATA, build SOURCE METADATA OUTPUT or release OUTPUT RELEASE", step, len(folders))
	}
}

func detect(metadata string) error {
	var content struct {
		Type string `json:"type"`
	}
	if err := readJSON(filepath.Join(metadata, "metadata.json"), &content); err != nil {
		return err
	}
	if content.Type != packageType {
		return fmt.Errorf("metadata.json: type is %q, not %q", content.Type, packageType)
	}
	return nil
}

// build refuses a package that the peer could never connect to: an installation that fails is easier to mend than one
// that only the first call shows to be useless.
func build(source, output string) error {
	path := filepath.Join(source, connectionFile)
	var connection struct {
		Address     string `json:"address"`
		TLSRequired bool   `json:"tls_required"`
		RootCert    string `json:"root_cert"`
	}
	if err := readJSON(path, &connection); err != nil {
		return err
	}
	if _, _, err := net.SplitHostPort(connection.Address); err != nil {
		return fmt.Errorf("%s: address: %w", connectionFile, err)
	}
	if connection.TLSRequired && connection.RootCert == "" {
		return errors.New(connectionFile + ": root_cert is needed where tls_required is true")
	}
	return copyFile(path, filepath.Join(output, connectionFile))
}

func release(output, target string) error {
	folder := filepath.Join(target, "chaincode", "server")
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	return copyFile(filepath.Join(output, connectionFile), filepath.Join(folder, connectionFile))
}

func readJSON(path string, into any) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return nil
}

// copyFile keeps the copy to its owner: a connection may hold a client key.
func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o600)
}
