"""Runs scripts that were written for mlGeNN, unchanged.

``python -m saltus.compat script.py`` runs one; ``import saltus.compat`` before ``import ml_genn``
does the same from within. Every ``ml_genn`` module then means the module of that name of Saltus, and
``pygenn`` the little of it that such scripts touch. What cannot be mapped raises an error that says
what to use instead.

Arguments that only concern GeNN (``backend="cuda"``, ``manual_device_id``, ...) are taken by the
compilers and, with a warning, left out.

Example:
    >>> import saltus.compat
    >>> from ml_genn.neurons import LeakyIntegrateFire
    >>> LeakyIntegrateFire.__module__
    'saltus.neurons.leaky_integrate_fire'
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
import types
from typing import Any, Optional, Sequence

from . import _compilers, _pygenn

__all__ = ["install"]

_ABSENT = {
    "ml_genn_tf": "converters of Keras models come later",
    "ml_genn.communicators": "several machines come later",
    "ml_genn.utils.model": "models are declared by equations, see saltus.neurons.Neuron",
    "ml_genn.utils.snippet": "see saltus.connectivity.Connectivity",
    "ml_genn.utils.value": "see saltus.initializers",
    "ml_genn.utils.module": "names of classes are understood wherever an object is",
    "ml_genn.utils.callback_list": "give callbacks to evaluate() or train()",
}


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds ml_genn, its modules, and pygenn."""

    def find_spec(
        self, fullname: str, path: Optional[Sequence[Any]], target: Any = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        if fullname.split(".")[0] not in ("ml_genn", "ml_genn_tf", "pygenn"):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        name = spec.name
        if name == "pygenn":
            return _Facade(name, _pygenn)
        if name == "ml_genn.compilers":
            return _Facade(name, _compilers)
        for absent, advice in _ABSENT.items():
            if name == absent or name.startswith(absent + "."):
                raise ImportError(f"[saltus.compat] {name} cannot be mapped; {advice}", name=name)
        target = "saltus" + name[len("ml_genn") :]
        try:
            return _Facade(name, importlib.import_module(target))
        except ModuleNotFoundError as error:
            if error.name != target:
                raise
            raise ImportError(
                f"[saltus.compat] there is no {name}; see the table of names in the documentation",
                name=name,
            ) from None

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run: the facade looks everything up."""


class _Facade(types.ModuleType):
    """A module that has what another one has."""

    def __init__(self, name: str, module: Any) -> None:
        super().__init__(name, module.__doc__)
        self.__dict__["_module"] = module
        if hasattr(module, "__all__"):
            self.__dict__["__all__"] = module.__all__

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_module"], name)

    def __dir__(self) -> Any:
        return dir(self.__dict__["_module"])


def install() -> None:
    """Makes `import ml_genn` mean Saltus. Importing this module does it.

    Raises:
        ImportError: When the real mlGeNN or PyGeNN was imported before.
    """
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    for name in ("ml_genn", "pygenn"):
        if name in sys.modules:
            raise ImportError(
                f"[saltus.compat] {name} was imported before; import saltus.compat first"
            )
    sys.meta_path.insert(0, _Finder())


install()
