"""Output files: CSV, complete or not there at all."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path


def write_table(target: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Writes `target` by rename from the scratch folder, where this process works; returns the number of rows below the header."""
    temporary = Path("result.part")
    count = 0
    with temporary.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow([text_of(value) for value in row])
            count += 1
    temporary.replace(target)
    return count


def text_of(value: object) -> str:
    """Shortest text that reads back as the same number; empty for None and for what is not a number."""
    if value is None:
        return ""
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return ""
        return repr(round(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
    return str(value)
