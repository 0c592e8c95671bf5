"""A network whose names and states are what pages get wrong: markup, separators, names of JavaScript."""

from __future__ import annotations

import json
from pathlib import Path

import bayesnet
from bayesnet.pattern import quote

ODD = (
    "</script><script>alert(1)</script>",
    "<!-- a",
    'it\'s "so" & so',
    "Größe ≥ 3 · 🦴",
    "constructor",
    "__proto__",
    "a,b;c:d@e=f#g%h",
    "line\u2028break",
)
EVIL = ("</script>", "<!--<script>", "100 %", "no")


def odd_network(folder: Path) -> bayesnet.Network:
    """A priors folder whose names and states are markup, separators and names that JavaScript objects have already."""
    quoted = [json.dumps(name, ensure_ascii=False) for name in ODD]
    states = ", ".join(json.dumps(state) for state in EVIL)
    parts = ['group = "</style>"\n']
    for name in quoted:
        parts.append(
            f'[variables.{name}]\nlabel = {name}\nmeaning = "<img src=x onerror=alert(1)>"\nstates = [{states}]\ngate = "table"\n'
        )
        for state, value in zip(EVIL[1:], (0.3, 0.2, 0.1), strict=True):
            identity = f"{quote(json.loads(name))}={quote(state)}"
            number = {"id": identity, "value": value, "low": value / 2, "high": value * 1.5}
            lines = [f"{key} = {json.dumps(entry, ensure_ascii=False)}" for key, entry in number.items()]
            parts.append(
                "\n".join(
                    ["[[numbers]]", *lines, 'range = "judgement"', 'grade = "judgement"', 'reason = "Invented for the test."']
                )
                + "\n"
            )
    folder.mkdir()
    (folder / "odd.toml").write_text("\n".join(parts), encoding="utf-8")
    head = 'name = "odd"\ntitle = "</title><script>alert(1)</script>"\nfiles = ["odd.toml"]\nwarning = "<b>for teaching</b>"\n'
    (folder / "model.toml").write_text(head, encoding="utf-8")
    return bayesnet.load(folder)
