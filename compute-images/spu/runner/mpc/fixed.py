"""Numbers as 64-bit integers, for sums that must be exact: computing modulo 2^64 neither rounds nor needs shortening."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

# A sum stays below 2^62 in size, with its sign one bit less than a ring element has.
SUM_BITS = 62


def bits_for(rows: int) -> int:
    """Fractional bits that numbers in [-1, 1] may have so that `rows` of them can be summed up."""
    return min(52, SUM_BITS - max(1, rows).bit_length())


def exponent_of(largest: float) -> int:
    """The exponent e of the smallest power 2^e, e a multiple of 4, that is not below `largest`.

    The owner tells it to the others; being coarse, it says no more than the order of magnitude of the largest value.
    """
    return 4 * math.ceil(math.log2(largest) / 4) if largest > 0 else 0


def encode(values: NDArray[np.float64], bits: int) -> NDArray[np.int64]:
    result: NDArray[np.int64] = np.rint(np.ldexp(values, bits)).astype(np.int64)
    return result


def decode(values: NDArray[np.int64], bits: int) -> NDArray[np.float64]:
    return np.ldexp(values.astype(np.float64), -bits)
