"""Engine processes that run one mpc job together, as couriers would have it."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .pods import Pod, free_ports
from .tunnel import Tunnel

ALIGNMENT = "ab" * 32
# Columns by name: lists or arrays of values.
Table = Mapping[str, Any]


@dataclass
class Side:
    """What one party brings. `tables` and `models` are contents of files by input name."""

    rows: Table | None = None
    alignment: str = ALIGNMENT
    tables: dict[str, bytes] = field(default_factory=dict)
    models: dict[str, bytes] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    """Parameters that only this party has, to let parties disagree."""
    changes: dict[str, Any] = field(default_factory=dict)
    """Fields of the job that replace others."""


def csv_bytes(table: Table) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    return text.getvalue().encode()


class Meeting:
    """Parties a, b (and c, …) with an engine process each, run to the end of one job. Of more than three a, b and c compute."""

    def __init__(
        self, sides: Sequence[Side], command: Sequence[str] = ("-m", "runner"), wait: Sequence[str] | None = None, variables: Mapping[str, str] | None = None, **parameters: Any
    ) -> None:
        """`wait`: the parties whose end is waited for, if not all; the others are ended. `variables`: of the engines' environment."""
        self.wait = wait
        self.names = "abcdefgh"[: len(sides)]
        computing = {"computing": ["a", "b", "c"]} if len(sides) > 3 else {}
        parameters = {"protocol": "CHEETAH" if len(sides) == 2 else "ABY3", "receivers": ["a"], **computing, **parameters}
        self.pods = [Pod(command, **(variables or {})) for _ in sides]
        self.tunnels: list[Tunnel] = []
        try:
            self._run(sides, parameters)
        except BaseException:
            self.close()
            raise

    def _run(self, sides: Sequence[Side], parameters: dict[str, Any]) -> None:
        ports = self._open_tunnels(len(sides))
        layout: list[dict[str, Any]] = []
        inputs: list[list[dict[str, Any]]] = []
        for name, side, pod in zip(self.names, sides, self.pods, strict=True):
            own = write_inputs(pod.work / "in", side)
            inputs.append(own)
            listed = [{"party": name, "input": one["name"], "kind": one["kind"]} | ({"columns": one["columns"]} if "columns" in one else {}) for one in own]
            layout += listed
        for rank, (name, side, pod, own) in enumerate(zip(self.names, sides, self.pods, inputs, strict=True)):
            pod.await_file("ready.json")
            pod.give(job_for(pod.work, name, self.names, ports[rank], own, layout, parameters | side.parameters) | side.changes)
        if self.wait:
            for name in self.wait:
                self.pods[self.names.index(name)].await_file("exit.json", 60)
            for pod in self.pods:
                pod.touch("abort")
        self._abort_after_a_failure()
        self.exits = [pod.await_file("exit.json", 30) for pod in self.pods]
        self.codes = [one["code"] for one in self.exits]
        for pod in self.pods:
            pod.touch("release")
            pod.process.wait(20)

    def table(self, name: str) -> list[dict[str, str]] | None:
        """The records of a party's result; None if there is no file."""
        path = self.pods[self.names.index(name)].work / "out" / "result"
        return list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline=""))) if path.exists() else None

    def file(self, name: str) -> bytes:
        return (self.pods[self.names.index(name)].work / "out" / "result").read_bytes()

    def _abort_after_a_failure(self) -> None:
        """Waits for all; once one has failed, the others get a little time to fail by themselves."""
        deadline = time.monotonic() + 300
        failed = False
        while time.monotonic() < deadline:
            ended = [pod for pod in self.pods if (pod.work / "engine" / "exit.json").exists()]
            if len(ended) == len(self.pods):
                return
            if not failed and any(pod.read("exit.json")["code"] != "OK" for pod in ended):
                failed, deadline = True, time.monotonic() + 30
            time.sleep(0.02)
        for pod in self.pods:
            pod.touch("abort")

    def _open_tunnels(self, count: int) -> list[list[int]]:
        """For each party the ports of all parties as it sees them: its own, and those of its tunnels."""
        drawn = free_ports(count * count)
        ports = [drawn[here * count : (here + 1) * count] for here in range(count)]
        for here in range(count):
            self.tunnels += [Tunnel(ports[here][there], ports[there][there]) for there in range(count) if there != here]
        return ports

    def close(self) -> None:
        for tunnel in self.tunnels:
            tunnel.close()
        for pod in self.pods:
            pod.close()


def job_for(
    work: Path, name: str, names: str, ports: Sequence[int], inputs: list[dict[str, Any]], layout: list[dict[str, Any]], parameters: dict[str, Any]
) -> dict[str, Any]:
    kind = {"Regression": "Model", "GradientBoosting": "Model", "KMeans": "Model", "Predict": "Rows", "Expression": "Rows"}.get(parameters["operator"], "Table")
    receives = kind == "Model" or name in parameters["receivers"]
    return {
        "schema": "collabnet.dev/engine-job/v1",
        "task": "t1",
        "step": "compute",
        "attempt": 1,
        "algorithm": {"name": "mpc", "version": "1.0.0"},
        "self": name,
        "parties": [{"name": one, "address": f"127.0.0.1:{port}"} for one, port in zip(names, ports, strict=True)],
        "inputs": inputs,
        "layout": layout,
        "outputs": [{"name": "result", "kind": kind, "path": str(work / "out" / "result")}] if receives else [],
        "parameters": parameters,
        "timeoutSeconds": 300,
    }


def write_inputs(folder: Path, side: Side) -> list[dict[str, Any]]:
    inputs: list[dict[str, Any]] = []
    if side.rows is not None:
        (folder / "rows").write_bytes(csv_bytes(side.rows))
        count = len(next(iter(side.rows.values())))
        own = {"name": "rows", "kind": "Rows", "path": str(folder / "rows"), "rows": count, "columns": list(side.rows), "alignment": side.alignment}
        inputs.append(own)
    for kind, files in (("Table", side.tables), ("Model", side.models)):
        for name, content in files.items():
            (folder / name).write_bytes(content)
            inputs.append({"name": name, "kind": kind, "path": str(folder / name)})
    return inputs
