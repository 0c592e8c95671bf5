"""The pictures of the gallery: a name, what it answers, and the lines that make it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
PAGE = DOCS / "gallery.md"
IMAGES = DOCS / "images"
DPI = 110

SETUP = """import bayesnet

net = bayesnet.load("back_pain")
woman = net.case("age_group=60-69, female, cancer_history, chronic_pain, raised_alp, anemia, hypercalcemia")
man = net.case("setting=emergency, iv_drug_use, fever, neurological_deficit")
target = "spinal_metastasis"
"""


INTRODUCTION = """Every picture is drawn from a result; each function takes `ax` and returns the axes, so that pictures can be
combined and changed. Colours differ in lightness as well as in hue and read in grey. Probabilities are on an axis of log-odds
where a percent axis would hide the rare ones. All begin with"""


@dataclass(frozen=True)
class Picture:
    """One picture: its name and file, the question it answers, and the lines that make it."""

    name: str
    question: str
    line: str


PICTURES = (
    Picture("differential", "What could it be, and how sure is that?", "bayesnet.plot.differential(woman.diagnoses())"),
    Picture("posterior", "How probable was it before the findings, and how probable is it now?",
            'bayesnet.plot.posterior(net.posterior("esr_grade | multiple_myeloma"))'),
    Picture("posteriors", "What do the findings change?", "bayesnet.plot.posteriors(woman.posteriors())"),
    Picture("joint", "How do two variables go together?",
            'bayesnet.plot.joint(net.joint([target, "esr_grade"], given="cancer_history, raised_alp"))'),
    Picture("network", "What hangs together with what, for this patient?", "bayesnet.plot.network(woman, target)"),
    Picture("network_small", "A small network is drawn whole; columns are causal depth where the model names no roles.",
            'bayesnet.plot.network(bayesnet.load("asia").case("smoke=yes, xray=yes"), "lung=yes")'),
    Picture("weights", "Which finding did how much, in the order taken?", "bayesnet.plot.weights(woman.weights(target))"),
    Picture("explanation", "What speaks for it and against it, in whatever order?",
            'bayesnet.plot.explanation(woman.add("!fever").explain(target))'),
    Picture("comparison", "What if a finding had been otherwise?",
            'bayesnet.plot.comparison(woman.compare("!hypercalcemia", "raised_globulin, lytic_lesions"))'),
    Picture("cited_numbers", "What are the numbers of a variable, and where are they from?",
            'bayesnet.plot.cited_numbers(net.numbers, "fever")'),
    Picture("tornado", "Which numbers move the answer over their own cited range?",
            "bayesnet.plot.tornado(woman.tornado(target))"),
    Picture("sensitivity", "How does the answer depend on one number, and where does another diagnosis take over?",
            'number = "odds(spinal_metastasis) | cancer_history=present"\n'
            "bayesnet.plot.sensitivity(woman.sensitivity(target, number))"),
    Picture("sensitivities", "In which numbers does a small error count most?",
            "bayesnet.plot.sensitivities(woman.sensitivities(target))"),
    Picture("two_way", "And on two numbers at once?",
            "numbers = [bar.number for bar in woman.tornado(target, top=2)]\n"
            "bayesnet.plot.two_way(woman.two_way(target, *numbers))"),
    Picture("sources", "Which publications does the answer rest on?", "bayesnet.plot.sources(woman.sources(target))"),
    Picture("flips", "Which numbers are uncertain enough to change what leads?",
            'bayesnet.plot.flips(net.case("age_group=60-69, raised_alp, chronic_pain").flips())'),
    Picture("uncertainty", "What if all numbers are uncertain at once?", "bayesnet.plot.uncertainty(woman.uncertainty(target))"),
    Picture("variance_shares", "Whose uncertainty makes the answer uncertain?",
            "bayesnet.plot.variance_shares(woman.variance_shares(target, top=8))"),
    Picture("tuning", "How little must change for the answer to be another?",
            "bayesnet.plot.tuning(woman.tune(target, at_least=0.9))"),
    Picture("explanation_range", "How far may one number go before the most probable explanation is another?",
            'bayesnet.plot.explanation_range(bayesnet.load("asia").case("xray=yes").explanation_range("smoke=yes"))'),
    Picture("distance", "How far can any answer move from one network to another?",
            'other = net.with_numbers({"odds(spinal_metastasis) | cancer_history=present": 40.0})\n'
            "bayesnet.plot.distance(bayesnet.distance(net, other))"),
    Picture("audit", "Where is the model wrong about figures that are not among its inputs?",
            "bayesnet.plot.audit(net.audit(), top=20)"),
    Picture("agreement", "How near are its answers to published probabilities, by setting?",
            'bayesnet.plot.agreement(net.audit(), by="setting")'),
    Picture("evaluation", "How good were the probabilities of a cohort whose outcomes are known?",
            'clinic = bayesnet.load("asia")\n'
            "cohort = clinic.simulate(2000, seed=1)\n"
            'scored = clinic.score(cohort[["smoke", "xray", "dysp"]], targets=["lung=yes", "bronc=yes"])\n'
            "bayesnet.plot.evaluation(bayesnet.evaluate(scored, cohort))"),
    Picture("next_tests", "What would each test tell?",
            'bayesnet.plot.next_tests(woman.drop("hypercalcemia", "anemia").next_tests(target))'),
    Picture("plan", "What to learn first, what then, and when to stop?",
            'bayesnet.plot.plan(woman.drop("hypercalcemia", "anemia").plan(target, depth=2))'),
    Picture("advice", "What to do, and from which probability on something else?",
            'bayesnet.plot.advice(net.case("age_group=60-69, raised_alp, chronic_pain").advise())'),
    Picture("utilities", "Which values does the advice hang on?",
            'bayesnet.plot.utilities(net.case("age_group=60-69, raised_alp, chronic_pain").advise())'),
    Picture("decision_curve", "Over a cohort: is acting by the model better than acting on all, or on none?",
            'known = ["age_group", "cancer_history", "weight_loss", "raised_esr"]\n'
            "bayesnet.plot.decision_curve(net.decision_curve(target, known, size=4000))"),
    Picture("calibration", "Of those given 10 %, do 10 in 100 have it?",
            'known = ["age_group", "cancer_history", "weight_loss", "raised_esr"]\n'
            "bins = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1]\n"
            "bayesnet.plot.calibration(net.calibration(target, known, size=20_000, bins=bins))"),
    Picture("frequencies_tree", "What does a finding mean, counted in people?",
            'bayesnet.plot.frequencies_tree(net.case("age_group=60-69, cancer_history").frequencies(target, "raised_alp"))'),
    Picture("frequency_sequence", "And several findings, one after the other?",
            'person = net.case("age_group=60-69, cancer_history")\n'
            'steps = person.frequency_sequence(target, "raised_alp, anemia, hypercalcemia")\n'
            "bayesnet.plot.frequency_sequence(steps)"),
    Picture("icon_array", "And with every one of them to be seen?",
            'counted = net.case("age_group=60-69, cancer_history").frequencies(target, "raised_alp", population=1000)\n'
            "bayesnet.plot.icon_array(counted)"),
    Picture("unit_square", "And as areas?",
            'bayesnet.plot.unit_square(net.case("age_group=60-69, cancer_history").frequencies(target, "raised_alp"))'),
    Picture("ladder", "What if each finding stood alone (naive Bayes)?", "bayesnet.plot.ladder(woman.ladder(target))"),
    Picture("nomogram", "And on the nomogram that doctors know, one line for each finding?",
            "bayesnet.plot.nomogram(woman.ladder(target))"),
    Picture("arc_strengths", "Which arcs carry most?", "bayesnet.plot.arc_strengths(man.arc_strengths(), top=15)"),
)  # fmt: skip


def draw() -> None:
    """Draw every picture into `docs/images`."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    IMAGES.mkdir(exist_ok=True)
    namespace: dict[str, Any] = {}
    exec(SETUP, namespace)
    for picture in PICTURES:
        *before, last = picture.line.splitlines()
        exec("\n".join([*before, f"ax = {last}"]), namespace)
        ax = namespace["ax"]
        ax.figure.savefig(IMAGES / f"{picture.name}.png", dpi=DPI, metadata={"Software": None})
        plt.close(ax.figure)


def anchor(question: str) -> str:
    """Return the anchor of a picture's heading, as Sphinx and code hosts write it."""
    return re.sub(r"[^\w\- ]", "", question.lower()).replace(" ", "-")


def thumbnail(picture: Picture) -> str:
    """Return a small picture that leads to the large one, with its question below."""
    return f'- [<img src="images/{picture.name}.png" alt="" width="200"> {picture.question}](#{anchor(picture.question)})'


def board(names: tuple[str, ...]) -> str:
    """Return thumbnails of some pictures as HTML, for another page of the folder docs."""
    items = [
        f'<li><p><a href="gallery.html#{anchor(picture.question)}"><img src="../_images/{picture.name}.png" alt=""> '
        f"{picture.question}</a></p></li>"
        for picture in PICTURES
        if picture.name in names
    ]
    return f"<ul>{''.join(items)}</ul>"


def page() -> str:
    """Give the gallery as Markdown."""
    parts = [
        "# Gallery",
        INTRODUCTION,
        f"```python\n{SETUP}```",
        "\n".join(map(thumbnail, PICTURES)),
    ]
    for picture in PICTURES:
        parts += [
            f"## {picture.question}",
            f"```python\n{picture.line}\n```",
            f"![{picture.question}](images/{picture.name}.png)",
        ]
    parts.append("The pictures and this page are made by `python docs/build.py`.")
    return "\n\n".join(parts) + "\n"
