"""The machine that the parties form together: secret variables, programs on them, and opening to named receivers only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from ..errors import EngineError
from .exchange import Exchange
from .holding import Holding, guarded
from .program import compile_program, shape_of
from .protocols import configuration
from .shares import ShareForm, receive_share, send_share, zero_form

Array = NDArray[Any]


class Machine:
    """Every party calls the same methods in the same order. A variable is a name; its value is nowhere in one place.

    Only the ranks `computing` hold shares and run programs. At another party a variable has a shape and nothing else: it splits its
    own values and sends each of those its share, follows what is run, and of what is opened to it gets all shares.
    """

    def __init__(self, libspu: Any, link: Any, exchange: Exchange, protocol: str, computing: Sequence[int]) -> None:
        """`link` is that of the ranks `computing`, which are in its order; None at another party."""
        self._libspu = libspu
        self._exchange = exchange
        self._rank = exchange.rank
        self._computing = tuple(computing)
        self._seat = self._computing.index(self._rank) if self._rank in self._computing else None
        config = configuration(libspu, protocol)
        self._io = libspu.IoWrapper(len(self._computing), config)
        self._shapes: dict[str, jax.ShapeDtypeStruct] = {}
        self._forms: dict[tuple[tuple[int, ...], str], ShareForm] = {}
        self._public: set[str] = set()
        self._programs: dict[Any, tuple[bytes, list[jax.ShapeDtypeStruct]]] = {}
        self._held = Holding(libspu, link, config)

    def share(self, name: str, owner: int, shape: tuple[int, ...], dtype: type, value: Array | None = None) -> None:
        """Splits the owner's `value` into shares and gives every computing party one. `shape` and `dtype` are known to all.

        `dtype` is np.int64 for integers modulo 2^64 or np.float64 for fixed-point numbers. Only the owner passes `value`.
        """
        if self._rank == owner:
            assert value is not None and value.shape == shape
            shares = self._io.MakeShares(np.asarray(value, dtype, order="C"), self._libspu.Visibility.VIS_SECRET, -1)
            for receiver, share in zip(self._computing, shares, strict=True):
                if receiver != owner:
                    send_share(self._exchange, receiver, share)
            own = None if self._seat is None else shares[self._seat]
        else:
            own = None if self._seat is None else receive_share(self._exchange, owner, self._form(shape, dtype))
        self._set(name, own, shape_of(shape, dtype))

    def publish(self, name: str, value: float) -> None:
        """Makes a public number, the same at every party, known to programs as an argument instead of a constant."""
        shares = self._io.MakeShares(np.array(value), self._libspu.Visibility.VIS_PUBLIC, -1)
        self._set(name, shares[self._seat or 0], shape_of((), np.float64))
        self._public.add(name)

    def run(self, function: Callable[..., Any], inputs: Sequence[str], outputs: Sequence[str]) -> None:
        """Runs `function` on variables; its results become the variables `outputs`.

        A function object is compiled once for each combination of input shapes, so pass the same object again for a loop.
        """
        shapes = [self._shapes[name] for name in inputs]
        public = [name in self._public for name in inputs]
        key = (function, tuple((shape.shape, str(shape.dtype)) for shape in shapes), tuple(public))
        if key not in self._programs:
            self._programs[key] = compile_program(self._libspu, function, shapes, public)
            self._check_program(self._programs[key][0])
        (code, results) = self._programs[key]
        name = getattr(function, "__name__", "program")
        self._held.run(self._libspu.Executable(name, list(inputs), list(outputs), code))
        self._shapes.update(zip(outputs, results, strict=True))

    def open(self, name: str, receivers: Sequence[str]) -> Array | None:
        """The value of a variable at the receivers, None elsewhere: the others send their shares there and get nothing."""
        ranks = [self._exchange.names.index(receiver) for receiver in receivers]
        shown = name if set(ranks) <= set(self._computing) else self._settled(name)
        own = self._held.share(shown)
        for receiver in ranks:
            if own is not None and receiver != self._rank:
                send_share(self._exchange, receiver, own)
        if self._rank not in ranks:
            return None
        shape = self._shapes[shown]
        form = self._form(shape.shape, shape.dtype) if own is None else ShareForm(self._libspu, own)
        shares = [own if rank == self._rank else receive_share(self._exchange, rank, form) for rank in self._computing]
        return self._reconstruct(name, shares)

    def forget(self, *names: str) -> None:
        for name in names:
            self._held.forget(name)
            del self._shapes[name]

    def keep(self, name: str) -> list[bytes]:
        """This party's share of a variable, to be taken up by a later run with the same parties and protocol; [] if it has none."""
        own = self._held.share(name)
        return [] if own is None else list(own.share_chunks)

    def take_up(self, name: str, shape: tuple[int, ...], dtype: type, chunks: list[bytes]) -> None:
        """Makes a variable of a kept share, which must come from keep() of a float64 or int64 variable shared or computed."""
        share = None if self._seat is None else self._form(shape, dtype).of(chunks, self._exchange.names[self._rank])
        self._set(name, share, shape_of(shape, dtype))

    def _set(self, name: str, share: Any, shape: jax.ShapeDtypeStruct) -> None:
        self._held.set(name, share)
        self._shapes[name] = shape

    def _settled(self, name: str) -> str:
        """A variable of the same value whose shares have the form of fresh ones, which who holds none can know too."""
        self.publish("zero", 0.0)
        self.run(_settle, [name, "zero"], ["settled"])
        own, shape = self._held.share("settled"), self._shapes["settled"]
        if own is not None and own.meta != self._form(shape.shape, shape.dtype).description:
            raise EngineError("ENGINE_ERROR", f"the shares of {name} have not the form of fresh ones")
        return "settled"

    def _reconstruct(self, _name: str, shares: list[Any]) -> Array:
        """The only place where a value comes into the clear."""
        value: Array = np.asarray(guarded(lambda: self._io.Reconstruct(shares)))
        return value

    def _form(self, shape: tuple[int, ...], dtype: type) -> ShareForm:
        key = (shape, np.dtype(dtype).str)
        if key not in self._forms:
            self._forms[key] = zero_form(self._libspu, self._io, self._seat or 0, shape, dtype)
        return self._forms[key]

    def _check_program(self, code: bytes) -> None:
        """Programs that differ would compute rubbish, or wait for each other for ever."""
        digests = self._exchange.gather(hashlib.sha256(code).digest())
        if len(set(digests)) > 1:
            raise EngineError("PROGRAM_DIFFERS", "the engines built different programs; all must be of the same version")


def _settle(value: Any, zero: Any) -> Any:
    # Truths are shares of bits until something is added to them; a constant would be left out.
    return value + zero.astype(value.dtype)
