"""Failures with stable codes, and the exit code that each of them ends the process with."""

from __future__ import annotations

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_BAD_JOB = 2
EXIT_ABORTED = 3
EXIT_TIMEOUT = 4


class EngineError(Exception):
    """A run that cannot go on.

    `code` is stable and for machines. `message` names the field or the fix and never holds a value of a data row: it is
    copied into exit.json, which leaves the engine.
    """

    def __init__(self, code: str, message: str, exit_code: int = EXIT_FAILED) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.exit_code = exit_code


class JobError(EngineError):
    """The job file is wrong; `field` is the path of the first wrong field, such as `parties[1].address`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__("BAD_JOB", f"{field}: {message}", EXIT_BAD_JOB)
        self.field = field
