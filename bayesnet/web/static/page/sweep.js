// What each number can do to the answer: where it takes the target when it moves over its cited range, all others staying.

import { answerColumns, recompile } from "../engine.js";
import { withNumbers } from "./numbers.js";
import { openGraph, reach } from "./paths.js";

/** @import { Engine, Evidence, Family, Job, PageData, Sweep } from "../types.js" */

const HALVINGS = 40;
const TOGETHER = 8;

/**
 * Positions of the variables whose numbers the answer rests on; all others are cut off or barren (Shachter 1998).
 *
 * @param {Family[]} families
 * @param {Evidence} evidence
 * @param {number} target
 */
export function requisite(families, evidence, target) {
  const graph = openGraph(families, evidence);
  const places = reach(graph, target);
  return families.flatMap((_, v) => {
    const above = places.has(2 * v) && !graph.known.has(v);
    return !graph.cut.has(v) && (above || (places.has(2 * v + 1) && graph.opened.has(v))) ? [v] : [];
  });
}

/**
 * The value nearest to `end` that the network allows while the numbers `kept` stay as they are.
 *
 * @param {PageData} data
 * @param {Record<string, number>} kept
 * @param {string} id
 * @param {number} from
 * @param {number} end
 */
export function admissible(data, kept, id, from, end) {
  /** @param {number} value */
  const allowed = (value) => {
    try {
      withNumbers(data, { ...kept, [id]: value });
      return true;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return false;
    }
  };
  if (allowed(end)) return end;
  let [good, bad] = [from, end];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (good + bad) / 2;
    if (allowed(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

/**
 * A generator that yields between answers and gives `{now, lines, count}`: for every number with a range on which the answer rests
 * `{id, low, high, atLow, atHigh, width}`, the widest first.
 *
 * @param {PageData} data
 * @param {Engine} engine
 * @param {Evidence} evidence
 * @param {{ target: number; state: number; kept?: Record<string, number> }} asked
 * @returns {Job<Sweep>}
 */
export function* sweepJob(data, engine, evidence, { target, state, kept = {} }) {
  /**
   * What is answered at other values of numbers, several at a time.
   *
   * @param {Record<string, number>[]} changes
   * @returns {Job<{ log: number; p: number }[]>}
   */
  function* answers(changes) {
    const found = [];
    for (let begin = 0; begin < changes.length; begin += TOGETHER) {
      const some = changes.slice(begin, begin + TOGETHER);
      const engines = some.map((change) => recompile(engine, withNumbers(data, { ...kept, ...change })));
      for (const { logProbability, posteriors } of answerColumns(engines, evidence, [target])) {
        found.push({ log: logProbability, p: posteriors ? posteriors.get(target)[state] : NaN });
      }
      yield;
    }
    return found;
  }
  const [now] = yield* answers([{}]);
  const mine = new Set(requisite(data.network.families, evidence, target).map((v) => data.network.names[v]));
  const resting = data.numbers.filter((number) => mine.has(number.variable));
  const ranged = resting.filter(({ low, high }) => low < high);
  const ends = [];
  for (const { id, variable, ...number } of ranged) {
    const value = kept[id] ?? number.value;
    const [low, high] = [number.low, number.high].map((end) => admissible(data, kept, id, value, end));
    const far = high - value > value - low ? high : low;
    const near = far === high ? low : high;
    ends.push({ id, low, high, value, far, near, known: near === value || isStraight(data, variable, id) });
    if (ends.length % TOGETHER === 0) yield;
  }
  const atFar = yield* answers(ends.map(({ id, far }) => ({ [id]: far })));
  const atNear = (yield* answers(ends.flatMap(({ id, near, known }) => (known ? [] : [{ [id]: near }])))).values();
  const lines = ends.map(({ id, low, high, value, far, near, known }, i) => {
    const straight = () => (near === value ? now.p : onLine(now, atFar[i], (near - value) / (far - value)));
    const other = known ? straight() : atNear.next().value.p;
    const [atLow, atHigh] = far === high ? [other, atFar[i].p] : [atFar[i].p, other];
    const all = [atLow, atHigh, now.p].filter((p) => !Number.isNaN(p));
    return { id, low, high, atLow, atHigh, width: Math.max(...all) - Math.min(...all) };
  });
  return { now: now.p, lines: lines.sort((a, b) => b.width - a.width), count: resting.length };
}

/**
 * Whether every probability is a straight line in a number: entries and links, not leaks, odds or odds ratios.
 *
 * @param {PageData} data
 * @param {string} variable
 * @param {string} id
 */
function isStraight({ network, numbers, gates }, variable, id) {
  const { kind, columns } = gates[network.names.indexOf(variable)];
  return kind === "table" || (kind === "noisy" && !columns[0].some((k) => k >= 0 && numbers[k].id === id));
}

/**
 * P(target | e) further along: P(target, e) and P(e) are straight lines, known at 0 (`now`) and 1.
 *
 * @param {{ log: number; p: number }} now
 * @param {{ log: number; p: number }} atOne
 * @param {number} share
 */
function onLine(now, atOne, share) {
  const evidence = Math.exp(atOne.log - now.log);
  const both = Number.isNaN(atOne.p) ? 0 : atOne.p * evidence;
  return (now.p + share * (both - now.p)) / (1 + share * (evidence - 1));
}
