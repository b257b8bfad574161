"""Program: figures of all rows by an algorithm party's program; see program_lines.py and figures.py.

Rows are gone through as often as figures are made of rows that need figures: in pass n the sums whose rows can be computed from
columns and from sums of earlier passes. Nothing is opened but what the program reveals.
"""

from __future__ import annotations

from typing import Any

from ..columns import Column
from ..figures import Figures
from ..job import MpcJob
from ..leaves import OwnLeaves, own_leaves, share_leaves, told_exponents
from ..program_lines import Program
from ..session import Session, check_group
from ..settings import ProgramSettings
from ..tables import write_table

HEADER = ("figure", "value")

Row = list[Any]


def prepare(job: MpcJob, own: list[Column]) -> OwnLeaves:
    settings: ProgramSettings = job.parameters.settings
    if job.rows:
        check_group(job.rows.rows, settings.minimum_rows)
    return own_leaves(_leaves(settings.program), own, job.self_name)


def compute(session: Session, prepared: OwnLeaves) -> list[Row] | None:
    """Rows of the result at a receiver, None elsewhere."""
    program: Program = session.job.parameters.settings.program
    machine = session.machine
    figures = Figures(program, told_exponents(session, _leaves(program), prepared), session.rows)
    figures.bound()
    known: list[int] = []
    for number in range(program.passes):
        found = program.aggregates(number)
        leaves = program.leaves([one.operand for one in found])
        sums = figures.sums(found, leaves, known)
        (totals, parts) = ([_sum_of(one.index) for one in found], [f"part{one.index}" for one in found])
        for start, end in session.blocks(len(leaves), 99 * number // program.passes, 99 * (number + 1) // program.passes):
            variables = share_leaves(session, leaves, prepared, start, end)
            machine.run(sums, [*variables, *map(_sum_of, known)], parts if start > 0 else totals)
            machine.forget(*variables)
            if start > 0:
                machine.run(_add, [*totals, *parts], totals)
                machine.forget(*parts)
        known += [one.index for one in found]
    names = [f"revealed{number}" for number in range(len(program.revealed))]
    machine.run(figures.revealed(known), list(map(_sum_of, known)), names)
    opened = [machine.open(name, session.receivers) for name in names]
    if session.job.self_name not in session.receivers:
        return None
    return [[name, value.item()] for name, value in zip(program.revealed, opened, strict=True) if value is not None]


def write(job: MpcJob, _prepared: OwnLeaves, result: list[Row]) -> int:
    assert job.output
    return write_table(job.output.path, HEADER, result)


def _leaves(program: Program) -> list[Any]:
    return program.leaves([one.operand for number in range(program.passes) for one in program.aggregates(number)])


def _sum_of(index: int) -> str:
    return f"sum{index}"


def _add(*totals_and_parts: Any) -> Any:
    half = len(totals_and_parts) // 2
    return tuple(total + part for total, part in zip(totals_and_parts[:half], totals_and_parts[half:], strict=True))
