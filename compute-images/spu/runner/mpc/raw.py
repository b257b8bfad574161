"""Fixed-point numbers taken for the integers that they are on the ring, and back: free of cost, and free of rounding.

A number times 0 or 1, and sums of such products, are exact this way; as a product of fixed-point numbers each would be shortened,
which under CHEETAH costs as much as a comparison. Only the library gives a bitcast this meaning; in the clear it is IEEE's.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp


def to_ring(value: Any) -> Any:
    return jax.lax.bitcast_convert_type(value, jnp.int64)


def from_ring(value: Any) -> Any:
    return jax.lax.bitcast_convert_type(value, jnp.float64)


def shifted_up(value: Any, places: int) -> Any:
    """value · 2^places, exactly."""
    # Shifting by nothing is not nothing to the library.
    return from_ring(to_ring(value) << places) if places else value


def sealed(value: Any) -> Any:
    """The same number, in a form that a compiler does not see through: in IEEE's sense a number is not what is left of it."""
    return -from_ring(-to_ring(value))
