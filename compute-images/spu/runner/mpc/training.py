"""What all trainings of a model with a label have in common."""

from __future__ import annotations

from typing import Any, Protocol

from ..errors import EngineError
from .columns import Column
from .job import MpcJob
from .label import own_label
from .label_scale import TrainingLabel, training_label
from .layout import MOST_COLUMNS, ColumnName
from .session import Session

SMALLEST_TRAINING = 10
MOST_FEATURES = 5000


class TrainingSettings(Protocol):
    @property
    def model(self) -> str: ...
    @property
    def label(self) -> ColumnName: ...
    @property
    def positive(self) -> str: ...
    @property
    def holdout(self) -> float: ...


def own_training_columns(job: MpcJob, own: list[Column]) -> tuple[TrainingLabel | None, list[Column]]:
    """The label, at its owner, and the own columns that are features. Raises EngineError GROUP_TOO_SMALL, or what the label is at fault of."""
    settings: TrainingSettings = job.parameters.settings
    if job.rows and job.rows.rows < SMALLEST_TRAINING:
        raise EngineError("GROUP_TOO_SMALL", f"{job.rows.rows} rows are too few to train on; at least {SMALLEST_TRAINING} are needed")
    label = own_label(job, own, settings.label)
    columns = [column for column in own if column is not label]
    return None if label is None else training_label(label, settings.model, settings.positive), columns


def tell_plans(session: Session, features: list[list[Any]], label: TrainingLabel | None) -> list[dict[str, Any]]:
    """Of every party its [column, kind, number of features], and of the label's owner the exponent of its unit."""

    def is_plan(value: Any) -> bool:
        if not isinstance(value, dict) or not isinstance(value["exponent"], int):
            return False
        return len(value["features"]) <= MOST_COLUMNS and all(0 < count <= MOST_FEATURES for _, _, count in value["features"])

    return session.tell_all({"features": features, "exponent": label.exponent if label else 0}, is_plan)


def widths_of(plans: list[dict[str, Any]]) -> list[int]:
    return [sum(count for _, _, count in plan["features"]) for plan in plans]


def origin(session: Session) -> dict[str, Any]:
    """Of which run a model is, and whose: what every kind of model has in its public part."""
    (job, computing) = (session.job, session.job.parameters.computing)
    return {
        # Nobody chose it alone, and nobody can make a second model with it.
        "id": session.common.hex(),
        "protocol": job.parameters.protocol,
        "parties": job.names,
        **({"computing": list(computing)} if len(computing) < len(job.names) else {}),
    }


def public_part(session: Session, plans: list[dict[str, Any]]) -> dict[str, Any]:
    """What all parties know of the model."""
    settings: TrainingSettings = session.job.parameters.settings
    names = session.job.names
    return {
        **origin(session),
        "model": settings.model,
        "features": {name: plan["features"] for name, plan in zip(names, plans, strict=True)},
        "label": {"party": settings.label.party, "column": settings.label.column},
        "exponent": plans[names.index(settings.label.party)]["exponent"],
        "holdout": settings.holdout,
    }
