"""The conversation with the courier over files: ready, job, exit, release, abort. See README.md."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from . import errors
from .child import Child
from .confinement import Isolation, confine_start
from .errors import EngineError, JobError
from .files import Workplace, is_full, write_json
from .job import Job, read_job
from .library import NAME, VERSION
from .progress import is_connecting
from .stall import StallWatch
from .worker import Outcome, work

POLL_SECONDS = 0.02
# The peer may still prepare a large input. Beyond this the library waits for a message that will not come: it has no limit
# of its own for connecting, only the one of the whole job.
CONNECT_SECONDS = 300
# A peer that works alone for so long without sending anything has some ten million rows; see StallWatch.
STALL_SECONDS = 60


class Supervisor:
    """One job, from ready.json to the exit code."""

    def __init__(self, place: Workplace, release_seconds: float, connect_seconds: float = CONNECT_SECONDS, stall_seconds: float = STALL_SECONDS) -> None:
        self._place = place
        self._release_seconds = release_seconds
        self._connect_seconds = connect_seconds
        self._stall_seconds = stall_seconds
        self._terminated = False
        self._isolation = Isolation()

    def run(self) -> int:
        """Returns the exit code: 0 succeeded, 1 failed, 2 bad job, 3 aborted, 4 timeout."""
        self._place.open()
        signal.signal(signal.SIGTERM, self._on_terminate)
        self._isolation = confine_start()
        self._write_ready()
        started = time.monotonic()
        peak = 0
        try:
            job = self._await_job()
            started = time.monotonic()
            outcome, peak = self._compute(job, started)
            exit_code = errors.EXIT_OK if outcome.code == "OK" else errors.EXIT_FAILED
        except EngineError as error:
            outcome = Outcome(code=error.code, message=error.message)
            exit_code = error.exit_code
            if isinstance(error, JobError):
                write_json(
                    self._place.file("error.json"),
                    {"schema": "collabnet.dev/engine-error/v1", "code": error.code, "field": error.field, "message": error.message},
                )
        if exit_code == errors.EXIT_FAILED and is_full(self._place.scratch):
            # The library says only that a write failed, or takes its process with it; the volume itself says why.
            outcome.code, outcome.message = "SCRATCH_FULL", "the scratch volume of the compute pod is full; raise the Helm value compute.scratch.size"
        # Before the exit is written: it makes room for it.
        self._place.wipe()
        self._write_exit(outcome, time.monotonic() - started, peak)
        if exit_code in (errors.EXIT_OK, errors.EXIT_FAILED):
            self._wait_until(lambda: self._seen("release") or self._aborted(), time.monotonic() + self._release_seconds)
        return exit_code

    def _await_job(self) -> Job:
        path = self._place.file("job.json")
        self._wait_until(lambda: path.exists() or self._aborted(), None)
        if self._aborted():
            raise EngineError("ABORTED", "aborted before the job", errors.EXIT_ABORTED)
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise JobError("job.json", f"cannot be read ({type(error).__name__})") from None
        return read_job(text, self._place.root)

    def _compute(self, job: Job, started: float) -> tuple[Outcome, int]:
        child = Child(lambda: work(job, self._place, self._isolation, self._stall_seconds), self._isolation)
        deadline = started + job.timeout_seconds
        try:
            lost = self._connecting_too_long()
            watch = StallWatch(child.pid, self._stall_seconds)

            def stuck() -> bool:
                return not job.may_idle and watch.stalled() and not is_connecting(self._place.file("progress.jsonl"))

            done = self._wait_until(lambda: child.ended() or self._aborted() or lost() or stuck(), deadline)
            if done and child.ended():
                return child.outcome(), child.peak_rss_bytes
        finally:
            child.kill()
        if self._aborted():
            raise EngineError("ABORTED", "aborted while the job ran", errors.EXIT_ABORTED)
        if done and stuck():
            raise EngineError("STALLED", f"nothing was computed or exchanged for {self._stall_seconds:g} s")
        if done:
            raise EngineError("CONNECT_FAILED", f"the peer's engine was not reached within {self._connect_seconds:g} s")
        raise EngineError("TIMEOUT", f"timeoutSeconds: the job was not done after {job.timeout_seconds} s", errors.EXIT_TIMEOUT)

    def _connecting_too_long(self) -> Callable[[], bool]:
        path = self._place.file("progress.jsonl")
        next_look = 0.0
        since: float | None = None

        def overdue() -> bool:
            nonlocal next_look, since
            now = time.monotonic()
            if now >= next_look:
                next_look = now + 0.5
                since = (now if since is None else since) if is_connecting(path) else None
            return since is not None and now - since >= self._connect_seconds

        return overdue

    def _wait_until(self, condition: Callable[[], bool], deadline: float | None) -> bool:
        while not condition():
            if deadline is not None and time.monotonic() >= deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def _aborted(self) -> bool:
        return self._terminated or self._seen("abort")

    def _seen(self, name: str) -> bool:
        return self._place.file(name).exists()

    def _on_terminate(self, _signal: int, _frame: object) -> None:
        self._terminated = True

    def _write_ready(self) -> None:
        write_json(
            self._place.file("ready.json"),
            {
                "schema": "collabnet.dev/engine-ready/v1",
                "engine": NAME,
                "version": VERSION,
                "pid": os.getpid(),
                "isolation": self._isolation.report(),
            },
        )

    def _write_exit(self, outcome: Outcome, total: float, peak_rss_bytes: int) -> None:
        write_json(
            self._place.file("exit.json"),
            {
                "schema": "collabnet.dev/engine-exit/v1",
                "status": "Succeeded" if outcome.code == "OK" else "Failed",
                "code": outcome.code,
                "message": outcome.message,
                "seconds": {**outcome.seconds, "total": round(total, 4)},
                "rows": outcome.rows,
                "peakRssBytes": peak_rss_bytes,
                "isolation": self._isolation.report(),
            },
        )
