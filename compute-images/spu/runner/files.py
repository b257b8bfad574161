"""The folder that engine and courier share, and the atomic way to hand a file over in it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Workplace:
    """Every path of the protocol between courier and engine, below one folder (COLLABNET_WORK, /work in a pod)."""

    root: Path

    @property
    def engine(self) -> Path:
        return self.root / "engine"

    @property
    def scratch(self) -> Path:
        """All that the psi library leaves behind: plaintext copies of the input, traces, sort files."""
        return self.engine / "tmp"

    def file(self, name: str) -> Path:
        return self.engine / name

    def open(self) -> None:
        """Creates the folders; scratch starts empty, because a hard exit of an earlier run may have left plaintext."""
        self.engine.mkdir(parents=True, exist_ok=True)
        self.wipe()
        self.scratch.mkdir(mode=0o700)

    def wipe(self) -> None:
        """Removes the scratch folder with everything in it."""
        shutil.rmtree(self.scratch, ignore_errors=True)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Writes a JSON file so that a reader sees either nothing or all of it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w", encoding="utf-8") as handle:
        json.dump(value, handle, ensure_ascii=False)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)


# With less than this a library that writes in blocks has failed, whatever it says.
_LEAST_FREE_BYTES = 256 * 1024


def is_full(folder: Path) -> bool:
    """Whether the volume of a folder has no room left."""
    volume = os.statvfs(folder)
    return volume.f_bavail * volume.f_frsize < _LEAST_FREE_BYTES
