"""The conversation with the courier when things go wrong. None of these runs may outlast its bound."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
import unittest
from unittest import mock

from .pods import Pod, free_ports, job_for


class ProtocolTest(unittest.TestCase):
    def pod(self, **variables: str) -> Pod:
        pod = Pod(**variables)
        self.addCleanup(pod.close)
        return pod

    def test_ready_names_engine_and_isolation(self) -> None:
        pod = self.pod()
        ready = pod.await_file("ready.json")
        self.assertEqual(ready["schema"], "collabnet.dev/engine-ready/v1")
        self.assertEqual((ready["engine"], ready["version"], ready["pid"]), ("spu", "0.9.5", pod.process.pid))
        self.assertEqual(ready["isolation"]["canary"], "untried")

    def test_abort_before_the_job(self) -> None:
        pod = self.pod()
        pod.await_file("ready.json")
        pod.touch("abort")
        self.assertEqual(pod.process.wait(5), 3)
        self.assertEqual(pod.read("exit.json")["code"], "ABORTED")

    def test_terminate_signal_is_an_abort(self) -> None:
        pod = self.pod()
        pod.await_file("ready.json")
        pod.process.send_signal(signal.SIGTERM)
        self.assertEqual(pod.process.wait(5), 3)

    def test_bad_job(self) -> None:
        pod = self.pod()
        job = job_for(pod, "a", ["id"], 1, [9101, 9102])
        job["parties"][1]["address"] = "nats.example:4222"
        pod.give(job)
        self.assertEqual(pod.process.wait(5), 2)
        self.assertEqual(pod.read("error.json")["field"], "parties[1].address")
        self.assertEqual((pod.read("exit.json")["status"], pod.read("exit.json")["code"]), ("Failed", "BAD_JOB"))

    def test_wrong_input_files(self) -> None:
        for content, keys, rows, code in (
            (None, ["id"], 1, "INPUT_MISSING"),
            (b"id,row\nx,0\n", ["id"], 1, "INPUT_HEADER"),
            (b"collabnet_row,id\n0,x\n", ["id"], 1, "INPUT_HEADER"),
            (b"id,collabnet_row\nx,0\n", ["id"], 2, "INPUT_ROWS"),
            (b'id,collabnet_row\n"secret,0\n', ["id"], 1, "INPUT_INVALID"),
            (b'id,collabnet_row\n"secret",0,1\n', ["id"], 1, "INPUT_INVALID"),
            (b'id,collabnet_row\n"secret\xff",0\n', ["id"], 1, "INPUT_INVALID"),
        ):
            with self.subTest(code, content=content):
                pod = self.pod()
                if content is not None:
                    (pod.work / "in" / "left.csv").write_bytes(content)
                pod.give(job_for(pod, "a", keys, rows, free_ports(2)))
                said = pod.await_file("exit.json")
                self.assertEqual(said["code"], code, said)
                self.assertNotIn("secret", str(said) + pod.log.read_text())
                pod.touch("release")
                self.assertEqual(pod.process.wait(5), 1)

    @unittest.skipUnless(os.geteuid() == 0, "needs root to mount a small file system")
    def test_node_fault_a_full_scratch_volume_is_named_with_its_setting(self) -> None:
        folder = tempfile.mkdtemp(prefix="collabnet-spu-full-")
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], check=True)
        try:
            with mock.patch.object(tempfile, "tempdir", folder), contextlib.closing(Pod()) as pod:
                self._fill_and_run(pod, folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
            os.rmdir(folder)

    def _fill_and_run(self, pod: Pod, folder: str) -> None:
        pod.await_file("ready.json")
        rows = [(f"{number:040}",) for number in range(5000)]
        pod.write_input(["id"], rows)
        with (pod.work / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
            while os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize > 100_000:
                filler.write(bytes(4096))
        pod.give(job_for(pod, "a", ["id"], len(rows) + 1, free_ports(2)))
        end = pod.await_file("exit.json")
        self.assertEqual(end["code"], "SCRATCH_FULL")
        self.assertIn("compute.scratch.size", end["message"])
        pod.touch("release")
        self.assertEqual(pod.process.wait(10), 1)
        self.assertFalse((pod.work / "engine" / "tmp").exists())

    def test_release_is_bounded(self) -> None:
        pod = self.pod(COLLABNET_RELEASE_SECONDS="0.2")
        pod.give(job_for(pod, "a", ["id"], 1, free_ports(2)))
        self.assertEqual(pod.process.wait(5), 1)

    def test_missing_library(self) -> None:
        pod = self.pod(COLLABNET_SPU="/nowhere")
        pod.write_input(["id"], [("x",)])
        pod.give(job_for(pod, "a", ["id"], 2, free_ports(2)))
        self.assertEqual(pod.await_file("exit.json")["code"], "LIBRARY_MISSING")


class WithLibraryTest(unittest.TestCase):
    def waiting(self, seconds: int, **variables: str) -> Pod:
        """An engine whose peer never comes."""
        pod = Pod(**variables)
        self.addCleanup(pod.close)
        pod.write_input(["id"], [("x",)])
        pod.give(job_for(pod, "a", ["id"], 2, free_ports(2), timeoutSeconds=seconds))
        return pod

    def test_absent_peer_ends_at_the_deadline(self) -> None:
        started = time.monotonic()
        pod = self.waiting(3)
        self.assertEqual(pod.process.wait(10), 4)
        self.assertLess(time.monotonic() - started, 5)
        said = pod.read("exit.json")
        self.assertEqual((said["status"], said["code"]), ("Failed", "TIMEOUT"))
        self.assertFalse((pod.work / "engine" / "tmp").exists())

    def test_connecting_has_a_limit_of_its_own(self) -> None:
        pod = self.waiting(60, COLLABNET_CONNECT_SECONDS="1")
        said = pod.await_file("exit.json")
        self.assertEqual((said["status"], said["code"]), ("Failed", "CONNECT_FAILED"))
        self.assertFalse((pod.work / "engine" / "tmp").exists())
        pod.touch("release")
        self.assertEqual(pod.process.wait(10), 1)

    def test_abort_while_the_library_waits(self) -> None:
        pod = self.waiting(60)
        deadline = time.monotonic() + 10
        while not (pod.work / "engine" / "tmp" / "library.log").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.5)
        pod.touch("abort")
        self.assertEqual(pod.process.wait(5), 3)
        self.assertFalse((pod.work / "engine" / "tmp").exists())

    def test_a_worker_that_dies_is_reported(self) -> None:
        pod = self.waiting(60)
        children = f"/proc/{pod.process.pid}/task/{pod.process.pid}/children"
        deadline = time.monotonic() + 10
        found = ""
        while not found and time.monotonic() < deadline:
            with open(children, encoding="ascii") as handle:
                found = handle.read().strip()
        os.kill(int(found.split()[0]), signal.SIGKILL)
        said = pod.await_file("exit.json")
        self.assertEqual(said["code"], "ENGINE_CRASHED")
        self.assertIn("signal 9", said["message"])

    def test_a_row_that_the_library_rejects_is_not_quoted(self) -> None:
        pod = Pod()
        self.addCleanup(pod.close)
        ports = free_ports(2)
        (pod.work / "in" / "left.csv").write_bytes(b"id,collabnet_row\nsecret,0,7\nx,-1\n")
        other = Pod()
        self.addCleanup(other.close)
        other.write_input(["id"], [("x",)])
        other.give(job_for(other, "b", ["id"], 2, ports, timeoutSeconds=10))
        pod.give(job_for(pod, "a", ["id"], 2, ports, timeoutSeconds=10))
        said = pod.await_file("exit.json")
        self.assertEqual(said["code"], "PSI_FAILED")
        self.assertNotIn("secret", str(said) + pod.log.read_text())

    def test_parties_that_disagree_about_the_join_fail(self) -> None:
        a, b = Pod(), Pod()
        ports = free_ports(2)
        for pod, name, join in ((a, "a", "Inner"), (b, "b", "Difference")):
            self.addCleanup(pod.close)
            pod.write_input(["id"], [("x",)])
            pod.give(job_for(pod, name, ["id"], 2, ports, join=join, receivers=["a", "b"], timeoutSeconds=15))
        self.assertEqual([p.await_file("exit.json")["status"] for p in (a, b)], ["Failed"] * 2)


if __name__ == "__main__":
    unittest.main()
