"""Guard the answers through a refactoring: a digest of the numbers and one of the texts of every question.

    python tests/guard.py                       compare with the digests that are kept in tests/data/guard.json
    python tests/guard.py --compare FILE        compare with another file; --full ones show the first number that differs
    python tests/guard.py --write FILE [--full] write the digests, with --full all numbers and texts too
    python tests/guard.py --only WORD           only questions whose name contains this

Numbers are compared to the last bit, in the order of the answer and without their keys, so that a renamed key changes no number.
The exit status is 1 where a number differs or a question is missing; other texts are listed, and fail with --texts.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from paths import ROOT

KEPT = ROOT / "tests" / "data" / "guard.json"
FIRST = 5
"""How many numbers are kept beside each digest."""
CLOSE = 1e-9
"""The relative difference allowed on another platform, where the last bits of the same arithmetic differ."""


def leaves(value: Any) -> Iterator[Any]:
    """Every number and every text of an answer, in its order; a key is a text."""
    import pandas as pd

    from bayesnet.results.base import Result, safe

    if value is None:
        return
    if isinstance(value, Result):
        yield from leaves(value.to_dict())
        yield from leaves(value.to_frame())
        yield from (str(value), value._repr_html_())
    elif isinstance(value, pd.DataFrame):
        yield from leaves([str(column) for column in value.columns])
        for row in value.itertuples(index=False):
            yield from leaves(safe(list(row)))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from leaves(item)
    elif isinstance(value, str | bool | int | float):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    else:
        yield from leaves(safe(value))


def shown(number: Any) -> str:
    """A number as text that gives it back to the last bit, whichever library made it."""
    if isinstance(number, str | bool):
        return str(number)
    return repr(float(number)) if isinstance(number, float) else repr(int(number))


def answer(ask: Any) -> tuple[list[str], list[str]]:
    """The numbers and the texts of one answer; a refusal is a text."""
    from bayesnet import BayesnetError

    try:
        found = list(leaves(ask()))
    except BayesnetError as error:
        found = [f"refused: {error}"]
    numbers = [shown(leaf) for leaf in found if not isinstance(leaf, str) or leaf in ("inf", "-inf")]
    return numbers, [leaf.replace(str(ROOT), ".") for leaf in found if isinstance(leaf, str)]


def digest(parts: list[str]) -> str:
    """SHA-256 of a list of texts."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def record(numbers: list[str], texts: list[str]) -> dict[str, Any]:
    """What is kept of one answer."""
    finite = [value for value in map(_value, numbers) if math.isfinite(value)]
    return {
        "numbers": digest(numbers),
        "text": digest(texts),
        "sorted": digest(sorted(numbers))[:16],
        "count": len(numbers),
        "first": numbers[:FIRST],
        "sum": repr(math.fsum(finite)),
        "size": repr(math.fsum(map(abs, finite))),
    }


def _value(number: str) -> float:
    return {"True": 1.0, "False": 0.0}[number] if number in ("True", "False") else float(number)


def made_with() -> dict[str, str]:
    """What the last bits depend on beside this package."""
    import numpy as np
    import scipy

    config: Any = np.show_config(mode="dicts")
    simd = ", ".join(config.get("SIMD Extensions", {}).get("found", ()))
    return {
        "machine": " ".join((platform.system(), platform.machine(), *platform.libc_ver())),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "simd": simd,
    }


def ask_all(only: str = "", *, full: bool = False) -> dict[str, dict[str, Any]]:
    """Ask every question, with a cache of its own that is empty at the start."""
    with tempfile.TemporaryDirectory() as cache:
        before = os.environ.get("BAYESNET_CACHE_DIR")
        os.environ["BAYESNET_CACHE_DIR"] = cache
        try:
            return _asked(only, full)
        finally:
            os.environ.pop("BAYESNET_CACHE_DIR")
            if before is not None:
                os.environ["BAYESNET_CACHE_DIR"] = before


def _asked(only: str, full: bool) -> dict[str, dict[str, Any]]:
    from guard_questions import questions

    found: dict[str, dict[str, Any]] = {}
    for name, ask in questions():
        if only not in name:
            continue
        started = time.perf_counter()
        assert name not in found, name
        try:
            numbers, texts = answer(ask)
        except Exception as error:
            found[name] = {"failed": f"{type(error).__name__}: {error}"}
            continue
        found[name] = record(numbers, texts)
        if full:
            found[name] |= {"all": numbers, "texts": texts, "seconds": round(time.perf_counter() - started, 3)}
    return found


def differences(asked: Mapping[str, Any], kept: Mapping[str, Any], *, exact: bool = True) -> tuple[list[str], list[str]]:
    """What differs: in numbers or in questions, and in texts alone."""
    numbers, texts = [], []
    for name, is_ in asked.items():
        if "failed" in is_:
            numbers.append(f"{name}: {is_['failed']}")
            continue
        if name not in kept:
            numbers.append(f"{name}: not among the kept questions")
            continue
        was = kept[name]
        if is_["numbers"] != was["numbers"] and (exact or not close(is_, was)):
            numbers.append(f"{name}: {first_difference(is_, was)}")
        if is_["text"] != was["text"]:
            texts.append(f"{name}: {first_text(is_, was)}")
    return [*numbers, *(f"{name}: kept, and not asked" for name in kept if name not in asked)], texts


def close(is_: Mapping[str, Any], was: Mapping[str, Any]) -> bool:
    """Whether two answers are the same but for rounding: as many numbers, the same first ones, the same sums."""
    if is_["count"] != was["count"]:
        return False
    first = zip(is_["first"], was["first"], strict=True)
    allowed = CLOSE * max(float(was["size"]), 1e-3)
    return all(a == b or math.isclose(_value(a), _value(b), rel_tol=CLOSE, abs_tol=1e-12) for a, b in first) and all(
        abs(float(is_[key]) - float(was[key])) <= allowed for key in ("sum", "size")
    )


def first_difference(is_: Mapping[str, Any], was: Mapping[str, Any]) -> str:
    """The first number that differs, as far as both are kept."""
    key = "all" if "all" in is_ and "all" in was else "first"
    for place, (new, old) in enumerate(zip(is_[key], was[key], strict=False), 1):
        if new != old:
            where = f"number {place} is {new}, was {old}"
            break
    else:
        where = f"the first {len(was[key])} numbers are equal; a file written with --full before the change shows the rest"
    counts = "" if is_["count"] == was["count"] else f"; there are {is_['count']} numbers, there were {was['count']}"
    order = "; the same numbers in another order" if is_["sorted"] == was["sorted"] else ""
    return where + counts + order


def first_text(is_: Mapping[str, Any], was: Mapping[str, Any]) -> str:
    """The first text that differs, where both are kept."""
    for new, old in zip(is_.get("texts", ()), was.get("texts", ()), strict=False):
        if new != old:
            return f"is {new!r}, was {old!r}"
    return "another text"


def written(asked: Mapping[str, Any]) -> str:
    """The file: JSON with one line for each question, so that a change of it shows which."""
    lines = [f"{json.dumps(name)}: {json.dumps(kept, ensure_ascii=False)}" for name, kept in asked.items()]
    return '{\n"made_with": ' + json.dumps(made_with()) + ',\n"questions": {\n' + ",\n".join(lines) + "\n}\n}\n"


def main() -> int:
    """Write or compare."""
    # One thread, whatever the machine; and the tree that this file is in, whatever is installed.
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    sys.path.insert(0, str(ROOT))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, metavar="FILE")
    parser.add_argument("--compare", type=Path, metavar="FILE", default=KEPT)
    parser.add_argument("--full", action="store_true", help="with --write: all numbers and texts")
    parser.add_argument("--only", default="", metavar="WORD")
    parser.add_argument("--texts", action="store_true", help="fail where a text differs")
    options = parser.parse_args()
    started = time.perf_counter()
    kept = None if options.write else json.loads(options.compare.read_text(encoding="utf-8"))
    full = options.full or bool(kept and any("all" in was for was in kept["questions"].values()))
    asked = ask_all(options.only, full=full)
    took = f"{len(asked)} questions in {time.perf_counter() - started:.0f} s"
    if kept is None:
        if failed := [f"{name}: {is_['failed']}" for name, is_ in asked.items() if "failed" in is_]:
            print(*failed, f"{took}; nothing is written, because {len(failed)} failed.", sep="\n")
            return 1
        options.write.parent.mkdir(parents=True, exist_ok=True)
        options.write.write_text(written(asked), encoding="utf-8")
        print(f"{took}; wrote {options.write}.")
        return 0
    before = {name: was for name, was in kept["questions"].items() if options.only in name}
    exact = kept["made_with"] == made_with()
    numbers, texts = differences(asked, before, exact=exact)
    for line in texts:
        print("text    ", line)
    for line in numbers:
        print("numbers ", line)
    how = "to the last bit" if exact else f"to {CLOSE:g}, since they were kept on another platform"
    print(f"{took}: {len(numbers)} differ in numbers ({how}), {len(texts)} in texts.")
    return int(bool(numbers or (options.texts and texts)))


if __name__ == "__main__":
    sys.exit(main())
