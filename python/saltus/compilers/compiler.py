"""What all compilers have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Sequence, Tuple

from .. import _saltus
from .._absent import raise_missing_attribute
from .._described import suggest
from .._display import short_call_text
from .._values import require_count, require_number
from ..errors import ArgumentTypeError, ModelError, UnsupportedError

if TYPE_CHECKING:
    from ..network import Network
    from .compiled_network import CompiledNetwork


class Compiler:
    """Base of all compilers: what they need to know of time, memory and machine.

    Attributes:
        dt: Length of a timestep in ms.
        batch_size: Examples in a batch.
        rng_seed: Seed of all random numbers; the same one gives the same bits.
        backend: "cpu", "reference" (slow and plain) or "reference64" (the same in float64).
        threads: Worker threads of the cpu backend; 0 for one a core. Results do not depend on it.
        matrix_types: How synapses may be laid out, the best first; empty for the compiler's own
            list.
        fold_readouts: Whether linear outputs are evaluated as sums over spikes (the same values,
            faster).
        kernel_profiling: Whether a profile is kept.

    Args:
        dt: As above.
        batch_size: As above.
        rng_seed: As above.
        backend: As above.
        threads: As above.
        matrix_types: As above.
        fold_readouts: As above.
        kernel_profiling: As above.

    Raises:
        ModelError: For arguments out of their range, or a backend that is not there.

    Example:
        >>> isinstance(InferenceCompiler(20), Compiler)
        True
    """

    def __init__(
        self,
        dt: float,
        batch_size: int,
        rng_seed: int,
        backend: str,
        threads: int,
        matrix_types: Sequence[str],
        fold_readouts: bool,
        kernel_profiling: bool,
    ) -> None:
        where = type(self).__name__
        self.dt = require_number(dt, where, "dt")
        self.batch_size = require_count(batch_size, where, "batch_size", 1)
        self.rng_seed = require_count(rng_seed, where, "rng_seed")
        known = _saltus.backend_names()
        if backend not in known:
            raise ModelError(
                where, f"there is no backend {backend!r}", suggest(str(backend), known)
            )
        self.backend = backend
        self.threads = require_count(threads, where, "threads")
        self.matrix_types = [matrix_types] if isinstance(matrix_types, str) else list(matrix_types)
        self.fold_readouts = bool(fold_readouts)
        self.kernel_profiling = bool(kernel_profiling)

    def compile(self, network: "Network", name: Any = None) -> "CompiledNetwork":
        """Compiles a network. What changes in its description afterwards has no effect.

        Args:
            network: The description.
            name: Not needed: nothing is written to a folder of that name.

        Returns:
            The network, ready to run. It can be used as a context, but needs not be.

        Raises:
            ModelError: For a network that cannot be compiled, naming the population or connection.

        Example:
            >>> compiled = InferenceCompiler(evaluate_timesteps=20).compile(network)
        """
        raise NotImplementedError

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            return raise_missing_attribute(self, name)

    def __repr__(self) -> str:
        return short_call_text(self)

    def _build(self, network: Any) -> Any:
        """The engine's network made from a description as it is now."""
        from ..network import Network

        if not isinstance(network, Network):
            raise ArgumentTypeError(
                type(self).__name__, f"{network!r} is no network", "give a Network"
            )
        return network._build()[0]

    def _settings(self) -> Dict[str, Any]:
        """The engine's arguments that are common to all compilers."""
        return {
            "dt": self.dt,
            "batch_size": self.batch_size,
            "seed": self.rng_seed,
            "fold_readouts": self.fold_readouts,
            "matrix_types": self.matrix_types,
            "backend": _saltus.BackendOptions(self.backend, self.threads, self.kernel_profiling),
        }


#: Advice of compilers whose gradients know nothing of the times of spikes.
NO_DELAYS = (
    "learn delays with EventPropCompiler, whose gradients are those of the times of spikes, or "
    "leave it out"
)


def refuse_others(where: str, **arguments: Tuple[Any, Any, str]) -> None:
    """Refuses arguments that can have one value only.

    Args:
        arguments: By name the value given, the only possible one, and advice.
    """
    for name, (given, only, advice) in arguments.items():
        if given is only or (not isinstance(given, dict) and given == only):
            continue
        if isinstance(given, (list, tuple, dict)) and not given and not only:
            continue
        raise UnsupportedError(where, f"{name} is {given!r}", advice, {"parameter": name})
