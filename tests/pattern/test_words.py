"""What people type is read as they mean it; what is printed reads back; what could be two things is refused."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import models

import bayesnet
from bayesnet import BayesnetError, PatternError, UnknownState, UnknownVariable
from bayesnet.model.find import shipped_models
from bayesnet.model.words import words_of
from bayesnet.network import Network
from bayesnet.pattern import Meaning, Term, Word, Words, fold
from bayesnet.pattern.ranges import read_range, states_in_range
from bayesnet.pattern.words import opposite

SHIPPED = tuple(shipped_models())
BINARY = ("absent", "present")

load = cache(bayesnet.load)


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("raised ALP", "raised_alp"),
        ("Fever", "fever"),
        ("night pain, CRP", "night_pain, raised_crp"),
        ("male", "!female"),
        ("not fever, no night pain", "!fever, !night_pain"),
        ("fever=yes, anemia=no", "fever, !anemia"),
        ("fever=TRUE, anemia=false", "fever, !anemia"),
        ("fever=1, anemia=0", "fever, !anemia"),
        ("anaemia, haemodialysis", "anemia, hemodialysis"),
        ("age=66", "age_group=60-69"),
        ("age_group=66", "age_group=60-69"),
        ("age=97", "age_group=80+"),
        ("66, female", "age_group=60-69, female"),
        ("age=<50", "age_group={18-39, 40-49}"),
        ("age=50+", "age_group={50-59, 60-69, 70-79, 80+}"),
        ("sex=female", "female"),
        ("sex=Male", "!female"),
        ("not male", "female"),
        ("male=no", "female"),
        ("steroids, IVDU, sciatica", "corticosteroids, iv_drug_use, leg_pain"),
        ("do(steroids)", "do(corticosteroids)"),
        ("A&E", "setting=emergency"),
        ("not A&E", "setting={primary_care, spine_clinic, hospital}"),
        ("setting=Primary Care", "setting=primary_care"),
        ("raised ALP={yes:3, no:1}", "raised_alp={present:3, absent:1}"),
        ("male={yes:3, no:1}", "female={absent:3, present:1}"),
        ('"raised ALP"', "raised_alp"),
    ],
)
def test_what_people_type_is_what_they_mean(typed: str, canonical: str) -> None:
    """Labels, aliases, yes and no, ages and the contrary give the case that the ids give."""
    net = load("back_pain")
    assert net.case(typed) == net.case(canonical)
    assert str(net.case(typed)) == canonical


@pytest.mark.parametrize(
    ("value", "canonical"),
    [
        ({"Male": True}, "!female"),
        ({"male": {"yes": 3, "no": 1}}, "female={absent:3, present:1}"),
        ({"male": {True}}, "!female"),
        ({"sex": "male"}, "!female"),
        ({"age": 66, "raised ALP": "yes"}, "age_group=60-69, raised_alp"),
        ({"age": {52, 66}}, "age_group={50-59, 60-69}"),
        ({"age": "<50"}, "age_group={18-39, 40-49}"),
        ({"A&E": 1}, "setting=emergency"),
        ({"A&E": 0}, "setting={primary_care, spine_clinic, hospital}"),
        ({"male": None}, ""),
        (bayesnet.jeffrey({"male": 0.7}), "jeffrey(female={absent:0.7, present:0.3})"),
    ],
)
def test_a_dict_uses_the_same_words(value: dict[str, object], canonical: str) -> None:
    """Keys and values of a dict are looked up as text is."""
    net = load("back_pain")
    text = str(net.case(value)).replace("0.30000000000000004", "0.3")
    assert text == canonical


def test_findings_can_be_keyword_arguments() -> None:
    """`net.case(fever=True, age=66)` is the same case as the text."""
    net = load("back_pain")
    assert net.case("male", fever=True, age=66) == net.case("!female, fever, age_group=60-69")


def test_a_number_alone_is_an_age_or_refused() -> None:
    """A variable of this name comes first; two ages are refused with both; a column headed by a number is no age."""
    import pandas as pd

    ages = ("0-49", "50+")
    number = Term("66")
    assert str(Words({"age": ages, "weight": ages}).term(number)) == "age=50+"
    assert str(Words({"age": ages, "66": BINARY}).term(number)) == "66"
    with pytest.raises(PatternError, match=r'"66" can mean "age=50\+", "age_of_mother=50\+"; type one of them'):
        Words({"age": ages, "age_of_mother": ages}).term(number)
    with pytest.raises(UnknownVariable, match='no variable "66"'):
        Words({"weight": ages}).term(number)
    with pytest.raises(bayesnet.SpecError, match='column "66" is not a variable of back_pain'):
        load("back_pain").score(pd.DataFrame({"66": [1], "fever": [1]}))


def test_a_question_comes_back_in_ids() -> None:
    """Targets and findings of a title are ids, whatever was typed."""
    net = load("back_pain")
    assert net.posterior("Myeloma | anaemia, not fever").title == "multiple_myeloma | anemia, !fever"
    assert float(net.posterior("myeloma | male")) == float(net.posterior("multiple_myeloma | !female"))
    assert net.case("anaemia").explain("Multiple myeloma").title == net.case("anemia").explain("multiple_myeloma").title


def test_a_cohort_uses_the_same_words() -> None:
    """Columns and cells of a frame: labels, ages, and a column that says the contrary of its variable."""
    import pandas as pd

    net = load("back_pain")
    typed = pd.DataFrame({"Age": [66, 45, 7], "man": [1, "no", None], "raised CRP": ["Yes", "0", None]})
    ids = pd.DataFrame(
        {"age_group": ["60-69", "40-49", "7"], "female": ["absent", "present", None], "raised_crp": ["present", "absent", None]}
    )
    pd.testing.assert_frame_equal(net.score(typed, ["Myeloma"]), net.score(ids, ["multiple_myeloma"]))
    with pytest.raises(bayesnet.SpecError, match='columns "Fever" and "pyrexia" are the same variable, fever'):
        net.score(pd.DataFrame({"Fever": [1], "pyrexia": [1]}))


@pytest.mark.parametrize("name", SHIPPED)
def test_no_label_and_no_alias_of_a_shipped_model_is_shadowed(name: str) -> None:
    """Each label means its own variable, each alias what words.toml says; so do both in capitals and with blanks."""
    model = load(name).model
    words = words_of(model)
    for variable in model.variables.values():
        for typed in filter(None, (variable.label, variable.label.upper(), variable.name.replace("_", " "), variable.name)):
            assert words.meaning(typed) == Meaning(variable.name), typed
    for alias in model.aliases:
        assert str(words.meaning(alias.word)) == alias.term


@given(st.data())
@pytest.mark.parametrize("name", SHIPPED)
def test_a_generous_spelling_is_the_canonical_one(name: str, data: st.DataObject) -> None:
    """A label, in any case, with any word for its state, is the same finding as the id; and the print reads back to itself."""
    net = load(name)
    variable = data.draw(st.sampled_from(list(net.model.variables.values())))
    state = data.draw(st.sampled_from(variable.states))
    recase = data.draw(st.sampled_from([str.upper, str.lower, str.title, str]))
    label = recase(variable.label or variable.name)
    typed = {"present": ["yes", "TRUE", "1", "Present"], "absent": ["no", "False", "0"]}.get(state, [state, state.upper()])
    finding = f"{label}={data.draw(st.sampled_from(typed))}" if set('(),"') & set(state) == set() else f'{label}="{state}"'
    case = net.case({variable.name: state})
    assert net.case(finding) == case
    assert str(net.case(str(case))) == str(case)
    if variable.binary and state == "absent":
        assert net.case(f"no {label}") == net.case(f"not {label}") == case


@given(models(), st.data())
def test_everything_printed_reads_back_whatever_the_names(model: bayesnet.model.records.Model, data: st.DataObject) -> None:
    """An id means itself on every model: the text of a case gives the case again."""
    net = Network(model)
    for name in data.draw(st.lists(st.sampled_from(list(model.variables)), unique=True)):
        states = data.draw(st.lists(st.sampled_from(model.variables[name].states), min_size=1, unique=True))
        case = net.case({name: set(states)})
        assert str(net.case(str(case))) == str(case)


@given(st.text(max_size=12))
@example("(")
@example("not")
@example("age=")
def test_any_text_is_read_or_refused(text: str) -> None:
    """No question makes the reader fail in another way than with an error of the package."""
    net = load("back_pain")
    try:
        case = net.case(text)
    except BayesnetError:
        return
    assert net.case(str(case)) == case


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("sex", 'In "sex", column 1: "sex" needs a state; write "female" or "!female".'),
        ("fevr", 'In "fevr": no variable "fevr"; did you mean "fever"?'),
        ("ivdus", 'In "ivdus": no variable "ivdus"; did you mean "iv_drug_use"?'),
        ("malle", 'In "malle": no variable "malle"; did you mean "!female"?'),
        ("continence", 'In "continence": no variable "continence"; net.find("...") searches its'),
        ("hyperphosphataemia", 'In "hyperphosphataemia": no variable "hyperphosphataemia"; net.find("...") searches its'),
        ("age 66", 'In "age 66": no variable "age 66"; did you mean "age=66"?'),
        ("fever yes", 'In "fever yes": no variable "fever yes"; did you mean "fever=yes"?'),
        ("influenza", 'In "influenza": no variable "influenza"; did you mean "intercurrent_illness"?'),
        ("age=45-65", 'In "age=45-65": variable "age_group" has no state "45-65"; its states are'),
        ("7, fever", 'In "7, fever": variable "age_group" has no state "7"; its states are'),
        ("!66", 'In "!66": no variable "66"; net.find("...") searches its'),
        ("6.6", 'In "6.6": no variable "6.6"; net.find("...") searches its'),
        ("age=7", 'In "age=7": variable "age_group" has no state "7"; its states are'),
        ("do(not A&E)", 'In "do(not A&E)", column 1: "not A&E" sets several states; expected one state.'),
    ],
)
def test_what_is_not_known_is_answered_with_what_was_meant_and_never_its_opposite(typed: str, message: str) -> None:
    """Suggestions come from names, labels, aliases and meanings."""
    with pytest.raises((UnknownVariable, UnknownState, PatternError)) as refusal:
        load("back_pain").case(typed)
    assert str(refusal.value).startswith(message)


@pytest.mark.parametrize(
    ("typed", "opposite_of"),
    [
        ("low CRP", "raised_crp"),
        ("low globulin", "raised_globulin"),
        ("hyperphosphataemia", "low_phosphate"),
        ("without sciatic", "leg_pain"),
        ("high phosphate", "low_phosphate"),
    ],
)
def test_the_opposite_of_what_was_typed_is_not_suggested(typed: str, opposite_of: str) -> None:
    """Whatever else is offered."""
    with pytest.raises(UnknownVariable) as refusal:
        load("back_pain").case(typed)
    assert opposite_of not in refusal.value.nearest


def test_a_word_with_two_meanings_is_refused_with_both() -> None:
    """Nothing is guessed."""
    words = Words({"a_b": BINARY, "A-B": BINARY}, [Word("pain", Meaning("a_b")), Word("Pain", Meaning("A-B", negated=True))])
    assert str(words.term(Term("a_b"))) == "a_b"
    for typed, candidates in (("A B", '"a_b", "A-B"'), ("pain", '"a_b", "!A-B"')):
        with pytest.raises(PatternError) as refusal:
            words.term(Term(typed), f"fever, {typed}")
        assert str(refusal.value) == f'In "fever, {typed}", column 1: "{typed}" can mean {candidates}; type one of them.'


def test_number_ids_stay_strict() -> None:
    """Generosity is for questions; a number has one name."""
    net = load("back_pain")
    with pytest.raises(BayesnetError):
        net.numbers["Fever | epidural abscess"]
    with pytest.raises(BayesnetError):
        net.with_numbers({"raised ALP=yes | leak": 0.1})


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ("male", "female", True),
        ("symptomatic", "asymptomatic", True),
        ("hypercalcemia", "hypocalcemia", True),
        ("low alp", "raised alp", True),
        ("age over 40", "age under 40", True),
        ("no fever", "fever", True),
        ("raised crp", "raised esr", False),
        ("fever", "fevr", False),
    ],
)
def test_opposites(one: str, other: str, are: bool) -> None:
    """Words that differ in a contrary or in a prefix that denies are opposites, in both orders."""
    assert opposite(one, other) is opposite(other, one) is are


@given(st.integers(0, 200), st.lists(st.integers(1, 120), min_size=2, max_size=6, unique=True).map(sorted))
def test_a_number_lies_in_one_of_the_ranges_that_cover_all(number: int, cuts: list[int]) -> None:
    """States that cover all numbers give each number one state, and the union of the first ones is what lies below a cut."""
    states = [f"<{cuts[0]}", *(f"{low}-{high - 1}" for low, high in pairwise(cuts)), f"{cuts[-1]}+"]
    (state,) = states_in_range(str(number), states)
    interval = read_range(state)
    assert interval is not None
    assert interval[0] <= number < interval[1]
    for place, cut in enumerate(cuts, start=1):
        assert states_in_range(f"<{cut}", states) == tuple(states[:place])
        assert states_in_range(f"{cut}+", states) == tuple(states[place:])


def test_folding_keeps_what_tells_words_apart() -> None:
    """Case, blanks and spelling go; digits and signs stay."""
    assert fold("  Haemato-URIA ") == fold("hemato_uria")
    assert fold("80+") != fold("80")
    assert fold("Café") == "cafe"
