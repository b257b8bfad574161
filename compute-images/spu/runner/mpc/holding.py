"""What one party holds of the variables: its shares, in the library's runtime; nothing at a party that does not compute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import EngineError
from ..link import place


class Holding:
    """`link` is that of the computing parties; without one, everything here does nothing."""

    def __init__(self, libspu: Any, link: Any, config: Any) -> None:
        self._libspu = libspu
        self._runtime = None if link is None else guarded(lambda: libspu.RuntimeWrapper(link, config))

    def set(self, name: str, share: Any) -> None:
        self._act(lambda runtime: runtime.SetVar(name, share))

    def run(self, executable: Any) -> None:
        self._act(lambda runtime: runtime.Run(executable))

    def forget(self, name: str) -> None:
        self._act(lambda runtime: runtime.DelVar(name))

    def share(self, name: str) -> Any:
        """The own share of a secret variable; None without a runtime. Raises EngineError ENGINE_ERROR if it is not secret."""
        meta = self._act(lambda runtime: runtime.GetVarMeta(name))
        # A program whose result does not depend on any secret gives a public value, which would lie open everywhere.
        if meta is not None and meta.visibility != self._libspu.Visibility.VIS_SECRET:
            raise EngineError("ENGINE_ERROR", f"the variable {name} is not secret")
        return self._act(lambda runtime: runtime.GetVar(name))

    def _act(self, act: Callable[[Any], Any]) -> Any:
        return None if self._runtime is None else guarded(lambda: act(self._runtime))


def guarded(act: Callable[[], Any]) -> Any:
    """Library failures become EngineError MPC_FAILED with the place in its source only: its messages may quote values."""
    try:
        return act()
    except RuntimeError as error:
        raise EngineError("MPC_FAILED", f"the library gave up{place(error)}") from None
