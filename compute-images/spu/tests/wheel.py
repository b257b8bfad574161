"""Finds the spu extension for tests and benches: COLLABNET_SPU, or the wheel that `make setup` has cached."""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from pathlib import Path

WHEEL = "spu-0.9.5-cp311-none-manylinux_2_17_x86_64.whl"
SHA256 = "b3003406dc3ed5fb2223723179918d33287f6231cff29c2319ff6b40f15a4c3c"
CACHE = Path(os.environ.get("COLLABNET_CACHE", Path.home() / ".cache" / "collabnet"))


def spu_folder() -> Path | None:
    """The folder with spu/libpsi.so, unpacked from the cached wheel if need be; None without a wheel."""
    if named := os.environ.get("COLLABNET_SPU"):
        return Path(named)
    unpacked = CACHE / "spu-0.9.5"
    if (unpacked / "spu" / "libpsi.so").exists():
        return unpacked
    wheel = CACHE / "wheels" / WHEEL
    if not wheel.exists():
        return None
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != SHA256:
        raise RuntimeError(f"{wheel} has the wrong SHA-256")
    temporary = unpacked.with_name(f"{unpacked.name}.{os.getpid()}")
    with zipfile.ZipFile(wheel) as archive:
        for name in ("libspu.so", "libpsi.so"):
            archive.extract(f"spu/{name}", temporary)
    try:
        temporary.rename(unpacked)
    except OSError:
        shutil.rmtree(temporary)
    return unpacked
