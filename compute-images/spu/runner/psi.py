"""One two-party private set intersection with the spu library: link, configuration, run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .errors import EngineError
from .greeting import greet_in_place_of_peer
from .job import Job
from .library import Library
from .parameters import CURVES, JOINS
from .prepare import Prepared

CONNECT_RETRY_MS = 100
# One message is at most 1 MiB; 2 minutes let it pass a link of 10 kB/s before the library gives up on it.
SEND_TIMEOUT_MS = 120_000


def connect(library: Library, job: Job) -> Any:
    """Listens on the own address and connects to the peer's, retrying until the process is ended by its deadline.

    Afterwards psi may begin: see greeting.py for what would go wrong without the last step.
    """
    description = library.link.Desc()
    description.id = f"{job.task}/{job.step}/{job.attempt}"
    description.connect_retry_times = job.timeout_seconds * 1000 // CONNECT_RETRY_MS + 10
    description.connect_retry_interval_ms = CONNECT_RETRY_MS
    description.recv_timeout_ms = job.timeout_seconds * 1000
    description.http_timeout_ms = min(SEND_TIMEOUT_MS, job.timeout_seconds * 1000)
    for party in job.parties:
        description.add_party(party.name, party.address)
    try:
        link = library.link.create_brpc(description, job.rank)
    except RuntimeError as error:
        raise EngineError("CONNECT_FAILED", f"no link between {job.own.address} and {job.peers[0].address}{_place(error)}") from None
    greet_in_place_of_peer(job)
    return link


def intersect(library: Library, job: Job, link: Any, prepared: Prepared, raw: Path, report: Callable[[int], None]) -> None:
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
        raise EngineError("PSI_FAILED", f"the psi library gave up{_place(error)}") from None
    if result.original_count != prepared.rows:
        raise EngineError("INPUT_INVALID", f"inputs[0].path: the library read {result.original_count} of {prepared.rows} rows")


def _place(error: BaseException) -> str:
    match = re.search(r"Enforce fail at ([\w./~+-]+:\d+)", str(error))
    return f" at {match[1]}" if match else ""
