// Exact inference in the page. `compile` a network once, `answer` every click: the plan is made for the evidence at hand.
//
// 1. evidence.js reads the evidence, follows certain gates up and down, and leaves out what cannot matter.
// 2. plan.js turns tables and gates into tensors and eliminates the axes in a greedy order. A noisy gate under assembly is an
//    axis of its own: two tensors that share it are multiplied by taking the larger rank, so nothing is ever subtracted. A
//    finding known to be at rank zero is one vector per parent and needs no axis.
// 3. Here the plan is run: forwards for P(e), backwards for all posteriors (Darwiche 2003), every buffer scaled to a largest
//    entry of 1. Unobserved findings are answered when one is looked at, by running again only what they would change.

import { MOST_TERMS, assign, range, read } from "./evidence.js";
import { gateLeaves, load, makePlan, slice, sum } from "./plan.js";

// Multiplications of a plan from which one with fewer lanes is tried.
const LARGE = 2 ** 11;

/** Prepare what `network_to_dict` wrote. Evidence that needs more cells of tables or more multiplications is refused. */
export function compile(network, { maxCells = 2 ** 24, maxProducts = 2 ** 28 } = {}) {
  const n = network.names.length;
  const families = network.families.map(prepared);
  const children = families.map(() => []);
  families.forEach((family, v) => family.parents.forEach((p) => children[p].push(v)));
  const waiting = families.map((family) => family.parents.length);
  const topological = waiting.flatMap((count, v) => (count ? [] : [v]));
  for (const v of topological) for (const c of children[v]) if (--waiting[c] === 0) topological.push(c);
  if (topological.length < n) throw new RangeError("The network has a cycle of arrows, so it is no Bayesian network.");
  const place = families.map(() => 0);
  topological.forEach((v, i) => (place[v] = i));
  const memory = { index: new Int32Array(1 << 14), values: new Float64Array(0) };
  const cards = network.states.map((states) => states.length);
  return { n, network, names: network.names, cards, families, children, topological, place, memory, maxCells, maxProducts };
}

/** The engine of a network that differs from the engine's own in the numbers of some families; the two share their memory. */
export function recompile(engine, network) {
  const kept = (family, v) => (family === engine.network.families[v] ? engine.families[v] : prepared(family));
  return { ...engine, network, families: network.families.map(kept) };
}

function prepared({ parents, table, order, leak, links }) {
  if (table) return { parents, table: Float64Array.from(table), certain: table.every(isCertain) };
  const certain = leak.every(isCertain) && links.every((link) => link.every(isCertain));
  const rank = order.map((_, state) => order.indexOf(state));
  const rows = links.map((link) => chunks(Float64Array.from(link), order.length));
  return { parents, order, rank, leak: Float64Array.from(leak), links: rows, certain };
}

/**
 * Everything the evidence says: `likelihoods` maps positions of variables to one likelihood per state (one-hot for a hard
 * finding, any positive scale), `interventions` positions to the state they are set to, arrows cut first.
 * Returns ln P(e) and one posterior per variable; -Infinity and null where the evidence is impossible. `products` counts
 * the multiplications of the plan.
 */
export function answer(engine, { likelihoods = {}, interventions = {} } = {}) {
  const impossible = { logProbability: -Infinity, posteriors: null, products: 0 };
  const known = read(engine, likelihoods, interventions);
  if (!known.possible) return impossible;
  const asked = { known, ...choose(engine, known) };
  const logProbability = known.log + run(engine, asked);
  if (!(logProbability > -Infinity)) return impossible;
  return { logProbability, posteriors: posteriors(engine, asked), products: asked.plan.products };
}

/** Run a plan up and down; returns its ln P(e). The engine's memory is then that of this plan. */
function run(engine, asked) {
  load(asked.plan);
  engine.memory.holds = asked.plan;
  const log = forward(asked.plan);
  if (log > -Infinity) backward(asked.plan);
  return log;
}

/** Folding makes small plans with many lanes; where the plan is large all the same, fewer lanes are worth more axes. */
function choose(engine, known) {
  const planned = (most, index) => {
    const roles = assign(engine, known, most);
    return { roles, plan: makePlan(engine, known, roles, index) };
  };
  const folded = planned(MOST_TERMS, 0);
  if (folded.plan.products < LARGE) return folded;
  try {
    const open = planned(1, folded.plan.index);
    return open.plan.products < 4 * folded.plan.products ? open : folded;
  } catch (error) {
    // Too wide with more axes; the folded plan fits.
    if (!(error instanceof RangeError)) throw error;
    return folded;
  }
}

/** z += x * y over a step. p, q, r say which offset of each triple belongs to x, y, z: 0 operand a, 1 operand b, 2 the result. */
function multiply(index, step, x, y, z, p, q, r) {
  const { inner, outer, count, by } = step;
  const at = [step.a.at, step.b.at, step.out.at];
  const [begin, end] = [inner.start, inner.end];
  const [byX, byY, byZ] = [by[p], by[q], by[r]];
  for (let o = outer.start; o < outer.end; o += 3) {
    const [xo, yo, zo] = [at[p] + index[o + p], at[q] + index[o + q], at[r] + index[o + r]];
    for (let i = begin; i < end; i += 3) {
      let [xi, yi, zi] = [xo + index[i + p], yo + index[i + q], zo + index[i + r]];
      for (let k = 0; k < count; k++) {
        z[zi] += x[xi] * y[yi];
        xi += byX;
        yi += byY;
        zi += byZ;
      }
    }
  }
}

/** Run all steps; returns the logarithm of the result. */
function forward(plan) {
  const { value, steps } = plan;
  const { index } = plan.engine.memory;
  let { log } = plan;
  for (const step of steps) {
    const { at, cells } = step.out;
    value.fill(0, at, at + cells);
    multiply(index, step, value, value, value, 0, 1, 2);
    let top = 0;
    for (let i = at; i < at + cells; i++) if (value[i] > top) top = value[i];
    if (!(top > 0)) return -Infinity;
    for (let i = at; i < at + cells; i++) value[i] /= top;
    step.out.scale = top;
    log += Math.log(top);
  }
  return log;
}

/** Derivatives of ln P(e) by every entry, taken before the buffer was scaled. */
function backward(plan) {
  const { value, slope, steps } = plan;
  const { index } = plan.engine.memory;
  slope.fill(0);
  for (const step of [...steps].reverse()) {
    const { at, cells, into, scale, carry } = step.out;
    if (!carry) continue;
    if (into < 0) slope[at] = 1;
    for (let i = at; i < at + cells; i++) slope[i] /= scale;
    if (step.a.carry) multiply(index, step, slope, value, slope, 2, 1, 0);
    if (step.b.carry) multiply(index, step, slope, value, slope, 2, 0, 1);
  }
}

/** One posterior per variable. Those that no other hangs on are answered when they are looked at. */
function posteriors(engine, asked) {
  const { known, roles, plan } = asked;
  const found = engine.cards.map((card) => new Float64Array(card));
  known.fixed.forEach((s, v) => s >= 0 && (found[v][s] = 1));
  for (const [v, t] of plan.unary) {
    for (let s = 0; s < t.cells; s++) found[v][s] = plan.value[t.at + s] * plan.slope[t.at + s];
    normalise(found[v]);
  }
  const later = new Set([...roles.lanes, ...roles.intervals.keys(), ...roles.chains].filter((v) => known.fixed[v] < 0));
  const answers = [...found];
  const settle = (v) => {
    if (!later.delete(v)) return;
    answerLater(engine, asked, v, answers, found[v]);
    Object.defineProperty(answers, v, { value: found[v], enumerable: true });
  };
  const get = (v) => () => {
    if (engine.memory.holds === asked.plan) settle(v);
    else {
      // The engine has answered something else since: plan and run once more, for all that is left.
      Object.assign(asked, choose(engine, known));
      run(engine, asked);
      later.forEach(settle);
    }
    return found[v];
  };
  later.forEach((v) => Object.defineProperty(answers, v, { get: get(v), enumerable: true, configurable: true }));
  return answers;
}

/** An unobserved finding or a gate known to an interval: by running again only what it would change. */
function answerLater(engine, { known, roles, plan }, v, answers, into) {
  if (roles.intervals.has(v)) {
    gatePosterior(engine, known, v, roles.intervals.get(v), (leaves) => laneRatio(plan, leaves, plan.leaves.get(v)), into);
  } else if (roles.lanes.includes(v)) {
    const ratio = (leaves) => foldedRatio(engine, known, plan, new Map(), 1, leaves);
    if (engine.families[v].table) tablePosterior(engine, known, v, ratio, into);
    else gatePosterior(engine, known, v, [0, engine.cards[v] - 1], ratio, into);
  } else chainPosterior(engine, known, v, answers, into);
  normalise(into);
}

function normalise(p) {
  const total = sum(p, 0, p.length);
  for (let s = 0; s < p.length; s++) p[s] /= total;
}

/** A gate without an axis: P(rank <= r | e) for each rank, by what that would multiply. */
function gatePosterior(engine, known, v, [low, high], ratio, into) {
  const { order } = engine.families[v];
  let below = 0;
  for (let r = low; r <= high; r++) {
    const upTo = r < high ? ratio(gateLeaves(engine, known, v, [low, r])) : 1;
    into[order[r]] = Math.max(0, upTo - below);
    below = upTo;
  }
}

/** A barren table with several open parents: the probability of each of their settings through the table. */
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
  const fold = (factor, more) => (factor === 0 ? 0 : foldedRatio(engine, known, plan, merged, weight * factor, more));
  const { parents, order } = engine.families[v];
  if (parents.filter((p) => known.fixed[p] < 0).length < 2) {
    const { axes, data } = conditional(engine, known, v);
    const rows = range(data.length / vector.length);
    const seen = rows.map((i) => vector.reduce((total, x, s) => total + x * data[i * vector.length + s], 0));
    return fold(1, [{ axes: axes.slice(0, -1), data: seen }]);
  }
  return order.reduce((total, state, r) => {
    if (r === order.length - 1) return total + fold(vector[state], []);
    return total + fold(vector[state] - vector[order[r + 1]], gateLeaves(engine, known, v, [0, r]));
  }, 0);
}

/** P(v | its only open parent) as a tensor. */
function conditional(engine, known, v) {
  return engine.families[v].table ? slice(engine, known, v) : gateLeaves(engine, known, v, null)[0];
}

/**
 * P(e') / P(e) where e' has other leaves of one gate (`before`; undefined: the gate had none). Only steps above changed buffers
 * are run again, and only until all that changed has met in one buffer, whose derivatives are known; vectors on its own axes
 * need no run at all.
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

/** The sum of a changed buffer by its derivatives, weighted along its axes. */
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

/** A variable with at most one open parent and nothing known below: the parent's posterior through its family. */
function chainPosterior(engine, known, v, answers, into) {
  const { axes, data } = conditional(engine, known, v);
  const above = axes.length > 1 ? answers[axes[0]] : [1];
  above.forEach((weight, i) => into.forEach((_, s) => (into[s] += weight * data[i * into.length + s])));
}

const isCertain = (x) => x === 0 || x === 1;
const chunks = (array, length) => range(array.length / length).map((i) => array.subarray(i * length, (i + 1) * length));
