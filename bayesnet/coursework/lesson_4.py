"""Seeing, doing, imagining."""

from __future__ import annotations

from bayesnet.coursework.task import Task
from bayesnet.network import Network, load

_FRACTURE, _DRUG = "vertebral_fracture", "corticosteroids"


def _seeing(net: Network, cause: str, known: str = "") -> tuple[float, float]:
    """Return the risk of a fracture with and without a cause that was observed."""
    more = f", {known}" if known else ""
    return float(net.posterior(f"{_FRACTURE} | {cause}{more}")), float(net.posterior(f"{_FRACTURE} | !{cause}{more}"))


def _doing(net: Network, cause: str) -> tuple[float, float]:
    """Return the risk of a fracture with and without a cause that is set."""
    return float(net.posterior(_FRACTURE, do=cause)), float(net.posterior(_FRACTURE, do=f"!{cause}"))


def turning_it_on(_: Network) -> Task:
    """Return the probability of wet grass after turning the sprinkler on."""
    garden = load("sprinkler")
    wrong = (
        (float(garden.posterior("wet_grass | sprinkler")), "the answer when the sprinkler is only seen running"),
        (float(garden.posterior("wet_grass | sprinkler, !rain")), "the answer if it never rained"),
        (float(garden.posterior("wet_grass")), "the answer when nothing is known of the sprinkler"),
    )
    return Task(float(garden.posterior("wet_grass", do="sprinkler")), wrong)


def how_much_is_confounded(net: Network) -> Task:
    """Return the fractures that osteoporosis itself adds in 1,000 people."""
    (a, b), (c, d) = _doing(net, "osteoporosis"), _seeing(net, "osteoporosis")
    wrong = (
        (1000 * (c - d), "the difference that is seen; part of it is age and sex"),
        (a / b, "a ratio; a difference is asked for"),
        (1000 * a, "all fractures with osteoporosis, also those that would have been without"),
        (a - b, "the difference for one; it is asked for 1,000"),
    )
    return Task(1000 * (a - b), wrong, probability=False)


def those_who_take_it(net: Network) -> Task:
    """Return the share of those who take the drug who would have a fracture without it."""
    takers = net.posterior("age_over_70", given=_DRUG)
    right = sum(takers[state] * _seeing(net, _DRUG, f"age_over_70={state}")[1] for state in ("absent", "present"))
    with_it, without = _seeing(net, _DRUG)
    wrong = (
        (with_it, "the share of those who take them, observed"),
        (without, "the share in the others, or in everybody without the drug; those who take it are older"),
        (right / with_it, "a part of their fractures; the share of the people is asked for"),
        (1.0 - right, "the share without a fracture"),
    )
    return Task(right, wrong)


def more_probably_than_not(net: Network) -> Task:
    """Return the probability that the young woman would have been spared without the drug."""
    risk, without = _seeing(net, _DRUG, "age_group=18-39, female, trauma")
    right = 1.0 - without / risk
    wrong = (
        (1.0 - right, "the probability that the vertebra would have broken all the same"),
        (1.0 - without, "P(no fracture) of women like her without the drug; that hers did break is forgotten"),
        (risk - without, "the difference of the risks, not yet over the risk"),
    )
    return Task(right, wrong)


EXERCISES = (turning_it_on, how_much_is_confounded, those_who_take_it, more_probably_than_not)
