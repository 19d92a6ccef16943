"""Files as those of MNIST."""

from __future__ import annotations

import gzip
import os
import struct
from typing import Any, Union

import numpy as np

from .. import _saltus
from ..errors import ArgumentTypeError, ModelError, RuntimeFault

Path = Union[str, "os.PathLike[str]"]


def read_idx(path: Path) -> np.ndarray:
    """Reads an idx file of bytes, as those of MNIST: images or labels.

    Args:
        path: The file, plain or compressed by gzip.

    Returns:
        Array of uint8, such as (images, rows, columns), or (images,) of labels.

    Raises:
        RuntimeFault: When the file cannot be read.
        ModelError: When it is no idx file of bytes, or is cut off.

    Example:
        >>> write_idx("labels-idx1-ubyte", [3, 1, 2])
        >>> read_idx("labels-idx1-ubyte")
        array([3, 1, 2], dtype=uint8)
    """
    values, shape = _saltus.read_idx(os.fspath(path))
    found: np.ndarray = values.reshape(shape)
    return found


def write_idx(path: Path, values: Any) -> None:
    """Writes an idx file of bytes, as those of MNIST, which `saltus train` and `saltus evaluate`
    read.

    Args:
        path: The file, compressed when its name ends in ".gz"; it is replaced.
        values: Whole numbers from 0 to 255: images of shape (images, rows, columns), or labels of
            shape (images,).

    Raises:
        ArgumentTypeError: For other types of values.
        ModelError: For values out of that range.
        RuntimeFault: When the file cannot be written.

    Example:
        >>> write_idx("images-idx3-ubyte.gz", numpy.zeros((10, 8, 8), numpy.uint8))
    """
    array = np.asarray(values)
    if array.dtype.kind not in "biu" or array.ndim == 0:
        raise ArgumentTypeError(
            "write_idx",
            f"an array of {array.dtype} and shape {array.shape} was given",
            "give whole numbers, for example (255 * images).astype('uint8')",
        )
    if array.size and (array.min() < 0 or array.max() > 255):
        outside = array.min() if array.min() < 0 else array.max()
        raise ModelError("write_idx", f"a value is {outside}", "give numbers from 0 to 255")
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    contents = header + array.astype(np.uint8).tobytes()
    name = os.fspath(path)
    try:
        with open(name, "wb") as file:
            file.write(gzip.compress(contents) if name.endswith(".gz") else contents)
    except OSError as error:
        raise RuntimeFault(
            "write_idx",
            f"{name} cannot be written: {error.strerror or error}",
            "choose a folder that you may write",
            {"file": name},
        ) from None
