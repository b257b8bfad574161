"""Parties of four that are lost in the middle end the run of all; one that waits for those that compute is not taken for lost."""

from __future__ import annotations

import unittest

from .mpc_case import MpcCase
from .mpc_pods import Side

ROWS = list(range(40))
ENDS = {"CONNECT_LOST", "STALLED", "MPC_FAILED"}
# An engine in which something happens to some parties when the first program is to be run.
TROUBLE = """
import os, signal, sys, time
from runner import __main__
import runner.mpc.run as run
before = run.run_mpc
def troubled(job, *rest):
    from runner.mpc.runtime import load_runtime
    load_runtime(rest[0])
    from runner.mpc.machine import Machine
    first = Machine.run
    def act(self, *program):
        Machine.run = first
        if job.self_name in {parties!r}:
            {what}
        return first(self, *program)
    Machine.run = act
    return before(job, *rest)
run.run_mpc = troubled
sys.exit(__main__.main())
"""
WORK = "end = time.process_time() + 4\n            while time.process_time() < end: pass"


class LostTest(MpcCase):
    def engine(self, parties: str, what: str) -> tuple[str, str]:
        return ("-c", TROUBLE.format(parties=parties, what=what))

    def sides(self) -> list[Side]:
        return [Side({"x": ROWS}), Side(), Side(), Side({"y": [row % 3 for row in ROWS]})]

    def lose(self, party: str, what: str, stall: str) -> list[str]:
        others = [name for name in "abcd" if name != party]
        variables = {"COLLABNET_STALL_SECONDS": stall}
        meeting = self.meet(self.sides(), command=self.engine(party, what), wait=others, variables=variables, operator="Statistics", statistics="Correlation")
        return [code for name, code in zip(meeting.names, meeting.codes, strict=True) if name != party]

    def test_an_engine_that_dies(self) -> None:
        for party in "da":
            with self.subTest(party):
                self.assertLessEqual(set(self.lose(party, "os.kill(os.getpid(), signal.SIGKILL)", "6")), ENDS)

    def test_an_engine_that_stands_still(self) -> None:
        for party in "da":
            with self.subTest(party):
                self.assertEqual(self.lose(party, "os.kill(os.getpid(), signal.SIGSTOP)", "6"), ["STALLED"] * 3)

    def test_a_giver_waits_while_the_three_compute(self) -> None:
        variables = {"COLLABNET_STALL_SECONDS": "3"}
        meeting = self.meet(self.sides(), command=self.engine("abc", WORK), variables=variables, operator="Statistics", statistics="Correlation", receivers=["d"])
        self.assertEqual(meeting.codes, ["OK"] * 4, meeting.exits)


if __name__ == "__main__":
    unittest.main()
