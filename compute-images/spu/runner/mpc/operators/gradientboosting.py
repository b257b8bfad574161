"""GradientBoosting: trees whose questions, rows and values are shares from first to last; see trees.py and splits.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np

from ...errors import EngineError
from .. import trees
from ..columns import Column
from ..features import Preparation
from ..holdout import own_alignment, training_part
from ..job import MpcJob
from ..label_scale import TrainingLabel
from ..model_file import Model, write_model
from ..raw import from_ring
from ..session import Session
from ..settings import BoostingSettings
from ..splits import Answers, answers, split_counts, split_preparation
from ..training import own_training_columns, public_part, tell_plans, widths_of

# Shared values of a model: 16 MB a share, twice that under ABY3.
MOST_VALUES = 1 << 21
# Under CHEETAH all trees but the last use a faster logistic function.
EXACT_TREES = 1


@dataclass
class Prepared:
    """`label` is set at its owner only."""

    preparations: list[Preparation]
    answers: Answers
    label: TrainingLabel | None


def prepare(job: MpcJob, own: list[Column]) -> Prepared:
    settings: BoostingSettings = job.parameters.settings
    (label, columns) = own_training_columns(job, own)
    found = [split_preparation(column, settings.thresholds) for column in columns]
    preparations = [one for one in found if one]
    return Prepared(preparations, answers(preparations, own, job.rows.rows if job.rows else 0), label)


def compute(session: Session, prepared: Prepared) -> Model:
    """Grows one tree after the other; returns this party's model file."""
    settings: BoostingSettings = session.job.parameters.settings
    machine = session.machine
    owner = session.job.names.index(settings.label.party)
    plans = tell_plans(session, split_counts(prepared.preparations), prepared.label)
    widths = widths_of(plans)
    _check_size(sum(widths), settings)
    (training, kept) = training_part(session, settings.holdout)
    label = prepared.label
    growth = _Growth(training, prepared.answers[kept] if session.job.rows else prepared.answers, label.of_rows(kept) if label else None, owner, widths)
    for tree in range(settings.trees):
        growth.add_tree(exact=session.job.parameters.protocol != "CHEETAH" or tree >= settings.trees - EXACT_TREES)
        session.progress.report("compute", 5 + 94 * (tree + 1) // settings.trees)
    growth.finish(label, owner)
    public = public_part(session, plans) | {"trees": settings.trees, "depth": settings.depth}
    own_label = {} if label is None else {"scale": label.scale}
    return Model(public, prepared.preparations, own_label, machine.keep("model"), machine.keep("splits"), session.job.self_name, own_alignment(session.job))


def write(job: MpcJob, _prepared: Prepared, result: Model) -> int:
    assert job.output
    write_model(job.output.path, result)
    return 0


class _Growth:
    """The variables of a model that grows. Of each block of rows `scores{start}` and `label{start}`, `answers{start}of{rank}`, `gradients{start}`."""

    def __init__(self, session: Session, own_answers: Answers, label: TrainingLabel | None, owner: int, widths: list[int]) -> None:
        self._machine = session.machine
        self._settings: BoostingSettings = session.job.parameters.settings
        self._ranks = [rank for rank, width in enumerate(widths) if width]
        self._starts: list[int] = []
        self._grown = 0
        for start, end in session.blocks(sum(widths), 0, 5):
            self._starts.append(start)
            self._machine.share(f"label{start}", owner, (end - start,), np.float64, None if label is None else label.values[start:end])
            self._machine.share(f"scores{start}", owner, (end - start,), np.float64, None if label is None else np.full(end - start, label.start))
            for rank in self._ranks:
                own = own_answers[start:end] if rank == session.rank else None
                self._machine.share(f"answers{start}of{rank}", rank, (end - start, widths[rank]), np.int64, own)
        self._gradients = {exact: trees.make_gradients(self._settings.model, exact) for exact in (True, False)}
        self._split = trees.make_split(session.rows, self._settings.l2)
        self._leaves = trees.make_leaves(session.rows, self._settings.l2, self._settings.learning_rate)

    def add_tree(self, exact: bool) -> None:
        machine, name = self._machine, f"Of{self._grown}"
        for start in self._starts:
            machine.run(self._gradients[exact], [f"scores{start}", f"label{start}"], [f"gradients{start}"])
            self._sum(trees.sum_of, [f"gradients{start}"], "totals", start)
        for level in range(self._settings.depth):
            self._histograms(level)
            first = self._grown == 0 and level == 0
            machine.run(self._split, ["histograms", "totals"], [f"chosen{level}", "totals", "gains" if first else "gainsPart"])
            if not first:
                machine.run(_add, ["gains", "gainsPart"], ["gains"])
            for start in self._starts:
                members = [f"members{start}"] if level else []
                program = trees.children if level else trees.root_children
                machine.run(program, [f"chosen{level}", *members, *self._answers(start)], [f"lefts{start}", f"members{start}"])
        machine.run(self._leaves, ["totals"], [f"leaves{name}"])
        for start in self._starts:
            machine.run(trees.add_leaves, [f"scores{start}", f"members{start}", f"leaves{name}"], [f"scores{start}"])
        machine.run(_splits_of, [f"chosen{level}" for level in range(self._settings.depth)], [f"splits{name}"])
        self._grown += 1

    def finish(self, label: TrainingLabel | None, owner: int) -> None:
        """Leaves "model" and "splits" as model_file.py has them, in the unit of the label."""
        self._machine.share("unit", owner, (2,), np.float64, None if label is None else np.array([label.shift + label.scale * label.start, label.scale]))
        every = range(self._grown)
        self._machine.run(_values_of, ["unit", "gains", *(f"leavesOf{tree}" for tree in every)], ["model"])
        self._machine.run(_stack, [f"splitsOf{tree}" for tree in every], ["splits"])

    def _histograms(self, level: int) -> None:
        """Leaves "histograms" of the level's nodes; of right children they follow from those of the left ones."""
        if level == 0:
            for start in self._starts:
                self._sum(trees.root_histogram, [f"gradients{start}", *self._answers(start)], "histograms", start)
            return
        for start in self._starts:
            self._sum(trees.histogram, [f"gradients{start}", f"lefts{start}", *self._answers(start)], "leftHistograms", start)
        self._machine.run(trees.both_sides, ["histograms", "leftHistograms"], ["histograms"])

    def _sum(self, program: trees.Program, inputs: list[str], total: str, start: int) -> None:
        """Runs `program` on a block and adds its result to the variable `total`."""
        part = f"{total}Part" if start else total
        self._machine.run(program, inputs, [part])
        if start:
            self._machine.run(_add, [total, part], [total])

    def _answers(self, start: int) -> list[str]:
        return [f"answers{start}of{rank}" for rank in self._ranks]


def _check_size(questions: int, settings: BoostingSettings) -> None:
    values = settings.trees * 2**settings.depth * (questions + 1)
    if questions == 0:
        raise EngineError("FEATURES", "no column of any party has two different values; there is nothing to split by")
    if values > MOST_VALUES:
        raise EngineError("FEATURES", f"{settings.trees} trees of depth {settings.depth} with {questions} questions a node are too large a model; lower parameters.trees, depth or thresholds")


def _add(total: Any, part: Any) -> Any:
    return total + part


def _splits_of(*levels: Any) -> Any:
    """Levels of (questions + 1) × nodes -> nodes × (questions + 1)."""
    return jnp.concatenate(levels, axis=1).T


def _stack(*trees_of_splits: Any) -> Any:
    return jnp.stack(trees_of_splits)


def _values_of(unit: Any, gains: Any, *leaves: Any) -> Any:
    """The base score, all leaves, in the unit of the label; then the gains."""
    return jnp.concatenate([unit[:1], *(from_ring(one) * unit[1] for one in leaves), from_ring(gains)])
