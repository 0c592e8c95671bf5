"""`bayesnet audit`: its options, their JSON, and what goes together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from api_models import write_clinic

import bayesnet
from bayesnet.cli import main

CASES = """
[[cases]]
id = "home-fever"
findings = "fever, cough"
diagnosis = ["flu"]
citation = "Made up for a test"

[[cases]]
id = "lump-with-fever"
findings = "fever"
diagnosis = ["tumour"]
citation = "Made up for a test"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The clinic with two cases beside it."""
    made = Path(write_clinic(tmp_path_factory.mktemp("models") / "clinic"))
    (made / "cases.toml").write_text(CASES, encoding="utf-8")
    return str(made)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    """Run a command in this process: status, standard output, standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return call


def test_cases_are_printed_alone(run, folder: str) -> None:
    status, out, _ = run("audit", folder, "--cases", "--json")
    assert status == 0
    found = json.loads(out)
    net = bayesnet.load(folder)
    assert [case["id"] for case in found["cases"]] == ["home-fever", "lump-with-fever"]
    assert found["cases"][0]["probability"] == pytest.approx(net.probability("flu | fever, cough"))
    assert found["targets"] == []
    status, out, _ = run("audit", folder, "--cases")
    assert "2 published cases" in out
    assert "published figure" not in out


def test_naive_bayes_is_printed_beside_the_network(run, folder: str) -> None:
    status, out, _ = run("audit", folder, "--naive")
    assert status == 0
    assert out.startswith("network beside naive Bayes")
    assert "2 published cases" in out
    status, out, _ = run("audit", folder, "--naive", "--cases", "--json")
    found = json.loads(out)
    assert found["naive"]["rankings"][0]["count"] == 2
    assert len(found["cases"]) == 2


def test_one_case_is_walked_from_what_was_found(run, folder: str) -> None:
    status, out, _ = run("audit", folder, "--case", "lump-with-fever", "--against", "flu", "--json")
    assert status == 0
    found = json.loads(out)
    assert (found["diagnosis"], found["rival"]) == ("tumour", "flu")
    assert [step["finding"] for step in found["steps"]] == ["fever"]
    status, _, err = run("audit", folder, "--case", "lump-with-fevr")
    assert status != 0
    assert "lump-with-fever" in err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--against", "flu"), "--against goes with --case"),
        (("--by", "setting", "--cases"), "different things"),
        (("--case", "home-fever", "--naive"), "different things"),
    ],
)
def test_options_that_do_not_go_together_are_refused(run, folder: str, options: tuple[str, ...], said: str) -> None:
    status, _, err = run("audit", folder, *options)
    assert status == 2
    assert said in " ".join(err.split())


def test_a_model_without_cases_says_where_they_would_be(run) -> None:
    status, _, err = run("audit", "mammography", "--cases")
    assert status == 2
    assert "cases.toml" in err


def test_check_reads_the_cases(run, tmp_path: Path) -> None:
    made = Path(write_clinic(tmp_path / "clinic"))
    (made / "cases.toml").write_text(CASES.replace('"flu"', '"fluu"'), encoding="utf-8")
    status, _, err = run("check", str(made))
    assert status == 1
    assert '"fluu" is not known' in err
