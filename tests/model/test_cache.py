"""A second start: arrays kept in the cache are those of the model, and a damaged cache is no cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from strategies import models

import bayesnet
from bayesnet.model.expand import expand
from bayesnet.model.factors import Factors
from bayesnet.model.stored import keep_factors, stored_factors


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    monkeypatch.setenv("BAYESNET_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def same(one: Factors, other: Factors) -> bool:
    """Whether two networks are the same to the bit."""
    arrays = [
        [t for f in network.families for t in f.tensors]
        + [network.values, network.linear]
        + [getattr(network.dependence, name) for name in ("family", "tensor", "entry", "number", "partial")]
        for network in (one, other)
    ]
    shapes = [[(type(f), f.child, f.parents, getattr(f, "order", ())) for f in network.families] for network in (one, other)]
    return (
        (one.names, one.states, one.number_ids) == (other.names, other.states, other.number_ids)
        and shapes[0] == shapes[1]
        and all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in zip(*arrays, strict=True))
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(models())
def test_what_was_kept_is_read_back_to_the_bit(cache: Path, model) -> None:
    """Every kind of gate comes back from the cache as the expansion made it, and cannot be written to."""
    factors = expand(model)
    keep_factors(model, factors)
    back = stored_factors(model)
    assert back is not None
    assert same(back, factors)
    assert not any(t.flags.writeable for f in back.families for t in f.tensors)
    assert cache.is_dir()


def test_a_second_load_answers_the_same(cache: Path) -> None:
    """The first load fills the cache, the second reads it; both answer alike, and changed numbers are not kept."""
    question = "lung | smoke=yes, xray=yes"
    first = bayesnet.load("asia").posterior(question)
    kept = sorted(cache.glob("*.factors"))
    assert len(kept) == 1
    assert bayesnet.load("asia").posterior(question) == first
    other = bayesnet.load("asia").with_numbers({"smoke=yes": 0.9})
    assert other.posterior("smoke")["yes"] == pytest.approx(0.9)
    assert sorted(cache.glob("*.factors")) == kept


@pytest.mark.parametrize("damage", [b"", b"rubbish\n", b"bayesnet factors 1\n9 9\n", None])
def test_a_damaged_cache_is_ignored_and_replaced(cache: Path, damage: bytes | None) -> None:
    """An empty, foreign or cut file is as good as none."""
    expected = bayesnet.load("sprinkler").posterior("rain | wet_grass")
    (file,) = cache.glob("*.factors")
    whole = file.read_bytes()
    file.write_bytes(whole[:-7] if damage is None else damage)
    assert bayesnet.load("sprinkler").posterior("rain | wet_grass") == expected
    assert file.read_bytes() == whole


def test_without_a_cache_folder_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty BAYESNET_CACHE_DIR turns the cache off; a folder that cannot be written to is left alone."""
    monkeypatch.setenv("BAYESNET_CACHE_DIR", "")
    assert stored_factors(bayesnet.load("sprinkler").model) is None
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("BAYESNET_CACHE_DIR", str(blocked / "cache"))
    assert bayesnet.load("sprinkler").posterior("rain")["present"] == pytest.approx(0.5)
