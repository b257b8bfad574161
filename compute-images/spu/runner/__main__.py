"""python3 -m runner"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .files import Workplace
from .supervisor import Supervisor


def main() -> int:
    place = Workplace(Path(os.environ.get("COLLABNET_WORK", "/work")))
    return Supervisor(place, float(os.environ.get("COLLABNET_RELEASE_SECONDS", "600"))).run()


if __name__ == "__main__":
    sys.exit(main())
