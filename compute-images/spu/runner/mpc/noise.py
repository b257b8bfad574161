"""Noise in opened figures, for differential privacy: every party adds its own, so that nobody knows all of it.

Each party's noise is enough by itself for the whole promise. A party that knows its own and what is opened still faces that of another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from .laplace import laplace
from .session import Session


def open_noisy(session: Session, total: str, shape: tuple[int, int], scales: Sequence[Fraction], minimum: int) -> NDArray[np.int64] | None:
    """The int64 variable `total`, groups × figures, at the receivers, with noise of every party; None elsewhere.

    `scales` are those of the columns. A row whose first figure is with its noise below `minimum` comes as zeros; 0: every row is opened.
    """
    own = np.array([laplace(scale, shape[0]) for scale in scales], np.int64).T
    noises = [f"noise{rank}" for rank in range(len(session.job.names))]
    for rank, name in enumerate(noises):
        session.machine.share(name, rank, shape, np.int64, own if rank == session.rank else None)
    session.machine.run(_noisy(minimum), [total, *noises], ["noisy"])
    return session.machine.open("noisy", session.receivers)


def _noisy(minimum: int) -> Callable[..., Any]:
    def program(total: Any, *noises: Any) -> Any:
        # Closed by what is opened, noise included: closing by the exact count would tell of it beyond all noise.
        noisy = sum(noises, total)
        return jnp.where(noisy[:, :1] >= minimum, noisy, 0) if minimum else noisy

    return program
