"""How far the kernel confines this process: applied in two steps, measured by trying what must fail, reported."""

from __future__ import annotations

import errno
import os
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path

from . import kernel, landlock, seccomp
from .envelope import Envelope
from .errors import EngineError


@dataclass
class Isolation:
    """What goes into ready.json (canary still "untried") and exit.json, and from there into the receipt."""

    no_new_privs: bool = False
    seccomp: bool = False
    landlock_abi: int = 0
    file_rules: bool = False
    tcp_rules: bool = False
    canary: str = "untried"
    tried: dict[str, str] = field(default_factory=dict)

    def report(self) -> dict[str, object]:
        return {
            "noNewPrivs": self.no_new_privs,
            "seccomp": self.seccomp,
            "landlockAbi": self.landlock_abi,
            "fileRules": self.file_rules,
            "tcpRules": self.tcp_rules,
            "canary": self.canary,
            "tried": self.tried,
        }


def confine_start() -> Isolation:
    """At start, before the job is known: no new privileges, the system call filter."""
    isolation = Isolation(no_new_privs=kernel.no_new_privileges(), landlock_abi=landlock.abi())
    isolation.seccomp = isolation.no_new_privs and seccomp.apply()
    return isolation


def confine_job(isolation: Isolation, job: Envelope, engine_folder: Path, library: Path) -> None:
    """Once the job names files and ports, and before any thread exists: Landlock, then the canaries.

    Raises EngineError CONFINEMENT_BROKEN if something that a reported level forbids succeeds all the same.
    """
    rules = landlock.Rules(
        run=_runtime(library),
        read=(*job.read_folders, Path("/proc"), Path("/sys/devices/system"), Path("/dev/urandom"), Path("/dev/random")),
        write=(engine_folder, *job.write_folders, Path("/dev/null")),
        bind=(job.own.port,),
        # The own port for greeting.py.
        connect=(job.own.port, *(peer.port for peer in job.peers)),
    )
    if isolation.no_new_privs:
        try:
            isolation.landlock_abi = landlock.apply(rules)
        except OSError as error:
            raise EngineError("CONFINEMENT_FAILED", f"Landlock refuses the rules: {error.strerror}") from None
        isolation.file_rules = isolation.landlock_abi > 0
        isolation.tcp_rules = landlock.has_tcp_rules(isolation.landlock_abi)
    _try_canaries(isolation, set(rules.connect))


def _runtime(library: Path) -> tuple[Path, ...]:
    package = Path(__file__).resolve().parent
    names = ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", sys.prefix, sys.base_prefix]
    return (*map(Path, names), package, library)


def _try_canaries(isolation: Isolation, ports: set[int]) -> None:
    closed = next(port for port in range(1, 10) if port not in ports)
    isolation.tried = {"connect": _connect(closed), "socket": _netlink(), "file": _read("/")}
    isolation.canary = isolation.tried["connect"]
    expected = {"connect": isolation.tcp_rules, "socket": isolation.seccomp, "file": isolation.file_rules}
    broken = [name for name, blocked in expected.items() if blocked and isolation.tried[name] != "blocked"]
    if broken:
        raise EngineError("CONFINEMENT_BROKEN", f"the kernel reports a level that does not hold: {', '.join(broken)} was possible")


def _connect(port: int) -> str:
    """A refused connection is "open" as well: it got as far as the other end."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return "blocked" if probe.connect_ex(("127.0.0.1", port)) in (errno.EACCES, errno.EPERM) else "open"


def _netlink() -> str:
    try:
        socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close()
    except PermissionError:
        return "blocked"
    except OSError:
        return "open"
    return "open"


def _read(folder: str) -> str:
    try:
        os.listdir(folder)
    except PermissionError:
        return "blocked"
    return "open"
