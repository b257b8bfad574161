"""Messages between the engines beside the library's own: bounded, in an order that all parties share."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import EngineError

# A told table has at most a few thousand rows.
LONGEST_MESSAGE = 64 << 20


class Exchange:
    """`names` are the parties in the order of their ranks; `rank` is the own one."""

    def __init__(self, link: Any, names: Sequence[str], rank: int) -> None:
        self._link = link
        self.names = list(names)
        self.rank = rank

    def send(self, receiver: int, message: bytes) -> None:
        self._link.send_async(receiver, message)

    def receive(self, sender: int, length: int | None = None) -> bytes:
        """The next message of a peer. Raises EngineError PEER_MESSAGE if it has not `length` bytes, or too many."""
        message: bytes = self._link.recv(sender)
        if len(message) > LONGEST_MESSAGE if length is None else len(message) != length:
            raise EngineError("PEER_MESSAGE", f"the engine of {self.names[sender]} sent {len(message)} bytes, which does not fit; is it another version?")
        return message

    def gather(self, message: bytes) -> list[bytes]:
        """One message of fixed length from every party, in the order of their ranks."""
        others = [rank for rank in range(len(self.names)) if rank != self.rank]
        for other in others:
            self.send(other, message)
        return [message if rank == self.rank else self.receive(rank, len(message)) for rank in range(len(self.names))]

    def tell(self, receivers: Sequence[str], value: Any, check: Callable[[Any], bool]) -> list[Any] | None:
        """Sends a JSON value, computed from own data alone, to the receivers.

        Returns at a receiver the values of all parties in the order of their ranks, each passed by `check`; None elsewhere.
        """
        message = json.dumps(value).encode()
        ranks = [self.names.index(name) for name in receivers]
        for receiver in ranks:
            if receiver != self.rank:
                self.send(receiver, message)
        if self.rank not in ranks:
            return None
        found = [json.loads(message if rank == self.rank else self.receive(rank)) for rank in range(len(self.names))]
        for rank, one in enumerate(found):
            if not check(one):
                raise EngineError("PEER_MESSAGE", f"the engine of {self.names[rank]} sent a table of another form; is it another version?")
        return found
