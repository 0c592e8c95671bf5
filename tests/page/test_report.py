"""The report: a page to hand out, and in full what the analyses say; it loads nothing and escapes everything."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import bayesnet
from bayesnet.results.labels import Names
from bayesnet.results.words import interval, percent, rough_percent

DEMO = "age_group=60-69, female, cancer_history, chronic_pain, raised_alp, anemia, hypercalcemia"
VOID = {"meta", "rect", "line", "br"}


class Reader(HTMLParser):
    """Collects tags, attributes and text, and checks that tags close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.headings: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "h2":
            self.headings.append(data)
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def read(path: Path) -> tuple[str, Reader]:
    text = path.read_text(encoding="utf-8")
    reader = Reader()
    reader.feed(text.replace("<wbr>", ""))
    assert reader.open == []
    return text, reader


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> tuple[str, Reader]:
    """The full report of the first demo case."""
    path = bayesnet.load("back_pain").case(DEMO).report(tmp_path_factory.mktemp("report") / "case.html", full=True)
    return read(path)


def test_the_page_loads_nothing_and_runs_nothing(page):
    """No script, no image, no inline style attribute; the policy allows only the style inside; links lead to publications."""
    text, reader = page
    names = {tag for tag, _ in reader.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    links = [attributes for tag, attributes in reader.tags if tag == "a"]
    assert links
    assert all(set(link) == {"href"} and link["href"].startswith(("https://", "http://")) for link in links)
    assert not any("style" in attributes or any(k.startswith("on") for k in attributes) for _, attributes in reader.tags)
    style = re.search("<style>(.*?)</style>", text, re.S).group(1)
    assert "@import" not in style
    assert "url(" not in style
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [a["content"] for t, a in reader.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_the_page_says_all_that_the_analyses_say(page):
    """Case, differential, explanation, tornado, next tests, advice, numbers, sources, limits, version and digest."""
    _, reader = page
    net = bayesnet.load("back_pain")
    case = net.case(DEMO)
    names = Names(net.compiled.labels).prose
    why, advice = case.explain("spinal_metastasis"), case.advise()
    for sentence in (*why.text.split("\n"), *advice.text.split("\n"), case.next_tests("spinal_metastasis").text):
        assert " ".join(names(sentence).split()) in reader.text
    for line in case.diagnoses():
        assert percent(line.posterior) in reader.text
    assert net.digest in reader.text
    assert advice.decision_digest in reader.text
    assert net.model.warning in reader.text
    assert reader.headings[6:13] == [
        "The findings", "The whole differential", "Why spinal metastasis, in figures", "Which numbers spinal metastasis hangs on",
        "What to learn next, in figures", "What to do, and how firm that is", "Limits",
    ]  # fmt: skip
    assert reader.headings[14] == "Sources"


def test_the_first_page_is_one_to_hand_out(tmp_path):
    """Case in words, five diagnoses with intervals, why, next test, choice, three numbers; labels, and room for a name."""
    case = bayesnet.load("back_pain").case(f"{DEMO}, !fever")
    _, reader = read(case.report(tmp_path / "case.html"))
    assert reader.headings == [
        "The case",
        "What it could be",
        "Why spinal metastasis",
        "What to ask or test next",
        "What to do",
        "The numbers that move it most",
    ]
    assert "Name Date" in reader.text
    assert "Known: age group 60-69, female, history of cancer, " in reader.text
    assert "Absent: fever. Assumed: setting primary care." in reader.text
    for line in list(case.diagnoses())[:5]:
        assert rough_percent(line.posterior) in reader.text
        assert interval(line.low, line.high, rough_percent) in reader.text
    moved = case.tornado("spinal_metastasis", top=3)
    for bar in moved:
        assert interval(*sorted((bar.at_low, bar.at_high)), rough_percent) in reader.text
    assert "Odds ratio of spinal metastasis, history of cancer" in reader.text
    assert not re.search(r"[a-z]_[a-z]", reader.text.replace("back_pain", ""))


def test_the_report_names_what_two_causes_share(tmp_path):
    """Where myeloma explains the findings, the page says with which diagnosis it competes and for what."""
    case = bayesnet.load("back_pain").case("age_group=60-69, anemia, hypercalcemia, chronic_pain, multiple_myeloma")
    _, reader = read(case.report(tmp_path / "case.html", target="spinal_metastasis"))
    assert "Multiple myeloma competes with spinal metastasis to explain anaemia, hypercalcaemia" in reader.text
    assert "Why multiple myeloma" not in read(case.report(tmp_path / "case.html"))[1].headings


def test_every_number_behind_the_answer_is_listed_with_its_source(page):
    """A number that moves the answer is in the list, with the author of its source; one that cannot matter is not."""
    _, reader = page
    net = bayesnet.load("back_pain")
    for row in net.case(DEMO).sensitivities("spinal_metastasis").to_frame().itertuples():
        if abs(row.derivative) > 1e-9:
            assert row.number in reader.text
            source = net.sources.get(net.numbers[row.number].source)
            assert source is None or source.short in reader.text


def test_what_people_typed_is_escaped(tmp_path):
    """A variable whose name is markup comes out as text."""
    evil = "<script>alert(1)</script>"
    states = "{ type discrete [ 2 ] { yes, no }; }"
    bif = (
        f'network n {{ }}\nvariable "{evil}" {states}\nprobability ( "{evil}" ) {{ table 0.2, 0.8; }}\n'
        f'variable b {states}\nprobability ( b | "{evil}" ) {{ (yes) 0.9, 0.1; (no) 0.3, 0.7; }}\n'
    )
    (tmp_path / "n.bif").write_text(bif)
    path = bayesnet.load(tmp_path / "n.bif").case({evil: "yes"}).report(tmp_path / "n.html", target="b=yes")
    text, reader = read(path)
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "script" not in {tag for tag, _ in reader.tags}


def test_a_network_without_diagnoses_needs_a_target(tmp_path):
    """The chest clinic has no diagnoses: a target is asked for, and with one there is a report without advice."""
    case = bayesnet.load("asia").case("dysp=yes")
    with pytest.raises(bayesnet.BayesnetError) as refused:
        case.report(tmp_path / "asia.html")
    assert str(refused.value) == (
        'asia has no variables of the group "diagnoses", so there is none to explain; name a target, as in target="dysp=yes".'
    )
    _, reader = read(case.report(tmp_path / "asia.html", target="lung=yes"))
    assert "What to do" not in reader.headings
    assert list(tmp_path.iterdir()) == [tmp_path / "asia.html"]


def test_a_report_that_cannot_be_written_is_refused(tmp_path):
    """A folder that is not there is named."""
    with pytest.raises(bayesnet.BayesnetError, match=r"could not be written to .*nowhere.*No such file or directory\."):
        bayesnet.load("back_pain").case("fever").report(tmp_path / "nowhere" / "case.html")


@pytest.mark.browser
def test_a_browser_shows_it_without_complaint_and_prints_it(browser, tmp_path):
    """In headless Chromium the console stays silent, nothing is asked of the network, and the print has pages."""
    path = bayesnet.load("back_pain").case(DEMO).report(tmp_path / "case.html")
    tab = browser.new_page()
    said, asked = [], []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(path.as_uri())
    assert said == []
    assert asked == [path.as_uri()]
    assert tab.locator("svg").count() == 1
    assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.browser
@pytest.mark.parametrize("paper", ["A4", pytest.param("Letter", marks=pytest.mark.slow)])
def test_it_prints_as_one_page(browser, tmp_path, paper):
    """Chromium prints the handout on one sheet, also where much is known; the full report begins its appendix on the second."""
    net = bayesnet.load("back_pain")
    tab = browser.new_page()
    longest = max((example.evidence for example in net.model.examples), key=len)
    counts = []
    for given, full in ((DEMO, False), (longest, False), ("leg_pain, straight_leg_raise", False), (DEMO, True)):
        tab.goto(net.case(given).report(tmp_path / "case.html", full=full).as_uri())
        counts.append(len(re.findall(rb"/Type\s*/Page\b", tab.pdf(format=paper))))
    assert counts[:3] == [1, 1, 1]
    assert counts[3] > 2


def test_prices_and_utilities_are_cited_in_full(tmp_path):
    """Every utility stands there with its reason, and what is cited for prices and utilities is among the sources."""
    _, reader = read(bayesnet.load("back_pain").case(DEMO).report(tmp_path / "case.html", full=True))
    for author in ("Parimbelli", "Webster", "Neumann", "MedPayIQ"):
        assert reader.text.rfind(author) > reader.text.rfind("Sources") > 0
    assert (
        "Prices are set against utilities at 100,000 US$ (2025) [50,000, 200,000] for one QALY (judgement; Neumann 2014)."
        in reader.text
    )


def test_without_red_flags_the_page_says_what_leads_and_what_must_not_be_missed(tmp_path):
    """None of the specific causes leads; which one is explained, and the most probable grave one, are said."""
    case = bayesnet.load("back_pain").case("age_group=40-49, !fever, !weight_loss, !cancer_history, !neurological_deficit")
    _, reader = read(case.report(tmp_path / "case.html", full=True))
    ranked, names = case.diagnoses(), Names(case.compiled.labels)
    assert f"Nonspecific low back pain leads with {percent(ranked['nonspecific_lbp'].posterior)}" in reader.text
    assert "None of the sixteen" in reader.text
    assert f"Explained here is the most probable specific diagnosis, {names(ranked.leading_specific)}." in reader.text
    grave = max((d for d in ranked if d.role == "must_not_miss"), key=lambda d: d.posterior)
    assert f"Not to be missed: {names(grave.diagnosis)}, {rough_percent(grave.posterior)}" in reader.text


def test_references_link_their_doi(tmp_path: Path) -> None:
    """The DOI leads to doi.org, else the PubMed number to PubMed, else the address to itself; nothing else is a link."""
    from bayesnet.model.records import Source
    from bayesnet.web.report import _linked

    both = Source("a", "Doe J", 2001, "On <pain>", "Spine 1:2", doi="10.1/<x>", pmid="12", url="https://example.org")
    assert _linked(both) == (
        'Doe J (2001). On &lt;pain&gt;. Spine 1:2. <a href="https://doi.org/10.1/&lt;x&gt;">doi:10.1/&lt;x&gt;</a> PMID 12 '
        "https://example.org"
    )
    assert '<a href="https://pubmed.ncbi.nlm.nih.gov/12/">PMID 12</a>' in _linked(Source("a", "Doe J", 2001, pmid="12"))
    assert '<a href="https://a.org/?b&amp;c">' in _linked(Source("a", "Doe J", 2001, url="https://a.org/?b&c"))
    assert "<a" not in _linked(Source("a", "Doe J", 2001, url="javascript:alert(1)"))
