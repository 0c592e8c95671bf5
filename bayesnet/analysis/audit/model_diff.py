"""Compare two models: what changed in their numbers and structure, and which answers moved."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from bayesnet.analysis.audit.audit import audit
from bayesnet.analysis.query.parse import read_given
from bayesnet.analysis.query.posterior import posteriors
from bayesnet.analysis.query.query import Query, unassumed
from bayesnet.errors import BayesnetError
from bayesnet.model.records import Number, Source, Variable
from bayesnet.results.audit import AuditedTarget
from bayesnet.results.model_diff import ChangedNumber, ModelDiff, MovedAnswer

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

LEAST = 0.001
"""A tenth of a percentage point: what an answer must move by to be listed."""

_STRUCTURE = ("states", "parents", "gate", "expression", "towards", "neutral", "default")
_TEXTS = (
    "grade", "range", "range_grade", "derivation", "derivation_low", "derivation_high", "reason", "adjusted", "not_used", "note",
)  # fmt: skip


def model_diff(
    before: CompiledModel, after: CompiledModel, folders: tuple[Path | None, Path | None] = (None, None), least: float = LEAST
) -> ModelDiff:
    """Compare two models; see `Network.diff`. Published figures (`targets.toml`) are compared if both folders have them."""
    old, new = before.model, after.model
    answers = [*_of_examples(before, after), *_of_targets(before, after, folders)]
    moved = [answer for answer in answers if not _near(answer, least)]
    return ModelDiff(
        title=f"{old.name} {old.version} ({old.digest[:8]}) → {new.name} {new.version} ({new.digest[:8]})",
        provenance=unassumed(after),
        before=old.digest,
        after=new.digest,
        structure=tuple(_structure(old.variables, new.variables)),
        numbers=tuple(_numbers(old.numbers, new.numbers)),
        sources=tuple(_sources(old.sources, new.sources)),
        answers=tuple(sorted(moved, key=lambda answer: -_step(answer))),
        asked=len(answers),
        least=least,
    )


def _structure(old: Mapping[str, Variable], new: Mapping[str, Variable]) -> Iterator[str]:
    yield from (f"{name}: taken out" for name in old if name not in new)
    for name, variable in new.items():
        if name not in old:
            yield f"{name}: new, {variable.gate} of {', '.join(variable.parents) or 'nothing'}"
            continue
        for key in _STRUCTURE:
            was, now = getattr(old[name], key), getattr(variable, key)
            if was != now:
                yield f"{name}: {key} {_told(was)} → {_told(now)}"


def _told(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(" ".join(item) if isinstance(item, tuple) else str(item) for item in value) or "none"
    return str(value) or "none"


def _numbers(old: Mapping[str, Number], new: Mapping[str, Number]) -> Iterator[ChangedNumber]:
    for name in [*old, *(name for name in new if name not in old)]:
        was, now = old.get(name), new.get(name)
        if was == now:
            continue
        yield ChangedNumber(
            number=name,
            value_before=was.value if was else math.nan,
            value_after=now.value if now else math.nan,
            low_before=was.low if was else math.nan,
            low_after=now.low if now else math.nan,
            high_before=was.high if was else math.nan,
            high_after=now.high if now else math.nan,
            what=tuple(_changes(was, now)) if was and now else (),
        )


def _changes(was: Number, now: Number) -> Iterator[str]:
    """Yield the fields other than value and range that changed."""
    for key in _TEXTS:
        before, after = getattr(was, key), getattr(now, key)
        if before != after:
            yield f'{key.replace("_", " ")} "{before}" → "{after}"' if key not in ("reason", "note") else f"another {key}"
    if was.sources != now.sources:
        before, after = ([f"{f.source} {f.figure}".strip() for f in number.sources] for number in (was, now))
        gone = [text for text in before if text not in after]
        come = [text for text in after if text not in before]
        named = f"figures: {', '.join(gone) or 'none'} → {', '.join(come) or 'none'}"
        yield named if gone or come else "another record of its figures"


def _sources(old: Mapping[str, Source], new: Mapping[str, Source]) -> Iterator[str]:
    yield from (f"{key}: taken out" for key in old if key not in new)
    for key, source in new.items():
        if key not in old:
            yield f"{key}: new, {source.short}"
        elif source != old[key]:
            names = [f.name for f in fields(Source) if getattr(source, f.name) != getattr(old[key], f.name)]
            yield f"{key}: {', '.join(names)}"


def _of_examples(before: CompiledModel, after: CompiledModel) -> Iterator[MovedAnswer]:
    """Yield both posteriors of each diagnosis (else each variable), prior and in every example that both can answer."""
    evidence = ["", *dict.fromkeys(example.evidence for compiled in (before, after) for example in compiled.model.examples)]
    names = [name for name in _watched(after) if name in before.index]
    for text in evidence:
        try:
            found = [
                posteriors(Query(compiled, read_given(compiled, text), tuple(compiled.index[name] for name in names)))
                for compiled in (before, after)
            ]
        except BayesnetError:
            continue  # a finding that only one of them knows
        for name in names:
            was, now = found[0][name], found[1][name]
            for state in (s for s in now.states[1:] if s in was.states):
                question = f"{name}={state} | {text}" if text else f"{name}={state}"
                yield MovedAnswer("example" if text else "prior", question, was[state], now[state])


def _watched(compiled: CompiledModel) -> tuple[str, ...]:
    return tuple(compiled.names[v] for v in compiled.diagnoses) or compiled.names


def _of_targets(before: CompiledModel, after: CompiledModel, folders: tuple[Path | None, Path | None]) -> Iterator[MovedAnswer]:
    """Yield the published figures that both folders have."""
    found: list[dict[str, AuditedTarget]] = []
    for compiled, folder in zip((before, after), folders, strict=True):
        if folder is None or not (folder / "targets.toml").is_file():
            return
        found.append({target.id: target for target in audit(compiled, folder).targets})
    for name, now in found[1].items():
        if name in found[0]:
            was = found[0][name]
            yield MovedAnswer("target", now.question, was.model, now.model, was.verdict == "inside", now.verdict == "inside")


def _step(answer: MovedAnswer) -> float:
    return math.inf if math.isnan(answer.before) != math.isnan(answer.after) else abs(answer.after - answer.before)


def _near(answer: MovedAnswer, least: float) -> bool:
    """Return whether an answer is as good as the same: a ratio may move by as much of itself."""
    if math.isnan(answer.before) and math.isnan(answer.after):
        return True
    if answer.before == answer.after:
        return True
    return _step(answer) < least * max(1.0, abs(answer.before))
