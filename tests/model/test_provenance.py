"""Where numbers come from: what is refused, what is remarked, what is computed by the network, and what --fix carries over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from api_models import write_clinic

from bayesnet.analysis.audit.recomputation import recompute
from bayesnet.analysis.audit.solved import solved
from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.cli import main
from bayesnet.model import load_model, read_model
from bayesnet.model.carry_over import carried, carry_over
from bayesnet.model.check import check_model
from bayesnet.model.known import known, known_counts
from bayesnet.model.provenance import complete, settled
from bayesnet.model.read import read_folder
from bayesnet.model.records import CitedFigure, Model, Number, Printed, Source, Variable, Verified
from bayesnet.network import Network

READ = Verified("abstract", "2026-11-29", "https://example.org")
SOUND = Number(
    "fever=present", 0.52, 0.42, 0.63, "95 % interval", "cohort", variable="fever",
    sources=(CitedFigure("smith2003", "a", "fever", "table 2", (45, 86), population="everybody", verified=READ),),
)  # fmt: skip
SOURCES = {
    "smith2003": Source("smith2003", "Smith A, Jones B", 2003, "A title", "J Examples 1:1-2", pmid="1"),
    "jones2010": Source("jones2010", "Jones C", 2010, "A title", "J Examples 2:1-2", doi="10.1/x"),
}


def model(*numbers: Number, sources: dict[str, Source] | None = None) -> Model:
    """Variables with one number each."""
    variables = {n.variable: Variable(n.variable) for n in numbers}
    return Model("m", variables=variables, numbers={n.id: n for n in numbers}, sources=sources or SOURCES)


def problems(number: Number) -> list[str]:
    found = [problem for problem in check_model(model(number)) if problem.grave]
    return [str(problem).removeprefix('number "fever=present": ').removeprefix(": ") for problem in found]


def figure(**more: object) -> Number:
    return replace(SOUND, sources=(replace(SOUND.sources[0], **more),))  # type: ignore[arg-type]


REFUSED = {
    "unknown range grade": (replace(SOUND, range_grade="good"), 'range_grade "good"'),
    "a judged range of a study": (
        replace(SOUND, range="judgement", range_grade="cohort"),
        "a range by judgement with range_grade",
    ),
    "a judgement without a reason": (replace(SOUND, grade="judgement"), "a judgement without a reason"),
    "an assumption without a reason": (
        replace(SOUND, derivation="a * b", assumed=(("b", 1.0),)),
        "assumed constant without a reason",
    ),
    "a study without a source": (replace(SOUND, sources=()), 'grade "cohort" without a source'),
    "a source that is not defined": (figure(source="smith2004"), 'source "smith2004" is not defined; did you mean "smith2003"?'),
    "a figure without a source": (figure(source=""), 'source 1: no key "source"'),
    "a figure without a place": (figure(place=""), 'source "smith2003": no key "place"'),
    "more than there were": (figure(count=(87, 86)), "count [87, 86]; expected [k, n] with k between 0 and n"),
    "nobody counted": (figure(count=(0, 0)), "an n of 1 or more"),
    "ends upside down": (figure(printed=Printed(0.5, 0.6, 0.4)), "low, value and high in this order"),
    "nothing printed": (figure(printed=Printed()), "printed without a figure"),
    "an unknown way of knowing": (figure(verified=Verified("read")), 'how = "read"'),  # type: ignore[arg-type]
    "an unknown use": (figure(use="values"), 'for = "values"'),
    "a name that is a function": (figure(name="odds"), 'the name "odds"; that is a function'),
    "a name that is no word": (figure(name="1st"), 'the name "1st"; expected letters'),
    "a name twice": (replace(SOUND, sources=2 * SOUND.sources, derivation="a"), 'the name "a" is given twice'),
    "no formula": (replace(SOUND, derivation="a of b"), 'derivation: "a of b" is not a formula'),
    "an unknown name": (replace(SOUND, derivation_low="b"), 'derivation_low: "b" is neither a source nor an assumed constant'),
    "an unused constant": (replace(SOUND, assumed=(("half", 0.5),), reason="so"), 'the assumed constant "half" is in no formula'),
    "an unknown number": (replace(SOUND, derivation='number("cough")'), 'there is no number "cough"'),
    "itself": (replace(SOUND, derivation='number("fever") * 1'), "computed from itself: fever=present <- fever=present"),
}


@pytest.mark.parametrize(("number", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_malformed_is_refused(number: Number, said: str) -> None:
    """One problem, with what was wrong."""
    assert problems(SOUND) == []
    assert len(found := problems(number)) == 1, found
    assert said in found[0]


def test_a_circle_of_numbers_is_refused() -> None:
    """Two numbers computed from each other are reported with the circle."""
    other = replace(SOUND, id="cough=present", variable="cough", derivation='number("fever") / 2')
    found = check_model(model(replace(SOUND, derivation='number("cough=present") * 2'), other))
    assert any("computed from itself" in str(problem) and "cough=present" in str(problem) for problem in found)


REMARKED = {
    "deviation": (replace(SOUND, value=0.5), "not what is computed", "value 0.5, computed 0.523256 from a = 45 of 86"),
    "no way": (figure(count=None), "a study without a way to the value", "the figure is neither counted nor printed"),
    "background": (figure(use="background"), "a study grade on a background figure", 'grade "cohort", no figure for the value'),
    "recalled": (figure(verified=Verified("recalled")), "a study grade on a recalled figure", 'grade "cohort", smith2003'),
    "outside": (replace(SOUND, value=0.6, low=0.55), "a cited share outside the range", "45 of 86 = 0.5233, range 0.55 to 0.63"),
    "wide": (
        replace(SOUND, low=0.03, range="range across studies"),
        "a range of a factor of 20 that is not called a judgement",
        "0.03 to 0.63",
    ),
    "no ends": (
        replace(SOUND, range="range across studies"),
        "a range called a study's that no figure gives",
        '"range across studies": no figure is cited for it',
    ),
    "selected": (
        figure(population="operated patients"), "selected patients without an adjustment", "operated: operated patients",
    ),
    "unused": (
        replace(SOUND, derivation="b", assumed=(("b", 0.52),), reason="so"),
        "a figure for the value that no formula uses",
        "smith2003: 45 of 86",
    ),
    "without a record": (replace(SOUND, note="Also Miller 1999."), "a study named without a record", "Miller 1999"),
    "in words": (replace(SOUND, note="As in Jones et al. 2010."), "a study in words only", "Jones 2010 (jones2010)"),
}  # fmt: skip


@pytest.mark.parametrize(("number", "kind", "what"), REMARKED.values(), ids=REMARKED)
def test_what_a_reviewer_should_look_at_is_remarked(number: Number, kind: str, what: str) -> None:
    """Each kind of remark, with its number; a sound one has none."""
    assert recompute(CompiledModel(model(SOUND))).remarks == ()
    found = [(r.kind, r.what) for r in recompute(CompiledModel(model(number))).remarks]
    assert (kind, what) in found


def test_what_is_said_of_a_number_silences_its_remark() -> None:
    """An adjustment, a judgement, a cited study."""
    adjusted = replace(figure(population="operated patients"), adjusted="Operation does not change it.")
    judged = replace(SOUND, low=0.03, range="judgement", range_grade="judgement")
    second = replace(SOUND, note="As in Jones 2010.", sources=(*SOUND.sources, CitedFigure("jones2010", use="background")))
    assert [recompute(CompiledModel(model(n))).remarks for n in (adjusted, judged, second)] == [(), (), ()]


def test_records_are_checked() -> None:
    """Two records with one identifier, and a title in brackets; complete is complete."""
    twice = SOURCES | {"smith2004": Source("smith2004", "Smith A", 2004, "[Something]", "J Examples", pmid="1", not_found="doi")}
    found = {(r.kind, r.subject) for r in recompute(CompiledModel(model(SOUND, sources=twice))).remarks}
    assert found == {("records with one identifier", "smith2003, smith2004"), ("a title in brackets", "smith2004")}
    silent = SOURCES | {"x": Source("x", "Smith A", 2004, "", "J Examples")}
    remarks = recompute(CompiledModel(model(SOUND, sources=silent))).remarks
    assert [(r.kind, r.subject, r.what) for r in remarks] == [
        ("a record that lacks fields and does not say so", "x", "title, identifier")
    ]
    assert [complete(source) for source in twice.values()] == [True, True, True]
    lacking = Source("x", "Smith A", 2004, "A title", "J Examples", not_found="identifier")
    assert (complete(lacking), settled(lacking), settled(replace(lacking, not_found=""))) == (False, True, False)
    page = replace(lacking, url="https://example.org/abstracts/7")
    kept = replace(lacking, url="https://pmc.ncbi.nlm.nih.gov/articles/PMC12")
    assert [complete(record) for record in (page, replace(page, kind="meeting abstract"), kept)] == [False, True, True]


def test_a_number_is_known_as_the_worst_of_its_figures() -> None:
    """Figures for the ends and in the background do not count."""
    second = CitedFigure("jones2010", "b", place="page 1", count=(1, 2), verified=Verified("second hand"))
    end = CitedFigure("jones2010", place="page 1", count=(1, 2), use="low", verified=Verified("recalled"))
    mixed = replace(SOUND, sources=(*SOUND.sources, second, end), derivation="pooled(a, b)")
    assert [known(n) for n in (SOUND, mixed, replace(SOUND, grade="judgement"), replace(SOUND, grade="definition"))] == [
        "abstract", "second hand", "judged", "defined",
    ]  # fmt: skip
    assert known_counts([SOUND, SOUND, mixed]) == {"abstract": 2, "second hand": 1}


def test_a_number_is_solved_for_an_answer() -> None:
    """With the number found, the network answers the question as was wanted: entries, leaks, odds and odds ratios."""
    for name, number, question, p in (
        ("asia", "lung=yes | smoke=yes", "lung=yes | xray=yes", 0.6),
        ("sprinkler", "rain=present | cloudy=present", "rain | wet_grass", 0.75),
        ("back_pain", "odds(spinal_metastasis) | baseline", "spinal_metastasis | setting=emergency", 0.01),
        ("back_pain", "odds(spinal_metastasis) | age_group=80+", "spinal_metastasis | age_group=80+", 0.02),
        ("back_pain", "fever=present | leak", "fever | nonspecific_lbp", 0.012),
    ):
        compiled = CompiledModel(load_model(name))
        found = solved(compiled, compiled.number(number), question, p)
        again = Network(compiled.model).with_numbers({compiled.factors.number_ids[compiled.number(number)]: found})
        state = question.partition("|")[0].strip().partition("=")[2] or "present"
        assert again.posterior(question)[state] == pytest.approx(p, rel=1e-5), (name, number)


def test_a_baseline_is_computed_with_solve() -> None:
    """A number whose formula is solve(...) agrees at the value the network needs, and deviates elsewhere."""
    asia = load_model("asia")
    old = asia.numbers["lung=yes | smoke=yes"]
    cited = CitedFigure("lauritzen1988", "a", place="text", count=(55, 1000))
    for value, agrees in ((old.value, True), (0.08, False)):
        number = replace(old, value=value, high=0.2, sources=(cited,), derivation='solve("lung=yes", a)')
        found = {
            line.number: line
            for line in recompute(CompiledModel(replace(asia, numbers={**asia.numbers, old.id: number}))).numbers
        }
        assert (found[old.id].verdict == "agrees") is agrees
        assert found[old.id].computed_value == pytest.approx(0.1, abs=1e-4)


def test_a_question_without_an_answer_says_so() -> None:
    """No value of the number can do it, or the question is none: told as what lacks, never raised."""
    asia = load_model("asia")
    old = asia.numbers["smoke=yes"]
    for question, said in (("lung=yes", "no value of smoke=yes makes lung=yes 0.9"), ("lnug=yes", "lung")):
        number = replace(old, sources=(CitedFigure("lauritzen1988", "a", place="text", count=(9, 10)),))
        number = replace(number, derivation=f'solve("{question}", a)', grade="cohort")
        line = recompute(CompiledModel(replace(asia, numbers={**asia.numbers, old.id: number}))).numbers
        why = next(each.why for each in line if each.number == old.id)
        assert said in why


OLD = """\
group = "findings"

[variables.fever]
gate = "table"
# fever is often absent in the old
note = "as it was"

# a comment on the number
[[numbers]]
id = "fever"
value = 0.52
low = 0.42
high = 0.63
range = "95 % interval"
source = "smith2003"
where = "abstract; 45 of 86"
population = "everybody"
grade = "cohort"
note = "Kept."

[variables.cough]
gate = "table"

[[numbers]]
id = "cough"
value = 0.1
low = 0.05
high = 0.2
range = "judgement"
grade = "judgement"
note = "Rare."
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A model of the earlier format."""
    (tmp_path / "model.toml").write_text('name = "old"\nfiles = ["findings.toml"]\n')
    (tmp_path / "sources.toml").write_text('[smith2003]\nauthors = "Smith A"\nyear = 2003\n')
    (tmp_path / "findings.toml").write_text(OLD)
    return tmp_path


def test_the_earlier_format_is_refused_with_the_way_out(old: Path) -> None:
    """One line a file, not one a number."""
    none, found = read_folder(old)
    assert none is None
    (problem,) = found
    assert str(problem) == (
        "findings.toml, numbers: 1 numbers in the earlier format, with source and where as text; "
        'run "bayesnet check MODEL --fix", which carries them over and says what is left to do'
    )


def test_fix_carries_over_what_a_program_can_tell(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts and how a figure is known from the text, reasons of judgements; variables and comments stay as they are."""
    with pytest.raises(SystemExit) as left:
        main(["check", str(old), "--fix", "--patients", "0"])
    assert not left.value.code
    assert "findings.toml: 2 numbers carried over" in capsys.readouterr().err
    fever, cough = read_model(old).numbers.values()
    assert fever.sources == (
        CitedFigure(
            "smith2003", place="abstract; 45 of 86", count=(45, 86), population="everybody", verified=Verified("abstract")
        ),
    )
    assert (fever.note, fever.range_grade, cough.reason, cough.note, cough.range_grade) == (
        "Kept.", "cohort", "Rare.", "", "judgement",
    )  # fmt: skip
    text = (old / "findings.toml").read_text()
    assert "# fever is often absent in the old" in text
    assert "# a comment on the number\n[[numbers]]" in text
    assert carry_over(old) == {}


@pytest.mark.parametrize(
    ("where", "note", "value", "count", "printed", "derivation", "how"),
    [
        ("Table 1; 1,250 of 14,090", "", 0.089, (1250, 14090), None, "", "not recorded"),
        ("3 of 10 and 5 of 10", "", 0.5, (5, 10), None, "", "not recorded"),
        ("3 of 10 and 5 of 10", "", 0.4, None, None, "", "not recorded"),
        ("abstract; 55 % of 2,224", "", 0.55, None, Printed(0.55), "", "abstract"),
        ("specificity 0.88", "", 0.12, None, Printed(0.88), "1 - a", "not recorded"),
        ("Table 1", "Recalled, not re-read.", 0.2, None, None, "", "recalled"),
        ("abstract as reported in a review", "", 0.2, None, None, "", "second hand"),
    ],
)
def test_figures_are_read_from_the_old_texts(
    where: str, note: str, value: float, count: tuple[int, int] | None, printed: Printed | None, derivation: str, how: str
) -> None:
    """What is there, and nothing that is not."""
    raw = {"id": "fever", "value": value, "low": 0.0, "high": 1.0, "range": "judgement", "grade": "cohort", "source": "x"}
    number = carried(raw | {"where": where, "note": note}, {})
    found = number.sources[0]
    assert (found.count, found.printed, number.derivation, found.verified.how) == (count, printed, derivation, how)


SHARED = """
[figures.smith2003_fever]
source = "smith2003"
place = "table 2"
count = [45, 86]
"""


def test_numbers_share_a_figure(old: Path) -> None:
    """A shared figure is written once; an unknown one, one that nobody uses, and keys beside it are reported."""
    carry_over(old)
    path = old / "findings.toml"
    text = path.read_text()
    own = text[text.index("[[numbers.sources]]") : text.index("[variables.cough]")]
    path.write_text(text.replace(own, '[[numbers.sources]]\nfigure = "smith2003_fever"\nname = "a"\n\n' + SHARED))
    assert read_folder(old)[1] == []
    shared = read_model(old).numbers["fever=present"].sources[0]
    assert (shared.shared, shared.name, shared.count) == ("smith2003_fever", "a", (45, 86))
    path.write_text(path.read_text().replace('figure = "smith2003_fever"', 'figure = "smith2003_fevr"\npopulation = "all"'))
    said = [str(problem) for problem in read_folder(old)[1]]
    assert said == [
        'findings.toml, number "fever", source 1: keys population beside "figure"; the figure says it already; leave it out here',
        'findings.toml, number "fever", source 1: figure "smith2003_fevr" is not defined; did you mean "smith2003_fever"?',
        'sources.toml, source "smith2003": nothing cites it; cite it or take it out',
    ]
    path.write_text(text + SHARED)
    assert [str(problem) for problem in read_folder(old)[1]] == [
        'findings.toml, figure "smith2003_fever": no number uses it; use it in a number, or take it out'
    ]


def test_the_commands_tell_the_chain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`check` counts and remarks, `show` goes from the count on the paper to the number, `cite` gives the records."""
    folder = str(write_clinic(tmp_path / "clinic"))

    def run(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        return int(left.value.code or 0), capsys.readouterr().out

    status, text = run("check", folder, "--patients", "0")
    assert status == 0
    assert "how known: not recorded how 12, judged 2" in text
    assert "a study without a way to the value: 12" in text
    assert run("check", folder, "--patients", "0", "--strict")[0] == 1
    assert "not computed" in run("check", folder, "--patients", "0", "--numbers")[1]
    path = tmp_path / "clinic" / "findings.toml"
    path.write_text(path.read_text().replace('place = "Table 2; 80 of 100"', 'place = "Table 2"\ncount = [80, 100]'))
    shown = run("show", folder, "fever | flu")[1]
    assert "for value: Table 2; 80 of 100 = 0.8 [0.7112, 0.8666]" in shown
    assert "value: 80 of 100 = 0.8, as written" in shown
    assert "@" in run("cite", folder, "--bibtex")[1]
    assert run("cite", folder, "nobody1999")[0] == 2


def test_a_value_from_assumed_constants_alone_is_not_from_figures() -> None:
    """It is computed and agrees, but it is counted by itself."""
    judged = replace(SOUND, grade="judgement", range="judgement", range_grade="judgement", reason="so")
    assumed = replace(judged, derivation="b", assumed=(("b", 0.52),))
    lines = [recompute(CompiledModel(model(n))).numbers[0] for n in (SOUND, assumed, replace(assumed, derivation="b * a / a"))]
    bases = ["figures", "judgement", "figures and a judgement"]
    assert [(line.verdict, line.basis) for line in lines] == [("agrees", basis) for basis in bases]
    found = recompute(CompiledModel(model(assumed)))
    assert found.to_dict()["bases"] == {"figures": 0, "figures and a judgement": 0, "judgement": 1}
    header = " ".join(found.header().split())
    assert "the value of 0 from recorded figures alone, of 0 from figures and a judged factor, of 1 from judged" in header


def test_the_numbers_that_matter_are_counted_by_themselves() -> None:
    """With `moves`, a number has the largest change that a sweep of its range makes in an answer of the examples."""
    asia = Network(load_model("asia"))
    found = {line.number: line for line in asia.recompute(moves=True).numbers}
    moved = asia.numbers["smoke=yes"]
    ends = [asia.with_numbers({"smoke=yes": end}) for end in (moved.low, moved.high)]
    questions = ["", *(example.evidence for example in asia.model.examples)]
    widest = 0.0
    for evidence in questions:
        for name in asia.variables:
            low, high = (net.case(evidence).posterior(name) for net in ends)
            widest = max(widest, *(abs(low[state] - high[state]) for state in low.states))
    assert found["smoke=yes"].moves == pytest.approx(widest, abs=1e-9)
    again = asia.recompute(moves=True)
    assert [line.moves for line in again.influential] == sorted((line.moves for line in again.influential), reverse=True)
    assert f"{len(again.influential)} numbers that move a diagnosis by a point or more" in " ".join(again.header().split())
    assert 0 < len(again.influential) < len(again.numbers)
    assert asia.recompute().influential == ()
