"""Arguments of compilers that rewire connections while they are trained (Deep-R)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List

from . import _saltus
from ._values import require_number
from .connection import connection_of
from .errors import ArgumentTypeError, ModelError

if TYPE_CHECKING:
    from .network import Network


class DeepR:
    """Which connections are rewired, how strongly their weights are drawn to zero, and what is
    recorded of it: as compilers were given it.

    Args:
        conns: Connections, layers or names.
        l1_strength: As the compilers take it.
        record_rewirings: Keys of the callbacks' data by connection, layer or name.
        where: The compiler.

    Raises:
        ModelError: For a strength out of its range, or a record of a connection that is not rewired.
        ArgumentTypeError: For arguments of other types.
    """

    def __init__(self, conns: Any, l1_strength: Any, record_rewirings: Any, where: str) -> None:
        if isinstance(conns, str) or not hasattr(conns, "__iter__"):
            raise ArgumentTypeError(
                where, f"deep_r_conns is {conns!r}", "give a list of connections or layers"
            )
        if not isinstance(record_rewirings, dict):
            raise ArgumentTypeError(
                where,
                f"deep_r_record_rewirings is {record_rewirings!r}",
                "give a dictionary of keys by connection or layer",
            )
        self.conns: List[Any] = list(conns)
        self.l1_strength = require_number(l1_strength, where, "deep_r_l1_strength")
        self.record_rewirings: Dict[Any, Any] = dict(record_rewirings)
        self._where = where
        _saltus.DeepR([], self.l1_strength)

    def names(self, network: "Network") -> List[str]:
        """The connections' names, each once."""
        return list(dict.fromkeys(connection_of(conn, network).name for conn in self.conns))

    def engine(self, network: "Network") -> Any:
        """The engine's."""
        names = self.names(network)
        for conn in self.record_rewirings:
            name = connection_of(conn, network).name
            if name not in names:
                raise ModelError(
                    self._where,
                    f"deep_r_record_rewirings has '{name}', which is not rewired",
                    "name it in deep_r_conns, too",
                    {"connection": name, "parameter": "deep_r_record_rewirings"},
                )
        return _saltus.DeepR(names, self.l1_strength)
