"""The library's lost greeting, brought about on purpose: whoever hears late that the peer has its first one loses the second."""

from __future__ import annotations

import time
import unittest
from collections.abc import Sequence

from .pods import Pod, free_ports, job_for
from .tunnel import Tunnel

WITH = ("-m", "runner")
# As images were that did not know of the fault.
WITHOUT = ("-c", "import sys; from runner import __main__, psi; psi.greet_in_place_of_peer = lambda job: None; sys.exit(__main__.main())")
LATE_SECONDS = 0.7
ROWS = 50


class GreetingTest(unittest.TestCase):
    def run_pair(self, commands: Sequence[Sequence[str]], late: int) -> tuple[list[Pod], float]:
        """Engines a and b, each with its own command; `late` is the one whose peer's answers take long."""
        pods = [Pod(command, COLLABNET_STALL_SECONDS="3") for command in commands]
        own, tunnels = free_ports(2), free_ports(2)
        for rank, pod in enumerate(pods):
            self.addCleanup(pod.close)
            tunnel = Tunnel(tunnels[rank], own[1 - rank], LATE_SECONDS if rank == late else 0)
            self.addCleanup(tunnel.close)
            first = rank * ROWS // 2
            pod.write_input(["id"], [(str(number),) for number in range(first, first + ROWS)])
            pod.await_file("ready.json")
        started = time.monotonic()
        for rank, pod in enumerate(pods):
            ports = [own[0], tunnels[0]] if rank == 0 else [tunnels[1], own[1]]
            pod.give(job_for(pod, "ab"[rank], ["id"], ROWS + 1, ports, receivers=["a", "b"], timeoutSeconds=30))
        for pod in pods:
            pod.await_file("exit.json", 40)
        return pods, time.monotonic() - started

    def assert_result(self, pods: list[Pod], seconds: float) -> None:
        self.assertEqual([pod.read("exit.json")["code"] for pod in pods], ["OK", "OK"])
        self.assertEqual([len(pod.row_numbers()) for pod in pods], [ROWS // 2] * 2)
        self.assertLess(seconds, 8)

    def test_either_side_may_hear_late(self) -> None:
        for late in (0, 1):
            with self.subTest(late="ab"[late]):
                self.assert_result(*self.run_pair([WITH, WITH], late))

    def test_one_that_knows_of_it_needs_nothing_of_its_peer(self) -> None:
        for late, commands in ((0, [WITH, WITHOUT]), (1, [WITHOUT, WITH])):
            with self.subTest(late="ab"[late]):
                self.assert_result(*self.run_pair(commands, late))

    def test_the_library_still_has_the_fault_and_the_stall_is_noticed(self) -> None:
        pods, _ = self.run_pair([WITHOUT, WITH], 0)
        self.assertEqual(pods[0].read("exit.json")["code"], "STALLED")


if __name__ == "__main__":
    unittest.main()
