"""Binning against counting in the clear."""

from __future__ import annotations

import math
import unittest
from typing import Any

from .hdma import read_hdma
from .mpc_case import MpcCase
from .mpc_pods import Side


class BinningTest(MpcCase):
    def check(self, data: dict[str, list[str]], record: dict[str, str], column: dict[str, Any]) -> None:
        """One bin that its owner can describe, against the rows that fall into it."""
        label = [value == "yes" for value in data["deny"]]
        if record["level"]:
            inside = [value == record["level"] for value in column["values"]]
        elif record["upper"]:
            inside = [value != "" and float(record["lower"]) < float(value) <= float(record["upper"]) for value in column["values"]]
        else:
            inside = [value == "" for value in column["values"]]
        count, positives = sum(inside), sum(i and y for i, y in zip(inside, label, strict=True))
        self.assertEqual((int(record["count"]), int(record["positives"])), (count, positives), record)
        high, low = max(positives, 0.5) / sum(label), max(count - positives, 0.5) / (len(label) - sum(label))
        self.assertAlmostEqual(float(record["weightOfEvidence"]), math.log(high / low), 9)
        self.assertAlmostEqual(float(record["informationValue"]), (high - low) * math.log(high / low), 9)

    def test_hdma(self) -> None:
        data = read_hdma()
        data["dir"] = ["" if i % 50 == 0 else value for i, value in enumerate(data["dir"])]
        names = (("dir", "pbcr", "black"), ("lvr", "deny"))
        sides = [Side({name: data[name] for name in part}) for part in names]
        meeting = self.succeed(sides, operator="Binning", label="deny", positive="yes", receivers=["a", "b"])
        (a, b) = (meeting.table("a") or [], meeting.table("b") or [])
        for records, party, columns in ((a, "a", ("dir", "pbcr", "black")), (b, "b", ("lvr",))):
            for record in records:
                own = record["party"] == party
                self.assertEqual(own, bool(record["level"] or record["upper"]) or (own and record["column"] == "dir"), "edges are for the owner")
                if own:
                    self.assertIn(record["column"], columns)
                    self.check(data, record, {"values": data[record["column"]]})
        keys = ("party", "column", "bin", "count", "positives", "weightOfEvidence", "columnInformationValue")
        self.assertEqual([[r[k] for k in keys] for r in a], [[r[k] for k in keys] for r in b])
        self.assertEqual([len([r for r in a if r["column"] == c]) for c in ("dir", "pbcr", "lvr")], [6, 2, 5])

    def test_optimal_bins_are_monotone_and_equal_width_bins_large_enough(self) -> None:
        data = read_hdma()
        sides = [Side({"dir": data["dir"], "lvr": data["lvr"], "one": ["1"] * 2380}), Side({"deny": data["deny"]}), Side()]
        found: dict[str, float] = {}
        for method in ("Quantile", "Optimal", "EqualWidth"):
            records = self.succeed(sides, operator="Binning", label="deny", positive="yes", method=method, bins=4, minimumBinSize=50).table("a") or []
            for name in ("dir", "lvr"):
                mine = [r for r in records if r["column"] == name]
                self.assertLessEqual(len(mine), 4)
                self.assertGreaterEqual(min(int(r["count"]) for r in mine), 50)
                self.assertEqual(sum(int(r["count"]) for r in mine), 2380)
                weights = [float(r["weightOfEvidence"]) for r in mine]
                if method == "Optimal":
                    self.assertIn(weights, (sorted(weights), sorted(weights, reverse=True)))
                    self.assertGreater(float(mine[0]["columnInformationValue"]), found[name] * 0.9)
                found[name] = float(mine[0]["columnInformationValue"])
            self.assertEqual([r["count"] for r in records if r["column"] == "one"], ["2380"], "a constant has one bin")

    def test_faults_of_the_label(self) -> None:
        good = Side({"x": list(range(20))})
        for values, code in ((["1"] * 20, "LABEL_CLASSES"), (["0"] * 20, "LABEL_CLASSES"), (["1", "0"] * 9 + ["", "1"], "LABEL_MISSING")):
            with self.subTest(code):
                meeting = self.meet([good, Side({"y": values})], operator="Binning", label="y", wait=["b"])
                self.assertEqual(meeting.exits[1]["code"], code, meeting.exits[1])
                self.assertIn("label column y", meeting.exits[1]["message"])


class MergeTest(unittest.TestCase):
    def test_the_best_monotone_merge_is_that_of_trying_all(self) -> None:
        import itertools
        import random

        from runner.mpc.evidence import merge_monotone, weights

        for seed in range(20):
            dice = random.Random(seed)
            counts = [dice.randint(10, 60) for _ in range(7)]
            positives = [dice.randint(0, count) for count in counts]
            rows, total = sum(counts), sum(positives)

            def value(bounds: tuple[int, ...], c: list[int] = counts, p: list[int] = positives, n: int = rows, t: int = total) -> float:
                spans = list(zip(bounds, bounds[1:], strict=False))
                found = weights([sum(c[a:b]) for a, b in spans], [sum(p[a:b]) for a, b in spans], n, t)
                steps = [later[0] - earlier[0] for earlier, later in itertools.pairwise(found)]
                monotone = all(step > 0 for step in steps) or all(step < 0 for step in steps)
                return sum(one[1] for one in found) if monotone else -1

            everything = [(0, *inner, 7) for k in range(3) for inner in itertools.combinations(range(1, 7), k)]
            self.assertAlmostEqual(value(tuple(merge_monotone(counts, positives, rows, total, 3))), max(map(value, everything)))


if __name__ == "__main__":
    unittest.main()
