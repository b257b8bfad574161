"""A formula over columns of several parties, read from nested lists; the courier has read the text that people write."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import JobError
from .layout import ColumnName, Layout
from .scalars import read_decimal

FIELD = "parameters.expression"
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


Formula = Number | Leaf | Call


def read_formula(value: Any, layout: Layout) -> Formula:
    """Raises JobError naming parameters.expression."""
    found = _read(value, layout, DEEPEST)
    if not leaves_of(found):
        raise JobError(FIELD, "names no column")
    if count_calls(found) > MOST_CALLS:
        raise JobError(FIELD, f"has more than {MOST_CALLS} operations")
    return found


def leaves_of(formula: Formula) -> list[Leaf]:
    """Every leaf once, in the order in which they first occur."""
    if isinstance(formula, Call):
        return list(dict.fromkeys(leaf for operand in formula.operands for leaf in leaves_of(operand)))
    return [formula] if isinstance(formula, Leaf) else []


def count_calls(formula: Formula) -> int:
    return 1 + sum(map(count_calls, formula.operands)) if isinstance(formula, Call) else 0


def is_truth(formula: Formula) -> bool:
    """Whether it is true or false rather than a number."""
    return formula.name in TRUTHS if isinstance(formula, Call) else isinstance(formula, Leaf) and formula.text is not None


def _read(value: Any, layout: Layout, depth: int) -> Formula:
    if not isinstance(value, list) or not value or not isinstance(value[0], str) or depth == 0:
        raise JobError(FIELD, "must be lists that begin with a word, nested at most 100 times")
    (word, *rest) = value
    if word == "number" and len(rest) == 1 and isinstance(rest[0], str):
        return Number(read_decimal(rest[0], FIELD))
    if word in ("column", "text") and len(rest) == (2 if word == "column" else 3) and all(isinstance(one, str) for one in rest):
        name = ColumnName(rest[0], rest[1])
        if rest[1] not in layout.columns(rest[0]):
            raise JobError(FIELD, f'"{rest[0]}.{rest[1]}" is not a column of any party\'s rows')
        return Leaf(name, rest[2] if word == "text" else None)
    if OPERANDS.get(word) != len(rest):
        raise JobError(FIELD, f'"{word}" with {len(rest)} operands is unknown')
    operands = [_read(one, layout, depth - 1) for one in rest]
    wanted = operands if word in ("and", "or", "not") else operands[:1] if word == "if" else ()
    if not all(map(is_truth, wanted)):
        raise JobError(FIELD, f'"{word}" takes what is true or false')
    constants = [one.value for one in operands if isinstance(one, Number)]
    return _constant(word, constants) if len(constants) == len(operands) else Call(word, tuple(operands))


def _constant(word: str, values: list[float]) -> Number:
    """A call without columns, computed at once."""
    if word in TRUTHS:
        raise JobError(FIELD, f'"{word}" compares constants')
    (first, *others) = values
    if word == "/" and others == [0]:
        raise JobError(FIELD, "divides by 0")
    plain: dict[str, Callable[..., float]] = {
        "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "negative": operator.neg, "abs": abs, "min": min, "max": max,
    }  # fmt: skip
    return Number(plain[word](first, *others))
