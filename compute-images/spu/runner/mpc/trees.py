"""The secure steps of gradient-boosted trees. Nothing is opened: not which question a node asks, nor which rows come to it.

A node's question is a vector with a single 1 among all questions of all parties and one more, "to the left", for a node that is better
not split. The gain of a split is that of XGBoost, G²/(H + l2) of both sides. Nodes of a level: first all left children, then all right ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp

from .protocols import FRACTION_BITS
from .raw import from_ring, to_ring
from .scaling import shifted_down
from .sigmoid import exact_sigmoid, fast_sigmoid

# A residual of a value, in multiples of the label's deviation, beyond this counts as this.
LARGEST_RESIDUAL = 16.0
# Of all rows' second derivatives at least this share, and at least one row's, must fall to each side of a split: dividing by less is not accurate.
SMALLEST_SHARE = 2.0**-11
# What a forbidden split gains; every other gains more, because no gain is negative.
FORBIDDEN = -1.0

Program = Callable[..., Any]


def make_gradients(objective: str, exact: bool) -> Program:
    """(scores, label) -> rows × 2 on the ring: first and second derivative of the loss."""

    def gradients(scores: Any, label: Any) -> Any:
        if objective == "Linear":
            residual = jnp.clip(scores - label, -LARGEST_RESIDUAL, LARGEST_RESIDUAL)
            # The constant as an integer: a compiler would fold its bitcast in IEEE's sense.
            return jnp.stack([to_ring(residual), jnp.full(scores.shape, 1 << FRACTION_BITS, jnp.int64)], axis=1)
        chance = exact_sigmoid(scores) if exact else jnp.clip(fast_sigmoid(scores), 0.0, 1.0)
        return jnp.stack([to_ring(chance - label), to_ring(chance * (1 - chance))], axis=1)

    return gradients


def sum_of(gradients: Any) -> Any:
    """Rows × 2 -> 2 × 1: the totals of the root."""
    return jnp.sum(gradients, axis=0)[:, None]


def histogram(gradients: Any, members: Any, *parts: Any) -> Any:
    """Sums of both derivatives over the rows of each node that answer yes: 2 × questions × nodes. `members`: rows × nodes."""
    weighted = jnp.concatenate([gradients[:, :1] * members, gradients[:, 1:] * members], axis=1)
    return _sums(weighted, parts).reshape(2, members.shape[1], -1).transpose(0, 2, 1)


def root_histogram(gradients: Any, *parts: Any) -> Any:
    return _sums(gradients, parts)[:, :, None]


def both_sides(parents: Any, lefts: Any) -> Any:
    """Histograms of left and right children from those of the parents and the left ones."""
    return jnp.concatenate([lefts, parents - lefts], axis=2)


def make_split(rows: int, l2: float) -> Program:
    """(histograms 2 × questions × nodes, totals 2 × nodes) -> (questions chosen: (questions + 1) × nodes, totals of the children, gains by question)."""
    scale = _scale(rows)
    ridge, least = l2 * 2.0**-scale, max(2.0**-scale, SMALLEST_SHARE)

    def split(lefts: Any, totals: Any) -> tuple[Any, Any, Any]:
        everything = jnp.concatenate([lefts, totals[:, None, :]], axis=1)
        low, whole = _normalised(everything, scale), _normalised(totals, scale)[:, None, :]
        high = whole - low
        gain = _quality(low, ridge, least) + _quality(high, ridge, least)
        allowed = (low[1, :-1] >= least) & (high[1, :-1] >= least)
        gain = jnp.concatenate([jnp.where(allowed, gain[:-1], FORBIDDEN), gain[-1:]])
        (chosen, best) = _one_hot_of_largest(gain)
        # The part of the parent, which all questions share, is no gain.
        gained = jnp.sum(to_ring(best - gain[-1]) * chosen[:-1], axis=1)
        left_totals = jnp.sum(everything * chosen[None], axis=1)
        return chosen, jnp.concatenate([left_totals, totals - left_totals], axis=1), gained

    return split


def make_leaves(rows: int, l2: float, learning_rate: float) -> Program:
    """Totals 2 × leaves -> what each leaf adds to the score, on the ring."""
    scale = _scale(rows)
    ridge, least = l2 * 2.0**-scale, max(2.0**-scale, SMALLEST_SHARE)

    def leaves(totals: Any) -> Any:
        both = _normalised(totals, scale)
        return to_ring(-learning_rate * _weight(both, ridge, least))

    return leaves


def children(chosen: Any, members: Any, *parts: Any) -> tuple[Any, Any]:
    """(rows × left children, rows × all children) from rows × nodes; every row is a member of one node of a level."""
    left = members * _yes(chosen, parts)
    return left, jnp.concatenate([left, members - left], axis=1)


def root_children(chosen: Any, *parts: Any) -> tuple[Any, Any]:
    left = _yes(chosen, parts)
    return left, jnp.concatenate([left, 1 - left], axis=1)


def add_leaves(scores: Any, members: Any, leaves: Any) -> Any:
    return scores + from_ring(members @ leaves)


def make_predict(trees: int, depth: int) -> Program:
    """(splits: trees × nodes × (questions + 1), values: the base score, then trees × leaves, then others; answers of each party …) -> scores."""
    nodes, leaves = 2**depth - 1, 2**depth

    def predict(splits: Any, values: Any, *parts: Any) -> Any:
        yes = _yes(splits.reshape(trees * nodes, -1).T, parts).reshape(-1, trees, nodes)
        members = None
        for level in range(depth):
            answered = yes[:, :, 2**level - 1 : 2 ** (level + 1) - 1]
            left = answered if members is None else members * answered
            members = jnp.concatenate([left, (1 if members is None else members) - left], axis=2)
        assert members is not None
        on_ring = to_ring(values)
        total = members.reshape(-1, trees * leaves) @ on_ring[1 : 1 + trees * leaves]
        return from_ring(total + on_ring[0])

    return predict


def _all(parts: tuple[Any, ...]) -> Any:
    return jnp.concatenate(parts, axis=1)


def _sums(weights: Any, parts: tuple[Any, ...]) -> Any:
    # The library is slow with a transposed matrix on the left that is as wide as there are rows, unless it is a narrow one.
    return weights.T @ _all(parts)


def _yes(chosen: Any, parts: tuple[Any, ...]) -> Any:
    return _all(parts) @ chosen[:-1] + chosen[-1]


def _scale(rows: int) -> int:
    """The exponent of the smallest power of two that is not below `rows`."""
    return (rows - 1).bit_length()


def _normalised(sums: Any, scale: int) -> Any:
    """Sums on the ring as fixed-point numbers, divided by 2^scale."""
    return shifted_down(from_ring(sums), scale)


def _weight(sums: Any, ridge: float, least: float) -> Any:
    return sums[0] / (jnp.maximum(sums[1], least) + ridge)


def _quality(sums: Any, ridge: float, least: float) -> Any:
    return sums[0] * _weight(sums, ridge, least)


def _one_hot_of_largest(values: Any) -> tuple[Any, Any]:
    """For each column of candidates × nodes: 1 at its largest value, else 0, and that value. A knock-out of as many rounds as the number has bits."""
    rounds = []
    while values.shape[0] > 1:
        half = values.shape[0] // 2
        first, second, odd = values[:half], values[half : 2 * half], values[2 * half :]
        wins = first >= second
        rounds.append(wins.astype(jnp.int64))
        values = jnp.concatenate([jnp.where(wins, first, second), odd])
    chosen = jnp.ones(values.shape, jnp.int64)
    for wins in reversed(rounds):
        half = wins.shape[0]
        first = chosen[:half] * wins
        chosen = jnp.concatenate([first, chosen[:half] - first, chosen[half:]])
    return chosen, values[0]
