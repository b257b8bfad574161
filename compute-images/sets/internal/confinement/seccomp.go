package confinement

import (
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	x32Bit         = 0x40000000
	socketTypeMask = 0xf
	tcpFastOpen    = 0x20000000
	newNamespaces  = unix.CLONE_NEWTIME | unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC | unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET
	cloneThree     = 435
	setModeFilter  = 1
	syncThreads    = 1
)

// System calls of x86-64 that the engine never needs, the same as in the spu engine: ptrace, process_vm_*, pidfd_getfd, kcmp,
// process_madvise; mounts; namespaces; bpf, perf, userfaultfd, memfd_secret; io_uring; keys; modules and kexec; swap,
// accounting, quotas, log; names and ports; clocks; open_by_handle_at, mknod, personality, vhangup.
var refused = []uint32{
	101, 310, 311, 438, 312, 440,
	165, 166, 155, 161, 428, 429, 430, 431, 432, 433, 442,
	272, 308,
	321, 298, 323, 447,
	425, 426, 427,
	248, 249, 250,
	175, 176, 313, 246, 320, 169,
	167, 168, 163, 179, 103,
	170, 171, 172, 173,
	164, 227, 159, 305,
	304, 133, 259, 135, 153,
}

// Call number and index of the flags argument of what can send.
var sends = []struct {
	number uint32
	flags  int
}{{44, 3}, {46, 2}, {307, 3}}

// filterCalls refuses those calls, and every socket but TCP over IPv4: multipath TCP too, because Landlock's port rules do
// not cover it, and TCP fast open, which connects inside a send. False where kernel or machine has no filter.
func filterCalls() bool {
	if runtime.GOARCH != "amd64" {
		return false
	}
	code := callFilter()
	header := unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]}
	_, _, err := unix.Syscall(unix.SYS_SECCOMP, setModeFilter, syncThreads, uintptr(unsafe.Pointer(&header)))
	runtime.KeepAlive(code)
	return err == 0
}

func callFilter() []unix.SockFilter {
	p := program{labels: map[string]int{}}
	p.add(load, architecture, "", "")
	p.add(jumpEqual, unix.AUDIT_ARCH_X86_64, "", "kill")
	p.add(load, number, "", "")
	p.add(jumpAtLeast, x32Bit, "refuse", "")
	p.add(jumpEqual, unix.SYS_SOCKET, "socket", "")
	p.add(jumpEqual, unix.SYS_CLONE, "clone", "")
	p.add(jumpEqual, cloneThree, "absent", "")
	for _, send := range sends {
		p.add(jumpEqual, send.number, fmt.Sprint("send", send.number), "")
	}
	for _, call := range refused {
		p.add(jumpEqual, call, "refuse", "")
	}
	p.add(give, allow, "", "")
	p.label("socket")
	p.add(load, argument(0), "", "")
	p.add(jumpEqual, unix.AF_INET, "", "refuse")
	p.add(load, argument(1), "", "")
	p.add(and, socketTypeMask, "", "")
	p.add(jumpEqual, unix.SOCK_STREAM, "", "refuse")
	p.add(load, argument(2), "", "")
	p.add(jumpEqual, 0, "allow", "")
	p.add(jumpEqual, unix.IPPROTO_TCP, "allow", "refuse")
	p.label("clone")
	p.add(load, argument(0), "", "")
	p.add(jumpAnyBit, newNamespaces, "refuse", "allow")
	for _, send := range sends {
		p.label(fmt.Sprint("send", send.number))
		p.add(load, argument(send.flags), "", "")
		p.add(jumpAnyBit, tcpFastOpen, "refuse", "allow")
	}
	p.label("allow")
	p.add(give, allow, "", "")
	// clone3 hides its flags behind a pointer; callers fall back to clone when it does not exist.
	p.label("absent")
	p.add(give, withErrno|uint32(unix.ENOSYS), "", "")
	p.label("refuse")
	p.add(give, withErrno|uint32(unix.EPERM), "", "")
	p.label("kill")
	p.add(give, killProcess, "", "")
	return p.assemble()
}
