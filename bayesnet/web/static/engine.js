// Exact inference in the page. `compile` a network once, `answer` every click: the plan is made for the evidence at hand.
//
// 1. evidence.js reads the evidence and follows certain gates up and down.
// 2. kernel.js has the question composed, planned and run by the C of the Python package.
// 3. Gates that no finding hangs on are answered when one is looked at, by more likelihoods in the same plan: barren.js.

import { followers, fromLanes, gateAbove, lanesOf, partOf } from "./barren.js";
import { range, read } from "./evidence.js";
import { ask, holds, LANES, readPosteriors, ready, run } from "./kernel.js";
import { layOut, packStructure } from "./network.js";

/** @import { Answer, Asked, Column, Engine, EngineFamily, Evidence, Family, Lane, Network, Reading } from "./types.js" */

/** Resolved when the kernel is compiled; before, nothing can be answered. */
export const started = ready;

/**
 * Prepare what `network_to_dict` wrote. Evidence that needs more cells of tables or more multiplications is refused. With `first` an
 * answer begins with these variables; the others are answered when one of them is looked at.
 *
 * @param {Network} network
 * @param {{ maxCells?: number; maxProducts?: number; first?: number[] | null }} [options]
 * @returns {Engine}
 */
export function compile(network, { maxCells = 2 ** 24, maxProducts = 2 ** 28, first = null } = {}) {
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
  const { names } = network;
  return { n, network, names, cards, families, children, topological, place, structure, values, maxCells, maxProducts, first };
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
  const first = engine.first && engine.first.filter((v) => known.fixed[v] < 0);
  const { now, given } = first ? { now: first, given: none } : partOf(engine, known);
  const asked = ask(engine, known, now, given);
  const [log] = run(asked, { width: 1, down: true });
  if (!(log > -Infinity)) return impossible;
  const found = readPosteriors(asked, 1, 0);
  const posteriors = engine.cards.map((card, v) => found.get(v) ?? new Float64Array(card));
  known.fixed.forEach((s, v) => s >= 0 && (posteriors[v][s] = 1));
  const left = new Set([...posteriors.keys()].filter((v) => known.fixed[v] < 0 && !found.has(v)));
  leaveForLater(engine, posteriors, settling(engine, known, log), left);
  return { logProbability: known.log + log, posteriors, products: asked.products };
}

/**
 * Replace posteriors by ones that are answered when they are looked at: `settle` takes the one that is, and all that are left, and gives
 * some of them. Where they are too many to answer exactly they are not numbers.
 *
 * @param {Engine} engine
 * @param {Float64Array[]} posteriors
 * @param {(v: number, left: Set<number>) => Map<number, Float64Array>} settle
 * @param {Set<number>} left
 */
function leaveForLater({ cards }, posteriors, settle, left) {
  /** @param {number} v */
  const some = (v) => {
    try {
      return settle(v, left);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return new Map([...left].map((u) => [u, new Float64Array(cards[u]).fill(NaN)]));
    }
  };
  for (const v of left) {
    const get = () => {
      while (left.has(v)) {
        for (const [u, value] of some(v)) {
          if (left.delete(u)) Object.defineProperty(posteriors, u, { value, enumerable: true });
        }
      }
      return posteriors[v];
    };
    Object.defineProperty(posteriors, v, { get, enumerable: true, configurable: true });
  }
}

/**
 * What an answer left for later: all that one plan gives, then what lanes give in it, some at a time.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {number} log
 * @returns {(v: number, left: Set<number>) => Map<number, Float64Array>}
 */
function settling(engine, known, log) {
  /** @type {ReturnType<typeof partOf> | null} */
  let part = null;
  /** @type {Asked | null} */
  let asked = null;
  return (v, left) => {
    part ??= partOf(engine, known);
    // The kernel may have answered something else since.
    if (!asked || !holds(asked)) asked = ask(engine, known, part.now, part.given);
    // Those behind it are probably looked at next.
    if (part.later.has(v)) return byLanes(engine, asked, part.later, [v, ...[...left].filter((u) => u > v)], log);
    run(asked, { width: 1, down: true });
    return readPosteriors(asked, 1, 0);
  };
}

/**
 * The first posterior that is wanted, and as many more as fit into its runs, eight lanes side by side where the plan is not too large for
 * that.
 *
 * @param {Engine} engine
 * @param {Asked} asked
 * @param {Set<number>} later
 * @param {number[]} wanted
 * @param {number} log
 */
function byLanes(engine, asked, later, wanted, log) {
  const width = widthOf(asked);
  /** @type {Map<number, Lane[][]>} */
  const chosen = new Map();
  let room = 0;
  for (const one of wanted) {
    if (chosen.size && room === 0) break;
    const v = gateAbove(engine, asked.known, later, one);
    if (!later.has(v) || chosen.has(v)) continue;
    const parts = lanesOf(engine, asked.known, later, v);
    const count = parts.flat().length;
    if (chosen.size && count > room) break;
    room = (((room - count) % width) + width) % width;
    chosen.set(v, parts);
  }
  const lanes = [...chosen.values()].flat(2);
  for (let begin = 0; begin < lanes.length; begin += width) {
    const some = lanes.slice(begin, begin + width);
    const logs = run(asked, { width, down: false, soft: (w) => some[w]?.vectors ?? [] });
    some.forEach((lane, w) => (lane.probability = lane.weight * Math.exp(logs[w] - log)));
  }
  /** @param {Lane[]} part */
  const sum = (part) => part.reduce((total, { probability }) => total + probability, 0);
  /** @type {Map<number, Float64Array>} */
  const found = new Map([...chosen].map(([v, parts]) => [v, fromLanes(engine, v, parts.map(sum))]));
  for (const [v, posterior] of found) followers(engine, asked.known, later, v, posterior).forEach((one, u) => found.set(u, one));
  return found;
}

/** @param {Asked} asked */
const widthOf = ({ plan, engine }) => (plan.space * LANES > engine.maxCells ? 1 : LANES);

/**
 * Ln P(e) and the posteriors of a few variables in engines that differ in their numbers only; `posteriors` is null where the evidence
 * is impossible.
 *
 * @param {Engine[]} engines
 * @param {Evidence} evidence
 * @param {number[]} wanted
 * @returns {Column[]}
 */
export function answerColumns(engines, { likelihoods, interventions }, wanted) {
  const [first] = engines;
  /** @type {Column} */
  const impossible = { logProbability: -Infinity, posteriors: null };
  // What follows with certainty must follow in all of them.
  const families = first.families.map((family, v) => ({ ...family, certain: engines.every((one) => one.families[v].certain) }));
  const known = read({ ...first, families }, likelihoods, interventions);
  if (!known.possible) return engines.map(() => impossible);
  const open = wanted.filter((v) => known.fixed[v] < 0);
  const asked = ask(first, known, open, []);
  const width = widthOf(asked);
  /** @type {Column[]} */
  const found = [];
  for (let begin = 0; begin < engines.length; begin += width) {
    const some = engines.slice(begin, begin + width);
    const logs = run(asked, { width, down: true, values: (w) => (some[w] ?? first).values });
    some.forEach((_, w) => {
      const posteriors = logs[w] > -Infinity ? withFixed(first, known, wanted, readPosteriors(asked, width, w)) : null;
      found.push(posteriors ? { logProbability: known.log + logs[w], posteriors } : impossible);
    });
  }
  return found;
}

/**
 * Posteriors with those of variables that are known.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {number[]} wanted
 * @param {Map<number, Float64Array>} found
 */
function withFixed({ cards }, { fixed }, wanted, found) {
  for (const v of wanted)
    if (fixed[v] >= 0)
      found.set(
        v,
        Float64Array.from({ length: cards[v] }, (_, s) => Number(s === fixed[v])),
      );
  return found;
}

/** @type {Set<number>} */
const none = new Set();
/** @param {number} x */
const isCertain = (x) => x === 0 || x === 1;
