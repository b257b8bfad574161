"""What every party brings to the computation: the same list at all of them, so that all build the same programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ..errors import JobError
from ..shape import Shape

Kind = Literal["Rows", "Table", "Model"]
KINDS: tuple[Kind, ...] = ("Rows", "Table", "Model")
MOST_COLUMNS = 1000
MOST_INPUTS = 16
# Groups of a column.
MOST_GROUPS = 64


@dataclass(frozen=True)
class Brought:
    """One input of one party; `columns` are set for Rows only."""

    party: str
    input: str
    kind: Kind
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class ColumnName:
    party: str
    column: str


@dataclass(frozen=True)
class Layout:
    """`parties` are in the order of their ranks."""

    parties: tuple[str, ...]
    brought: tuple[Brought, ...]

    def of(self, party: str, kind: Kind) -> list[Brought]:
        return [one for one in self.brought if one.party == party and one.kind == kind]

    def columns(self, party: str) -> tuple[str, ...]:
        """Columns of a party's rows; empty for a party that only computes."""
        return next((one.columns for one in self.of(party, "Rows")), ())

    def find(self, reference: str, field: str) -> ColumnName:
        """The column meant by `column` or `party.column`. Raises JobError naming `field`."""
        everywhere = [ColumnName(party, column) for party in self.parties for column in self.columns(party)]
        by_column = [one for one in everywhere if one.column == reference]
        by_both = [one for one in everywhere if f"{one.party}.{one.column}" == reference]
        found = by_both or by_column
        if not found:
            raise JobError(field, f'"{reference}" is not a column of any party\'s rows')
        if len(found) > 1:
            raise JobError(field, f'"{reference}" is a column of several parties; write party.column')
        return found[0]


def read_layout(job: Shape, parties: list[str]) -> Layout:
    """Reads `layout`. Raises JobError naming the first field that is unknown, missing or wrong."""
    brought = tuple(_brought(value, field, parties) for field, value in job.items("layout", 0, MOST_INPUTS * len(parties)))
    for index, one in enumerate(brought):
        if any((other.party, other.input) == (one.party, one.input) for other in brought[:index]):
            raise JobError(f"layout[{index}].input", f'"{one.input}" of {one.party} is listed twice')
        if one.kind == "Rows" and any((other.party, other.kind) == (one.party, "Rows") for other in brought[:index]):
            raise JobError(f"layout[{index}].kind", f"{one.party} has two inputs of kind Rows; join them before")
    return Layout(tuple(parties), brought)


def read_columns(shape: Shape) -> tuple[str, ...]:
    return tuple(shape.names("columns", 1, MOST_COLUMNS))


def _brought(value: Any, field: str, parties: list[str]) -> Brought:
    shape = Shape(value, field, ["party", "input", "kind"], ["columns"])
    kind: Kind = shape.word("kind", KINDS)  # type: ignore[assignment]
    if shape.has("columns") != (kind == "Rows"):
        raise JobError(shape.at("columns"), "is missing" if kind == "Rows" else f"belongs to Rows; remove it for {kind}")
    return Brought(shape.word("party", parties), shape.text("input"), kind, read_columns(shape) if kind == "Rows" else ())
