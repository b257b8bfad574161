"""The link between the engines of one job: own listener, connections to the peers' tunnels."""

from __future__ import annotations

import re
from typing import Any

from .envelope import Envelope, Party
from .errors import EngineError

CONNECT_RETRY_MS = 100
# One message is at most 1 MiB; 2 minutes let it pass a link of 10 kB/s before the library gives up on it.
SEND_TIMEOUT_MS = 120_000
# The library returns when it has all messages and acknowledgements, but not when its own last answers are out: a peer that
# does not get them tries again and in the end exits, or waits. So a process serves for a moment longer.
LAST_ANSWERS_SECONDS = 0.5


def open_link(links: Any, job: Envelope, parties: tuple[Party, ...]) -> Any:
    """Listens on the own address and connects to every peer's, retrying until the process is ended by its deadline.

    The link is among `parties`, in this order, of which the own one is one. `links` is the library's module of links. Raises EngineError CONNECT_FAILED.
    """
    description = links.Desc()
    description.id = f"{job.task}/{job.step}/{job.attempt}"
    description.connect_retry_times = job.timeout_seconds * 1000 // CONNECT_RETRY_MS + 10
    description.connect_retry_interval_ms = CONNECT_RETRY_MS
    description.recv_timeout_ms = job.timeout_seconds * 1000
    description.http_timeout_ms = min(SEND_TIMEOUT_MS, job.timeout_seconds * 1000)
    for party in parties:
        description.add_party(party.name, party.address)
    try:
        return links.create_brpc(description, parties.index(job.own))
    except RuntimeError as error:
        peers = ", ".join(peer.address for peer in parties if peer != job.own)
        raise EngineError("CONNECT_FAILED", f"no link between {job.own.address} and {peers}{place(error)}") from None


def place(error: BaseException) -> str:
    """Where in the library's source something failed: the only part of its messages that cannot quote data."""
    match = re.search(r"Enforce fail at ([\w./~+-]+:\d+)", str(error))
    return f" at {match[1]}" if match else ""
