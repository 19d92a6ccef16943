"""Networks and compilers from network files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Dict, List, Tuple

from . import _network_text as known
from . import _saltus
from .compilers import EPropCompiler, EventPropCompiler, InferenceCompiler, SurrogateCompiler
from .compilers import eprop_compiler, event_prop_compiler, surrogate_compiler
from .connection import Connection
from .constraints import KeepSign, MaxNorm, WeightBounds, WeightConstraint
from .errors import ModelError
from .network import Network
from .neurons import UserNeuron
from .population import Population
from .surrogates import UserSurrogate
from .synapses import UserSynapse
from .trainable import Trainable

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from .compilers import Compiler

# Parts that a network file has and a model needs not, so that the engine can check the others.
_LEFT_OUT = {
    "data": 'format="idx"\nfolder="."\ntrain_images="-"\ntrain_labels="-"\n'
    'test_images="-"\ntest_labels="-"\n',
    "encoding": 'type="linear_latency"\nmax_time=1.0\n',
}


_DEFAULTS = {
    "event_prop": event_prop_compiler.default_params,
    "surrogate": surrogate_compiler.default_params,
    "e_prop": eprop_compiler.default_params,
}


def parse(text: str, name: str) -> Dict[str, Any]:
    """A network file as dictionaries, checked by the engine.

    Raises:
        ModelError: For the first mistake, with its line.
    """
    try:
        root = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ModelError(
            name, f"this is not TOML: {error}", "give a network file", {"file": name}
        ) from None
    left_out = dict(_LEFT_OUT)
    if isinstance(root.get("data"), dict) and root["data"].get("format") != "idx":
        del left_out["encoding"]  # recordings are spikes already
    added = (f"\n[{key}]\n{part}" for key, part in left_out.items() if key not in root)
    _saltus.check_network_text(text + "".join(added), name)
    return root


def read_network(root: Dict[str, Any]) -> Tuple[Network, "Compiler"]:
    """The network that a network file describes, and its compiler."""
    network = Network(_DEFAULTS.get(root["compiler"]["type"]))
    neurons = known.by_file_name(known.NEURONS)
    kinds = known.by_file_name(known.CONNECTIVITY)
    with network:
        for table in root.get("population", ()):
            kind = neurons[table["neuron"]]
            neuron = _user_neuron(table) if kind is UserNeuron else _made(kind, table)
            Population(neuron, table.get("shape"), name=table["name"])
        for table in root.get("connection", ()):
            Connection(
                network.find_population(table["source"]),
                network.find_population(table["target"]),
                _made(kinds[table["connectivity"]], table),
                _synapse(table["synapse"]),
                table.get("name") or _free_name(network, table),
                table.get("max_delay_steps"),
            )
    return network, _compiler(root["compiler"])


def _free_name(network: Network, table: Dict[str, Any]) -> str:
    """The name that the engine gives a connection without one."""
    base = f"{table['source']}->{table['target']}"
    taken = {connection.name for connection in network.connections}
    name, number = base, 2
    while name in taken:
        name, number = f"{base}#{number}", number + 1
    return name


def _made(kind: type, table: Dict[str, Any]) -> Any:
    """An object of a class from those of its arguments that a table has."""
    return kind(
        **{name: _value(table[key]) for name, key in known.argument_names(kind) if key in table}
    )


def _user_neuron(table: Dict[str, Any]) -> UserNeuron:
    """A neuron that is written as equations."""
    given = _written(UserNeuron, table, ("parameters", "states"))
    if "tau_refrac" in given:
        given["tau_refrac"] = _value(given["tau_refrac"])
    return UserNeuron(**given)


def _synapse(given: Any) -> Any:
    if isinstance(given, dict) and given.get("type") == "user_synapse":
        return UserSynapse(**_written(UserSynapse, given, ("parameters",)))
    return _typed(given, known.by_file_name(known.SYNAPSES))


def _written(kind: type, table: Dict[str, Any], named: Tuple[str, ...]) -> Dict[str, Any]:
    """Arguments of what is written as equations; `named` are those that hold values by name."""
    given = {name: table[key] for name, key in known.argument_names(kind) if key in table}
    for key in named:
        given[key] = {name: _with_unit(value) for name, value in given.get(key, {}).items()}
    pairs = (text.partition("=") for text in given.get("derived", ()))
    given["derived"] = {name.strip(): expression.strip() for name, _, expression in pairs}
    return given


def _with_unit(given: Any) -> Any:
    if not isinstance(given, dict) or "value" not in given:
        return _value(given)
    value = _value(given["value"])
    return (value, given["unit"]) if "unit" in given else value


def _value(given: Any) -> Any:
    """An argument: an initializer where it is a table."""
    if not isinstance(given, dict):
        return given
    ((name, arguments),) = given.items()
    if name == "trainable":
        return _made(Trainable, arguments)
    return _made(known.by_file_name(known.INITIALIZERS)[name], arguments)


def _typed(given: Any, kinds: Dict[str, type]) -> Any:
    """An object from the name of its class, or a table with that as its type."""
    table = {"type": given} if isinstance(given, str) else given
    return _made(kinds[table["type"]], table)


def _compiler(table: Dict[str, Any]) -> "Compiler":
    shared = {
        "dt": table.get("dt", 1.0),
        "batch_size": table.get("batch_size", 1),
        "rng_seed": table.get("seed", 0),
        "backend": table.get("backend", "cpu"),
        "threads": table.get("threads", 0),
        "fold_readouts": table.get("fold_readouts", True),
        "matrix_types": table.get("matrix_types", ()),
    }
    if table["type"] == "inference":
        return InferenceCompiler(
            table["timesteps"], spike_times=table.get("spike_times", "grid"), **shared
        )
    kinds = known.by_file_name(known.LOSSES)
    loss = _typed(table.get("loss", "sparse_categorical_crossentropy"), kinds)
    optimiser = _typed(table.get("optimiser", "adam"), known.by_file_name(known.OPTIMISERS))
    clips: Dict[str, Any] = {key: table[key] for key in ("clip_norm", "clip_value") if key in table}
    clips.update(_parameter_optimisers(table))
    clips.update(_weight_constraints(table.get("weight_constraints", {})))
    clips.update(_deep_r(table.get("deep_r", {})))
    if table["type"] == "event_prop":
        names = ("min_slope", "spike_times", "ttfs_alpha", "delay_learn_conns")
        more = {name: table[name] for name in names if name in table}
        if "delay_optimiser" in table:
            kinds = known.by_file_name(known.OPTIMISERS)
            more["delay_optimiser"] = _typed(table["delay_optimiser"], kinds)
        more.update(_regularisation(table.get("regularisation", {})))
        return EventPropCompiler(
            table["timesteps"],
            loss,
            optimiser,
            per_timestep_loss=table.get("per_timestep_loss", False),
            **shared,
            **clips,
            **more,
        )
    if table["type"] == "e_prop":
        words = "tau_reg c_reg f_target feedback feedback_scale feedback_decay mlgenn_lags"
        words += " train_output_bias"
        given = {
            name: table[name] for name in (*words.split(), "per_timestep_loss") if name in table
        }
        if "surrogate" in table:
            given["surrogate"] = _surrogate(table["surrogate"])
        return EPropCompiler(table["timesteps"], loss, optimiser, **shared, **clips, **given)
    return SurrogateCompiler(
        table["timesteps"],
        loss,
        optimiser,
        _surrogate(table.get("surrogate", "fast_sigmoid")),
        table.get("detach_reset", True),
        table.get("per_timestep_loss", False),
        checkpoint_interval=table.get("checkpoint_interval", 0),
        **shared,
        **clips,
    )


def _parameter_optimisers(table: Dict[str, Any]) -> Dict[str, Any]:
    """Arguments of compilers that train."""
    kinds = known.by_file_name(known.OPTIMISERS)
    given = dict(table.get("parameter_optimisers", {}))
    if "parameter_optimiser" in table:
        given["*"] = table["parameter_optimiser"]
    if not given:
        return {}
    return {"parameter_optimisers": {name: _typed(each, kinds) for name, each in given.items()}}


def _weight_constraints(tables: Dict[str, Any]) -> Dict[str, Any]:
    """Arguments of compilers that train."""
    given: Dict[str, List[WeightConstraint]] = {}
    for name, table in tables.items():
        parts: List[WeightConstraint] = []
        if "lower" in table or "upper" in table:
            parts.append(WeightBounds(table.get("lower"), table.get("upper")))
        if table.get("keep_sign", False):
            parts.append(KeepSign())
        if "max_norm" in table:
            parts.append(MaxNorm(table["max_norm"], table.get("norm_of", "neuron")))
        given[name] = parts
    return {"weight_constraints": given} if given else {}


def _deep_r(table: Dict[str, Any]) -> Dict[str, Any]:
    """Arguments of compilers that train."""
    keys = {"connections": "deep_r_conns", "l1_strength": "deep_r_l1_strength"}
    return {name: table[key] for key, name in keys.items() if key in table}


def _regularisation(table: Dict[str, Any]) -> Dict[str, Any]:
    """Arguments of EventPropCompiler."""
    return {name: table[key] for key, name in known.REGULARISATION.items() if key in table}


def _surrogate(given: Any) -> Any:
    if isinstance(given, dict) and "derivative" in given:
        return UserSurrogate(given["derivative"])
    return _typed(given, known.by_file_name(known.SURROGATES))
