"""Before anything is shared: do all parties mean the same computation, on rows that belong together?"""

from __future__ import annotations

import hashlib
import os
import struct
from dataclasses import dataclass

from ..errors import EngineError
from .exchange import Exchange
from .job import MpcJob

NO_ROWS = 2**64 - 1
NONCE_BYTES = 32


@dataclass(frozen=True)
class Agreement:
    """`common` is a random value that nobody chose alone; `rows` are those of all inputs of kind Rows, 0 without any."""

    common: bytes
    rows: int


def agree(job: MpcJob, exchange: Exchange) -> Agreement:
    """Compares parameters, row counts and alignment with all peers.

    Raises EngineError PARAMETERS_DIFFER, ROWS_DIFFER or ALIGNMENT, at every party alike. Alignments are compared under
    everybody's fresh randomness: a bare digest of keys could be looked up later, or in another task.
    """
    count = NO_ROWS if job.rows is None else job.rows.rows
    nonce = os.urandom(NONCE_BYTES)
    heads = exchange.gather(nonce + job.digest + struct.pack(">Q", count))
    nonces = b"".join(head[:NONCE_BYTES] for head in heads)
    digests = [head[NONCE_BYTES : NONCE_BYTES + 32] for head in heads]
    counts = [struct.unpack(">Q", head[NONCE_BYTES + 32 :])[0] for head in heads]
    if len(set(digests)) > 1:
        different = _others(exchange, [digest != job.digest for digest in digests])
        raise EngineError("PARAMETERS_DIFFER", f"layout, parameters or parties differ from those of {different}; give all parties the same")
    known = {count for count in counts if count != NO_ROWS}
    if len(known) > 1:
        raise EngineError("ROWS_DIFFER", "inputs of kind Rows have different numbers of rows; align them first")
    marks = exchange.gather(_mark(nonces, job.rows.alignment) if job.rows else bytes(32))
    if len({mark for mark in marks if mark != bytes(32)}) > 1:
        raise EngineError("ALIGNMENT", "the rows of the parties are not aligned with each other; use the outputs of one alignment")
    return Agreement(hashlib.sha256(b"collabnet-mpc-common" + nonces).digest(), max(known, default=0))


def _mark(nonces: bytes, alignment: bytes) -> bytes:
    return hashlib.sha256(b"collabnet-mpc-alignment" + nonces + alignment).digest()


def _others(exchange: Exchange, differ: list[bool]) -> str:
    return ", ".join(name for name, different in zip(exchange.names, differ, strict=True) if different) or "a peer"
