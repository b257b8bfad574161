"""Features of a model: what each owner makes of its own columns before it shares them, and how it does the same again later.

The preparation (means, deviations, names of levels, bins) stays in the owner's own part of the model file.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import EngineError
from .bins import Bin, find_bins
from .columns import Column

MOST_LEVELS = 64
# A standardised value beyond this counts as this: one row must not outweigh a whole batch, nor leave the range of numbers.
LARGEST_DEVIATION = 16.0

Preparation = dict[str, Any]
Matrix = NDArray[np.float64]


def plain_preparation(column: Column) -> Preparation:
    """A number stays one feature; text becomes one feature per level. Raises EngineError INPUT_VALUE."""
    column.check_complete()
    if column.numbers is not None:
        return _with_moments({"column": column.name, "kind": "number"}, column)
    if len(column.levels) > MOST_LEVELS:
        raise EngineError("INPUT_VALUE", f"column {column.name} has {len(column.levels)} levels; at most {MOST_LEVELS} are taken, so group or bin them")
    return _with_moments({"column": column.name, "kind": "levels", "levels": list(column.levels)}, column)


def weight_preparation(column: Column, bins: list[tuple[Bin, float]]) -> Preparation:
    """The column is replaced by the weight of evidence of its bin; a value in no bin has weight 0."""
    described = [{"lower": _text(one.lower), "upper": _text(one.upper), "levels": list(one.levels), "weight": weight} for one, weight in bins]
    return _with_moments({"column": column.name, "kind": "weight", "bins": described}, column)


def apply_preparations(preparations: list[Preparation], own: list[Column], rows: int) -> Matrix:
    """Rows × features, standardised. Raises EngineError INPUT_COLUMN or INPUT_VALUE."""
    parts = [np.zeros((rows, 0))]
    for preparation in preparations:
        column = next((column for column in own if column.name == preparation["column"]), None)
        if column is None:
            raise EngineError("INPUT_COLUMN", f"the model needs the column {preparation['column']}, which the input of kind Rows has not")
        mean, deviation = np.array(preparation["mean"]), np.array(preparation["deviation"])
        values = (_raw(preparation, column) - mean) / np.where(deviation > 0, deviation, 1)
        parts.append(np.clip(np.where(deviation > 0, values, 0), -LARGEST_DEVIATION, LARGEST_DEVIATION))
    return np.concatenate(parts, axis=1)


def feature_counts(preparations: list[Preparation]) -> list[list[Any]]:
    """[column, kind, number of features] of each: what the others learn."""
    return [[one["column"], one["kind"], len(one["mean"])] for one in preparations]


def _with_moments(preparation: Preparation, column: Column) -> Preparation:
    values = _raw(preparation, column)
    constant = np.ptp(values, axis=0) == 0 if len(values) else np.ones(values.shape[1], bool)
    deviation = np.where(constant, 0, values.std(axis=0))
    return preparation | {"mean": values.mean(axis=0).tolist(), "deviation": deviation.tolist()}


def _raw(preparation: Preparation, column: Column) -> Matrix:
    if preparation["kind"] == "number":
        return column.complete_numbers()[:, None]
    if preparation["kind"] == "weight":
        bins = [Bin(_number(one["lower"]), _number(one["upper"]), tuple(one["levels"])) for one in preparation["bins"]]
        weights = np.array([one["weight"] for one in preparation["bins"]] + [0.0])
        return weights[find_bins(bins, column)][:, None]
    if column.codes is None:
        # In other rows the same column may hold nothing but numbers.
        raise EngineError("INPUT_VALUE", f"column {column.name} holds numbers, but the model was made with text in it")
    column.check_complete()
    known = {level: index for index, level in enumerate(preparation["levels"])}
    # A level that the model has not seen is none of its levels.
    positions = np.array([known.get(level, -1) for level in column.levels] + [-1])[column.codes]
    result: Matrix = (positions[:, None] == np.arange(len(known))).astype(np.float64)
    return result


def _text(value: float | None) -> str | None:
    return None if value is None else repr(value)


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)
