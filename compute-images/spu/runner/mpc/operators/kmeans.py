"""KMeans: clusters of rows by the features of all parties; neither centres nor members are known to anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import EngineError
from ..clustering import make_gather, move
from ..columns import Column
from ..features import Matrix, Preparation, apply_preparations, feature_counts, plain_preparation
from ..job import MpcJob
from ..model_file import Model, write_model
from ..session import Session
from ..settings import KMeansSettings
from ..training import origin

MOST_FEATURES = 1000


@dataclass
class Prepared:
    preparations: list[Preparation]
    features: Matrix


def prepare(job: MpcJob, own: list[Column]) -> Prepared:
    settings: KMeansSettings = job.parameters.settings
    if job.rows and job.rows.rows < settings.clusters:
        raise EngineError("GROUP_TOO_SMALL", f"{job.rows.rows} rows are fewer than parameters.clusters ({settings.clusters})")
    preparations = [plain_preparation(column) for column in own]
    return Prepared(preparations, apply_preparations(preparations, own, job.rows.rows if job.rows else 0))


def compute(session: Session, prepared: Prepared) -> Model:
    """Moves the centres `iterations` times; returns this party's model file."""
    settings: KMeansSettings = session.job.parameters.settings
    machine, names = session.machine, session.job.names
    plans = session.tell_all(feature_counts(prepared.preparations), lambda value: isinstance(value, list) and len(value) <= 1000)
    widths = [sum(count for _, _, count in plan) for plan in plans]
    ranks = [rank for rank, width in enumerate(widths) if width]
    if not 0 < sum(widths) <= MOST_FEATURES:
        raise EngineError("FEATURES", f"there are {sum(widths)} features in all; 1 to {MOST_FEATURES} are needed")
    starts: list[int] = []
    for start, end in session.blocks(sum(widths), 0, 10):
        for rank in ranks:
            value = prepared.features[start:end] if rank == session.rank else None
            machine.share(f"features{start}of{rank}", rank, (end - start, widths[rank]), np.float64, value)
        starts.append(start)
    _first_centres(session, prepared, widths, ranks)
    gather = make_gather(session.rows)
    for iteration in range(settings.iterations):
        for start in starts:
            outputs = ["sums", "shares"] if start == 0 else ["sumsPart", "sharesPart"]
            machine.run(gather, ["centres", *(f"features{start}of{rank}" for rank in ranks)], outputs)
            if start:
                machine.run(_add, ["sums", "sumsPart"], ["sums"])
                machine.run(_add, ["shares", "sharesPart"], ["shares"])
        machine.run(move, ["centres", "sums", "shares"], ["centres"])
        session.progress.report("compute", 10 + 89 * (iteration + 1) // settings.iterations)
    machine.run(_flat, ["centres"], ["model"])
    public = {
        **origin(session),
        "model": "KMeans",
        "features": dict(zip(names, plans, strict=True)),
        "clusters": settings.clusters,
    }
    return Model(public, prepared.preparations, {}, machine.keep("model"), party=session.job.self_name)


def write(job: MpcJob, _prepared: Prepared, result: Model) -> int:
    assert job.output
    write_model(job.output.path, result)
    return 0


def _first_centres(session: Session, prepared: Prepared, widths: list[int], ranks: list[int]) -> None:
    """Rows that are drawn by the common random value; their numbers are known to all, their features stay secret."""
    clusters = session.job.parameters.settings.clusters
    rows = np.random.default_rng(int.from_bytes(session.common[:8])).choice(session.rows, clusters, replace=False)
    for rank in ranks:
        value = prepared.features[rows] if rank == session.rank else None
        session.machine.share(f"centres{rank}", rank, (clusters, widths[rank]), np.float64, value)
    session.machine.run(_beside, [f"centres{rank}" for rank in ranks], ["centres"])


def _beside(*parts: Any) -> Any:
    import jax.numpy as jnp

    return jnp.concatenate(parts, axis=1)


def _flat(centres: Any) -> Any:
    return centres.reshape(-1)


def _add(total: Any, part: Any) -> Any:
    return total + part
