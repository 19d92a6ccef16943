"""What the classes that describe parts of a network have in common."""

from __future__ import annotations

import copy
import difflib
import functools
import inspect
from typing import TYPE_CHECKING, Any, Callable, Dict, FrozenSet, Iterable, Optional, Type, TypeVar

from ._context import active_network, default_params_of
from ._display import call_text
from .errors import ModelError

T = TypeVar("T")


def snake_case(name: str) -> str:
    """ "LeakyIntegrateFire" to "leaky_integrate_fire"."""
    return "".join(
        f"_{letter.lower()}" if letter.isupper() and position else letter.lower()
        for position, letter in enumerate(name)
    )


def suggest(name: str, known: Iterable[str]) -> str:
    """Advice for a name that is not known."""
    known = sorted(known)
    near = difflib.get_close_matches(name, known, n=1)
    names = "known are " + ", ".join(known)
    return f"did you mean '{near[0]}'? ({names})" if near else names


class Described:
    """Base of neurons, synapses, connectivity and the like: arguments as attributes, and the
    engine's object made of them when it is needed. Attributes may change until then."""

    def _make(self) -> Any:
        """Makes the engine's object, which checks the arguments."""
        raise NotImplementedError

    def _engine(self) -> Any:
        """The engine's object. It is kept, so that large arrays are converted once."""
        made = self.__dict__.get("_made")
        if made is None:
            made = self._make()
            self.__dict__["_made"] = made
        return made

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        self.__dict__["_made"] = None
        # What the user sets no default of a network replaces.
        given: Optional[FrozenSet[str]] = self.__dict__.get("_given")
        if given is not None:
            self.__dict__["_given"] = given | {name}

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            # Here, since that module needs this one.
            from ._absent import raise_missing_attribute

            return raise_missing_attribute(self, name)

    def __getstate__(self) -> Dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_made"}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)

    def __deepcopy__(self, memo: Dict[int, Any]) -> Any:
        made = type(self).__new__(type(self))
        made.__dict__.update(copy.deepcopy(self.__getstate__(), memo))
        return made

    def __repr__(self) -> str:
        return call_text(self)


def network_default_params(init: Callable[..., None]) -> Callable[..., None]:
    """Constructor whose left out arguments take the active network's defaults for the class."""
    names = list(inspect.signature(init).parameters)[1:]

    @functools.wraps(init)
    def with_defaults(self: Any, *args: Any, **kwargs: Any) -> None:
        given = frozenset(names[: len(args)]) | frozenset(kwargs)
        defaults = default_params_of(type(self), active_network())
        _require_known(type(self).__name__, defaults, names)
        left_out = {name: value for name, value in defaults.items() if name not in given}
        init(self, *args, **{**left_out, **kwargs})
        self.__dict__["_given"] = given

    return with_defaults


def take_defaults(described: Described, defaults: Dict[str, Any]) -> None:
    """Sets what was left out to a network's defaults, if it was made outside of its block."""
    given = described.__dict__.get("_given")
    if given is None:
        return
    for name, value in defaults.items():
        if name not in given:
            setattr(described, name, value)
    described.__dict__["_given"] = given


def _require_known(class_name: str, defaults: Dict[str, Any], names: Iterable[str]) -> None:
    for name in defaults:
        if name not in names:
            raise ModelError(
                f"default_params of {class_name}",
                f"there is no argument '{name}'",
                suggest(name, names),
                {"parameter": name},
            )


def by_name(*classes: type) -> Dict[str, type]:
    """Classes that have a default for every argument, by the name that strings give them."""
    return {snake_case(cls.__name__): cls for cls in classes}


def get_object(given: Any, base: Type[T], what: str, known: Dict[str, type]) -> T:
    """An object of `base` from an object, which is copied, or the name of its class.

    Raises:
        ModelError: For a name that is not known, or something else.
    """
    if isinstance(given, str):
        if given in known:
            made: T = known[given]()
            return made
        raise ModelError(what, f"there is no {what.lower()} '{given}'", suggest(given, known))
    if isinstance(given, base):
        return copy.copy(given)
    raise ModelError(
        what,
        f"{given!r} is no {what.lower()}",
        (
            f"give an object of saltus, or one of the names {', '.join(sorted(known))}"
            if known
            else f"give an object of a class of saltus.{base.__module__.split('.')[1]}"
        ),
    )
