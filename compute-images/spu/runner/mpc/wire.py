"""A wire: messages between two engines of which at least one does not compute, over one TCP connection through the couriers' tunnel.

The library's link is one of all its parties, and its runtime wants a link of exactly those that compute. So who only gives
columns or receives is reached by wires beside it. A frame is the length of a message, 8 bytes, and the message; a length of
BEAT is a sign of life.
"""

from __future__ import annotations

import contextlib
import queue
import select
import socket
import struct
import threading

from ..errors import EngineError

BEAT = 2**64 - 1
BEAT_SECONDS = 10.0
# No share of a block of rows comes near it.
LONGEST_FRAME = 1 << 30
# Messages that wait to be sent; more hold up the sender, so that shares of many rows do not pile up.
WAITING_MESSAGES = 2
PIECE = 1 << 20


class Wire:
    """Both ends send signs of life, so a peer that is silent for `silence_seconds` is lost, however long it may compute."""

    def __init__(self, connection: socket.socket, peer: str, silence_seconds: float) -> None:
        self._connection = connection
        self._peer = peer
        self._silence = silence_seconds
        self._waiting: queue.Queue[bytes | None] = queue.Queue(WAITING_MESSAGES)
        self._lost = False
        # A thread, because two engines may send to each other before either receives.
        self._writer = threading.Thread(target=self._write, daemon=True)
        self._writer.start()

    def send(self, message: bytes) -> None:
        """Raises EngineError CONNECT_LOST."""
        if self._lost:
            raise self._closed()
        self._waiting.put(message)

    def receive(self) -> bytes:
        """The next message. Raises EngineError CONNECT_LOST, STALLED or PEER_MESSAGE."""
        while (length := struct.unpack(">Q", self._read(8))[0]) == BEAT:
            pass
        if length > LONGEST_FRAME:
            raise EngineError("PEER_MESSAGE", f"the engine of {self._peer} announces {length} bytes, which does not fit; is it another version?")
        return self._read(length)

    def finish(self) -> None:
        """The last of this side: returns once everything sent is on its way."""
        self._waiting.put(None)
        self._writer.join()
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Returns once the peer has finished too, or is lost: closing with something unread could cut off what was sent."""
        with contextlib.suppress(EngineError):
            while True:
                self._piece(PIECE)
        self._connection.close()

    def _read(self, length: int) -> bytes:
        found = bytearray()
        while len(found) < length:
            found += self._piece(min(PIECE, length - len(found)))
        return bytes(found)

    def _piece(self, most: int) -> bytes:
        if not select.select([self._connection], [], [], self._silence)[0]:
            raise EngineError("STALLED", f"the engine of {self._peer} gave no sign of life for {self._silence:g} s")
        try:
            piece = self._connection.recv(most)
        except OSError:
            piece = b""
        if not piece:
            raise self._closed()
        return piece

    def _write(self) -> None:
        pause = min(BEAT_SECONDS, self._silence / 4)
        while (frame := self._next(pause)) is not None:
            if self._lost:
                continue  # What is left is taken and dropped, so that nobody waits for room.
            try:
                for part in frame:
                    self._connection.sendall(part)
            except OSError:
                self._lost = True

    def _next(self, pause: float) -> tuple[bytes, bytes] | None:
        """The next frame, a sign of life after a while without one; None at the end."""
        try:
            message = self._waiting.get(timeout=pause)
        except queue.Empty:
            return struct.pack(">Q", BEAT), b""
        return None if message is None else (struct.pack(">Q", len(message)), message)

    def _closed(self) -> EngineError:
        return EngineError("CONNECT_LOST", f"the connection to the engine of {self._peer} was closed")
