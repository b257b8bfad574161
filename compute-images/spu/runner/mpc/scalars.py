"""Settings of an operator as they come in a job: strings, integers and booleans, each checked strictly."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..errors import JobError
from ..shape import Shape

_DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,12})?")


def read_decimal(text: str, field: str) -> float:
    """A decimal number such as "0.1". Raises JobError naming `field`."""
    if not _DECIMAL.fullmatch(text):
        raise JobError(field, 'must be a decimal number such as "0.1"')
    return float(text)


def decimal_of(text: str, field: str, lowest: float, highest: float) -> float:
    """The same between two bounds, both allowed."""
    value = read_decimal(text, field)
    if not lowest <= value <= highest:
        raise JobError(field, f"must lie between {lowest:g} and {highest:g}")
    return value


class Scalars:
    """Optional settings with their defaults."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape

    def raw(self, key: str) -> Any:
        return self._shape.raw(key)

    def word(self, key: str, allowed: Sequence[str], default: str) -> str:
        return self._shape.word(key, allowed) if self._shape.has(key) else default

    def text(self, key: str, default: str = "", longest: int = 256) -> str:
        """An empty string means the default."""
        if not self._shape.has(key) or self._shape.raw(key) == "":
            return default
        return self._shape.text(key, longest)

    def number(self, key: str, lowest: int, highest: int, default: int) -> int:
        return self._shape.number(key, lowest, highest) if self._shape.has(key) else default

    def decimal(self, key: str, lowest: float, highest: float, default: str) -> float:
        return decimal_of(self.text(key, default), self._shape.at(key), lowest, highest)

    def parts(self, key: str, default: str) -> list[str]:
        """The distinct parts of a comma-separated list; spaces around them do not count."""
        found = [part.strip() for part in self.text(key, default, 1024).split(",")]
        for part in found:
            if not part:
                raise JobError(self._shape.at(key), "has an empty part between commas")
            if found.count(part) > 1:
                raise JobError(self._shape.at(key), f'"{part}" is named twice')
        return found

    def words(self, key: str, allowed: Sequence[str], default: str) -> tuple[str, ...]:
        """A comma-separated list of words, returned in the order of `allowed`."""
        found = self.parts(key, default)
        for part in found:
            if part not in allowed:
                raise JobError(self._shape.at(key), f'"{part}" is not one of {", ".join(allowed)}')
        return tuple(word for word in allowed if word in found)

    def decimals(self, key: str, lowest: float, highest: float, default: str) -> tuple[str, ...]:
        """A comma-separated list of decimals, kept as text: they also name rows of the result."""
        found = self.parts(key, default)
        for part in found:
            decimal_of(part, self._shape.at(key), lowest, highest)
        return tuple(found)
