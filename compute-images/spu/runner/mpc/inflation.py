"""Variance inflation: how far a column follows from all the others together. It follows from the correlations, which the receivers have."""

from __future__ import annotations

from typing import Any

import numpy as np

# Beyond this the columns are as good as dependent on each other, and the figure is none.
LARGEST_CONDITION = 1e9

Row = list[Any]
Name = tuple[str, str]


def inflation_rows(correlations: list[Row]) -> list[Row]:
    """One row for each column, from rows of the statistic Correlation, one for each pair of columns.

    The values are empty if some columns follow from others entirely. A column without a spread has no correlation, and no row.
    """
    known: dict[tuple[Name, Name], float] = {((row[1], row[2]), (row[3], row[4])): row[6] for row in correlations if row[6] is not None}
    columns = list(dict.fromkeys(column for pair in known for column in pair))
    matrix = np.eye(len(columns))
    for (first, second), value in known.items():
        (i, j) = (columns.index(first), columns.index(second))
        matrix[i, j] = matrix[j, i] = value
    dependent = len(columns) > 0 and np.linalg.cond(matrix) > LARGEST_CONDITION
    inflation = [None] * len(columns) if dependent else [float(value) for value in np.diag(np.linalg.inv(matrix))]
    return [["VarianceInflation", *column, None, None, None, value] for column, value in zip(columns, inflation, strict=True)]
