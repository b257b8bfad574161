"""Models that are judged by rows that they have not seen."""

from __future__ import annotations

import json
import unittest
from typing import Any

from .mpc_case import MpcCase
from .mpc_pods import Side


class HoldoutTest(MpcCase):
    def noise(self) -> list[Side]:
        """A label that nothing in the columns says anything about."""
        import numpy as np

        random = np.random.default_rng(6)
        x = random.normal(size=(400, 8))
        return [Side({f"x{i}": x[:, i] for i in range(4)}), Side({f"x{i}": x[:, i] for i in range(4, 8)} | {"y": random.integers(0, 2, 400)}), Side()]

    def auc(self, sides: list[Side], **parameters: Any) -> float:
        records = self.succeed(sides, operator="Evaluate", label="y", metrics="AUC", **parameters).table("a") or []
        return float(records[0]["value"])

    def test_what_was_learnt_by_heart_shows_on_rows_held_out(self) -> None:
        for operator, more in (("GradientBoosting", {"trees": 4, "depth": 4, "learningRate": "1"}), ("Regression", {"model": "Logistic", "epochs": 3})):
            with self.subTest(operator):
                sides = self.noise()
                trained = self.succeed(sides, operator=operator, receivers=[], label="y", holdout="0.4", **more)
                for name, side in zip(trained.names, sides, strict=True):
                    side.models = {"model": trained.file(name)}
                held = self.auc(sides, rows="Holdout")
                self.assertLess(abs(held - 0.5), 0.15)
                if operator == "GradientBoosting":
                    self.assertGreater(self.auc(sides), held + 0.15)

    def test_other_rows_and_models_of_all_rows_are_refused(self) -> None:
        sides = self.noise()
        trained = self.succeed(sides, operator="Regression", receivers=[], model="Logistic", label="y", epochs=1)
        for name, side in zip(trained.names, sides, strict=True):
            side.models = {"model": trained.file(name)}
        self.assertIn("on all rows", self.refused(sides))
        for side in sides:
            model = json.loads(side.models["model"])
            model["public"]["holdout"] = 0.25
            (side.models, side.alignment) = ({"model": json.dumps(model).encode()}, "cd" * 32)
        self.assertIn("fewer than", self.refused(sides, "GROUP_TOO_SMALL", minimumRows=401, rows="All"))
        self.assertIn("not the rows that the model was trained on", self.refused(sides))

        (sides[0].models, sides[1].models) = (sides[1].models, sides[0].models)
        self.assertIn("this share of the model is that of b", self.refused(sides))

    def refused(self, sides: list[Side], code: str = "MODEL_MISMATCH", **parameters: Any) -> str:
        meeting = self.meet(sides, operator="Evaluate", label="y", wait=["a"], **({"rows": "Holdout"} | parameters))
        self.assertEqual(meeting.codes[0], code)
        return str(meeting.exits[0]["message"])


if __name__ == "__main__":
    unittest.main()
