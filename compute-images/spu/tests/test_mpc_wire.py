"""Wires between engines: messages of all sizes both ways, signs of life, what happens when the other end is gone."""

from __future__ import annotations

import socket
import struct
import threading
import time
import unittest
from types import SimpleNamespace
from typing import Any

from runner.errors import EngineError
from runner.mpc.meet import accept, dial, greeting, listen
from runner.mpc.wire import Wire

from .pods import free_ports


class WireTest(unittest.TestCase):
    def pair(self, silence: float = 5) -> tuple[Wire, socket.socket]:
        (near, far) = socket.socketpair()
        self.addCleanup(far.close)
        return Wire(near, "d", silence), far

    def fails(self, wire: Wire) -> str:
        with self.assertRaises(EngineError) as caught:
            wire.receive()
        self.assertIn("engine of d", caught.exception.message)
        return caught.exception.code

    def test_both_may_send_much_before_either_receives(self) -> None:
        (near, far) = socket.socketpair()
        wires = (Wire(near, "d", 5), Wire(far, "a", 5))
        messages = [b"", b"x", bytes(8 << 20)]
        for message in messages:
            # More would wait for room, as who sends ahead of its peer shall.
            for wire in wires:
                wire.send(message)
        for wire in wires:
            self.assertEqual([wire.receive() for _ in messages], messages)
        ends = [threading.Thread(target=lambda wire=wire: (wire.finish(), wire.close())) for wire in wires]
        for end in ends:
            end.start()
        for end in ends:
            end.join(5)
            self.assertFalse(end.is_alive())

    def test_signs_of_life_are_no_messages_and_silence_is_the_end(self) -> None:
        (wire, far) = self.pair(1)
        self.assertEqual(struct.unpack(">Q", far.recv(8))[0], 2**64 - 1)
        for _ in range(3):
            far.sendall(struct.pack(">Q", 2**64 - 1))
            time.sleep(0.4)
        far.sendall(struct.pack(">Q", 2) + b"hi")
        self.assertEqual(wire.receive(), b"hi")
        self.assertEqual(self.fails(wire), "STALLED")

    def test_a_closed_end_and_a_message_beyond_all_bounds(self) -> None:
        (wire, far) = self.pair()
        far.sendall(struct.pack(">Q", 3) + b"ab")
        far.close()
        self.assertEqual(self.fails(wire), "CONNECT_LOST")
        (wire, far) = self.pair()
        far.sendall(struct.pack(">Q", 2**40))
        self.assertEqual(self.fails(wire), "PEER_MESSAGE")


class MeetTest(unittest.TestCase):
    def test_only_who_belongs_to_the_run_is_let_in(self) -> None:
        (port,) = free_ports(1)
        parties = [SimpleNamespace(host="127.0.0.1", port=port)] * 2

        def job(rank: int, step: str = "s") -> Any:
            return SimpleNamespace(task="t", step=step, attempt=1, rank=rank, parties=parties, own=parties[rank])

        found: dict[int, socket.socket] = {}
        with listen(job(1)) as server:
            letting = threading.Thread(target=lambda: found.update(accept(job(1), server, [0])))
            letting.start()
            for stranger in (greeting(job(0, "other"), 0), b"GET / HTTP/1.1\r\n\r\n" + bytes(31), greeting(job(0), 1)):
                with socket.create_connection(("127.0.0.1", port)) as connection:
                    connection.sendall(stranger)
                    self.assertEqual(connection.recv(1), b"")
            with dial(job(0), 1) as mine:
                letting.join(5)
                found[0].sendall(b"here")
                self.assertEqual(mine.recv(4), b"here")
                found[0].close()


if __name__ == "__main__":
    unittest.main()
