"""KMeans and the clusters that it predicts, against clusters that were made."""

from __future__ import annotations

import unittest

from .mpc_case import MpcCase
from .mpc_pods import Side


class KMeansTest(MpcCase):
    def run_with(self, parties: int, rows: int) -> None:
        import numpy as np
        from sklearn.cluster import KMeans
        from sklearn.metrics import adjusted_rand_score

        random = np.random.default_rng(2)
        true = random.integers(0, 2, rows)
        x = random.normal(size=(rows, 4)) + 4 * true[:, None]
        sides = [Side({"x0": x[:, 0], "x1": x[:, 1] * 1000}), Side({"x2": x[:, 2], "x3": x[:, 3]}), Side()][:parties]
        trained = self.succeed(sides, operator="KMeans", receivers=[], clusters=2, iterations=5)
        for name, side in zip(trained.names, sides, strict=True):
            side.models = {"model": trained.file(name)}
        records = self.succeed(sides, operator="Predict").table("a") or []
        found = [int(record["cluster"]) for record in records]
        twin = KMeans(2, n_init=5, random_state=1).fit_predict((x - x.mean(0)) / x.std(0))
        self.assertGreater(adjusted_rand_score(twin, found), 0.97)
        meeting = self.meet(sides, operator="Explain", wait=["a"])
        self.assertEqual(meeting.codes[0], "MODEL_MISMATCH")

    def test_three_parties(self) -> None:
        self.run_with(3, 1000)

    def test_two_parties(self) -> None:
        self.run_with(2, 400)


if __name__ == "__main__":
    unittest.main()
