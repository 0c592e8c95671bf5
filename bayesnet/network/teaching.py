"""Exercises made from a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bayesnet.network.whole import Network

if TYPE_CHECKING:
    from bayesnet.teach.exercises import ExerciseSet


def exercises(
    net: Network,
    kind: str | Sequence[str] | None = None,
    *,
    seed: int = 0,
    count: int | None = None,
    target: str | None = None,
    people: str | None = None,
) -> ExerciseSet:
    """Exercises in words made from a network, with checked answers that know the classic errors.

    Parameters
    ----------
    net
        Any network: shipped, of one's own, or from a file.
    kind
        One of `natural_frequencies`, `prediction`, `reading_graph`, `percentages`, `another_population`, `likelihood_ratio`,
        `explaining_away`, `double_counting`, `next_test`, `seeing_doing`; several in a list; every kind that the network allows
        when None.
    seed
        The same seed gives the same exercises; 0 is a seed like any other.
    count
        How many different ones of each kind; one when None.
    target
        What the diagnostic questions should be about, as `multiple_myeloma` or `smoke=yes`; anything when None.
    people
        What the members of the population are called, as in `"women"` or `"patients with back pain"`; the model's own word, or
        `cases`, when None.

    Returns
    -------
    ExerciseSet
        A sequence of exercises, each with `.question`, `.check(answer)`, `.answer`, `.solution`, `.errors`, `.hint` and
        `.difficulty`. It prints as the student's sheet; `.key()` is the teacher's; both also as Markdown.

    Raises
    ------
    BayesnetError
        When there is no such kind, or the network gives no exercise of it (or not so many): the message says what it needs.

    References
    ----------
    Gigerenzer G, Hoffrage U (1995). How to improve Bayesian reasoning without instruction: frequency formats. Psychological
    Review 102(4), 684-704.
    Sedlmeier P, Gigerenzer G (2001). Teaching Bayesian reasoning in less than two hours. Journal of Experimental Psychology:
    General 130(3), 380-400.

    Examples
    --------
    >>> import bayesnet
    >>> (exercise,) = bayesnet.exercises(bayesnet.load("mammography"), kind="percentages", seed=0)
    >>> print(exercise.question)
    Among women, 1 % have breast cancer. Of the women with breast cancer, 80 % have a positive mammogram; of the women without
    breast cancer, 9.6 % have a positive mammogram.
    A woman has a positive mammogram. How probable is breast cancer now?
    >>> exercise.check("1 in 13")
    Right.
    >>> print(exercise.check(0.8).mistake)
    inverse fallacy
    """
    from bayesnet.teach.exercises import make

    return make(net.core, kind, seed=seed, count=count, target=target, people=people)


def exercise_set(
    net: Network,
    level: str | None = None,
    *,
    seed: int = 0,
    count: int = 10,
    target: str | None = None,
    people: str | None = None,
) -> ExerciseSet:
    """A graded set for a class, from easy to hard, of as many kinds as the network allows.

    Parameters
    ----------
    net
        Any network.
    level
        `easy`, `medium` or `hard`; all of them when None.
    seed
        The same seed gives the same sheet; another one for every student gives every student an own one.
    count
        How many exercises.
    target, people
        As for `exercises`.

    Raises
    ------
    BayesnetError
        When there is no such level, or the network does not give so many.

    Examples
    --------
    >>> import bayesnet
    >>> sheet = bayesnet.exercise_set(bayesnet.load("asia"), seed=3, count=5)
    >>> [exercise.level for exercise in sheet]
    ['easy', 'medium', 'medium', 'hard', 'hard']
    >>> print(sheet.check([exercise.answer for exercise in sheet]).right)
    5
    """
    from bayesnet.teach.exercises import make_set

    return make_set(net.core, level, seed=seed, count=count, target=target, people=people)
