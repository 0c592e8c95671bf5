"""Everything wrong with a model is reported at once, each with file, record, what was got, what was expected and the way out."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from strategies import models, odd_words

import bayesnet
from bayesnet.errors import SpecError, UnknownState
from bayesnet.model.check import check_model
from bayesnet.model.expand import expand
from bayesnet.model.read import read_folder, read_model
from bayesnet.model.records import Model, Number, Variable

MODEL = """\
name = "clinic"
files = ["findings.toml"]
[groups]
any_disease = ["abscess", "cancer"]
[[examples]]
title = "Feverish"
evidence = "fever, !cancer"
"""

SOURCES = """\
[smith2003]
authors = "Smith A"
year = 2003
"""


def number(name: str, value: float, low: float | None = None, high: float | None = None, **more: str) -> str:
    """One `[[numbers]]` entry; cited unless told otherwise."""
    keys = {"grade": "cohort", "range": "95 % interval", "source": "smith2003", "place": "Table 1"} | more
    lines = [f'{key} = "{text}"' for key, text in keys.items() if text and key not in ("source", "place")]
    low, high = value if low is None else low, value if high is None else high
    cited = [f'{key} = "{keys[key]}"' for key in ("source", "place") if keys[key]]
    own = ["[[numbers]]", f"id = '{name}'", f"value = {value}", f"low = {low}", f"high = {high}", *lines]
    return "\n".join([*own, *(["[[numbers.sources]]", *cited] if cited else []), ""])


FINDINGS = "\n".join(
    [
        'group = "findings"',
        '[variables.abscess]\ngate = "table"',
        number("abscess", 0.01, 0.005, 0.02),
        '[variables.cancer]\ngate = "table"',
        number("cancer", 0.02, 0.01, 0.03),
        '[variables.grade]\nstates = ["none", "mild", "severe"]\nparents = ["abscess"]\ngate = "noisy_max"',
        number("grade=mild | leak", 0.10),
        number("grade=severe | leak", 0.05),
        number("grade=mild | abscess", 0.3),
        number("grade=severe | abscess", 0.4),
        '[variables.fever]\nparents = ["abscess", "cancer"]\ngate = "noisy_or"',
        number("fever | leak", 0.05),
        number("fever | abscess", 0.52, 0.20, 0.83),
        number("fever | cancer", 0.10),
        '[variables.diabetes]\nparents = ["cancer"]\ngate = "odds_ratio"',
        number("odds(diabetes) | baseline", 0.1),
        number("odds(diabetes) | cancer", 1.5, 1.0, 2.0),
        '[variables.sick]\nparents = ["fever", "cancer"]\ngate = "deterministic"\nexpression = "any of fever, cancer"',
        '[variables.course]\nstates = ["short", "long", "chronic"]\nparents = ["cancer"]\ngate = "table"',
        number("course=short | !cancer", 0.6),
        number("course=long | !cancer", 0.3),
        number("course=short | cancer", 0.2),
        number("course=long | cancer", 0.2),
        number("course=chronic | cancer", 0.6),
    ]
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a small model that has nothing wrong."""
    (tmp_path / "model.toml").write_text(MODEL)
    (tmp_path / "sources.toml").write_text(SOURCES)
    (tmp_path / "findings.toml").write_text(FINDINGS)
    return tmp_path


def change(folder: Path, old: str, new: str) -> None:
    """Replace a text in whichever file holds it."""
    (path,) = [path for path in folder.glob("*.toml") if old in path.read_text()]
    path.write_text(path.read_text().replace(old, new, 1))


def problems(folder: Path) -> list[str]:
    return [str(problem) for problem in read_folder(folder)[1]]


def test_a_model_without_problems_has_none(folder: Path) -> None:
    """The small model that all other tests break is in order."""
    assert problems(folder) == []
    assert read_model(folder).numbers["fever=present | abscess=present"].high == 0.83


@given(models())
def test_random_models_are_in_order(model: Model) -> None:
    """What the strategies draw passes every check."""
    assert check_model(model) == []


@given(models(names=odd_words()))
def test_odd_names_are_in_order(model: Model) -> None:
    """Names with blanks, quotes, signs or reserved words are names like any other."""
    assert check_model(model) == []
    expand(model)


CASES = {
    "value outside its range": (
        number("fever | abscess", 0.52, 0.20, 0.83),
        number("fever | abscess", 0.97, 0.20, 0.83),
        ['findings.toml, number "fever=present | abscess=present": value 0.97 lies outside its range [0.2, 0.83]'],
    ),
    "range upside down": (
        number("cancer", 0.02, 0.01, 0.03),
        number("cancer", 0.02, 0.03, 0.01),
        ['findings.toml, number "cancer=present": its range [0.03, 0.01] is upside down'],
    ),
    "no probability": (
        number("cancer", 0.02, 0.01, 0.03),
        number("cancer", 1.2, 1.0, 1.3),
        [
            'findings.toml, variable "cancer": the column sums to 1.2; expected at most 1, the rest being left out',
            'findings.toml, number "cancer=present": value 1.2; expected a probability between 0 and 1',
            'findings.toml, number "cancer=present": high 1.3; expected a probability between 0 and 1',
        ],
    ),
    "negative odds": (
        number("odds(diabetes) | cancer", 1.5, 1.0, 2.0),
        number("odds(diabetes) | cancer", 1.5, -1.0, 2.0),
        ['findings.toml, number "odds(diabetes) | cancer=present": low -1.0; expected an odds or odds ratio of 0 or more'],
    ),
    "an exact range with a width": (
        number("cancer", 0.02, 0.01, 0.03),
        number("cancer", 0.02, 0.01, 0.03, range="exact"),
        ['findings.toml, number "cancer=present": an "exact" range [0.01, 0.03]; expected low and high equal to the value'],
    ),
    "source not defined": (
        number("cancer", 0.02, 0.01, 0.03),
        number("cancer", 0.02, 0.01, 0.03, source="smth2003"),
        ['findings.toml, number "cancer=present": source "smth2003" is not defined; did you mean "smith2003"?'],
    ),
    "source never cited": (
        "[smith2003]",
        '[jones2001]\nauthors = "Jones B"\n[smith2003]',
        ['sources.toml, source "jones2001": nothing cites it; cite it or take it out'],
    ),
    "no source": (
        number("cancer", 0.02, 0.01, 0.03),
        number("cancer", 0.02, 0.01, 0.03, source="", place=""),
        ['findings.toml, number "cancer=present": grade "cohort" without a source; name one, or take grade = "judgement"'],
    ),
    "no place in the source": (
        number("cancer", 0.02, 0.01, 0.03),
        number("cancer", 0.02, 0.01, 0.03, place=""),
        ['findings.toml, number "cancer=present": source "smith2003": no key "place"; expected the place in the source'],
    ),
    "judgement without a reason": (
        number("cancer", 0.02, 0.01, 0.03),
        number("cancer", 0.02, 0.01, 0.03, grade="judgement", source="", place=""),
        ['findings.toml, number "cancer=present": a judgement without a reason; expected the key "reason"'],
    ),
    "missing number": (
        number("fever | cancer", 0.10),
        "",
        ['findings.toml, variable "fever": no number for "fever=present | cancer=present"'],
    ),
    "missing leak": (
        number("fever | leak", 0.05),
        "",
        ['findings.toml, variable "fever": no number for "fever=present | leak"'],
    ),
    "missing baseline": (
        number("odds(diabetes) | baseline", 0.1),
        "",
        ['findings.toml, variable "diabetes": no number for "odds(diabetes) | baseline"'],
    ),
    "two entries of a column missing": (
        number("course=long | !cancer", 0.3),
        "",
        ['findings.toml, variable "course": no number for "course=long | cancer=absent"'],
    ),
    "number given twice": (
        number("cancer", 0.02, 0.01, 0.03),
        2 * (number("cancer", 0.02, 0.01, 0.03) + "\n"),
        ['findings.toml, number "cancer": given twice, first in findings.toml; keep one of them'],
    ),
    "number that no gate asks for": (
        number("fever | cancer", 0.10),
        number("fever | cancer", 0.10) + "\n" + number("fever | diabetes", 0.2),
        [
            (
                'findings.toml, number "fever=present | diabetes=present": the noisy_or gate of "fever" does not ask for it; '
                "take it out"
            ),
        ],
    ),
    "number for a neutral state": (
        number("fever | cancer", 0.10),
        number("fever | !cancer", 0.10),
        [
            'findings.toml, variable "fever": no number for "fever=present | cancer=present"',
            (
                'findings.toml, number "fever=present | cancer=absent": the noisy_or gate of "fever" does not ask for it; '
                'did you mean "fever=present | cancer=present"?'
            ),
        ],
    ),
    "number of a deterministic variable": (
        number("fever | cancer", 0.10),
        number("fever | cancer", 0.10) + "\n" + number("sick | fever", 1.0),
        [
            (
                'findings.toml, number "sick=present | fever=present": "sick" is deterministic and takes no numbers; '
                "take the number out"
            ),
        ],
    ),
    "number of an unknown variable": (
        number("fever | cancer", 0.10),
        number("fever | cancer", 0.10) + "\n" + number("fevr | cancer", 0.10),
        ['findings.toml, number "fevr | cancer": no variable "fevr"; did you mean "fever"?'],
    ),
    "number of an unknown state": (
        number("fever | cancer", 0.10),
        number("fever | cancer=presnt", 0.10),
        [
            (
                'findings.toml, number "fever | cancer=presnt": variable "cancer" has no state "presnt"; '
                'its states are "absent", "present"; did you mean "present"?'
            ),
            'findings.toml, variable "fever": no number for "fever=present | cancer=present"',
        ],
    ),
    "number that is no pattern": (
        number("cancer", 0.02, 0.01, 0.03),
        number("cancer", 0.02, 0.01, 0.03) + "\n" + number("cancer =", 0.1),
        ['findings.toml, number "cancer =": the text ends; expected a state'],
    ),
    "column that sums to 1.005": (
        number("course=chronic | cancer", 0.6),
        number("course=chronic | cancer", 0.605),
        ['findings.toml, variable "course": the column | cancer=present sums to 1.005; expected 1 (within 1e-6)'],
    ),
    "column with a rest above 1": (
        number("course=short | !cancer", 0.6),
        number("course=short | !cancer", 0.8),
        ['findings.toml, variable "course": the column | cancer=absent sums to 1.1; expected at most 1, the rest being left out'],
    ),
    "link below the leak": (
        number("fever | cancer", 0.10),
        number("fever | cancer", 0.02),
        [
            (
                'findings.toml, variable "fever": the link "fever=present | cancer=present" = 0.02 lies below the leak 0.05; '
                'expected at least the leak (a link includes it); for causes that lower take towards = "absent"'
            )
        ],
    ),
    "noisy-MAX column below the leak": (
        number("grade=severe | abscess", 0.4),
        number("grade=severe | abscess", 0.01),
        [
            (
                'findings.toml, variable "grade": the link | abscess=present lies below the leak: P(up to "mild") is 0.99 '
                "with it, 0.95 without; expected no more than the leak (a link includes it); "
                'a cause that lowers needs gate = "table"'
            )
        ],
    ),
    "noisy-MAX column that is no cause": (
        number("grade=mild | abscess", 0.3),
        number("grade=mild | abscess", 0.01),
        [
            (
                'findings.toml, variable "grade": the link | abscess=present is no noisy_max: P(up to a state) relative to the '
                'leak falls at "mild"; expected a ratio that rises from state to state; change the column or take gate = "table"'
            )
        ],
    ),
    "misspelt state": (
        '[variables.cancer]\ngate = "table"',
        '[variables.cancer]\nstates = ["absent", "presnt"]\ngate = "table"',
        None,
    ),
    "noisy-OR with three states": (
        '[variables.fever]\nparents = ["abscess", "cancer"]\ngate = "noisy_or"',
        '[variables.fever]\nstates = ["absent", "present", "high"]\nparents = ["abscess", "cancer"]\ngate = "noisy_or"',
        ['findings.toml, variable "fever": a noisy_or gate with 3 states; expected 2; take gate = "noisy_max"'],
    ),
    "odds ratio with three states": (
        '[variables.diabetes]\nparents = ["cancer"]',
        '[variables.diabetes]\nstates = ["absent", "present", "high"]\nparents = ["cancer"]',
        ['findings.toml, variable "diabetes": an odds_ratio gate with 3 states; expected 2; take gate = "table"'],
    ),
    "unknown parent": (
        '[variables.fever]\nparents = ["abscess", "cancer"]',
        '[variables.fever]\nparents = ["abscess", "cancr"]',
        ['findings.toml, variable "fever": the parent "cancr" is not a variable; did you mean "cancer"?'],
    ),
    "parent twice": (
        '[variables.fever]\nparents = ["abscess", "cancer"]',
        '[variables.fever]\nparents = ["abscess", "cancer", "abscess"]',
        ['findings.toml, variable "fever": duplicate parent "abscess"'],
    ),
    "circle": (
        '[variables.cancer]\ngate = "table"',
        '[variables.cancer]\nparents = ["sick"]\ngate = "table"',
        None,
    ),
    "unknown key": (
        '[variables.cancer]\ngate = "table"',
        '[variables.cancer]\nmeanin = "a tumour"\ngate = "table"',
        ['findings.toml, variable "cancer": unknown key "meanin"; did you mean "meaning"?'],
    ),
    "unknown key of a number": (
        number("cancer", 0.02, 0.01, 0.03),
        number("cancer", 0.02, 0.01, 0.03, reson="Table 2"),
        ['findings.toml, number "cancer": unknown key "reson"; did you mean "reason"?'],
    ),
    "key of the wrong type": (
        "value = 0.02",
        'value = "2 %"',
        ['findings.toml, number "cancer": key "value"; got \'2 %\'; expected a number'],
    ),
    "missing key": (
        'high = 0.02\ngrade = "cohort"\n',
        "high = 0.02\n",
        ['findings.toml, number "abscess": no key "grade"'],
    ),
    "unknown gate": (
        'gate = "odds_ratio"',
        'gate = "odds_ratios"',
        [
            (
                'findings.toml, variable "diabetes": key "gate"; got \'odds_ratios\'; '
                "expected 'table', 'noisy_or', 'noisy_max', 'deterministic' or 'odds_ratio'; did you mean \"odds_ratio\"?"
            )
        ],
    ),
    "expression with an unknown name": (
        'expression = "any of fever, cancer"',
        'expression = "any of fever, cancr"',
        [
            'findings.toml, variable "sick": the expression names "cancr", which is not a variable; did you mean "cancer"?',
            'findings.toml, variable "sick": the expression does not name the parent "cancer"; take the parent out',
        ],
    ),
    "expression that names no parent": (
        'expression = "any of fever, cancer"',
        'expression = "any of fever, cancer, abscess"',
        [
            'findings.toml, variable "sick": the expression names "abscess", which is not a parent; add it to the parents',
        ],
    ),
    "expression with an unknown state": (
        'expression = "any of fever, cancer"',
        'expression = "any of fever=high, cancer"',
        [
            (
                'findings.toml, variable "sick": the expression: variable "fever" has no state "high"; '
                'its states are "absent", "present"'
            )
        ],
    ),
    "expression that is none": (
        'expression = "any of fever, cancer"',
        'expression = "fever or cancer"',
        [
            (
                'findings.toml, variable "sick": the expression "fever or cancer": got "or"; expected "," or "|"; '
                'write "any of a, b", "all of a, b", "none of a, b", "at least 2 of a, b, c" or one finding'
            )
        ],
    ),
    "no expression": (
        'expression = "any of fever, cancer"',
        "",
        ['findings.toml, variable "sick": a deterministic gate without an expression'],
    ),
    "expression that leaves a case open": (
        'expression = "any of fever, cancer"',
        'states = ["no", "mild", "bad"]\nexpression = {mild = "any of fever", bad = "all of fever, cancer"}',
        None,
    ),
    "expression on another gate": (
        '[variables.cancer]\ngate = "table"',
        '[variables.cancer]\ngate = "table"\nexpression = "fever"',
        [
            (
                'findings.toml, variable "cancer": an expression on a table gate; '
                'take gate = "deterministic", or leave the expression out'
            )
        ],
    ),
    "towards an unknown state": (
        '[variables.fever]\nparents = ["abscess", "cancer"]',
        '[variables.fever]\ntowards = "abesnt"\nparents = ["abscess", "cancer"]',
        [
            (
                'findings.toml, variable "fever": towards "abesnt", not one of its states; expected "absent", "present"; '
                'did you mean "absent" or "present"?'
            )
        ],
    ),
    "towards on a table": (
        '[variables.cancer]\ngate = "table"',
        '[variables.cancer]\ntowards = "absent"\ngate = "table"',
        ['findings.toml, variable "cancer": the key "towards" on a table gate; expected a noisy_or or odds_ratio gate'],
    ),
    "neutral that is no parent": (
        '[variables.fever]\nparents = ["abscess", "cancer"]',
        '[variables.fever]\nneutral = {cancr = "absent"}\nparents = ["abscess", "cancer"]',
        ['findings.toml, variable "fever": neutral names "cancr", which is not a parent; did you mean "cancer"?'],
    ),
    "default that is no state": (
        '[variables.cancer]\ngate = "table"',
        '[variables.cancer]\ndefault = "abset"\ngate = "table"',
        [
            (
                'findings.toml, variable "cancer": the default "abset" is not one of its states; expected "absent", "present"; '
                'did you mean "absent"?'
            )
        ],
    ),
    "group with an unknown member": (
        'any_disease = ["abscess", "cancer"]',
        'any_disease = ["abscess", "cancr"]',
        ['model.toml, group "any_disease": the parent "cancr" is not a variable; did you mean "cancer"?'],
    ),
    "group named like a variable": (
        'any_disease = ["abscess", "cancer"]',
        'fever = ["abscess", "cancer"]',
        ['model.toml, group "fever": defined before, in findings.toml'],
    ),
    "example with an unknown finding": (
        'evidence = "fever, !cancer"',
        'evidence = "fever, !cancr"',
        ['model.toml, example "Feverish": In "fever, !cancr": no variable "cancr"; did you mean "cancer"?'],
    ),
    "teaching about no variable": (
        "[[examples]]",
        '[teaching]\ncancer = ["fevr", "fever", "fever"]\n[[examples]]',
        [
            'model.toml, teaching of "cancer": "fevr" is not a variable; did you mean "fever"?',
            'model.toml, teaching of "cancer": "fever" is named twice; name it once',
        ],
    ),
    "file that is not there": (
        'files = ["findings.toml"]',
        'files = ["finding.toml"]',
        ['model.toml, key "files": there is no file "finding.toml"; did you mean "findings.toml"?'],
    ),
    "not TOML": (
        "value = 0.02",
        "value = 0,02",
        None,
    ),
}


@pytest.mark.parametrize("case", [name for name, (_, _, messages) in CASES.items() if messages is not None])
def test_each_problem_is_told_in_full(folder: Path, case: str) -> None:
    """The whole message of every kind of problem, and nothing besides that only follows from it."""
    old, new, messages = CASES[case]
    change(folder, old, new)
    assert problems(folder) == messages


def test_a_misspelt_state_is_refused_with_what_was_meant(folder: Path) -> None:
    """`presnt` among the states is a slip of the pen; numbers for `present` then name what is missing."""
    change(folder, *CASES["misspelt state"][:2])
    assert 'findings.toml, variable "cancer": the state "presnt"; did you mean "present"?' in problems(folder)


def test_a_circle_is_printed(folder: Path) -> None:
    """Arrows that come back to where they began are shown once, in their direction."""
    change(folder, *CASES["circle"][:2])
    circles = [problem for problem in problems(folder) if "circle" in problem]
    assert circles == ['findings.toml, variable "fever": the arrows run in a circle: fever -> sick -> cancer -> fever']


def test_a_case_that_no_condition_covers_is_named(folder: Path) -> None:
    """Conditions that leave a combination open name it."""
    change(folder, *CASES["expression that leaves a case open"][:2])
    assert problems(folder) == []
    change(folder, '"all of fever, cancer"}', '"all of fever, cancer", no = "all of !fever, cancer"}')
    assert problems(folder) == [
        'findings.toml, variable "sick": the expression: no condition covers fever=absent, cancer=absent',
    ]


def test_broken_toml_names_the_line_and_nothing_that_follows(folder: Path) -> None:
    """A file that is not TOML is one problem, not one for every variable it would have held."""
    change(folder, *CASES["not TOML"][:2])
    (problem,) = problems(folder)
    line = (folder / "findings.toml").read_text().split("value = 0,02")[0].count("\n") + 1
    assert problem.startswith(f"findings.toml, line {line}, column ")
    assert ": not valid TOML: " in problem


def test_one_slip_in_a_variable_hides_none_of_its_other_problems(folder: Path) -> None:
    """An unknown key that nothing depends on leaves the rest of the record to be checked, its numbers too."""
    change(
        folder,
        '[variables.fever]\nparents = ["abscess", "cancer"]',
        '[variables.fever]\ncolour = 1\nparents = ["absces", "cancer"]',
    )
    change(
        folder, '[variables.cancer]\ngate = "table"', '[variables.cancer]\nmeanin = "a tumour"\ndefault = "often"\ngate = "table"'
    )
    change(folder, number("grade=severe | leak", 0.05), "")
    change(folder, "[variables.grade]", '[variables.grade]\nremark = "by the surgeon"')
    keys = (
        "the keys are gate, label, meaning, role, states, parents, expression, towards, neutral, default, unit, cutoff, "
        "consequence_of, can_be_set, noun, adjectives, note"
    )
    assert problems(folder) == [
        'findings.toml, variable "cancer": unknown key "meanin"; did you mean "meaning"?',
        f'findings.toml, variable "grade": unknown key "remark"; {keys}',
        f'findings.toml, variable "fever": unknown key "colour"; {keys}',
        'findings.toml, variable "cancer": the default "often" is not one of its states; expected "absent", "present"',
        'findings.toml, variable "fever": the parent "absces" is not a variable; did you mean "abscess"?',
        'findings.toml, variable "grade": no number for "grade=severe | leak"',
    ]


def test_what_follows_from_a_slip_is_not_told(folder: Path) -> None:
    """A misspelt key of parents or states is one problem; what does not depend on it is reported beside it."""
    change(folder, '[variables.fever]\nparents = ["abscess", "cancer"]', '[variables.fever]\nparrents = ["abscess", "cancer"]')
    change(folder, 'states = ["none", "mild", "severe"]', 'states = "none, mild, severe"\ndefault = "none"')
    change(folder, 'parents = ["cancer"]\ngate = "odds_ratio"', 'parents = ["cancr"]\ngate = "odd_ratio"')
    gates = "'table', 'noisy_or', 'noisy_max', 'deterministic' or 'odds_ratio'"
    assert problems(folder) == [
        'findings.toml, variable "grade": key "states"; got \'none, mild, severe\'; expected a list in square brackets',
        'findings.toml, variable "fever": unknown key "parrents"; did you mean "parents"?',
        f'findings.toml, variable "diabetes": key "gate"; got \'odd_ratio\'; expected {gates}; did you mean "odds_ratio"?',
        'findings.toml, variable "diabetes": the parent "cancr" is not a variable; did you mean "cancer"?',
    ]


def test_a_file_that_is_missing_hides_nothing_of_the_others(folder: Path) -> None:
    """Names that may stand in the missing file are not blamed; everything else is, in the same list."""
    change(folder, 'files = ["findings.toml"]', 'files = ["findings.toml", "diseases.toml"]')
    change(folder, '[variables.cancer]\ngate = "table"\n' + number("cancer", 0.02, 0.01, 0.03), "")
    change(folder, number("fever | abscess", 0.52, 0.20, 0.83), number("fever | abscess", 0.97, 0.20, 0.83))
    change(folder, number("grade=mild | leak", 0.10), number("grade=mild | leak", 0.10, source="smth2003"))
    change(folder, number("grade=severe | leak", 0.05), "")
    assert problems(folder) == [
        'model.toml, key "files": there is no file "diseases.toml"',
        'findings.toml, variable "grade": no number for "grade=severe | leak"',
        'findings.toml, number "grade=mild | leak": source "smth2003" is not defined; did you mean "smith2003"?',
        'findings.toml, number "fever=present | abscess=present": value 0.97 lies outside its range [0.2, 0.83]',
    ]


def test_sources_that_cannot_be_read_are_not_called_undefined(folder: Path) -> None:
    """A broken sources.toml is one problem, not one for every number that cites."""
    (folder / "sources.toml").write_text('[smith2003]\nauthors = "Smith A\n')
    change(folder, number("grade=severe | leak", 0.05), "")
    first, second = problems(folder)
    assert first.startswith("sources.toml, line 2, column ")
    assert second == 'findings.toml, variable "grade": no number for "grade=severe | leak"'


def test_a_source_may_be_cited_by_targets_and_claims_alone(folder: Path) -> None:
    """What the audit cites is cited; what nothing cites is reported, but refused only where asked."""
    change(folder, *CASES["source never cited"][:2])
    assert read_model(folder).name == "clinic"
    with pytest.raises(SpecError, match='source "jones2001": nothing cites it'):
        read_model(folder, strict=True)
    (folder / "targets.toml").write_text('[[targets]]\nsource = "smith2003"\nalso = ["jones2001"]\n')
    assert problems(folder) == []
    assert read_model(folder, strict=True).name == "clinic"


def test_a_folder_below_is_named_from_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The heading names the folder as a person would, and says one problem or many."""
    monkeypatch.chdir(folder.parent)
    change(folder, *CASES["missing leak"][:2])
    with pytest.raises(SpecError) as refusal:
        read_model(folder)
    assert str(refusal.value) == (
        f'{folder.name}: 1 problem\n  findings.toml, variable "fever": no number for "fever=present | leak"'
    )


def test_all_problems_come_together(folder: Path) -> None:
    """The error lists everything, with its heading, and holds each problem as a record."""
    for case in ("value outside its range", "source never cited", "missing baseline", "group with an unknown member"):
        change(folder, *CASES[case][:2])
    with pytest.raises(SpecError) as refusal:
        read_model(folder)
    assert str(refusal.value).splitlines() == [
        f"{folder}: 4 problems",
        '  model.toml, group "any_disease": the parent "cancr" is not a variable; did you mean "cancer"?',
        '  findings.toml, variable "diabetes": no number for "odds(diabetes) | baseline"',
        '  findings.toml, number "fever=present | abscess=present": value 0.97 lies outside its range [0.2, 0.83]',
        '  sources.toml, source "jones2001": nothing cites it; cite it or take it out',
    ]
    assert refusal.value.problems[2].file == "findings.toml"


def test_a_variable_that_lacks_many_numbers_does_not_fill_the_screen() -> None:
    """The first few missing numbers are named, the others counted."""
    parents = {f"p{i}": Variable(f"p{i}") for i in range(4)}
    numbers = {f"{name}=present": Number(f"{name}=present", 0.5, 0.5, 0.5, reason="half", variable=name) for name in parents}
    child = Variable("child", parents=tuple(parents))
    found = [str(problem) for problem in check_model(Model("wide", variables=parents | {"child": child}, numbers=numbers))]
    assert len(found) == 6
    assert found[-1] == 'variable "child": 11 more numbers are missing'


def test_a_model_without_variables_says_so() -> None:
    """Nothing to ask is a problem too."""
    assert [str(problem) for problem in check_model(Model("empty"))] == ["model.toml: no variables"]


def test_twenty_thousand_states_are_read_in_the_time_of_their_number(tmp_path: Path) -> None:
    """In a file that lists them, and in a question."""
    states = [f"s{i}" for i in range(20_000)]
    (tmp_path / "model.toml").write_text('name = "m"\nfiles = ["a.toml"]\n')
    (tmp_path / "a.toml").write_text(f'[variables.a]\ngate = "table"\nstates = {json.dumps(states)}\n')
    started = time.perf_counter()
    with pytest.raises(SpecError, match="19994 more numbers are missing"):
        bayesnet.load(tmp_path)
    with pytest.raises(UnknownState):
        bayesnet.load("asia").posterior(f"lung | smoke={{{','.join(states)}}}")
    assert time.perf_counter() - started < 5


def test_a_table_too_large_is_refused_before_it_is_made() -> None:
    """Counting over forty parents would need a table of 2^41 cells."""
    parents = {f"p{i}": Variable(f"p{i}") for i in range(40)}
    numbers = {f"{name}=present": Number(f"{name}=present", 0.5, 0.5, 0.5, reason="half", variable=name) for name in parents}
    counting = f"at least 2 of {', '.join(parents)}"
    child = Variable("child", parents=tuple(parents), gate="deterministic", expression=(("present", counting),))
    (problem,) = check_model(Model("wide", variables=parents | {"child": child}, numbers=numbers))
    assert str(problem) == (f'variable "child": its table would have {2**41} cells; expected at most {2**20}; take fewer parents')
    expression = (("present", f"any of {', '.join(parents)}"),)
    any_of = Variable("child", parents=tuple(parents), gate="deterministic", expression=expression)
    assert check_model(Model("wide", variables=parents | {"child": any_of}, numbers=numbers)) == []


def test_words_for_sentences_are_read(folder: Path) -> None:
    """A noun, two adjectives, the nouns of groups and the people are kept; what does not fit is refused."""
    words = '[variables.cancer]\nnoun = "a growth"\nadjectives = ["ill", "well"]'
    change(folder, "[variables.cancer]", words)
    model_file = folder / "model.toml"
    text = model_file.read_text()
    model_file.write_text(
        'people = "horses"\n' + text.replace("[[examples]]", '[nouns]\nany_disease = "a disease"\n[[examples]]')
    )
    model = read_model(folder)
    cancer = model.variables["cancer"]
    assert (model.people, cancer.noun, cancer.adjectives) == ("horses", "a growth", ("ill", "well"))
    assert model.variables["any_disease"].noun == "a disease"
    model_file.write_text(text.replace("[[examples]]", '[nouns]\ncancer = "a growth"\n[[examples]]'))
    change(folder, '["ill", "well"]', '["ill"]')
    assert problems(folder) == [
        'findings.toml, variable "cancer": key "adjectives"; got [\'ill\']; expected 2 items',
        'model.toml, noun of "cancer": is not one of the groups; give the noun of a variable in its table',
    ]
