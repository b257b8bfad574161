"""The base of tests that run mpc jobs through engine processes."""

from __future__ import annotations

import unittest
from collections.abc import Sequence
from typing import Any

from .mpc_pods import Meeting, Side, job_for, write_inputs
from .pods import Pod, free_ports
from .wheel import add_twins


class MpcCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        # Without the wheels this says what to do; a test that was skipped would say nothing.
        add_twins()

    def meet(self, sides: Sequence[Side], **parameters: Any) -> Meeting:
        meeting = Meeting(sides, **parameters)
        self.addCleanup(meeting.close)
        return meeting

    def succeed(self, sides: Sequence[Side], **parameters: Any) -> Meeting:
        """A meeting that went well, and left nothing behind."""
        meeting = self.meet(sides, **parameters)
        self.assertEqual(meeting.codes, ["OK"] * len(sides), meeting.exits)
        for pod in meeting.pods:
            self.assertFalse((pod.work / "engine" / "tmp").exists(), "scratch must be gone")
        return meeting

    def alone(self, rows: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
        """How a run of party a ends that never meets its peer. `changed`: the parameters, with the operator."""
        pod = Pod()
        self.addCleanup(pod.close)
        inputs = write_inputs(pod.work / "in", Side(rows))
        layout = [{"party": "a", "input": "rows", "kind": "Rows", "columns": list(rows)}]
        parameters = {"protocol": "CHEETAH", "receivers": ["a"], **changed}
        pod.give(job_for(pod.work, "a", "ab", free_ports(2), inputs, layout, parameters))
        found = pod.await_file("exit.json")
        pod.touch("release")
        pod.process.wait(10)
        return found
