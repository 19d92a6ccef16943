"""Compilers: turn the description of a network into one that runs."""

from typing import TYPE_CHECKING


from .._absent import absent
from ._results import CheckedGradient, Synapses, Trace
from .compiled_network import CompiledNetwork
from .compiled_training_network import CompiledTrainingNetwork
from .compiler import Compiler
from .eprop_compiler import EPropCompiler
from .event_prop_compiler import EventPropCompiler
from .inference_compiler import InferenceCompiler
from .profile import PassProfile, Profile
from .stream import Stream
from .surrogate_compiler import SurrogateCompiler

__all__ = [
    "CheckedGradient",
    "CompiledNetwork",
    "CompiledTrainingNetwork",
    "Compiler",
    "EPropCompiler",
    "EventPropCompiler",
    "InferenceCompiler",
    "PassProfile",
    "Profile",
    "Stream",
    "SurrogateCompiler",
    "Synapses",
    "Trace",
]

if not TYPE_CHECKING:
    __getattr__ = absent(__name__)
