// In which order a plan eliminates its axes.

/** @import { Plan, Tensor } from "./types.js" */

// Cells of an order from which a second one is tried, cells from which further ones are, and most orders.
const WORTH_A_SECOND = 2 ** 14;
const WORTH_MORE = 2 ** 18;
const TURNS = 8;

/**
 * By the size of tables; where they become large, an order that makes few new neighbours is tried, where they are larger still a few
 * by both criteria, each axis with a factor of its own near one. The best one is taken.
 *
 * @param {Plan} plan
 * @param {Tensor[]} tensors
 */
export function eliminationOrder(plan, tensors) {
  let best = greedy(plan, tensors, 0);
  for (let turn = 1; turn < TURNS && best.cells >= (turn > 1 ? WORTH_MORE : WORTH_A_SECOND); turn++) {
    const other = greedy(plan, tensors, turn);
    if (other.cells < best.cells) best = other;
  }
  return best.order;
}

/**
 * Next the axis that makes the smallest table (turn 0), the fewest new neighbours (turn 1) or both (further turns). A hidden gate becomes
 * its variable, which waits.
 *
 * @param {Plan} plan
 * @param {Tensor[]} tensors
 * @param {number} turn
 */
function greedy(plan, tensors, turn) {
  const fill = turn > 0;
  const { n, size, hidden } = plan;
  const axes = [...new Set(tensors.flatMap((t) => t.axes))];
  const count = axes.length;
  const at = new Map(axes.map((axis, a) => [axis, a]));
  const gate = axes.map((axis) => at.get(axis + n) ?? -1);
  const logs = axes.map((axis) => Math.log(axis < n ? size[axis] : 1.5 * size[axis]));
  const adjacent = new Uint8Array(count * count);
  const near = axes.map(() => /** @type {number[]} */ ([]));
  /** @param {number} a @param {number} b */
  const join = (a, b) => {
    if (a === b || adjacent[a * count + b]) return;
    adjacent[a * count + b] = adjacent[b * count + a] = 1;
    near[a].push(b);
    near[b].push(a);
  };
  /** @param {number[]} group */
  const joinAll = (group) => {
    for (let i = 1; i < group.length; i++) for (let j = 0; j < i; j++) join(group[i], group[j]);
  };
  for (const t of tensors) joinAll(t.axes.map((axis) => at.get(axis)));
  /** @param {number} a */
  const width = (a) => {
    let weight = logs[a];
    for (const b of near[a]) weight += logs[b];
    return weight;
  };
  /** @param {number} a */
  const added = (a) => {
    const group = near[a];
    let weight = 1e-3 * width(a);
    for (let i = 0; i < group.length; i++) {
      const row = group[i] * count;
      let missing = 0;
      for (let j = 0; j < i; j++) if (!adjacent[row + group[j]]) missing += logs[group[j]];
      weight += missing * logs[group[i]];
    }
    return weight;
  };
  /** @param {number} a */
  const both = (a) => (added(a) + 2 * width(a)) * (1 + spread(a, turn) / 8);
  const weigh = turn > 1 ? both : fill ? added : width;
  const weights = axes.map((_, a) => (gate[a] < 0 ? weigh(a) : Infinity));
  const left = new Set(axes.keys());
  const order = [];
  let cells = 0;
  while (left.size) {
    let best = -1;
    for (const a of left) if (best < 0 || weights[a] < weights[best]) best = a;
    order.push(axes[best]);
    cells += Math.exp(width(best));
    left.delete(best);
    const group = near[best];
    for (const b of group) near[b].splice(near[b].indexOf(best), 1);
    if (axes[best] >= n && hidden.has(axes[best] - n)) {
      const own = at.get(axes[best] - n);
      if (!group.includes(own)) group.push(own);
      weights[own] = 0;
    }
    joinAll(group);
    const touched = fill ? new Set(group.flatMap((b) => [b, ...near[b]])) : group;
    for (const b of touched) if (weights[b] < Infinity) weights[b] = weigh(b);
  }
  return { order, cells };
}

/**
 * A number from 0 to 1 that differs from axis to axis and from search to search.
 *
 * @param {number} a
 * @param {number} turn
 */
function spread(a, turn) {
  let x = Math.imul(a + 1, 2654435761) ^ Math.imul(turn, 2246822519);
  x = Math.imul(x ^ (x >>> 15), 2246822519) >>> 0;
  return (x >>> 16) / 2 ** 16;
}
