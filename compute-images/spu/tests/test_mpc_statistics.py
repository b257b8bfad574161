"""Statistics against numpy, with two and with three parties."""

from __future__ import annotations

import unittest
from typing import Any

from .hdma import read_hdma
from .mpc_case import MpcCase
from .mpc_pods import Side

ALL = "Count,Sum,Mean,Variance,StandardDeviation,Minimum,Maximum,Median,Quantiles,Correlation,VarianceInflation"
Key = tuple[str, ...]


def by_key(records: list[dict[str, str]] | None) -> dict[Key, str]:
    assert records is not None
    return {(r["statistic"], r["party"], r["column"], r["withParty"], r["withColumn"], r["group"]): r["value"] for r in records}


class StatisticsTest(MpcCase):
    def test_whole_columns_and_correlations_of_hdma(self) -> None:
        import numpy as np

        data = read_hdma()
        sides = [Side({name: data[name] for name in ("dir", "hir", "self")}), Side({name: data[name] for name in ("lvr", "ccs")}), Side()]
        meeting = self.succeed(sides, operator="Statistics", statistics=ALL, receivers=["b"], quantiles="0.1")
        self.assertIsNone(meeting.table("a"))
        found = by_key(meeting.table("b"))
        numbers = {name: np.array(data[name], float) for name in ("dir", "hir", "lvr", "ccs")}
        for party, name in (("a", "dir"), ("a", "hir"), ("b", "lvr"), ("b", "ccs")):
            x = numbers[name]
            twin = {
                "Count": len(x), "Sum": x.sum(), "Mean": x.mean(), "Variance": x.var(ddof=1), "StandardDeviation": x.std(ddof=1),
                "Minimum": x.min(), "Maximum": x.max(), "Median": np.median(x), "Quantile 0.1": np.quantile(x, 0.1),
            }  # fmt: skip
            for statistic, value in twin.items():
                self.assertAlmostEqual(float(found[statistic, party, name, "", "", ""]), value, 9, statistic)
        self.assertEqual(found["Count", "a", "self", "", "", ""], "2380")
        self.assertNotIn(("Mean", "a", "self", "", "", ""), found)
        for first, second in (("dir", "lvr"), ("hir", "ccs"), ("dir", "ccs")):
            twin = np.corrcoef(numbers[first], numbers[second])[0, 1]
            self.assertAlmostEqual(float(found["Correlation", "a", first, "b", second, ""]), twin, 8)
        self.assertAlmostEqual(float(found["Correlation", "a", "dir", "a", "hir", ""]), np.corrcoef(numbers["dir"], numbers["hir"])[0, 1], 8)
        # By its definition: 1 / (1 - R²) of the regression of a column on all others.
        for (party, name), x in zip((("a", "dir"), ("b", "lvr")), (numbers["dir"], numbers["lvr"]), strict=True):
            others = np.column_stack([np.ones(len(x)), *(y for other, y in numbers.items() if other != name)])
            rest = x - others @ np.linalg.lstsq(others, x, rcond=None)[0]
            self.assertAlmostEqual(float(found["VarianceInflation", party, name, "", "", ""]), x.var() / rest.var(), 5)

    def test_groups_of_another_party_large_values_and_unicode(self) -> None:
        import numpy as np

        random = np.random.default_rng(1)
        rows = 300
        groups = random.choice(["北京", "a,b", 'q"', "rare"], rows, p=[0.5, 0.3, 0.19, 0.01])
        # A large offset, a large scale, a constant.
        values = {"年份": 2_000 + random.normal(size=rows), "große": random.normal(size=rows) * 1e12, "eins": np.ones(rows)}
        # repr round-trips, so the twin sees the same numbers.
        sides = [Side({"g": list(groups), "own": random.normal(size=rows)}), Side({name: [repr(float(v)) for v in x] for name, x in values.items()})]
        meeting = self.succeed(sides, operator="Statistics", groupBy="g", statistics="Count,Sum,Mean,Variance,StandardDeviation", receivers=["b"])
        found = by_key(meeting.table("b"))
        self.assertEqual({key[5] for key in found}, {"北京", "a,b", 'q"'}, "the small group is not even named")
        for name, x in values.items():
            for group in ("北京", "a,b", 'q"'):
                part = x[groups == group]
                self.assertEqual(found["Count", "b", name, "", "", group], str(len(part)))
                for statistic, value, scale in (("Sum", part.sum(), len(part)), ("Mean", part.mean(), 1), ("StandardDeviation", part.std(ddof=1), 1)):
                    error = abs(float(found[statistic, "b", name, "", "", group]) - value) / scale
                    self.assertLess(error, 1e-6 * max(1e-3, x.std() or 1), (statistic, name))
        self.assertIn(("Mean", "a", "own", "", "", "北京"), found)

    def test_three_parties_group_and_constant_columns(self) -> None:
        rows = 40
        sides: list[Side] = [Side({"x": [1] * rows}), Side({"y": list(range(rows)), "one": [int(i == 7) for i in range(rows)]}), Side({"z": [i % 2 for i in range(rows)]})]
        found = by_key(self.succeed(sides, operator="Statistics", statistics="Correlation", receivers=["c"]).table("c"))
        self.assertEqual(found["Correlation", "a", "x", "b", "y", ""], "")
        self.assertEqual(found["Correlation", "b", "one", "c", "z", ""], "", "it would tell the value of one row")
        self.assertGreater(float(found["Correlation", "b", "y", "c", "z", ""]), 0)
        twice = [Side({"x": list(range(rows))}), Side({"y": [2 * i for i in range(rows)], "one": [1] * rows}), Side()]
        found = by_key(self.succeed(twice, operator="Statistics", statistics="Correlation,VarianceInflation", receivers=["c"]).table("c"))
        self.assertEqual({key[2]: value for key, value in found.items() if key[0] == "VarianceInflation"}, {"x": "", "y": ""}, "each follows from the other")
        found = by_key(self.succeed(sides, operator="Statistics", groupBy="z", statistics="Mean", receivers=["a", "c"]).table("a"))
        self.assertAlmostEqual(float(found["Mean", "b", "y", "", "", "1"]), 20, 9)

    def test_faults_of_own_columns(self) -> None:
        good: list[Any] = list(range(20))
        for rows, changed, code, part in (
            ({"x": [1]}, {}, "GROUP_TOO_SMALL", "1 rows"),
            ({"x": [*good[:-1], ""]}, {}, "INPUT_VALUE", "column x has missing values in 1 of 20 rows"),
            ({"x": [*good[:-1], "NaN"]}, {}, "INPUT_VALUE", "column x has values that are not finite"),
            ({"x": [*good[:-1], "-inf"]}, {}, "INPUT_VALUE", "column x has values that are not finite"),
            ({"x": [*good[:-1], "1e300"]}, {}, "VALUE_RANGE", "column x"),
            ({"x": [f"secret{i}" for i in range(80)]}, {"groupBy": "x"}, "INPUT_VALUE", "column x has 80 groups"),
            ({"x": [f"secret{i}" for i in range(20)]}, {"groupBy": "x"}, "GROUP_TOO_SMALL", "no group of column x"),
        ):  # fmt: skip
            with self.subTest(part):
                # The others never come: such a fault ends the run before it connects.
                exit_ = self.alone(rows, {"operator": "Statistics", **changed})
                self.assertEqual(exit_["code"], code, exit_)
                self.assertIn(part, exit_["message"])
                self.assertNotIn("secret", exit_["message"])


if __name__ == "__main__":
    unittest.main()
