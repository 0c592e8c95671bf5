"""Random inputs of every kind, seeded: whatever is typed or read, only errors of our own leave a public call, and soon.

`python tests/fuzzing.py --count 100000` tries as many inputs and prints, by kind, how many were taken and how many refused;
`make fuzz` does so. A foreign exception, or an input that takes over ten seconds or a gigabyte, is printed with its seed; the
status is 1 then.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd

import bayesnet
from bayesnet.errors import BayesnetError
from bayesnet.model.new import TEMPLATE
from bayesnet.teach.lessons import lesson_data, read_lessons

try:
    import resource
except ImportError:  # Windows has none
    resource = None  # type: ignore[assignment]

LONGEST = 10.0
"""Seconds that one input may take."""
LARGEST = 2**30
"""Bytes that one input may add to the largest memory of the process."""

NET = bayesnet.load("asia")
PARTS = (
    *(
        "",
        "\0",
        '"',
        "\\",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ";",
        ",",
        "|",
        "=",
        ":",
        "!",
        "/*",
        "//",
        "%",
        "#",
        "<",
        ">",
        "&",
        "'",
        "_",
    ),
    *("nan", "inf", "1e999", "-1", "0", "1", "0.5", "9" * 40, "1_0", "٣", "\n", "\r", "\t", " ", "ä", "\ufeff", "\ud7ff"),
    *("do(", "jeffrey(", "odds(", "lung", "lung=yes", "smoke=no", "xray={yes, no}", "dysp={yes:2, no:1}"),
    *("table", "default", "property"),
)

Try = Callable[[random.Random, Path], None]


def mutated(chance: random.Random, text: str) -> str:
    """Change a text in one to four places: take away, double, swap, or put something in."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at = chance.randrange(len(text) + 1)
        end = at + chance.choice((0, 1, 1, 1, 3, 30))
        text = chance.choice((text[:at] + text[end:], text[:end] + text[at:], text[:at] + chance.choice(PARTS) + text[end:]))
    return text


def question(chance: random.Random) -> str:
    """A question, mutated, or parts of the language in any order."""
    if chance.random() < 0.5:
        return mutated(chance, "lung=yes | smoke=yes, xray={yes, no}, do(bronc=no), dysp={yes:2, no:1}")
    return "".join(chance.choice(PARTS) for _ in range(chance.randint(0, 12)))


def value(chance: random.Random, depth: int = 0) -> object:
    """Anything that may stand for a finding."""
    simple: list[object] = ["yes", "no", "", None, True, False, 0, 1, 2, -1, 0.5, 1e308, float("nan"), float("inf"), 10**400, 1j]
    simple += [b"yes", object(), pd.NA, pd.NaT, np.float32(1), np.array([0.2, 0.8]), np.array([]), np.array(["yes"])]
    if depth < 2 and chance.random() < 0.4:
        inner = [value(chance, depth + 1) for _ in range(chance.randint(0, 3))]
        return chance.choice((inner, tuple(inner), {"yes": inner[0] if inner else 1, "no": 1}, dict.fromkeys(map(str, inner), 1)))
    return chance.choice(simple)


def patterns(chance: random.Random, _: Path) -> None:
    """A question as text; posteriors sum to 1."""
    p = NET.posterior(question(chance))
    assert abs(sum(x for _, x in p.items()) - 1) < 1e-9


def findings(chance: random.Random, _: Path) -> None:
    """Findings as a dict of anything."""
    names = [*NET.variables, "nope", "", 5, None]
    given = {chance.choice(names): value(chance) for _ in range(chance.randint(0, 3))}
    if chance.random() < 0.2:
        given = bayesnet.jeffrey(given)  # type: ignore[arg-type, assignment]
    p = NET.posterior("lung", given)  # type: ignore[arg-type]
    assert abs(sum(x for _, x in p.items()) - 1) < 1e-9


def _texts() -> dict[str, bytes]:
    """A network of three variables in every format."""
    small = """network n { } variable a { type discrete [ 2 ] { x, "y z" }; property p = 1; } // note
    variable b { type discrete [ 3 ] { 0, 1, 2 }; } variable c { type discrete [ 2 ] { yes, no }; }
    probability ( a ) { table 0.25, 0.75; } probability ( b ) { table 0.5, 0.25, 0.25; }
    probability ( c | a, b ) { default 0.5, 0.5; (x, 1) 0.1, 0.9; ("y z", 2) 0.333, 0.667; }"""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "n.bif").write_text(small)
        net = bayesnet.load(folder / "n.bif")
        found = {"bif": small.encode()}
        for extension in ("xmlbif", "xdsl", "net", "uai"):
            net.save(folder / f"n.{extension}", drop_names=True)
            found[extension] = (folder / f"n.{extension}").read_bytes()
        return found


TEXTS = _texts()


def files(chance: random.Random, folder: Path) -> None:
    """A network file of any format, mutated as text or by bytes, sometimes packed and cut."""
    import gzip

    extension = chance.choice(list(TEXTS))
    data = TEXTS[extension]
    if chance.random() < 0.8:
        data = mutated(chance, data.decode()).encode("utf-8", "surrogatepass")
    else:
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 3)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        data = bytes(damaged)
    packed = chance.random() < 0.05
    if packed:
        data = gzip.compress(data)[: chance.choice((None, -4, 20))]
    path = folder / f"n.{extension}{'.gz' if packed else ''}"
    path.write_bytes(data)
    net = bayesnet.load(path, normalize=chance.random() < 0.2)
    table = net.compiled.factors
    assert all(abs(family.tensors[0].sum(axis=-1) - 1).max() < 1e-5 for family in table.families)


SPRINKLER = bayesnet.load("sprinkler")
LESSON = "lessons/seeing-and-doing.toml"
MODELS = [
    {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.toml")}
    for folder in (SPRINKLER.folder, TEMPLATE)
    if folder is not None
]
"""The files of two models: one with a lesson, one with figures, counts and formulas behind its numbers."""


def folder_of(chance: random.Random, folder: Path, files: dict[str, str], changed: str) -> Path:
    """Write a model folder with one of its files mutated."""
    model = folder / f"m{MODELS.index(files)}"
    for name, text in files.items():
        path = model / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((mutated(chance, text) if name == changed else text).encode("utf-8", "surrogatepass"))
    return model


def folders(chance: random.Random, folder: Path) -> None:
    """A model folder with one of its files mutated: every number is computed again, and the model compared with another."""
    files = chance.choice(MODELS)
    net = bayesnet.load(folder_of(chance, folder, files, chance.choice([name for name in files if "/" not in name])))
    str(net.recompute())
    if chance.random() < 0.2:
        str(SPRINKLER.diff(net))


def lessons(chance: random.Random, folder: Path) -> None:
    """A model folder with its lesson mutated."""
    compiled = bayesnet.load(folder_of(chance, folder, MODELS[0], LESSON)).compiled
    lesson_data(compiled, read_lessons(compiled))


def table(chance: random.Random, names: list[str]) -> pd.DataFrame:
    """Rows of a cohort with anything in their cells."""
    columns = [chance.choice(names) for _ in range(chance.randint(0, 3))]
    return pd.DataFrame([[value(chance) for _ in columns] for _ in range(3)], columns=columns, dtype=object)


def rows(chance: random.Random, _: Path) -> None:
    """Rows of a cohort, scored."""
    frame = table(chance, [*NET.variables, "id"])
    keep = ["id"] if chance.random() < 0.5 else ()
    scored = NET.score(frame, ["lung=yes"], keep=keep, missing=["", "no"][: chance.randint(0, 2)])
    assert len(scored) == len(frame)


def updates(chance: random.Random, _: Path) -> None:
    """Rows of a cohort, by which the numbers are updated."""
    frame = table(chance, [*SPRINKLER.variables, "id"])
    updated = SPRINKLER.update(frame, ignore=["id"] if chance.random() < 0.8 else ())
    str(updated)
    assert all(0 <= number.value <= 1 for number in updated.network.numbers.values())


def evaluations(chance: random.Random, _: Path) -> None:
    """Predictions and outcomes of any kind, in a table with its outcomes and groups, or alone."""
    count = chance.randint(0, 4)
    predictions = [value(chance) if chance.random() < 0.1 else chance.random() for _ in range(count)]
    outcomes = [
        value(chance) if chance.random() < 0.1 else chance.choice((0, 1)) for _ in range(chance.choice((count, count, 1)))
    ]
    if chance.random() < 0.5:
        str(bayesnet.evaluate(predictions, outcomes))
        return
    name = chance.choice(("lung", "lung", "id", ""))
    truth = pd.DataFrame({name: outcomes, "by": [value(chance) for _ in outcomes]}, dtype=object)
    str(bayesnet.evaluate(pd.DataFrame({"P(lung)": predictions}, dtype=object), truth, by=chance.choice((None, "by", "nope"))))


COMMANDS = (
    *(
        "query",
        "check",
        "show",
        "whatif",
        "explain",
        "next",
        "sensitivity",
        "diagnose",
        "cite",
        "nope",
        "find",
        "score",
        "evaluate",
    ),
    *("update", "diff", "convert", "new", "page", "report", "tune", "sources", "advise", "audit", "exercises", "uncertainty"),
)


def commands(chance: random.Random, folder: Path) -> None:
    """A command line; the status is 0, 1 or 2, and nothing is called a fault of ours."""
    from bayesnet.__main__ import main

    there = folder / "commands"
    there.mkdir(exist_ok=True)
    (there / "t.csv").write_bytes(mutated(chance, "smoke,lung\nyes,no\nno,no\n").encode("utf-8", "surrogatepass"))
    (there / "x.bif").write_bytes(TEXTS["bif"])
    options = (
        "--json",
        "--target",
        "--given",
        "--do",
        "--help",
        "",
        "--with",
        "lung=yes",
        "smoke=yes",
        "asia",
        "x.bif",
        "-1",
        "t.csv",
    )
    words = [chance.choice(COMMANDS), chance.choice(("asia", "sprinkler", "nope", ""))]
    words += [chance.choice(options) if chance.random() < 0.6 else question(chance) for _ in range(chance.randint(0, 3))]
    err = StringIO()
    status = 0
    try:
        with chdir(there), redirect_stdout(StringIO()), redirect_stderr(err):
            main([word for word in words if "\0" not in word])
    except SystemExit as left:
        status = int(left.code or 0)
    assert status in (0, 1, 2), (words, status)
    assert not any(text in err.getvalue() for text in ("fault of bayesnet", "Unexpected error")), (words, err.getvalue())
    if status:
        raise BayesnetError("refused")


KINDS: dict[str, tuple[Try, int]] = {
    "patterns": (patterns, 27),
    "findings": (findings, 20),
    "files": (files, 40),
    "folders": (folders, 4),
    "lessons": (lessons, 2),
    "rows": (rows, 2),
    "updates": (updates, 2),
    "evaluations": (evaluations, 1),
    "commands": (commands, 2),
}
"""What is tried, and of a hundred inputs how many."""


def _peak() -> int:
    """Return the largest memory that the process has had, in bytes; 0 where the system does not say."""
    if resource is None:
        return 0
    peak: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def fuzz(count: int, seed: int = 0, kinds: tuple[str, ...] = tuple(KINDS)) -> tuple[Counter[str], list[str]]:
    """Try inputs; return how many of each kind were taken and refused, and what went wrong."""
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    chosen = [name for name in kinds for _ in range(KINDS[name][1])]
    peak = _peak()
    with tempfile.TemporaryDirectory() as name:
        for number in range(count):
            chance = random.Random(f"{seed} {number}")
            kind = chance.choice(chosen)
            began = time.perf_counter()
            try:
                KINDS[kind][0](chance, Path(name))
                counts[f"{kind} taken"] += 1
            except BayesnetError as error:
                str(error)
                counts[f"{kind} refused"] += 1
            except Exception:  # whatever else there is is what this looks for
                wrong.append(f"{kind}, seed {seed}, input {number}\n{traceback.format_exc(limit=-4)}")
            if (took := time.perf_counter() - began) > LONGEST:
                wrong.append(f"{kind}, seed {seed}, input {number}: {took:.1f} s")
            if (now := _peak()) - peak > LARGEST:
                wrong.append(f"{kind}, seed {seed}, input {number}: {(now - peak) / 2**20:,.0f} MiB")
            peak = now
    return counts, wrong


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=list(KINDS), action="append")
    chosen = parser.parse_args()
    counts, wrong = fuzz(chosen.count, chosen.seed, tuple(chosen.only or KINDS))
    for kind, times in sorted(counts.items()):
        print(f"{times:10,d}  {kind}")
    print("\n".join(wrong[:20]))
    print(f"{chosen.count:,} inputs, {len(wrong)} wrong; at most {_peak() / 2**20:,.0f} MiB")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
