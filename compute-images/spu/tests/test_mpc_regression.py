"""Regression, Predict, Evaluate and Explain against scikit-learn."""

from __future__ import annotations

import json
import unittest
from typing import Any

from .hdma import read_hdma
from .mpc_case import MpcCase
from .mpc_pods import Meeting, Side, Table

METRICS = "AUC,KS,Accuracy,Precision,Recall,F1,LogLoss,Lift"


class RegressionCase(MpcCase):
    def train(self, sides: list[Side], **parameters: Any) -> Meeting:
        """Runs Regression; the sides then have the model files."""
        meeting = self.succeed(sides, operator="Regression", receivers=[], **parameters)
        for name, side in zip(meeting.names, sides, strict=True):
            side.tables, side.models = {}, {"model": meeting.file(name)}
        return meeting

    def scores(self, sides: list[Side], **parameters: Any) -> Any:
        import numpy as np

        records = self.succeed(sides, operator="Predict", **parameters).table("a") or []
        self.assertEqual([record["collabnet_row"] for record in records], [str(row) for row in range(len(records))])
        return np.array([float(record["score"]) for record in records])

    def metrics(self, sides: list[Side], **parameters: Any) -> dict[tuple[str, str], float]:
        records = self.succeed(sides, operator="Evaluate", **parameters).table("a") or []
        return {(record["metric"], record["at"]): float(record["value"]) for record in records}


class LogisticTest(RegressionCase):
    def hdma(self) -> tuple[list[Table], Any, Any]:
        """Columns at a, at b, the label, and all features as numbers for the twin."""
        import numpy as np

        data = read_hdma()
        names = [name for name in data if name != "deny"]
        label = np.array([value == "yes" for value in data["deny"]], int)
        columns = [[float(v) if v not in ("yes", "no") else float(v == "yes") for v in data[name]] for name in names]
        features = np.array(columns).T
        first = {name: data[name] for name in names[:6]}
        second = {name: data[name] for name in names[6:]} | {"deny": data["deny"]}
        return [first, second], label, (features - features.mean(0)) / features.std(0)

    def check(self, sides: list[Side], label: Any, features: Any, metrics: str) -> None:
        import numpy as np
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import log_loss, roc_auc_score, roc_curve

        twin = LogisticRegression(penalty=None).fit(features, label).predict_proba(features)[:, 1]
        scores = self.scores(sides)
        self.assertLess(abs(roc_auc_score(label, scores) - roc_auc_score(label, twin)), 0.01)
        self.assertLess(np.abs(scores - twin).mean(), 0.02)
        found = self.metrics(sides, label="deny", positive="yes", metrics=metrics)
        (false, true, _) = roc_curve(label, scores)
        chosen = scores >= 0.5
        hits = (chosen & (label == 1)).sum()
        expected = {
            "AUC": roc_auc_score(label, scores), "KS": (true - false).max(), "Accuracy": (chosen == label).mean(), "Precision": hits / chosen.sum(),
            "Recall": hits / label.sum(), "F1": 2 * hits / (chosen.sum() + label.sum()), "LogLoss": log_loss(label, scores),
        }  # fmt: skip
        for name, value in expected.items():
            if name not in metrics.split(","):
                continue
            self.assertLess(abs(found[name, ""] - value), 0.01, (name, found[name, ""], value))
        top = label[np.argsort(-scores)]
        for share in (0.05, 0.1, 0.5) if "Lift" in metrics else ():
            lift = top[: round(share * len(top))].mean() / label.mean()
            self.assertLess(abs(found["Lift", str(share)] - lift), 0.05 * lift, share)

    def test_hdma_with_three_parties(self) -> None:
        (tables, label, features) = self.hdma()
        sides = [Side(tables[0]), Side(tables[1]), Side()]
        self.train(sides, model="Logistic", label="deny", positive="yes")
        self.check(sides, label, features, METRICS)
        self.explain(sides)
        self.mismatches(sides)

    def test_hdma_with_two_parties(self) -> None:
        (tables, label, features) = self.hdma()
        sides = [Side(tables[0]), Side(tables[1])]
        meeting = self.train(sides, model="Logistic", label="deny", positive="yes", epochs=4)
        percents = [json.loads(line) for line in (meeting.pods[0].work / "engine" / "progress.jsonl").read_text().splitlines()]
        self.assertGreater(len({one["percent"] for one in percents if one["phase"] == "compute"}), 4, "every epoch reports")
        self.assertEqual([*dict.fromkeys(one["phase"] for one in percents)], ["prepare", "connect", "share", "compute", "write"])
        self.check(sides, label, features, "AUC,KS,Accuracy")

    def explain(self, sides: list[Side]) -> None:
        records = self.succeed(sides, operator="Explain", receivers=["a", "b"]).table("b") or []
        found = {(r["party"], r["column"], r["level"]): (float(r["coefficient"]), r["scale"]) for r in records}
        self.assertEqual(found["b", "black", "yes"][1], "original")
        self.assertGreater(found["b", "black", "yes"][0] - found["b", "black", "no"][0], 0)
        self.assertEqual(found["a", "dir", ""][1], "standardised")
        self.assertEqual({level for party, column, level in found if column == "pbcr"}, {"1", "2"}, "levels of others have numbers")

    def mismatches(self, sides: list[Side]) -> None:
        """Models that do not belong together, and rows that lack a column."""
        model = json.loads(sides[1].models["model"])
        model["public"]["id"] = "0" * 64
        other = Side(sides[1].rows, models={"model": json.dumps(model).encode()})
        meeting = self.meet([sides[0], other, sides[2]], operator="Explain")
        self.assertEqual(meeting.codes, ["MODEL_MISMATCH"] * 3)
        lacking = Side({name: values for name, values in (sides[0].rows or {}).items() if name != "lvr"}, models=sides[0].models)
        meeting = self.meet([lacking, *sides[1:]], operator="Predict", wait=["a"])
        self.assertEqual(meeting.codes[0], "INPUT_COLUMN")
        self.assertIn("lvr", meeting.exits[0]["message"])

    def test_weights_of_evidence_from_a_binning(self) -> None:
        from sklearn.metrics import roc_auc_score

        (tables, label, _) = self.hdma()
        sides = [Side(tables[0]), Side(tables[1]), Side()]
        meeting = self.succeed(sides, operator="Binning", label="deny", positive="yes", receivers=["a", "b"])
        for name, side in zip("ab", sides, strict=False):
            side.tables = {"bins": meeting.file(name)}
        trained = self.train(sides, model="Logistic", label="deny", positive="yes", minimumInformationValue="0.02")
        features = json.loads(trained.file("c"))["public"]["features"]
        self.assertIn(["dir", "weight", 1], features["a"])
        self.assertNotIn("comdominiom", [one[0] for one in features["b"]], "too little information")
        self.assertGreater(roc_auc_score(label, self.scores(sides)), 0.8)

    def test_separable_classes_constants_and_many_columns(self) -> None:
        import numpy as np

        random = np.random.default_rng(3)
        rows = 600
        many = {f"Spalte {i} ä": random.normal(size=rows) for i in range(299)}
        many["konstant"] = np.ones(rows)
        first = np.array(list(many.values()))[0]
        second = {"y": (first > 0).astype(int), "groß": random.choice(["ja", "nein", "🙂"], rows), "extrem": np.where(random.random(rows) < 0.01, 1e12, 0)}
        sides = [Side(many), Side(second), Side()]
        self.train(sides, model="Logistic", label="y", l2="0.01")
        found = self.metrics(sides, label="y")
        self.assertGreater(found["AUC", ""], 0.97)
        self.assertLess(found["AUC", ""], 1.01)


class ValueTest(RegressionCase):
    def data(self, kind: str) -> tuple[list[Side], Any, Any]:
        import numpy as np

        random = np.random.default_rng(7)
        x = random.normal(size=(1500, 6))
        predictor = x @ np.array([0.5, -0.3, 0.2, 0.4, -0.2, 0.1])
        if kind == "Linear":
            y = 5000 + 300 * predictor + 100 * random.normal(size=1500)
        elif kind == "Poisson":
            y = random.poisson(3 * np.exp(predictor))
        else:
            y = random.poisson(np.exp(predictor)) * random.gamma(2, 40, 1500)
        first = {f"x{i}": x[:, i] * 10**i for i in range(3)}
        second = {"y": y} | {f"x{i}": x[:, i] + 100 for i in range(3, 6)}
        return [Side(first), Side(second), Side()], x, y

    def test_linear_with_explanation(self) -> None:
        from sklearn.linear_model import LinearRegression
        from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score

        (sides, x, y) = self.data("Linear")
        self.train(sides, model="Linear", label="y")
        twin = LinearRegression().fit(x, y)
        scores = self.scores(sides)
        self.assertLess(abs(r2_score(y, scores) - twin.score(x, y)), 0.001)
        found = self.metrics(sides, label="y")
        self.assertLess(abs(found["RMSE", ""] / mean_squared_error(y, scores) ** 0.5 - 1), 0.01)
        self.assertLess(abs(found["MAE", ""] / mean_absolute_error(y, scores) - 1), 0.01)
        self.assertLess(abs(found["R2", ""] - r2_score(y, scores)), 0.01)
        told = {r["column"]: float(r["coefficient"]) for r in self.succeed(sides, operator="Explain").table("a") or []}
        for index, coefficient in enumerate(twin.coef_[:3]):
            self.assertLess(abs(told[f"x{index}"] * 10**index - coefficient), 5)

    def test_counts_and_amounts(self) -> None:
        import numpy as np
        from sklearn.linear_model import PoissonRegressor, TweedieRegressor

        for kind, twin in (("Poisson", PoissonRegressor(alpha=0, max_iter=500)), ("Tweedie", TweedieRegressor(power=1.5, alpha=0, link="log", max_iter=500))):
            with self.subTest(kind):
                (sides, x, y) = self.data(kind)
                self.train(sides, model=kind, label="b.y")
                scores = self.scores(sides)
                expected = twin.fit(x, y).predict(x)
                self.assertLess(np.abs(scores / expected - 1).mean(), 0.02)


if __name__ == "__main__":
    unittest.main()
