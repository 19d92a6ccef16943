"""Compilers: turn the description of a network into one that runs."""

from typing import Any

from .compiled_network import CompiledNetwork, Synapses, Trace
from .compiled_training_network import CompiledTrainingNetwork
from .compiler import Compiler
from .event_prop_compiler import EventPropCompiler
from .inference_compiler import InferenceCompiler
from .profile import PassProfile, Profile
from .stream import Stream

__all__ = [
    "CompiledNetwork",
    "CompiledTrainingNetwork",
    "Compiler",
    "EventPropCompiler",
    "InferenceCompiler",
    "PassProfile",
    "Profile",
    "Stream",
    "Synapses",
    "Trace",
]

_LATER = ("EPropCompiler", "FewSpikeCompiler", "SurrogateCompiler")


def __getattr__(name: str) -> Any:
    advice = ": it comes later; EventPropCompiler trains" if name in _LATER else ""
    raise AttributeError(f"module 'saltus.compilers' has no attribute '{name}'{advice}")
