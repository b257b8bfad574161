"""Products with small constants: what a compiler makes of them, and how exact they are."""

from __future__ import annotations

import re
import unittest
from pathlib import Path

from .mpc_case import MpcCase
from .mpc_pods import Side
from .wheel import MISSING, spu_folder


class ScalingTest(MpcCase):
    def test_no_constant_of_a_program_is_smaller_than_a_fixed_point_number_can_be(self) -> None:
        import numpy as np

        from runner.mpc.program import compile_program, shape_of
        from runner.mpc.runtime import load_runtime
        from runner.mpc.scaling import scaled

        folder = spu_folder()
        assert folder, MISSING
        libspu = load_runtime(Path(folder))
        # A square as well: from (x · c) · (x · c) a compiler would make x² · c², and x² has no room.
        for factor in (1 / 2380, 1e-3, 1 / 300_000, 1e-8):
            for power, shape in ((1, (4,)), (2, ())):
                (code, _) = compile_program(libspu, lambda value, factor=factor, power=power: scaled(value, factor) ** power, [shape_of(shape, np.float64)], [False])
                constants = [float(text) for text in re.findall(r"dense<([-+.\dE]+)> : tensor<(?:4x)?f64>", code.decode())]
                self.assertGreaterEqual(len(constants), 1)
                self.assertGreaterEqual(min(constants), 2.0**-16, code.decode())

    def test_a_large_value_keeps_its_digits(self) -> None:
        import numpy as np

        values = np.linspace(1e6, 9e10, 100)
        expression = ["/", ["column", "a", "x"], ["number", "1000000"]]
        records = self.succeed([Side({"x": values}), Side({"y": values})], operator="Expression", expression=expression).table("a") or []
        found = np.array([float(record["value"]) for record in records])
        self.assertLess(np.abs(found - values / 1e6).max(), 1.0)


if __name__ == "__main__":
    unittest.main()
