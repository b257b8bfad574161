"""Statistics: what one party can compute from its own columns it computes; what needs two of them is computed on shares.

Exact, because everything on shares is a sum of integers: no rounding inside, whatever the number of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..categories import Groups
from ..columns import Column
from ..inflation import inflation_rows
from ..job import MpcJob
from ..session import Session, check_group
from ..settings import StatisticsSettings
from ..tables import write_table
from . import grouped, noisy
from .local_statistics import local_rows, tells_of_few, unit_columns

HEADER = ("statistic", "party", "column", "withParty", "withColumn", "group", "value")
# Fractional bits of columns scaled to length 1: a product of two has twice as many, and their sum is at most 1.
UNIT_BITS = 30

Row = list[Any]


@dataclass
class Prepared:
    """`units` are the numeric columns centred and scaled to length 1, integers with UNIT_BITS fractional bits."""

    own: list[Column]
    numeric: list[int]
    rows: list[Row]
    units: NDArray[np.int64]
    groups: Groups | None


def prepare(job: MpcJob, own: list[Column]) -> Prepared | noisy.Prepared:
    settings: StatisticsSettings = job.parameters.settings
    if job.rows:
        check_group(job.rows.rows, settings.minimum_group_size)
    if settings.privacy:
        return noisy.prepare(job, own, settings)
    for column in own:
        if column.numbers is not None or settings.group_by:
            column.check_complete()
    numeric = [index for index, column in enumerate(own) if column.numbers is not None]
    if settings.group_by:
        groups = grouped.groups_of(job, own, settings)
        return Prepared(own, numeric, grouped.local_rows(job, own, settings, groups), np.zeros((0, 0), np.int64), groups)
    units = unit_columns([own[index] for index in numeric], UNIT_BITS, settings.minimum_group_size) if "Correlation" in settings.statistics else np.zeros((0, 0), np.int64)
    return Prepared(own, numeric, local_rows(job.self_name, own, settings), units, None)


def compute(session: Session, prepared: Prepared | noisy.Prepared) -> list[Row] | None:
    """Rows of the result at a receiver, None elsewhere."""
    settings: StatisticsSettings = session.job.parameters.settings
    if isinstance(prepared, noisy.Prepared):
        return noisy.compute(session, prepared)
    if settings.group_by:
        return grouped.compute(session, prepared.own, prepared.numeric, prepared.rows, prepared.groups)
    told = session.exchange.tell(session.receivers, {"rows": prepared.rows, "constant": _constant(prepared, settings.minimum_group_size)}, _is_local)
    correlations = _correlations(session, prepared) if "Correlation" in settings.statistics else []
    if told is None:
        return None
    result = [row for one in told for row in one["rows"]]
    names = session.job.names
    for first, second, values, columns in correlations:
        for i, name in enumerate(columns[0]):
            for j, other in enumerate(columns[1]):
                empty = name in told[first]["constant"] or other in told[second]["constant"]
                value = None if empty else max(-1.0, min(1.0, float(values[i, j])))
                result.append(["Correlation", names[first], name, names[second], other, None, value])
    if "VarianceInflation" in settings.statistics:
        result += inflation_rows([row for row in result if row[0] == "Correlation"])
    return result


def write(job: MpcJob, _prepared: Prepared | noisy.Prepared, result: list[Row]) -> int:
    assert job.output
    return write_table(job.output.path, HEADER, result)


def _constant(prepared: Prepared, minimum: int) -> list[str]:
    """Names of columns that are constant but for a few rows: the receivers leave their correlations empty."""
    numeric = (prepared.own[index] for index in prepared.numeric)
    return [column.name for column in numeric if tells_of_few(column, minimum)]


def _is_local(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(row, list) and len(row) == len(HEADER) for row in value["rows"])


def _correlations(session: Session, prepared: Prepared) -> list[tuple[int, int, Any, tuple[list[str], list[str]]]]:
    """For every two parties with numeric columns: ranks, the opened matrix (None at others than receivers), column names."""
    layout, names, machine = session.job.layout, session.job.names, session.machine
    numeric = session.tell_all(prepared.numeric, lambda value: isinstance(value, list) and len(value) <= 1000)
    columns = [[layout.columns(name)[index] for index in numeric[rank]] for rank, name in enumerate(names)]
    owners = [rank for rank in range(len(names)) if columns[rank]]
    pairs = [(first, second) for first in owners for second in owners if first < second]
    if not pairs:
        return []
    for start, end in session.blocks(sum(len(columns[rank]) for rank in owners)):
        for rank in owners:
            value = prepared.units[start:end] if rank == session.rank else None
            machine.share(f"units{rank}", rank, (end - start, len(columns[rank])), np.int64, value)
        for first, second in pairs:
            add_product(session, f"correlation{first}{second}", f"units{first}", f"units{second}", start > 0)
        machine.forget(*(f"units{rank}" for rank in owners))
    found = []
    for first, second in pairs:
        value = machine.open(f"correlation{first}{second}", session.receivers)
        found.append((first, second, None if value is None else np.ldexp(value.astype(np.float64), -2 * UNIT_BITS), (columns[first], columns[second])))
    return found


def add_product(session: Session, total: str, left: str, right: str, adding: bool) -> None:
    """total (+)= leftᵀ · right, for blocks of rows."""
    if adding:
        session.machine.run(_next_product, [total, left, right], [total])
    else:
        session.machine.run(_first_product, [left, right], [total])


def _first_product(left: Any, right: Any) -> Any:
    return left.T @ right


def _next_product(total: Any, left: Any, right: Any) -> Any:
    return total + left.T @ right
