"""The figures of a program on shares: bounds first, then block by block, then what follows from them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax.numpy as jnp

from ..errors import EngineError
from .arithmetic import LARGEST_EXPONENT, Term, as_number, evaluate, times_constant
from .formula import Aggregate, Formula, Leaf, Named
from .program_lines import Program


class Figures:
    """`exponents` bound the leaves and `sums` the figures, which `bound` finds out; see arithmetic.py."""

    def __init__(self, program: Program, exponents: Mapping[Leaf, int], rows: int) -> None:
        self._program = program
        self._exponents = exponents
        self._rows = rows
        self._sums: dict[int, int] = {}

    def bound(self) -> None:
        """Raises EngineError VALUE_RANGE. Before anything is compiled: that takes the agreement of all."""
        for number in range(self._program.passes):
            value_of = self._scope({leaf: None for leaf in self._exponents}, {})
            for one in self._program.aggregates(number):
                self._sums[one.index] = self._bound_of(one, evaluate(one.operand, value_of))
        value_of = self._scope({}, {})
        for name in self._program.revealed:
            evaluate(self._program.lines[name], value_of)

    def sums(self, aggregates: Sequence[Aggregate], leaves: Sequence[Leaf], known: Sequence[int]) -> Callable[..., Any]:
        """A program (one array a leaf, then the sums that are `known`) -> the sums of these aggregates over the rows of the arrays."""

        def values(*arrays: Any) -> Any:
            found = dict(zip(leaves, arrays, strict=False))
            value_of = self._scope(found, dict(zip(known, arrays[len(leaves) :], strict=True)))
            return tuple(jnp.sum(_summed(one, evaluate(one.operand, value_of))) for one in aggregates)

        return values

    def revealed(self, known: Sequence[int]) -> Callable[..., Any]:
        """A program (the sums that are known) -> what is revealed."""

        def values(*arrays: Any) -> Any:
            value_of = self._scope({}, dict(zip(known, arrays, strict=True)))
            return tuple(evaluate(self._program.lines[name], value_of).array for name in self._program.revealed)

        return values

    def _bound_of(self, aggregate: Aggregate, term: Term) -> int:
        exponent = (0 if aggregate.kind == "count" else term.exponent) + math.ceil(math.log2(max(1, self._rows)))
        if exponent > LARGEST_EXPONENT:
            raise EngineError("VALUE_RANGE", f"the program: a {aggregate.kind} may reach 2^{exponent} on the way; use larger units so that it stays below 2^{LARGEST_EXPONENT}")
        return exponent

    def _scope(self, leaves: Mapping[Leaf, Any], sums: Mapping[int, Any]) -> Callable[[Any], Term]:
        """What evaluate() asks for. What a line names is computed once; without arrays only bounds are."""
        lines: dict[str, Term] = {}

        def value_of(formula: Formula) -> Term:
            if isinstance(formula, Leaf):
                return Term(leaves[formula], self._exponents[formula])
            if isinstance(formula, Named):
                if formula.name not in lines:
                    lines[formula.name] = evaluate(self._program.lines[formula.name], value_of)
                return lines[formula.name]
            assert isinstance(formula, Aggregate)
            return self._figure(formula, sums.get(formula.index))

        return value_of

    def _figure(self, aggregate: Aggregate, total: Any) -> Term:
        exponent = self._sums[aggregate.index]
        if aggregate.kind == "mean":
            return times_constant(Term(total, exponent), 1 / self._rows)
        return Term(total.astype(jnp.float64) if aggregate.kind == "count" and total is not None else total, exponent)


def _summed(aggregate: Aggregate, term: Term) -> Any:
    """Truths are counted as integers, exactly."""
    return term.array if aggregate.kind == "count" else as_number(term, aggregate.operand).array
