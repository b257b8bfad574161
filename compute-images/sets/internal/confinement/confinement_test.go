package confinement

import (
	"testing"

	"golang.org/x/sys/unix"
)

// run interprets the filter for one call, as the kernel does.
func run(code []unix.SockFilter, nr uint32, arguments ...uint32) uint32 {
	var accumulator uint32
	for pc := 0; ; pc++ {
		i := code[pc]
		jump := func(condition bool) {
			if condition {
				pc += int(i.Jt)
			} else {
				pc += int(i.Jf)
			}
		}
		switch i.Code {
		case load:
			switch i.K {
			case number:
				accumulator = nr
			case architecture:
				accumulator = unix.AUDIT_ARCH_X86_64
			default:
				accumulator = arguments[(i.K-16)/8]
			}
		case and:
			accumulator &= i.K
		case jumpEqual:
			jump(accumulator == i.K)
		case jumpAtLeast:
			jump(accumulator >= i.K)
		case jumpAnyBit:
			jump(accumulator&i.K != 0)
		case give:
			return i.K
		}
	}
}

func TestCallFilter(t *testing.T) {
	const no = withErrno | uint32(unix.EPERM)
	code := callFilter()
	cases := []struct {
		number    uint32
		arguments []uint32
		want      uint32
	}{
		{unix.SYS_READ, []uint32{0, 0, 0, 0}, allow},
		{unix.SYS_SOCKET, []uint32{unix.AF_INET, unix.SOCK_STREAM | unix.SOCK_CLOEXEC, 0}, allow},
		{unix.SYS_SOCKET, []uint32{unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_MPTCP}, no},
		{unix.SYS_SOCKET, []uint32{unix.AF_INET, unix.SOCK_DGRAM, 0}, no},
		{unix.SYS_SOCKET, []uint32{unix.AF_INET6, unix.SOCK_STREAM, 0}, no},
		{unix.SYS_SOCKET, []uint32{unix.AF_UNIX, unix.SOCK_STREAM, 0}, no},
		{unix.SYS_CLONE, []uint32{unix.CLONE_VM | unix.CLONE_THREAD}, allow},
		{unix.SYS_CLONE, []uint32{unix.CLONE_NEWUSER}, no},
		{unix.SYS_CLONE3, nil, withErrno | uint32(unix.ENOSYS)},
		{unix.SYS_SENDTO, []uint32{0, 0, 0, tcpFastOpen}, no},
		{unix.SYS_SENDTO, []uint32{0, 0, 0, 0}, allow},
		{unix.SYS_PTRACE, nil, no},
		{unix.SYS_BPF, nil, no},
		{unix.SYS_IO_URING_SETUP, nil, no},
		{x32Bit | 1, nil, no},
	}
	for _, c := range cases {
		if got := run(code, c.number, c.arguments...); got != c.want {
			t.Errorf("%d %v: %x", c.number, c.arguments, got)
		}
	}
}
