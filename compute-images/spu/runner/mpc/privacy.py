"""What a step with differential privacy promises, and the parameters that decide it: all of them public.

Two tables are neighbours if they differ in one joined row, in whatever that row holds; their number of rows, which every party knows, is the
same. For any two, the probability of whatever the receivers see differs by a factor of at most exp(epsilon).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from ..errors import JobError
from .layout import MOST_GROUPS, ColumnName, Layout
from .scalars import Scalars, decimal_of

SMALLEST_EPSILON, LARGEST_EPSILON = 0.001, 100
_BOUND = re.compile(r"(.+)=(-?\d{1,12}(?:\.\d{1,12})?)\.\.(-?\d{1,12}(?:\.\d{1,12})?)")


@dataclass(frozen=True)
class Bound:
    """Values of the column count as the nearer of the two if they lie beyond."""

    column: ColumnName
    lower: float
    upper: float


@dataclass(frozen=True)
class Privacy:
    """`epsilon` is that of all figures of the step together."""

    epsilon: Fraction

    def scale(self, sensitivity: int, figures: int) -> Fraction:
        """The scale of a figure's noise if `figures` share epsilon evenly. `sensitivity`: by how much one row can change the figure, all groups together."""
        return sensitivity * figures / self.epsilon


def read_privacy(scalars: Scalars) -> Privacy | None:
    """None without epsilon. Raises JobError."""
    text = scalars.text("epsilon")
    if not text:
        return None
    decimal_of(text, "parameters.epsilon", SMALLEST_EPSILON, LARGEST_EPSILON)
    return Privacy(Fraction(text))


def read_bounds(scalars: Scalars, layout: Layout) -> tuple[Bound, ...]:
    """Reads "income=0..100000,b.age=18..120". Raises JobError naming parameters.bounds."""
    field = "parameters.bounds"
    found: list[Bound] = []
    for part in scalars.parts("bounds", "") if scalars.text("bounds", longest=1024) else ():
        matched = _BOUND.fullmatch(part)
        if not matched:
            raise JobError(field, f'"{part}" is not of the form column=lower..upper')
        (lower, upper) = (float(matched[2]), float(matched[3]))
        column = layout.find(matched[1], field)
        if lower >= upper:
            raise JobError(field, f"the lower bound of {matched[1]} must be below the upper one")
        if any(one.column == column for one in found):
            raise JobError(field, f"{matched[1]} is named twice")
        found.append(Bound(column, lower, upper))
    return tuple(found)


def read_categories(scalars: Scalars, key: str, wanted: bool) -> tuple[str, ...]:
    """The names of the groups, which are public, if they are `wanted`. Raises JobError naming the parameter."""
    field = f"parameters.{key}"
    if not scalars.text(key, longest=1024):
        if wanted:
            raise JobError(field, "is missing: with epsilon the groups are named beforehand, since a name that comes from rows would tell of them")
        return ()
    if not wanted:
        raise JobError(field, "counts only with epsilon; remove it")
    found = scalars.parts(key, "")
    if len(found) > MOST_GROUPS:
        raise JobError(field, f"names {len(found)} groups; at most {MOST_GROUPS} are taken")
    return tuple(found)
