"""Where time goes."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import compile_small


def test_a_profile_counts_what_passes_worked_on(small: Any) -> None:
    compiled = compile_small(small, kernel_profiling=True, threads=1)
    compiled.train(*small.data, 2)
    profile = compiled.profile()
    by_name = {(each.name, each.of): each for each in profile.passes}
    spikes = by_name["emit input", "input"].events
    traced = sum(
        len(compiled.trace({small.inputs: small.x}, example).spikes[small.inputs][0])
        for example in range(24)
    )
    assert spikes == 2 * traced
    # Spikes of the last step arrive in none.
    assert 0 < by_name["propagate", "Conn_input_hidden"].events <= 8 * spikes
    assert by_name["advance", "hidden"].events == 2 * 24 * 20 * 8
    assert by_name["gradient", "Conn_input_hidden"].seconds > 0
    total = sum(each.seconds for each in profile.passes) + profile.other_seconds
    assert total == pytest.approx(profile.seconds)
    assert "propagate        Conn_input_hidden" in str(profile)
    compiled.reset_profile()
    assert compiled.profile().passes == () and compiled.profile().seconds == 0


def test_a_network_without_one_says_so(small: Any, trainable: Any) -> None:
    with pytest.raises(RuntimeError, match="compile it with kernel_profiling"):
        trainable.profile()
    with pytest.raises(NotImplementedError, match="'reference' keeps no profile"):
        compile_small(small, kernel_profiling=True, backend="reference")
