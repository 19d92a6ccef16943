"""Losses of the outputs, for all compilers that train."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict

from ..connection import population_of
from ..errors import ModelError
from ..losses import get_loss

if TYPE_CHECKING:
    from ..network import Network


def get_losses(losses: Any) -> Any:
    """A loss for all outputs, or one by output population or layer."""
    if isinstance(losses, dict):
        return {key: get_loss(loss) for key, loss in losses.items()}
    return get_loss(losses)


def losses_of(losses: Any, network: "Network", where: str) -> Dict[str, Any]:
    """The engine's losses by the names of the outputs.

    Raises:
        ModelError: For an output without one.
    """
    outputs = [p.name for p in network.populations if p.neuron.readout is not None]
    if not isinstance(losses, dict):
        return {output: losses._engine() for output in outputs}
    found = {population_of(key, network).name: loss._engine() for key, loss in losses.items()}
    for output in outputs:
        if output not in found:
            raise ModelError(
                where,
                f"output population '{output}' has no loss",
                "give one for each population with a readout",
                {"population": output},
            )
    return found
