"""What an operator works with while the parties are connected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import EngineError
from ..progress import Progress
from .exchange import Exchange
from .job import MpcJob

if TYPE_CHECKING:
    from .machine import Machine

# Values of one block: 4 MiB as 64-bit numbers, so that memory does not grow with the rows.
BLOCK_VALUES = 1 << 19
# Comparing takes CHEETAH about 0.1 MB a row.
BLOCK_ROWS = 8192


@dataclass
class Session:
    """`rows` are those of the computation, known to a party without rows too. `common` is a random value that all share."""

    job: MpcJob
    exchange: Exchange
    machine: Machine
    common: bytes
    rows: int
    progress: Progress

    @property
    def rank(self) -> int:
        return self.job.rank

    @property
    def receivers(self) -> tuple[str, ...]:
        return self.job.parameters.receivers

    def tell_all(self, value: Any, check: Callable[[Any], bool]) -> list[Any]:
        """The values of all parties, in the order of their ranks: what a program's shape depends on, so everybody knows it."""
        found = self.exchange.tell(self.job.names, value, check)
        assert found is not None
        return found

    def blocks(self, width: int, first_percent: int = 0, last_percent: int = 99) -> Iterator[tuple[int, int]]:
        """Bounds of blocks of rows with `width` values each; reports the progress of computing on them."""
        size = min(BLOCK_ROWS, max(64, BLOCK_VALUES // max(1, width)))
        for start in range(0, self.rows, size):
            end = min(self.rows, start + size)
            yield start, end
            self.progress.report("compute", first_percent + (last_percent - first_percent) * end // self.rows)


def check_group(rows: int, minimum: int) -> None:
    """Raises EngineError GROUP_TOO_SMALL."""
    if rows < minimum:
        raise EngineError("GROUP_TOO_SMALL", f"{rows} rows are fewer than parameters.minimumGroupSize or the owners' minimum ({minimum}); nothing is told of so few")
