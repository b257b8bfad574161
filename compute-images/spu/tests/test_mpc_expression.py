"""Expression against numpy: every operation, numbers of all sizes, and what would leave their range."""

from __future__ import annotations

import unittest
from typing import Any

from .mpc_case import MpcCase
from .mpc_pods import Side

A, B = ["column", "a", "x"], ["column", "b", "y"]


def number(text: str) -> list[str]:
    return ["number", text]


class ExpressionTest(MpcCase):
    def values(self, sides: list[Side], expression: Any) -> Any:
        import numpy as np

        records = self.succeed(sides, operator="Expression", expression=expression).table("a") or []
        self.assertEqual([record["collabnet_row"] for record in records], [str(row) for row in range(len(records))])
        return np.array([float(record["value"]) for record in records])

    def test_numbers_truths_and_texts_of_three_parties(self) -> None:
        import numpy as np

        random = np.random.default_rng(4)
        x, y, kind = random.uniform(-50, 200, 300), random.uniform(1, 9000, 300), random.choice(["f", "m", "🙂"], 300)
        sides = [Side({"x": x}), Side({"y": y, "kind": kind}), Side()]
        ratio = ["/", A, B]
        risky = ["and", [">", ratio, number("0.02")], ["not", ["text", "b", "kind", "🙂"]]]
        truth = (x / y > 0.02) & (kind != "🙂")
        # Close to the bound a comparison may go either way.
        clear = np.abs(x / y - 0.02) > 0.0005
        found = self.values(sides, risky)
        self.assertEqual(set(found), {0.0, 1.0})
        self.assertTrue((found == truth)[clear].all())
        chosen = ["if", risky, ["max", ["abs", A], number("100")], ["negative", ["+", A, ["*", B, number("0.003")]]]]
        expected = np.where(truth, np.maximum(np.abs(x), 100), -(x + y * 0.003))
        self.assertLess(np.abs(self.values(sides, chosen) - expected)[clear].max(), 0.001)
        score = ["+", ["+", ["<=", A, number("10")], ["<>", A, A]], ["or", ["<", A, number("0")], [">=", B, number("4500")]]]
        self.assertEqual(list(self.values(sides, score)), list((x <= 10) * 1.0 + ((x < 0) | (y >= 4500))))

    def test_sizes_from_cents_to_thousands_of_millions(self) -> None:
        import numpy as np

        random = np.random.default_rng(5)
        x, y = 10 ** random.uniform(3, 7, 200), 10 ** random.uniform(-1, 2, 200)
        sides = [Side({"x": x}), Side({"y": y})]
        for name, expression, expected, bound in (
            ("product", ["*", A, B], x * y, 2e-6 * (x * y).max()),
            ("quotient", ["/", A, B], x / y, 0.005 * x / y),
            ("by a constant", ["/", ["*", A, number("0.00035")], number("365")], x * 0.00035 / 365, 2e-5 * x.max() * 0.00035 / 365),
            ("difference", ["-", A, number("123456.789")], x - 123456.789, 0.001),
        ):
            with self.subTest(name):
                error = np.abs(self.values(sides, expression) - expected)
                self.assertTrue((error <= bound).all(), (error / bound).max())

    def test_a_divisor_of_zero_gives_zero(self) -> None:
        sides = [Side({"x": [1, 2, 3]}), Side({"y": [0, 4, 0]})]
        self.assertEqual([round(value, 3) for value in self.values(sides, ["/", A, B])], [0, 0.5, 0])

    def test_what_leaves_the_range_or_is_of_another_kind_is_refused(self) -> None:
        def refused(left: Any, right: Any, expression: Any) -> tuple[str, str]:
            meeting = self.meet([Side({"x": left}), Side({"y": right})], operator="Expression", expression=expression, wait=["a"])
            return meeting.codes[0], meeting.exits[0]["message"]

        self.assertEqual(refused([1e9, 2], [1e9, 1], ["*", A, B])[0], "VALUE_RANGE")
        self.assertEqual(refused([1e14, 2], [1, 1], ["<", A, B])[0], "VALUE_RANGE")
        self.assertEqual(refused(["", 2], [1, 1], ["+", A, B])[0], "INPUT_VALUE")
        self.assertEqual(refused([1, 2], [1, 1], ["=", ["+", A, B], ["if", ["text", "a", "x", "f"], A, B]])[0], "INPUT_VALUE")
        for expression in (["number", "1"], ["and", A, B], ["column", "a", "z"], ["+", A], "x", ["+", A, ["<", number("1"), number("2")]]):
            self.assertEqual(refused([1], [1], expression)[0], "BAD_JOB", expression)


if __name__ == "__main__":
    unittest.main()
