"""The values of one party's column as groups of rows, made by its owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import EngineError
from .columns import Column
from .layout import MOST_GROUPS
from .tables import text_of


@dataclass(frozen=True)
class Groups:
    """Groups that are shown: names, sizes, and for every row the index of its group, or -1."""

    names: list[str]
    sizes: list[int]
    of_row: NDArray[np.int64]

    def members(self, start: int, end: int) -> NDArray[np.int64]:
        """Rows × groups: 1 where the row is in the group."""
        result: NDArray[np.int64] = (self.of_row[start:end, None] == np.arange(len(self.names))).astype(np.int64)
        return result


def large_groups(column: Column, smallest: int, parameter: str) -> Groups:
    """The groups with at least `smallest` rows. Raises EngineError INPUT_VALUE, which names `parameter`, or GROUP_TOO_SMALL."""
    levels, codes = _levels(column)
    if len(levels) > MOST_GROUPS:
        raise EngineError("INPUT_VALUE", f"column {column.name} has {len(levels)} groups; parameters.{parameter} takes at most {MOST_GROUPS}")
    sizes = np.bincount(codes, minlength=len(levels))
    kept = [index for index, size in enumerate(sizes) if size >= smallest]
    if not kept:
        raise EngineError("GROUP_TOO_SMALL", f"no group of column {column.name} has parameters.minimumGroupSize ({smallest}) rows")
    return _chosen([levels[index] for index in kept], levels, codes)


def named_groups(column: Column, names: Sequence[str]) -> Groups:
    """The groups with these names, whether they have rows or not; what has another value is in none. Raises EngineError INPUT_VALUE."""
    return _chosen(names, *_levels(column))


def _chosen(names: Sequence[str], levels: Sequence[str], codes: NDArray[np.int64]) -> Groups:
    known = {name: index for index, name in enumerate(names)}
    order = np.array([known.get(level, -1) for level in levels])
    of_row = order[codes]
    sizes = np.bincount(of_row + 1, minlength=len(names) + 1)[1:]
    return Groups(list(names), [int(size) for size in sizes], of_row)


def _levels(column: Column) -> tuple[list[str], NDArray[np.int64]]:
    """The different values as text, and for every row the index of its own."""
    column.check_complete()
    if column.numbers is not None:
        (values, codes) = np.unique(column.numbers, return_inverse=True)
        return [text_of(float(value)) for value in values], codes
    assert column.codes is not None
    return list(column.levels), column.codes.astype(np.int64)
