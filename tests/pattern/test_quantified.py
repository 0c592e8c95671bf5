"""Quantifiers: one language for the conditions of a model and the questions of an audit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayesnet.errors import PatternError
from bayesnet.pattern import (
    Condition,
    Term,
    parse_condition,
    parse_findings,
    parse_quantified_question,
    parse_question,
    resolve_condition,
)

NAMES = st.lists(st.sampled_from(["a", "b", "any", "all", "none", "of", "at", "least", "2"]), min_size=1, max_size=4, unique=True)


@given(NAMES, st.sampled_from(["any", "all", "none", "at least"]), st.booleans(), st.data())
def test_a_condition_reads_back_with_and_without_brackets(
    names: list[str], kind: str, brackets: bool, data: st.DataObject
) -> None:
    """What is written is read as the same condition, also of variables that are called like a quantifier."""
    count = data.draw(st.integers(1, len(names))) if kind == "at least" else 0
    terms = tuple(Term(name, ("high",)) for name in names)
    condition = Condition(kind, terms, count)  # type: ignore[arg-type]
    head, body = (f"at least {count} of" if count else f"{kind} of"), ", ".join(map(str, terms))
    assert parse_condition(f"{head} ({body})" if brackets else f"{head} {body}") == condition
    assert parse_condition(str(condition)) == condition
    question = parse_quantified_question(f"x, !y | z=low, {head} ({body}), do(w=on)")
    assert question.event == Condition("all", parse_findings("x, !y"))
    assert (question.given, question.counted) == (parse_findings("z=low, do(w=on)"), (condition,))


@given(NAMES, NAMES)
def test_without_quantifiers_a_question_is_a_question(targets: list[str], found: list[str]) -> None:
    """Plain questions are read as everywhere else: the same targets and findings."""
    text = f"{', '.join(f'{name}=s' for name in targets)} | {', '.join(f'{name}={{s:1, t:0.5}}' for name in found)}"
    question, plain = parse_quantified_question(text), parse_question(text)
    assert (question.event.terms, question.given, question.counted) == (plain.targets, plain.given, ())


@pytest.mark.parametrize(
    ("kind", "count", "least", "most"),
    [("any", 0, 1, 3), ("all", 0, 3, 3), ("none", 0, 0, 0), ("at least", 2, 2, 3), ("otherwise", 0, 0, 3)],
)
def test_a_condition_says_how_many_hold(kind: str, count: int, least: int, most: int) -> None:
    """The bounds of each quantifier over three findings."""
    condition = Condition(kind, parse_findings("a, b, c"), count)  # type: ignore[arg-type]
    assert (condition.least, condition.most) == (least, most)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'In "", column 1: the text ends; expected a finding.'),
        (" | a", 'In " | a", column 2: got "|"; expected a finding.'),
        ("any of", 'In "any of", column 7: the text ends; expected a finding.'),
        ("at least 3 of a, b", 'In "at least 3 of a, b", column 10: at least 3 of 2; expected 1 to 2.'),
        ("a | at least 0 of (b)", 'In "a | at least 0 of (b)", column 14: at least 0 of 1; expected 1 to 1.'),
        ("a | any of (b", 'In "a | any of (b", column 14: the text ends; expected ")".'),
        ("a | b | c", 'In "a | b | c", column 7: got "|"; expected "," or "|".'),
        (
            "a | none of b",
            'In "a | none of b", column 5: `none of` without brackets; expected `none of (a, b)` after the bar.',
        ),
    ],
)
def test_a_quantified_question_is_refused_with_its_column(text: str, message: str) -> None:
    """The column is that of the whole question."""
    with pytest.raises(PatternError) as refused:
        parse_quantified_question(text)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a, b", 'In "a, b", column 4: more than one finding; write "any of a, b" or "all of a, b".'),
        (
            "any of a, do(b=x)",
            'In "any of a, do(b=x)", column 11: "do(b=x)" does not belong in a condition; expected name=state.',
        ),
        (
            "none of a={x:1, y:2}",
            'In "none of a={x:1, y:2}", column 9: "a={x:1, y:2}" does not belong in a condition; expected name=state.',
        ),
    ],
)
def test_a_condition_holds_or_does_not(text: str, message: str) -> None:
    """No weights, no interventions, and several findings only with a quantifier."""
    with pytest.raises(PatternError) as refused:
        parse_condition(text)
    assert str(refused.value) == message


def test_an_empty_condition_means_otherwise() -> None:
    """It always holds and is written as nothing."""
    condition = parse_condition("  ")
    assert condition == Condition("otherwise")
    assert str(resolve_condition(condition, {})) == ""
