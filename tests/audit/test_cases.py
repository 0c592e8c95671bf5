"""Published cases: the file refused with all that is wrong, ranks known on paper, and what is printed; a model made up here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_networks import network

from bayesnet.analysis.audit.audit import audit
from bayesnet.analysis.audit.cases import PublishedCase, audit_cases, read_cases
from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.errors import SpecError, UnknownRecord
from bayesnet.model.records import Source, Variable
from bayesnet.results.audit import AuditedTarget


def ward() -> CompiledModel:
    """Two diseases with fever and rash, a complication of the first, and two places to be seen in."""
    made = network(
        "ward",
        [
            Variable("setting", states=("home", "ward"), default="home", group="settings"),
            Variable("flu", group="diagnoses", role="common", parents=("setting",)),
            Variable("measles", group="diagnoses", role="serious"),
            Variable(*("pneumonia", "", "", "diagnoses", "serious"), parents=("flu",), consequence_of=("flu",)),
            Variable("fever", group="history_and_examination", parents=("flu", "measles")),
            Variable("rash", group="history_and_examination", parents=("measles",)),
            Variable("crackles", group="history_and_examination", parents=("pneumonia",)),
        ],
        {
            "setting=home": 0.8,
            "setting=ward": 0.2,
            "flu=present | setting=home": 0.1,
            "flu=present | setting=ward": 0.3,
            "measles=present": 0.02,
            "pneumonia=present | flu=present": 0.2,
            "pneumonia=present | flu=absent": 0.0,
            "fever=present | flu=absent, measles=absent": 0.05,
            "fever=present | flu=present, measles=absent": 0.6,
            "fever=present | flu=absent, measles=present": 0.9,
            "fever=present | flu=present, measles=present": 0.95,
            "rash=present | measles=present": 0.9,
            "rash=present | measles=absent": 0.0,
            "crackles=present | pneumonia=present": 0.8,
            "crackles=present | pneumonia=absent": 0.05,
        },
    ).model
    return CompiledModel(made)


CASE = PublishedCase("one", "fever, crackles", ("flu",), "Smith 2003")


def written(folder: Path, text: str) -> Path:
    path = folder / "cases.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_case_is_read_with_its_setting(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '[[cases]]\nid = "one"\nsetting = "ward"\nfindings = "fever, !rash"\ndiagnosis = ["flu", "pneumonia"]\n'
        'citation = "Smith 2003"\nurl = "https://example.org"\nread = "abstract"\nnote = "cough: no name here"\n',
    )
    (case,) = read_cases(path, ward().model)
    assert case.pattern == "setting=ward, fever, !rash"
    assert case.diagnosis == ("flu", "pneumonia")
    assert (case.citation, case.read, case.note) == ("Smith 2003", "abstract", "cough: no name here")


def test_everything_wrong_with_the_file_is_said_at_once(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '[[cases]]\nid = "a"\nfindings = "feverr"\ndiagnosis = ["measels"]\ncitation = "Smith 2003"\n'
        '[[cases]]\nid = "a"\nfindings = "fever="\ndiagnosis = ["flu"]\ncitation = "Smith 2003"\nage = 3\n'
        '[[cases]]\nid = "b"\nsetting = "garden"\nfindings = "fever"\ndiagnosis = "flu"\ncitation = "Smith 2003"\n'
        '[[cases]]\nid = "c"\nfindings = "fever"\n',
    )
    with pytest.raises(SpecError) as caught:
        read_cases(path, ward().model)
    said = str(caught.value)
    for part in ("feverr", '"measels" is not known', "measles", "is there twice", 'key "age"', "garden", 'has no "diagnosis"'):
        assert part in said, part
    assert 'has no "citation"' in said


def test_rank_and_probability_are_those_of_bayes_theorem() -> None:
    """P(fever, flu) by hand; pneumonia is a consequence of flu and does not push it down."""
    fever = {(f, m): p for (f, m), p in {(0, 0): 0.05, (1, 0): 0.6, (0, 1): 0.9, (1, 1): 0.95}.items()}
    weight = {(f, m): (0.1 if f else 0.9) * (0.02 if m else 0.98) * fever[f, m] for f in (0, 1) for m in (0, 1)}
    total = sum(weight.values())
    (found,) = audit_cases(ward(), [replace(CASE, findings="fever")])
    assert found.probability == pytest.approx((weight[1, 0] + weight[1, 1]) / total)
    assert (found.rank, found.leading) == (1, "flu")
    (second,) = audit_cases(ward(), [replace(CASE, findings="fever", diagnosis=("measles",))])
    assert second.probability == pytest.approx((weight[0, 1] + weight[1, 1]) / total)
    assert second.rank == 2


def test_the_setting_of_a_case_counts() -> None:
    home, seen = audit_cases(ward(), [CASE, replace(CASE, setting="ward")])
    assert home.findings == "fever, crackles"
    assert seen.findings == "setting=ward, fever, crackles"
    assert seen.probability > home.probability


def test_a_consequence_of_what_was_found_is_not_counted_against_it() -> None:
    (alone,) = audit_cases(ward(), [replace(CASE, findings="pneumonia", diagnosis=("flu",))])
    assert alone.rank == 1
    (other,) = audit_cases(ward(), [replace(CASE, findings="pneumonia, !rash", diagnosis=("measles",))])
    assert other.rank == 3
    assert other.leading_cause == ("flu" if other.leading == "pneumonia" else "")


def test_a_case_that_cannot_be_is_kept_with_the_reason() -> None:
    (found,) = audit_cases(ward(), [replace(CASE, findings="rash, !measles")])
    assert found.rank == 0
    assert found.probability != found.probability
    assert "rash" in found.why


def test_the_audit_counts_and_prints_the_cases(tmp_path: Path) -> None:
    written(
        tmp_path,
        '[[cases]]\nid = "easy"\nfindings = "fever"\ndiagnosis = ["flu"]\ncitation = "Smith 2003"\n'
        '[[cases]]\nid = "hard"\nfindings = "fever"\ndiagnosis = ["measles"]\ncitation = "Jones 2010"\n',
    )
    result = audit(ward(), tmp_path)
    assert "2 published cases: what was found ranks first in 1, in the first three in 2" in result.summary
    assert "no estimate of accuracy" in " ".join(str(result).split())
    lines = result.cases_text().splitlines()
    assert lines[2].split() == ["easy", "flu", "1", *lines[2].split()[3:5], "the", "same", *lines[2].split()[-2:]]
    assert "flu" in lines[3].split()
    assert list(result.cases_frame()["rank"]) == [1, 2]
    assert [case["id"] for case in result.to_dict()["cases"]] == ["easy", "hard"]
    assert "<td" in result._repr_html_()
    assert "easy" in result._repr_html_()


def test_figures_are_parted_by_the_setting_they_were_asked_in(tmp_path: Path) -> None:
    target = '[[targets]]\nid = "{0}"\nquestion = "{1}"\nvalue = {2}\nlow = {3}\nhigh = {4}\nsource = "s"\n'
    model = ward().model

    compiled = CompiledModel(replace(model, sources={"s": Source("s", "Smith A", 2003)}))
    (tmp_path / "targets.toml").write_text(
        target.format("a", "flu", 0.1, 0.05, 0.2)
        + target.format("b", "flu | setting=ward", 0.1, 0.05, 0.2)
        + target.format("c", "flu | setting={{ward, home}}", 0.1, 0.05, 0.2).replace("{{", "{").replace("}}", "}")
        + target.format("d", "setting=ward | flu", 0.5, 0.4, 0.6)
    )
    result = audit(compiled, tmp_path)
    parted = result.by("setting")
    frame = parted.to_frame().set_index("state")
    assert frame["figures"].to_dict() == {"home": 1, "ward": 1, "ward or home": 1}
    assert frame.loc["home", "share_inside"] == 1.0
    assert frame.loc["ward", "outside"] == 1
    assert parted.to_dict()["targets"]["ward"] == ["b"]
    assert "share inside" in parted.grid().text(200)
    named: dict[str, AuditedTarget] = {t.id: t for t in result.targets}
    assert named["a"].context == ("setting=home",)
    with pytest.raises(UnknownRecord):
        result.by("age")
