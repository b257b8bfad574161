"""Key values in a form that the psi library compares correctly.

The library joins the columns of a composite key with a comma and splits lines itself: ("p,q", "r") equals ("p", "q,r")
for it, and a quote or line break inside a value ends the run. Inside the engine the five characters below are therefore
percent-encoded. The code is one-to-one and leaves every other value as it is, so plain files need no rewriting and
both parties agree without talking about it; the output is decoded, nobody outside sees it.
"""

from __future__ import annotations

import re

SPECIAL = '%",\r\n\0'
# A file without these bytes holds no quoted field, so no value in it can contain a comma or a line break either.
SPECIAL_BYTES = (b'"', b"%", b"\r", b"\0")

_ENCODE = {ord(character): f"%{ord(character):02X}" for character in SPECIAL}
_DECODE = re.compile(r"%(25|22|2C|0D|0A|00)")


def encode(value: str) -> str:
    return value.translate(_ENCODE)


def decode(value: str) -> str:
    return _DECODE.sub(lambda match: chr(int(match[1], 16)), value)


def is_plain(block: bytes) -> bool:
    """Whether no byte of this block asks for encoding."""
    return not any(special in block for special in SPECIAL_BYTES)
