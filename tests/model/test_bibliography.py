"""The publications of a network for other programs: BibTeX and CSL-JSON of every kind of record."""

from __future__ import annotations

import json
import re

import pytest

from bayesnet.cli import main
from bayesnet.errors import BayesnetError
from bayesnet.model.records import Source
from bayesnet.network import load
from bayesnet.results.bibliography import Bibliography, authors


def test_every_record_of_the_flagship_becomes_one_entry() -> None:
    """One BibTeX entry and one CSL item for each publication that a number cites, with balanced braces and its own key."""
    net = load("back_pain")
    found = net.bibliography()
    cited = {figure.source for number in net.numbers.values() for figure in number.sources}
    assert [source.key for source in found.sources] == sorted(cited)
    entries = found.to_bibtex().split("\n\n")
    assert len(entries) == len(cited)
    for entry, source in zip(entries, found.sources, strict=True):
        assert re.match(r"@(article|inproceedings|book|incollection|techreport|misc)\{" + re.escape(source.key) + ",\n", entry)
        bare = re.sub(r"\\[{}]", "", entry)
        assert bare.count("{") == bare.count("}")
    items = found.to_csl()
    assert [item["id"] for item in items] == sorted(cited)
    assert json.loads(json.dumps(items)) == items
    assert all(item.get("DOI", "") == source.doi for item, source in zip(items, found.sources, strict=True))


@pytest.mark.parametrize(
    ("kind", "entry", "csl"),
    [
        ("article", "@article", "article-journal"), ("meeting abstract", "@inproceedings", "paper-conference"),
        ("book", "@book", "book"), ("report", "@techreport", "report"),
        ("website", "@misc", "webpage"), ("dataset", "@misc", "dataset"), ("price list", "@misc", "webpage"),
    ],
)  # fmt: skip
def test_each_kind_of_publication_has_its_type(kind: str, entry: str, csl: str) -> None:
    """The type of the entry follows the kind of the record."""
    found = Bibliography(sources=(Source("x", "Doe J", 2001, "A title", publisher="A body", kind=kind),))
    assert found.to_bibtex().startswith(f"{entry}{{x,")
    assert found.to_csl()[0]["type"] == csl
    assert "A body" in found.to_bibtex()


def test_a_chapter_is_in_a_book() -> None:
    """A book with something it appeared in is a chapter."""
    found = Bibliography(sources=(Source("x", "Doe J", 2001, "A chapter", "A book", kind="book", isbn="1-2"),))
    assert "@incollection" in found.to_bibtex()
    assert "booktitle = {A book}" in found.to_bibtex()
    assert found.to_csl()[0]["type"] == "chapter"
    assert found.to_csl()[0]["ISBN"] == "1-2"


def test_authors_are_people_bodies_and_others() -> None:
    """Initials make a person, the rest is a body in braces; et al. are others."""
    people, others = authors("O'Brien KK, van Royen BJ, World Health Organization, et al.")
    assert [(a.family, a.given) for a in people] == [("O'Brien", "KK"), ("van Royen", "BJ"), ("World Health Organization", "")]
    assert others
    text = Bibliography(sources=(Source("x", "Doe J, Health Board", 2001),)).to_bibtex()
    assert "author = {Doe, J and {Health Board}}" in text


def test_signs_of_tex_are_escaped() -> None:
    """A title is text, never a command."""
    text = Bibliography(sources=(Source("x", "Doe J", 2001, r"50 % of {all} \input{a}_b & $c$"),)).to_bibtex()
    assert r"50 \% of \{all\} \textbackslash{}input\{a\}\_b \& \$c\$" in text


def test_one_number_or_key_is_cited_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """By key or by the id of a number; an unknown key is refused with the nearest."""
    net = load("mammography")
    (number, *_) = net.numbers
    assert [s.key for s in net.bibliography([number]).sources] == ["gigerenzer1995", "gigerenzer2002"]
    assert [s.key for s in net.bibliography(["gigerenzer2002"]).sources] == ["gigerenzer2002"]
    with pytest.raises(BayesnetError, match="did you mean"):
        net.bibliography(["gigerenzer1994"])
    with pytest.raises(SystemExit):
        main(["cite", "mammography", "gigerenzer2002", "--json"])
    (told,) = json.loads(capsys.readouterr().out)["sources"]
    assert told["publisher"] == "Simon & Schuster"


def test_the_sources_of_an_answer_are_the_same_records() -> None:
    """`case.sources` gives the records of the publications it names."""
    net = load("asia")
    found = net.case("xray=yes").sources("lung=yes")
    assert found.records == tuple(net.sources.values())
    assert found.bibliography.to_csl()[0]["id"] == "lauritzen1988"
