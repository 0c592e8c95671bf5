"""Checks patterns against the variables there are, and spells out what they leave unsaid."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bayesnet.errors import PatternError, UnknownState, UnknownVariable
from bayesnet.pattern.reader import parse_number_id
from bayesnet.pattern.terms import Question, Term, special


def canonical_id(text: str, states: Mapping[str, Sequence[str]], parents: Sequence[str] = ()) -> str:
    """Return the canonical form of a number's id: every state spelled out, the conditions in the order of `parents`.

    Parameters
    ----------
    text
        The id as written; `fever | epidural_abscess` will do.
    states
        The states of every variable by name.
    parents
        The parents of the child in order; conditions on others keep their place behind them.

    Raises
    ------
    PatternError, UnknownVariable, UnknownState
        Where the id is not a number's pattern or names what there is not.

    >>> canonical_id("fever | abscess", {"fever": ("absent", "present"), "abscess": ("absent", "present")})
    'fever=present | abscess=present'
    """
    pattern = parse_number_id(text)
    target = pattern.targets[0]
    if target.call:
        if target.name not in states:
            raise UnknownVariable(target.name, states, text=text)
    else:
        target = resolve(target, states, text)
    if special(pattern):
        given = pattern.given
    else:
        place = {name: i for i, name in enumerate(parents)}
        spelled = (resolve(term, states, text) for term in pattern.given)
        given = tuple(sorted(spelled, key=lambda term: place.get(term.name, len(place))))
    return str(Question((target,), given))


def resolve(term: Term, states: Mapping[str, Sequence[str]], text: str = "") -> Term:
    """Check a term against the variables there are, and spell out the state of a bare or negated name.

    Parameters
    ----------
    term
        What was parsed.
    states
        The states of every variable by name.
    text
        The whole text, for errors.

    Raises
    ------
    UnknownVariable, UnknownState
        With the nearest names.
    PatternError
        Where a variable without the state present (or absent) is named without a state.

    >>> str(resolve(Term("fever"), {"fever": ("absent", "present")}))
    'fever=present'
    """
    text = text or str(term)
    if term.name not in states:
        raise UnknownVariable(term.name, states, text=text)
    own = tuple(states[term.name])
    if not term.states:
        meant = "absent" if term.negated else "present"
        if meant not in own:
            bare = Term(term.name, negated=term.negated)
            raise PatternError(
                text,
                term.column or 1,
                f'"{bare}" means the state "{meant}", which "{term.name}" does not have',
                way_out="write " + " or ".join(str(Term(term.name, (state,))) for state in own),
            )
        return replace(term, states=(meant,), negated=False)
    for state in term.states:
        if state not in own:
            raise UnknownState(term.name, state, own, text=text)
    return term


def resolve_question(question: Question, states: Mapping[str, Sequence[str]]) -> Question:
    """Check a whole question and spell out its states; parameters and errors as for `resolve`.

    >>> from bayesnet.pattern import parse_question
    >>> str(resolve_question(parse_question("fever | !anemia"), dict.fromkeys(["fever", "anemia"], ("absent", "present"))))
    'fever=present | anemia=absent'
    """
    text = question.text or str(question)
    targets = tuple(resolve(term, states, text) for term in question.targets)
    return Question(targets, tuple(resolve(term, states, text) for term in question.given), question.text)


def numbered(value: float | str, states: Sequence[str]) -> str:
    """Return the state that a number means, however it is written: 2, 2.0 and "2.0" are the state "2", and 1 is "1.0".

    Parameters
    ----------
    value
        A number, or text that may be one.
    states
        The states of the variable.

    Returns
    -------
    The state with this text or, where only one has it, this value; the text of the value without one.

    >>> numbered(2.0, ["0", "1", "2"]), numbered("1", ["0.5", "1.0"]), numbered(7.0, ["0", "1"])
    ('2', '1.0', '7')

    """
    text = str(value)
    if text in states:
        return text
    number = as_number(text)
    if number is None:
        return text
    same = [state for state in states if as_number(state) == number]
    if len(same) == 1:
        return same[0]
    return str(int(number)) if isinstance(value, float) and number.is_integer() else text


def as_number(text: str) -> float | None:
    """Return the finite number that a text is, None for any other."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
