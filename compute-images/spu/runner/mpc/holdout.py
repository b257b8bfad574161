"""Rows that training leaves aside, so that a model can be judged by rows that it has not seen. Which ones follows from the model's id, which nobody chose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..errors import EngineError
from .job import Input, MpcJob
from .model_file import Model
from .session import Session

Rows = NDArray[np.int64]


def held_rows(common: bytes, rows: int, share: float) -> Rows:
    """The numbers of the rows that are left aside, in ascending order."""
    # Other octets than those that the order of training is drawn by.
    order = np.random.default_rng(int.from_bytes(common[8:16])).permutation(rows)
    result: Rows = np.sort(order[: round(rows * share)])
    return result


def training_part(session: Session, share: float) -> tuple[Session, Rows]:
    """A session about the other rows, and their numbers."""
    kept = np.setdiff1d(np.arange(session.rows), held_rows(session.common, session.rows, share))
    return replace(session, rows=len(kept)), kept


def own_alignment(job: MpcJob) -> str:
    return job.rows.alignment.hex() if job.rows else ""


def held_part(session: Session, model: Model) -> Session:
    """A session about the rows that were left aside."""
    return replace(session, rows=len(held_rows(bytes.fromhex(model.public["id"]), session.rows, float(model.public["holdout"]))))


def held_out_of(model: Model, given: Input | None, field: str) -> Rows:
    """The numbers of own rows that the model has not seen. Raises EngineError MODEL_MISMATCH unless it is the input that it was trained on."""
    share = float(model.public["holdout"])
    if share == 0:
        raise EngineError("MODEL_MISMATCH", "parameters.rows: the model was trained on all rows; train it with a parameters.holdout")
    if given is None:
        return np.zeros(0, np.int64)
    if given.alignment.hex() != model.alignment:
        raise EngineError("MODEL_MISMATCH", f"{field}: are not the rows that the model was trained on; with parameters.rows Holdout give the output of the same join")
    return held_rows(bytes.fromhex(model.public["id"]), given.rows, share)
