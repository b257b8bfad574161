"""System calls that the engine never needs, refused by the kernel.

What stays possible on the network is TCP over IPv4: the psi library opens nothing else. Raw, packet, netlink, UDP and
Unix sockets are refused, multipath TCP too (Landlock's port rules do not cover it), and so is TCP fast open, which
connects inside a send and so would pass by the port rules.
"""

from __future__ import annotations

import ctypes
import errno
import platform

from . import bpf
from .kernel import PR_SET_SECCOMP, prctl

_AUDIT_ARCH_X86_64 = 0xC000003E
_X32_BIT = 0x40000000
_AF_INET, _SOCK_STREAM, _SOCK_TYPE_MASK = 2, 1, 0xF
_IPPROTO_TCP, _MSG_FASTOPEN = 6, 0x20000000
# CLONE_NEW{TIME,NS,CGROUP,UTS,IPC,USER,PID,NET}
_NEW_NAMESPACES = 0x80 | 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000

_SOCKET, _CLONE, _CLONE3 = 41, 56, 435
# call number -> index of its flags argument
_SENDS = {44: 3, 46: 2, 307: 3}

# x86-64 numbers
_REFUSED = {
    "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "pidfd_getfd": 438, "kcmp": 312,
    "process_madvise": 440,
    "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "open_tree": 428, "move_mount": 429,
    "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "mount_setattr": 442,
    "unshare": 272, "setns": 308,
    "bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "memfd_secret": 447,
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    "add_key": 248, "request_key": 249, "keyctl": 250,
    "init_module": 175, "delete_module": 176, "finit_module": 313, "kexec_load": 246, "kexec_file_load": 320,
    "reboot": 169, "swapon": 167, "swapoff": 168, "acct": 163, "quotactl": 179, "syslog": 103,
    "sethostname": 170, "setdomainname": 171, "iopl": 172, "ioperm": 173,
    "settimeofday": 164, "clock_settime": 227, "adjtimex": 159, "clock_adjtime": 305,
    "open_by_handle_at": 304, "mknod": 133, "mknodat": 259, "personality": 135, "vhangup": 153,
}  # fmt: skip


def supported() -> bool:
    return platform.machine() == "x86_64"


def apply() -> bool:
    """Installs the filter for this process and all it starts. False where the kernel or the machine has none.

    Needs no_new_privs; must run before threads start, which inherit it.
    """
    if not supported():
        return False
    code = _program()
    buffer = ctypes.create_string_buffer(code, len(code))
    header = _SockFprog(len(code) // 8, ctypes.addressof(buffer))
    try:
        prctl(PR_SET_SECCOMP, 2, ctypes.byref(header))
    except OSError:
        return False
    return True


class _SockFprog(ctypes.Structure):
    _fields_ = [("len", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def _program() -> bytes:
    p = bpf.Program()
    p.add(bpf.LOAD, bpf.ARCHITECTURE)
    p.add(bpf.JUMP_EQUAL, _AUDIT_ARCH_X86_64, None, "kill")
    p.add(bpf.LOAD, bpf.NUMBER)
    p.add(bpf.JUMP_GREATER_EQUAL, _X32_BIT, "refuse")
    p.add(bpf.JUMP_EQUAL, _SOCKET, "socket")
    p.add(bpf.JUMP_EQUAL, _CLONE, "clone")
    p.add(bpf.JUMP_EQUAL, _CLONE3, "absent")
    for number in _SENDS:
        p.add(bpf.JUMP_EQUAL, number, f"send{number}")
    for number in _REFUSED.values():
        p.add(bpf.JUMP_EQUAL, number, "refuse")
    p.add(bpf.RETURN, bpf.ALLOW)
    p.label("socket")
    p.add(bpf.LOAD, bpf.argument(0))
    p.add(bpf.JUMP_EQUAL, _AF_INET, None, "refuse")
    p.add(bpf.LOAD, bpf.argument(1))
    p.add(bpf.AND, _SOCK_TYPE_MASK)
    p.add(bpf.JUMP_EQUAL, _SOCK_STREAM, None, "refuse")
    p.add(bpf.LOAD, bpf.argument(2))
    p.add(bpf.JUMP_EQUAL, 0, "allow")
    p.add(bpf.JUMP_EQUAL, _IPPROTO_TCP, "allow", "refuse")
    p.label("clone")
    p.add(bpf.LOAD, bpf.argument(0))
    p.add(bpf.JUMP_ANY_BIT, _NEW_NAMESPACES, "refuse", "allow")
    for number, flags in _SENDS.items():
        p.label(f"send{number}")
        p.add(bpf.LOAD, bpf.argument(flags))
        p.add(bpf.JUMP_ANY_BIT, _MSG_FASTOPEN, "refuse", "allow")
    p.label("allow")
    p.add(bpf.RETURN, bpf.ALLOW)
    p.label("absent")
    # clone3 hides its flags behind a pointer; the C library falls back to clone when the call does not exist.
    p.add(bpf.RETURN, bpf.ERRNO | errno.ENOSYS)
    p.label("refuse")
    p.add(bpf.RETURN, bpf.ERRNO | errno.EPERM)
    p.label("kill")
    p.add(bpf.RETURN, bpf.KILL_PROCESS)
    return p.assemble()
