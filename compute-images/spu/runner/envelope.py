"""The part of a job file that is the same for every algorithm: which run this is, who takes part, how long it may take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from .errors import JobError
from .shape import Shape

LONGEST_RUN_SECONDS = 7 * 86_400
FIELDS = ("schema", "task", "step", "attempt", "algorithm", "self", "parties", "inputs", "outputs", "parameters", "timeoutSeconds")


@dataclass(frozen=True)
class Party:
    name: str
    host: str
    port: int

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Envelope:
    task: str
    step: str
    attempt: int
    self_name: str
    parties: tuple[Party, ...]
    timeout_seconds: int

    @property
    def names(self) -> list[str]:
        """Party names in the order of their ranks."""
        return [party.name for party in self.parties]

    @property
    def rank(self) -> int:
        return self.names.index(self.self_name)

    @property
    def own(self) -> Party:
        return self.parties[self.rank]

    @property
    def peers(self) -> tuple[Party, ...]:
        return tuple(party for party in self.parties if party.name != self.self_name)

    @property
    def may_idle(self) -> bool:
        """Whether this party can have nothing to do for long while others work, and finds out by itself that they have stopped."""
        return False

    @property
    def read_folders(self) -> tuple[Path, ...]:
        """Folders of the input files."""
        raise NotImplementedError

    @property
    def write_folders(self) -> tuple[Path, ...]:
        """Folders of the output files."""
        raise NotImplementedError


def read_envelope(shape: Shape, most_parties: int) -> dict[str, Any]:
    """The fields of an Envelope. Raises JobError naming the first wrong field."""
    parties = read_parties(shape, most_parties)
    return {
        "task": shape.text("task"),
        "step": shape.text("step"),
        "attempt": shape.number("attempt", 1, 1_000_000),
        "self_name": shape.word("self", [party.name for party in parties]),
        "parties": parties,
        "timeout_seconds": shape.number("timeoutSeconds", 1, LONGEST_RUN_SECONDS),
    }


def read_parties(shape: Shape, most: int) -> tuple[Party, ...]:
    parties = tuple(_party(element, field) for field, element in shape.items("parties", 2, most))
    for index, party in enumerate(parties):
        for earlier in range(index):
            if parties[earlier].name == party.name:
                raise JobError(f"parties[{index}].name", f'"{party.name}" is named twice')
            if parties[earlier].port == party.port:
                raise JobError(f"parties[{index}].address", f"has the port of parties[{earlier}]; every party needs its own local port")
    return parties


def file_below(shape: Shape, folder: Path) -> Path:
    """The field `path`, which must name a file in `folder`."""
    path = shape.text("path", 1024)
    pure = PurePosixPath(path)
    if ".." in pure.parts or not pure.is_relative_to(folder) or pure == PurePosixPath(folder):
        raise JobError(shape.at("path"), f"must be a file in {folder}")
    return Path(path)


def _party(value: Any, field: str) -> Party:
    shape = Shape(value, field, ["name", "address"])
    address = shape.text("address")
    match = re.fullmatch(r"(127(?:\.\d{1,3}){3}):(\d{1,5})", address)
    if match is None or not 1 <= int(match[2]) <= 65_535 or any(int(part) > 255 for part in match[1].split(".")):
        raise JobError(shape.at("address"), "must be a loopback address with port, such as 127.0.0.1:9101")
    return Party(shape.text("name", 63), match[1], int(match[2]))
