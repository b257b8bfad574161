"""What computing engines get of a giver's column: its shares, fresh for every row, of which two engines' are needed to tell anything."""

from __future__ import annotations

import json
import unittest

from .mpc_case import MpcCase
from .mpc_pods import Side
from .wheel import spu_folder

ROWS = 200
FRACTION = 1 << 18
# An engine that writes down every message that it gets beside the runtime's own.
LISTENING = """
import sys
from runner import __main__
import runner.mpc.run as run
before = run.run_mpc
def listening(job, *rest):
    from runner.mpc.exchange import Exchange
    receive = Exchange.receive
    def note(self, sender, length=None):
        message = receive(self, sender, length)
        with open('../heard.jsonl', 'a') as handle:
            import json
            handle.write(json.dumps([self.names[sender], message.hex()]) + '\\n')
        return message
    Exchange.receive = note
    return before(job, *rest)
run.run_mpc = listening
sys.exit(__main__.main())
"""


class GivenSharesTest(MpcCase):
    def test_a_constant_column_looks_random_to_each_of_the_three(self) -> None:
        import numpy as np

        sides = [Side({"x": [1] * ROWS}), Side(), Side(), Side({"z": [7] * ROWS})]
        product = ["*", ["column", "a", "x"], ["column", "d", "z"]]
        meeting = self.meet(sides, command=("-c", LISTENING), operator="Expression", expression=product, receivers=["a"])
        self.assertEqual(meeting.codes, ["OK"] * 4, meeting.exits)
        pairs = {}
        for name in "abc":
            lines = (meeting.pods["abcd".index(name)].work / "engine" / "heard.jsonl").read_text().splitlines()
            messages = [bytes.fromhex(text) for sender, text in map(json.loads, lines) if sender == "d"]
            (share,) = [message for message in messages if len(message) > ROWS]
            # All else: parameters, rows and randomness; the mark of the alignment; a bound of the column; digests of two programs at most.
            rest = sorted(len(message) for message in messages if message is not share)
            self.assertEqual(rest[-1], 72, "nonce, digest and number of rows")
            self.assertEqual([length for length in rest if length not in (32, 72)], [len(json.dumps([4]))])
            pairs[name] = self.words(share)
        for name, pair in pairs.items():
            self.assertEqual(len(np.unique(pair)), 2 * ROWS, f"{name}: no value comes twice, although the column is constant")
            bits = np.unpackbits(np.ascontiguousarray(pair).view(np.uint8))
            self.assertLess(abs(bits.mean() - 0.5), 0.02, name)
        # Replicated sharing: each number is at two of the three, and only all three make the value.
        (a, b, c) = (pairs[name] for name in "abc")
        self.assertTrue((a[:, 1] == b[:, 0]).all() and (b[:, 1] == c[:, 0]).all() and (c[:, 1] == a[:, 0]).all())
        self.assertEqual(set((a[:, 0] + a[:, 1] + b[:, 1]).astype(np.int64)), {7 * FRACTION})

    def words(self, chunk: bytes) -> object:
        """The two numbers of the ring for every row."""
        from pathlib import Path

        import numpy as np

        from runner.mpc.runtime import load_runtime

        value = load_runtime(spu_folder() or Path("/nowhere")).ValueChunk()
        self.assertTrue(value.ParseFromString(chunk))
        return np.frombuffer(value.content, np.uint64).reshape(ROWS, 2)


if __name__ == "__main__":
    unittest.main()
