"""The table that summary() gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, List, Sequence, Tuple

from .._display import aligned, bytes_text, html_table

if TYPE_CHECKING:
    from ..network import Network

Row = Tuple[str, str, str, str, str]

_HEADER: Row = ("Population (neuron)", "Shape", "Matrix type", "Weights", "Memory")


class Summary:
    """Populations, each with the connections to it, and what their weights take.

    Args:
        network: The description.
        populations: (name, model, size) of each.
        connections: (name, source, target, connectivity, matrix type, weights, trained) of each.
        number_size: Bytes of a weight.
    """

    def __init__(
        self,
        network: "Network",
        populations: Sequence[Tuple[str, str, int]],
        connections: Sequence[Tuple[str, str, str, str, str, int, bool]],
        number_size: int,
    ) -> None:
        self._network = network
        self._populations = populations
        self._connections = connections
        self._number_size = number_size
        # Inference trains nothing, so that nothing is worth saying.
        self._trains = any(connection[6] for connection in connections)

    def text(self) -> str:
        lines = aligned([_HEADER, *self._rows()], right=(3, 4))
        rule = "=" * max(map(len, lines))
        return "\n".join([lines[0], rule, *lines[1:], rule, *self._totals()])

    def html(self) -> str:
        return html_table(_HEADER, list(self._rows()), ". ".join(self._totals()) + ".")

    def _rows(self) -> Iterator[Row]:
        for name, _, size in self._populations:
            population = self._network.find_population(name)
            shape = " x ".join(map(str, population.shape or (size,)))
            yield f"{name} ({type(population.neuron).__name__})", shape, "", "", ""
            for connection, source, target, _, matrix_type, weights, trained in self._connections:
                if target != name:
                    continue
                kind = type(self._network.find_connection(connection).connectivity).__name__
                fixed = ", fixed" if self._trains and not trained else ""
                memory = bytes_text(weights * self._number_size)
                yield f"  from {source} ({kind}{fixed})", "", matrix_type, f"{weights:,}", memory

    def _totals(self) -> List[str]:
        neurons = sum(size for _, _, size in self._populations)
        weights = sum(connection[5] for connection in self._connections)
        trained = sum(connection[5] for connection in self._connections if connection[6])
        memory = bytes_text(weights * self._number_size)
        return [
            f"Neurons: {neurons:,}",
            f"Weights: {weights:,} ({memory})"
            + (f", of which trained: {trained:,}" if self._trains else ""),
        ]
