"""The standard networks are read completely, agree with pgmpy's reader, and survive every format."""

from __future__ import annotations

import gzip
import time
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from bayesnet.errors import SpecError
from bayesnet.interop import read_network, write_network
from bayesnet.model.check import check_model
from bayesnet.model.expand import expand
from bayesnet.model.records import Model
from bayesnet.network import load

SIZES = {
    "alarm": (37, 752),
    "asia": (8, 36),
    "cancer": (5, 20),
    "child": (20, 344),
    "earthquake": (5, 20),
    "hailfinder": (56, 3741),
    "hepar2": (70, 2139),
    "insurance": (27, 1419),
    "sachs": (11, 267),
    "survey": (6, 37),
    "win95pts": (76, 1148),
}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=pytest.mark.slow if name in {"hepar2", "win95pts", "hailfinder"} else ())
        for name in sorted(SIZES)
    ],
)
def standard(request: pytest.FixtureRequest, networks: Path) -> tuple[str, Path, Model]:
    """One of the standard networks: name, file, model."""
    path = networks / f"{request.param}.bif.gz"
    return request.param, path, read_network(path)


def values_of(model: Model) -> dict[str, float]:
    """Every number by its id."""
    return {number.id: number.value for number in model.numbers.values()}


def test_every_entry_of_a_standard_network_is_a_number(standard: tuple[str, Path, Model]) -> None:
    """Nodes and table entries as published; each with grade `file`, its file as source, its variable."""
    name, path, model = standard
    assert (model.name, len(model.variables), len(model.numbers)) == (name, *SIZES[name])
    assert {number.grade for number in model.numbers.values()} == {"file"}
    assert {number.source for number in model.numbers.values()} == set(model.sources) == {path.name}
    assert all(number.low == number.value == number.high for number in model.numbers.values())


def test_a_standard_network_passes_the_checks_of_a_model(standard: tuple[str, Path, Model]) -> None:
    """What a file holds is a model like any other: its ids, sources and columns have no problem."""
    assert list(check_model(standard[2])) == []


def test_values_agree_with_pgmpy(standard: tuple[str, Path, Model]) -> None:
    """pgmpy's reader finds the same value for every node, state and setting of parents."""
    from pgmpy.readwrite import BIFReader

    _, path, model = standard
    reference = BIFReader(string=gzip.decompress(path.read_bytes()).decode()).get_model()
    assert set(reference.nodes()) == set(model.variables)
    for cpd in reference.get_cpds():
        axes = [cpd.state_names[v] for v in cpd.variables]
        assert sorted(model.variables[cpd.variable].states) == sorted(axes[0])
        for setting in product(*map(enumerate, axes)):
            states = dict(zip(cpd.variables, (state for _, state in setting), strict=True))
            expected = cpd.values[tuple(i for i, _ in setting)]
            assert model.numbers[number_id(model, cpd.variable, states)].value == pytest.approx(expected, abs=2e-6)


def number_id(model: Model, variable: str, states: dict[str, str]) -> str:
    """The id of a table entry, spelled here independently of the reader."""

    def literal(name: str) -> str:
        state = states[name]
        plain = all(c.isascii() and (c.isalnum() or c in "_.+-") for c in state)
        return f"{name}={state}" if plain else f'{name}="{state}"'

    parents = model.variables[variable].parents
    return literal(variable) + (" | " + ", ".join(map(literal, parents)) if parents else "")


@pytest.mark.parametrize("extension", [".bif", ".bif.gz", ".xmlbif", ".xdsl", ".net"])
def test_a_standard_network_survives_every_format(standard: tuple[str, Path, Model], extension: str, tmp_path: Path) -> None:
    """Written and read again: the same variables, states, parents, and numbers to the last bit."""
    _, _, model = standard
    path = tmp_path / f"net{extension}"
    helpers = write_network(model, path)
    assert helpers == ()
    again = read_network(path)
    structure = {(v.name, v.states, v.parents) for v in model.variables.values()}
    assert {(v.name, v.states, v.parents) for v in again.variables.values()} == structure
    assert values_of(again) == pytest.approx(values_of(model), rel=4e-16, abs=0)


def test_reading_what_was_written_twice_changes_nothing(networks: Path, tmp_path: Path) -> None:
    """Columns are closed once: a second round trip gives the same bits, whatever the file's own rounding was."""
    first = read_network(networks / "hailfinder.bif.gz")
    write_network(first, tmp_path / "a.bif")
    second = read_network(tmp_path / "a.bif")
    write_network(second, tmp_path / "b.bif")
    assert values_of(read_network(tmp_path / "b.bif")) == values_of(second)


def test_labels_of_child_are_kept_exactly(networks: Path) -> None:
    """`Asy/Patchy` and `<5` of the child network arrive as published."""
    model = read_network(networks / "child.bif.gz")
    assert "Asy/Patchy" in model.variables["XrayReport"].states
    assert model.variables["LowerBodyO2"].states == ("<5", "5-12", "12+")
    assert 'LowerBodyO2="<5" | HypDistrib=Equal, HypoxiaInO2=Mild' in model.numbers


def test_uai_needs_permission_to_lose_names(networks: Path, tmp_path: Path) -> None:
    """A named network is refused as UAI; with `drop_names` its numbers are written in order."""
    model = read_network(networks / "asia.bif.gz")
    with pytest.raises(SpecError, match="without losing names \\(drop_names=True, or --drop-names, accepts that\\)"):
        write_network(model, tmp_path / "asia.uai")
    write_network(model, tmp_path / "asia.uai", drop_names=True)
    again = read_network(tmp_path / "asia.uai")
    assert list(again.variables) == [f"x{i}" for i in range(8)]
    assert [n.value for n in again.numbers.values()] == [n.value for n in model.numbers.values()]


def test_a_table_of_a_hundred_thousand_entries_is_read_in_about_a_second(tmp_path: Path) -> None:
    """Reading is linear: 2^17 entries take a second or so on a laptop (ten times that is a failure)."""
    parents = [f"p{i}" for i in range(14)]
    lines = [f"variable {p} {{ type discrete [ 2 ] {{ no, yes }}; }}\nprobability ( {p} ) {{ table 0.5, 0.5; }}" for p in parents]
    states = ", ".join(f"s{k}" for k in range(8))
    lines.append(f"variable c {{ type discrete [ 8 ] {{ {states} }}; }}\nprobability ( c | {', '.join(parents)} ) {{")
    lines += [f"({', '.join(setting)}) {', '.join(['0.125'] * 8)};" for setting in product(("no", "yes"), repeat=14)]
    path = tmp_path / "wide.bif"
    path.write_text("\n".join(lines) + "\n}")
    started = time.perf_counter()
    model = read_network(path)
    assert len(model.numbers) == 2**17 + 28
    assert time.perf_counter() - started < 15


def test_an_unknown_extension_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    """The refusal lists what is read."""
    with pytest.raises(SpecError, match=r"net\.abc: unknown kind of network file; expected one of \.bif, .*also with \"\.gz\""):
        read_network(tmp_path / "net.abc")


def test_a_format_that_is_known_and_not_read_is_refused_by_its_name(tmp_path: Path) -> None:
    """The refusal names the program, through `load` too, and lists what is read."""
    path = tmp_path / "n.dne"
    path.write_text("// ~->[DNET-1]->~\nbnet n { };")
    with pytest.raises(SpecError, match=r"n\.dne: Netica is not read; expected one of \.bif"):
        load(path)


def test_a_broken_gzip_file_is_refused_by_name(tmp_path: Path) -> None:
    """A file cut short is reported as such."""
    path = tmp_path / "cut.bif.gz"
    path.write_bytes(gzip.compress(b"network n { }" * 100)[:-12])
    with pytest.raises(SpecError, match=r"cut\.bif\.gz: not a complete gzip file"):
        read_network(path)


def test_the_factors_of_a_file_hold_its_tables(networks: Path) -> None:
    """Expanded, a network from a file has one table per variable, shaped parents then child, equal to its numbers."""
    model = read_network(networks / "cancer.bif.gz")
    factors = expand(model)
    cancer = factors.families[factors.index["Cancer"]]
    assert [factors.names[p] for p in cancer.parents] == ["Pollution", "Smoker"]
    (table,) = cancer.tensors
    expected = [[[0.03, 0.97], [0.001, 0.999]], [[0.05, 0.95], [0.02, 0.98]]]
    np.testing.assert_allclose(table, expected, rtol=1e-15)
