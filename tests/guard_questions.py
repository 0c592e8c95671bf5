"""The questions of the guard: every public call, on the shipped models and on networks that pgmpy ships.

Each is one line with a name. Every question gets a network that was loaded for it alone, so that no answer depends on what was
asked before it. When a public name changes, its line changes here and the digests stay.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from guard_subjects import SUBJECTS, Subject

import bayesnet
from bayesnet.case import Case
from bayesnet.cli import main
from bayesnet.network import Network

Ask = Callable[[Network, Subject], Any]


def case(net: Network, a: Subject) -> Case:
    """The case of all findings."""
    return net.case(a.findings)


def as_set(one_of: str) -> dict[str, set[str]]:
    """The dict that means the same as `variable={state, state}`."""
    name, *states = re.findall(r"[\w+-]+", one_of)
    return {name: set(states)}


def tables(net: Network) -> list[Any]:
    """Every table of the pgmpy model, in the order of its nodes."""
    model = net.to_pgmpy()
    cpds = [model.get_cpds(node) for node in model.nodes()]
    return [(list(cpd.variables), {v: list(cpd.state_names[v]) for v in cpd.variables}, cpd.values.tolist()) for cpd in cpds]


def coded(net: Network, frame: pd.DataFrame) -> list[Any]:
    """Drawn cases as places of their states, so that they count as numbers, and as states."""
    places = [[net.variables[name].states.index(state) for state in frame[name]] for name in frame.columns]
    return [places, frame]


def saved(net: Network, name: str) -> list[Any]:
    """What is written under a name, and the tables that are read back from it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        net.save(path)
        if path.is_dir():
            text = "\n".join(f"{file.name}\n{file.read_text(encoding='utf-8')}" for file in sorted(path.iterdir()))
        else:
            data = path.read_bytes()
            text = (gzip.decompress(data) if name.endswith(".gz") else data).decode()
        return [text, tables(bayesnet.load(path))]


def without_names(net: Network) -> Network:
    """The network as it comes back from UAI, which keeps no names."""
    from bayesnet.interop.files import write_network

    with tempfile.TemporaryDirectory() as folder:
        write_network(net.model, Path(folder) / "out.uai", drop_names=True)
        return bayesnet.load(Path(folder) / "out.uai")


def page(net: Network, given: Any = None, do: Any = None) -> Any:
    """The data of the explorer page."""
    with tempfile.TemporaryDirectory() as folder:
        text = net.page(Path(folder) / "page.html", given, do).read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])


def report(held: Case, **options: Any) -> list[str]:
    """The report as text: no style, one line for each piece."""
    with tempfile.TemporaryDirectory() as folder:
        text = held.report(Path(folder) / "report.html", **options).read_text(encoding="utf-8")
    body = re.sub(r"<(style|script)\b.*?</\1>", "", text, flags=re.DOTALL)
    return [line.strip() for line in re.split(r"<[^>]+>", body) if line.strip()]


def command(*arguments: str) -> Any:
    """What a command answers: status, JSON or text, and what it says on standard error."""
    out, err = io.StringIO(), io.StringIO()
    status: Any = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(arguments)
        except SystemExit as left:
            status = left.code
    answer = json.loads(out.getvalue()) if "--json" in arguments and not status else out.getvalue()
    return [int(status or 0), answer, err.getvalue()]


def sheet(made: Any) -> list[Any]:
    """Exercises, each of them, the teacher's key and the student's sheet."""
    return [made, list(made), made.key(), made.sheet_markdown()]


def quiz(made: Any) -> list[str]:
    """The data of the page of a quiz, and its forms for Moodle."""
    with tempfile.TemporaryDirectory() as folder:
        text = bayesnet.write_quiz(made, Path(folder) / "quiz.html").read_text(encoding="utf-8")
    return [text.split('id="bayesnet-data">')[1].split("</script>")[0], made.moodle(), made.gift()]


def cohort(net: Network, a: Subject, size: int = 12) -> pd.DataFrame:
    """A small cohort of the finding and one more variable, with a gap."""
    others = [name for name in net.variables if name not in (a.seen, a.variable)]
    frame = net.simulate(size, seed=5)[[a.seen, *others[:1]]].astype(object)
    frame.iloc[0, 0] = None
    return frame


EVERYWHERE: dict[str, Ask] = {
    # One posterior
    "posterior, prior": lambda net, a: net.posterior(a.variable),
    "posterior": lambda net, a: net.posterior(f"{a.variable} | {a.findings}"),
    "posterior, given": lambda net, a: net.posterior(a.variable, given=a.finding),
    "posterior, other": lambda net, a: net.posterior(f"{a.second} | {a.finding}"),
    "posterior, one of": lambda net, a: net.posterior(a.variable, given=a.one_of),
    "posterior, set": lambda net, a: net.posterior(a.variable, given=as_set(a.one_of)),
    "posterior, do": lambda net, a: net.posterior(a.variable, given=a.finding, do=a.do),
    "posterior, do on all findings": lambda net, a: net.posterior(a.variable, given=a.findings, do=a.do),
    "posterior, do in the question": lambda net, a: net.posterior(f"{a.variable} | do({a.do})"),
    "posterior, soft": lambda net, a: net.posterior(a.variable, given=a.soft),
    "posterior, two soft": lambda net, a: net.posterior(a.variable, given=[a.soft, a.soft]),
    "posterior, jeffrey": lambda net, a: net.posterior(a.variable, given=bayesnet.jeffrey(a.marginal)),
    "posterior, None": lambda net, a: net.posterior(a.variable, given={a.seen: None}),
    "posterior, impossible": lambda net, a: net.posterior(f"{a.variable} | {a.finding}, {a.contrary}"),
    "posterior, no variable": lambda net, a: net.posterior(f"{a.variable[:-1]}x | {a.findings}"),
    "posterior, no state": lambda net, a: net.posterior(f"{a.variable} | {a.seen}=purple"),
    "posterior, no question": lambda net, a: net.posterior(f"{a.variable} | , ="),
    # Many
    "posteriors": lambda net, a: net.posteriors(a.findings),
    "posteriors, prior": lambda net, a: net.posteriors(),
    "posteriors, some": lambda net, a: net.posteriors(a.finding, targets=[a.variable, a.second]),
    "posteriors, do": lambda net, a: net.posteriors(None, a.do),
    "posteriors, jeffrey": lambda net, a: net.posteriors(bayesnet.jeffrey(a.marginal)),
    "probability": lambda net, a: net.probability(f"{a.target}, {a.other}", given=a.background),
    "probability, finding": lambda net, a: net.probability(a.findings),
    "log_probability": lambda net, a: net.log_probability(a.findings),
    "log_probability, soft": lambda net, a: net.log_probability([a.background, a.soft]),
    "joint": lambda net, a: net.joint([a.variable, a.second]),
    "joint, given": lambda net, a: net.joint([a.variable, next(v for v in net.variables if v != a.variable)], given=a.background),
    "most_probable": lambda net, a: net.most_probable(a.findings),
    "most_probable, prior": lambda net, a: net.most_probable(),
    "most_probable, MAP": lambda net, a: net.most_probable(a.finding, targets=[a.variable]),
    "most_probable, MAP of two": lambda net, a: net.most_probable(None, targets=[a.variable, a.second]),
    "counterfactual": lambda net, a: net.counterfactual(a.variable, given=a.finding, had=a.had),
    "counterfactual, all findings": lambda net, a: net.counterfactual(a.seen, given=a.findings, had=a.had),
    # Cohorts
    "simulate": lambda net, a: coded(net, net.simulate(20, seed=1)),
    "simulate, given": lambda net, a: coded(net, net.simulate(10, seed=2, given=a.finding)),
    "simulate, do": lambda net, a: coded(net, net.simulate(10, seed=2, do=a.do)),
    "score": lambda net, a: net.score(cohort(net, a), targets=[a.target, a.second] if a.second != a.seen else [a.target]),
    "decision_curve": lambda net, a: net.decision_curve(a.target, [a.seen], size=150, thresholds=(0.05, 0.2), seed=3),
    "calibration": lambda net, a: net.calibration(a.target, [a.seen], size=200, bins=4, seed=4),
    "calibration, bins": lambda net, a: net.calibration(a.target, [a.seen], size=200, bins=[0.05, 0.3], seed=4),
    # The case
    "case, text": lambda net, a: [str(case(net, a)), repr(case(net, a)), case(net, a) == net.case(a.findings)],
    "case, add": lambda net, a: net.case(a.background).add(a.soft).posterior(a.variable),
    "case, drop": lambda net, a: [str(case(net, a).drop(a.seen)), case(net, a).drop(a.seen).posterior(a.variable)],
    "case, drop what is not there": lambda net, a: case(net, a).drop(a.variable),
    "case, do": lambda net, a: net.case().do(a.do).posterior(a.variable),
    "case, posterior": lambda net, a: case(net, a).posterior(a.variable),
    "case, posteriors": lambda net, a: case(net, a).posteriors(targets=[a.variable]),
    "case, probability": lambda net, a: case(net, a).probability(a.target),
    "case, most_probable": lambda net, a: net.case(a.background).most_probable(targets=[a.variable]),
    "diagnoses, named": lambda net, a: net.case(a.background).diagnoses(targets=[a.target, a.other]),
    "weights": lambda net, a: case(net, a).weights(a.target),
    "weights, soft": lambda net, a: net.case([a.background, a.soft]).weights(a.target),
    "compare": lambda net, a: case(net, a).compare(a.contrary, f"do({a.do})", targets=[a.target]),
    "compare, had": lambda net, a: case(net, a).compare(had=[a.had], targets=[a.target]),
    "compare, numbers": lambda net, a: case(net, a).compare(numbers=[{a.numbers[0]: a.new_value}], targets=[a.target]),
    "compare, cases": lambda net, a: case(net, a).compare(net.case(a.background), net.case(), targets=[a.target]),
    "explain": lambda net, a: case(net, a).explain(a.target),
    "explain, best": lambda net, a: case(net, a).explain(a.target, order="best"),
    "explain, impossible": lambda net, a: net.case(f"{a.finding}, {a.contrary}").explain(a.target),
    # Robustness
    "sensitivities": lambda net, a: case(net, a).sensitivities(a.target),
    "sensitivities, uniform": lambda net, a: case(net, a).sensitivities(a.target, covariation="uniform"),
    "sensitivities, order": lambda net, a: case(net, a).sensitivities(
        a.target, covariation="order-preserving", equivalent_sample_size=30
    ),
    "sensitivity": lambda net, a: case(net, a).sensitivity(a.target, a.numbers[0]),
    "sensitivity, value and solve": lambda net, a: (f := case(net, a).sensitivity(a.target, a.numbers[1])) and
        [f(a.new_value), list(f.solve(a.goal)), f.a, f.b, f.c, f.d],
    "two_way": lambda net, a: case(net, a).two_way(a.target, *a.numbers, points=5),
    "tornado": lambda net, a: case(net, a).tornado(a.target, top=6),
    "tornado, equivalent sample size": lambda net, a: case(net, a).tornado(a.target, equivalent_sample_size=20),
    "sources": lambda net, a: case(net, a).sources(a.target),
    "flips": lambda net, a: case(net, a).flips(a.target),
    "tune, at least": lambda net, a: case(net, a).tune(a.target, at_least=a.goal),
    "tune, at most": lambda net, a: net.case(a.finding).tune(a.target, at_most=0.01, structural=True),
    "tune, equals, columns": lambda net, a: case(net, a).tune(a.target, equals=a.goal, columns=True),
    "tune, minus": lambda net, a: net.case(a.background).tune(a.target, at_least=0.05, minus=a.other),
    "tune, over": lambda net, a: net.case(a.background).tune(a.target, at_least=1.5, over=a.other, columns=True),
    "tune, lock": lambda net, a: case(net, a).tune(a.target, at_least=a.goal, lock=[a.numbers[0]], equivalent_sample_size=40),
    "explanation_range": lambda net, a: net.case(a.finding).explanation_range(a.numbers[0]),
    "uncertainty": lambda net, a: case(net, a).uncertainty(a.target, draws=40, seed=6),
    "uncertainty, together": lambda net, a: net.case(a.finding).uncertainty(
        a.target, draws=20, seed=7, together=True, equivalent_sample_size=30
    ),
    "variance_shares": lambda net, a: case(net, a).variance_shares(a.target, top=2, samples=4, seed=8),
    "arc_strengths": lambda net, a: net.arc_strengths(a.finding),
    # What next
    "next_tests, of a target": lambda net, a: net.case(a.background).next_tests(a.target),
    "plan, of a target": lambda net, a: net.case(a.background).plan(a.target, depth=2, threshold=0.3, enough=0.95),
    # Teaching
    "frequencies": lambda net, a: net.case(a.background).frequencies(a.target, a.finding, population=1000),
    "frequencies, text": lambda net, a: net.case().frequencies(a.target, a.finding).conclusion(),
    "frequency_sequence": lambda net, a: net.case().frequency_sequence(a.target, a.findings, population=5000),
    "ladder": lambda net, a: case(net, a).ladder(a.target),
    "ladder, text": lambda net, a: case(net, a).ladder(a.target).conclusion(),
    "exercises": lambda net, a: sheet(bayesnet.exercises(net, seed=9)),
    "exercise_set": lambda net, a: bayesnet.exercise_set(net, seed=10, count=3).key_markdown(),
    # The network as a whole
    "summary": lambda net, a: net.summary(),
    "variables": lambda net, a: list(net.variables.values()),
    "publications": lambda net, a: list(net.sources.values()),
    "numbers": lambda net, a: [net.numbers.to_frame(), str(net.numbers)],
    "with_numbers": lambda net, a: net.with_numbers({a.numbers[0]: a.new_value}).posteriors(a.findings),
    "update": lambda net, a: net.update(cohort(net, a, 6), equivalent_sample_size=30),
    "recompute": lambda net, a: net.recompute(),
    "find": lambda net, a: net.find("e"),
    "contrast": lambda net, a: case(net, a).contrast(a.target, a.other),
    "bibliography": lambda net, a: [net.bibliography(), net.bibliography().to_bibtex(), net.bibliography().to_csl()],
    "diff": lambda net, a: net.diff(net.with_numbers({a.numbers[0]: a.new_value})),
    "distance": lambda net, a: bayesnet.distance(net, net.with_numbers({a.numbers[0]: a.new_value})),
    "to_pgmpy": lambda net, a: tables(net),
    "save, bif": lambda net, a: saved(net, "out.bif"),
    "save, xmlbif": lambda net, a: saved(net, "out.xmlbif"),
    "save, xdsl": lambda net, a: saved(net, "out.xdsl"),
    "save, net": lambda net, a: saved(net, "out.net.gz"),
    "save, folder": lambda net, a: saved(net, "out"),
    "page": lambda net, a: page(net, a.findings),
    "report": lambda net, a: report(case(net, a), target=a.target),
}  # fmt: skip
"""Asked of every network."""

DIAGNOSES: dict[str, Ask] = {
    "score, diagnoses": lambda net, a: net.score(cohort(net, a, 5)),
    "diagnoses": lambda net, a: case(net, a).diagnoses(),
    "flips, leader": lambda net, a: case(net, a).flips(),
    "next_tests": lambda net, a: case(net, a).next_tests(),
    "plan": lambda net, a: net.case(a.background).plan(depth=1),
    "advise": lambda net, a: case(net, a).advise(),
    "audit": lambda net, a: net.audit(),
    "save, uai": lambda net, a: saved(net, "out.uai"),
    "score, no column": lambda net, a: net.score(pd.DataFrame({"purple": [1]})),
    "with_numbers, no number": lambda net, a: net.with_numbers({"purple=1": 0.5}),
    "with_numbers, no probability": lambda net, a: net.with_numbers({a.numbers[0]: 1.5}),
    "sensitivity, no number": lambda net, a: case(net, a).sensitivity(a.target, "purple=1"),
}  # fmt: skip
"""Asked of back_pain, which has diagnoses, a decision and published figures, and of asia and alarm, which have none."""

TABLES: dict[str, Ask] = {
    "from_pgmpy": lambda net, a: bayesnet.from_pgmpy(net.to_pgmpy(), a.network).posteriors(a.finding),
}
"""Asked of the networks whose gates are tables; pgmpy takes half a minute for the others."""

EXAMPLES: dict[str, Ask] = {
    "diagnoses": lambda net, a: net.case(a.findings).diagnoses(),
    "advise": lambda net, a: net.case(a.findings).advise(),
    "log_probability": lambda net, a: net.log_probability(a.findings),
}
"""Asked of every example case of back_pain."""

ONCE: dict[str, Callable[[], Any]] = {
    "models": lambda: list(bayesnet.models()),
    "back_pain: next_tests, differential": lambda: bayesnet.load("back_pain").case("anemia").next_tests("differential"),
    "back_pain: next_tests, decision": lambda: bayesnet.load("back_pain").case("anemia").next_tests("decision"),
    "back_pain: exercises of one kind": lambda: list(
        bayesnet.exercises(bayesnet.load("back_pain"), "percentages", seed=2, target="multiple_myeloma", people="patients")
    ),
    "back_pain: setting unknown": lambda: bayesnet.load("back_pain").posterior(
        "vertebral_osteomyelitis", given={"setting": None}
    ),
    "back_pain: true and false": lambda: bayesnet.load("back_pain").posterior("multiple_myeloma", {"anemia": True, "fever": 0}),
    "back_pain: men cannot have it": lambda: bayesnet.load("back_pain").posterior("fever | !female, vaginal_discharge"),
    "back_pain: conflict": lambda: (
        bayesnet.load("back_pain").case("!chronic_pain, sclerotic_lesions, !raised_alp").explain("spinal_metastasis")
    ),
    "back_pain: page, nothing known": lambda: page(bayesnet.load("back_pain"), None, "corticosteroids"),
    "back_pain: report of the leader": lambda: report(bayesnet.load("back_pain").case("leg_pain, straight_leg_raise")),
    "asia: explorer": lambda: bayesnet.load("asia").explorer("dysp=yes").case.posterior("bronc"),
    "asia: exercises checked": lambda: (
        (made := bayesnet.exercise_set(bayesnet.load("asia"), seed=3, count=6))
        and made.check(["80 %", 0.5, "1 in 3", "up", "A", None])
    ),
    "asia: a quiz": lambda: quiz(bayesnet.exercise_set(bayesnet.load("asia"), seed=4, count=4)),
    "asia: a code that is not whole": lambda: bayesnet.verify_quiz("abc.00000000"),
    "asia: exercises of an unknown kind": lambda: bayesnet.exercises(bayesnet.load("asia"), "purple"),
    "asia: uai without names": lambda: (
        (net := without_names(bayesnet.load("asia"))) and [saved(net, "out.uai"), net.posteriors()]
    ),
    "asia: file of an unknown kind": lambda: bayesnet.load("asia").save("out.purple"),
    "engine_info": lambda: bayesnet.engine_info().kernel in ("compiled", "numpy"),
    "calibration of a table": lambda: bayesnet.calibration([0.1, 0.2, 0.4, 0.8, 0.9, 0.3], [0, 0, 1, 1, 1, 0], bins=2, seed=1),
    "evaluate a scored cohort": lambda: (
        (net := bayesnet.load("asia"))
        and (people := net.simulate(150, seed=2)) is not None
        and bayesnet.evaluate(net.score(people[["smoke", "xray"]], ["lung=yes"]), people, by="smoke", thresholds=[0.1], bins=3)
    ),
    "calibration of nothing": lambda: bayesnet.calibration([0.1, 2.0], [0, 1]),
    "load, no such model": lambda: bayesnet.load("back_pian"),
    "distance of two": lambda: bayesnet.distance(bayesnet.load("asia"), bayesnet.load("sprinkler")),
    "command: show": lambda: command("show", "back_pain", "--json"),
    "command: show a variable": lambda: command("show", "back_pain", "multiple_myeloma", "--json"),
    "command: show a variable, text": lambda: command("show", "back_pain", "fever"),
    "command: show a number": lambda: command("show", "back_pain", "fever=present | leak", "--json"),
    "command: show a number, text": lambda: command("show", "asia", "smoke=yes"),
    "command: check": lambda: command("check", "back_pain", "--patients", "20", "--json"),
    "command: check, text": lambda: command("check", "asia"),
    "command: query": lambda: command("query", "back_pain", "multiple_myeloma | anemia, !fever", "--json"),
    "command: query, text": lambda: command("query", "asia", "lung | dysp=yes", "--do", "smoke=yes"),
    "command: query, no variable": lambda: command("query", "asia", "lugn | dysp=yes"),
    "command: diagnose": lambda: command("diagnose", "back_pain", "anemia, chronic_pain", "--json"),
    "command: whatif": lambda: command("whatif", "back_pain", "anemia", "!anemia", "do(corticosteroids)", "--json"),
    "command: explain": lambda: command("explain", "asia", "lung=yes | smoke=yes, xray=yes"),
    "command: next": lambda: command("next", "back_pain", "anemia", "--json"),
    "command: advise": lambda: command("advise", "back_pain", "anemia", "--json"),
    "command: sensitivity": lambda: command("sensitivity", "asia", "lung=yes | xray=yes", "--json"),
    "command: sensitivity, one number": lambda: command("sensitivity", "asia", "lung=yes | xray=yes", "--number", "smoke=yes"),
    "command: sources": lambda: command("sources", "back_pain", "multiple_myeloma | anemia", "--json"),
    "command: tune": lambda: command("tune", "asia", "lung=yes | xray=yes", "--at-least", "0.5", "--json"),
    "command: audit": lambda: command("audit", "mammography", "--json"),
    "command: exercises": lambda: command("exercises", "asia", "--seed", "2", "--json"),
    "command: demo": lambda: command("demo", "--json"),
}
"""Asked once."""


def questions() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every question with its name, in a fixed order."""
    for subject in SUBJECTS:
        asked = {**EVERYWHERE, **(DIAGNOSES if subject.network in ("back_pain", "asia", "alarm") else {})}
        asked |= TABLES if subject.network != "back_pain" else {}
        for name, ask in asked.items():
            yield f"{subject.network}: {name}", lambda ask=ask, subject=subject: ask(subject.load(), subject)
    back_pain = SUBJECTS[0]
    for place, example in enumerate(bayesnet.load(back_pain.network).model.examples, 1):
        for name, ask in EXAMPLES.items():
            subject = replace(back_pain, findings=example.evidence)
            yield f"back_pain: example {place}, {name}", lambda ask=ask, subject=subject: ask(subject.load(), subject)
    yield from ONCE.items()
