"""Shares as bytes: one value per party, useless without the others. What a peer sends must look like what is expected."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import EngineError
from .exchange import Exchange


class ShareForm:
    """The form of a share of a given shape: its description and the lengths of its parts, taken from a share made here.

    So neither a size nor a type that a peer claims is ever used.
    """

    def __init__(self, libspu: Any, like: Any) -> None:
        self._libspu = libspu
        self.description: bytes = like.meta
        self.heads = [_head(libspu, chunk) for chunk in like.share_chunks]
        self.lengths = [len(chunk) for chunk in like.share_chunks]

    def of(self, chunks: list[bytes], sender: str) -> Any:
        """The library's share made of `chunks`. Raises EngineError PEER_MESSAGE if they have another form."""
        if [len(chunk) for chunk in chunks] != self.lengths or [_head(self._libspu, chunk) for chunk in chunks] != self.heads:
            raise EngineError("PEER_MESSAGE", f"a share from {sender} has not the expected size; is its engine another version?")
        share = self._libspu.Share()
        share.meta = self.description
        share.share_chunks = chunks
        return share


def _head(libspu: Any, chunk: bytes) -> tuple[int, int, int] | None:
    value = libspu.ValueChunk()
    if not value.ParseFromString(chunk):
        return None
    return (value.total_bytes, value.chunk_offset, len(value.content))


def zero_form(libspu: Any, io: Any, rank: int, shape: tuple[int, ...], dtype: Any) -> ShareForm:
    """The form of this party's share of a secret array."""
    return ShareForm(libspu, io.MakeShares(np.zeros(shape, dtype), libspu.Visibility.VIS_SECRET, -1)[rank])


def send_share(exchange: Exchange, receiver: int, share: Any) -> None:
    for chunk in share.share_chunks:
        exchange.send(receiver, chunk)


def receive_share(exchange: Exchange, sender: int, form: ShareForm) -> Any:
    return form.of([exchange.receive(sender, length) for length in form.lengths], exchange.names[sender])
