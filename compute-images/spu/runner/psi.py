"""One two-party private set intersection with the spu library: link, configuration, run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from .errors import EngineError
from .greeting import greet_in_place_of_peer
from .job import PsiJob
from .library import Library
from .link import open_link, place
from .parameters import CURVES, JOINS
from .prepare import Prepared


def connect(library: Library, job: PsiJob) -> Any:
    """A link over which psi may begin: see greeting.py for what would go wrong without the last step."""
    link = open_link(library.link, job, job.parties)
    greet_in_place_of_peer(job)
    return link


def intersect(library: Library, job: PsiJob, link: Any, prepared: Prepared, raw: Path, report: Callable[[int], None]) -> None:
    """Runs the protocol; a receiver finds the raw output in `raw`, another party finds nothing there.

    Raises EngineError PSI_FAILED. Its message has the place in the library's source only: the library quotes data rows.
    """
    p = library.psi
    parameters = job.parameters
    names = [party.name for party in job.parties]
    configuration = p.PsiExecuteConfig(
        protocol_conf=p.PsiProtocolConfig(
            protocol=getattr(p.PsiProtocol, f"PROTOCOL_{parameters.protocol}"),
            receiver_rank=names.index(parameters.receivers[0]),
            broadcast_result=parameters.broadcast,
            ecdh_params=p.EcdhParams(curve=getattr(p.EllipticCurveType, CURVES[parameters.curve])),
        ),
        input_params=p.InputParams(path=str(prepared.path), selected_keys=list(prepared.columns)),
        output_params=p.OutputParams(path=str(raw)),
        join_conf=p.ResultJoinConfig(type=getattr(p.ResultJoinType, JOINS[parameters.join]), left_side_rank=0),
    )
    hook = p.ProgressParams(hook=lambda data: report(data.percentage), interval_ms=1000)
    try:
        result = p.psi_execute(configuration, link, hook)
    except RuntimeError as error:
        raise EngineError("PSI_FAILED", f"the psi library gave up{place(error)}") from None
    if result.original_count != prepared.rows:
        raise EngineError("INPUT_INVALID", f"inputs[0].path: the library read {result.original_count} of {prepared.rows} rows")
