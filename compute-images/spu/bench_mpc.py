"""Baseline for `make bench`: the engines of one step on shares on one machine over loopback, no courier and no tunnel.

    python3 bench_mpc.py --operator Regression --rows 10000 --columns 5 --parameters '{"model": "Logistic", "label": "label"}'

Two parties with so many columns each and CHEETAH; b has the label too. Prints one JSON object: seconds of the slower party, peak
RSS of the larger one, octets of both over loopback. `connect` is apart, as in bench_bare.py.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
from pathlib import Path
from typing import Any

from tests.pods import Pod, free_ports

NAMES = "ab"
ALIGNMENT = "ab" * 32


def write_rows(path: Path, name: str, rows: int, count: int) -> list[str]:
    """Noise, but for the label, which is 1 where most columns of b are above 0; returns the header."""
    drawn = random.Random(name)
    columns = [f"{name}{number}" for number in range(count)] + (["label"] if name == "b" else [])
    with path.open("w", encoding="ascii", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(columns)
        for _ in range(rows):
            values = [round(drawn.gauss(0, 1), 6) for _ in range(count)]
            writer.writerow(values + ([int(sum(values) > 0)] if name == "b" else []))
    return columns


def run(operator: str, rows: int, count: int, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    # In a pod the engine and these scripts lie in different folders.
    paths = {"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {}
    pods = [Pod(**paths), Pod(**paths)]
    ports = free_ports(2)
    try:
        inputs: list[dict[str, Any]] = []
        for pod, name in zip(pods, NAMES, strict=True):
            path = pod.work / "in" / "rows"
            columns = write_rows(path, name, rows, count)
            inputs.append({"name": "rows", "kind": "Rows", "path": str(path), "rows": rows, "columns": columns, "alignment": ALIGNMENT})
            pod.await_file("ready.json")
        for index, pod in enumerate(pods):
            pod.give(job_of(index, pod.work, ports, inputs, {"operator": operator, "protocol": "CHEETAH", **parameters}))
        found = [pod.await_file("exit.json", 3600) for pod in pods]
        for pod in pods:
            pod.touch("release")
            pod.process.wait(30)
        return found
    finally:
        for pod in pods:
            pod.close()


def job_of(index: int, work: Path, ports: list[int], inputs: list[dict[str, Any]], parameters: dict[str, Any]) -> dict[str, Any]:
    kind = "Table" if parameters["operator"] == "Statistics" else "Model"
    layout = [{"party": name, "input": "rows", "kind": "Rows", "columns": one["columns"]} for name, one in zip(NAMES, inputs, strict=True)]
    return {
        "schema": "collabnet.dev/engine-job/v1",
        "task": "bench",
        "step": "bench",
        "attempt": 1,
        "algorithm": {"name": "mpc", "version": "1.0.0"},
        "self": NAMES[index],
        "parties": [{"name": name, "address": f"127.0.0.1:{port}"} for name, port in zip(NAMES, ports, strict=True)],
        "inputs": [inputs[index]],
        "layout": layout,
        "outputs": [{"name": "result", "kind": kind, "path": str(work / "out" / "result")}],
        "parameters": {"receivers": list(NAMES), **parameters},
        "timeoutSeconds": 3600,
    }


def loopback_bytes() -> int:
    """What both parties have sent over loopback so far, with the headers of the packets."""
    line = next(line for line in Path("/proc/net/dev").read_text().splitlines() if line.strip().startswith("lo:"))
    return int(line.split()[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operator", required=True)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--columns", type=int, default=5)
    parser.add_argument("--parameters", default="{}")
    options = parser.parse_args()
    before = loopback_bytes()
    parties = run(options.operator, options.rows, options.columns, json.loads(options.parameters))
    for one in parties:
        if one["status"] != "Succeeded":
            raise SystemExit(json.dumps(one))
    computing = [one["seconds"]["share"] + one["seconds"]["compute"] + one["seconds"]["write"] for one in parties]
    report = {
        "seconds": {"connect": max(one["seconds"]["connect"] for one in parties), "compute": round(max(computing), 4)},
        "peakRssBytes": max(one["peakRssBytes"] for one in parties),
        "exchangedBytes": loopback_bytes() - before,
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
