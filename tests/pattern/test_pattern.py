"""The pattern language: what is written reads back, what is wrong is told with its column."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import odd_words

from bayesnet.errors import (
    BayesnetError,
    EvidenceError,
    FindingError,
    ImpossibleEvidence,
    MissingExtra,
    NothingToAsk,
    OutOfRange,
    PatternError,
    Problem,
    SpecError,
    TooWide,
    UnknownRecord,
    UnknownState,
    UnknownVariable,
    WrongKind,
    listed,
    nearest,
)
from bayesnet.pattern import (
    Question,
    Term,
    canonical_id,
    likelihoods,
    parse_findings,
    parse_number_id,
    parse_question,
    quote,
    resolve,
    resolve_question,
)

BINARY = ("absent", "present")
STATES = {
    "fever": BINARY,
    "anemia": BINARY,
    "age_group": ("<50", "50-59", "60+"),
    "epidural_abscess": BINARY,
    "smoke": ("yes", "no"),
}

words = st.one_of(odd_words(), st.sampled_from(["fever", "60-69", "80+", "1e-3", "any", "a.b_c"]))
weights = st.one_of(st.integers(0, 100).map(float), st.floats(0, 1e300), st.sampled_from([1e-300, 0.1, 1e16]))


@st.composite
def terms(draw: st.DrawFn) -> Term:
    """A term of any form, with any names."""
    name, states = draw(words), tuple(draw(st.lists(words, unique=True, max_size=4)))
    if not states:
        return Term(name, negated=draw(st.booleans()), call=draw(st.sampled_from(["", "", "do"])))
    if draw(st.booleans()):
        drawn = st.lists(weights, min_size=len(states), max_size=len(states)).filter(any)
        return Term(name, states, tuple(draw(drawn)), call=draw(st.sampled_from(["", "jeffrey"])))
    return Term(name, states, call="do" if len(states) == 1 and draw(st.booleans()) else "")


@given(st.lists(terms(), min_size=1, max_size=4), st.lists(terms(), max_size=4))
def test_what_is_written_reads_back(targets: list[Term], given_: list[Term]) -> None:
    """The text of a question parses to the same question, whatever its variables and states are called."""
    question = Question(tuple(targets), tuple(given_))
    assert parse_question(str(question)) == question
    assert parse_findings(", ".join(map(str, given_))) == tuple(given_)


@given(words, words, words)
def test_the_id_of_a_number_reads_back(child: str, state: str, parent: str) -> None:
    """Ids with states spelled out are canonical already, for tables, leaks and odds."""
    states = {child: (state, "other" + state), parent: (state, "other" + state)}
    for text in [
        f"{quote(child)}={quote(state)}",
        f"{quote(child)}={quote(state)} | {quote(parent)}={quote(state)}",
        f"{quote(child)}={quote(state)} | leak",
        f"odds({quote(child)}) | baseline",
        f"odds({quote(child)}) | {quote(parent)}={quote(state)}",
    ]:
        assert canonical_id(text, states) == text


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused_with_a_column(text: str) -> None:
    """No text makes the reader fail in another way, and a column lies within the text or just behind it."""
    try:
        question = parse_question(text)
    except PatternError as refusal:
        column = refusal.column
    else:
        column = 1
        assert parse_question(str(question)) == question
    assert 1 <= column <= len(text) + 1


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("fever", "fever"),
        ("  fever|anemia ,!fever", "fever | anemia, !fever"),
        ("fever |", "fever"),
        ("age={50-59,60+}", "age={50-59, 60+}"),
        ("age={50-59}", "age=50-59"),
        ('age="<50"', 'age="<50"'),
        ('age="50-59"', "age=50-59"),
        ("fever={present:10, absent:1.50}", "fever={present:10, absent:1.5}"),
        ("a, b | do( c = x ), d", "a, b | do(c=x), d"),
        ("odds=high | do=now", "odds=high | do=now"),
    ],
)
def test_a_text_has_one_canonical_form(text: str, canonical: str) -> None:
    """Blanks, needless quotes and decimals do not matter."""
    assert str(parse_question(text)) == canonical


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fever=", 'In "fever=", column 7: the text ends; expected a state.'),
        ("", 'In "", column 1: the text ends; expected a variable to ask for.'),
        ("fever,", 'In "fever,", column 7: the text ends; expected a variable to ask for.'),
        ("| fever", 'In "| fever", column 1: got "|"; expected a variable to ask for.'),
        (
            "low b",
            'In "low b", column 5: got "b"; expected "," or "|"; put names with blanks or other characters in double quotes.',
        ),
        ("<50", 'In "<50", column 1: "<" is not part of the language; put names with such characters in double quotes.'),
        ('age="<50', "In 'age=\"<50', column 5: a double quote is opened and not closed."),
        ('age=""', "In 'age=\"\"', column 5: an empty name; expected a state."),
        ("a | b | c", 'In "a | b | c", column 7: got "|"; expected "," or "|".'),
        ("!a=b", 'In "!a=b", column 1: "!" and "=" do not go together; name the states that are left, as in a={...}.'),
        ("a={b, b}", 'In "a={b, b}", column 7: the state "b" is given twice.'),
        (
            "a={b:1, c}",
            'In "a={b:1, c}", column 1: some states have a weight and some have none; expected a weight for each or for none.',
        ),
        ("a={b:0}", 'In "a={b:0}", column 1: all weights are 0; expected at least one state that is possible.'),
        ("a={b:-1}", 'In "a={b:-1}", column 6: "-1" is not a weight; expected a number of 0 or more.'),
        ("a={b:nan}", 'In "a={b:nan}", column 6: "nan" is not a weight; expected a number of 0 or more.'),
        ("a={b", 'In "a={b", column 5: the text ends; expected "}".'),
        ("p(a)", 'In "p(a)", column 1: "p(" is not part of the language; expected "do(", "jeffrey(" or "odds(".'),
        (
            "do(a={b, c})",
            'In "do(a={b, c})", column 4: "a={b, c}" does not belong inside "do()"; expected one variable in one state.',
        ),
        ("odds(a) | b", 'In "odds(a) | b", column 1: "odds(" names a number of the model; ask for the probability.'),
    ],
)
def test_what_is_wrong_is_told_with_its_column(text: str, message: str) -> None:
    """Where, what, what was expected, the way out; the fields are attributes too."""
    with pytest.raises(PatternError) as refusal:
        parse_question(text)
    assert str(refusal.value) == message
    assert refusal.value.text == text
    assert f"column {refusal.value.column}:" in message


def test_findings_have_no_bar() -> None:
    """Evidence is a list; a bar in it is refused with the way out."""
    assert parse_findings("  ") == ()
    with pytest.raises(PatternError) as refusal:
        parse_findings("a | b")
    assert str(refusal.value) == (
        'In "a | b", column 3: findings have no bar; separate them by commas, or ask "target | findings".'
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("odds(a)", 'In "odds(a)", column 1: odds need a condition; write "odds(a) | baseline" or "odds(a) | parent=state".'),
        ("odds(a=x) | b", 'In "odds(a=x) | b", column 1: "odds(a=x)" names a state; expected "odds(a)".'),
        (
            "odds(a) | leak",
            'In "odds(a) | leak", column 11: "odds(a) | leak" mixes the gates; write "odds(a) | baseline" or "a=state | leak".',
        ),
        (
            "a | baseline",
            'In "a | baseline", column 5: "a | baseline" mixes the gates; write "odds(a) | baseline" or "a=state | leak".',
        ),
        ("a, b | c", 'In "a, b | c", column 4: "b" does not belong in the name of a number; write "child=state | parent=state".'),
        (
            "a | b={x,y}",
            'In "a | b={x,y}", column 5: "b={x, y}" does not belong in the name of a number; write "child=state | parent=state".',
        ),
    ],
)
def test_what_is_no_number_is_refused(text: str, message: str) -> None:
    """The id of a number is about one variable and one condition."""
    with pytest.raises(PatternError) as refusal:
        parse_number_id(text)
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("fever | epidural_abscess", "fever=present | epidural_abscess=present"),
        ("!fever|leak", "fever=absent | leak"),
        ("odds(anemia)|baseline", "odds(anemia) | baseline"),
        ("odds(anemia) | age_group=60+", "odds(anemia) | age_group=60+"),
        ("fever | !anemia, epidural_abscess", "fever=present | epidural_abscess=present, anemia=absent"),
        ('age_group="<50"', 'age_group="<50"'),
    ],
)
def test_a_number_has_one_name(text: str, canonical: str) -> None:
    """States are spelled out and conditions stand in the order of the parents."""
    assert canonical_id(text, STATES, parents=["epidural_abscess", "anemia"]) == canonical


def test_bare_names_mean_present_and_negated_ones_absent() -> None:
    """Resolving spells the states out and keeps weights and sets."""
    question = resolve_question(parse_question("fever | !anemia, age_group={50-59, 60+}, smoke={yes:2, no:1}"), STATES)
    assert str(question) == "fever=present | anemia=absent, age_group={50-59, 60+}, smoke={yes:2, no:1}"
    assert [likelihoods(t, STATES[t.name]) for t in question.given] == [(1.0, 0.0), (0.0, 1.0, 1.0), (2.0, 1.0)]


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("fevr | anemia", UnknownVariable, 'In "fevr | anemia": no variable "fevr"; did you mean "fever"?'),
        (
            "fever | age_group=60",
            UnknownState,
            (
                'In "fever | age_group=60": variable "age_group" has no state "60"; its states are "<50", "50-59", "60+"; '
                'did you mean "60+"?'
            ),
        ),
        (
            "fever | smoke",
            PatternError,
            (
                'In "fever | smoke", column 9: "smoke" means the state "present", which "smoke" does not have; '
                "write smoke=yes or smoke=no."
            ),
        ),
        (
            "zzz",
            UnknownVariable,
            'In "zzz": no variable "zzz"; its variables are "fever", "anemia", "age_group", "epidural_abscess", "smoke".',
        ),
    ],
)
def test_unknown_names_are_told_with_the_nearest(text: str, error: type[BayesnetError], message: str) -> None:
    """What there is not is refused with what there is."""
    with pytest.raises(error) as refusal:
        resolve_question(parse_question(text), STATES)
    assert str(refusal.value) == message


def test_errors_are_the_builtins_that_callers_expect() -> None:
    """`except KeyError`, `except ValueError` and `except ImportError` catch what they should."""
    assert issubclass(UnknownVariable, KeyError)
    assert issubclass(UnknownState, KeyError)
    assert issubclass(UnknownRecord, UnknownVariable)
    assert issubclass(WrongKind, TypeError)
    assert issubclass(MissingExtra, ImportError)
    for kind in (SpecError, EvidenceError, PatternError, FindingError, ImpossibleEvidence, TooWide, OutOfRange):
        assert issubclass(kind, ValueError)


@pytest.mark.parametrize(
    "error",
    [
        SpecError("priors/x", [Problem("a.toml", 'number "b"', "value 2", expected="a probability"), "no variables"]),
        PatternError("a=", 3, "the text ends", expected="a state", way_out="write a=b"),
        UnknownVariable("fevr", ["fever"], text="fevr", network="x"),
        UnknownState("fever", "presnt", BINARY, text="fever=presnt"),
        ImpossibleEvidence({"a": "x", "b": {"y": 1.0, "z": 2.0}}, "x", ["P(a=x | b=y) = 0."]),
        MissingExtra("cohort", "Reading Parquet files", "pyarrow"),
        TooWide("too wide", 1e9),
        FindingError("fever={}", "no state is named", expected="at least one state", way_out="write fever=present"),
        UnknownRecord("mri", ["urgent_mri"], what="option"),
        NothingToAsk("x has no diagnoses", "name what to ask", option="targets", example="dysp=yes", call="next_tests"),
    ],
)
def test_errors_travel_between_processes(error: BayesnetError) -> None:
    """A pickled error says the same and has the same fields."""
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert type(again) is type(error)
    assert set(vars(again)) == set(vars(error))


def test_impossible_evidence_shows_findings_as_typed_and_the_zero_behind() -> None:
    """One finding or several, sets and weights, then the reasons."""
    error = ImpossibleEvidence({"female": "absent", "age": {"50-59", "40-49"}}, "back_pain", ["The model gives P = 0."])
    assert str(error) == (
        "These findings cannot hold together in back_pain: female=absent, age={40-49, 50-59}.\n  The model gives P = 0."
    )
    assert error.findings["female"] == "absent"
    assert str(ImpossibleEvidence({"x": "y"})) == "This finding cannot hold: x=y."


def test_nearest_names_ignore_case_and_are_few() -> None:
    """At most three names, the most similar first; long lists are cut with a count."""
    assert nearest("FEVER", ["fever", "never", "female"])[0] == "fever"
    assert len(nearest("aa1", [f"aa{i}" for i in range(9)])) == 3
    assert listed([str(i) for i in range(14)]).endswith('"11" and 2 more')


def test_an_error_repeats_little_of_a_very_long_text() -> None:
    """Two hundred characters and the length, of the text and of the name; a text of ordinary length is repeated whole."""
    long, start = "a" * 100_000, "a" * 200
    assert str(UnknownVariable(long, ["fever"], text=long)) == (
        f'In "{start} ... (100,000 characters)": no variable "{start} ... (100,000 characters)"; its variables are "fever".'
    )
    assert str(PatternError("b" * 200, 3, "x")) == f'In "{"b" * 200}", column 3: x.'


def test_a_term_knows_whether_it_is_hard() -> None:
    """One state, spelled out or not, is hard; sets and weights are not."""
    assert [t.hard for t in parse_findings("a, !a, a=b, a={b, c}, a={b:1}")] == [True, True, True, False, False]
    assert resolve(Term("fever", call="do"), STATES) == Term("fever", ("present",), call="do")
