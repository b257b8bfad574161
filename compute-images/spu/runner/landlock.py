"""Landlock: the files and TCP ports that remain to this process, enforced by the kernel without any privilege.

Port rules name ports, not addresses. They keep the engine away from every service of its pod and network that listens
on another port; the pod's NetworkPolicy does the rest.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .kernel import syscall

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_RULE_PATH, _RULE_PORT = 1, 2

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REFER, _TRUNCATE, _IOCTL_DEVICE = 1 << 13, 1 << 14, 1 << 15
_ALL_OF_ABI_1 = (1 << 13) - 1
_MAKE_SPECIAL = (1 << 6) | (1 << 9) | (1 << 11)  # character device, socket, block device
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE
_BIND_TCP, _CONNECT_TCP = 1, 2
_SCOPE_ABSTRACT_SOCKET, _SCOPE_SIGNAL = 1, 2


@dataclass(frozen=True)
class Rules:
    """`run` may be read and executed, `read` read, `write` anything but executed; every port not named is closed."""

    run: tuple[Path, ...]
    read: tuple[Path, ...]
    write: tuple[Path, ...]
    bind: tuple[int, ...]
    connect: tuple[int, ...]


class _Ruleset(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _PathRule(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


class _PortRule(ctypes.Structure):
    _fields_ = [("allowed", ctypes.c_uint64), ("port", ctypes.c_uint64)]


def abi() -> int:
    """The kernel's Landlock version; 0 where it is absent, switched off or hidden by the container runtime."""
    try:
        return syscall(_CREATE_RULESET, 0, 0, _VERSION_FLAG)
    except OSError:
        return 0


def has_tcp_rules(version: int) -> bool:
    return version >= 4


def apply(rules: Rules) -> int:
    """Restricts this thread and all it starts, for good. Returns the ABI used, 0 for none. Needs no_new_privs.

    Raises OSError when the kernel has Landlock but refuses the rules.
    """
    version = abi()
    if version == 0:
        return 0
    handled = _ALL_OF_ABI_1
    handled |= _REFER if version >= 2 else 0
    handled |= _TRUNCATE if version >= 3 else 0
    handled |= _IOCTL_DEVICE if version >= 5 else 0
    ruleset = _Ruleset(
        handled,
        _BIND_TCP | _CONNECT_TCP if has_tcp_rules(version) else 0,
        _SCOPE_ABSTRACT_SOCKET | _SCOPE_SIGNAL if version >= 6 else 0,
    )
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    handle = syscall(_CREATE_RULESET, ctypes.byref(ruleset), size, 0)
    try:
        _allow_paths(handle, rules.run, handled & (_EXECUTE | _READ_FILE | _READ_DIR))
        _allow_paths(handle, rules.read, handled & (_READ_FILE | _READ_DIR))
        _allow_paths(handle, rules.write, handled & ~(_EXECUTE | _MAKE_SPECIAL | _IOCTL_DEVICE))
        if has_tcp_rules(version):
            _allow_ports(handle, rules.bind, _BIND_TCP)
            _allow_ports(handle, rules.connect, _CONNECT_TCP)
        syscall(_RESTRICT_SELF, handle, 0)
    finally:
        os.close(handle)
    return version


def _allow_paths(handle: int, paths: Iterable[Path], rights: int) -> None:
    for path in paths:
        try:
            parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue  # nothing there, nothing to allow
        try:
            folder = stat.S_ISDIR(os.fstat(parent).st_mode)
            rule = _PathRule(rights if folder else rights & _FILE_RIGHTS, parent)
            syscall(_ADD_RULE, handle, _RULE_PATH, ctypes.byref(rule), 0)
        finally:
            os.close(parent)


def _allow_ports(handle: int, ports: Iterable[int], right: int) -> None:
    for port in ports:
        rule = _PortRule(right, port)
        syscall(_ADD_RULE, handle, _RULE_PORT, ctypes.byref(rule), 0)
