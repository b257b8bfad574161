"""Expression: a formula for every row, opened to the receivers only; see formula.py and arithmetic.py."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arithmetic import make_program
from ..columns import Column
from ..formula import leaves_of
from ..job import MpcJob
from ..leaves import OwnLeaves, own_leaves, share_leaves, told_exponents
from ..session import Session
from ..settings import ExpressionSettings
from ..tables import write_table

HEADER = ("collabnet_row", "value")


def prepare(job: MpcJob, own: list[Column]) -> OwnLeaves:
    settings: ExpressionSettings = job.parameters.settings
    return own_leaves(leaves_of(settings.formula), own, job.self_name)


def compute(session: Session, prepared: OwnLeaves) -> NDArray[Any] | None:
    """The values at a receiver, None elsewhere."""
    settings: ExpressionSettings = session.job.parameters.settings
    leaves = leaves_of(settings.formula)
    program = make_program(settings.formula, leaves, told_exponents(session, leaves, prepared))
    machine = session.machine
    parts = []
    for start, end in session.blocks(len(leaves)):
        variables = share_leaves(session, leaves, prepared, start, end)
        machine.run(program, variables, ["values"])
        parts.append(machine.open("values", session.receivers))
        machine.forget(*variables, "values")
    opened = [part for part in parts if part is not None]
    if session.job.self_name not in session.receivers:
        return None
    return np.concatenate(opened) if opened else np.zeros(0)


def write(job: MpcJob, _prepared: OwnLeaves, result: NDArray[Any]) -> int:
    assert job.output
    return write_table(job.output.path, HEADER, ([row, value.item()] for row, value in enumerate(result)))
