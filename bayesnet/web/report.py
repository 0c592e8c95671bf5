"""The report of a case: one page to hand out, and on request all analyses and every number behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from bayesnet.analysis.decision.advise import advise, decision_network
from bayesnet.analysis.decision.costs import costs
from bayesnet.analysis.decision.decision_file import Decision
from bayesnet.analysis.decision.next_tests import next_tests
from bayesnet.analysis.differential.differential import DRAWS, differential
from bayesnet.analysis.explanation.explain import explain
from bayesnet.analysis.query.parse import an_example, read_target
from bayesnet.analysis.query.query import Query
from bayesnet.analysis.query.requisite import requisite_families
from bayesnet.analysis.sensitivity.tornado import tornado
from bayesnet.errors import NothingToAsk
from bayesnet.model.known import WORDS, known
from bayesnet.model.records import Number, Source
from bayesnet.model.vocabulary import JUDGED, OTHER_ROLE
from bayesnet.results.bibliography import reference
from bayesnet.results.explanation import CLOSED_SHOWN, OPEN_SHOWN, Explanation, Ways, signed
from bayesnet.results.labels import Names
from bayesnet.results.words import CITATION, frequency, percent, plain, ratio
from bayesnet.web.handout import handout
from bayesnet.web.html import figure, page, paragraphs, section, table
from bayesnet.web.page import write_text
from bayesnet.web.svg import both_sides, spans

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel
    from bayesnet.results.advice import Advice
    from bayesnet.results.differential import Differential
    from bayesnet.results.tests import NextTest, NextTests
    from bayesnet.results.tornado import Tornado

TESTS, BARS = 12, 15
"""Next tests and bars of the tornado on the page."""

SAYS_NOTHING = 5e-5
"""Bits below which a test would be printed as 0.0000 and is left out."""


def write_report(query: Query, path: str | Path, target: str | None = None, *, full: bool = False) -> Path:
    """Write the report of a case to a file, replacing an existing one as a whole; see `Case.report`."""
    return write_text(report(query, target, full=full), path, "report")


def report(query: Query, target: str | None = None, *, full: bool = False) -> str:
    """Return the report of a case as HTML; see `Case.report`."""
    compiled, findings = query.compiled, query.findings
    if target is None and not compiled.diagnoses:
        raise NothingToAsk(
            f'{compiled.model.name or "This network"} has no variables of the group "diagnoses", so there is none to explain',
            "name a target",
            option="target",
            example=an_example(compiled),
        )
    asked = read_target(compiled, target) if target else None
    ranked = differential(query, None if compiled.diagnoses or asked is None else [asked], draws=DRAWS)
    known = {item.name for item in findings.items} | {doing.name for doing in findings.interventions}
    open_ = next((d.diagnosis for d in ranked if d.role != OTHER_ROLE and d.diagnosis not in known), "")
    name = compiled.literal(*asked) if asked else open_ or ranked.leading_specific or ranked.leading
    aim = read_target(compiled, name)
    why = explain(query, aim)
    model, names = compiled.model, Names(compiled.labels)
    coming = next_tests(query, name)
    advice = advise(query) if decision_network(compiled) else None
    moved = tornado(query, name, BARS, 100.0)
    body = [handout(query, names, ranked, why, coming, advice, moved)]
    if full:
        rests = numbers_behind(query, [read_target(compiled, line.diagnosis) for line in ranked])
        tests = _shown(coming)
        asked_in_words = names(name)
        body += [
            '<div class="appendix">',
            section("The findings", _case(query)),
            section("The whole differential", *_differential(ranked, names)),
            section(f"Why {asked_in_words}, in figures", _chosen(ranked, name, names), *_why(why, names)),
            section(f"Which numbers {asked_in_words} hangs on", *_tornado(moved, names)),
            section("What to learn next, in figures", *_next(coming, tests, names)),
            section("What to do, and how firm that is", *_advice(compiled, advice, names)) if advice else "",
            section("Limits", paragraphs("\n".join([*ranked.provenance.caveats, model.population, model.description, CITATION]))),
            section(f"The {len(rests)} numbers behind the differential", _numbers(rests, model.sources)),
            section("Sources", _sources(compiled, rests, [test.finding for test in tests])),
            f"<footer>{paragraphs(_identity(compiled))}</footer></div>",
        ]
    return page(f"{model.title or model.name}: {names(findings.text) or 'nothing known'}", "".join(body))


def numbers_behind(query: Query, targets: Sequence[tuple[int, int]]) -> list[Number]:
    """Return every number that can matter to the targets under these findings, in the order of the model."""
    compiled = query.compiled
    needed = requisite_families(compiled.factors, query.evidence, [v for v, _ in targets])
    names = {compiled.names[v] for v in needed}
    return [number for number in compiled.model.numbers.values() if number.variable in names]


def _identity(compiled: CompiledModel) -> str:
    model = compiled.model
    network = decision_network(compiled)
    parts = [f"Model {model.name} {model.version}, digest {model.digest}."]
    if network:
        parts.append(f"Decision: {network.decision.title}, digest {network.decision.digest}.")
    return " ".join(parts)


def _case(query: Query) -> str:
    compiled, rows = query.compiled, []
    for item in query.stated.items:
        variable = compiled.model.variables[item.name]
        rows.append((item.text, variable.label or item.name, variable.meaning, "assumed" if item.assumed else "found"))
    for doing in query.findings.interventions:
        variable = compiled.model.variables[doing.name]
        rows.append((doing.text, variable.label or doing.name, variable.meaning, "set from outside"))
    if not rows:
        return paragraphs("Nothing is known.")
    return table(("finding", "what it is", "meaning", ""), rows, left=(0, 1, 2, 3))


def _differential(ranked: Differential, names: Names) -> tuple[str, ...]:
    rows = [
        (
            names.heading(d.diagnosis) + (" (a consequence)" if d.consequence_of else ""),
            percent(d.prior),
            percent(d.posterior),
            _interval(d.low, d.high),
            frequency(d.posterior),
            ratio(d.likelihood_ratio),
        )
        for d in ranked
    ]
    headings = ("diagnosis", "before", "now", "95 % interval", "that is", "likelihood ratio")
    said = "\n".join(text for text in (ranked.what_leads, *ranked.origins) if text)
    return paragraphs(names.prose(said)), table(headings, rows)


def _interval(low: float, high: float) -> str:
    return "–" if low != low else f"{percent(low)[:-2]} to {percent(high)}"


def _chosen(ranked: Differential, name: str, names: Names) -> str:
    """Why this diagnosis is explained where another one leads."""
    first = next(iter(ranked))
    leads = f"{names.heading(first.diagnosis)} leads with {percent(first.posterior)}"
    if name == first.diagnosis:
        return ""
    if name != ranked.leading_specific:
        return paragraphs(f"{leads}; explained here is {names(name)}.")
    return paragraphs(f"{leads}. Explained here is the most probable specific diagnosis, {names(name)}.")


def _why(why: Explanation, names: Names) -> tuple[str, ...]:
    drawn = both_sides(
        [(names(i.text), i.omission, signed(i.omission, 2)) for i in why], "What each finding adds, the others known"
    )
    rows = [
        (
            names(i.text),
            ratio(i.likelihood_ratio),
            signed(i.decibans, 1),
            signed(i.shapley, 2),
            signed(i.omission, 2),
            percent(i.probability),
            i.verdict,
        )
        for i in why
    ]
    headings = ("finding", "likelihood ratio", "decibans", "Shapley", "omission", "then", "verdict")
    ways = [f"<li>{escape(names.prose(text))}</li>" for way in why.main_ways for text in _shortest(way)]
    shut = [
        f"<li>{escape(names.prose(f'{p.path}: closed at {p.blocker}, {p.reason}'))}</li>"
        for way in why.main_ways
        for p in way.closed[:CLOSED_SHOWN]
    ]
    head = paragraphs("How the findings reach it, and which ways are closed:", "soft") if ways or shut else ""
    paths = f'{head}<ul class="paths">{"".join([*ways, *shut])}</ul>' if ways or shut else ""
    reading = paragraphs(why.reading, "soft") if rows else ""
    caption = "Log-odds that would be lost without the finding, all others kept: to the right for, to the left against."
    grid = table(headings, rows, left=(0, 6)) if rows else ""
    return paragraphs(names.prose(why.text)), figure(drawn, caption) if rows else "", grid, reading, paths


def _shortest(way: Ways) -> list[str]:
    """Return the shortest open paths of a finding; the last says how many there are beyond them."""
    told = [path.path for path in way.open[:OPEN_SHOWN]]
    more = way.more(OPEN_SHOWN)
    return [*told[:-1], f"{told[-1]} ({more})" if more else told[-1]] if told else []


def _tornado(answer: Tornado, names: Names) -> tuple[str, ...]:
    if not answer.bars:
        return ()
    rows = [
        (
            names.number(b.number),
            min(b.at_low, b.at_high),
            max(b.at_low, b.at_high),
            f"{percent(min(b.at_low, b.at_high))[:-2]} – {percent(max(b.at_low, b.at_high))}",
        )
        for b in answer.bars
    ]
    cited = [
        (names.number(b.number), plain(b.value), f"{plain(b.low)} to {plain(b.high)}", b.citation or b.grade, b.grade)
        for b in answer.bars
    ]
    caption = f"Each number over its own cited range, all others kept; the line is {percent(answer.value)}."
    headings = ("number", "value", "range", "source", "grade")
    return figure(spans(rows, answer.value, "Tornado"), caption), table(headings, cited, left=(0, 3, 4), kind="small")


def _shown(tests: NextTests) -> list[NextTest]:
    """Return the first tests that say anything."""
    return [t for t in tests.best_of_each_test() if t.bits >= SAYS_NOTHING][:TESTS]


def _next(tests: NextTests, shown: Sequence[NextTest], names: Names) -> tuple[str, ...]:
    rows = []
    for t in shown:
        results = "; ".join(
            f"{o.state} {percent(o.probability)} → {percent(o.posterior)}" for o in t.outcomes if o.probability > 0.0
        )
        price = "–" if t.cost != t.cost else "free" if t.cost == 0.0 else f"{plain(t.cost)} {tests.cost_unit} ({t.cost_source})"
        rows.append(
            (
                names(t.finding),
                t.test,
                f"{t.bits:.4f}",
                results,
                price,
                t.burden,
                f"{t.net_value:.2g}" if t.net_value == t.net_value else "–",
            )
        )
    headings = ("finding", "test", "bits", "each result, and the probability after it", "price", "burden", "net value")
    grid = table(headings, rows, left=(0, 1, 3, 4, 5)) if rows else ""
    return paragraphs(names.prose(tests.text)), grid, paragraphs(names.prose(tests.reading), "soft")


def _advice(compiled: CompiledModel, advice: Advice, names: Names) -> tuple[str, ...]:
    network = decision_network(compiled)
    utilities = network.decision.utilities if network else ()
    reasons = {u.id: u.where or u.note for u in utilities}
    options = [(o.label, f"{o.expected_utility:.4f}", f"{o.behind:.4f}" if o.behind else "best") for o in advice.options]
    rows = [(b.label or b.utility, b.at_low, b.at_high, f"{plain(b.low)} to {plain(b.high)}") for b in advice.tornado]
    caption = (
        "Lead of the advised option with each utility over its own range; the line is the lead now; below 0 the advice turns."
    )
    values = [
        (
            b.label or b.utility,
            plain(b.value),
            f"{plain(b.low)} to {plain(b.high)}",
            b.source,
            b.grade,
            "yes" if b.turns else "no",
            reasons.get(b.utility, ""),
        )
        for b in advice.tornado
    ]
    headings = ("utility", "value", "range", "source", "grade", "turns the advice", "where, or why")
    return (
        paragraphs(names.prose(advice.text)),
        table((advice.decision, f"expected {advice.unit}", "behind"), options),
        figure(spans(rows, advice.lead, "Tornado over the utilities"), caption) if rows else "",
        table(headings, values, left=(0, 3, 4, 5, 6), kind="small"),
        paragraphs(_money(network.decision) if network else "", "soft"),
        paragraphs(advice.warning_of_decision, "soft"),
    )


def _money(decision: Decision) -> str:
    """Return what a unit of utility is taken to be worth, with its source."""
    money = decision.money
    if money is None:
        return ""
    source = decision.sources.get(money.source)
    whence = f"{money.grade}; {source.short}" if source else money.grade
    worth = f"{money.value:,.0f} {money.unit} [{money.low:,.0f}, {money.high:,.0f}]"
    return f"Prices are set against utilities at {worth} for one {decision.unit} ({whence})."


def _numbers(rests: Sequence[Number], sources: Mapping[str, Source]) -> str:
    rows = []
    for n in rests:
        source = sources.get(n.source)
        spread = f"{plain(n.low)} to {plain(n.high)}" if n.low < n.high else "exact"
        how = WORDS[known(n)]
        grade = n.grade if n.grade == JUDGED else f"{n.grade}; {how}"
        rows.append((n.id, plain(n.value), spread, grade, source.short if source else "", n.place or n.reason or n.note))
    headings = ("number", "value", "range", "grade, known", "source", "place, or why")
    return table(headings, rows, left=(0, 3, 4, 5), kind="small")


def _linked(source: Source) -> str:
    """Return a publication in one line; its DOI, its PubMed number or its address is a link."""
    text = escape(reference(source))
    where = (
        (f"doi:{source.doi}", f"https://doi.org/{source.doi}" if source.doi else ""),
        (f"PMID {source.pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{source.pmid}/" if source.pmid else ""),
        (source.url, source.url if source.url.startswith(("https://", "http://")) else ""),
    )
    for shown, address in where:
        if address:
            return text.replace(escape(shown), f'<a href="{escape(address)}">{escape(shown)}</a>', 1)
    return text


def _sources(compiled: CompiledModel, rests: Sequence[Number], tested: Sequence[str]) -> str:
    """Return the publications of the numbers, of the prices shown, and of the utilities."""
    prices, network = costs(compiled), decision_network(compiled)
    sources = {**compiled.model.sources, **prices.sources}
    used = {key for n in rests for key in n.publications} | {
        prices.by_variable[name].source for name in tested if name in prices.by_variable
    }
    if network:
        sources |= network.decision.sources
        used |= {u.source for u in network.decision.utilities} | (
            {network.decision.money.source} if network.decision.money else set()
        )
    items = [f"<li>{_linked(source)}</li>" for key, source in sources.items() if key in used]
    return f'<ol class="sources">{"".join(items)}</ol>' if items else ""
