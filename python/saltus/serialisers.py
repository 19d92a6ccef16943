"""Serialisers: where weights and other arrays are kept."""

from __future__ import annotations

import contextlib
import io
import os
import secrets
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple, Union

import numpy as np

from ._absent import absent
from ._described import by_name, get_object
from .errors import ModelError, RuntimeFault

__all__ = ["Numpy", "Serialiser"]

Keys = Sequence[Any]


class Serialiser:
    """Base of all serialisers, and of those that you write. Arrays have a tuple of keys, such as
    (epoch, connection, "g"); a key is whatever `str()` makes a name of.

    Example:
        >>> class InMemory(Serialiser):
        ...     def __init__(self):
        ...         self.kept = {}
        ...     def serialise(self, keys, array):
        ...         self.kept[tuple(map(str, keys))] = array
        ...     def deserialise(self, keys):
        ...         return self.kept[tuple(map(str, keys))]
        ...     def deserialise_all(self, keys):
        ...         keys = tuple(map(str, keys))
        ...         return {k[-1]: a for k, a in self.kept.items() if k[:-1] == keys}
        >>> memory = InMemory()
        >>> compiled.save(("best",), memory)
        >>> network.load(("best",), memory)
    """

    def serialise(self, keys: Keys, array: np.ndarray) -> None:
        """Keeps an array.

        Args:
            keys: Its keys.
            array: The array.

        Raises:
            NotImplementedError: In classes that do not define it.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define serialise()")

    def deserialise(self, keys: Keys) -> np.ndarray:
        """The array of these keys.

        Args:
            keys: Its keys.

        Raises:
            NotImplementedError: In classes that do not define it.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define deserialise()")

    def deserialise_all(self, keys: Keys) -> Dict[str, np.ndarray]:
        """All arrays that have these keys and one more.

        Args:
            keys: The keys that they share.

        Returns:
            The arrays by their last key.

        Raises:
            NotImplementedError: In classes that do not define it.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define deserialise_all()")

    def names(self, keys: Keys) -> Optional[List[Tuple[str, str]]]:
        """The last two keys of all arrays that have these keys and two more, by which load() finds
        names that the network does not have. None where a serialiser cannot tell.

        Args:
            keys: The keys that they share.
        """
        return None


class Numpy(Serialiser):
    """One NumPy file an array, in a folder: "0-hidden-g.npy" for the keys (0, "hidden", "g"). A
    file is written at once or not at all.

    Args:
        path: The folder; it is made when the first array is kept.

    Raises:
        RuntimeFault: When a file cannot be written or read.
        ModelError: For keys that are no part of a file name, a file that does not hold one array of
            numbers, or, by deserialise(), one that does not exist.

    Example:
        >>> folder = Numpy("checkpoints")
        >>> folder.serialise((0, "hidden", "g"), numpy.ones(3))
        >>> folder.deserialise_all((0, "hidden"))
        {'g': array([1., 1., 1.])}
    """

    def __init__(self, path: Union[str, "os.PathLike[str]"] = "") -> None:
        self.path = os.fspath(path)

    def serialise(self, keys: Keys, array: np.ndarray) -> None:
        """Keeps an array.

        Args:
            keys: Its keys.
            array: The array, of numbers.

        Raises:
            ModelError: For keys that are no part of a file name, or no numbers.
            RuntimeFault: When the file cannot be written.
        """
        array = np.asarray(array)
        if array.dtype.kind not in "biuf":
            raise ModelError(
                "Numpy", f"an array of {array.dtype} was given", "give an array of numbers"
            )
        contents = io.BytesIO()
        np.save(contents, array, allow_pickle=False)
        path = self._file(keys)
        try:
            os.makedirs(self.path or ".", exist_ok=True)
            _write_atomically(path, contents.getvalue())
        except OSError as error:
            raise RuntimeFault(
                "Numpy",
                f"{path} cannot be written: {error.strerror or error}",
                "choose a folder that you may write, with space in it",
                {"file": path},
            ) from None

    def deserialise(self, keys: Keys) -> np.ndarray:
        """The array of these keys.

        Args:
            keys: Its keys.

        Raises:
            ModelError: When there is none, or its file holds something else.
            RuntimeFault: When the file cannot be read.
        """
        path = self._file(keys)
        try:
            with open(path, "rb") as file:
                array = np.load(file, allow_pickle=False)
        except FileNotFoundError:
            raise ModelError(
                "Numpy", f"there is no file {path}", _instead(self.path), {"file": path}
            ) from None
        except OSError as error:
            raise RuntimeFault(
                "Numpy",
                f"{path} cannot be read: {error.strerror or error}",
                "check what it is",
                {"file": path},
            ) from None
        except Exception as error:  # NumPy raises many kinds for files that are none of its own.
            raise _damaged(path, str(error)) from None
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf":
            raise _damaged(path, f"it holds {getattr(array, 'dtype', type(array).__name__)}")
        return array

    def deserialise_all(self, keys: Keys) -> Dict[str, np.ndarray]:
        """All arrays that have these keys and one more.

        Args:
            keys: The keys that they share.

        Returns:
            The arrays by their last key. Last keys with a "-" in them are left out, since they
            could be two.

        Raises:
            ModelError: When one of the files holds something else.
            RuntimeFault: When one of them cannot be read.
        """
        last = [rest for rest in self._rests(keys) if "-" not in rest]
        return {name: self.deserialise((*keys, name)) for name in last}

    def names(self, keys: Keys) -> Optional[List[Tuple[str, str]]]:
        """The last two keys of all arrays that have these keys and two more.

        Args:
            keys: The keys that they share.
        """
        pairs = [rest.rpartition("-") for rest in self._rests(keys)]
        return [(owner, name) for owner, _, name in pairs if owner]

    def __repr__(self) -> str:
        return f"Numpy(path={self.path!r})"

    def _rests(self, keys: Keys) -> List[str]:
        """What follows the keys in the names of files, without ".npy"."""
        prefix = "".join(f"{key}-" for key in _texts(keys))
        try:
            names = os.listdir(self.path or ".")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise RuntimeFault(
                "Numpy",
                f"the folder {self.path} cannot be read: {error.strerror or error}",
                "check what it is",
                {"file": self.path},
            ) from None
        return sorted(
            name[len(prefix) : -len(".npy")]
            for name in names
            if name.startswith(prefix) and name.endswith(".npy")
        )

    def _file(self, keys: Keys) -> str:
        return os.path.join(self.path, "-".join(_texts(keys)) + ".npy")


def get_serialiser(given: Any) -> Serialiser:
    """A serialiser from an object, which is used as it is, or a name."""
    if isinstance(given, Serialiser):
        return given
    return get_object(given, Serialiser, "Serialiser", _BY_NAME)


def _texts(keys: Keys) -> List[str]:
    if isinstance(keys, str) or not isinstance(keys, Sequence):
        raise ModelError("Numpy", f"the keys are {keys!r}", "give a tuple of keys")
    texts = [_text(key) for key in keys]
    for text in texts:
        if not text or os.sep in text or "\0" in text or text in (".", ".."):
            raise ModelError(
                "Numpy",
                f"the key {text!r} cannot be part of a file name",
                "give names without slashes",
                {"key": text},
            )
    return texts


def _text(key: Any) -> str:
    """Populations, connections and layers by name."""
    name = getattr(key, "name", None)
    return name if isinstance(name, str) else str(key)


def _damaged(path: str, why: str) -> ModelError:
    return ModelError(
        "Numpy",
        f"{path} holds no array of numbers: {' '.join(why.split())}",
        "it is damaged or something else; give a file that serialise() wrote",
        {"file": path},
    )


def _instead(folder: str) -> str:
    try:
        found = sorted(name for name in os.listdir(folder or ".") if name.endswith(".npy"))
    except OSError:
        return "there is no such folder"
    shown = ", ".join(found[:10]) + (", ..." if len(found) > 10 else "")
    return f"there are {shown}" if found else "there are no NumPy files in its folder"


def _write_atomically(path: str, contents: bytes) -> None:
    """Into a temporary file of the same folder, which then takes the name."""
    temporary = f"{path}.{secrets.token_hex(4)}.tmp"
    try:
        with open(temporary, "xb") as file:
            file.write(contents)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


_BY_NAME = by_name(Numpy)


if not TYPE_CHECKING:
    __getattr__ = absent(__name__)
