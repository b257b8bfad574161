"""What connects all engines of a job: the library's link among those that compute, wires to and among those that only give."""

from __future__ import annotations

from typing import Any

from ..link import open_link
from .job import MpcJob
from .meet import accept, dial, listen
from .wire import Wire


class Mesh:
    """Takes the place of the library's link where messages beside the runtime's own are sent: to any party, by its rank in the job.

    `link` is among the ranks `computing` and None at who only gives; `wires` are by the rank of the peer.
    """

    def __init__(self, link: Any, computing: tuple[int, ...], wires: dict[int, Wire]) -> None:
        self.link = link
        self._computing = computing
        self._wires = wires

    def send_async(self, rank: int, message: bytes) -> None:
        if rank in self._wires:
            self._wires[rank].send(message)
        else:
            self.link.send_async(self._computing.index(rank), message)

    def recv(self, rank: int) -> bytes:
        if rank in self._wires:
            return self._wires[rank].receive()
        message: bytes = self.link.recv(self._computing.index(rank))
        return message

    def stop_link(self) -> None:
        """Returns once everything sent is with the peers."""
        if self.link is not None:
            self.link.stop_link()
        for wire in self._wires.values():
            wire.finish()
        # Only now, or two that wait for each other's end could be in the way of a third.
        for wire in self._wires.values():
            wire.close()


def open_mesh(links: Any, job: MpcJob, silence_seconds: float) -> Mesh:
    """Waits for all engines of the job. Who computes calls those that give, and of two that give the first calls the second.

    `links` is the library's module of links. Raises EngineError CONNECT_FAILED.
    """
    computing = job.computing
    givers = [rank for rank in range(len(job.parties)) if rank not in computing]
    if job.rank in computing:
        connections = {rank: dial(job, rank) for rank in givers}
        link = open_link(links, job, tuple(job.parties[rank] for rank in computing))
    else:
        with listen(job) as server:
            connections = {rank: dial(job, rank) for rank in givers if rank > job.rank}
            connections |= accept(job, server, [*computing, *(rank for rank in givers if rank < job.rank)])
        link = None
    wires = {rank: Wire(connection, job.names[rank], silence_seconds) for rank, connection in connections.items()}
    return Mesh(link, computing, wires)
