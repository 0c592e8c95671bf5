"""Small networks with numbers made up for a test, complete enough to pass every check of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bayesnet.model.records import CitedFigure, Model, Number, Source, Variable
from bayesnet.network import Network

Cited = float | tuple[float, float, float] | tuple[float, float, float, str]


def network(name: str, variables: Sequence[Variable], numbers: Mapping[str, Cited], grade: str = "cohort") -> Network:
    """A network; each number is a value, or value, low, high and, where it has one, the key of its source.

    Without a source the grade is judgement, without a range the number is exact.
    """
    records = {}
    for number, cited in numbers.items():
        value, low, high, source = (*(cited if isinstance(cited, tuple) else (cited,) * 3), "")[:4]
        records[number] = Number(
            number,
            value,
            low,
            high,
            "95 % interval" if low < high else "exact",
            sources=(CitedFigure(source, place="Table 1"),) if source else (),
            grade=grade if source or grade == "definition" else "judgement",  # type: ignore[arg-type]
            reason="made up for a test",
            variable=_owner(number),
        )
    sources = {key: Source(key, f"Author{key[1:]} A", 2000 + i, title="A study") for i, key in enumerate(_keys(records))}
    return Network(Model(name, variables={v.name: v for v in variables}, numbers=records, sources=sources))


def tables(
    name: str, columns: Mapping[str, tuple[Sequence[str], Sequence[str], Mapping[tuple[str, ...], Sequence[float]]]]
) -> Network:
    """A network of plain tables: variable to states, parents, and one column for each combination of the parents' states."""
    numbers: dict[str, Cited] = {}
    for variable, (states, parents, entries) in columns.items():
        for setting, column in entries.items():
            condition = ", ".join(f"{p}={s}" for p, s in zip(parents, setting, strict=True))
            for state, p in zip(states, column, strict=True):
                numbers[f"{variable}={state}" + (f" | {condition}" if condition else "")] = p
    return network(name, [Variable(v, states=tuple(s), parents=tuple(p)) for v, (s, p, _) in columns.items()], numbers)


def clinic(grade: str = "cohort") -> Network:
    """Two diagnoses with odds, a three-state stage, noisy-OR findings; three studies and a judgement."""
    return network(
        "clinic",
        [
            Variable("drugs"),
            Variable("abscess", group="diagnoses", role="serious", parents=("drugs",), gate="odds_ratio"),
            Variable("infection", group="diagnoses", role="common", gate="odds_ratio"),
            Variable("stage", states=("none", "early", "late"), parents=("abscess",)),
            Variable("fever", parents=("abscess", "infection"), gate="noisy_or"),
            Variable("pain", parents=("abscess",), gate="noisy_or"),
            Variable("rash", parents=("infection",)),
        ],
        {
            "drugs=present": (0.05, 0.02, 0.1, "s1"),
            "odds(abscess) | baseline": (0.01, 0.002, 0.05, "s1"),
            "odds(abscess) | drugs=present": (30.0, 10.0, 90.0, "s2"),
            "odds(infection) | baseline": (0.05, 0.03, 0.08, "s2"),
            "stage=early | abscess=present": (0.5, 0.35, 0.65, "s4"),
            "stage=late | abscess=present": (0.3, 0.2, 0.45, "s4"),
            "stage=early | abscess=absent": 0.0,
            "stage=late | abscess=absent": 0.0,
            "fever=present | leak": (0.02, 0.01, 0.04, "s2"),
            "fever=present | abscess=present": (0.5, 0.2, 0.8, "s1"),
            "fever=present | infection=present": (0.6, 0.4, 0.8),
            "pain=present | leak": (0.3, 0.2, 0.4, "s2"),
            "pain=present | abscess=present": (0.45, 0.3, 0.6, "s2"),
            "rash=present | infection=present": (0.2, 0.1, 0.3, "s3"),
            "rash=present | infection=absent": (0.01, 0.005, 0.02, "s3"),
        },
        grade,
    )


def collider(certain: bool = False) -> Network:
    """a -> b <- c with three states of b; with `certain`, b is settled where both are present."""
    columns = {
        ("absent", "absent"): (0.6, 0.3, 0.1),
        ("absent", "present"): (0.1, 0.1, 0.8),
        ("present", "absent"): (0.3, 0.6, 0.1),
        ("present", "present"): (1.0, 0.0, 0.0) if certain else (0.2, 0.3, 0.5),
    }
    ids: dict[str, Cited] = {"a=present": (0.3, 0.25, 0.35), "c=present": (0.6, 0.55, 0.65)}
    for (a, c), column in columns.items():
        for state, p in zip(("s0", "s1", "s2"), column, strict=True):
            ids[f"b={state} | a={a}, c={c}"] = (p, max(0.0, p - 0.05), min(1.0, p + 0.05))
    return network("collider", [Variable("a"), Variable("b", states=("s0", "s1", "s2"), parents=("a", "c")), Variable("c")], ids)


def weather() -> Network:
    """Four kinds of weather and an umbrella."""
    umbrella = {"dry": 0.05, "mixed": 0.5, "wet": 0.9, "storm": 0.3}
    return tables(
        "weather",
        {
            "weather": (tuple(umbrella), (), {(): (0.5, 0.3, 0.15, 0.05)}),
            "umbrella": (("absent", "present"), ("weather",), {(s,): (1 - p, p) for s, p in umbrella.items()}),
        },
    )


def _owner(number: str) -> str:
    """The variable whose gate a number belongs to."""
    return number.split("=")[0].split(" |")[0].removeprefix("odds(").rstrip(")")


def _keys(records: Mapping[str, Number]) -> list[str]:
    """The sources cited, in order."""
    return list(dict.fromkeys(number.source for number in records.values() if number.source))
