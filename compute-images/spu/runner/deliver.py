"""Turns the library's output into the result file: the input's column names and values, complete or not there at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from .job import ROW_COLUMN, InputFile
from .keytext import decode
from .prepare import BLOCK, Prepared

# The library writes this for every column of a row that only the peer has; a row number can never be this.
MISSING = "NULL"


def deliver(raw: Path, target: Path, source: InputFile, prepared: Prepared, drop_missing: bool) -> int:
    """Writes `target` atomically and returns its rows, header not counted. The unfinished file lies beside `raw`."""
    temporary = raw.with_name("result.part")
    with raw.open("rb") as reader, temporary.open("wb") as writer:
        reader.readline()
        writer.write(_line([*source.keys, ROW_COLUMN]).encode())
        lines = _without_missing(reader, len(source.keys) + 1) if drop_missing else reader
        if prepared.encoded:
            blocks: Iterable[bytes] = _decoded(lines)
        else:
            blocks = lines if drop_missing else iter(lambda: reader.read(BLOCK), b"")
        rows = 0
        for block in blocks:
            rows += 1 if prepared.encoded or drop_missing else block.count(b"\n")
            writer.write(block)
    temporary.replace(target)
    return rows


def _without_missing(lines: Iterable[bytes], width: int) -> Iterator[bytes]:
    missing = ",".join([MISSING] * width).encode() + b"\n"
    return (line for line in lines if line != missing)


def _decoded(lines: Iterable[bytes]) -> Iterator[bytes]:
    # After encoding no value holds a comma, a quote or a line break, so a line splits without a CSV parser.
    for line in lines:
        if b"%" not in line:
            yield line
        else:
            yield _line([decode(value) for value in line.decode().rstrip("\n").split(",")]).encode()


def _line(values: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(values)
    return buffer.getvalue()
