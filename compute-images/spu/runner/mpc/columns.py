"""The columns of an input of kind Rows: numbers, or codes into a list of text levels."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import EngineError

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_NO_NUMBER = {"nan", "inf", "infinity"}
# Squares of larger ones, summed over 10 million rows, would leave the range in which a double is exact enough.
LARGEST_NUMBER = 1e15
BLOCK_ROWS = 16_384


@dataclass(frozen=True)
class Column:
    """One of `numbers` (missing: NaN) and `codes` (missing: -1) is set; `levels` are the texts in sorted order."""

    name: str
    numbers: NDArray[np.float64] | None
    codes: NDArray[np.int32] | None = None
    levels: tuple[str, ...] = ()

    @property
    def missing(self) -> NDArray[np.bool_]:
        if self.numbers is not None:
            return np.isnan(self.numbers)
        assert self.codes is not None
        result: NDArray[np.bool_] = self.codes < 0
        return result

    def complete_numbers(self) -> NDArray[np.float64]:
        """The numbers. Raises EngineError INPUT_VALUE if the column has text or missing values."""
        if self.numbers is None:
            raise EngineError("INPUT_VALUE", f"column {self.name} is not numeric")
        self.check_complete()
        return self.numbers

    def check_complete(self) -> None:
        if count := int(self.missing.sum()):
            raise EngineError("INPUT_VALUE", f"column {self.name} has missing values in {count} of {len(self.missing)} rows; fill or drop them before")


def read_columns(path: Path, columns: tuple[str, ...], rows: int, field: str) -> list[Column]:
    """Reads a UTF-8 CSV with exactly `columns` as header and `rows` rows.

    Raises EngineError INPUT_MISSING, INPUT_HEADER, INPUT_INVALID, INPUT_ROWS, INPUT_VALUE or VALUE_RANGE; no message shows a value.
    """
    text = _text_columns(path, columns, rows, field)
    readers = [_TextReader(rows) if is_text else _NumberReader(rows) for is_text in text]
    start = 0
    for block in _blocks(records(path, columns, field)):
        for reader, values in zip(readers, zip(*block, strict=True), strict=True):
            reader.take(start, values)
        start += len(block)
    return [reader.column(name) for name, reader in zip(columns, readers, strict=True)]


def records(path: Path, columns: tuple[str, ...], field: str) -> Iterator[list[str]]:
    """The rows below the header, each with as many values as there are columns."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.reader(handle, strict=True)
            if tuple(next(reader, [])) != columns:
                raise EngineError("INPUT_HEADER", f"{field}: the header must be exactly {','.join(columns)}")
            for number, record in enumerate(reader):
                # The csv module gives an empty line as no value at all; in a table of one column it is a missing value.
                row = record or [""]
                if len(row) != len(columns):
                    raise EngineError("INPUT_INVALID", f"{field}: row {number} has {len(record)} columns, not {len(columns)}")
                yield row
    except FileNotFoundError:
        raise EngineError("INPUT_MISSING", f"{field}: {path} does not exist or cannot be read") from None
    except UnicodeDecodeError as error:
        raise EngineError("INPUT_INVALID", f"{field}: not UTF-8 ({error.reason})") from None
    except csv.Error as error:
        raise EngineError("INPUT_INVALID", f"{field}: not CSV ({error})") from None


def _text_columns(path: Path, columns: tuple[str, ...], rows: int, field: str) -> list[bool]:
    """For each column whether it holds text. Also counts rows: the values themselves are read in a second pass."""
    matches = _NUMBER.fullmatch
    numbers = [False] * len(columns)
    others: list[set[str]] = [set() for _ in columns]
    count = 0
    for record in records(path, columns, field):
        count += 1
        for index, value in enumerate(record):
            if value and (len(others[index]) > len(_NO_NUMBER) * 8 or not matches(value)):
                if len(others[index]) <= len(_NO_NUMBER) * 8:
                    others[index].add(value.strip().lstrip("+-").lower())
            elif value:
                numbers[index] = True
    if count != rows:
        raise EngineError("INPUT_ROWS", f"{field}: the job says {rows} rows, the file has {count}")
    for index, name in enumerate(columns):
        if others[index] and others[index] <= _NO_NUMBER and numbers[index]:
            raise EngineError("INPUT_VALUE", f"column {name} has values that are not finite (NaN or infinity); leave them empty or drop them before")
    return [bool(one) for one in others]


def _blocks(rows: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    while block := list(itertools.islice(rows, BLOCK_ROWS)):
        yield block


class _NumberReader:
    def __init__(self, rows: int) -> None:
        self._numbers = np.empty(rows)

    def take(self, start: int, values: tuple[str, ...]) -> None:
        self._numbers[start : start + len(values)] = [float(value) if value else np.nan for value in values]

    def column(self, name: str) -> Column:
        if np.any(np.abs(self._numbers) > LARGEST_NUMBER):
            raise EngineError("VALUE_RANGE", f"column {name} has values beyond {LARGEST_NUMBER:g}; use a larger unit")
        return Column(name, self._numbers)


class _TextReader:
    def __init__(self, rows: int) -> None:
        self._codes = np.empty(rows, np.int32)
        self._known: dict[str, int] = {}

    def take(self, start: int, values: tuple[str, ...]) -> None:
        known = self._known
        self._codes[start : start + len(values)] = [known.setdefault(value, len(known)) if value else -1 for value in values]

    def column(self, name: str) -> Column:
        levels = tuple(sorted(self._known))
        order = np.empty(len(levels) + 1, np.int32)
        order[-1] = -1
        for new, level in enumerate(levels):
            order[self._known[level]] = new
        return Column(name, None, order[self._codes], levels)
