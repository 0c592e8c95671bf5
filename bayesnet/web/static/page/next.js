// What to learn next: the figures of `case.next_tests(target)`, from one answer for each state of the target and one more for each
// state of the decision, whatever the number of findings.
//
// Shannon CE (1948). A mathematical theory of communication. Bell System Technical Journal 27, 379-423.
// Heckerman D, Horvitz E, Middleton B (1993). An approximate nonmyopic computation for value of information. IEEE Transactions on
// Pattern Analysis and Machine Intelligence 15, 292-298.

import { advisedAfter, jointWith, narrowed, peelJob, sampleValue, utilityTable } from "./advice.js";

/** @import { Ask, Costs, Decision, Evidence, Job, NextTest, NextTests } from "../types.js" */

/** @typedef {{ target: number; state: number; cards: number[]; askable: number[]; decision?: Decision | null; costs?: Costs | null; names: string[] }} Wanted */

/**
 * Mutual information in bits of a joint table, one row for each state of the target; never negative.
 *
 * @param {Float64Array[]} joint
 */
export function information(joint) {
  const rows = joint.map((row) => row.reduce((a, b) => a + b, 0));
  const columns = [...joint[0].keys()].map((i) => joint.reduce((total, row) => total + row[i], 0));
  let bits = 0;
  joint.forEach((row, k) => row.forEach((x, i) => (bits += x > 0 ? x * Math.log2(x / (rows[k] * columns[i])) : 0)));
  return Math.max(0, bits);
}

/** @param {number[]} p */
export const entropy = (p) => p.reduce((total, x) => total - (x > 0 ? x * Math.log2(x) : 0), 0);

/**
 * A generator that yields after every answer and returns `{now, entropy, tests}`, most informative first; null where the findings
 * cannot hold together.
 *
 * `cards` are the numbers of states; `askable` the positions that can be learnt; `decision` and `costs` as the page has them, or null.
 * A test has `variable`, `bits`, `change` (mean size of the change of the target's probability), `outcomes` (state, `probability`, the
 * target's probability `after`, the option `advised`), `cost` (a record, or null), `value` and `net` in the unit of the decision (NaN
 * if there is none, or where only an option of the decision brings the finding).
 *
 * @param {Ask} ask
 * @param {Evidence} evidence
 * @param {Wanted} wanted
 * @returns {Job<NextTests | null>}
 */
export function* nextJob(ask, evidence, { target, state, cards, askable, decision = null, costs = null, names }) {
  const full = ask(evidence);
  yield;
  if (!full.posteriors) return null;
  const known = new Set([...Object.keys(evidence.likelihoods), ...Object.keys(evidence.interventions)].map(Number));
  const candidates = askable.filter((v) => v !== target && !known.has(v));
  /** @type {{ hit: boolean; weight: number; posteriors: Float64Array[] }[]} */
  const rows = [];
  for (let s = 0; s < cards[target]; s++) {
    if (!(full.posteriors[target][s] > 0)) continue;
    const only = Array.from({ length: cards[target] }, (_, k) => Number(k === s));
    const found = ask(narrowed(evidence, { [target]: only }));
    yield;
    if (found.posteriors) rows.push({ hit: s === state, weight: full.posteriors[target][s], posteriors: found.posteriors });
  }
  const left = decision ? yield* peelJob(ask, evidence, decision, full) : null;
  const before = new Set(decision?.before ?? []);
  const table = decision && utilityTable(decision);
  const tests = candidates.map((v) => {
    const joint = [new Float64Array(cards[v]), new Float64Array(cards[v])];
    for (const { hit, weight, posteriors } of rows) posteriors[v].forEach((x, i) => (joint[Number(hit)][i] += weight * x));
    const states = left && before.has(v) ? jointWith(left, v, cards[v]) : null;
    const cost = costs?.tests[costs.by_variable[names[v]]] ?? null;
    const value = states ? sampleValue(table, states) : NaN;
    const price = cost && decision?.money ? cost.value / decision.money.value : NaN;
    return { variable: v, ...effectOf(joint, states && advisedAfter(table, states)), cost, value, net: value - price };
  });
  const now = full.posteriors[target][state];
  return { now, entropy: entropy([now, 1 - now]), tests: tests.sort((a, b) => b.bits - a.bits) };
}

/**
 * What a finding does to the target, from [not the target, the target] by result.
 *
 * @param {Float64Array[]} joint
 * @param {number[] | null} advised
 */
function effectOf(joint, advised) {
  const [, hits] = joint;
  const now = hits.reduce((a, b) => a + b, 0);
  const each = joint[0].map((x, i) => x + hits[i]);
  const outcomes = [...each].map((p, i) => ({
    state: i,
    probability: p,
    after: hits[i] / p,
    advised: advised ? advised[i] : null,
  }));
  const change = hits.reduce((total, x, i) => total + Math.abs(x - each[i] * now), 0);
  return { bits: information(joint), change, outcomes };
}

/**
 * One line for each test that has a price: its first finding in this order; what is free keeps a line for each.
 *
 * @param {NextTest[]} tests
 */
export function bestOfEachTest(tests) {
  const seen = new Set();
  return tests.filter(({ cost, variable }) => {
    const key = cost && cost.value > 0 ? cost.label : variable;
    return !seen.has(key) && seen.add(key);
  });
}
