"""Updates by counted data: conjugate answers by hand, other routes to the same posterior, and base rates that are recovered."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

import bayesnet
from bayesnet.analysis.sensitivity.sampler import cited_sampler

GATES = """
[variables.flu]
gate = "table"
[variables.cold]
gate = "table"
[variables.fever]
parents = ["flu", "cold"]
gate = "noisy_or"
[variables.travel]
gate = "table"
[variables.malaria]
parents = ["travel"]
gate = "odds_ratio"
{numbers}
"""
NUMBERS = {
    "flu=present": (0.1, 0.05, 0.2),
    "cold=present": (0.2, 0.1, 0.35),
    "fever=present | leak": (0.05, 0.02, 0.1),
    "fever=present | flu=present": (0.7, 0.5, 0.85),
    "fever=present | cold=present": (0.3, 0.15, 0.5),
    "travel=present": (0.3, 0.3, 0.3),
    "odds(malaria) | baseline": (0.02, 0.005, 0.05),
    "odds(malaria) | travel=present": (6.0, 2.0, 15.0),
}


def clinic(folder: Path, gates: str = GATES, numbers: dict[str, tuple[float, float, float]] | None = None) -> bayesnet.Network:
    """A network with a table, a noisy-OR and an odds gate, or with these gates and numbers."""
    rows = []
    for name, figures in (numbers or NUMBERS).items():
        value, low, high = figures
        kind = "exact" if low == high else "judgement"
        grade = 'grade = "judgement"\nreason = "invented"'
        rows.append(f"[[numbers]]\nid = '{name}'\nvalue = {value}\nlow = {low}\nhigh = {high}\nrange = \"{kind}\"\n{grade}\n")
    folder.mkdir(exist_ok=True)
    (folder / "model.toml").write_text('name = "clinic"\nfiles = ["all.toml"]\n')
    (folder / "all.toml").write_text(gates.format(numbers="\n".join(rows)))
    return bayesnet.load(folder)


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> bayesnet.Network:
    """That network as it is."""
    return clinic(tmp_path_factory.mktemp("models") / "clinic")


def prior_of(net: bayesnet.Network, number: str) -> tuple[float, float]:
    """The two shapes of the Beta prior of a number."""
    k = net.compiled.number(number)
    fits = cited_sampler(net.compiled).fits
    return float(fits.a[k]), float(fits.b[k])


def test_complete_counts_give_the_beta_posterior_mean(net: bayesnet.Network) -> None:
    """30 of 100 with flu: (a + 30)/(a + b + 100), in one step, worth 100 patients; the interval is that of the Beta."""
    from scipy.stats import beta

    result = net.update(pd.DataFrame({"flu": ["present"] * 30 + ["absent"] * 70}))
    a, b = prior_of(net, "flu=present")
    (moved,) = result
    assert moved.after == pytest.approx((a + 30) / (a + b + 100), rel=1e-12)
    assert moved.prior_size == pytest.approx(a + b)
    assert moved.outside
    assert result.network.posterior("flu")["present"] == pytest.approx(moved.after, rel=1e-12)
    p = moved.after
    information = 30 * (1 - p) ** 2 + 70 * p**2 - (30 / p - 70 / (1 - p)) * p * (1 - p) * (1 - 2 * p)
    assert moved.local_size == pytest.approx(information / (p * (1 - p)), rel=1e-9)
    assert moved.local_size == pytest.approx(100, rel=1e-9)
    expected = beta(p * (a + b + 100), (1 - p) * (a + b + 100)).ppf([0.025, 0.975])
    assert (moved.after_low, moved.after_high) == pytest.approx(tuple(expected), rel=1e-6)


def test_a_number_without_a_range_is_worth_the_equivalent_sample_size(net: bayesnet.Network) -> None:
    """0.3 worth 50 patients, 40 of 50 local ones: (15 + 40)/100."""
    frame = pd.DataFrame({"travel": [1] * 40 + [0] * 10})
    assert net.update(frame, equivalent_sample_size=50)["travel=present"].after == pytest.approx(0.55, rel=1e-12)


def test_columns_of_a_table_count_by_the_states_of_the_parents(tmp_path: Path) -> None:
    """A network of a file: every column is a Dirichlet worth 100 patients, and a column without patients stays to the bit."""
    bayesnet.load("asia").save(tmp_path / "asia.bif")
    net = bayesnet.load(tmp_path / "asia.bif")
    frame = net.simulate(400, seed=2)[["smoke", "lung"]]
    smokers = frame[frame["smoke"] == "yes"]
    after = net.update(smokers, equivalent_sample_size=100).network.numbers
    with_it = int((smokers["lung"] == "yes").sum())
    assert after["lung=yes | smoke=yes"].value == pytest.approx((100 * 0.1 + with_it) / (100 + len(smokers)), rel=1e-9)
    assert after["lung=no | smoke=yes"].value == pytest.approx(1 - after["lung=yes | smoke=yes"].value, rel=1e-9)
    assert after["lung=yes | smoke=no"] == net.numbers["lung=yes | smoke=no"]


def log_posterior(net: bayesnet.Network, changes: dict[str, float], frame: pd.DataFrame) -> float:
    """ln P(rows) plus the log-density of the priors in the log-odds of the numbers, by the public calls alone."""
    other = net.with_numbers(changes)
    total = float(other.score(frame, targets=["flu"])["log_probability"].sum())
    fits = cited_sampler(net.compiled).fits
    for name, x in changes.items():
        k = net.compiled.number(name)
        a, b = float(fits.a[k]), float(fits.b[k])
        total += -((math.log(x) - a) ** 2) / (2 * b * b) if name.startswith("odds") else a * math.log(x) + b * math.log1p(-x)
    return total


@pytest.mark.parametrize("gaps", [0.0, 0.4])
def test_em_ends_at_the_mode_that_another_program_finds(net: bayesnet.Network, gaps: float) -> None:
    """Noisy-OR and odds gate, with and without missing cells: scipy finds no higher posterior and the same numbers."""
    rng = np.random.default_rng(3)
    frame = net.simulate(120, seed=4).astype(object)
    frame = frame.mask(rng.random(frame.shape) < gaps)
    result = net.update(frame)
    assert result.converged
    names = [name for name in NUMBERS if name != "travel=present"]
    found = np.array([result.network.numbers[name].value for name in names])
    odds = np.array([name.startswith("odds") for name in names])
    travel = {"travel=present": result.network.numbers["travel=present"].value}

    def read(w: np.ndarray) -> dict[str, float]:
        return dict(zip(names, np.where(odds, np.exp(w), 1 / (1 + np.exp(-w))).tolist(), strict=True))

    def depth(w: np.ndarray) -> float:
        return -log_posterior(net, {**read(w), **travel}, frame)

    start = np.where(odds, np.log(found), np.log(found) - np.log1p(-np.where(odds, 0.5, found)))
    other = minimize(depth, start + 0.2, method="BFGS", options={"gtol": 1e-5})
    assert depth(start) <= other.fun + 1e-6
    assert list(read(other.x).values()) == pytest.approx(found.tolist(), rel=2e-3)


def test_missing_cells_count_as_expected_counts(net: bayesnet.Network) -> None:
    """One step of EM by hand: P(flu | fever) of each row with a gap, until nothing moves."""
    frame = pd.DataFrame({"flu": ["present", None, None, "absent"] * 5, "travel": [1, 0, 1, 0] * 5})
    result = net.update(frame)
    # A gap in flu that nothing else speaks for counts for nothing: 5 of 10.
    a, b = prior_of(net, "flu=present")
    assert result["flu=present"].after == pytest.approx((a + 5) / (a + b + 10), rel=1e-6)
    assert result["flu=present"].local_size == pytest.approx(10, rel=1e-5)


def test_changed_base_rates_are_recovered(net: bayesnet.Network) -> None:
    """Patients of a clinic with three times the flu and five times the malaria odds, a fifth of all cells missing."""
    true = {"flu=present": 0.3, "odds(malaria) | baseline": 0.1, "fever=present | leak": 0.1}
    frame = net.with_numbers(true).simulate(4_000, seed=6).astype(object)
    frame = frame.mask(np.random.default_rng(1).random(frame.shape) < 0.2)
    result = net.update(frame)
    for name in ("flu=present", "odds(malaria) | baseline"):
        assert result[name].after_low < true[name] < result[name].after_high
    assert result["fever=present | leak"].after == pytest.approx(0.1, abs=0.025)
    assert {"flu=present", "odds(malaria) | baseline"} <= {moved.number for moved in result.surprises}
    assert result.log_likelihood[1] > result.log_likelihood[0]


def test_data_of_the_network_itself_leave_it_where_it_is(net: bayesnet.Network) -> None:
    """No cited range is left by patients who were drawn from the network."""
    assert net.update(net.simulate(1_000, seed=8)).surprises == ()


def test_an_updated_number_names_the_local_data_beside_its_papers(tmp_path: Path) -> None:
    """Value, range and source are the new ones, the paper stays as background, and the model is written and read again."""
    net = bayesnet.load("asia")
    result = net.update(net.simulate(300, seed=1)[["smoke"]])
    number = result.network.numbers["smoke=yes"]
    assert [figure.source for figure in number.sources] == ["local_data", "lauritzen1988"]
    assert number.sources[0].place == "300 local rows"
    assert number.sources[0].quantity.startswith("Lauritzen 1988 plus 300 local rows: posterior value and 95 % interval")
    assert number.note.startswith("Before the update by 300 local rows: 0.5 (")
    assert (number.low, number.high) == (result["smoke=yes"].after_low, result["smoke=yes"].after_high)
    assert result.network.sources["local_data"].title == "300 local rows"
    result.network.save(tmp_path / "updated")
    again = bayesnet.load(tmp_path / "updated")
    assert again.digest == result.network.digest != net.digest
    assert again.numbers["smoke=yes"].sources == number.sources


def test_rows_that_say_nothing_or_cannot_be_are_left_out_and_counted(net: bayesnet.Network) -> None:
    """A state that is none is named; a frame without findings moves nothing."""
    result = net.update(pd.DataFrame({"flu": ["present", "perhaps", None], "id": [1, 2, 3]}), ignore=["id"])
    assert (result.used, result.left_out) == (2, 1)
    assert 'has no state "perhaps"' in result.problems[0]
    nothing = net.update(pd.DataFrame({"flu": [None, None]}))
    assert (len(nothing), nothing.network.digest) == (0, net.digest)
    impossible = bayesnet.load("asia").update(pd.DataFrame({"lung": ["yes", "no"], "either": ["no", "no"]}))
    assert (impossible.used, impossible.left_out) == (1, 1)
    with pytest.raises(bayesnet.SpecError, match='column "id" is not a variable'):
        net.update(pd.DataFrame({"flu": [1], "id": [1]}))


MAX = """
[variables.flu]
gate = "table"
[variables.cold]
gate = "table"
[variables.fever]
states = ["none", "mild", "high"]
parents = ["flu", "cold"]
gate = "noisy_max"
{numbers}
"""
GRADED = {
    "flu=present": (0.3, 0.2, 0.45),
    "cold=present": (0.4, 0.3, 0.5),
    "fever=mild | leak": (0.08, 0.04, 0.15),
    "fever=high | leak": (0.03, 0.01, 0.07),
    "fever=mild | flu=present": (0.3, 0.15, 0.45),
    "fever=high | flu=present": (0.4, 0.25, 0.55),
    "fever=mild | cold=present": (0.35, 0.2, 0.5),
    "fever=high | cold=present": (0.1, 0.04, 0.2),
}


def test_a_graded_gate_ends_at_the_mode_that_another_program_finds(tmp_path: Path) -> None:
    """Noisy-MAX with gaps: the Dirichlet priors of its columns and the likelihood of the rows, maximised by scipy."""
    net = clinic(tmp_path / "graded", MAX, GRADED)
    frame = net.with_numbers({"fever=high | flu=present": 0.55}).simulate(150, seed=2).astype(object)
    frame = frame.mask(np.random.default_rng(3).random(frame.shape) < 0.2)
    result = net.update(frame)
    assert result.converged
    assert all("noisy" not in kept.reason for kept in result.kept)
    fits = cited_sampler(net.compiled).fits
    size = dict(zip(net.compiled.factors.number_ids, (fits.a + fits.b).tolist(), strict=True))
    columns = [["flu=present"], ["cold=present"]]
    columns += [[f"fever={grade} | {cause}" for grade in ("mild", "high")] for cause in ("leak", "flu=present", "cold=present")]
    names = [name for column in columns for name in column]

    def read(w: np.ndarray) -> dict[str, float]:
        found, at = {}, 0
        for column in columns:
            weights = np.exp(np.append(w[at : at + len(column)], 0.0))
            found.update(zip(column, (weights / weights.sum()).tolist(), strict=False))
            at += len(column)
        return found

    def depth(w: np.ndarray) -> float:
        numbers = read(w)
        total = float(net.with_numbers(numbers).score(frame, targets=["flu"])["log_probability"].sum())
        for column in columns:
            strength = math.exp(np.mean([math.log(size[name]) for name in column]))
            prior = [GRADED[name][0] for name in column]
            now = [numbers[name] for name in column]
            for p, x in zip([*prior, 1 - sum(prior)], [*now, 1 - sum(now)], strict=True):
                total += strength * p * math.log(x)
        return -total

    found = np.array([result.network.numbers[name].value for name in names])
    start = np.concatenate(
        [
            np.log([result.network.numbers[n].value for n in c]) - np.log(1 - sum(result.network.numbers[n].value for n in c))
            for c in columns
        ]
    )
    other = minimize(depth, start + 0.1, method="BFGS", options={"gtol": 1e-4})
    assert depth(start) <= other.fun + 1e-6
    assert [read(other.x)[name] for name in names] == pytest.approx(found.tolist(), rel=2e-3)


def test_what_is_not_updated_is_said() -> None:
    """Definitions are listed with the reason and keep their numbers; graded gates are updated like the others."""
    net = bayesnet.load("back_pain")
    result = net.update(net.simulate(3, seed=1)[["age_group", "female", "alp_grade"]])
    reasons = {kept.reason: kept.numbers for kept in result.kept}
    assert all(result.network.numbers[name] == net.numbers[name] for names in reasons.values() for name in names)
    assert any(moved.number.startswith("alp_grade=") for moved in result)
    assert "Not updated, by definition, or exactly 0 or 1: " in str(result)
    assert "setting=hospital" not in result, "an assumed setting is a condition and no count"
    assert result.to_dict()["updated"][0]["number"] == result[0].number
