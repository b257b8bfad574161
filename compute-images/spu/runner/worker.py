"""The confined child process that touches data: prepare, connect, compute, write."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .confinement import Isolation, confine_job
from .deliver import deliver
from .errors import EngineError
from .files import Workplace
from .job import Job, PsiJob
from .library import library_folder, load_library
from .link import LAST_ANSWERS_SECONDS
from .mpc.job import MpcJob
from .prepare import prepare
from .progress import Progress
from .psi import connect, intersect


@dataclass
class Outcome:
    """What the worker tells its supervisor, success or not."""

    code: str = "OK"
    message: str = ""
    rows: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        start = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = round(time.monotonic() - start, 4)


def work(job: Job, place: Workplace, isolation: Isolation, stall_seconds: float) -> Outcome:
    """Runs the job in this process and never raises: what went wrong is in the outcome."""
    outcome = Outcome()
    try:
        _run(job, place, isolation, outcome, stall_seconds)
    except EngineError as error:
        outcome.code, outcome.message = error.code, error.message
    except OSError as error:
        outcome.code, outcome.message = "IO_FAILED", f"{error.strerror}: {error.filename}"
    except Exception as error:  # whatever it says could hold data
        outcome.code, outcome.message = "ENGINE_ERROR", f"unexpected {type(error).__name__}"
    return outcome


def _run(job: Job, place: Workplace, isolation: Isolation, outcome: Outcome, stall_seconds: float) -> None:
    progress = Progress(place.file("progress.jsonl"))
    _send_library_output_to(place)
    folder = library_folder()
    for target in job.write_folders:
        target.mkdir(parents=True, exist_ok=True)
    confine_job(isolation, job, place.engine, folder)
    os.chdir(place.scratch)
    os.environ["TMPDIR"] = str(place.scratch)
    if isinstance(job, MpcJob):
        # Only here: it needs numpy, which psi does without.
        from .mpc.run import run_mpc

        run_mpc(job, folder, progress, outcome, stall_seconds)
        time.sleep(LAST_ANSWERS_SECONDS)
    else:
        _run_psi(job, place, folder, progress, outcome)


def _run_psi(job: PsiJob, place: Workplace, folder: Path, progress: Progress, outcome: Outcome) -> None:
    with outcome.timed("prepare"):
        progress.report("prepare", 0)
        prepared = prepare(job.input, place.scratch / "input.csv")
        progress.report("prepare", 100, prepared.rows)
    with outcome.timed("import"):
        library = load_library(folder)
    with outcome.timed("connect"):
        progress.report("connect", 0)
        link = connect(library, job)
        progress.report("connect", 100)
    raw = place.scratch / "output.csv"
    with outcome.timed("compute"):
        progress.report("psi", 0)
        intersect(library, job, link, prepared, raw, lambda percent: progress.report("psi", percent))
        # Returns once everything sent is with the peer, so that this process may end.
        link.stop_link()
        stopped = time.monotonic()
        progress.report("psi", 100)
    if job.receives:
        with outcome.timed("write"):
            outcome.rows = deliver(raw, job.output, job.input, prepared, job.parameters.drops_missing)
            progress.report("write", 100, outcome.rows)
    time.sleep(max(0.0, stopped + LAST_ANSWERS_SECONDS - time.monotonic()))


def _send_library_output_to(place: Workplace) -> None:
    """The library logs to stdout and stderr and may quote rows: its words stay in scratch and are wiped with it."""
    log = os.open(place.scratch / "library.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
