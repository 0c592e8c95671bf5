"""The publications of a network as a bibliography: text, BibTeX and CSL-JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.model.records import Source
from bayesnet.results.base import Result
from bayesnet.results.records import Records
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import counted

_JOURNAL = re.compile(
    r"(?P<journal>.+?)[ ,]+(?:(?P<year>(?:19|20)\d\d);)?(?P<volume>\d+)(?: ?\((?P<number>[^)]*)\))?"
    r":(?P<pages>[A-Za-z]?\d[\w.–-]*)\.?"
)
"""`Spine J 9(7):545-550` and `Spine J 2009;9(7):545-550`."""
_BIBTEX = {
    "article": ("article", "journal"),
    "meeting abstract": ("inproceedings", "booktitle"),
    "book": ("book", "series"),
    "report": ("techreport", "series"),
    "website": ("misc", "howpublished"),
    "dataset": ("misc", "howpublished"),
    "price list": ("misc", "howpublished"),
}
"""The entry of each kind of publication, and the field for what it appeared in."""
_CSL = {
    "article": "article-journal", "meeting abstract": "paper-conference", "book": "book", "report": "report",
    "website": "webpage", "dataset": "dataset", "price list": "webpage",
}  # fmt: skip
_INITIALS = re.compile(r"[A-ZÄÖÜÉÅØŁŠŽ]{1,4}(?:-[A-Z])?")
_SUFFIXES = ("Jr", "Sr", "2nd", "3rd")
_ESCAPES = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {c: f"\\{c}" for c in "&%$#_{}"}


@dataclass(frozen=True, slots=True)
class Author:
    """A person with surname and initials, or, without initials, a body."""

    family: str
    given: str = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Bibliography(Records[Source], Result):
    """Publications with authors, year, title, journal and identifiers; `to_bibtex` and `to_csl` give them to other programs."""

    held_in: ClassVar[str] = "sources"
    key: ClassVar[tuple[str, ...]] = ("key",)

    columns: ClassVar[tuple[str, ...]] = (
        "key", "authors", "year", "title", "journal", "publisher", "doi", "pmid", "isbn", "url", "kind", "not_found", "cohort",
        "note",
    )  # fmt: skip

    sources: tuple[Source, ...]

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per publication."""
        return [tuple(getattr(source, name) for name in self.columns) for source in self.sources]

    def grid(self) -> Grid:
        """Key and reference of every publication."""
        return Grid(("key", "reference"), tuple((s.key, reference(s)) for s in self.sources), frozenset({0, 1}))

    def introduction(self) -> str:
        """Return how many publications there are."""
        return counted(len(self.sources), "publication")

    def body(self) -> str:
        """Return one paragraph for each publication."""
        return "\n".join(wrapped(f"{source.key}: {reference(source)}", "    ") for source in self.sources)

    def footer(self) -> str:
        """Return nothing: a bibliography is no answer."""
        return ""

    def to_bibtex(self) -> str:
        r"""Return the publications as BibTeX entries, in UTF-8 (for biber, or bibtex with an engine that reads it).

        >>> source = Source("doe2001", "Doe JA, Roe R, et al.", 2001, "On pain & fever", "Spine J 9(7):545-550", doi="10.1/x_y")
        >>> print(Bibliography(sources=(source,)).to_bibtex())
        @article{doe2001,
          author = {Doe, JA and Roe, R and others},
          year = {2001},
          title = {{On pain \& fever}},
          journal = {Spine J},
          volume = {9},
          number = {7},
          pages = {545--550},
          doi = {10.1/x_y},
        }
        <BLANKLINE>
        """
        return "\n".join(map(_bibtex, self.sources))

    def to_csl(self) -> list[dict[str, Any]]:
        """Return the publications as CSL-JSON items, for citeproc, Zotero and pandoc.

        >>> source = Source("doe2001", "Doe JA, Health Board", 2001, "On pain", "Spine J 9:545", pmid="12")
        >>> item = Bibliography(sources=(source,)).to_csl()[0]
        >>> item["author"], item["container-title"], item["issued"]
        ([{'family': 'Doe', 'given': 'J. A.'}, {'literal': 'Health Board'}], 'Spine J', {'date-parts': [[2001]]})
        """
        return [_csl(source) for source in self.sources]


def reference(source: Source) -> str:
    """Return a publication in one line: authors, year, title, journal, identifiers.

    >>> reference(Source("x", "Doe J, Roe R", 2001, title="On pain", journal="Pain 3:1-2", pmid="12"))
    'Doe J, Roe R (2001). On pain. Pain 3:1-2. PMID 12'
    """
    year = f" ({source.year})" if source.year else ""
    head = f"{source.authors}{year}" if source.authors else f"{source.title.rstrip('.')}{year}"
    title = source.title.rstrip(".") if source.authors else ""
    parts = [head, title, source.journal.rstrip("."), source.publisher.rstrip(".")]
    names = (("doi:", source.doi), ("PMID ", source.pmid), ("ISBN ", source.isbn), ("", source.url))
    ids = [f"{name}{text}" for name, text in names if text]
    return ". ".join(part for part in (*parts, " ".join(ids)) if part)


def authors(text: str) -> tuple[list[Author], bool]:
    """Return the authors in a text such as `Doe JA, Roe R, et al.`, and whether there are others.

    >>> authors("van der Berg A, Curry WT Jr, et al.")
    ([Author(family='van der Berg', given='A'), Author(family='Curry Jr', given='WT')], True)
    """
    others = re.search(r"\bet al\b\.?", text) is not None
    found = []
    for name in re.split(r"[,;]", re.sub(r"\s*\([^)]*\)", "", re.sub(r"\bet al\b\.?", "", text))):
        words = name.split()
        suffix = [word for word in words if word in _SUFFIXES]
        words = [word for word in words if word not in _SUFFIXES]
        if len(words) > 1 and _INITIALS.fullmatch(words[-1]):
            found.append(Author(" ".join([*words[:-1], *suffix]), words[-1]))
        elif words:
            found.append(Author(" ".join(words)))
    return found, others


def _journal(source: Source) -> dict[str, str]:
    """Journal, volume, number and pages, as far as the record shows them."""
    found = _JOURNAL.fullmatch(source.journal)
    if not found:
        return {"journal": source.journal}
    return {name: found[name] for name in ("journal", "volume", "number", "pages") if found[name]}


def _bibtex(source: Source) -> str:
    people, others = authors(source.authors)
    names = [f"{_tex(a.family)}, {_tex(a.given)}" if a.given else f"{{{_tex(a.family)}}}" for a in people]
    where = _journal(source)
    kind, container = _BIBTEX[source.kind]
    if source.kind == "book" and source.journal:
        kind, container = "incollection", "booktitle"
    values = {
        "author": " and ".join([*names, *(["others"] if others else [])]),
        "year": str(source.year or ""),
        "title": f"{{{_tex(source.title)}}}" if source.title else "",
        container: _tex(where["journal"]),
        ("institution" if source.kind == "report" else "publisher"): _tex(source.publisher),
        "isbn": source.isbn,
        "volume": where.get("volume", ""),
        "number": where.get("number", ""),
        "pages": re.sub(r"[–-]", "--", where.get("pages", "")),
        "doi": source.doi,
        "pmid": source.pmid,
        "url": source.url,
        "note": _tex(source.note),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in values.items() if value]
    return "\n".join([f"@{kind}{{{source.key},", *lines, "}\n"])


def _tex(text: str) -> str:
    return "".join(_ESCAPES.get(letter, letter) for letter in text)


def _csl(source: Source) -> dict[str, Any]:
    people, _ = authors(source.authors)
    where = _journal(source)
    kind = "chapter" if source.kind == "book" and source.journal else _CSL[source.kind]
    given = {a: " ".join(f"{letter}." if letter.isalpha() else letter for letter in a.given) for a in people}
    item: dict[str, Any] = {
        "id": source.key,
        "type": kind,
        "author": [{"family": a.family, "given": given[a]} if a.given else {"literal": a.family} for a in people],
        "issued": {"date-parts": [[source.year]]} if source.year else None,
        "title": source.title,
        "container-title": where["journal"],
        "volume": where.get("volume"),
        "issue": where.get("number"),
        "page": where.get("pages"),
        "publisher": source.publisher,
        "ISBN": source.isbn,
        "DOI": source.doi,
        "PMID": source.pmid,
        "URL": source.url,
        "note": source.note,
    }
    return {name: value for name, value in item.items() if value}
