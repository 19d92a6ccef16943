"""The figures of every epoch in a file."""

from __future__ import annotations

import os
from typing import Union

from .. import _saltus
from .callback import Callback


class CsvLog(Callback):
    """Writes the figures of every epoch as a line of comma-separated values, below a line with
    their names: "epoch" (from 1), "seconds" since the run began, then the metrics. Each line is on
    disk when its epoch ends. A run with a start_epoch above 0 adds to the file.

    Args:
        path: The file.

    Raises:
        RuntimeFault: At the end of an epoch, when the file cannot be written.

    Example:
        >>> log = CsvLog("log.csv")
        >>> metrics, _ = compiled.train({inputs: x}, {output: y}, 2, callbacks=[log])
        >>> print(open("log.csv").readline().strip())
        epoch,seconds,accuracy,loss
    """

    def __init__(self, path: Union[str, "os.PathLike[str]"]) -> None:
        self.path = os.fspath(path)
        self.engine_callback = _saltus.CsvLog(self.path)
