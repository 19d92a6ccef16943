"""Compilation for training with EventProp."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Dict, Optional, Sequence, Union

from .. import _saltus
from ..connection import connection_of, population_of
from .._deep_r import DeepR
from .._parameters import engine_optimisers, get_parameter_optimisers
from .._values import optional_number, require_count, require_list, require_number
from ..constraints import engine_constraints, get_constraints
from ..losses import Loss
from ..neurons import AdaptiveLeakyIntegrateFire, LeakyIntegrate, LeakyIntegrateFire
from ..neurons import LeakyIntegrateFireInput
from ..optimisers import Optimiser, get_optimiser
from ..synapses import Exponential
from ._losses import get_losses, losses_of
from .compiled_training_network import CompiledTrainingNetwork
from .compiler import Compiler, refuse_others

if TYPE_CHECKING:
    from ..network import Network

_SPIKING = {"relative_reset": False, "integrate_during_refrac": False, "scale_i": True}
#: Arguments for neurons and synapses that fit EventProp: scaled currents, absolute reset.
default_params: Dict[type, Dict[str, Any]] = {
    LeakyIntegrate: {"scale_i": True},
    LeakyIntegrateFire: dict(_SPIKING),
    AdaptiveLeakyIntegrateFire: dict(_SPIKING),
    LeakyIntegrateFireInput: dict(_SPIKING),
    Exponential: {"scale_i": True},
}

_LATER = "leave it out: it comes later"


class EventPropCompiler(Compiler):
    """Compiles a network to be trained with EventProp: gradients of a loss through the times of
    spikes, exact for the steps that are computed.

    Args:
        example_timesteps: Steps of an example.
        losses: Loss of every output population: a loss, its name, or a dictionary with one for each
            output population or layer.
        optimiser: Optimiser or its name.
        reg_lambda_upper: Strength with which neurons that spike more often than reg_nu_upper are
            drawn there: a number for all populations that spike and are no outputs, or numbers by
            population or layer. mlGeNN's strength times tau_mem.
        reg_lambda_lower: The same for neurons that spike less often than reg_nu_lower.
        reg_nu_upper: Spikes of a neuron in an example, in the mean over a batch.
        max_spikes: Not needed: storage grows with the spikes, and none is lost.
        strict_buffer_checking: Not needed likewise.
        per_timestep_loss: Whether losses are means over all timesteps of losses of the output variable
            at the end of each, instead of losses of the readout. Targets stay the same, or are of
            shape (examples, timesteps) + the population's shape.
        dt: Length of a timestep in ms.
        ttfs_alpha: Outputs that are read by first spikes: weight of ttfs_alpha / (1.01 T - t), with
            the time t of the first spike of the label's neuron in an example of length T, which is
            added to the cross-entropy.
        softmax_temperature: Only 1.0: give SparseCategoricalCrossentropy its temperature.
        batch_size: Examples in a batch, between two changes of the weights.
        rng_seed: Seed of all random numbers.
        kernel_profiling: Whether time and events of every pass are kept, for profile(). Small
            networks take a few per cent longer with it. cpu backend only.
        communicator: Only None.
        delay_optimiser: Optimiser (or name) of learned delays, whose gradients are per timestep; a
            copy of optimiser when None.
        delay_learn_conns: Connections whose delays are learned with the weights: connections,
            layers or names. Each of their synapses gets a delay of its own, also where all begin
            with the same number, from 0 to the connection's max_delay_steps, in timesteps. With
            exact spike times they are used as they are; on the time grid they are kept as such and
            rounded to whole timesteps where they are used.
        deep_r_conns: Connections (or layers, or names) that are rewired while they are trained, see
            "Rewiring" in the guide to training: after every update each synapse whose weight has
            crossed zero gives its place to another. For SPARSE connections with one delay.
        deep_r_l1_strength: What is added to the gradient by the magnitude of each of their weights,
            which draws those of no use to zero.
        deep_r_record_rewirings: Keys of the callbacks' data by connection: what RewiringRecord keeps
            of it.
        min_slope: Smallest slope (per ms) with which a threshold counts as crossed, which bounds
            the gradient of spikes that only graze it.
        spike_times: "grid": spikes fall at the ends of steps; or "exact": at the times at which the
            threshold is crossed, found from the solution of the equations. Spikes and gradients are
            then those of continuous time whatever dt is, delays need not be whole steps, and a spike
            takes its delay alone. For linear neurons and synapses of linear equations; in float64.
        reg_nu_lower: Of reg_lambda_lower; reg_nu_upper when None.
        reg_silent: Strength of what draws neurons without a spike in an example up to their
            threshold, by the moment in which they came nearest to it, times the fraction of the
            batch's examples by which they spike in fewer than reg_active: a number, or numbers by
            population or layer (outputs, too).
        reg_active: Of reg_silent.
        backend: "cpu", "reference" or "reference64".
        threads: Worker threads; 0 for one a core. Results do not depend on it.
        matrix_types: Names of matrix types, the best first, to choose how synapses are laid out.
        fold_readouts: Whether linear outputs are evaluated as sums over spikes.
        clip_norm: Bound of the Euclidean norm of all gradients of a batch together, which are
            scaled down to it (R. Pascanu, T. Mikolov, Y. Bengio, ICML 2013).
        clip_value: Bound of the magnitude of each gradient, after that.
        parameter_optimisers: Optimiser (or name) of the parameters that are marked as Trainable, or a
            dictionary of optimisers by "population.parameter" ("*" for all others); that of the
            weights where there is none.
        weight_constraints: What the weights of single connections keep to: WeightBounds, KeepSign and
            MaxNorm (of saltus.constraints), one or a list, by connection, layer or name.

    Raises:
        ModelError: For arguments out of their range.
        UnsupportedError: For arguments that can have one value only.

    References:
        T. C. Wunderlich, C. Pehle, Scientific Reports 11, 12829 (2021);
        T. Nowotny, J. P. Turner, J. C. Knight, Neuromorphic Computing and Engineering 5 (2025);
        of delays: B. Meszaros, J. C. Knight, T. Nowotny, Nature Communications 16 (2025).

    Example:
        >>> compiler = EventPropCompiler(
        ...     20, "sparse_categorical_crossentropy", Adam(0.01), batch_size=32
        ... )
        >>> metrics, _ = compiler.compile(network).train({inputs: x}, {output: y}, num_epochs=3)

        With delays that are learned:

        >>> delayed = network.connections[0]
        >>> delayed.max_delay_steps = 10
        >>> compiler = EventPropCompiler(
        ...     20, "sparse_categorical_crossentropy", delay_learn_conns=[delayed]
        ... )
        >>> sorted(compiler.compile(network).parameters())
        ['Conn_input_hidden.delay']
    """

    def __init__(
        self,
        example_timesteps: int,
        losses: Union[Loss, str, Dict[Any, Union[Loss, str]]],
        optimiser: Union[Optimiser, str] = "adam",
        reg_lambda_upper: Any = {},
        reg_lambda_lower: Any = {},
        reg_nu_upper: float = 0.0,
        max_spikes: int = 500,
        strict_buffer_checking: bool = False,
        per_timestep_loss: bool = False,
        dt: float = 1.0,
        ttfs_alpha: float = 0.01,
        softmax_temperature: float = 1.0,
        batch_size: int = 1,
        rng_seed: int = 0,
        kernel_profiling: bool = False,
        communicator: Any = None,
        delay_optimiser: Any = None,
        delay_learn_conns: Sequence[Any] = (),
        deep_r_conns: Sequence[Any] = (),
        deep_r_l1_strength: float = 1e-4,
        deep_r_record_rewirings: Any = {},
        *,
        min_slope: float = 0.01,
        spike_times: str = "grid",
        reg_nu_lower: Optional[float] = None,
        reg_silent: Any = 0.0,
        reg_active: float = 0.5,
        backend: str = "cpu",
        threads: int = 0,
        matrix_types: Sequence[str] = (),
        fold_readouts: bool = True,
        clip_norm: Optional[float] = None,
        clip_value: Optional[float] = None,
        parameter_optimisers: Any = None,
        weight_constraints: Any = None,
    ) -> None:
        where = "EventPropCompiler"
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
        self.per_timestep_loss = bool(per_timestep_loss)
        self.optimiser = get_optimiser(optimiser)
        self.clip_norm = optional_number(clip_norm, where, "clip_norm")
        self.clip_value = optional_number(clip_value, where, "clip_value")
        self.parameter_optimisers = get_parameter_optimisers(parameter_optimisers, where)
        self.weight_constraints = get_constraints(weight_constraints, where)
        self.delay_learn_conns = require_list(delay_learn_conns, where, "delay_learn_conns")
        self.delay_optimiser = None if delay_optimiser is None else get_optimiser(delay_optimiser)
        self.deep_r = DeepR(deep_r_conns, deep_r_l1_strength, deep_r_record_rewirings, where)
        self.min_slope = require_number(min_slope, where, "min_slope")
        self.spike_times = str(spike_times)
        self.ttfs_alpha = require_number(ttfs_alpha, where, "ttfs_alpha")
        self.reg_lambda_upper = reg_lambda_upper
        self.reg_lambda_lower = reg_lambda_lower
        self.reg_nu_upper = require_number(reg_nu_upper, where, "reg_nu_upper")
        lower = self.reg_nu_upper if reg_nu_lower is None else reg_nu_lower
        self.reg_nu_lower = require_number(lower, where, "reg_nu_lower")
        self.reg_silent = reg_silent
        self.reg_active = require_number(reg_active, where, "reg_active")
        _saltus.are_exact(self.spike_times)
        temperature = "leave it at 1.0 and give SparseCategoricalCrossentropy its temperature"
        refuse_others(
            where,
            softmax_temperature=(softmax_temperature, 1.0, temperature),
            communicator=(communicator, None, _LATER),
        )

    def _regularisation(self, population: Any) -> Any:
        """The engine's, of one population by name or of all others (None)."""

        def strength(name: str) -> float:
            given = getattr(self, name)
            if isinstance(given, dict):
                given = 0.0 if population is None else given.get(population, 0.0)
            return require_number(given, "EventPropCompiler", name)

        return _saltus.Regularisation(
            strength("reg_lambda_upper"),
            strength("reg_lambda_lower"),
            self.reg_nu_upper,
            self.reg_nu_lower,
            strength("reg_silent"),
            self.reg_active,
        )

    def _named(self, network: "Network") -> "EventPropCompiler":
        """The same with strengths by the names of populations."""
        named = copy.copy(self)
        for name in ("reg_lambda_upper", "reg_lambda_lower", "reg_silent"):
            given = getattr(self, name)
            if isinstance(given, dict):
                by_name = {population_of(key, network).name: value for key, value in given.items()}
                setattr(named, name, by_name)
        return named

    def compile(self, network: "Network", name: Any = None) -> CompiledTrainingNetwork:
        """As Compiler.compile()."""
        described = self._build(network)
        named = self._named(network)
        own = self.delay_optimiser
        dicts = (named.reg_lambda_upper, named.reg_lambda_lower, named.reg_silent)
        names = sorted({name for given in dicts if isinstance(given, dict) for name in given})
        made = _saltus.compile_event_prop(
            described,
            self.example_timesteps,
            losses=losses_of(self.losses, network, "EventPropCompiler"),
            per_timestep_loss=self.per_timestep_loss,
            optimiser=self.optimiser._engine(),
            clip_norm=self.clip_norm,
            clip_value=self.clip_value,
            parameter_optimisers=engine_optimisers(self.parameter_optimisers),
            weight_constraints=engine_constraints(self.weight_constraints, network),
            delay_learn_conns=[connection_of(c, network).name for c in self.delay_learn_conns],
            delay_optimiser=None if own is None else own._engine(),
            deep_r=self.deep_r.engine(network),
            min_slope=self.min_slope,
            spike_times=self.spike_times,
            ttfs_alpha=self.ttfs_alpha,
            regularisation=named._regularisation(None),
            regularisations={name: named._regularisation(name) for name in names},
            **self._settings(),
        )
        return CompiledTrainingNetwork(network, made, self)
