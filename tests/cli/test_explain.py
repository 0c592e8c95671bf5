"""The commands explain, next, advise and report: what they print, their JSON, and how they fail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from comparing import same

import bayesnet
from bayesnet.cli import main
from bayesnet.results.table import WIDTH


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    """Run a command in this process: status, standard output, standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return call


def test_explain_prints_and_gives_the_same_as_the_case(run):
    """The question names target and findings; the JSON is that of `case.explain`."""
    status, out, err = run("explain", "back_pain", "epidural_abscess | setting=emergency, iv_drug_use, fever")
    assert (status, err) == (0, "")
    assert out.startswith("explain: epidural_abscess | setting=emergency, iv_drug_use, fever")
    assert "Open paths from the findings:" in out
    status, out, _ = run("explain", "asia", "lung=yes | smoke=yes, dysp=yes", "--order", "best", "--json")
    answer = bayesnet.load("asia").case("smoke=yes, dysp=yes").explain("lung=yes", order="best")
    assert same(json.loads(out), json.loads(json.dumps(answer.to_dict())))


def test_next_ranks_and_plans(run):
    """Without a target it is about the decision; with --plan a tree with the reason to stop."""
    status, out, _ = run("next", "back_pain", "")
    assert status == 0
    assert out.startswith("next tests: the decision (Imaging at first contact)")
    assert max(map(len, out.splitlines())) <= WIDTH
    status, out, _ = run("next", "asia", "dysp=yes", "--target", "lung=yes", "--plan", "1")
    assert status == 0
    assert "stop: " in out
    status, out, _ = run("next", "asia", "dysp=yes", "--target", "lung=yes", "--json")
    assert {t["finding"] for t in json.loads(out)["tests"]} == {"asia", "tub", "smoke", "bronc", "either", "xray"}


def test_advise_prints_the_advice(run):
    """Best option first; a model without a decision is refused in one paragraph and with status 1."""
    status, out, _ = run("advise", "back_pain", "saddle_anesthesia")
    assert status == 0
    assert "Largest expected utility: urgent MRI with referral" in out
    assert max(map(len, out.splitlines())) <= WIDTH
    status, out, _ = run("advise", "back_pain", "", "--json")
    assert json.loads(out)["best"] == "conservative_care"
    status, out, err = run("advise", "asia", "dysp=yes")
    assert (status, out) == (1, "")
    assert "asia has no decision.toml beside its numbers, so it defines no options and utilities" in err


def test_report_writes_a_page_and_says_where(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The path is printed, report.html when none is given; JSON gives path and digest; an existing file is replaced."""
    monkeypatch.chdir(tmp_path)
    assert run("report", "asia", "dysp=yes", "--target", "lung=yes") == (0, "report.html\n", "")
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    target = tmp_path / "case.html"
    target.write_text("old")
    status, out, _ = run("report", "asia", "dysp=yes", str(target), "--target", "lung=yes")
    assert (status, out) == (0, f"{target}\n")
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")
    status, out, _ = run("report", "asia", "dysp=yes", str(target), "--target", "lung=yes", "--json")
    assert json.loads(out) == {"kind": "Report", "path": str(target), "digest": bayesnet.load("asia").digest}
