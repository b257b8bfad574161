"""Finds the engine's packages for tests and benches: COLLABNET_SPU, or the wheels that `make setup` has cached."""

from __future__ import annotations

import compileall
import hashlib
import os
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

CACHE = Path(os.environ.get("COLLABNET_CACHE", Path.home() / ".cache" / "collabnet"))
MISSING = "a pinned wheel is not in the cache: run make setup"

SPU = ("spu-0.9.5-cp311-none-manylinux_2_17_x86_64.whl", "b3003406dc3ed5fb2223723179918d33287f6231cff29c2319ff6b40f15a4c3c")
# What the image holds beside spu.
ENGINE = (
    ("jax-0.4.34-py3-none-any.whl", "b957ca1fc91f7343f91a186af9f19c7f342c946f95a8c11c7f1e5cdfe2e58d9e"),
    ("jaxlib-0.4.34-cp311-cp311-manylinux2014_x86_64.whl", "3bcfa639ca3cfaf86c8ceebd5fc0d47300fd98a078014a1d0cc03133e1523d5f"),
    ("numpy-1.26.4-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "666dbfb6ec68962c033a450943ded891bed2d54e6755e35e5835d63f4f6931d5"),
    ("ml_dtypes-0.5.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "c09526488c3a9e8b7a23a388d4974b670a9a3dd40c5c8a61db5593ce9b725bab"),
    ("opt_einsum-3.4.0-py3-none-any.whl", "69bb92469f86a1565195ece4ac0323943e83477171b91d24c35afe028a90d7cd"),
    ("opendp-0.16.0-cp310-abi3-manylinux_2_28_x86_64.whl", "e128faea9ac5404877f560d93039a081c3ef2b5661acdbd786b33cdbb3f737ec"),
    ("deprecated-1.3.1-py2.py3-none-any.whl", "597bfef186b6f60181535a29fbe44865ce137a5079f295b479886c82729d5f3f"),
    ("wrapt-2.5.2-cp311-cp311-manylinux1_x86_64.manylinux_2_28_x86_64.manylinux_2_5_x86_64.whl", "0743950d3dda9940e56f81f5334ba051c4fe2e1421e4e4a4ef8eb8fb86a90894"),
)
# Plaintext twins of the operators, for tests only.
TWINS = (
    ("scipy-1.14.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "fef8c87f8abfb884dac04e97824b61299880c43f4ce675dd2cbeadd3c9b466d2"),
    ("scikit_learn-1.5.2-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "f8b0ccd4a902836493e026c03256e8b206656f91fbcc4fde28c57a5b752561f1"),
    ("joblib-1.6.0-py3-none-any.whl", "3dbbf9f6e4b592a2357b854608e980fe6390d131d7a82f011a377ef2ebef7aba"),
    ("threadpoolctl-3.8.0-py3-none-any.whl", "f1b49c82704d50f13ffae019c727b0fa4f6791a58f48f06a09c45face1be66da"),
)


def spu_folder() -> Path | None:
    """The folder with spu/libpsi.so and the packages of mpc, unpacked from cached wheels if need be; None without a wheel."""
    if named := os.environ.get("COLLABNET_SPU"):
        return Path(named)
    return _unpacked("engine", (SPU, *ENGINE), lambda name: not name.startswith("spu/") or name in ("spu/libspu.so", "spu/libpsi.so"))


def add_twins() -> None:
    """Makes numpy, jax, scipy and scikit-learn importable in this process. Raises RuntimeError without the wheels."""
    engine, twins = spu_folder(), _unpacked("twins", TWINS, lambda _name: True)
    if engine is None or twins is None:
        raise RuntimeError(MISSING)
    for folder in (engine, twins):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))


def _unpacked(kind: str, wheels: Iterable[tuple[str, str]], wanted: Callable[[str], bool]) -> Path | None:
    pinned = list(wheels)
    # Named after its content, so that another pin makes another folder.
    content = hashlib.sha256("".join(sha for _, sha in pinned).encode()).hexdigest()[:12]
    target = CACHE / f"spu-{kind}-{content}"
    if target.exists():
        return target
    files = [CACHE / "wheels" / name for name, _ in pinned]
    if not all(file.exists() for file in files):
        return None
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    for file, (_, sha) in zip(files, pinned, strict=True):
        if hashlib.sha256(file.read_bytes()).hexdigest() != sha:
            raise RuntimeError(f"{file} has the wrong SHA-256")
        with zipfile.ZipFile(file) as archive:
            archive.extractall(temporary, [name for name in archive.namelist() if wanted(name)])
    # As in the image: confined engines cannot write what they compile, and would compile jax at every start.
    compileall.compile_dir(temporary, quiet=2)
    try:
        temporary.rename(target)
    except OSError:
        shutil.rmtree(temporary)
    return target
