"""CrossTable: how many rows have each pair of categories of two columns, and what a third column amounts to in them, on shares.

As with groups of Statistics, the owner of a column leaves out its categories with too few rows, which nobody else learns of. Cells
with too few rows are closed on shares, with others that protect them; see suppression.py. There are no totals of lines.
With differential privacy the categories are named beforehand, every count has noise, and is closed by what it is with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..association import association
from ..categories import Groups, large_groups, named_groups
from ..columns import Column
from ..fixed import bits_for, encode, exponent_of
from ..job import MpcJob
from ..layout import MOST_GROUPS, ColumnName
from ..noise import open_noisy
from ..session import Session, check_group
from ..settings import CrossTableSettings
from ..suppression import opened_cells
from ..tables import write_table

HEADER = ("statistic", "rowCategory", "columnCategory", "value")

Row = list[Any]


@dataclass
class Prepared:
    """Each is set at the owner of its column only. `exponent` is a power of two that no value exceeds."""

    rows: Groups | None
    columns: Groups | None
    values: NDArray[np.float64] | None
    exponent: int


def prepare(job: MpcJob, own: list[Column]) -> Prepared:
    settings: CrossTableSettings = job.parameters.settings
    if job.rows:
        check_group(job.rows.rows, settings.minimum_group_size)
    rows = _own(job, own, settings.rows_by)
    columns = _own(job, own, settings.columns_by)
    value = _own(job, own, settings.value)
    values = None if value is None else value.complete_numbers()
    return Prepared(
        _groups(rows, settings, "rowsBy", settings.row_categories),
        _groups(columns, settings, "columnsBy", settings.column_categories),
        values,
        0 if values is None else exponent_of(float(np.abs(values).max())),
    )


def compute(session: Session, prepared: Prepared) -> list[Row] | None:
    """Rows of the result at a receiver, None elsewhere."""
    settings: CrossTableSettings = session.job.parameters.settings
    machine, names = session.machine, session.job.names
    (left, right) = (names.index(settings.rows_by.party), names.index(settings.columns_by.party))
    plans = session.tell_all({"rows": _size(prepared.rows), "columns": _size(prepared.columns), "exponent": prepared.exponent}, _is_plan)
    cells = ["counts", "sums"] if settings.value else ["counts"]
    (height, width) = (plans[left]["rows"] + 1, plans[right]["columns"] + 1)
    for start, end in session.blocks(height + width + 1):
        machine.share("left", left, (end - start, height), np.int64, _members(prepared.rows, start, end))
        machine.share("right", right, (end - start, width), np.int64, _members(prepared.columns, start, end))
        if settings.value:
            values = None if prepared.values is None else encode(np.ldexp(prepared.values[start:end, None], -prepared.exponent), bits_for(session.rows))
            machine.share("values", names.index(settings.value.party), (end - start, 1), np.int64, values)
        inputs = ["left", "right", *(["values"] if settings.value else [])]
        machine.run(_next if start else _first, [*inputs, *(cells if start else [])], cells)
        machine.forget(*inputs)
    if settings.privacy:
        return _noisy_result(session, settings)
    machine.run(opened_cells(settings.minimum_group_size), cells, [f"opened {name}" for name in cells])
    opened = [machine.open(f"opened {name}", session.receivers) for name in cells]
    told = session.exchange.tell(session.receivers, {"rows": _names(prepared.rows), "columns": _names(prepared.columns)}, _are_names)
    if told is None:
        return None
    exponent = plans[names.index(settings.value.party)]["exponent"] if settings.value else 0
    return _result(session.rows, told[left]["rows"], told[right]["columns"], opened, bits_for(session.rows) - exponent)


def write(job: MpcJob, _prepared: Prepared, result: list[Row]) -> int:
    assert job.output
    return write_table(job.output.path, HEADER, result)


def _own(job: MpcJob, own: list[Column], wanted: ColumnName | None) -> Column | None:
    if wanted is None or wanted.party != job.self_name:
        return None
    return next(column for column in own if column.name == wanted.column)


def _groups(column: Column | None, settings: CrossTableSettings, parameter: str, names: tuple[str, ...]) -> Groups | None:
    if column is None:
        return None
    return named_groups(column, names) if settings.privacy else large_groups(column, settings.minimum_group_size, parameter)


def _members(groups: Groups | None, start: int, end: int) -> NDArray[np.int64] | None:
    """The members of the groups, and in a last column what is in none: so there is always one, and nobody learns whether it has rows."""
    if groups is None:
        return None
    members = groups.members(start, end)
    return np.concatenate([members, 1 - members.sum(axis=1, keepdims=True)], axis=1)


def _result(total: int, rows: list[str], columns: list[str], opened: list[Any], bits: int) -> list[Row]:
    """`opened` are the counts and, if there are any, the sums, as integers with `bits` fractional bits."""
    counts = opened[0]
    found: list[Row] = []
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            count = int(counts[i, j])
            found.append(["Count", row, column, count or None])
            if len(opened) > 1:
                value = float(int(opened[1][i, j])) * 2.0**-bits
                found += [["Sum", row, column, value if count else None], ["Mean", row, column, value / count if count else None]]
    return found + [[name, None, None, value] for name, value in association(counts, total).items()]


def _noisy_result(session: Session, settings: CrossTableSettings) -> list[Row] | None:
    """From the variable `counts`, whose last row and column nobody asked for."""
    assert settings.privacy
    (rows, columns) = (settings.row_categories, settings.column_categories)
    session.machine.run(_without_last, ["counts"], ["total"])
    # A row that takes another place in the table changes two counts by 1.
    counts = open_noisy(session, "total", (len(rows) * len(columns), 1), [settings.privacy.scale(2, 1)], settings.minimum_group_size)
    if counts is None:
        return None
    pairs = [(row, column) for row in rows for column in columns]
    found: list[Row] = [["Count", *pair, int(count) or None] for pair, count in zip(pairs, counts[:, 0], strict=True)]
    return [["Epsilon", None, None, float(settings.privacy.epsilon)], *found]


def _size(groups: Groups | None) -> int:
    return len(groups.names) if groups else 0


def _names(groups: Groups | None) -> list[str]:
    return groups.names if groups else []


def _is_plan(value: Any) -> bool:
    return isinstance(value, dict) and all(0 <= value[name] <= MOST_GROUPS for name in ("rows", "columns")) and isinstance(value["exponent"], int)


def _are_names(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(name, str) for part in ("rows", "columns") for name in value[part])


def _first(left: Any, right: Any, *values: Any) -> Any:
    return tuple(one.T @ right for one in (left, *(left * value for value in values)))


def _next(left: Any, right: Any, *rest: Any) -> Any:
    """`rest`: the values, if any, then the cells so far."""
    half = len(rest) // 2
    return tuple(cells + more for cells, more in zip(rest[half:], _first(left, right, *rest[:half]), strict=True))


def _without_last(counts: Any) -> Any:
    return counts[:-1, :-1].reshape(-1, 1)
