"""Bad mpc jobs: each wrong field is named, and protocols that protect nobody are refused."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any

from runner.errors import JobError
from runner.job import read_job
from runner.mpc.job import MpcJob

from .pods import ROOT as CODE
from .test_job import set_at

ROOT = Path("/work")
ROWS: dict[str, Any] = {"name": "rows", "kind": "Rows", "path": "/work/in/rows.csv", "rows": 20, "columns": ["x", "年龄"], "alignment": "0a" * 32}
GOOD: dict[str, Any] = {
    "schema": "collabnet.dev/engine-job/v1",
    "task": "t",
    "step": "s",
    "attempt": 1,
    "algorithm": {"name": "mpc", "version": "1.0.0"},
    "self": "a",
    "parties": [{"name": "a", "address": "127.0.0.1:9102"}, {"name": "b", "address": "127.0.0.1:9101"}],
    "inputs": [ROWS],
    "layout": [
        {"party": "a", "input": "rows", "kind": "Rows", "columns": ["x", "年龄"]},
        {"party": "b", "input": "rows", "kind": "Rows", "columns": ["x", "y"]},
    ],
    "outputs": [{"name": "result", "kind": "Table", "path": "/work/out/result.csv"}],
    "parameters": {"operator": "Statistics", "protocol": "CHEETAH", "receivers": ["a"]},
    "timeoutSeconds": 600,
}
THIRD = {"name": "c", "address": "127.0.0.1:9103"}
Wrong = tuple[dict[str, Any], list[str | int], Any, str]


def with_parameters(**parameters: Any) -> dict[str, Any]:
    job = copy.deepcopy(GOOD)
    job["parameters"] |= parameters
    kind = "Model" if parameters.get("operator") == "Regression" else "Table"
    job["outputs"][0]["kind"] = kind
    return job


REGRESSION = with_parameters(operator="Regression", model="Logistic", label="y", receivers=[])
BINNING = with_parameters(operator="Binning", label="y")
FOUR = with_parameters(protocol="ABY3", computing=["d", "a", "c"]) | {"parties": [*GOOD["parties"], THIRD, {"name": "d", "address": "127.0.0.1:9104"}]}
WRONG: list[Wrong] = [
    (GOOD, ["parameters", "protocol"], "SEMI2K", 'parameters.protocol: "SEMI2K" is not one of CHEETAH, ABY3'),
    (GOOD, ["parameters", "protocol"], "REF2K", 'parameters.protocol: "REF2K" is not one of'),
    (GOOD, ["parameters", "protocol"], "SECURENN", 'parameters.protocol: "SECURENN" is not one of'),
    (GOOD, ["parameters", "protocol"], "cheetah", 'parameters.protocol: "cheetah" is not one of'),
    (GOOD, ["parameters", "protocol"], KeyError, "parameters.protocol: is missing"),
    (GOOD, ["parameters", "protocol"], "ABY3", "parameters.protocol: ABY3 is for 3 parties, the job has 2"),
    (GOOD, ["parties"], [*GOOD["parties"], THIRD], "parameters.protocol: CHEETAH is for 2 parties, the job has 3"),
    (GOOD, ["parties"], GOOD["parties"][:1], "parties: must have 2 to 8 elements, not 1"),
    (GOOD, ["parameters", "computing"], ["a", "b"], "parameters.computing: is for ABY3; with CHEETAH every party computes"),
    (FOUR, ["parameters", "computing"], KeyError, "parameters.protocol: ABY3 is for 3 parties, the job has 4"),
    (FOUR, ["parameters", "computing"], ["a", "b"], "parameters.computing: must have 3 elements, not 2"),
    (FOUR, ["parameters", "computing"], ["a", "b", "z"], 'parameters.computing[2]: "z" is not a party of the job'),
    (FOUR, ["parameters", "computing"], ["a", "b", "b"], 'parameters.computing[2]: "b" is named twice'),
    (GOOD, ["extra"], 1, "extra: unknown field"),
    (GOOD, ["layout"], KeyError, "layout: is missing"),
    (GOOD, ["layout", 0, "party"], "z", 'layout[0].party: "z" is not one of a, b'),
    (GOOD, ["layout", 0, "kind"], "Secret", "layout[0].kind: "),
    (GOOD, ["layout", 0, "columns"], KeyError, "layout[0].columns: is missing"),
    (GOOD, ["layout", 0, "columns"], ["x"], "inputs[0]: is not in the layout as it stands here"),
    (GOOD, ["layout", 1, "input"], 5, "layout[1].input: must be a string"),
    (GOOD, ["layout"], [*GOOD["layout"], {"party": "b", "input": "more", "kind": "Rows", "columns": ["z"]}], "layout[2].kind: b has two inputs of kind Rows"),
    (GOOD, ["layout"], [*GOOD["layout"], {"party": "a", "input": "more", "kind": "Table"}], "layout: lists 2 inputs of a, the job has 1"),
    (GOOD, ["layout"], [*GOOD["layout"], {"party": "b", "input": "m", "kind": "Model"}], "layout: Statistics takes no input of kind Model"),
    (GOOD, ["inputs", 0, "alignment"], "AB" * 32, "inputs[0].alignment: must have 64 hexadecimal digits"),
    (GOOD, ["inputs", 0, "alignment"], KeyError, "inputs[0].alignment: is missing"),
    (GOOD, ["inputs", 0, "rows"], -1, "inputs[0].rows: must lie between"),
    (GOOD, ["inputs", 0, "columns"], ["x", "x"], 'inputs[0].columns[1]: "x" is named twice'),
    (GOOD, ["inputs", 0, "path"], "/work/in/../engine/job.json", "inputs[0].path: must be a file in /work/in"),
    (GOOD, ["inputs", 0, "kind"], "Table", "inputs[0].rows: belongs to Rows"),
    (GOOD, ["outputs"], [], "outputs: must have one element at this party"),
    (GOOD, ["outputs", 0, "kind"], "Rows", 'outputs[0].kind: "Rows" is not one of Table'),
    (GOOD, ["parameters", "receivers"], ["b"], "outputs: must be empty: this party receives nothing"),
    (GOOD, ["parameters", "receivers"], [], "parameters.receivers: must have 1 to 2 elements"),
    (GOOD, ["parameters", "receivers"], ["z"], 'parameters.receivers[0]: "z" is not a party'),
    (GOOD, ["parameters", "operator"], "Reveal", 'parameters.operator: "Reveal" is not one of Expression'),
    (GOOD, ["parameters", "operator"], KeyError, "parameters.operator: is missing"),
    (GOOD, ["parameters", "operator"], 3, "parameters.operator: must be a string, not an integer"),
    (GOOD, ["parameters", "bins"], 5, "parameters.bins: unknown field"),
    (GOOD, ["parameters", "statistics"], "Count,Mode", 'parameters.statistics: "Mode" is not one of'),
    (GOOD, ["parameters", "statistics"], "Count,,Mean", "parameters.statistics: has an empty part"),
    (GOOD, ["parameters", "statistics"], ["Count"], "parameters.statistics: must be a string, not a list"),
    (GOOD, ["parameters", "quantiles"], "0.5,1.5", "parameters.quantiles: must lie between 0 and 1"),
    (GOOD, ["parameters", "quantiles"], "1e-1", "parameters.quantiles: must be a decimal number"),
    (GOOD, ["parameters", "minimumGroupSize"], 1, "parameters.minimumGroupSize: must lie between 2"),
    (GOOD, ["parameters", "minimumGroupSize"], "10", "parameters.minimumGroupSize: must be an integer"),
    (GOOD, ["parameters", "groupBy"], "z", 'parameters.groupBy: "z" is not a column'),
    (GOOD, ["parameters", "groupBy"], "x", 'parameters.groupBy: "x" is a column of several parties; write party.column'),
    (with_parameters(groupBy="b.y"), ["parameters", "statistics"], "Count,Median", "parameters.statistics: Median cannot be had by group"),
    (BINNING, ["parameters", "label"], KeyError, "parameters.label: is missing"),
    (BINNING, ["parameters", "bins"], 21, "parameters.bins: must lie between 2 and 20"),
    (BINNING, ["parameters", "method"], "Best", "parameters.method: "),
    (BINNING, ["parameters", "minimumBinSize"], 1, "parameters.minimumBinSize: must lie between 2"),
    (REGRESSION, ["parameters", "model"], "Cox", "parameters.model: "),
    (REGRESSION, ["parameters", "epochs"], 101, "parameters.epochs: must lie between 1 and 100"),
    (REGRESSION, ["parameters", "batchSize"], 8, "parameters.batchSize: must lie between 16"),
    (REGRESSION, ["parameters", "learningRate"], 0.1, "parameters.learningRate: must be a string, not float"),
    (REGRESSION, ["parameters", "learningRate"], "fast", "parameters.learningRate: must be a decimal number"),
    (REGRESSION, ["parameters", "l2"], "-1", "parameters.l2: must lie between 0 and 10"),
    (REGRESSION, ["parameters", "tweediePower"], "2", "parameters.tweediePower: must lie between 1.01 and 1.99"),
    (REGRESSION, ["parameters", "minimumInformationValue"], "0.02", "parameters.minimumInformationValue: needs one input of kind Table at a"),
    (REGRESSION, ["outputs"], [], "outputs: must have one element at this party"),
    (GOOD, ["parameters"], {"operator": "Evaluate", "protocol": "CHEETAH", "receivers": ["a"], "label": "y"}, "layout: Evaluate needs one input of kind Model"),
    (GOOD, ["parameters"], {"operator": "Explain", "protocol": "CHEETAH", "receivers": ["a"]}, "layout: Explain needs one input of kind Model"),
]


class MpcJobTest(unittest.TestCase):
    def read(self, job: dict[str, Any]) -> MpcJob:
        found = read_job(json.dumps(job), ROOT)
        assert isinstance(found, MpcJob)
        return found

    def test_good_jobs(self) -> None:
        job = self.read(GOOD)
        self.assertEqual((job.rank, job.receives, job.layout.columns("b")), (0, True, ("x", "y")))
        self.assertEqual(job.parameters.settings.statistics, ("Count", "Mean", "StandardDeviation"))
        self.assertEqual(self.read(with_parameters(groupBy="b.x")).parameters.settings.group_by.party, "b")
        self.assertEqual(self.read(REGRESSION).parameters.settings.learning_rate, 0.1)

    def test_every_wrong_field_is_named(self) -> None:
        for good, path, value, message in WRONG:
            with self.subTest(message):
                job = copy.deepcopy(good)
                set_at(job, path, value)
                with self.assertRaises(JobError) as caught:
                    read_job(json.dumps(job), ROOT)
                self.assertTrue(caught.exception.message.startswith(message), caught.exception.message)

    def test_the_digest_is_that_of_what_is_common(self) -> None:
        first = self.read(with_parameters(receivers=["a", "b"]))
        other = with_parameters(receivers=["b", "a"])
        other["layout"].reverse()
        other["self"], other["inputs"][0]["columns"] = "b", ["x", "y"]
        self.assertEqual(first.digest, self.read(other).digest)
        self.assertNotEqual(first.digest, self.read(with_parameters(receivers=["a", "b"], minimumGroupSize=11)).digest)

    def test_of_four_parties_three_compute(self) -> None:
        job = self.read(FOUR)
        self.assertEqual((job.parameters.computing, job.computing, job.may_idle), (("a", "c", "d"), (0, 2, 3), False))
        giving = copy.deepcopy(FOUR)
        giving["parameters"]["computing"] = ["b", "c", "d"]
        self.assertTrue(self.read(giving).may_idle)
        self.assertNotEqual(self.read(giving).digest, job.digest)
        FOUR["parameters"]["computing"].sort()
        self.assertEqual(self.read(FOUR).digest, job.digest)

    def test_reading_a_job_imports_neither_numpy_nor_jax(self) -> None:
        program = "import sys, runner.supervisor, runner.psi; sys.exit(bool({'numpy', 'jax'} & set(sys.modules)))"
        self.assertEqual(subprocess.run([sys.executable, "-c", program], cwd=CODE, check=False).returncode, 0)


if __name__ == "__main__":
    unittest.main()
