"""The explorer page: one HTML file with the network, the engine and the views in it, which loads nothing and sends nothing."""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from pathlib import Path
from typing import Any

from bayesnet.analysis.query.query import Query
from bayesnet.errors import BayesnetError
from bayesnet.model.replacing import replacing
from bayesnet.web.bundle import STATIC, bundle
from bayesnet.web.pagedata import page_data

STYLES = ("page.css",)
"""The style sheets, each in `static/page`; a file that is there beside them is joined too, in the order of the names."""


def write_page(query: Query, path: str | Path, lessons: dict[str, Any] | None = None) -> Path:
    """Write the explorer page to a file, replacing an existing one as a whole; see `Network.page`."""
    return write_text(page(query, lessons), path)


def write_text(text: str, path: str | Path, what: str = "page") -> Path:
    """Write a page to a file, replacing an existing one as a whole."""
    if not str(path).strip():
        raise BayesnetError(f'No name to write to; expected a file, as in "{what}.html".')
    out = Path(path)
    try:
        with replacing(out) as draft:
            draft.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BayesnetError(f"The {what} could not be written to {out}: {error.strerror or error}.") from error
    return out


def page(query: Query, lessons: dict[str, Any] | None = None) -> str:
    """Return the explorer page as HTML, with the data of lessons if it has any.

    The content security policy admits the one script and the one style inside, by their digests, and nothing else: no host, no
    `style` attribute, no handler in the markup. Beside that the script may compile WebAssembly: the kernel, which is in it. The
    data are JSON in which `<` is written as an escape, so no name ends them.
    """
    data = {**page_data(query.compiled, query.findings), **(lessons or {})}
    return document(data["model"]["title"], "explorer", data, bundle("page/boot.js"), styles(), kernel=True)


def document(title: str, root: str, data: dict[str, Any], script: str, style: str, *, kernel: bool = False) -> str:
    """Return a page that a script fills from its data: one file, nothing loaded from anywhere; `root` is the id that it fills.

    With `kernel` the script may compile WebAssembly, which it brings along.
    """
    scripts = f"'{_digest(script)}'" + (" 'wasm-unsafe-eval'" if kernel else "")
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src '{_digest(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="generator" content="bayesnet"><title>{escape(title)}</title><style>{style}</style></head>'
        f'<body><div id="{root}"></div><noscript>{escape(_WITHOUT_SCRIPT)}</noscript>'
        f'<script type="application/json" id="bayesnet-data">{as_json(data)}</script>'
        f'<script type="module">{script}</script></body></html>\n'
    )


_WITHOUT_SCRIPT = "This page needs JavaScript: one script of its own, which loads nothing. Allow scripts to use it."


def styles() -> str:
    """Return the style sheets of the page as one text."""
    folder = STATIC / "page"
    rest = sorted(path.name for path in folder.glob("*.css") if path.name not in STYLES)
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in (*STYLES, *rest))


def as_json(data: dict[str, Any]) -> str:
    r"""Return JSON that is safe inside a script element.

    >>> print(as_json({"name": "</script>"}))
    {"name":"\u003c/script>"}
    """
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
