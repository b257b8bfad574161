"""Programs against numpy: figures of all rows, of rows that need figures, and what must be refused."""

from __future__ import annotations

import unittest
from typing import Any

from .mpc_case import MpcCase
from .mpc_pods import Side

DEBT, INCOME = ["column", "a", "debt"], ["column", "b", "income"]


def number(text: str) -> list[str]:
    return ["number", text]


def named(name: str) -> list[str]:
    return ["named", name]


class ProgramTest(MpcCase):
    def figures(self, sides: list[Side], program: Any, receiver: str = "a") -> dict[str, float]:
        meeting = self.succeed(sides, operator="Program", program=program, receivers=[receiver])
        for name in set("abc"[: len(sides)]) - {receiver}:
            self.assertIsNone(meeting.table(name))
        return {record["figure"]: float(record["value"]) for record in meeting.table(receiver) or []}

    def test_figures_of_two_and_three_parties(self) -> None:
        import numpy as np

        random = np.random.default_rng(7)
        # More rows than one block has.
        debt, income, sex = random.uniform(0, 90_000, 9000), random.uniform(10_000, 150_000, 9000), random.choice(["f", "m"], 9000)
        high = debt / income > 0.5
        clear = np.abs(debt / income - 0.5) < 0.002
        program = [
            ["name", "limit", ["/", number("1"), number("2")]],
            ["name", "high", [">", ["/", DEBT, INCOME], named("limit")]],
            ["reveal", "often", ["count", named("high")]],
            ["reveal", "women", ["count", ["and", named("high"), ["text", "b", "sex", "f"]]]],
            ["reveal", "share", ["/", ["count", named("high")], ["count", [">=", DEBT, number("0")]]]],
            ["reveal", "exposure", ["sum", ["if", named("high"), DEBT, number("0")]]],
            ["name", "centre", ["mean", DEBT]],
            ["name", "apart", ["/", ["-", DEBT, named("centre")], number("1000")]],
            ["reveal", "spread", ["mean", ["*", named("apart"), named("apart")]]],
            ["reveal", "above", [">", named("centre"), number("40000")]],
        ]
        table = {"income": income, "sex": sex}
        for sides in ([Side({"debt": debt}), Side(table)], [Side({"debt": debt}), Side(table), Side()]):
            found = self.figures(sides, program, "b")
            self.assertEqual(list(found), ["often", "women", "share", "exposure", "spread", "above"])
            self.assertLessEqual(abs(found["often"] - high.sum()), clear.sum())
            self.assertLessEqual(abs(found["women"] - (high & (sex == "f")).sum()), clear.sum())
            self.assertLess(abs(found["share"] - high.mean()), 0.01)
            self.assertLess(abs(found["exposure"] / (debt * high).sum() - 1), 0.002)
            self.assertLess(abs(found["spread"] / (debt.var() / 1e6) - 1), 0.001)
            self.assertEqual(found["above"], float(debt.mean() > 40_000))

    def test_three_passes_and_names_that_double(self) -> None:
        import numpy as np

        x = np.linspace(-3, 5, 200)
        X = ["column", "a", "x"]
        lines: list[Any] = [
            ["name", "centre", ["mean", X]],
            ["name", "apart", ["abs", ["-", X, named("centre")]]],
            ["name", "usual", ["mean", named("apart")]],
            ["reveal", "far", ["count", [">", named("apart"), named("usual")]]],
            ["name", "x0", ["*", X, number("0.0001")]],
        ]
        # Written out it would have 2^12 operations.
        lines += [["name", f"x{n + 1}", ["+", named(f"x{n}"), named(f"x{n}")]] for n in range(12)]
        lines += [["reveal", "doubled", ["sum", named("x12")]]]
        found = self.figures([Side({"x": x}), Side({"y": x})], lines)
        apart = np.abs(x - x.mean())
        self.assertLessEqual(abs(found["far"] - (apart > apart.mean()).sum()), 1)
        # Each value may be off by its last place, which doubling makes larger with it.
        self.assertLess(abs(found["doubled"] - x.sum() * 0.4096), len(x) * 2.0 ** (12 - 18))

    def test_what_is_too_large_or_of_too_few_is_refused_before_anything_is_computed(self) -> None:
        X, Y = ["column", "a", "x"], ["column", "b", "y"]

        def refused(left: Any, formula: Any, **parameters: Any) -> tuple[str, str]:
            sides = [Side({"x": left}), Side({"y": [1] * len(left)})]
            meeting = self.meet(sides, operator="Program", program=[["reveal", "z", formula]], wait=["a"], **parameters)
            self.assertIsNone(meeting.table("a"))
            return meeting.codes[0], meeting.exits[0]["message"]

        code, message = refused([1e12] * 40, ["sum", ["+", X, Y]])
        self.assertEqual(code, "VALUE_RANGE")
        self.assertIn("the program: a sum may reach", message)
        self.assertEqual(refused([1e9] * 4, ["sum", ["*", X, X]])[0], "VALUE_RANGE")
        self.assertEqual(refused([1, 2], ["sum", ["+", X, Y]], minimumRows=3)[0], "GROUP_TOO_SMALL")
        self.assertEqual(refused(["", 2], ["sum", ["+", X, Y]])[0], "INPUT_VALUE")

    def test_other_programs_are_bad_jobs(self) -> None:
        X = ["column", "a", "x"]
        total = ["reveal", "t", ["sum", X]]
        for program, part in (
            ([], "must be a list"),
            ("x", "must be a list"),
            ([["name", "t", ["sum", X]]], "must reveal"),
            ([["name", "two", number("2")], ["reveal", "t", ["*", named("two"), number("3")]]], "t reveals a constant"),
            ([["reveal", "t", X]], "would reveal a value of every row"),
            ([["open", "t", ["sum", X]]], "name or reveal"),
            ([total, total], "t is named twice"),
            ([["reveal", "t", ["sum", ["sum", X]]]], "is about all rows"),
            ([["reveal", "t", ["count", X]]], "true or false"),
            ([["reveal", "t", ["sum", ["named", "u"]]]], "unknown"),
            ([["reveal", "t", ["sum", ["column", "a", "z"]]]], "is not a column"),
            ([*([["name", f"n{n}", ["sum", X]] for n in range(64)]), total], "1 to 64 lines"),
        ):
            with self.subTest(part):
                meeting = self.meet([Side({"x": [1]}), Side({"y": [1]})], operator="Program", program=program, wait=["a"])
                self.assertEqual(meeting.codes[0], "BAD_JOB")
                self.assertIn(part, meeting.exits[0]["message"])


if __name__ == "__main__":
    unittest.main()
