// Exact inference in the page. `compile` a network once, `answer` every click: the plan is made for the evidence at hand.
//
// 1. evidence.js reads the evidence and follows certain gates up and down.
// 2. kernel.js has the question composed, planned and run by the C of the Python package.
// 3. Gates that no finding hangs on are answered when one is looked at, by more likelihoods in the same plan: barren.js.

import { fromLanes, lanesOf, partOf } from "./barren.js";
import { range, read } from "./evidence.js";
import { ask, holds, LANES, readPosteriors, ready, run } from "./kernel.js";
import { layOut, packStructure } from "./network.js";

/** @import { Answer, Asked, Engine, EngineFamily, Evidence, Family, Lane, Network } from "./types.js" */

/** Resolved when the kernel is compiled; before, nothing can be answered. */
export const started = ready;

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
  const cards = network.states.map((states) => states.length);
  const structure = packStructure(cards, families);
  const values = new Float64Array(structure.size);
  families.forEach(({ numbers }, v) => layOut(structure.layouts[v], numbers, values));
  return {
    n,
    network,
    names: network.names,
    cards,
    families,
    children,
    topological,
    place,
    structure,
    values,
    maxCells,
    maxProducts,
  };
}

/**
 * The engine of a network that differs from the engine's own in the numbers of some families; the two share their structure.
 *
 * @param {Engine} engine
 * @param {Network} network
 * @returns {Engine}
 */
export function recompile(engine, network) {
  /** @param {Family} family @param {number} v */
  const kept = (family, v) => (family === engine.network.families[v] ? engine.families[v] : prepared(family));
  const families = network.families.map(kept);
  const values = engine.values.slice();
  families.forEach(
    ({ numbers }, v) => numbers !== engine.families[v].numbers && layOut(engine.structure.layouts[v], numbers, values),
  );
  return { ...engine, network, families, values };
}

/** @param {Family} family @returns {EngineFamily} */
function prepared({ parents, table, order, leak, links }) {
  if (table) {
    const numbers = Float64Array.from(table);
    return { parents, numbers, table: numbers, certain: table.every(isCertain) };
  }
  const certain = leak.every(isCertain) && links.every((link) => link.every(isCertain));
  const rank = order.map((_, state) => order.indexOf(state));
  const k = order.length;
  const numbers = Float64Array.from([...leak, ...links.flat()]);
  const rows = range(numbers.length / k).map((i) => numbers.subarray(i * k, (i + 1) * k));
  let at = 1;
  const own = links.map((link) => rows.slice(at, (at += link.length / k)));
  return { parents, numbers, order, rank, leak: rows[0], links: own, certain };
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
  const { now, later, given } = partOf(engine, known);
  const asked = ask(engine, known, now, given);
  const [log] = run(asked, { width: 1, down: true });
  if (!(log > -Infinity)) return impossible;
  const found = readPosteriors(asked, 1, 0);
  const arrays = engine.cards.map((card, v) => found.get(v) ?? new Float64Array(card));
  const posteriors = [...arrays];
  known.fixed.forEach((s, v) => s >= 0 && (posteriors[v][s] = 1));
  leaveForLater(posteriors, later, (wanted) => {
    // The kernel may have answered something else since.
    const same = holds(asked) ? asked : ask(engine, known, now, given);
    return settle(engine, same, later, wanted, log, arrays);
  });
  return { logProbability: known.log + log, posteriors, products: asked.products };
}

/**
 * Answer some variables when one of them is looked at: `settle` fills in the posteriors of it and of others, which it returns.
 *
 * @param {Float64Array[]} posteriors
 * @param {Set<number>} later
 * @param {(wanted: number[]) => number[]} settle
 */
function leaveForLater(posteriors, later, settle) {
  const own = new Map([...later].sort((a, b) => a - b).map((v) => [v, posteriors[v]]));
  for (const [v, value] of own) {
    const get = () => {
      // Those that follow are probably looked at next.
      const left = [...own.keys()];
      const at = left.indexOf(v);
      if (at >= 0) {
        for (const u of settle([...left.slice(at), ...left.slice(0, at)])) {
          Object.defineProperty(posteriors, u, { value: own.get(u), enumerable: true });
          own.delete(u);
        }
      }
      return value;
    };
    Object.defineProperty(posteriors, v, { get, enumerable: true, configurable: true });
  }
}

/**
 * Fill in the first posterior that is wanted, and as many more as fit into its runs, eight lanes side by side where the plan is not too
 * large for that. Returns which.
 *
 * @param {Engine} engine
 * @param {Asked} asked
 * @param {Set<number>} later
 * @param {number[]} wanted
 * @param {number} log
 * @param {Float64Array[]} into
 */
function settle(engine, asked, later, wanted, log, into) {
  const width = asked.plan.space * LANES > engine.maxCells ? 1 : LANES;
  /** @type {{ v: number; parts: Lane[][] }[]} */
  const chosen = [];
  let room = 0;
  for (const v of wanted) {
    const parts = lanesOf(engine, asked.known, later, v);
    room -= parts.flat().length;
    if (chosen.length && room < 0) break;
    while (room < 0) room += width;
    chosen.push({ v, parts });
    if (room === 0) break;
  }
  const lanes = chosen.flatMap(({ parts }) => parts.flat());
  for (let begin = 0; begin < lanes.length; begin += width) {
    const some = lanes.slice(begin, begin + width);
    const logs = run(asked, { width, down: false, soft: (w) => some[w]?.vectors ?? [] });
    some.forEach((lane, w) => (lane.probability = lane.weight * Math.exp(logs[w] - log)));
  }
  /** @param {Lane[]} part */
  const sum = (part) => part.reduce((total, { probability }) => total + probability, 0);
  for (const { v, parts } of chosen) fromLanes(engine, v, parts.map(sum), into[v]);
  return chosen.map(({ v }) => v);
}

/** @param {number} x */
const isCertain = (x) => x === 0 || x === 1;
