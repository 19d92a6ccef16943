"""Networks whose populations form a chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Optional, Union

from .network import Network

if TYPE_CHECKING:
    from .layers import InputLayer, Layer


class SequentialNetwork(Network):
    """A network whose populations form a chain: each layer receives from the one before it.

    Args:
        default_params: As for Network.

    Attributes:
        layers: All layers, in order of creation.

    Example:
        >>> network = SequentialNetwork()
        >>> with network:
        ...     inputs = InputLayer(SpikeInput(), 784)
        ...     output = Layer(Dense(0.1), LeakyIntegrate(readout="avg_var"), 10)
    """

    def __init__(self, default_params: Optional[Dict[type, Dict[str, Any]]] = None) -> None:
        super().__init__(default_params)
        self.layers: "List[Union[InputLayer, Layer]]" = []
