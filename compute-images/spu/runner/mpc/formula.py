"""Formulas over columns of several parties, read from nested lists; the courier has read the text that people write."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import JobError
from .layout import ColumnName, Layout
from .scalars import read_decimal

OPERANDS = {
    "+": 2, "-": 2, "*": 2, "/": 2, "=": 2, "<>": 2, "<": 2, "<=": 2, ">": 2, ">=": 2,
    "and": 2, "or": 2, "not": 1, "negative": 1, "abs": 1, "min": 2, "max": 2, "if": 3,
}  # fmt: skip
TRUTHS = ("=", "<>", "<", "<=", ">", ">=", "and", "or", "not")
# No more than the flow lets pass; a chain of sums is as deep as it is long.
MOST_CALLS = 100
DEEPEST = MOST_CALLS + 1


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Leaf:
    """A column; with `text` whether it holds this text, which its owner finds out before anything is shared."""

    name: ColumnName
    text: str | None = None


@dataclass(frozen=True)
class Call:
    name: str
    operands: tuple[Formula, ...]


@dataclass(frozen=True)
class Aggregate:
    """One figure of all rows: the sum or mean of numbers, or how often a truth holds. `index` tells those of a program apart."""

    index: int
    kind: str
    operand: Formula


@dataclass(frozen=True)
class Named:
    """What an earlier line of a program has named. It says what it is without its formula, which others may name as well."""

    name: str
    truth: bool
    figure: bool
    passes: int


Formula = Number | Leaf | Call | Aggregate | Named
AGGREGATES = ("sum", "mean", "count")


def read_formula(value: Any, layout: Layout) -> Formula:
    """Raises JobError naming parameters.expression."""
    field = "parameters.expression"
    found = FormulaReader(layout, field).read(value)
    if not leaves_of(found):
        raise JobError(field, "names no column")
    if count_calls(found) > MOST_CALLS:
        raise JobError(field, f"has more than {MOST_CALLS} operations")
    return found


def leaves_of(formula: Formula) -> list[Leaf]:
    """Every leaf of its own once, in the order in which they first occur."""
    if isinstance(formula, Leaf):
        return [formula]
    return list(dict.fromkeys(leaf for operand in _operands(formula) for leaf in leaves_of(operand)))


def count_calls(formula: Formula) -> int:
    return sum(map(count_calls, _operands(formula)), 1 if isinstance(formula, (Call, Aggregate)) else 0)


def aggregates_of(formula: Formula) -> list[Aggregate]:
    return [one for operand in _operands(formula) for one in aggregates_of(operand)] + ([formula] if isinstance(formula, Aggregate) else [])


def names_of(formula: Formula) -> list[str]:
    """Names of other lines that it uses."""
    return [formula.name] if isinstance(formula, Named) else [name for operand in _operands(formula) for name in names_of(operand)]


def is_figure(formula: Formula) -> bool:
    """Whether it has one value for all rows."""
    if isinstance(formula, Call):
        return all(map(is_figure, formula.operands))
    return formula.figure if isinstance(formula, Named) else not isinstance(formula, Leaf)


def passes_before(formula: Formula) -> int:
    """How many times all rows must have been gone through before its value can be computed."""
    if isinstance(formula, Aggregate):
        return 1 + passes_before(formula.operand)
    return formula.passes if isinstance(formula, Named) else max(map(passes_before, _operands(formula)), default=0)


def _operands(formula: Formula) -> tuple[Formula, ...]:
    if isinstance(formula, Aggregate):
        return (formula.operand,)
    return formula.operands if isinstance(formula, Call) else ()


def is_truth(formula: Formula) -> bool:
    """Whether it is true or false rather than a number."""
    if isinstance(formula, Named):
        return formula.truth
    return formula.name in TRUTHS if isinstance(formula, Call) else isinstance(formula, Leaf) and formula.text is not None


class FormulaReader:
    """Reads formulas that may use what was `named` before. Raises JobError naming `field`."""

    def __init__(self, layout: Layout, field: str, named: Mapping[str, Named | Number] | None = None) -> None:
        self._layout = layout
        self._field = field
        self._named = named
        self._aggregates = 0

    def read(self, value: Any, depth: int = DEEPEST) -> Formula:
        if not isinstance(value, list) or not value or not isinstance(value[0], str) or depth == 0:
            raise self._wrong("must be lists that begin with a word, nested at most 100 times")
        (word, *rest) = value
        if word == "number" and len(rest) == 1 and isinstance(rest[0], str):
            return Number(read_decimal(rest[0], self._field))
        if word in ("column", "text") and len(rest) == (2 if word == "column" else 3) and all(isinstance(one, str) for one in rest):
            name = ColumnName(rest[0], rest[1])
            if rest[1] not in self._layout.columns(rest[0]):
                raise self._wrong(f'"{rest[0]}.{rest[1]}" is not a column of any party\'s rows')
            return Leaf(name, rest[2] if word == "text" else None)
        if self._named is not None and word == "named" and len(rest) == 1 and rest[0] in self._named:
            return self._named[rest[0]]
        if self._named is not None and word in AGGREGATES and len(rest) == 1:
            return self._aggregate(word, self.read(rest[0], depth - 1))
        if OPERANDS.get(word) != len(rest):
            raise self._wrong(f'"{word}" with {len(rest)} operands is unknown')
        operands = [self.read(one, depth - 1) for one in rest]
        wanted = operands if word in ("and", "or", "not") else operands[:1] if word == "if" else ()
        if not all(map(is_truth, wanted)):
            raise self._wrong(f'"{word}" takes what is true or false')
        constants = [one.value for one in operands if isinstance(one, Number)]
        return self._constant(word, constants) if len(constants) == len(operands) else Call(word, tuple(operands))

    def _aggregate(self, kind: str, operand: Formula) -> Aggregate:
        if is_figure(operand):
            raise self._wrong(f'"{kind}" is about all rows and takes what each row has')
        if kind == "count" and not is_truth(operand):
            raise self._wrong('"count" takes what is true or false of each row')
        self._aggregates += 1
        return Aggregate(self._aggregates - 1, kind, operand)

    def _constant(self, word: str, values: list[float]) -> Number:
        """A call without columns, computed at once."""
        if word in TRUTHS:
            raise self._wrong(f'"{word}" compares constants')
        (first, *others) = values
        if word == "/" and others == [0]:
            raise self._wrong("divides by 0")
        plain: dict[str, Callable[..., float]] = {
            "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "negative": operator.neg, "abs": abs, "min": min, "max": max,
        }  # fmt: skip
        return Number(plain[word](first, *others))

    def _wrong(self, what: str) -> JobError:
        return JobError(self._field, what)
