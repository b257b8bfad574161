"""A histogram of secret scores: bits of each score's place by comparisons, then counts by multiplying.

Eight comparisons a row instead of one for each of the 256 buckets; the buckets of a row stay secret, as do the counts.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from .scaling import scaled

# Buckets are equally wide, over three standard deviations to both sides of the mean; the outer ones take what lies beyond.
HIGH_BITS, LOW_BITS = 4, 4
BUCKETS = 1 << (HIGH_BITS + LOW_BITS)
DEVIATIONS = 3.0
SMALLEST_VARIANCE = 2.0**-10


def spread_of(total: Any, squares: Any, rows: int) -> tuple[Any, Any]:
    """(mean, 1/deviation) from the means of blocks' sums; both are secret numbers."""
    mean = scaled(total, 1 / rows)
    variance = scaled(squares, 1 / rows) - mean * mean
    return mean, jax.lax.rsqrt(jnp.maximum(variance, SMALLEST_VARIANCE))


def count(scores: Any, labels: Any, mean: Any, rate: Any) -> tuple[Any, Any]:
    """(rows, rows with label 1) of every bucket, integers of shape (BUCKETS,). `labels` are integers 0 or 1."""
    place = (scores - mean) * rate * (0.5 / DEVIATIONS) + 0.5
    bits = []
    for _ in range(HIGH_BITS + LOW_BITS):
        # Below 0 all bits are 0, above 1 all are 1: the outer buckets.
        bit = (place >= 0.5).astype(jnp.int64)
        bits.append(bit)
        place = 2 * place - bit.astype(jnp.float64)
    high, low = _one_of(bits[:HIGH_BITS]), _one_of(bits[HIGH_BITS:])
    return (high.T @ low).reshape(-1), (high.T @ (low * labels[:, None])).reshape(-1)


def _one_of(bits: list[Any]) -> Any:
    """Rows × 2^bits: 1 in the column whose number the bits spell, the first bit being the highest."""
    columns = [1 - bits[0], bits[0]]
    for bit in bits[1:]:
        both = [(column, column * bit) for column in columns]
        columns = [part for column, product in both for part in (column - product, product)]
    return jnp.stack(columns, axis=1)
