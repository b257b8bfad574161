"""A formula on shares, with a bound of every intermediate value, so that nothing leaves the range of numbers unnoticed.

A bound is an exponent e: the value lies between -2^e and 2^e. It follows from the orders of magnitude of the columns alone. A product whose
whole would leave the ring is computed from factors that are shifted down, and shifted up again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp

from ..errors import EngineError
from .formula import Aggregate, Call, Formula, Leaf, Named, Number, is_truth
from .protocols import FRACTION_BITS
from .raw import from_ring, shifted_up, to_ring
from .scaling import MOST_PLACES, shifted_down, times

# The difference of two such numbers, with 18 digits after the point and its sign, still fits into 64 bits.
LARGEST_EXPONENT = 43
# Before a product is shortened it has 36 digits after the point.
LARGEST_PRODUCT = 26
# Divisors are brought to this size, and count as zero if they are 2^DIVISOR_RANGE times smaller: the library divides well in between.
# With dividends of this size the largest quotient is just below LARGEST_PRODUCT.
DIVISOR_EXPONENT, DIVISOR_RANGE, DIVIDEND_EXPONENT = 6, 16, 15


@dataclass(frozen=True)
class Term:
    """`array`: fixed-point numbers, or of a truth integers 0 and 1; None while only bounds are looked for."""

    array: Any
    exponent: int


def make_program(formula: Formula, leaves: Sequence[Leaf], exponents: dict[Leaf, int]) -> Callable[..., Any]:
    """A program (one array per leaf) -> the values. Raises EngineError VALUE_RANGE."""
    check_columns(leaves, exponents)
    # Bounds first, because a program is compiled only when everybody has agreed to it.
    evaluate(formula, {leaf: Term(None, exponents[leaf]) for leaf in leaves}.__getitem__)

    def values(*arrays: Any) -> Any:
        return evaluate(formula, {leaf: Term(array, exponents[leaf]) for leaf, array in zip(leaves, arrays, strict=True)}.__getitem__).array

    return values


def check_columns(leaves: Sequence[Leaf], exponents: Mapping[Leaf, int]) -> None:
    """Raises EngineError VALUE_RANGE."""
    for leaf in leaves:
        if exponents[leaf] > LARGEST_EXPONENT:
            raise EngineError("VALUE_RANGE", f"column {leaf.name.column} of {leaf.name.party} has values beyond 2^{LARGEST_EXPONENT}; use a larger unit")


def evaluate(formula: Formula, value_of: Callable[[Any], Term]) -> Term:
    """`value_of` knows what is not made of others here: leaves, and of programs figures and named formulas. Raises EngineError VALUE_RANGE."""
    if isinstance(formula, (Leaf, Aggregate, Named)):
        return value_of(formula)
    if isinstance(formula, Number):
        return Term(formula.value, _exponent(formula.value))
    operands = [evaluate(one, value_of) for one in formula.operands]
    known = all(term.array is not None for term in operands)
    if formula.name in ("and", "or", "not"):
        return Term(_logic(formula.name, [term.array for term in operands]) if known else None, 0)
    if formula.name == "if":
        (chosen, *others) = operands
        (yes, no) = (as_number(term, one) for term, one in zip(others, formula.operands[1:], strict=True))
        array = from_ring(_ring(no.array) + chosen.array * (_ring(yes.array) - _ring(no.array))) if known else None
        return Term(array, max(yes.exponent, no.exponent))
    numbers = [as_number(term, one) for term, one in zip(operands, formula.operands, strict=True)]
    found = _number_call(formula, numbers, known)
    if found.exponent > LARGEST_EXPONENT:
        raise EngineError("VALUE_RANGE", f"the formula: the values of {formula.name} may reach 2^{found.exponent}; use larger units so that they stay below 2^{LARGEST_EXPONENT}")
    return found


def _number_call(formula: Call, operands: list[Term], known: bool) -> Term:
    name, exponents = formula.name, [term.exponent for term in operands]
    if name == "*" or name == "/":
        (left, right) = operands
        constant = next((one for one in reversed(formula.operands) if isinstance(one, Number)), None)
        if constant is not None and (name == "*" or formula.operands[1] is constant):
            other = left if formula.operands[1] is constant else right
            return times_constant(other, constant.value if name == "*" else _reciprocal(constant.value))
        return _times(left, right) if name == "*" else _over(left, right)
    arrays = [term.array for term in operands]
    if is_truth(formula):
        return Term(_compare(name, *arrays) if known else None, 0)
    exponent = max(exponents) + (1 if name in "+-" else 0)
    return Term(_plain(name, arrays) if known else None, exponent)


def _plain(name: str, arrays: list[Any]) -> Any:
    (first, *others) = arrays
    if name == "negative":
        return -first
    if name == "abs":
        return jnp.abs(first)
    (second,) = others
    plain: dict[str, Callable[[Any, Any], Any]] = {"+": jnp.add, "-": jnp.subtract, "min": jnp.minimum, "max": jnp.maximum}
    return plain[name](first, second)


def _compare(name: str, left: Any, right: Any) -> Any:
    comparisons: dict[str, Callable[[Any, Any], Any]] = {
        "=": jnp.equal, "<>": jnp.not_equal, "<": jnp.less, "<=": jnp.less_equal, ">": jnp.greater, ">=": jnp.greater_equal,
    }  # fmt: skip
    return comparisons[name](left, right).astype(jnp.int64)


def _logic(name: str, truths: list[Any]) -> Any:
    if name == "not":
        return 1 - truths[0]
    (left, right) = truths
    return left * right if name == "and" else left + right - left * right


def as_number(term: Term, formula: Formula) -> Term:
    """A truth as the number 1 or 0."""
    return Term(None if term.array is None else term.array.astype(jnp.float64), 0) if is_truth(formula) else term


def _times(left: Term, right: Term) -> Term:
    exponent = left.exponent + right.exponent
    excess = max(0, exponent - LARGEST_PRODUCT)
    if left.array is None or right.array is None or exponent > LARGEST_EXPONENT:
        return Term(None, exponent)
    # The larger factor gives first; a factor that is small already would lose its digits.
    of_left = max(0, min(excess, (excess + left.exponent - right.exponent) // 2))
    product = _shifted(left, -of_left) * _shifted(right, of_left - excess)
    return Term(_shifted(Term(product, LARGEST_PRODUCT), excess), exponent)


def times_constant(term: Term, constant: float) -> Term:
    """By a factor between 1/2 and 1, so that a small constant keeps its digits, and then a shift."""
    exponent = _exponent(constant)
    if term.array is None or term.exponent + exponent > LARGEST_EXPONENT:
        return Term(None, term.exponent + exponent)
    excess = max(0, term.exponent - LARGEST_PRODUCT)
    product = Term(times(_shifted(term, -excess), constant * 2.0**-exponent), term.exponent - excess)
    return Term(_shifted(product, excess + exponent), term.exponent + exponent)


def _over(left: Term, right: Term) -> Term:
    """left / right, and 0 where the divisor is as good as 0."""
    exponent = left.exponent - right.exponent + DIVISOR_RANGE
    if left.array is None or right.array is None or exponent > LARGEST_EXPONENT:
        return Term(None, exponent)
    (dividend, divisor) = (_shifted(left, DIVIDEND_EXPONENT - left.exponent), _shifted(right, DIVISOR_EXPONENT - right.exponent))
    large = jnp.abs(divisor) >= 2.0 ** (DIVISOR_EXPONENT - DIVISOR_RANGE)
    quotient = jnp.where(large, dividend, 0.0) / jnp.where(large, divisor, 1.0)
    places = left.exponent - DIVIDEND_EXPONENT - (right.exponent - DIVISOR_EXPONENT)
    return Term(_shifted(Term(quotient, exponent - places), places), exponent)


def _shifted(term: Term, places: int) -> Any:
    """The numbers times 2^places; upwards exactly, downwards rounded."""
    (array, exponent) = (term.array, term.exponent)
    if isinstance(array, float):
        return array * 2.0**places
    if places >= 0:
        return shifted_up(array, places)
    # A number of 2^25 or more times a constant would leave the ring before it is shortened, unless that is the smallest one.
    while places < 0 and exponent > LARGEST_PRODUCT - 1:
        step = min(-places, MOST_PLACES)
        array = shifted_up(times(array, 2.0**-MOST_PLACES), MOST_PLACES - step)
        (places, exponent) = (places + step, exponent - step)
    return shifted_down(array, -places)


def _ring(array: Any) -> Any:
    """A constant is encoded here: a compiler would fold its bitcast in IEEE's sense."""
    return round(array * 2**FRACTION_BITS) if isinstance(array, float) else to_ring(array)


def _exponent(value: float) -> int:
    return math.ceil(math.log2(abs(value))) if value else 0


def _reciprocal(value: float) -> float:
    if value == 0:
        raise EngineError("VALUE_RANGE", "the formula: divides by 0")
    return 1 / value
