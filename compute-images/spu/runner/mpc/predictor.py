"""The linear predictor of new rows, as secret variables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import EngineError
from .columns import Column
from .features import apply_preparations
from .job import MpcJob
from .model_file import Model, read_model
from .session import Session
from .splits import answers


def own_model(job: MpcJob) -> Model:
    """Reads the model file and checks it against the job. Raises EngineError MODEL_INVALID or MODEL_MISMATCH."""
    return _checked(job, _read(job))


def own_predictive(job: MpcJob) -> Model:
    """The same for operators that know models with a label only."""
    model = own_model(job)
    if model.kind == "KMeans":
        raise EngineError("MODEL_MISMATCH", f"parameters.operator {job.parameters.operator} is for models of a label, the model is one of KMeans")
    return model


def _read(job: MpcJob) -> Model:
    (given,) = job.of_kind("Model")
    return read_model(given.path, f"inputs[{job.inputs.index(given)}].path")


def _checked(job: MpcJob, model: Model) -> Model:
    if model.public["parties"] != job.names:
        raise EngineError("MODEL_MISMATCH", f"the model belongs to the parties {', '.join(model.public['parties'])}, in this order")
    computing = model.public.get("computing", job.names)
    if computing != list(job.parameters.computing):
        raise EngineError("MODEL_MISMATCH", f"the shares of the model are held by {', '.join(computing)}; name these as the parties that compute")
    if model.party != job.self_name:
        raise EngineError("MODEL_MISMATCH", f"this share of the model is that of {model.party}; give every party the name that it had when the model was trained")
    if model.public["protocol"] != job.parameters.protocol:
        raise EngineError("MODEL_MISMATCH", f"the model was made with {model.public['protocol']}; use parameters.protocol {model.public['protocol']}")
    return model


def own_features(job: MpcJob, own: list[Column], model: Model) -> NDArray[Any]:
    """Rows × own features of the model, or own answers to the questions of its trees. Raises EngineError INPUT_COLUMN or INPUT_VALUE."""
    return (answers if model.trees else apply_preparations)(model.preparations, own, job.rows.rows if job.rows else 0)


def take_up_model(session: Session, model: Model) -> None:
    """Makes the variable "model" of all parties' shares, of trees also "splits". Raises EngineError MODEL_MISMATCH."""
    ids = session.tell_all(model.public, lambda value: isinstance(value, dict))
    if any(one != model.public for one in ids):
        raise EngineError("MODEL_MISMATCH", "the model files of the parties are not of the same model; give all outputs of one run")
    session.machine.take_up("model", (model.size,), np.float64, model.chunks)
    if model.trees:
        session.machine.take_up("splits", model.splits_shape, np.int64, model.splits)


def predict_blocks(session: Session, model: Model, features: NDArray[Any], last_percent: int = 99) -> Iterator[tuple[int, int, str]]:
    """For block after block of rows: its bounds and the variable with its linear predictors, scores of trees, or clusters; the caller forgets it."""
    machine = session.machine
    (program, inputs) = _program(model)
    ranks = [rank for rank, width in enumerate(model.widths) if width]
    # Of trees a row has as many values more as there are nodes.
    (trees, nodes, _) = model.splits_shape
    for start, end in session.blocks(sum(model.widths) + trees * (nodes + 1), 0, last_percent):
        for rank in ranks:
            value = features[start:end] if rank == session.rank else None
            machine.share(f"features{rank}", rank, (end - start, model.widths[rank]), np.int64 if trees else np.float64, value)
        name = f"predictor{start}"
        machine.run(program, [*inputs, *(f"features{rank}" for rank in ranks)], [name])
        machine.forget(*(f"features{rank}" for rank in ranks))
        yield start, end, name


def _program(model: Model) -> tuple[Any, list[str]]:
    """The program and the variables of the model that it takes before the features."""
    if model.trees:
        from .trees import make_predict

        return make_predict(*model.trees), ["splits", "model"]
    return (_clusters(model) if model.kind == "KMeans" else _predict), ["model"]


def _predict(weights: Any, *parts: Any) -> Any:
    import jax.numpy as jnp

    return jnp.concatenate(parts, axis=1) @ weights[:-1] + weights[-1]


def _clusters(model: Model) -> Any:
    from .clustering import cluster_of

    def clusters(centres: Any, *parts: Any) -> Any:
        return cluster_of(centres.reshape(model.public["clusters"], -1), *parts)

    return clusters
