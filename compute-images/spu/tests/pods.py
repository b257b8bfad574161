"""Engine processes as a courier runs them: a shared folder, a job file, the files that come back."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from .wheel import MISSING, spu_folder

ROOT = Path(__file__).resolve().parent.parent
Row = Sequence[str]


class HasWork(Protocol):
    work: Path


class Pod:
    """One engine with a /work of its own, started by Python with the arguments `command`."""

    def __init__(self, command: Sequence[str] = ("-m", "runner"), **variables: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="collabnet-spu-")
        self.work = Path(self._folder.name)
        for name in ("in", "out", "engine", "courier"):
            (self.work / name).mkdir()
        folder = spu_folder()
        if folder is None:
            raise RuntimeError(MISSING)
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "COLLABNET_WORK": str(self.work)}
        environment |= {"COLLABNET_SPU": str(folder), **variables}
        self.log = self.work / "courier" / "engine.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, *command], env=environment, cwd=self.work / "courier", stdout=log, stderr=log
            )

    def read(self, name: str) -> dict[str, Any]:
        value: dict[str, Any] = json.loads((self.work / "engine" / name).read_text())
        return value

    def await_file(self, name: str, seconds: float = 30) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while not (self.work / "engine" / name).exists():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise AssertionError(f"no {name}; exit {self.process.poll()}; {self.log.read_text()[-2000:]}")
            time.sleep(0.01)
        return self.read(name)

    def give(self, job: dict[str, Any] | str) -> None:
        text = job if isinstance(job, str) else json.dumps(job)
        temporary = self.work / "engine" / "job.json.new"
        temporary.write_text(text)
        temporary.rename(self.work / "engine" / "job.json")

    def touch(self, name: str) -> None:
        (self.work / "engine" / name).touch()

    def write_input(self, keys: Sequence[str], rows: Sequence[Row]) -> None:
        """Rows of key values; the row number is added, and the dummy row as the courier would."""
        with (self.work / "in" / "left.csv").open("w", newline="", encoding="utf-8") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow([*keys, "collabnet_row"])
            writer.writerows([*row, number] for number, row in enumerate(rows))
            writer.writerow([*(os.urandom(16).hex() for _ in keys), -1])

    def result(self) -> list[list[str]] | None:
        """Records of the result file, header first; None if there is no file."""
        path = self.work / "out" / "result.csv"
        if not path.exists():
            return None
        return list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))

    def row_numbers(self) -> list[int]:
        """Row numbers of the result without the dummy row."""
        records = self.result()
        assert records is not None
        return [number for number in (int(record[-1]) for record in records[1:]) if number >= 0]

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._folder.cleanup()


def free_ports(count: int) -> list[int]:
    """Below the range from which the kernel gives ports to connections, so that none is taken meanwhile."""
    ports: list[int] = []
    while len(ports) < count:
        port = random.randrange(10240, 32768)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            if port not in ports:
                ports.append(port)
    return ports


def job_for(pod: HasWork, name: str, keys: Sequence[str], rows: int, ports: Sequence[int], **changes: Any) -> dict[str, Any]:
    """A job of two parties a and b. `changes` overwrite parameters, or timeoutSeconds."""
    timeout = changes.pop("timeoutSeconds", 60)
    parameters = {"protocol": "RR22", "join": "Inner", "receivers": ["a"], **changes}
    parameters.setdefault("broadcast", len(parameters["receivers"]) > 1)
    return {
        "schema": "collabnet.dev/engine-job/v1",
        "task": "t1",
        "step": "align",
        "attempt": 1,
        "algorithm": {"name": "psi", "version": "1.0.0"},
        "self": name,
        "parties": [
            {"name": "a", "address": f"127.0.0.1:{ports[0]}"},
            {"name": "b", "address": f"127.0.0.1:{ports[1]}"},
        ],
        "inputs": [{"name": "left", "path": str(pod.work / "in" / "left.csv"), "keys": list(keys), "rows": rows}],
        "outputs": [{"name": "result", "path": str(pod.work / "out" / "result.csv")}],
        "parameters": parameters,
        "timeoutSeconds": timeout,
    }


class Pair:
    """Parties a and b, run to the end of one job."""

    def __init__(self, a: Sequence[Row], b: Sequence[Row], keys_a: Sequence[str], keys_b: Sequence[str], **changes: Any) -> None:
        self.a, self.b = Pod(), Pod()
        ports = free_ports(2)
        for pod, _, keys, rows in ((self.a, "a", keys_a, a), (self.b, "b", keys_b, b)):
            pod.write_input(keys, rows)
            pod.await_file("ready.json")
        for pod, name, keys, rows in ((self.a, "a", keys_a, a), (self.b, "b", keys_b, b)):
            pod.give(job_for(pod, name, keys, len(rows) + 1, ports, **changes))
        self.exits = [pod.await_file("exit.json", 70) for pod in (self.a, self.b)]
        for pod in (self.a, self.b):
            pod.touch("release")
        self.codes = [pod.process.wait(10) for pod in (self.a, self.b)]

    def close(self) -> None:
        self.a.close()
        self.b.close()
