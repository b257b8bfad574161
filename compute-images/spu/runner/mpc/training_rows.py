"""Rows for training, shared in parts of a few batches each."""

from __future__ import annotations

import numpy as np

from .features import Matrix
from .label_scale import TrainingLabel
from .session import Session
from .settings import RegressionSettings

# So many batches are one program: few enough to compile it fast, enough to report progress.
BATCHES_PER_PART = 8
# Values of one part, so that a message stays below some 32 MB.
PART_VALUES = 1 << 21
LARGEST_DEFAULT_BATCH = 1024


def batch_sizes(rows: int, size: int) -> list[int]:
    """Sizes of the batches; a rest of less than half a batch goes to the last. `size` 0 leaves the choice to this function."""
    # At least about eight steps an epoch: with fewer, ten epochs do not come to rest.
    size = size or min(LARGEST_DEFAULT_BATCH, max(32, rows // 8))
    count = max(1, (rows + size // 2) // size)
    return [size] * (count - 1) + [rows - size * (count - 1)]


def share_rows(session: Session, own: Matrix, label: TrainingLabel | None, owner: int, widths: list[int]) -> list[tuple[int, tuple[int, ...]]]:
    """Shares own features (rows × k) and the label; returns (number of the part, sizes of its batches) of every part.

    The variables are `label{part}` and `features{part}of{rank}`.
    """
    settings: RegressionSettings = session.job.parameters.settings
    machine = session.machine
    # In an order that is random but the same everywhere: rows sorted by something would make batches of one kind.
    order = np.random.default_rng(int.from_bytes(session.common[:8])).permutation(session.rows)
    sizes = batch_sizes(session.rows, settings.batch_size)
    parts: list[tuple[int, tuple[int, ...]]] = []
    start = 0
    together = max(1, min(BATCHES_PER_PART, PART_VALUES // (sizes[0] * sum(widths))))
    for first in range(0, len(sizes), together):
        part = tuple(sizes[first : first + together])
        rows = order[start : start + sum(part)]
        start += sum(part)
        number = len(parts)
        parts.append((number, part))
        machine.share(f"label{number}", owner, (len(rows),), np.float64, label.values[rows] if label else None)
        for rank in with_features(widths):
            value = own[rows] if rank == session.rank else None
            machine.share(f"features{number}of{rank}", rank, (len(rows), widths[rank]), np.float64, value)
        session.progress.report("share", 100 * start // session.rows)
    return parts


def with_features(widths: list[int]) -> list[int]:
    return [rank for rank, width in enumerate(widths) if width]
