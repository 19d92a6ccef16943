"""Compilation for training with surrogate gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Optional, Sequence, Union

from .. import _saltus
from .._deep_r import DeepR
from .._parameters import engine_optimisers, get_parameter_optimisers
from .._values import optional_number, require_count
from ..constraints import engine_constraints, get_constraints
from ..losses import Loss
from ..neurons import AdaptiveLeakyIntegrateFire, LeakyIntegrate, LeakyIntegrateFire
from ..neurons import LeakyIntegrateFireInput
from ..optimisers import Optimiser, get_optimiser
from ..surrogates import Surrogate, get_surrogate
from ..synapses import Exponential
from ._losses import get_losses, losses_of
from .compiled_training_network import CompiledTrainingNetwork
from .compiler import NO_DELAYS, Compiler, refuse_others

if TYPE_CHECKING:
    from ..network import Network

#: For Network(default_params): arguments that suit training with surrogate gradients.
default_params: Dict[type, Dict[str, Any]] = {
    kind: {"scale_i": True}
    for kind in (
        LeakyIntegrate,
        LeakyIntegrateFire,
        LeakyIntegrateFireInput,
        AdaptiveLeakyIntegrateFire,
        Exponential,
    )
}


class SurrogateCompiler(Compiler):
    """Compiles a network to be trained with surrogate gradients: back-propagation through time, in
    which the derivative of a spike is replaced by a function of how far the neuron is above its
    threshold. Neurons learn from spikes that they nearly made, too, which costs more time than
    EventProp: every neuron and step takes part, not spikes alone.

    Args:
        example_timesteps: Steps of an example.
        losses: Loss of every output population: a loss, its name, or a dictionary with one for each
            output population or layer.
        optimiser: Optimiser or its name.
        surrogate: Surrogate or its name.
        detach_reset: Whether spikes count as constants in the reset of the output variable (the
            voltage) of their own neuron; what they do to other states, such as an adaptation,
            always counts.
        per_timestep_loss: Whether losses are means over all timesteps of losses of the output variable
            at the end of each, instead of losses of the readout.
        dt: Length of a timestep in ms.
        batch_size: Examples in a batch, between two changes of the weights.
        rng_seed: Seed of all random numbers.
        kernel_profiling: Whether time and events of every pass are kept, for profile(). cpu backend
            only.
        backend: "cpu", "reference" or "reference64".
        threads: Worker threads; 0 for one a core. Results do not depend on it.
        matrix_types: Names of matrix types, the best first, to choose how synapses are laid out.
        fold_readouts: Whether linear outputs are evaluated as sums over spikes.
        checkpoint_interval: In how many timesteps states are kept for the backward pass. It computes
            those of earlier ones again, in segments of so many steps from the states at their
            beginnings: memory is then that of one segment, and a state for each, at the cost of a
            second forward pass. 0 keeps all steps; the square root of example_timesteps takes the
            least memory. Gradients are the same up to rounding (T. Chen, B. Xu, C. Zhang,
            C. Guestrin, arXiv:1604.06174, 2016).
        clip_norm: Bound of the Euclidean norm of all gradients of a batch together, which are
            scaled down to it (R. Pascanu, T. Mikolov, Y. Bengio, ICML 2013).
        clip_value: Bound of the magnitude of each gradient, after that.
        parameter_optimisers: Optimiser (or name) of the parameters that are marked as Trainable, or a
            dictionary of optimisers by "population.parameter" ("*" for all others); that of the
            weights where there is none.
        weight_constraints: What the weights of single connections keep to: WeightBounds, KeepSign and
            MaxNorm (of saltus.constraints), one or a list, by connection, layer or name.
        delay_learn_conns: Only []: EventPropCompiler alone learns delays.
        deep_r_conns: Connections (or layers, or names) that are rewired while they are trained, see
            "Rewiring" in the guide to training: after every update each synapse whose weight has
            crossed zero gives its place to another. For SPARSE connections with one delay.
        deep_r_l1_strength: What is added to the gradient by the magnitude of each of their weights,
            which draws those of no use to zero.
        deep_r_record_rewirings: Keys of the callbacks' data by connection: what RewiringRecord keeps
            of it.

    Raises:
        ModelError: For arguments out of their range.

    References:
        E. O. Neftci, H. Mostafa, F. Zenke, IEEE Signal Processing Magazine 36, 51 (2019).

    Example:
        >>> compiler = SurrogateCompiler(
        ...     20, "sparse_categorical_crossentropy", Adam(0.01), "super_spike", batch_size=32
        ... )
        >>> metrics, _ = compiler.compile(network).train({inputs: x}, {output: y}, num_epochs=3)
    """

    def __init__(
        self,
        example_timesteps: int,
        losses: Union[Loss, str, Dict[Any, Union[Loss, str]]],
        optimiser: Union[Optimiser, str] = "adam",
        surrogate: Union[Surrogate, str] = "fast_sigmoid",
        detach_reset: bool = True,
        per_timestep_loss: bool = False,
        dt: float = 1.0,
        batch_size: int = 1,
        rng_seed: int = 0,
        kernel_profiling: bool = False,
        *,
        backend: str = "cpu",
        threads: int = 0,
        matrix_types: Sequence[str] = (),
        fold_readouts: bool = True,
        checkpoint_interval: int = 0,
        clip_norm: Optional[float] = None,
        clip_value: Optional[float] = None,
        parameter_optimisers: Any = None,
        weight_constraints: Any = None,
        delay_learn_conns: Sequence[Any] = (),
        deep_r_conns: Sequence[Any] = (),
        deep_r_l1_strength: float = 1e-4,
        deep_r_record_rewirings: Any = {},
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
        self.example_timesteps = require_count(
            example_timesteps, "SurrogateCompiler", "example_timesteps", 1
        )
        self.losses = get_losses(losses)
        self.per_timestep_loss = bool(per_timestep_loss)
        self.optimiser = get_optimiser(optimiser)
        self.clip_norm = optional_number(clip_norm, "SurrogateCompiler", "clip_norm")
        self.clip_value = optional_number(clip_value, "SurrogateCompiler", "clip_value")
        self.parameter_optimisers = get_parameter_optimisers(
            parameter_optimisers, "SurrogateCompiler"
        )
        self.weight_constraints = get_constraints(weight_constraints, "SurrogateCompiler")
        self.deep_r = DeepR(
            deep_r_conns, deep_r_l1_strength, deep_r_record_rewirings, "SurrogateCompiler"
        )
        refuse_others(
            "SurrogateCompiler", delay_learn_conns=(list(delay_learn_conns), [], NO_DELAYS)
        )
        self.surrogate = get_surrogate(surrogate)
        self.detach_reset = bool(detach_reset)
        self.checkpoint_interval = require_count(
            checkpoint_interval, "SurrogateCompiler", "checkpoint_interval", 0
        )

    def compile(self, network: "Network", name: Any = None) -> CompiledTrainingNetwork:
        """As Compiler.compile()."""
        described = self._build(network)
        made = _saltus.compile_surrogate(
            described,
            self.example_timesteps,
            losses=losses_of(self.losses, network, "SurrogateCompiler"),
            per_timestep_loss=self.per_timestep_loss,
            optimiser=self.optimiser._engine(),
            clip_norm=self.clip_norm,
            clip_value=self.clip_value,
            parameter_optimisers=engine_optimisers(self.parameter_optimisers),
            weight_constraints=engine_constraints(self.weight_constraints, network),
            deep_r=self.deep_r.engine(network),
            surrogate=self.surrogate._engine(),
            detach_reset=self.detach_reset,
            checkpoint_interval=self.checkpoint_interval,
            **self._settings(),
        )
        return CompiledTrainingNetwork(network, made, self)
