"""Parameters of the algorithm psi 1.0.0, and what each combination means for its receivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .errors import JobError
from .shape import Shape

# The n-party protocols of the library hang in practice and DP-PSI returns a noisy result: neither is offered.
PROTOCOLS = ("RR22", "ECDH", "KKRT")
CURVES = {"25519": "CURVE_25519", "FourQ": "CURVE_FOURQ", "SM2": "CURVE_SM2", "Secp256k1": "CURVE_SECP256K1"}
# "Intersection" is the word of the task language, "Inner" the word of the library.
JOINS = {
    "Intersection": "JOIN_TYPE_INNER_JOIN",
    "Inner": "JOIN_TYPE_INNER_JOIN",
    "Left": "JOIN_TYPE_LEFT_JOIN",
    "Right": "JOIN_TYPE_RIGHT_JOIN",
    "Full": "JOIN_TYPE_FULL_JOIN",
    "Difference": "JOIN_TYPE_DIFFERENCE",
}


@dataclass(frozen=True)
class PsiParameters:
    """`receivers` are in party order; two of them means that the result is broadcast."""

    protocol: str
    join: str
    receivers: tuple[str, ...]
    curve: str

    @property
    def broadcast(self) -> bool:
        return len(self.receivers) > 1

    @property
    def drops_missing(self) -> bool:
        """In a difference for two receivers the library pads each side with rows for what only the peer has."""
        return self.join == "Difference" and self.broadcast


def read_parameters(value: Any, parties: list[str]) -> PsiParameters:
    """Reads `parameters` of a job whose parties are named `parties`."""
    shape = Shape(value, "parameters", ["protocol", "join", "receivers", "broadcast"], ["curve"])
    protocol = shape.word("protocol", PROTOCOLS)
    receivers = shape.names("receivers", 1, len(parties))
    for index, name in enumerate(receivers):
        if name not in parties:
            raise JobError(f"parameters.receivers[{index}]", f'"{name}" is not a party of the job')
    if shape.flag("broadcast") != (len(receivers) > 1):
        raise JobError("parameters.broadcast", "must be true for two receivers and false for one")
    if shape.has("curve") and protocol != "ECDH":
        raise JobError("parameters.curve", f"belongs to ECDH; remove it for {protocol}")
    return PsiParameters(
        protocol=protocol,
        join=shape.word("join", JOINS),
        receivers=tuple(name for name in parties if name in receivers),
        curve=shape.word("curve", CURVES) if shape.has("curve") else "25519",
    )
