"""Where the time of runs goes."""

from __future__ import annotations

from typing import NamedTuple, Tuple


class PassProfile(NamedTuple):
    """What one pass of a compiled network took, summed over examples, timesteps and threads.

    Attributes:
        name: As in CompiledNetwork.explain(), such as "propagate".
        of: The population or connection.
        seconds: Time of all threads together.
        calls: How often it ran, on a block of steps or a part of the weights.
        events: How much it worked on, counted in ...
        unit: ... these, such as "synaptic events".
    """

    name: str
    of: str
    seconds: float
    calls: int
    events: int
    unit: str


class Profile(NamedTuple):
    """Where the time of a compiled network's runs went.

    Attributes:
        passes: In the order of the plan; none of a pass that did not run.
        seconds: In which batches ran, by the clock on the wall.
        other_seconds: Time of all threads that no pass took: bookkeeping, and waiting.
        threads: Number of threads.
        table: All of it as text.
    """

    passes: Tuple[PassProfile, ...]
    seconds: float
    other_seconds: float
    threads: int
    table: str

    def __str__(self) -> str:
        return self.table
