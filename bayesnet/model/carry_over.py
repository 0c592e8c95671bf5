"""From the earlier format, where source and place were text, to figures as data: what `bayesnet check --fix` does.

What a program can tell is carried over: a count such as "45 of 86", a printed figure that is the value, and how the author knows
it where the text says so. What it cannot tell stays "not recorded", for a person to fill in.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bayesnet.errors import Problem, SpecError
from bayesnet.model.file_shapes import OLD_KEYS, old_form
from bayesnet.model.find import MODEL_FILE, SOURCES_FILE
from bayesnet.model.records import CitedFigure, Number, Printed, Verified
from bayesnet.model.replacing import replacing
from bayesnet.model.toml_text import read_toml
from bayesnet.model.vocabulary import JUDGED, How
from bayesnet.model.write import number_text

_JUDGED_KEYS = {"id", "value", "low", "high", "range", "grade", "note"}
"""A judgement of the earlier format has its reason under `note`."""

_HEADER = re.compile(r"(?m)^(?=[ \t]*\[)")
_COUNT = re.compile(r"(?<![\d.,/])(\d{1,3}(?:,\d{3})+|\d+) of (?:the |about |all )?(\d{1,3}(?:,\d{3})+|\d+)(?![\d.]|,\d| ?%)")
_SHARE = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?) ?%|(?<![\d.,])(0\.\d+)(?!\d)")
_RECALLED = re.compile(r"^recalled|not re-?read|from memory|known by heart", re.IGNORECASE)
_SECOND_HAND = re.compile(r"second[- ]hand|as (?:reported|quoted|cited)|quoted in|cited in|read through", re.IGNORECASE)
_ABSTRACT = re.compile(r"\babstract\b", re.IGNORECASE)


def carry_over(folder: Path) -> dict[str, int]:
    """Rewrite the numbers of the earlier format in the group files of a folder; give how many by file.

    Everything else in the files is unchanged, comments included.

    Raises
    ------
    SpecError
        Where a file cannot be read.
    """
    head = read_toml(folder / MODEL_FILE)
    path = folder / SOURCES_FILE
    sources = read_toml(path) if path.is_file() else {}
    done: dict[str, int] = {}
    for name in head.get("files", []):
        path = folder / str(name)
        text, count = carried_text(path.read_text(encoding="utf-8"), name, sources) if path.is_file() else ("", 0)
        if count:
            with replacing(path) as draft:
                draft.write_text(text, encoding="utf-8", newline="\n")
            done[str(name)] = count
    return done


def carried_text(text: str, file: str, sources: Mapping[str, Any]) -> tuple[str, int]:
    """Return the text of a group file with its numbers in the present format, and how many were rewritten."""
    blocks, count = _HEADER.split(text), 0
    for at, block in enumerate(blocks):
        if not block.lstrip().startswith("[[numbers]]"):
            continue
        try:
            raw = tomllib.loads(block)["numbers"][0]
        except tomllib.TOMLDecodeError as error:
            raise SpecError(file, [Problem(file, "numbers", f"not valid TOML: {error}")]) from None
        if old_form(raw) or (raw.get("grade") == JUDGED and raw.keys() <= _JUDGED_KEYS):
            comments = [line for line in block.splitlines() if line.lstrip().startswith("#")]
            tail = "\n" if block.endswith("\n\n") else ""
            blocks[at] = "\n".join([*comments, number_text(carried(raw, sources))]) + tail
            count += 1
    return "".join(blocks), count


def carried(raw: Mapping[str, Any], sources: Mapping[str, Any]) -> Number:
    """Return the record of a number of the earlier format.

    >>> old = {"id": "fever", "value": 0.2, "low": 0.1, "high": 0.3, "range": "judgement", "grade": "cohort"}
    >>> number = carried(old | {"source": "shroyer2020", "where": "abstract; 12 of 61"}, {})
    >>> number.sources[0].count, number.sources[0].verified.how
    ((12, 61), 'abstract')
    """
    values = {key: value for key, value in raw.items() if key not in OLD_KEYS}
    values |= {key: float(raw[key]) for key in ("value", "low", "high")}
    if raw["grade"] == JUDGED:
        values["reason"] = values.pop("note", "")
    if not raw.get("source"):
        return Number(**values)
    where, share = raw.get("where", ""), values["value"]
    count, printed, derivation = _figure(where, share)
    figure = CitedFigure(
        raw["source"],
        name="a" if derivation else "",
        place=where,
        count=count,
        printed=printed,
        population=raw.get("population", ""),
        use="background" if raw["grade"] == JUDGED else "value",
        verified=Verified(_how(where, raw.get("note", ""), sources.get(raw["source"], {}))),
    )
    return Number(**values, sources=(figure,), derivation=derivation if figure.use == "value" else "")


def _figure(where: str, value: float) -> tuple[tuple[int, int] | None, Printed | None, str]:
    """Return the count or printed figure in a text, and the formula to the value where the figure is its complement."""
    counts = [(int(k.replace(",", "")), int(n.replace(",", ""))) for k, n in _COUNT.findall(where)]
    counts = [(k, n) for k, n in counts if k <= n and n > 1]
    for k, n in counts:
        if _same(k / n, value):
            return (k, n), None, ""
    shares = [float(percent) / 100.0 if percent else float(plain) for percent, plain in _SHARE.findall(where)]
    for share in (round(share, 12) for share in shares):
        if abs(share - value) < 1e-9:
            return None, Printed(share), ""
        if 0.0 < share < 1.0 and abs(1.0 - share - value) < 1e-9:
            return None, Printed(share), "1 - a"
    return (counts[0] if len(counts) == 1 else None), None, ""


def _same(share: float, value: float) -> bool:
    """Return whether a share is the value, to the digits of the value."""
    digits = len(f"{value:.12f}".rstrip("0").partition(".")[2])
    return abs(share - value) <= 0.5 * 10.0 ** -max(digits, 2)


def _how(where: str, note: str, source: Mapping[str, Any]) -> How:
    """Return how the figure is known, as far as the texts say so."""
    about = str(source.get("note", ""))
    if _RECALLED.search(note) or _RECALLED.search(where):
        return "recalled"
    if _SECOND_HAND.search(where) or _SECOND_HAND.search(about):
        return "second hand"
    if _ABSTRACT.search(where):
        return "abstract"
    return "recalled" if _RECALLED.search(about) or "recalled" in about.lower() else "not recorded"
