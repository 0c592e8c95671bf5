// Exact inference in the page. `compile` a network once, `answer` every click: the plan is made for the evidence at hand.
//
// 1. evidence.js reads the evidence, follows certain gates up and down, and leaves out what cannot matter.
// 2. plan.js turns tables and gates into tensors, order.js chooses the greedy order in which axes are eliminated, steps.js
//    multiplies. A noisy gate under assembly is an axis of its own: two tensors that share it are multiplied by taking the larger
//    rank, so nothing is ever subtracted. A finding known to be at rank zero is one vector per parent and needs no axis.
// 3. Here the plan is run: forwards for P(e), backwards for all posteriors (Darwiche 2003), every buffer scaled to a largest
//    entry of 1. lanes.js answers unobserved findings when one is looked at, by running again only what they would change.

import { assign, range, read } from "./evidence.js";
import { answerLater, normalise } from "./lanes.js";
import { load, makePlan } from "./plan.js";
import { multiply } from "./steps.js";

/** @import { Answer, Asked, Engine, EngineFamily, Evidence, Family, Network, Plan, Reading } from "./types.js" */

/**
 * Prepare what `network_to_dict` wrote. Evidence that needs more cells of tables or more multiplications is refused.
 *
 * @param {Network} network
 * @param {{ maxCells?: number; maxProducts?: number }} [limits]
 * @returns {Engine}
 */
export function compile(network, { maxCells = 2 ** 24, maxProducts = 2 ** 28 } = {}) {
  const n = network.names.length;
  const families = network.families.map(prepared);
  const children = families.map(() => /** @type {number[]} */ ([]));
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

/**
 * The engine of a network that differs from the engine's own in the numbers of some families; the two share their memory.
 *
 * @param {Engine} engine
 * @param {Network} network
 * @returns {Engine}
 */
export function recompile(engine, network) {
  /** @param {Family} family @param {number} v */
  const kept = (family, v) => (family === engine.network.families[v] ? engine.families[v] : prepared(family));
  return { ...engine, network, families: network.families.map(kept) };
}

/** @param {Family} family @returns {EngineFamily} */
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
 *
 * @param {Engine} engine
 * @param {Partial<Evidence>} [evidence]
 * @returns {Answer}
 */
export function answer(engine, { likelihoods = {}, interventions = {} } = {}) {
  /** @type {Answer} */
  const impossible = { logProbability: -Infinity, posteriors: null, products: 0 };
  const known = read(engine, likelihoods, interventions);
  if (!known.possible) return impossible;
  const asked = planned(engine, known);
  const logProbability = known.log + run(engine, asked);
  if (!(logProbability > -Infinity)) return impossible;
  return { logProbability, posteriors: posteriors(engine, asked), products: asked.plan.products };
}

/**
 * Run a plan up and down; returns its ln P(e). The engine's memory is then that of this plan.
 *
 * @param {Engine} engine
 * @param {Asked} asked
 */
function run(engine, asked) {
  load(asked.plan);
  engine.memory.holds = asked.plan;
  const log = forward(asked.plan);
  if (log > -Infinity) backward(asked.plan);
  return log;
}

/**
 * The plan for a reading. It has few axes and many lanes: what no finding hangs on is answered when it is looked at.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @returns {Asked}
 */
function planned(engine, known) {
  const roles = assign(engine, known);
  return { known, roles, plan: makePlan(engine, known, roles) };
}

/**
 * Run all steps; returns the logarithm of the result.
 *
 * @param {Plan} plan
 */
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

/**
 * Derivatives of ln P(e) by every entry, taken before the buffer was scaled.
 *
 * @param {Plan} plan
 */
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

/**
 * One posterior per variable. Those that no other hangs on are answered when they are looked at.
 *
 * @param {Engine} engine
 * @param {Asked} asked
 */
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
  /** @param {number} v */
  const settle = (v) => {
    if (!later.delete(v)) return;
    answerLater(engine, asked, v, answers, found[v]);
    Object.defineProperty(answers, v, { value: found[v], enumerable: true });
  };
  /** @param {number} v */
  const get = (v) => () => {
    if (engine.memory.holds === asked.plan) settle(v);
    else {
      // The engine has answered something else since: plan and run once more, for all that is left.
      Object.assign(asked, planned(engine, known));
      run(engine, asked);
      later.forEach(settle);
    }
    return found[v];
  };
  later.forEach((v) => Object.defineProperty(answers, v, { get: get(v), enumerable: true, configurable: true }));
  return answers;
}

/** @param {number} x */
const isCertain = (x) => x === 0 || x === 1;
/** @param {Float64Array} array @param {number} length */
const chunks = (array, length) => range(array.length / length).map((i) => array.subarray(i * length, (i + 1) * length));
