"""How Sphinx makes the site: `make site`, from the Markdown of docs/, the notebooks as they are, the docstrings and live pages.

The source is the whole tree, so that links between README, pages and notebooks are the same here and where one browses the files.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any

from docutils import nodes

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

# From this tree.
import diagrams  # noqa: E402
import gallery  # noqa: E402
import live  # noqa: E402
import objects  # noqa: E402

import bayesnet  # noqa: E402

project = "bayesnet"
author = "The bayesnet authors"
project_copyright = f"2026, {author}"
release = version = bayesnet.__version__
FRONT = ("differential", "network", "weights", "tornado", "next_tests", "advice", "frequencies_tree", "icon_array")
"""Pictures of the front page."""
html_title = f"bayesnet {version}"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon"]
root_doc = "docs/index"
include_patterns = [
    "docs/*.md",
    "docs/reference/**",
    "notebooks/*.ipynb",
    "priors/*/README.md",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
]
exclude_patterns = [".*", "build", "dist", "node_modules", "**/.ipynb_checkpoints"]
language = "en"
# A single backtick in a docstring is code.
default_role = "code"

# Anchors as on the usual code hosts; the code of pages and notebooks is run by the tests, not here.
myst_heading_anchors = 3
myst_enable_extensions = ["deflist", "html_image", "substitution"]
myst_substitutions = {
    "explorer": f'<div class="live">{live.FRAME}</div>',
    "live": live.index(),
    "thumbnails": gallery.board(FRONT),
}
nb_execution_mode = "off"
nb_merge_streams = True
# Results know how to be HTML; pictures come next, text last.
nb_mime_priority_overrides = [("html", "text/html", 1), ("html", "image/png", 2), ("html", "text/plain", 3)]

# One page for each public object; what a removed one left behind would be a page without a place.
shutil.rmtree(ROOT / "docs" / "reference" / "objects", ignore_errors=True)
templates_path = [str(ROOT / "docs" / "templates")]
autosummary_generate = [
    "docs/reference.md",
    *(f"docs/reference/{path.name}" for path in (ROOT / "docs" / "reference").glob("*.md")),
]
autosummary_context = objects.context()
RESULTS = {name.rpartition(".")[2]: f"~{name}" for name in autosummary_context["returned"]}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
# Summaries of results are fetched, which a browser does not allow from a disk.
html_show_search_summary = False
html_copy_source = False
html_theme_options: dict[str, Any] = {
    "light_css_variables": {"color-brand-primary": "#1f4e9c", "color-brand-content": "#1f4e9c"},
    "dark_css_variables": {"color-brand-primary": "#b9d3ee", "color-brand-content": "#b9d3ee"},
    "announcement": "For teaching and research. Not for the care of patients.",
}
# A page is read where there is no network, too: system letters, and nothing from elsewhere.
pygments_style = "default"
suppress_warnings = ["mystnb.unknown_mime_type"]


REFERENCE = re.compile(r"^\s*[^\W\d_][^.]*\((?:19|20)\d\d\)")
"""The first line of a reference: authors and the year."""
MADE_BY_OTHERS = ("bayesnet.Network", "bayesnet.Case")


def setup(app: Any) -> None:
    """Draw the diagrams, and put the live pages beside the documentation, with a first page that leads to it."""
    app.connect("autodoc-process-docstring", _one_reference_a_paragraph, priority=400)
    app.connect("autodoc-process-signature", _only_own_fields)
    app.connect("doctree-read", _draw)
    # After the theme has made its navigation.
    app.connect("html-page-context", _mend, priority=900)
    app.connect("build-finished", _finish)


def _draw(app: Any, doctree: nodes.document) -> None:  # noqa: ARG001
    """Put the picture of a flow chart in place of its text."""
    for block in list(doctree.findall(nodes.literal_block)):
        if block.get("language") == "mermaid":
            block.replace_self(nodes.raw("", diagrams.svg(block.astext()), format="html"))


def _mend(app: Any, name: str, template: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG001
    """Let the keyboard scroll what is wide, and say which level of heading a caption of the navigation is."""
    for key, old, new in (
        ("body", "<pre>", '<pre tabindex="0">'),
        ("body", '<div class="output text_html">', '<div class="output text_html" tabindex="0">'),
        ("body", '<div class="table-wrapper', '<div tabindex="0" class="table-wrapper'),
        ("furo_navigation_tree", 'role="heading"', 'role="heading" aria-level="2"'),
    ):
        context[key] = context.get(key, "").replace(old, new)


def _finish(app: Any, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        live.write(Path(app.outdir))
        head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>bayesnet</title>'
        page = f'{head}<meta http-equiv="refresh" content="0; url=docs/index.html">'
        link = '<p><a href="docs/index.html">bayesnet: the documentation</a></p>\n'
        Path(app.outdir, "index.html").write_text(page + link, encoding="utf-8")


def _one_reference_a_paragraph(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:  # noqa: ARG001
    """Part the papers of a docstring, which stand in it line under line."""
    inside, parted = False, []
    for i, line in enumerate(lines):
        if i + 1 < len(lines) and re.fullmatch(r"\s*-{3,}\s*", lines[i + 1]):
            inside = line.strip() == "References"
        if inside and REFERENCE.match(line) and parted and not re.fullmatch(r"\s*-{3,}\s*", parted[-1]):
            parted.append("")
        parted.append(line)
    lines[:] = parted


def _only_own_fields(
    app: Any,  # noqa: ARG001
    what: str,
    name: str,
    thing: Any,  # noqa: ARG001
    options: Any,  # noqa: ARG001
    signature: str | None,
    returns: str | None,
) -> tuple[str | None, str | None]:
    """Leave out what all results share, and how networks and cases are made inside: `bayesnet.load` and `net.case` make them."""
    returns = RESULTS.get(returns or "", returns)
    if name in MADE_BY_OTHERS:
        return "", returns
    if what == "class" and signature:
        signature = re.sub(
            r"\(\*, title: str = '', provenance: Provenance = Provenance\([^)]*\)(, )?", "(", signature.replace("=()", "=[]")
        )
    return signature, returns
