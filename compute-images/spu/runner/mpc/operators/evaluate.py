"""Evaluate: how good a model is on rows with known labels. Only the metrics are opened, never a score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import EngineError
from ..columns import Column
from ..holdout import held_out_of, held_part
from ..job import MpcJob
from ..label import classes, own_label
from ..label_scale import LARGEST_LABEL
from ..model_file import Model
from ..predictor import own_features, own_predictive, predict_blocks, take_up_model
from ..session import Session, check_group
from ..settings import CLASS_METRICS, VALUE_METRICS, EvaluateSettings
from ..tables import write_table

HEADER = ("metric", "at", "value")


@dataclass
class Prepared:
    """`label` is set at its owner: integers 0 and 1, or values in units of 2^exponent. All of the rows that are judged by."""

    model: Model
    features: NDArray[Any]
    label: NDArray[Any] | None


def prepare(job: MpcJob, own: list[Column]) -> Prepared:
    settings: EvaluateSettings = job.parameters.settings
    model = own_predictive(job)
    metrics_of(settings, model)
    features = own_features(job, own, model)
    held = held_out_of(model, job.rows, "inputs[0]") if settings.rows == "Holdout" else None
    chosen = slice(None) if held is None else held
    if job.rows:
        check_group(len(features[chosen]), max(settings.minimum_group_size, settings.minimum_rows))
    label = own_label(job, own, settings.label)
    values: NDArray[Any] | None = None
    if label is not None and model.kind == "Logistic":
        values = classes(label, settings.positive)[chosen]
        if min(values.sum(), len(values) - values.sum()) < settings.minimum_group_size:
            raise EngineError("GROUP_TOO_SMALL", f"a class of label column {label.name} has fewer rows than parameters.minimumGroupSize ({settings.minimum_group_size})")
    elif label is not None:
        values = np.ldexp(label.complete_numbers(), -model.public["exponent"])[chosen]
        if np.ptp(values) == 0:
            raise EngineError("INPUT_VALUE", f"label column {label.name} is constant; there is nothing to evaluate")
        if np.abs(values).max() > LARGEST_LABEL:
            raise EngineError("VALUE_RANGE", f"label column {label.name} has values far beyond those that the model was made with")
    return Prepared(model, features[chosen], values)


def metrics_of(settings: EvaluateSettings, model: Model) -> tuple[str, ...]:
    """The metrics asked for, or the default of the model's kind. Raises EngineError MODEL_MISMATCH."""
    fitting = CLASS_METRICS if model.kind == "Logistic" else VALUE_METRICS
    for metric in settings.metrics:
        if metric not in fitting:
            raise EngineError("MODEL_MISMATCH", f"parameters.metrics: {metric} does not fit a {model.kind} model; its metrics are {', '.join(fitting)}")
    return settings.metrics or fitting[: 2 if model.kind == "Logistic" else 3]


def compute(session: Session, prepared: Prepared) -> list[list[Any]] | None:
    """Rows of the result at a receiver, None elsewhere."""
    from .. import evaluation

    settings: EvaluateSettings = session.job.parameters.settings
    metrics = metrics_of(settings, prepared.model)
    take_up_model(session, prepared.model)
    if settings.rows == "Holdout":
        session = held_part(session, prepared.model)
    owner = session.job.names.index(settings.label.party)
    bounds: list[tuple[int, int]] = []
    for start, end, _ in predict_blocks(session, prepared.model, prepared.features, 40):
        dtype = np.int64 if prepared.model.kind == "Logistic" else np.float64
        value = None if prepared.label is None else prepared.label[start:end]
        session.machine.share(f"label{start}", owner, (end - start,), dtype, value)
        bounds.append((start, end))
    if prepared.model.kind == "Logistic":
        names = evaluation.evaluate_classes(session, metrics, bounds, owner, prepared.label)
    else:
        names = evaluation.evaluate_values(session, metrics, bounds, owner, prepared.label, prepared.model.kind)
    opened = session.machine.open("metrics", session.receivers)
    if opened is None:
        return None
    unit = 2.0 ** prepared.model.public["exponent"]
    return [[metric, at, float(value) * (unit if metric in ("RMSE", "MAE") else 1)] for (metric, at), value in zip(names, opened, strict=True)]


def write(job: MpcJob, _prepared: Prepared, result: list[list[Any]]) -> int:
    assert job.output
    return write_table(job.output.path, HEADER, result)
