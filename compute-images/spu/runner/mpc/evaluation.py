"""The secure part of Evaluate: passes over blocks of predictors and labels that leave one vector of metrics, still secret."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from . import histogram
from .class_metrics import LIFT_SHARES, area_under_curve, at_threshold, fraction, kolmogorov_smirnov, lift, root_of
from .scaling import scaled
from .session import Session
from .sigmoid import exact_sigmoid

# Below this a probability counts as this in LogLoss: fixed-point numbers end there.
SMALLEST_PROBABILITY = 2.0**-10
LARGEST_EXPONENT = 8.0

Named = list[tuple[str, Any]]
Bounds = list[tuple[int, int]]


def evaluate_classes(session: Session, metrics: tuple[str, ...], bounds: Bounds, owner: int, label: Any) -> Named:
    """Leaves the variable "metrics"; returns (metric, at) of its elements."""
    machine, rows = session.machine, session.rows
    positives = None if label is None else int(label.sum())
    roots = None if positives is None else np.array([root_of(positives), root_of(rows - positives)])
    machine.share("roots", owner, (2,), np.float64, roots)
    machine.share("positiveShare", owner, (), np.float64, None if positives is None else np.array(positives / rows))
    _spread(session, bounds)
    wants_loss = "LogLoss" in metrics

    def count(scores: Any, labels: Any, mean: Any, rate: Any) -> tuple[Any, ...]:
        predicted = (scores >= 0).astype(jnp.int64)
        loss = _log_loss(scores, labels.astype(jnp.float64)) if wants_loss else 0 * mean
        return *histogram.count(scores, labels, mean, rate), jnp.sum(predicted), jnp.sum(predicted * labels), scaled(loss, 1 / rows)

    for start, end in bounds:
        _accumulate(session, count, [f"predictor{start}", f"label{start}", "mean", "rate"], ["all", "positive", "predicted", "true", "loss"], start > 0)
        machine.forget(f"predictor{start}", f"label{start}")
        session.progress.report("compute", 50 + 49 * end // rows)
    names: Named = [(metric, at) for metric in metrics for at in (LIFT_SHARES if metric == "Lift" else (None,))]

    def of_rows(counts: Any) -> Any:
        return scaled(counts.astype(jnp.float64), 1 / rows)

    def finish(everyone: Any, positive: Any, predicted: Any, true: Any, loss: Any, roots: Any, share: Any) -> Any:
        high, low = fraction(positive, roots[0]), fraction(everyone - positive, roots[1])
        found = []
        for metric, at in names:
            if metric == "AUC":
                found.append(area_under_curve(high, low))
            elif metric == "KS":
                found.append(kolmogorov_smirnov(high, low))
            elif metric == "Lift":
                found.append(lift(high, of_rows(everyone), at))
            elif metric == "LogLoss":
                found.append(loss)
            else:
                found.append(at_threshold(metric, of_rows(true), of_rows(predicted), share))
        return jnp.stack(found)

    machine.run(finish, ["all", "positive", "predicted", "true", "loss", "roots", "positiveShare"], ["metrics"])
    return names


def evaluate_values(session: Session, metrics: tuple[str, ...], bounds: Bounds, owner: int, label: Any, kind: str) -> Named:
    """Leaves the variable "metrics", RMSE and MAE in the model's unit; returns (metric, at) of its elements."""
    machine, rows = session.machine, session.rows
    machine.share("variance", owner, (), np.float64, None if label is None else np.array(label.var()))

    def errors(scores: Any, labels: Any) -> tuple[Any, Any]:
        values = scores if kind == "Linear" else jnp.exp(jnp.clip(scores, -LARGEST_EXPONENT, LARGEST_EXPONENT))
        difference = values - labels
        absolute = jnp.abs(difference) if "MAE" in metrics else 0 * difference
        return scaled(jnp.sum(difference * difference), 1 / rows), scaled(jnp.sum(absolute), 1 / rows)

    for start, end in bounds:
        _accumulate(session, errors, [f"predictor{start}", f"label{start}"], ["squares", "absolutes"], start > 0)
        machine.forget(f"predictor{start}", f"label{start}")
        session.progress.report("compute", 50 + 49 * end // rows)
    names: Named = [(metric, None) for metric in metrics]

    def finish(squares: Any, absolutes: Any, variance: Any) -> Any:
        found: dict[str, Any] = {"RMSE": lambda: jnp.sqrt(squares), "MAE": lambda: absolutes, "R2": lambda: 1 - squares / variance}
        return jnp.stack([found[metric]() for metric in metrics])

    machine.run(finish, ["squares", "absolutes", "variance"], ["metrics"])
    return names


def _spread(session: Session, bounds: Bounds) -> None:
    """Leaves "mean" and "rate" of all predictors."""
    for start, _ in bounds:
        _accumulate(session, _sums, [f"predictor{start}"], ["sum", "squares"], start > 0)

    def spread(total: Any, squares: Any) -> tuple[Any, Any]:
        return histogram.spread_of(total, squares, session.rows)

    session.machine.run(spread, ["sum", "squares"], ["mean", "rate"])


def _sums(scores: Any) -> tuple[Any, Any]:
    return jnp.sum(scores), jnp.sum(scores * scores)


def _accumulate(session: Session, function: Any, inputs: list[str], totals: list[str], adding: bool) -> None:
    """Runs `function` on one block and adds its results to the variables `totals`."""
    parts = [f"{name}Part" for name in totals] if adding else totals
    session.machine.run(function, inputs, parts)
    for name, part in zip(totals, parts, strict=True) if adding else ():
        session.machine.run(_add, [name, part], [name])


def _add(total: Any, part: Any) -> Any:
    return total + part


def _log_loss(scores: Any, labels: Any) -> Any:
    probability = exact_sigmoid(scores)
    of_truth = labels * probability + (1 - labels) * (1 - probability)
    return -jnp.sum(jnp.log(jnp.maximum(of_truth, SMALLEST_PROBABILITY)))
