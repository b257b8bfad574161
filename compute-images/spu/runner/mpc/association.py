"""How strongly two columns go together, from a cross table that is open as a whole."""

from __future__ import annotations

import math
from typing import Any


def association(counts: Any, total: int) -> dict[str, float | None]:
    """Pearson's chi-square without correction, and Cramér's V (Cramér 1946, page 282), of int64 counts, categories × categories.

    Both are None if some of the `total` rows are in no cell that is open, or a cell is closed, which stands as 0. V is None for a single row or column.
    """
    if counts.sum() != total or not counts.all():
        return {"ChiSquare": None, "CramersV": None}
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / total
    chi_square = float(((counts - expected) ** 2 / expected).sum())
    freedom = min(counts.shape) - 1
    return {"ChiSquare": chi_square, "CramersV": math.sqrt(chi_square / (total * freedom)) if freedom else None}
