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

    Example:
        >>> propagated = PassProfile("propagate", "a", 0.5, 20, 10**9, "synaptic events")
        >>> f"{propagated.events / propagated.seconds:.1e} {propagated.unit} a second"
        '2.0e+09 synaptic events a second'
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

    Example:
        >>> compiler = EventPropCompiler(
        ...     20, "sparse_categorical_crossentropy", kernel_profiling=True
        ... )
        >>> compiled = compiler.compile(network)
        >>> _ = compiled.train({inputs: x}, {output: y}, num_epochs=1)
        >>> sorted({each.name for each in compiled.profile().passes})[:2]
        ['advance', 'emit input']
    """

    passes: Tuple[PassProfile, ...]
    seconds: float
    other_seconds: float
    threads: int
    table: str

    def __str__(self) -> str:
        return self.table
