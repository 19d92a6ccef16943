"""The table that summary() gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, List, Sequence, Tuple

if TYPE_CHECKING:
    from ..network import Network

Row = Tuple[str, str, str]


def summary_text(network: "Network", populations: Sequence[Any], connections: Sequence[Any]) -> str:
    """Populations, each with the connections to it, and the numbers of weights."""
    rows: List[Row] = []
    for name, _, size in populations:
        population = network.find_population(name)
        model = type(population.neuron).__name__
        shape = population.shape or (size,)
        rows.append((f"{name} ({model})", str(tuple(shape)), ""))
        for connection, source, target, _, matrix_type, weights, _ in connections:
            if target == name:
                kind = type(network.find_connection(connection).connectivity).__name__
                rows.append((f"  from {source} ({kind}, {matrix_type})", "", f"{weights:,}"))
    total = sum(weights for *_, weights, _ in connections)
    trained = sum(weights for *_, weights, trainable in connections if trainable)
    header: Row = ("Population (neuron)", "Shape", "Weights")
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(3)]
    line = "=" * (sum(widths) + 4)
    lines = [_line(header, widths), line, *(_line(row, widths) for row in rows), line]
    lines.append(f"Weights in memory: {total:,}, of which trained: {trained:,}")
    return "\n".join(lines)


def _line(row: Row, widths: Sequence[int]) -> str:
    name, shape, weights = row
    text = f"{name:<{widths[0]}}  {shape:<{widths[1]}}  {weights:>{widths[2]}}"
    return text.rstrip()
