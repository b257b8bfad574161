"""GradientBoosting against scikit-learn's, and on rows that one tree can tell apart; Predict, Evaluate and Explain on the trees."""

from __future__ import annotations

import json
import unittest
from typing import Any

from .hdma import read_hdma
from .mpc_case import MpcCase
from .mpc_pods import Side


class BoostingTest(MpcCase):
    def train(self, sides: list[Side], **parameters: Any) -> None:
        meeting = self.succeed(sides, operator="GradientBoosting", receivers=[], **parameters)
        for name, side in zip(meeting.names, sides, strict=True):
            side.models = {"model": meeting.file(name)}

    def scores(self, sides: list[Side], **parameters: Any) -> Any:
        import numpy as np

        return np.array([float(one["score"]) for one in self.succeed(sides, operator="Predict", **parameters).table("a") or []])

    def gains(self, sides: list[Side]) -> dict[str, float]:
        told = self.succeed(sides, operator="Explain", receivers=["a"]).table("a") or []
        self.assertEqual({one["scale"] for one in told}, {"shareOfGain"})
        return {one["column"]: float(one["coefficient"]) for one in told}

    def test_hdma_with_three_parties(self) -> None:
        import numpy as np
        from sklearn.ensemble import HistGradientBoostingClassifier
        from sklearn.metrics import roc_auc_score

        data = read_hdma()
        names = [name for name in data if name != "deny"]
        label = np.array([value == "yes" for value in data["deny"]], int)
        features = np.array([[float(v) if v not in ("yes", "no") else float(v == "yes") for v in data[name]] for name in names]).T
        sides = [Side({name: data[name] for name in names[:6]}), Side({name: data[name] for name in names[6:]} | {"deny": data["deny"]}), Side()]
        self.train(sides, label="deny", positive="yes", trees=10)
        self.assertEqual(json.loads(sides[2].models["model"])["private"], {"preparations": [], "label": {}, "party": "c", "alignment": ""}, "nothing of the others")
        twin = HistGradientBoostingClassifier(max_iter=10, max_depth=3, learning_rate=0.3, l2_regularization=1, max_bins=16, min_samples_leaf=5)
        expected = roc_auc_score(label, twin.fit(features, label).predict_proba(features)[:, 1])
        scores = self.scores(sides)
        self.assertLess(abs(roc_auc_score(label, scores) - expected), 0.01)
        records = self.succeed(sides, operator="Evaluate", label="deny", positive="yes", metrics="AUC,LogLoss").table("a") or []
        self.assertLess(abs(float(records[0]["value"]) - roc_auc_score(label, scores)), 0.01)
        gains = self.gains(sides)
        self.assertAlmostEqual(sum(gains.values()), 1, 5)
        self.assertEqual(max(gains, key=lambda column: gains[column]), "dmi", "who was denied mortgage insurance was denied the credit")

    def steps(self) -> tuple[list[Side], Any]:
        """Rows that a tree of three questions tells apart: a number, a text, a missing value. One more column says nothing."""
        import numpy as np

        random = np.random.default_rng(8)
        rows = 400
        number, text, gap = random.normal(size=rows), random.choice(["rot", "grün", "🙂"], rows), random.random(rows) < 0.3
        y = 5000 + 100.0 * (number > np.quantile(number, 0.5, method="lower")) + 40 * (text == "grün") + 12 * gap
        first = {"number": number, "constant": np.ones(rows)}
        second = {"text": text, "gap": np.where(gap, "", "3.5"), "y": y}
        return [Side(first), Side(second), Side()], y

    def test_one_tree_of_numbers_texts_and_missing_values(self) -> None:
        import numpy as np

        for parties in (3, 2):
            with self.subTest(parties=parties):
                (sides, y) = self.steps()
                sides = sides[:parties]
                self.train(sides, label="y", model="Linear", trees=1, depth=3, learningRate="1", l2="0")
                public = json.loads(sides[0].models["model"])["public"]
                self.assertEqual(public["features"], {"a": [["number", "edges", 15]], "b": [["text", "levels", 3], ["gap", "edges", 1]]} | ({"c": []} if parties == 3 else {}))
                self.assertLess(np.abs(self.scores(sides) - y).max(), 0.5)
                self.assertGreater(self.gains(sides)["number"], 0.8)
                # Other rows: a level that the model has not seen is none of its levels, a missing number is below no value.
                sides[0].rows, sides[1].rows = {"number": [-9, "", 9], "constant": [1, 1, 1]}, {"text": ["blau", "grün", "grün"], "gap": [1, "", ""]}
                self.assertLess(np.abs(self.scores(sides) - [5000, 5152, 5152]).max(), 0.5)

    def test_what_cannot_be_trained_on_is_refused(self) -> None:
        def refused(own: Any, other: Any, **parameters: Any) -> tuple[str, str]:
            meeting = self.meet([Side(own), Side(other)], operator="GradientBoosting", receivers=[], label="y", wait=["b"], **parameters)
            return meeting.codes[1], meeting.exits[1]["message"]

        same = {"x": [1] * 12}
        self.assertEqual(refused(same, {"y": [0, 1] * 6})[0], "FEATURES")
        self.assertEqual(refused(same, {"y": [0] * 12})[0], "LABEL_CLASSES")
        self.assertEqual(refused(same, {"y": ["", 1] * 6})[0], "LABEL_MISSING")
        self.assertEqual(refused(same, {"y": [0, 1] * 6, "x": range(12)}, trees=0)[0], "BAD_JOB")
        self.assertEqual(refused(same, {"y": [0, 1] * 6} | {f"x{i}": range(12) for i in range(900)}, trees=100, depth=6)[0], "FEATURES")


if __name__ == "__main__":
    unittest.main()
