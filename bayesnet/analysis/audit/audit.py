"""The audit: asks a network for published figures that are not among its numbers, and for the claims of its source texts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bayesnet.analysis.audit.cases import audit_cases, read_cases
from bayesnet.analysis.audit.checks import Adviser, ClaimChecker, run_check
from bayesnet.analysis.audit.naive import compare_with_naive
from bayesnet.analysis.audit.own_inputs import own_inputs
from bayesnet.analysis.audit.quantified import Answer, QuantifiedQuestions
from bayesnet.analysis.audit.records import Claim, Target, read_claims, read_targets
from bayesnet.analysis.audit.shared import shared
from bayesnet.analysis.decision.advise import DecisionNetwork
from bayesnet.analysis.decision.decision_file import read_decision
from bayesnet.analysis.query.parse import read_given
from bayesnet.errors import BayesnetError, ImpossibleEvidence, PatternError, Problem, SpecError
from bayesnet.logodds import odds
from bayesnet.model.records import Model, Source
from bayesnet.model.vocabulary import DIAGNOSES, OTHER_ROLE
from bayesnet.pattern import Term, parse_quantified_question
from bayesnet.results.audit import Audit, AuditedClaim, AuditedTarget, ClaimVerdict, TargetVerdict
from bayesnet.results.base import Provenance

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

NEAR = 1.25
"""Factor by which an answer may lie beyond its range, on the odds scale for a probability, and still count as near.

A quarter is less than what separates two good studies of one question: half of the ranges across studies in the back-pain audit
span a factor of three or more. Near answers are counted apart and never as inside.
"""

TINY = 1e-12
"""A condition less probable than this is named, because an answer that hangs on it means little."""

DIGITS = 2
"""Significant digits at which an answer and a published range are compared, of the smaller of a probability and its complement.

Published figures are rounded: an answer of 0.698 does not contradict "at least 70 %". Two digits is what most sources print.
"""


def audit(compiled: CompiledModel, folder: Path, *, figures: bool = True, naive: bool = False) -> Audit:
    """Audit a model by the `targets.toml`, `claims.toml` and `cases.toml` of its folder; see `Network.audit`."""
    targets_file, claims_file, cases_file = (folder / name for name in ("targets.toml", "claims.toml", "cases.toml"))
    if figures and not any(path.is_file() for path in (targets_file, claims_file, cases_file)):
        what = "is not there, nor are claims.toml and cases.toml"
        raise SpecError(str(folder), [Problem("targets.toml", "", what, way_out="there is nothing to audit")])
    keys = compiled.model.sources
    targets = read_targets(targets_file, keys) if figures and targets_file.is_file() else ()
    claims = read_claims(claims_file, keys) if figures and claims_file.is_file() else ()
    cases = read_cases(cases_file, compiled.model) if cases_file.is_file() else ()
    asked = audit_records(compiled, targets, claims, adviser(compiled, folder))
    beside = compare_with_naive(compiled, cases) if naive else None
    return replace(asked, cases=audit_cases(compiled, cases), naive=beside)


def adviser(compiled: CompiledModel, folder: Path) -> Adviser | None:
    """Return the adviser that works out the expected utilities of `decision.toml` in a folder; None without that file.

    Raises
    ------
    SpecError
        Where the decision cannot be read; every problem at once.
    """
    path = folder / "decision.toml"
    if not path.is_file():
        return None
    decision = read_decision(path, compiled.model)
    network = DecisionNetwork.of(compiled, decision)

    def advise(findings: str) -> dict[str, float]:
        expected = decision.table @ network.states(read_given(compiled, findings))
        return {option.name: float(value) for option, value in zip(decision.options, expected, strict=True)}

    return advise


def audit_records(
    compiled: CompiledModel, targets: Sequence[Target], claims: Sequence[Claim], advise: Adviser | None = None
) -> Audit:
    """Ask every published figure and every claim; see `Network.audit`.

    `advise` asks the model's decision; claims about advice need it. The worst come first; an answer whose condition is impossible
    is kept, with the reason. Raises SpecError with every record that is malformed or names what the network does not define.
    """
    model = compiled.model
    problems: list[Problem | str] = []
    questions = QuantifiedQuestions(compiled)
    audited = [_ask_target(questions, model.sources, target, problems) for target in targets]
    checker = ClaimChecker(questions, diagnoses(model), advise)
    checked = [_ask_claim(checker, claim, problems) for claim in claims]
    if problems:
        raise SpecError(model.name, problems)
    also = shared(model, targets, own_inputs(compiled, targets))
    return Audit(
        title=f"Audit of {model.name}",
        provenance=Provenance(model.name, model.version, model.digest, warning=model.warning, labels=compiled.labels),
        targets=tuple(replace(a, shared=also.get(a.id, "")) for a in audited if a),
        claims=tuple(a for a in checked if a),
        near=NEAR,
    )


def judge(model: float, low: float, high: float, *, probability: bool) -> tuple[TargetVerdict, float]:
    """Say whether an answer is inside, near or outside a published range, and how many times it lies beyond it.

    Both are taken at `DIGITS` significant digits, because published figures are rounded.

    >>> judge(0.25, 0.2, 0.3, probability=True), judge(0.34, 0.2, 0.3, probability=True)[0]
    (('inside', 1.0), 'near')
    >>> judge(2.0, 3.0, 13.0, probability=False)
    ('outside', 1.5)
    >>> judge(0.698, 0.7, 0.9, probability=True)[0], judge(0.69, 0.7, 0.9, probability=True)[0]
    ('inside', 'near')
    """
    if math.isnan(model):
        return "outside", math.inf
    if _printed(low, probability) <= _printed(model, probability) <= _printed(high, probability):
        return "inside", 1.0
    scale = odds if probability else float
    end = low if model < low else high
    near_end, answer = scale(end), scale(model)
    small, large = min(near_end, answer), max(near_end, answer)
    distance = large / small if small > 0.0 else math.inf
    return ("near" if distance <= NEAR else "outside"), distance


def _printed(value: float, probability: bool) -> float:
    """Return the value as a publication would print it."""
    if probability and 0.5 < value <= 1.0:
        return 1.0 - _printed(1.0 - value, probability)
    return float(f"{value:.{DIGITS}g}")


def answer_target(questions: QuantifiedQuestions, target: Target) -> tuple[float, float]:
    """Return the model's answer and the smallest ln P(condition) behind it; NaN if a condition is impossible."""
    first = questions.probability(target.question, target.given)
    if target.kind == "probability":
        return first.value, first.log_condition
    if target.kind in {"ratio", "odds_ratio"}:
        second = questions.probability(target.against, target.given)
        scale = odds if target.kind == "odds_ratio" else float
        return _ratio(scale(first.value), scale(second.value)), min(first.log_condition, second.log_condition)
    second = _without_diagnosis(questions, target)
    negative = target.kind == "likelihood_ratio_negative"
    with_it, without = (1.0 - first.value, 1.0 - second.value) if negative else (first.value, second.value)
    return _ratio(with_it, without), min(first.log_condition, second.log_condition)


def diagnoses(model: Model) -> dict[str, tuple[str, ...]]:
    """Return the sets that claims may name: every diagnosis, and the specific ones."""
    every = [v for v in model.variables.values() if v.group == DIAGNOSES]
    return {"all": tuple(v.name for v in every), "specific": tuple(v.name for v in every if v.role != OTHER_ROLE)}


def _ask_target(
    questions: QuantifiedQuestions, sources: Mapping[str, Source], target: Target, problems: list[Problem | str]
) -> AuditedTarget | None:
    try:
        value, log_condition = answer_target(questions, target)
    except BayesnetError as error:
        problems.append(Problem("targets.toml", f'target "{target.id}"', str(error)))
        return None
    verdict, distance = judge(value, target.low, target.high, probability=target.kind == "probability")
    why = target.note
    if math.isnan(value):
        why = _said(f"The model gives the condition probability {_small(log_condition)}, so that nothing can be said.", why)
    elif log_condition < math.log(TINY):
        why = _said(f"The condition has probability {_small(log_condition)}.", why)
    if target.disputed and verdict != "inside":
        verdict, why = "disputed", _said(target.disputed, why)
    source = sources[target.source].short if target.source in sources else target.source
    return AuditedTarget(
        id=target.id,
        question=target.text,
        model=value,
        low=target.low,
        high=target.high,
        value=target.value,
        source=source,
        verdict=verdict,
        why="" if verdict == "inside" and log_condition >= math.log(TINY) else why,
        distance=distance,
        where=target.where,
        population=target.population,
        grade=target.grade,
        kind=target.kind,
        differs=target.differs,
        context=questions.context(target.question, target.given),
    )


def _ask_claim(checker: ClaimChecker, claim: Claim, problems: list[Problem | str]) -> AuditedClaim | None:
    checks = []
    for i, check in enumerate(claim.checks, 1):
        try:
            checks.extend(run_check(check, checker))
        except ImpossibleEvidence:
            raise
        except BayesnetError as error:
            problems.append(Problem("claims.toml", f"claim {claim.number}, check {i}", str(error)))
    held = all(check.held is not False for check in checks)
    verdict: ClaimVerdict = "held" if held else "disputed" if claim.disputed else "not held"
    notes = " ".join(dict.fromkeys(check.note for check in claim.checks if check.note))
    why = _said(claim.disputed, notes) if verdict == "disputed" else notes
    return AuditedClaim(claim.number, claim.text, claim.statement, verdict, why, tuple(checks))


def _without_diagnosis(questions: QuantifiedQuestions, target: Target) -> Answer:
    """Return the probability of the same finding where the diagnosis, alone after the bar, is absent."""
    question = parse_quantified_question(target.question)
    if len(question.given) != 1 or question.counted:
        raise PatternError(target.question, 1, "a likelihood ratio needs one diagnosis", expected="finding | diagnosis")
    variable, vector = questions.part(question.given[0], target.question)
    left = {state: float(1.0 - weight) for state, weight in zip(questions.compiled.states(variable), vector, strict=True)}
    kept = {state: weight for state, weight in left.items() if weight > 0.0}
    weights = () if set(kept.values()) == {1.0} else tuple(left.values())
    opposite = Term(question.given[0].name, tuple(left if weights else kept), weights)
    return questions.answer(replace(question, given=(opposite,)), target.given)


def _ratio(first: float, second: float) -> float:
    if math.isnan(first) or math.isnan(second):
        return math.nan
    return first / second if second > 0.0 else math.inf if first > 0.0 else math.nan


def _small(log_probability: float) -> str:
    return "0" if log_probability == -math.inf else f"{math.exp(log_probability):.1g}"


def _said(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
