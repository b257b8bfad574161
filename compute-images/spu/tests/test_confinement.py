"""What the kernel refuses, tried from a process that is confined as a worker is."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import unittest

from runner import landlock, seccomp

from .pods import ROOT, Pod, free_ports, job_for

# Runs in a process of its own: confinement cannot be taken back.
PROBE = """
import ctypes, errno, json, os, socket, subprocess, sys, threading
from pathlib import Path
from runner import confinement, job
root = Path(sys.argv[1])
work = job.read_job(sys.argv[2], root)
target, outside = json.loads(sys.argv[3])
isolation = confinement.confine_start()
confinement.confine_job(isolation, work, root / 'engine', Path('/nowhere'))

def attempt(act):
    try:
        act()
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error.errno))
    return 'ok'

def dial(port, **options):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        s.settimeout(2)
        s.connect(('127.0.0.1', port))

def fast_open(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        s.sendto(b'x', 0x20000000, ('127.0.0.1', port))

def listen(port):
    socket.create_server(('127.0.0.1', port)).close()

def post_to_self():
    with socket.create_server(('127.0.0.1', work.own.port)):
        dial(work.own.port)

def make(family, kind, protocol=0):
    return lambda: socket.socket(family, kind, protocol).close()

def call(number, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    def act():
        if libc.syscall(number, *arguments) < 0:
            raise OSError(ctypes.get_errno(), 'refused')
    return act

def in_thread(act):
    found = []
    thread = threading.Thread(target=lambda: found.append(attempt(act)))
    thread.start(); thread.join()
    return found[0]

print(json.dumps({
    'isolation': isolation.report(),
    'peer port': attempt(lambda: dial(target)),
    'other port': attempt(lambda: dial(outside)),
    'other port in a thread': in_thread(lambda: dial(outside)),
    'fast open': attempt(lambda: fast_open(outside)),
    'own port': attempt(lambda: listen(work.own.port)),
    'own mailbox': attempt(post_to_self),
    'any port': attempt(lambda: listen(0)),
    'udp': attempt(make(socket.AF_INET, socket.SOCK_DGRAM)),
    'raw': attempt(make(socket.AF_INET, socket.SOCK_RAW, 1)),
    'ipv6': attempt(make(socket.AF_INET6, socket.SOCK_STREAM)),
    'unix': attempt(make(socket.AF_UNIX, socket.SOCK_STREAM)),
    'packet': attempt(make(socket.AF_PACKET, socket.SOCK_RAW)),
    'netlink': attempt(make(socket.AF_NETLINK, socket.SOCK_RAW)),
    'multipath tcp': attempt(make(socket.AF_INET, socket.SOCK_STREAM, 262)),
    'ptrace': attempt(call(101, 0, 0, 0, 0)),
    'io_uring': attempt(call(425, 1, 0)),
    'new user namespace': attempt(call(272, 0x10000000)),
    'read courier': attempt(lambda: (root / 'courier' / 'payload').read_bytes()),
    'read input': attempt(lambda: (root / 'in' / 'left.csv').read_bytes()),
    'write input': attempt(lambda: (root / 'in' / 'left.csv').write_bytes(b'')),
    'write output': attempt(lambda: (root / 'out' / 'result.csv').write_bytes(b'')),
    'read passwd': attempt(lambda: Path('/etc/passwd').read_bytes()),
    'shell': subprocess.run('tail -n +2 in.txt | LC_ALL=C sort | LC_ALL=C uniq', shell=True, cwd=root / 'engine',
                            capture_output=True, text=True).stdout,
}))
"""


class ConfinementTest(unittest.TestCase):
    def probe(self) -> dict[str, str]:
        pod = Pod()
        self.addCleanup(pod.close)
        pod.write_input(["id"], [("x",)])
        (pod.work / "courier" / "payload").write_text("private")
        (pod.work / "engine" / "in.txt").write_text("header\nb\na\nb\n")
        listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        for listener in listeners:
            self.addCleanup(listener.close)
        (peer, other) = (listener.getsockname()[1] for listener in listeners)
        job = json.dumps(job_for(pod, "a", ["id"], 2, [free_ports(1)[0], peer]))
        done = subprocess.run(
            [sys.executable, "-c", PROBE, str(pod.work), job, json.dumps([peer, other])],
            cwd=ROOT, capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        found: dict[str, str] = json.loads(done.stdout)
        return found

    def test_what_is_needed_works_and_the_rest_is_refused(self) -> None:
        found = self.probe()
        allowed: tuple[str, ...] = ("peer port", "own port", "own mailbox", "read input", "write output")
        self.assertEqual({name: found[name] for name in allowed}, dict.fromkeys(allowed, "ok"))
        self.assertEqual(found["shell"], "a\nb\n", "the psi library starts sh, tail, sort and uniq")
        if seccomp.supported():
            refused: tuple[str, ...] = ("fast open", "udp", "raw", "ipv6", "unix", "packet", "netlink", "multipath tcp", "ptrace")
            refused += ("io_uring", "new user namespace")
            self.assertEqual({name: found[name] for name in refused}, dict.fromkeys(refused, "EPERM"))
        if landlock.abi() >= 1:
            refused = ("read courier", "write input", "read passwd")
            self.assertEqual({name: found[name] for name in refused}, dict.fromkeys(refused, "EACCES"))
        if landlock.has_tcp_rules(landlock.abi()):
            refused = ("other port", "other port in a thread", "any port")
            self.assertEqual({name: found[name] for name in refused}, dict.fromkeys(refused, "EACCES"))

    def test_a_canary_that_succeeds_is_noticed(self) -> None:
        from runner import confinement
        from runner.errors import EngineError

        claimed = confinement.Isolation(no_new_privs=True, seccomp=True, landlock_abi=7, file_rules=True, tcp_rules=True)
        with self.assertRaises(EngineError) as caught:
            confinement._try_canaries(claimed, set())  # this process is not confined
        self.assertEqual(caught.exception.code, "CONFINEMENT_BROKEN")
        self.assertEqual(claimed.canary, "open")


if __name__ == "__main__":
    unittest.main()
