"""How objects show themselves at a prompt and in notebooks."""

from __future__ import annotations

import html
import inspect
from typing import Any, Iterator, List, Sequence, Tuple

import numpy as np

# Arrays up to this size are shown with their values.
_FEW = 6


class Text(str):
    """Text of several lines, which a prompt or a notebook shows as such, without quotes."""

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self)}</pre>"


def value_text(value: Any) -> str:
    """A value of an argument: short, whatever its size."""
    if isinstance(value, np.ndarray) and value.size > _FEW:
        if value.dtype.kind not in "biuf":
            return f"<array {value.shape} of {value.dtype}>"
        return f"<array {value.shape}, mean {value.mean():.4g}, sd {value.std():.4g}>"
    if isinstance(value, np.ndarray):
        return np.array2string(value, separator=", ")
    if isinstance(value, (list, tuple)) and len(value) > _FEW:
        return f"<{type(value).__name__} of {len(value)}>"
    return repr(value)


def call_text(shown: Any) -> str:
    """An object as the call that makes it."""
    return f"{type(shown).__name__}({', '.join(_arguments(shown, all_of_them=True))})"


def short_call_text(shown: Any) -> str:
    """The same with those arguments only that are not the default."""
    return f"{type(shown).__name__}({', '.join(_arguments(shown, all_of_them=False))})"


def _arguments(shown: Any, all_of_them: bool) -> Iterator[str]:
    for name, parameter in list(inspect.signature(type(shown).__init__).parameters.items())[1:]:
        if name not in shown.__dict__ and not hasattr(type(shown), name):
            continue
        value = getattr(shown, name)
        default = parameter.default
        if all_of_them or not _is_same(value, default):
            yield f"{name}={value_text(value)}"


def _is_same(value: Any, default: Any) -> bool:
    # () and [] say the same.
    if isinstance(value, (list, tuple)) and isinstance(default, (list, tuple)):
        return list(value) == list(default)
    return type(value) is type(default) and not isinstance(value, np.ndarray) and value == default


def aligned(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> List[str]:
    """Rows of a table as lines, columns as wide as needed, those of `right` flush right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            f"{cell:>{width}}" if column in right else f"{cell:<{width}}"
            for column, (cell, width) in enumerate(zip(row, widths))
        ).rstrip()
        for row in rows
    ]


def html_table(header: Sequence[str], rows: Sequence[Sequence[str]], foot: str = "") -> str:
    """Rows of a table for a notebook."""

    def line(cells: Sequence[str], kind: str) -> str:
        style = ' style="text-align:left;white-space:pre"'
        return "".join(f"<{kind}{style}>{html.escape(cell)}</{kind}>" for cell in cells)

    body = "".join(f"<tr>{line(row, 'td')}</tr>" for row in rows)
    below = f"<p>{html.escape(foot)}</p>" if foot else ""
    return (
        f"<table><thead><tr>{line(header, 'th')}</tr></thead><tbody>{body}</tbody></table>{below}"
    )


def bytes_text(number: float) -> str:
    """ "18.5 kB"."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1000 or unit == "GB":
            return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.1f} {unit}"
        number /= 1000
    raise AssertionError


def network_rows(network: Any) -> List[Tuple[str, str, str, str]]:
    """Name, neuron, shape, and what it receives, of each population of a network."""
    rows = []
    for population in network.populations:
        readout = population.neuron.readout
        neuron = type(population.neuron).__name__
        if readout is not None:
            neuron += f", reads {type(readout).__name__}"
        incoming = [
            f"{connection.source().name} ({type(connection.connectivity).__name__}, "
            f"{type(connection.synapse).__name__})"
            for connection in network.connections
            if connection.target() is population
        ]
        received = "from " + ", ".join(incoming) if incoming else ""
        rows.append((population.name, neuron, str(population.shape), received))
    return rows
