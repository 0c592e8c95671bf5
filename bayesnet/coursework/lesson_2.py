"""Red flags and base rates."""

from __future__ import annotations

from bayesnet.coursework.task import Task, chance, odds
from bayesnet.network import Network


def corticosteroids_counted(net: Network) -> Task:
    """Return the share with a fracture among those who take corticosteroids."""
    base_rate = float(net.posterior("compression_fracture"))
    ill = float(net.posterior("corticosteroids | compression_fracture"))
    well = float(net.posterior("corticosteroids | !compression_fracture"))
    right = float(net.posterior("compression_fracture | corticosteroids"))
    wrong = (
        (ill, "P(corticosteroids | fracture), the question turned round"),
        (base_rate, "the base rate, as if the flag said nothing"),
        (1.0 - right, "the share of false alarms"),
        (ill / (ill + well), "what the flag would mean if half of all people were ill"),
    )
    return Task(right, wrong)


def likelihood_ratio_elsewhere(net: Network) -> Task:
    """Return the probability in the spine clinic with the likelihood ratio of general practice."""
    ratio = float(net.posterior("weight_loss | any_malignancy")) / float(net.posterior("weight_loss | !any_malignancy"))
    clinic = float(net.posterior("any_malignancy | setting=spine_clinic"))
    after = odds(clinic) * ratio
    wrong = (
        (clinic * ratio, "the probability times the likelihood ratio; only odds may be multiplied"),
        (after, "the odds, not yet turned back into a probability"),
        (float(net.posterior("any_malignancy | weight_loss")), "the answer of general practice, carried to the clinic"),
    )
    return Task(chance(after), wrong)


def scans_for_one(net: Network) -> Task:
    """Return how many would be scanned for each cancer found."""
    found = float(net.posterior("any_malignancy | weight_loss"))
    wrong = (
        (1.0 / float(net.posterior("any_malignancy")), "the number without the flag, when everybody is scanned"),
        (1.0 / float(net.posterior("weight_loss | any_malignancy")), "one over the sensitivity"),
        (1.0 / found - 1.0, "the number scanned for nothing, for each one found"),
    )
    return Task(1.0 / found, wrong, probability=False)


def second_opinion(net: Network) -> Task:
    """Return the factor by which the odds of naive Bayes are too high."""
    blood = net.case("raised_esr, raised_crp, anemia").ladder("vertebral_osteomyelitis")
    right = odds(blood.naive) / odds(blood.posterior)
    wrong = (
        (blood.naive / blood.posterior, "the ratio of the probabilities, not of the odds"),
        (1.0 / right, "the factor upside down"),
        (blood.naive - blood.posterior, "a difference; a factor is asked for"),
    )
    return Task(right, wrong, probability=False)


EXERCISES = (corticosteroids_counted, likelihood_ratio_elsewhere, scans_for_one, second_opinion)
