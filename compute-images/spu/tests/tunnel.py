"""A tunnel as couriers make it: accepts at once, holds the connection until the engine listens, and may be slow to answer."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable


class Tunnel:
    """From `port` to `target`. The first answer on every connection is held back for `answer_after` seconds."""

    def __init__(self, port: int, target: int, answer_after: float = 0) -> None:
        self._target = target
        self._answer_after = answer_after
        self._server = socket.create_server(("127.0.0.1", port))
        self._open: list[socket.socket] = [self._server]
        _start(self._accept)

    def close(self) -> None:
        for each in self._open:
            # Wakes the thread that waits on it, which close() alone does not.
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                (near, _) = self._server.accept()
                self._open.append(near)
                _start(self._carry, near)

    def _carry(self, near: socket.socket) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                time.sleep(0.02)
                continue
            self._open.append(far)
            _start(_copy, near, far, 0)
            _copy(far, near, self._answer_after)
            return


def _start(act: Callable[..., None], *arguments: object) -> None:
    threading.Thread(target=act, args=arguments, daemon=True).start()


def _copy(source: socket.socket, sink: socket.socket, pause: float) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            time.sleep(pause)
            pause = 0
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
