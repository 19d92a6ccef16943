"""Names, arguments and defaults: those of mlGeNN, and those that are not there."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import subprocess
import sys
from typing import Any, Iterator

import pytest

import saltus
from conftest import ROOT, compile_small, small_network
from mlgenn_signatures import SIGNATURES
from saltus import compilers, connectivity
from saltus._absent import ABSENT

CONNECTIVITY = [
    "AvgPool2D",
    "AvgPoolConv2D",
    "AvgPoolDense2D",
    "Conv1D",
    "Conv2D",
    "Conv2DTranspose",
    "Dense",
    "FixedNumberPost",
    "FixedNumberPre",
    "FixedNumberTotal",
    "FixedProbability",
    "OneToOne",
    "Sparse",
]

# Arguments that mlGeNN has and Saltus has not: parts belong to the network that they are described
# in; there is one machine.
LEFT_OUT = {"add_to_model=True", "communicator", "**kwargs"}

# Defaults that differ: what mlGeNN's mean, or DESIGN's corrections of it.
DEFAULTS = {
    "Network": {"default_params={}": "default_params=None"},
    "SequentialNetwork": {"default_params={}": "default_params=None"},
    "compilers.CompiledNetwork.predict": {"outputs": "outputs=None"},
    "compilers.CompiledNetwork.evaluate_batch_iter": {
        "callbacks=[BatchProgressBar()]": "callbacks=[]"
    },
    # No example leaks into the next.
    "compilers.InferenceCompiler": {
        "reset_in_syn_between_batches=False": "reset_in_syn_between_batches=True"
    },
    # Ours is added to the gradient of the mean loss of a batch.
    "compilers.EPropCompiler": {"deep_r_l1_strength=0.01": "deep_r_l1_strength=0.0001"},
    "compilers.EventPropCompiler": {"deep_r_l1_strength=0.01": "deep_r_l1_strength=0.0001"},
    # A base class, whose subclasses have the default.
    "connectivity.SparseBase": {"delay=0": "delay"},
}


def table() -> dict:
    """The rows of docs/names.md: whether a name is there, and the note."""
    rows = {}
    for line in (ROOT / "docs" / "names.md").read_text().splitlines():
        if line.startswith("| `"):
            name, state, note = (cell.strip() for cell in line.strip("|").split("|"))
            rows[name.strip("`")] = (state, note)
    return rows


TABLE = table()


@contextlib.contextmanager
def examples() -> Iterator[dict]:
    """Objects for attributes that only objects have."""
    small = small_network()
    with small.network:
        yield {
            "Network": small.network,
            "SequentialNetwork": small.network,
            "Population": small.hidden.population(),
            "Connection": small.hidden.connection(),
            "Layer": small.hidden,
            "InputLayer": small.inputs,
            "compilers.CompiledNetwork": compile_small(small),
            "compilers.CompiledTrainingNetwork": compile_small(small),
            "compilers.Compiler": compilers.InferenceCompiler(20),
            "callbacks.Callback": saltus.callbacks.Callback(),
            "connectivity.SparseBase": connectivity.OneToOne(1.0),
            "initializers.Initializer": saltus.initializers.Normal(),
            "losses.Loss": saltus.losses.SparseCategoricalCrossentropy(),
            "metrics.Metric": saltus.metrics.SparseCategoricalAccuracy(),
            "neurons.Input": saltus.neurons.SpikeInput(),
            "neurons.Neuron": saltus.neurons.IntegrateFire(),
            "optimisers.Optimiser": saltus.optimisers.Adam(),
            "readouts.Readout": saltus.readouts.Var(),
            "synapses.Synapse": saltus.synapses.Delta(),
        }


def find(name: str) -> Any:
    """What a name stands for, of an object where a class alone does not have it."""
    owner, _, last = name.rpartition(".")
    with examples() as objects:
        if owner in objects:
            return getattr(objects[owner], last)
    found: Any = saltus
    for part in name.split("."):
        found = getattr(found, part)
    return found


def arguments_of(function: Any) -> list:
    """Arguments after self, with defaults; [] and () are the same."""
    parameters = list(inspect.signature(function).parameters.values())
    texts = []
    for p in parameters:
        if p.kind is p.VAR_KEYWORD or p.name == "self":
            continue
        default = "[]" if p.default in ((), []) else repr(p.default).replace(" ", "")
        if p.default == ("batch_progress_bar",):
            default = "[BatchProgressBar()]"
        texts.append(p.name if p.default is p.empty else f"{p.name}={default}")
    return texts


def test_the_table_has_all_names() -> None:
    assert set(TABLE) == set(SIGNATURES)
    assert {state for state, _ in TABLE.values()} == {"there", "later", "never"}
    for name, (state, note) in TABLE.items():
        assert state == "there" or note, f"{name}: what serves instead"


@pytest.mark.parametrize("name", [name for name, (state, _) in TABLE.items() if state == "there"])
def test_names_that_are_there(name: str) -> None:
    found, signature = find(name), SIGNATURES[name]
    if signature is None or not signature:
        return
    changed = DEFAULTS.get(name, {})
    expected = [changed.get(text, text) for text in signature.split() if text not in LEFT_OUT]
    expected = [text.replace("=()", "=[]") for text in expected]
    assert arguments_of(found)[: len(expected)] == expected


@pytest.mark.parametrize("name", [name for name, (state, _) in TABLE.items() if state != "there"])
def test_names_that_are_not_there_say_what_to_use(name: str) -> None:
    state = TABLE[name][0]
    says = "it comes later; " if state == "later" else "it will not come; "
    with pytest.raises(AttributeError, match=says):
        find(name)
    owner, _, last = name.rpartition(".")
    try:
        importlib.import_module(f"saltus.{owner}".rstrip("."))
    except ImportError:
        # A class, or a module that is not there itself.
        return
    with pytest.raises(ImportError, match=says):
        exec(f"from saltus.{owner} import {last}")


def test_absent_names_are_those_of_the_table() -> None:
    listed = {
        f"{owner[len('saltus') :] if owner.startswith('saltus') else owner}.{name}".lstrip(
            "."
        ): state
        for owner, names in ABSENT.items()
        for name, (state, _) in names.items()
    }
    for name, (state, _) in TABLE.items():
        # The name itself, its module, or its class and itself.
        parts = name.split(".")
        keys = [".".join(parts[first:]) for first in range(len(parts))]
        keys += [".".join(parts[:last]) for last in range(1, len(parts))]
        found = {listed[key] for key in keys if key in listed}
        assert found == (set() if state == "there" else {state}), name


@pytest.mark.parametrize("name", CONNECTIVITY)
def test_connectivity_has_the_methods_of_the_base(name: str) -> None:
    cls = getattr(connectivity, name)
    assert issubclass(cls, connectivity.Connectivity)
    assert list(inspect.signature(cls.connect).parameters) == ["self", "source", "target"]
    assert list(inspect.signature(cls.get_snippet).parameters) == [
        "self",
        "connection",
        "supported_matrix_type",
    ]


def test_version_is_that_of_the_engine() -> None:
    assert saltus.__version__.count(".") == 2


def test_importing_loads_no_slow_library() -> None:
    code = (
        "import sys, saltus; slow = {'tqdm', 'matplotlib', 'sklearn', 'h5py'} & set(sys.modules); "
        "sys.exit(' '.join(slow) or 0)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize(
    ("module", "name", "advice"),
    [
        ("saltus.neurons", "FewSpikeRelu", "it comes later; IntegrateFire"),
        ("saltus.initializers", "Wrapper", "the initializers that it wrapped are classes here"),
        ("saltus.callbacks", "CustomUpdateOnBatchEnd", "override on_batch_end"),
        ("saltus.initializers", "Nromal", "did you mean 'Normal'"),
        ("saltus", "initialisers", "did you mean 'initializers'"),
    ],
)
def test_what_is_not_there_says_what_to_use(module: str, name: str, advice: str) -> None:
    with pytest.raises(
        AttributeError, match=f"module '{module}' has no attribute '{name}'.*{advice}"
    ):
        getattr(importlib.import_module(module), name)
    # Python has a sentence of its own for imports of what is not there, which says less.
    with pytest.raises(ImportError, match=f"import name '{name}' from '{module}': .*{advice}"):
        exec(f"from {module} import {name}")
    assert not hasattr(importlib.import_module(module), name)
    with pytest.raises(AttributeError, match="has no attribute '__nothing__'$"):
        getattr(importlib.import_module(module), "__nothing__")
