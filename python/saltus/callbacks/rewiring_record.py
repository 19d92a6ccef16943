"""Keeping how many synapses training rewires."""

from __future__ import annotations

from typing import Any, List, Tuple

from .. import _saltus
from ..connection import connection_of
from .callback import Callback


class RewiringRecord(Callback):
    """Keeps how many synapses of a connection each update has replaced (Deep-R). The argument
    deep_r_record_rewirings of the compilers adds one to every run of train().

    Args:
        conn: Connection, layer or name: one of the compiler's deep_r_conns.
        key: Key of the data in the dictionary that train() returns; by default the position of the
            callback.

    The data is a list with a pair (rewirings, failed) for each batch. Failed ones are among the
    others: new synapses that join the same two neurons as one that has just gone, since draws are
    made among all pairs without a synapse. Where every pair is connected all of them do.

    Raises:
        ModelError: When a run begins, for a connection that is not there or not rewired.

    Example:
        >>> compiler = EventPropCompiler(
        ...     20, "sparse_categorical_crossentropy", deep_r_conns=[sparse_hidden]
        ... )
        >>> record = RewiringRecord(sparse_hidden, key="rewired")
        >>> _, data = compiler.compile(sparse_network).train(
        ...     {sparse_inputs: x}, {sparse_output: y}, num_epochs=2, callbacks=[record]
        ... )
        >>> rewirings, failed = data["rewired"][0]
    """

    def __init__(self, conn: Any, key: Any = None) -> None:
        self.conn = conn
        self.key = key

    def set_params(self, **params: Any) -> None:
        network = params["compiled_network"].network
        self.engine_callback = _saltus.RewiringRecord(connection_of(self.conn, network).name)

    def get_data(self) -> Tuple[Any, List[Tuple[int, int]]]:
        """As of every callback: its key, and its data so far."""
        return self.key, self.engine_callback.counts()
