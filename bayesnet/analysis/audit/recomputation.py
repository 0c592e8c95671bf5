"""Every number computed again from what is recorded with it, how each is known, and what a reviewer should look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from bayesnet.analysis.audit.influence import influence
from bayesnet.analysis.audit.solved import solve_number
from bayesnet.analysis.query.query import unassumed
from bayesnet.model.known import known, known_counts
from bayesnet.model.provenance import complete, in_use, remarks, settled
from bayesnet.model.recompute import Basis, basis, recomputed
from bayesnet.results.recomputation import Recomputation, RecomputedNumber

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel
    from bayesnet.model.derivation import Ends
    from bayesnet.model.recompute import Computed
    from bayesnet.model.records import Model, Number


def computed_again(compiled: CompiledModel, number: Number) -> dict[Ends, Computed]:
    """Return value, low and high of a number, computed again; `solve(...)` with the present network."""
    return recomputed(number, compiled.model, lambda n, question, p: solve_number(compiled, n.id, question, p))


def recompute(compiled: CompiledModel, *, moves: bool = False) -> Recomputation:
    """Recompute every number; see `Network.recompute`."""
    model = compiled.model
    computed = {number.id: computed_again(compiled, number) for number in model.numbers.values()}
    used = in_use(model)
    others = [source for key, source in model.sources.items() if key not in used]
    moved = influence(compiled) if moves else {}
    lines = tuple(_line(number, model, computed[number.id], moved.get(number.id, 0.0)) for number in model.numbers.values())
    bases = {name: sum(line.basis == name and line.grade != "definition" for line in lines) for name in get_args(Basis) if name}
    return Recomputation(
        title=f"{model.name}: where its numbers come from",
        provenance=unassumed(compiled),
        numbers=lines,
        measured=moves,
        known=known_counts(model.numbers.values()),
        records=len(used),
        complete=sum(map(complete, used.values())),
        settled=sum(complete(source) or settled(source) for source in used.values()),
        others=len(others),
        others_complete=sum(map(complete, others)),
        remarks=tuple(remarks(model, computed)),
        bases=bases,
    )


def _line(number: Number, model: Model, computed: dict[Ends, Computed], moves: float) -> RecomputedNumber:
    value, low, high = computed["value"], computed["low"], computed["high"]
    return RecomputedNumber(
        number=number.id,
        grade=number.grade,
        range_grade=number.range_grade or number.grade,
        known=known(number),
        sources=len({figure.source for figure in number.sources}),
        value=number.value,
        low=number.low,
        high=number.high,
        computed_value=value.found,
        computed_low=low.found,
        computed_high=high.found,
        deviates=any(each.computed and not each.agrees for each in computed.values()),
        by=value.by,
        why=value.why,
        moves=moves,
        basis=basis(number, model) if value.computed else "",
    )
