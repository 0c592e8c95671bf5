"""`targets.toml` and `claims.toml`: the records of an audit, read and checked, all problems at once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from bayesnet.errors import Problem, SpecError, did_you_mean, nearest
from bayesnet.model.vocabulary import GRADES

TARGET_KINDS = ("probability", "likelihood_ratio_positive", "likelihood_ratio_negative", "ratio", "odds_ratio")
CHECK_KINDS = (
    "raises", "lowers", "barely", "between", "prints", "order", "rises_more", "leads", "most_informative", "flags", "advice",
)  # fmt: skip
TARGET_RANGES = ("95 % interval", "range across studies")
NAMED_GROUPS = ("specific", "all")
OTHER_FLAGS = ("absent", "open")


@dataclass(frozen=True)
class Target:
    """One published figure that is not an input of the model: a question, a range, and the place it comes from.

    `source` is the key of the publication of `value`, `sources` are those that give the ends of the range. `disputed` is the
    reason why the published figure is not to be reached, empty for most.
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
    disputed: str = ""

    @property
    def text(self) -> str:
        """The question as it is printed."""
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
_REQUIRED = ("id", "question", "value", "low", "high", "source")


def read_targets(path: Path, sources: Collection[str] | None = None) -> tuple[Target, ...]:
    """Read the published figures; `sources` are the keys that may be cited, None for any.

    Raises
    ------
    SpecError
        With every problem of the file.

    """
    problems: list[Problem | str] = []
    found: dict[str, Target] = {}
    for i, row in enumerate(_rows(path, "targets"), 1):
        report = _reporter(problems, path.name, f'target "{row["id"]}"' if row.get("id") else f"target {i}")
        target = _target(row, report)
        if target is None:
            continue
        if target.id in found:
            report("is there twice", way_out="give each figure an id of its own")
        found[target.id] = target
        _check_target(target, report)
        _check_sources((target.source, *target.sources), sources, report)
    if problems:
        raise SpecError(str(path.parent), problems)
    return tuple(found.values())


def read_claims(path: Path, sources: Collection[str] | None = None) -> tuple[Claim, ...]:
    """Read the claims with their checks; `sources` are the keys that may be cited, None for any.

    Raises
    ------
    SpecError
        With every problem of the file.

    """
    problems: list[Problem | str] = []
    found: dict[int, Claim] = {}
    for i, row in enumerate(_rows(path, "claims"), 1):
        report = _reporter(problems, path.name, f"claim {row.get('number', i)}")
        missing = [key for key in ("number", "text", "statement", "checks") if not row.get(key)]
        for key in missing:
            report(f'has no "{key}"')
        _unknown(row, [f.name for f in fields(Claim)], report)
        if missing:
            continue
        checks = [
            _check(check, _reporter(problems, path.name, f"claim {row['number']}, check {n}"))
            for n, check in enumerate(row["checks"], 1)
        ]
        claim = Claim(**{k: v for k, v in _known(row, Claim).items() if k != "checks"}, checks=tuple(c for c in checks if c))
        if claim.number in found:
            report("is there twice", way_out="number the claims one by one")
        if claim.expected not in {"held", "disputed"}:
            report(f'expected verdict "{claim.expected}"', expected='"held" or "disputed"')
        if (claim.expected == "disputed") != bool(claim.disputed):
            report("a disputed claim has both `expected` and the reason in `disputed`")
        if claim.disputed and not claim.sources:
            report("a disputed claim names the publications that contradict it in `sources`")
        _check_sources(claim.sources, sources, report)
        found[claim.number] = claim
    if problems:
        raise SpecError(str(path.parent), problems)
    return tuple(found.values())


Report = Callable[..., None]


def _reporter(problems: list[Problem | str], file: str, subject: str) -> Report:
    def report(what: str, *, got: str = "", expected: str = "", way_out: str = "") -> None:
        problems.append(Problem(file, subject, what, got, expected, way_out))

    return report


def _rows(path: Path, name: str) -> list[dict[str, Any]]:
    """The tables of one name; a file that is not TOML, or holds something else, is refused at once."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SpecError(str(path.parent), [Problem(path.name, "", f"cannot be read: {error}")]) from error
    others = [Problem(path.name, f'table "{key}"', "is not known", expected=f"[[{name}]]") for key in document if key != name]
    rows = document.get(name, [])
    if others or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SpecError(str(path.parent), others or [Problem(path.name, "", f"expected [[{name}]] tables")])
    return rows


def _target(row: dict[str, Any], report: Report) -> Target | None:
    _unknown(row, [f.name for f in fields(Target)], report)
    missing = [key for key in _REQUIRED if row.get(key) in (None, "")]
    for key in missing:
        report(f'has no "{key}"')
    numbers = [key for key in ("value", "low", "high") if key not in missing]
    wrong = [key for key in numbers if isinstance(row[key], bool) or not isinstance(row[key], int | float)]
    for key in wrong:
        report(f'"{key}" is not a number', got=repr(row[key]))
    return None if missing or wrong else Target(**_known(row, Target))


def _check_target(target: Target, report: Report) -> None:
    if target.kind not in TARGET_KINDS:
        report(
            f'kind "{target.kind}" is not known',
            way_out=did_you_mean(nearest(target.kind, TARGET_KINDS)) or ", ".join(TARGET_KINDS),
        )
    elif (target.kind in {"ratio", "odds_ratio"}) != bool(target.against):
        report(
            f"a {target.kind} " + ("has nothing to be `against`" if target.against else "needs a second question in `against`")
        )
    if target.grade not in GRADES:
        report(f'grade "{target.grade}" is not known', way_out=did_you_mean(nearest(target.grade, GRADES)))
    if target.range not in TARGET_RANGES:
        report(f'range "{target.range}" is not known', expected=" or ".join(f'"{name}"' for name in TARGET_RANGES))
    if not target.low <= target.value <= target.high:
        report(f"value {target.value:g} lies outside its range [{target.low:g}, {target.high:g}]")
    elif target.low >= target.high:
        report("its range is a point", expected="an interval or a range across studies")
    if target.low < 0.0 or (target.kind == "probability" and target.high > 1.0):
        report(f"its range [{target.low:g}, {target.high:g}] leaves what a {target.kind.replace('_', ' ')} can be")


def _check(row: dict[str, Any], report: Report) -> Check | None:
    kind = row.get("kind")
    if kind not in CHECK_KINDS:
        report(f'kind "{kind}" is not known', way_out=did_you_mean(nearest(str(kind), CHECK_KINDS)) or ", ".join(CHECK_KINDS))
        return None
    named = {_ONE_FOR_MANY.get(key, key): value for key, value in row.items()}
    _unknown(named, [f.name for f in fields(Check)], report)
    missing = [key for key in NEEDS[kind] if _ONE_FOR_MANY.get(key, key) not in named]
    for key in missing:
        report(f'a check of kind "{kind}" needs "{key}"')
    check = Check(**_known(named, Check))
    if isinstance(check.among, str) and check.among not in NAMED_GROUPS:
        report(
            f'among "{check.among}" is not known',
            expected="a list of variables, " + " or ".join(f'"{name}"' for name in NAMED_GROUPS),
        )
    if check.others not in OTHER_FLAGS:
        report(f'others "{check.others}" is not known', expected=" or ".join(f'"{name}"' for name in OTHER_FLAGS))
    return None if missing else check


def _known(row: Mapping[str, Any], kind: type) -> dict[str, Any]:
    """The fields of a record, lists as tuples, one text as a tuple of one where many may stand."""
    names = {f.name for f in fields(kind)}
    found: dict[str, Any] = {}
    for key, value in row.items():
        if key in names:
            found[key] = tuple(value) if isinstance(value, list) else (value,) if key in _MANY else value
    return found


def _unknown(row: Mapping[str, Any], names: list[str], report: Report) -> None:
    for key in row:
        if key not in names:
            report(f'key "{key}" is not known', way_out=did_you_mean(nearest(key, names)))


def _check_sources(keys: Collection[str], sources: Collection[str] | None, report: Report) -> None:
    for key in keys:
        if sources is not None and key not in sources:
            report(f'source "{key}" is not defined', way_out=did_you_mean(nearest(key, sources)))
