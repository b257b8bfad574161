"""Turns the courier's input into the file that the psi library reads: a private copy with safe names and values."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .errors import EngineError
from .job import ROW_COLUMN, InputFile
from .keytext import encode, is_plain

BLOCK = 1 << 20


@dataclass(frozen=True)
class Prepared:
    """`columns` are the library's names of the key columns; `encoded` says that the output has to be decoded."""

    path: Path
    columns: tuple[str, ...]
    rows: int
    encoded: bool


def prepare(source: InputFile, target: Path) -> Prepared:
    """Copies `source` to `target` under neutral column names.

    Raises EngineError INPUT_MISSING, INPUT_HEADER, INPUT_INVALID or INPUT_ROWS; no message shows a value.
    """
    columns = tuple(f"k{i}" for i in range(len(source.keys)))
    header = (",".join([*columns, ROW_COLUMN]) + "\n").encode()
    try:
        with source.path.open("rb") as reader, target.open("wb") as writer:
            writer.write(header)
            if rows := _copy_plain(reader, writer, source):
                encoded = False
            else:
                encoded = True
                reader.seek(0)
                writer.seek(0)
                writer.truncate()
                writer.write(header)
                rows = _copy_encoded(reader, writer, source)
    except FileNotFoundError:
        raise EngineError("INPUT_MISSING", f"inputs[0].path: {source.path} does not exist or cannot be read") from None
    except UnicodeDecodeError as error:
        raise EngineError("INPUT_INVALID", f"inputs[0].path: not UTF-8 ({error.reason})") from None
    if rows != source.rows:
        raise EngineError(
            "INPUT_ROWS",
            f"inputs[0].rows says {source.rows}, the file has {rows} rows below the header (the dummy row counts)",
        )
    return Prepared(target, columns, rows, encoded)


def _check_header(found: list[str], source: InputFile) -> None:
    wanted = [*source.keys, ROW_COLUMN]
    if found != wanted:
        raise EngineError("INPUT_HEADER", f"inputs[0].path: the header must be exactly {','.join(wanted)}")


def _copy_plain(reader: BinaryIO, writer: BinaryIO, source: InputFile) -> int:
    """Copies block by block and counts rows; 0 as soon as the file turns out to need encoding."""
    line = reader.readline(BLOCK)
    if not is_plain(line):
        return 0
    _check_header(line.decode("utf-8-sig").rstrip("\n").split(","), source)
    rows, last = 0, b"\n"
    while block := reader.read(BLOCK):
        if not is_plain(block):
            return 0
        rows += block.count(b"\n")
        last = block[-1:]
        writer.write(block)
    if last != b"\n":
        rows += 1
        writer.write(b"\n")
    return rows


def _copy_encoded(reader: BinaryIO, writer: BinaryIO, source: InputFile) -> int:
    text = io.TextIOWrapper(reader, encoding="utf-8-sig", newline="")
    width = len(source.keys) + 1
    rows = 0
    out: list[str] = []
    try:
        records = csv.reader(text, strict=True)
        _check_header(next(records, []), source)
        for record in records:
            if len(record) != width:
                raise EngineError("INPUT_INVALID", f"inputs[0].path: row {rows} has {len(record)} columns, not {width}")
            out.append(",".join(map(encode, record)))
            rows += 1
            if len(out) == 8192:
                writer.write(("\n".join(out) + "\n").encode())
                out.clear()
    except csv.Error as error:
        raise EngineError("INPUT_INVALID", f"inputs[0].path: row {rows} is not CSV ({error})") from None
    if out:
        writer.write(("\n".join(out) + "\n").encode())
    text.detach()
    return rows
