"""Cross tables against counting in the clear, with two and with three parties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .hdma import read_hdma
from .mpc_case import MpcCase
from .mpc_pods import Side

Cells = dict[tuple[str, str, str], str]


def cells_of(records: list[dict[str, str]] | None) -> Cells:
    assert records is not None
    return {(r["statistic"], r["rowCategory"], r["columnCategory"]): r["value"] for r in records}


def pairs(table: Sequence[tuple[str, str, int]]) -> tuple[list[str], list[str]]:
    """Two columns with as many rows of each pair as the table says."""
    rows = [(row, column) for row, column, count in table for _ in range(count)]
    return [row for row, _ in rows], [column for _, column in rows]


class CrossTableTest(MpcCase):
    def test_columns_of_two_parties_and_a_value_of_the_third(self) -> None:
        import numpy as np
        from scipy.stats import chi2_contingency
        from scipy.stats.contingency import association

        data = read_hdma()
        sides = [Side({"self": data["self"]}), Side({"deny": data["deny"], "ccs": data["ccs"]}), Side({"dir": data["dir"]})]
        meeting = self.succeed(sides, operator="CrossTable", rowsBy="self", columnsBy="deny", value="dir", receivers=["b", "c"])
        self.assertIsNone(meeting.table("a"))
        found = cells_of(meeting.table("b"))
        self.assertEqual(found, cells_of(meeting.table("c")))
        (rows, columns, values) = (np.array(data["self"]), np.array(data["deny"]), np.array(data["dir"], float))
        twin = np.array([[((rows == row) & (columns == column)).sum() for column in np.unique(columns)] for row in np.unique(rows)])
        for row in np.unique(rows):
            for column in np.unique(columns):
                inside = values[(rows == row) & (columns == column)]
                self.assertEqual(found["Count", row, column], str(len(inside)))
                self.assertAlmostEqual(float(found["Sum", row, column]), inside.sum(), 6)
                self.assertAlmostEqual(float(found["Mean", row, column]), inside.mean(), 8)
        self.assertAlmostEqual(float(found["ChiSquare", "", ""]), chi2_contingency(twin, correction=False).statistic, 9)
        self.assertAlmostEqual(float(found["CramersV", "", ""]), association(twin, method="cramer"), 9)

    def test_small_cells_are_closed_with_one_that_protects_each_and_rare_categories_are_not_named(self) -> None:
        # By rows: 3 and 12 (the smallest other one) stay closed; x of "rest" is left out, and with it the 2 rows of 北京.
        (rows, columns) = pairs([
            ("北京", "x", 3), ("北京", "y, z", 12), ("北京", "w", 40), ("北京", "rare", 2),
            ("b", "x", 30), ("b", "y, z", 25), ("b", "w", 20),
            ("c", "x", 21), ("c", "y, z", 22), ("c", "w", 23),
        ])  # fmt: skip
        values = [float(number) for number in range(len(rows))]
        found = cells_of(self.succeed([Side({"g": rows, "v": values}), Side({"h": columns})], operator="CrossTable", rowsBy="g", columnsBy="b.h", value="v", receivers=["b"]).table("b"))
        self.assertEqual({key[1] for key in found}, {"北京", "b", "c", ""})
        self.assertEqual({key[2] for key in found}, {"x", "y, z", "w", ""}, "the rare category is not even named")
        counts = {key[1:]: value for key, value in found.items() if key[0] == "Count"}
        # The column x has 3 closed rows: its smallest other cell protects them.
        self.assertEqual({key for key, value in counts.items() if value == ""}, {("北京", "x"), ("北京", "y, z"), ("c", "x")})
        twin = Counter(zip(rows, columns, strict=True))
        self.assertTrue(all(value == str(twin[key]) for key, value in counts.items() if value))
        for statistic in ("Sum", "Mean"):
            self.assertEqual({key[1:] for key, value in found.items() if key[0] == statistic and value == ""}, {("北京", "x"), ("北京", "y, z"), ("c", "x")})
        inside = [value for row, column, value in zip(rows, columns, values, strict=True) if (row, column) == ("b", "w")]
        self.assertAlmostEqual(float(found["Sum", "b", "w"]), sum(inside), 6)
        self.assertEqual((found["ChiSquare", "", ""], found["CramersV", "", ""]), ("", ""))

    def test_nothing_but_small_cells_and_both_columns_of_one_party(self) -> None:
        (rows, columns) = pairs([(f"r{i}", f"c{j}", 4) for i in range(3) for j in range(3)])
        found = cells_of(self.succeed([Side({"g": rows, "h": columns}), Side()], operator="CrossTable", rowsBy="g", columnsBy="h", minimumGroupSize=5, receivers=["b"]).table("b"))
        self.assertEqual(len(found), 11)
        self.assertEqual(set(found.values()), {""})

    def test_one_category_each_and_numbers_as_categories(self) -> None:
        found = cells_of(self.succeed([Side({"g": [1] * 12}), Side({"h": ["0.50"] * 12})], operator="CrossTable", rowsBy="g", columnsBy="h").table("a"))
        self.assertEqual(found, {("Count", "1", "0.5"): "12", ("ChiSquare", "", ""): "0", ("CramersV", "", ""): ""})

    def test_faults_of_own_columns(self) -> None:
        good = ["u", "v"] * 10
        for rows, changed, code, part in (
            ({"g": ["u"], "h": ["v"]}, {}, "GROUP_TOO_SMALL", "1 rows"),
            ({"g": [*good[:-1], ""], "h": good}, {}, "INPUT_VALUE", "column g has missing values in 1 of 20 rows"),
            ({"g": good, "h": [f"secret{i}" for i in range(20)] * 1}, {}, "GROUP_TOO_SMALL", "no group of column h"),
            ({"g": good * 4, "h": [f"secret{i}" for i in range(80)]}, {}, "INPUT_VALUE", "column h has 80 groups; parameters.columnsBy takes at most 64"),
            ({"g": good, "h": good, "t": good}, {"value": "t"}, "INPUT_VALUE", "column t is not numeric"),
            ({"g": good, "h": good}, {"columnsBy": "a.g"}, "BAD_JOB", "parameters.columnsBy: is the column of rowsBy"),
            ({"g": good, "h": good}, {"value": "w"}, "BAD_JOB", 'parameters.value: "w" is not a column'),
        ):  # fmt: skip
            with self.subTest(part):
                exit_ = self.alone(rows, {"operator": "CrossTable", "rowsBy": "g", "columnsBy": "h", **changed})
                self.assertEqual(exit_["code"], code, exit_)
                self.assertIn(part, exit_["message"])
                self.assertNotIn("secret", exit_["message"])
