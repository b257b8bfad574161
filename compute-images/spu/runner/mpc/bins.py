"""Bins of own columns, made by their owner from its own values alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .columns import Column

MOST_LEVEL_BINS = 32
# Bins from which the method Optimal puts its own together.
FINE_BINS = 16


@dataclass(frozen=True)
class Bin:
    """An interval lower < x <= upper, or a set of levels; none of both: missing values."""

    lower: float | None = None
    upper: float | None = None
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class BinnedColumn:
    """`of_row` is the index of each row's bin, or -1 where it is in none: a level or a lack of value that is too rare.

    The first `ordered` bins are neighbouring intervals, from low to high.
    """

    name: str
    bins: list[Bin]
    ordered: int
    of_row: NDArray[np.int64]

    @property
    def counts(self) -> list[int]:
        return [int(count) for count in np.bincount(self.of_row + 1, minlength=len(self.bins) + 1)[1:]]


def bin_column(column: Column, method: str, count: int, smallest: int) -> BinnedColumn:
    """Bins with at least `smallest` rows each: intervals for numbers, one per level for text, one for missing values."""
    binned = _levels(column, smallest) if column.numbers is None else _intervals(column, method, count, smallest)
    return _with_missing(column, binned, smallest)


def find_bins(bins: list[Bin], column: Column) -> NDArray[np.int64]:
    """The index of each row's bin among bins made earlier; -1 where none fits."""
    found = np.full(len(column.missing), -1)
    for index, one in enumerate(bins):
        if one.levels and column.codes is not None:
            known = np.array([level in one.levels for level in column.levels] + [False])
            found[known[column.codes]] = index
        elif one.upper is not None and one.lower is not None and column.numbers is not None:
            found[(column.numbers > one.lower) & (column.numbers <= one.upper)] = index
        elif not one.levels and one.upper is None:
            found[column.missing] = index
    return found


def _intervals(column: Column, method: str, count: int, smallest: int) -> BinnedColumn:
    assert column.numbers is not None
    values = column.numbers[~column.missing]
    if len(values) == 0:
        return BinnedColumn(column.name, [], 0, np.full(len(column.numbers), -1))
    if method == "EqualWidth":
        edges = np.linspace(values.min(), values.max(), count + 1)[1:-1]
    else:
        parts = FINE_BINS if method == "Optimal" else count
        # "lower" takes values that occur, so that ties never fall between two bins.
        edges = np.quantile(values, np.arange(1, parts) / parts, method="lower")
    edges = _large_enough(values, np.unique(edges[edges < values.max()]), smallest)
    bounds = [float("-inf"), *map(float, edges), float("inf")]
    of_row = np.where(column.missing, -1, np.searchsorted(edges, column.numbers, side="left"))
    if len(values) < smallest:
        return BinnedColumn(column.name, [], 0, np.full(len(column.numbers), -1))
    return BinnedColumn(column.name, [Bin(low, high) for low, high in zip(bounds, bounds[1:], strict=False)], len(bounds) - 1, of_row)


def _large_enough(values: NDArray[np.float64], edges: NDArray[np.float64], smallest: int) -> NDArray[np.float64]:
    """Removes edges until every bin has `smallest` values: the smallest bin joins its smaller neighbour."""
    while len(edges):
        counts = np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)
        weakest = int(counts.argmin())
        if counts[weakest] >= smallest:
            break
        left = weakest > 0 and (weakest == len(edges) or counts[weakest - 1] <= counts[weakest + 1])
        edges = np.delete(edges, weakest - 1 if left else weakest)
    return edges


def _levels(column: Column, smallest: int) -> BinnedColumn:
    """One bin per frequent level, most frequent first; the others together, if they are enough."""
    assert column.codes is not None
    counts = np.bincount(column.codes[~column.missing], minlength=len(column.levels))
    order = np.argsort(-counts, kind="stable")
    frequent = [int(level) for level in order if counts[level] >= smallest][: MOST_LEVEL_BINS - 1]
    rare = [level for level in range(len(column.levels)) if level not in set(frequent)]
    groups = [[level] for level in frequent] + ([rare] if rare and counts[rare].sum() >= smallest else [])
    index = np.full(len(column.levels) + 1, -1)
    for number, group in enumerate(groups):
        index[group] = number
    return BinnedColumn(column.name, [Bin(levels=tuple(column.levels[level] for level in group)) for group in groups], 0, index[column.codes])


def _with_missing(column: Column, binned: BinnedColumn, smallest: int) -> BinnedColumn:
    if column.missing.sum() < smallest:
        return binned
    return BinnedColumn(binned.name, [*binned.bins, Bin()], binned.ordered, np.where(column.missing, len(binned.bins), binned.of_row))
