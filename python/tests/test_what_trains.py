"""Every rule with every neuron, synapse, readout, loss and connectivity: it trains, or it is refused as the
table "What trains" of docs/training.md announces."""

from __future__ import annotations

import itertools
from typing import Any, Callable, Dict, List, Optional, Tuple

import numpy as np
import pytest

from conftest import ROOT
from saltus import Connection, Network, Population
from saltus import connectivity as c
from saltus import initializers as i
from saltus import neurons as n
from saltus import readouts as r
from saltus import synapses as s
from saltus.compilers import EPropCompiler, EventPropCompiler, SurrogateCompiler
from saltus.errors import ModelError
from saltus.losses import MeanSquareError, RelativeMeanSquareError, SparseCategoricalCrossentropy
from saltus.optimisers import Adam
from saltus.utils.data import preprocess_spikes

STEPS = 30
CLASSES = 2

RULES: Dict[str, Callable[..., Any]] = {
    "EventProp": EventPropCompiler,
    "exact times": lambda *a, **k: EventPropCompiler(*a, spike_times="exact", **k),
    "surrogate": SurrogateCompiler,
    "checkpoints": lambda *a, **k: SurrogateCompiler(*a, checkpoint_interval=8, **k),
    "e-prop": EPropCompiler,
}

# A neuron, and the weight of a spike that makes it spike in its turn.
NEURONS: Dict[str, Tuple[Callable[[], Any], float]] = {
    "LeakyIntegrateFire": (lambda: n.LeakyIntegrateFire(), 0.2),
    "refractory": (lambda: n.LeakyIntegrateFire(tau_refrac=3.0), 0.2),
    "AdaptiveLeakyIntegrateFire": (lambda: n.AdaptiveLeakyIntegrateFire(), 0.2),
    "IntegrateFire": (lambda: n.IntegrateFire(), 0.1),
    "AdaptiveExponential": (lambda: n.AdaptiveExponential(), 300.0),
    "Izhikevich": (lambda: n.Izhikevich(), 8.0),
    "ResonateFire": (lambda: n.ResonateFire(), 0.4),
    "linear UserNeuron": (
        lambda: n.UserNeuron(
            parameters={"tau": 15.0, "v_thresh": 1.0},
            states={"v": 0.0},
            equations=["dv/dt = (i - v) / tau"],
            threshold="v >= v_thresh",
            reset=["v = 0"],
            output="v",
        ),
        2.0,
    ),
    "UserNeuron": (
        lambda: n.UserNeuron(
            parameters={"tau": 15.0, "v_thresh": 1.0},
            states={"v": 0.1},
            equations=["dv/dt = (i + v * v - v) / tau"],
            threshold="v >= v_thresh",
            reset=["v = 0.1"],
            output="v",
        ),
        2.0,
    ),
}
READOUTS: Dict[str, Callable[[], Any]] = {
    "Var": r.Var,
    "SumVar": r.SumVar,
    "AvgVar": r.AvgVar,
    "AvgVarExpWeight": r.AvgVarExpWeight,
    "MaxVar": r.MaxVar,
    "SpikeCount": r.SpikeCount,
    "FirstSpikeTime": r.FirstSpikeTime,
}
LOSSES: Dict[str, Callable[[], Any]] = {
    "SparseCategoricalCrossentropy": SparseCategoricalCrossentropy,
    "MeanSquareError": MeanSquareError,
    "RelativeMeanSquareError": lambda: RelativeMeanSquareError(5.0),
}
METRICS = {
    "SparseCategoricalCrossentropy": "sparse_categorical_accuracy",
    "MeanSquareError": "mean_square_error",
    "RelativeMeanSquareError": "sparse_categorical_accuracy",
}

SYNAPSES: Dict[str, Callable[[], Any]] = {
    "Delta": s.Delta,
    "Exponential": lambda: s.Exponential(3.0),
    "Alpha": lambda: s.Alpha(4.0),
    "DualExponential": lambda: s.DualExponential(6.0, 2.0),
    "UserSynapse": lambda: s.UserSynapse(
        ["df/dt = -f / tau_fast", "ds/dt = (f - s) / tau_slow"],
        {"tau_fast": (2.0, "ms"), "tau_slow": (8.0, "ms")},
    ),
}


class Ring(c.RowConnectivity):
    """To the next neuron and to the third after that."""

    def row(self, pre: int, request: Any) -> Any:
        return [(pre + 1) % request.num_post, (pre + 4) % request.num_post]


IMAGE = (6, 6, 1)

# Made of a weight; shapes of source and target; matrix types that it offers.
CONNECTIVITY: Dict[str, Tuple[Callable[[Any], Any], Any, Any, Tuple[str, ...]]] = {
    "Dense": (c.Dense, 8, 6, ("DENSE",)),
    "OneToOne": (c.OneToOne, 8, 8, ("SPARSE", "PROCEDURAL")),
    "FixedProbability": (
        lambda w: c.FixedProbability(0.5, w),
        8,
        6,
        ("SPARSE", "PROCEDURAL"),
    ),
    "FixedNumberPost": (lambda w: c.FixedNumberPost(3, w), 8, 6, ("SPARSE", "PROCEDURAL")),
    "FixedNumberPre": (lambda w: c.FixedNumberPre(4, w), 8, 6, ("SPARSE",)),
    "FixedNumberTotal": (lambda w: c.FixedNumberTotal(24, w), 8, 6, ("SPARSE",)),
    "Sparse": (
        lambda w: c.Sparse(np.arange(24) % 8, np.arange(24) // 4, w),
        8,
        6,
        ("SPARSE",),
    ),
    "RowConnectivity": (Ring, 8, 6, ("SPARSE",)),
    "Conv1D": (
        lambda w: c.Conv1D(w, 2, 3),
        (12, 1),
        (10, 2),
        ("SPARSE", "PROCEDURAL_KERNELG", "TOEPLITZ"),
    ),
    "Conv2D": (
        lambda w: c.Conv2D(w, 2, 3),
        IMAGE,
        (4, 4, 2),
        ("SPARSE", "PROCEDURAL_KERNELG", "TOEPLITZ"),
    ),
    "Conv2DTranspose": (
        lambda w: c.Conv2DTranspose(w, 2, 3),
        IMAGE,
        (8, 8, 2),
        ("SPARSE", "PROCEDURAL_KERNELG"),
    ),
    "AvgPool2D": (lambda w: c.AvgPool2D(2), IMAGE, (3, 3, 1), ("SPARSE", "PROCEDURAL")),
    "AvgPoolConv2D": (
        lambda w: c.AvgPoolConv2D(w, 2, 2, 2),
        IMAGE,
        (2, 2, 2),
        ("SPARSE", "PROCEDURAL_KERNELG"),
    ),
    "AvgPoolDense2D": (lambda w: c.AvgPoolDense2D(w, 2), IMAGE, 6, ("DENSE",)),
}

Answer = Optional[str]


def examples(num_inputs: int) -> Tuple[List[Any], np.ndarray]:
    """Of each class another half of the inputs spikes, three times each, between 1 and 16 ms."""
    random = np.random.default_rng(1)
    spikes, labels = [], []
    for example in range(8):
        label = example % CLASSES
        half = num_inputs // CLASSES
        neurons = np.repeat(np.arange(label * half, (label + 1) * half), 3)
        times = random.integers(1, 17, len(neurons)).astype(float)
        spikes.append(preprocess_spikes(times, neurons, num_inputs))
        labels.append(label)
    return spikes, np.array(labels)


def targets(loss: str, labels: np.ndarray) -> np.ndarray:
    """One number an output, where the loss does not take labels."""
    if loss != "MeanSquareError":
        return labels
    return np.eye(CLASSES)[labels]


def attempt(
    rule: str,
    neuron: str = "LeakyIntegrateFire",
    readout: str = "AvgVar",
    loss: str = "SparseCategoricalCrossentropy",
    connectivity: Any = None,
    synapse: Any = None,
    shapes: Tuple[Any, Any] = (8, 6),
    **arguments: Any,
) -> Answer:
    """Compiles a small network and trains it for some epochs.

    Returns:
        None when the loss has fallen, otherwise what the library says, or that it has not.
    """
    make, strength = NEURONS[neuron]
    weight = i.Uniform(0.5 * strength, 1.5 * strength)
    read = READOUTS[readout]()
    spikes_count = readout in ("SpikeCount", "FirstSpikeTime")
    last = n.LeakyIntegrateFire(readout=read) if spikes_count else n.LeakyIntegrate(readout=read)
    with Network() as network:
        inputs = Population(n.SpikeInput(), shapes[0])
        hidden = Population(make(), shapes[1])
        output = Population(last, CLASSES)
        given = c.Dense(weight) if connectivity is None else connectivity(weight)
        Connection(inputs, hidden, given, s.Exponential(5.0) if synapse is None else synapse)
        Connection(
            hidden,
            output,
            c.Dense(i.Uniform(0.0, 0.03 if readout == "SumVar" else 0.3)),
            s.Exponential(5.0),
        )
    size = int(np.prod(shapes[0]))
    x, labels = examples(size)
    y = targets(loss, labels)
    # On a coarse grid, times of first spikes change by whole steps or not at all.
    fine = 4 if readout == "FirstSpikeTime" else 1
    if rule == "e-prop":
        arguments.setdefault("per_timestep_loss", False)
    # References keep all states.
    arguments.setdefault("backend", "cpu" if rule == "checkpoints" else "reference")
    try:
        compiler = RULES[rule](
            fine * STEPS,
            LOSSES[loss](),
            Adam(0.001),
            batch_size=8,
            rng_seed=3,
            dt=1.0 / fine,
            **arguments,
        )
        compiled = compiler.compile(network)
        before = compiled.loss({inputs: x}, {output: y})
        for _ in range(30):
            compiled.train({inputs: x}, {output: y}, 1, metrics=METRICS[loss], callbacks=())
            after = compiled.loss({inputs: x}, {output: y})
            if after < before:
                return None
    except ModelError as error:
        return str(error)
    return f"the loss is {before:.6f}, then {after:.6f}"


# What the library says of what it does not train, by part of its message.
NO_COUNTS = "a count does not change when spikes move"
NO_FIRST_SPIKES = "does not train readout 'first_spike_time'"
NO_GREATEST = "does not train readout 'max_var' with exact spike times"
ONLY_FIRST_SPIKES = "compares times of first spikes"
ONLY_LINEAR = "exact spike times need linear equations"
NO_IMPULSES = "does not train through impulses"
ONLY_STORED = "exact spike times need weights in memory"
NOT_A_VARIABLE = "is not one of a variable"
NON_LINEAR = ("AdaptiveExponential", "Izhikevich", "UserNeuron")


def reasons(rule: str, neuron: str, readout: str, loss: str) -> List[str]:
    """What stands in the way of training, as docs/training.md announces it; nothing when nothing
    does."""
    given = []
    if loss == "RelativeMeanSquareError" and readout != "FirstSpikeTime":
        given.append(ONLY_FIRST_SPIKES)
    if readout == "SpikeCount" and rule in ("EventProp", "exact times"):
        given.append(NO_COUNTS)
    if readout == "FirstSpikeTime" and rule in ("surrogate", "checkpoints", "e-prop"):
        given.append(NO_FIRST_SPIKES)
    if rule == "exact times":
        if readout == "MaxVar":
            given.append(NO_GREATEST)
        if neuron in NON_LINEAR:
            given.append(ONLY_LINEAR)
    return given


def agrees(answer: Answer, expected: List[str]) -> bool:
    if answer is None or not expected:
        return answer is None and not expected
    return any(reason in answer for reason in expected)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("neuron", NEURONS)
def test_neurons_with_readouts_and_losses(rule: str, neuron: str) -> None:
    for readout, loss in itertools.product(READOUTS, LOSSES):
        answer = attempt(rule, neuron, readout, loss)
        assert agrees(answer, reasons(rule, neuron, readout, loss)), (readout, loss, answer)


@pytest.mark.parametrize("rule", RULES)
def test_losses_of_every_timestep(rule: str) -> None:
    variables = ("Var", "SumVar", "AvgVar", "AvgVarExpWeight")
    for readout, loss in itertools.product(READOUTS, LOSSES):
        expected = [] if readout in variables else [NOT_A_VARIABLE]
        if loss == "RelativeMeanSquareError":
            expected.append(ONLY_FIRST_SPIKES)
        answer = attempt(rule, readout=readout, loss=loss, per_timestep_loss=True)
        assert agrees(answer, expected), (readout, loss, answer)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("synapse", SYNAPSES)
def test_synapses(rule: str, synapse: str) -> None:
    refused = synapse == "Delta" and rule in ("EventProp", "exact times")
    answer = attempt(rule, synapse=SYNAPSES[synapse]())
    assert agrees(answer, [NO_IMPULSES] if refused else []), answer


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("connectivity", CONNECTIVITY)
def test_connectivity_and_matrix_types(rule: str, connectivity: str) -> None:
    make, source, target, matrix_types = CONNECTIVITY[connectivity]
    weighs = connectivity != "AvgPool2D"
    for matrix_type, backend in itertools.product(matrix_types, ("reference", "cpu")):
        answer = attempt(
            rule,
            connectivity=make,
            shapes=(source, target),
            matrix_types=(matrix_type, "DENSE"),
            backend=backend,
        )
        refused = rule == "exact times" and matrix_type == "PROCEDURAL" and weighs
        assert agrees(answer, [ONLY_STORED] if refused else []), (matrix_type, backend, answer)
