"""Which cells of a table are opened, in the clear: the program is the one that runs on shares."""

from __future__ import annotations

import unittest
from typing import Any

from .wheel import add_twins

MINIMUM = 10


class SuppressionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        add_twins()
        import jax

        jax.config.update("jax_platforms", "cpu")
        jax.config.update("jax_enable_x64", True)

    def opened(self, counts: Any) -> Any:
        import numpy as np
        from runner.mpc.suppression import opened_cells

        (cells, twice) = opened_cells(MINIMUM)(counts, 2 * counts)
        self.assertTrue((np.asarray(twice) == 2 * np.asarray(cells)).all(), "sums are closed with their counts")
        return np.asarray(cells)

    def test_closed_cells_of_a_line_are_none_or_have_enough_rows_together(self) -> None:
        import numpy as np

        random = np.random.default_rng(11)
        closed_cells = 0
        for _ in range(200):
            # Lines that are shown have enough rows, as their owner sees to it; the last ones are rows that are in none.
            counts = random.poisson(random.choice([2, 8, 15, 40]), size=random.integers(2, 7, 2))
            counts = counts + np.where(random.random(counts.shape) < 0.5, 12, 0)
            (rows, columns) = ((counts.sum(axis=1) >= MINIMUM)[:-1], (counts.sum(axis=0) >= MINIMUM)[:-1])
            if not rows.all() or not columns.all():
                continue
            opened = self.opened(counts)
            shown = counts[:-1, :-1]
            self.assertTrue(((opened == shown) | (opened == 0)).all())
            self.assertTrue((opened[opened > 0] >= MINIMUM).all())
            closed = opened == 0
            closed_cells += int(closed.sum())
            for axis, outside in ((1, counts[:-1, -1]), (0, counts[-1, :-1])):
                hidden = (shown * closed).sum(axis=axis) + outside
                nothing = ~closed.any(axis=axis) & (hidden == 0)
                self.assertTrue((nothing | (hidden >= MINIMUM)).all(), counts)
        self.assertGreater(closed_cells, 100)

    def test_large_cells_alone_all_stay_open(self) -> None:
        import numpy as np

        counts = np.array([[10, 20, 0], [30, 40, 0], [0, 0, 3]])
        self.assertEqual(self.opened(counts).tolist(), [[10, 20], [30, 40]])

    def test_an_empty_cell_is_not_told_from_a_small_one(self) -> None:
        import numpy as np

        # Otherwise the owner of the rows would learn that none of the first has the second column.
        counts = np.array([[30, 0, 0], [15, 40, 0], [20, 50, 0], [0, 0, 0]])
        self.assertEqual(self.opened(counts).tolist(), [[0, 0], [15, 0], [20, 50]])


if __name__ == "__main__":
    unittest.main()
