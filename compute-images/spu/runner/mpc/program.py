"""From a function written with jax to a program that all parties run together on shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax


def shape_of(dimensions: tuple[int, ...], dtype: Any) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(dimensions, dtype)  # type: ignore[no-untyped-call]


def compile_program(
    libspu: Any, function: Callable[..., Any], inputs: Sequence[jax.ShapeDtypeStruct], public: Sequence[bool]
) -> tuple[bytes, list[jax.ShapeDtypeStruct]]:
    """The program's code and the shapes of its results, in the order in which `function` returns them.

    An input is secret unless `public` says otherwise. `function` must not depend on anything but its arguments and constants that are the same at
    all parties.
    """
    # "interpreter" is jax's target without any processor's special operations.
    lowered = jax.jit(function, keep_unused=True).trace(*inputs).lower(lowering_platforms=("interpreter",))
    text = lowered.compiler_ir("hlo").as_serialized_hlo_module_proto()
    visibility = [libspu.Visibility.VIS_PUBLIC if one else libspu.Visibility.VIS_SECRET for one in public]
    source = libspu.CompilationSource(libspu.SourceIRType.XLA, text, visibility)
    results = [shape_of(leaf.shape, leaf.dtype) for leaf in jax.tree_util.tree_leaves(lowered.out_info)]
    options = libspu.CompilerOptions()
    # Shortening each product before a sum, not the sum: a sum of squares of many rows would leave the ring.
    options.disable_reduce_truncation_optimization = True
    # An integer times a fixed-point number would otherwise count as an integer further on.
    options.disallow_mix_types_opts = True
    return libspu.compile(source, options), results
