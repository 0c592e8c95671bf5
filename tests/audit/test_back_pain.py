"""The back-pain network audited: figures that are not its inputs, the claims of the texts, and how many of them it reproduces."""

from __future__ import annotations

from pathlib import Path

import pytest

from bayesnet.analysis.audit.audit import adviser, audit
from bayesnet.analysis.audit.own_inputs import own_inputs
from bayesnet.analysis.audit.records import Claim, Target, read_claims, read_targets
from bayesnet.analysis.decision.advise import advise
from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.analysis.query.parse import read_given
from bayesnet.analysis.query.query import Query
from bayesnet.model.read import read_model
from bayesnet.results.audit import Audit


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    """Where the model and its audit lie."""
    return root / "priors" / "back_pain"


@pytest.fixture(scope="module")
def compiled(folder: Path) -> CompiledModel:
    """The network."""
    return CompiledModel(read_model(folder), folder)


@pytest.fixture(scope="module")
def targets(folder: Path, compiled: CompiledModel) -> tuple[Target, ...]:
    """The published figures, their sources checked against those of the model."""
    return read_targets(folder / "targets.toml", compiled.model.sources)


@pytest.fixture(scope="module")
def claims(folder: Path, compiled: CompiledModel) -> tuple[Claim, ...]:
    """The claims, their sources checked against those of the model."""
    return read_claims(folder / "claims.toml", compiled.model.sources)


@pytest.fixture(scope="module")
def result(compiled: CompiledModel, folder: Path) -> Audit:
    """One audit for all promises."""
    return audit(compiled, folder)


def test_there_are_two_hundred_figures_and_none_is_its_own_witness(compiled: CompiledModel, targets: tuple[Target, ...]) -> None:
    """No target asks for a number of the model from that number's own publication."""
    assert len(targets) >= 200
    assert own_inputs(compiled, targets) == {}


def test_every_figure_names_its_setting_and_says_where_it_was_read(targets: tuple[Target, ...]) -> None:
    """A figure without a setting would be asked in primary care without saying so; one without a place could not be looked up."""
    for target in targets:
        assert "setting=" in target.question + target.given, target.id
        assert target.where, target.id
        assert target.population, target.id


def test_all_claims_are_there_in_order(claims: tuple[Claim, ...]) -> None:
    """Thirty-three statements, each with a text and at least one check."""
    assert [claim.number for claim in claims] == list(range(1, 34))
    assert all(set(claim.text.split(", ")) <= set("ABCDE") and claim.checks for claim in claims)


def test_at_least_83_percent_of_the_figures_lie_inside_their_published_range(result: Audit, targets: tuple[Target, ...]) -> None:
    """Strictly: inside over all, near and disputed ones counted as not inside."""
    assert len(result.targets) == len(targets)
    assert result.inside >= 0.83, result.summary


def test_the_page_of_the_model_says_what_the_audit_finds(result: Audit, folder: Path) -> None:
    """The counts of all figures, and of those whose patients and words are those of the question."""
    page, counts = (folder / "README.md").read_text(encoding="utf-8"), result.counts
    alike = [target.verdict == "inside" for target in result.targets if not target.differs]
    assert f"Of {len(result.targets)} figures {counts['inside']} ({100 * result.inside:.0f} %) lie inside" in page
    assert f"{counts['near']} near, {counts['outside']} outside" in page
    assert f"{sum(alike)} of {len(alike)} figures ({100 * sum(alike) / len(alike):.0f} %) are inside" in page


def test_every_claim_is_held_or_disputed_with_evidence(result: Audit, claims: tuple[Claim, ...]) -> None:
    """A text may be contradicted, but only by named publications, and the row stays."""
    assert len(result.claims) == len(claims)
    assert result.claim_counts["not held"] == 0, result.summary
    sources = {claim.number: claim.sources for claim in claims}
    for claim in result.claims:
        if claim.verdict == "disputed":
            assert sources[claim.number], claim.number


@pytest.mark.parametrize(
    "findings", ["", "!fever, !trauma", "saddle_anesthesia", "iv_drug_use, fever", "setting=emergency, contusion_abrasion"]
)
def test_the_audit_asks_for_the_advice_that_a_user_gets(compiled: CompiledModel, folder: Path, findings: str) -> None:
    """Two routes: the utilities of the audit, and the advice with everything that is printed."""
    asked = adviser(compiled, folder)
    assert asked is not None
    utilities = asked(findings)
    advice = advise(Query(compiled, read_given(compiled, findings)))
    assert max(utilities, key=lambda option: utilities[option]) == advice.best
    assert [utilities[line.option] for line in advice.options] == pytest.approx(
        [line.expected_utility for line in advice.options]
    )


def test_claims_about_advice_keep_what_the_text_gets_right(result: Audit) -> None:
    """No flags: conservative care; fever alone is not sent for MRI, saddle anaesthesia with the rest not asked is."""
    claim = next(claim for claim in result.claims if claim.number == 27)
    asked = {check.question.removeprefix("advice | "): check for check in claim.checks if check.question.startswith("advice")}
    assert claim.verdict == "disputed"
    assert next(check.held for question, check in asked.items() if question.startswith("!age_over_50, "))
    assert asked["saddle_anesthesia, the other flags not asked"].held
    assert not asked["fever, the other flags absent"].held


def test_what_lies_outside_is_printed_and_explained(result: Audit) -> None:
    """Every row that is not inside says why, and the print fits 100 columns."""
    text = str(result)
    assert max(len(line) for line in text.splitlines()) <= 100
    for row in result.targets:
        assert row.verdict == "inside" or row.why, row.question


def test_every_published_case_can_be_and_is_printed(result: Audit) -> None:
    """No case contradicts the structure of the network; what it says of each is printed, not judged."""
    assert len(result.cases) >= 40
    assert [case.id for case in result.cases if case.why or not case.rank] == []
    lines = result.cases_grid().rows
    assert [line[0] for line in lines] == [case.id for case in result.cases]


def test_every_figure_is_counted_under_its_setting(result: Audit) -> None:
    """Parted by setting, no figure that names one is lost."""
    parted = result.by("setting")
    ids = [t.id for targets in parted.targets.values() for t in targets]
    assert sorted(ids) == sorted(t.id for t in result.targets if t.context)
    assert {"primary_care", "emergency", "spine_clinic", "hospital"} <= set(parted.targets)
