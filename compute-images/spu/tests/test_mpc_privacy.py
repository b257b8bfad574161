"""Figures with differential privacy: against the clear with noise that is known, and the noise itself against its distribution."""

from __future__ import annotations

import math
from fractions import Fraction

from .hdma import read_hdma
from .mpc_case import MpcCase
from .mpc_pods import Side
from .test_mpc_crosstable import cells_of, pairs
from .test_mpc_statistics import by_key

# Every draw is its scale, rounded down: what is opened then is exact but for what is known, and shows the scale.
KNOWN_NOISE = (
    "-c",
    "import sys; from runner import __main__; import runner.mpc.laplace as l; l.laplace = lambda scale, count: [int(scale)] * count; sys.exit(__main__.main())",
)
FALSE_ALARM = 1e-9


class PrivacyTest(MpcCase):
    def test_the_sampler_follows_the_discrete_laplace_distribution(self) -> None:
        import numpy as np
        from runner.mpc.laplace import laplace

        for scale in (Fraction(1, 2), Fraction(7), Fraction(2**40) / 3):
            with self.subTest(scale=scale):
                drawn = np.sort(laplace(scale, 20_000))
                p = math.exp(-1 / scale)
                twin = np.where(drawn < 0, p ** -drawn.astype(float), 1 + p - p ** (drawn.astype(float) + 1)) / (1 + p)
                # Of equal draws the last: there the empirical distribution function has its value.
                last = np.searchsorted(drawn, drawn, side="right") / len(drawn)
                # Dvoretzky, Kiefer and Wolfowitz, with Massart's constant.
                self.assertLess(np.abs(last - twin).max(), math.sqrt(math.log(2 / FALSE_ALARM) / 2 / len(drawn)))
        self.assertEqual(laplace(Fraction(1), 0), [])
        self.assertEqual(laplace(Fraction(1, 100), 50), [0] * 50)

    def test_groups_have_the_noise_of_all_three_parties_and_epsilon_is_split(self) -> None:
        import numpy as np

        random = np.random.default_rng(3)
        rows = 400
        groups = random.choice(["北京", "b", "rare"], rows, p=[0.5, 0.48, 0.02])
        own, other = random.normal(size=rows) * 3, random.uniform(-5, 200, rows)
        sides = [Side({"g": groups, "own": own}), Side({"big": [repr(float(v)) for v in other], "text": groups}), Side()]
        parameters = {"groupBy": "g", "categories": "北京,b,rare,none", "epsilon": "0.5", "bounds": "own=-2..2, b.big=0..100", "minimumGroupSize": 60}
        meeting = self.succeed(sides, command=KNOWN_NOISE, operator="Statistics", statistics="Count,Sum,Mean", receivers=["b"], **parameters)
        found = by_key(meeting.table("b"))
        self.assertEqual(found["Epsilon", "", "", "", "", ""], "0.5")
        self.assertAlmostEqual(float(found["EpsilonOfEachFigure", "", "", "", "", ""]), 0.5 / 3)
        # One row changes two counts by 1, and there are three figures: counts, two columns.
        noise = 3 * 12
        for group in ("北京", "b"):
            size = int((groups == group).sum()) + noise
            for party, name, x, low, high in (("a", "own", own, -2, 2), ("b", "big", other, 0, 100)):
                self.assertEqual(found["Count", party, name, "", "", group], str(size))
                middle = (low + high) / 2
                total = (np.clip(x, low, high) - middle)[groups == group].sum() + 3 * (high - low) * 3 / 0.5
                self.assertAlmostEqual(float(found["Sum", party, name, "", "", group]) / (total + middle * size), 1, 6)
                self.assertAlmostEqual(float(found["Mean", party, name, "", "", group]), min(high, total / size + middle), 4)
            self.assertEqual(found["Count", "b", "text", "", "", group], str(size))
            self.assertNotIn(("Mean", "b", "text", "", "", group), found)
        for group in ("rare", "none"):
            self.assertEqual({value for key, value in found.items() if key[5] == group}, {""}, "too few with noise")

    def test_sums_of_all_rows_with_two_parties(self) -> None:
        import numpy as np

        x, one = np.arange(50) / 10, [7] * 50
        sides = [Side({"x": x}), Side({"one": one})]
        found = by_key(self.succeed(sides, operator="Statistics", statistics="Count,Sum,Mean", epsilon="100", bounds="x=0..4,one=0..10").table("a"))
        # Two figures, two parties: each draw exceeds this with a probability below half of what four may.
        for name, values, width in (("x", np.clip(x, 0, 4), 4), ("one", np.array(one), 10)):
            error = 2 * (width * 2 / 100) * math.log(8 / FALSE_ALARM)
            party = "a" if name == "x" else "b"
            self.assertEqual(found["Count", party, name, "", "", ""], "50", "known to every party")
            self.assertLess(abs(float(found["Sum", party, name, "", "", ""]) - values.sum()), error)
            self.assertLess(abs(float(found["Mean", party, name, "", "", ""]) - values.mean()), error / 50)
        known = by_key(self.succeed(sides, command=KNOWN_NOISE, operator="Statistics", statistics="Mean", epsilon="2", bounds="x=0..4").table("a"))
        self.assertAlmostEqual(float(known["Mean", "a", "x", "", "", ""]), np.clip(x, 0, 4).mean() + 2 * (4 / 2) / 50, 6)
        self.assertNotIn(("Mean", "b", "one", "", "", ""), known, "without bounds there is no sum")

    def test_cross_tables_with_two_and_three_parties(self) -> None:
        data = read_hdma()
        rows, columns = data["self"][:300], data["deny"][:300]
        twin = {(row, column): sum(pair == (row, column) for pair in zip(rows, columns, strict=True)) for row in ("no", "yes") for column in ("yes", "no", "maybe")}
        parameters = {"operator": "CrossTable", "rowsBy": "self", "columnsBy": "deny", "rowCategories": "no,yes", "columnCategories": "yes, no, maybe", "minimumGroupSize": 20}
        # At this epsilon a draw is not 0 with a probability of 4e-22.
        found = cells_of(self.succeed([Side({"self": rows}), Side({"deny": columns})], epsilon="100", **parameters).table("a"))
        self.assertEqual(found.pop(("Epsilon", "", "")), "100")
        self.assertEqual(found, {("Count", *pair): str(count) if count >= 20 else "" for pair, count in twin.items()})
        sides = [Side({"self": rows}), Side(), Side({"deny": columns})]
        found = cells_of(self.succeed(sides, command=KNOWN_NOISE, epsilon="0.4", receivers=["b"], **parameters).table("b"))
        del found["Epsilon", "", ""]
        self.assertEqual(found, {("Count", *pair): str(count + 15) if count + 15 >= 20 else "" for pair, count in twin.items()})

    def test_everything_closed_and_one_group_only(self) -> None:
        (rows, columns) = pairs([("u", "v", 12)])
        parameters = {"operator": "CrossTable", "rowsBy": "g", "columnsBy": "h", "epsilon": "100"}
        sides = [Side({"g": rows}), Side({"h": columns})]
        self.assertEqual(cells_of(self.succeed(sides, rowCategories="u", columnCategories="v", **parameters).table("a"))["Count", "u", "v"], "12")
        self.assertEqual(cells_of(self.succeed(sides, rowCategories="w", columnCategories="v", **parameters).table("a"))["Count", "w", "v"], "")

    def test_faults(self) -> None:
        good = list(range(20))
        text = ["u", "v"] * 10
        table = {"operator": "CrossTable", "rowsBy": "g", "columnsBy": "h", "epsilon": "1"}
        figures = {"operator": "Statistics", "statistics": "Mean", "epsilon": "1"}
        for rows, changed, code, part in (
            ({"x": good}, {**figures, "epsilon": "0"}, "BAD_JOB", "parameters.epsilon: must lie between 0.001 and 100"),
            ({"x": good}, figures, "BAD_JOB", "parameters.bounds: is missing"),
            ({"x": good}, {**figures, "bounds": "x=5..1"}, "BAD_JOB", "parameters.bounds: the lower bound of x must be below"),
            ({"x": good}, {**figures, "bounds": "x=1"}, "BAD_JOB", 'parameters.bounds: "x=1" is not of the form'),
            ({"x": good}, {**figures, "bounds": "y=0..1"}, "BAD_JOB", 'parameters.bounds: "y" is not a column'),
            ({"x": good}, {**figures, "bounds": "x=0..1,a.x=0..1"}, "BAD_JOB", "parameters.bounds: a.x is named twice"),
            ({"x": good}, {**figures, "bounds": "x=0..1", "epsilon": ""}, "BAD_JOB", "parameters.bounds: counts only with epsilon"),
            ({"x": good}, {**figures, "statistics": "Median"}, "BAD_JOB", "parameters.statistics: Median cannot be had with epsilon"),
            ({"x": good, "g": text}, {**figures, "bounds": "x=0..1", "groupBy": "g"}, "BAD_JOB", "parameters.categories: is missing"),
            ({"x": text}, {**figures, "bounds": "x=0..1"}, "INPUT_VALUE", "column x is not numeric"),
            ({"x": [1]}, {**figures, "bounds": "x=0..1"}, "GROUP_TOO_SMALL", "1 rows"),
            ({"g": text, "h": text}, table, "BAD_JOB", "parameters.rowCategories: is missing"),
            ({"g": text, "h": text, "x": good}, {**table, "rowCategories": "u", "columnCategories": "u", "value": "x"}, "BAD_JOB", "parameters.value: cannot be had with epsilon"),
            ({"g": text, "h": text}, {**table, "rowCategories": "u", "columnCategories": "u", "epsilon": ""}, "BAD_JOB", "parameters.rowCategories: counts only with epsilon"),
        ):  # fmt: skip
            with self.subTest(part):
                exit_ = self.alone(rows, changed)
                self.assertEqual(exit_["code"], code, exit_)
                self.assertIn(part, exit_["message"])
