"""Which network is being described: the one whose ``with`` block the thread is in."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any, Dict, Iterator, Optional

from .errors import ModelError

if TYPE_CHECKING:
    from .network import Network

# Each thread describes networks of its own.
_thread = threading.local()


def active_network() -> "Optional[Network]":
    """The network of the ``with`` block that this thread is in; None outside of one."""
    return getattr(_thread, "network", None)


def enter(network: "Network") -> None:
    if active_network() is not None:
        raise ModelError(
            "Network",
            "a network is being described already",
            "leave its `with` block before you enter another",
        )
    _thread.network = network


def leave() -> None:
    _thread.network = None


@contextlib.contextmanager
def instead(network: "Network") -> Iterator[None]:
    """Describes another network, whatever is being described."""
    before = active_network()
    _thread.network = network
    try:
        yield
    finally:
        _thread.network = before


def require_network(what: str) -> "Network":
    network = active_network()
    if network is None:
        raise ModelError(what, "no network is being described", "create it inside `with network:`")
    return network


def default_params_of(cls: type, network: "Optional[Network]") -> Dict[str, Any]:
    """The network's default arguments for exactly that class."""
    if network is None:
        return {}
    defaults: Dict[Any, Dict[str, Any]] = dict(network.default_params)
    return defaults.get(cls, defaults.get(cls.__name__, {}))
