"""Quizzes: result codes that cannot be changed unseen, exports that Moodle reads, and questions that a clinician would ask."""

from __future__ import annotations

import base64
import io
import json
import re
import zlib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from exercise_answers import by_student, shipped, truth
from node import Node

import bayesnet
from bayesnet.cli import main
from bayesnet.errors import BayesnetError
from bayesnet.teach.exercises import KINDS, ExerciseSet
from bayesnet.teach.exercises import known as names
from bayesnet.teach.exercises.quiz import quiz_data
from bayesnet.teach.marking import tolerance

NAMED = {value for key, value in vars(names).items() if key.isupper() and isinstance(value, str)}
SCHEMA = Path(__file__).parent.parent / "data" / "moodle.xsd"


def small(seed: int = 3, count: int = 5) -> ExerciseSet:
    """A quiz of the chest clinic, quickly made."""
    return bayesnet.exercise_set(shipped("asia"), seed=seed, count=count)


def code_of(made: ExerciseSet, answers: list[str], student: str = "Ann Ö.") -> str:
    """A result code as the page makes it."""
    letters = base64.urlsafe_b64encode(json.dumps([*quiz_data(made)["code"], student, answers]).encode()).decode().rstrip("=")
    return f"{letters}.{zlib.crc32(letters.encode()):08x}"


@pytest.mark.browser
def test_the_code_of_the_page_is_verified(node: Node) -> None:
    """What the page's code.js makes is read back, whatever the name; line breaks of a mail do no harm."""
    made = small()
    answers = ["", *(str(e.answer) for e in made.exercises[1:])]
    for student in ("Ann Ö. 😀", "", 'O"Neil, </script>'):
        code = node.ask("code", fields=[*quiz_data(made)["code"], student, answers])
        marks = bayesnet.verify_quiz(f"{code[:40]}\n {code[40:]}\n")
        assert (marks.student, marks.right, marks.answers) == (student, 4, tuple(answers))


def test_the_score_comes_from_the_answers() -> None:
    """Verifying marks each answer again, and names the known errors."""
    made = small()
    answers = [str(e.errors[0].answer) for e in made]
    marks = bayesnet.verify_quiz(code_of(made, answers))
    assert marks.heading() == "Ann Ö.: 0 of 5 right"
    assert sum(marks.mistakes.values()) == 5


def test_a_changed_code_is_refused() -> None:
    """Another letter, a missing end, another quiz, too many answers: each has its sentence."""
    made = small()
    code = code_of(made, ["1 %"] * 5)
    for broken in (code[:-1], code[1:], code[:20] + "A" + code[21:], "", ".", "x.00000000", "ß.x", code.rpartition(".")[0]):
        with pytest.raises(BayesnetError, match="not a whole result code"):
            bayesnet.verify_quiz(broken)
    with pytest.raises(BayesnetError, match="has 5 questions; the code has 4 answers"):
        bayesnet.verify_quiz(code_of(made, [""] * 4))
    with pytest.raises(BayesnetError, match="another network: network asia, here sprinkler"):
        bayesnet.verify_quiz(code, shipped("sprinkler"))


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (0, "bayesnet-quiz/0", "not a whole result code"),
        (1, "../elsewhere", 'made from "../elsewhere", which is not a shipped model'),
        (2, "00000000", "another version of the network: digest 00000000"),
        (3, "3", "not a whole result code"),
        (4, {"count": 5, "path": "/"}, "not a whole result code"),
        (5, "00000000", "another version of bayesnet: questions 00000000"),
        (7, [1, 2, 3, 4, 5], "not a whole result code"),
    ],
)
def test_a_code_with_a_right_checksum_is_still_checked(place: int, value: Any, said: str) -> None:
    """Who can make a checksum gains nothing: every field is checked, and no path is opened."""
    fields = [*quiz_data(small())["code"], "Ann", ["1 %"] * 5]
    fields[place] = value
    letters = base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")
    with pytest.raises(BayesnetError, match=re.escape(said)):
        bayesnet.verify_quiz(f"{letters}.{zlib.crc32(letters.encode()):08x}")


def test_a_quiz_of_chosen_kinds_is_verified() -> None:
    """Codes know kinds, counts, target and people."""
    made = bayesnet.exercises(shipped("asia"), ["percentages", "prediction"], seed=2, count=2, target="lung=yes", people="miners")
    answers = [str(e.answer) for e in made]
    assert bayesnet.verify_quiz(code_of(made, answers)).right == 4


def run(*arguments: str) -> Any:
    """The status of the command."""
    with pytest.raises(SystemExit) as left:
        main(["exercises", *arguments])
    return left.value.code


def test_the_command_writes_and_verifies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--html` writes a file that loads nothing; `--verify` takes codes, also a line each; the rest is refused in words."""
    assert run("asia", "--count", "5", "--seed", "3", "--html", str(tmp_path / "quiz.html")) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "quiz.html")
    text = (tmp_path / "quiz.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r"(?:src|href)=", text)
    code = code_of(small(), ["1 %"] * 5, "Bo")
    assert run("--verify", code) == 0
    assert capsys.readouterr().out.startswith("Bo: 0 of 5 right\nasia 0.1.0")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{code}\n\n{code[:-1]}\n{code_of(small(), [''] * 5)}\n"))
    assert run("--verify", "-") == 1
    first, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith("Bo: 0 of 5 right; ")
    assert second.startswith("code 2: This is not a whole result code")
    assert third == "Ann Ö.: 0 of 5 right"
    assert run() == 2
    assert run("asia", "--gift", "--moodle") == 2


def moodle_mark(question: ET.Element, answer: float) -> tuple[float, str]:
    """The mark and the feedback that Moodle gives to a number: those of the first answer that it is near enough."""
    for given in question.findall("answer"):
        text, off = given.findtext("text"), float(given.findtext("tolerance"))
        if text == "*" or abs(answer - float(text)) <= off:
            return float(given.get("fraction")), given.findtext("feedback/text")
    raise AssertionError("an answer without a mark")


@pytest.mark.parametrize("name", ["mammography", "asia", "sprinkler"])
def test_moodle_xml_is_valid_and_names_the_errors(name: str) -> None:
    """By the schema; right is right in percent, each known error has its feedback, and a share is no error."""
    made = bayesnet.exercise_set(shipped(name), seed=1, count=8)
    text = made.moodle()
    xmlschema.XMLSchema11(SCHEMA).validate(text)
    questions = ET.fromstring(text).findall("question")[1:]
    for exercise, question in zip(made, questions, strict=True):
        if exercise.choices:
            marks = {a.findtext("text"): (a.get("fraction"), a.findtext("feedback/text")) for a in question.findall("answer")}
            assert [word for word, (mark, _) in marks.items() if mark == "100"] == [exercise.answer]
            assert all(e.why in marks[e.answer][1] for e in exercise.errors if e.answer in marks)
            continue
        assert moodle_mark(question, 100 * exercise.answer)[0] == 100
        for error in exercise.errors:
            mark, feedback = moodle_mark(question, 100 * float(error.answer))
            assert mark == 0
            assert error.name in feedback.lower()


def test_a_faulty_file_for_moodle_would_be_found() -> None:
    """The schema refuses a question without an answer, a mark over 100, and a number in words."""
    schema, text = xmlschema.XMLSchema11(SCHEMA), bayesnet.exercises(shipped("mammography"), "percentages").moodle()
    assert schema.is_valid(text)
    for old, new in (('fraction="100"', 'fraction="101"'), ("<tolerance>", "<tolerance>about "), ("<unit_name>%", "<unit_name>")):
        assert old in text
        assert not schema.is_valid(text.replace(old, new))


def test_gift_has_each_question_once_and_no_stray_sign() -> None:
    """Signs of the format are escaped in every text; each question has a right answer, and the errors weigh nothing."""
    made = bayesnet.exercise_set(shipped("sprinkler"), seed=1, count=8)
    first, *parts = made.gift().strip().split("\n\n")
    assert first == "$CATEGORY: $course$/top/The sprinkler"
    for exercise, part in zip(made, parts, strict=True):
        head, *answers, general, end = part.split("\n")
        opening = "{" if exercise.choices else "{#"
        assert head.startswith("::")
        assert head.endswith(opening)
        bare = re.sub(r"\\.", "", head.removesuffix(opening))
        assert bare.count("::") == 2
        assert not set("{}~=#") & set(bare)
        assert general.startswith("####")
        assert end == "}"
        assert all(re.sub(r"\\.", "", a).count("#") == 1 for a in answers)
        assert sum(a.startswith("=") and not a.startswith("=%0%") for a in answers) >= 1
        errors = [e for e in exercise.errors if isinstance(e.answer, str) == bool(exercise.choices)]
        assert sum(a.startswith(("~", "=%0%")) for a in answers) == len(errors)


CLASS = 30
ODD = re.compile(r"vitamin|bacteri|tissue|burden|slow course|illness|response", re.I)
"""Words of the mechanisms of the model, which nobody observes."""


@pytest.mark.slow
@pytest.mark.parametrize("part", range(5))
def test_a_class_of_thirty_quizzes_is_right_and_sensible(part: int) -> None:
    """Keys by elimination and by a student with the text alone; named distractors; no question twice; none absurd."""
    net = shipped("back_pain")
    taught = dict(net.compiled.model.teaching)
    for seed in range(part, CLASS, 5):
        made = bayesnet.exercise_set(net, seed=seed)
        assert len(made) == 10
        assert len({e.question for e in made}) == len({e.title for e in made}) == 10
        for exercise in made:
            check_key(net, exercise)
            check_distractors(exercise)
            check_sense(exercise, taught)


def check_key(net: bayesnet.Network, exercise: Any) -> None:
    """The key is that of plain elimination, and of a student who has the text alone."""
    assert exercise.check(exercise.answer)
    assert exercise.check(by_student(exercise)), exercise.question
    if exercise.kind not in ("next_test", "another_population"):
        assert exercise.accepted[0] == pytest.approx(truth(net, exercise.title), abs=1e-9)


def check_distractors(exercise: Any) -> None:
    """Every wrong answer on offer has a name of the list, is marked by it, and is not the answer."""
    assert exercise.errors
    for error in exercise.errors:
        assert error.name in NAMED
        verdict = exercise.check(error.answer)
        assert (bool(verdict), verdict.mistake) == (False, error.name)


def check_sense(exercise: Any, taught: dict[str, tuple[str, ...]]) -> None:
    """A question is about a diagnosis and findings named for it, sets only what can be set, and prints no answer."""
    model = shipped("back_pain").compiled.model
    asked = set(re.findall(r"[a-z]\w+", exercise.title)) - {"do", "next_tests"}
    assert asked <= set(model.variables), exercise.title
    assert not exercise.printed, exercise.question
    assert exercise.kind in set(KINDS) - {"reading_graph"}
    assert not ODD.search(re.sub("low vitamin D", "", exercise.question)), exercise.question
    assert all(0.001 <= right <= 0.97 for right in exercise.accepted), exercise.question
    if exercise.kind == "seeing_doing":
        (cause,) = re.findall(r"do\((\w+)\)", exercise.title)
        assert model.variables[cause].can_be_set
        assert asked - {cause} <= set(taught)
        return
    findings = {f for h in asked & set(taught) for f in taught[h]}
    assert asked <= set(taught) | findings | {f for listed in taught.values() for f in listed if exercise.kind == "prediction"}
    for right in exercise.accepted:
        shares = [float(p) / 100 for p in re.findall(r"([\d.]+) %", exercise.question)]
        assert all(abs(share - right) > tolerance(right) for share in shares)
