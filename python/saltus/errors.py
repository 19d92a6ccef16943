"""Errors of the package.

Every message reads ``[where] what is wrong, with the value; what to do``. All classes derive from
``Error``, and from the builtin class that a program may already catch.
"""

from __future__ import annotations

from typing import Dict, Optional

__all__ = [
    "ArgumentTypeError",
    "Error",
    "InternalError",
    "ModelError",
    "RuntimeFault",
    "UnsupportedError",
]


class Error(Exception):
    """What all errors of the package have in common.

    Args:
        where: The part of the network, file or call that is concerned, "Connection a->b".
        problem: What is wrong, with the offending value.
        advice: What to do about it.
        fields: Details by name: "population", "connection", "parameter", "shape", "file", ...

    Example:
        >>> try:
        ...     saltus.neurons.LeakyIntegrateFire(tau_mem=-1.0)
        ... except saltus.errors.ModelError as error:
        ...     print(error.where, error.advice, error.fields, sep="; ")
        LeakyIntegrateFire; give a positive time; {'parameter': 'tau_mem'}
    """

    def __init__(
        self,
        where: str,
        problem: str,
        advice: str = "",
        fields: Optional[Dict[str, str]] = None,
    ) -> None:
        # All arguments, so that an error survives the way back from another process.
        super().__init__(where, problem, advice, fields)
        self.where = where
        self.problem = problem
        self.advice = advice
        self.fields: Dict[str, str] = dict(fields or {})

    def __str__(self) -> str:
        text = f"[{self.where}] {self.problem}"
        return f"{text}; {self.advice}" if self.advice else text


class ModelError(Error, RuntimeError, ValueError):
    """The network, the data or the arguments are wrong."""


class UnsupportedError(ModelError, NotImplementedError):
    """What is asked for makes sense, but cannot be done, or not yet."""


class ArgumentTypeError(ModelError, TypeError):
    """An argument is of a type that makes no sense in its place."""


class RuntimeFault(Error, RuntimeError):
    """A file, a device or a tool outside the package failed."""


class InternalError(Error, RuntimeError):
    """A defect of the package itself: please report it."""


_KINDS = {"ModelError": ModelError, "RuntimeFault": RuntimeFault, "InternalError": InternalError}


def from_engine(kind: str, where: str, problem: str, advice: str, fields: Dict[str, str]) -> Error:
    """The Python error for one of the engine, which calls this."""
    chosen = UnsupportedError if fields.get("kind") == "unsupported" else _KINDS[kind]
    return chosen(where, problem, advice, fields)
