"""How two engines find each other for a wire: who gives listens on the own port, and whoever comes says which run it belongs to."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import time
from collections.abc import Collection

from ..envelope import Envelope

MAGIC = b"collabnet-wire/1"
RETRY_SECONDS = 0.1
GREETING_SECONDS = 10.0


def greeting(job: Envelope, rank: int) -> bytes:
    """What the party of this rank says first, and hears back from the other in the same form."""
    return MAGIC + hashlib.sha256(f"{job.task}/{job.step}/{job.attempt}".encode()).digest() + bytes([rank])


def dial(job: Envelope, rank: int) -> socket.socket:
    """Connects through the own courier's port for this peer; tries until its engine answers, or the supervisor ends the process.

    The tunnel accepts at once and may hold the connection for long, or close it.
    """
    peer = job.parties[rank]
    while True:
        with contextlib.suppress(OSError):
            connection = socket.create_connection((peer.host, peer.port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(greeting(job, job.rank))
            if _heard(connection) == greeting(job, rank):
                return connection
            connection.close()
        time.sleep(RETRY_SECONDS)


def listen(job: Envelope) -> socket.socket:
    return socket.create_server((job.own.host, job.own.port), backlog=len(job.parties))


def accept(job: Envelope, server: socket.socket, ranks: Collection[int]) -> dict[int, socket.socket]:
    """One connection of each of these parties; one that comes again has not had its answer."""
    expected = {greeting(job, rank): rank for rank in ranks}
    found: dict[int, socket.socket] = {}
    while len(found) < len(expected):
        (connection, _) = server.accept()
        with contextlib.suppress(OSError):
            connection.settimeout(GREETING_SECONDS)
            rank = expected.get(_heard(connection))
            if rank is not None:
                connection.sendall(greeting(job, job.rank))
                connection.settimeout(None)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                found[rank] = connection
                continue
        connection.close()
    return found


def _heard(connection: socket.socket) -> bytes:
    """So many bytes as a greeting has, or fewer if there are no more."""
    length = len(MAGIC) + 33
    heard = b""
    while len(heard) < length and (piece := connection.recv(length - len(heard))):
        heard += piece
    return heard
