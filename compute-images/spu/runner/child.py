"""Starting, watching and ending the worker process."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable

from .confinement import Isolation
from .worker import Outcome


class Child:
    """The worker in a process group of its own, so that the sort and shell processes of the library end with it.

    A separate process, because the library can hang inside C++, crash, or hold the interpreter: whatever it does, its
    supervisor still answers the courier, keeps the deadline and wipes the scratch folder.
    """

    def __init__(self, run: Callable[[], Outcome], isolation: Isolation) -> None:
        self.peak_rss_bytes = 0
        self._isolation = isolation
        self._status: int | None = None
        (self._reader, writer) = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.setpgid(0, 0)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.close(self._reader)
            _become_worker(run, isolation, writer)
        os.close(writer)
        try:
            os.setpgid(self.pid, self.pid)
        except OSError:
            pass  # it did so itself, or is gone already

    def ended(self) -> bool:
        if self._status is None:
            (pid, status, usage) = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self._status = status
                self.peak_rss_bytes = usage.ru_maxrss * 1024
        return self._status is not None

    def kill(self) -> None:
        """Ends the worker and its children and waits for it."""
        if not self.ended():
            for end in (os.killpg, os.kill):
                try:
                    end(self.pid, signal.SIGKILL)
                except OSError:
                    continue
            (_, self._status, usage) = os.wait4(self.pid, 0)
            self.peak_rss_bytes = usage.ru_maxrss * 1024

    def outcome(self) -> Outcome:
        """What the worker said, after its end; a worker that died silently gives ENGINE_CRASHED."""
        with os.fdopen(self._reader, "rb") as reader:
            said = reader.read()
        if not said:
            status = self._status or 0
            how = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit code {os.WEXITSTATUS(status)}"
            hint = "; the kernel ends a process so that exceeds the memory limit" if how == "signal 9" else ""
            return Outcome(code="ENGINE_CRASHED", message=f"the worker ended by {how}{hint}")
        value = json.loads(said)
        self._isolation.__dict__.update(value.pop("isolation"))
        return Outcome(**value)


def _become_worker(run: Callable[[], Outcome], isolation: Isolation, writer: int) -> None:
    try:
        outcome = run()
        os.write(writer, json.dumps({**outcome.__dict__, "isolation": isolation.__dict__}).encode())
    finally:
        # Neither destructors of the library nor handlers of the supervisor have to run in here.
        os._exit(0)
