"""The page of all commands, made from the commands themselves: `docs/commands.md` is what this writes."""

from __future__ import annotations

import re
from pathlib import Path

import click

from bayesnet.cli.program import COMMANDS, program

PAGE = Path(__file__).resolve().parent / "commands.md"

EXAMPLES = {
    "demo": [
        "bayesnet demo",
    ],
    "check": [
        "bayesnet check mammography",
        "bayesnet check my_model --fix",
    ],
    "show": [
        "bayesnet show back_pain multiple_myeloma",
        'bayesnet show back_pain "fever=present | epidural_abscess=present"',
    ],
    "find": [
        "bayesnet find night",
        "bayesnet find mammography",
    ],
    "query": [
        'bayesnet query back_pain "multiple_myeloma | anemia, hypercalcemia, !fever"',
        'bayesnet query asia "lung=yes, bronc=yes | smoke=yes" --json',
    ],
    "diagnose": [
        'bayesnet diagnose back_pain "age_group=60-69, raised_alp, chronic_pain" --intervals',
    ],
    "whatif": [
        'bayesnet whatif back_pain "age_group=60-69, raised_alp" "anemia" "do(corticosteroids)"',
    ],
    "explain": [
        'bayesnet explain back_pain "multiple_myeloma | anemia, hypercalcemia, !fever"',
    ],
    "next": [
        'bayesnet next back_pain "age_group=60-69, raised_alp" --target spinal_metastasis',
    ],
    "advise": [
        'bayesnet advise back_pain "age_group=60-69, raised_alp, chronic_pain"',
    ],
    "report": [
        'bayesnet report back_pain "age_group=60-69, raised_alp, chronic_pain" case.html',
    ],
    "page": [
        "bayesnet page back_pain --open",
        "bayesnet page back_pain -o back_pain.html",
    ],
    "sensitivity": [
        'bayesnet sensitivity back_pain "multiple_myeloma | anemia, hypercalcemia, !fever"',
    ],
    "uncertainty": [
        'bayesnet uncertainty back_pain "spinal_metastasis | age_over_50, cancer_history, raised_alp" --draws 1000',
    ],
    "cite": [
        "bayesnet cite back_pain --bibtex > back_pain.bib",
        'bayesnet cite back_pain "fever=present | epidural_abscess=present" --csl',
    ],
    "sources": [
        'bayesnet sources back_pain "multiple_myeloma | anemia, hypercalcemia, !fever"',
    ],
    "tune": [
        'bayesnet tune back_pain "multiple_myeloma | anemia, hypercalcemia" --at-least 0.2',
    ],
    "audit": [
        "bayesnet audit back_pain",
        "bayesnet audit back_pain --by setting",
        "bayesnet audit back_pain --cases",
        "bayesnet audit back_pain --naive",
    ],
    "exercises": [
        "bayesnet exercises back_pain --count 3 --seed 7",
        "bayesnet exercises back_pain --count 3 --seed 7 --key",
    ],
    "score": [
        "bayesnet score asia cohort.csv scored.csv --target lung=yes",
    ],
    "evaluate": [
        "bayesnet evaluate scored.csv outcomes.csv",
    ],
    "update": [
        "bayesnet update asia cohort.csv -o my_clinic",
    ],
    "new": [
        "bayesnet new my_model",
    ],
    "diff": [
        "bayesnet diff back_pain my_copy_of_back_pain",
    ],
    "convert": [
        "bayesnet convert asia asia.xdsl",
    ],
}
"""Lines that the tests run, in a folder with a `cohort.csv` of the chest clinic."""

TOP = """# Every command

```console
$ bayesnet --help
$ bayesnet COMMAND --help
```

`MODEL` is a shipped model (`back_pain`, `asia`, `sprinkler`, `mammography`), a folder in the [priors format](priors-format.md),
or a network file: `.bif`, `.xmlbif`, `.xdsl`, `.net`, `.uai`, each also with `.gz`. Questions and findings are written as in
Python; quote them, because the shell has its own use for `|` and `!`. `-h` or `--help` explains each command.

Every command takes `--json` and then prints what `to_dict()` gives in Python. The exit status is 0 when it is done, 1 when the
model or the data is at fault, 2 when the command is. Errors go to standard error, as one paragraph that says where, what, and the
way out.

Findings are typed as people say them, `"raised ALP, male, no fever, 66"`; `bayesnet find WORD` looks for a name, and
[everything you can ask](vocabulary.md) is a page of its own. A terminal gets colours (not with `NO_COLOR` set), a pager where a
print is several screens long, and a line that says so where a command takes more than a second; a pipe gets only the text.

Shells complete commands, models and the names inside a question:

```console
$ eval "$(_BAYESNET_COMPLETE=bash_source bayesnet)"
$ eval "$(_BAYESNET_COMPLETE=zsh_source bayesnet)"
$ _BAYESNET_COMPLETE=fish_source bayesnet | source
```

This page is made from the commands by `python docs/build.py`.
"""


def page() -> str:
    """Give the page as Markdown."""
    context = click.Context(program, info_name="bayesnet")
    index = "\n".join(f"| [`{name}`](#{name}) | {_cell(told)} |" for name, told in COMMANDS.items())
    parts = [TOP, f"| command | what it does |\n| --- | --- |\n{index}\n"]
    for name in COMMANDS:
        command = program.get_command(context, name)
        assert command is not None
        parts.append(_section(name, command, click.Context(command, info_name=name, parent=context)))
    return "\n".join(parts)


def _section(name: str, command: click.Command, context: click.Context) -> str:
    """One command: usage, what it does, options, examples."""
    usage = " ".join([f"bayesnet {name}", *command.collect_usage_pieces(context)])
    paragraphs = re.split(r"\n\s*\n", (command.help or "").strip())
    options = [row for row in map(_option, command.params, [context] * len(command.params)) if row]
    table = "\n".join(["| option | meaning |", "| --- | --- |", *options])
    examples = "\n".join(f"$ {line}" for line in EXAMPLES.get(name, []))
    return "\n\n".join(
        [
            f"## {name}",
            f"```text\n{usage}\n```",
            *(_prose(text) for text in paragraphs),
            table,
            f"```console\n{examples}\n```\n",
        ]
    )


def _option(parameter: click.Parameter, context: click.Context) -> str:
    """One row of the table; nothing for an argument, which the usage names."""
    if not isinstance(parameter, click.Option) or parameter.hidden:
        return ""
    record = parameter.get_help_record(context)
    assert record is not None
    names, told = map(_cell, record)
    return f"| `{names}` | {_prose(told)} |"


def _cell(text: str) -> str:
    """A text in one line that a table can hold."""
    return " ".join(text.split()).replace("|", "\\|")


def _prose(text: str) -> str:
    """A help text as Markdown: one line, and what stands in double quotes as code."""
    plain = " ".join(text.split()).replace("<", "\\<")
    return re.sub(r'"([^"]+)"', lambda match: f"`{match[1]}`", plain)


def write() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
