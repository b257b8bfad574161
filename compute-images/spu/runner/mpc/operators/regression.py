"""Regression: features stay with their owners but for shares, the weights are known to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import EngineError
from ..columns import Column
from ..descent import CURVATURE, make_epoch_part
from ..evidence_table import evidence_preparations
from ..features import Matrix, Preparation, apply_preparations, feature_counts, plain_preparation
from ..holdout import own_alignment, training_part
from ..job import MpcJob
from ..label_scale import TrainingLabel
from ..model_file import Model, write_model
from ..session import Session
from ..settings import RegressionSettings
from ..training import MOST_FEATURES, own_training_columns, public_part, tell_plans, widths_of
from ..training_rows import share_rows, with_features
from ..whitening import whitening

# The rate falls over the epochs to this part of the first: the last steps then average over the batches.
LAST_RATE = 0.1
# Under CHEETAH this share of the epochs, the first ones, uses a faster logistic function.
FAST_SHARE = 0.8


@dataclass
class Prepared:
    """`features`: rows × own features in the basis in which they are trained; `basis` leads back, see whitening.py."""

    preparations: list[Preparation]
    features: Matrix
    basis: Matrix
    penalty: Matrix
    label: TrainingLabel | None


def prepare(job: MpcJob, own: list[Column]) -> Prepared:
    settings: RegressionSettings = job.parameters.settings
    (label, columns) = own_training_columns(job, own)
    if settings.minimum_information_value is None:
        preparations = [plain_preparation(column) for column in columns]
    else:
        preparations = evidence_preparations(job, columns, settings.minimum_information_value)
    features = apply_preparations(preparations, own, job.rows.rows if job.rows else 0)
    (basis, penalty) = whitening(features, settings.l2 / CURVATURE[settings.model])
    return Prepared(preparations, features @ basis, basis, penalty, label)


def compute(session: Session, prepared: Prepared) -> Model:
    """Trains; returns this party's model file."""
    settings: RegressionSettings = session.job.parameters.settings
    machine = session.machine
    owner = session.job.names.index(settings.label.party)
    plans = tell_plans(session, feature_counts(prepared.preparations), prepared.label)
    widths = widths_of(plans)
    total = sum(widths)
    if not 0 < total <= MOST_FEATURES:
        raise EngineError("FEATURES", f"there are {total} features in all; 1 to {MOST_FEATURES} are needed (parameters.minimumInformationValue may drop some)")
    (training, kept) = training_part(session, settings.holdout)
    label = prepared.label
    parts = share_rows(training, prepared.features[kept] if session.job.rows else prepared.features, label.of_rows(kept) if label else None, owner, widths)
    start = None if label is None else np.concatenate([np.zeros(total), [label.start]])
    machine.share("weights", owner, (total + 1,), np.float64, start)
    machine.share("momentum", owner, (total + 1,), np.float64, None if label is None else np.zeros(total + 1))
    _share_per_party(session, "penalty", widths, prepared.penalty)
    machine.run(_join, [f"penalty{rank}" for rank in with_features(widths)], ["penalty"])
    programs = {
        (exact, sizes): make_epoch_part(settings.model, settings.tweedie_power, settings.l2, exact, sizes) for exact in (True, False) for _, sizes in parts
    }
    steps = settings.epochs * len(parts)
    for epoch in range(settings.epochs):
        share = epoch / max(1, settings.epochs - 1)
        exact = session.job.parameters.protocol != "CHEETAH" or epoch >= settings.epochs * FAST_SHARE
        machine.publish("rate", settings.learning_rate / CURVATURE[settings.model] * (1 - (1 - LAST_RATE) * share))
        for index, (name, sizes) in enumerate(parts):
            inputs = ["rate", "weights", "momentum", "penalty", f"label{name}", *(f"features{name}of{rank}" for rank in with_features(widths))]
            machine.run(programs[exact, sizes], inputs, ["weights", "momentum"])
            session.progress.report("compute", 5 + 94 * (epoch * len(parts) + index + 1) // steps)
    _to_plain_basis(session, prepared, owner, widths)
    own_label = {} if label is None else {"scale": label.scale}
    return Model(public_part(session, plans), prepared.preparations, own_label, machine.keep("model"), party=session.job.self_name, alignment=own_alignment(session.job))


def write(job: MpcJob, _prepared: Prepared, result: Model) -> int:
    assert job.output
    write_model(job.output.path, result)
    return 0


def _share_per_party(session: Session, name: str, widths: list[int], value: Matrix) -> None:
    for rank in with_features(widths):
        shape = (widths[rank],) * value.ndim
        session.machine.share(f"{name}{rank}", rank, shape, np.float64, value if rank == session.rank else None)


def _to_plain_basis(session: Session, prepared: Prepared, owner: int, widths: list[int]) -> None:
    """From weights of the trained features to the variable "model": weights of the standardised ones, in the label's unit."""
    label = prepared.label
    session.machine.share("unit", owner, (2,), np.float64, None if label is None else np.array([label.shift, label.scale]))
    _share_per_party(session, "basis", widths, prepared.basis)
    ends = np.cumsum([widths[rank] for rank in with_features(widths)])

    def finish(weights: Any, unit: Any, *bases: Any) -> Any:
        import jax.numpy as jnp

        parts = [basis @ weights[end - len(basis) : end] for basis, end in zip(bases, ends, strict=True)]
        return jnp.concatenate([*(part * unit[1] for part in parts), weights[-1:] * unit[1] + unit[0]])

    session.machine.run(finish, ["weights", "unit", *(f"basis{rank}" for rank in with_features(widths))], ["model"])


def _join(*parts: Any) -> Any:
    import jax.numpy as jnp

    return jnp.concatenate(parts)
