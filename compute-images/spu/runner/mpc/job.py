"""The job of the algorithm mpc: own files, what the others bring, the operator and its settings."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..envelope import Envelope, file_below, read_envelope
from ..errors import JobError
from ..shape import Shape
from .layout import KINDS, MOST_INPUTS, Brought, Kind, Layout, read_columns, read_layout
from .parameters import COMPUTING, OUTPUT_KINDS, Parameters, check_inputs, read_parameters

MOST_ROWS = 100_000_000
MOST_PARTIES = 8


@dataclass(frozen=True)
class Input:
    """`rows`, `columns` and `alignment` are set for Rows only."""

    name: str
    kind: Kind
    path: Path
    rows: int = 0
    columns: tuple[str, ...] = ()
    alignment: bytes = b""


@dataclass(frozen=True)
class Output:
    name: str
    path: Path


@dataclass(frozen=True)
class MpcJob(Envelope):
    inputs: tuple[Input, ...]
    layout: Layout
    output: Output | None
    parameters: Parameters
    digest: bytes
    """SHA-256 of what must be the same at all parties: layout, parameters, names and order of the parties."""

    @property
    def read_folders(self) -> tuple[Path, ...]:
        return tuple(dict.fromkeys(one.path.parent for one in self.inputs))

    @property
    def write_folders(self) -> tuple[Path, ...]:
        return (self.output.path.parent,) if self.output else ()

    @property
    def computing(self) -> tuple[int, ...]:
        """Ranks of the parties that hold shares and compute on them, in ascending order; the others give columns, or receive."""
        return tuple(self.names.index(name) for name in self.parameters.computing)

    @property
    def may_idle(self) -> bool:
        return self.rank not in self.computing

    @property
    def receives(self) -> bool:
        return self.self_name in self.parameters.receivers

    def of_kind(self, kind: Kind) -> list[Input]:
        return [one for one in self.inputs if one.kind == kind]

    @property
    def rows(self) -> Input | None:
        return next(iter(self.of_kind("Rows")), None)


def read_mpc_job(shape: Shape, root: Path) -> MpcJob:
    """Reads the fields of the job below schema and algorithm. Raises JobError naming the first wrong field."""
    envelope = read_envelope(shape, MOST_PARTIES)
    names = [party.name for party in envelope["parties"]]
    layout = read_layout(shape, names)
    inputs = tuple(_input(value, field, root) for field, value in shape.items("inputs", 0, MOST_INPUTS))
    _check_agreement(inputs, layout, envelope["self_name"])
    parameters = read_parameters(shape.raw("parameters"), layout)
    check_inputs(parameters, layout)
    output = _output(shape, root, OUTPUT_KINDS[parameters.operator])
    entitled = envelope["self_name"] in names if parameters.operator in KEEPS_SHARES else envelope["self_name"] in parameters.receivers
    if (output is not None) != entitled:
        raise JobError("outputs", "must have one element at this party" if entitled else "must be empty: this party receives nothing")
    return MpcJob(**envelope, inputs=inputs, layout=layout, output=output, parameters=parameters, digest=_digest(shape, names))


# Every party of such an operator keeps its part of the result, who computes with a share in it; there is nobody who receives it.
KEEPS_SHARES = tuple(operator for operator, kind in OUTPUT_KINDS.items() if kind == "Model")


def _input(value: Any, field: str, root: Path) -> Input:
    shape = Shape(value, field, ["name", "kind", "path"], ["rows", "columns", "alignment"])
    kind: Kind = shape.word("kind", KINDS)  # type: ignore[assignment]
    path = file_below(shape, root / "in")
    for name in ("rows", "columns", "alignment"):
        if shape.has(name) != (kind == "Rows"):
            raise JobError(shape.at(name), "is missing" if kind == "Rows" else f"belongs to Rows; remove it for {kind}")
    if kind != "Rows":
        return Input(shape.text("name"), kind, path)
    alignment = shape.text("alignment")
    if not re.fullmatch("[0-9a-f]{64}", alignment):
        raise JobError(shape.at("alignment"), "must have 64 hexadecimal digits in lower case")
    return Input(shape.text("name"), kind, path, shape.number("rows", 0, MOST_ROWS), read_columns(shape), bytes.fromhex(alignment))


def _check_agreement(inputs: tuple[Input, ...], layout: Layout, own: str) -> None:
    listed = [one for one in layout.brought if one.party == own]
    for index, one in enumerate(inputs):
        if any(other.name == one.name for other in inputs[:index]):
            raise JobError(f"inputs[{index}].name", f'"{one.name}" is named twice')
        if Brought(own, one.name, one.kind, one.columns) not in listed:
            raise JobError(f"inputs[{index}]", "is not in the layout as it stands here (name, kind, columns)")
    if len(listed) != len(inputs):
        raise JobError("layout", f"lists {len(listed)} inputs of {own}, the job has {len(inputs)}")


def _output(job: Shape, root: Path, kind: Kind) -> Output | None:
    found = job.items("outputs", 0, 1)
    if not found:
        return None
    ((field, value),) = found
    shape = Shape(value, field, ["name", "kind", "path"])
    shape.word("kind", [kind])
    return Output(shape.text("name"), file_below(shape, root / "out"))


def _digest(shape: Shape, names: list[str]) -> bytes:
    parameters = dict(shape.raw("parameters"))
    for named in ("receivers", COMPUTING):
        if named in parameters:
            parameters[named] = sorted(parameters[named])
    layout = sorted(shape.raw("layout"), key=lambda one: (names.index(one["party"]), one["input"]))
    value = {"algorithm": shape.raw("algorithm"), "parties": names, "layout": layout, "parameters": parameters}
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).digest()
