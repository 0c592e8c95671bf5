"""Remarks for the reviewer of a model, number by number and record by record; nothing is computed by the network."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bayesnet.model.check_figures import formulas
from bayesnet.model.derivation import Ends
from bayesnet.model.recompute import ENDS, Computed
from bayesnet.model.records import CitedFigure, Model, Number, Source
from bayesnet.model.vocabulary import WITHOUT_SOURCE

WIDE = 20.0
"""From this ratio of the ends on, a range looks like a judgement."""

_SELECTED = re.compile(
    r"\b(admitted|admissions?|hospitali[sz]ed|inpatients?|operated|surgical(?:ly)?|surgery|referred|referrals?|tertiary|laparoscop\w+)\b",
    re.IGNORECASE,
)
_STUDY = re.compile(r"\b([A-Z][\w’'-]*[a-zäöüéèøåæß][\w’'-]*)(?: et al\.?)?,? (?:\()?((?:19|20)\d\d)\b")
_NO_NAMES = frozenset({
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    "In", "Since", "Until", "From", "Around", "About", "Of", "By", "To", "The", "And", "Before", "After", "Between", "Edition",
    "States", "Kingdom", "Table", "Figure", "Survey", "Database", "Medicare", "Review", "Guideline", "Year", "Years", "Version",
})  # fmt: skip
"""Words before a year that name no author."""

_FIELDS: dict[str, tuple[str, ...]] = {
    "article": ("authors", "year", "title", "journal"),
    "meeting abstract": ("authors", "year", "title", "journal"),
    "book": ("authors", "year", "title"),
    "report": ("authors", "year", "title"),
    "dataset": ("authors", "year", "title"),
    "website": ("authors", "title"),
    "price list": ("authors", "title"),
}
"""Fields of a complete record, by its kind; an organisation is an author, and a page of the web need not have a year."""

_FOUND_BY: dict[str, tuple[str, ...]] = {
    "article": ("doi", "pmid"),
    "meeting abstract": ("url", "doi", "pmid"),
    "book": ("isbn", "publisher", "doi", "pmid"),
    "report": ("url", "publisher", "doi", "pmid"),
    "dataset": ("url", "publisher", "doi", "pmid"),
    "website": ("url", "doi"),
    "price list": ("url", "doi"),
}
"""Fields of which a complete record has one, by its kind."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a reviewer should look at: of which `kind`, about which number or source, and what it is."""

    kind: str
    subject: str
    what: str


def complete(source: Source) -> bool:
    """Return whether a record can be found by its fields.

    An article has authors, year, title, journal and a DOI, a PMID or an address in PubMed Central, which holds its number
    there; a meeting abstract the same or another address, because few have a number of their own; a book authors, year,
    title and a publisher or ISBN; a report or dataset authors, year, title and a publisher or address; a website or price
    list authors, title and an address.

    >>> complete(Source("x", "Doe J, et al.", 2001, "A title", "A journal", pmid="12"))
    True
    >>> complete(Source("x", "Doe J", 2001, "A title", "A journal"))
    False
    >>> complete(Source("x", "Doe J", 2001, "A title", "A journal", url="https://pmc.ncbi.nlm.nih.gov/articles/PMC12"))
    True
    """
    return not lacking(source)


def lacking(source: Source) -> tuple[str, ...]:
    """Return the fields that a complete record would have and this one has not; `identifier` is what it can be found by.

    >>> lacking(Source("x", "Doe J", 2001, "", "A journal"))
    ('title', 'identifier')
    """
    missing = [name for name in _FIELDS[source.kind] if not getattr(source, name)]
    there = any(getattr(source, name) for name in _FOUND_BY[source.kind]) or "/articles/PMC" in source.url
    return (*missing, *(() if there else ("identifier",)))


def settled(source: Source) -> bool:
    """Return whether a record is complete, or says of every field that it lacks that it was looked for and not found."""
    return all(name in source.not_found for name in lacking(source))


def in_use(model: Model) -> dict[str, Source]:
    """Return the sources that a number cites, by key."""
    cited = {figure.source for number in model.numbers.values() for figure in number.sources}
    return {key: source for key, source in model.sources.items() if key in cited}


def remarks(model: Model, computed: Mapping[str, Mapping[Ends, Computed]]) -> list[Remark]:
    """Find what a reviewer should look at.

    Parameters
    ----------
    model
        The model.
    computed
        What was computed again, by number id.
    """
    found: list[Remark] = []
    names = _author_years(model.sources)
    for number in model.numbers.values():
        found += _deviations(number, computed[number.id])
        found += _of_number(number, computed[number.id], names)
    return [*found, *_of_sources(model.sources)]


def _deviations(number: Number, computed: Mapping[Ends, Computed]) -> Iterator[Remark]:
    for end, each in computed.items():
        if each.computed and not each.agrees:
            what = f"{end} {each.written:.6g}, computed {each.found:.6g} from {each.by}"
            yield Remark("not what is computed", number.id, what)


def _of_number(number: Number, computed: Mapping[Ends, Computed], names: Mapping[tuple[str, str], set[str]]) -> Iterator[Remark]:
    """Yield the remarks on one number, except those on deviations."""
    for_value = [figure for figure in number.sources if figure.use == "value"]
    if number.grade not in (*WITHOUT_SOURCE, "file"):
        yield from _of_study(number, computed["value"], for_value)
    yield from _outside(number, for_value)
    yield from _of_range(number, computed)
    if number.derivation:
        used = {name for formula in formulas(number).values() for name in formula.names}
        for figure in for_value:
            if figure.name not in used:
                what = f"{figure.source}: {figure.figure or figure.place}"
                yield Remark("a figure for the value that no formula uses", number.id, what)
    yield from _named(number, names)


def _of_study(number: Number, value: Computed, figures: list[CitedFigure]) -> Iterator[Remark]:
    """Check that a number graded as a study's rests on figures that were read, of patients to whom it can apply."""
    if not value.computed:
        yield Remark("a study without a way to the value", number.id, value.why)
    if not figures:
        yield Remark("a study grade on a background figure", number.id, f'grade "{number.grade}", no figure for the value')
    for figure in figures:
        if figure.verified.how == "recalled":
            yield Remark("a study grade on a recalled figure", number.id, f'grade "{number.grade}", {figure.source}')
    if number.adjusted or "setting=" in number.id:
        return
    for figure in figures:
        if selected := _SELECTED.search(figure.population):
            yield Remark("selected patients without an adjustment", number.id, f"{selected[0]}: {figure.population}")
            return


def _of_range(number: Number, computed: Mapping[Ends, Computed]) -> Iterator[Remark]:
    """Check that a range graded as a study's follows from figures, and is no wider than such a range can be."""
    open_ends = [computed[end] for end in ENDS if end != "value" and not computed[end].computed]
    if number.range_grade in (*WITHOUT_SOURCE, "file") or not open_ends:
        return
    yield Remark("a range called a study's that no figure gives", number.id, f'"{number.range}": {open_ends[0].why}')
    ratio = number.high / number.low if number.low > 0 else float("inf") if number.high > 0 else 1.0
    if ratio >= WIDE:
        yield Remark("a range of a factor of 20 that is not called a judgement", number.id, f"{number.low:g} to {number.high:g}")


def _outside(number: Number, figures: list[CitedFigure]) -> Iterator[Remark]:
    """Yield each share cited for the value that lies outside the range of the number, unless a formula transforms it."""
    if number.derivation or number.id.startswith("odds("):
        return
    for figure in figures:
        share = figure.count[0] / figure.count[1] if figure.count else figure.printed.value if figure.printed else None
        if share is not None and not number.low * (1 - 1e-6) - 1e-3 <= share <= number.high * (1 + 1e-6) + 1e-3:
            what = f"{figure.figure} = {share:.4g}, range {number.low:g} to {number.high:g}"
            yield Remark("a cited share outside the range", number.id, what)


def _named(number: Number, names: Mapping[tuple[str, str], set[str]]) -> Iterator[Remark]:
    """Studies that the texts name and that have no record, or are not among the figures."""
    cited = {figure.source for figure in number.sources}
    texts = " ".join([number.reason, number.note, number.adjusted, number.not_used, *(figure.place for figure in number.sources)])
    for name, year in dict.fromkeys(_STUDY.findall(texts)):
        if name in _NO_NAMES:
            continue
        keys = names.get((name.casefold(), year), set())
        if not keys:
            yield Remark("a study named without a record", number.id, f"{name} {year}")
        elif not keys & cited:
            yield Remark("a study in words only", number.id, f"{name} {year} ({', '.join(sorted(keys))})")


def _author_years(sources: Mapping[str, Source]) -> dict[tuple[str, str], set[str]]:
    """Return every surname with the year of the publication, and the keys it can mean."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for key, source in sources.items():
        for word in re.findall(r"[\w’'-]{2,}", source.authors):
            found[word.casefold(), str(source.year)].add(key)
        if named := re.fullmatch(r"([a-z]+)((?:19|20)\d\d)[a-z]?", key):
            found[named[1], named[2]].add(key)
    return found


def _of_sources(sources: Mapping[str, Source]) -> Iterator[Remark]:
    """Records that share an identifier, and titles that somebody made up."""
    for name in ("doi", "pmid"):
        by_id: dict[str, list[str]] = defaultdict(list)
        for key, source in sources.items():
            if getattr(source, name):
                by_id[getattr(source, name).casefold()].append(key)
        for text, keys in by_id.items():
            if len(keys) > 1:
                yield Remark("records with one identifier", ", ".join(keys), f"{name} {text}")
    for key, source in sources.items():
        if source.title.startswith("["):
            yield Remark("a title in brackets", key, source.title)
        if not settled(source):
            unsaid = [name for name in lacking(source) if name not in source.not_found]
            yield Remark("a record that lacks fields and does not say so", key, ", ".join(unsaid))
