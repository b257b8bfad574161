"""Loading what secure programs need: the library's runtime, and jax, which writes the programs down for it."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any

from ..errors import EngineError
from ..library import VARIABLE, load_libspu


def load_runtime(folder: Path) -> Any:
    """Imports libspu, numpy and jax from `folder`; about 230 MB resident. Raises EngineError LIBRARY_MISSING or LIBRARY_VERSION.

    Of the library's own Python package nothing is used: compiling a program takes the few lines of program.py.
    """
    libspu = load_libspu(folder)
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    os.environ["JAX_PLATFORMS"] = "cpu"
    try:
        jax: Any = importlib.import_module("jax")
    except ImportError as error:
        raise EngineError("LIBRARY_MISSING", f"{VARIABLE}={folder}: cannot load jax ({error.name})") from None
    # Without it jax would cut 64-bit integers, which carry exact sums, down to 32 bits.
    jax.config.update("jax_enable_x64", True)
    return libspu
