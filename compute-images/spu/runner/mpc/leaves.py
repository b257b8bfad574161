"""The columns of formulas: what their owners make of them, how large they are, how they are shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import EngineError
from .columns import Column
from .fixed import exponent_of
from .formula import Leaf
from .session import Session

LARGEST_TOLD = 64

OwnLeaves = Mapping[Leaf, NDArray[Any]]


def own_leaves(leaves: Sequence[Leaf], own: Sequence[Column], party: str) -> OwnLeaves:
    """Own leaves: numbers, or 0 and 1. Raises EngineError INPUT_VALUE."""
    columns = {column.name: column for column in own}
    return {leaf: _values(leaf, columns[leaf.name.column]) for leaf in leaves if leaf.name.party == party}


def told_exponents(session: Session, leaves: Sequence[Leaf], own: OwnLeaves) -> dict[Leaf, int]:
    """Bounds of all leaves, told by their owners."""
    mine = [exponent_of(float(np.abs(own[leaf]).max(initial=0))) if leaf.text is None else 0 for leaf in leaves if leaf in own]
    told = session.tell_all(mine, lambda value: isinstance(value, list) and all(isinstance(one, int) and abs(one) <= LARGEST_TOLD for one in value))
    rest = [iter(one) for one in told]
    return {leaf: next(rest[session.job.names.index(leaf.name.party)]) for leaf in leaves}


def share_leaves(session: Session, leaves: Sequence[Leaf], own: OwnLeaves, start: int, end: int) -> list[str]:
    """Shares these rows; returns the names of the variables."""
    variables = [f"leaf{number}" for number in range(len(leaves))]
    for variable, leaf in zip(variables, leaves, strict=True):
        dtype = np.float64 if leaf.text is None else np.int64
        session.machine.share(variable, session.job.names.index(leaf.name.party), (end - start,), dtype, own[leaf][start:end] if leaf in own else None)
    return variables


def _values(leaf: Leaf, column: Column) -> NDArray[Any]:
    if leaf.text is None:
        return column.complete_numbers()
    column.check_complete()
    if column.codes is None:
        raise EngineError("INPUT_VALUE", f"column {column.name} is numeric; the formula compares it with a text")
    holds = np.array([level == leaf.text for level in column.levels] or [False])
    result: NDArray[np.int64] = holds[column.codes].astype(np.int64)
    return result
