"""Parties that give columns to three that compute: results against numpy and scikit-learn, and who gets what into the clear."""

from __future__ import annotations

import json
import unittest
from typing import Any

from .hdma import read_hdma
from .mpc_pods import Side
from .test_mpc_agreement import ROWS, SPY
from .test_mpc_regression import RegressionCase
from .test_mpc_statistics import by_key


class GivingTest(RegressionCase):
    def test_statistics_of_four_parties_of_whom_only_the_giver_receives(self) -> None:
        import numpy as np

        data = read_hdma()
        sides = [Side({"dir": data["dir"]}), Side({"hir": data["hir"]}), Side(), Side({"lvr": data["lvr"], "self": data["self"]})]
        meeting = self.succeed(sides, operator="Statistics", statistics="Mean,Median,Correlation,VarianceInflation", receivers=["d"])
        self.assertEqual([meeting.table(name) for name in "abc"], [None] * 3)
        found = by_key(meeting.table("d"))
        numbers = {("a", "dir"): np.array(data["dir"], float), ("b", "hir"): np.array(data["hir"], float), ("d", "lvr"): np.array(data["lvr"], float)}
        for (party, name), x in numbers.items():
            self.assertAlmostEqual(float(found["Mean", party, name, "", "", ""]), x.mean(), 9)
            self.assertAlmostEqual(float(found["Median", party, name, "", "", ""]), np.median(x), 9)
        for first, second in ((("a", "dir"), ("d", "lvr")), (("b", "hir"), ("d", "lvr")), (("a", "dir"), ("b", "hir"))):
            twin = np.corrcoef(numbers[first], numbers[second])[0, 1]
            self.assertAlmostEqual(float(found["Correlation", *first, *second, ""]), twin, 8)

    def test_groups_of_one_of_two_givers_among_five_parties(self) -> None:
        import numpy as np

        random = np.random.default_rng(6)
        rows = 400
        groups = random.choice(["n", "s", "rare"], rows, p=[0.6, 0.39, 0.01])
        x, y, z = random.normal(size=rows) * 100, random.uniform(0, 1e6, rows), random.normal(size=rows)
        sides = [Side({"x": x}), Side(), Side({"y": y}), Side({"g": list(groups)}), Side({"z": z})]
        meeting = self.succeed(sides, operator="Statistics", groupBy="g", statistics="Count,Mean,StandardDeviation", receivers=["a", "e"])
        self.assertEqual(meeting.table("a"), meeting.table("e"))
        found = by_key(meeting.table("e"))
        self.assertEqual({key[5] for key in found}, {"n", "s"})
        for party, name, values in (("a", "x", x), ("c", "y", y), ("e", "z", z)):
            for group in ("n", "s"):
                part = values[groups == group]
                self.assertEqual(found["Count", party, name, "", "", group], str(len(part)))
                self.assertLess(abs(float(found["Mean", party, name, "", "", group]) - part.mean()), 1e-6 * values.std())
                self.assertLess(abs(float(found["StandardDeviation", party, name, "", "", group]) - part.std(ddof=1)), 1e-6 * values.std())

    def test_formulas_whoever_of_four_parties_computes(self) -> None:
        import numpy as np

        random = np.random.default_rng(4)
        x, y, z = random.uniform(-50, 200, 300), random.uniform(1, 9000, 300), random.uniform(0, 10, 300)
        sides = [Side({"x": x}), Side({"y": y}), Side(), Side({"z": z})]
        (a, b, d) = (["column", "a", "x"], ["column", "b", "y"], ["column", "d", "z"])
        for computing, expression, expected, bound in (
            (["a", "b", "c"], ["+", ["*", a, d], b], x * z + y, 0.001),
            # The giver comes first, so that ranks in the job and in the link are not the same.
            (["d", "b", "c"], ["*", a, d], x * z, 0.001),
            # Truths are shared otherwise than numbers.
            (["a", "b", "c"], ["and", ["<", a, ["number", "100"]], [">", d, ["number", "5"]]], (x < 100) & (z > 5), 0),
        ):
            with self.subTest(computing=computing, expression=expression):
                meeting = self.succeed(sides, operator="Expression", expression=expression, receivers=["a", "d"], computing=computing)
                self.assertEqual(meeting.table("a"), meeting.table("d"))
                found = np.array([float(record["value"]) for record in meeting.table("d") or []])
                self.assertLessEqual(np.abs(found - expected).max(), bound)

    def test_a_regression_whose_label_a_giver_has(self) -> None:
        import numpy as np
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import roc_auc_score

        data = read_hdma()
        names = [name for name in data if name != "deny"]
        tables: list[dict[str, Any]] = [{name: data[name] for name in part} for part in (names[:4], [], names[4:8], [*names[8:], "deny"])]
        sides = [Side(table or None) for table in tables]
        self.train(sides, model="Logistic", label="deny", positive="yes")
        models = [json.loads(side.models["model"]) for side in sides]
        self.assertEqual([bool(model["share"]) for model in models], [True, True, True, False], "a giver keeps its preparation alone")
        self.assertEqual([len(model["private"]["preparations"]) for model in models], [4, 0, 4, len(names) - 8])
        label = np.array([value == "yes" for value in data["deny"]], int)
        features = np.array([[float(v) if v not in ("yes", "no") else float(v == "yes") for v in data[name]] for name in names]).T
        features = (features - features.mean(0)) / features.std(0)
        twin = LogisticRegression(penalty=None).fit(features, label).predict_proba(features)[:, 1]
        meeting = self.succeed(sides, operator="Predict", receivers=["a", "d"])
        self.assertEqual(meeting.table("a"), meeting.table("d"))
        scores = np.array([float(record["score"]) for record in meeting.table("d") or []])
        self.assertLess(abs(roc_auc_score(label, scores) - roc_auc_score(label, twin)), 0.01)
        self.assertLess(np.abs(scores - twin).mean(), 0.02)
        told = self.metrics(sides, label="deny", positive="yes", metrics="AUC,Accuracy")
        self.assertLess(abs(told["AUC", ""] - roc_auc_score(label, scores)), 0.01)
        self.assertLess(abs(told["Accuracy", ""] - ((scores >= 0.5) == label).mean()), 0.01)
        weights = self.succeed(sides, operator="Explain", receivers=["d"]).table("d") or []
        self.assertEqual({record["party"] for record in weights if record["scale"] == "original"}, {"d"})
        others = self.meet(sides, operator="Explain", computing=["a", "b", "d"])
        self.assertEqual(others.codes, ["MODEL_MISMATCH"] * 4)
        self.assertIn("held by a, b, c", others.exits[0]["message"])

    def test_every_other_operator(self) -> None:
        label = [row % 2 for row in ROWS] * 10
        sides = [Side({"x": ROWS * 10}), Side(), Side(), Side({"y": label, "z": [row * row for row in ROWS] * 10})]
        bins = self.succeed(sides, operator="Binning", label="y", receivers=["a", "d"]).table("d") or []
        self.assertEqual({(record["party"], record["count"], record["positives"]) for record in bins if record["column"] == "x"}, {("a", "40", "20")})
        big = ["named", "big"]
        program = [
            ["name", "big", [">", ["column", "d", "z"], ["number", "80"]]],
            ["reveal", "share", ["mean", ["*", big, ["column", "a", "x"]]]],
            ["reveal", "n", ["count", big]],
        ]
        records = self.succeed(sides, operator="Program", program=program, receivers=["d"]).table("d") or []
        self.assertEqual([record["figure"] for record in records], ["share", "n"])
        self.assertAlmostEqual(float(records[0]["value"]), sum(range(9, 20)) / 20, 2)
        self.assertEqual(float(records[1]["value"]), 110)
        for operator, parameters in (("GradientBoosting", {"label": "y", "trees": 2}), ("KMeans", {"clusters": 2})):
            with self.subTest(operator):
                trained = self.succeed(sides, operator=operator, receivers=[], **parameters)
                using = [Side(side.rows, models={"model": trained.file(name)}) for name, side in zip(trained.names, sides, strict=True)]
                self.assertEqual(len(self.succeed(using, operator="Predict", receivers=["d"]).table("d") or []), len(label))

    def test_only_a_receiver_that_gives_gets_anything_into_the_clear(self) -> None:
        sides = [Side({"x": ROWS * 10}), Side(), Side(), Side({"y": [row % 2 for row in ROWS] * 10})]
        meeting = self.meet(sides, command=("-c", SPY), operator="Statistics", statistics="Correlation", receivers=["d"])
        self.assertEqual(meeting.codes, ["OK"] * 4, meeting.exits)
        for name, pod in zip(meeting.names, meeting.pods, strict=True):
            path = pod.work / "engine" / "opened.jsonl"
            seen = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
            self.assertEqual(seen, [["correlation03", [1, 1]]] if name == "d" else [], name)

    def test_what_all_must_agree_on_includes_givers(self) -> None:
        first = Side({"x": ROWS})
        for giver, code in (
            (Side({"y": ROWS}, parameters={"minimumGroupSize": 11}), "PARAMETERS_DIFFER"),
            (Side({"y": [*ROWS, 20]}), "ROWS_DIFFER"),
            (Side({"y": ROWS}, alignment="cd" * 32), "ALIGNMENT"),
        ):
            with self.subTest(code):
                meeting = self.meet([first, Side(), Side(), giver], operator="Statistics")
                self.assertEqual(meeting.codes, [code] * 4, meeting.exits)


if __name__ == "__main__":
    unittest.main()
