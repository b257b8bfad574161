"""Tables of more than one block of rows: blocks are made small, and results must not depend on them."""

from __future__ import annotations

import unittest

from .mpc_case import MpcCase
from .mpc_pods import Side

SMALL_BLOCKS = ("-c", "import sys; from runner import __main__; import runner.mpc.session as s; s.BLOCK_VALUES = 900; sys.exit(__main__.main())")


class BlocksTest(MpcCase):
    def test_every_operator_in_small_blocks(self) -> None:
        import numpy as np
        from sklearn.metrics import roc_auc_score

        random = np.random.default_rng(5)
        rows = 330
        x = random.normal(size=(rows, 4))
        y = (x.sum(axis=1) + random.normal(size=rows) > 0).astype(int)
        group = random.integers(0, 3, rows)
        sides = [Side({"x0": x[:, 0], "x1": x[:, 1], "g": group}), Side({"x2": x[:, 2], "x3": x[:, 3], "y": y}), Side()]

        def table(**parameters: object) -> list[dict[str, str]]:
            return self.succeed(sides, command=SMALL_BLOCKS, **parameters).table("a") or []

        found = {(r["column"], r["withColumn"]): r["value"] for r in table(operator="Statistics", statistics="Correlation")}
        self.assertAlmostEqual(float(found["x0", "y"]), np.corrcoef(x[:, 0], y)[0, 1], 8)
        means = {(r["column"], r["group"]): r["value"] for r in table(operator="Statistics", statistics="Mean", groupBy="g")}
        self.assertAlmostEqual(float(means["x3", "1"]), x[group == 1, 3].mean(), 8)
        cells = {(r["statistic"], r["rowCategory"], r["columnCategory"]): r["value"] for r in table(operator="CrossTable", rowsBy="g", columnsBy="y", value="x2")}
        for i in range(3):
            self.assertEqual(cells["Count", str(i), "1"], str(((group == i) & (y == 1)).sum()))
            self.assertAlmostEqual(float(cells["Mean", str(i), "1"]), x[(group == i) & (y == 1), 2].mean(), 8)
        bins = [r for r in table(operator="Binning", label="y") if r["column"] == "x0"]
        for one in bins:
            inside = (x[:, 0] > float(one["lower"])) & (x[:, 0] <= float(one["upper"]))
            self.assertEqual(int(one["positives"]), y[inside].sum())
        trained = self.succeed(sides, command=SMALL_BLOCKS, operator="Regression", receivers=[], model="Logistic", label="y", epochs=1, batchSize=18)
        for name, side in zip("abc", sides, strict=True):
            side.models = {"model": trained.file(name)}
        scores = np.array([float(r["score"]) for r in table(operator="Predict")])
        self.assertEqual(len(scores), rows)
        metrics = {r["metric"]: float(r["value"]) for r in table(operator="Evaluate", label="y", metrics="AUC,Accuracy,LogLoss")}
        self.assertLess(abs(metrics["AUC"] - roc_auc_score(y, scores)), 0.01)
        self.assertAlmostEqual(metrics["Accuracy"], ((scores >= 0.5) == y).mean(), 3)
        for side in sides:
            side.models = {}
        total = ["+", ["column", "a", "x0"], ["column", "b", "x2"]]
        values = [float(r["value"]) for r in table(operator="Expression", expression=total)]
        self.assertLess(np.abs(values - x[:, 0] - x[:, 2]).max(), 0.001)
        trees = self.succeed(sides, command=SMALL_BLOCKS, operator="GradientBoosting", receivers=[], label="y", trees=2, depth=2, thresholds=7)
        for name, side in zip("abc", sides, strict=True):
            side.models = {"model": trees.file(name)}
        of_trees = {r["metric"]: float(r["value"]) for r in table(operator="Evaluate", label="y", metrics="AUC")}
        self.assertGreater(of_trees["AUC"], 0.85)
        for side in sides:
            side.models = {}
        clusters = self.succeed(sides, command=SMALL_BLOCKS, operator="KMeans", receivers=[], clusters=3, iterations=2)
        self.assertGreater(len(clusters.file("c")), 100)


if __name__ == "__main__":
    unittest.main()
