"""Gates: what is stored means what the papers say, entries depend on numbers as stated, small links keep their digits."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import models

from bayesnet.errors import SpecError
from bayesnet.model.expand import Expander, expand
from bayesnet.model.factors import Factors, Family, TableFamily
from bayesnet.model.records import Model, Number, Variable
from bayesnet.pattern import literal

GATED = ("table", "noisy_or", "noisy_max", "odds_ratio")


def numbers_of(**values: float) -> dict[str, Number]:
    """Numbers by id, without anything that does not matter here; `child` stands for the child of every gate."""
    return {name: Number(name, value, value, value, variable="child") for name, value in values.items()}


def small(child: Variable, *parents: Variable, **values: float) -> Model:
    """A model of one gate; parents are roots."""
    ids = [(literal(p.name, state), p) for p in parents for state in p.states[1:]]
    roots = {name: Number(name, 0.25, 0.25, 0.25, variable=p.name) for name, p in ids}
    variables = {v.name: v for v in (*parents, child)}
    return Model("small", variables=variables, numbers=roots | numbers_of(**values))


def table_of(family: Family, cards: tuple[int, ...]) -> np.ndarray:
    """P(child | parents) of a family in floats, noisy ones by their definition: the largest rank wins."""
    if isinstance(family, TableFamily):
        return family.table
    table = np.zeros((*(cards[p] for p in family.parents), len(family.order)))
    for setting in product(*(range(cards[p]) for p in family.parents)):
        causes = [family.leak, *(link[s] for link, s in zip(family.links, setting, strict=True))]
        for produced in product(range(len(family.order)), repeat=len(causes)):
            table[(*setting, family.order[max(produced)])] += prod(c[r] for c, r in zip(causes, produced, strict=True))
    return table


class Definition:
    """The second route: P(child | parents) from the records alone, in exact fractions, gate by gate as the papers define them."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def column(self, variable: Variable, setting: dict[str, str]) -> dict[str, Fraction]:
        """P(child = state | parents = setting) for every state."""
        given_ = ", ".join(literal(p, setting[p]) for p in variable.parents)
        if variable.gate == "table":
            return self.stored(variable, given_)
        if variable.gate == "deterministic":
            hit = self.decided(variable, setting)
            return {state: Fraction(state == hit) for state in variable.states}
        neutral = {p: self.model.variables[p].states[0] for p in variable.parents} | dict(variable.neutral)
        active = [literal(p, s) for p, s in setting.items() if s != neutral[p]]
        if variable.gate == "odds_ratio":
            head = f"odds({variable.name}) | "
            odds = prod((self.value(head + cause) for cause in active), start=self.value(head + "baseline"))
            target = variable.towards or variable.states[-1]
            return {s: odds / (1 + odds) if s == target else 1 / (1 + odds) for s in variable.states}
        return self.noisy(variable, active)

    def noisy(self, variable: Variable, active: list[str]) -> dict[str, Fraction]:
        """Henrion 1989: every column holds the leak; P(rank <= k) is the leak's times what each cause leaves of it."""
        ranked = list(variable.states)
        if variable.towards == ranked[0]:
            ranked.reverse()
        leak = self.stored(variable, "leak")
        links = [self.stored(variable, cause) for cause in active]
        below, column = Fraction(0), {}
        for k, state in enumerate(ranked):
            alone = sum(leak[s] for s in ranked[: k + 1])
            up_to = alone
            for link in links:
                up_to *= sum(link[s] for s in ranked[: k + 1]) / alone if alone else 0
            column[state], below = up_to - below, up_to
        return column

    def stored(self, variable: Variable, condition: str) -> dict[str, Fraction]:
        """A column of numbers, closed by its rest or, where it is full, by its sum."""
        tail = f" | {condition}" if condition else ""
        ids = {state: literal(variable.name, state) + tail for state in variable.states}
        given_ = {state: self.value(name) for state, name in ids.items() if name in self.model.numbers}
        total = sum(given_.values(), Fraction(0))
        if len(given_) == len(ids):
            return {state: value / total for state, value in given_.items()}
        # Decimals that sum to 1 on paper leave nothing, whatever their binary digits leave.
        rest = 0 if len(ids) > 2 and abs(1 - total) < Fraction(1, 2**52) else 1 - total
        return {state: given_.get(state, Fraction(rest)) for state in variable.states}

    def decided(self, variable: Variable, setting: dict[str, str]) -> str:
        """The state that the conditions choose; read here by hand, literals in the form name=state only."""
        for state, text in variable.expression:
            head, _, rest = text.partition(" of ")
            found = [tuple(part.strip().split("=")) for part in (rest or head).split(",")] if text else []
            holds = sum(setting[name] == value for name, value in found)
            needed = {"any": 1, "all": len(found)}.get(head) or (int(head.split()[-1]) if "least" in head else 1)
            if not text or (holds == 0 if head == "none" else holds >= needed):
                return state
        (other,) = set(variable.states) - {state for state, _ in variable.expression}
        return other

    def value(self, name: str) -> Fraction:
        return Fraction(self.model.numbers[name].value)


@given(models())
def test_every_gate_is_its_definition(model: Model) -> None:
    """Every entry of every gate equals what the records mean in exact fractions, to the last few bits."""
    definition = Definition(model)
    network = expand(model)
    for variable, family in zip(model.variables.values(), network.families, strict=True):
        if variable.group == "groups":
            variable = Variable(
                variable.name,
                parents=variable.parents,
                gate="deterministic",
                expression=(("present", "any of " + ", ".join(f"{p}=present" for p in variable.parents)),),
            )
        table = table_of(family, network.cards)
        for index in product(*(range(network.cards[p]) for p in family.parents)):
            setting = {p: model.variables[p].states[i] for p, i in zip(variable.parents, index, strict=True)}
            exact = definition.column(variable, setting)
            for state, value in exact.items():
                got = table[(*index, variable.states.index(state))]
                assert got == pytest.approx(float(value), rel=1e-12, abs=2e-15), (variable.name, setting, state)


@given(models())
def test_every_column_is_a_distribution(model: Model) -> None:
    """No entry is negative and every column of every tensor sums to 1."""
    for family in expand(model).families:
        for tensor in family.tensors:
            assert (tensor >= 0).all()
            np.testing.assert_allclose(tensor.sum(axis=-1), 1.0, rtol=0, atol=4e-16 * tensor.shape[-1])


def varied(model: Model, expander: Expander, k: int, x: float) -> np.ndarray:
    """All values with number k at x and the others of its column scaled to leave the rest; worked out here from the ids alone."""
    values = expander.values.copy()
    name = expander.number_ids[k]
    if not name.startswith("odds("):
        variable = model.variables[model.numbers[name].variable]
        tail = name[name.index(" | ") :] if " | " in name else ""
        ids = [literal(variable.name, state) + tail for state in variable.states]
        positions = [expander.number_ids.index(i) for i in ids if i in expander.number_ids and i != name]
        others = 1.0 - values[k]
        missing = len(ids) - 1 - len(positions)
        if others > 0:
            values[positions] *= (1.0 - x) / others
        else:
            values[positions] = (1.0 - x) / (len(positions) + missing)
    values[k] = x
    return values


@given(models(gates=GATED, extremes=False, max_variables=4))
def test_partial_derivatives_agree_with_differences(model: Model) -> None:
    """Each entry moves with each number as the dependence says, the rest of the column giving way in proportion."""
    expander = Expander(model)
    network = expander.factors()
    stated = np.zeros((len(network.number_ids), sum(t.size for f in network.families for t in f.tensors)))
    starts = start_of_tensors(network.families)
    d = network.dependence
    for f, t, entry, number, partial in zip(d.family, d.tensor, d.entry, d.number, d.partial, strict=True):
        stated[number, starts[f, t] + entry] += partial
    for k, x in enumerate(expander.values):
        h = 1e-5 * min(x, 1 - x) if x < 1 else 1e-5 * x
        assume(h > 1e-12)
        above, below = (flat(expander.tensors(varied(model, expander, k, x + s * h))) for s in (1, -1))
        # A link just above its leak cannot move down: entries cut off at 0 are compared on the way up only.
        slope = np.where(below > 0, (above - below) / (2 * h), (above - flat(expander.tensors())) / h)
        np.testing.assert_allclose(stated[k], slope, rtol=2e-4, atol=2e-5 * max(1.0, np.abs(slope).max()))


def start_of_tensors(families: tuple[Family, ...]) -> dict[tuple[int, int], int]:
    """Where each tensor begins when all are laid end to end."""
    starts, at = {}, 0
    for f, family in enumerate(families):
        for t, tensor in enumerate(family.tensors):
            starts[f, t], at = at, at + tensor.size
    return starts


def network_tensors(network: Factors) -> list[tuple[np.ndarray, ...]]:
    return [family.tensors for family in network.families]


def flat(tensors: list[tuple[np.ndarray, ...]]) -> np.ndarray:
    return np.concatenate([t.ravel() for own in tensors for t in own])


@given(models(gates=GATED, extremes=False, max_variables=4), st.integers(0, 10**6))
def test_linear_numbers_move_probabilities_along_straight_lines(model: Model, pick: int) -> None:
    """Where a number is called linear, every P(child | parents) at the middle is the mean of both ends; odds never are."""
    expander = Expander(model)
    k = pick % len(expander.values)
    x = expander.values[k]
    name = expander.number_ids[k]
    assert expander.linear[k] <= (not name.startswith("odds("))
    ends = [x, x + 0.3 * (1 - x), x + 0.6 * (1 - x)]
    if name.endswith("| leak"):
        variable = model.variables[model.numbers[name].variable]
        assert expander.linear[k] == (len(variable.parents) == 1)
        # A leak rises no further than its links.
        ends = [x, x * 0.7, x * 0.4]
    if expander.linear[k]:
        tables = []
        for end in ends:
            network = expander.factors(varied(model, expander, k, end))
            # Below its leak a column of a noisy-MAX is cut off, and no longer on the line.
            assume(((flat(network_tensors(network)) == 0) == (flat(expander.tensors()) == 0)).all())
            tables.append(np.concatenate([table_of(f, network.cards).ravel() for f in network.families]))
        np.testing.assert_allclose(tables[1], (tables[0] + tables[2]) / 2, rtol=1e-9, atol=1e-12)


@given(models(), st.integers(0, 2**32 - 1))
def test_a_batch_is_each_of_its_members(model: Model, seed: int) -> None:
    """Tensors for many values at once, batch axis last, are the tensors for each of them."""
    expander = Expander(model)
    values = expander.values[:, None] * np.random.default_rng(seed).uniform(0.5, 1.0, (len(expander.values), 3))
    batch = expander.tensors(values)
    for b in range(3):
        for many, one in zip(batch, expander.tensors(values[:, b]), strict=True):
            for tensor, single in zip(many, one, strict=True):
                np.testing.assert_allclose(tensor[..., b], single, rtol=1e-14, atol=1e-16)


@given(models(), st.integers(0, 2**32 - 1))
def test_drawn_numbers_always_give_distributions(model: Model, seed: int) -> None:
    """Whatever is drawn, even a link below its leak or a column above 1, every tensor holds distributions."""
    expander = Expander(model)
    drawn = np.random.default_rng(seed).uniform(0.001, 1.0, (len(expander.values), 4))
    for own in expander.tensors(drawn):
        for tensor in own:
            assert (tensor >= 0).all()
            np.testing.assert_allclose(tensor.sum(axis=-2), 1.0, rtol=0, atol=1e-12)


@pytest.mark.parametrize("leak", [0.0, 1e-15, 1e-12, 3e-9, 0.02])
@pytest.mark.parametrize("net", [1e-15, 1e-12, 1e-7, 0.3])
def test_small_links_keep_all_their_digits(leak: float, net: float) -> None:
    """The net link of a compound link near its leak is exact to the last bits of what is stored."""
    p = leak + net * (1 - leak)
    child, cause = Variable("child", parents=("cause",), gate="noisy_or"), Variable("cause")
    model = small(child, cause, **{"child=present | leak": leak, "child=present | cause=present": p})
    link = Expander(model).factors().families[1].links[0][1]
    exact = (Fraction(p) - Fraction(leak)) / (1 - Fraction(leak))
    assert link[1] == pytest.approx(float(exact), rel=1e-15, abs=0)
    assert link[0] == pytest.approx(float(1 - exact), rel=1e-15, abs=0)


@pytest.mark.parametrize(
    "stored",
    [
        (0.2356468692087684, 0.7643531140766862, 0.5269745570502726, 0.4730254393496854),
        (0.7331232114724167, 0.23411599002630257, 0.7331232354829318, 0.25012699639151276),
        (0.9244270675724534, 0.062187122493022495, 0.9244270792281594, 0.0742142581269855),
        (1e-12, 3e-12, 4e-12, 5e-12),
        (0.2, 0.3, 0.25, 0.4),
    ],
    ids=["almost certain leak", "tiny top grade", "both", "all rare", "ordinary"],
)
def test_graded_links_keep_their_digits_beside_any_leak(stored: tuple[float, float, float, float]) -> None:
    """Net links of a noisy-MAX are right to twelve digits of what is stored, however rare or certain leak and cause are."""
    cause = Variable("cause")
    child = Variable("child", states=("none", "mild", "severe"), parents=("cause",), gate="noisy_max")
    ids = [f"child={grade} | {given_}" for given_ in ("leak", "cause=present") for grade in ("severe", "mild")]
    model = small(child, cause, **dict(zip(ids, stored, strict=True)))
    got = Expander(model).factors().families[1].links[0][1]
    l2, l1, c2, c1 = map(Fraction, stored)
    none = (1 - c1 - c2) / (1 - l1 - l2)
    up_to_mild = (1 - c2) / (1 - l2)
    exact = (none, up_to_mild - none, 1 - up_to_mild)
    assert got.tolist() == [pytest.approx(float(x), rel=1e-12, abs=0) for x in exact]


def test_a_small_rest_keeps_its_digits() -> None:
    """The state left out of a column has what the others leave, exactly, however little."""
    child = Variable("child", states=("a", "b", "c", "d"))
    values = {"child=a": 0.11, "child=b": 0.35, "child=c": 0.5399999999990001}
    table = Expander(Model("small", variables={"child": child}, numbers=numbers_of(**values))).tensors()[0][0]
    exact = 1 - sum((Fraction(x) for x in values.values()), Fraction(0))
    assert table[3] == pytest.approx(float(exact), rel=1e-15, abs=0)


@pytest.mark.parametrize("given_", [(0.1, 0.2, 0.7), (0.3, 0.6, 0.1), (0.7, 0.1, 0.2), (0.15, 0.35, 0.5)])
def test_decimals_that_sum_to_one_leave_exactly_nothing(given_: tuple[float, float, float]) -> None:
    """What three decimals leave is impossible, not 1e-17."""
    child = Variable("child", states=("a", "b", "c", "d"))
    model = Model(
        "small",
        variables={"child": child},
        numbers=numbers_of(**dict(zip(("child=a", "child=b", "child=d"), given_, strict=False))),
    )
    assert Expander(model).tensors()[0][0][2] == 0.0


def test_a_cause_that_does_nothing_has_a_link_of_exactly_zero() -> None:
    """A link equal to its leak adds nothing, for noisy-OR and for noisy-MAX."""
    cause, three = Variable("cause"), ("none", "mild", "severe")
    child = Variable("child", parents=("cause",), gate="noisy_or")
    model = small(child, cause, **{"child=present | leak": 0.1, "child=present | cause=present": 0.1})
    assert Expander(model).factors().families[1].links[0][1].tolist() == [1.0, 0.0]
    child = Variable("child", states=three, parents=("cause",), gate="noisy_max")
    same = {f"child={s} | {c}": v for c in ("leak", "cause=present") for s, v in (("mild", 0.1), ("severe", 0.3))}
    assert Expander(small(child, cause, **same)).factors().families[1].links[0][1].tolist() == [1.0, 0.0, 0.0]


def test_a_certain_leak_leaves_nothing_to_the_causes() -> None:
    """With a leak of 1 the child is always present, and nothing is divided by zero."""
    child, cause = Variable("child", parents=("cause",), gate="noisy_or"), Variable("cause")
    model = small(child, cause, **{"child=present | leak": 1.0, "child=present | cause=present": 1.0})
    network = Expander(model).factors()
    assert table_of(network.families[1], network.cards).tolist() == [[0.0, 1.0], [0.0, 1.0]]
    assert np.isfinite(network.dependence.partial).all()


def test_a_cause_can_push_towards_absent() -> None:
    """With `towards = "absent"` the numbers are about absent, and causes make the finding rarer."""
    child = Variable("child", parents=("a", "b"), gate="noisy_or", towards="absent")
    values = {"child=absent | leak": 0.4, "child=absent | a=present": 0.7, "child=absent | b=present": 0.55}
    network = Expander(small(child, Variable("a"), Variable("b"), **values)).factors()
    table = table_of(network.families[2], network.cards)
    # P(present | both) = 0.6 * (0.3 / 0.6) * (0.45 / 0.6)
    np.testing.assert_allclose(table[..., 1], [[0.6, 0.45], [0.3, 0.225]], rtol=1e-14)


def test_a_published_noisy_max_by_hand() -> None:
    """Two causes of three grades: the cumulative probabilities multiply, the leak counted once (Diez 1993)."""
    three = ("none", "mild", "severe")
    child = Variable("child", states=three, parents=("a", "b"), gate="noisy_max")
    values = {
        "child=mild | leak": 0.1,
        "child=severe | leak": 0.1,
        "child=mild | a=present": 0.3,
        "child=severe | a=present": 0.3,
        "child=mild | b=present": 0.2,
        "child=severe | b=present": 0.4,
    }
    network = Expander(small(child, Variable("a"), Variable("b"), **values)).factors()
    table = table_of(network.families[2], network.cards)
    # P(none) = 0.4 * 0.4 / 0.8; P(up to mild) = 0.7 * 0.6 / 0.9
    np.testing.assert_allclose(table[1, 1], [0.2, 0.7 * 0.6 / 0.9 - 0.2, 1 - 0.7 * 0.6 / 0.9], rtol=1e-14)
    np.testing.assert_allclose(table[1, 0], [0.4, 0.3, 0.3], rtol=1e-14)


def test_odds_multiply_and_zero_excludes() -> None:
    """Odds ratios multiply the baseline odds; a ratio of 0 makes the combination impossible."""
    child = Variable("child", parents=("age", "male"), gate="odds_ratio", neutral=(("male", "absent"),))
    age = Variable("age", states=("young", "old"))
    values = {"odds(child) | baseline": 0.25, "odds(child) | age=old": 4.0, "odds(child) | male=present": 0.0}
    table = Expander(small(child, age, Variable("male"), **values)).factors().families[2].tensors[0]
    np.testing.assert_allclose(table[..., 1], [[0.2, 0.0], [0.5, 0.0]], rtol=1e-15)
    assert table[0, 1].tolist() == [1.0, 0.0]


def test_columns_in_full_are_divided_by_their_sum() -> None:
    """A printed column that sums to 0.999999 is closed, in the tensors and in the values that inference reports."""
    child = Variable("child", states=("a", "b", "c"))
    model = Model("small", variables={"child": child}, numbers=numbers_of(**{f"child={s}": 0.333333 for s in "abc"}))
    expander = Expander(model)
    np.testing.assert_allclose(expander.tensors()[0][0], [1 / 3] * 3, rtol=1e-15)
    np.testing.assert_allclose(expander.values, [1 / 3] * 3, rtol=1e-15)


def test_an_entry_that_is_one_gives_way_evenly() -> None:
    """When an entry of 1 moves, the freed mass is spread evenly over the others."""
    child = Variable("child", states=("a", "b", "c"))
    model = Model("small", variables={"child": child}, numbers=numbers_of(**{"child=a": 1.0, "child=b": 0.0}))
    d = Expander(model).factors().dependence
    by_number = {k: dict(zip(d.entry[d.number == k], d.partial[d.number == k], strict=True)) for k in (0, 1)}
    assert by_number == {0: {0: 1.0, 1: -0.5, 2: -0.5}, 1: {1: 1.0, 0: -1.0}}


@pytest.mark.parametrize(
    ("expression", "states", "present"),
    [
        ("any of a, b=high", "noisy", [[0, 0, 1], [1, 1, 1]]),
        ("none of a, b=high", "noisy", [[1, 1, 0], [0, 0, 0]]),
        ("all of a, b={mid, high}", "noisy", [[0, 0, 0], [0, 1, 1]]),
        ("all of !a, b=high, b={mid, high}", "noisy", [[0, 0, 1], [0, 0, 0]]),
        ("at least 1 of a, b=low", "noisy", [[1, 0, 0], [1, 1, 1]]),
        ("at least 2 of a, b=mid, b=high", "table", [[0, 0, 0], [0, 1, 1]]),
        ("at least 2 of a, b=mid", "noisy", [[0, 0, 0], [0, 1, 0]]),
    ],
)
def test_conditions_become_certain_links_or_small_tables(expression: str, states: str, present: list[list[int]]) -> None:
    """`any`, `all` and `none` stay factorised; counting needs a table; both mean what they say."""
    child = Variable("child", parents=("a", "b"), gate="deterministic", expression=(("present", expression),))
    network = Expander(small(child, Variable("a"), Variable("b", states=("low", "mid", "high")))).factors()
    family = network.families[2]
    assert isinstance(family, TableFamily) == (states == "table")
    np.testing.assert_array_equal(table_of(family, network.cards)[..., 1], present)
    assert not (network.dependence.family == 2).any()


def test_a_gate_that_lacks_a_number_says_which() -> None:
    """Expanding a model that was not checked names the missing number."""
    child, cause = Variable("child", parents=("cause",), gate="noisy_or"), Variable("cause")
    with pytest.raises(SpecError) as refusal:
        expand(small(child, cause, **{"child=present | leak": 0.1}))
    assert str(refusal.value) == 'variable "child": 1 problem\n  no number for "child=present | cause=present"'
