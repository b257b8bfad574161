"""How the library is set up for each protocol that is offered."""

from __future__ import annotations

from typing import Any

# Values are fixed-point numbers in a ring of 2^64. 18 fractional bits (4e-6) leave 27 bits before the point for a product
# that is not yet shortened: enough for sums of standardised values over a block of rows, and fine enough for gradients.
# Sums that have to be exact do not use them: they are sums of 64-bit integers, see fixed.py.
FRACTION_BITS = 18


def configuration(libspu: Any, protocol: str) -> Any:
    """The library's configuration for CHEETAH or ABY3; the caller has refused everything else."""
    kinds = {"CHEETAH": libspu.ProtocolKind.CHEETAH, "ABY3": libspu.ProtocolKind.ABY3}
    config = libspu.RuntimeConfig(kinds[protocol], libspu.FieldType.FM64, FRACTION_BITS)
    # An input stays secret for all, its owner included: otherwise a result of one owner's inputs would be in the clear there.
    config.experimental_enable_colocated_optimization = False
    # A wrong highest bit would be a rare but huge error.
    config.trunc_allow_msb_error = False
    config.fxp_exp_mode = libspu.RuntimeConfig.ExpMode.EXP_TAYLOR
    config.sigmoid_mode = libspu.RuntimeConfig.SigmoidMode.SIGMOID_REAL
    return config
