"""The job file (collabnet.dev/engine-job/v1): what one party has to compute, with whom, from which file."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from .errors import JobError
from .parameters import PsiParameters, read_parameters
from .shape import Shape

SCHEMA = "collabnet.dev/engine-job/v1"
ROW_COLUMN = "collabnet_row"
LONGEST_RUN_SECONDS = 7 * 86_400


@dataclass(frozen=True)
class Party:
    name: str
    host: str
    port: int

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class InputFile:
    """CSV with the key columns in the order of `keys`, then collabnet_row; `rows` counts every row below the header."""

    name: str
    path: Path
    keys: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class Job:
    task: str
    step: str
    attempt: int
    self_name: str
    parties: tuple[Party, ...]
    input: InputFile
    output_name: str
    output: Path
    parameters: PsiParameters
    timeout_seconds: int

    @property
    def rank(self) -> int:
        return [party.name for party in self.parties].index(self.self_name)

    @property
    def own(self) -> Party:
        return self.parties[self.rank]

    @property
    def peers(self) -> tuple[Party, ...]:
        return tuple(party for party in self.parties if party.name != self.self_name)

    @property
    def receives(self) -> bool:
        return self.self_name in self.parameters.receivers


def read_job(text: str, root: Path) -> Job:
    """Parses and checks a job. `root` is the shared folder: input and output must lie in its `in` and `out`.

    Raises JobError naming the first field that is unknown, missing or wrong.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        raise JobError("job.json", f"is not JSON ({error})") from None
    shape = Shape(
        value,
        "",
        ["schema", "task", "step", "attempt", "algorithm", "self", "parties", "inputs", "outputs", "parameters", "timeoutSeconds"],
    )
    shape.word("schema", [SCHEMA])
    algorithm = Shape(shape.raw("algorithm"), "algorithm", ["name", "version"])
    algorithm.word("name", ["psi"])
    algorithm.word("version", ["1.0.0"])
    parties = tuple(_party(element, field) for field, element in shape.items("parties", 2, 2))
    if parties[0].name == parties[1].name:
        raise JobError("parties[1].name", f'"{parties[1].name}" is named twice')
    if parties[0].port == parties[1].port:
        raise JobError("parties[1].address", "has the port of parties[0]; every party needs its own local port")
    names = [party.name for party in parties]
    (output_name, output) = _output(shape, root)
    return Job(
        task=shape.text("task"),
        step=shape.text("step"),
        attempt=shape.number("attempt", 1, 1_000_000),
        self_name=shape.word("self", names),
        parties=parties,
        input=_input(shape, root),
        output_name=output_name,
        output=output,
        parameters=read_parameters(shape.raw("parameters"), names),
        timeout_seconds=shape.number("timeoutSeconds", 1, LONGEST_RUN_SECONDS),
    )


def _party(value: Any, field: str) -> Party:
    shape = Shape(value, field, ["name", "address"])
    address = shape.text("address")
    match = re.fullmatch(r"(127(?:\.\d{1,3}){3}):(\d{1,5})", address)
    if match is None or not 1 <= int(match[2]) <= 65_535 or any(int(part) > 255 for part in match[1].split(".")):
        raise JobError(shape.at("address"), "must be a loopback address with port, such as 127.0.0.1:9101")
    return Party(shape.text("name", 63), match[1], int(match[2]))


def _input(job: Shape, root: Path) -> InputFile:
    ((field, value),) = job.items("inputs", 1, 1)
    shape = Shape(value, field, ["name", "path", "keys", "rows"])
    keys = tuple(shape.names("keys", 1, 16))
    if ROW_COLUMN in keys:
        raise JobError(shape.at("keys"), f"{ROW_COLUMN} is the row number and cannot be a key")
    return InputFile(shape.text("name"), _below(shape, root / "in"), keys, shape.number("rows", 1, 10**10))


def _output(job: Shape, root: Path) -> tuple[str, Path]:
    ((field, value),) = job.items("outputs", 1, 1)
    shape = Shape(value, field, ["name", "path"])
    return shape.text("name"), _below(shape, root / "out")


def _below(shape: Shape, folder: Path) -> Path:
    path = shape.text("path", 1024)
    pure = PurePosixPath(path)
    if ".." in pure.parts or not pure.is_relative_to(folder) or pure == PurePosixPath(folder):
        raise JobError(shape.at("path"), f"must be a file in {folder}")
    return Path(path)
