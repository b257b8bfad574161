"""Multiplying by a constant far below 1, which as a fixed-point number itself would have few digits, or none.

In several steps, of which a compiler must make no single one again: it knows that (x · a) · b = x · (a · b), and that (x · a) · (y · b) = (x · y) · (a · b),
where x · y may have no room. So it is kept from seeing where a factor comes from and where a product goes.
"""

from __future__ import annotations

import math
from typing import Any

from .raw import sealed

# The smallest constant, 2^-16, by which the library multiplies as by any other: below it a product takes more room than its digits.
MOST_PLACES = 16


def scaled(value: Any, factor: float) -> Any:
    """value · factor with an error of about 2^-18, for 0 < factor <= 1. The value must lie below 2^26."""
    places = math.floor(-math.log2(factor))
    return shifted_down(times(value, factor * 2.0**places), places)


def shifted_down(value: Any, places: int) -> Any:
    """value · 2^-places, rounded."""
    while places > 0:
        step = min(places, MOST_PLACES)
        value = times(value, 2.0**-step)
        places -= step
    return value


def times(value: Any, constant: float) -> Any:
    """value · constant, for a constant from 2^-16 to 1; by itself, whatever value and product are multiplied by before and after."""
    return sealed(sealed(value) * constant)
