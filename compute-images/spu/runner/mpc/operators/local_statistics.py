"""Statistics of own columns, computed in the clear by their owner."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..columns import Column
from ..settings import StatisticsSettings


def local_rows(party: str, own: list[Column], settings: StatisticsSettings) -> list[list[Any]]:
    """Rows `statistic, party, column, withParty, withColumn, group, value` for all own columns, text ones with Count only."""
    rows: list[list[Any]] = []
    numeric = [column for column in own if column.numbers is not None]
    for column in own:
        for name, value in _values(column, settings):
            rows.append([name, party, column.name, None, None, None, value])
    if "Correlation" in settings.statistics and len(numeric) > 1:
        units = np.ldexp(unit_columns(numeric, 40, settings.minimum_group_size).astype(np.float64), -40)
        matrix = units.T @ units
        for i, first in enumerate(numeric):
            for j in range(i + 1, len(numeric)):
                constant = matrix[i, i] < 0.5 or matrix[j, j] < 0.5
                value = None if constant else max(-1.0, min(1.0, float(matrix[i, j])))
                rows.append(["Correlation", party, first.name, party, numeric[j].name, None, value])
    return rows


def tells_of_few(column: Column, minimum: int) -> bool:
    """Whether fewer than `minimum` rows have another value than the commonest: a correlation with it would tell of those rows."""
    (_, counts) = np.unique(column.complete_numbers(), return_counts=True)
    return int(counts.sum() - counts.max()) < minimum


def unit_columns(columns: list[Column], bits: int, minimum: int) -> NDArray[np.int64]:
    """Rows × columns, each column centred and divided by its length, as integers with `bits` fractional bits.

    A constant column, or one that tells of few rows only, is 0.
    """
    if not columns:
        return np.zeros((0, 0), np.int64)
    values = np.stack([column.complete_numbers() for column in columns], axis=1)
    constant = np.array([tells_of_few(column, minimum) for column in columns])
    values = values - values.mean(axis=0)
    length = np.sqrt((values**2).sum(axis=0))
    units = values / np.where(constant, 1, length)
    result: NDArray[np.int64] = np.rint(np.ldexp(np.where(constant, 0, units), bits)).astype(np.int64)
    return result


def _values(column: Column, settings: StatisticsSettings) -> list[tuple[str, Any]]:
    count = int((~column.missing).sum())
    found: list[tuple[str, Any]] = [("Count", count)]
    if column.numbers is not None:
        x = column.numbers
        found += [
            ("Sum", float(x.sum())),
            ("Mean", float(x.mean())),
            ("Variance", float(x.var(ddof=1))),
            ("StandardDeviation", float(x.std(ddof=1))),
            ("Minimum", float(x.min())),
            ("Maximum", float(x.max())),
            ("Median", float(np.median(x))),
        ]
    chosen = [(name, value) for name, value in found if name in settings.statistics]
    if column.numbers is not None and "Quantiles" in settings.statistics:
        values = np.quantile(column.numbers, [float(text) for text in settings.quantiles])
        chosen += [(f"Quantile {text}", float(value)) for text, value in zip(settings.quantiles, values, strict=True)]
    return chosen
