"""Predict: scores of rows, for the receivers only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..columns import Column
from ..job import MpcJob
from ..model_file import Model
from ..predictor import own_features, own_model, predict_blocks, take_up_model
from ..session import Session
from ..tables import write_table


@dataclass
class Prepared:
    model: Model
    features: NDArray[Any]


def prepare(job: MpcJob, own: list[Column]) -> Prepared:
    model = own_model(job)
    return Prepared(model, own_features(job, own, model))


def compute(session: Session, prepared: Prepared) -> NDArray[np.float64] | None:
    """Scores at a receiver, None elsewhere.

    Of a regression and of trees the score before its link function is opened; it and the result follow from each other, so the receivers compute the rest.
    """
    take_up_model(session, prepared.model)
    parts = []
    for _, _, name in predict_blocks(session, prepared.model, prepared.features):
        parts.append(session.machine.open(name, session.receivers))
        session.machine.forget(name)
    opened = [part for part in parts if part is not None]
    if session.job.self_name not in session.receivers:
        return None
    return score(prepared.model, np.concatenate(opened) if opened else np.zeros(0))


def score(model: Model, predictor: NDArray[np.float64]) -> NDArray[np.float64]:
    """A probability for Logistic, the number of the cluster for KMeans, otherwise a value in the unit of the label."""
    if model.kind == "KMeans":
        return predictor
    if model.kind == "Logistic":
        return 1 / (1 + np.exp(-predictor))
    return np.ldexp(predictor if model.kind == "Linear" else np.exp(predictor), model.public["exponent"])


def write(job: MpcJob, prepared: Prepared, result: NDArray[np.float64]) -> int:
    assert job.output
    header = ("collabnet_row", "cluster" if prepared.model.kind == "KMeans" else "score")
    return write_table(job.output.path, header, ([row, float(value)] for row, value in enumerate(result)))
