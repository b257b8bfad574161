"""Baseline for `make bench`: two engine processes on one machine over loopback, no courier and no tunnel.

    python3 bench_bare.py --rows 1000000 [--protocol RR22] [--through bare|runner]

Prints one JSON object. `bare` calls the psi library directly, `runner` goes through the engine protocol with confinement.
n rows per party, 19-digit keys, half of them common, receiver a. Seconds of the slower party; peak RSS of the larger one.
`connect` is apart: over its own link brpc waits 1 to 4 s after a first refused connection, which a tunnel that accepts at
once does not see, so compare `withoutConnect`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.job import PsiJob, read_job
from runner.library import load_library
from runner.prepare import Prepared
from runner.psi import connect, intersect
from runner.worker import LAST_ANSWERS_SECONDS
from tests.pods import Pod, free_ports, job_for
from tests.wheel import spu_folder


def write_rows(path: Path, first: int, rows: int) -> None:
    with path.open("w", encoding="ascii") as handle:
        handle.write("id,collabnet_row\n")
        # A multiplication modulo a prime scatters the keys, so that the file is not sorted already.
        handle.writelines(f"{1_000_000_000_000_000_000 + (first + i) * 7_919 % 2_147_483_647:019},{i}\n" for i in range(rows))


def loopback_bytes() -> int:
    """What both parties have sent over loopback so far, with the headers of the packets."""
    line = next(line for line in Path("/proc/net/dev").read_text().splitlines() if line.strip().startswith("lo:"))
    return int(line.split()[1])


def bare(rows: int, protocol: str, folder: Path) -> list[dict[str, float]]:
    ports = free_ports(2)
    children: list[tuple[int, int]] = []
    for rank, name in enumerate("ab"):
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            _bare_party(rank, name, rows, protocol, folder, ports, writer)
        os.close(writer)
        children.append((pid, reader))
    found: list[dict[str, float]] = []
    for pid, reader in children:
        with os.fdopen(reader) as pipe:
            said = pipe.read()
        (_, status, usage) = os.wait4(pid, 0)
        if status:
            raise SystemExit(f"a party ended with status {status}")
        found.append({**json.loads(said), "peakRssBytes": usage.ru_maxrss * 1024, "cpu": usage.ru_utime + usage.ru_stime})
    return found


@dataclass
class Here:
    work: Path


def _bare_party(rank: int, name: str, rows: int, protocol: str, folder: Path, ports: list[int], writer: int) -> None:
    status = 1
    try:
        own = folder / name
        (own / "in").mkdir(parents=True)
        write_rows(own / "in" / "left.csv", rank * rows // 2, rows)
        os.chdir(own)
        os.environ["TMPDIR"] = str(own)
        null = os.open("/dev/null", os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)

        (folder / f"{name}.written").touch()
        while not all((folder / f"{other}.written").exists() for other in "ab"):
            time.sleep(0.005)
        marks = [time.monotonic()]
        job = read_job(json.dumps(job_for(Here(own), name, ["id"], rows, ports, protocol=protocol, timeoutSeconds=3600)), own)
        assert isinstance(job, PsiJob)
        library = load_library(spu_folder() or Path("/nowhere"))
        marks.append(time.monotonic())
        link = connect(library, job)
        marks.append(time.monotonic())
        octets = loopback_bytes()
        prepared = Prepared(job.input.path, ("id",), rows, False)
        intersect(library, job, link, prepared, own / "out.csv", lambda _percent: None)
        link.stop_link()
        marks.append(time.monotonic())
        names = ("import", "connect", "compute")
        said = {key: after - before for key, before, after in zip(names, marks[:-1], marks[1:], strict=True)}
        said["total"] = marks[-1] - marks[0]
        said["exchangedBytes"] = loopback_bytes() - octets
        os.write(writer, json.dumps(said).encode())
        time.sleep(LAST_ANSWERS_SECONDS)
        status = 0
    finally:
        os._exit(status)


def through_runner(rows: int, protocol: str) -> list[dict[str, float]]:
    pods = [Pod(), Pod()]
    ports = free_ports(2)
    try:
        for rank, pod in enumerate(pods):
            write_rows(pod.work / "in" / "left.csv", rank * rows // 2, rows)
            pod.await_file("ready.json")
        for pod, name in zip(pods, "ab", strict=True):
            pod.give(job_for(pod, name, ["id"], rows, ports, protocol=protocol, timeoutSeconds=3600))
        found: list[dict[str, float]] = []
        for pod in pods:
            said: dict[str, Any] = pod.await_file("exit.json", 3600)
            if said["status"] != "Succeeded":
                raise SystemExit(json.dumps(said))
            found.append({**said["seconds"], "peakRssBytes": said["peakRssBytes"]})
            pod.touch("release")
            pod.process.wait(30)
        return found
    finally:
        for pod in pods:
            pod.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--protocol", default="RR22", choices=["RR22", "ECDH", "KKRT"])
    parser.add_argument("--through", default="bare", choices=["bare", "runner"])
    options = parser.parse_args()
    if spu_folder() is None:
        raise SystemExit("no spu wheel: run make setup or set COLLABNET_SPU")
    with tempfile.TemporaryDirectory(prefix="collabnet-bench-") as folder:
        if options.through == "bare":
            parties = bare(options.rows, options.protocol, Path(folder))
        else:
            parties = through_runner(options.rows, options.protocol)
    worst = {key: max(party.get(key, 0) for party in parties) for key in sorted({key for party in parties for key in party})}
    peak = int(worst.pop("peakRssBytes"))
    exchanged = int(worst.pop("exchangedBytes", 0))
    worst["withoutConnect"] = max(party["total"] - party["connect"] for party in parties)
    report = {
        "through": options.through,
        "rows": options.rows,
        "protocol": options.protocol,
        "seconds": {key: round(value, 4) for key, value in worst.items()},
        "peakRssBytes": peak,
        **({"exchangedBytes": exchanged} if exchanged else {}),
    }
    json.dump(report, sys.stdout)
    print()


if __name__ == "__main__":
    main()
