"""Random integers for differential privacy."""

from __future__ import annotations

import importlib
import math
from fractions import Fraction

from ..errors import EngineError


def laplace(scale: Fraction, count: int) -> list[int]:
    """`count` integers z, each with a probability proportional to exp(-|z| / scale), of the operating system's randomness.

    OpenDP samples them with exact integer arithmetic (Canonne, Kamath and Steinke 2020, algorithm 2): rounding, as of a sampler
    of floating-point numbers, tells nothing (Mironov 2012). Raises EngineError LIBRARY_MISSING.
    """
    try:
        (measurements, domains, metrics, mod) = (importlib.import_module(f"opendp.{name}") for name in ("measurements", "domains", "metrics", "mod"))
    except (ImportError, OSError) as error:
        raise EngineError("LIBRARY_MISSING", f"cannot load opendp ({type(error).__name__})") from None
    # The library asks for this wherever a proof has not been vetted by its committee.
    mod.enable_features("contrib")
    # Upwards: a scale that is rounded down would promise too much.
    rounded = math.nextafter(float(scale), math.inf)
    sampler = measurements.make_laplace(domains.vector_domain(domains.atom_domain(T="i64")), metrics.l1_distance(T="i64"), scale=rounded)
    found: list[int] = sampler([0] * count)
    return found
