"""Notices a worker that neither computes nor exchanges anything any more."""

from __future__ import annotations

import os
import time
from collections import deque
from pathlib import Path

SAMPLE_SECONDS = 1.0
# Share of the time of one processor below which a worker counts as idle. Two samplers of the library use 0.1 % in any case;
# a link on which data only trickle costs more than this.
IDLE_SHARE = 1 / 300


class StallWatch:
    """Looks how much processor time a process group has used within the last `limit_seconds`.

    The psi library can lose a message, and both parties then wait for each other until the deadline: greeting.py prevents
    the one case that is known, but a peer with an older engine can still be caught in it. Whatever the library exchanges
    costs some processor time, so a group without any is stuck, or its peer works alone. Samples are counted, not time: a
    worker that was frozen together with its supervisor is not blamed.
    """

    def __init__(self, group: int, limit_seconds: float) -> None:
        self._group = group
        self._limit = limit_seconds
        # One entry a sample, over the length of the limit.
        self._samples: deque[float] = deque([processor_seconds(group)], maxlen=max(2, round(limit_seconds / SAMPLE_SECONDS) + 1))
        self._next = time.monotonic() + SAMPLE_SECONDS

    def stalled(self) -> bool:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + SAMPLE_SECONDS
            self._samples.append(processor_seconds(self._group))
        full = len(self._samples) == self._samples.maxlen
        return full and self._samples[-1] - self._samples[0] <= IDLE_SHARE * self._limit


def processor_seconds(group: int) -> float:
    """User and system time of all processes of a group, ended children that were waited for included."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # The name of the program may hold spaces and brackets: fields are counted from behind it.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")
