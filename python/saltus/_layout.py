"""Where the populations of a network stand in a picture, and what is written there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Tuple

from .neurons import Input

if TYPE_CHECKING:
    from .network import Network
    from .population import Population

#: Distances of boxes, in inches of a new picture.
COLUMN, ROW = 2.7, 1.2


def arranged(network: "Network") -> "Dict[Population, Tuple[float, float]]":
    """The middle of each population's box: a column right of all that feed it, except through
    connections that go back."""
    depth: Dict[Any, int] = {}
    # In order of creation, in which what goes back comes to a population that has its place.
    for population in network.populations:
        sources = [
            connection.source()
            for connection in network.connections
            if connection.target() is population
        ]
        depth[population] = 1 + max((depth[s] for s in sources if s in depth), default=-1)
    columns: Dict[int, List[Any]] = {}
    for population, column in depth.items():
        columns.setdefault(column, []).append(population)
    places: Dict[Any, Tuple[float, float]] = {}
    for column, members in columns.items():
        for row, population in enumerate(members):
            places[population] = (COLUMN * column, ROW * ((len(members) - 1) / 2 - row))
    return places


def shape_text(shape: Any) -> str:
    """ "28 x 28 x 1", or "?" as long as it is not known."""
    return "?" if shape is None else " × ".join(str(extent) for extent in shape)


def kind_of(population: "Population") -> str:
    """ "input", "output" or "hidden"."""
    if isinstance(population.neuron, Input):
        return "input"
    return "hidden" if population.neuron.readout is None else "output"


def population_label(population: "Population") -> Tuple[str, str]:
    """What stands in the box, and which kind of population it is."""
    lines = [population.name, type(population.neuron).__name__, shape_text(population.shape)]
    if population.neuron.readout is not None:
        lines.append(f"reads {type(population.neuron.readout).__name__}")
    return "\n".join(lines), kind_of(population)


def connection_label(connection: Any) -> str:
    """What stands at the arrow."""
    return f"{type(connection.connectivity).__name__}\n{type(connection.synapse).__name__}"
