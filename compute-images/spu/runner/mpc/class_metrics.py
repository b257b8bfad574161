"""Metrics of a classification from secret histograms and sums; everything here runs on shares."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

# Shares of top-scored rows for which Lift is told.
LIFT_SHARES = (0.05, 0.1, 0.2, 0.3, 0.5)
SMALL = 2.0**-12


def fraction(counts: Any, root: Any) -> Any:
    """counts / total for a secret total, where `root` is total^(-1/3): in three steps, because 1/total has too few digits as a fixed-point number."""
    return counts.astype(jnp.float64) * root * root * root


def root_of(total: int) -> float:
    return float(total ** (-1 / 3))


def area_under_curve(positives: Any, negatives: Any) -> Any:
    """From fractions of both classes by bucket, low scores first; equal buckets count half."""
    below = jnp.cumsum(negatives) - negatives
    return jnp.sum(positives * (below + negatives * 0.5))


def kolmogorov_smirnov(positives: Any, negatives: Any) -> Any:
    """The largest difference between the classes' cumulative fractions."""
    return jnp.max(jnp.cumsum(negatives) - jnp.cumsum(positives))


def lift(positives: Any, everyone: Any, share: float) -> Any:
    """How many times more positives than on average are among the `share` of rows with the highest scores.

    The bucket in which the share ends counts in proportion.
    """
    above = jnp.sum(everyone) - jnp.cumsum(everyone)
    # At least SMALL, because dividing by almost nothing is not accurate; so few rows do not matter.
    taken = jnp.clip((share - above) / jnp.maximum(everyone, SMALL), 0, 1)
    return jnp.sum(positives * taken) * (1 / share)


def at_threshold(metric: str, true_positives: Any, predicted: Any, positive_share: Any) -> Any:
    """Accuracy, Precision, Recall or F1; all arguments are fractions of all rows. 0/0 counts as 0."""
    if metric == "Accuracy":
        return 1 - predicted - positive_share + 2 * true_positives
    if metric == "Precision":
        return true_positives / jnp.maximum(predicted, SMALL)
    if metric == "Recall":
        return true_positives / positive_share
    return 2 * true_positives / (predicted + positive_share)
