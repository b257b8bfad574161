// Package confinement says how far the kernel confines this process: applied in two steps, measured by trying what must
// fail, reported. A kernel without a mechanism lowers the level and fails nothing.
package confinement

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"collabnet.dev/engine-sets/internal/fault"
	"collabnet.dev/engine-sets/internal/job"
)

// Isolation goes into ready.json (canary still "untried") and exit.json, and from there into the receipt.
type Isolation struct {
	NoNewPrivs  bool              `json:"noNewPrivs"`
	Seccomp     bool              `json:"seccomp"`
	LandlockABI int               `json:"landlockAbi"`
	FileRules   bool              `json:"fileRules"`
	TCPRules    bool              `json:"tcpRules"`
	Canary      string            `json:"canary"`
	Tried       map[string]string `json:"tried"`
}

// Start confines at start, before the job is known: no new privileges, the system call filter. Children inherit both.
func Start() Isolation {
	isolation := Isolation{Canary: "untried", Tried: map[string]string{}, LandlockABI: landlockABI()}
	// Landlock wants it of every thread; a C library in the binary makes the call impossible.
	_, _, err := syscall.AllThreadsSyscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0)
	isolation.NoNewPrivs = err == 0
	isolation.Seccomp = isolation.NoNewPrivs && filterCalls()
	return isolation
}

// Job confines to the files and ports of the job, then tries what must now fail.
func (i *Isolation) Job(of *job.Job, engineFolder string) error {
	own := of.Parties[of.Self].Port
	r := rules{
		read:  []string{"/proc/self", "/dev/urandom"},
		write: []string{engineFolder, filepath.Dir(of.Output), "/dev/null"},
		bind:  []int{own},
	}
	if of.Input.Path != "" {
		r.read = append(r.read, filepath.Dir(of.Input.Path))
	}
	for rank, party := range of.Parties {
		if rank != of.Self {
			r.connect = append(r.connect, party.Port)
		}
	}
	if i.NoNewPrivs && i.LandlockABI > 0 {
		if err := restrict(i.LandlockABI, r); err != nil {
			return fault.New("CONFINEMENT_FAILED", "Landlock refuses the rules: %s", err)
		}
		i.FileRules, i.TCPRules = true, i.LandlockABI >= abiWithTCP
	}
	return i.tryCanaries(append(r.connect, own))
}

func (i *Isolation) tryCanaries(ports []int) error {
	closed := 1
	for slices.Contains(ports, closed) {
		closed++
	}
	_, files := os.ReadDir("/")
	i.Tried = map[string]string{"connect": word(connect(closed)), "socket": word(netlink()), "file": word(files)}
	i.Canary = i.Tried["connect"]
	var broken []string
	for _, each := range []struct {
		name    string
		blocked bool
	}{{"connect", i.TCPRules}, {"socket", i.Seccomp}, {"file", i.FileRules}} {
		if each.blocked && i.Tried[each.name] != "blocked" {
			broken = append(broken, each.name)
		}
	}
	if len(broken) > 0 {
		return fault.New("CONFINEMENT_BROKEN", "the kernel reports a level that does not hold: %s was possible", strings.Join(broken, ", "))
	}
	return nil
}

func word(err error) string {
	if errors.Is(err, unix.EACCES) || errors.Is(err, unix.EPERM) {
		return "blocked"
	}
	return "open"
}

// connect counts as open when it is refused as well: it got as far as the other end.
func connect(port int) error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(socket)
	return unix.Connect(socket, &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}})
}

func netlink() error {
	socket, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err == nil {
		_ = unix.Close(socket)
	}
	return err
}
