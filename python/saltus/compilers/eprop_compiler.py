"""Compilation for training with e-prop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Optional, Sequence, Union

from .. import _saltus
from .._deep_r import DeepR
from .._parameters import engine_optimisers, get_parameter_optimisers
from .._values import optional_number, require_count, require_number
from ..constraints import engine_constraints, get_constraints
from ..losses import Loss
from ..neurons import AdaptiveLeakyIntegrateFire, LeakyIntegrate, LeakyIntegrateFire
from ..neurons import LeakyIntegrateFireInput
from ..optimisers import Optimiser, get_optimiser
from ..surrogates import Surrogate, get_surrogate
from ._losses import get_losses, losses_of
from .compiled_training_network import CompiledTrainingNetwork
from .compiler import NO_DELAYS, Compiler, refuse_others

if TYPE_CHECKING:
    from ..network import Network

_SPIKING = {"relative_reset": True, "integrate_during_refrac": True, "scale_i": False}

#: For Network(default_params): arguments that suit training with e-prop.
default_params: Dict[type, Dict[str, Any]] = {
    LeakyIntegrate: {"scale_i": False},
    LeakyIntegrateFire: _SPIKING,
    LeakyIntegrateFireInput: _SPIKING,
    AdaptiveLeakyIntegrateFire: _SPIKING,
}

_LATER = "leave it out: it comes later"


class EPropCompiler(Compiler):
    """Compiles a network to be trained with e-prop: gradients from eligibility traces, which each
    synapse could know locally, and learning signals, which outputs send to hidden neurons. It is
    back-propagation through time with surrogate gradients in which the spikes of other hidden
    neurons count as constants, for any neuron model, with any synapses and delays. No synapse needs
    a state for it: gradients are sums over presynaptic spikes.

    Args:
        example_timesteps: Steps of an example.
        losses: Loss of every output population: a loss, its name, or a dictionary with one for each
            output population or layer.
        optimiser: Optimiser or its name.
        tau_reg: Time over which spikes are averaged to a firing rate, in ms.
        c_reg: How strongly firing rates are drawn to f_target; 0 for not at all.
        f_target: Target rate in spikes per second. Averages begin each example there.
        train_output_bias: Whether the biases of outputs (LeakyIntegrate) are trained, too: one a
            neuron, without a mark.
        dt: Length of a timestep in ms.
        batch_size: Examples in a batch, between two changes of the weights.
        rng_seed: Seed of all random numbers.
        kernel_profiling: Whether time and events of every pass are kept, for profile(). cpu backend
            only.
        reset_time_between_batches: Only True.
        communicator: Only None.
        deep_r_conns: Connections (or layers, or names) that are rewired while they are trained, see
            "Rewiring" in the guide to training: after every update each synapse whose weight has
            crossed zero gives its place to another. For SPARSE connections with one delay.
        deep_r_l1_strength: What is added to the gradient by the magnitude of each of their weights,
            which draws those of no use to zero.
        deep_r_record_rewirings: Keys of the callbacks' data by connection: what RewiringRecord keeps
            of it.
        feedback: How errors of outputs get to hidden neurons: "symmetric" (through the weights to
            the outputs), "random" (through random weights that stay), or "adaptive" (through random
            weights whose difference from those to the outputs vanishes by and by). Populations
            without a connection to an output learn from random feedback in any case.
        feedback_scale: Random feedback weights are normally distributed with the standard deviation
            feedback_scale / sqrt(neurons of the population that learns).
        feedback_decay: Adaptive feedback: fraction of that difference that vanishes in each update.
        surrogate: What stands for the derivative of a spike: Surrogate, its name, or None for
            0.3 / d max(0, 1 - abs(x) / d), where d is how far the threshold is from where a neuron
            begins.
        per_timestep_loss: Whether losses are means over all timesteps of losses of the output
            variable at the end of each, instead of losses of the readout.
        mlgenn_lags: Whether to learn with the lags of mlGeNN, whose traces and errors meet up to
            three steps late: to compare with it, for no other reason.
        backend: "cpu", "reference" or "reference64".
        threads: Worker threads; 0 for one a core. Results do not depend on it.
        matrix_types: Names of matrix types, the best first, to choose how synapses are laid out.
        fold_readouts: Whether linear outputs are evaluated as sums over spikes where their loss
            allows it.
        clip_norm: Bound of the Euclidean norm of all gradients of a batch together, which are
            scaled down to it (R. Pascanu, T. Mikolov, Y. Bengio, ICML 2013).
        clip_value: Bound of the magnitude of each gradient, after that.
        parameter_optimisers: Optimiser (or name) of the parameters that are marked as Trainable, or a
            dictionary of optimisers by "population.parameter" ("*" for all others); that of the
            weights where there is none.
        weight_constraints: What the weights of single connections keep to: WeightBounds, KeepSign and
            MaxNorm (of saltus.constraints), one or a list, by connection, layer or name.
        delay_learn_conns: Only []: EventPropCompiler alone learns delays.

    Raises:
        ModelError: For arguments out of their range.
        UnsupportedError: For arguments that can have one value only.

    References:
        G. Bellec, F. Scherr, A. Subramoney, E. Hajek, D. Salaj, R. Legenstein, W. Maass, A solution
        to the learning dilemma for recurrent networks of spiking neurons, Nature Communications 11,
        3625 (2020).

    Example:
        >>> compiler = EPropCompiler(80, "sparse_categorical_crossentropy", Adam(0.003), batch_size=32)
        >>> metrics, _ = compiler.compile(network).train({inputs: x}, {output: y}, num_epochs=3)
    """

    def __init__(
        self,
        example_timesteps: int,
        losses: Union[Loss, str, Dict[Any, Union[Loss, str]]],
        optimiser: Union[Optimiser, str] = "adam",
        tau_reg: float = 500.0,
        c_reg: float = 0.001,
        f_target: float = 10.0,
        train_output_bias: bool = True,
        dt: float = 1.0,
        batch_size: int = 1,
        rng_seed: int = 0,
        kernel_profiling: bool = False,
        reset_time_between_batches: bool = True,
        communicator: Any = None,
        deep_r_conns: Sequence[Any] = (),
        deep_r_l1_strength: float = 1e-4,
        deep_r_record_rewirings: Any = {},
        *,
        feedback: str = "symmetric",
        feedback_scale: float = 1.0,
        feedback_decay: float = 0.01,
        surrogate: Union[Surrogate, str, None] = None,
        per_timestep_loss: bool = True,
        mlgenn_lags: bool = False,
        backend: str = "cpu",
        threads: int = 0,
        matrix_types: Sequence[str] = (),
        fold_readouts: bool = True,
        clip_norm: Optional[float] = None,
        clip_value: Optional[float] = None,
        parameter_optimisers: Any = None,
        weight_constraints: Any = None,
        delay_learn_conns: Sequence[Any] = (),
    ) -> None:
        where = "EPropCompiler"
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
        self.example_timesteps = require_count(example_timesteps, where, "example_timesteps", 1)
        self.losses = get_losses(losses)
        self.optimiser = get_optimiser(optimiser)
        self.clip_norm = optional_number(clip_norm, where, "clip_norm")
        self.clip_value = optional_number(clip_value, where, "clip_value")
        self.parameter_optimisers = get_parameter_optimisers(parameter_optimisers, where)
        self.weight_constraints = get_constraints(weight_constraints, where)
        self.deep_r = DeepR(deep_r_conns, deep_r_l1_strength, deep_r_record_rewirings, where)
        self.tau_reg = require_number(tau_reg, where, "tau_reg")
        self.c_reg = require_number(c_reg, where, "c_reg")
        self.f_target = require_number(f_target, where, "f_target")
        self.feedback = str(feedback)
        self.feedback_scale = require_number(feedback_scale, where, "feedback_scale")
        self.feedback_decay = require_number(feedback_decay, where, "feedback_decay")
        self.surrogate: Optional[Surrogate] = (
            None if surrogate is None else get_surrogate(surrogate)
        )
        self.per_timestep_loss = bool(per_timestep_loss)
        self.mlgenn_lags = bool(mlgenn_lags)
        self.train_output_bias = bool(train_output_bias)
        refuse_others(
            where,
            reset_time_between_batches=(
                reset_time_between_batches,
                True,
                "leave it out: every batch begins at time 0",
            ),
            communicator=(communicator, None, _LATER),
            delay_learn_conns=(list(delay_learn_conns), [], NO_DELAYS),
        )
        self._engine_options()

    def _engine_options(self) -> Any:
        return _saltus.EPropSettings(
            self.tau_reg,
            self.c_reg,
            self.f_target,
            self.feedback,
            self.feedback_scale,
            self.feedback_decay,
            None if self.surrogate is None else self.surrogate._engine(),
            self.mlgenn_lags,
            self.per_timestep_loss,
            self.train_output_bias,
        )

    def compile(self, network: "Network", name: Any = None) -> CompiledTrainingNetwork:
        """As Compiler.compile()."""
        described = self._build(network)
        made = _saltus.compile_e_prop(
            described,
            self.example_timesteps,
            losses=losses_of(self.losses, network, "EPropCompiler"),
            optimiser=self.optimiser._engine(),
            clip_norm=self.clip_norm,
            clip_value=self.clip_value,
            parameter_optimisers=engine_optimisers(self.parameter_optimisers),
            weight_constraints=engine_constraints(self.weight_constraints, network),
            deep_r=self.deep_r.engine(network),
            options=self._engine_options(),
            **self._settings(),
        )
        return CompiledTrainingNetwork(network, made, self)
