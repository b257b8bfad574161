// Package files has the folder that engine and courier share, and the atomic way to hand a file over in it.
package files

import (
	"encoding/json"
	"os"
	"path/filepath"
	"syscall"
)

// Place is the shared folder (COLLABNET_WORK, /work in a pod).
type Place struct{ Root string }

// Engine is the folder of the conversation.
func (p Place) Engine() string { return filepath.Join(p.Root, "engine") }

// Scratch takes unfinished output; it is wiped at start and end.
func (p Place) Scratch() string { return filepath.Join(p.Engine(), "tmp") }

// File is a file of the conversation.
func (p Place) File(name string) string { return filepath.Join(p.Engine(), name) }

// Seen says whether a file of the conversation is there.
func (p Place) Seen(name string) bool {
	_, err := os.Stat(p.File(name))
	return err == nil
}

// Open creates the folders; scratch starts empty.
func (p Place) Open() error {
	if err := os.MkdirAll(p.Engine(), 0o755); err != nil {
		return err
	}
	p.Wipe()
	return os.Mkdir(p.Scratch(), 0o700)
}

// Wipe removes the scratch folder with everything in it.
func (p Place) Wipe() { _ = os.RemoveAll(p.Scratch()) }

// IsFull says whether the volume of the scratch folder has no room left.
func (p Place) IsFull() bool {
	var volume syscall.Statfs_t
	return syscall.Statfs(p.Scratch(), &volume) == nil && volume.Bavail*uint64(volume.Bsize) < 256*1024
}

// WriteJSON writes a file of the conversation so that a reader sees either nothing or all of it.
func (p Place) WriteJSON(name string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	temporary := p.File("." + name + ".part")
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Rename(temporary, p.File(name))
}
