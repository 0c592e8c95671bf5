"""`targets.toml` and `claims.toml`: the records of an audit, read and checked, all problems at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from bayesnet.model.side_files import Document
from bayesnet.model.vocabulary import GRADES

T = TypeVar("T")

TARGET_KINDS = ("probability", "likelihood_ratio_positive", "likelihood_ratio_negative", "ratio", "odds_ratio")
TARGET_RANGES = ("95 % interval", "range across studies")
TARGET_DIFFERENCES = ("patients", "words")
NAMED_GROUPS = ("specific", "all")
OTHER_FLAGS = ("absent", "open")


@dataclass(frozen=True)
class Target:
    """One published figure that is not an input of the model: a question, a range, and the place it comes from.

    `source` is the key of the publication of `value`, `sources` are those that give the ends of the range. `differs` says what of
    the study the question cannot say: its patients (chosen by more than the condition says) or its words (another definition).
    `disputed` is the reason why the published figure is not to be reached, empty for most.
    """

    id: str
    question: str
    value: float
    low: float
    high: float
    kind: str = "probability"
    given: str = ""
    against: str = ""
    range: str = "range across studies"
    source: str = ""
    sources: tuple[str, ...] = ()
    where: str = ""
    population: str = ""
    grade: str = "review"
    note: str = ""
    differs: str = ""
    disputed: str = ""

    @property
    def text(self) -> str:
        """The question as printed."""
        if self.kind == "probability":
            return self.question
        if self.kind.startswith("likelihood_ratio"):
            sign = "+" if self.kind.endswith("positive") else "-"
            return f"LR{sign} {self.question}" + (f", within {self.given}" if self.given else "")
        return f"{self.kind.replace('_', ' ')} {self.question} : {self.against}"


@dataclass(frozen=True)
class Check:
    """One check of a claim; which fields count depends on `kind`, see `NEEDS`."""

    kind: str
    targets: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    given: str = ""
    question: str = ""
    questions: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0
    factor: float = 0.0
    within: float = 1.0
    leaders: tuple[str, ...] = ()
    among: str | tuple[str, ...] = ()
    scale: str = "ratio"
    flags: tuple[str, ...] = ()
    others: str = "absent"
    options: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Claim:
    """One statement of a text, with the checks that test it."""

    number: int
    text: str
    statement: str
    checks: tuple[Check, ...]
    expected: str = "held"
    disputed: str = ""
    sources: tuple[str, ...] = ()


NEEDS: Mapping[str, tuple[str, ...]] = {
    "raises": ("targets", "by"),
    "lowers": ("targets", "by"),
    "barely": ("target", "by", "within"),
    "between": ("question", "low", "high"),
    "prints": ("question",),
    "order": ("questions",),
    "rises_more": ("targets", "by"),
    "leads": ("given", "leaders", "among"),
    "most_informative": ("target", "given", "first", "among"),
    "flags": ("target", "flags"),
    "advice": ("options",),
}
_ONE_FOR_MANY = {"target": "targets", "first": "leaders"}
_MANY = ("targets", "by", "questions", "leaders", "flags", "options", "sources")
_NUMBERS = ("value", "low", "high")
_REQUIRED = ("id", "question", "value", "low", "high", "source")


def read_targets(path: Path, sources: Collection[str] | None = None) -> tuple[Target, ...]:
    """Read the published figures; `sources` are the keys that may be cited, None for any.

    Raises
    ------
    SpecError
        With every problem of the file.
    """
    document = Document(path)
    targets: dict[str, Target] = {}
    for i, row in enumerate(document.rows("targets"), 1):
        subject = f'target "{row["id"]}"' if row.get("id") else f"target {i}"
        document.known(subject, row, _names(Target))
        missing = document.missing(subject, row, _REQUIRED)
        if not document.numbers(subject, row, [key for key in _NUMBERS if key not in missing]) or missing:
            continue
        target = _record(Target, row)
        if target.id in targets:
            document.report(subject, "is there twice", way_out="give each figure an id of its own")
        targets[target.id] = target
        _check_target(document, subject, target)
        if sources is not None:
            document.defined(subject, (target.source, *target.sources), sources)
    document.refuse()
    return tuple(targets.values())


def read_claims(path: Path, sources: Collection[str] | None = None) -> tuple[Claim, ...]:
    """Read the claims with their checks; `sources` are the keys that may be cited, None for any.

    Raises
    ------
    SpecError
        With every problem of the file.
    """
    document = Document(path)
    claims: dict[int, Claim] = {}
    for i, row in enumerate(document.rows("claims"), 1):
        subject = f"claim {row.get('number', i)}"
        document.known(subject, row, _names(Claim))
        if document.missing(subject, row, ("number", "text", "statement", "checks")):
            continue
        checks = [_check(document, f"{subject}, check {n}", check) for n, check in enumerate(row["checks"], 1)]
        claim = replace(_record(Claim, row), checks=tuple(check for check in checks if check))
        if claim.number in claims:
            document.report(subject, "is there twice", way_out="number the claims one by one")
        document.one_of(subject, "expected verdict", claim.expected, ("held", "disputed"))
        if (claim.expected == "disputed") != bool(claim.disputed):
            document.report(subject, "a disputed claim has both `expected` and the reason in `disputed`")
        if claim.disputed and not claim.sources:
            document.report(subject, "a disputed claim names the publications that contradict it in `sources`")
        if sources is not None:
            document.defined(subject, claim.sources, sources)
        claims[claim.number] = claim
    document.refuse()
    return tuple(claims.values())


def _check_target(document: Document, subject: str, target: Target) -> None:
    kind = target.kind.replace("_", " ")
    document.one_of(subject, "kind", target.kind, TARGET_KINDS)
    if target.kind in TARGET_KINDS and (target.kind in {"ratio", "odds_ratio"}) != bool(target.against):
        needs = "has nothing to be `against`" if target.against else "needs a second question in `against`"
        document.report(subject, f"a {target.kind} {needs}")
    document.one_of(subject, "grade", target.grade, GRADES)
    document.one_of(subject, "range", target.range, TARGET_RANGES)
    if target.differs:
        document.one_of(subject, "differs", target.differs, TARGET_DIFFERENCES)
    if not target.low <= target.value <= target.high:
        document.report(subject, f"value {target.value:g} lies outside its range [{target.low:g}, {target.high:g}]")
    elif target.low >= target.high:
        document.report(subject, "its range is a point", expected="an interval or a range across studies")
    if target.low < 0.0 or (target.kind == "probability" and target.high > 1.0):
        document.report(subject, f"its range [{target.low:g}, {target.high:g}] leaves what a {kind} can be")


def _check(document: Document, subject: str, row: Mapping[str, Any]) -> Check | None:
    kind = str(row.get("kind"))
    if kind not in NEEDS:
        document.one_of(subject, "kind", kind, NEEDS)
        return None
    named = {_ONE_FOR_MANY.get(key, key): value for key, value in row.items()}
    document.known(subject, named, _names(Check))
    missing = [key for key in NEEDS[kind] if _ONE_FOR_MANY.get(key, key) not in named]
    for key in missing:
        document.report(subject, f'a check of kind "{kind}" needs "{key}"')
    check = _record(Check, named)
    if isinstance(check.among, str) and check.among not in NAMED_GROUPS:
        expected = "a list of variables, " + " or ".join(f'"{name}"' for name in NAMED_GROUPS)
        document.report(subject, f'among "{check.among}" is not known', expected=expected)
    document.one_of(subject, "others", check.others, OTHER_FLAGS)
    return None if missing else check


def _names(kind: type) -> list[str]:
    return [field.name for field in fields(kind)]


def _record(kind: type[T], row: Mapping[str, Any]) -> T:
    """Return the record of a table, lists as tuples, and one text as a tuple of one where there may be several."""
    values = {key: value for key, value in row.items() if key in _names(kind)}
    for key, value in values.items():
        if isinstance(value, list):
            values[key] = tuple(value)
        elif key in _MANY:
            values[key] = (value,)
    return kind(**values)
