"""What to learn next, beside re-asking: bayesnet in about one pass, pyAgrum with one query for each result of each test.

Run with `python benchmarks/next_tests.py`. Both answer the same question on the same network, and their bits are compared before
anything is timed. pyAgrum gets full tables, gates divorced where a table would be too large, and lazy propagation with
incremental inference, which is how its own documentation asks one query after the other.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import bayesnet
from bayesnet.analysis.decision.advise import candidates
from bayesnet.analysis.decision.next_tests import next_tests
from bayesnet.analysis.query.query import Query

CASE = "age_group=60-69, female, cancer_history, chronic_pain, raised_alp, anemia, hypercalcemia"
TARGET = "spinal_metastasis"
REPEATS = 7


def timed(work: Callable[[], object], repeats: int) -> float:
    """Seconds of the quickest of some runs after one that is not counted."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def entropy(p: float) -> float:
    """Entropy of a yes or no, in bits."""
    return -sum(x * math.log2(x) for x in (p, 1.0 - p) if x > 0.0)


def bridged(gum: Any, net: bayesnet.Network) -> Any:
    """The network as pyAgrum's, by full tables."""
    model = net.to_pgmpy()
    peer = gum.BayesNet()
    for node in model.nodes():
        cpd = model.get_cpds(node)
        labels = list(cpd.state_names[node])
        peer.add(gum.LabelizedVariable(node, node, labels))
    for parent, child in model.edges():
        peer.addArc(parent, child)
    for node in model.nodes():
        cpd = model.get_cpds(node)
        table = cpd.values
        order = list(cpd.variables)
        wanted = list(peer.cpt(node).names)[::-1]
        peer.cpt(node)[:] = np.ascontiguousarray(table.transpose([order.index(name) for name in wanted]))
    return peer


def main() -> int:
    """Compare, time, print; exit status 1 where the answers differ or any call is less than 20 times as fast as re-asking."""
    from importlib import import_module
    from importlib.metadata import version

    gum: Any = import_module("pyagrum")
    net = bayesnet.load("back_pain")
    case = net.case(CASE)
    tests = [net.compiled.names[v] for v in candidates(net.compiled, case.findings)]
    evidence = {item.name: item.value for item in Query(net.compiled, case.findings).stated.items}
    peer = bridged(gum, net)

    def by_asking() -> dict[str, float]:
        engine = gum.LazyPropagation(peer)
        engine.setEvidence(evidence)
        engine.addTarget(TARGET)
        for test in tests:
            engine.addTarget(test)
        engine.makeInference()
        now = float(engine.posterior(TARGET)[1])
        chance = {test: [float(p) for p in engine.posterior(test)[:]] for test in tests}
        engine.eraseAllTargets()
        engine.addTarget(TARGET)
        bits = {}
        for test in tests:
            left = 0.0
            for state, p in enumerate(chance[test]):
                if p > 0.0:
                    engine.addEvidence(test, state)
                    engine.makeInference()
                    left += p * entropy(float(engine.posterior(TARGET)[1]))
                    engine.eraseEvidence(test)
            bits[test] = entropy(now) - left
        return bits

    ours = {t.finding: t.bits for t in next_tests(Query(net.compiled, case.findings), TARGET)}
    theirs = by_asking()
    worst = max(abs(ours[test] - theirs[test]) for test in tests)
    v = net.compiled.index[TARGET]
    proof = Query(net.compiled, case.findings).evidence
    wanted = tuple(net.compiled.index[test] for test in tests)
    one_pass = timed(lambda: net.compiled.engine.joint_with_each(v, proof, wanted), REPEATS)
    one_query = timed(lambda: net.compiled.engine.posteriors(proof), REPEATS)
    whole = timed(lambda: next_tests(Query(net.compiled, case.findings), TARGET), REPEATS)
    default = timed(lambda: next_tests(Query(net.compiled, case.findings)), REPEATS)
    asking = timed(by_asking, REPEATS)
    print(f"{len(tests)} findings of back_pain about {TARGET}; largest difference of bits {worst:.1e}")
    print(f"bayesnet, all posteriors once      {1e3 * one_query:9.1f} ms")
    print(f"bayesnet, P(target, each)          {1e3 * one_pass:9.1f} ms")
    print(f"bayesnet, next_tests with values   {1e3 * whole:9.1f} ms")
    print(f"bayesnet, about the decision       {1e3 * default:9.1f} ms")
    print(f"pyAgrum {version('pyagrum')}, by re-asking     {1e3 * asking:9.1f} ms")
    print(f"times as fast, the same answer     {asking / one_pass:9.1f}")
    print(f"times as fast, with values as well {asking / whole:9.1f}")
    print(f"times as fast, about the decision  {asking / default:9.1f}")
    return 0 if worst < 1e-6 and asking / max(one_pass, whole, default) >= 20.0 else 1


if __name__ == "__main__":
    sys.exit(main())
