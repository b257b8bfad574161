"""Bad jobs: each wrong field is named."""

from __future__ import annotations

import copy
import json
import unittest
from pathlib import Path
from typing import Any

from runner.errors import JobError
from runner.job import PsiJob, read_job

ROOT = Path("/work")
GOOD: dict[str, Any] = {
    "schema": "collabnet.dev/engine-job/v1",
    "task": "t",
    "step": "s",
    "attempt": 1,
    "algorithm": {"name": "psi", "version": "1.0.0"},
    "self": "b",
    "parties": [{"name": "a", "address": "127.0.0.1:9102"}, {"name": "b", "address": "127.0.0.1:9101"}],
    "inputs": [{"name": "left", "path": "/work/in/left.csv", "keys": ["id"], "rows": 2}],
    "outputs": [{"name": "result", "path": "/work/out/result.csv"}],
    "parameters": {"protocol": "ECDH", "curve": "SM2", "join": "Intersection", "receivers": ["b", "a"], "broadcast": True},
    "timeoutSeconds": 600,
}


def set_at(job: dict[str, Any], path: list[str | int], value: Any) -> None:
    target: Any = job
    for part in path[:-1]:
        target = target[part]
    if value is KeyError:
        del target[path[-1]]
    else:
        target[path[-1]] = value


WRONG: list[tuple[list[str | int], Any, str]] = [
    (["extra"], 1, "extra: unknown field"),
    (["task"], KeyError, "task: is missing"),
    (["schema"], "collabnet.dev/engine-job/v2", "schema: "),
    (["attempt"], "1", "attempt: must be an integer, not a string"),
    (["attempt"], True, "attempt: must be an integer, not true or false"),
    (["attempt"], 0, "attempt: must lie between"),
    (["algorithm", "name"], "pir", "algorithm.name: "),
    (["algorithm", "version"], "1.0.1", "algorithm.version: "),
    (["self"], "c", 'self: "c" is not one of a, b'),
    (["parties"], GOOD["parties"] * 2, "parties: must have 2 elements, not 4"),
    (["parties", 1, "name"], "a", 'parties[1].name: "a" is named twice'),
    (["parties", 0, "address"], "10.0.0.1:9102", "parties[0].address: must be a loopback address"),
    (["parties", 0, "address"], "127.0.0.1:99999", "parties[0].address: must be a loopback address"),
    (["parties", 0, "address"], "127.0.0.1:9101", "parties[1].address: has the port of parties[0]"),
    (["parties", 0, "token"], "x", "parties[0].token: unknown field"),
    (["inputs"], {}, "inputs: must be a list, not an object"),
    (["inputs", 0, "path"], "/etc/passwd", "inputs[0].path: must be a file in /work/in"),
    (["inputs", 0, "path"], "/work/in/../courier/payload", "inputs[0].path: must be a file in /work/in"),
    (["inputs", 0, "keys"], [], "inputs[0].keys: must have 1 to 16 elements, not 0"),
    (["inputs", 0, "keys"], ["id", "id"], 'inputs[0].keys[1]: "id" is named twice'),
    (["inputs", 0, "keys"], [7], "inputs[0].keys[0]: must be a string, not an integer"),
    (["inputs", 0, "keys"], ["collabnet_row"], "inputs[0].keys: collabnet_row is the row number"),
    (["inputs", 0, "rows"], None, "inputs[0].rows: must be an integer, not null"),
    (["outputs", 0, "path"], "/work/engine/exit.json", "outputs[0].path: must be a file in /work/out"),
    (["parameters", "protocol"], "SEMI2K", 'parameters.protocol: "SEMI2K" is not one of RR22, ECDH, KKRT'),
    (["parameters", "join"], "Outer", "parameters.join: "),
    (["parameters", "receivers"], [], "parameters.receivers: must have 1 to 2 elements"),
    (["parameters", "receivers"], ["c"], 'parameters.receivers[0]: "c" is not a party'),
    (["parameters", "broadcast"], False, "parameters.broadcast: must be true for two receivers"),
    (["parameters", "protocol"], "RR22", "parameters.curve: belongs to ECDH"),
    (["parameters", "threads"], 4, "parameters.threads: unknown field"),
    (["timeoutSeconds"], 1.5, "timeoutSeconds: must be an integer, not float"),
]


class JobTest(unittest.TestCase):
    def test_a_good_job(self) -> None:
        job = read_job(json.dumps(GOOD), ROOT)
        assert isinstance(job, PsiJob)
        self.assertEqual((job.rank, job.own.port, [p.name for p in job.peers]), (1, 9101, ["a"]))
        self.assertEqual(job.parameters.receivers, ("a", "b"))
        self.assertTrue(job.receives and job.parameters.broadcast)

    def test_every_wrong_field_is_named(self) -> None:
        for path, value, message in WRONG:
            with self.subTest(message):
                job = copy.deepcopy(GOOD)
                set_at(job, path, value)
                with self.assertRaises(JobError) as caught:
                    read_job(json.dumps(job), ROOT)
                self.assertTrue(caught.exception.message.startswith(message), caught.exception.message)
                self.assertEqual(caught.exception.exit_code, 2)

    def test_not_json_and_not_an_object(self) -> None:
        for text in ("{", "[]", '"x"'):
            with self.subTest(text), self.assertRaises(JobError):
                read_job(text, ROOT)


if __name__ == "__main__":
    unittest.main()
