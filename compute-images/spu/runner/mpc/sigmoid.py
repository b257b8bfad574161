"""The logistic function on shares: exact, or fast.

Exact is within 0.001. It takes an exponential and a division, which under CHEETAH cost four times as much as the polynomial of
the fast one, which is within 0.015. For most steps of a descent the fast one is enough.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

# Beyond this the exact function is 0 or 1 in fixed-point numbers, and the exponential in it would leave their range.
EXACT_UP_TO = 12.0
FAST_UP_TO = 6.0
# Least squares fit of the logistic function less one half on [-6, 6], in odd powers of x/6.
COEFFICIENTS = (1.41098, -2.66478, 3.06416, -1.32724)


def exact_sigmoid(value: Any) -> Any:
    return jax.nn.sigmoid(jnp.clip(value, -EXACT_UP_TO, EXACT_UP_TO))


def fast_sigmoid(value: Any) -> Any:
    part = jnp.clip(value, -FAST_UP_TO, FAST_UP_TO) * (1 / FAST_UP_TO)
    square = part * part
    sum_of_powers: Any = COEFFICIENTS[-1]
    for coefficient in COEFFICIENTS[-2::-1]:
        sum_of_powers = sum_of_powers * square + coefficient
    return part * sum_of_powers + 0.5
