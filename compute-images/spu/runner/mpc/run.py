"""One job of the algorithm mpc, step by step."""

from __future__ import annotations

import importlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import EngineError
from ..link import LAST_ANSWERS_SECONDS, place
from ..progress import Progress
from .job import MpcJob
from .runtime import load_runtime

if TYPE_CHECKING:
    from ..worker import Outcome


def run_mpc(job: MpcJob, folder: Path, progress: Progress, outcome: Outcome, stall_seconds: float) -> None:
    """Prepares own inputs, connects, agrees with the peers, computes, writes. Raises EngineError.

    An operator is a module of operators/ with three functions: `prepare` checks and transforms own inputs and must find every
    fault that can be found before anything leaves this process; `compute` does the rest together with the peers; `write`
    writes what this party receives and returns the number of rows.
    """
    with outcome.timed("import"):
        libspu = load_runtime(folder)
        # Only now: they import numpy and jax.
        from .agree import agree
        from .columns import read_columns
        from .exchange import Exchange
        from .machine import Machine
        from .mesh import open_mesh
        from .session import Session

        operator: Any = importlib.import_module(f"{__package__}.operators.{job.parameters.operator.lower()}")
    with outcome.timed("prepare"):
        progress.report("prepare", 0)
        rows = job.rows
        own = read_columns(rows.path, rows.columns, rows.rows, f"inputs[{job.inputs.index(rows)}].path") if rows else []
        prepared = operator.prepare(job, own)
        progress.report("prepare", 100, rows.rows if rows else None)
    with outcome.timed("connect"):
        progress.report("connect", 0)
        mesh = open_mesh(libspu.link, job, stall_seconds)
        progress.report("connect", 100)
    try:
        exchange = Exchange(mesh, job.names, job.rank)
        with outcome.timed("share"):
            progress.report("share", 0)
            agreement = agree(job, exchange)
            machine = Machine(libspu, mesh.link, exchange, job.parameters.protocol, job.computing)
        with outcome.timed("compute"):
            session = Session(job, exchange, machine, agreement.common, agreement.rows, progress)
            result = operator.compute(session, prepared)
            # Returns once everything sent is with the peers, so that this process may end.
            mesh.stop_link()
    except EngineError:
        # What this party has said last may still be on its way; a peer that did not get it would wait.
        time.sleep(LAST_ANSWERS_SECONDS)
        raise
    except RuntimeError as error:
        raise EngineError("MPC_FAILED", f"the library gave up{place(error)}") from None
    progress.report("compute", 100)
    if job.output:
        with outcome.timed("write"):
            outcome.rows = operator.write(job, prepared, result)
            progress.report("write", 100, outcome.rows)
