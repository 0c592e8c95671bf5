"""Gates become tables, or chains of tables, with exactly the same distribution."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_factors import factors_of, many_causes

from bayesnet.errors import TooWide
from bayesnet.interop import full_tables, read_network, write_network
from bayesnet.interop.tables import Tables
from bayesnet.model.expand import expand
from bayesnet.model.factors import Factors, FloatArray, NoisyFamily, TableFamily


@st.composite
def gated(draw: st.DrawFn) -> Factors:
    """Draw a noisy-MAX (or noisy-OR) with two to five causes of two or three states, in any order of ranks."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    ranks = draw(st.integers(2, 3))
    cards = draw(st.lists(st.integers(2, 3), min_size=2, max_size=4))
    order = tuple(draw(st.permutations(range(ranks))))
    links = []
    for card in cards:
        link = rng.dirichlet(np.full(ranks, 0.5), size=card)
        link[0] = np.eye(ranks)[0]
        links.append(link)
    families: list[TableFamily | NoisyFamily] = [TableFamily(i, (), rng.dirichlet(np.ones(c))) for i, c in enumerate(cards)]
    child = len(cards)
    families.append(NoisyFamily(child, tuple(range(child)), order, rng.dirichlet(np.ones(ranks)), tuple(links)))
    states = [tuple(f"s{k}" for k in range(c)) for c in (*cards, ranks)]
    return factors_of(states, families)


def by_definition(gate: NoisyFamily, cards: tuple[int, ...]) -> FloatArray:
    """The table of a gate from its definition: every combination of produced ranks, the largest wins."""
    ranks = len(gate.order)
    table = np.zeros((*cards, ranks))
    for setting in product(*map(range, cards)):
        produced = [gate.leak, *(link[s] for link, s in zip(gate.links, setting, strict=True))]
        for combination in product(range(ranks), repeat=len(produced)):
            table[(*setting, gate.order[max(combination)])] += np.prod([p[r] for p, r in zip(produced, combination, strict=True)])
    return table


def without_helpers(tables: Tables, child: int) -> FloatArray:
    """P(child | original parents) by summing the helpers out of the product of the chain's tables."""
    count = len(tables.names) - len(tables.helpers)
    chain = [child, *range(count, len(tables.names))]
    operands: list[object] = []
    for variable in chain:
        operands += [tables.tables[variable], [*tables.parents[variable], variable]]
    causes = sorted({p for variable in chain for p in tables.parents[variable] if p < count})
    return np.einsum(*operands, [*causes, child])


@given(gated())
def test_a_gate_as_a_table_is_its_definition(factors: Factors) -> None:
    """The full table of a noisy gate equals the sum over everything that its causes may produce."""
    gate = factors.families[-1]
    assert isinstance(gate, NoisyFamily)
    tables = full_tables(factors)
    assert tables.helpers == ()
    np.testing.assert_allclose(tables.tables[-1], by_definition(gate, factors.cards[:-1]), rtol=1e-13, atol=1e-16)


@given(gated(), st.sampled_from([27, 30, 40]))
def test_a_divorced_gate_has_the_same_distribution(factors: Factors, largest: int) -> None:
    """Helpers summed out, P(child | causes) is what one full table would hold; no table of the chain is above the limit."""
    child = len(factors.names) - 1
    whole = full_tables(factors).tables[child]
    tables = full_tables(factors, largest=largest)
    assert all(tables.tables[v].size <= largest for v in range(child, len(tables.names)))
    assert (len(tables.helpers) > 0) == (whole.size > largest)
    assert tables.names[: child + 1] == factors.names
    np.testing.assert_allclose(without_helpers(tables, child), whole, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("extension", ["bif", "xmlbif", "xdsl", "net"])
def test_a_gate_is_written_as_tables_with_its_helpers(extension: str, tmp_path: Path) -> None:
    """A file holds the gate's tables and the helpers that the writer returns; read and expanded they are the same tables."""
    factors = many_causes(18)
    path = tmp_path / f"gate.{extension}"
    helpers = write_network(factors, path)
    expected, found = full_tables(factors), expand(read_network(path))
    assert helpers == expected.helpers == ("v18__part1",)
    for i, name in enumerate(expected.names):
        family = found.families[found.index[name]]
        assert [found.names[p] for p in family.parents] == [expected.names[p] for p in expected.parents[i]]
        np.testing.assert_array_equal(family.tensors[0], expected.tables[i])


def test_a_gate_of_forty_causes_becomes_a_named_chain() -> None:
    """Forty causes would need 2^41 cells; the chain needs a few helpers, listed by name, and loses no small probability."""
    tables = full_tables(many_causes(40))
    assert tables.helpers == ("v40__part1", "v40__part2", "v40__part3")
    assert max(table.size for table in tables.tables) <= 2**14
    tip = np.array([0.0, 1.0])
    for variable in (41, 42, 43, 40):  # all causes present
        table = tables.tables[variable]
        column = table[(slice(None),) * (variable != 41) + (1,) * (len(tables.parents[variable]) - (variable != 41))]
        tip = column if variable == 41 else tip @ column
    assert tip[1] == pytest.approx(41e-12, rel=1e-9)


def test_a_helper_never_takes_the_name_of_a_variable(tmp_path: Path) -> None:
    """Where the network has a variable of the helper's name, the helper gets another."""
    factors = many_causes(20)
    renamed = Factors(
        ("v20__part1", *factors.names[1:]),
        factors.states,
        factors.families,
        factors.number_ids,
        factors.values,
        factors.linear,
        factors.dependence,
    )
    assert write_network(renamed, tmp_path / "net.bif") == ("v20__part1_",)


def test_a_parent_too_large_for_any_table_is_refused_with_the_cells_needed() -> None:
    """One parent of many states cannot be split further; the refusal says how many cells it would take."""
    states = [tuple(map(str, range(100))), ("absent", "present"), ("absent", "present")]
    wide = np.column_stack([np.full(100, 0.5)] * 2)
    wide[0] = 1, 0
    link = np.array([[1, 0], [0.5, 0.5]])
    families: list[TableFamily | NoisyFamily] = [
        TableFamily(0, (), np.full(100, 0.01)),
        TableFamily(1, (), np.array([0.5, 0.5])),
        NoisyFamily(2, (0, 1), (0, 1), np.array([0.9, 0.1]), (wide, link)),
    ]
    with pytest.raises(
        TooWide, match='The gate of "v2" needs a table of 200 cells for its parent "v0" alone; expected at most 100'
    ):
        full_tables(factors_of(states, families), largest=100)
