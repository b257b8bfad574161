"""A minimal assembler for the classic BPF programs of seccomp: instructions with labels instead of offsets."""

from __future__ import annotations

import struct

LOAD, JUMP_EQUAL, JUMP_GREATER_EQUAL, JUMP_ANY_BIT, AND, RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
ALLOW, KILL_PROCESS, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000

# Offsets in struct seccomp_data (little endian): number, architecture, low halves of the arguments.
NUMBER, ARCHITECTURE = 0, 4


def argument(index: int) -> int:
    return 16 + 8 * index


class Program:
    """Jumps go forward only, at most 255 instructions, as the kernel demands."""

    def __init__(self) -> None:
        self._code: list[tuple[int, int, str | None, str | None]] = []
        self._labels: dict[str, int] = {}

    def add(self, operation: int, value: int, then: str | None = None, otherwise: str | None = None) -> None:
        self._code.append((operation, value, then, otherwise))

    def label(self, name: str) -> None:
        self._labels[name] = len(self._code)

    def assemble(self) -> bytes:
        out = bytearray()
        for index, (operation, value, then, otherwise) in enumerate(self._code):
            jumps = [0 if label is None else self._labels[label] - index - 1 for label in (then, otherwise)]
            if any(not 0 <= jump <= 255 for jump in jumps):
                raise ValueError(f"instruction {index} jumps {jumps}")
            out += struct.pack("<HBBI", operation, jumps[0], jumps[1], value)
        return bytes(out)
