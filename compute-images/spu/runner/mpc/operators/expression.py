"""Expression: a formula for every row, opened to the receivers only; see formula.py and arithmetic.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import EngineError
from ..arithmetic import make_program
from ..columns import Column
from ..fixed import exponent_of
from ..formula import Leaf, leaves_of
from ..job import MpcJob
from ..session import Session
from ..settings import ExpressionSettings
from ..tables import write_table

HEADER = ("collabnet_row", "value")
LARGEST_EXPONENT = 64


@dataclass
class Prepared:
    """Own leaves of the formula: numbers, or 0 and 1."""

    own: dict[Leaf, NDArray[Any]]


def prepare(job: MpcJob, own: list[Column]) -> Prepared:
    settings: ExpressionSettings = job.parameters.settings
    columns = {column.name: column for column in own}
    return Prepared({leaf: _values(leaf, columns[leaf.name.column]) for leaf in leaves_of(settings.formula) if leaf.name.party == job.self_name})


def compute(session: Session, prepared: Prepared) -> NDArray[Any] | None:
    """The values at a receiver, None elsewhere."""
    settings: ExpressionSettings = session.job.parameters.settings
    leaves = leaves_of(settings.formula)
    program = make_program(settings.formula, leaves, _exponents(session, leaves, prepared))
    machine, names = session.machine, session.job.names
    parts = []
    for start, end in session.blocks(len(leaves)):
        variables = [f"leaf{number}" for number in range(len(leaves))]
        for variable, leaf in zip(variables, leaves, strict=True):
            dtype = np.float64 if leaf.text is None else np.int64
            own = prepared.own[leaf][start:end] if leaf in prepared.own else None
            machine.share(variable, names.index(leaf.name.party), (end - start,), dtype, own)
        machine.run(program, variables, ["values"])
        parts.append(machine.open("values", session.receivers))
        machine.forget(*variables, "values")
    opened = [part for part in parts if part is not None]
    if session.job.self_name not in session.receivers:
        return None
    return np.concatenate(opened) if opened else np.zeros(0)


def write(job: MpcJob, _prepared: Prepared, result: NDArray[Any]) -> int:
    assert job.output
    return write_table(job.output.path, HEADER, ([row, value.item()] for row, value in enumerate(result)))


def _values(leaf: Leaf, column: Column) -> NDArray[Any]:
    """Raises EngineError INPUT_VALUE."""
    if leaf.text is None:
        return column.complete_numbers()
    column.check_complete()
    if column.codes is None:
        raise EngineError("INPUT_VALUE", f"column {column.name} is numeric; parameters.expression compares it with a text")
    holds = np.array([level == leaf.text for level in column.levels] or [False])
    result: NDArray[np.int64] = holds[column.codes].astype(np.int64)
    return result


def _exponents(session: Session, leaves: list[Leaf], prepared: Prepared) -> dict[Leaf, int]:
    """Bounds of all leaves, told by their owners."""
    own = [exponent_of(float(np.abs(prepared.own[leaf]).max(initial=0))) if leaf.text is None else 0 for leaf in leaves if leaf in prepared.own]
    told = session.tell_all(own, lambda value: isinstance(value, list) and all(isinstance(one, int) and abs(one) <= LARGEST_EXPONENT for one in value))
    rest = [iter(one) for one in told]
    return {leaf: next(rest[session.job.names.index(leaf.name.party)]) for leaf in leaves}
