"""Loading the spu extension without its Python package, whose imports (jax, numpy) psi does not need."""

from __future__ import annotations

import importlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from .errors import EngineError

NAME = "spu"
VERSION = "0.9.5"
VARIABLE = "COLLABNET_SPU"
DEFAULT = "/opt/spu"


@dataclass(frozen=True)
class Library:
    psi: Any
    link: Any


def library_folder() -> Path:
    """The folder of the unpacked wheel (it holds spu/libpsi.so); nothing but its two extensions is used."""
    return Path(os.environ.get(VARIABLE, DEFAULT))


def load_library(folder: Path) -> Library:
    """Imports libspu and libpsi, 55 to 100 MB resident. Raises EngineError LIBRARY_MISSING or LIBRARY_VERSION."""
    libspu = load_libspu(folder)
    return Library(_load("libpsi", folder), libspu.link)


def load_libspu(folder: Path) -> Any:
    """Imports libspu alone: links, compiler and runtime. Raises EngineError LIBRARY_MISSING or LIBRARY_VERSION."""
    package = ModuleType(NAME)
    package.__path__ = [str(folder / NAME)]
    sys.modules[NAME] = package
    libspu = _load("libspu", folder)
    found = libspu._get_version()
    if found != VERSION:
        raise EngineError("LIBRARY_VERSION", f"{VARIABLE}={folder}: found {NAME} {found}, need {VERSION}")
    return libspu


def _load(extension: str, folder: Path) -> Any:
    try:
        return importlib.import_module(f"{NAME}.{extension}")
    except ImportError as error:
        raise EngineError("LIBRARY_MISSING", f"{VARIABLE}={folder}: cannot load {NAME} ({error})") from None
