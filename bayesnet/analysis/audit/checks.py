"""Claims of a text as checks: each kind of check asks its questions and says whether the answers bear the claim out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from bayesnet.analysis.audit.quantified import QuantifiedQuestions
from bayesnet.analysis.decision.next_tests import information
from bayesnet.errors import BayesnetError, did_you_mean, nearest
from bayesnet.logodds import odds
from bayesnet.results.audit import AuditedCheck

if TYPE_CHECKING:
    from bayesnet.analysis.audit.records import Check

_EQUAL = 1e-9
"""Probabilities closer than this, relative to their size, count as equal."""


Adviser = Callable[[str], Mapping[str, float]]
"""Findings as a text -> expected utility of each option of the model's decision."""


class ClaimChecker:
    """Asks what the checks of a claim need.

    `groups` names the sets that `among` may call: `specific`, `all`; `advise` is None where the model has no decision.
    """

    def __init__(
        self, questions: QuantifiedQuestions, groups: Mapping[str, Sequence[str]], advise: Adviser | None = None
    ) -> None:
        self.questions = questions
        self.groups = groups
        self._advise = advise
        self._utilities: dict[str, Mapping[str, float]] = {}

    def probability(self, event: str, *given: str) -> float:
        """Return P(event | everything given)."""
        return self.questions.probability(event, _joined(*given)).value

    def among(self, names: str | Sequence[str]) -> Sequence[str]:
        """Return the variables that compete: a named group or the list itself."""
        return self.groups[names] if isinstance(names, str) else names

    def utilities(self, findings: str) -> Mapping[str, float]:
        """Expected utility of each option under these findings.

        Raises
        ------
        BayesnetError
            Where the model has no decision.
        """
        if self._advise is None:
            raise BayesnetError("there is no decision.toml beside the claims, so there is no advice to check.")
        if findings not in self._utilities:
            self._utilities[findings] = self._advise(findings)
        return self._utilities[findings]


def run_check(check: Check, checker: ClaimChecker) -> list[AuditedCheck]:
    """Ask one check of a claim; one line for each thing it compares."""
    return _KINDS[check.kind](check, checker)


def _raises(check: Check, checker: ClaimChecker) -> list[AuditedCheck]:
    return [_moved(check, checker, target, by, up=True) for target in check.targets for by in check.by]


def _lowers(check: Check, checker: ClaimChecker) -> list[AuditedCheck]:
    return [_moved(check, checker, target, by, up=False) for target in check.targets for by in check.by]


def _moved(check: Check, checker: ClaimChecker, target: str, by: str, *, up: bool) -> AuditedCheck:
    before, after = checker.probability(target, check.given), checker.probability(target, check.given, by)
    times = odds(after) / odds(before) if odds(before) > 0.0 else math.inf if after > 0.0 else 1.0
    factor = check.factor or 1.0
    held = times > factor * (1.0 + _EQUAL) if up else times < (1.0 - _EQUAL) / factor
    wanted = ("higher" if up else "lower") + (f", the odds at least {factor:g} times" if factor != 1.0 else "")
    return AuditedCheck(_question(target, check.given, by), wanted, f"{_figure(before)} becomes {_figure(after)}", bool(held))


def _barely(check: Check, checker: ClaimChecker) -> list[AuditedCheck]:
    target, by = check.targets[0], check.by[0]
    before, after = checker.probability(target, check.given), checker.probability(target, check.given, by)
    times = odds(after) / odds(before) if odds(before) > 0.0 else math.inf
    held = 1.0 / check.within < times < check.within
    wanted = f"the odds change by less than {check.within:g} times"
    return [AuditedCheck(_question(target, check.given, by), wanted, f"{_figure(before)} becomes {_figure(after)}", held)]


def _between(check: Check, checker: ClaimChecker) -> list[AuditedCheck]:
    value = checker.probability(check.question)
    held = check.low - _EQUAL <= value <= check.high + _EQUAL
    return [AuditedCheck(check.question, f"{check.low:g} to {check.high:g}", _figure(value), held)]


def _prints(check: Check, checker: ClaimChecker) -> list[AuditedCheck]:
    value = checker.probability(check.question)
    beside = f"{_figure(value)}, published {check.low:g} to {check.high:g}" if check.high else _figure(value)
    return [AuditedCheck(check.question, "", beside, None)]


def _order(check: Check, checker: ClaimChecker) -> list[AuditedCheck]:
    values = [checker.probability(question) for question in check.questions]
    factor = check.factor or 1.0
    held = all(first > factor * second * (1.0 + _EQUAL) for first, second in pairwise(values))
    shown = " > ".join(check.questions)
    wanted = "in this order" + (f", each at least {factor:g} times the next" if factor != 1.0 else "")
    return [AuditedCheck(shown, wanted, ", ".join(_figure(v) for v in values), held)]


def _rises_more(check: Check, checker: ClaimChecker) -> list[AuditedCheck]:
    by = check.by[0]
    pairs = [(checker.probability(t, check.given), checker.probability(t, check.given, by)) for t in check.targets]
    if check.scale == "difference":
        rises = [after - before for before, after in pairs]
        shown = [f"{rise:+.3g}" for rise in rises]
    else:
        rises = [after / before if before > 0.0 else math.inf for before, after in pairs]
        shown = [f"x{rise:.3g}" for rise in rises]
    held = all(first > second for first, second in pairwise(rises))
    question = f"rise of {' > '.join(check.targets)} by {by}" + (f" given {check.given}" if check.given else "")
    return [AuditedCheck(question, "in this order", ", ".join(shown), held)]


def _leads(check: Check, checker: ClaimChecker) -> list[AuditedCheck]:
    names = checker.among(check.among)
    values = {name: checker.probability(name, check.given) for name in names}
    ranked = sorted(values, key=lambda name: -values[name])
    n = len(check.leaders)
    held = set(ranked[:n]) == set(check.leaders)
    if held and check.factor and len(ranked) > n:
        held = values[ranked[n - 1]] >= check.factor * values[ranked[n]]
    shown = ", ".join(f"{name} {_figure(values[name])}" for name in ranked[: n + 2])
    wanted = f"{', '.join(check.leaders)} first of {len(names)}" + (f", {check.factor:g} times the next" if check.factor else "")
    return [AuditedCheck(f"| {check.given}", wanted, shown, held)]


def _most_informative(check: Check, checker: ClaimChecker) -> list[AuditedCheck]:
    target, names = check.targets[0], checker.among(check.among)
    tables = checker.questions.joint_with_each(target, check.given, names)
    bits = {name: information(tables[name]) for name in names}
    ranked = sorted(bits, key=lambda name: -bits[name])
    shown = ", ".join(f"{name} {bits[name]:.3g} bits" for name in ranked[:3])
    first = check.leaders[0]
    return [AuditedCheck(f"tests for {target} | {check.given}", f"{first} first", shown, ranked[0] == first)]


def _flags(check: Check, checker: ClaimChecker) -> list[AuditedCheck]:
    target = check.targets[0]
    none = ", ".join(f"!{flag}" for flag in check.flags)
    floor = checker.probability(target, check.given, none)
    lines = [AuditedCheck(_question(target, check.given, "no flag of the list"), "", _figure(floor), None)]
    for flag in check.flags:
        value = checker.probability(target, check.given, _alone(flag, check.flags))
        held = value > floor * (1.0 + _EQUAL)
        question = _question(target, check.given, f"{flag} alone")
        lines.append(AuditedCheck(question, "higher than with no flag", _figure(value), held))
    return lines


def _advice(check: Check, checker: ClaimChecker) -> list[AuditedCheck]:
    if not check.flags:
        return [_advised(check, checker, check.given, check.given or "nothing known")]
    lines = []
    for flag in check.flags:
        findings = flag if check.others == "open" else _alone(flag, check.flags)
        shown = f"{flag}, the other flags {'not asked' if check.others == 'open' else 'absent'}"
        lines.append(_advised(check, checker, _joined(check.given, findings), _joined(check.given, shown)))
    return lines


def _advised(check: Check, checker: ClaimChecker, findings: str, shown: str) -> AuditedCheck:
    utilities = checker.utilities(findings)
    for option in check.options:
        if option not in utilities:
            way_out = did_you_mean(nearest(option, utilities)) or f"the options are {', '.join(utilities)}"
            raise BayesnetError(f'the decision has no option "{option}"; {way_out}')
    best, second = sorted(utilities, key=lambda option: -utilities[option])[:2]
    answer = f"{best}, {second} behind by {_figure(utilities[best] - utilities[second])}"
    return AuditedCheck(f"advice | {shown}", " or ".join(check.options), answer, best in check.options)


def _alone(flag: str, flags: Sequence[str]) -> str:
    return ", ".join(other if other == flag else f"!{other}" for other in flags)


def _question(target: str, given: str, by: str) -> str:
    return f"{target} | {_joined(given, by)}"


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _figure(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3g}"


_KINDS: dict[str, Callable[[Check, ClaimChecker], list[AuditedCheck]]] = {
    "raises": _raises,
    "lowers": _lowers,
    "barely": _barely,
    "between": _between,
    "prints": _prints,
    "order": _order,
    "rises_more": _rises_more,
    "leads": _leads,
    "most_informative": _most_informative,
    "flags": _flags,
    "advice": _advice,
}
