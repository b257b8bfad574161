"""A worker that waits for ever is told from one that works."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import unittest

from runner import stall


class StallTest(unittest.TestCase):
    def start(self, program: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def watched(self, process: subprocess.Popen[bytes], seconds: float) -> bool:
        watch = stall.StallWatch(os.getpgid(process.pid), 2)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if watch.stalled():
                return True
            time.sleep(0.05)
        return False

    def test_a_process_that_sleeps_is_stalled(self) -> None:
        self.assertTrue(self.watched(self.start("import time; time.sleep(60)"), 8))

    def test_a_process_that_works_is_not_nor_one_whose_child_works(self) -> None:
        busy = "while True: pass"
        parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', '{busy}'])"
        self.assertFalse(self.watched(self.start(busy), 4))
        process = self.start(parent)
        self.addCleanup(lambda: os.killpg(process.pid, 9))
        self.assertFalse(self.watched(process, 4))


if __name__ == "__main__":
    unittest.main()
