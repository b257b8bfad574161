"""The label column: two classes, or a value."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import EngineError
from .columns import Column
from .job import MpcJob
from .layout import ColumnName


def own_label(job: MpcJob, own: list[Column], label: ColumnName) -> Column | None:
    """The label column at its owner, complete; None elsewhere. Raises EngineError LABEL_MISSING."""
    if label.party != job.self_name:
        return None
    column = next(column for column in own if column.name == label.column)
    if count := int(column.missing.sum()):
        raise EngineError("LABEL_MISSING", f"label column {column.name} is empty in {count} of {len(column.missing)} rows; drop those rows before")
    return column


def classes(column: Column, positive: str) -> NDArray[np.int64]:
    """1 where the label is `positive`, else 0. Raises EngineError LABEL_CLASSES unless both occur."""
    if column.numbers is not None:
        try:
            found = column.numbers == float(positive)
        except ValueError:
            found = np.zeros(len(column.numbers), bool)
    else:
        assert column.codes is not None
        found = np.array([level == positive for level in column.levels] or [False])[column.codes]
    if not found.any() or found.all():
        which = "no row" if not found.any() else "every row"
        raise EngineError("LABEL_CLASSES", f"in label column {column.name} {which} has the value of parameters.positive; both classes are needed")
    result: NDArray[np.int64] = found.astype(np.int64)
    return result
