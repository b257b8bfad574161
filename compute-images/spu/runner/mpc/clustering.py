"""The secure steps of k-means: nearest centres by comparisons, new centres by division."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from .scaling import scaled

# A centre with less than this share of the rows stays where it is: dividing by so little would not be accurate.
SMALLEST_SHARE = 2.0**-12


def nearest(features: Any, centres: Any) -> list[Any]:
    """For each centre 1 in the rows that are nearest to it, else 0; integers. `centres` has the shape (clusters, features)."""
    # Without the square of the row itself, which is the same for all centres.
    distances = jnp.sum(centres * centres, axis=1) - 2 * (features @ centres.T)
    best = distances[:, 0]
    chosen = [jnp.ones_like(best, dtype=jnp.int64)]
    for index in range(1, centres.shape[0]):
        closer = (distances[:, index] < best).astype(jnp.int64)
        best = jnp.where(closer == 1, distances[:, index], best)
        chosen = [one - one * closer for one in chosen] + [closer]
    return chosen


def make_gather(rows: int) -> Any:
    """A program (centres, features of each party …) -> (sums by centre, shares of rows by centre), both divided by `rows`."""

    def gather(centres: Any, *parts: Any) -> tuple[Any, Any]:
        features = jnp.concatenate(parts, axis=1)
        members = jnp.stack(nearest(features, centres), axis=1)
        return scaled(members.T.astype(jnp.float64) @ features, 1 / rows), scaled(jnp.sum(members, axis=0).astype(jnp.float64), 1 / rows)

    return gather


def move(centres: Any, sums: Any, shares: Any) -> Any:
    """New centres: the means of their rows."""
    enough = (shares > SMALLEST_SHARE)[:, None]
    return jnp.where(enough, sums / jnp.maximum(shares, SMALLEST_SHARE)[:, None], centres)


def cluster_of(centres: Any, *parts: Any) -> Any:
    """The number of each row's nearest centre, from 0."""
    chosen = nearest(jnp.concatenate(parts, axis=1), centres)
    total = 0 * chosen[0]
    for index, one in enumerate(chosen):
        total = total + index * one
    return total
