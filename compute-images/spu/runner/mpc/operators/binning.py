"""Binning: bins are made by each column's owner; how many positive labels fall into each is counted on shares."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import EngineError
from ..bins import FINE_BINS, MOST_LEVEL_BINS, Bin, BinnedColumn, bin_column
from ..columns import Column
from ..evidence import merge_monotone, weights
from ..job import MpcJob
from ..label import classes, own_label
from ..session import Session
from ..settings import BinningSettings
from ..tables import write_table

HEADER = (
    "party", "column", "bin", "lower", "upper", "level", "count", "positives", "weightOfEvidence", "informationValue", "columnInformationValue",
)  # fmt: skip
MOST_BINS = max(FINE_BINS, 20, MOST_LEVEL_BINS) + 1

Row = list[Any]


@dataclass
class Prepared:
    """`label` is set at its owner only."""

    columns: list[BinnedColumn]
    label: NDArray[np.int64] | None


def prepare(job: MpcJob, own: list[Column]) -> Prepared:
    settings: BinningSettings = job.parameters.settings
    smallest = settings.minimum_bin_size
    if job.rows and job.rows.rows < smallest:
        raise EngineError("GROUP_TOO_SMALL", f"{job.rows.rows} rows are fewer than parameters.minimumBinSize ({smallest}); no bin is large enough")
    label = own_label(job, own, settings.label)
    features = [column for column in own if column is not label]
    binned = [bin_column(column, settings.method, settings.bins, smallest) for column in features]
    return Prepared(binned, None if label is None else classes(label, settings.positive))


def compute(session: Session, prepared: Prepared) -> list[Row] | None:
    """Rows of the result at a receiver, None elsewhere."""
    settings: BinningSettings = session.job.parameters.settings
    names, machine = session.job.names, session.machine
    owner = names.index(settings.label.party)
    widths = session.tell_all(sum(len(column.bins) for column in prepared.columns), lambda value: 0 <= value <= 1000 * MOST_BINS)
    others = [rank for rank in range(len(names)) if rank != owner and widths[rank]]
    for start, end in session.blocks(sum(widths[rank] for rank in others) + 1) if others else ():
        label = None if prepared.label is None else prepared.label[start:end, None]
        machine.share("label", owner, (end - start, 1), np.int64, label)
        for rank in others:
            members = _members(prepared.columns, start, end) if rank == session.rank else None
            machine.share("members", rank, (end - start, widths[rank]), np.int64, members)
            machine.run(_next if start else _first, [*([f"positives{rank}"] if start else []), "members", "label"], [f"positives{rank}"])
            machine.forget("members")
        machine.forget("label")
    opened = {rank: machine.open(f"positives{rank}", session.receivers) for rank in others}
    told = session.exchange.tell(session.receivers, _own_part(prepared), lambda value: isinstance(value, dict) and "columns" in value)
    if told is None:
        return None
    rows: list[Row] = []
    for rank, name in enumerate(names):
        values = opened.get(rank)
        positives = told[owner]["positives"] if rank == owner else [] if values is None else [int(value) for value in values[:, 0]]
        for one in told[rank]["columns"]:
            own = next((column for column in prepared.columns if column.name == one["name"]), None) if rank == session.rank else None
            (mine, positives) = (positives[: len(one["counts"])], positives[len(one["counts"]) :])
            rows += _column_rows(name, one, mine, session.rows, told[owner]["total"], own, settings)
    return rows


def write(job: MpcJob, _prepared: Prepared, result: list[Row]) -> int:
    assert job.output
    return write_table(job.output.path, HEADER, result)


def bin_of_record(record: dict[str, str]) -> Bin:
    """The bin that a row of the table describes at the owner of its column."""
    if record["level"]:
        levels = json.loads(record["level"]) if record["level"].startswith("[") else [record["level"]]
        return Bin(levels=tuple(levels))
    return Bin(float(record["lower"]), float(record["upper"])) if record["upper"] else Bin()


def _members(columns: list[BinnedColumn], start: int, end: int) -> NDArray[np.int64]:
    """Rows × bins of all columns: 1 where the row is in the bin."""
    parts = [(column.of_row[start:end, None] == np.arange(len(column.bins))) for column in columns]
    result: NDArray[np.int64] = np.concatenate(parts, axis=1).astype(np.int64)
    return result


def _own_part(prepared: Prepared) -> dict[str, Any]:
    """What the receivers need beside the opened counts: names and sizes of bins, at the label's owner its own counts as well."""
    part: dict[str, Any] = {"columns": [{"name": column.name, "counts": column.counts, "ordered": column.ordered} for column in prepared.columns]}
    if prepared.label is not None:
        part["total"] = int(prepared.label.sum())
        whole = _members(prepared.columns, 0, len(prepared.label)).T @ prepared.label if prepared.columns else np.zeros(0, np.int64)
        part["positives"] = [int(value) for value in whole]
    return part


def _column_rows(
    party: str, one: dict[str, Any], positives: list[int], rows: int, total: int, own: BinnedColumn | None, settings: BinningSettings
) -> list[Row]:
    counts, ordered = one["counts"], one["ordered"]
    bounds = list(range(ordered + 1))
    if settings.method == "Optimal" and ordered > 1:
        bounds = merge_monotone(counts[:ordered], positives[:ordered], rows, total, settings.bins)
    spans = [*zip(bounds, bounds[1:], strict=False), *((index, index + 1) for index in range(ordered, len(counts)))]
    sums = [(sum(counts[start:end]), sum(positives[start:end])) for start, end in spans]
    evidence = weights([count for count, _ in sums], [positive for _, positive in sums], rows, total)
    column_value = sum(information for _, information in evidence)
    found: list[Row] = []
    for number, ((start, end), (count, positive), (weight, information)) in enumerate(zip(spans, sums, evidence, strict=True)):
        described = _described(own.bins[start], own.bins[end - 1]) if own else [None, None, None]
        found.append([party, one["name"], number, *described, count, positive, weight, information, column_value])
    return found


def _described(first: Bin, last: Bin) -> list[Any]:
    """lower, upper, level: what only the owner gets to see."""
    if first.levels:
        plain = len(first.levels) == 1 and not first.levels[0].startswith("[")
        return [None, None, first.levels[0] if plain else json.dumps(list(first.levels), ensure_ascii=False)]
    # As text, because the ends of the line are infinite.
    return [None if first.lower is None else repr(first.lower), None if last.upper is None else repr(last.upper), None]


def _first(members: Any, label: Any) -> Any:
    return members.T @ label


def _next(total: Any, members: Any, label: Any) -> Any:
    return total + members.T @ label
