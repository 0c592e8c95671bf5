"""To pgmpy and back: the same network, and helper nodes that change no answer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from plain_factors import factors_of, many_causes

from bayesnet.errors import SpecError
from bayesnet.interop import from_pgmpy, full_tables, helper_nodes, read_network, to_pgmpy
from bayesnet.model.expand import expand
from bayesnet.model.factors import NoisyFamily, TableFamily

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning:pgmpy")


@pytest.mark.parametrize("name", ["asia", "child", "hailfinder"])
def test_a_network_goes_to_pgmpy_and_back_unchanged(name: str, networks: Path) -> None:
    """Names, states, parents and numbers are the same after the round trip."""
    model = read_network(networks / f"{name}.bif.gz")
    again = from_pgmpy(to_pgmpy(expand(model)))
    assert list(again.variables) == list(model.variables)
    for before, after in zip(model.variables.values(), again.variables.values(), strict=True):
        assert (before.states, before.parents) == (after.states, after.parents)
    assert {n.id: n.value for n in again.numbers.values()} == pytest.approx(
        {n.id: n.value for n in model.numbers.values()}, rel=4e-16
    )


def test_pgmpy_answers_as_the_definition_does(networks: Path) -> None:
    """P(lung | dysp) of the chest-clinic network through pgmpy equals the sum over the joint."""
    from pgmpy.inference import VariableElimination

    factors = expand(read_network(networks / "asia.bif.gz"))
    letters = {name: chr(97 + i) for i, name in enumerate(factors.names)}
    tables = full_tables(factors)
    terms = ["".join(letters[factors.names[v]] for v in (*ps, i)) for i, ps in enumerate(tables.parents)]
    joint = np.einsum(f"{','.join(terms)}->{letters['dysp']}{letters['lung']}", *tables.tables)
    yes = tables.states[factors.index["dysp"]].index("yes")
    expected = joint[yes] / joint[yes].sum()
    found = VariableElimination(to_pgmpy(factors)).query(["lung"], {"dysp": "yes"}, show_progress=False)
    np.testing.assert_allclose(found.values, expected, rtol=1e-12)


def test_a_divorced_gate_answers_as_its_full_table(networks: Path) -> None:
    """With and without helper nodes pgmpy gives the same posterior, and the helpers are latent, named and listed."""
    from pgmpy.inference import VariableElimination

    rng = np.random.default_rng(5)
    causes = 7
    links = tuple(np.vstack([[1, 0, 0], rng.dirichlet(np.ones(3))]) for _ in range(causes))
    families: list[TableFamily | NoisyFamily] = [TableFamily(i, (), np.array([0.7, 0.3])) for i in range(causes)]
    families.append(NoisyFamily(causes, tuple(range(causes)), (2, 0, 1), rng.dirichlet(np.ones(3)), links))
    factors = factors_of([("no", "yes")] * causes + [("low", "high", "normal")], families)
    whole, divorced = to_pgmpy(factors), to_pgmpy(factors, largest=36)
    assert helper_nodes(whole) == ()
    assert helper_nodes(divorced) == ("v7__part1", "v7__part2")
    assert divorced.latents == set(helper_nodes(divorced))
    for state in ("low", "high", "normal"):
        answers = [
            VariableElimination(m).query(["v3"], {"v7": state, "v0": "yes"}, show_progress=False) for m in (whole, divorced)
        ]
        np.testing.assert_allclose(answers[0].values, answers[1].values, rtol=1e-12)


def test_a_gate_of_forty_causes_fits_pgmpy() -> None:
    """A gate that no table could hold becomes a network that pgmpy accepts."""
    model = to_pgmpy(many_causes(40))
    assert len(model.nodes()) == 41 + len(helper_nodes(model))
    assert model.check_model()


def test_nodes_and_states_that_are_not_text_are_named_by_their_text() -> None:
    """pgmpy's default states are 0, 1, ...; they arrive as "0", "1"."""
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.models import DiscreteBayesianNetwork

    network = DiscreteBayesianNetwork([("a", "b")])
    network.add_cpds(TabularCPD("a", 2, [[0.25], [0.75]]), TabularCPD("b", 2, [[0.1, 0.2], [0.9, 0.8]], ["a"], [2]))
    model = from_pgmpy(network)
    assert {n.id: n.value for n in model.numbers.values()} == {
        "a=0": 0.25, "a=1": 0.75, "b=0 | a=0": 0.1, "b=1 | a=0": 0.9, "b=0 | a=1": 0.2, "b=1 | a=1": 0.8
    }  # fmt: skip


def test_a_pgmpy_network_with_a_bad_column_is_refused() -> None:
    """pgmpy holds a column that sums to 1.005 until it is checked; here it is refused by name (trap 9)."""
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.models import DiscreteBayesianNetwork

    network = DiscreteBayesianNetwork([("a", "b")])
    network.add_cpds(TabularCPD("a", 2, [[0.5], [0.5]]), TabularCPD("b", 2, [[0.5, 0.5], [0.5, 0.5]], ["a"], [2]))
    network.get_cpds("b").values[1, 1] = 0.505
    with pytest.raises(SpecError, match=r'variable "b": the column \| a=1 does not close; got a sum of 1.005; expected 1'):
        from_pgmpy(network)


def test_misspelt_states_in_a_pgmpy_table_are_refused() -> None:
    """A table that lists other states for a parent than the parent does is refused (trap 10)."""
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.models import DiscreteBayesianNetwork

    network = DiscreteBayesianNetwork([("a", "b")])
    names = {"a": ["absent", "presnt"], "b": ["no", "yes"]}
    network.add_cpds(
        TabularCPD("a", 2, [[0.5], [0.5]], state_names={"a": ["absent", "present"]}),
        TabularCPD("b", 2, [[0.1, 0.2], [0.9, 0.8]], ["a"], [2], state_names=names),
    )
    with pytest.raises(SpecError, match='its table lists the states of "a" as absent, presnt; its own table as absent, present'):
        from_pgmpy(network)


def test_a_pgmpy_network_without_tables_is_refused() -> None:
    """Every node without a table is named."""
    from pgmpy.models import DiscreteBayesianNetwork

    with pytest.raises(SpecError) as refusal:
        from_pgmpy(DiscreteBayesianNetwork([("a", "b")]))
    assert [str(p) for p in refusal.value.problems] == ['pgmpy, variable "a": has no table', 'pgmpy, variable "b": has no table']


def test_the_bridge_imports_pgmpy_without_a_warning() -> None:
    """pgmpy's own deprecations are silenced where it is imported, and only there (trap 22)."""
    code = (
        "import numpy as np\n"
        "from bayesnet.interop import to_pgmpy\n"
        "from bayesnet.model.factors import Dependence, Factors, TableFamily\n"
        "n = np.empty(0, dtype=np.int64)\n"
        "d = Dependence(n, n, n, n, np.empty(0))\n"
        "to_pgmpy(Factors(('a',), (('x', 'y'),), (TableFamily(0, (), np.array([0.5, 0.5])),), (), np.empty(0), n == 0, d))\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_pgmpy_table_in_another_order_of_states_than_its_parents_is_refused_with_both_orders() -> None:
    """Read by position P(B=t | A=y) would be 0.9 instead of 0.2; pgmpy refuses such a network too."""
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.models import DiscreteBayesianNetwork

    theirs = DiscreteBayesianNetwork([("A", "B")])
    states = {"B": ["t", "f"], "A": ["n", "y"]}
    theirs.add_cpds(
        TabularCPD("A", 2, [[0.3], [0.7]], state_names={"A": ["y", "n"]}),
        TabularCPD("B", 2, [[0.9, 0.2], [0.1, 0.8]], ["A"], [2], state_names=states),
    )
    with pytest.raises(SpecError, match='its table lists the states of "A" as n, y; its own table as y, n'):
        from_pgmpy(theirs)
