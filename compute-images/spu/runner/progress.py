"""Progress as JSON lines, for the courier (file) and for whoever reads the container log (stdout). Never data."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

Phase = Literal["prepare", "connect", "psi", "share", "compute", "write"]


def is_connecting(path: Path) -> bool:
    """Whether the last line says that the engines are connecting and have not got further."""
    try:
        last = json.loads(path.read_bytes().rstrip(b"\n").rsplit(b"\n", 1)[-1])
        return bool(last["phase"] == "connect" and last["percent"] < 100)
    except (OSError, ValueError, KeyError, TypeError):
        return False


class Progress:
    """Appends one line per call. Uses its own duplicate of stdout, because the worker sends the library's output away."""

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._targets = [os.open(path, flags, 0o640), os.dup(1)]

    def report(self, phase: Phase, percent: int, rows: int | None = None) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line: dict[str, object] = {"time": now, "phase": phase, "percent": max(0, min(100, percent))}
        if rows is not None:
            line["rows"] = rows
        data = (json.dumps(line) + "\n").encode()
        for target in self._targets:
            try:
                os.write(target, data)
            except OSError:
                # A closed log or a full volume must not end a computation that can still succeed.
                continue
