"""A program of an algorithm party: named formulas and figures of all rows, of which it reveals those that it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import JobError
from .formula import Aggregate, Formula, FormulaReader, Leaf, Named, Number, aggregates_of, count_calls, is_figure, is_truth, leaves_of, names_of, passes_before
from .layout import Layout

FIELD = "parameters.program"
# No more than the ledger lets pass.
MOST_LINES, MOST_FIGURES, MOST_CALLS, LONGEST_NAME = 64, 32, 200, 64


@dataclass(frozen=True)
class Program:
    """`lines` by name, in their order. `revealed` are names of figures; `passes` is how often all rows are gone through."""

    lines: dict[str, Formula]
    revealed: tuple[str, ...]
    passes: int

    def aggregates(self, number: int) -> list[Aggregate]:
        """Those whose rows can be computed in this pass, from 0."""
        return [one for formula in self.lines.values() for one in aggregates_of(formula) if passes_before(one.operand) == number]

    def leaves(self, formulas: list[Formula]) -> list[Leaf]:
        """What these formulas need of the rows, also through what they name; figures are known before."""
        found: dict[Leaf, None] = {}
        seen: set[str] = set()
        waiting = list(formulas)
        while waiting:
            formula = waiting.pop()
            found |= dict.fromkeys(leaves_of(formula))
            for name in names_of(formula):
                if name not in seen and not is_figure(self.lines[name]):
                    seen.add(name)
                    waiting.append(self.lines[name])
        return sorted(found, key=lambda leaf: (leaf.name.party, leaf.name.column, leaf.text or ""))


def read_program(value: Any, layout: Layout) -> Program:
    """Raises JobError naming parameters.program."""
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_LINES:
        raise JobError(FIELD, f"must be a list of 1 to {MOST_LINES} lines")
    lines: dict[str, Formula] = {}
    named: dict[str, Named | Number] = {}
    revealed: list[str] = []
    reader = FormulaReader(layout, FIELD, named)
    for line in value:
        if not isinstance(line, list) or len(line) != 3 or line[0] not in ("name", "reveal") or not isinstance(line[1], str) or not 1 <= len(line[1]) <= LONGEST_NAME:
            raise JobError(FIELD, "must be lists of name or reveal, a name and a formula")
        (word, name, formula) = (line[0], line[1], reader.read(line[2]))
        if name in named:
            raise JobError(FIELD, f"{name} is named twice")
        if word == "reveal":
            if not is_figure(formula):
                raise JobError(FIELD, f"{name} would reveal a value of every row")
            if passes_before(formula) == 0:
                raise JobError(FIELD, f"{name} reveals a constant")
            revealed.append(name)
        lines[name] = formula
        # A number stays one: formulas know what to do with constants.
        named[name] = formula if isinstance(formula, Number) else Named(name, is_truth(formula), is_figure(formula), passes_before(formula))
    if not 1 <= len(revealed) <= MOST_FIGURES:
        raise JobError(FIELD, f"must reveal 1 to {MOST_FIGURES} figures")
    if sum(map(count_calls, lines.values())) > MOST_CALLS:
        raise JobError(FIELD, f"has more than {MOST_CALLS} operations")
    return Program(lines, tuple(revealed), max(passes_before(lines[name]) for name in revealed))
