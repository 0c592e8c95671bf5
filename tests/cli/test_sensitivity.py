"""`bayesnet sensitivity`, `tune` and `sources`: what a clinician reads, and the same as JSON."""

from __future__ import annotations

import json

import pytest

import bayesnet
from bayesnet.cli import main
from bayesnet.results.table import WIDTH

QUESTION = "spinal_metastasis | age_over_50, cancer_history, raised_alp"


@pytest.fixture
def run(capsys):
    """Run a command in this process: status, standard output, standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return call


def test_twenty_numbers_with_source_and_flip_point(run):
    """The print says the answer, how to read a line, and twenty numbers with range, answers, flip point and source."""
    status, out, err = run("sensitivity", "back_pain", QUESTION)
    assert (status, err) == (0, "")
    table = bayesnet.load("back_pain").case("age_over_50, cancer_history, raised_alp").sensitivities("spinal_metastasis")
    assert out.startswith(f"sensitivities: {QUESTION}\n")
    assert f"Base case {100 * table.value:.1f} %" in out
    flowing = " ".join(out.split())
    assert "Each row varies one number over its cited range, the others fixed" in flowing
    assert "beyond which nonspecific_lbp is no longer the most probable" in flowing
    head = next(line for line in out.splitlines() if line.startswith("number "))
    assert head.split() == ["number", "value", "[range]", "low", "to", "high", "flips", "at", "source"]
    body = out.split("---\n", 1)[1].split("\n\n", 1)[0].splitlines()
    assert sum(" to " in line for line in body) == 20
    widest = table.numbers[0]
    assert widest.citation in out
    assert f"{100 * widest.at_low:#.3g} to {100 * widest.at_high:#.3g} %" in body[0]
    assert max(map(len, out.splitlines())) <= WIDTH


def test_every_print_keeps_its_width(run):
    """No line of any of the analyses is wider than the page."""
    for arguments in (
        ("sensitivity", "back_pain", QUESTION, "--flips"),
        ("sensitivity", "back_pain", QUESTION, "--number", "odds(spinal_metastasis) | cancer_history"),
        ("uncertainty", "back_pain", QUESTION, "--draws", "200"),
        ("sources", "back_pain", QUESTION),
        ("tune", "back_pain", QUESTION, "--at-least", "0.5"),
        ("tune", "asia", "lung=yes | xray=yes", "--at-least", "0.6", "--columns"),
    ):
        status, out, _ = run(*arguments)
        assert status == 0, arguments
        assert max(map(len, out.splitlines())) <= WIDTH, arguments


def test_json_holds_every_number(run):
    """With --json the same answer comes as JSON: all numbers, no NaN, coefficients and records."""
    status, out, _ = run("sensitivity", "asia", "lung=yes | xray=yes", "--json")
    assert status == 0
    content = json.loads(out)
    net = bayesnet.load("asia")
    assert content["kind"] == "Sensitivities"
    assert {line["number"] for line in content["numbers"]} == set(net.numbers)
    line = next(line for line in content["numbers"] if line["number"] == "smoke=yes")
    assert (line["a"] * 0.5 + line["b"]) / (line["c"] * 0.5 + line["d"]) == pytest.approx(content["value"])


def test_the_other_commands_answer_in_json_too(run):
    """Sources and tuning as JSON name what they name in print."""
    status, out, _ = run("sources", "asia", "lung=yes | xray=yes", "--json")
    assert (status, json.loads(out)["sources"][0]["source"]) == (0, "lauritzen1988")
    status, out, _ = run("tune", "asia", "lung=yes | xray=yes", "--at-least", "0.6", "--lock", "lung", "--json")
    content = json.loads(out)
    assert status == 0
    assert content["changes"]
    assert not any(change["number"].startswith("lung") for change in content["changes"])


def test_titles_can_be_asked_again(run):
    """The title of each result is its question and parses back to it."""
    _, out, _ = run("sources", "asia", "lung=yes | xray=yes", "--json")
    title = json.loads(out)["title"]
    assert bayesnet.load("asia").posterior(title)["yes"] == pytest.approx(json.loads(out)["value"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("tune", "asia", "lung=yes"),
            "Give exactly one of --at-least, --at-most and --equals, and at most one of --minus and --over.",
        ),
        (("sensitivity", "asia", "lung=yes", "--and", "smoke=yes"), "--and names a second number; name the first by --number."),
        (
            ("sensitivity", "asia", "lung=yes", "--flips", "--number", "smoke=yes"),
            "--number and --flips each print something else; take one of them.",
        ),
        (("sensitivity", "asia", "lung=yes, tub=yes"), "ask for one variable and one state at a time"),
        (("sensitivity", "asia", "lung=yes", "--number", "smokes=yes"), 'no variable "smokes"; did you mean "smoke"?'),
    ],
)
def test_what_cannot_be_asked_is_said(run, arguments, said):
    """A command that does not make sense ends with status 2 and one readable paragraph."""
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
