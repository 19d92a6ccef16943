"""Names of mlGeNN that are not here: what to use instead, and whether they will come.

`docs/names.md` is the same as a table for readers; a test compares both.
"""

from __future__ import annotations

import dis
import sys
from typing import Any, Callable, Dict, Tuple

from ._described import suggest

LATER, NEVER = "later", "never"

_REGISTRY = (NEVER, 'strings are names of classes already, such as neuron="leaky_integrate"')
_CUSTOM_UPDATE = (NEVER, "there are no custom updates: derive from Callback and override ")
_MODELS = (NEVER, "write a neuron as equations with saltus.neurons.UserNeuron")
_TIMESTEPS = (NEVER, "steps run in blocks: use recorders, or compiled.trace()")
_FEW_SPIKE = (LATER, "IntegrateFire approximates rectified units")
_ROWS = (NEVER, "write rows of synapses with saltus.connectivity.RowConnectivity")

#: By module or class: names, whether they come, and what serves meanwhile or instead.
ABSENT: Dict[str, Dict[str, Tuple[str, str]]] = {
    "saltus": {
        "communicators": (LATER, "several threads of one machine train"),
    },
    "saltus.callbacks": {
        "CustomUpdateOnBatchBegin": (NEVER, _CUSTOM_UPDATE[1] + "on_batch_begin()"),
        "CustomUpdateOnBatchEnd": (NEVER, _CUSTOM_UPDATE[1] + "on_batch_end()"),
        "CustomUpdateOnEpochBegin": (NEVER, _CUSTOM_UPDATE[1] + "on_epoch_begin()"),
        "CustomUpdateOnEpochEnd": (NEVER, _CUSTOM_UPDATE[1] + "on_epoch_end()"),
        "CustomUpdateOnTimestepBegin": (NEVER, _CUSTOM_UPDATE[1] + "on_batch_begin()"),
        "CustomUpdateOnTimestepEnd": (NEVER, _CUSTOM_UPDATE[1] + "on_batch_end()"),
        "default_callbacks": _REGISTRY,
    },
    "saltus.compilers": {
        "CompiledFewSpikeNetwork": _FEW_SPIKE,
        "CompiledInferenceNetwork": (NEVER, "use CompiledNetwork"),
        "FewSpikeCompiler": _FEW_SPIKE,
        "few_spike_compiler": _FEW_SPIKE,
        "SupportedMatrixType": (NEVER, 'matrix types are named by strings, such as "SPARSE"'),
    },
    "saltus.initializers": {
        "NormalClippedDelay": (NEVER, "use NormalClipped, with delays in timesteps"),
        "Uninitialised": (NEVER, "use Constant(0.0)"),
        "Wrapper": (
            NEVER,
            "the initializers that it wrapped are classes here; derive from Initializer for others",
        ),
        "default_initializers": _REGISTRY,
    },
    "saltus.losses": {
        "default_losses": _REGISTRY,
    },
    "saltus.metrics": {"default_metrics": _REGISTRY},
    "saltus.neurons": {
        "FewSpikeRelu": _FEW_SPIKE,
        "FewSpikeReluInput": _FEW_SPIKE,
        "default_neurons": _REGISTRY,
    },
    "saltus.optimisers": {"default_optimisers": _REGISTRY},
    "saltus.readouts": {"default_readouts": _REGISTRY},
    "saltus.synapses": {"default_synapses": _REGISTRY},
    "saltus.utils": {
        "callback_list": (NEVER, "evaluate() and train() take callbacks"),
        "decorators": (NEVER, "neurons and synapses take a network's default_params by themselves"),
        "model": _MODELS,
        "module": (NEVER, "strings are names of classes already"),
        "network": (NEVER, "saltus.Network has lists of populations and connections"),
        "snippet": _ROWS,
        "value": (NEVER, "numbers, arrays and initializers are taken as they are"),
    },
    "CompiledNetwork": {
        "custom_update": (
            NEVER,
            "there are no custom updates: derive from saltus.callbacks.Callback",
        ),
    },
    "Callback": {
        "on_timestep_begin": _TIMESTEPS,
        "on_timestep_end": _TIMESTEPS,
    },
    "Compiler": dict.fromkeys(
        (
            "add_custom_connectivity_update",
            "add_custom_update",
            "add_out_post_zero_custom_update",
            "add_softmax_custom_updates",
            "apply_delay",
            "build_neuron_model",
            "build_synapse_model",
            "build_weight_update_model",
            "create_compiled_network",
            "pre_compile",
        ),
        _MODELS,
    ),
    "Initializer": {"get_snippet": (NEVER, "override value()")},
    "Input": {"set_input": (NEVER, "evaluate(), predict() and train() take the data")},
    "Loss": dict.fromkeys(("add_to_neuron", "set_target"), (NEVER, "losses are the engine's")),
    "Neuron": {
        "get_model": _MODELS,
        "get_readout": (NEVER, "predict() returns readouts"),
    },
    "Optimiser": dict.fromkeys(("get_model", "set_step"), (NEVER, "optimisers are the engine's")),
    "Readout": dict.fromkeys(
        ("add_readout_logic", "get_readout", "reset_vars"), (NEVER, "readouts are the engine's")
    ),
    "Synapse": {"get_model": (NEVER, "synapses are the engine's")},
}


def _is_from_import() -> bool:
    """Whether `from module import name` asks, rather than `module.name`."""
    # Python replaces what an AttributeError says by a sentence of its own in that case alone.
    frame = sys._getframe(3)
    return frame.f_code.co_code[frame.f_lasti] == dis.opmap["IMPORT_FROM"]


def _advice(owner: str, name: str) -> str:
    """Whether a name will come, and what serves meanwhile; nothing for one that mlGeNN has not."""
    when, instead = ABSENT.get(owner, {}).get(name, ("", ""))
    if not when:
        return ""
    return f"it {'comes later' if when == LATER else 'will not come'}; {instead}"


def absent(module: str) -> Callable[[str], Any]:
    """The ``__getattr__`` of a module: raises an error that says what to use instead."""

    def missing(name: str) -> Any:
        return raise_missing(module, name)

    return missing


def raise_missing(module: str, name: str) -> Any:
    """Raises an AttributeError, or an ImportError where a name was to be imported.

    Called by the ``__getattr__`` of a module.
    """
    advice = _advice(module, name)
    if not advice and not name.startswith("_"):
        advice = suggest(name, getattr(sys.modules[module], "__all__", ()))
    if advice and _is_from_import():
        raise ImportError(f"cannot import name '{name}' from '{module}': {advice}", name=name)
    raise AttributeError(
        f"module '{module}' has no attribute '{name}'" + (f": {advice}" if advice else "")
    )


def raise_missing_attribute(owner: Any, name: str) -> Any:
    """Raises an AttributeError for a method or attribute that an object lacks.

    Called by the ``__getattr__`` of its class.
    """
    advices = (_advice(cls.__name__, name) for cls in type(owner).__mro__)
    advice = next(filter(None, advices), "")
    raise AttributeError(
        f"'{type(owner).__name__}' object has no attribute '{name}'"
        + (f": {advice}" if advice else "")
    )
