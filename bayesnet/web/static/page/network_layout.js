// The drawn network without its drawing: which variables are shown, where, and which arcs are lit.

import { arcKey, arcsOf, litArcs, openArcs, openGraph, reach, shortestOpen } from "./paths.js";

/** @import { Arc, Evidence, Family, Layout, Marks, Place } from "../types.js" */

/** @typedef {{ families: Family[]; certain: boolean[]; layout: Layout; evidence: Evidence; target: number; findings: number[] }} Drawn */
/** @typedef {{ heading: string | null; variables: number[] }} Group */

export const NODE = { width: 140, height: 50, columnGap: 64, rowGap: 14, heading: 30 };

// Variables that are drawn of a large network at least; variables on the longest path to a rival that is shown.
const FEW = 12;
const NEAR = 4;

/**
 * What matters: the target, what is known or set, the open paths between them, rivals near to what is known, and, where that is little,
 * what hangs on the target by the strongest arcs.
 *
 * @param {Drawn & { rivals?: number[] }} drawn
 */
export function chooseShown({ families, certain, layout, evidence, target, findings, rivals = [] }) {
  const kept = new Set([target, ...findings]);
  for (const finding of findings) {
    if (finding === target) continue;
    const graph = openGraph(families, evidence, finding, certain);
    for (const goal of [target, ...rivals]) {
      const path = shortestOpen(graph, finding, goal);
      if (path && (goal === target || path.length <= NEAR)) path.forEach((v) => kept.add(v));
    }
  }
  const strongest = [...layout.arcs].sort((a, b) => (b[2] ?? 0) - (a[2] ?? 0));
  const own = strongest.filter(([p, c]) => p === target || c === target);
  while (kept.size < FEW) {
    const joining = [...own, ...strongest].find(([p, c]) => kept.has(p) !== kept.has(c));
    if (!joining) break;
    kept.add(joining[0]).add(joining[1]);
  }
  return kept;
}

/**
 * Places of the shown variables in pixels: columns from left to right as in the layout, those that are too tall split. Roles to the
 * right of the target's that have no arc between them are one below the other.
 *
 * @param {Layout} layout
 * @param {Set<number>} kept
 * @param {number} target
 * @param {number} tallest
 */
export function placeNodes(layout, kept, target, tallest) {
  const stacks = [];
  let past = false;
  for (const { heading, variables } of layout.columns) {
    const shown = variables.filter((v) => kept.has(v));
    if (!shown.length) continue;
    const joins = past && heading && canJoin(stacks.at(-1), shown, layout.arcs, tallest);
    if (joins) stacks.at(-1).push({ heading, variables: shown });
    else {
      const parts = Math.ceil(shown.length / tallest);
      for (let part = 0; part < parts; part++) {
        stacks.push([{ heading: part === 0 ? heading : heading && "", variables: shown.filter((_, i) => i % parts === part) }]);
      }
    }
    past ||=
      stacks.length > 0 &&
      !variables.includes(target) &&
      stacks.some((stack) => stack.some((group) => group.variables.includes(target)));
  }
  return spread(stacks);
}

/**
 * Whether a role can go under the last one: there is room, and no arc between them.
 *
 * @param {Group[]} stack
 * @param {number[]} shown
 * @param {Arc[]} arcs
 * @param {number} tallest
 */
function canJoin(stack, shown, arcs, tallest) {
  const above = new Set(stack.flatMap(({ variables }) => variables));
  const below = new Set(shown);
  if (above.size + below.size + stack.length > tallest) return false;
  return !arcs.some(([p, c]) => (above.has(p) && below.has(c)) || (below.has(p) && above.has(c)));
}

/** @param {Group[][]} stacks */
function spread(stacks) {
  const { width, height, columnGap, rowGap, heading } = NODE;
  const heights = stacks.map((stack) =>
    stack.reduce(
      (total, group) => total + (group.heading === null ? 0 : heading) + group.variables.length * (height + rowGap),
      0,
    ),
  );
  const tall = Math.max(0, ...heights);
  const places = new Map();
  /** @type {(Place & { text: string })[]} */
  const headings = [];
  stacks.forEach((stack, column) => {
    const x = column * (width + columnGap);
    let y = (tall - heights[column]) / 2;
    for (const { heading: text, variables } of stack) {
      if (text) headings.push({ x, y, text });
      if (text !== null) y += heading;
      for (const v of variables) {
        places.set(v, { x, y });
        y += height + rowGap;
      }
    }
  });
  return { places, headings, width: Math.max(width, stacks.length * (width + columnGap) - columnGap + 44), height: tall };
}

/**
 * How each arc takes part: "lit" on the strongest open path (in `routes`; else a shortest one) from what is known or set to the
 * target, "open" where something could still be learnt along it, "closed" where not, "cut" by an intervention. `apart` are the variables that tell nothing about the target,
 * `silent` the findings that no path joins to it.
 *
 * @param {Drawn & { routes?: Map<number, number[]> }} drawn
 * @returns {Marks}
 */
export function arcStates({ families, certain, layout, evidence, target, findings, routes }) {
  const lit = new Set();
  const silent = new Set();
  for (const finding of findings) {
    if (finding === target) continue;
    const graph = openGraph(families, evidence, finding, certain);
    const route = routes?.get(finding);
    const arcs = route ? arcsOf(graph, route) : litArcs(graph, finding, target);
    if (!arcs.size) silent.add(finding);
    arcs.forEach((arc) => lit.add(arc));
  }
  const graph = openGraph(families, evidence, target, certain);
  const open = openArcs(graph, target);
  const near = new Set([...reach(graph, target).keys()].map((place) => place >> 1));
  const apart = new Set(families.keys());
  near.forEach((v) => apart.delete(v));
  const states = new Map();
  for (const [parent, child] of layout.arcs) {
    const key = arcKey(parent, child);
    const kind = graph.cut.has(child) ? "cut" : lit.has(key) ? "lit" : open.has(key) ? "open" : "closed";
    states.set(key, kind);
  }
  return { states, apart, silent };
}

/**
 * The curve of an arc and its end: a head that raises, a bar that lowers, a ring that does either, a cross where it is cut.
 *
 * @param {Place} from
 * @param {Place} to
 * @param {number} sign
 * @param {boolean} [cut]
 */
export function arcShape(from, to, sign, cut = false) {
  const { width, height } = NODE;
  const [y1, y2] = [from.y + height / 2, to.y + height / 2];
  const gap = 3;
  if (from.x === to.x) {
    const x = from.x + width;
    const bow = Math.min(42, 14 + Math.abs(y2 - y1) * 0.12);
    return { line: `M${x} ${y1}C${x + bow} ${y1} ${x + bow} ${y2} ${x + gap} ${y2}`, head: headAt(x + gap, y2, -1, sign, cut) };
  }
  const right = to.x > from.x;
  const [x1, x2] = right ? [from.x + width, to.x - gap] : [from.x, to.x + width + gap];
  const pull = (right ? 1 : -1) * Math.max(26, Math.abs(x2 - x1) * 0.45);
  return {
    line: `M${x1} ${y1}C${x1 + pull} ${y1} ${x2 - pull} ${y2} ${x2} ${y2}`,
    head: headAt(x2, y2, right ? 1 : -1, sign, cut),
  };
}

/** @param {number} x @param {number} y @param {number} side @param {number} sign @param {boolean} cut */
function headAt(x, y, side, sign, cut) {
  if (cut) return `M${x - side * 12} ${y - 5}L${x - side * 2} ${y + 5}M${x - side * 12} ${y + 5}L${x - side * 2} ${y - 5}`;
  if (sign > 0) return `M${x} ${y}L${x - side * 8} ${y - 4.5}V${y + 4.5}Z`;
  if (sign < 0) return `M${x - side * 1.5} ${y - 6}V${y + 6}`;
  return `M${x - side * 7} ${y}a3.5 3.5 0 1 0 ${side * 7} 0a3.5 3.5 0 1 0 ${-side * 7} 0Z`;
}

/**
 * The node one comes to from another by an arrow key; the same if there is none.
 *
 * @param {Map<number, Place>} places
 * @param {number} from
 * @param {string} key
 */
export function neighbourOf(places, from, key) {
  const toward = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key];
  const start = places.get(from);
  if (!toward || !start) return from;
  /** @param {Place} place */
  const score = ({ x, y }) => {
    const [dx, dy] = [x - start.x, y - start.y];
    const along = dx * toward[0] + dy * toward[1];
    return along <= 0 ? Infinity : along + 3 * Math.abs(toward[0] ? dy : dx);
  };
  let best = from;
  let least = Infinity;
  for (const [v, place] of places) {
    const now = v === from ? Infinity : score(place);
    if (now < least) [best, least] = [v, now];
  }
  return best;
}
