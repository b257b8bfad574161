"""The label in the unit in which a model is trained, and back."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..errors import EngineError
from .columns import Column
from .fixed import exponent_of
from .label import classes

# A label further away from 0, in multiples of its deviation or mean, would leave the range of fixed-point numbers.
LARGEST_LABEL = 4096.0


@dataclass(frozen=True)
class TrainingLabel:
    """`values` as trained on; `start` is the first intercept. The final linear predictor is shift + scale · the trained one,
    in units of 2^exponent (for exponentials: of the prediction)."""

    values: NDArray[np.float64]
    start: float
    shift: float
    scale: float
    exponent: int

    def of_rows(self, rows: NDArray[np.int64]) -> TrainingLabel:
        return replace(self, values=self.values[rows])


def training_label(column: Column, model: str, positive: str) -> TrainingLabel:
    """Raises EngineError LABEL_CLASSES, INPUT_VALUE or VALUE_RANGE."""
    if model == "Logistic":
        values = classes(column, positive).astype(np.float64)
        share = values.mean()
        return TrainingLabel(values, math.log(share / (1 - share)), 0.0, 1.0, 0)
    values = column.complete_numbers()
    mean, deviation = float(values.mean()), float(values.std())
    if model == "Linear":
        if deviation == 0:
            deviation = 1.0
        exponent = exponent_of(deviation)
        unit = 2.0**exponent
        scaled = TrainingLabel((values - mean) / deviation, 0.0, mean / unit, deviation / unit, exponent)
    else:
        if values.min() < 0 or mean == 0:
            raise EngineError("INPUT_VALUE", f"label column {column.name} has negative values or only zeros, which parameters.model {model} cannot have")
        exponent = exponent_of(mean)
        scaled = TrainingLabel(values / mean, 0.0, math.log(mean) - exponent * math.log(2), 1.0, exponent)
    if np.abs(scaled.values).max() > LARGEST_LABEL or abs(scaled.shift) > LARGEST_LABEL * 256:
        raise EngineError("VALUE_RANGE", f"label column {column.name} has values too far from the others, or varies too little around its mean; shift or cut it")
    return scaled
