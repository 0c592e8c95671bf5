// Posteriors of what no other variable hangs on, answered when they are looked at: only the steps that one changes are run again.

import { range } from "./evidence.js";
import { gateLeaves, slice, sum } from "./plan.js";
import { multiply } from "./steps.js";

/** @import { Asked, Engine, Leaf, Plan, Reading, Tensor } from "./types.js" */

/**
 * An unobserved finding or a gate known to an interval: by running again only what it would change.
 *
 * @param {Engine} engine
 * @param {Asked} asked
 * @param {number} v
 * @param {Float64Array[]} answers
 * @param {Float64Array} into
 */
export function answerLater(engine, { known, roles, plan }, v, answers, into) {
  if (roles.intervals.has(v)) {
    gatePosterior(engine, known, v, roles.intervals.get(v), (leaves) => laneRatio(plan, leaves, plan.leaves.get(v)), into);
  } else if (roles.lanes.includes(v)) {
    /** @param {Leaf[]} leaves */
    const ratio = (leaves) => foldedRatio(engine, known, plan, new Map(), 1, leaves);
    if (engine.families[v].table) tablePosterior(engine, known, v, ratio, into);
    else gatePosterior(engine, known, v, [0, engine.cards[v] - 1], ratio, into);
  } else chainPosterior(engine, known, v, answers, into);
  normalise(into);
}

/** @param {Float64Array} p */
export function normalise(p) {
  const total = sum(p, 0, p.length);
  for (let s = 0; s < p.length; s++) p[s] /= total;
}

/**
 * A gate without an axis: P(rank <= r | e) for each rank, by what that would multiply.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {number} v
 * @param {number[]} interval
 * @param {(leaves: Leaf[]) => number} ratio
 * @param {Float64Array} into
 */
function gatePosterior(engine, known, v, [low, high], ratio, into) {
  const { order } = engine.families[v];
  let below = 0;
  for (let r = low; r <= high; r++) {
    const upTo = r < high ? ratio(gateLeaves(engine, known, v, [low, r])) : 1;
    into[order[r]] = Math.max(0, upTo - below);
    below = upTo;
  }
}

/**
 * A barren table with several open parents: the probability of each of their settings through the table.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {number} v
 * @param {(leaves: Leaf[]) => number} ratio
 * @param {Float64Array} into
 */
function tablePosterior(engine, known, v, ratio, into) {
  const { axes, data } = slice(engine, known, v);
  const parents = axes.slice(0, -1);
  for (let row = 0; row < data.length / into.length; row++) {
    let rest = row;
    const leaves = [];
    for (const p of [...parents].reverse()) {
      const state = rest % engine.cards[p];
      rest = (rest - state) / engine.cards[p];
      leaves.push({ axes: [p], data: range(engine.cards[p]).map((s) => (s === state ? 1 : 0)) });
    }
    const weight = ratio(leaves);
    for (let s = 0; s < into.length; s++) into[s] += weight * data[row * into.length + s];
  }
}

/**
 * `weight` times P(vectors and leaves | e), where vectors lie on any variables. One on a barren variable with at most one open
 * parent moves to it; one on a barren gate is a sum over its ranks r of numbers times "at rank r or below".
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {Plan} plan
 * @param {Map<number, number[] | Float64Array>} vectors
 * @param {number} weight
 * @param {Leaf[]} leaves
 * @returns {number}
 */
function foldedRatio(engine, known, plan, vectors, weight, leaves) {
  const merged = new Map(vectors);
  for (const { axes, data } of leaves) {
    if (axes.length === 0) weight *= data[0];
    else if (merged.has(axes[0]))
      merged.set(
        axes[0],
        merged.get(axes[0]).map((x, s) => x * data[s]),
      );
    else merged.set(axes[0], data);
  }
  if (weight === 0) return 0;
  const barren = [...merged.keys()].filter((v) => !plan.unary.has(v));
  if (barren.length === 0)
    return (
      weight *
      laneRatio(
        plan,
        [...merged].map(([p, data]) => ({ axes: [p], data })),
      )
    );
  const v = barren.reduce((last, u) => (engine.place[u] > engine.place[last] ? u : last));
  const vector = merged.get(v);
  merged.delete(v);
  /** @param {number} factor @param {Leaf[]} more */
  const fold = (factor, more) => (factor === 0 ? 0 : foldedRatio(engine, known, plan, merged, weight * factor, more));
  const { parents, order } = engine.families[v];
  if (parents.filter((p) => known.fixed[p] < 0).length < 2) {
    const { axes, data } = conditional(engine, known, v);
    const rows = range(data.length / vector.length);
    const seen = rows.map((i) => Array.from(vector).reduce((total, x, s) => total + x * data[i * vector.length + s], 0));
    return fold(1, [{ axes: axes.slice(0, -1), data: seen }]);
  }
  return order.reduce((total, state, r) => {
    if (r === order.length - 1) return total + fold(vector[state], []);
    return total + fold(vector[state] - vector[order[r + 1]], gateLeaves(engine, known, v, [0, r]));
  }, 0);
}

/**
 * P(v | its only open parent) as a tensor.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {number} v
 */
function conditional(engine, known, v) {
  return engine.families[v].table ? slice(engine, known, v) : gateLeaves(engine, known, v, null)[0];
}

/**
 * P(e') / P(e) where e' has other leaves of one gate (`before`; undefined: the gate had none). Only steps above changed buffers
 * are run again, and only until all that changed has met in one buffer, whose derivatives are known; vectors on its own axes
 * need no run at all.
 *
 * @param {Plan} plan
 * @param {Leaf[]} leaves
 * @param {{ leaves: Leaf[]; tensors: (Tensor | null)[] }} [before]
 */
function laneRatio(plan, leaves, before) {
  const { value, lane, steps, unary } = plan;
  const { index } = plan.engine.memory;
  const changed = new Set();
  const waiting = new Map();
  let ratio = 1;
  leaves.forEach(({ axes, data }, i) => {
    const old = before?.leaves[i].data;
    const weights = old ? old.map((x, s) => (x > 0 ? data[s] / x : 0)) : data;
    if (axes.length === 0) ratio *= weights[0];
    else if (axes.length === 1) waiting.set(unary.get(axes[0]), weights);
    else changed.add(before.tensors[i]) && lane.set(data, before.tensors[i].at);
  });
  /** @param {Tensor} t */
  const begin = (t) => {
    const weights = waiting.get(t);
    for (let s = 0; s < t.cells; s++) lane[t.at + s] = value[t.at + s] * weights[s];
    waiting.delete(t);
    changed.add(t);
  };
  while (changed.size + waiting.size) {
    const [one] = changed;
    let met = changed.size === 1 && one.carry;
    for (const t of waiting.keys()) met &&= one.axes.includes(t.axes[0]);
    let next = Infinity;
    for (const tensors of [changed, waiting.keys()]) for (const t of tensors) if (t.into >= 0 && t.into < next) next = t.into;
    if (met || next === Infinity) break;
    const step = steps[next];
    const { out } = step;
    for (const t of [step.a, step.b]) if (waiting.has(t)) begin(t);
    lane.fill(0, out.at, out.at + out.cells);
    multiply(index, step, changed.delete(step.a) ? lane : value, changed.delete(step.b) ? lane : value, lane, 0, 1, 2);
    for (let i = out.at; i < out.at + out.cells; i++) lane[i] /= out.scale;
    changed.add(out);
  }
  if (changed.size !== 1) [...waiting.keys()].forEach(begin);
  for (const t of changed) ratio *= expectation(plan, t, waiting);
  return ratio;
}

/**
 * The sum of a changed buffer by its derivatives, weighted along its axes.
 *
 * @param {Plan} plan
 * @param {Tensor} tensor
 * @param {Map<Tensor, number[] | Float64Array>} waiting
 */
function expectation({ lane, slope }, { at, cells, scale, axes, strides }, waiting) {
  for (const [
    {
      axes: [v],
    },
    weights,
  ] of waiting) {
    const stride = strides[axes.indexOf(v)];
    for (let i = at; i < at + cells;) {
      for (const weight of weights) for (const end = i + stride; i < end; i++) lane[i] *= weight;
    }
  }
  let total = 0;
  for (let i = at; i < at + cells; i++) total += lane[i] * slope[i];
  return scale * total;
}

/**
 * A variable with at most one open parent and nothing known below: the parent's posterior through its family.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {number} v
 * @param {Float64Array[]} answers
 * @param {Float64Array} into
 */
function chainPosterior(engine, known, v, answers, into) {
  const { axes, data } = conditional(engine, known, v);
  const above = axes.length > 1 ? answers[axes[0]] : [1];
  above.forEach((weight, i) => into.forEach((_, s) => (into[s] += weight * data[i * into.length + s])));
}
