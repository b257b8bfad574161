"""The base of tests that run mpc jobs through engine processes."""

from __future__ import annotations

import unittest
from collections.abc import Sequence
from typing import Any

from .mpc_pods import Meeting, Side
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
