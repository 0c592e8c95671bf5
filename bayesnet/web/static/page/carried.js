// What each open path carries of a finding's weight, and the strongest one in words.
//
// This module repeats bayesnet/analysis/explanation/carried.py on purpose: a saved page has no Python. Both are tested with one table
// of cases, tests/data/ways.json.
//
// A collider carries what is lost when a finding that opens it is forgotten, the largest such loss. Any other variable carries what
// the target learns when it gets the distribution that the finding gives it (Jeffrey 1965), the finding itself unknown. A path carries
// no more than each of its variables, and in the direction of the finding no more than the whole, which is what a direct arc has.

import { narrowed } from "./advice.js";
import { collides, openGraph, openPaths } from "./paths.js";
import { logOdds } from "./why.js";

/** @import { Ask, Carried, Evidence, Family, Job, OpenGraph, PageData } from "../types.js" */

/** @typedef {{ target: number; state: number; context: Set<number>; order: number[]; barely: number }} Asked */
/** @typedef {{ diagnosis: boolean[]; neutral: (number | null)[] }} Kinds */

const SHARED = 3;
const NAMED = 0.1;
const STRONG = 0.3;

/**
 * A generator that yields after every answer and returns, for each finding whose weight is notable, its strongest path with the
 * variables that it competes by; see `Carried`. `kinds` says which variables are diagnoses, and which of their states is the neutral one.
 *
 * @param {Ask} ask
 * @param {Family[]} families
 * @param {boolean[]} certain
 * @param {Evidence} evidence
 * @param {Asked} asked
 * @param {Kinds} kinds
 * @returns {Job<Map<number, Carried>>}
 */
export function* carriedJob(ask, families, certain, evidence, asked, kinds) {
  const { target, state, context, order, barely } = asked;
  const players = order.filter((v) => v in evidence.likelihoods && !context.has(v) && v !== target);
  const worths = new Map();
  /** Log odds of the target without some of the findings. @param {number[]} forgotten @returns {Job<number>} */
  function* worth(...forgotten) {
    const key = [...new Set(forgotten)].sort((a, b) => a - b).join();
    if (!worths.has(key)) {
      worths.set(key, logOdds(ask(without(evidence, forgotten)).posteriors, target, state));
      yield;
    }
    return worths.get(key);
  }
  const inner = [...new Set(families.flatMap(({ parents }) => parents))].filter((v) => v !== target);
  /** @type {Map<number, Float64Array[]> | null} */
  let whole = null;
  const found = new Map();
  for (const finding of players) {
    const weight = less(yield* worth(), yield* worth(finding));
    if (!Number.isFinite(weight) || Math.abs(weight) < barely) continue;
    const graph = openGraph(families, evidence, finding, certain);
    const { paths } = openPaths(graph, finding, target);
    if (!paths.length) continue;
    whole ??= yield* jointJob(ask, evidence, target, inner);
    const apart = yield* jointJob(ask, without(evidence, [finding]), target, inner);
    /** @param {number} v @returns {Job<Opener>} */
    const openerOf = remembered(function* (v) {
      /** @type {Opener} */
      let best = { distance: 0, loss: NaN };
      for (const [other, distance] of openersOf(graph, v, players, finding)) {
        const loss = weight - less(yield* worth(other), yield* worth(other, finding));
        const nearer = size(loss) === size(best.loss) && distance < best.distance;
        if (Number.isNaN(best.loss) || size(loss) > size(best.loss) || nearer) best = { distance, loss };
      }
      return best;
    });
    const through = remembered(function* (v) {
      return whole.has(v) && apart.has(v) ? learnt(whole.get(v), apart.get(v), state) : NaN;
    });
    const weighed = [];
    for (const path of paths) {
      let [narrowest, length] = [NaN, path.length];
      for (let i = 1; i + 1 < path.length; i++) {
        const meets = collides(graph, path[i - 1], path[i], path[i + 1]);
        const opener = meets ? yield* openerOf(path[i]) : null;
        const loss = opener ? opener.loss : yield* through(path[i]);
        length += opener?.distance ?? 0;
        if (Number.isFinite(loss) && !(Math.abs(loss) >= Math.abs(narrowest))) narrowest = loss;
      }
      const carries = path.length === 2 || narrowest / weight > 1 ? weight : narrowest;
      weighed.push({ path, length, weight: Number.isNaN(carries) ? 0 : carries });
    }
    weighed.sort((a, b) => size(b.weight) - size(a.weight) || a.length - b.length);
    const [first] = weighed;
    const excludes = (/** @type {number} */ v) =>
      apart.has(v) &&
      kinds.neutral[v] !== null &&
      logRatio(pooled(apart.get(v), kinds.neutral[v]), state) < logRatio(column(apart.get(v), kinds.neutral[v]), state);
    const rivalOf = (/** @type {number[]} */ path) => rival(graph, path, kinds.diagnosis, excludes);
    const own = rivalOf(first.path);
    const strong = weighed.filter((one) => size(one.weight) >= STRONG * size(first.weight));
    const beside = own === null && strong.some((one) => rivalOf(one.path) === finding);
    const by = beside ? finding : own;
    const opening = new Set();
    if (by !== null) {
      for (const one of weighed) {
        if (size(one.weight) < NAMED * size(first.weight) || rivalOf(one.path) !== by) continue;
        for (const v of openersOf(graph, colliders(graph, one.path)[0], players, finding).keys()) opening.add(v);
      }
    }
    const lost = [];
    for (const v of players.filter((one) => opening.has(one))) {
      lost.push({ v, size: size(weight - less(yield* worth(v), yield* worth(v, finding))) });
    }
    const most = Math.max(...lost.map((one) => one.size));
    const shared = lost.filter((one) => one.size >= NAMED * most).sort((a, b) => b.size - a.size);
    found.set(finding, {
      path: first.path,
      weight: first.weight,
      rival: by,
      beside,
      shared: shared.slice(0, SHARED).map(({ v }) => v),
    });
  }
  return found;
}

/**
 * Of every variable whether it is a diagnosis, and its neutral state.
 *
 * @param {PageData} data
 * @returns {Kinds}
 */
export const kindsOf = ({ variables, diagnoses }) => ({
  diagnosis: variables.map(({ name }) => diagnoses.includes(name)),
  neutral: variables.map(({ neutral }) => neutral),
});

/** @typedef {{ distance: number; loss: number }} Opener */

/** @param {Evidence} evidence @param {number[]} forgotten @returns {Evidence} */
function without({ likelihoods, interventions }, forgotten) {
  const kept = Object.entries(likelihoods).filter(([v]) => !forgotten.includes(Number(v)));
  return { likelihoods: Object.fromEntries(kept), interventions };
}

/**
 * P(target, v | e), one row for each state of the target, for all `inner` that are not known.
 *
 * @param {Ask} ask
 * @param {Evidence} evidence
 * @param {number} target
 * @param {number[]} inner
 * @returns {Job<Map<number, Float64Array[]>>}
 */
function* jointJob(ask, evidence, target, inner) {
  const { likelihoods, interventions } = evidence;
  /** @param {number} v */
  const hard = (v) => v in interventions || likelihoods[v]?.filter((x) => x > 0).length === 1;
  const open = inner.filter((v) => !hard(v));
  const share = ask(evidence).posteriors?.[target];
  yield;
  const joint = new Map(open.map((v) => [v, /** @type {Float64Array[]} */ ([])]));
  for (let t = 0; share && t < share.length; t++) {
    const only = Array.from(share, (_, s) => Number(s === t));
    const found = share[t] > 0 ? ask(narrowed(evidence, { [target]: only })).posteriors : null;
    for (const v of open) joint.get(v).push(found ? found[v].map((p) => p * share[t]) : null);
    if (found) yield;
  }
  for (const rows of joint.values()) {
    const cells = rows.find(Boolean)?.length ?? 0;
    rows.forEach((row, t) => (rows[t] = row ?? new Float64Array(cells)));
  }
  return joint;
}

/**
 * What the target learns when a variable has the distribution it has in `whole`.
 *
 * @param {Float64Array[]} whole
 * @param {Float64Array[]} apart
 * @param {number} state
 */
function learnt(whole, apart, state) {
  const cells = [...apart[0].keys()];
  /** @param {Float64Array[]} rows @param {number} s */
  const sum = (rows, s) => rows.reduce((total, row) => total + row[s], 0);
  const factor = cells.map((s) => (sum(apart, s) > 0 ? sum(whole, s) / sum(apart, s) : 0));
  /** @param {(s: number) => number} by */
  const mixed = (by) => apart.map((row) => row.reduce((total, x, s) => total + x * by(s), 0));
  return less(
    logRatio(
      mixed((s) => factor[s]),
      state,
    ),
    logRatio(
      mixed(() => 1),
      state,
    ),
  );
}

/** @param {Float64Array[]} rows @param {number} s */
const column = (rows, s) => rows.map((row) => row[s]);
/** @param {Float64Array[]} rows @param {number} s */
const pooled = (rows, s) => rows.map((row) => row.reduce((total, x, i) => total + (i === s ? 0 : x), 0));

/** @param {number[]} parts @param {number} state */
function logRatio(parts, state) {
  const rest = parts.reduce((total, x, s) => total + (s === state ? 0 : x), 0);
  return Math.log(parts[state]) - Math.log(rest);
}

/**
 * The findings that open a collider: on it or below it, with their distance.
 *
 * @param {OpenGraph} graph
 * @param {number} collider
 * @param {number[]} players
 * @param {number} finding
 * @returns {Map<number, number>}
 */
function openersOf({ children }, collider, players, finding) {
  const found = new Map();
  const away = new Map([[collider, 0]]);
  for (const [v, distance] of away) {
    if (players.includes(v) && v !== finding) found.set(v, distance);
    for (const child of children[v]) if (!away.has(child)) away.set(child, distance + 1);
  }
  return found;
}

/** @param {OpenGraph} graph @param {number[]} path */
const colliders = (graph, path) =>
  path.filter((v, i) => i > 0 && i + 1 < path.length && collides(graph, path[i - 1], v, path[i + 1]));

/**
 * The other cause by which a path reaches the target: both lead to its collider, and one excludes the other; null where it is not such a
 * path.
 *
 * @param {OpenGraph} graph
 * @param {number[]} path
 * @param {boolean[]} diagnosis
 * @param {(v: number) => boolean} excludes
 */
function rival(graph, path, diagnosis, excludes) {
  const meeting = colliders(graph, path);
  if (meeting.length !== 1) return null;
  const middle = path.indexOf(meeting[0]);
  for (let i = middle; i + 1 < path.length; i++) if (!graph.parents[path[i]].includes(path[i + 1])) return null;
  let start = middle;
  while (start > 0 && graph.parents[path[start]].includes(path[start - 1])) start -= 1;
  const causes = path.slice(start, middle);
  const found = causes.find((v) => diagnosis[v]) ?? causes[0];
  return excludes(found) ? found : null;
}

/**
 * A job for each key, done once.
 *
 * @template T
 * @param {(key: number) => Job<T>} job
 */
function remembered(job) {
  const done = new Map();
  return /** @param {number} key @returns {Job<T>} */ function* (key) {
    if (!done.has(key)) done.set(key, yield* job(key));
    return done.get(key);
  };
}

/** Difference of two log-odds; nothing is lost between equal certainties. @param {number} a @param {number} b */
const less = (a, b) => (a === b ? 0 : a - b);

/** To six digits: paths that share their narrowest variable are equal but for rounding. @param {number} weight */
const size = (weight) => (Number.isFinite(weight) ? Math.round(Math.abs(weight) * 1e6) / 1e6 : 0);
