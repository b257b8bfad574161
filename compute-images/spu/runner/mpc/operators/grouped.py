"""Statistics by the groups of one party's column; the values of other parties' columns are summed by group on shares.

The owner of the groups knows their sizes and leaves the small ones out before anything is shared; nobody else learns that
they exist. There are no totals of the whole table beside groups: their difference would tell of the groups left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..categories import Groups, large_groups
from ..columns import Column
from ..fixed import bits_for, encode, exponent_of
from ..job import MpcJob
from ..layout import MOST_GROUPS
from ..session import Session
from ..settings import StatisticsSettings

Row = list[Any]


def groups_of(job: MpcJob, own: list[Column], settings: StatisticsSettings) -> Groups | None:
    """The groups, at the owner of the column. Raises EngineError INPUT_VALUE or GROUP_TOO_SMALL."""
    assert settings.group_by
    if settings.group_by.party != job.self_name:
        return None
    column = next(column for column in own if column.name == settings.group_by.column)
    return large_groups(column, settings.minimum_group_size, "groupBy")


def local_rows(job: MpcJob, own: list[Column], settings: StatisticsSettings, groups: Groups | None) -> list[Row]:
    """At the owner of the groups the rows of its own other columns; [] elsewhere."""
    if groups is None:
        return []
    assert settings.group_by
    rows: list[Row] = []
    for column in own:
        if column.name == settings.group_by.column:
            continue
        for index, (name, size) in enumerate(zip(groups.names, groups.sizes, strict=True)):
            values: dict[str, Any] = {"Count": size}
            if column.numbers is not None:
                x = column.numbers[groups.of_row == index]
                values |= {"Sum": x.sum(), "Mean": x.mean(), "Variance": x.var(ddof=1), "StandardDeviation": x.std(ddof=1)}
            rows += _rows(job.self_name, column.name, name, values, settings)
    return rows


def compute(session: Session, own: list[Column], numeric: list[int], local: list[Row], groups: Groups | None) -> list[Row] | None:
    """Rows of the result at a receiver, None elsewhere."""
    from .statistics import add_product

    settings: StatisticsSettings = session.job.parameters.settings
    assert settings.group_by
    job, machine, names = session.job, session.machine, session.job.names
    owner = names.index(settings.group_by.party)
    summed = [] if session.rank == owner or not _needs_sums(settings) else numeric
    exponents = [exponent_of(float(np.abs(own[index].complete_numbers()).max())) for index in summed]
    # Squares are summed only for a spread: a sum of squares that nobody asked for is not opened either.
    powers = 2 if {"Variance", "StandardDeviation"} & set(settings.statistics) else 1
    told = session.tell_all({"numeric": summed, "exponents": exponents, "groups": len(groups.names) if groups else 0}, _is_plan)
    count = told[owner]["groups"]
    bits = bits_for(session.rows)
    others = [rank for rank in range(len(names)) if rank != owner and told[rank]["numeric"]]
    width = sum(powers * len(told[rank]["numeric"]) for rank in others) + count
    for start, end in session.blocks(width) if others else ():
        members = None if groups is None else groups.members(start, end)
        machine.share("groups", owner, (end - start, count), np.int64, members)
        for rank in others:
            values = _scaled([own[index] for index in summed], exponents, bits, start, end)[:, : powers * len(summed)] if rank == session.rank else None
            machine.share("values", rank, (end - start, powers * len(told[rank]["numeric"])), np.int64, values)
            add_product(session, f"sums{rank}", "groups", "values", start > 0)
            machine.forget("values")
        machine.forget("groups")
    opened = {rank: machine.open(f"sums{rank}", session.receivers) for rank in others}
    found = session.exchange.tell(session.receivers, {"rows": local, "names": groups.names if groups else [], "sizes": groups.sizes if groups else []}, _is_local)
    if found is None:
        return None
    rows = list(found[owner]["rows"])
    for rank, name in enumerate(names):
        if rank != owner:
            sums = opened.get(rank)
            rows += _rows_of_party(job, name, told[rank], sums, found[owner]["names"], found[owner]["sizes"], bits, settings)
    return rows


def _needs_sums(settings: StatisticsSettings) -> bool:
    return settings.statistics != ("Count",)


def _scaled(columns: list[Column], exponents: list[int], bits: int, start: int, end: int) -> NDArray[np.int64]:
    """Values scaled into [-1, 1], then their squares; rows × (2 · columns)."""
    values = np.stack([np.ldexp(column.complete_numbers()[start:end], -e) for column, e in zip(columns, exponents, strict=True)], axis=1)
    return encode(np.concatenate([values, values**2], axis=1), bits)


def _rows_of_party(
    job: MpcJob, party: str, plan: dict[str, Any], sums: Any, groups: list[str], sizes: list[int], bits: int, settings: StatisticsSettings
) -> list[Row]:
    columns = job.layout.columns(party)
    width = len(plan["numeric"])
    rows: list[Row] = []
    for index, column in enumerate(columns):
        for g, (group, size) in enumerate(zip(groups, sizes, strict=True)):
            values: dict[str, Any] = {"Count": size}
            if sums is not None and index in plan["numeric"]:
                k = plan["numeric"].index(index)
                squares = int(sums[g, width + k]) if sums.shape[1] > width else None
                values |= _moments(int(sums[g, k]), squares, size, bits, plan["exponents"][k])
            rows += _rows(party, column, group, values, settings)
    return rows


def _moments(total: int, squares: int | None, size: int, bits: int, exponent: int) -> dict[str, float]:
    """From sums of integers; Python's have no limit, so nothing is lost between large numbers."""
    scale = 2.0**exponent
    found = {"Sum": total / (1 << bits) * scale, "Mean": total / (size << bits) * scale}
    if squares is not None:
        spread = max(0, size * (squares << bits) - total * total)
        variance = spread / (size * (size - 1) << 2 * bits) * scale * scale
        found |= {"Variance": variance, "StandardDeviation": variance**0.5}
    return found


def _rows(party: str, column: str, group: str, values: dict[str, Any], settings: StatisticsSettings) -> list[Row]:
    chosen = [name for name in settings.statistics if name in values]
    return [[name, party, column, None, None, group, values[name] if name == "Count" else float(values[name])] for name in chosen]


def _is_plan(value: Any) -> bool:
    return isinstance(value, dict) and len(value["numeric"]) == len(value["exponents"]) <= 1000 and 0 <= value["groups"] <= MOST_GROUPS


def _is_local(value: Any) -> bool:
    return isinstance(value, dict) and all(len(row) == 7 for row in value["rows"]) and len(value["names"]) == len(value["sizes"])
