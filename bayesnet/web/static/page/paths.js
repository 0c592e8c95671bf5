// Which paths are active between variables, given what is known and set: d-separation by Bayes-ball.
//
// Pearl J (1988). Probabilistic Reasoning in Intelligent Systems. Morgan Kaufmann.
// Shachter RD (1998). Bayes-Ball: the rational pastime. UAI-98, 480-487.
//
// The ball is at a variable v and either goes up (it came from a child, or starts there) or goes down (it came from a parent); the
// place "up at v" is 2v, "down at v" is 2v + 1. A shortest walk of the ball visits no variable twice: what it did between two
// visits can be left out, because a collider met on the path opens every variable above it. So shortest walks are shortest paths.

/** @import { Evidence, Family, OpenGraph } from "../types.js" */

/**
 * The arrows after the surgery of the interventions, and what is known. Evidence is as for the engine, by position. What is known of
 * the variable `speaking` is left out: that is how its own finding reaches others, or the intervention on it, whose arrows stay cut.
 * `certain` says of each variable whether its parents leave it no choice; one whose parents are all known then counts as known, as the
 * deterministic variables of Shachter (1998) do.
 *
 * @param {Family[]} families
 * @param {Partial<Evidence>} evidence
 * @param {number} [speaking]
 * @param {boolean[]} [certain]
 * @returns {OpenGraph}
 */
export function openGraph(families, { likelihoods = {}, interventions = {} }, speaking = -1, certain = []) {
  const cut = new Set(Object.keys(interventions).map(Number));
  const soft = Object.keys(likelihoods).map(Number);
  const hard = soft.filter((v) => likelihoods[v].filter((x) => x > 0).length === 1);
  const known = new Set([...cut, ...hard]);
  known.delete(speaking);
  const parents = families.map((family, v) => (cut.has(v) ? [] : family.parents));
  /** @type {number[][]} */
  const children = families.map(() => /** @type {number[]} */ ([]));
  parents.forEach((above, v) => above.forEach((p) => children[p].push(v)));
  const opened = new Set([...soft, ...known]);
  opened.delete(speaking);
  /** @param {number} v */
  const settled = (v) =>
    certain[v] && !known.has(v) && v !== speaking && parents[v].length > 0 && parents[v].every((p) => known.has(p));
  for (let more = [...families.keys()].filter(settled); more.length; more = [...families.keys()].filter(settled)) {
    for (const v of more) known.add(v) && opened.add(v);
  }
  for (const v of opened) for (const p of parents[v]) opened.add(p);
  return { parents, children, known, cut, opened };
}

/** @param {number} v */
const upAt = (v) => 2 * v;
/** @param {number} v */
const downAt = (v) => 2 * v + 1;
/** @param {number} place */
const at = (place) => place >> 1;
/** @param {number} place */
const goesUp = (place) => place % 2 === 0;

/**
 * Where the ball can go next.
 *
 * @param {OpenGraph} graph
 * @param {number} place
 */
function onward({ parents, children, known, opened }, place) {
  const v = at(place);
  const up = parents[v].map(upAt);
  const down = children[v].map(downAt);
  if (goesUp(place)) return known.has(v) ? [] : [...up, ...down];
  return [...(known.has(v) ? [] : down), ...(opened.has(v) ? up : [])];
}

/**
 * Steps of the ball from a variable to every place it can reach.
 *
 * @param {OpenGraph} graph
 * @param {number} from
 */
export function reach(graph, from) {
  const steps = new Map([[upAt(from), 0]]);
  for (const [place, count] of steps) {
    for (const next of onward(graph, place)) if (!steps.has(next)) steps.set(next, count + 1);
  }
  return steps;
}

/**
 * Whether no open path joins two variables.
 *
 * @param {OpenGraph} graph
 * @param {number} one
 * @param {number} other
 */
export function separated(graph, one, other) {
  const steps = reach(graph, one);
  return !steps.has(upAt(other)) && !steps.has(downAt(other));
}

/**
 * Variables from which something could be learnt about `from`.
 *
 * @param {OpenGraph} graph
 * @param {number} from
 */
export function connected(graph, from) {
  return new Set([...reach(graph, from).keys()].map(at));
}

/**
 * A shortest open path as a list of positions, among equals the first in the order of parents and children; null where none is.
 *
 * @param {OpenGraph} graph
 * @param {number} from
 * @param {number} to
 */
export function shortestOpen(graph, from, to) {
  const before = new Map([[upAt(from), null]]);
  for (const place of before.keys()) {
    if (at(place) === to) return backtrack(before, place);
    for (const next of onward(graph, place)) if (!before.has(next)) before.set(next, place);
  }
  return null;
}

const PATIENCE = 2000;

/**
 * The open paths without a repeated variable, shortest first, as `ways` of bayesnet/analysis/explanation/paths.py finds them: from each
 * variable first to what is nearest to the end. `complete` says whether these are all.
 *
 * @param {OpenGraph} graph
 * @param {number} from
 * @param {number} to
 */
export function openPaths(graph, from, to) {
  const { parents, children, known, opened } = graph;
  const away = new Map([[to, 0]]);
  for (const [v, steps] of away) {
    for (const u of [...parents[v], ...children[v]]) if (!away.has(u)) away.set(u, steps + 1);
  }
  /** @type {number[][]} */
  const paths = [];
  if (!away.has(from)) return { paths, complete: true };
  const nearest = new Map();
  /** @param {number} v */
  const onwards = (v) => {
    if (!nearest.has(v))
      nearest.set(
        v,
        [...parents[v], ...children[v]].sort((a, b) => away.get(a) - away.get(b)),
      );
    return nearest.get(v);
  };
  const queue = [[from]];
  let looked = 0;
  for (; looked < queue.length && looked < PATIENCE; looked++) {
    const path = queue[looked];
    const v = path[path.length - 1];
    for (const u of onwards(v)) {
      if (path.includes(u)) continue;
      if (path.length > 1) {
        const meets = collides(graph, path[path.length - 2], v, u);
        if (meets ? !opened.has(v) : known.has(v)) continue;
      }
      (u === to ? paths : queue).push([...path, u]);
    }
  }
  return { paths, complete: looked === queue.length };
}

/**
 * Whether the arrows from two neighbours meet at v.
 *
 * @param {Pick<OpenGraph, "parents">} graph
 * @param {number} before
 * @param {number} v
 * @param {number} after
 */
export const collides = ({ parents }, before, v, after) => parents[v].includes(before) && parents[v].includes(after);

/**
 * A shortest path whatever is known; null where the two do not hang together.
 *
 * @param {OpenGraph} graph
 * @param {number} from
 * @param {number} to
 */
export function shortestAtAll({ parents, children }, from, to) {
  const before = new Map([[upAt(from), null]]);
  for (const place of before.keys()) {
    if (at(place) === to) return backtrack(before, place);
    for (const u of [...parents[at(place)], ...children[at(place)]]) if (!before.has(upAt(u))) before.set(upAt(u), place);
  }
  return null;
}

/** @param {Map<number, number | null>} before @param {number} end */
function backtrack(before, end) {
  const path = [];
  for (let place = end; place !== null; place = before.get(place)) path.unshift(at(place));
  return path;
}

/**
 * The first variable that blocks a path, and why: "known", "set", or "collider" (nothing is known of it or below it); null if open.
 *
 * @param {OpenGraph} graph
 * @param {number[]} path
 * @returns {{ variable: number; why: "known" | "set" | "collider" } | null}
 */
export function blocker({ parents, known, cut, opened }, path) {
  for (let i = 1; i + 1 < path.length; i++) {
    const v = path[i];
    if (collides({ parents }, path[i - 1], v, path[i + 1])) {
      if (!opened.has(v)) return { variable: v, why: "collider" };
    } else if (known.has(v)) return { variable: v, why: cut.has(v) ? "set" : "known" };
  }
  return null;
}

/**
 * All arcs on any shortest open path, as "parent>child".
 *
 * @param {OpenGraph} graph
 * @param {number} from
 * @param {number} to
 */
export function litArcs(graph, from, to) {
  const there = reach(graph, from);
  const length = Math.min(there.get(upAt(to)) ?? Infinity, there.get(downAt(to)) ?? Infinity);
  const lit = new Set();
  if (length === Infinity) return lit;
  let front = new Set([upAt(to), downAt(to)].filter((place) => there.get(place) === length));
  for (let left = length; left > 0; left--) {
    const back = new Set();
    for (const place of front) {
      for (const previous of sources(graph, place)) {
        if (there.get(previous) !== left - 1) continue;
        back.add(previous);
        lit.add(goesUp(place) ? arcKey(at(place), at(previous)) : arcKey(at(previous), at(place)));
      }
    }
    front = back;
  }
  return lit;
}

/**
 * The arcs of a path, as "parent>child".
 *
 * @param {OpenGraph} graph
 * @param {number[]} path
 */
export const arcsOf = ({ parents }, path) =>
  new Set(path.slice(1).map((v, i) => (parents[v].includes(path[i]) ? arcKey(path[i], v) : arcKey(v, path[i]))));

/**
 * From where the ball can have come.
 *
 * @param {OpenGraph} graph
 * @param {number} place
 */
function sources(graph, place) {
  const v = at(place);
  const from = goesUp(place) ? graph.children[v] : graph.parents[v];
  return from.flatMap((u) => [upAt(u), downAt(u)]).filter((previous) => onward(graph, previous).includes(place));
}

/**
 * Arcs along which something known or not yet known can speak about `target`.
 *
 * @param {OpenGraph} graph
 * @param {number} target
 */
export function openArcs(graph, target) {
  const steps = reach(graph, target);
  const open = new Set();
  for (const place of steps.keys()) {
    for (const next of onward(graph, place)) {
      open.add(goesUp(next) ? arcKey(at(next), at(place)) : arcKey(at(place), at(next)));
    }
  }
  return open;
}

/** @param {number} parent @param {number} child */
export const arcKey = (parent, child) => `${parent}>${child}`;

/**
 * Of each family, whether the parents leave no choice.
 *
 * @param {Family[]} families
 */
export function certainFamilies(families) {
  /** @param {number[]} numbers */
  const all = (numbers) => numbers.every((x) => x === 0 || x === 1);
  return families.map(({ table, leak, links }) => (table ? all(table) : all(leak) && links.every(all)));
}
