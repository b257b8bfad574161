"""python3 -m runner"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .files import Workplace
from .supervisor import CONNECT_SECONDS, STALL_SECONDS, Supervisor


def main() -> int:
    place = Workplace(Path(os.environ.get("COLLABNET_WORK", "/work")))
    seconds = {name: float(os.environ.get(f"COLLABNET_{name}_SECONDS", default)) for name, default in (("RELEASE", 600), ("CONNECT", CONNECT_SECONDS), ("STALL", STALL_SECONDS))}
    return Supervisor(place, seconds["RELEASE"], seconds["CONNECT"], seconds["STALL"]).run()


if __name__ == "__main__":
    sys.exit(main())
