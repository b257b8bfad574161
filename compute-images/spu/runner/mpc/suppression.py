"""Which cells of a table of counts are opened: a secure program, so that nobody sees a count that is not.

Whoever holds one of the two columns knows how many rows each of its categories has, and could take the opened cells from them. So the
cells of a line that stay closed must have as many rows together as a single one needs; if they have not, the smallest cell that would
be opened stays closed as well. One such pass by rows and one by columns is enough: each closes only cells that are large enough.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np

# Above every count: there are at most 100 million rows.
_MORE_THAN_ALL = 1 << 40


def opened_cells(minimum: int) -> Callable[..., Any]:
    """A program (counts, then any sums of the same cells) -> the same without last row and column, 0 where a cell stays closed.

    All are int64, categories × categories. The last row and column are the rows of no category that is shown; they stay closed.
    """

    def program(counts: Any, *sums: Any) -> Any:
        (rows, columns) = counts.shape
        outside = np.zeros((rows, columns), bool)
        outside[-1, :] = outside[:, -1] = True
        closed = (counts < minimum) | outside
        closed = _with_partners(counts, closed, minimum, 1)
        closed = _with_partners(counts, closed, minimum, 0)
        return tuple(jnp.where(closed, 0, cells)[:-1, :-1] for cells in (counts, *sums))

    return program


def _with_partners(counts: Any, closed: Any, minimum: int, axis: int) -> Any:
    """Closes the smallest open cells of each line along `axis` whose closed ones have too few rows together, but are some."""
    together = jnp.sum(jnp.where(closed, counts, 0), axis=axis, keepdims=True)
    # The one outside the categories is always closed, and is something to be hidden only if it has rows.
    cells = jnp.sum(closed.astype(jnp.int64), axis=axis, keepdims=True) - 1
    lacking = (together < minimum) & (cells + together > 0)
    candidates = jnp.where(closed, _MORE_THAN_ALL, counts)
    smallest = jnp.min(candidates, axis=axis, keepdims=True)
    return closed | (lacking & (candidates == smallest))
