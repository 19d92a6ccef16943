"""Networks as network files (TOML), which the program and C++ read, and back."""

from __future__ import annotations

import inspect
import json
import math
from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Tuple

import numpy as np

from . import connectivity, initializers, losses, neurons, optimisers, surrogates, synapses
from ._described import Described, snake_case
from ._parameters import learned_delays
from .connectivity.rows import RowConnectivity
from .connectivity.sparse import Sparse, SparseBase
from .constraints import WeightConstraint, named_constraints
from .errors import ModelError, UnsupportedError
from .readouts import Readout
from .trainable import Trainable

if TYPE_CHECKING:
    from .compilers.compiled_network import CompiledNetwork
    from .connection import Connection

NEURONS = (
    neurons.SpikeInput,
    neurons.BinarySpikeInput,
    neurons.PoissonInput,
    neurons.IntegrateFireInput,
    neurons.LeakyIntegrateFireInput,
    neurons.IntegrateFire,
    neurons.LeakyIntegrate,
    neurons.LeakyIntegrateFire,
    neurons.AdaptiveLeakyIntegrateFire,
    neurons.AdaptiveExponential,
    neurons.Izhikevich,
    neurons.ResonateFire,
    neurons.UserNeuron,
)
SYNAPSES = (
    synapses.Alpha,
    synapses.Delta,
    synapses.DualExponential,
    synapses.Exponential,
    synapses.UserSynapse,
)
CONNECTIVITY = (
    connectivity.Dense,
    connectivity.OneToOne,
    connectivity.FixedProbability,
    connectivity.FixedNumberPost,
    connectivity.FixedNumberPre,
    connectivity.FixedNumberTotal,
    connectivity.Sparse,
    connectivity.Conv1D,
    connectivity.Conv2D,
    connectivity.Conv2DTranspose,
    connectivity.AvgPool2D,
    connectivity.AvgPoolConv2D,
    connectivity.AvgPoolDense2D,
)
INITIALIZERS = (
    initializers.Normal,
    initializers.Uniform,
    initializers.NormalClipped,
    initializers.Exponential,
    initializers.Gamma,
    initializers.Binomial,
    initializers.Constant,
    initializers.GlorotNormal,
    initializers.GlorotUniform,
    initializers.HeNormal,
    initializers.HeUniform,
    initializers.Identity,
    initializers.Orthogonal,
    initializers.Sparse,
)
LOSSES = (
    losses.MeanSquareError,
    losses.RelativeMeanSquareError,
    losses.SparseCategoricalCrossentropy,
)
OPTIMISERS = (optimisers.Adam, optimisers.AdamW, optimisers.SGD)
#: Keys of a regularisation in network files, and the arguments of EventPropCompiler.
REGULARISATION = {
    "upper": "reg_lambda_upper",
    "lower": "reg_lambda_lower",
    "most": "reg_nu_upper",
    "least": "reg_nu_lower",
    "silent": "reg_silent",
    "active": "reg_active",
}

SURROGATES = (
    surrogates.Arctan,
    surrogates.Boxcar,
    surrogates.FastSigmoid,
    surrogates.MultiGaussian,
    surrogates.Sigmoid,
    surrogates.SuperSpike,
    surrogates.Triangle,
)
#: Names of classes in network files, where they are not the usual ones; and of arguments.
NAMES = {
    connectivity.Conv1D: "conv_1d",
    connectivity.Conv2D: "conv_2d",
    connectivity.Conv2DTranspose: "conv_2d_transpose",
    connectivity.AvgPool2D: "avg_pool_2d",
    connectivity.AvgPoolConv2D: "avg_pool_conv_2d",
    connectivity.AvgPoolDense2D: "avg_pool_dense_2d",
    optimisers.SGD: "sgd",
}
ARGUMENTS: Dict[Tuple[type, str], str] = {
    (initializers.Exponential, "scale"): "lambda",
    (Sparse, "pre_ind"): "pre",
    (Sparse, "post_ind"): "post",
}
#: Attributes that have other names than the arguments.
ATTRIBUTES: Dict[Tuple[type, str], str] = {(initializers.Constant, "value"): "constant"}


def name_of(kind: type) -> str:
    """The name of a class in network files."""
    return NAMES.get(kind, snake_case(kind.__name__))


def by_file_name(kinds: Iterable[type]) -> Dict[str, type]:
    """Classes by their names in network files."""
    return {name_of(kind): kind for kind in kinds}


def argument_names(kind: type) -> List[Tuple[str, str]]:
    """The arguments of a class: names in Python and in network files."""
    names = list(inspect.signature(kind).parameters)
    return [(name, ARGUMENTS.get((kind, name), name)) for name in names]


def network_text(
    compiled: "CompiledNetwork", description: str, data: Dict[str, Any], encoding: Dict[str, Any]
) -> str:
    """The network file of a compiled network. Weights that it keeps stand elsewhere.

    Raises:
        UnsupportedError: For what network files cannot say.
    """
    lines: List[str] = []
    if description:
        lines += [f"description = {value_text(description, 'description')}", ""]
    for title, section in (("data", data), ("encoding", encoding)):
        if section:
            lines += [f"[{title}]", *_pairs(section, title), ""]
    for population in compiled.network.populations:
        where = f"Population {population.name}"
        kind = _kind_of(population.neuron, NEURONS, where)
        if isinstance(population.neuron, neurons.Input) and population.neuron.readout is not None:
            raise UnsupportedError(
                where,
                "network files cannot say that an input has a readout",
                "save the weights with save(), and keep the script that describes the network",
            )
        pairs = {"name": population.name, "neuron": name_of(kind), "shape": population.shape}
        pairs.update(_arguments(population.neuron, kind, where))
        lines += ["[[population]]", *_pairs(pairs, where), ""]
    kept = set(compiled._made.connections_with_weights())
    for connection in compiled.network.connections:
        lines += ["[[connection]]", *_connection_lines(connection, compiled, kept), ""]
    lines += ["[compiler]", *_pairs(_compiler_pairs(compiled), "compiler")]
    return "\n".join(lines) + "\n"


def value_text(value: Any, where: str) -> str:
    """A value as TOML.

    Raises:
        UnsupportedError: For one that network files cannot say.
    """
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        if not math.isfinite(value):
            raise ModelError(where, f"{value} is no finite number", "give a finite number")
        return repr(float(value))
    if isinstance(value, str):
        # TOML's escapes are those of JSON, but for one more character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, np.ndarray) and value.ndim <= 2:
        return value_text(value.tolist(), where)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(value_text(each, where) for each in value) + "]"
    if isinstance(value, dict):
        pairs = (f"{key} = {value_text(each, where)}" for key, each in value.items())
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, Trainable):
        flat = value.value.ravel() if isinstance(value.value, np.ndarray) else value.value
        arguments = {**_arguments(value, Trainable, where), "value": flat}
        return value_text({"trainable": arguments}, where)
    if isinstance(value, initializers.Initializer):
        kind = _kind_of(value, INITIALIZERS, where)
        return value_text({name_of(kind): _arguments(value, kind, where)}, where)
    raise UnsupportedError(
        where,
        f"network files cannot say {_short(value)}",
        "save the weights with save(), and keep the script that describes the network",
    )


def _short(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return f"a {type(value).__name__}"


def _pairs(section: Dict[str, Any], where: str) -> List[str]:
    return [f"{key} = {value_text(value, where)}" for key, value in section.items()]


def _kind_of(described: Any, kinds: Tuple[type, ...], where: str) -> type:
    """Its class, if network files know it; a subclass may do anything."""
    if type(described) in kinds:
        return type(described)
    raise UnsupportedError(
        where,
        f"network files have no {type(described).__name__}",
        "save the weights with save(), and keep the script that describes the network",
    )


def _arguments(described: Any, kind: type, where: str) -> Dict[str, Any]:
    """The arguments of an object that are not left out, by their names in network files."""
    found: Dict[str, Any] = {}
    for name, key in argument_names(kind):
        value = getattr(described, ATTRIBUTES.get((kind, name), name))
        if value is None:
            continue
        if isinstance(value, Readout):
            found[key] = _readout_name(value, where)
        elif isinstance(described, (neurons.Neuron, synapses.Synapse)) and isinstance(
            value, np.ndarray
        ):
            found[key] = value.ravel()
        elif isinstance(described, (neurons.UserNeuron, synapses.UserSynapse)) and isinstance(
            value, dict
        ):
            found[key] = _values_by_name(described, key, value)
        else:
            found[key] = value
    return found


def _values_by_name(described: Any, key: str, values: Dict[str, Any]) -> Any:
    """What a neuron or synapse that is written as equations has by name, in its order."""
    if key == "derived":
        return [f"{name} = {expression}" for name, expression in values.items()]
    found: Dict[str, Any] = {}
    for name, value in values.items():
        flat = value.ravel() if isinstance(value, np.ndarray) else value
        unit = described.units.get(name)
        found[name] = flat if unit is None else {"value": flat, "unit": unit}
    return found


def _readout_name(readout: Readout, where: str) -> str:
    name = snake_case(type(readout).__name__)
    if readout._engine() != name:
        return str(value_text(readout, where))
    return name


def _connection_lines(
    connection: "Connection", compiled: "CompiledNetwork", kept: Any
) -> List[str]:
    where = f"Connection {connection.name}"
    described = _listed(connection, compiled)
    kind = _kind_of(described, CONNECTIVITY, where)
    pairs = {
        "name": connection.name,
        "source": connection.source().name,
        "target": connection.target().name,
        "connectivity": name_of(kind),
        **_arguments(described, kind, where),
        "synapse": {"type": name_of(_kind_of(connection.synapse, SYNAPSES, where))},
    }
    pairs["synapse"].update(_arguments(connection.synapse, type(connection.synapse), where))
    # Weights that are kept stand elsewhere.
    if connection.name in kept and "weight" in pairs and not _can_be_said(pairs["weight"]):
        pairs["weight"] = 0.0
    if connection.max_delay_steps is not None:
        pairs["max_delay_steps"] = connection.max_delay_steps
    return _pairs(pairs, where)


def _can_be_said(weight: Any) -> bool:
    return isinstance(weight, float) or type(weight) in INITIALIZERS


def _listed(connection: "Connection", compiled: "CompiledNetwork") -> Described:
    """The connectivity, as a list of synapses where it is one or is written in Python."""
    described = connection.connectivity
    explicit = isinstance(described, SparseBase) and described.pre_ind is not None
    if not isinstance(described, RowConnectivity) and not explicit:
        return described
    synapses_ = compiled.synapses(connection)
    delays = np.unique(synapses_.delay)
    delay: Any = synapses_.delay.astype(np.float64)
    if len(delays) == 1:
        # With exact spike times it needs not be a whole number.
        known = compiled.delays(connection)
        delay = float(known if known.ndim == 0 else delays[0])
    if connection.name in learned_delays(compiled):
        delay = compiled.delays(connection)
    return Sparse(synapses_.pre, synapses_.post, synapses_.weight.astype(np.float64), delay)


def _compiler_pairs(compiled: "CompiledNetwork") -> Dict[str, Any]:
    from .compilers import EPropCompiler, EventPropCompiler, InferenceCompiler, SurrogateCompiler

    compiler = compiled.compiler
    pairs: Dict[str, Any] = {
        "type": "inference",
        "timesteps": compiled.num_timesteps,
        "dt": compiler.dt,
        "batch_size": compiler.batch_size,
        "seed": compiler.rng_seed,
        "fold_readouts": compiler.fold_readouts,
    }
    if compiler.matrix_types:
        pairs["matrix_types"] = compiler.matrix_types
    if isinstance(compiler, (EPropCompiler, EventPropCompiler, SurrogateCompiler)):
        where = type(compiler).__name__
        pairs.update(
            loss=_typed(_only_loss(compiler.losses, where), where),
            per_timestep_loss=compiler.per_timestep_loss,
            optimiser=_typed(compiler.optimiser, where),
        )
        clips = {"clip_norm": compiler.clip_norm, "clip_value": compiler.clip_value}
        pairs.update({key: bound for key, bound in clips.items() if bound is not None})
        pairs.update(_parameter_optimisers(compiler.parameter_optimisers, where))
        pairs.update(
            _weight_constraints(named_constraints(compiler.weight_constraints, compiled.network))
        )
        if compiler.deep_r.conns:
            pairs["deep_r"] = {
                "connections": compiler.deep_r.names(compiled.network),
                "l1_strength": compiler.deep_r.l1_strength,
            }
    if isinstance(compiler, EventPropCompiler):
        pairs.update(
            type="event_prop",
            min_slope=compiler.min_slope,
            spike_times=compiler.spike_times,
            ttfs_alpha=compiler.ttfs_alpha,
        )
        pairs.update(_regularisation(compiler))
        learned = learned_delays(compiled)
        if learned:
            pairs["delay_learn_conns"] = learned
        if compiler.delay_optimiser is not None:
            pairs["delay_optimiser"] = _typed(compiler.delay_optimiser, where)
    elif isinstance(compiler, SurrogateCompiler):
        pairs.update(
            type="surrogate",
            surrogate=_surrogate(compiler.surrogate),
            detach_reset=compiler.detach_reset,
            checkpoint_interval=compiler.checkpoint_interval,
        )
    elif isinstance(compiler, EPropCompiler):
        names = ("tau_reg", "c_reg", "f_target", "feedback", "feedback_scale", "feedback_decay")
        switches = ("mlgenn_lags", "train_output_bias")
        pairs.update({name: getattr(compiler, name) for name in (*names, *switches)})
        pairs["type"] = "e_prop"
        if compiler.surrogate is not None:
            pairs["surrogate"] = _surrogate(compiler.surrogate)
    elif isinstance(compiler, InferenceCompiler):
        pairs["spike_times"] = compiler.spike_times
        if not (compiler.reset_vars_between_batches and compiler.reset_in_syn_between_batches):
            raise UnsupportedError(
                "InferenceCompiler",
                "network files cannot say that examples go on where others ended",
                "compile the network with the resets, and save that",
            )
    return pairs


def _parameter_optimisers(given: Any, where: str) -> Dict[str, Any]:
    named = {"*": given} if isinstance(given, optimisers.Optimiser) else dict(given or {})
    pairs: Dict[str, Any] = {}
    if "*" in named:
        pairs["parameter_optimiser"] = _typed(named.pop("*"), where)
    if named:
        pairs["parameter_optimisers"] = {
            json.dumps(name): _typed(each, where) for name, each in named.items()
        }
    return pairs


def _weight_constraints(named: Dict[str, List[WeightConstraint]]) -> Dict[str, Any]:
    pairs: Dict[str, Any] = {}
    for name, parts in named.items():
        given: Dict[str, Any] = {}
        for part in parts:
            given.update(part._arguments())
        keys = {"keeps_sign": "keep_sign"}
        pairs[json.dumps(name)] = {
            keys.get(key, key): value for key, value in given.items() if value is not None
        }
    return {"weight_constraints": pairs} if pairs else {}


def _regularisation(compiler: Any) -> Dict[str, Any]:
    given = {key: getattr(compiler, name) for key, name in REGULARISATION.items()}
    if any(isinstance(value, dict) and value for value in given.values()):
        raise UnsupportedError(
            "EventPropCompiler",
            "network files have one regularisation for all populations",
            "save the weights with save(), and keep the script that describes the network",
        )
    numbers = {key: value or 0.0 for key, value in given.items()}
    strengths = (numbers["upper"], numbers["lower"], numbers["silent"])
    return {"regularisation": numbers} if any(strengths) else {}


def _only_loss(given: Any, where: str) -> Any:
    found = list(given.values()) if isinstance(given, dict) else [given]
    if len({repr(loss) for loss in found}) == 1:
        return found[0]
    raise UnsupportedError(
        where,
        "network files have one loss for all outputs",
        "save the weights with save(), and keep the script that describes the network",
    )


def _surrogate(surrogate: surrogates.Surrogate) -> Dict[str, Any]:
    if isinstance(surrogate, surrogates.UserSurrogate):
        return {"derivative": surrogate.expression}
    return _typed(surrogate, "SurrogateCompiler")


def _typed(described: Any, where: str) -> Dict[str, Any]:
    kind = _kind_of(described, (*LOSSES, *OPTIMISERS, *SURROGATES), where)
    return {"type": name_of(kind), **_arguments(described, kind, where)}
