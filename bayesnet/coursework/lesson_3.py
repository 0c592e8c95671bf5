"""Explaining away."""

from __future__ import annotations

from bayesnet.coursework.task import Task, odds, p
from bayesnet.network import Network, load


def sprinkler_by_hand(_: Network) -> Task:
    """Return the probability that the sprinkler is on, the grass being wet on a cloudless day."""
    garden = load("sprinkler")
    wrong = (
        (float(garden.posterior("sprinkler | !cloudy")), "the probability before anybody looked at the grass"),
        (float(garden.posterior("wet_grass | !cloudy, sprinkler")), "P(wet | sprinkler), the question turned round"),
        (float(garden.posterior("sprinkler | !cloudy, wet_grass, rain")), "the answer when it is known that it rained"),
        (garden.probability("sprinkler, wet_grass", given="!cloudy"), "P(sprinkler and wet), not yet over P(wet)"),
    )
    return Task(float(garden.posterior("sprinkler | !cloudy, wet_grass")), wrong)


def how_much_is_acquitted(net: Network) -> Task:
    """Return the factor by which the odds of myeloma fall when a metastasis is proved."""
    film = net.case("age_group=60-69, female, lytic_lesions")
    cases = (film, film.add("spinal_metastasis"), film.add("!spinal_metastasis"))
    before, proved, excluded = (p(case, "multiple_myeloma") for case in cases)
    right = odds(before) / odds(proved)
    wrong = (
        (before / proved, "the ratio of the probabilities, not of the odds"),
        (1.0 / right, "the factor upside down"),
        (1.0, "what holds before the film"),
        (odds(excluded) / odds(proved), "the odds without a metastasis over those with one"),
    )
    return Task(right, wrong, probability=False)


def one_more_witness(net: Network) -> Task:
    """Return the absent finding that lowers the probability of myeloma most."""
    seen = net.case("age_group=60-69, female, lytic_lesions, anemia, m_protein")
    asked = ("cancer_history", "bence_jones_protein", "raised_alp", "mri_marrow_lesion")
    left = {name: p(seen.add(f"!{name}"), "multiple_myeloma") for name in asked}
    wrong = (
        ("cancer_history", "a finding whose absence speaks for myeloma"),
        ("raised_alp", "a finding that hardly tells the two apart"),
        ("mri_marrow_lesion", "the runner-up, which would speak against both diseases"),
    )
    return Task(min(left, key=left.__getitem__), wrong)


def fever_explained(net: Network) -> Task:
    """Return the factor by which the odds of spinal infection fall when a kidney explains the fever."""
    hot = net.case("fever, raised_crp, female")
    before, both, pus = (p(case, "spinal_infection") for case in (hot, hot.add("pyuria, cva_tenderness"), hot.add("pyuria")))
    right = odds(before) / odds(both)
    wrong = (
        (before / both, "the ratio of the probabilities, not of the odds"),
        (1.0 / right, "the factor upside down"),
        (odds(before) / odds(pus), "the factor of pus in the urine alone"),
    )
    return Task(right, wrong, probability=False)


EXERCISES = (sprinkler_by_hand, how_much_is_acquitted, one_more_witness, fever_explained)
