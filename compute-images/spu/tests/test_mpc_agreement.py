"""Parties that do not mean the same computation, and who gets to see what of one that they do."""

from __future__ import annotations

import json
import unittest
from typing import Any

from .mpc_case import MpcCase
from .mpc_pods import Side

ROWS: list[Any] = list(range(20))
# An engine that writes down every value that comes into the clear in its process.
SPY = """
import sys
from pathlib import Path
from runner import __main__
import runner.mpc.run as run
before = run.run_mpc
def spying(job, *rest):
    from runner.mpc.runtime import load_runtime
    load_runtime(rest[0])
    from runner.mpc.machine import Machine
    reconstruct = Machine._reconstruct
    def note(self, name, shares):
        value = reconstruct(self, name, shares)
        with open(Path(sys.argv[1] if len(sys.argv) > 1 else '..') / 'opened.jsonl', 'a') as handle:
            import json
            handle.write(json.dumps([name, list(value.shape)]) + '\\n')
        return value
    Machine._reconstruct = note
    return before(job, *rest)
run.run_mpc = spying
sys.exit(__main__.main())
"""


class AgreementTest(MpcCase):
    def test_differences_are_found_before_anything_is_shared(self) -> None:
        first = Side({"x": ROWS})
        for second, code in (
            (Side({"y": ROWS}, parameters={"minimumGroupSize": 11}), "PARAMETERS_DIFFER"),
            (Side({"y": [*ROWS, 20]}), "ROWS_DIFFER"),
            (Side({"y": ROWS}, alignment="cd" * 32), "ALIGNMENT"),
        ):
            with self.subTest(code):
                meeting = self.meet([first, second], operator="Statistics")
                self.assertEqual(meeting.codes, [code, code], meeting.exits)
                self.assertIsNone(meeting.table("a"))

    def test_only_receivers_get_anything_into_the_clear(self) -> None:
        label = [row % 2 for row in ROWS] * 10
        sides = [Side({"x": ROWS * 10}), Side({"y": label}), Side()]
        for receivers in (["a"], ["b", "c"]):
            for operator, parameters, opened in (
                ("Statistics", {"statistics": "Correlation"}, [["correlation01", [1, 1]]]),
                ("Binning", {"label": "y"}, [["positives0", [5, 1]]]),
            ):
                with self.subTest(operator, receivers=receivers):
                    meeting = self.meet(sides, command=("-c", SPY), operator=operator, receivers=receivers, **parameters)
                    self.assertEqual(meeting.codes, ["OK"] * 3)
                    for name, pod in zip("abc", meeting.pods, strict=True):
                        path = pod.work / "engine" / "opened.jsonl"
                        seen = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
                        self.assertEqual(seen, opened if name in receivers else [], name)
                        self.assertEqual(meeting.table(name) is not None, name in receivers)

    def test_isolation_holds_while_jax_and_the_runtime_work(self) -> None:
        meeting = self.succeed([Side({"x": ROWS}), Side({"y": ROWS})], operator="Statistics", statistics="Correlation")
        for exit_ in meeting.exits:
            isolation = exit_["isolation"]
            self.assertEqual(isolation["canary"], "blocked" if isolation["tcpRules"] else "open")
            self.assertEqual(isolation["tried"]["socket"], "blocked" if isolation["seccomp"] else "open")
            self.assertEqual(isolation["tried"]["file"], "blocked" if isolation["fileRules"] else "open")
            self.assertTrue({"import", "prepare", "connect", "share", "compute", "total"} <= exit_["seconds"].keys())
        lines = [json.loads(line) for line in meeting.pods[0].log.read_text().splitlines()]
        self.assertEqual(lines[-1]["phase"], "write", "stdout has progress only")


class HostilePeerTest(MpcCase):
    """What a peer claims about sizes is never used."""

    def test_a_share_of_another_size_is_refused(self) -> None:
        from runner.errors import EngineError
        from runner.mpc.exchange import LONGEST_MESSAGE, Exchange

        class Link:
            def __init__(self, message: bytes) -> None:
                self.message = message

            def recv(self, _sender: int) -> bytes:
                return self.message

        for message, length in ((b"12345", 4), (b"", 4), (bytes(LONGEST_MESSAGE + 1), None)):
            with self.assertRaises(EngineError) as caught:
                Exchange(Link(message), "ab", 0).receive(1, length)
            self.assertEqual(caught.exception.code, "PEER_MESSAGE")

    def test_a_share_that_lies_about_itself_is_refused(self) -> None:
        from pathlib import Path

        import numpy as np

        from runner.errors import EngineError
        from runner.mpc.protocols import configuration
        from runner.mpc.runtime import load_runtime
        from runner.mpc.shares import zero_form

        from .wheel import spu_folder

        libspu = load_runtime(spu_folder() or Path("/nowhere"))
        io = libspu.IoWrapper(3, configuration(libspu, "ABY3"))
        form = zero_form(libspu, io, 0, (4, 2), np.int64)
        (good,) = io.MakeShares(np.ones((4, 2), np.int64), libspu.Visibility.VIS_SECRET, -1)[0].share_chunks
        self.assertEqual(form.of([good], "b").meta, form.description)
        head = libspu.ValueChunk()
        head.ParseFromString(good)
        head.total_bytes = 2**40
        for chunks in ([good[:-1]], [good, good], [], [head.SerializeToString()], [bytes(len(good))]):
            with self.assertRaises(EngineError) as caught:
                form.of(chunks, "b")
            self.assertEqual(caught.exception.code, "PEER_MESSAGE")


if __name__ == "__main__":
    unittest.main()
