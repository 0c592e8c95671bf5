"""Published cases: figures others have printed, with where they stand.

The fire network of Chan & Darwiche (2002) †, its three-state variant in the documentation of the R package bnmonitor, and
bnmonitor's tests on the survey network. † marks figures quoted from memory of the paper; they come out to every digit. The
figures that the YODO papers print of hailfinder exist only as a picture (a bar chart of the twenty largest sensitivity values of
P(AMCINInScen=Average | VISCloudCov=Clear) in the notebook of the package), so that the same twenty numbers are checked here by
asking pgmpy again instead.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from small_networks import tables

import bayesnet
from bayesnet.network import Network

TRUE_FALSE = ("true", "false")


@pytest.fixture(scope="module")
def fire() -> Network:
    """Chan & Darwiche (2002): the fire alarm network with two states each."""
    binary = {
        "fire": ((), {(): 0.01}),
        "tampering": ((), {(): 0.02}),
        "smoke": (("fire",), {("true",): 0.9, ("false",): 0.01}),
        "alarm": (
            ("fire", "tampering"),
            {("true", "true"): 0.5, ("true", "false"): 0.99, ("false", "true"): 0.85, ("false", "false"): 0.0001},
        ),
        "leaving": (("alarm",), {("true",): 0.88, ("false",): 0.001}),
        "report": (("leaving",), {("true",): 0.75, ("false",): 0.01}),
    }
    return tables(
        "fire",
        {v: (TRUE_FALSE, parents, {key: (p, 1 - p) for key, p in columns.items()}) for v, (parents, columns) in binary.items()},
    )


@pytest.fixture(scope="module")
def fire_alarm() -> Network:
    """`fire_alarm` of bnmonitor 0.1.2 (Leonelli, Ramanathan & Wilkerson 2023): the alarm may also malfunction.

    The alarm's columns are printed in its vignette; those of leaving and report reproduce the vignette's answers to seven digits.
    """
    alarm = {
        ("TRUE", "TRUE"): (0.6, 0.2, 0.2),
        ("FALSE", "TRUE"): (0.65, 0.2, 0.15),
        ("TRUE", "FALSE"): (0.92, 0.07, 0.01),
        ("FALSE", "FALSE"): (0.0001, 0.65, 0.3499),
    }
    states = ("TRUE", "FALSE")
    return tables(
        "fire_alarm",
        {
            "Fire": (states, (), {(): (0.01, 0.99)}),
            "Tampering": (states, (), {(): (0.02, 0.98)}),
            "Smoke": (states, ("Fire",), {("TRUE",): (0.9, 0.1), ("FALSE",): (0.01, 0.99)}),
            "Alarm": (("TRUE", "MALFUNCTION", "FALSE"), ("Fire", "Tampering"), alarm),
            "Leaving": (
                states,
                ("Alarm",),
                {("TRUE",): (0.88, 0.12), ("MALFUNCTION",): (0.73, 0.27), ("FALSE",): (0.001, 0.999)},
            ),
            "Report": (states, ("Leaving",), {("TRUE",): (0.75, 0.25), ("FALSE",): (0.01, 0.99)}),
        },
    )


def test_fire_network_answers(fire):
    """Report of people leaving and no smoke: P(tampering) = 0.50 and P(fire) = 0.03 (Chan & Darwiche 2002) †."""
    assert fire.posterior("tampering | report=true, smoke=false")["true"] == pytest.approx(0.50, abs=0.005)
    assert fire.posterior("fire | report=true, smoke=false")["true"] == pytest.approx(0.03, abs=0.005)


def test_fire_network_tuning(fire):
    """To have P(tampering) at 0.65, its prior must rise from 0.02 to 0.0364 (Chan & Darwiche 2002) †."""
    ways = fire.case("report=true, smoke=false").tune("tampering=true", at_least=0.65)
    prior = next(change for change in ways if change.number == "tampering=true")
    assert prior.new == pytest.approx(0.0364, abs=5e-5)
    assert prior.cd == pytest.approx(abs(math.log(prior.new / (1 - prior.new)) - math.log(0.02 / 0.98)))
    for change in ways:
        moved = fire.with_numbers({change.number: change.new}).posterior("tampering | report=true, smoke=false")["true"]
        assert moved == pytest.approx(0.65, abs=1e-9)


def test_odds_of_a_query_stay_within_the_bound_of_one_parameter(fire):
    """The log-odds of a query move at most as far as those of the parameter (Chan & Darwiche 2002)."""
    now = fire.posterior("tampering | report=true, smoke=false")["true"]
    moved = fire.with_numbers({"alarm=true | fire=false, tampering=true": 0.95})
    then = moved.posterior("tampering | report=true, smoke=false")["true"]
    shift = abs(_log_odds(then) - _log_odds(now))
    assert shift <= abs(_log_odds(0.95) - _log_odds(0.85)) + 1e-12
    assert bayesnet.distance(fire, moved).cd == pytest.approx(abs(_log_odds(0.95) - _log_odds(0.85)), abs=1e-12)


def test_bnmonitor_sensquery(fire_alarm):
    """The five changes that bring P(Report=TRUE) to 0.4, with CD distances, to the seven digits printed.

    bnmonitor, vignette "Sensitivity Analysis in Discrete BNs", https://manueleleonelli.github.io/bnmonitor/articles/Sensitivity.html.
    """
    ways = {change.number: change for change in fire_alarm.case().tune("Report=TRUE", equals=0.4)}
    for number, new, cd in (
        ("Leaving=TRUE | Alarm=MALFUNCTION", 0.7983961, 0.3816771),
        ("Report=TRUE | Leaving=TRUE", 0.8164951, 0.3941673),
        ("Tampering=TRUE", 0.2018769, 2.5172158),
        ("Fire=TRUE", 0.1252059, 2.6510913),
        ("Alarm=TRUE | Fire=FALSE, Tampering=FALSE", 0.1106591, 7.1262142),
    ):
        assert ways[number].new == pytest.approx(new, abs=6e-8)
        assert ways[number].cd == pytest.approx(cd, abs=6e-8)


def test_bnmonitor_sensquery_with_evidence(fire_alarm):
    """Under Alarm=TRUE, P(Report=TRUE) = 0.3 by 0.339545 or by 0.391892 (bnmonitor, test-Sensitivity.R)."""
    ways = fire_alarm.case("Alarm=TRUE").tune("Report=TRUE", equals=0.3)
    found = sorted(change.new for change in ways if change.number.split(" | ")[0] in ("Report=TRUE", "Leaving=TRUE"))
    assert found == [pytest.approx(0.339545, abs=1e-6), pytest.approx(0.391892, abs=1e-6)]


def test_bnmonitor_proportional_covariation(fire_alarm):
    """Raising P(Alarm=FALSE | fire, no tampering) from 0.01 to 0.1 leaves 0.83636364 and 0.06363636 (the same vignette)."""
    moved = fire_alarm.with_numbers({"Alarm=FALSE | Fire=TRUE, Tampering=FALSE": 0.1})
    column = moved.posterior("Alarm | Fire=TRUE, Tampering=FALSE")
    assert column["TRUE"] == pytest.approx(0.83636364, abs=5e-9)
    assert column["MALFUNCTION"] == pytest.approx(0.06363636, abs=5e-9)


def test_bnmonitor_report_falls_with_a_silent_alarm_under_every_scheme(fire_alarm):
    """As P(Alarm=FALSE | fire, no tampering) rises, P(Report=TRUE) falls under all three schemes (the same vignette)."""
    for covariation in ("proportional", "uniform", "order-preserving"):
        f = fire_alarm.case().sensitivity("Report=TRUE", "Alarm=FALSE | Fire=TRUE, Tampering=FALSE", covariation=covariation)
        values = [f(x) for x in (0.01, 0.1, 0.2, 0.3)]
        assert values == sorted(values, reverse=True)


def test_bnmonitor_travel_survey(networks):
    """P(E=high | O=self) = 0.7 takes P(A=old) = 0.6383142 (bnmonitor, test-Sensitivity.R; its `travel` is the survey network)."""
    f = bayesnet.load(networks / "survey.bif.gz").case("O=self").sensitivity("E=high", "A=old")
    assert f(0.6383142) == pytest.approx(0.7, abs=1e-3)


def test_bnmonitor_order_preserving_distance(networks):
    """P(T=train | emp, big) at 0.3, the order kept, is at CD distance 0.486 (bnmonitor, test-DissimilarityMeasures.R)."""
    from bayesnet.analysis.query.tables import table_of
    from bayesnet.analysis.sensitivity.covariation import order_preserving
    from bayesnet.analysis.sensitivity.distance import column_cd

    net = bayesnet.load(networks / "survey.bif.gz")
    travel = net.compiled.factors.families[net.compiled.index["T"]]
    states = net.variables["T"].states
    column = table_of(travel)[net.variables["O"].states.index("emp"), net.variables["R"].states.index("big")]
    assert net.variables["T"].parents == ("O", "R")
    moved = order_preserving(column, states.index("train"), np.array([0.3]))[:, 0]
    assert column_cd(column, moved) == pytest.approx(0.486, abs=5e-4)


@pytest.mark.slow
def test_hailfinder_as_in_the_notebook_of_yodo(networks):
    """The twenty largest slopes of P(AMCINInScen=Average | VISCloudCov=Clear) are those had by asking pgmpy again."""
    from pgmpy.inference import VariableElimination

    net = bayesnet.load(networks / "hailfinder.bif.gz")
    table = net.case("VISCloudCov=Clear").sensitivities("AMCINInScen=Average")
    largest = sorted(table, key=lambda line: -line.sensitivity_value)[:20]
    assert largest[0].sensitivity_value > 0
    for line in largest:
        x = 0.5 * line.value if line.value > 0 else 0.1
        answers = []
        for value in (line.value, x):
            moved = net.with_numbers({line.number: value}).to_pgmpy()
            asked = VariableElimination(moved).query(["AMCINInScen"], evidence={"VISCloudCov": "Clear"}, show_progress=False)
            answers.append(asked.get_value(AMCINInScen="Average"))
        assert table.value == pytest.approx(answers[0], abs=1e-9)
        assert (line.a * x + line.b) / (line.c * x + line.d) == pytest.approx(answers[1], abs=1e-9)


def _log_odds(p: float) -> float:
    return math.log(p / (1 - p))
