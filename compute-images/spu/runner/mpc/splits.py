"""Candidate splits of a tree: questions that each owner asks of its own rows, to be answered with yes (left) or no (right).

A number has the questions `x <= edge`, a text `x is this level`, and both, if values are missing, `x is missing`. The questions stay in
the owner's own part of the model file; the others learn how many there are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import EngineError
from .columns import Column
from .features import MOST_LEVELS, Preparation

Answers = NDArray[np.int64]


def split_preparation(column: Column, edges: int) -> Preparation | None:
    """At most `edges` edges at quantiles; None for a column that has the same answer everywhere. Raises EngineError INPUT_VALUE."""
    missing = bool(column.missing.any())
    if column.numbers is None:
        if len(column.levels) > MOST_LEVELS:
            raise EngineError("INPUT_VALUE", f"column {column.name} has {len(column.levels)} levels; at most {MOST_LEVELS} are taken, so group or bin them")
        # Of two levels the second answers what the first does.
        levels = column.levels[:1] if len(column.levels) == 2 and not missing else column.levels if len(column.levels) > 1 or missing else ()
        found: Preparation = {"column": column.name, "kind": "levels", "levels": list(levels), "missing": missing}
        return found if levels or missing else None
    values = column.numbers[~column.missing]
    # "lower" takes values that occur: an edge then has rows on both sides.
    quantiles = np.quantile(values, np.arange(1, edges + 1) / (edges + 1), method="lower") if len(values) else np.zeros(0)
    inner = np.unique(quantiles[quantiles < values.max()]) if len(values) else quantiles
    if len(inner) == 0 and len(values) and np.ptp(values) > 0:
        # More rows than the last quantile counts have the largest value: ask whether it is that one.
        inner = np.array([values[values < values.max()].max()])
    found = {"column": column.name, "kind": "edges", "edges": [repr(float(edge)) for edge in inner], "missing": missing}
    return found if len(inner) or missing else None


def split_counts(preparations: list[Preparation]) -> list[list[object]]:
    """[column, kind, number of questions] of each: what the others learn."""
    return [[one["column"], one["kind"], _width(one)] for one in preparations]


def answers(preparations: list[Preparation], own: list[Column], rows: int) -> Answers:
    """Rows × questions: 1 for yes. Raises EngineError INPUT_COLUMN or INPUT_VALUE."""
    parts = [np.zeros((rows, 0), np.int64)]
    for one in preparations:
        column = next((column for column in own if column.name == one["column"]), None)
        if column is None:
            raise EngineError("INPUT_COLUMN", f"the model needs the column {one['column']}, which the input of kind Rows has not")
        parts.append(_of_levels(one, column) if one["kind"] == "levels" else _of_edges(one, column))
        if one["missing"]:
            parts.append(column.missing[:, None].astype(np.int64))
    return np.concatenate(parts, axis=1)


def _of_edges(preparation: Preparation, column: Column) -> Answers:
    if column.numbers is None:
        raise EngineError("INPUT_VALUE", f"column {column.name} is not numeric, but the model was made with numbers in it")
    # A missing value is NaN, which is below no edge.
    result: Answers = (column.numbers[:, None] <= np.array([float(edge) for edge in preparation["edges"]])).astype(np.int64)
    return result


def _of_levels(preparation: Preparation, column: Column) -> Answers:
    if column.codes is None and not column.missing.all():
        # In other rows the same column may hold nothing but numbers.
        raise EngineError("INPUT_VALUE", f"column {column.name} holds numbers, but the model was made with text in it")
    positions = {level: number for number, level in enumerate(column.levels)}
    # A level that these rows have not is asked for in vain; -1 would be a missing value.
    asked = np.array([positions.get(level, -2) for level in preparation["levels"]], np.int64)
    codes = np.full(len(column.missing), -1) if column.codes is None else column.codes
    result: Answers = (codes[:, None] == asked).astype(np.int64)
    return result


def _width(preparation: Preparation) -> int:
    return len(preparation["levels" if preparation["kind"] == "levels" else "edges"]) + int(preparation["missing"])
