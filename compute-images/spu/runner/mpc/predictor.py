"""The linear predictor of new rows, as secret variables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..errors import EngineError
from .columns import Column
from .features import Matrix, apply_preparations
from .job import MpcJob
from .model_file import Model, read_model
from .session import Session


def own_model(job: MpcJob) -> Model:
    """Reads the model file and checks it against the job. Raises EngineError MODEL_INVALID or MODEL_MISMATCH."""
    return _checked(job, _read(job))


def own_regression(job: MpcJob) -> Model:
    """The same for operators that know regressions only."""
    model = own_model(job)
    if model.kind == "KMeans":
        raise EngineError("MODEL_MISMATCH", f"parameters.operator {job.parameters.operator} is for regressions, the model is one of KMeans")
    return model


def _read(job: MpcJob) -> Model:
    (given,) = job.of_kind("Model")
    return read_model(given.path, f"inputs[{job.inputs.index(given)}].path")


def _checked(job: MpcJob, model: Model) -> Model:
    if model.public["parties"] != job.names:
        raise EngineError("MODEL_MISMATCH", f"the model belongs to the parties {', '.join(model.public['parties'])}, in this order")
    if model.public["protocol"] != job.parameters.protocol:
        raise EngineError("MODEL_MISMATCH", f"the model was made with {model.public['protocol']}; use parameters.protocol {model.public['protocol']}")
    return model


def own_features(job: MpcJob, own: list[Column], model: Model) -> Matrix:
    """Rows × own features of the model. Raises EngineError INPUT_COLUMN or INPUT_VALUE."""
    return apply_preparations(model.preparations, own, job.rows.rows if job.rows else 0)


def take_up_model(session: Session, model: Model) -> None:
    """Makes the variable "model" of all parties' shares. Raises EngineError MODEL_MISMATCH."""
    ids = session.tell_all(model.public, lambda value: isinstance(value, dict))
    if any(one != model.public for one in ids):
        raise EngineError("MODEL_MISMATCH", "the model files of the parties are not of the same model; give all outputs of one run")
    session.machine.take_up("model", (model.size,), np.float64, model.chunks)


def predict_blocks(session: Session, model: Model, features: Matrix, last_percent: int = 99) -> Iterator[tuple[int, int, str]]:
    """For block after block of rows: its bounds and the variable with its linear predictors or clusters, to be forgotten by the caller."""
    machine = session.machine
    program = _clusters(model) if model.kind == "KMeans" else _predict
    ranks = [rank for rank, width in enumerate(model.widths) if width]
    for start, end in session.blocks(sum(model.widths), 0, last_percent):
        for rank in ranks:
            value = features[start:end] if rank == session.rank else None
            machine.share(f"features{rank}", rank, (end - start, model.widths[rank]), np.float64, value)
        name = f"predictor{start}"
        machine.run(program, ["model", *(f"features{rank}" for rank in ranks)], [name])
        machine.forget(*(f"features{rank}" for rank in ranks))
        yield start, end, name


def _predict(weights: Any, *parts: Any) -> Any:
    import jax.numpy as jnp

    return jnp.concatenate(parts, axis=1) @ weights[:-1] + weights[-1]


def _clusters(model: Model) -> Any:
    from .clustering import cluster_of

    def clusters(centres: Any, *parts: Any) -> Any:
        return cluster_of(centres.reshape(model.public["clusters"], -1), *parts)

    return clusters
