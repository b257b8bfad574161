"""Gradient descent on shares: mini-batches with Nesterov's momentum, for four kinds of regression."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp

from .scaling import scaled
from .sigmoid import exact_sigmoid, fast_sigmoid

MOMENTUM = 0.9
# Up to where the library's exponential is accurate enough.
LARGEST_EXPONENT = 4.0
# An upper bound of the second derivative of each loss, for labels scaled to a mean or deviation of 1: steps are divided by it.
CURVATURE = {"Linear": 1.0, "Logistic": 0.25, "Poisson": 1.0, "Tweedie": 1.0}

Program = Callable[..., Any]


def residual(model: str, power: float, exact: bool, predictor: Any, label: Any) -> Any:
    """Derivative of the loss with respect to the linear predictor, per row; see sigmoid.py for `exact`."""
    if model == "Linear":
        return predictor - label
    if model == "Logistic":
        return (exact_sigmoid(predictor) if exact else fast_sigmoid(predictor)) - label
    bounded = jnp.clip(predictor, -LARGEST_EXPONENT, LARGEST_EXPONENT)
    if model == "Poisson":
        return jnp.exp(bounded) - label
    return jnp.exp((2 - power) * bounded) - label * jnp.exp((1 - power) * bounded)


def make_epoch_part(model: str, power: float, ridge: float, exact: bool, batches: tuple[int, ...]) -> Program:
    """One step for each of a few batches, whose sizes are `batches`.

    The program takes (rate, weights, momentum, penalty, label, features of each party …) with features of shape rows × k, and
    returns (weights, momentum). The last weight is the intercept, on which there is no penalty.
    """

    def epoch_part(rate: Any, weights: Any, momentum: Any, penalty: Any, label: Any, *parts: Any) -> tuple[Any, Any]:
        features = jnp.concatenate(parts, axis=1)
        start = 0
        for size in batches:
            x, y = features[start : start + size], label[start : start + size]
            start += size
            error = residual(model, power, exact, x @ weights[:-1] + weights[-1], y)
            gradient = scaled(jnp.concatenate([x.T @ error, jnp.sum(error, keepdims=True)]), 1 / size)
            if ridge:
                gradient = gradient + jnp.concatenate([ridge * penalty * weights[:-1], jnp.zeros(1)])
            momentum = MOMENTUM * momentum + gradient
            weights = weights - rate * (gradient + MOMENTUM * momentum)
        return weights, momentum

    return epoch_part
