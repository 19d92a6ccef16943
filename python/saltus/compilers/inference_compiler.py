"""Compilation for inference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Sequence

from .. import _saltus
from .._values import require_count
from .compiled_network import CompiledNetwork
from .compiler import Compiler, refuse_others

if TYPE_CHECKING:
    from ..network import Network

#: Inference needs no other arguments than the classes' own.
default_params: Dict[type, Dict[str, Any]] = {}


class InferenceCompiler(Compiler):
    """Compiles a network to be evaluated.

    Args:
        evaluate_timesteps: Steps of an example.
        dt: Length of a timestep in ms.
        batch_size: Examples in a batch. Results do not depend on it.
        rng_seed: Seed of all random numbers.
        kernel_profiling: Whether time and events of every pass are kept, for profile(). Small
            networks take a few per cent longer with it. cpu backend only.
        prefer_in_memory_connect: Whether synapses may be kept in memory rather than computed
            whenever they are used.
        reset_time_between_batches: Whether the clock begins anew with every batch. It tells how
            AvgVarExpWeight weighs; spike times count from the beginning of their example anyway.
        reset_vars_between_batches: Whether examples begin from the initial states of neurons.
            Otherwise each takes over those of the example that was at its place in the batch
            before, also across runs, until CompiledNetwork.reset(). Readouts begin anew anyway.
        reset_in_syn_between_batches: The same of synaptic currents and of spikes on their way.
        communicator: Only None.
        backend: "cpu", "reference" or "reference64".
        threads: Worker threads; 0 for one a core.
        spike_times: "grid", or "exact" as networks that were trained with that want it, see
            EventPropCompiler.
        matrix_types: Names of matrix types, the best first, to choose how synapses are laid out.
        fold_readouts: Whether linear outputs are evaluated as sums over spikes.

    Raises:
        ModelError: For arguments out of their range.
        UnsupportedError: For arguments that can have one value only.

    Example:
        >>> compiled = InferenceCompiler(evaluate_timesteps=20, batch_size=128).compile(network)
        >>> metrics, _ = compiled.evaluate({inputs: x}, {output: y})
    """

    def __init__(
        self,
        evaluate_timesteps: int,
        dt: float = 1.0,
        batch_size: int = 1,
        rng_seed: int = 0,
        kernel_profiling: bool = False,
        prefer_in_memory_connect: bool = True,
        reset_time_between_batches: bool = True,
        reset_vars_between_batches: bool = True,
        reset_in_syn_between_batches: bool = True,
        communicator: Any = None,
        *,
        spike_times: str = "grid",
        backend: str = "cpu",
        threads: int = 0,
        matrix_types: Sequence[str] = (),
        fold_readouts: bool = True,
    ) -> None:
        super().__init__(
            dt,
            batch_size,
            rng_seed,
            backend,
            threads,
            matrix_types,
            fold_readouts,
            kernel_profiling,
        )
        self.evaluate_timesteps = require_count(
            evaluate_timesteps, "InferenceCompiler", "evaluate_timesteps", 1
        )
        self.spike_times = str(spike_times)
        _saltus.are_exact(self.spike_times)
        self.prefer_in_memory_connect = bool(prefer_in_memory_connect)
        self.reset_time_between_batches = bool(reset_time_between_batches)
        self.reset_vars_between_batches = bool(reset_vars_between_batches)
        self.reset_in_syn_between_batches = bool(reset_in_syn_between_batches)
        refuse_others(
            "InferenceCompiler",
            communicator=(communicator, None, "leave it None: several machines come later"),
        )

    def compile(self, network: "Network", name: Any = None) -> CompiledNetwork:
        """As Compiler.compile()."""
        described = self._build(network)
        made = _saltus.compile_inference(
            described,
            self.evaluate_timesteps,
            prefer_in_memory_connect=self.prefer_in_memory_connect,
            resets={
                "time": self.reset_time_between_batches,
                "vars": self.reset_vars_between_batches,
                "in_syn": self.reset_in_syn_between_batches,
            },
            spike_times=self.spike_times,
            **self._settings(),
        )
        return CompiledNetwork(network, made, self)
