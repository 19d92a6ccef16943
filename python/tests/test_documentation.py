"""Docstrings: each says what it takes, gives and raises, and its example runs."""

from __future__ import annotations

import doctest
import importlib
import inspect
import os
import re
from typing import Any, Dict, Iterator, List, NamedTuple, Set

import numpy as np
import pytest

import saltus
from conftest import compile_small, small_network, sparse_network

MODULES = [
    "saltus",
    "saltus.callbacks",
    "saltus.compilers",
    "saltus.connectivity",
    "saltus.constraints",
    "saltus.errors",
    "saltus.initializers",
    "saltus.losses",
    "saltus.metrics",
    "saltus.models",
    "saltus.neurons",
    "saltus.optimisers",
    "saltus.schedules",
    "saltus.plot",
    "saltus.readouts",
    "saltus.serialisers",
    "saltus.sklearn",
    "saltus.surrogates",
    "saltus.synapses",
    "saltus.utils.augmentation",
    "saltus.utils.data",
    "saltus.utils.filter",
]

# What the engine's own classes say stands in the extension module.
ENGINE = {"GridSpikes", "RandomStream", "SpikeTrains"}

# Models and methods that a paper describes.
CITED = [
    "compilers.EventPropCompiler",
    "connectivity.AvgPool2D",
    "connectivity.Conv2D",
    "connectivity.Conv2DTranspose",
    "initializers.Gamma",
    "initializers.GlorotNormal",
    "initializers.GlorotUniform",
    "initializers.HeNormal",
    "initializers.HeUniform",
    "initializers.Orthogonal",
    "neurons.AdaptiveExponential",
    "neurons.AdaptiveLeakyIntegrateFire",
    "neurons.Izhikevich",
    "neurons.ResonateFire",
    "neurons.IntegrateFire",
    "neurons.LeakyIntegrate",
    "neurons.LeakyIntegrateFire",
    "optimisers.Adam",
    "optimisers.AdamW",
    "optimisers.SGD",
    "schedules.CosineSchedule",
    "schedules.WarmUp",
    "synapses.Exponential",
    "utils.augmentation.BlendExamples",
    "utils.data.generate_yin_yang_dataset",
    "utils.data.preprocess_tonic_spikes",
    "utils.data.read_heidelberg",
    "utils.data.read_nmnist",
]


class Public(NamedTuple):
    """A class, function, method or property that users see."""

    name: str
    item: Any
    module: Any
    is_method: bool

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.item) or ""

    @property
    def function(self) -> Any:
        """What has the parameters: of a class its constructor."""
        if inspect.isclass(self.item):
            # Named tuples have none of their own.
            return vars(self.item).get("__init__", None)
        return self.item.fget if isinstance(self.item, property) else self.item


def own_and_hidden(item: Any) -> Dict[str, Any]:
    """What a class defines, or a base of it that no module shows."""
    bases = [b for b in item.__mro__[1:] if re.search(r"^saltus\b.*\._", b.__module__)]
    return {name: each for base in (*bases, item) for name, each in vars(base).items()}


def public_names() -> Iterator[Public]:
    seen: Set[int] = set()
    for module_name in MODULES:
        if module_name in ("saltus.plot", "saltus.sklearn"):
            pytest.importorskip("matplotlib" if module_name.endswith("plot") else "sklearn")
        module = importlib.import_module(module_name)
        for name in module.__all__:
            item = getattr(module, name)
            if inspect.ismodule(item) or name in ENGINE or id(item) in seen:
                continue
            if not callable(item):
                continue
            seen.add(id(item))
            yield Public(f"{module_name[7:]}.{name}".lstrip("."), item, module, False)
            if inspect.isclass(item):
                for method, function in own_and_hidden(item).items():
                    if method.startswith("_"):
                        continue
                    function = getattr(function, "__func__", function)
                    if inspect.isfunction(function) or isinstance(function, property):
                        path = f"{module_name[7:]}.{name}.{method}".lstrip(".")
                        yield Public(path, function, module, True)


PUBLIC = {public.name: public for public in public_names()}


def sections(doc: str) -> Dict[str, str]:
    """Sections by their titles: lines that end with a colon and are followed by indented ones."""
    parts = re.split(r"^(Args|Returns|Raises|Attributes|References|Example):\n", doc, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def parameters(public: Public) -> List[str]:
    function = public.function
    if function is None or isinstance(public.item, property):
        return []
    if "__wrapped__" in vars(function):
        function = function.__wrapped__
    names = list(inspect.signature(function).parameters)
    is_bound = public.is_method or inspect.isclass(public.item)
    return names[1:] if is_bound and names[:1] in (["self"], ["cls"]) else names


@pytest.mark.parametrize("name", PUBLIC)
def test_docstring(name: str) -> None:
    public = PUBLIC[name]
    doc, found = public.doc, sections(public.doc)
    assert doc and doc[0].isupper() and "." in doc, "it begins with a sentence"
    missing = [
        parameter
        for parameter in parameters(public)
        if not re.search(rf"^    \*{{0,2}}{parameter}:", found.get("Args", ""), flags=re.M)
    ]
    # Of what is said elsewhere the documentation refers to that.
    refers = doc.startswith("As ") and public.is_method
    assert not missing or refers, f"its arguments {missing} are not described"
    if inspect.isfunction(public.item):
        returned = inspect.signature(public.item).return_annotation
        says = "Returns" in found or doc.split()[0] in ("The", "A", "As", "What", "Whether")
        assert returned in (None, "None", inspect.Signature.empty) or says, "it says what it gives"
    if not public.is_method:
        assert "Example" in found or is_error(public.item), "it has an example"


def is_error(item: Any) -> bool:
    return inspect.isclass(item) and issubclass(item, saltus.errors.Error)


@pytest.mark.parametrize("name", PUBLIC)
def test_what_raises_says_so(name: str) -> None:
    public = PUBLIC[name]
    if public.function is None or is_error(public.item):
        return
    source = inspect.getsource(public.function)
    source = re.sub(r'""".*?"""', "", source, flags=re.S)
    if re.search(r"\braise \w+\(|\brequire_\w+\(|\b_find\(", source):
        assert "Raises" in sections(public.doc) or public.doc.startswith("As ")


@pytest.mark.parametrize("name", CITED)
def test_models_cite_their_papers(name: str) -> None:
    public = PUBLIC[name]
    assert re.search(r"(19|20)\d\d", sections(public.doc).get("References", "") or public.doc)


class Namespace(dict):
    """What examples find: a small network with data, and all public names, those of the example's
    own module first."""

    def __init__(self, public: Public) -> None:
        super().__init__()
        # Of classes of one name, synapses and connectivity are meant, not initializers.
        for module_name in [*MODULES, "saltus.connectivity", "saltus.synapses"]:
            module = importlib.import_module(module_name)
            self.update({name: getattr(module, name) for name in module.__all__})
        self.update({name: getattr(public.module, name) for name in public.module.__all__})
        small = small_network()
        sparse = sparse_network()
        self.update(
            saltus=saltus,
            numpy=np,
            os=os,
            network=small.network,
            inputs=small.inputs,
            hidden=small.hidden,
            output=small.output,
            compiled=compile_small(small),
            sparse_network=sparse.network,
            sparse_inputs=sparse.inputs,
            sparse_hidden=sparse.hidden,
            sparse_output=sparse.output,
            x=small.x,
            y=small.y,
        )


@pytest.mark.parametrize("name", PUBLIC)
def test_example_runs(name: str, tmp_path: Any, monkeypatch: Any) -> None:
    public = PUBLIC[name]
    if "Example" not in sections(public.doc):
        return
    pytest.importorskip("matplotlib").use("Agg")
    monkeypatch.chdir(tmp_path)
    np.random.seed(0)
    examples = doctest.DocTestParser().get_doctest(
        public.doc, dict(Namespace(public)), name, None, 0
    )
    assert examples.examples, "it has an example"
    report: List[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(examples, out=report.append)
    assert not runner.failures, "".join(report)


def test_the_package_shows_a_whole_program() -> None:
    failures, tried = doctest.testmod(saltus)
    assert tried > 15 and not failures


@pytest.mark.parametrize("module_name", MODULES)
def test_modules_say_what_is_in_them(module_name: str) -> None:
    module = importlib.import_module(module_name)
    assert module.__doc__ and module.__doc__[0].isupper()
    assert sorted(module.__all__) == list(module.__all__) or module_name == "saltus"
    for name in module.__all__:
        assert hasattr(module, name)
