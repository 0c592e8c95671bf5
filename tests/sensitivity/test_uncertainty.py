"""Draws of all numbers, the laws fitted to them, and the shares of the variance that each number has."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from small_networks import clinic, network

import bayesnet
from bayesnet.analysis.query.requisite import requisite_families
from bayesnet.analysis.sensitivity.distributions import BETA, FIXED, LOG_NORMAL, fit, quantiles
from bayesnet.analysis.sensitivity.parameter_map import parameter_map
from bayesnet.analysis.sensitivity.uncertainty import sampler, sobol_shares
from bayesnet.errors import BayesnetError
from bayesnet.inference.engine import Engine
from bayesnet.model.records import Model, Number, Variable
from bayesnet.network import Network


def _fit(value: float, low: float, high: float, odds: bool = False):
    return fit(np.array([value]), np.array([low]), np.array([high]), np.array([odds]), np.array([False]))


@pytest.mark.parametrize(
    ("value", "low", "high"), [(0.52, 0.2, 0.83), (0.01, 0.001, 0.3), (3e-5, 1e-5, 1e-4), (0.97, 0.9, 0.99), (0.5, 0.49, 0.51)]
)
def test_a_beta_has_the_value_as_mean_and_95_percent_in_the_range(value, low, high):
    """The fitted Beta, judged by scipy: its mean is the value, and the range holds 95 % of it."""
    fitted = _fit(value, low, high)
    assert fitted.law[0] == BETA
    assert fitted.close[0]
    law = stats.beta(fitted.a[0], fitted.b[0])
    assert law.mean() == pytest.approx(value, rel=1e-12)
    assert law.cdf(high) - law.cdf(low) == pytest.approx(0.95, abs=5e-4)


def test_a_range_that_no_beta_can_fill_is_said_so():
    """Where the value stands at the end of its range, or the range is all there is, the nearest law is used and marked."""
    for value, low, high in ((0.2, 0.2, 0.83), (0.5, 0.0, 1.0), (0.01, 0.0, 0.3)):
        fitted = _fit(value, low, high)
        assert not fitted.close[0]
        assert fitted.a[0] / (fitted.a[0] + fitted.b[0]) == pytest.approx(value, rel=1e-12)
        assert min(fitted.a[0], fitted.b[0]) >= 0.5 - 1e-12


def test_an_odds_ratio_is_log_normal_about_its_value():
    """The median is the value and the 95 % interval of a range that is symmetric on the log scale is that range."""
    fitted = _fit(15.0, 5.0, 45.0, odds=True)
    assert fitted.law[0] == LOG_NORMAL
    assert quantiles(fitted, 0.5)[0] == pytest.approx(15.0)
    assert quantiles(fitted, 0.025)[0] == pytest.approx(5.0)
    assert quantiles(fitted, 0.975)[0] == pytest.approx(45.0)


def test_numbers_without_a_range_are_fixed():
    """No width, a structural zero or one, or a definition: the number never moves."""
    assert _fit(0.3, 0.3, 0.3).law[0] == FIXED
    assert _fit(0.0, 0.0, 0.1).law[0] == FIXED
    assert _fit(1.0, 0.9, 1.0).law[0] == FIXED


def test_draws_follow_their_laws():
    """Drawn alone, numbers have the mean and quantiles of their fit; a column is Dirichlet and closes; zeros stay zero."""
    compiled = clinic().compiled
    drawn = sampler(compiled).draw(40_000, np.random.default_rng(1)).values
    k = compiled.number("drugs")
    fits = sampler(compiled).fits
    assert stats.kstest(drawn[k], stats.beta(fits.a[k], fits.b[k]).cdf).pvalue > 0.01
    early, late = (compiled.number(f"stage={s} | abscess") for s in ("early", "late"))
    assert drawn[early].mean() == pytest.approx(0.5, abs=0.005)
    assert drawn[late].mean() == pytest.approx(0.3, abs=0.005)
    assert (drawn[early] + drawn[late] < 1.0).all()
    strength = math.sqrt((fits.a[early] + fits.b[early]) * (fits.a[late] + fits.b[late]))
    covariance = np.cov(drawn[early], drawn[late])[0, 1]
    assert covariance == pytest.approx(-0.5 * 0.3 / (strength + 1), rel=0.05)
    assert (drawn[compiled.number("stage=early | abscess=absent")] == 0.0).all()
    odds = compiled.number("odds(infection) | baseline")
    assert np.median(drawn[odds]) == pytest.approx(0.05, rel=0.02)


def test_the_expected_joint_is_that_of_the_values():
    """Averaged over draws of table entries, P(h, e) and P(e) are those at the values: that is why the mean is fitted."""
    net = clinic()
    compiled = net.compiled
    values = np.repeat(compiled.factors.values[:, None], 60_000, axis=1)
    drawn = sampler(compiled).draw(60_000, np.random.default_rng(2)).values
    owners = [compiled.model.numbers[number].variable for number in compiled.factors.number_ids]
    tables = [k for k, owner in enumerate(owners) if owner in ("drugs", "stage", "rash")]
    values[tables] = drawn[tables]
    evidence, v = net.case("rash, stage={early, late}").findings.evidence(), compiled.index["drugs"]
    run = compiled.engine.draws(evidence, compiled.expander.tensors(values), [v])
    total, now = np.exp(run.log_probability), float(np.exp(compiled.engine.log_probability(evidence)))
    assert total.mean() == pytest.approx(now, rel=5e-3)
    hit = net.posterior("drugs | rash, stage={early, late}")["present"] * now
    assert (run.marginals[v][1] * total).mean() == pytest.approx(hit, rel=1e-2)


def test_named_states_give_way_to_one_that_is_drawn():
    """Where only one entry of a column is uncertain, the others keep their proportions and the column its sum."""
    net = network(
        "grade",
        [Variable("grade", states=("low", "middle", "high"))],
        {"grade=low": 0.5, "grade=middle": 0.2, "grade=high": (0.3, 0.2, 0.4)},
    )
    low, middle, high = sampler(net.compiled).draw(100, np.random.default_rng(0)).values
    assert low + middle + high == pytest.approx(np.ones(100))
    assert low / middle == pytest.approx(np.full(100, 2.5))
    assert high.std() > 0.02


def test_links_below_their_leak_have_no_effect_and_are_counted():
    """A link drawn below the leak expands to a gate without that cause; the share of such draws is reported."""
    compiled = clinic().compiled
    drawn = sampler(compiled).draw(5_000, np.random.default_rng(3))
    weak, leak = compiled.number("pain | abscess"), compiled.number("pain | leak")
    below = drawn.values[weak] < drawn.values[leak]
    assert drawn.no_effect[weak] == pytest.approx(below.mean())
    assert 0.02 < below.mean() < 0.6
    links = compiled.expander.tensors(drawn.values)[compiled.index["pain"]][1]
    assert (links[1, 1, below] == 0.0).all()
    assert (links[1, 1, ~below] > 0.0).all()
    assert ((links >= 0.0) & (links <= 1.0)).all()


def test_numbers_of_one_study_can_move_together():
    """With `together`, two numbers of one source have rank correlation 1, those of two sources stay independent."""
    compiled = clinic().compiled
    drawn = sampler(compiled).draw(4_000, np.random.default_rng(4), together=True).values
    leak, link, drugs, odds = (
        drawn[compiled.number(n)] for n in ("pain | leak", "pain | abscess", "drugs", "odds(abscess) | baseline")
    )
    assert stats.spearmanr(leak, link).statistic == pytest.approx(1.0)
    assert stats.spearmanr(drugs, odds).statistic == pytest.approx(1.0)
    assert abs(stats.spearmanr(leak, drugs).statistic) < 0.05


def test_uncertainty_is_that_of_single_answers():
    """Each draw's answer is that of a network with these numbers, and the interval is the middle 95 % of them."""
    net = clinic()
    compiled, evidence = net.compiled, net.case("fever").findings.evidence()
    found = net.case("fever").uncertainty("abscess", draws=300, seed=7)
    diagnoses = [compiled.index["abscess"], compiled.index["infection"]]
    needed = parameter_map(compiled).of_families(requisite_families(compiled.factors, evidence, diagnoses))
    drawn = sampler(compiled).only(needed).draw(300, np.random.default_rng(7)).values
    assert not needed[compiled.number("rash | infection")]
    v = compiled.index["abscess"]
    again = [Engine(compiled.expander.factors(drawn[:, i])).posteriors(evidence, (v,)).marginals[v][1] for i in range(0, 300, 60)]
    assert list(found.samples[::60]) == pytest.approx(again, rel=1e-9)
    assert found.interval == pytest.approx(tuple(np.quantile(found.samples, [0.025, 0.975])))
    assert found.value == pytest.approx(net.posterior("abscess | fever")["present"])
    assert sum(line.leads for line in found) == pytest.approx(1.0)
    both = np.array([_answers(compiled, drawn, evidence, d) for d in diagnoses])
    assert [found[f"{d}=present"].leads for d in ("abscess", "infection")] == pytest.approx(
        [np.mean(both.argmax(axis=0) == i) for i in (0, 1)]
    )
    assert {line.diagnosis for line in found} == {"abscess=present", "infection=present"}
    assert found["abscess"] is found["abscess=present"]
    assert list(found.to_frame().columns) == ["diagnosis", "posterior", "mean", "low", "median", "high", "leads"]


def _answers(compiled, drawn: np.ndarray, evidence, v: int) -> np.ndarray:
    return compiled.engine.draws(evidence, compiled.expander.tensors(drawn), [v]).marginals[v][1]


def test_the_seed_decides_the_draws():
    """The same seed gives the same answers, also 0; another one gives others."""
    case = clinic().case("fever")
    one, same, other = (case.uncertainty("abscess", draws=50, seed=seed).samples for seed in (0, 0, 1))
    assert one == same != other


def test_the_fit_of_every_number_is_shown():
    """The frame of fits has one row per number with law, shapes and quantiles beside the cited range."""
    found = clinic().case("fever").uncertainty("abscess", draws=20)
    frame = found.fit.set_index("number")
    assert list(frame.index) == list(clinic().model.numbers)
    line = frame.loc["drugs=present"]
    assert (line["law"], line["low"], line["high"]) == ("Beta", 0.02, 0.1)
    assert line["q025"] == pytest.approx(0.02, abs=0.01)
    assert frame.loc["stage=early | abscess=present", "law"] == "Dirichlet"
    assert frame.loc["odds(infection) | baseline", "law"] == "log-normal"
    assert frame.loc["stage=early | abscess=absent", "law"] == "fixed"


def test_definitions_do_not_move():
    """Numbers of grade definition are never drawn, whatever range they carry; every answer is the same."""
    found = clinic("definition").case("fever").uncertainty("abscess", draws=20)
    assert found.low == pytest.approx(found.high, rel=1e-12)


def test_a_network_without_ranges_assumes_counts_and_says_so():
    """Where no number cites a range each column is Dirichlet, as strong as `cases` cases; more cases give narrower answers."""
    net = bayesnet.load("asia")
    bare = {
        name: Number(n.id, n.value, n.value, n.value, variable=n.variable, grade="file") for name, n in net.model.numbers.items()
    }
    plain = Network(Model("asia", variables=net.model.variables, numbers=bare))
    wide, narrow = (
        plain.case("xray=yes").uncertainty("lung=yes", draws=2_000, equivalent_sample_size=cases) for cases in (50, 5_000)
    )
    assert wide.high - wide.low > 5 * (narrow.high - narrow.low)
    assert "as if it had been counted in 50 cases" in str(wide)


def test_too_few_draws_are_refused():
    """One draw has no spread."""
    with pytest.raises(BayesnetError) as refused:
        clinic().case().uncertainty("abscess", draws=1)
    assert str(refused.value) == "The number of draws is a whole number from 2 to 10,000,000; got 1."


def test_sobol_indices_of_a_known_function():
    """The indices of the Ishigami function are its analytic ones (Ishigami & Homma 1990; a = 7, b = 0.1)."""

    def ishigami(u: np.ndarray) -> np.ndarray:
        x = -np.pi + 2 * np.pi * u
        return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])

    found = sobol_shares(ishigami, 3, 2048, seed=0)
    assert found.first == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert found.total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)
    assert found.runs == 2048 * 5


def test_sobol_indices_of_a_straight_line():
    """For a sum of independent inputs first-order and total indices agree and are the shares of the variance."""
    found = sobol_shares(lambda u: u @ np.array([1.0, 2.0, 0.0]), 3, 1024, seed=1)
    assert found.first == pytest.approx([0.2, 0.8, 0.0], abs=0.02)
    assert found.total == pytest.approx([0.2, 0.8, 0.0], abs=0.02)


def test_a_function_that_never_moves_has_no_shares():
    """A constant has zero variance and zero indices, without a warning."""
    found = sobol_shares(lambda u: np.ones(len(u)), 2, 16, seed=0)
    assert found.first.tolist() == found.total.tolist() == [0.0, 0.0]


def test_variance_shares_of_an_answer_agree_with_conditional_means():
    """The first-order share of a number is the variance of the answer's mean given that number, by plain sampling."""
    net = clinic()
    found = net.case("fever").variance_shares("abscess", top=4, samples=1024)
    line = found.shares[0]
    assert found.shares[0].total >= found.shares[-1].total
    compiled = net.compiled
    varied = [compiled.number(share.number) for share in found]
    k = compiled.number(line.number)
    rng = np.random.default_rng(5)
    prepared = sampler(compiled)
    means, everything = [], []
    for own in (np.arange(40) + 0.5) / 40:
        u = rng.random((len(varied), 400))
        u[varied.index(k)] = own
        values = prepared.at_quantiles(np.array(varied), u)
        run = compiled.engine.draws(
            net.case("fever").findings.evidence(), compiled.expander.tensors(values), [v := compiled.index["abscess"]]
        )
        means.append(run.marginals[v][1].mean())
        everything.append(run.marginals[v][1])
    share = np.var(means) / np.var(np.concatenate(everything))
    assert line.first_order == pytest.approx(share, abs=0.06)


def test_nothing_to_share_is_refused():
    """Where no number with a range can move the answer there is no variance to share."""
    with pytest.raises(BayesnetError, match="no number with a range moves this answer"):
        clinic("definition").case("fever").variance_shares("abscess")


def test_a_bar_appears_only_on_a_terminal_and_after_a_while(monkeypatch, capsys):
    """Draws that take longer than the patience show a bar on standard error where that is a terminal, and nothing elsewhere."""

    from bayesnet.inference import threads

    monkeypatch.setattr(threads, "PATIENCE", -1.0)
    clinic().case("fever").uncertainty("abscess", draws=2_000)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    clinic().case("fever").uncertainty("abscess", draws=2_000)
    out, err = capsys.readouterr()
    assert out == ""
    assert "draws" in err


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_gives_the_same_shares_and_the_same_intervals(seed):
    """Also 0, which is a seed like any other: points and bootstrap are the same twice."""
    once, again = (sobol_shares(lambda u: u @ np.array([1.0, 2.0, 0.5]), 3, 64, seed=seed) for _ in range(2))
    for name in ("first", "first_error", "total", "total_error"):
        assert getattr(once, name).tolist() == getattr(again, name).tolist()
