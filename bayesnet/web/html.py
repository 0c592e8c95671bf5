"""Small pieces of a page: escaped tables, paragraphs and a frame with a strict content security policy."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Sequence
from html import escape
from importlib.resources import files


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], left: Collection[int] = (0,), kind: str = "") -> str:
    """Return a table with everything escaped; `left` names the columns of words."""

    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(
            f'<{tag} class="left">{_breakable(text)}</{tag}>' if i in left else f"<{tag}>{escape(text)}</{tag}>"
            for i, text in enumerate(row)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    opening = f'<table class="{escape(kind)}">' if kind else "<table>"
    return f"{opening}<thead><tr>{cells('th', headings)}</tr></thead><tbody>{body}</tbody></table>"


def _breakable(text: str) -> str:
    """Escaped text that may break where names are joined, so that words stay whole."""
    return _together(re.sub(r"([_=|/])(?=\w)", r"\1<wbr>", escape(text)))


def _together(text: str) -> str:
    """Return a figure and its per cent sign on one line."""
    return text.replace(" %", "\u00a0%")


def paragraphs(text: str, kind: str = "") -> str:
    """Return one paragraph for each line, escaped."""
    opening = f'<p class="{escape(kind)}">' if kind else "<p>"
    return "".join(f"{opening}{_together(escape(line))}</p>" for line in text.split("\n") if line)


def figure(svg: str, caption: str) -> str:
    """Return a drawing with a caption; the drawing is our own and already escaped."""
    return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>"


def section(title: str, *parts: str) -> str:
    """Return a section with a heading; empty where no part has content."""
    content = "".join(parts)
    return f"<section><h2>{escape(title)}</h2>{content}</section>" if content else ""


def page(title: str, body: str) -> str:
    """Return a whole page: one file, its style inside, no script, nothing loaded from anywhere."""
    style = files("bayesnet.web").joinpath("static/report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body>{body}</body></html>\n"
    )
