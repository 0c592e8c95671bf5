"""Every text format keeps what it is given, or refuses it and says what would be lost."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bayesnet.errors import SpecError, shown
from bayesnet.interop import bif, hugin, uai, xdsl, xmlbif
from bayesnet.interop.tables import Tables

TRAP_LABELS = (
    "<50",
    ">=65",
    "present (MRI)",
    "Asy/Patch",
    "1st",
    "a, b",
    "x|y",
    "{",
    "property",
    "table",
    "%",
    "//",
    "50 %",
    "A&B",
    "€",
)

Reader = Callable[[str], Tables]
FORMATS: dict[str, tuple[Callable[[Tables], str], Reader]] = {
    "bif": (bif.write, lambda text: bif.read(text, "a.bif", "net")),
    "net": (hugin.write, lambda text: hugin.read(text, "a.net", "net")),
    "xmlbif": (xmlbif.write, lambda text: xmlbif.read(text.encode(), "a.xmlbif", "net")),
    "xdsl": (xdsl.write, lambda text: xdsl.read(text.encode(), "a.xdsl", "net")),
    "uai": (uai.write, lambda text: uai.read(text, "a.uai", "net")),
}


def columns(cards: tuple[int, ...], seed: int) -> np.ndarray:
    """Random columns of full double precision, some certain, some tiny."""
    rng = np.random.default_rng(seed)
    table = rng.dirichlet(np.full(cards[-1], 0.3), size=cards[:-1])
    return table / table.sum(axis=-1, keepdims=True)


@st.composite
def networks(draw: st.DrawFn, names: st.SearchStrategy[str], labels: st.SearchStrategy[str]) -> Tables:
    """Draw networks of up to five variables with any names and labels."""
    nodes = draw(st.lists(names, min_size=1, max_size=5, unique=True))
    states = tuple(tuple(draw(st.lists(labels, min_size=1, max_size=4, unique=True))) for _ in nodes)
    order = draw(st.permutations(range(len(nodes))))
    parents: list[tuple[int, ...]] = [()] * len(nodes)
    for position, node in enumerate(order):
        parents[node] = tuple(draw(st.lists(st.sampled_from(order[:position]), unique=True, max_size=3)) if position else [])
    cards = [tuple(len(states[v]) for v in (*given, node)) for node, given in enumerate(parents)]
    tables = tuple(columns(shape, draw(st.integers(0, 2**32 - 1))) for shape in cards)
    return Tables("drawn", tuple(nodes), states, tuple(parents), tables)


ANYTHING = st.one_of(st.sampled_from(TRAP_LABELS), st.text(st.characters(codec="utf-8"), max_size=8))
IDENTIFIERS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,6}", fullmatch=True)


def assert_same(found: Tables, expected: Tables) -> None:
    """Check names, states, parents and every number, to the last bit, whatever the order of the variables."""
    assert set(found.names) == set(expected.names)
    for i, name in enumerate(expected.names):
        k = found.names.index(name)
        assert found.states[k] == expected.states[i]
        assert [found.names[p] for p in found.parents[k]] == [expected.names[p] for p in expected.parents[i]]
        np.testing.assert_array_equal(found.tables[k], expected.tables[i])


@pytest.mark.parametrize("format_name", ["bif", "net", "xmlbif", "xdsl"])
@given(data=st.data())
def test_a_network_comes_back_to_the_last_bit_or_is_refused(format_name: str, data: st.DataObject) -> None:
    """Whatever the names and states: reading what was written gives the same network, or the writer refuses to write."""
    tables = data.draw(networks(st.one_of(IDENTIFIERS, ANYTHING), ANYTHING))
    write, read = FORMATS[format_name]
    try:
        text = write(tables)
    except SpecError:
        return
    assert_same(read(text), tables)


@pytest.mark.parametrize("format_name", ["bif", "net", "xmlbif", "xdsl"])
@given(data=st.data())
def test_plain_names_with_any_printable_state_are_never_refused(format_name: str, data: st.DataObject) -> None:
    """Identifiers as names and printable states without quotes and backslashes pass every format that has names."""
    printable = ANYTHING.filter(lambda s: s and s.isprintable() and s == s.strip() and not set(s) & {'"', "\\"})
    tables = data.draw(networks(IDENTIFIERS, printable))
    write, read = FORMATS[format_name]
    assert_same(read(write(tables)), tables)


@given(networks(IDENTIFIERS, IDENTIFIERS))
def test_uai_keeps_the_numbers_of_networks_without_names(tables: Tables) -> None:
    """With x0, x1, ... and s0, s1, ... a UAI file is lossless."""
    plain = replace(
        tables,
        names=tuple(f"x{i}" for i in range(len(tables.names))),
        states=tuple(tuple(f"s{k}" for k in range(len(s))) for s in tables.states),
    )
    assert_same(uai.read(uai.write(plain), "a.uai", "net"), plain)


@given(networks(IDENTIFIERS, ANYTHING))
def test_uai_refuses_names_it_would_lose(tables: Tables) -> None:
    """UAI has no names, so a network with names is refused, one problem per variable that loses something."""
    assume(tables.names[0] != "x0")
    with pytest.raises(SpecError, match="without losing names") as refusal:
        uai.write(tables)
    assert any(f"variable {shown(tables.names[0])}" in str(problem) for problem in refusal.value.problems)


def one(name: str = "v", states: tuple[str, ...] = ("a", "b")) -> Tables:
    """A network of one fair variable."""
    return Tables("n", (name,), (states,), ((),), (np.full(len(states), 1 / len(states)),))


@pytest.mark.parametrize(
    ("format_name", "tables", "lost"),
    [
        ("bif", one(states=('say "yes"', "no")), 'a double quote'),
        ("net", one(states=("a\\b", "no")), "a backslash"),
        ("net", one(name="60-69"), "letters, digits and underscores"),
        ("xdsl", one(name="leg pain"), "a blank in it"),
        ("xmlbif", one(states=(" a", "b")), "blanks at its ends"),
        ("bif", one(states=("", "b")), "an empty label"),
        ("xdsl", one(states=("a\nb", "b")), "not printable"),
    ],
)  # fmt: skip
def test_a_label_that_a_format_cannot_hold_is_refused_with_what_would_be_lost(
    format_name: str, tables: Tables, lost: str
) -> None:
    """The refusal names the format, the variable, the label and the loss."""
    with pytest.raises(SpecError) as refusal:
        FORMATS[format_name][0](tables)
    message = str(refusal.value)
    assert "cannot write n as" in message
    assert lost in message
    assert repr(tables.names[0]) in message


def test_the_trap_labels_pass_every_format_with_names() -> None:
    """`<50`, `>=65`, `present (MRI)` and their like come back exactly from BIF, NET, XMLBIF and XDSL."""
    child = columns((len(TRAP_LABELS), 2), 1)
    tables = Tables("n", ("cause", "effect"), (TRAP_LABELS, ("0", "1")), ((), (0,)), (columns((len(TRAP_LABELS),), 0), child))
    for name in ("bif", "net", "xmlbif", "xdsl"):
        write, read = FORMATS[name]
        assert_same(read(write(tables)), tables)


def test_bif_reads_bare_labels_with_blanks_and_brackets() -> None:
    """Other programs write `present (MRI)` without quotes; between commas it is one label."""
    text = """
    network n { } // a comment; with "marks
    variable a { type discrete [ 2 ] { present (MRI), <50 }; property position = (1, 2) ; }
    variable b { type discrete[3] { x y z } ; }  /* blanks
    instead of commas */
    probability ( a ) { table .25 .75; }
    probability ( b | a ) { (present (MRI)) 0.1, 0.2, 0.7; /* the rest */ ( <50 ) 1e-1 2e-1 7e-1; }
    """
    tables = bif.read(text, "a.bif", "a")
    assert tables.states == (("present (MRI)", "<50"), ("x", "y", "z"))
    np.testing.assert_array_equal(tables.tables[1], [[0.1, 0.2, 0.7], [0.1, 0.2, 0.7]])


def test_a_whole_bif_table_has_the_child_first() -> None:
    """`table` for a child with parents lists the child's first state for all parents' states, then the next (BIF 0.15)."""
    text = """variable p { type discrete [ 2 ] { t, f }; } variable c { type discrete [ 2 ] { t, f }; }
    probability ( p ) { table 0.5, 0.5; } probability ( c | p ) { table 0.6, 0.05, 0.4, 0.95; }"""
    np.testing.assert_array_equal(bif.read(text, "a.bif", "a").tables[1], [[0.6, 0.4], [0.05, 0.95]])


def test_a_bif_default_fills_the_rows_that_are_not_given() -> None:
    """A `default` entry stands for every setting of the parents without a row."""
    text = """variable p { type discrete [ 3 ] { a, b, c }; } variable c { type discrete [ 2 ] { t, f }; }
    probability ( p ) { table 0.5, 0.25, 0.25; } probability ( c | p ) { default 0.5, 0.5; (b) 0.1, 0.9; }"""
    np.testing.assert_array_equal(bif.read(text, "a.bif", "a").tables[1], [[0.5, 0.5], [0.1, 0.9], [0.5, 0.5]])


def test_net_reads_comments_bare_states_and_flat_data() -> None:
    """NET as others write it: `%` comments, states without quotes, data without inner brackets."""
    text = """net { name = n; node_size = (50 50); }
    node a { states = (yes no); label = "A % sign"; }  % a comment
    discrete node b { states = ("x" "y"); }
    potential (a) { data = ( 0.25 0.75 ); }
    potential ( b | a ) { data = ( 0.1 0.9 % a=yes
       0.2 0.8 ); }"""
    tables = hugin.read(text, "a.net", "a")
    assert tables.labels == ("A % sign", "")
    np.testing.assert_array_equal(tables.tables[1], [[0.1, 0.9], [0.2, 0.8]])


def test_xdsl_reads_deterministic_nodes_as_certain_tables() -> None:
    """A deterministic node's resulting states become columns of zeros and a one."""
    text = """<smile id="d"><nodes><cpt id="a"><state id="t"/><state id="f"/><probabilities>0.25 0.75</probabilities></cpt>
    <deterministic id="b"><state id="x"/><state id="y"/><parents>a</parents>
    <resultingstates>y x</resultingstates></deterministic></nodes>
    <extensions><genie><node id="a"><name>Alpha</name></node></genie></extensions></smile>"""
    tables = xdsl.read(text.encode(), "a.xdsl", "a")
    assert (tables.name, tables.labels) == ("d", ("Alpha", ""))
    np.testing.assert_array_equal(tables.tables[1], [[0, 1], [1, 0]])


XDSL_OF_TWO_PARENTS = """<smile id="n"><nodes>
    <cpt id="p"><state id="0"/><state id="1"/><probabilities>0.5 0.5</probabilities></cpt>
    <cpt id="q"><state id="0"/><state id="1"/><state id="2"/><probabilities>0.25 0.25 0.5</probabilities></cpt>
    <cpt id="c"><state id="0"/><state id="1"/><parents>p q</parents><probabilities>{}</probabilities></cpt></nodes>
    <extensions><genie app="{}"/></extensions></smile>"""


@pytest.mark.parametrize(
    ("app", "order"),
    [("GeNIe 5.0.4830.0 ACADEMIC", (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)), ("aGrUM 3.3.1", (0.1, 0.4, 0.2, 0.5, 0.3, 0.6))],
)
def test_xdsl_tables_are_read_in_the_order_of_the_program_that_wrote_them(app: str, order: tuple[float, ...]) -> None:
    """SMILE's first parent moves slowest; pyAgrum writes the parents backwards, and both give the same network."""
    text = XDSL_OF_TWO_PARENTS.format(" ".join(f"{x} {1 - x}" for x in order), app)
    table = xdsl.read(text.encode(), "a.xdsl", "a").tables[2]
    np.testing.assert_array_equal(table[..., 0], [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])


def test_xdsl_of_an_untried_pyagrum_is_refused_rather_than_misread() -> None:
    """Whether a later version lists parents backwards is not known."""
    with pytest.raises(SpecError, match=r"written by aGrUM 4\.0; up to version 3\.3 it lists parents backwards.*save it as BIF"):
        xdsl.read(XDSL_OF_TWO_PARENTS.format("0.5 " * 12, "aGrUM 4.0.0").encode(), "a.xdsl", "a")


OLD_XMLBIF = """<BIF VERSION="0.2"><NETWORK><NAME>weather</NAME>
<VARIABLE><NAME>today</NAME><TYPE>discrete</TYPE><VALUE>sun</VALUE><VALUE>rain</VALUE><VALUE>snow</VALUE></VARIABLE>
<VARIABLE><NAME>next</NAME><TYPE>discrete</TYPE><VALUE>sun</VALUE><VALUE>rain</VALUE><VALUE>snow</VALUE></VARIABLE>
<PROBABILITY><FOR>today</FOR><TABLE>0.6 0.3 0.1</TABLE></PROBABILITY>
<PROBABILITY><FOR>next</FOR><GIVEN>today</GIVEN>
  <TABLE>0.5 0.2 0.3   0.3 0.5 0.2   0.2 0.3 0.5</TABLE></PROBABILITY>
</NETWORK></BIF>"""


def test_xmlbif_of_the_form_before_0_3_has_the_child_moving_slowest() -> None:
    """P(next=sun | today=rain) = 0.2 and P(next) = 0.39, 0.35, 0.26 by hand; in the form of 0.3 the same numbers mean 0.3."""
    tables = xmlbif.read(OLD_XMLBIF.encode(), "a.xml", "a")
    np.testing.assert_array_equal(tables.tables[1][1], [0.2, 0.5, 0.3])
    np.testing.assert_allclose(tables.tables[0] @ tables.tables[1], [0.39, 0.35, 0.26], rtol=1e-15)
    new = OLD_XMLBIF.replace("VALUE>", "OUTCOME>").replace("PROBABILITY>", "DEFINITION>")
    np.testing.assert_array_equal(xmlbif.read(new.encode(), "a.xml", "a").tables[1][1], [0.3, 0.5, 0.2])


def test_uai_has_the_child_last_and_moving_fastest() -> None:
    """The published order: scope `parents child`, the last variable of the scope moves fastest."""
    tables = uai.read("BAYES\n2\n2 3\n2\n1 0\n2 0 1\n2\n 0.4 0.6\n6\n 0.1 0.2 0.7  0.3 0.3 0.4", "a.uai", "a")
    assert (tables.names, tables.states[1]) == (("x0", "x1"), ("s0", "s1", "s2"))
    np.testing.assert_array_equal(tables.tables[1], [[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]])


DYNAMIC_XDSL = """<smile version="1.0" id="Steps"><nodes>
  <cpt id="Mood" dynamic="plate"><state id="good"/><state id="bad"/><probabilities>0.9 0.1</probabilities></cpt></nodes>
 <dynamic numslices="5"><cpt id="Mood" order="1"><parents>Mood</parents><probabilities>0.7 0.3 0.2 0.8</probabilities></cpt>
 </dynamic></smile>"""
DYNAMIC = (
    "a dynamic network, whose arrows lead from one step of time to the next, is not read; "
    "unroll it (SMILE's Network.unroll) and save the result"
)
MIXED = (
    "has <PROBABILITY> as before XMLBIF 0.3 and <OUTCOME> as in 0.3, which order their tables differently; "
    "save it in one of the two forms"
)
HEAD = "variable a { type discrete [ 2 ] { t, f }; }\n"
PAIR = (
    HEAD.strip()
    + """ variable b { type discrete [ 2 ] { t, f }; }
probability ( a ) { table 0.5, 0.5; }
"""
)
NET = 'node a { states = ("t" "f"); } '
OPEN_NET = """node A { states = ("a" "b"); } node B { states = ("x" "y" "z"); } node C { states = ("t" "f"); }
potential (A) { data = (0.5 0.5); }
potential (B) { data = (0.2 0.3 0.5); }
potential (C | A B)
{
  data = (((0.9 0.1)(0.8 0.2)(0.7 0.3)((0.6 0.4)(0.5 0.5)(0.4 0.6));
}"""
MISTAKES = [
    ("bif", HEAD + "probability ( a ) {\n table 0.5, 0.5\n}",
     'line 4: cannot be read; got "}"; expected ";" before the end of the block'),
    ("bif", HEAD + "probability ( a ) { table 0.5, half; }", 'line 2: cannot be read; got "half"; expected 2 numbers'),
    ("bif", HEAD + "probability ( a ) { table 0.5; }", "line 2: cannot be read; got 1; expected 2 numbers"),
    ("bif", "variable a { type discrete [ 3 ] { t, f }; }", "line 1: cannot be read; got t, f; expected 3 states between commas"),
    ("bif", "variable a {\n type continuous; }", 'line 2: cannot be read; got "continuous"; expected "discrete" after "type"'),
    ("bif", HEAD + "probability a", 'line 2: cannot be read; got "a"; expected "(" after "probability"'),
    ("bif", HEAD + "probability ( a ) { table 0.5, 0.5;",
     'line 2: cannot be read; got the end of the file; expected "}" at the end of the block'),
    ("bif", 'variable "a', 'line 1: cannot be read; got "a; expected a closing quote (") on the same line'),
    ("net", "node a { states = (t f); }\npotential (a) {\n data (1 0); }",
     'line 3: cannot be read; got "("; expected "=" after "data"'),
    ("net", "utility u { }",
     'line 1: cannot be read; got "utility"; expected discrete nodes only; turn it into a discrete node before export'),
    ("xmlbif", "<BIF>\n<NETWORK></BIF>", "line 2, column 12: not well-formed XML (mismatched tag)"),
    ("xdsl", "<BIF/>", "another kind of document; got <BIF>; expected <smile>"),
    ("xdsl", '<smile><nodes><noisymax id="n"><state id="t"/></noisymax></nodes></smile>',
     'variable "n": is a "noisymax" node; in GeNIe, change the node\'s type to general chance (CPT) and save again'),
    ("uai", "BAYES\n1\n2\n1\n1 0\n2\n0.5 0.5\n\n2\n0.1 0.9",
     'line 9: cannot be read; got "2"; expected the end of the file after the last table'),
    ("bif", HEAD + "probability ( a ) {\n table 0.1, 0.9;\n table 0.5, 0.5;\n}", 'line 4, variable "a": two tables'),
    ("bif", PAIR + "probability ( b | a ) {\n default 0.5, 0.5;\n default 0.1, 0.9;\n}", 'line 5, variable "b": two defaults'),
    ("bif", PAIR + "probability ( b | a ) { table 0.5, 0.5, 0.5, 0.5; (t) 0.1, 0.9; }",
     'line 3, variable "b": a table beside rows or a default; expected one or the other'),
    ("bif", PAIR + "probability ( b | a ) { default 0.1, 0.9; table 0.5, 0.5, 0.5, 0.5; }",
     'line 3, variable "b": a table beside rows or a default; expected one or the other'),
    ("net", NET + "potential (a) { data = (0.5 0.5);\n data = (0.1 0.9); }",
     'line 2: cannot be read; got "data" again; expected one "data" in a block'),
    ("net", 'node a { states = ("t" "f");\n\n states = ("f" "t"); }',
     'line 3: cannot be read; got "states" again; expected one "states" in a block'),
    ("net", NET + "potential (a) {\n data = % ((\n ((0.5 0.5); }",
     'line 3: cannot be read; got "(" that is not closed; expected ")" after each "(" in "data"'),
    ("net", NET + "potential (a) {\n data = (0.5\n 0.5)); }",
     'line 3: cannot be read; got ")" alone; expected "(" before each ")" in "data"'),
    ("net", 'node a { states = ("t" ")";\n}',
     'line 1: cannot be read; got "(" that is not closed; expected ")" after each "(" in "states"'),
    ("net", NET + "potential (a b) { data = (1 0); }",
     'line 1: cannot be read; got "b"; expected "|" or ")" after "a", since joint potentials are not read'),
    ("net", OPEN_NET, 'line 6: cannot be read; got "(" that is not closed; expected ")" after each "(" in "data"'),
    ("xmlbif", OLD_XMLBIF.replace("VALUE>", "OUTCOME>"),
     MIXED),
    ("xmlbif", OLD_XMLBIF.replace("0.1</TABLE>", "0.1</TABLE><TABLE>0.1 0.2 0.7</TABLE>"),
     'variable "today": has 2 <TABLE> elements; expected one'),
    ("xmlbif", OLD_XMLBIF.replace("0.1</TABLE>", "0.1</TABLE><ENTRY>0.1 0.2 0.7</ENTRY>"),
     'variable "today": its <ENTRY> is not read; expected every number in <TABLE>'),
    ("xmlbif", OLD_XMLBIF.replace("</NETWORK>", "</NETWORK><NETWORK></NETWORK>"), "has 2 <NETWORK> elements; expected one"),
    ("xdsl", DYNAMIC_XDSL, DYNAMIC),
    ("xdsl", XDSL_OF_TWO_PARENTS.format("0.5 " * 12, "").replace('"c"', '"c" dynamic="plate"'), DYNAMIC),
    ("xdsl", XDSL_OF_TWO_PARENTS.format("0.5 " * 12 + "</probabilities><probabilities>" + "0.25 0.75 " * 6, ""),
     'variable "c": has 2 <probabilities> elements; expected one'),
    ("xdsl", XDSL_OF_TWO_PARENTS.format("0.5 " * 12, "").replace("<parents>p q", "<parents>p q</parents><parents>p"),
     'variable "c": has 2 <parents> elements; expected one'),
    ("xdsl", DYNAMIC_XDSL.replace("dynamic", "later").replace(' later="plate"', ""),
     "<later> holds arrows or tables that are not read; expected all of them in <nodes>"),
    ("uai", "MARKOV\n1", 'line 1: cannot be read; got "MARKOV"; expected "BAYES"; a Markov network has no conditional tables'),
    ("uai", "BAYES\n1\n2\n1\n1 0\n2\n0.5 x", 'line 7: cannot be read; got "x"; expected number 2 of the 2 of table 0'),
]  # fmt: skip


@pytest.mark.parametrize(("format_name", "text", "message"), MISTAKES)
def test_a_syntax_error_gives_the_line_and_what_was_expected(format_name: str, text: str, message: str) -> None:
    """A mistake in a file is reported in one sentence: file, line, what was expected, what was there."""
    with pytest.raises(SpecError) as refusal:
        FORMATS[format_name][1](text)
    separator = ", " if message.startswith(("line", "variable")) else ": "
    assert [str(problem) for problem in refusal.value.problems] == [f"a.{format_name}{separator}{message}"]


WAY_IN = "expected 1, within the rounding of its digits; load(path, normalize=True) divides it by its sum"


def test_all_problems_of_a_file_are_reported_together() -> None:
    """Columns that do not close, entries that are no probabilities, missing rows and tables: one refusal lists them all."""
    text = """variable a { type discrete [ 2 ] { t, f }; }
    variable b { type discrete [ 2 ] { t, <50 }; }
    variable c { type discrete [ 2 ] { t, f }; }
    variable d { type discrete [ 2 ] { t, f }; }
    probability ( a ) { table 0.5, 0.505; }
    probability ( b | a ) { (t) 1.2, -0.2; (f) 0.5, 0.5; }
    probability ( c | b ) { (t) 0.5, 0.5; }
    probability ( e ) { table 0.5, 0.5; }"""
    with pytest.raises(SpecError) as refusal:
        bif.read(text, "a.bif", "a")
    assert [str(problem) for problem in refusal.value.problems] == [
        f'a.bif, line 5, variable "a": the column does not close; got a sum of 1.005; {WAY_IN}',
        'a.bif, line 6, variable "b": b=t | a=t is no probability; got 1.2; expected a number between 0 and 1',
        'a.bif, line 7, variable "c": no row for b="<50"',
        'a.bif, line 8, variable "e": its table names "e", which is not declared',
        'a.bif, variable "d": has no table',
    ]


def test_a_column_that_does_not_close_is_named_by_the_parents_states() -> None:
    """A column summing to 1.005 is refused with variable and parent states (trap 9)."""
    text = """variable a { type discrete [ 2 ] { t, "<50" }; } variable b { type discrete [ 2 ] { t, f }; }
    probability ( a ) { table 0.5, 0.5; } probability ( b | a ) { (t) 0.5, 0.5; ("<50") 0.5, 0.505; }"""
    with pytest.raises(
        SpecError, match=r'variable "b": the column \| a="<50" does not close; got a sum of 1.005; expected 1, within'
    ):
        bif.read(text, "a.bif", "a")


def test_columns_within_a_millionth_of_one_are_divided_by_their_sum() -> None:
    """Published files print six digits; a column such as 0.333333 three times is closed, not refused."""
    text = "variable a { type discrete [ 3 ] { x, y, z }; } probability ( a ) { table 0.333333, 0.333333, 0.333333; }"
    table = bif.read(text, "a.bif", "a").tables[0]
    assert math.isclose(table.sum(), 1, rel_tol=1e-15)
    np.testing.assert_allclose(table, 1 / 3, rtol=1e-15)


def test_a_circle_of_arrows_is_refused() -> None:
    """Two variables that are each other's parents are no network."""
    text = """variable a { type discrete [ 1 ] { t }; } variable b { type discrete [ 1 ] { t }; }
    probability ( a | b ) { (t) 1; } probability ( b | a ) { (t) 1; }"""
    with pytest.raises(SpecError, match="the arrows run in a circle through or towards a, b"):
        bif.read(text, "a.bif", "a")


def test_every_setting_of_the_parents_is_its_own_column() -> None:
    """Rows are placed by their labels, in whatever order they stand."""
    states = {"p": "ab", "q": "xyz"}
    rows = [(p, q, k / 10) for k, (p, q) in enumerate(product(states["p"], states["q"]), 1)]
    text = "".join(
        f"variable {n} {{ type discrete [ {len(s)} ] {{ {', '.join(s)} }}; }}\n" for n, s in {**states, "c": "tf"}.items()
    )
    text += "probability ( p ) { table 0.5, 0.5; } probability ( q ) { table 0.25, 0.25, 0.5; } probability ( c | p, q ) {"
    text += "".join(f"({p}, {q}) {x}, {1 - x};\n" for p, q, x in reversed(rows)) + "}"
    np.testing.assert_allclose(bif.read(text, "a.bif", "a").tables[2][..., 0], [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
