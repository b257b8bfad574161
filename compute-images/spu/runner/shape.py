"""Strict reading of JSON: every field is known, present and of the right type, or the error names it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .errors import JobError

_NAMES = {str: "a string", int: "an integer", bool: "true or false", list: "a list", dict: "an object"}


def typed(value: Any, kind: type, field: str) -> Any:
    """Returns `value` if it has exactly the JSON type `kind` (true is not an integer)."""
    if type(value) is not kind:
        got = "null" if value is None else _NAMES.get(type(value), type(value).__name__)
        raise JobError(field, f"must be {_NAMES[kind]}, not {got}")
    return value


class Shape:
    """One JSON object, read field by field."""

    def __init__(self, value: Any, field: str, required: Iterable[str], optional: Iterable[str] = ()) -> None:
        self._field = field
        self._value: dict[str, Any] = typed(value, dict, field or "job")
        needed = list(required)
        known = {*needed, *optional}
        for key in self._value:
            if key not in known:
                raise JobError(self.at(key), f"unknown field; known are {', '.join(sorted(known))}")
        for key in needed:
            if key not in self._value:
                raise JobError(self.at(key), "is missing")

    def at(self, key: str) -> str:
        return f"{self._field}.{key}" if self._field else key

    def has(self, key: str) -> bool:
        return key in self._value

    def raw(self, key: str) -> Any:
        return self._value[key]

    def text(self, key: str, longest: int = 256) -> str:
        value: str = typed(self._value[key], str, self.at(key))
        if not 0 < len(value) <= longest or any(ord(c) < 32 or ord(c) == 127 for c in value):
            raise JobError(self.at(key), f"must have 1 to {longest} characters and no control character")
        return value

    def word(self, key: str, allowed: Iterable[str]) -> str:
        value = self.text(key)
        words = list(allowed)
        if value not in words:
            raise JobError(self.at(key), f'"{value}" is not one of {", ".join(words)}')
        return value

    def number(self, key: str, lowest: int, highest: int) -> int:
        value: int = typed(self._value[key], int, self.at(key))
        if not lowest <= value <= highest:
            raise JobError(self.at(key), f"must lie between {lowest} and {highest}")
        return value

    def flag(self, key: str) -> bool:
        value: bool = typed(self._value[key], bool, self.at(key))
        return value

    def items(self, key: str, fewest: int, most: int) -> list[tuple[str, Any]]:
        """The elements of a list, each with its own field name."""
        value: list[Any] = typed(self._value[key], list, self.at(key))
        if not fewest <= len(value) <= most:
            count = str(fewest) if fewest == most else f"{fewest} to {most}"
            raise JobError(self.at(key), f"must have {count} elements, not {len(value)}")
        return [(f"{self.at(key)}[{i}]", element) for i, element in enumerate(value)]

    def names(self, key: str, fewest: int, most: int, longest: int = 128) -> list[str]:
        """A list of distinct, non-empty strings."""
        found: list[str] = []
        for field, element in self.items(key, fewest, most):
            holder = Shape({"": element}, "", [""])
            try:
                name = holder.text("", longest)
            except JobError as error:
                raise JobError(field, error.message.partition(": ")[2]) from None
            if name in found:
                raise JobError(field, f'"{name}" is named twice')
            found.append(name)
        return found
