"""Write your own network; the network is the one that the notebook builds."""

from __future__ import annotations

from bayesnet.coursework.task import Task, chance, odds
from bayesnet.network import Network


def other_side_of_the_table(net: Network) -> Task:
    """Return how often adults without streptococci have tender nodes."""
    right = net.numbers["tender_nodes=present | strep=absent"].value
    sensitivity = net.numbers["tender_nodes=present | strep=present"].value
    wrong = (
        (1.0 - right, "the specificity: how often they do not have them"),
        (sensitivity, "the sensitivity, which is about those with streptococci"),
        (1.0 - sensitivity, "one minus the sensitivity: tender nodes missed in those with streptococci"),
    )
    return Task(right, wrong)


def another_practice(net: Network) -> Task:
    """Return the probability of streptococci with four signs where the base rate is 10 %."""
    here = float(net.posterior("strep | exudate, tender_nodes, fever, !cough"))
    base = net.numbers["strep=present"].value
    after = odds(here) * odds(0.10) / odds(base)
    wrong = (
        (here, "the answer for the retail clinics"),
        (here * 0.10 / base, "the probability scaled with the base rate; only odds may be scaled"),
        (after, "the odds, not yet turned back into a probability"),
    )
    return Task(chance(after), wrong)


def which_is_it(_: Network) -> Task:
    """Return the key that is wrong in the file of the colleague."""
    wrong = (
        ("high", "the key that was meant"),
        ("petechiae", "the name of the variable; the key is inside one of its numbers"),
    )
    return Task("hihg", wrong)


def how_good_the_test(net: Network) -> Task:
    """Return the rate of false positives at which a positive test makes streptococci 90 % probable."""
    alone = net.posterior("strep | cough, !exudate, !tender_nodes, !fever")
    before, found = alone["present"] / alone["absent"], net.numbers["rapid_test=present | strep=present"].value
    wrong = (
        (1.0 - found * before / 9.0, "the specificity; the question is about false alarms"),
        (found * before / 0.9, "what 90 to 100 would need; 90 % are odds of 9 to 1"),
        (found * alone["present"] / 9.0, "probability where odds are needed"),
    )
    return Task(found * before / 9.0, wrong)


EXERCISES = (other_side_of_the_table, another_practice, which_is_it, how_good_the_test)
