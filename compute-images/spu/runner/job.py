"""The job file (collabnet.dev/engine-job/v1): what one party has to compute, with whom, from which files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .envelope import FIELDS, Envelope, file_below, read_envelope
from .errors import JobError
from .mpc.job import MpcJob, read_mpc_job
from .parameters import PsiParameters, read_parameters
from .shape import Shape, typed

SCHEMA = "collabnet.dev/engine-job/v1"
ROW_COLUMN = "collabnet_row"


@dataclass(frozen=True)
class InputFile:
    """CSV with the key columns in the order of `keys`, then collabnet_row; `rows` counts every row below the header."""

    name: str
    path: Path
    keys: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class PsiJob(Envelope):
    input: InputFile
    output_name: str
    output: Path
    parameters: PsiParameters

    @property
    def read_folders(self) -> tuple[Path, ...]:
        return (self.input.path.parent,)

    @property
    def write_folders(self) -> tuple[Path, ...]:
        return (self.output.parent,)

    @property
    def receives(self) -> bool:
        return self.self_name in self.parameters.receivers


Job = PsiJob | MpcJob


def read_job(text: str, root: Path) -> Job:
    """Parses and checks a job. `root` is the shared folder: inputs and outputs must lie in its `in` and `out`.

    Raises JobError naming the first field that is unknown, missing or wrong.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        raise JobError("job.json", f"is not JSON ({error})") from None
    if _algorithm(value) == "mpc":
        shape = Shape(value, "", [*FIELDS, "layout"])
        _check_head(shape, "mpc")
        return read_mpc_job(shape, root)
    shape = Shape(value, "", FIELDS)
    _check_head(shape, "psi")
    envelope = read_envelope(shape, 2)
    (output_name, output) = _output(shape, root)
    return PsiJob(
        **envelope,
        input=_input(shape, root),
        output_name=output_name,
        output=output,
        parameters=read_parameters(shape.raw("parameters"), [party.name for party in envelope["parties"]]),
    )


def _algorithm(value: Any) -> object:
    """The name of the algorithm, if there is one to be found; everything that is wrong comes out later."""
    named = typed(value, dict, "job").get("algorithm")
    return named.get("name") if isinstance(named, dict) else None


def _check_head(shape: Shape, name: str) -> None:
    shape.word("schema", [SCHEMA])
    algorithm = Shape(shape.raw("algorithm"), "algorithm", ["name", "version"])
    if algorithm.text("name") != name:
        algorithm.word("name", ["psi", "mpc"])
    algorithm.word("version", ["1.0.0"])


def _input(job: Shape, root: Path) -> InputFile:
    ((field, value),) = job.items("inputs", 1, 1)
    shape = Shape(value, field, ["name", "path", "keys", "rows"])
    keys = tuple(shape.names("keys", 1, 16))
    if ROW_COLUMN in keys:
        raise JobError(shape.at("keys"), f"{ROW_COLUMN} is the row number and cannot be a key")
    return InputFile(shape.text("name"), file_below(shape, root / "in"), keys, shape.number("rows", 1, 10**10))


def _output(job: Shape, root: Path) -> tuple[str, Path]:
    ((field, value),) = job.items("outputs", 1, 1)
    shape = Shape(value, field, ["name", "path"])
    return shape.text("name"), file_below(shape, root / "out")
