"""Statistics with differential privacy: counts of groups, sums and means, with noise of every party in whatever is opened.

A sum is that of differences from the middle of the column's bounds, which a row can change by no more than their distance; it
and the count of its group make up sum and mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from ..categories import Groups, named_groups
from ..columns import Column
from ..fixed import encode, exponent_of
from ..job import MpcJob
from ..noise import open_noisy
from ..privacy import Bound
from ..session import Session
from ..settings import StatisticsSettings

# Fine for noise that is never below a hundredth of a row; sums over 100 million rows, and noise at the smallest epsilon, stay below 2^62.
BITS = 30

Row = list[Any]


@dataclass
class Prepared:
    """`groups` are set at their owner. `values` are own columns with bounds, rows × columns, as integers."""

    groups: Groups | None
    values: NDArray[np.int64]


def prepare(job: MpcJob, own: list[Column], settings: StatisticsSettings) -> Prepared:
    """Raises EngineError INPUT_VALUE for a missing value, or a column with bounds that is not numeric."""
    by_name = {column.name: column for column in own}
    for column in own:
        column.check_complete()
    mine = [_centred(by_name[bound.column.column], bound) for bound in _summed(settings, job.self_name)]
    group_by = settings.group_by
    groups = named_groups(by_name[group_by.column], settings.categories) if group_by and group_by.party == job.self_name else None
    return Prepared(groups, np.stack(mine, axis=1) if mine else np.zeros((job.rows.rows if job.rows else 0, 0), np.int64))


def compute(session: Session, prepared: Prepared) -> list[Row] | None:
    """Rows of the result at a receiver, None elsewhere."""
    settings: StatisticsSettings = session.job.parameters.settings
    privacy = settings.privacy
    assert privacy
    summed = [bound for name in session.job.names for bound in _summed(settings, name)]
    figures = len(summed) + (1 if settings.group_by else 0)
    # Of all groups together, one row changes two counts by 1: it can move from one to another.
    scales = [privacy.scale(2, figures)] if settings.group_by else []
    scales += [privacy.scale(2 * _half(bound), figures) for bound in summed]
    if not figures:
        opened: Any = np.zeros((1, 0), np.int64)
    else:
        (_group_totals if settings.group_by else _totals)(session, prepared, settings)
        shape = (len(settings.categories) if settings.group_by else 1, figures)
        opened = open_noisy(session, "total", shape, scales, settings.minimum_group_size if settings.group_by else 0)
    if session.job.self_name not in session.receivers:
        return None
    assert opened is not None
    return [*_promise(privacy.epsilon, figures), *_result(session, settings, summed, opened)]


def _summed(settings: StatisticsSettings, party: str) -> list[Bound]:
    wanted = {"Sum", "Mean"} & set(settings.statistics)
    return [bound for bound in settings.bounds if bound.column.party == party] if wanted else []


def _exponent(bound: Bound) -> int:
    return exponent_of((bound.upper - bound.lower) / 2)


def _half(bound: Bound) -> int:
    """Half the distance of the bounds as an integer: no centred value is larger."""
    return int(encode(np.ldexp(np.array((bound.upper - bound.lower) / 2), -_exponent(bound)), BITS))


def _middle(bound: Bound) -> float:
    return (bound.lower + bound.upper) / 2


def _centred(column: Column, bound: Bound) -> NDArray[np.int64]:
    """Differences from the middle of the bounds."""
    half = _half(bound)
    inside = np.clip(column.complete_numbers(), bound.lower, bound.upper) - _middle(bound)
    result: NDArray[np.int64] = np.clip(encode(np.ldexp(inside, -_exponent(bound)), BITS), -half, half)
    return result


def _totals(session: Session, prepared: Prepared, settings: StatisticsSettings) -> None:
    """Shares the sums of all rows as the variable `total`, 1 × columns."""
    parts: list[str] = []
    for rank, name in enumerate(session.job.names):
        if width := len(_summed(settings, name)):
            session.machine.share(f"sums{rank}", rank, (1, width), np.int64, prepared.values.sum(axis=0, keepdims=True) if rank == session.rank else None)
            parts.append(f"sums{rank}")
    session.machine.run(_beside, parts, ["total"])


def _group_totals(session: Session, prepared: Prepared, settings: StatisticsSettings) -> None:
    """Makes the variable `total`, groups × (count, sums of columns)."""
    assert settings.group_by
    machine, names = session.machine, session.job.names
    widths = {rank: width for rank, name in enumerate(names) if (width := len(_summed(settings, name)))}
    count = len(settings.categories)
    for start, end in session.blocks(count + sum(widths.values())):
        machine.share("groups", names.index(settings.group_by.party), (end - start, count), np.int64, prepared.groups and prepared.groups.members(start, end))
        for rank, width in widths.items():
            machine.share(f"values{rank}", rank, (end - start, width), np.int64, prepared.values[start:end] if rank == session.rank else None)
        values = [f"values{rank}" for rank in widths]
        machine.run(_next if start else _first, [*(["total"] if start else []), "groups", *values], ["total"])
        machine.forget("groups", *values)


def _result(session: Session, settings: StatisticsSettings, summed: list[Bound], opened: NDArray[np.int64]) -> list[Row]:
    """`opened`: groups × (count with noise, if there are groups, then sums)."""
    rows: list[Row] = []
    grouped = settings.group_by is not None
    for party in session.job.names:
        for column in session.job.layout.columns(party):
            if settings.group_by and (settings.group_by.party, settings.group_by.column) == (party, column):
                continue
            index = next((number for number, one in enumerate(summed) if (one.column.party, one.column.column) == (party, column)), None)
            for number, group in enumerate(settings.categories if grouped else (None,)):
                count = int(opened[number, 0]) if grouped else session.rows
                values: dict[str, Any] = {"Count": count or None}
                if index is not None:
                    values |= _moments(int(opened[number, index + grouped]), count, summed[index])
                rows += [[name, party, column, None, None, group, values[name]] for name in settings.statistics if name in values]
    return rows


def _moments(total: int, count: int, bound: Bound) -> dict[str, float | None]:
    """Sum and mean from a sum of differences; a mean lies within the bounds, as without noise."""
    if not count:
        return {"Sum": None, "Mean": None}
    differences = float(np.ldexp(float(total), _exponent(bound) - BITS))
    mean = _middle(bound) + differences / count
    return {"Sum": _middle(bound) * count + differences, "Mean": min(bound.upper, max(bound.lower, mean))}


def _promise(epsilon: Fraction, figures: int) -> list[Row]:
    """By plain composition the parts of the figures, of all groups together each, add up to epsilon."""
    parts = {"Epsilon": float(epsilon), "EpsilonOfEachFigure": float(epsilon / figures) if figures else None}
    return [[name, None, None, None, None, None, value] for name, value in parts.items()]


def _beside(*parts: Any) -> Any:
    return jnp.concatenate(parts, axis=1)


def _first(groups: Any, *values: Any) -> Any:
    return jnp.concatenate([jnp.sum(groups, axis=0)[:, None], *(groups.T @ one for one in values)], axis=1)


def _next(total: Any, groups: Any, *values: Any) -> Any:
    return total + _first(groups, *values)
