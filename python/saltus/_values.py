"""Arguments: numbers, arrays, shapes and pairs as the engine wants them."""

from __future__ import annotations

import copy
import numbers
from typing import Any, List, Optional, Sequence, Tuple, Union

import numpy as np

from .errors import ArgumentTypeError, ModelError

Param2D = Union[int, Sequence[int]]
Shape = Tuple[int, ...]


def is_integer(value: Any) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, (bool, np.bool_))


def require_count(value: Any, where: str, name: str, minimum: int = 0) -> int:
    """A whole number that is not smaller than `minimum`."""
    if not is_integer(value):
        raise ArgumentTypeError(where, f"{name} is {value!r}", "give a whole number")
    if not minimum <= value < 2**63:
        raise ModelError(
            where,
            f"{name} is {value}",
            f"give a whole number from {minimum} on",
            {"parameter": name},
        )
    return int(value)


def require_text(value: Any, where: str, name: str) -> str:
    if not isinstance(value, str):
        raise ArgumentTypeError(where, f"{name} is {value!r}", "give a name")
    return value


def require_number(value: Any, where: str, name: str) -> float:
    if not isinstance(value, (numbers.Real, np.bool_)):
        raise ArgumentTypeError(where, f"{name} is {value!r}", "give a number")
    return float(value)


def optional_number(value: Any, where: str, name: str) -> Optional[float]:
    """A number as require_number gives it, or None."""
    return None if value is None else require_number(value, where, name)


def require_list(value: Any, where: str, name: str) -> List[Any]:
    """A copy of a list or tuple."""
    if not isinstance(value, (list, tuple)):
        raise ArgumentTypeError(where, f"{name} is {value!r}", "give a list")
    return list(value)


def param_2d(
    value: Any, where: str, name: str, default: Optional[Param2D] = None
) -> Tuple[int, int]:
    """(rows, columns) from one number for both, or a sequence of two."""
    if value is None and default is not None:
        value = default
    if is_integer(value):
        value = (value, value)
    if not isinstance(value, (list, tuple, np.ndarray)):
        raise ArgumentTypeError(
            where, f"{name} is {value!r}", "give a whole number, or two: (rows, columns)"
        )
    if len(value) != 2:
        raise ModelError(
            where,
            f"{name} has {len(value)} numbers",
            "give one number, or two: (rows, columns)",
            {"parameter": name},
        )
    rows, columns = (require_count(extent, where, name) for extent in value)
    return rows, columns


def to_shape(value: Any, where: str) -> Optional[Shape]:
    """A shape from None, one number or a sequence of numbers."""
    if value is None:
        return None
    if is_integer(value):
        value = (value,)
    if not isinstance(value, (list, tuple, np.ndarray)) or not len(value):
        raise ModelError(where, f"its shape is {value!r}", "give a number or a tuple of numbers")
    return tuple(require_count(extent, where, "an extent of its shape", 1) for extent in value)


def to_indices(value: Any, where: str, name: str) -> Optional[np.ndarray]:
    """Numbers of neurons as uint32."""
    if value is None:
        return None
    array = np.asarray(value)
    if array.size == 0:
        return np.zeros(0, np.uint32)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ArgumentTypeError(
            where,
            f"{name} is an array of shape {array.shape} of {array.dtype}",
            "give a one-dimensional array of whole numbers",
        )
    if array.min() < 0 or array.max() > 0xFFFFFFFF:
        outside = array.min() if array.min() < 0 else array.max()
        raise ModelError(where, f"{name} holds {outside}", "give numbers of neurons, from 0 on")
    return np.ascontiguousarray(array, dtype=np.uint32)


def to_array(value: Any, where: str, name: str) -> np.ndarray:
    """An array of float64 in order, which is not copied where it is one already."""
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise ArgumentTypeError(
            where, f"{name} is an array of {array.dtype}", "give an array of numbers"
        )
    return np.ascontiguousarray(array, dtype=np.float64)


def to_value(value: Any, where: str, name: str) -> Any:
    """A float, a read-only array of float64, an initializer or a Trainable, from what users give."""
    from .initializers import Initializer, default_initializer
    from .trainable import Trainable

    if isinstance(value, (numbers.Real, np.bool_)):
        return float(value)
    if isinstance(value, (Initializer, Trainable)):
        return copy.deepcopy(value)
    if isinstance(value, str):
        return default_initializer(value, where)
    if not isinstance(value, (np.ndarray, Sequence)):
        raise ModelError(
            where,
            f"{name} is {value!r}",
            "give a number, an array, an initializer or the name of one",
            {"parameter": name},
        )
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise ArgumentTypeError(
            where, f"{name} is an array of {array.dtype}", "give an array of numbers"
        )
    if array.ndim == 0:
        return float(array)
    # A copy that nobody can change, so that what is shown is what is compiled.
    array = np.array(array, dtype=np.float64, order="C")
    array.flags.writeable = False
    return array


def engine_value(value: Any) -> Any:
    """The same as the engine takes it."""
    return value if isinstance(value, (float, np.ndarray)) else value._engine()


class ValueAttribute:
    """An attribute that holds a number, an array or an initializer, converted when it is set."""

    def __init__(self, optional: bool = False) -> None:
        self.optional = optional

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: Optional[type] = None) -> Any:
        if instance is None:
            return self
        try:
            return instance.__dict__[self.name]
        except KeyError:
            raise AttributeError(
                f"'{type(instance).__name__}' object has no attribute '{self.name}'"
            ) from None

    def __set__(self, instance: Any, value: Any) -> None:
        if not (value is None and self.optional):
            value = to_value(value, type(instance).__name__, self.name)
        instance.__dict__[self.name] = value
