"""python3 -m runner.mpc.selfcheck FOLDER: whether the packages in FOLDER load, compile a secure program and draw noise."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

from .runtime import load_runtime


def main() -> int:
    libspu = load_runtime(Path(sys.argv[1]))
    import importlib

    import numpy as np

    from .laplace import laplace
    from .parameters import READERS
    from .program import compile_program, shape_of

    for operator in READERS:
        importlib.import_module(f"{__package__}.operators.{operator.lower()}")
    block = shape_of((4, 2), np.int64)
    (code, results) = compile_program(libspu, lambda left, right: left.T @ right, [block, block], [False, False])
    return 0 if b"secret<i64>" in code and results[0].shape == (2, 2) and len(laplace(Fraction(1), 3)) == 3 else 1


if __name__ == "__main__":
    sys.exit(main())
