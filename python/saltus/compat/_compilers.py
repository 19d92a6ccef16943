"""What stands for the module ml_genn.compilers: compilers that also take GeNN's arguments."""

from __future__ import annotations

import functools
import warnings
from typing import Any, Dict

from .. import _saltus, compilers
from ..compilers import *  # noqa: F401,F403

__all__ = list(compilers.__all__)

#: Arguments of GeNN's models, which mlGeNN's compilers pass on.
_GENN_ARGUMENTS = frozenset(
    {
        "backend_log_level",
        "code_gen_log_level",
        "default_narrow_sparse_ind_enabled",
        "default_sparse_connectivity_location",
        "default_var_location",
        "enable_nccl_reductions",
        "fuse_postsynaptic_models",
        "fuse_pre_post_weight_update_models",
        "genn_log_level",
        "manual_device_id",
        "num_local_ranks",
        "optimise_code",
        "precision",
        "select_gpu_by_device_id",
        "selectGPUByDeviceID",
        "time_precision",
        "timing_enabled",
        "type_context",
    }
)


def _without_genn(where: str, arguments: Dict[str, Any]) -> Dict[str, Any]:
    """The arguments without those that concern GeNN alone."""
    kept = {name: value for name, value in arguments.items() if name not in _GENN_ARGUMENTS}
    left_out = [f"{name}={arguments[name]!r}" for name in arguments if name in _GENN_ARGUMENTS]
    backend = kept.get("backend")
    if backend is not None and backend not in _saltus.backend_names():
        left_out.append(f"backend={kept.pop('backend')!r}")
    if left_out:
        warnings.warn(f"[{where}] {', '.join(left_out)} left out: only GeNN needs it", stacklevel=3)
    return kept


def _tolerant(cls: Any) -> Any:
    """The compiler, with GeNN's arguments."""

    @functools.wraps(cls.__init__)
    def __init__(self: Any, *args: Any, **arguments: Any) -> None:
        cls.__init__(self, *args, **_without_genn(cls.__name__, arguments))

    return type(
        cls.__name__, (cls,), {"__init__": __init__, "__doc__": cls.__doc__, "__module__": __name__}
    )


InferenceCompiler = _tolerant(compilers.InferenceCompiler)  # type: ignore[misc]
EventPropCompiler = _tolerant(compilers.EventPropCompiler)  # type: ignore[misc]


def __getattr__(name: str) -> Any:
    return getattr(compilers, name)
