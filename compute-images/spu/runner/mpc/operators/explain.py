"""Explain: opens the weights of a regression, or of trees how much each column gained, to the receivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..columns import Column
from ..job import MpcJob
from ..model_file import Model
from ..predictor import own_predictive, take_up_model
from ..session import Session
from ..tables import write_table

HEADER = ("party", "column", "level", "coefficient", "scale")


@dataclass
class Prepared:
    model: Model


def prepare(job: MpcJob, _own: list[Column]) -> Prepared:
    return Prepared(own_predictive(job))


def compute(session: Session, prepared: Prepared) -> list[list[Any]] | None:
    """Rows of the result at a receiver, None elsewhere."""
    model = prepared.model
    take_up_model(session, model)
    if model.trees:
        session.machine.run(_column_gains(model), ["model"], ["gains"])
        gains = session.machine.open("gains", session.receivers)
        return None if gains is None else _gain_rows(model, gains)
    weights = session.machine.open("model", session.receivers)
    return None if weights is None else _rows(session.job.self_name, model, weights)


def write(job: MpcJob, _prepared: Prepared, result: list[list[Any]]) -> int:
    assert job.output
    return write_table(job.output.path, HEADER, result)


def _rows(own: str, model: Model, weights: NDArray[np.float64]) -> list[list[Any]]:
    """One row per feature, and the intercept with an empty party.

    Own columns are on their original scale, except weights of evidence; other parties' levels are numbered, because only
    their owner knows the names.
    """
    unit = 2.0 ** model.public["exponent"] if model.kind == "Linear" else 1.0
    rows: list[list[Any]] = []
    position = 0
    for party in model.public["parties"]:
        for index, (column, kind, count) in enumerate(model.public["features"][party]):
            preparation = model.preparations[index] if party == own else None
            for number in range(count):
                value = float(weights[position]) * unit
                position += 1
                level = "" if kind != "levels" else preparation["levels"][number] if preparation else str(number + 1)
                if preparation is None or preparation["deviation"][number] == 0:
                    rows.append([party, column, level, value if preparation is None else 0.0, "standardised"])
                else:
                    rows.append([party, column, level, value / preparation["deviation"][number], "weightOfEvidence" if kind == "weight" else "original"])
    rows.append(["", "(intercept)", "", float(weights[-1]) * unit, "standardised"])
    return rows


def _columns(model: Model) -> list[tuple[str, str, int]]:
    """(party, column, number of questions) of every column, in the order of the questions."""
    return [(party, column, count) for party in model.public["parties"] for column, _, count in model.public["features"][party]]


def _column_gains(model: Model) -> Any:
    """Gains by column: by question they would show where the trees split."""
    ends = np.cumsum([count for _, _, count in _columns(model)])

    def column_gains(values: Any) -> Any:
        import jax.numpy as jnp

        gains = values[-int(ends[-1]) :]
        return jnp.stack([jnp.sum(one) for one in jnp.split(gains, ends[:-1])])

    return column_gains


def _gain_rows(model: Model, gains: NDArray[np.float64]) -> list[list[Any]]:
    """One row per column, the coefficient being its share of the gain of all splits."""
    whole = float(gains.sum()) or 1.0
    return [[party, column, "", float(gain) / whole, "shareOfGain"] for (party, column, _), gain in zip(_columns(model), gains, strict=True)]
