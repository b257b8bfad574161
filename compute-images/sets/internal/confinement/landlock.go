package confinement

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	versionFlag = 1
	rulePath    = 1
	rulePort    = 2

	allOfABI1   = 1<<13 - 1
	execute     = unix.LANDLOCK_ACCESS_FS_EXECUTE
	readRights  = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	makeSpecial = unix.LANDLOCK_ACCESS_FS_MAKE_CHAR | unix.LANDLOCK_ACCESS_FS_MAKE_SOCK | unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK
	refer       = unix.LANDLOCK_ACCESS_FS_REFER
	truncate    = unix.LANDLOCK_ACCESS_FS_TRUNCATE
	ioctlDevice = unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	fileRights  = execute | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_READ_FILE | truncate | ioctlDevice
	bindTCP     = unix.LANDLOCK_ACCESS_NET_BIND_TCP
	connectTCP  = unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	// Landlock has rules for TCP ports since this version.
	abiWithTCP = 4
)

// rules name the folders that may be read or written, and the ports that remain open.
type rules struct {
	read, write   []string
	bind, connect []int
}

type ruleset struct{ files, net uint64 }

// landlockABI is the kernel's version; 0 where it is absent, switched off or hidden by the container runtime.
func landlockABI() int {
	version, _, err := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, versionFlag)
	if err != 0 {
		return 0
	}
	return int(version)
}

// restrict confines all threads of this process for good. It needs no_new_privs. Signals are not scoped (ABI 6): the
// runtime of Go signals its own threads, which some kernels then refuse.
func restrict(version int, r rules) error {
	handled := ruleset{files: allOfABI1}
	size := uintptr(8)
	for _, since := range []struct {
		version int
		right   uint64
	}{{2, refer}, {3, truncate}, {5, ioctlDevice}} {
		if version >= since.version {
			handled.files |= since.right
		}
	}
	if version >= abiWithTCP {
		handled.net, size = bindTCP|connectTCP, 16
	}
	handle, _, err := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&handled)), size, 0)
	if err != 0 {
		return err
	}
	defer unix.Close(int(handle))
	for _, path := range r.read {
		if err := allowPath(handle, path, handled.files&readRights); err != nil {
			return err
		}
	}
	for _, path := range r.write {
		if err := allowPath(handle, path, handled.files&^(execute|makeSpecial|ioctlDevice)); err != nil {
			return err
		}
	}
	if version >= abiWithTCP {
		if err := allowPorts(handle, r.bind, bindTCP); err != nil {
			return err
		}
		if err := allowPorts(handle, r.connect, connectTCP); err != nil {
			return err
		}
	}
	if _, _, err := syscall.AllThreadsSyscall(unix.SYS_LANDLOCK_RESTRICT_SELF, handle, 0, 0); err != 0 {
		return err
	}
	return nil
}

func allowPath(handle uintptr, path string, rights uint64) error {
	parent, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil // nothing there, nothing to allow
	}
	defer unix.Close(parent)
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		rights &= fileRights
	}
	// struct landlock_path_beneath_attr is packed: 8 bytes of rights, 4 of the folder's descriptor; what follows is not read.
	rule := struct {
		allowed uint64
		parent  int32
	}{rights, int32(parent)}
	if _, _, err := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, handle, rulePath, uintptr(unsafe.Pointer(&rule)), 0, 0, 0); err != 0 {
		return err
	}
	return nil
}

func allowPorts(handle uintptr, ports []int, right uint64) error {
	for _, port := range ports {
		rule := struct{ allowed, port uint64 }{right, uint64(port)}
		if _, _, err := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, handle, rulePort, uintptr(unsafe.Pointer(&rule)), 0, 0, 0); err != 0 {
			return err
		}
	}
	return nil
}
