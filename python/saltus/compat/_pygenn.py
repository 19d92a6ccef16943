"""What stands for the module pygenn."""

from __future__ import annotations

import enum
from typing import Any


class SynapseMatrixType(enum.Enum):
    """How the synapses of a connection are laid out in memory."""

    DENSE = "DENSE"
    SPARSE = "SPARSE"
    PROCEDURAL = "PROCEDURAL"
    PROCEDURAL_KERNELG = "PROCEDURAL_KERNELG"
    TOEPLITZ = "TOEPLITZ"


_ADVICE = {
    "GeNNModel": "describe a Network and compile it",
    "create_neuron_model": "write a Neuron with equations, see saltus.neurons.Neuron",
    "create_weight_update_model": "what synapses learn is the compiler's: see saltus.compilers",
    "create_sparse_connect_init_snippet": "write a Connectivity, see saltus.connectivity",
    "create_var_init_snippet": "write an Initializer, see saltus.initializers",
    "create_custom_update_model": "write a Callback, see saltus.callbacks",
}


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    advice = _ADVICE.get(name, "Saltus stands for mlGeNN, and PyGeNN is not needed")
    raise AttributeError(f"[saltus.compat] pygenn.{name} cannot be mapped; {advice}")
